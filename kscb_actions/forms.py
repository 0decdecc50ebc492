"""What every form of the house shares: a date in three boxes, the seen version, and errors from services."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovDateInput, GovSubmitInput
from wtforms import Field, HiddenField, SubmitField
from wtforms.validators import StopValidation

from .access.policy import Refused
from .text import InvalidInput


class ThreeBoxes(GovDateInput):
    """The date input of the design system, whatever number of values a post brings."""

    def map_gov_params(self, field: Any, **kwargs: Any) -> dict[str, Any]:
        """Pad or cut what was typed to three boxes; the error link leads to the first of them."""
        if field.raw_data is not None:
            field.raw_data = [*map(str, field.raw_data), "", "", ""][:3]
        params = super().map_gov_params(field, **kwargs)
        params["id"] = f"{field.id}-group"
        params["items"][0]["id"] = field.id
        return params


class DayField(Field):
    """A local date typed as day, month and year. Empty is None, unless `missing` says what to enter."""

    widget = ThreeBoxes()

    def __init__(self, label: str, missing: str = "", **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.missing = missing

    def _value(self) -> str:
        return ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the three boxes; raises ValueError with a sentence for the reader."""
        self.data = None
        boxes = [box.strip() for box in [*valuelist, "", "", ""][:3]]
        if any(boxes):
            self.data = _read_day(boxes)

    def pre_validate(self, form: Any) -> None:
        """Say what is missing where a date is needed."""
        if self.data is None and self.missing and not self.process_errors:
            raise StopValidation(self.missing)


def _read_day(boxes: list[str]) -> date:
    for box, name in zip(boxes, ("day", "month", "year"), strict=True):
        if not box:
            raise ValueError(f"The date must include a {name}.")
        if not (box.isascii() and box.isdigit()):
            raise ValueError(f"The {name} must be a number.")
    day, month, year = (int(box) if len(box) < 6 else 99_999 for box in boxes)
    if not 1900 <= year <= 2100:
        raise ValueError("The year must have four digits, like 2012.")
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError("This is not a real date. Check the day and the month.") from None


class HouseForm(FlaskForm):
    """A form that carries the version of what it edits and takes the errors of services."""

    version = HiddenField()

    @property
    def seen_version(self) -> int:
        """The version the person had in front of them; 0, which fits nothing, when it was tampered with."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0

    def attempt(self, operation: Callable[[], Any]) -> bool:
        """Run a service operation; put what it refuses beside the fields. True when it was done.

        InvalidInput goes to its fields, and to the form where there is no such field; Refused to the form.
        StaleEdit is the view's to show, both texts side by side.
        """
        try:
            operation()
        except InvalidInput as wrong:
            for name, message in wrong.errors.items():
                self._say(name, message)
            return False
        except Refused as refusal:
            self.form_errors.append(str(refusal))
            return False
        return True

    def _say(self, name: str, message: str) -> None:
        if name in self:
            self[name].errors = [*self[name].errors, message]
        else:
            self.form_errors.append(message)


def save_button(text: str = "Save") -> SubmitField:
    """The one button of a form."""
    return SubmitField(text, widget=GovSubmitInput())
