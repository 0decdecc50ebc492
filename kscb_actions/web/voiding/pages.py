"""Marking something as recorded in error, bringing it back, and putting a wrong agency right."""

from collections.abc import Collection, Sequence
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for

from kscb_actions.access.policy import Permission, Refused
from kscb_actions.actions.models import Action
from kscb_actions.actions.queries import get_action
from kscb_actions.assurance.challenges.models import Challenge
from kscb_actions.assurance.voiding.agency import correct_agency, why_it_stays
from kscb_actions.assurance.voiding.challenge import (
    acts_on,
    may_void_challenge,
    restore_challenge,
    void_challenge,
)
from kscb_actions.assurance.voiding.queries import (
    Kept,
    any_action,
    any_challenge,
    any_recommendation,
    any_review,
    events_about,
    is_void,
    kind_of,
    voided,
)
from kscb_actions.assurance.voiding.rules import acts_in_words
from kscb_actions.assurance.voiding.service import restore, void
from kscb_actions.people.models import Agency, User
from kscb_actions.people.queries import list_agencies, list_leads
from kscb_actions.reviews.models import Recommendation, Review
from kscb_actions.web.news import who_hears_of_lead
from kscb_actions.web.shared.forms import (
    HouseForm,
    options,
    reason_area,
    save_button,
    select,
)
from kscb_actions.web.shared.guard import Access, viewer

from . import blueprint

ACTION = "/reviews/<reference>/actions/<int:number>"
MARKED_BEFORE = "This has been marked as recorded in error, or brought back, since you opened it."


class VoidForm(HouseForm):
    """Marks something as recorded in error."""

    reason = reason_area("Reason", "For whoever reads the audit trail later.")
    submit = save_button("Mark as recorded in error")


class RestoreForm(HouseForm):
    """Brings something back."""

    reason = reason_area("Why is it brought back?", "For whoever reads the audit trail later.")
    submit = save_button("Bring it back")


class AgencyForm(HouseForm):
    """The agency for which an action should have been recorded."""

    agency = select("The right agency", wrong="Choose an agency from the list.")
    lead = select("Lead there", wrong="Choose a lead from the list.")
    submit = save_button("Change the agency")

    def offer(self, agencies: Sequence[Agency], leads: Sequence[User], own: int) -> None:
        """Offer the other agencies, and the leads of all, each with the agency."""
        names = {each.id: each.name for each in agencies}
        others = [(each.code, each.name) for each in agencies if each.id != own]
        self.agency.choices = options([("", "Choose an agency"), *others])
        people = [
            (str(each.id), f"{each.name}, {names[each.agency_id]}")
            for each in leads
            if each.agency_id in names and each.agency_id != own
        ]
        self.lead.choices = options([("", "Nobody yet"), *people])


@blueprint.route(
    f"{ACTION}/recorded-in-error",
    access=Access(Permission.EDIT_ACTION, of=any_action),
    methods=["GET", "POST"],
)
def action(action: Action) -> Any:
    """Mark an action as recorded in error, or tell that it is so and bring it back."""
    review = url_for("reviews.show", reference=action.review.reference)
    back = url_for("actions.show", reference=action.review.reference, number=action.number)
    return _page(action, f"Action {action.reference}", action.text, back, review)


@blueprint.route(
    "/reviews/<reference>/recommendations/<int:number>/recorded-in-error",
    access=Access(Permission.EDIT_REVIEW, of=any_recommendation),
    methods=["GET", "POST"],
)
def recommendation(recommendation: Recommendation) -> Any:
    """Mark a recommendation as recorded in error, or tell that it is so and bring it back."""
    number, reference = recommendation.number, recommendation.review.reference
    review = url_for("reviews.show", reference=reference)
    back = url_for("reviews.show", reference=reference, _anchor=f"recommendation-{number}")
    name = f"{recommendation.name} of {reference}"
    return _page(recommendation, name, recommendation.text, back, review)


