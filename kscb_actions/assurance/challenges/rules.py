"""The levels of a challenge, who raises, answers and decides, and when. Plain values in, plain values out."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import chain

from kscb_actions.access.policy import CHAIRING, Owners, Permission, Role, Verdict, Viewer, may
from kscb_actions.people.absences.rules import NOBODY_AWAY, Away
from kscb_actions.terms import say, say_all
from kscb_actions.text import LONGEST, LONGEST_REASON, why_too_long
from kscb_actions.wording import date_uk


class Level(StrEnum):
    """Who deals with a challenge, the lowest first: each is escalated to the next."""

    LEAD = "lead"
    BOARD_MEMBER = "board_member"
    INDEPENDENT_CHAIR = "independent_chair"
    FULL_BOARD = "full_board"


class State(StrEnum):
    """Whose turn a challenge is: the agency's, the Board's, nobody's any more."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


class Outcome(StrEnum):
    """What came of a challenge."""

    CHANGED = "changed"
    EXPLAINED = "explained"
    UNRESOLVED = "unresolved"
    OVERTAKEN = "overtaken"


class StepKind(StrEnum):
    """What happened in a challenge."""

    RAISED = "raised"
    ANSWERED = "answered"
    ESCALATED = "escalated"
    CLOSED = "closed"


class InTime(StrEnum):
    """Whether the agency answered what it was asked, at each level by the date asked for there."""

    YES = "yes"
    NO = "no"
    NOT_YET_DUE = "not_yet_due"


LEVEL_NAMES = say_all(
    {
        Level.LEAD: "Agency lead",
        Level.BOARD_MEMBER: "Agency’s Board member",
        Level.INDEPENDENT_CHAIR: "Independent chair",
        Level.FULL_BOARD: "Full Board",
    }
)
STATE_NAMES = say_all(
    {
        State.OPEN: "Waits for the agency’s answer",
        State.ANSWERED: "Answered, waits for the Board",
        State.CLOSED: "Closed",
    }
)
OUTCOME_NAMES = {
    Outcome.CHANGED: "Something changed because of it",
    Outcome.EXPLAINED: "The answer explains it; nothing had to change",
    Outcome.UNRESOLVED: "No satisfactory answer",
    Outcome.OVERTAKEN: "Overtaken by events",
}
IN_TIME_NAMES = {
    InTime.YES: "Answered in time",
    InTime.NO: "Not answered in time",
    InTime.NOT_YET_DUE: "Not due yet",
}
# Above the lead's level somebody more senior is to answer.
ANSWERS = {
    Level.LEAD: frozenset({Role.AGENCY_LEAD, Role.BOARD_MEMBER}),
    Level.BOARD_MEMBER: frozenset({Role.BOARD_MEMBER}),
    Level.INDEPENDENT_CHAIR: frozenset({Role.BOARD_MEMBER}),
    Level.FULL_BOARD: frozenset({Role.BOARD_MEMBER}),
}
DECIDES = {
    Level.LEAD: CHAIRING,
    Level.BOARD_MEMBER: CHAIRING,
    Level.INDEPENDENT_CHAIR: frozenset({Role.INDEPENDENT_CHAIR}),
    Level.FULL_BOARD: frozenset({Role.INDEPENDENT_CHAIR}),
}
SAY_WHY = "Say why, for the agency and for the record."


@dataclass(frozen=True)
class ChallengeFacts:
    """Where a challenge stands. `answered_by`: who gave the answer that waits for a decision.

    others  the agencies that own the action it is about with the one that is asked, or did
    """

    agency_id: int
    level: Level
    state: State
    due_on: date
    answered_by: int | None = None
    others: frozenset[int] = frozenset()


def next_level(level: Level) -> Level | None:
    """Return the level a challenge is taken to from this one; None from the highest."""
    levels = list(Level)
    place = levels.index(level) + 1
    return levels[place] if place < len(levels) else None


def can_answer(viewer: Viewer, agency_id: int, level: Level) -> Verdict:
    """Return whether this person may answer for the agency at this level.

    The board manager may at each: to record what an agency answers by letter or in a meeting.
    """
    verdict = may(viewer, Permission.ANSWER_CHALLENGE, agency_id)
    if not verdict:
        return verdict
    if Role.MANAGER in viewer.roles or viewer.roles & ANSWERS[level]:
        return verdict
    return Verdict(False, say("It is with your agency’s Board member now, who answers it."))


def can_decide(viewer: Viewer, facts: ChallengeFacts) -> Verdict:
    """Return whether this person may close the challenge, or take it a level higher, at its present level.

    Nobody does for their own agency, whatever roles they hold, and nobody decides on an answer that they
    recorded.
    """
    verdict = may(viewer, Permission.CLOSE_CHALLENGE, Owners(facts.agency_id, former=facts.others))
    if not verdict:
        return verdict
    if not viewer.roles & (DECIDES[facts.level] | {Role.MANAGER}):
        return Verdict(False, f"At this level the {decider_words(facts.level)} decides.")
    if facts.answered_by is not None and facts.answered_by == viewer.id:
        return Verdict(False, "Somebody else has to decide on the answer that you recorded.")
    return verdict


def decider_words(level: Level) -> str:
    """Return who decides at a level, as a sentence has it."""
    return say("independent chair") if Role.INDEPENDENT_CHAIR in DECIDES[level] else say("subgroup’s chair")


def why_not_answered(facts: ChallengeFacts) -> str | None:
    """Return why no answer can be given now; None when one can."""
    if facts.state == State.CLOSED:
        return say("The Board has closed this challenge.")
    if facts.state == State.ANSWERED:
        return say("It has been answered. It waits for the Board.")
    return None


