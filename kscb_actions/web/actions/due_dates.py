"""Due dates, decided by somebody outside the agency."""

from typing import Any

from flask import flash, g, redirect, render_template, request
from wtforms.validators import ValidationError

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Refused, may
from kscb_actions.actions.extensions import change_due_date, open_request
from kscb_actions.actions.extensions import decide_extension as decide
from kscb_actions.actions.listing import list_one
from kscb_actions.actions.models import Action, Extension, facts_of
from kscb_actions.actions.queries import get_action, get_extension, list_extensions
from kscb_actions.actions.rating import legend
from kscb_actions.actions.rules import is_open
from kscb_actions.audit.service import StaleEdit
from kscb_actions.chasing.news.rules import Kind
from kscb_actions.text import clean_text
from kscb_actions.web.news import who_hears
from kscb_actions.web.shared.forms import DayField, HouseForm, radios, save_button, text_area
from kscb_actions.web.shared.guard import Access, viewer
from kscb_actions.web.shared.navigation import address_of

from . import blueprint
from .action import AddingForm

AGREE, REFUSE = "agree", "refuse"


NO_REASON = "Say why, for the agency and for the record."


class DueDateForm(AddingForm):
    """A new due date, given from outside the agency."""

    due_on = DayField("New due date", missing="Enter the new due date.")
    reason = text_area("Why is it changed?", "The agency sees the reason, and it stays with the action.")
    submit = save_button("Change the due date")

    def validate_reason(self, field: object) -> None:
        """Ask for the reason together with an unreadable date, so that nothing is refused in two steps."""
        if self.due_on.data is None and not clean_text(self.reason.data or "").strip():
            raise ValidationError(NO_REASON)


class DecideExtensionForm(HouseForm):
    """The answer to a request for more time."""

    answer = radios(
        "Do you agree to the new date?",
        [(AGREE, "Agree: the due date moves"), (REFUSE, "Refuse: the due date stays")],
        "Either way the first due date stays in sight.",
    )
    reason = text_area("Why?", "The agency sees the reason, and it stays with the action.")
    submit = save_button("Save the decision")

    def validate_answer(self, field: object) -> None:
        """Ask for one of the two to be chosen."""
        if self.answer.data not in (AGREE, REFUSE):
            raise ValidationError("Choose whether you agree to the new date.")

    def validate_reason(self, field: object) -> None:
        """Ask for the reason together with a missing answer, so that nothing is refused in two steps."""
        if not clean_text(self.reason.data or "").strip():
            raise ValidationError(NO_REASON)


ADDRESS = "/reviews/<reference>/actions/<int:number>"


@blueprint.route(
    f"{ADDRESS}/due-date", access=Access(Permission.DECIDE_EXTENSION, of=get_action), methods=["GET", "POST"]
)
def due_date(action: Action) -> Any:
    """Give an action a new due date, with the reason; the first one stays."""
    form = DueDateForm(version=str(action.version))
    if form.validate_on_submit() and form.attempt_on(action, lambda: _change(action, form)):
        told = who_hears(Kind.MORE_TIME, action)
        flash(f"The due date of {action.reference} is changed. {told}", "success")
        return redirect(address_of(action))
    return _page("actions/due_date.html", _as_kept(action), form), form.status


@blueprint.route(
    f"{ADDRESS}/more-time/<int:extension_id>",
    access=Access(Permission.DECIDE_EXTENSION, of=get_extension),
    methods=["GET", "POST"],
)
def decide_extension(extension: Extension) -> Any:
    """Agree to more time or refuse it, with the reason."""
    if extension.state != "asked":
        return _decided_page(extension)
    if extension.asked_by_id == viewer().id:
        raise Refused("Somebody else has to decide what you asked for.")
    form = DecideExtensionForm(version=str(extension.version))
    if form.validate_on_submit():
        agreed = form.answer.data == AGREE
        try:
            if form.attempt(lambda: decide(viewer(), extension, agreed, form.reason.data, form.seen_version)):
                said = "agreed" if agreed else "refused"
                told = who_hears(Kind.MORE_TIME, extension.action, extension.asked_by_id)
                flash(f"More time for {extension.action.reference} is {said}. {told}", "success")
                return redirect(address_of(extension.action))
        except StaleEdit:
            return _decided_page(extension)
    return _page("actions/decide_extension.html", _as_kept(extension.action), form, extension=extension)


def _change(action: Action, form: DueDateForm) -> None:
    due_on: Any = form.due_on.data
    change_due_date(viewer(), action, due_on, form.reason.data, form.seen_version)


def _decided_page(extension: Extension) -> Any:
    action = _as_kept(extension.action)
    extensions = list_extensions(action)
    page = render_template(
        "actions/extension_decided.html",
        action=action,
        extension=next(each for each in extensions if each.id == extension.id),
        extensions=extensions,
        typed=request.form.get("reason", ""),
    )
    return page, 409 if request.method == "POST" else 200


def _page(template: str, action: Action, form: Any, **more: Any) -> str:
    return render_template(
        template,
        form=form,
        action=action,
        row=list_one(action, clock.today(), g.board.thresholds),
        is_open=is_open(facts_of(action)),
        extensions=list_extensions(action),
        request_waiting=open_request(action),
        can_correct=bool(may(viewer(), Permission.EDIT_ACTION)),
        legend=legend(g.board.thresholds),
        **more,
    )


def _as_kept(action: Action) -> Action:
    # A change that failed has left its values on the row that was read; the page shows what is kept.
    if request.method == "GET":
        return action
    return get_action(viewer(), action.review.reference, action.number) or action
