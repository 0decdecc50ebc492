"""Reading requests and answers: for the agency that is asked, and for the panel that asked."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import peewee

from kscb_actions.access.policy import Permission, Reach, Viewer, reach
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.cases.rules import KeptAge
from kscb_actions.child_deaths.returns.models import AgencyReturn
from kscb_actions.child_deaths.returns.queries import AGENCYS_TURN, STILL_ASKED, get_return, own_return
from kscb_actions.child_deaths.terms import SEXES
from kscb_actions.people.models import Agency, User
from kscb_actions.wording import date_uk

from .models import ReturnFile, ReturnPart, ReturnVerdict, SentReturn
from .rules import Answers, Outcome, read_answers, write_answers


@dataclass(frozen=True)
class Sent:
    """An answer that was sent, with what was last said of it. `files`: those that went with it, in order."""

    row: SentReturn
    answers: Answers
    verdict: ReturnVerdict | None
    files: tuple[ReturnFile, ...] = ()

    @property
    def is_accepted(self) -> bool:
        """Return whether it was accepted, and that holds."""
        return self.verdict is not None and self.verdict.outcome == Outcome.ACCEPTED

    @property
    def standing(self) -> str:
        """Return the outcome that holds; "" where nothing was said of it yet."""
        return self.verdict.outcome if self.verdict else ""


def list_requests(viewer: Viewer) -> list[AgencyReturn]:
    """Return what this person's agency is asked: what it owes by date, then the rest, the newest first."""
    rows = list(_own(viewer).where(STILL_ASKED))
    return sorted(rows, key=lambda row: (not owes(row), row.due_on if owes(row) else date.max, -row.id))


def owes(row: AgencyReturn) -> bool:
    """Return whether an answer of the agency is waited for: not once the panel has decided without it."""
    return row.is_agencys_turn and row.death.decision_number == 0


def count_owed(viewer: Viewer) -> int:
    """Return how many answers of this person's agency are waited for. No query for who answers for none."""
    if reach(viewer, Permission.ANSWER_RETURN) is Reach.NONE:
        return 0
    return int(_own(viewer).where(STILL_ASKED, AGENCYS_TURN, ChildDeath.decision_number == 0).count())


def get_request(viewer: Viewer, return_id: int) -> AgencyReturn | None:
    """Return a request to this person's agency that stands; None where hidden, withdrawn or not there."""
    return _own(viewer).where(AgencyReturn.id == return_id, STILL_ASKED).first()


def get_own_request(viewer: Viewer, return_id: int) -> AgencyReturn | None:
    """Return a request to this person's agency, withdrawn ones too; None where hidden or not there."""
    return _own(viewer).where(AgencyReturn.id == return_id).first()


def get_any_request(viewer: Viewer, return_id: int) -> AgencyReturn | None:
    """Return a request to this person's agency, withdrawn ones too, or one of a case that they see."""
    if found := get_own_request(viewer, return_id):
        return found
    row = AgencyReturn.get_or_none(AgencyReturn.id == return_id)
    return get_return(viewer, row.death_id, row.id) if row else None


def is_own(viewer: Viewer, row: AgencyReturn) -> bool:
    """Return whether this person answers a request for their agency."""
    return get_own_request(viewer, row.id) is not None


def child_in_words(death: ChildDeath) -> list[tuple[str, str]]:
    """Return (name, value) of what tells an agency that it has the right child, and nothing of the case."""
    return [
        ("The panel’s case number", death.case_number),
        ("Age at death", KeptAge(death.age_number, death.age_unit).words),
        ("Sex", SEXES.get(death.sex, "")),
        ("Date of death", date_uk(death.died_on)),
    ]


def parts_of(row: AgencyReturn) -> dict[str, ReturnPart]:
    """Return {code of a section: what was last saved of it}."""
    return {part.section: part for part in ReturnPart.select().where(ReturnPart.agency_return == row)}


def part_of(row: AgencyReturn, section: str) -> ReturnPart | None:
    """Return what was last saved of one section; None where nothing was."""
    return ReturnPart.get_or_none(ReturnPart.agency_return == row, ReturnPart.section == section)


def files_of(row: AgencyReturn) -> list[ReturnFile]:
    """Return the files that go with the agency's next answer, oldest first, with who attached each."""
    return list(_files().where(ReturnFile.agency_return == row, ReturnFile.left_out_at.is_null()))


def answers_of(row: AgencyReturn) -> Answers:
    """Return what the agency would send now."""
    parts = {code: part.answer for code, part in parts_of(row).items()}
    return Answers(parts, tuple(file.id for file in files_of(row)))


