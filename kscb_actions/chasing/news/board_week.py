"""What the chairs hear once a week: what agencies have submitted, and what the Board owes them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import peewee

from kscb_actions import clock
from kscb_actions.access.policy import Role
from kscb_actions.actions.acknowledging.models import Acknowledgement
from kscb_actions.actions.models import Action
from kscb_actions.actions.narrowing import Filter, visible_action
from kscb_actions.actions.queries import count_waits
from kscb_actions.assurance.models import AssuranceDecision, Submission, TakenBack
from kscb_actions.assurance.queries import decision_stands
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import Change
from kscb_actions.chasing.actions.rules import waits_paragraph
from kscb_actions.chasing.providers import Part, days_told
from kscb_actions.chasing.queries import has_happened
from kscb_actions.mail.rules import About
from kscb_actions.people.absences.queries import people_away
from kscb_actions.people.absences.rules import StandIn
from kscb_actions.people.models import Agency, User
from kscb_actions.people.queries import list_with_role
from kscb_actions.reviews.models import Review
from kscb_actions.terms import say
from kscb_actions.wording import date_uk, plural

from .owed import Owed, list_owed
from .queries import without_pictures
from .rules import MOST_LISTED, week_of

EVENT = "board-week.told"
# What came of a report since it was submitted.
SINCE = {
    "accepted": "accepted since",
    "returned": "returned since",
    "reopened": "accepted and reopened since",
    "taken_back": "taken back since",
}


class BoardWeek:
    """The week of the Board, in the first digest of a week in which there is something to tell."""

    def parts(self, on: date, base_url: str) -> Mapping[int, Part]:
        """Return {id of a chair: what was submitted and what waits}. Restricted reviews stay out of it."""
        if has_happened(EVENT, week_of(on)):
            return {}
        since, found = _since(on), {}
        for chair, absent in _holding(Role.CHAIR, on):
            submitted = _submitted(chair, since)
            waits = count_waits(chair.viewer, on, Filter(open_only=True))
            said, owed = _acknowledged(chair, since), list_owed(chair.viewer)
            if submitted or waits.count or said or owed:
                told = waits_paragraph(chair.viewer, waits, on, base_url)
                told = "\n\n".join(filter(None, (told, *_of_owed(owed, on, base_url))))
                text = body(submitted, since, told, base_url, said)
                if absent:
                    text = f"{text}\n\nYou are told {absent.for_words}."
                about = tuple(dict.fromkeys(About(row.review_id) for row in [*submitted, *said]))
                found[chair.id] = Part(chair, say("the Board’s week"), text, about, day=week_of(on))
        for chair, absent in _holding(Role.INDEPENDENT_CHAIR, on):
            # Whoever chairs both hears of all of it as the subgroup's chair.
            owed = list_owed(chair.viewer) if chair.id not in found else []
            if owed:
                text = body_of_owed(owed, on, base_url)
                text = f"{text}\n\nYou are told {absent.for_words}." if absent else text
                found[chair.id] = Part(chair, say("the Board’s week"), text, day=week_of(on))
        return found

    def record(self, tx: Change, told: Iterable[Part]) -> None:
        """Record, in the open change, that the week was told."""
        for day in days_told(told):
            tx.record(EVENT, "chasing", {"on": day})


BOARD_WEEK = BoardWeek()


def _holding(role: Role, on: date) -> list[tuple[User, StandIn | None]]:
    """Return the chairs who are told; instead of one who is away who stands in, with who is away."""
    away, chairs = people_away(on), list_with_role(role)
    told: dict[int, tuple[User, StandIn | None]] = {each.id: (each, None) for each in chairs}
    for chair in chairs:
        absent = away.of(chair.id)
        if absent and absent.person and absent.person.id is not None:
            del told[chair.id]
            told.setdefault(absent.person.id, (User.get_by_id(absent.person.id), absent))
    without = without_pictures()
    return [each for person_id, each in told.items() if person_id not in without]


def body_of_owed(owed: Sequence[Owed], on: date, base_url: str) -> str:
    """Return the text for somebody who decides on challenges alone."""
    return "\n\n".join(
        [
            say("The Board’s week"),
            *_of_owed(owed, on, base_url),
            "Restricted reviews are not in these figures.",
        ]
    )


def _of_owed(owed: Sequence[Owed], on: date, base_url: str) -> list[str]:
    return [f"{each.words(on)}:\n{base_url}{each.path}" for each in owed]


def body(
    submitted: Sequence[Any],
    since: date,
    waits: str,
    base_url: str,
    said: Sequence[Any] = (),
) -> str:
    """Return the text: references and links of what was submitted, what came of it, and how much waits.

    waits  what waits for the Board, as the reminders say it; "" where nothing does
    said   what agencies have said by when it is done
    """
    count = plural(len(submitted), "report")
    lines = [say("The Board’s week\n{count} submitted since {since}.", count=count, since=date_uk(since))]
    for row in submitted[:MOST_LISTED]:
        day = date_uk(clock.local_date(row.at))
        link = f"{base_url}/reviews/{row.reference}/actions/{row.number}"
        parts = f"{row.reference}/A{row.number}", row.agency_name, day, SINCE.get(row.came_to or "", "")
        lines.append(f"{', '.join(filter(None, parts))}\n{link}")
    if len(submitted) > MOST_LISTED:
        lines.append(f"And {len(submitted) - MOST_LISTED} more.")
    if said:
        listed = [f"{row.reference}/A{row.number} by {date_uk(row.until_on)}" for row in said[:MOST_LISTED]]
        count = plural(len(said), "action")
        lines.append(f"Of {count} the agency has said by when it is done: {', '.join(listed)}.")
    lines.append(waits or say("Nothing waits for the Board."))
    return "\n\n".join([*lines, "Restricted reviews are not in these figures."])


def _since(on: date) -> date:
    """Return the day since which submissions are told: of the last such message, or a week ago."""
    week_ago = week_of(on) - timedelta(days=7)
    newest: datetime | None = (
        AuditEvent.select(AuditEvent.at)
        .where(AuditEvent.event == EVENT)
        .order_by(AuditEvent.id.desc())
        .limit(1)
        .scalar()
    )
    return min(week_ago, clock.local_date(newest)) if newest else week_ago


def _submitted(chair: User, since: date) -> list[Any]:
    decided = AssuranceDecision.select(AssuranceDecision.decision).where(
        AssuranceDecision.submission == Submission.id, decision_stands()
    )
    last_decided = decided.order_by(AssuranceDecision.id.desc()).limit(1)
    taken_back = TakenBack.select(peewee.Value("taken_back")).where(TakenBack.submission == Submission.id)
    return list(
        Submission.select(
            Submission.at,
            Submission.review_id,
            Action.number,
            Review.reference,
            Agency.name.alias("agency_name"),
            peewee.fn.COALESCE(last_decided, taken_back).alias("came_to"),
        )
        .join_from(Submission, Action)
        .join_from(Action, Review)
        .join_from(Action, Agency)
        .where(Submission.at >= clock.start_of(since), Submission.record.is_null())
        .where(~Review.is_restricted, visible_action(chair.viewer))
        .order_by(Submission.id)
        .objects()
    )


def _acknowledged(chair: User, since: date) -> list[Any]:
    taken_back = Acknowledgement.alias()
    later = taken_back.select().where(
        taken_back.action == Acknowledgement.action,
        taken_back.due_on == Acknowledgement.due_on,
        taken_back.id > Acknowledgement.id,
    )
    return list(
        Acknowledgement.select(
            Acknowledgement.until_on, Acknowledgement.review_id, Action.number, Review.reference
        )
        .join_from(Acknowledgement, Action)
        .join_from(Action, Review)
        .where(
            Acknowledgement.said_at >= clock.start_of(since),
            Acknowledgement.is_taken_back == False,  # noqa: E712
            ~peewee.fn.EXISTS(later),
            ~Review.is_restricted,
            visible_action(chair.viewer),
        )
        .order_by(Acknowledgement.id)
        .objects()
    )
