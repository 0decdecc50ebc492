"""Carrying a plan forward: what goes into the new one is chosen, looked at in a preview, then recorded."""

from textwrap import shorten
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from kscb_actions.access.policy import Permission, Refused
from kscb_actions.actions.carrying.queries import Plan, plan_of
from kscb_actions.actions.carrying.rules import (
    DATES_NAMES,
    CarryChoice,
    Dates,
    a_year_later,
    new_due_on,
)
from kscb_actions.actions.carrying.service import RESTRICTED, carry_forward, check, lead_for
from kscb_actions.reviews.models import Review
from kscb_actions.reviews.queries import get_review
from kscb_actions.text import InvalidInput, whole_number
from kscb_actions.web.shared.forms import HouseForm, checkboxes, options, radios, save_button, text_line
from kscb_actions.web.shared.guard import Access, viewer

from . import blueprint

PREVIEW, CHOOSE = "preview", "choose"


class CarryForm(HouseForm):
    """The new review, and what of the earlier plan goes into it."""

    reference = text_line("Reference of the new plan", "For example, IP-2012-01.")
    title = text_line("Title of the new plan")
    dates = radios("Due dates", DATES_NAMES.items())
    actions = checkboxes("Actions that go on", hint="Those still open are chosen.")
    recommendations = checkboxes("Recommendations without actions (optional)")
    submit = save_button("Preview")

    def offer(self, plan: Plan) -> None:
        """Put what can be carried forward on offer."""
        self.actions.choices = options(
            (str(each.action.id), _label(each)) for each in plan.candidates if each.refusal is None
        )
        self.recommendations.choices = options(
            (
                str(each.id),
                f"{each.name}: {shorten(each.text, 100, placeholder=' …')}",
            )
            for each in plan.bare
        )

    def choice(self) -> CarryChoice:
        """Return what is chosen, for the service."""
        pairs = (each.partition(":") for each in request.form.get("seen", "").split())
        numbers = [(whole_number(id), whole_number(version)) for id, _, version in pairs]
        return CarryChoice(
            self.reference.data,
            self.title.data,
            self.dates.data,
            frozenset(map(int, self.actions.data or ())),
            frozenset(map(int, self.recommendations.data or ())),
            tuple((id, version) for id, version in numbers if id is not None and version is not None),
        )


def _label(candidate: Any) -> str:
    action = candidate.action
    return f"A{action.number}, {action.agency.name}: {shorten(action.text, 100, placeholder=' …')}"


@blueprint.route(
    "/reviews/<reference>/carry-forward",
    access=Access(Permission.EDIT_REVIEW, of=get_review),
    methods=["GET", "POST"],
)
def carry(review: Review) -> Any:
    """Choose what of a plan is carried forward, look at it, and record it in one step."""
    if review.is_restricted:
        raise Refused(RESTRICTED)
    plan = plan_of(viewer(), review)
    form = CarryForm(data=_filled(review, plan))
    form.offer(plan)
    step = request.form.get("step", CHOOSE)
    if step == CHOOSE:
        return _page("choose", review, plan, form)
    if not form.validate_on_submit():
        form.find_more(lambda: _check(plan, form))
        form.find_more(lambda: carry_forward(viewer(), review, form.choice()))
        return _page("choose", review, plan, form)
    if step == PREVIEW:
        return _preview(review, plan, form)
    made: list[Review] = []
    if form.attempt(lambda: made.append(carry_forward(viewer(), review, form.choice()))):
        flash(_said(len(form.actions.data or ()), review), "success")
        return redirect(url_for("reviews.show", reference=made[0].reference))
    return _page("choose", review, plan, form)


def _said(count: int, review: Review) -> str:
    if count == 0:
        return f"What was chosen of {review.reference} goes on here."
    goes, are = ("action goes", "is") if count == 1 else ("actions go", "are")
    return f"{count} {goes} on here and {are} superseded in {review.reference}."


def _preview(review: Review, plan: Plan, form: CarryForm) -> Any:
    choice = form.choice()
    chosen = [each for each in plan.candidates if each.action.id in choice.actions]
    if not form.attempt(lambda: _check(plan, form)):
        return _page("choose", review, plan, form)
    rows = [
        (each.action, lead_for(each.action), new_due_on(each.action.current_due_on, choice.dates))
        for each in chosen
    ]
    seen = " ".join(f"{each.action.id}:{each.action.version}" for each in chosen)
    bare = [each for each in plan.bare if each.id in choice.recommendations]
    return _page("preview", review, plan, form, rows=rows, bare=bare, seen=seen, dates=DATES_NAMES)


def _check(plan: Plan, form: CarryForm) -> None:
    choice = form.choice()
    chosen = [each for each in plan.candidates if each.action.id in choice.actions]
    if problems := check(plan, chosen, choice):
        raise InvalidInput(problems)


def _filled(review: Review, plan: Plan) -> dict[str, Any]:
    return {
        "reference": a_year_later(review.reference),
        "title": a_year_later(review.title),
        "dates": Dates.YEAR,
        "actions": [str(each.action.id) for each in plan.candidates if each.is_preselected],
        "recommendations": [str(each.id) for each in plan.bare],
    }


def _page(name: str, review: Review, plan: Plan, form: CarryForm, **more: Any) -> Any:
    refused = [each for each in plan.candidates if each.refusal]
    return render_template(f"actions/carrying/{name}.html", review=review, form=form, refused=refused, **more)
