"""Keeping measures, and giving their readings."""

from dataclasses import dataclass, replace
from typing import Any

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Refused, Viewer, require
from kscb_actions.audit.service import Change, change
from kscb_actions.people.models import User
from kscb_actions.reviews.models import Recommendation, Review
from kscb_actions.reviews.queries import require_on
from kscb_actions.terms import say, say_later
from kscb_actions.text import LONGEST_REASON, InvalidInput, clean_text, one_line, why_too_long

from .models import Measure, Reading
from .pasting import HOW_TO_PASTE, Pasted, read_pasted
from .periods import read_period
from .queries import agency_of, get_measure, get_reading, list_history, readings_in_words, sees
from .rules import (
    MeasureFacts,
    Unit,
    can_give,
    in_words,
    problems_with_measure,
    problems_with_reading,
    read_number,
    written,
)

NOT_YOURS = say_later(
    "Readings of this measure are for its owner’s agency and for the board manager to give."
)
IS_OVER = "No more readings are asked for of this measure."


@dataclass(frozen=True)
class About:
    """What a measure is about: a review, a recommendation of it, or neither, and then a priority."""

    review: Review | None = None
    recommendation: Recommendation | None = None


def record_measure(viewer: Viewer, about: About, facts: MeasureFacts) -> Measure:
    """Record a measure. Raises InvalidInput, Refused."""
    _require_edit(viewer, about.review)
    measure = Measure(review=about.review, recommendation=about.recommendation)
    facts = _checked(facts, measure, about.review.id if about.review else None)
    with change(viewer) as tx:
        _apply(measure, facts)
        return tx.add(measure, "measure.recorded")


def edit_measure(viewer: Viewer, measure: Measure, facts: MeasureFacts, expected: int) -> Measure:
    """Change what is said of a measure; its readings stay. Raises InvalidInput, Refused, StaleEdit."""
    _require_edit(viewer, measure.review)
    facts = _checked(facts, measure, measure.review_id)
    with change(viewer) as tx:
        if problems := _problems_with_readings(facts, measure):
            raise InvalidInput(problems)
        _apply(measure, facts)
        return tx.update(measure, "measure.changed", expected)


def end_measure(viewer: Viewer, measure: Measure, reason: str, expected: int) -> Measure:
    """Ask for no more readings of a measure, with the reason. Raises InvalidInput, Refused, StaleEdit."""
    _require_edit(viewer, measure.review)
    reason = _reason(reason, "Say why no more readings are asked for.")
    with change(viewer) as tx:
        measure.ended_on, measure.ended_reason = clock.today(), reason
        return tx.update(measure, "measure.ended", expected)


def resume_measure(viewer: Viewer, measure: Measure, expected: int) -> Measure:
    """Ask for readings of a measure again. Raises Refused, StaleEdit."""
    _require_edit(viewer, measure.review)
    with change(viewer) as tx:
        measure.ended_on, measure.ended_reason = None, ""
        return tx.update(measure, "measure.resumed", expected)


def void_measure(viewer: Viewer, measure: Measure, reason: str, expected: int) -> Measure:
    """Mark a measure as recorded by mistake: it is gone from every page, count, paper and message.

    Raises InvalidInput, Refused, StaleEdit.
    """
    _require_edit(viewer, measure.review)
    reason = _reason(reason, "Say why it was recorded by mistake.")
    with change(viewer) as tx:
        measure.is_void = True
        return tx.update(measure, "measure.voided", expected, {"reason": reason})


def give_reading(viewer: Viewer, measure: Measure, period: str, value: str, note: str = "") -> Reading:
    """Give the reading of a period. Raises InvalidInput, Refused."""
    _require_give(viewer, measure)
    note = clean_text(note)
    with change(viewer) as tx:
        given = readings_in_words(measure)
        problems = problems_with_reading(
            period, value, measure.first_period, measure.kind, given, clock.today()
        )
        if too_long := why_too_long(note):
            problems["note"] = too_long
        read, (number, _) = read_period(period), read_number(value, measure.kind)
        if problems or read is None or number is None:
            raise InvalidInput(problems)
        return _add(tx, viewer, measure, read.ends_on, written(number), note=note)


def give_pasted(viewer: Viewer, measure: Measure, text: str) -> Pasted:
    """Give the readings of a pasted table: all of them, or none where a cell cannot be taken.

    Raises InvalidInput, Refused.
    """
    _require_give(viewer, measure)
    with change(viewer) as tx:
        pasted = look_at_pasted(measure, text)
        if not pasted.is_good:
            raise InvalidInput(
                {"table": pasted.problem or "Put right what is marked below, then look again."}
            )
        for line in pasted.lines:
            _add(tx, viewer, measure, line.ends_on, line.value)
    return pasted


def look_at_pasted(measure: Measure, text: str) -> Pasted:
    """Return a pasted table with what is wrong in it. Nothing is given by this."""
    if too_long := why_too_long(text):
        return Pasted(problem=f"{too_long} {HOW_TO_PASTE}")
    given = readings_in_words(measure)
    return read_pasted(text, measure.first_period, measure.kind, given, clock.today())


def correct_reading(viewer: Viewer, reading: Reading, value: str, why: str) -> Reading:
    """Put a reading right, with the reason; what it said before stays readable.

    Raises InvalidInput, Refused.
    """
    number, wrong = read_number(value, reading.measure.kind)
    problems = {"value": wrong} if wrong else {}
    if number is not None and written(number) == reading.value:
        problems["value"] = f"This is what it says already: {in_words(number, reading.measure.kind)}."
    return _replace(viewer, reading, written(number) if number is not None else "", why, problems)


