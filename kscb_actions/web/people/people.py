"""Pages of keeping agencies and people."""

from typing import Any

from flask import abort, current_app, flash, g, redirect, render_template, request, url_for

from kscb_actions import clock
from kscb_actions.access.policy import Permission, role_names
from kscb_actions.actions.handover import change_person, hand_over, list_led, switch_off
from kscb_actions.mail.letters import send_invitation
from kscb_actions.people.absences.queries import list_absences, list_stood_in_for, people_away
from kscb_actions.people.absences.rules import can_be_away
from kscb_actions.people.agreeing import (
    decide_role,
    get_role_request,
    list_role_requests,
    opens_deaths,
    who_can_agree,
)
from kscb_actions.people.models import Agency, RoleRequest, User
from kscb_actions.people.queries import (
    count_people,
    get_agency,
    get_person,
    invited_people,
    list_agencies,
    list_leads,
    people_by_agency,
)
from kscb_actions.people.service import PersonFacts, add_agency, add_person, edit_person, facts_of
from kscb_actions.people.service import edit_agency as change_agency
from kscb_actions.reviews.queries import is_named_elsewhere
from kscb_actions.web.downloads import Taken, downloadable
from kscb_actions.web.mail import list_troubles
from kscb_actions.web.shared.guard import Access, viewer
from kscb_actions.web.shared.once import leads_to
from kscb_actions.wording import plural

from . import blueprint
from .columns import columns_of_people
from .forms import NOBODY, AgencyForm, EditAgencyForm, PersonForm, SuccessorForm

KEEP = Access(Permission.MANAGE_PEOPLE)


AGREE = Access(Permission.AGREE_TO_ROLE, of=get_role_request)
HIDDEN = (
    "It would open child deaths or a restricted review, and no mail server is set: the administrator "
    "prints it with flask password-link, for this person alone."
)
KEEP_ONE = Access(Permission.MANAGE_PEOPLE, of=get_person)


@blueprint.route("/people", access=KEEP)
def index() -> Any:
    """Show everybody, under their agency."""
    return render_template(
        "people/index.html",
        groups=people_by_agency(viewer()),
        invited=invited_people(),
        troubles=list_troubles(viewer()),
        role_names=role_names(g.board.has_child_deaths),
        role_requests=list_role_requests(viewer()),
        agreeing=who_can_agree(),
        away=people_away(clock.today()),
    )


@downloadable(blueprint, "/people", "index", KEEP, "people")
def taken() -> Taken:
    """Return the same list to be taken away."""
    groups = people_by_agency(viewer())
    rows = ((group.agency, person) for group in groups for person in group.people)
    names = role_names(g.board.has_child_deaths)
    return Taken("People", columns_of_people(invited_people(), people_away(clock.today()), names), rows)


@blueprint.route("/people/new", access=KEEP, methods=["GET", "POST"])
def new() -> Any:
    """Record a person and invite them."""
    form = PersonForm()
    form.offer(list_agencies())
    added: list[User] = []
    if form.carried_out(lambda: added.append(_add(form.facts))):
        return _invite(added[0])
    return render_template("people/new.html", form=form)


def _add(facts: PersonFacts) -> User:
    return add_person(viewer(), facts.email, facts.name, facts.roles, facts.agency)


@blueprint.route("/people/<int:user_id>", access=KEEP_ONE, methods=["GET", "POST"])
def edit(person: User) -> Any:
    """Change a person: address, post, agency, roles."""
    form = PersonForm(data=_typed(person))
    form.offer(list_agencies(), person.agency, person.role_set)
    if form.carried_out(
        lambda: change_person(viewer(), person, form.facts, form.seen_version), theirs=_typed
    ):
        flash(f"{person.name} is saved.", "success")
        return redirect(url_for("people.index"))
    shown = get_person(viewer(), person.id)
    led = list_led(viewer(), person)
    return render_template(
        "people/edit.html",
        form=form,
        person=shown,
        led=led,
        trouble=list_troubles(viewer()).get(person.id),
        absences=list_absences(person, clock.today()) if can_be_away(person.viewer) else None,
    ), form.status


@blueprint.route("/people/<int:user_id>/link", access=KEEP_ONE, methods=["POST"])
def new_link(person: User) -> Any:
    """Send somebody a new single-use link; the earlier ones stop working."""
    if not person.is_active:
        flash(f"{person.name} is switched off. Switch the account on first.", "important")
        return redirect(url_for("people.edit", user_id=person.id))
    return _invite(person)


@blueprint.route("/role-requests/<int:request_id>", access=AGREE, methods=["POST"])
def decide(asked: RoleRequest) -> Any:
    """Agree to a role that opens child deaths, or refuse it."""
    is_agreed = request.form.get("decision") == "agree"
    if not is_agreed and request.form.get("decision") != "refuse":
        abort(400)
    name = asked.user.name
    decide_role(viewer(), asked, is_agreed)
    flash(f"{name} has the role now." if is_agreed else f"{name} does not get the role.", "success")
    return redirect(url_for("home.index"))


