"""Pages of what happened before: entered by hand for one action, and examined again by the Board."""

from dataclasses import replace
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from wtforms.validators import ValidationError

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Refused
from kscb_actions.actions.earlier.queries import (
    count_to_examine,
    has_updates,
    list_reexaminations,
    record_of,
    words_of,
)
from kscb_actions.actions.earlier.rules import (
    ENDED,
    OUTCOME_NAMES,
    READING_NAMES,
    Outcome,
    Past,
    Reading,
    why_no_past,
    why_not_examined,
    why_past_stays,
)
from kscb_actions.actions.listing import list_one
from kscb_actions.actions.models import Action, facts_of
from kscb_actions.actions.narrowing import visible_action
from kscb_actions.actions.queries import get_action
from kscb_actions.assurance.earlier.service import enter_past as enter
from kscb_actions.assurance.earlier.service import entered_past
from kscb_actions.assurance.earlier.service import examine_again as examine
from kscb_actions.assurance.earlier.service import put_past_right as put_right
from kscb_actions.assurance.queries import list_evidence, list_files
from kscb_actions.assurance.rules import EVIDENCE_KIND_NAMES, needs_new_date
from kscb_actions.chasing.news.rules import Kind
from kscb_actions.web.actions.action import AddingForm
from kscb_actions.web.news import who_hears
from kscb_actions.web.shared.forms import (
    DayField,
    checkbox,
    radios,
    reason_area,
    save_button,
    text_area,
    text_line,
)
from kscb_actions.web.shared.guard import Access, viewer
from kscb_actions.web.shared.navigation import address_of

from . import blueprint

ADDRESS = "/reviews/<reference>/actions/<int:number>"
BY_HAND = [(each, name) for each, name in READING_NAMES.items() if each not in (*ENDED, Reading.NOTHING)]


class PastForm(AddingForm):
    """What earlier records say of one action."""

    source = text_line("Which records?", "For example: Board’s action plan of March 2011, paper copy.")
    as_of = DayField(
        "Of which day are they?", called="The day of the records", missing="Enter the day of the records."
    )
    read_as = radios("How far was the action on that day?", BY_HAND)
    status_text = text_line("In their own words (optional)", "For example: Green, or “Complete”.")
    done_on = DayField("On which day was it done? (optional)", called="The day it was done")
    first_due_on = DayField(
        "When was it first due, if that was another date? (optional)", called="The first due date"
    )
    told = text_area("Progress and evidence they name (optional)", "No names of children or families.")
    accepted_by = text_line(
        "Who accepted it? (optional)", "For example: SCR subgroup. For what was accepted."
    )
    accepted_on = DayField("On which day was it accepted? (optional)", called="The day it was accepted")
    submit = save_button("Save what happened before")

    @property
    def past(self) -> Past:
        """Return what was typed; a field that is not for this reading is left out."""
        is_accepted = self.read_as.data == Reading.ACCEPTED
        return Past(
            self.read_as.data,
            self.as_of.data or clock.today(),
            self.source.data,
            self.status_text.data,
            self.done_on.data,
            self.told.data,
            first_due_on=self.first_due_on.data,
            accepted_on=self.accepted_on.data if is_accepted else None,
            accepted_by=self.accepted_by.data if is_accepted else "",
        )


class ExamineForm(AddingForm):
    """Whether what was accepted stands, why, and by when it is to be done again where it does not."""

    outcome = radios("What does the Board find?", list(OUTCOME_NAMES.items()))
    reason = reason_area("What was looked at, and what does it show?", "The agency sees this.")
    due_on = DayField("By when is it to be done again? (optional)", called="The new due date")
    submit = save_button("Save")

    needs_date = False

    def validate_due_on(self, field: Any) -> None:
        """Ask for a date where it opens again and is due no more."""
        if self.outcome.data == Outcome.OPENED and self.needs_date and field.data is None:
            raise ValidationError("Say by when it is to be done again.")


