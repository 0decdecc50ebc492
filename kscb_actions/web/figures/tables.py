"""Pages of the tables, for the panel: with every number, or as published; and exported as CSV."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Response, g, render_template, request, url_for

from kscb_actions import clock
from kscb_actions.access.policy import Permission, may
from kscb_actions.child_deaths.cases.queries import sees_every_death
from kscb_actions.database import reading
from kscb_actions.figures.annual.models import IssuedReport
from kscb_actions.figures.annual.service import record_export
from kscb_actions.figures.annual.year import NOT_FOR_RELEASE, issued_tables, live_tables
from kscb_actions.figures.counting.queries import years
from kscb_actions.figures.counting.tally import NAMES, Basis
from kscb_actions.figures.disclosure.marks import Printed
from kscb_actions.figures.disclosure.tables import Conditions, CountTable, conditions_of
from kscb_actions.figures.printing.blocks import blocks_of, caption_of, is_wide
from kscb_actions.figures.printing.csv_file import csv_of
from kscb_actions.reports.content import Report, Section
from kscb_actions.text import InvalidInput
from kscb_actions.web.people.reauthentication import reauthenticated
from kscb_actions.web.reports.screen import shown
from kscb_actions.web.shared.guard import Access, viewer
from kscb_actions.web.shared.templating import changed_address

from . import blueprint
from .forms import TablesForm, tables_form

READ = Access(Permission.READ_FIGURES, is_paper=True)
# The axes by which the list of cases can be narrowed, and what its address calls them.
_FILTERS = {
    "died": "year",
    "reviewed": "reviewed",
    "category": "category",
    "modifiable": "modifiable",
    "expected": "expected",
    "age": "age",
    "sex": "sex",
    "district": "district",
    "place": "place",
}


@dataclass
class RequestedTables:
    """Hold the tables asked for, by their captions, and the issued report that they are of, if they are."""

    tables: dict[str, CountTable] = field(default_factory=dict)
    issued: IssuedReport | None = None


@blueprint.route("/child-death-tables", access=READ)
def index() -> Any:
    """Show the tables of a year, each with its chart; and the way to the year's report."""
    form = _form(request.args)
    return _page(form, _asked(form))


@blueprint.route("/child-death-tables.csv", access=READ, methods=["GET", "POST"])
def as_csv() -> Any:
    """Send the same tables as a CSV file, once the password has been typed again."""
    form = _form(request.values)
    return reauthenticated(
        "these tables as CSV",
        back=changed_address(url_for("figures.index"), (), dict(form.asked)),
        answer=lambda: _csv(form),
    )


def _csv(form: TablesForm) -> Any:
    found = _asked(form)
    if not found.tables:
        return _page(form, found)
    record_export(viewer(), {"as": "csv", **dict(form.asked)})
    told = [g.board.notice, found.issued.title if found.issued else NOT_FOR_RELEASE]
    file = Response(
        csv_of(found.tables.items(), ". ".join(filter(None, told))), mimetype="text/csv; charset=utf-8"
    )
    what = f"as-issued-edition-{found.issued.number}" if found.issued else "not-for-release"
    name = f"child-death-tables-{what}-{form.basis.data}-{form.year.data}.csv"
    file.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return file


def _page(form: TablesForm, found: RequestedTables) -> str:
    report = _as_report(found.tables)
    return render_template(
        "figures/index.html",
        form=form,
        report=report,
        sections=list(shown(report, request.args)),
        links=_links(found.tables) if not form.publication.data and sees_every_death(viewer()) else None,
        issued=found.issued,
        not_for_release=NOT_FOR_RELEASE,
        is_empty=not form.year.choices,
        may_issue=bool(may(viewer(), Permission.ISSUE_FIGURES)),
    )


def _links(tables: Mapping[str, CountTable]) -> dict[str, list[list[tuple[str, str] | None]]]:
    """Return, by caption, for each cell the address of the cases it counts, and what it counts in words."""

    def address_and_words(found: tuple[dict[str, str], str] | None) -> tuple[str, str] | None:
        return (changed_address(url_for("deaths.index"), (), found[0]), found[1]) if found else None

    return {
        caption: [list(map(address_and_words, line)) for line in case_filters(table, caption)]
        for caption, table in tables.items()
    }


def _form(sent: Mapping[str, Any]) -> TablesForm:
    basis = Basis.DIED if sent.get("basis") == Basis.DIED else Basis.REVIEWED
    return tables_form(sent, years(viewer(), basis))


def _asked(form: TablesForm) -> RequestedTables:
    """Return what is asked for; nothing when the form now says what is wrong."""
    found: list[RequestedTables] = []
    if form.year.choices and form.validate():
        form.attempt(lambda: found.append(_found(form)))
    return found[0] if found else RequestedTables()


def _found(form: TablesForm) -> RequestedTables:
    basis, year = Basis(form.basis.data), form.year.data
    issued = None
    with reading():
        if form.publication.data:
            issued, tables = issued_tables(viewer(), basis, year)
        else:
            tables = live_tables(viewer(), basis, year)
    wanted = [code for code in NAMES if code in tables and form.table.data in ("", code)]
    if issued and not wanted:
        raise InvalidInput({"table": "The report of this year was issued without this table."})
    return RequestedTables({caption_of(basis, year, code): tables[code] for code in wanted}, issued)


def _as_report(tables: Mapping[str, CountTable]) -> Report:
    sections = tuple(
        Section(caption, blocks_of(caption, table), landscape=is_wide(table))
        for caption, table in tables.items()
    )
    return Report("Tables", "", "", (), (), clock.today(), None, sections)


def case_filters(table: CountTable, caption: str) -> list[list[tuple[dict[str, str], str] | None]]:
    """Return for each cell, line by line, the totals last, the filter of the list of cases, and its words.

    The words are read after the number: “deaths, Female: Deaths in 2011-12 by sex”. None where nothing is
    counted, or the list cannot be filtered so.
    """
    labels = [*(row.label for row in table.rows), "All"]
    titles = [f", {title}" if table.columns_by else "" for title in table.columns]
    found = []
    for label, keys, line in zip(labels, conditions_of(table), table.lines(), strict=False):
        cells = zip(titles, keys, line, strict=True)
        found.append([_case_filter(key, cell, f"{label}{title}: {caption}") for title, key, cell in cells])
    return found


def _case_filter(conditions: Conditions, cell: Printed, words: str) -> tuple[dict[str, str], str] | None:
    if not cell or any(axis not in _FILTERS for axis, _ in conditions):
        return None
    asked = {_FILTERS[axis]: code for axis, code in sorted(conditions)}
    return asked, f"{'death' if cell == 1 else 'deaths'}, {words}"
