"""What a meeting still needs, in the order in which it is done."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from ..deaths.models import PanelMeeting
from ..templating import date_uk, plural
from .queries import AgendaCase

CASES = ("panels.show", "cases")


@dataclass(frozen=True)
class Step:
    """Something to do for a meeting; `page` is where, as the name of one of the meeting's pages, and `part`
    the part of that page.
    """

    text: str
    page: str
    part: str | None = None


def next_steps(
    meeting: PanelMeeting, cases: Sequence[AgendaCase], members: int, is_attended: bool, today: date
) -> list[Step]:
    """The steps that are open, as far as this person sees the cases."""
    if meeting.closed_at is None:
        return list(_before_closing(meeting, cases, members, today))
    return list(_after_closing(meeting, cases, is_attended, today))


def _before_closing(
    meeting: PanelMeeting, cases: Sequence[AgendaCase], members: int, today: date
) -> Iterator[Step]:
    if not members:
        yield Step("Give each member who comes a seat. They see the cases from then on.", "panels.members")
    if not cases:
        yield Step("Put cases on the agenda.", "panels.agenda")
    waiting = sum(each.asked - each.answered for each in cases)
    if waiting:
        yield Step(
            f"{plural(waiting, 'agency return')} {'is' if waiting == 1 else 'are'} not in yet.",
            *CASES,
        )
    missing = sum(each.expected - each.made for each in cases)
    if missing and today > meeting.proposals_due_on:
        late = f"{plural(missing, 'proposal')} still to come, due on {date_uk(meeting.proposals_due_on)}."
        yield Step(f"{late} Remind the members.", *CASES)
    if cases and members and (today >= meeting.held_on or not missing):
        yield Step("Close the proposals. Then you and the members see them side by side.", "panels.close")


def _after_closing(
    meeting: PanelMeeting, cases: Sequence[AgendaCase], is_attended: bool, today: date
) -> Iterator[Step]:
    if today < meeting.held_on:
        return
    if not is_attended:
        yield Step("Record which agencies were there.", "panels.attendance")
    undecided = sum(each.is_to_decide for each in cases)
    if undecided:
        yield Step(f"Record {plural(undecided, 'decision')}, case by case.", *CASES)
