"""Pages with which a board manager records actions and changes them."""

from collections.abc import Iterable
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from kscb_actions.access.policy import Permission
from kscb_actions.actions.models import Action
from kscb_actions.actions.queries import get_action
from kscb_actions.actions.recording.queries import list_actions_of
from kscb_actions.actions.rules import STANDING_NAMES, Standing
from kscb_actions.actions.service import ActionFacts, add_actions, edit_action, set_standing
from kscb_actions.assurance.voiding.agency import why_it_stays
from kscb_actions.chasing.news.rules import OF_STANDING
from kscb_actions.people.models import Agency, User
from kscb_actions.people.queries import list_leads
from kscb_actions.reviews.models import Recommendation
from kscb_actions.reviews.queries import get_recommendation
from kscb_actions.terms import say
from kscb_actions.text import whole_number
from kscb_actions.web.news import who_hears, who_hears_of_lead, who_hears_of_new
from kscb_actions.web.reviews.recommendations import page_refusal, turn_away
from kscb_actions.web.reviews.recording import offer_for
from kscb_actions.web.reviews.rows import Offer
from kscb_actions.web.shared.forms import (
    DayField,
    HouseForm,
    checkboxes,
    options,
    radios,
    reason_area,
    save_button,
    select,
    text_area,
)
from kscb_actions.web.shared.guard import Access, viewer

from . import blueprint

EVERY_AGENCY = "all"


HINT = (
    "Each gets an action of its own with these words. An agency’s only lead, or the one given its last "
    "action, is chosen beforehand; tick the agency to choose another."
)


NOBODY = ("", "Nobody yet")


class ActionForm(HouseForm):
    """The words and first due date of an action."""

    text = text_area("What is the agency to do?", "One thing that can be finished and shown.")
    success_measure = text_area("How will the Board see that it is done? (optional)", "The success measure.")
    due_on = DayField("Due date (optional)", description="Without one it shows as amber.")
    submit = save_button()

    def facts(self) -> ActionFacts:
        """Return what was typed, for the service."""
        return ActionFacts(
            self.text.data, self.success_measure.data, self.due_on.data, self.due_on.written_as
        )


class EditActionForm(ActionForm):
    """An action to change."""

    lead = select("Lead", wrong="Choose a lead from the list.")

    def offer(self, leads: Iterable[User]) -> None:
        """Put the agency's leads on offer."""
        self.lead.choices = options([NOBODY, *((str(each.id), each.name) for each in leads)])

    @staticmethod
    def filled(action: Action) -> dict[str, Any]:
        """Return the values of the fields as the action has them."""
        return {
            "version": str(action.version),
            "text": action.text,
            "success_measure": action.success_measure,
            "due_on": action.original_due_on,
            "lead": str(action.lead_id or ""),
        }


class StandingForm(HouseForm):
    """Whether an action counts, and why."""

    standing = radios("What happens to the action?")
    reason = reason_area("Reason", "For whoever reads this later, the agency too.")
    submit = save_button()

    def offer(self, action: Action) -> None:
        """Offer what would change something."""
        others = [(value, name) for value, name in STANDING_NAMES.items() if value != action.standing]
        self.standing.choices = options(others)

    @staticmethod
    def filled(action: Action) -> dict[str, Any]:
        """Return the standing as it is, in words."""
        return {"standing": STANDING_NAMES[action.standing], "reason": action.standing_reason}


class NewActionsForm(ActionForm):
    """One action for each agency that is ticked. `new_actions_form` adds a lead for each agency."""

    agencies = checkboxes("Which agencies?", hint=HINT)

    def chosen(self, agencies: list[Agency]) -> list[Agency]:
        """Return the agencies ticked, all of them where that is ticked."""
        ticked = self.agencies.data or ()
        return [each for each in agencies if EVERY_AGENCY in ticked or each.code in ticked]

    def reveal(self, agencies: list[Agency]) -> None:
        """Tick each agency where all are ticked, so that a message beside its lead is in sight."""
        if EVERY_AGENCY in (self.agencies.data or ()):
            self.agencies.data = [EVERY_AGENCY, *(each.code for each in agencies)]

    def stand_ready(self, earlier: list[Action], agencies: list[Agency]) -> None:
        """Choose the same agencies, leads and date as for the actions recorded just before."""
        codes = [each.agency.code for each in earlier]
        every = [EVERY_AGENCY] if len(codes) > 1 and {each.code for each in agencies} == set(codes) else []
        self.agencies.data = [*every, *codes]
        self.due_on.data = earlier[0].original_due_on
        for each in earlier:
            lead = self._fields.get(f"lead_{each.agency_id}")
            if lead and str(each.lead_id or "") in {choice.value for choice in lead.choices}:
                lead.data = str(each.lead_id or "")

    def leads(self, people: Iterable[User]) -> dict[int, User]:
        """Return {agency id: the lead chosen for it}."""
        known = {str(person.id): person for person in people}
        found = {}
        for name, field in self._fields.items():
            if name.startswith("lead_") and field.data in known:
                found[int(name.removeprefix("lead_"))] = known[field.data]
        return found


