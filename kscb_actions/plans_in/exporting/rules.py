"""The rows of a plan's spreadsheet: headings and words that are read again as they were. Plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kscb_actions.actions.earlier.rules import Reading
from kscb_actions.dates_written.rules import read_date
from kscb_actions.wording import date_short

from ..headings import Part, parts_of

HEADINGS = (
    "No", "Heading", "Recommendation", "Action", "Lead agency", "Original due date", "Revised date", "Status",
    "Date completed", "Progress", "Success measure", "Accepted on", "Accepted by",
)  # fmt: skip
# What each of them holds, and what a plan is never without.
PARTS = (
    Part.NUMBER, Part.HEADING, Part.RECOMMENDATION, Part.ACTION, Part.AGENCY, Part.DUE, Part.REVISED,
    Part.STATUS, Part.DONE, Part.PROGRESS, Part.SUCCESS, Part.ACCEPTED_ON, Part.ACCEPTED_BY,
)  # fmt: skip
ALWAYS = (Part.RECOMMENDATION, Part.ACTION, Part.AGENCY)
# What each reading is called in the status column; each is read as itself again.
STATUS_WORDS = {
    Reading.NOT_STARTED: "Not started",
    Reading.IN_PROGRESS: "In progress",
    Reading.DONE: "Done",
    Reading.ACCEPTED: "Accepted",
    Reading.CANNOT: "Cannot be done",
    Reading.SUPERSEDED: "Superseded",
    Reading.WITHDRAWN: "Withdrawn",
}
Value = str | date | None


@dataclass(frozen=True)
class PlanLine:
    """One action of a plan with what it is for, or a recommendation that has none (`owners` is empty).

    due_written  how its first date is written; `told` what was last said of it
    """

    number: str
    heading: str
    recommendation: str
    text: str = ""
    owners: Sequence[str] = ()
    original_due_on: date | None = None
    current_due_on: date | None = None
    due_written: str = ""
    standing: str = "active"
    progress: str = ""
    assurance: str = ""
    done_on: date | None = None
    told: str = ""
    success: str = ""
    accepted_on: date | None = None
    accepted_by: str = ""


def status_of_line(line: PlanLine) -> str:
    """Return the word of how far an action is; "" for what says nothing, as a recommendation alone."""
    if line.standing in (Reading.SUPERSEDED, Reading.WITHDRAWN):
        return STATUS_WORDS[Reading(line.standing)]
    if line.assurance == "accepted":
        return STATUS_WORDS[Reading.ACCEPTED]
    if line.assurance == "submitted":
        return STATUS_WORDS[Reading.DONE]
    # What was returned is not done, whatever was reported.
    return STATUS_WORDS[Reading("in_progress" if line.progress == "done" else line.progress)]


def cells_of_line(line: PlanLine) -> tuple[Value, ...]:
    """Return the cells of an action's row, in the order of `HEADINGS`."""
    if not line.owners:
        return (line.number, line.heading, line.recommendation, *([None] * (len(HEADINGS) - 3)))
    is_moved = line.current_due_on != line.original_due_on
    return (
        line.number,
        line.heading,
        line.recommendation,
        line.text,
        " & ".join(line.owners),
        _first_due(line),
        line.current_due_on if is_moved else None,
        status_of_line(line),
        line.done_on,
        line.told,
        line.success,
        line.accepted_on,
        line.accepted_by,
    )


def laid_out(
    lines: Sequence[PlanLine], layout: Sequence[tuple[str, Part]] = ()
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return (headings, rows) of a plan as texts: in the order and words of a layout, as far as it goes.

    layout  (heading, what it holds) of the file that the plan came from. What it has no column for follows,
    where there is something to tell.
    """
    cells = [cells_of_line(line) for line in lines]
    order: dict[int, str] = {}
    has_agency = any(part == Part.AGENCY for _, part in layout)
    for heading, part in layout:
        # Where posts stand for agencies, owners go there.
        held = Part.AGENCY if part == Part.PERSON and not has_agency else part
        at = PARTS.index(held) if held in PARTS else None
        if at is not None:
            is_known = parts_of({1: heading}).get(1) == part
            order.setdefault(at, heading if is_known else HEADINGS[at])
    for at, heading in enumerate(HEADINGS):
        if at not in order and (PARTS[at] in ALWAYS or any(row[at] for row in cells)):
            order[at] = heading
    rows = [tuple(_as_text(row[at]) for at in order) for row in cells]
    return tuple(order.values()), rows


def _as_text(value: Value) -> str:
    return date_short(value) if isinstance(value, date) else value or ""


def _first_due(line: PlanLine) -> Value:
    """Return the first due date: in its own words where they are read as that day again."""
    if line.due_written and read_date(line.due_written).on == line.original_due_on:
        return line.due_written
    return line.original_due_on or line.due_written
