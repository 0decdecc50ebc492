"""Who is reminded of an awaited answer. Plain values in, plain values out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kscb_actions.access.policy import CHAIRING, Owners, Viewer
from kscb_actions.chasing.ladder.rules import OF_AGENCY, OF_BOARD, Ladder, Recipient, Rung, Subject, climbing
from kscb_actions.chasing.rules import Chased, asked_or_managers
from kscb_actions.people.absences.rules import NOBODY_AWAY, Away
from kscb_actions.reviews.answers import rules
from kscb_actions.reviews.inspections.rules import RECOMMENDATION
from kscb_actions.terms import say_later

ANSWERS = Subject(
    code="answers",
    name="Answers of agencies to recommendations",
    counted="the day to answer by",
    may_tell=(*OF_AGENCY, *OF_BOARD),
    first=climbing((Recipient.LEAD,), (Recipient.BOARD_MEMBER,)),
)
VIEWS = Subject(
    code="views",
    name=say_later("Answers of agencies that the Board has to look at"),
    counted="the day of the answer",
    may_tell=OF_BOARD,
    first=Ladder(
        (Rung(14, (Recipient.CHAIR,)), Rung(28, (Recipient.CHAIR,), (Recipient.MANAGER,), every=28))
    ),
    keeps_days=False,
    has_before=False,
    is_agencys=False,
)


@dataclass(frozen=True)
class Awaited:
    """A recommendation that waits for an agency's answer, or one for the Board's view, as chasing knows it.

    due_on  the date by which the agency was asked to answer; of an answer for the Board its day
    kind    the code of its subject
    recorded_by  who recorded the answer that the Board has to look at
    others  the agencies that are one body with it
    named   who may know of a restricted review, by id; None when it is not restricted
    away    who is away on the day of the run
    until_on  the last day on which nobody is reminded, as the agency has said; or None
    """

    response_id: int
    agency_id: int
    agency_code: str
    reference: str
    number: int
    due_on: date
    review_id: int
    recommendation_id: int
    named: frozenset[int] | None = None
    chased: tuple[Chased, ...] = ()
    away: Away = NOBODY_AWAY
    until_on: date | None = None
    kind: str = ANSWERS.code
    recorded_by: int | None = None
    others: frozenset[int] = frozenset()
    called: str = RECOMMENDATION.one

    @property
    def lead_id(self) -> None:
        """Return that nobody leads it: it is for the whole agency to answer."""

    @property
    def place(self) -> int:
        """Return its place among those due on one day."""
        return self.response_id

    @property
    def label(self) -> str:
        """Return the reference people use, like SCR-2011-02, recommendation 3."""
        return label_of(self.reference, self.number, self.called)

    @property
    def path(self) -> str:
        """Return the address of the page on which it is answered, from the root."""
        return f"/reviews/{self.reference}/recommendations/{self.number}/answers/{self.agency_code}"


def label_of(reference: str, number: int, called: str) -> str:
    """Return what people call a recommendation of a review; `called`: what an inspection's area is called."""
    return f"{reference}, {called} {number}"


def looks(waiting: Awaited, person: Viewer) -> bool:
    """Return whether somebody may say what the Board thinks of the answer."""
    owners = Owners(waiting.agency_id, former=waiting.others)
    return bool(rules.can_note_view(person, owners, waiting.recorded_by))


def whom_to_ask(waiting: Awaited, people: Sequence[Viewer]) -> tuple[tuple[Viewer, ...], bool]:
    """Return who of the active `people` is asked to answer, and whether they can.

    Where the agency has nobody any more, the board managers are told.
    """
    if waiting.kind == VIEWS.code:
        allowed = [person for person in people if waiting.named is None or person.id in waiting.named]
        chairs = waiting.away.in_place_of(each for each in allowed if each.roles & CHAIRING)
        may_know = frozenset(person.id for person in allowed)
        found = tuple(each for each in chairs if each.id in may_know and looks(waiting, each))
        return asked_or_managers(found, waiting.named, people)
    asked = rules.whom_to_ask(people, waiting.agency_id, waiting.named, waiting.away)
    return asked_or_managers(asked, waiting.named, people)