def is_changed_since(answers: Answers, sendings: Sequence[Sent]) -> bool:
    """Return whether what would be sent now is not what was sent last; no where nothing was sent yet.

    That a file was erased since is no change of the agency's.
    """
    if not sendings:
        return False
    last = sendings[0]
    left = tuple(file.id for file in last.files if file.erased_at is None)
    return write_answers(answers) != write_answers(replace(last.answers, files=left))


def sendings_of(row: AgencyReturn) -> list[Sent]:
    """Return what the agency has sent, the newest first, with files, and what was said of each."""
    sendings = SentReturn.select(SentReturn, User).join(User).where(SentReturn.agency_return == row)
    rows = list(sendings.order_by(SentReturn.number.desc()))
    verdicts = verdicts_on(rows)
    files = {file.id: file for file in _files().where(ReturnFile.agency_return == row)}
    return [_sent(each, verdicts.get(each.id), files.values()) for each in rows]


def accepted_of(row: AgencyReturn) -> Sent | None:
    """Return the answer that stands on the case: the newest that was accepted at any time; None for none.

    One that was returned after it was accepted stands until the next is accepted.
    """
    was_accepted = ReturnVerdict.select(ReturnVerdict.sending).where(
        ReturnVerdict.outcome == Outcome.ACCEPTED.value
    )
    ids = {key for (key,) in was_accepted.tuples()} if row.answered_on else set()
    return next((each for each in sendings_of(row) if each.row.id in ids), None)


def verdicts_on(sendings: Collection[SentReturn]) -> dict[int, ReturnVerdict]:
    """Return {id of an answer: what was last said of it}."""
    query = ReturnVerdict.select(ReturnVerdict, User).join(User)
    query = query.where(ReturnVerdict.sending.in_([each.id for each in sendings]))
    return {each.sending_id: each for each in query.order_by(ReturnVerdict.number)} if sendings else {}


def get_own_file(viewer: Viewer, return_id: int, file_id: int) -> ReturnFile | None:
    """Return a file that this person's agency attached to a request that stands, or None."""
    row = get_request(viewer, return_id)
    return _files().where(ReturnFile.id == file_id, ReturnFile.agency_return == row).first() if row else None


def get_sent_file(viewer: Viewer, death_id: int, return_id: int, file_id: int) -> ReturnFile | None:
    """Return a file of a case: for who keeps cases any that was sent, for members of the accepted answer."""
    row = get_return(viewer, death_id, return_id)
    if row is None:
        return None
    return next((file for each in seen_by(viewer, row) for file in each.files if file.id == file_id), None)


def seen_by(viewer: Viewer, row: AgencyReturn) -> list[Sent]:
    """Return the answers that somebody who sees the case may read: members what stands on it alone."""
    if reach(viewer, Permission.RECORD_DEATH) is Reach.ALL:
        return sendings_of(row)
    accepted = accepted_of(row)
    return [accepted] if accepted else []


def answered_here(viewer: Viewer, returns: Collection[AgencyReturn]) -> frozenset[int]:
    """Return the ids of those requests of which this person, who sees the case, may read an answer sent here.

    One query; none for no requests.
    """
    sent = SentReturn.select(SentReturn.agency_return).where(
        SentReturn.agency_return.in_([each.id for each in returns])
    )
    if reach(viewer, Permission.RECORD_DEATH) is not Reach.ALL:
        sent = sent.join(ReturnVerdict).where(ReturnVerdict.outcome == Outcome.ACCEPTED.value)
    return frozenset(key for (key,) in sent.tuples()) if returns else frozenset()


def stored_names() -> list[str]:
    """Return the names under which the store has to hold the files of answers: those not erased."""
    kept = ReturnFile.select(ReturnFile.stored_name).where(ReturnFile.erased_at.is_null())
    return [name for (name,) in kept.tuples()]


def _sent(row: SentReturn, verdict: ReturnVerdict | None, files: Iterable[ReturnFile]) -> Sent:
    answers = read_answers(row.answers)
    return Sent(row, answers, verdict, tuple(file for file in files if file.id in answers.files))


def _files() -> Any:
    return ReturnFile.select(ReturnFile, AgencyReturn, User).join(AgencyReturn).switch(ReturnFile).join(
        User, peewee.JOIN.LEFT_OUTER, on=(ReturnFile.kept_by == User.id)
    ).order_by(ReturnFile.id)  # fmt: skip


def _own(viewer: Viewer) -> Any:
    return (
        AgencyReturn.select(AgencyReturn, ChildDeath, Agency)
        .join(ChildDeath)
        .switch(AgencyReturn)
        .join(Agency)
        .where(own_return(viewer))
    )
