"""Which clock was wrong, told by the days that the trail has lived through. Plain values alone.

A clock that goes back was ahead before, or is behind now. One that was ahead can have lived through no more
days than had passed meanwhile; where there are more, it is the later clock that is wrong.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from kscb_actions.chasing.rules import Ahead

# So many days in their order are no mistake of an hour.
GOES_ON_DAYS = 3
# A day that the clock showed, and the event of the trail that was written then.
Shown = tuple[date, int]


@dataclass
class _Days:
    """The days as a clock shows one after the other, by number.

    first    the first day of the board
    found    {number of a day that was ahead: the earliest day of a run since}
    strange  the numbers of the days shown last that are not believed
    """

    first: date
    known: list[date] = field(default_factory=list)
    found: dict[int, date] = field(default_factory=dict)
    strange: list[int] = field(default_factory=list)
    is_behind: bool = False
    _lived: list[int] = field(default_factory=list)
    _latest: date = date.min
    _runs: set[int] = field(default_factory=set)

    def show(self, day: date, is_run: bool) -> None:
        """Take the next day that the clock shows, and whether there was a run of reminders."""
        number = len(self.known)
        self.known.append(day)
        if is_run:
            self._runs.add(number)
        if day >= self._latest:
            # Almost every day is later than all before it; of years of them none need be looked at again.
            self.strange, self.is_behind = [], False
            self._set_back_by(day if is_run else date.max)
            self._lived.append(number)
            self._latest = day
        else:
            self._go_back(day, number)

    def _go_back(self, day: date, number: int) -> None:
        after = [each for each in self._lived if self.known[each] > day]
        if self._was_ahead(day):
            self.strange = [number]
        else:
            goes_on = [each for each in self.strange if self.known[each] < day]
            self.strange = [*goes_on, number] if day < self.first else []
            if len(self.strange) < GOES_ON_DAYS:
                self.is_behind = True
                return
        self.is_behind = False
        believed, self.strange = self.strange or [number], []
        self.found |= dict.fromkeys(after, date.max)
        since = min((self.known[each] for each in believed if each in self._runs), default=date.max)
        self._set_back_by(since)
        self._lived = [*(each for each in self._lived if self.known[each] <= day), *believed]
        self._latest = max(self.known[each] for each in self._lived)

    def _set_back_by(self, since: date) -> None:
        """Note the earliest day of a run since each of the days that were ahead."""
        for number, earliest in self.found.items():
            if since < earliest:
                self.found[number] = since

    def _was_ahead(self, back_to: date) -> bool:
        """Return whether the days later than one to which a clock went back can have come before it."""
        lived = [self.known[each] for each in self._lived]
        before = max([self.first, *(day for day in lived if day <= back_to)])
        later = {day for day in lived if day > back_to}
        return len(later) <= (back_to - before).days + 1


def set_back(
    runs: Sequence[tuple[date, date, int]], today: date, first: date = date.min, lived: Iterable[Shown] = ()
) -> list[Ahead]:
    """Return the runs that were done before their day came, the newest first.

    Such runs were done by a clock that was ahead, and those since by one that had been set back. Before the
    board's first day a clock is believed only when the days go on there, as a machine can wake up in 1970.

    runs   (the day it was for, the later of that and the day on which it was done, the newest message then),
           in their order; where `lived` is given, by the event that tells of it in place of the message
    first  the first day of the board
    lived  the days of the trail, each with its first event
    """
    shown = [(event_id, True, day) for _, day, event_id in runs]
    shown += [(event_id, False, day) for day, event_id in lived]
    # Of one event the day it was written is shown before the day that it was for.
    ordered = sorted(shown, key=lambda each: each[:2]) if len(shown) > len(runs) else shown
    days = _Days(first)
    for _, is_run, day in ordered:
        days.show(day, is_run)
    days.show(today, is_run=True)
    numbers = [number for number, (_, is_run, _) in enumerate(ordered) if is_run]
    return [
        Ahead(runs[at][0], days.found[number], runs[at][2])
        for at, number in reversed([*enumerate(numbers)])
        if number in days.found
    ]


def is_behind(lived: Iterable[Shown], today: date, first: date) -> bool:
    """Return whether a clock that shows `today` is behind, by the days that were lived through before.

    A board that has hardly begun tells nothing of a clock that shows a day before its first.
    """
    days, known = _Days(first), sorted(lived, key=lambda each: each[1])
    if today < first and len(known) < GOES_ON_DAYS:
        return False
    for day, _ in known:
        days.show(day, is_run=False)
    days.show(today, is_run=False)
    return days.is_behind
