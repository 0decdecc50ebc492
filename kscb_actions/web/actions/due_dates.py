"""Due dates, decided by somebody outside the agency."""

from datetime import date
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from wtforms.validators import StopValidation, ValidationError

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Refused, may
from kscb_actions.actions.extensions import change_due_date, give_another_date, given_instead, open_request
from kscb_actions.actions.extensions import decide_extension as decide
from kscb_actions.actions.listing import list_one
from kscb_actions.actions.models import Action, Extension, facts_of
from kscb_actions.actions.queries import (
    WaitingRequest,
    get_action,
    get_extension,
    last_update,
    list_extensions,
    list_requests_to_decide,
)
from kscb_actions.actions.rating import legend
from kscb_actions.actions.rules import PROGRESS_NAMES, is_open, why_not_granted
from kscb_actions.assurance.queries import list_evidence, list_files
from kscb_actions.assurance.rules import EVIDENCE_KIND_NAMES
from kscb_actions.audit.queries import last_event
from kscb_actions.audit.service import StaleEdit
from kscb_actions.chasing.news.rules import Kind
from kscb_actions.text import clean_text
from kscb_actions.web.news import who_hears
from kscb_actions.web.shared.forms import (
    DayField,
    HouseForm,
    actor_of,
    came_first,
    radios,
    reason_area,
    save_button,
)
from kscb_actions.web.shared.guard import Access, viewer
from kscb_actions.web.shared.navigation import address_of
from kscb_actions.wording import date_uk, plural

from . import blueprint
from .action import AddingForm

AGREE, OTHER, REFUSE = "agree", "other", "refuse"


NO_REASON = "Say why, for the agency and for the record."
CHANGED = "Look at them as they are now, then save again."


class DueDateForm(AddingForm):
    """A new due date, given from outside the agency."""

    due_on = DayField("New due date", missing="Enter the new due date.")
    reason = reason_area("Why is it changed?", "The agency sees the reason, and it stays with the action.")
    submit = save_button("Change the due date")

    def validate_reason(self, field: object) -> None:
        """Ask for the reason together with an unreadable date, so that nothing is refused in two steps."""
        if self.due_on.data is None and not clean_text(self.reason.data or "").strip():
            raise ValidationError(NO_REASON)


class DecideExtensionForm(HouseForm):
    """The answer to a request for more time."""

    answer = radios(
        "What do you decide?",
        [
            (AGREE, "Grant it: the due date moves to the date asked for"),
            (OTHER, "Grant another date"),
            (REFUSE, "Refuse it: the due date stays"),
        ],
        "Whatever you decide, the first due date stays in sight.",
    )
    due_on = DayField(
        "Which other date?",
        called="The other date",
        description="Only to grant another date: in the future, and later than the due date now.",
    )
    reason = reason_area("Why?", "The agency sees the reason, and it stays with the action.")
    submit = save_button("Save the decision")

    def offer(self, is_open: bool, can_grant: bool) -> None:
        """Take away the answers that cannot be given any more."""
        gone = {AGREE} if is_open else {AGREE, OTHER}
        if not can_grant:
            self.answer.choices = [each for each in self.answer.choices if each.value not in gone]
        if not is_open:
            del self.due_on

    @property
    def other_date(self) -> date | None:
        """Return the other date that is to be granted; None where it is not asked for, or not given."""
        return self.due_on.data if self.answer.data == OTHER and "due_on" in self else None

    def validate_answer(self, field: object) -> None:
        """Ask for one of them to be chosen."""
        if self.answer.data not in {each.value for each in self.answer.choices}:
            raise ValidationError("Choose what you decide.")

    def validate_due_on(self, field: Any) -> None:
        """Ask for the other date where it is to be granted, and for none otherwise."""
        if self.answer.data in (AGREE, REFUSE):
            field.errors = []
            raise StopValidation
        if self.answer.data == OTHER and field.data is None and not field.errors:
            raise ValidationError("Enter the date that you grant.")

    def validate_reason(self, field: object) -> None:
        """Ask for the reason together with what else is missing, so that nothing is refused in two steps."""
        if self.other_date is None and not clean_text(self.reason.data or "").strip():
            raise ValidationError(NO_REASON)


