"""Pages of cases: the list, one case, a new one, its facts, and its encrypted date of birth."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from flask import flash, redirect, render_template, url_for

from kscb_actions import clock
from kscb_actions.access.policy import Permission, may
from kscb_actions.child_deaths import terms
from kscb_actions.child_deaths.cases import births
from kscb_actions.child_deaths.cases.history import whole_case
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.cases.narrowing import ANY, NOT_YET
from kscb_actions.child_deaths.cases.queries import (
    SORTS,
    STATES,
    DeathFilter,
    ListedDeath,
    counted_districts,
    list_deaths,
    list_years,
    near_duplicates,
)
from kscb_actions.child_deaths.cases.rules import KeptAge
from kscb_actions.child_deaths.cases.service import edit_death, open_birth, problems_with_case, record_death
from kscb_actions.child_deaths.particulars.service import asks_particulars
from kscb_actions.child_deaths.returns.queries import RETURNS, overdue_returns
from kscb_actions.child_deaths.visibility import get_death, get_recorded_death
from kscb_actions.figures.annual.correcting import reports_counting
from kscb_actions.pages import every_page
from kscb_actions.settings.districts import read_districts
from kscb_actions.settings.rules import BESIDE
from kscb_actions.spreadsheets.rules import Column, Value
from kscb_actions.web.downloads import Taken, downloadable
from kscb_actions.web.people.reauthentication import reauthenticated
from kscb_actions.web.shared.asked import (
    Choice,
    Sort,
    asked_for,
    choice,
    in_force,
    page_number,
    sort_of,
    without_empty,
)
from kscb_actions.web.shared.guard import Access, viewer
from kscb_actions.wording import date_short, date_uk

from . import death_pages
from .forms import DeathForm
from .keeping.in_error import show_in_error

LONGEST_SEARCH = 60
BOTH = ["GET", "POST"]
REVIEWED = {NOT_YET: "Not yet complete", ANY: "Any year"}
EDIT = Access(Permission.RECORD_DEATH, of=get_death)
ONE = "/deaths/<int:death_id>"
# Where nothing has been said yet, “not known” is the honest answer.
NOTHING_SAID = dict.fromkeys(
    (
        "looked_after",
        "protection_plan",
        "statutory_order",
        "asylum_seeking",
        "rapid_response",
        "inquest",
        "criminal",
    ),
    "not_known",
)
FIELDS = tuple(field.name for field in fields(DeathFilter) if field.name != "today")


def age_words(death: ChildDeath) -> str:
    """Return a case's age as it is kept, in words."""
    return KeptAge(death.age_number, death.age_unit).words


def _state(row: ListedDeath) -> Value:
    words = STATES[row.state]
    if row.state == "decided":
        return f"{words} {date_short(row.death.reviewed_on)}"
    return f"{words}, {date_short(row.panel_on)}" if row.panel_on else words


COLUMNS = (
    Column("Case", lambda row: row.death.case_number),
    Column("Died", lambda row: row.death.died_on, 14),
    Column("Age", lambda row: age_words(row.death)),
    Column("Expected or not", lambda row: terms.EXPECTED.get(row.death.expected, row.death.expected), 24),
    Column("Notified", lambda row: row.death.notified_on, 14),
    Column("Agency returns", lambda row: f"{row.answered} of {row.asked}" if row.asked else "None asked"),
    Column("State", _state, 34),
)


@death_pages.route("/deaths", access=Access(Permission.READ_DEATH))
def index() -> Any:
    """List the cases this person may see, filtered, sorted and paged as the address says."""
    if tidier := without_empty():
        return tidier
    asked, choices = asked_for(LONGEST_SEARCH), _choices()
    sort = sort_of(asked, SORTS, Sort("died", "descending"))
    return render_template(
        "child_deaths/cases/index.html",
        page=list_deaths(viewer(), _filters(asked), sort.key, sort.is_descending, page_number(asked)),
        asked=asked,
        sort=sort,
        choices=choices,
        applied=_applied(asked, choices),
        overdue=[each.death_id for each in overdue_returns(viewer(), clock.today())],
        may_record=may(viewer(), Permission.RECORD_DEATH),
        **WORDS,
    )


@downloadable(death_pages, "/deaths", "index", Access(Permission.READ_DEATH), "child_deaths")
def taken() -> Taken:
    """Return the same list to be taken away: the cases that this person may see, and no other."""
    asked, person = asked_for(LONGEST_SEARCH), viewer()
    sort = sort_of(asked, SORTS, Sort("died", "descending"))
    pages = every_page(
        lambda number: list_deaths(person, _filters(asked), sort.key, sort.is_descending, number)
    )
    return Taken(
        "Cases", COLUMNS, (each for page in pages for each in page.rows), _applied(asked, _choices())
    )


def _applied(asked: dict[str, str], choices: list[Choice]) -> list[dict[str, str]]:
    words = [each.in_words(asked.get(each.name, "")) for each in choices]
    return in_force(asked, [("q", f"Case number: {asked.get('q', '')}"), *words])


