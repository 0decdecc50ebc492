"""The letter of a challenge to an agency, as plain data."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from kscb_actions import clock
from kscb_actions.access.policy import ROLE_NAMES, Role
from kscb_actions.assurance.challenges.models import Challenge, ChallengeStep
from kscb_actions.assurance.challenges.rules import DECIDES, LEVEL_NAMES, Level, State, StepKind
from kscb_actions.reports.content import Block, Facts, Paragraph, Report, Section
from kscb_actions.settings.rules import Board
from kscb_actions.terms import say, say_all
from kscb_actions.wording import date_uk, upper_first

from .progress.scope import HAS_RESTRICTED, PROTECTION

ADDRESSEES = say_all(
    {
        Level.LEAD: "The agency lead",
        Level.BOARD_MEMBER: "The agency’s member of the Board",
        Level.INDEPENDENT_CHAIR: "The agency’s member of the Board",
        Level.FULL_BOARD: "The agency’s member of the Board",
    }
)
SAID = say_all(
    {
        StepKind.RAISED: "The Board asked",
        StepKind.ANSWERED: "The agency answered",
        StepKind.ESCALATED: "The Board took it a level higher",
        StepKind.CLOSED: "The Board closed it",
    }
)


def challenge_letter(
    board: Board, challenge: Challenge, steps: Sequence[ChallengeStep], today: date
) -> Report:
    """Return the letter that asks an agency for its answer, with all that was said before.

    Its steps are oldest first. The letter comes from who decides at the present level.
    """
    level, restricted = Level(challenge.level), _restricted(challenge)
    return Report(
        title=f"Challenge {challenge.reference} to {challenge.agency.name}",
        marking=_marking(board, challenge),
        organisation=board.name,
        header=(
            ("By", f"{_sender(level)}, {board.name}"),
            ("To", f"{ADDRESSEES[level]}, {challenge.agency.name}"),
            ("Subject", about_words(challenge)),
            ("Level", LEVEL_NAMES[level]),
            ("Reply by", date_uk(challenge.due_on)),
        ),
        asked=(),
        as_at=today,
        since=None,
        sections=tuple(_sections(challenge, steps)),
        notice=board.notice,
        file_name=f"challenge-{challenge.reference.lower()}-{challenge.agency.code.lower()}-{today}.docx",
        restricted=restricted,
    )


def about_words(challenge: Challenge) -> str:
    """Return what a challenge is about: its action, its recommendation, or the agency's work."""
    if challenge.action_id:
        return f"Action {challenge.review.reference}/A{challenge.action.number}"
    if challenge.recommendation_id:
        name = upper_first(challenge.review.words_for(challenge.recommendation).one)
        return f"{name} {challenge.recommendation.label} of {challenge.review.reference}"
    if challenge.paper_as_at:
        return f"The progress paper as at {date_uk(challenge.paper_as_at)}"
    return "The agency’s work on its action plans"


def _sections(challenge: Challenge, steps: Sequence[ChallengeStep]) -> Any:
    blocks: list[Block] = [Paragraph(challenge.question)]
    if challenge.action_id:
        blocks.append(Facts((("What is asked", challenge.action.text),)))
    elif challenge.recommendation_id:
        name = upper_first(challenge.review.words_for(challenge.recommendation).one)
        blocks.append(Facts(((name, challenge.recommendation.text),)))
    yield Section(say("What the Board asks"), tuple(blocks))
    if len(steps) > 1:
        said = (
            (
                f"{SAID[StepKind(step.kind)]}, {date_uk(clock.local_date(step.at))}",
                f"{step.text}\n{step.by.name}",
            )
            for step in steps
        )
        yield Section("What has been said so far", (Facts(tuple(said)),))
    yield Section("What happens next", (Paragraph(_next(challenge)),))


def _next(challenge: Challenge) -> str:
    if challenge.state == State.CLOSED:
        return say(
            "The Board closed this challenge on {closed_on}. No answer is needed.",
            closed_on=date_uk(challenge.closed_on),
        )
    if challenge.state == State.ANSWERED:
        return say("The agency has answered. The Board will close the challenge, or take it a level higher.")
    return (
        f"Please answer by {date_uk(challenge.due_on)} in the review and action tracker, under challenge "
        f"{challenge.reference}. Without an answer by then the challenge can be taken a level higher."
    )


def _sender(level: Level) -> str:
    # In the chair's name, also where the deputy has written.
    (role,) = DECIDES[level] - {Role.DEPUTY}
    return ROLE_NAMES[role]


def _restricted(challenge: Challenge) -> tuple[str, ...]:
    review = challenge.review if challenge.review_id else None
    return (review.reference,) if review and review.is_restricted else ()


def _marking(board: Board, challenge: Challenge) -> str:
    found = [board.marking, *([challenge.review.classification] if challenge.review_id else [])]
    marking = max(found, key=lambda each: PROTECTION.index(each) if each in PROTECTION else -1)
    return f"{marking} – {HAS_RESTRICTED}" if _restricted(challenge) else marking
