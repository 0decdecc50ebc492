"""Who is reminded of an awaited answer, and what the digest says. Plain values in, plain values out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kscb_actions.access.policy import Viewer
from kscb_actions.chasing.rules import (
    Chased,
    Digest,
    asked_or_managers,
    body_of,
    due_words,
    subject_of,
)
from kscb_actions.people.absences.rules import NOBODY_AWAY, Away
from kscb_actions.reviews.answers import rules

# What is still not answered two such rounds after its date goes up the ladder again, round after round.
ROUND_DAYS = 28


@dataclass(frozen=True)
class Awaited:
    """A recommendation that waits for an agency's answer, as chasing knows it.

    due_on     the day from which its ladder of reminders runs, as `round_begins` gives it
    answer_by  the date by which the agency was asked to answer
    named      who may know of a restricted review, by id; None when it is not restricted
    away       who is away on the day of the run
    """

    response_id: int
    agency_id: int
    agency_code: str
    reference: str
    number: int
    due_on: date
    answer_by: date
    review_id: int
    recommendation_id: int
    named: frozenset[int] | None = None
    chased: tuple[Chased, ...] = ()
    away: Away = NOBODY_AWAY

    @property
    def place(self) -> int:
        """Return its place among those due on one day."""
        return self.response_id

    @property
    def label(self) -> str:
        """Return the reference people use, like SCR-2011-02, recommendation 3."""
        return f"{self.reference}, recommendation {self.number}"


def round_begins(answer_by: date, on: date) -> date:
    """Return the day from which the ladder runs on a day: the date to answer by, later a round's first day.

    So nothing falls silent where the ladder of the settings has come to its end.
    """
    rounds = (on - answer_by).days // ROUND_DAYS
    return answer_by + timedelta(days=ROUND_DAYS * rounds) if rounds > 1 else answer_by


def whom_to_ask(waiting: Awaited, people: Sequence[Viewer]) -> tuple[tuple[Viewer, ...], bool]:
    """Return who of the active `people` is asked to answer, and whether they can.

    Where the agency has nobody any more, the board managers are told.
    """
    asked = rules.whom_to_ask(people, waiting.agency_id, waiting.named, waiting.away)
    return asked_or_managers(asked, waiting.named, people)


def subject(digest: Digest[Awaited], on: date) -> str:
    """Return how many recommendations wait, and which comes first. Nothing of a case but the reference."""
    return subject_of(digest, "recommendation waits", "recommendations wait")


def body(digest: Digest[Awaited], on: date, base_url: str) -> str:
    """Return the text: each recommendation's reference, its date and its link. Nothing of a case."""
    return body_of(
        digest,
        "The Board waits for your agency’s answer to:",
        "Nobody in the agency can answer these any more. Add an account, or record what comes by letter:",
        lambda each: _paragraph(each, on, base_url),
        f"All that waits:\n{base_url}/answers?waits=1",
    )


def _paragraph(each: Awaited, on: date, base_url: str) -> str:
    address = f"/reviews/{each.reference}/recommendations/{each.number}/answers/{each.agency_code}"
    return f"{each.label}\n{due_words(each.answer_by, on)}\n{base_url}{address}"
