"""Asking agencies for their answers by a date, and saying what the Board thinks of one."""

from collections.abc import Collection
from datetime import date

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Refused, Viewer
from kscb_actions.audit.service import Change, change
from kscb_actions.mail.rules import About
from kscb_actions.mail.service import queue
from kscb_actions.people.models import User
from kscb_actions.reviews.models import AgencyResponse, Review
from kscb_actions.reviews.queries import require_on
from kscb_actions.settings.queries import get_board
from kscb_actions.text import InvalidInput, clean_text
from kscb_actions.wording import date_uk, plural

from .models import AnswerView
from .queries import ToAsk, list_to_ask, recorded_by
from .rules import (
    can_note_view,
    problem_with_view,
    problems_with_asking,
    why_nobody_answers,
    why_nothing_to_view,
)

TO_ANSWER = """The {board} asks your agency to answer {count} of {reference}: {numbers}.

Answer by: {due}

Read and answer here:
{link}"""


def ask_for_answers(
    viewer: Viewer, review: Review, codes: Collection[str], due_on: date | None, base_url: str
) -> list[ToAsk]:
    """Ask agencies to answer what awaits their answer in a review by a date, and tell who is to answer.

    An agency that has been asked already gets the new date; "in time" is judged by the first one. A question
    to nobody is refused, and then nobody is asked. Raises InvalidInput, Refused.
    """
    require_on(viewer, Permission.EDIT_REVIEW, review)
    today = clock.today()
    with change(viewer) as tx:
        chosen = [each for each in list_to_ask(viewer, review) if each.agency.code in codes]
        problems = problems_with_asking(len(chosen), due_on, today)
        if nobody := [why_nobody_answers(each.agency.name) for each in chosen if not each.people]:
            problems["agencies"] = " ".join(nobody)
        if problems or due_on is None:
            raise InvalidInput(problems)
        for each in chosen:
            for response in each.responses:
                response.asked_on = response.asked_on or today
                response.first_due_on = response.first_due_on or due_on
                response.due_on = due_on
                tx.update(response, "recommendation.answer-due")
            _tell(tx, review, each, due_on, base_url)
    return chosen


def note_view(viewer: Viewer, response: AgencyResponse, text: str, expected: int) -> AgencyResponse:
    """Say what the Board thinks of an answer that is short of acceptance, which is then looked at.

    Nobody does so of their own agency's answer, nor of one that they recorded.
    Raises InvalidInput, Refused, StaleEdit.
    """
    require_on(viewer, Permission.VIEW_ANSWER, response.review, response.owners)
    verdict = can_note_view(viewer, response.owners, recorded_by(response))
    if not verdict:
        raise Refused(verdict.reason)
    if refusal := why_nothing_to_view(response.answer):
        raise Refused(refusal)
    text = clean_text(text)
    if problems := problem_with_view(text):
        raise InvalidInput(problems)
    response.viewed_on = clock.today()
    with change(viewer) as tx:
        tx.update(response, "recommendation.answer-viewed", expected)
        row = AnswerView(
            review=response.review_id,
            response=response,
            answer=response.answer,
            text=text,
            by=viewer.id,
            at=clock.now(),
        )
        tx.add(row, "recommendation.answer-noted")
    return response


def _tell(tx: Change, review: Review, asked: ToAsk, due_on: date, base_url: str) -> None:
    count = plural(len(asked.responses), "recommendation")
    body = TO_ANSWER.format(
        board=get_board().name,
        count=count,
        reference=review.reference,
        numbers=", ".join(str(each.recommendation.number) for each in asked.responses),
        due=date_uk(due_on),
        link=f"{base_url}/answers?waits=1",
    )
    for person in asked.people:
        # Nobody is told of what they did themselves.
        if person.id != tx.actor.id:
            subject = f"{count} of {review.reference} for your agency’s answer"
            queue(tx, User.get_by_id(person.id), subject, body, (About(review.id),))
