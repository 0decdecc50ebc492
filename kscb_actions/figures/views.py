"""The tables of child deaths, for the panel: with every number, or as published; and taken away as CSV."""

from collections.abc import Mapping
from typing import Any

from flask import Response, render_template, request, url_for

from .. import clock
from ..access.guard import Access, viewer
from ..access.policy import Permission
from ..database import reading
from ..people.again_views import asked_again
from ..reports.content import Report, Section
from ..reports.screen import shown
from ..templating import changed_address
from .blueprint import blueprint
from .csv_file import csv_of
from .drawing import blocks_of, caption_of, is_wide
from .forms import TablesForm, tables_form
from .queries import years
from .service import record_export
from .tables import CountTable
from .tally import NAMES, Basis
from .year import live_tables, published_year

READ = Access(Permission.READ_FIGURES)


@blueprint.route("/child-death-tables", access=READ)
def index() -> Any:
    """The tables of a year, each with its chart; and the way to the year's report."""
    form = _form(request.args)
    with reading():
        tables = _tables(form)
    return _page(form, tables)


@blueprint.route("/child-death-tables.csv", access=READ, methods=["GET", "POST"])
def as_csv() -> Any:
    """The same tables as a CSV file, for who types their password again."""
    form = _form(request.values)
    return asked_again(
        "these tables as CSV",
        back=changed_address(url_for("figures.index"), (), dict(form.asked)),
        answer=lambda: _csv(form),
    )


def _csv(form: TablesForm) -> Any:
    with reading():
        tables = _tables(form)
    if not tables:
        return _page(form, tables)
    record_export(viewer(), {"as": "csv", **dict(form.asked)})
    file = Response(csv_of(tables), mimetype="text/csv; charset=utf-8")
    name = f"child-death-tables-{form.basis.data}-{form.year.data}.csv"
    file.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return file


def _page(form: TablesForm, tables: list[tuple[str, CountTable]]) -> str:
    sections = shown(_as_report(tables), request.args) if tables else ()
    is_empty = not form.year.choices
    return render_template("figures/index.html", form=form, sections=sections, is_empty=is_empty)


def _form(sent: Mapping[str, Any]) -> TablesForm:
    basis = Basis.DIED if sent.get("basis") == Basis.DIED else Basis.REVIEWED
    return tables_form(sent, years(viewer(), basis))


def _tables(form: TablesForm) -> list[tuple[str, CountTable]]:
    """(caption, table) of what is asked for; none when the form now says what is wrong."""
    found: dict[str, CountTable] = {}
    if form.year.choices and form.validate():
        form.attempt(lambda: found.update(_found(form)))
    basis = Basis(form.basis.data) if found else Basis.REVIEWED
    return [(caption_of(basis, form.year.data, code), table) for code, table in found.items()]


def _found(form: TablesForm) -> dict[str, CountTable]:
    basis, code = Basis(form.basis.data), form.table.data
    if form.publication.data:
        papers = published_year(viewer(), form.year.data, more=True).papers
        tables = {each: table for (of, each), table in papers.items() if of is basis}
    else:
        tables = live_tables(viewer(), basis, form.year.data)
    return {each: tables[each] for each in NAMES if each in tables and code in ("", each)}


def _as_report(tables: list[tuple[str, CountTable]]) -> Report:
    sections = tuple(
        Section(caption, blocks_of(caption, table), landscape=is_wide(table)) for caption, table in tables
    )
    return Report("Tables", "", "", (), (), clock.today(), None, sections)
