"""Challenges: raised, answered, taken a level higher, closed. Each is said once and stays."""

from dataclasses import dataclass
from datetime import date

from kscb_actions import clock
from kscb_actions.access.policy import Owners, Permission, Refused, Viewer, may, require
from kscb_actions.actions.models import Action
from kscb_actions.actions.rules import RECORDED_IN_ERROR, VOID
from kscb_actions.audit.service import Change, change
from kscb_actions.people.absences.queries import people_away
from kscb_actions.people.models import Agency
from kscb_actions.reviews.models import Recommendation, Review
from kscb_actions.reviews.queries import require_on
from kscb_actions.terms import say
from kscb_actions.text import InvalidInput, clean_text

from .letters import tell_of_closing, tell_who_answers, tell_who_decides, tell_who_decides_there
from .models import Challenge, ChallengeStep, owners_asked
from .queries import facts_of, named_on, open_challenge_on, people_of, taken_part
from .rules import (
    OUTCOME_NAMES,
    SAY_WHY,
    Level,
    State,
    StepKind,
    can_answer,
    can_decide,
    everybody_asked,
    next_level,
    problem_with_reply_by,
    problem_with_text,
    problems_with_question,
    whom_to_ask,
    why_nobody_answers,
    why_not_answered,
    why_not_escalated,
)


@dataclass(frozen=True)
class Subject:
    """What a challenge is about: an agency, and where it is about one its action or a recommendation.

    paper_as_at  the day of the paper from a line of which it is raised
    """

    agency: Agency
    action: Action | None = None
    recommendation: Recommendation | None = None
    paper_as_at: date | None = None

    @property
    def review(self) -> Review | None:
        """Return the review of the action or the recommendation."""
        about = self.action or self.recommendation
        return about.review if about else None

    @property
    def lead_id(self) -> int | None:
        """Return who leads the action."""
        return self.action.lead_id if self.action else None

    @property
    def owners(self) -> Owners:
        """Return whose a challenge about it is."""
        return owners_asked(self.agency.id, self.action)


def who_would_answer(subject: Subject) -> dict[Level, tuple[Viewer, ...]]:
    """Return {level: who would be asked to answer there}; empty where nobody can. At most three queries.

    Where only somebody who is away may know of it, they are asked: the Board's question has to go somewhere.
    """
    people, named = people_of(subject.agency.id), named_on(subject.review)
    asked = (people, subject.agency.id), (subject.lead_id, named)
    away = people_away(clock.today())
    return {
        level: whom_to_ask(*asked[0], level, *asked[1], away) or whom_to_ask(*asked[0], level, *asked[1])
        for level in (Level.LEAD, Level.BOARD_MEMBER, Level.INDEPENDENT_CHAIR, Level.FULL_BOARD)
    }


def raise_challenge(
    viewer: Viewer, subject: Subject, level: str, question: str, due_on: date | None, base_url: str
) -> Challenge:
    """Ask an agency a question, and tell who is to answer. Raises InvalidInput, Refused.

    A question to nobody is refused, and so is a second one about an action whose first is open.
    """
    _require(viewer, Permission.RAISE_CHALLENGE, subject.review, subject.owners)
    question = clean_text(question)
    problems = problems_with_question(question, level, due_on, clock.today())
    asked = () if "level" in problems else who_would_answer(subject)[Level(level)]
    if not asked and "level" not in problems:
        problems["level"] = why_nobody_answers(subject.agency.name, Level(level))
    if problems or due_on is None:
        raise InvalidInput(problems)
    with change(viewer) as tx:
        if subject.action and Action.get_by_id(subject.action.id).standing == VOID:
            raise Refused(say(RECORDED_IN_ERROR))
        if subject.action and (waiting := open_challenge_on(subject.action)):
            raise Refused(f"Challenge {waiting.reference} about this action is not closed yet.")
        challenge = tx.add(_new(viewer, subject, level, question, due_on), "challenge.opened")
        _say(tx, challenge, StepKind.RAISED, question, due_on)
        tell_who_answers(tx, challenge, asked, base_url)
        tell_who_decides_there(tx, challenge, base_url)
    return challenge


def answer_challenge(
    viewer: Viewer, challenge: Challenge, text: str, expected: int, base_url: str
) -> Challenge:
    """Answer for the agency, and tell who decides. Raises InvalidInput, Refused, StaleEdit."""
    _require(viewer, Permission.ANSWER_CHALLENGE, challenge.review, challenge.owners)
    facts, text = facts_of(challenge), clean_text(text)
    verdict = can_answer(viewer, facts.agency_id, facts.level)
    if not verdict:
        raise Refused(verdict.reason)
    _refuse(why_not_answered(facts))
    _refuse_input(problem_with_text("answer", text, "Enter the agency’s answer."))
    today = clock.today()
    challenge.state, challenge.answered_on, challenge.answered_by = State.ANSWERED, today, viewer.id
    challenge.first_answered_on = challenge.first_answered_on or today
    with change(viewer) as tx:
        tx.update(challenge, "challenge.updated", expected)
        _say(tx, challenge, StepKind.ANSWERED, text)
        tell_who_decides(tx, challenge, base_url)
    return challenge