@blueprint.route(
    f"{ADDRESS}/before", access=Access(Permission.EDIT_ACTION, of=get_action), methods=["GET", "POST"]
)
def enter_past(action: Action) -> Any:
    """Enter what happened to an action before the board used this product."""
    closed = why_no_past(
        record_of(action.id) is not None, action.assurance, action.standing, has_updates(action.id)
    )
    if closed and request.method == "GET":
        raise Refused(closed)
    form = PastForm(version=str(action.version))
    if form.is_submitted() and form.attempt_on(
        action, lambda: enter(viewer(), action, form.past, form.seen_version)
    ):
        flash(f"What happened before to {action.reference} is recorded, with its own dates.", "success")
        return redirect(address_of(action))
    return render_template(
        "assurance/earlier/enter.html", form=form, action=action, back=address_of(action)
    ), form.status


class PutRightForm(PastForm):
    """What earlier records say after all, and what was wrong."""

    nothing = checkbox("There is no past of this action: take away what was entered")
    reason = reason_area("What was wrong?")
    submit = save_button("Put it right")


@blueprint.route(
    f"{ADDRESS}/before/put-right",
    access=Access(Permission.EDIT_ACTION, of=get_action),
    methods=["GET", "POST"],
)
def put_past_right(action: Action) -> Any:
    """Put right what was entered of what happened to an action before."""
    record = record_of(action.id)
    if record is None:
        raise Refused(why_past_stays(False, action.standing, "", False) or "")
    entered = entered_past(action, record)
    form = PutRightForm(data={**vars(entered), "version": str(action.version)})
    if form.is_submitted() and form.attempt_on(
        action,
        lambda: put_right(
            viewer(),
            action,
            None if form.nothing.data else replace(form.past, moved_to=entered.moved_to),
            form.reason.data,
            form.seen_version,
        ),
    ):
        told = "is taken away" if form.nothing.data else "is put right"
        flash(f"What happened before to {action.reference} {told}.", "success")
        return redirect(address_of(action))
    return render_template(
        "assurance/earlier/put_right.html",
        form=form,
        action=action,
        words=words_of(record),
        back=address_of(action),
    ), form.status


@blueprint.route(
    f"{ADDRESS}/examine-again",
    access=Access(Permission.DECIDE_ASSURANCE, of=get_action),
    methods=["GET", "POST"],
)
def examine_again(action: Action) -> Any:
    """Say that what was accepted in earlier records stands, or open it again."""
    record = record_of(action.id)
    is_accepted = record is not None and record.read_as == Reading.ACCEPTED
    closed = why_not_examined(is_accepted, action.assurance, action.standing)
    if record is None or (closed and request.method == "GET"):
        raise Refused(closed or "")
    form = ExamineForm(version=str(action.version))
    form.needs_date = needs_new_date(facts_of(action), clock.today())
    if form.is_submitted() and form.attempt_on(
        action,
        lambda: examine(
            viewer(), action, form.outcome.data, form.reason.data, form.seen_version, form.due_on.data
        ),
    ):
        stands = form.outcome.data == Outcome.STANDS
        told = "It stands." if stands else f"It is open again. {who_hears(Kind.REOPENED, action)}"
        flash(f"{action.reference} is examined again. {told}", "success")
        return redirect(url_for("assurance.to_examine"))
    return render_template(
        "assurance/earlier/examine.html",
        form=form,
        action=action,
        words=words_of(record),
        row=list_one(action, clock.today(), g.board.thresholds),
        evidence=list_evidence(action),
        files=list_files(action),
        kind_names=EVIDENCE_KIND_NAMES,
        before=list_reexaminations(action.id),
        back=address_of(action),
    ), form.status


@blueprint.route("/examining-again", access=Access(Permission.READ_ACTION))
def to_examine() -> Any:
    """Show how many of the actions accepted in earlier records have been examined again, by agency."""
    return render_template("assurance/earlier/index.html", counts=count_to_examine(visible_action(viewer())))
