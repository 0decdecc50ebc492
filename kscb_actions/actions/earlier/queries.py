"""Reading what earlier records say of actions, and which of them are to be examined again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import peewee

from kscb_actions.people.models import Agency, User
from kscb_actions.prepared import prepared
from kscb_actions.reviews.papers.models import ReviewPaper

from ..models import Action, ProgressUpdate
from .models import EarlierRecord, Reexamination
from .rules import Outcome, Past, Reading, days_of, in_sentences, in_words


def record_of(action_id: int) -> EarlierRecord | None:
    """Return what earlier records say of an action fetched for a viewer; None where nothing."""
    return _record.first(action=action_id)


@prepared
def _record(*, action: Any) -> Any:
    every = EarlierRecord.select(EarlierRecord, ReviewPaper, User)
    joined = every.join_from(EarlierRecord, ReviewPaper, peewee.JOIN.LEFT_OUTER)
    return joined.join_from(EarlierRecord, User).where(EarlierRecord.action == action)


def source_of(record: EarlierRecord | None) -> str:
    """Return what a record was copied from: a file's name, or what somebody named; "" without one."""
    if record is None:
        return ""
    return record.paper.shown_name if record.paper_id else record.source


def mark_of(record: EarlierRecord) -> str:
    """Return the mark of what came from earlier records."""
    return in_words(record.as_of, source_of(record))


def past_of(record: EarlierRecord) -> Past:
    """Return what a record says, as the rules know it."""
    return Past(
        record.read_as,
        record.as_of,
        source_of(record),
        record.status_text,
        record.done_on,
        record.told,
        days_of(record.moved_to),
        accepted_on=record.accepted_on,
        accepted_by=record.accepted_by,
    )


@dataclass(frozen=True)
class RecordWords:
    """What a page says of a record: its mark, sentences, and who entered it when."""

    mark: str
    sentences: str
    told: str
    entered_by: str
    entered_at: datetime


def words_of(record: EarlierRecord) -> RecordWords:
    """Return what a page says of a record that was read with who entered it."""
    told = in_sentences(past_of(record))
    return RecordWords(mark_of(record), told, record.told, record.entered_by.name, record.entered_at)


def list_reexaminations(action_id: int) -> list[Reexamination]:
    """Return how an action was examined again, oldest first, each with by whom."""
    return list(_reexaminations(action=action_id))


@prepared
def _reexaminations(*, action: Any) -> Any:
    every = Reexamination.select(Reexamination, User).join(User)
    return every.where(Reexamination.action == action).order_by(Reexamination.id)


def has_updates(action_id: int) -> bool:
    """Return whether the agency has said something of an action here."""
    return bool(ProgressUpdate.select().where(ProgressUpdate.action == action_id).exists())


def mark_column(name: str, action_id: Any) -> Any:
    """Return, as SQL, a column of the record of an action, or NULL."""
    record = EarlierRecord.alias()
    return record.select(getattr(record, name)).where(record.action == action_id)


def source_column(action_id: Any) -> Any:
    """Return, as SQL, what the record of an action was copied from, or NULL."""
    record, paper = EarlierRecord.alias(), ReviewPaper.alias()
    return (
        record.select(source_in(record, paper))
        .join(paper, peewee.JOIN.LEFT_OUTER, on=(record.paper == paper.id))
        .where(record.action == action_id)
    )


def source_in(record: Any, paper: Any) -> Any:
    """Return, as SQL, what a record was copied from, of a record and the paper that it may have."""
    return peewee.fn.COALESCE(paper.shown_name, record.source)


def recorded_actions() -> Any:
    """Return ids of the actions of which earlier records speak."""
    record = EarlierRecord.alias()
    return record.select(record.action)


def examined_condition(columns: Any, examined: str) -> Any:
    """Return the condition on an action's columns that it is so examined: a key of `EXAMINED_NAMES`."""
    record, seen = EarlierRecord.alias(), Reexamination.alias()
    accepted = record.select(record.action).where(record.read_as == Reading.ACCEPTED.value)
    of_set = columns.id.in_(accepted)
    opened = columns.id.in_(seen.select(seen.action).where(seen.outcome == Outcome.OPENED.value))
    if examined == "opened":
        return of_set & opened
    any_seen = Reexamination.alias()
    is_seen = columns.id.in_(any_seen.select(any_seen.action))
    stands = of_set & (columns.standing == "active") & (columns.assurance == "accepted")
    return stands & ~opened & is_seen if examined == "stands" else stands & ~is_seen


@dataclass(frozen=True)
class ToExamine:
    """How many accepted actions of an agency are to be examined again, stand, and were opened again."""

    code: str
    name: str
    waiting: int
    stands: int
    opened: int

    @property
    def total(self) -> int:
        """Return how many there are in all."""
        return self.waiting + self.stands + self.opened


def count_to_examine(visible: Any) -> list[ToExamine]:
    """Return the counts of each agency that has any, by name. One query.

    visible  the condition on Action of what a viewer may see
    """
    sums = [
        peewee.fn.SUM(peewee.Case(None, [(examined_condition(Action, each), 1)], 0))
        for each in ("waiting", "stands", "opened")
    ]
    rows = Action.select(Agency.code, Agency.name, *sums).join(Agency).where(visible)
    rows = rows.where(Action.id.in_(recorded_actions())).group_by(Agency.id).order_by(Agency.name)
    found = [ToExamine(*row) for row in rows.tuples()]
    return [each for each in found if each.total]


def count_records(visible: Any) -> int:
    """Return how many actions that a viewer may see came with a past. One query."""
    return int(Action.select().where(visible, Action.id.in_(recorded_actions())).count())


def recorded_of(action_ids: Iterable[int]) -> set[int]:
    """Return which of these actions have a record."""
    rows = EarlierRecord.select(EarlierRecord.action).where(EarlierRecord.action.in_(list(action_ids)))
    return {action for (action,) in rows.tuples()}
