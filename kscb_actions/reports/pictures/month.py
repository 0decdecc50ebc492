"""A month in numbers, in the first digest after it: for who answers for the Board, and for an agency."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from kscb_actions.access.policy import Role
from kscb_actions.actions.narrowing import Filter
from kscb_actions.actions.rating import COLOUR_NAMES, Colour
from kscb_actions.assurance.challenges.queries import ChallengeFilter
from kscb_actions.audit.service import Change
from kscb_actions.chasing.providers import Part, days_told
from kscb_actions.mail.rules import About
from kscb_actions.people.models import Agency, User
from kscb_actions.reports.progress.past import Moment
from kscb_actions.settings.queries import get_board
from kscb_actions.settings.rules import Thresholds
from kscb_actions.terms import LazyText, say, say_later

from .given import Given, given_to, is_due
from .queries import Tally, View, named_people, tally_actions, tally_challenges
from .rules import MONTH_OF_ALL, Line, Month, month_text

EVENT = "month.told"


def _rated(colour: Colour) -> str:
    return COLOUR_NAMES[colour].replace(": ", ", ")


# What is there today, beside what was there a month before: (words, which list has them, its address).
STANDING: tuple[tuple[LazyText, Filter, str], ...] = (
    *((say_later(_rated(each)), Filter(rating=each), f"/actions?rating={each}") for each in Colour),
    (say_later("Overdue"), Filter(timeliness="overdue"), "/actions?timeliness=overdue"),
    (say_later("Waiting for the Board"), Filter(turn="board"), "/actions?turn=board"),
    (say_later("Of these, requests for more time"), Filter(turn="more_time"), "/actions?turn=more_time"),
    (say_later("Of these, cannot be done"), Filter(turn="cannot_be_done"), "/actions?turn=cannot_be_done"),
    (
        say_later("Reminded again and again, no answer"),
        Filter(reminded=True, turn="agency"),
        "/actions?reminded=1&turn=agency",
    ),
)
ACCEPTED, RAISED, ANSWERED = say_later("Accepted by the Board"), "Challenges raised", "Challenges answered"


@dataclass(frozen=True)
class Figures:
    """A month of the whole board: what stands now and stood a month before, and what happened in both."""

    month: Month
    now: Tally
    then: Tally
    accepted: Tally
    challenges: Tally

    @classmethod
    def of(cls, month: Month, on: date, thresholds: Thresholds) -> "Figures":
        """Count it. Seven queries."""
        standing = {words.text: narrow for words, narrow, _ in STANDING}
        months = {"in": month.days, "before": month.previous.days}
        accepted = {name: Filter(accepted=days) for name, days in months.items()}
        raised = {f"{RAISED} {name}": ChallengeFilter(raised=days) for name, days in months.items()}
        answered = {f"{ANSWERED} {n}": ChallengeFilter(first_answered=d) for n, d in months.items()}
        today = Moment(on, is_past=False)
        return cls(
            month,
            now=tally_actions(standing, thresholds, today),
            then=tally_actions(standing, thresholds, Moment(month.previous.days[1], is_past=True)),
            accepted=tally_actions(accepted, thresholds, today),
            challenges=tally_challenges(raised | answered, on),
        )

    def lines(self, view: View) -> list[Line]:
        """Return the numbers of what a person may see."""
        name = self.month.name
        raised, answered = f"/challenges?raised_in={name}", f"/challenges?answered_in={name}"
        standing = [
            Line(
                str(words),
                self.now.of(view, words.text),
                view.narrowed(address),
                self.then.of(view, words.text),
            )
            for words, _, address in STANDING
        ]
        return [
            *standing,
            self._happened(view, self.accepted, say(ACCEPTED), "", f"/actions?accepted={name}"),
            self._happened(view, self.challenges, RAISED, f"{RAISED} ", raised),
            self._happened(view, self.challenges, ANSWERED, f"{ANSWERED} ", answered),
        ]

    def _happened(self, view: View, tally: Tally, words: str, names: str, address: str) -> Line:
        number, before = tally.of(view, f"{names}in"), tally.of(view, f"{names}before")
        return Line(f"{words} in {self.month.words}", number, view.narrowed(address), before)

    def restricted(self, view: View) -> frozenset[int]:
        """Return the restricted reviews of which there is anything in those numbers."""
        tallies = (self.now, self.then, self.accepted, self.challenges)
        return frozenset().union(*(each.restricted(view) for each in tallies))


class MonthInNumbers:
    """A month in numbers. Restricted reviews are counted for those named on them alone."""

    def parts(self, on: date, base_url: str) -> Mapping[int, Part]:
        """Return {person's id: the month that was over by then}, where there is any number. Once a month."""
        if not is_due(EVENT, on.replace(day=1)):
            return {}
        figures = Figures.of(Month.before(on), on, get_board().thresholds)
        parts = (_part(given, figures, base_url) for given in given_to(_holders(), on, named_people()))
        return {part.to.id: replace(part, day=on.replace(day=1)) for part in parts if part}

    def record(self, tx: Change, told: Sequence[Part]) -> None:
        """Record, in the open change, that the month was told."""
        for day in days_told(told):
            tx.record(EVENT, "chasing", {"on": day})


MONTH_IN_NUMBERS = MonthInNumbers()


def _holders() -> list[tuple[User, Agency | None]]:
    """Return who is told of a month: of all, or as an agency's Board member of that agency."""
    found: list[tuple[User, Agency | None]] = []
    agencies = {agency.id: agency for agency in Agency.select()}
    for person in User.select().where(User.is_active).order_by(User.email):
        if person.role_set & MONTH_OF_ALL:
            found.append((person, None))
        elif Role.BOARD_MEMBER in person.role_set and person.agency_id is not None:
            found.append((person, agencies[person.agency_id]))
    return found


def _part(given: Given, figures: Figures, base_url: str) -> Part | None:
    view = given.view
    lines = figures.lines(view)
    if not any(line.number or line.before for line in lines):
        return None
    whose = view.agency.name if view.agency else "all agencies"
    text = month_text(whose, figures.month, lines, base_url, view.narrowed("/actions"))
    about = tuple(map(About, sorted(figures.restricted(view))))
    return Part(given.to, f"{figures.month.words} in numbers", given.with_reason(text), about)
