"""What all forms share: fields, the seen version, errors of services, two differing texts."""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, ClassVar

from flask import request
from flask_login import current_user
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import (
    GovCharacterCount,
    GovCheckboxesInput,
    GovCheckboxInput,
    GovRadioInput,
    GovSelect,
    GovSubmitInput,
    GovTextInput,
)
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice

from kscb_actions.access.policy import Refused
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.queries import last_event
from kscb_actions.audit.service import StaleEdit, rehearsal
from kscb_actions.terms import Terms, in_force, say
from kscb_actions.text import LONGEST, LONGEST_REASON, InvalidInput, clean_text, whole_number
from kscb_actions.wording import date_uk

from .days import DayField as DayField
from .once import new_token

YOU = "You"
# Of the longest text, in per cent.
COUNTED_FROM = 75

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Difference:
    """One field whose saved value is not what was typed."""

    label: str
    theirs: str
    yours: str


@dataclass(frozen=True)
class Conflict:
    """Somebody saved first: what differs from it, who saved, and when. For conflict_panel.

    `can_save`: saving once more puts one's own in its place; otherwise theirs stays.
    """

    fields: list[Difference]
    who: str
    at: datetime | None
    can_save: bool = True


def came_first(actor_id: int | None, did: str = "changed this") -> str:
    """Return who was first, and with what: somebody else, or the reader in another window of theirs."""
    if actor_id is not None and actor_id == current_user.viewer.id:
        return f"You {did} in another window."
    return f"Somebody else {did} first."


def who_saved(event: AuditEvent | None) -> str:
    """Return the post of whose event it is, or YOU for the reader."""
    if event is None:
        return "Somebody else"
    return YOU if event.actor_id == current_user.viewer.id else str(event.actor_name)


def actor_of(event: AuditEvent | None) -> int | None:
    """Return the id of whose event it is; None where there is none."""
    return event.actor_id if event else None


class HouseForm(FlaskForm):
    """A form that carries the version of what it edits and takes the errors of services.

    `takes_files` names the fields in which files are expected. `conflict` is None until `attempt` finds that
    somebody else saved first.
    """

    class Meta(FlaskForm.Meta):
        """Reads a field from the form's texts alone, whatever a post calls a file."""

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Return what was posted, files in the form's own file fields only."""
            posted = super().wrap_formdata(form, formdata)
            if posted is None or posted is formdata:
                return posted
            files = [
                (name, file) for name, file in request.files.items(multi=True) if name in form.takes_files
            ]
            return MultiDict([*request.form.items(multi=True), *files])

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Field:
            """Return the field in the board's words: what stands at a class is the product's own text."""
            return said(super().bind_field(form, unbound_field, options))

    takes_files: ClassVar[tuple[str, ...]] = ()
    version = HiddenField()
    once = HiddenField()
    conflict: Conflict | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Drawn anew each time: what was posted is read by `once` alone.
        self.once.data = new_token()

    @property
    def status(self) -> int:
        """Return the HTTP status of the page with this form again: 409 when somebody else saved first."""
        return 409 if self.conflict else 200

    @property
    def seen_version(self) -> int:
        """Return the version the person had before them; 0, which fits none, when missing or no number."""
        return whole_number(self.version.data if self.version.raw_data else None) or 0

    def attempt(
        self,
        operation: Callable[[], Any],
        theirs: Callable[[Any], Mapping[str, Any]] | None = None,
    ) -> bool:
        """Run a service operation; put what it refuses beside the fields. True when it was done.

        InvalidInput goes to its fields, and to the form where there is no such field; Refused to the form.
        `theirs` makes {field name: value} from the row as it is now: with it a StaleEdit becomes `conflict`,
        what was typed stays, and saving once more overwrites knowingly. Without it StaleEdit is raised.
        """
        try:
            operation()
        except StaleEdit as stale:
            if theirs is None:
                raise
            self.conflict = conflict(self, stale, theirs(stale.current))
            return False
        except InvalidInput as wrong:
            for name, message in wrong.errors.items():
                self._show_error(name, message)
            return False
        except Refused as refusal:
            self.form_errors.append(str(refusal))
            return False
        return True

    def carried_out(
        self,
        operation: Callable[[], Any],
        theirs: Callable[[Any], Mapping[str, Any]] | None = None,
    ) -> bool:
        """Run a service operation when the form was sent and each field is right: see `attempt`.

        Where a field is wrong in itself, it is tried and not kept, so that all that is wrong is said at once.
        """
        if self.validate_on_submit():
            return self.attempt(operation, theirs)
        if self.is_submitted() and not self.takes_files:
            self.find_more(operation)
        return False

    def find_more(self, operation: Callable[[], Any]) -> None:
        """Find out what the service refuses beside the fields that are wrong already, and change nothing."""
        unknown = [each for each in self if each.errors and isinstance(each, SelectField)]
        typed = {each: each.data for each in unknown}
        for each in unknown:
            each.data = [] if isinstance(each, SelectMultipleField) else ""
        try:
            with rehearsal():
                operation()
        except InvalidInput as wrong:
            self.add_errors(wrong.errors)
        except Exception as stopped:
            # What is wrong already may stop it anywhere, and is said beside its field.
            log.debug("a form with errors was tried as far as %s", type(stopped).__name__)
        finally:
            for each, data in typed.items():
                each.data = data

    def overtaken(self, event: AuditEvent | None, theirs: Mapping[str, Any]) -> None:
        """Show what somebody else did first, by its event, beside what was typed; theirs stays as it is."""
        self.form_errors.append(
            f"{came_first(actor_of(event), 'did this')} That stays; what you typed is not saved."
        )
        self.conflict = _conflict(self, event, theirs, can_save=False)

    def add_errors(self, problems: Mapping[str, str]) -> None:
        """Add these messages to the fields that have none yet."""
        for name, message in problems.items():
            if name not in self or not self[name].errors:
                self._show_error(name, message)

    def _show_error(self, name: str, message: str) -> None:
        if name in self:
            self[name].errors = [*self[name].errors, message]
        else:
            self.form_errors.append(message)


