"""Who owns an action together: joint owners are added, taken off, come to lead, and say what they did."""

from collections.abc import Iterable
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from kscb_actions.access.policy import Permission, Refused
from kscb_actions.actions.extensions import open_request
from kscb_actions.actions.models import Action, JointOwner, facts_of
from kscb_actions.actions.owners.queries import list_joint_owners
from kscb_actions.actions.owners.rules import why_no_contribution, why_not_leading
from kscb_actions.actions.owners.service import (
    change_contact,
    change_leading,
    contribute,
    share,
    stop_sharing,
)
from kscb_actions.actions.queries import get_action, get_joint_owner
from kscb_actions.people.models import User
from kscb_actions.people.queries import list_agencies, list_leads
from kscb_actions.text import InvalidInput
from kscb_actions.web.shared.forms import (
    HouseForm,
    options,
    reason_area,
    save_button,
    select,
    text_area,
)
from kscb_actions.web.shared.guard import Access, viewer
from kscb_actions.web.shared.navigation import address_after, address_of

from . import blueprint

NOBODY = ("", "Nobody yet")
ADDRESS = "/reviews/<reference>/actions/<int:number>"
ONE = f"{ADDRESS}/owners/<int:joint_id>"


class PersonForm(HouseForm):
    """A choice of one of an agency's leads."""

    def offer(self, name: str, people: Iterable[User]) -> None:
        """Put these people on offer in the field."""
        self[name].choices = options([NOBODY, *((str(each.id), each.name) for each in people)])

    def person(self, name: str, people: Iterable[User]) -> User | None:
        """Return who is chosen in the field."""
        return next((each for each in people if str(each.id) == self[name].data), None)


class ShareForm(PersonForm):
    """An agency to share an action with, and whom to ask there."""

    agency = select("Agency", wrong="Choose an agency from the list.")
    contact = select("Contact there (optional)", hint="One of the leads of the agency chosen.")
    submit = save_button("Add the joint owner")

    def offer_all(self, action: Action, joint: Iterable[JointOwner], leads: Iterable[User]) -> None:
        """Put on offer the agencies that do not own the action yet, and their leads."""
        taken = {action.agency_id, *(each.agency_id for each in joint)}
        agencies = [each for each in list_agencies() if each.id not in taken]
        self.agency.choices = options([("", "Choose"), *((each.code, each.name) for each in agencies)])
        people = [(str(each.id), f"{each.name}, {each.agency.name}") for each in leads]
        self.contact.choices = options([NOBODY, *people])


class ContactForm(PersonForm):
    """Whom to ask in an agency that shares an action."""

    contact = select("Contact", wrong="Choose from the list.")
    submit = save_button()


class LeadingForm(PersonForm):
    """Who leads from now on, and why."""

    lead = select("Lead", wrong="Choose a lead from the list.")
    reason = reason_area("Why does this agency lead now?", "For both agencies and for the record.")
    submit = save_button("Let it lead")


class EndForm(HouseForm):
    """Why an agency does not share an action any more."""

    reason = reason_area("Why?", "For the agency and for the record.")
    submit = save_button("Take it off")


class PartForm(HouseForm):
    """What a joint owner did."""

    text = text_area(
        "What has your agency done?",
        "What was done and what is left for your agency to do. No names of children or families.",
    )
    submit = save_button("Save your part")


@blueprint.route(
    f"{ADDRESS}/owners", access=Access(Permission.EDIT_ACTION, of=get_action), methods=["GET", "POST"]
)
def owners(action: Action) -> Any:
    """Show who owns an action, and add a joint owner."""
    form, joint, leads = ShareForm(), list_joint_owners(action), list_leads()
    form.offer_all(action, joint, leads)
    if form.carried_out(lambda: _share(action, form, leads)):
        flash("The joint owner is added. It sees the action from now on.", "success")
        return redirect(address_of(action))
    return render_template("actions/owners/index.html", form=form, action=action, joint_owners=joint)


