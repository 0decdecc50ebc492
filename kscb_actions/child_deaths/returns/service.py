"""Asking agencies what they know of a child who died, and writing down what they answer."""

from collections.abc import Sequence
from datetime import date, timedelta

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Refused, Viewer, require
from kscb_actions.audit.service import change
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.identity import why_not_text
from kscb_actions.child_deaths.requests.models import SentReturn
from kscb_actions.child_deaths.terms import YES_NO
from kscb_actions.people.models import Agency
from kscb_actions.terms import say_later
from kscb_actions.text import InvalidInput, clean_text

from .letters import tell_asked, tell_taken_back
from .models import AgencyReturn, Step
from .queries import agency_contacts

DAYS_TO_ANSWER = timedelta(days=21)
ANSWERED = "The agency has answered. What it answered stays with the case."
TAKEN_BACK = "The request to this agency was taken back. Ask it again first."
LOOK_FIRST = "The agency has sent its answer. Accept it or return it first."
SENT_HERE = (
    "The agency has answered here itself, and what it sent stays as it was sent. To have it put right, "
    "return it to the agency."
)
NO_CONTACT = say_later(
    "{agency} has no child-death contact, so nobody there would hear of the request. Ask the board manager "
    "to give somebody there that role, or tick that you ask agencies without a contact yourself."
)


def ask_return(
    viewer: Viewer, death: ChildDeath, agency: Agency, asked_on: date | None, due_on: date | None
) -> AgencyReturn:
    """Ask one agency for its return (Form B), by hand where it has no contact.

    Raise Refused, InvalidInput.
    """
    return ask_returns(viewer, death, [agency], asked_on, due_on, is_by_hand=True)[0]


def ask_returns(
    viewer: Viewer,
    death: ChildDeath,
    agencies: Sequence[Agency],
    asked_on: date | None,
    due_on: date | None,
    base_url: str = "",
    is_by_hand: bool = False,
) -> list[AgencyReturn]:
    """Ask several agencies at once, each once for a case; anew where one was taken back.

    Their child-death contacts are told by mail. `is_by_hand`: an agency without one is asked by whoever
    records this, on paper. Raise Refused, InvalidInput, and then ask nobody.
    """
    require(viewer, Permission.RECORD_DEATH)
    problems = problems_with_asking(asked_on, due_on, clock.today())
    if not agencies:
        problems["agencies"] = "Choose at least one agency."
    with change(viewer) as tx:
        before = {row.agency_id: row for row in AgencyReturn.select().where(AgencyReturn.death == death)}
        for agency in agencies:
            if agency.id in before and before[agency.id].taken_back_on is None:
                problems["agencies"] = f"{agency.name} has been asked already."
        contacts = agency_contacts([each.id for each in agencies])
        if missing := [each for each in agencies if each.id not in contacts and not is_by_hand]:
            problems.setdefault("agencies", NO_CONTACT.format(agency=missing[0].name))
        if problems:
            raise InvalidInput(problems)
        rows = [before.get(each.id) or AgencyReturn(death=death, agency=each) for each in agencies]
        for row in rows:
            row.asked_on, row.due_on = asked_on, due_on
            row.taken_back_on, row.taken_back_reason = None, ""
        # Who was taken back is asked again on the same row: an agency has one in a case.
        rows = [(tx.update if row.id else tx.add)(row, "return.asked") for row in rows]
        for row in rows:
            tell_asked(tx, row, base_url)
        return rows


def take_back_return(
    viewer: Viewer, agency_return: AgencyReturn, reason: str, base_url: str = ""
) -> AgencyReturn:
    """Take back that an agency was asked, with the reason, while it has not answered; its contacts are told.

    Raise InvalidInput, Refused.
    """
    require(viewer, Permission.RECORD_DEATH)
    reason = clean_text(reason)
    with change(viewer) as tx:
        now = _still_asked(agency_return)
        if now.answered_on is not None:
            raise Refused(ANSWERED)
        if now.step == Step.SENT:
            raise Refused(LOOK_FIRST)
        if problems := problems_with_taking_back(reason):
            raise InvalidInput(problems)
        now.taken_back_on, now.taken_back_reason, now.step = clock.today(), reason, ""
        tx.update(now, "return.taken-back")
        tell_taken_back(tx, now, base_url)
        return now


