"""Pages with which a board manager records actions and changes them."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from ..access.guard import Access, viewer
from ..access.policy import Permission
from ..people.models import User
from ..people.queries import list_agencies, list_leads
from ..reviews.models import Recommendation
from ..reviews.queries import get_recommendation, list_named_people
from ..reviews.recommendation_views import page_refusal, turn_away
from .blueprint import blueprint
from .manage_forms import EditActionForm, StandingForm, new_actions_form
from .models import Action
from .queries import get_action
from .rules import STANDING_NAMES
from .service import ActionFacts, add_actions, edit_action, set_standing

NEW = Access(Permission.EDIT_ACTION, of=get_recommendation)
EDIT = Access(Permission.EDIT_ACTION, of=get_action)
ONE = "/reviews/<reference>/actions/<int:number>"


@blueprint.route(
    "/reviews/<reference>/recommendations/<int:number>/actions/new", access=NEW, methods=["GET", "POST"]
)
def new(recommendation: Recommendation) -> Any:
    """Record one action for each agency that is ticked, in one step."""
    if refusal := page_refusal(recommendation):
        return turn_away(recommendation, refusal)
    agencies, people = list_agencies(), list_leads()
    restricted = recommendation.review.is_restricted
    named = {person.id for person in list_named_people(recommendation.review)} if restricted else None
    form, added = new_actions_form(agencies, people, named), []
    if form.validate_on_submit() and form.attempt(
        lambda: added.extend(
            add_actions(viewer(), recommendation, form.chosen(agencies), form.facts(), form.leads(people))
        )
    ):
        return _onward(recommendation, added)
    form.reveal(agencies)
    return render_template("actions/new.html", form=form, recommendation=recommendation, agencies=agencies)


@blueprint.route(f"{ONE}/edit", access=EDIT, methods=["GET", "POST"])
def edit(action: Action) -> Any:
    """Change an action's words and lead, and give it a first due date."""
    form, leads = EditActionForm(data=EditActionForm.filled(action)), list_leads(action.agency_id)
    if action.lead and action.lead not in leads:
        leads.append(action.lead)
    form.offer(leads)
    if action.current_due_on:
        del form.due_on
    if form.validate_on_submit() and form.attempt(lambda: _edit(form, action, leads), EditActionForm.filled):
        flash("The action is saved.", "success")
        return redirect(_page_of(action))
    return render_template("actions/edit.html", form=form, action=action), form.status


@blueprint.route(f"{ONE}/standing", access=EDIT, methods=["GET", "POST"])
def standing(action: Action) -> Any:
    """Put an action on hold, supersede or withdraw it, or make it active again."""
    form = StandingForm(data={"version": str(action.version)})
    form.offer(action)
    now = StandingForm.filled(action)
    if form.validate_on_submit() and form.attempt(lambda: _stand(form, action), StandingForm.filled):
        flash(f"The action is {STANDING_NAMES[action.standing].lower()} now.", "success")
        return redirect(_page_of(action))
    return render_template(
        "actions/standing.html",
        form=form,
        action=action,
        now=[("It is now", now["standing"]), *([("Because", now["reason"])] if now["reason"] else [])],
    ), form.status


def _onward(recommendation: Recommendation, added: list[Action]) -> Any:
    count = f"{len(added)} actions are" if len(added) > 1 else "One action is"
    flash(f"{count} recorded for recommendation {recommendation.number}.", "success")
    reference = recommendation.review.reference
    if request.form.get("next") == "actions":
        return redirect(url_for("actions.new", reference=reference, number=recommendation.number))
    if request.form.get("next") == "recommendation":
        return redirect(url_for("reviews.new_recommendation", reference=reference))
    anchor = f"recommendation-{recommendation.number}"
    return redirect(url_for("reviews.show", reference=reference, _anchor=anchor))


def _edit(form: EditActionForm, action: Action, leads: list[User]) -> Action:
    lead = next((each for each in leads if str(each.id) == form.lead.data), None)
    due_on = form.due_on.data if "due_on" in form else action.current_due_on
    facts = ActionFacts(form.text.data, form.success_measure.data, due_on)
    return edit_action(viewer(), action, facts, lead, form.seen_version)


def _stand(form: StandingForm, action: Action) -> Action:
    return set_standing(viewer(), action, form.standing.data, form.reason.data, form.seen_version)


def _page_of(action: Action) -> str:
    return url_for("actions.show", reference=action.review.reference, number=action.number)