@blueprint.route(
    f"{ONE}/contact", access=Access(Permission.EDIT_ACTION, of=get_joint_owner), methods=["GET", "POST"]
)
def owner_contact(joint: JointOwner) -> Any:
    """Change whom to ask in an agency that shares an action."""
    people = list_leads(joint.agency_id)
    form = ContactForm(version=str(joint.version), contact=str(joint.contact_id or ""))
    form.offer("contact", people)
    if form.carried_out(
        lambda: change_contact(viewer(), joint, form.person("contact", people), form.seen_version),
        lambda current: {"contact": str(current.contact_id or "")},
    ):
        flash(f"The contact of {joint.agency.name} is saved.", "success")
        return redirect(address_of(joint.action))
    return _page("contact", joint, form)


@blueprint.route(
    f"{ONE}/end", access=Access(Permission.EDIT_ACTION, of=get_joint_owner), methods=["GET", "POST"]
)
def end_owner(joint: JointOwner) -> Any:
    """Take a joint owner off an action, with the reason."""
    form = EndForm(version=str(joint.version))
    if form.carried_out(
        lambda: stop_sharing(viewer(), joint, form.reason.data, form.seen_version),
        lambda current: {"reason": current.ended_reason},
    ):
        flash(f"{joint.agency.name} does not share the action any more.", "success")
        return redirect(address_of(joint.action))
    return _page("end", joint, form)


@blueprint.route(
    f"{ONE}/lead", access=Access(Permission.EDIT_ACTION, of=get_joint_owner), methods=["GET", "POST"]
)
def owner_leads(joint: JointOwner) -> Any:
    """Let a joint owner lead, and the agency that led share."""
    action = joint.action
    refusal = why_not_leading(facts_of(action), joint.ended_at is not None, open_request(action) is not None)
    if refusal and request.method == "GET":
        raise Refused(refusal)
    people, led_by = list_leads(joint.agency_id), action.agency.name
    contact = joint.contact_id if joint.contact_id in {each.id for each in people} else None
    form = LeadingForm(version=str(action.version), lead=str(contact or ""))
    form.offer("lead", people)
    if form.carried_out(
        lambda: change_leading(
            viewer(), joint, form.person("lead", people), form.reason.data, form.seen_version
        ),
        lambda current: {"lead": str(current.lead_id or "")},
    ):
        flash(f"{joint.agency.name} leads {action.reference} now. {led_by} shares it.", "success")
        return redirect(address_of(action))
    return _page("lead", joint, form, led_by=led_by)


@blueprint.route(
    f"{ADDRESS}/part", access=Access(Permission.CONTRIBUTE, of=get_action), methods=["GET", "POST"]
)
def contribute_part(action: Action) -> Any:
    """Say what one's agency, a joint owner, did."""
    refusal = why_no_contribution(facts_of(action), action.owners, viewer().agency_id)
    if refusal and request.method == "GET":
        raise Refused(refusal)
    form = PartForm()
    if form.carried_out(lambda: contribute(viewer(), action, form.text.data)):
        flash(f"Your part of {action.reference} is saved.", "success")
        return redirect(address_after(action))
    return render_template("actions/owners/part.html", form=form, action=action, back=address_after(action))


def _share(action: Action, form: ShareForm, leads: list[User]) -> None:
    agency = next((each for each in list_agencies() if each.code == form.agency.data), None)
    if agency is None:
        raise InvalidInput({"agency": "Choose the agency that is to share the action."})
    share(viewer(), action, agency, form.person("contact", leads))


def _page(name: str, joint: JointOwner, form: HouseForm, **more: Any) -> Any:
    # A change that failed has left its values on the row that was read; the page shows what is kept.
    kept = get_action(viewer(), joint.action.review.reference, joint.action.number) or joint.action
    back = url_for("actions.owners", reference=kept.review.reference, number=kept.number)
    more |= {"back": back, "back_text": "Back to who owns the action"}
    page = render_template(f"actions/owners/{name}.html", form=form, joint=joint, action=kept, **more)
    return page, form.status