def conflict(form: HouseForm, stale: StaleEdit, theirs: Mapping[str, Any]) -> Conflict:
    """Return both texts of each field that differs, and make the form ready to overwrite the other's change.

    `theirs` is {field name: value as it is saved now}. Who saved it, and when, is the trail's to say.
    """
    current = stale.current
    form.version.data = str(current.version)
    event = last_event(current)
    form.form_errors.append(f"{came_first(actor_of(event))} Compare the two texts, then save again.")
    return _conflict(form, event, theirs)


def _conflict(
    form: HouseForm, event: AuditEvent | None, theirs: Mapping[str, Any], can_save: bool = True
) -> Conflict:
    differences = [
        Difference(
            form[name].label.text.removesuffix(" (optional)"),
            _shown(form[name], value),
            _shown(form[name], form[name].data),
        )
        for name, value in theirs.items()
        if name in form and name != "version"
    ]
    return Conflict(
        [each for each in differences if each.theirs != each.yours],
        who_saved(event),
        event.at if event else None,
        can_save,
    )


def _shown(field: Field, value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, date):
        return date_uk(value)
    if isinstance(field, SelectField):
        names = {choice.value: choice.label for choice in field.choices or []}
        values = value if isinstance(value, list | tuple) else [value]
        return ", ".join(names.get(str(each), str(each or "")) for each in values)
    return clean_text(str(value or ""))


def said(field: Field) -> Field:
    """Return a field that has just been made with its label, hint and choices in the board's words."""
    if in_force() == Terms():
        return field
    field.label.text, field.description = say(field.label.text), say(field.description)
    if isinstance(field, SelectField) and field.choices:
        field.choices = [replace(each, label=say(each.label)) for each in field.choices]
    return field


def text_line(label: str, hint: str = "") -> StringField:
    """Return a field for one line of text. The service limits its length."""
    return StringField(label, description=hint, widget=GovTextInput(), filters=[_never_none])


class CountedText(GovCharacterCount):
    """A text area that says how many characters are left once three quarters of them are used."""

    def __init__(self, longest: int = LONGEST) -> None:
        super().__init__()
        self.longest = longest

    def map_gov_params(self, field: Field, **kwargs: Any) -> dict[str, Any]:
        """Add the longest text that is taken, and from what share of it on the count shows."""
        params = super().map_gov_params(field, **kwargs)
        most = f"At most {self.longest:,} characters."
        return {
            **params,
            "maxlength": self.longest,
            "threshold": COUNTED_FROM,
            "textareaDescriptionText": most,
        }


def text_area(label: str, hint: str = "") -> TextAreaField:
    """Return a field for several lines of text. The service limits its length; near that its count shows."""
    return TextAreaField(label, description=hint, widget=CountedText(), filters=[_never_none])


def reason_area(label: str, hint: str = "") -> TextAreaField:
    """Return a field for a reason, which is shorter than what an agency tells."""
    widget = CountedText(LONGEST_REASON)
    return TextAreaField(label, description=hint, widget=widget, filters=[_never_none])


def radios(label: str, choices: Iterable[tuple[str, str]] = (), hint: str = "") -> RadioField:
    """Return a choice of one of several, all in sight; none or an unknown one is for the service to judge."""
    return RadioField(
        label,
        description=hint,
        widget=GovRadioInput(),
        choices=options(choices),
        validate_choice=False,
        filters=[_chosen],
    )


def select(
    label: str,
    choices: Iterable[tuple[str, str]] = (),
    hint: str = "",
    wrong: str | None = "Choose from the list.",
) -> SelectField:
    """Return a choice of one of many; `wrong` is the message for one not listed (None: the service's)."""
    return SelectField(
        label,
        description=hint,
        widget=GovSelect(),
        choices=options(choices),
        validate_choice=wrong is not None,
        invalid_choice_message=wrong,
        filters=[_chosen],
    )


def checkboxes(label: str, choices: Iterable[tuple[str, str]] = (), hint: str = "") -> SelectMultipleField:
    """Return tick boxes: any number of several."""
    return SelectMultipleField(
        label,
        description=hint,
        widget=GovCheckboxesInput(),
        choices=options(choices),
        invalid_choice_message="Choose from the list. It has changed since you opened the page.",
    )


def checkbox(label: str, hint: str = "") -> BooleanField:
    """Return one tick box: yes or no."""
    return BooleanField(label, description=hint, widget=GovCheckboxInput())


def options(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    """Return (value, words) pairs as the choices of a field."""
    return [SelectChoice(str(value), words) for value, words in pairs]


def _never_none(value: str | None) -> str:
    return value or ""


def _chosen(value: str | None) -> str:
    """Return the value of a choice without what no text may hold: PostgreSQL does not even compare a NUL."""
    return clean_text(value or "")


def save_button(text: str = "Save") -> SubmitField:
    """Return the one button of a form."""
    return SubmitField(text, widget=GovSubmitInput())