@blueprint.route(
    "/reviews/<reference>/recorded-in-error",
    access=Access(Permission.EDIT_REVIEW, of=any_review),
    methods=["GET", "POST"],
)
def review(review: Review) -> Any:
    """Mark a review as recorded in error, or tell that it is so and bring it back."""
    back = url_for("reviews.show", reference=review.reference)
    return _page(review, f"Review {review.reference}", review.title, back, url_for("reviews.index"))


@blueprint.route(
    "/challenges/<int:challenge_id>/recorded-in-error",
    access=Access(Permission.RAISE_CHALLENGE, of=any_challenge),
    methods=["GET", "POST"],
)
def challenge(challenge: Challenge) -> Any:
    """Mark a challenge as recorded in error, or tell that it is so and bring it back."""
    events = acts_on(challenge)
    if not challenge.is_void and not (verdict := may_void_challenge(viewer(), challenge, events)):
        raise Refused(verdict.reason)
    back = url_for("challenges.show", challenge_id=challenge.id)
    name = f"Challenge {challenge.reference}"
    return _page(challenge, name, challenge.question, back, url_for("challenges.index"), events)


def _page(
    row: Kept, name: str, text: str, back: str, above: str, events: Collection[str] | None = None
) -> Any:
    """Show a thing with the form to mark it, or what is void with the form to bring it back.

    `back` is its own page and `above` the one that it stood on; `events`, where they are known, by what
    somebody has acted on it. What somebody else did first is shown
    instead of what was asked for.
    """
    was_void = is_void(row)
    form: HouseForm = (RestoreForm if was_void else VoidForm)(data={"version": str(row.version)})
    is_asked = request.form.get("then") == ("restore" if was_void else "void")
    if request.method == "POST" and not is_asked:
        form.form_errors.append(MARKED_BEFORE)
    elif form.carried_out(lambda: _do(row, form, was_void), lambda _: {}):
        flash(
            f"{name} is brought back." if was_void else f"{name} is marked as recorded in error.", "success"
        )
        return redirect(back if was_void else above)
    values = {"row": row, "kind": kind_of(row), "name": name, "text": text, "form": form}
    if was_void:
        return render_template("voiding/voided.html", told=voided(row), back=above, **values), form.status
    done = acts_in_words(events_about(row) if events is None else events)
    return render_template("voiding/void.html", done=done, back=back, **values), form.status


def _do(row: Kept, form: Any, was_void: bool) -> Kept:
    reason, expected = form.reason.data, form.seen_version
    if isinstance(row, Challenge):
        if was_void:
            base_url = current_app.config["SETTINGS"].base_url
            return restore_challenge(viewer(), row, reason, expected, base_url)
        return void_challenge(viewer(), row, reason, expected)
    return (restore if was_void else void)(viewer(), row, reason, expected)


@blueprint.route(
    f"{ACTION}/wrong-agency", access=Access(Permission.EDIT_ACTION, of=get_action), methods=["GET", "POST"]
)
def agency(action: Action) -> Any:
    """Give an action to the agency for which it should have been recorded."""
    if request.method == "GET" and (stays := why_it_stays(action)):
        raise Refused(stays)
    form, agencies, leads = AgencyForm(data={"version": str(action.version)}), list_agencies(), list_leads()
    form.offer(agencies, leads, action.agency_id)
    was, lead_was = action.agency, action.lead_id
    if form.carried_out(
        lambda: _correct(action, form, agencies, leads),
        lambda now: {"agency": now.agency.code, "lead": str(now.lead_id or "")},
    ):
        told = who_hears_of_lead(action, was.id, lead_was)
        flash(f"{action.reference} is recorded for {action.agency.name} now. {told}", "success")
        return redirect(url_for("actions.show", reference=action.review.reference, number=action.number))
    return render_template("voiding/agency.html", form=form, action=action, was=was), form.status


def _correct(action: Action, form: AgencyForm, agencies: Sequence[Agency], leads: Sequence[User]) -> Action:
    chosen = next((each for each in agencies if each.code == form.agency.data), None)
    lead = next((each for each in leads if str(each.id) == form.lead.data), None)
    return correct_agency(viewer(), action, chosen, lead, form.seen_version)