def escalate_challenge(
    viewer: Viewer, challenge: Challenge, reason: str, due_on: date | None, expected: int, base_url: str
) -> Challenge:
    """Take a challenge to the next level, with a new date to reply by, and tell who is to answer there.

    Nobody decides for their own agency. Raises InvalidInput, Refused, StaleEdit.
    """
    _require_decision(viewer, challenge)
    facts, reason, today = facts_of(challenge), clean_text(reason), clock.today()
    _refuse(why_not_escalated(facts, today))
    higher = next_level(facts.level)
    if higher is None:
        raise Refused("There is no higher level.")
    asked = who_would_answer(subject_of(challenge))[higher]
    problems = problem_with_text("reason", reason, SAY_WHY) | problem_with_reply_by(due_on, today)
    if problems or due_on is None:
        raise InvalidInput(problems)
    if not asked:
        raise InvalidInput({"level": why_nobody_answers(challenge.agency.name, higher)})
    challenge.level, challenge.state, challenge.due_on = higher, State.OPEN, due_on
    challenge.answered_on = challenge.answered_by = None
    with change(viewer) as tx:
        tx.update(challenge, "challenge.updated", expected)
        _say(tx, challenge, StepKind.ESCALATED, reason, due_on)
        tell_who_answers(tx, challenge, asked, base_url)
        tell_who_decides_there(tx, challenge, base_url)
    return challenge


def close_challenge(
    viewer: Viewer, challenge: Challenge, outcome: str, reason: str, expected: int, base_url: str
) -> Challenge:
    """Close a challenge with what came of it, and tell the agency. Nobody decides for their own agency.

    Raises InvalidInput, Refused, StaleEdit.
    """
    _require_decision(viewer, challenge)
    if challenge.state == State.CLOSED:
        raise Refused("This challenge is closed already.")
    reason = clean_text(reason)
    problems = problem_with_text("reason", reason, "Say what changed, or why nothing had to.")
    if outcome not in OUTCOME_NAMES:
        problems["outcome"] = "Choose what came of it."
    _refuse_input(problems)
    challenge.state, challenge.outcome, challenge.closed_on = State.CLOSED, outcome, clock.today()
    with change(viewer) as tx:
        tx.update(challenge, "challenge.updated", expected)
        _say(tx, challenge, StepKind.CLOSED, reason, outcome=outcome)
        tell_of_closing(tx, challenge, _who_was_asked(challenge), base_url)
    return challenge


def note_letter(viewer: Viewer, challenge: Challenge) -> None:
    """Tell the trail that a challenge's letter left as a file. Raises Refused."""
    _require(viewer, Permission.READ_CHALLENGE, challenge.review, challenge.owners)
    with change(viewer) as tx:
        tx.note("challenge.letter-made", challenge)


def _who_was_asked(challenge: Challenge) -> tuple[Viewer, ...]:
    """Return who in the agency is asked at any of its levels, and who answered, as far as they may know."""
    subject, (levels, answered) = subject_of(challenge), taken_part(challenge)
    people, named = people_of(challenge.agency_id), named_on(subject.review)
    away = people_away(clock.today())
    asked = everybody_asked(people, challenge.agency_id, levels, subject.lead_id, named, away)
    answered_by = (
        person
        for person in people
        if person.id in answered
        and (named is None or person.id in named)
        and may(person, Permission.READ_CHALLENGE, challenge.owners)
    )
    return tuple(dict.fromkeys((*asked, *answered_by)))


def subject_of(challenge: Challenge) -> Subject:
    """Return what a challenge is about."""
    return Subject(challenge.agency, challenge.action, challenge.recommendation, challenge.paper_as_at)


def _new(viewer: Viewer, subject: Subject, level: str, question: str, due_on: date) -> Challenge:
    return Challenge(
        review=subject.review,
        recommendation=subject.recommendation,
        action=subject.action,
        agency=subject.agency,
        paper_as_at=subject.paper_as_at,
        question=question,
        level=level,
        raised_by=viewer.id,
        raised_on=clock.today(),
        first_due_on=due_on,
        due_on=due_on,
    )


def _say(
    tx: Change, challenge: Challenge, kind: StepKind, text: str, due_on: date | None = None, outcome: str = ""
) -> None:
    step = ChallengeStep(
        review=challenge.review_id,
        action=challenge.action_id,
        challenge=challenge,
        kind=kind,
        level=challenge.level,
        text=text,
        due_on=due_on,
        outcome=outcome,
        by=tx.actor.id,
        at=clock.now(),
    )
    tx.add(step, f"challenge.{kind}")


def _require(viewer: Viewer, permission: Permission, review: Review | None, owners: Owners) -> None:
    if review is None:
        require(viewer, permission, owners)
    else:
        require_on(viewer, permission, review, owners)


def _require_decision(viewer: Viewer, challenge: Challenge) -> None:
    _require(viewer, Permission.CLOSE_CHALLENGE, challenge.review, challenge.owners)
    verdict = can_decide(viewer, facts_of(challenge))
    if not verdict:
        raise Refused(verdict.reason)


def _refuse(why: str | None) -> None:
    if why:
        raise Refused(why)


def _refuse_input(problems: dict[str, str]) -> None:
    if problems:
        raise InvalidInput(problems)