ADDRESS = "/reviews/<reference>/actions/<int:number>"


@blueprint.route(
    f"{ADDRESS}/due-date", access=Access(Permission.DECIDE_EXTENSION, of=get_action), methods=["GET", "POST"]
)
def due_date(action: Action) -> Any:
    """Give an action a new due date, with the reason; the first one stays."""
    form = DueDateForm(version=str(action.version))
    if form.is_submitted() and form.attempt_on(action, lambda: _change(action, form)):
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
    """Grant more time, until the date asked for or another, or refuse it; then lead on to the next."""
    if extension.state != "asked":
        return _decided_page(extension)
    if extension.asked_by_id == viewer().id:
        raise Refused("Somebody else has to decide what you asked for.")
    form = DecideExtensionForm(version=str(extension.version))
    form.offer(is_open(facts_of(extension.action)), _why_not_granted(extension) is None)
    if form.is_submitted():
        try:
            if form.carried_out(lambda: _decide(extension, form)):
                return _to_the_next(extension, form)
        except StaleEdit:
            return _after_somebody_else(extension, form)
    return _decide_page(extension, form)


def _after_somebody_else(extension: Extension, form: DecideExtensionForm) -> Any:
    now = Extension.get_by_id(extension.id)
    if now.state != "asked":
        return _decided_page(extension)
    extension.action, form.version.data = _as_kept(extension.action), str(now.version)
    event = last_event(extension.action)
    form.form_errors.append(f"{came_first(actor_of(event), 'changed its dates')} {CHANGED}")
    return _decide_page(extension, form), 409


def _why_not_granted(extension: Extension) -> str | None:
    return why_not_granted(facts_of(extension.action), extension.asked_due_on, clock.today())


def _decide(extension: Extension, form: DecideExtensionForm) -> None:
    if other := form.other_date:
        give_another_date(viewer(), extension, other, form.reason.data, form.seen_version)
    else:
        decide(viewer(), extension, form.answer.data == AGREE, form.reason.data, form.seen_version)


def _to_the_next(extension: Extension, form: DecideExtensionForm) -> Any:
    action, other = extension.action, form.other_date
    said = f"granted until {date_uk(other or extension.asked_due_on)}"
    if form.answer.data == REFUSE:
        said = "refused"
    told = f"More time for {action.reference} is {said}. "
    told += who_hears(Kind.MORE_TIME, action, extension.asked_by_id)
    left = list_requests_to_decide(viewer(), extension)
    if not left:
        flash(told, "success")
        return redirect(url_for("home.attention"))
    waits = plural(len(left), "more request waits", "more requests wait")
    flash(f"{told} {waits} for your decision: this is the next.", "success")
    return redirect(_address_of_request(left[0]))


def _address_of_request(waiting: WaitingRequest) -> str:
    return url_for(
        "actions.decide_extension",
        reference=waiting.reference,
        number=waiting.number,
        extension_id=waiting.id,
    )


def _decide_page(extension: Extension, form: DecideExtensionForm) -> str:
    action = extension.action = _as_kept(extension.action)
    left = list_requests_to_decide(viewer(), extension)
    return _page(
        "actions/decide_extension.html",
        action,
        form,
        extension=extension,
        refusal=_why_not_granted(extension),
        update=last_update(action),
        evidence=[each for each in list_evidence(action) if each.withdrawn_at is None],
        files=list_files(action),
        can_open_files=bool(may(viewer(), Permission.READ_EVIDENCE, action.owners)),
        kind_names=EVIDENCE_KIND_NAMES,
        progress_names=PROGRESS_NAMES,
        left=left,
        next_address=_address_of_request(left[0]) if left else None,
    )


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
        given=given_instead(extensions),
        typed=request.form.get("reason", ""),
    )
    return page, 409 if request.method == "POST" else 200


def _page(template: str, action: Action, form: Any, **more: Any) -> str:
    extensions = list_extensions(action)
    return render_template(
        template,
        form=form,
        action=action,
        row=list_one(action, clock.today(), g.board.thresholds),
        is_open=is_open(facts_of(action)),
        extensions=extensions,
        given=given_instead(extensions),
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