def new_actions_form(offer: Offer) -> NewActionsForm:
    """Return a form with a lead to choose for each agency: the one proposed unless another is chosen.

    On a restricted review a lead who is not named is offered, so that the manager learns what to do, but
    never chosen beforehand.
    """
    agencies, fields = offer.agencies, dict[str, Any]()
    for agency in agencies:
        own = [person for person in offer.people if person.agency_id == agency.id]
        usual = str(offer.usual[agency.id].id) if agency.id in offer.usual else ""
        choices = [NOBODY, *((str(each.id), each.name) for each in own)]
        field = select(f"Lead of {agency.name}", choices, wrong="Choose a lead from the list.")
        field.kwargs["default"] = usual
        fields[f"lead_{agency.id}"] = field
    form = type("NewActionsFormWithLeads", (NewActionsForm,), fields)()
    every = (EVERY_AGENCY, say("All Board agencies ({agencies})", agencies=len(agencies)))
    form.agencies.choices = options([every, *((each.code, each.name) for each in agencies)])
    return form


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
    offer = offer_for(recommendation.review)
    agencies, people = offer.agencies, offer.people
    form, added = new_actions_form(offer), []
    recorded = list_actions_of(viewer(), recommendation)
    if request.method == "GET" and (earlier := _earlier(recorded)):
        form.stand_ready(earlier, agencies)
    if form.carried_out(
        lambda: added.extend(
            add_actions(viewer(), recommendation, form.chosen(agencies), form.facts(), form.leads(people))
        )
    ):
        return _onward(recommendation, added)
    form.reveal(agencies)
    return render_template(
        "actions/new.html", form=form, recommendation=recommendation, agencies=agencies, recorded=recorded
    )


def _earlier(recorded: list[Action]) -> list[Action]:
    """Return the actions recorded just before, which the address names by their first and last number."""
    first, _, last = request.args.get("like", "").partition("-")
    numbers = range(whole_number(first) or 0, (whole_number(last) or 0) + 1)
    return [each for each in recorded if each.number in numbers and each.agency.is_active]


@blueprint.route(f"{ONE}/edit", access=EDIT, methods=["GET", "POST"])
def edit(action: Action) -> Any:
    """Change an action's words and lead, and give it a first due date."""
    form, leads = EditActionForm(data=EditActionForm.filled(action)), list_leads(action.agency_id)
    if action.lead and action.lead not in leads:
        leads.append(action.lead)
    form.offer(leads)
    if action.current_due_on:
        del form.due_on
    was = action.agency_id, action.lead_id
    if form.carried_out(lambda: _edit(form, action, leads), EditActionForm.filled):
        flash(f"The action is saved. {who_hears_of_lead(action, *was)}".strip(), "success")
        return redirect(_page_of(action))
    return render_template(
        "actions/edit.html", form=form, action=action, agency_stays=why_it_stays(action)
    ), form.status


@blueprint.route(f"{ONE}/standing", access=EDIT, methods=["GET", "POST"])
def standing(action: Action) -> Any:
    """Put an action on hold, supersede or withdraw it, or make it active again."""
    form = StandingForm(data={"version": str(action.version)})
    form.offer(action)
    now = StandingForm.filled(action)
    if form.carried_out(
        lambda: set_standing(viewer(), action, form.standing.data, form.reason.data, form.seen_version),
        StandingForm.filled,
    ):
        told = who_hears(OF_STANDING[Standing(action.standing)], action)
        flash(f"The action is {STANDING_NAMES[action.standing].lower()} now. {told}", "success")
        return redirect(_page_of(action))
    return render_template(
        "actions/standing.html",
        form=form,
        action=action,
        now=[("It is now", now["standing"]), *([("Because", now["reason"])] if now["reason"] else [])],
    ), form.status


def _onward(recommendation: Recommendation, added: list[Action]) -> Any:
    count = f"{len(added)} actions are" if len(added) > 1 else "One action is"
    told = (
        f"{count} recorded for {recommendation.called.one} {recommendation.label}. {who_hears_of_new(added)}"
    )
    flash(told, "success")
    reference = recommendation.review.reference
    if request.form.get("next") == "actions":
        like = f"{added[0].number}-{added[-1].number}"
        return redirect(url_for("actions.new", reference=reference, number=recommendation.number, like=like))
    if request.form.get("next") == "recommendation":
        return redirect(
            url_for("reviews.new_recommendation", reference=reference, after=recommendation.number)
        )
    anchor = f"recommendation-{recommendation.number}"
    return redirect(url_for("reviews.show", reference=reference, _anchor=anchor))


def _edit(form: EditActionForm, action: Action, leads: list[User]) -> Action:
    lead = next((each for each in leads if str(each.id) == form.lead.data), None)
    facts = ActionFacts(form.text.data, form.success_measure.data, action.current_due_on)
    if "due_on" in form:
        facts = form.facts()
    return edit_action(viewer(), action, facts, lead, form.seen_version)


def _page_of(action: Action) -> str:
    return url_for("actions.show", reference=action.review.reference, number=action.number)
