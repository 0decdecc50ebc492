"""All that the page of a case shows, as far as the reader may see it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from kscb_actions.access.policy import Permission, Reach, Viewer, reach
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.words import HIDDEN_COLUMNS, SHOWN_DETAILS, column_name, event_name, shown
from kscb_actions.child_deaths import terms
from kscb_actions.child_deaths.judging.decisions import Decided, list_decisions
from kscb_actions.child_deaths.judging.models import PanelDecision
from kscb_actions.child_deaths.learning.lessons import LessonProgress, lessons_of
from kscb_actions.child_deaths.learning.models import Lesson, Referral, ReferralAnswer
from kscb_actions.child_deaths.learning.referrals import needs_referral, referrals_of
from kscb_actions.child_deaths.meetings.models import Interest, PanelCase, PanelMeeting, PanelSeat
from kscb_actions.child_deaths.particulars.models import Particulars
from kscb_actions.child_deaths.requests.erasable import erasures_of
from kscb_actions.child_deaths.requests.models import ReturnErasure, ReturnFile, ReturnVerdict, SentReturn
from kscb_actions.child_deaths.requests.queries import answered_here
from kscb_actions.child_deaths.returns.models import AgencyReturn
from kscb_actions.child_deaths.returns.queries import list_returns
from kscb_actions.child_deaths.visibility import visible_meeting
from kscb_actions.database import Model
from kscb_actions.people.models import Agency, User
from kscb_actions.settings.districts import read_districts

from .models import ChildDeath
from .words import facts_of_case

# The tables whose events make a case’s history. Not what members propose: that is theirs until it is closed;
# nor drafts and comments, which stand whole on the page of the case at its meeting.
TABLES = (AgencyReturn, Interest, PanelDecision, Particulars, Referral)
# Of these a row that is removed leaves its number to another; what it was about is in the event itself.
REMOVABLE = (PanelCase, Lesson)
# Copied from the decision, which has an entry of its own.
_COPIED = frozenset({"decision_number", "reviewed_on", "primary_category", "status"})
# Said by the event itself.
_SAID = frozenset({"void_as", "void_on", "void_reason", "duplicate_of_id"})
_CODES: Mapping[str, Mapping[str, str]] = {
    "sex": terms.SEXES,
    "ethnicity": terms.ETHNICITIES,
    "place": terms.PLACES,
    "event": terms.EVENTS,
    "suspected_category": {str(number): name for number, name in terms.CATEGORIES.items()},
    "inquest": terms.INQUESTS,
    "criminal": terms.PROCEEDINGS,
    "coroner": terms.CORONER,
    "certificate": terms.CERTIFICATES,
    "age_band": terms.AGE_BANDS,
}


@dataclass(frozen=True)
class HistoryEntry:
    """Hold one item of a case's history. `detail` holds (name, value) pairs."""

    title: str
    at: datetime
    by: str
    detail: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class WholeCase:
    """Hold a case with all that belongs to it. `history` is empty for whoever does not keep cases.

    cases           the case on each panel whose meeting the reader may see, newest first
    sent            ids of the returns whose answers were sent here, as far as the reader may read them
    erasures        files of answers that wait to be erased, and those that were; none but for who keeps cases
    own             ids of the meetings at which the reader has a seat
    asks_referral   must somebody record whether it is referred?
    """

    facts: list[tuple[str, str]]
    returns: list[AgencyReturn]
    sent: frozenset[int]
    erasures: list[ReturnErasure]
    cases: list[PanelCase]
    own: frozenset[int]
    decisions: list[Decided]
    referrals: list[tuple[Referral, list[ReferralAnswer]]]
    asks_referral: bool
    learnt: list[LessonProgress]
    history: list[HistoryEntry]

    @property
    def outstanding(self) -> list[AgencyReturn]:
        """Return the returns that have not come, or are to be put right."""
        return [each for each in self.returns if each.is_agencys_turn]


def whole_case(viewer: Viewer, death: ChildDeath, today: date) -> WholeCase:
    """Return everything for the page of a case that was fetched for this person."""
    keeps = reach(viewer, Permission.KEEP_PANELS) is Reach.ALL
    districts, returns = read_districts().names, list_returns(viewer, death)
    return WholeCase(
        facts=facts_of_case(death, districts),
        returns=returns,
        sent=answered_here(viewer, returns),
        erasures=erasures_of(returns) if keeps else [],
        cases=_panels_of(viewer, death),
        own=_seats_of(viewer),
        decisions=list_decisions(viewer, death),
        referrals=referrals_of(viewer, death),
        asks_referral=bool(needs_referral(viewer, death)),
        learnt=lessons_of(viewer, death),
        history=history_of(death, districts) if keeps else [],
    )


