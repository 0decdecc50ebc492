"""Reading measures, always for a viewer: what they may not see is not in the answer."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import peewee

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Reach, Viewer, reach
from kscb_actions.actions.models import Action
from kscb_actions.actions.narrowing import visible_action
from kscb_actions.assurance.models import AssuranceDecision, DecisionTakenBack
from kscb_actions.audit.models import AuditEvent
from kscb_actions.people.models import Agency, User
from kscb_actions.reviews.models import Recommendation, Review
from kscb_actions.reviews.queries import EVERYTHING, NOTHING, visible_review, void_recommendations

from .models import Measure, Reading
from .periods import Period
from .rules import AskedFor, Movement, Moving, Read, can_give, in_words, movement, next_asked

_ORDER = {kind: place for place, kind in enumerate(Moving)}


@dataclass(frozen=True)
class MeasureFilter:
    """What the page of measures is narrowed to; an empty value narrows nothing.

    waits  only those whose reading is asked for by today and has not come
    """

    moving: str = ""
    agency: str = ""
    review: str = ""
    waits: bool = False


@dataclass(frozen=True)
class Shown:
    """A measure with its readings, the oldest first, which way it moves, and what is asked for next."""

    measure: Measure
    readings: tuple[Read, ...]
    movement: Movement
    asked: AskedFor

    def waits(self, today: date) -> bool:
        """Return whether its reading is asked for and has not come."""
        return self.measure.ended_on is None and self.asked.due_on <= today

    def value_words(self, value: Decimal | str) -> str:
        """Return a number in its unit."""
        return in_words(value, self.measure.kind)


@dataclass(frozen=True)
class Accepted:
    """An action that the Board accepted, and the day."""

    action: Action
    on: date


def visible_measure(viewer: Viewer) -> Any:
    """Return the condition on Measure that keeps what this person may see. Nobody sees what is void."""
    is_kept = (Measure.is_void == False) & (  # noqa: E712
        Measure.recommendation.is_null() | Measure.recommendation.not_in(void_recommendations())
    )
    reviews = Review.select(Review.id).where(visible_review(viewer))
    condition = is_kept & (Measure.review.is_null() | Measure.review.in_(reviews))
    if viewer.is_system:
        return condition
    width = reach(viewer, Permission.READ_MEASURE)
    if width is Reach.NONE:
        return NOTHING
    return condition & (Measure.agency == viewer.agency_id) if width is Reach.OWN_AGENCY else condition


def get_measure(viewer: Viewer, measure_id: int) -> Measure | None:
    """Return one measure, or None when it is hidden or does not exist."""
    return _joined().where(Measure.id == measure_id, visible_measure(viewer)).first()


def get_reading(viewer: Viewer, measure_id: int, ends_on: str) -> Reading | None:
    """Return the reading that stands of a period, or None when it is hidden or there is none."""
    try:
        day = date.fromisoformat(ends_on)
    except ValueError:
        return None
    measure = get_measure(viewer, measure_id)
    row = _standing_rows(Reading.measure == measure_id, Reading.ends_on == day).first() if measure else None
    if row is not None:
        row.measure = measure
    return row


def list_measures(
    viewer: Viewer, today: date, narrow: MeasureFilter = MeasureFilter(), *conditions: Any
) -> list[Shown]:
    """Return the measures that match: those moving the wrong way first, then by name. Two queries."""
    wanted = _joined().where(visible_measure(viewer), _matching(narrow), *conditions)
    found = with_readings(list(wanted.order_by(Measure.name, Measure.id)))
    kept = [each for each in found if not narrow.moving or each.movement.kind == narrow.moving]
    if narrow.waits:
        kept = [each for each in kept if each.waits(today)]
    return sorted(kept, key=lambda each: (each.measure.ended_on is not None, _ORDER[each.movement.kind]))


def list_measures_at(viewer: Viewer, before: datetime, *conditions: Any) -> list[Shown]:
    """Return the measures recorded before an instant, with the readings of then. Two queries."""
    recorded = AuditEvent.select(AuditEvent.object_id).where(
        AuditEvent.kind == Measure._meta.table_name,
        AuditEvent.event == "measure.recorded",
        AuditEvent.at < before,
    )
    wanted = _joined().where(visible_measure(viewer), Measure.id.in_(recorded), *conditions)
    found = with_readings(list(wanted.order_by(Measure.name, Measure.id)), before)
    return sorted(found, key=lambda each: _ORDER[each.movement.kind])


def of_review(viewer: Viewer, review: Review, today: date) -> list[Shown]:
    """Return the measures of a review and of its recommendations. Two queries."""
    return list_measures(viewer, today, MeasureFilter(), Measure.review == review)


def with_readings(measures: Sequence[Measure], before: datetime | None = None) -> list[Shown]:
    """Return measures that have been fetched for a viewer, with their readings. One query, none for none."""
    readings: dict[int, list[tuple[date, str]]] = {}
    if measures:
        rows = _standing_rows(Reading.measure.in_([each.id for each in measures]), before=before)
        for row in rows.order_by(Reading.ends_on):
            readings.setdefault(row.measure_id, []).append((row.ends_on, row.value))
    return [_shown(each, readings.get(each.id, [])) for each in measures]


def _shown(measure: Measure, rows: Iterable[tuple[date, str]]) -> Shown:
    read = tuple(Read(Period(ends_on, measure.months), Decimal(value)) for ends_on, value in rows)
    newest = read[-1].period.ends_on if read else None
    moved = movement(read, Decimal(measure.target), measure.wanted, measure.kind)
    return Shown(measure, read, moved, next_asked(measure.first_period, measure.first_due_on, newest))


def count_waiting(viewer: Viewer, today: date) -> tuple[int, date | None]:
    """Return how many readings wait for this person to give them, and the first day. At most two queries.

    The board manager gives those of the Board's own measures; an agency's are its own to give.
    """
    if reach(viewer, Permission.GIVE_READING) is Reach.NONE:
        return 0, None
    all_of_them = reach(viewer, Permission.GIVE_READING) is Reach.ALL
    own = Measure.agency.is_null() if all_of_them else Measure.agency == viewer.agency_id
    rows = list_measures(viewer, today, MeasureFilter(waits=True), own)
    return len(rows), min((each.asked.due_on for each in rows), default=None)


def readings_in_words(measure: Measure) -> dict[date, str]:
    """Return {last day of a period: its reading in words} of a measure that was fetched for a viewer."""
    rows = _standing_rows(Reading.measure == measure)
    return {row.ends_on: in_words(row.value, measure.kind) for row in rows}


def list_history(measure: Measure) -> list[Reading]:
    """Return every reading as it was given or put right, the newest period first. One query."""
    query = Reading.select(Reading, User).join(User, peewee.JOIN.LEFT_OUTER)
    return list(query.where(Reading.measure == measure).order_by(Reading.ends_on.desc(), Reading.turn.desc()))


def list_accepted(
    viewer: Viewer, measures: Collection[Measure], before: datetime | None = None
) -> dict[int, list[Accepted]]:
    """Return {measure id: the actions of what it is about that stand accepted, by the day of that}.

    before  the instant that ends the day asked about; None for now
    One query; none where no measure is of a review.
    """
    reviews = sorted({each.review_id for each in measures if each.review_id})
    if not reviews:
        return {}
    taken_back = DecisionTakenBack.select(DecisionTakenBack.decision).where(
        DecisionTakenBack.decision.is_null(False)
    )
    later = AssuranceDecision.alias()
    undone = later.select(peewee.SQL("1")).where(
        later.action == AssuranceDecision.action,
        later.id > AssuranceDecision.id,
        later.decision != "accepted",
        later.id.not_in(taken_back),
        *_known(later, before),
    )
    last = peewee.fn.MAX(AssuranceDecision.at)
    query = (
        Action.select(Action.id, Action.number, Action.review, Action.recommendation, Review.reference, last)
        .join_from(Action, Review)
        .join_from(Action, AssuranceDecision, on=AssuranceDecision.action == Action.id)
        .where(Action.review.in_(reviews), visible_action(viewer))
        .where(
            AssuranceDecision.decision == "accepted",
            AssuranceDecision.id.not_in(taken_back),
            *_known(AssuranceDecision, before),
            ~peewee.fn.EXISTS(undone),
        )
        .group_by(Action.id, Action.number, Action.review, Action.recommendation, Review.reference)
        .order_by(last)
    )
    found: dict[int, list[Accepted]] = {each.id: [] for each in measures}
    for row_id, number, review_id, recommendation_id, reference, at in query.tuples():
        action = Action(id=row_id, number=number, review=Review(reference=reference))
        for each in measures:
            if each.review_id == review_id and each.recommendation_id in (None, recommendation_id):
                found[each.id].append(Accepted(action, clock.local_date(at)))
    return found


def _known(decision: Any, before: datetime | None) -> Sequence[Any]:
    return () if before is None else (decision.at < before,)


def list_owners(viewer: Viewer) -> list[User]:
    """Return who can own a measure: active people who may give readings, by name. One query."""
    query = User.select(User, Agency).join(Agency, peewee.JOIN.LEFT_OUTER).where(User.is_active)
    people = query.order_by(User.name)
    return [each for each in people if can_give(each.viewer, agency_of(each.viewer))]


def agency_of(person: Viewer) -> int | None:
    """Return the agency for which somebody gives readings; None for who gives them for the Board."""
    return None if reach(person, Permission.GIVE_READING) is Reach.ALL else person.agency_id


def sees(person: Viewer, review_id: int | None) -> bool:
    """Return whether somebody may see the review that a measure is about, where it is about one."""
    if review_id is None:
        return True
    return Review.select().where(Review.id == review_id, visible_review(person)).exists()


def _joined() -> Any:
    outer = peewee.JOIN.LEFT_OUTER
    return (
        Measure.select(Measure, Review, Recommendation, Agency, User)
        .join_from(Measure, Review, outer)
        .join_from(Measure, Recommendation, outer)
        .join_from(Measure, Agency, outer, on=(Measure.agency == Agency.id))
        .join_from(Measure, User, on=(Measure.owner == User.id))
    )


def _standing_rows(*conditions: Any, before: datetime | None = None) -> Any:
    """Return the readings that stand: of each period the last turn, where that was not taken back.

    before  as they stood before this instant; None: now
    """
    newer = Reading.alias()
    replaced = newer.select(peewee.SQL("1")).where(
        newer.measure == Reading.measure, newer.ends_on == Reading.ends_on, newer.turn > Reading.turn
    )
    if before is not None:
        replaced, conditions = replaced.where(newer.at < before), (*conditions, Reading.at < before)
    return Reading.select().where(*conditions, Reading.value != "", ~peewee.fn.EXISTS(replaced))


def _matching(narrow: MeasureFilter) -> Any:
    condition = EVERYTHING
    if narrow.agency:
        condition = condition & (Agency.code == narrow.agency.upper())
    if narrow.review:
        condition = condition & (Review.reference == narrow.review.upper())
    return condition


def words_of_subject(measure: Measure) -> str:
    """Return what a measure is of: a recommendation, a review or a priority."""
    if measure.review_id is None:
        return f"Priority: {measure.priority}"
    where = str(measure.review.reference)
    if not measure.recommendation_id:
        return where
    called = measure.review.words_for(measure.recommendation).one
    return f"{where}, {called} {measure.recommendation.label}"


def by_recommendation(found: Iterable[Shown]) -> Mapping[int | None, list[Shown]]:
    """Return {recommendation id, or None for the whole review: its measures}."""
    grouped: dict[int | None, list[Shown]] = {}
    for each in found:
        grouped.setdefault(each.measure.recommendation_id, []).append(each)
    return grouped
