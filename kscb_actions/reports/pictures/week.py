"""The week of an agency's leads, in the first digest of a week: what is new, what waits, the exceptions."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from kscb_actions.access.policy import Role
from kscb_actions.actions.narrowing import Filter
from kscb_actions.assurance.challenges.queries import ChallengeFilter
from kscb_actions.audit.service import Change
from kscb_actions.chasing.news.queries import count_new_of_leads
from kscb_actions.chasing.news.rules import week_of
from kscb_actions.chasing.providers import Part, days_told
from kscb_actions.mail.rules import About
from kscb_actions.people.models import Agency, User
from kscb_actions.reports.progress.past import Moment
from kscb_actions.settings.queries import get_board
from kscb_actions.terms import LazyText, say, say_later

from .given import Given, given_to, is_due
from .queries import Tally, View, named_people, tally_actions, tally_challenges
from .rules import Line, week_text

EVENT = "lead-week.told"
NEW = ("New for you", "/new")
# (name, what is counted, which list has them, its address).
WAITING: tuple[tuple[str, str | LazyText, Filter, str], ...] = (
    ("due_soon", "Due soon", Filter(timeliness="due_soon"), "/actions?timeliness=due_soon"),
    ("agency", "Waiting for your agency", Filter(turn="agency"), "/actions?turn=agency"),
    ("board", say_later("Waiting for the Board"), Filter(turn="board"), "/actions?turn=board"),
)
EXCEPTIONS: tuple[tuple[str, str | LazyText, Filter, str], ...] = (
    ("overdue", "Overdue", Filter(timeliness="overdue"), "/actions?timeliness=overdue"),
    (
        "returned",
        say_later("Returned by the Board"),
        Filter(assurance="returned"),
        "/actions?assurance=returned",
    ),
    (
        "reopened",
        say_later("Reopened by the Board"),
        Filter(assurance="reopened"),
        "/actions?assurance=reopened",
    ),
    (
        "reminded",
        "Reminded again and again, no answer",
        Filter(reminded=True, turn="agency"),
        "/actions?reminded=1&turn=agency",
    ),
)
CHALLENGED = ("Challenges not closed", ChallengeFilter(not_closed=True), "/challenges?not_closed=1")
# That something waits and is on course is no reason to write.
NO_REASON = "agency"


class LeadsWeek:
    """The week of each lead's agency. Restricted reviews are counted for those named on them alone."""

    def parts(self, on: date, base_url: str) -> Mapping[int, Part]:
        """Return {lead's id: the week of their agency}, where there is something to say. Once a week."""
        if not is_due(EVENT, week_of(on)):
            return {}
        parts = {name: narrow for name, _, narrow, _ in (*WAITING, *EXCEPTIONS)}
        actions = tally_actions(parts, get_board().thresholds, Moment(on, is_past=False))
        challenges = tally_challenges({"open": CHALLENGED[1]}, on)
        new = count_new_of_leads()
        found = {}
        for given in given_to(_leads(), on, named_people()):
            part = _part(given, actions, challenges, new.get(given.to.id, {}), base_url)
            if part:
                found[given.to.id] = replace(part, day=week_of(on))
        return found

    def record(self, tx: Change, told: Sequence[Part]) -> None:
        """Record, in the open change, that the week was told."""
        for day in days_told(told):
            tx.record(EVENT, "chasing", {"on": day})


LEADS_WEEK = LeadsWeek()


def _leads() -> list[tuple[User, Agency]]:
    query = User.select(User, Agency).join(Agency).where(User.is_active).order_by(User.email)
    return [(person, person.agency) for person in query if Role.AGENCY_LEAD in person.role_set]


def _part(
    given: Given, actions: Tally, challenges: Tally, new: Mapping[int | None, int], base_url: str
) -> Part | None:
    view = given.view
    if view.agency is None:
        return None
    waiting = [Line(NEW[0], sum(new.values()), NEW[1]), *_lines(WAITING, actions, view)]
    challenged = Line(CHALLENGED[0], challenges.of(view, "open"), view.narrowed(CHALLENGED[2]))
    exceptions = [*_lines(EXCEPTIONS, actions, view), challenged]
    quiet = next(words for name, words, *_ in WAITING if name == NO_REASON)
    if not any(line.number for line in (*waiting, *exceptions) if line.words != quiet):
        return None
    reviews = actions.restricted(view) | challenges.restricted(view)
    reviews |= {review_id for review_id in new if review_id is not None}
    text = week_text(view.agency.name, waiting, exceptions, base_url, view.narrowed("/actions"))
    about = tuple(map(About, sorted(reviews)))
    return Part(given.to, "your agency’s week", given.with_reason(text), about)


def _lines(told: Sequence[tuple[str, str | LazyText, Filter, str]], actions: Tally, view: View) -> list[Line]:
    return [
        Line(say(words), actions.of(view, name), view.narrowed(address)) for name, words, _, address in told
    ]