def why_not_escalated(facts: ChallengeFacts, today: date) -> str | None:
    """Return why a challenge cannot be taken a level higher now; None when it can.

    It can once it is answered, or once the date to reply by has passed without an answer.
    """
    if facts.state == State.CLOSED:
        return "This challenge is closed."
    if next_level(facts.level) is None:
        return say("It is with the full Board, and there is no higher level.")
    if facts.state == State.OPEN and today <= facts.due_on:
        return f"The agency has until {date_uk(facts.due_on)} to answer."
    return None


def can_correct(is_raiser: bool, is_manager: bool) -> Verdict:
    """Return whether somebody outside the agency may put a challenge right: who raised it, or the manager."""
    if is_raiser or is_manager:
        return Verdict(True, "")
    return Verdict(False, say("Who raised it, or the board manager, puts it right."))


def why_not_corrected(state: State, is_escalated: bool) -> str | None:
    """Return why the question and the date to reply by stay as they are; None while they can be put right."""
    if state != State.OPEN:
        return "It has been answered or closed, so what was asked stays as it was asked."
    if is_escalated:
        return "It was taken a level higher, so what was asked stays as it was asked."
    return None


def whom_to_ask(
    people: Iterable[Viewer],
    agency_id: int,
    level: Level,
    lead_id: int | None = None,
    named: frozenset[int] | None = None,
    away: Away = NOBODY_AWAY,
) -> tuple[Viewer, ...]:
    """Return who of the active `people` is asked to answer for an agency at a level; empty when nobody can.

    At the lead's level the action's own lead, else the agency's leads, else its Board members; above it the
    Board members. `named`: of a restricted review only those who are named on it. `away`: a lead who is away
    is not asked, but who stands in.
    """
    able = [
        person
        for person in people
        if person.agency_id == agency_id
        and (named is None or person.id in named)
        and person.roles & ANSWERS[level]
        and can_answer(person, agency_id, level)
    ]
    if level != Level.LEAD:
        return tuple(able)
    leads = [person for person in away.present(able) if Role.AGENCY_LEAD in person.roles]
    members = [person for person in able if Role.BOARD_MEMBER in person.roles]
    return tuple([p for p in leads if p.id == away.asked(lead_id)] or leads or members)


@dataclass(frozen=True)
class Question:
    """What was asked at one level: the date to reply by, and the day of the answer; None where none came."""

    level: Level
    due_on: date
    answered_on: date | None = None


def questions_of(steps: Iterable[tuple[str, str, date | None, date]]) -> list[Question]:
    """Return what was asked in a challenge, level by level.

    steps  (kind, level, date to reply by, its day) of each step, in order
    """
    found: list[Question] = []
    for kind, level, due_on, day in steps:
        if due_on is not None and kind in (StepKind.RAISED, StepKind.ESCALATED):
            found.append(Question(Level(level), due_on))
        elif kind == StepKind.ANSWERED:
            found[-1] = replace(found[-1], answered_on=day)
    return found


def answered_in_time(question: Question, today: date) -> InTime:
    """Return whether what was asked at one level was answered by the date asked for there."""
    if question.answered_on is not None:
        return InTime.YES if question.answered_on <= question.due_on else InTime.NO
    return InTime.NO if today > question.due_on else InTime.NOT_YET_DUE


def in_time(questions: Iterable[Question], today: date) -> InTime:
    """Return whether all that was asked was answered in time: once late at a level, it stays not in time."""
    found = {answered_in_time(each, today) for each in questions}
    return next((each for each in (InTime.NO, InTime.NOT_YET_DUE) if each in found), InTime.YES)


def everybody_asked(
    people: Iterable[Viewer],
    agency_id: int,
    levels: Iterable[Level],
    lead_id: int | None = None,
    named: frozenset[int] | None = None,
    away: Away = NOBODY_AWAY,
) -> tuple[Viewer, ...]:
    """Return who of the active `people` is asked at any of these levels, each once (see `whom_to_ask`)."""
    able, chosen = list(people), set(levels)
    asked = (whom_to_ask(able, agency_id, each, lead_id, named, away) for each in Level if each in chosen)
    return tuple(dict.fromkeys(chain.from_iterable(asked)))


def is_above_subgroup(level: Level) -> bool:
    """Return whether somebody else than the subgroup's chair decides at a level."""
    return not DECIDES[level] & CHAIRING


def problems_with_question(text: str, level: str, due_on: date | None, today: date) -> dict[str, str]:
    """Return {field: message} for what is wrong with a question to an agency."""
    problems = problem_with_text("question", text, "Enter the question that the agency is to answer.")
    if level not in LEVEL_NAMES:
        problems["level"] = "Choose at which level the agency is to answer."
    return problems | problem_with_reply_by(due_on, today)


def problem_with_reply_by(due_on: date | None, today: date) -> dict[str, str]:
    """Return {"due_on": message} when the date to reply by is missing or not in the future."""
    if due_on is None:
        return {"due_on": "Enter the date to reply by."}
    return {} if due_on > today else {"due_on": "The date to reply by must be in the future."}


def problem_with_text(name: str, text: str, missing: str) -> dict[str, str]:
    """Return {field `name`: message} when a text is missing or too long."""
    longest = LONGEST_REASON if name == "reason" else LONGEST
    wrong = why_too_long(text, longest) if text else missing
    return {name: wrong} if wrong else {}


def why_nobody_answers(agency: str, level: Level) -> str:
    """Return what to do where an agency has nobody who can answer at a level."""
    roles = say("lead or Board member") if level == Level.LEAD else say("Board member")
    return say(
        "{agency} has no {roles} with an account who may see this, so nobody could answer. "
        "Ask the board manager to add one, or choose another level.",
        agency=agency,
        roles=roles,
    )