def history_of(death: ChildDeath, districts: Mapping[str, str]) -> list[HistoryEntry]:
    """Return the audit trail of a case, newest first, for somebody who keeps cases and may see this one.

    districts  {code: name}, all of the board's
    """
    events = AuditEvent.select().where(_about(death)).order_by(AuditEvent.id.desc())
    people = dict(User.select(User.id, User.name).tuples())
    drafters = {str(person): name for person, name in people.items()}
    names = _Names(
        dict(Agency.select(Agency.id, Agency.name).tuples()),
        people,
        {**_CODES, "district": districts, "drafter_id": drafters},
    )
    return [_entry(event, names) for event in events if event.event != "death.reviewed"]


@dataclass(frozen=True)
class _Names:
    agencies: Mapping[int, str]
    people: Mapping[int, str]
    codes: Mapping[str, Mapping[str, str]]


def _panels_of(viewer: Viewer, death: ChildDeath) -> list[PanelCase]:
    return list(
        PanelCase.select(PanelCase, PanelMeeting)
        .join(PanelMeeting)
        .where(PanelCase.death == death, visible_meeting(viewer))
        .order_by(PanelMeeting.held_on.desc())
    )


def _seats_of(viewer: Viewer) -> frozenset[int]:
    seats = PanelSeat.select(PanelSeat.meeting).where(PanelSeat.user == (viewer.id or 0))
    return frozenset(meeting for (meeting,) in seats.tuples())


def _about(death: ChildDeath) -> Any:
    condition = (AuditEvent.kind == "child_death") & (AuditEvent.object_id == death.id)
    for table in TABLES:
        own = table.select(table.id).where(table.death == death)
        condition = condition | _of(table, own)
    referred = Referral.select(Referral.id).where(Referral.death == death)
    answers = ReferralAnswer.select(ReferralAnswer.id).where(ReferralAnswer.referral.in_(referred))
    kinds = [table._meta.table_name for table in REMOVABLE]
    of_removable = AuditEvent.kind.in_(kinds) & AuditEvent.state.contains(f'"death_id":{death.id},')
    # What an agency has only saved is its own until it sends it.
    asked = AgencyReturn.select(AgencyReturn.id).where(AgencyReturn.death == death)
    sent = SentReturn.select(SentReturn.id).where(SentReturn.agency_return.in_(asked))
    verdicts = ReturnVerdict.select(ReturnVerdict.id).where(ReturnVerdict.sending.in_(sent))
    files = ReturnFile.select(ReturnFile.id).where(ReturnFile.agency_return.in_(asked))
    of_answers = _of(SentReturn, sent) | _of(ReturnVerdict, verdicts)
    asked_to_erase = ReturnErasure.select(ReturnErasure.id).where(ReturnErasure.file.in_(files))
    of_files = _of(ReturnFile, files) & AuditEvent.event.in_(("return.file-opened", "return.file-erased"))
    of_files = of_files | _of(ReturnErasure, asked_to_erase)
    return condition | _of(ReferralAnswer, answers) | of_removable | of_answers | of_files


def _of(table: type[Model], own: Any) -> Any:
    return (AuditEvent.kind == table._meta.table_name) & AuditEvent.object_id.in_(own)


def _entry(event: AuditEvent, names: _Names) -> HistoryEntry:
    detail = json.loads(event.detail)
    detail_words = [(column_name(name), shown(detail[name])) for name in SHOWN_DETAILS if detail.get(name)]
    detail_words += _whom(json.loads(event.state), names)
    detail_words += _changes(json.loads(event.changes), names)
    return HistoryEntry(event_name(event.event), event.at, event.actor_name, tuple(detail_words))


def _whom(state: Mapping[str, Any], names: _Names) -> Iterator[tuple[str, str]]:
    if state.get("agency_id"):
        yield "Agency", names.agencies.get(state["agency_id"], "")
    if state.get("user_id"):
        yield "Person", names.people.get(state["user_id"], "")


def _changes(changes: Mapping[str, Any], names: _Names) -> Iterator[tuple[str, str]]:
    for column, (old, new) in changes.items():
        if column not in HIDDEN_COLUMNS | _COPIED | _SAID:
            codes = names.codes.get(column, {})
            before, after = (shown(codes.get(str(value), value)) for value in (old, new))
            yield column_name(column), f"{before} → {after}"
