"""Pages on which agencies are asked for their returns, and answers on paper written down."""

from typing import Any

from flask import current_app, flash, redirect, render_template, url_for

from kscb_actions import clock
from kscb_actions.access.policy import Permission
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.returns.models import AgencyReturn
from kscb_actions.child_deaths.returns.queries import agency_contacts, get_return, list_returns
from kscb_actions.child_deaths.returns.service import (
    ANSWERED,
    answer_return,
    ask_returns,
    change_return,
    take_back_return,
)
from kscb_actions.child_deaths.visibility import get_death
from kscb_actions.people.queries import list_agencies
from kscb_actions.web.shared.forms import HouseForm
from kscb_actions.web.shared.guard import Access, viewer
from kscb_actions.wording import plural

from . import death_pages
from .forms import AskForm, ReturnAnswerForm, ReturnDatesForm, TakeBackForm

BOTH = ["GET", "POST"]
ALL = "/deaths/<int:death_id>/returns"
ONE = f"{ALL}/<int:return_id>"
EDIT = Access(Permission.RECORD_DEATH, of=get_return)


@death_pages.route(f"{ALL}/ask", access=Access(Permission.RECORD_DEATH, of=get_death), methods=BOTH)
def ask(death: ChildDeath) -> Any:
    """Record that agencies were asked for what they know."""
    asked = {each.agency_id for each in list_returns(viewer(), death)}
    free = [each for each in list_agencies() if each.id not in asked]
    form = AskForm(data=AskForm.begun(clock.today()))
    form.offer(free, agency_contacts([each.id for each in free]))
    if form.carried_out(lambda: _ask(form, death)):
        flash(f"{plural(len(form.chosen), 'agency', 'agencies')} asked.", "success")
        return _back(death)
    return render_template("child_deaths/returns/ask.html", form=form, death=death, free=free)


@death_pages.route(f"{ONE}/answer", access=EDIT, methods=BOTH)
def answer(agency_return: AgencyReturn) -> Any:
    """Record what an agency answered on paper, or correct it."""
    begun = ReturnAnswerForm.filled(agency_return)
    form = ReturnAnswerForm(data={**begun, "answered_on": agency_return.answered_on or clock.today()})
    if form.carried_out(lambda: _answer(form, agency_return), ReturnAnswerForm.filled):
        flash(f"The answer of {agency_return.agency.name} is saved.", "success")
        return _back(agency_return.death)
    return _page("child_deaths/returns/answer.html", form, agency_return)


@death_pages.route(f"{ONE}/dates", access=EDIT, methods=BOTH)
def return_dates(agency_return: AgencyReturn) -> Any:
    """Correct when an agency was asked and by when it is to answer."""
    form = ReturnDatesForm(data=ReturnDatesForm.filled(agency_return))
    if form.carried_out(
        lambda: change_return(
            viewer(), agency_return, form.asked_on.data, form.due_on.data, form.seen_version
        ),
        ReturnDatesForm.filled,
    ):
        flash("The dates are saved.", "success")
        return _back(agency_return.death)
    return _page("child_deaths/returns/dates.html", form, agency_return)


@death_pages.route(f"{ONE}/take-back", access=EDIT, methods=BOTH)
def take_back(agency_return: AgencyReturn) -> Any:
    """Take back that an agency was asked, with the reason."""
    if agency_return.answered_on is not None:
        flash(ANSWERED, "important")
        return _back(agency_return.death)
    form = TakeBackForm()
    if form.carried_out(
        lambda: take_back_return(viewer(), agency_return, form.reason.data, base_url_of_board())
    ):
        flash(f"The request to {agency_return.agency.name} is taken back.", "success")
        return _back(agency_return.death)
    return _page("child_deaths/returns/take_back.html", form, agency_return)


def base_url_of_board() -> str:
    """Return the address with which links in mail begin."""
    return str(current_app.config["SETTINGS"].base_url)


def _ask(form: AskForm, death: ChildDeath) -> None:
    days = (form.asked_on.data, form.due_on.data)
    ask_returns(viewer(), death, form.chosen, *days, base_url_of_board(), form.by_hand.data)


def _answer(form: ReturnAnswerForm, agency_return: AgencyReturn) -> AgencyReturn:
    typed = (form.answered_on.data, form.knows_child.data, form.summary.data)
    return answer_return(viewer(), agency_return, *typed, expected=form.seen_version)


def _page(template: str, form: HouseForm, agency_return: AgencyReturn) -> Any:
    return render_template(template, form=form, asked=agency_return, death=agency_return.death), form.status


def _back(death: ChildDeath) -> Any:
    return redirect(url_for("deaths.show", death_id=death.id, _anchor="returns"))