def change_return(
    viewer: Viewer, agency_return: AgencyReturn, asked_on: date | None, due_on: date | None, expected: int
) -> AgencyReturn:
    """Correct when an agency was asked and by when it is to answer.

    Raise InvalidInput, Refused, StaleEdit.
    """
    require(viewer, Permission.RECORD_DEATH)
    problems = problems_with_asking(asked_on, due_on, clock.today())
    answered_on = agency_return.answered_on
    if not problems and answered_on is not None and asked_on is not None and asked_on > answered_on:
        problems["asked_on"] = "The agency answered before this date."
    if problems:
        raise InvalidInput(problems)
    agency_return.asked_on, agency_return.due_on = asked_on, due_on
    with change(viewer) as tx:
        _still_asked(agency_return)
        return tx.update(agency_return, "return.changed", expected)


def answer_return(
    viewer: Viewer,
    agency_return: AgencyReturn,
    answered_on: date | None,
    knows_child: str,
    summary: str,
    expected: int,
) -> AgencyReturn:
    """Record what an agency answered on paper, or correct it. Raise InvalidInput, Refused, StaleEdit."""
    require(viewer, Permission.RECORD_DEATH)
    summary = clean_text(summary)
    problems = problems_with_answer(agency_return.asked_on, answered_on, knows_child, summary, clock.today())
    if problems:
        raise InvalidInput(problems)
    event = "return.answered" if agency_return.answered_on is None else "return.changed"
    agency_return.answered_on, agency_return.knows_child = answered_on, knows_child
    agency_return.summary = summary
    with change(viewer) as tx:
        _still_asked(agency_return)
        if SentReturn.select().where(SentReturn.agency_return == agency_return).exists():
            raise Refused(SENT_HERE)
        return tx.update(agency_return, event, expected)


def problems_with_asking(asked_on: date | None, due_on: date | None, today: date) -> dict[str, str]:
    """Return {field: message} for what is wrong with the days of asking and of the answer's due date."""
    problems = {}
    if asked_on is None:
        problems["asked_on"] = "Enter the date the agency was asked."
    elif asked_on > today:
        problems["asked_on"] = "The date the agency was asked must not be in the future."
    if due_on is None:
        problems["due_on"] = "Enter the date by which it is to answer."
    elif asked_on is not None and due_on < asked_on:
        problems["due_on"] = "The answer must be due on or after the date the agency was asked."
    return problems


def problems_with_taking_back(reason: str) -> dict[str, str]:
    """Return {field: message} for what is wrong with the reason for taking a request back."""
    why_not = why_not_text(reason) if reason else "Say why, for whoever reads this later."
    return {"reason": why_not} if why_not else {}


def problems_with_answer(
    asked_on: date, answered_on: date | None, knows_child: str, summary: str, today: date
) -> dict[str, str]:
    """Return {field: message} for what is wrong with an agency's answer."""
    problems = {}
    if answered_on is None:
        problems["answered_on"] = "Enter the date the answer came."
    elif not asked_on <= answered_on <= today:
        problems["answered_on"] = "The answer came on or after the day of asking, and not in the future."
    if knows_child not in YES_NO:
        problems["knows_child"] = "Select whether the agency knows the child."
    if knows_child == "yes" and not summary:
        problems["summary"] = "Say in a few sentences what the agency knows."
    why_not = why_not_text(summary)
    return problems | ({"summary": why_not} if why_not else {})


def _still_asked(agency_return: AgencyReturn) -> AgencyReturn:
    """Return the return as it is now. Raise Refused when it was taken back."""
    now: AgencyReturn = AgencyReturn.get_by_id(agency_return.id)
    if now.taken_back_on is not None:
        raise Refused(TAKEN_BACK)
    return now