@death_pages.route("/deaths/new", access=Access(Permission.RECORD_DEATH), methods=BOTH)
def new() -> Any:
    """Record a case. Cases that could be the same child are shown first."""
    form, made = DeathForm(data={"notified_on": clock.today(), **NOTHING_SAID}), []
    form.offer(read_districts().offered())
    if _is_done(form, ChildDeath(), lambda: made.append(_record(form))):
        flash(f"Case {made[0].case_number} is recorded. Now ask the agencies what they know.", "success")
        return redirect(url_for("deaths.ask", death_id=made[0].id))
    duplicates = near_duplicates(viewer(), form.facts) if form.is_another.errors else []
    return render_template("child_deaths/cases/new.html", form=form, duplicates=duplicates, **WORDS)


@death_pages.route(ONE, access=Access(Permission.READ_DEATH, of=get_recorded_death))
def show(death: ChildDeath) -> Any:
    """Show one case: facts, returns, panels, decisions, and for the co-ordinator next steps and history."""
    if death.void_as:
        return show_in_error(death)
    return render_template(
        "child_deaths/cases/show.html",
        death=death,
        whole=whole_case(viewer(), death, clock.today()),
        may_record=may(viewer(), Permission.RECORD_DEATH),
        of_2018=asks_particulars(death),
        has_birth=bool(death.sealed_birth) and births.are_kept(),
        today=clock.today(),
        **WORDS,
    )


@death_pages.route(f"{ONE}/edit", access=EDIT, methods=BOTH)
def edit(death: ChildDeath) -> Any:
    """Correct a case's facts."""
    form = DeathForm(data=DeathForm.filled(death))
    form.offer(read_districts().offered(death.district))
    counted = reports_counting(death.id)
    if _is_done(form, death, lambda: _edit(form, death)):
        flash(f"The case is saved. {counted.after}".rstrip(), "success")
        return redirect(url_for("deaths.show", death_id=death.id))
    number = ChildDeath.get_by_id(death.id).case_number
    return render_template(
        "child_deaths/cases/edit.html", form=form, death=death, number=number, reports=counted.before, **WORDS
    ), form.status


@death_pages.route(f"{ONE}/birth", access=EDIT, methods=BOTH)
def birth(death: ChildDeath) -> Any:
    """Show the encrypted date of birth, after the password has been typed again."""
    back = url_for("deaths.show", death_id=death.id)
    if not (death.sealed_birth and births.are_kept()):
        flash("No date of birth is kept for this case.", "important")
        return redirect(back)
    what = f"the date of birth of case {death.case_number}"
    return reauthenticated(what, back, lambda: _birth_page(death), does="Open")


def _filters(asked: Mapping[str, str]) -> DeathFilter:
    typed = {field: asked.get("q" if field == "words" else field, "") for field in FIELDS}
    return DeathFilter(**typed, today=clock.today())


def _choices() -> list[Choice]:
    """Return the filters of the list."""
    reviewed, categories = list_years(viewer(), ChildDeath.reviewed_on), terms.CATEGORIES.items()
    return [
        choice("state", "State", STATES),
        choice("year", "Year of death", {year: year for year in list_years(viewer())}),
        choice("reviewed", "Year of review", REVIEWED | {year: year for year in reviewed}),
        choice("expected", "Expected or not", terms.EXPECTED),
        choice("category", "Category of death", {str(code): f"{code} {name}" for code, name in categories}),
        choice("modifiable", "Modifiable factors", terms.MODIFIABLE_NAMES | terms.PREVENTABLE_NAMES),
        choice("age", "Age at death", terms.AGE_BANDS),
        choice("sex", "Sex", terms.SEXES),
        choice("district", "District", {**counted_districts(), **BESIDE}),
        choice("place", "Place of death", terms.PLACES),
        choice("returns", "Agency returns", RETURNS),
    ]


WORDS: dict[str, Any] = {"terms": terms, "states": STATES, "age_words": age_words}


def _is_done(form: DeathForm, death: ChildDeath, operation: Callable[[], Any]) -> bool:
    """Return whether it was sent, valid, and done; otherwise the form has all that is wrong at once."""
    if form.validate_on_submit():
        return form.attempt(operation, DeathForm.filled)
    if form.is_submitted():
        form.add_errors(problems_with_case(death, form.facts, form.date_of_birth.data))
    return False


def _record(form: DeathForm) -> ChildDeath:
    facts = form.facts
    seen = form.has_seen(near_duplicates(viewer(), facts))
    return record_death(viewer(), facts, seen, form.date_of_birth.data)


def _edit(form: DeathForm, death: ChildDeath) -> ChildDeath:
    return edit_death(viewer(), death, form.facts, form.seen_version, form.date_of_birth.data)


def _birth_page(death: ChildDeath) -> Any:
    born_on = open_birth(viewer(), death)
    born_on_words = date_uk(born_on) if born_on else ""
    return render_template("child_deaths/cases/birth.html", death=death, born_on_words=born_on_words)