def take_reading_back(viewer: Viewer, reading: Reading, why: str) -> Reading:
    """Take back a reading that was given by mistake, with the reason. Raises InvalidInput, Refused."""
    return _replace(viewer, reading, "", why, {})


def _replace(viewer: Viewer, reading: Reading, value: str, why: str, problems: dict[str, str]) -> Reading:
    measure, why = reading.measure, clean_text(why)
    _require_give(viewer, measure, is_correction=True)
    if problem := _problem_with_reason(why, "Say why it is put right."):
        problems = {**problems, "why": problem}
    if problems:
        raise InvalidInput(problems)
    with change(viewer) as tx:
        now = get_reading(viewer, measure.id, reading.ends_on.isoformat())
        if now is None or now.id != reading.id:
            raise Refused("This reading has been put right meanwhile. Look at it again.")
        turn = reading.turn + 1
        event = "reading.corrected" if value else "reading.taken-back"
        return _add(
            tx, viewer, measure, reading.ends_on, value, note=reading.note, turn=turn, why=why, event=event
        )


def _add(
    tx: Change,
    viewer: Viewer,
    measure: Measure,
    ends_on: Any,
    value: str,
    *,
    note: str = "",
    turn: int | None = None,
    why: str = "",
    event: str = "reading.given",
) -> Reading:
    if turn is None:
        # Of a period whose reading was taken back there are turns already.
        turn = Reading.select().where(Reading.measure == measure, Reading.ends_on == ends_on).count()
    row = Reading(
        review=measure.review_id,
        measure=measure,
        ends_on=ends_on,
        turn=turn,
        value=value,
        note=note,
        why=why,
        by=viewer.id,
        at=clock.now(),
    )
    return tx.add(row, event)


def _require_edit(viewer: Viewer, review: Review | None) -> None:
    if review is None:
        require(viewer, Permission.EDIT_MEASURE)
    else:
        require_on(viewer, Permission.EDIT_MEASURE, review)


def _require_give(viewer: Viewer, measure: Measure, is_correction: bool = False) -> None:
    if viewer.is_system:
        return
    if not can_give(viewer, measure.agency_id) or get_measure(viewer, measure.id) is None:
        raise Refused(say(NOT_YOURS))
    if measure.ended_on is not None and not is_correction:
        raise Refused(IS_OVER)


def _checked(facts: MeasureFacts, measure: Measure, review_id: int | None) -> MeasureFacts:
    facts = replace(
        facts,
        name=one_line(facts.name),
        source=one_line(facts.source),
        target=one_line(facts.target),
        baseline=one_line(facts.baseline),
        baseline_period=one_line(facts.baseline_period),
        first_period=one_line(facts.first_period),
        caveat=clean_text(facts.caveat),
        priority="" if review_id else one_line(facts.priority),
    )
    problems = problems_with_measure(facts)
    if not review_id and not facts.priority:
        problems["priority"] = say("Say which priority of the Board it belongs to.")
    if facts.owner_id and (problem := _problem_with_owner(facts.owner_id, measure, review_id)):
        problems["owner"] = problem
    if problems:
        raise InvalidInput(problems)
    return facts


def _problem_with_owner(owner_id: int, measure: Measure, review_id: int | None) -> str:
    person = User.get_or_none(User.id == owner_id)
    if person is not None and person.id == measure.owner_id:
        return ""
    if person is None or not person.is_active or not can_give(person.viewer, agency_of(person.viewer)):
        return "Choose from the list: this person gives no readings."
    if not sees(person.viewer, review_id):
        return f"{person.name} may not see this review, and so could not give its readings."
    return ""


def _problems_with_readings(facts: MeasureFacts, measure: Measure) -> dict[str, str]:
    """Return {field: message} for what does not fit the readings that there are."""
    rows = [each for each in list_history(measure) if each.value]
    problems, first, unit = {}, read_period(facts.first_period), Unit(facts.unit)
    for row in rows:
        if read_number(row.value, unit)[1]:
            problems["unit"] = (
                f"A reading is {in_words(row.value, measure.kind)}, which is none in this unit."
            )
    if rows and first is not None and not measure.first_period.is_in_step(first):
        problems["first_period"] = (
            f"There are readings by periods like {measure.first_period.words}. Keep to them."
        )
    return problems


def _apply(measure: Measure, facts: MeasureFacts) -> None:
    unit, first = Unit(facts.unit), read_period(facts.first_period) or measure.first_period
    for name in ("name", "unit", "source", "caveat", "direction", "baseline_period", "priority"):
        setattr(measure, name, getattr(facts, name))
    for name in ("baseline", "target"):
        number, _ = read_number(getattr(facts, name), unit)
        setattr(measure, name, "" if number is None else written(number))
    if facts.owner_id != measure.owner_id:
        measure.owner = User.get_by_id(facts.owner_id)
        measure.agency = agency_of(measure.owner.viewer)
    measure.months, measure.first_ends_on = first.months, first.ends_on
    measure.first_due_on = facts.first_due_on


def _reason(text: str, missing: str) -> str:
    text = clean_text(text)
    if problem := _problem_with_reason(text, missing):
        raise InvalidInput({"reason": problem})
    return text


def _problem_with_reason(text: str, missing: str) -> str:
    return why_too_long(text, LONGEST_REASON) or "" if text.strip() else missing
