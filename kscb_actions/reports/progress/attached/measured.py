"""The measures of what a paper covers, with their last readings by its day."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from kscb_actions.access.policy import SYSTEM
from kscb_actions.measures.models import Measure
from kscb_actions.measures.queries import Shown, list_accepted, list_measures_at, words_of_subject
from kscb_actions.measures.rules import DIRECTION_NAMES, MOVING_RULE, unit_after, written
from kscb_actions.reports.content import Column, LineChart, Paragraph, Section, Table

from ..scope import Scope

HEADING = "Measures"
# From so many readings on there is a line to draw.
FEWEST_READINGS = 2
# So many of the last readings are in the table; the page of a measure has all.
_LAST = 6
_COLUMNS = (
    Column("Measure", 38),
    Column("Baseline and target", 29),
    Column("Readings, the oldest first", 32),
    Column("Which way it moves", 38),
    Column("Source, and what is to be known beside it", 33),
)


def measures_section(scope: Scope) -> Section | None:
    """Return the measures of the reviews in a paper, and of priorities in one of all; None without any.

    What each is called and aims at is as it stands now; its readings are those given by the day of the paper.
    None is in a paper for publication: a small number could tell of a child. Three queries.
    """
    found = [] if scope.publication else _list(scope)
    if not found:
        return None
    table = Table(HEADING, _COLUMNS, tuple(map(_row, found)))
    accepted = list_accepted(SYSTEM, [each.measure for each in found], scope.moment.before)
    lines = tuple(
        _line(each, [one.on for one in accepted.get(each.measure.id, ())])
        for each in found
        if len(each.readings) >= FEWEST_READINGS
    )
    return Section(HEADING, (Paragraph(MOVING_RULE), *lines, table))


def _list(scope: Scope) -> list[Shown]:
    covered = Measure.review.in_(scope.review_ids)
    condition = covered if scope.review else covered | Measure.review.is_null()
    if scope.agency_id is not None:
        condition = condition & (Measure.agency == scope.agency_id)
    return list_measures_at(SYSTEM, scope.moment.before, condition)


def _line(each: Shown, accepted_on: Sequence[date]) -> LineChart:
    """Return the line of a measure with the periods of its last readings, and in which actions were accepted.

    It goes on to the last of these, so that it is seen for how long nothing was read since.
    """
    readings = each.readings[-_LAST:]
    read = {one.period.ends_on: written(one.value) for one in readings}
    periods = [readings[0].period]
    last = max((readings[-1].period.ends_on, *accepted_on))
    while periods[-1].ends_on < last:
        periods.append(periods[-1].next)
    counts = tuple(sum(one.begins_on <= on <= one.ends_on for on in accepted_on) for one in periods)
    told = ", ".join(f"{each.value_words(one.value)} in {one.period.words}" for one in readings)
    target = each.value_words(each.measure.target)
    days = [f"{count} in {one.words}" for count, one in zip(counts, periods, strict=True) if count]
    also = f" Actions accepted: {', '.join(days)}." if days else ""
    return LineChart(
        title=f"{each.measure.reference}, {each.measure.name}",
        alt=f"A line through the readings {told}. The target is {target}.{also} {each.movement.words}",
        categories=tuple(period.words for period in periods),
        values=tuple(read.get(period.ends_on, "") for period in periods),
        target=written(Decimal(each.measure.target)),
        unit=unit_after(each.measure.kind),
        accepted=counts if days else (),
    )


def _row(each: Shown) -> tuple[str, ...]:
    measure = each.measure
    before = ""
    if measure.baseline:
        before = f"{each.value_words(measure.baseline)} in {measure.baseline_period}\n"
    readings = [f"{one.period.words}: {each.value_words(one.value)}" for one in each.readings[-_LAST:]]
    return (
        f"{measure.reference}, {measure.name}\n{words_of_subject(measure)}",
        f"{before}Target: {each.value_words(measure.target)}\n{DIRECTION_NAMES[measure.wanted]}",
        "\n".join(readings) or "None yet",
        each.movement.words,
        "\n".join(filter(None, (measure.source, measure.caveat))),
    )
