"""Milestones of an action, kept by the agency that leads it and by the board manager."""

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Refused
from kscb_actions.actions.milestones.models import Milestone
from kscb_actions.actions.milestones.queries import get_milestone
from kscb_actions.actions.milestones.rules import MilestoneFacts, why_not_kept
from kscb_actions.actions.milestones.service import (
    add_milestone,
    change_milestone,
    reach_milestone,
    withdraw_milestone,
)
from kscb_actions.actions.models import Action, facts_of
from kscb_actions.actions.queries import get_action
from kscb_actions.web.shared.forms import (
    DayField,
    HouseForm,
    reason_area,
    save_button,
    text_area,
)
from kscb_actions.web.shared.guard import Access, viewer
from kscb_actions.web.shared.navigation import address_of

from . import blueprint

ADDRESS = "/reviews/<reference>/actions/<int:number>"
ONE = f"{ADDRESS}/milestones/<int:milestone_id>"
KEEP = Access(Permission.KEEP_MILESTONES, of=get_milestone)


class NewMilestoneForm(HouseForm):
    """A step of an action and its day."""

    text = text_area("What is to be reached?", "One step that can be seen to be done.")
    due_on = DayField("By when?", called="The day of the milestone")
    submit = save_button()

    def facts(self, done_on: date | None = None) -> MilestoneFacts:
        """Return what was typed, for the service."""
        return MilestoneFacts(self.text.data, self.due_on.data, done_on)


class MilestoneForm(NewMilestoneForm):
    """A milestone to put right."""

    done_on = DayField("Done on (optional)", called="The day on which it was reached")

    @staticmethod
    def filled(milestone: Milestone) -> dict[str, Any]:
        """Return the values of the fields as the milestone has them."""
        return {"text": milestone.text, "due_on": milestone.due_on, "done_on": milestone.done_on}


class DoneMilestoneForm(HouseForm):
    """The day on which a milestone was reached."""

    done_on = DayField("When was it reached?", called="The day on which it was reached")
    submit = save_button("Mark it done")


class WithdrawMilestoneForm(HouseForm):
    """Why a milestone falls away."""

    reason = reason_area("Why?", "It stays readable, with your reason.")
    submit = save_button("Withdraw the milestone")


@blueprint.route(
    f"{ADDRESS}/milestones/new",
    access=Access(Permission.KEEP_MILESTONES, of=get_action),
    methods=["GET", "POST"],
)
def new_milestone(action: Action) -> Any:
    """Add a milestone to an action."""
    _refuse_closed_page(action)
    form = NewMilestoneForm()
    if form.carried_out(lambda: add_milestone(viewer(), action, form.facts())):
        flash("The milestone is added.", "success")
        return redirect(_back(action))
    return _page("edit", action, form)


@blueprint.route(ONE, access=KEEP, methods=["GET", "POST"])
def milestone(milestone: Milestone) -> Any:
    """Put a milestone right."""
    _refuse_closed_page(milestone.action, milestone)
    form = MilestoneForm(data={"version": str(milestone.version), **MilestoneForm.filled(milestone)})
    if form.carried_out(
        lambda: change_milestone(viewer(), milestone, form.facts(form.done_on.data), form.seen_version),
        MilestoneForm.filled,
    ):
        flash("The milestone is saved.", "success")
        return redirect(_back(milestone.action))
    return _page("edit", milestone.action, form)


@blueprint.route(f"{ONE}/done", access=KEEP, methods=["GET", "POST"])
def milestone_done(milestone: Milestone) -> Any:
    """Mark a milestone done."""
    _refuse_closed_page(milestone.action, milestone)
    form = DoneMilestoneForm(data={"version": str(milestone.version), "done_on": clock.today()})
    if form.carried_out(
        lambda: reach_milestone(viewer(), milestone, form.done_on.data, form.seen_version),
        lambda current: {"done_on": current.done_on},
    ):
        flash("The milestone is marked done.", "success")
        return redirect(_back(milestone.action))
    return _page("done", milestone.action, form, milestone=_kept(milestone))


@blueprint.route(f"{ONE}/withdraw", access=KEEP, methods=["GET", "POST"])
def milestone_withdrawn(milestone: Milestone) -> Any:
    """Withdraw a milestone, with the reason."""
    _refuse_closed_page(milestone.action, milestone)
    form = WithdrawMilestoneForm(version=str(milestone.version))
    if form.carried_out(
        lambda: withdraw_milestone(viewer(), milestone, form.reason.data, form.seen_version),
        lambda current: {"reason": current.withdrawn_reason},
    ):
        flash("The milestone is withdrawn. It stays readable.", "success")
        return redirect(_back(milestone.action))
    return _page("withdraw", milestone.action, form, milestone=_kept(milestone))


def _back(action: Action) -> str:
    return f"{address_of(action)}#milestones"


def _kept(milestone: Milestone) -> Milestone:
    # A change that failed has left its values on the row that was read; the page shows what is kept.
    return Milestone.get_by_id(milestone.id)


def _page(name: str, action: Action, form: HouseForm, **more: Any) -> Any:
    page = render_template(
        f"actions/milestones/{name}.html", form=form, action=action, back=_back(action), **more
    )
    return page, form.status


def _refuse_closed_page(action: Action, milestone: Milestone | None = None) -> None:
    # Only before anything is typed: what comes in later is refused beside what was typed.
    is_withdrawn = milestone is not None and milestone.withdrawn_at is not None
    refusal = why_not_kept(facts_of(action), is_withdrawn)
    if refusal and request.method == "GET":
        raise Refused(refusal)
