"""Who is asked to answer a recommendation, by when, and how an answer stands. Plain values."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kscb_actions.access.policy import SPEAKS_FOR_AGENCY, Owners, Permission, Role, Verdict, Viewer, may
from kscb_actions.people.absences.rules import NOBODY_AWAY, Away
from kscb_actions.reviews.rules import ANSWER_NAMES, Answer, problems_with_answer
from kscb_actions.terms import say
from kscb_actions.text import why_too_long
from kscb_actions.wording import plural

# What is proposed where nobody chooses another date.
DAYS_TO_ANSWER = 28
# Answers that the Board looks at.
TO_LOOK_AT = (Answer.PARTLY, Answer.NOT_ACCEPTED)
# What an agency itself can answer: a question that still waits is no answer.
OWN_ANSWERS = {answer: words for answer, words in ANSWER_NAMES.items() if answer is not Answer.AWAITED}


class Standing(StrEnum):
    """How the answer to a question with a date stands."""

    IN_TIME = "in_time"
    LATE = "late"
    UNANSWERED = "unanswered"
    NOT_YET_DUE = "not_yet_due"


STANDING_NAMES = {
    Standing.IN_TIME: "Answered in time",
    Standing.LATE: "Answered late",
    Standing.UNANSWERED: "Not answered by the date",
    Standing.NOT_YET_DUE: "Not yet due",
}


@dataclass(frozen=True)
class Asked:
    """One question to an agency: the first date to answer by, and the day of the first answer, if any."""

    agency_id: int
    first_due_on: date
    first_answered_on: date | None


@dataclass(frozen=True)
class Tally:
    """Of the recommendations an agency was asked to answer: how many, and how its answers stand."""

    in_time: int = 0
    late: int = 0
    unanswered: int = 0
    not_yet_due: int = 0

    @property
    def asked(self) -> int:
        """Return how many were asked in all."""
        return self.in_time + self.late + self.unanswered + self.not_yet_due

    @property
    def numbers(self) -> tuple[int, ...]:
        """Return how many were asked, then those of each standing in its order, as tables show them."""
        return self.asked, self.in_time, self.late, self.unanswered, self.not_yet_due


@dataclass(frozen=True)
class Given:
    """What an agency answers to a recommendation. `given_on`: when, where it is not today."""

    answer: str
    reason: str = ""
    will_do: str = ""
    why_changed: str = ""
    given_on: date | None = None


def standing(first_due_on: date, first_answered_on: date | None, on: date) -> Standing:
    """Return how an answer stands on a day, by the first date that was asked for: the day itself is in time.

    An answer that came after that day had not been given yet.
    """
    if first_answered_on is not None and first_answered_on <= on:
        return Standing.IN_TIME if first_answered_on <= first_due_on else Standing.LATE
    return Standing.UNANSWERED if on > first_due_on else Standing.NOT_YET_DUE


def tally(asked: Iterable[Asked], on: date) -> dict[int, Tally]:
    """Return {agency id: how its answers stand on a day}. Page, list and paper count by this."""
    found: dict[int, dict[str, int]] = {}
    for each in asked:
        numbers = found.setdefault(each.agency_id, dict.fromkeys(Standing, 0))
        numbers[standing(each.first_due_on, each.first_answered_on, on)] += 1
    return {agency_id: Tally(**numbers) for agency_id, numbers in found.items()}


def whom_to_ask(
    people: Iterable[Viewer],
    agency_id: int,
    named: frozenset[int] | None = None,
    away: Away = NOBODY_AWAY,
) -> tuple[Viewer, ...]:
    """Return who of the active `people` is asked to answer for an agency; empty when nobody can.

    The agency's leads but those `away`; where it has none, its Board members. `named`: of a restricted review
    only those who are named on it.
    """
    able = [
        person
        for person in people
        if person.agency_id == agency_id
        and (named is None or person.id in named)
        and speaks(person, agency_id)
    ]
    leads = [person for person in away.present(able) if Role.AGENCY_LEAD in person.roles]
    return tuple(leads or [person for person in able if Role.BOARD_MEMBER in person.roles])


def speaks(viewer: Viewer, agency_id: int) -> bool:
    """Return whether an answer of this person is the agency's own, and not recorded for it."""
    return answers_for(viewer) == agency_id


def answers_for(viewer: Viewer) -> int | None:
    """Return the agency for which this person answers, by id; None where they answer for none."""
    return viewer.agency_id if viewer.roles & SPEAKS_FOR_AGENCY else None


def can_note_view(viewer: Viewer, owned_by: int | Owners, recorded_by: int | None) -> Verdict:
    """Return whether this person may say what the Board thinks of an agency's answer.

    Nobody does of their own agency's, whatever roles they hold, nor of an answer that they recorded.
    """
    verdict = may(viewer, Permission.VIEW_ANSWER, owned_by)
    if verdict and recorded_by is not None and recorded_by == viewer.id:
        return Verdict(False, "Somebody else has to look at the answer that you recorded.")
    return verdict


def why_nothing_to_view(answer: str) -> str | None:
    """Return why there is no answer to look at; None when there is one."""
    if answer in TO_LOOK_AT:
        return None
    awaited = "The agency has not answered yet."
    return awaited if answer == Answer.AWAITED else "The agency accepts the recommendation."


def problems_with_given(given: Given, before: str, today: date) -> dict[str, str]:
    """Return {field: message} for what is wrong with an answer, where the present one is `before`."""
    problems = problems_with_answer(given.answer, given.reason)
    if wrong := why_too_long(given.will_do):
        problems["will_do"] = wrong
    if before != Answer.AWAITED and not given.why_changed:
        problems["why_changed"] = "Say why the answer is changed. The earlier one stays readable."
    elif wrong := why_too_long(given.why_changed):
        problems["why_changed"] = wrong
    if given.given_on is not None and given.given_on > today:
        problems["given_on"] = "The date must be today or in the past."
    return problems


def problems_with_asking(agencies: int, due_on: date | None, today: date) -> dict[str, str]:
    """Return {field: message} for what is wrong with asking so many agencies for answers by a date."""
    problems = {} if agencies else {"agencies": "Choose at least one agency."}
    if due_on is None:
        problems["due_on"] = "Enter the date to answer by."
    elif due_on <= today:
        problems["due_on"] = "The date to answer by must be in the future."
    return problems


def problem_with_view(text: str) -> dict[str, str]:
    """Return {"text": message} when the Board's view is missing or too long."""
    wrong = why_too_long(text) if text else say("Say what the Board thinks of the answer.")
    return {"text": wrong} if wrong else {}


def why_nobody_answers(agency: str) -> str:
    """Return what to do where an agency has nobody who can answer."""
    return say(
        "{agency} has no lead or Board member with an account who may see this review, so "
        "nobody could answer. Add an account, name somebody on the review, or record the "
        "answer when it comes by letter.",
        agency=agency,
    )


def waiting_words(count: int) -> str:
    """Return how many recommendations wait for an agency's answer, as pages and mail say it."""
    return f"{plural(count, 'recommendation')} for your answer"
