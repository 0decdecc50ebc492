"""A date as a field of a form: three boxes, of which the first takes a whole date as people write them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from govuk_frontend_wtf.wtforms_widgets import GovDateInput
from markupsafe import Markup
from wtforms import Field
from wtforms.validators import StopValidation, ValidationError

from kscb_actions import clock
from kscb_actions.dates_written import Written, read_date, read_parts
from kscb_actions.text import one_line, whole_number
from kscb_actions.wording import date_uk

PARTS = ("day", "month", "year")
HOW = "For example, 27 3 2012, or 27 March 2012 in the first box."
_ASKED = Markup('<input type="hidden" name="{}" value="{}">')


class Question(str):
    """A message that asks whether what was read is right, where nothing is wrong."""

    __slots__ = ()


class ThreeBoxes(GovDateInput):
    """The date input of the design system: marks the wrong boxes, and carries what was asked about."""

    def map_gov_params(self, field: Any, **kwargs: Any) -> dict[str, Any]:
        """Fill three boxes, whatever a post brings; the error link leads to the first that is wrong."""
        asked = field.asked
        if field.raw_data is not None:
            field.raw_data = [*map(str, field.raw_data), "", "", ""][:3]
        params = super().map_gov_params(field, **kwargs)
        params["id"] = f"{field.id}-group"
        wrong = field.wrong_parts if field.errors else ()
        for part, item in zip(PARTS, params["items"], strict=True):
            item["id"] = f"{field.id}-{part}"
            item["classes"] = item["classes"].replace(" govuk-input--error", "")
            if part in wrong:
                item["classes"] += " govuk-input--error"
        params["items"][PARTS.index(wrong[0]) if wrong else 0]["id"] = field.id
        params["items"][0]["classes"] += " app-whole-date"
        if field.has_hint:
            own = (params.get("hint") or {}).get("text", "")
            params["hint"] = {"text": f"{own} {HOW}".strip()}
        if field.errors and isinstance(field.errors[0], Question):
            params["errorMessage"]["visuallyHiddenText"] = "Check"
        if asked:
            params["formGroup"] = {"afterInputs": {"html": _ASKED.format(field.name, asked)}}
        return params


class DayField(Field):
    """A local date typed as day, month and year, or whole in one box.

    Empty is None, unless `missing` says what to enter. `called` is what messages call it, where the label is
    a question: several dates may stand on a page. What was not written as a plain date, or can be meant
    otherwise, is shown as it is read and taken when it comes again; the words then come with it as a fourth
    value (`asked`). With `asks` false it is taken at once: for what only shows something. `has_hint` is false
    where many dates stand together.
    """

    widget = ThreeBoxes()
    data: date | None

    def __init__(
        self,
        label: str,
        missing: str = "",
        called: str = "",
        asks: bool = True,
        has_hint: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, **kwargs)
        self.missing = missing
        self.called = called or label.removesuffix(" (optional)")
        self.asks, self.has_hint = asks, has_hint
        self.asked = ""
        self.wrong_parts: Sequence[str] = PARTS
        self._written: Written | None = None
        self._message: str | Question = ""

    def _value(self) -> str:
        return ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed; what is wrong with it, or to be asked of it, is said on validation."""
        self.data = self._written = None
        self.asked, self._message, self.wrong_parts = "", "", PARTS
        day, month, year, asked = (one_line(str(each)) for each in [*valuelist, "", "", "", ""][:4])
        boxes = (day, month, year)
        filled = [(part, box) for part, box in zip(PARTS, boxes, strict=True) if box]
        if not filled:
            return
        is_whole = len(filled) == 1 and whole_number(filled[0][1], 4) is None
        if len(filled) < 3 and not is_whole:
            self.wrong_parts = [part for part, box in zip(PARTS, boxes, strict=True) if not box]
            self._message = f"{self.called} must include a {' and '.join(self.wrong_parts)}."
            return
        today = clock.today()
        written = read_date(filled[0][1], today) if is_whole else read_parts(day, month, year, today)
        if written.on is None:
            self.wrong_parts = [filled[0][0]] if is_whole else written.wrong_parts
            self._message = f"{self.called}: {why_no_day(written)}"
            return
        self._take(written, asked, is_whole)

    def _take(self, written: Written, asked: str, is_whole: bool) -> None:
        self._written = written
        if asked and read_date(asked).on == written.on:
            self.asked = asked
        elif self.asks and (written.doubt or not written.is_plain):
            self._message = Question(f"{self.called}: {_as_read(written)} Save again if that is right.")
            return
        self.data = written.on
        if is_whole or not self.asks:
            self._show_reading()

    @property
    def written_as(self) -> str:
        """Return the words in which the date was written, where they name a period; "" for one day."""
        return self.asked if self.data and not read_date(self.asked).is_exact else ""

    def pre_validate(self, form: Any) -> None:
        """Say what is wrong, what is missing, or how it is read where that is to be looked at first."""
        if isinstance(self._message, Question) and self._written:
            self.asked, self.wrong_parts = self._written.words, ()
            self._show_reading()
        if self._message:
            raise ValidationError(self._message)
        if self.data is None and self.missing:
            raise StopValidation(self.missing)

    def _show_reading(self) -> None:
        """Put the date as it is read into the boxes, and keep what was asked about beside them."""
        if self._written and (on := self._written.on):
            self.raw_data = [str(on.day), str(on.month), str(on.year), *([self.asked] if self.asked else [])]


def why_no_day(written: Written) -> str:
    """Return why something that was typed as a date is none, for the reader."""
    return written.problem or f"“{written.words}” gives no date. Leave it empty where there is none."


def _as_read(written: Written) -> str:
    """Return a sentence or two with the date as it is read, and what is doubtful about it."""
    day = date_uk(written.on)
    read = "" if day in written.doubt else f"“{written.words}” is read as {day}."
    return f"{read} {written.doubt}".strip()