@blueprint.route("/people/<int:user_id>/hand-over", access=KEEP_ONE, methods=["GET", "POST"])
def hand_over_actions(person: User) -> Any:
    """Give all of somebody's actions to another lead of their agency."""
    form = _successor_form(person, may_be_nobody=False)
    successor = form.chosen if form.validate_on_submit() and _has_chosen(form) else None
    if successor:
        done: list[Any] = []
        if form.attempt(lambda: done.extend(hand_over(viewer(), person, successor))):
            told = "They hear of it on the next working morning, unless they chose otherwise."
            flash(f"{plural(len(done), 'action')} handed over to {successor.name}. {told}", "success")
            return redirect(url_for("people.edit", user_id=person.id))
    return _successor_page(form, person, "Hand over the actions of", is_leaving=False)


@blueprint.route("/people/<int:user_id>/switch-off", access=KEEP_ONE, methods=["GET", "POST"])
def switch_person_off(person: User) -> Any:
    """Switch an account off; another lead takes the actions over."""
    form = _successor_form(person, may_be_nobody=True)
    if form.validate_on_submit() and (not list_led(viewer(), person) or _has_chosen(form)):
        if form.attempt(lambda: switch_off(viewer(), person, form.chosen)):
            flash(f"{person.name} is switched off and cannot sign in.", "success")
            return redirect(url_for("people.index"))
    return _successor_page(form, person, "Switch off", is_leaving=True)


@blueprint.route("/people/<int:user_id>/switch-on", access=KEEP_ONE, methods=["POST"])
def switch_person_on(person: User) -> Any:
    """Let somebody sign in again."""
    if not person.is_active:
        edit_person(viewer(), person, facts_of(person), person.version, is_active=True)
    flash(f"{person.name} can sign in again.", "success")
    return redirect(url_for("people.edit", user_id=person.id))


def _typed(person: User) -> dict[str, Any]:
    return {
        "email": person.email,
        "name": person.name,
        "agency": str(person.agency_id or ""),
        "roles": sorted(person.role_set & role_names(g.board.has_child_deaths).keys()),
        "version": person.version,
    }


def _invite(person: User) -> Any:
    settings = current_app.config["SETTINGS"]
    if _is_hidden(person):
        flash(f"A link for {person.name} is not shown here. {HIDDEN}", "important")
        return redirect(url_for("people.index"))
    link = send_invitation(viewer(), person, g.board.name, settings.base_url)
    if settings.mail:
        flash(f"An invitation is on its way to {person.email}.", "success")
        return redirect(url_for("people.index"))
    leads_to(url_for("people.edit", user_id=person.id))
    return render_template("people/invited.html", person=person, link=link)


def _is_hidden(person: User) -> bool:
    """Return whether a link would be shown that opens what whoever keeps people may not open."""
    mail = current_app.config["SETTINGS"].mail
    return (
        not mail
        and person.id != viewer().id
        and (opens_deaths(person) or is_named_elsewhere(viewer(), person))
    )


def _successor_form(person: User, may_be_nobody: bool) -> SuccessorForm:
    form = SuccessorForm()
    leads = list_leads(person.agency_id) if person.agency_id else []
    form.offer([lead for lead in leads if lead.id != person.id], may_be_nobody)
    return form


def _has_chosen(form: SuccessorForm) -> bool:
    if form.chosen or form.successor.data == NOBODY:
        return True
    form.successor.errors = ["Choose who takes the actions over."]
    return False


def _successor_page(form: SuccessorForm, person: User, words: str, is_leaving: bool) -> Any:
    led = list_led(viewer(), person)
    return render_template(
        "people/successor.html",
        form=form,
        person=person,
        words=words,
        led=led,
        is_leaving=is_leaving,
        stood_in_for=list_stood_in_for(person, clock.today()) if is_leaving else [],
    )


@blueprint.route("/agencies/new", access=Access(Permission.MANAGE_PEOPLE), methods=["GET", "POST"])
def new_agency() -> Any:
    """Record an agency."""
    form = AgencyForm()
    if form.carried_out(lambda: add_agency(viewer(), form.code.data, form.name.data)):
        flash(f"{form.name.data.strip()} is recorded.", "success")
        return redirect(url_for("people.index"))
    return render_template("people/agency.html", form=form, agency=None)


@blueprint.route(
    "/agencies/<code>", access=Access(Permission.MANAGE_PEOPLE, of=get_agency), methods=["GET", "POST"]
)
def edit_agency(agency: Agency) -> Any:
    """Rename an agency or take it out of use."""
    form = EditAgencyForm(data=_agency_facts(agency))
    if form.carried_out(
        lambda: change_agency(viewer(), agency, form.name.data, form.in_use.data == "yes", form.seen_version),
        theirs=_agency_facts,
    ):
        flash(f"{agency.name} is saved.", "success")
        return redirect(url_for("people.index"))
    shown, people = get_agency(viewer(), agency.code), count_people(agency)
    return render_template("people/agency.html", form=form, agency=shown, people=people), form.status


def _agency_facts(agency: Agency) -> dict[str, Any]:
    return {"name": agency.name, "in_use": "yes" if agency.is_active else "no", "version": agency.version}
