"""The one place where the Jinja environment is shaped: loaders, filters and the words dates are shown in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from govuk_frontend_wtf.main import WTFormsHelpers, wtforms_errors
from jinja2 import BaseLoader, ChoiceLoader, Environment, PackageLoader, PrefixLoader, pass_environment
from markupsafe import Markup, escape

from .text import REPORTING_YEAR

if TYPE_CHECKING:
    from flask import Flask

LONDON = ZoneInfo("Europe/London")


def date_uk(day: date | None, missing: str = "no date") -> str:
    """A local date as people write it: `31 March 2012`; `missing` when there is none."""
    return f"{day.day} {day:%B %Y}" if day else missing


def date_short(day: date | None, missing: str = "no date") -> str:
    """A local date for narrow columns: `31 Mar 2012`; `missing` when there is none."""
    return f"{day.day} {day:%b %Y}" if day else missing


def instant_uk(instant: datetime | None, missing: str = "never") -> str:
    """An instant in Europe/London words: `31 March 2012 at 9:05am`; `missing` when there is none.

    An instant without a zone is taken as UTC, which is how instants are stored. Noon and midnight are
    written as words, as the GOV.UK style guide asks.
    """
    if instant is None:
        return missing
    local = (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(LONDON)
    return f"{date_uk(local.date())} at {_time_uk(local)}"


def _time_uk(local: datetime) -> str:
    if local.minute == 0 and local.hour in (0, 12):
        return "midday" if local.hour else "midnight"
    minutes = f":{local:%M}" if local.minute else ""
    return f"{local.hour % 12 or 12}{minutes}{'pm' if local.hour >= 12 else 'am'}"


def plural(count: int, one: str, many: str | None = None) -> str:
    """A count with its noun: `1 action`, `1,204 actions`, `2 agencies` (`many` where adding s is wrong)."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def years_kept(text: str) -> Markup:
    """A text in which no line breaks at the hyphen of a reporting year, like 2011-12. It is escaped."""
    first, *rest = REPORTING_YEAR.split(text)
    pieces = zip(rest[::3], rest[1::3], rest[2::3], strict=True)
    years = [Markup('<span class="app-nowrap">{}-{}</span>{}').format(*piece) for piece in pieces]
    return escape(first) + Markup().join(years)


def changed_address(path: str, query: Iterable[tuple[str, str]], changes: dict[str, Any]) -> str:
    """`path` with its query changed: a value of None takes the name out, a list gives it several times.

    Names that are not in `changes` are kept in their order, those with several values too.
    """
    kept = [(name, value) for name, value in query if name not in changes]
    for name, value in changes.items():
        values = value if isinstance(value, list | tuple) else [value]
        kept += [(name, str(each)) for each in values if each is not None]
    return f"{path}?{urlencode(kept)}" if kept else path


@pass_environment
def here(environment: Environment, **changes: Any) -> str:
    """The address of the page being drawn, with changes to its query (see `changed_address`).

    This is how sorted columns, pages and filters stay in the address bar: `here(page=2)`.
    """
    request: Any = environment.globals["request"]
    return changed_address(request.script_root + request.path, request.args.items(multi=True), changes)


def error_list(form: Any) -> list[dict[str, str]]:
    """The errors of a WTForms form for the error summary; what belongs to no field gets no link."""
    listed = wtforms_errors(form)["errorList"] if form and form.errors else []
    return [each if each["href"].strip("#") else {"text": each["text"]} for each in listed]


def configure_templates(app: Flask) -> None:
    """Gives `app` the component packages, the filters and the form helpers every template relies on."""
    own: BaseLoader | None = app.jinja_loader
    packages = PrefixLoader(
        {
            "govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja"),
            "govuk_frontend_wtf": PackageLoader("govuk_frontend_wtf"),
        }
    )
    app.jinja_loader = ChoiceLoader([own, packages] if own else [packages])
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(date_uk=date_uk, date_short=date_short, instant_uk=instant_uk, plural=plural)
    app.jinja_env.filters["years_kept"] = years_kept
    app.add_template_global(here)
    app.add_template_global(error_list)
    WTFormsHelpers(app)
