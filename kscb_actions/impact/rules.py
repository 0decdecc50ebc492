"""When a recommendation comes back, who says what difference it made, and who judges that. Plain values."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from kscb_actions.access.policy import Owners, Permission, Verdict, Viewer, may
from kscb_actions.reviews.rules import add_months
from kscb_actions.terms import say
from kscb_actions.text import LONGEST_REASON, why_too_long
from kscb_actions.wording import date_uk, plural


class Outcome(StrEnum):
    """What is judged of the difference that a recommendation made for children."""

    DIFFERENCE = "difference"
    PARTLY = "partly"
    NONE = "none"


OUTCOME_NAMES = {
    Outcome.DIFFERENCE: "Made a difference",
    Outcome.PARTLY: "Partly made a difference",
    Outcome.NONE: "No difference",
}


class State(StrEnum):
    """Where the question stands; what needs somebody comes first."""

    TO_JUDGE = "to_judge"
    ASKED = "asked"
    LATER = "later"
    JUDGED = "judged"


STATE_NAMES = {
    State.TO_JUDGE: "Waits to be judged",
    State.ASKED: "Agencies are asked",
    State.LATER: "Comes back later",
    State.JUDGED: "Judged",
}
MOST_FILES = 10
TOO_MANY_FILES = f"Send at most {MOST_FILES} files."
ENDED = "The recommendation is not done, or has been judged. There is nothing to say of its difference now."
NOT_ASKED = "Your agency had no action that was accepted for this recommendation, so it is not asked."
JUDGED_MEANWHILE = "Somebody has judged it meanwhile. What they judged is on the page of the recommendation."
SAID_MEANWHILE = (
    "An agency has said more, or something else, since you opened this. Read it, then save again."
)
NOT_NEWEST = "This is not the newest judgement, or has been taken back already."
TAKEN_BACK = "It has been taken back already, was judged, or its recommendation has an open action again."


@dataclass(frozen=True)
class Facts:
    """What the question hangs on, of one recommendation.

    accepted_at  when the last of its actions was accepted, where all are accepted or closed; None where not
    judged_at    when its newest judgement that stands was made; None without any
    asked, told  how many agencies had an accepted action, and how many of them have said what they think
    """

    accepted_at: datetime | None
    judged_at: datetime | None = None
    asked: int = 1
    told: int = 0


@dataclass(frozen=True)
class Standing:
    """Where the question stands: `due_on` is the day on which the recommendation comes back."""

    state: State
    due_on: date | None = None

    @property
    def is_open(self) -> bool:
        """Return whether something of it waits for somebody."""
        return self.state in (State.TO_JUDGE, State.ASKED)


def impact_rule(months: int) -> str:
    """Return the rule of what comes back, and when, in a sentence."""
    return say(
        "A recommendation comes back {months} after the Board accepted the last of its "
        "actions, when none of them is open: the agencies whose actions were accepted say "
        "what difference it made for children, and somebody outside them judges; what is "
        "accepted after a judgement brings it back once more. What earlier records say was "
        "accepted does not come back.",
        months=plural(months, "month"),
    )


def impact_due(accepted_on: date, months: int) -> date:
    """Return the day on which a recommendation comes back (`impact_rule`)."""
    return add_months(accepted_on, months)


def standing(facts: Facts, accepted_on: date | None, months: int, today: date) -> Standing | None:
    """Return where the question stands; None where nothing is asked yet and nothing was judged.

    accepted_on  the day of `facts.accepted_at`
    """
    accepted, judged = facts.accepted_at, facts.judged_at
    if accepted is None or accepted_on is None or (judged is not None and judged >= accepted):
        return Standing(State.JUDGED) if judged is not None else None
    due = impact_due(accepted_on, months)
    if today < due:
        return Standing(State.LATER, due)
    return Standing(State.ASKED if facts.told < facts.asked else State.TO_JUDGE, due)


def state_words(found: Standing, facts: Facts, today: date) -> str:
    """Return where the question stands, in a sentence."""
    if found.state is State.JUDGED or found.due_on is None:
        return "It has been judged."
    if found.state is State.LATER:
        return f"It comes back on {date_uk(found.due_on)}."
    days = (today - found.due_on).days
    since = f"It came back on {date_uk(found.due_on)}" + (f", {plural(days, 'day')} ago" if days else "")
    if found.state is State.TO_JUDGE:
        return f"{since}. Every agency has said what difference it made: it waits to be judged."
    return f"{since}. Agencies asked what difference it made: {facts.asked}; that have said it: {facts.told}."


def why_not_judged(found: Standing | None, facts: Facts) -> str:
    """Return why nothing can be judged now; "" where it can: from its day, or once all have said it."""
    if found is None or found.state is State.JUDGED or found.due_on is None:
        return ENDED
    if found.state is State.LATER and facts.told < facts.asked:
        return f"It comes back on {date_uk(found.due_on)}. Before that, its agencies say what they think."
    return ""


def can_judge(viewer: Viewer, agencies: frozenset[int]) -> Verdict:
    """Return whether this person judges it: nobody of an agency that had a part in it.

    agencies  those that had an action of it, with all that are one body with them
    """
    return may(viewer, Permission.JUDGE_IMPACT, Owners(None, former=agencies))


@dataclass(frozen=True)
class JudgementFacts:
    """What is judged, as it was typed; `work`, `agency_id` and `due_on` are of the new work it opens."""

    outcome: str
    reason: str
    work: str = ""
    agency_id: int | None = None
    due_on: date | None = None

    @property
    def opens_work(self) -> bool:
        """Return whether anything was said of new work."""
        return bool(self.work or self.agency_id or self.due_on)


def problems_with_judgement(facts: JudgementFacts, today: date) -> dict[str, str]:
    """Return {field: message} for what cannot be taken. No difference needs new work; else it may have it."""
    problems = {}
    if facts.outcome not in OUTCOME_NAMES:
        problems["outcome"] = "Choose what difference it made."
    missing = "Say what this is judged by."
    if problem := why_too_long(facts.reason, LONGEST_REASON) if facts.reason else missing:
        problems["reason"] = problem
    if facts.outcome != Outcome.NONE and not facts.opens_work:
        return problems
    if problem := why_too_long(facts.work) if facts.work else "Say what is to be done instead.":
        problems["work"] = problem
    if facts.agency_id is None:
        problems["agency"] = "Choose the agency that is to do it."
    if facts.due_on is None:
        problems["due_on"] = "Enter the day by which it is to be done."
    elif facts.due_on <= today:
        problems["due_on"] = "The day must be in the future."
    return problems


def problems_with_account(text: str, shown_by: str) -> dict[str, str]:
    """Return {field: message} where what an agency says is missing or too long."""
    problems = {}
    if wrong := why_too_long(text) if text else "Say what is different for children, or what is not.":
        problems["text"] = wrong
    if wrong := why_too_long(shown_by) if shown_by else "Say what shows it.":
        problems["shown_by"] = wrong
    return problems


def count_words(outcomes: Iterable[str]) -> str:
    """Return how many were judged, and how, like "3 judged: made a difference 2; no difference 1"."""
    found = list(outcomes)
    told = "; ".join(
        f"{name.lower()} {found.count(each)}" for each, name in OUTCOME_NAMES.items() if each in found
    )
    return f"{len(found)} judged: {told}" if found else "None judged"
