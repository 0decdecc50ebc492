"""A report written and read back is the same to the last cell, and draws the same page and paper."""

import io
import json
from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from kscb_actions.figures.annual import serialisation
from kscb_actions.figures.annual.year import headline
from kscb_actions.figures.counting.tally import Basis
from kscb_actions.figures.disclosure import axes
from kscb_actions.figures.disclosure.tables import build_table, printed_quantities, quantity
from kscb_actions.reports.content import (
    Bullets,
    Cell,
    Chart,
    Column,
    Facts,
    Group,
    Numbered,
    Paragraph,
    Report,
    Section,
    Series,
    Table,
)
from kscb_actions.reports.kept.serialisation import write_text
from kscb_actions.reports.word.paper import write_docx
from tests.figures.disclosure.alone import publish

from ...long import amount

TEXT = st.text(max_size=12)
TEXTS = st.lists(TEXT, max_size=3).map(tuple)
PAIRS = st.lists(st.tuples(TEXT, TEXT), max_size=3).map(tuple)
CELLS = st.one_of(TEXT, st.builds(Cell, TEXT, st.sampled_from([None, "blue", "red"])))
COLUMN = st.builds(Column, TEXT, st.integers(5, 90), st.sampled_from(["start", "end"]))


@st.composite
def tables(draw: st.DrawFn) -> Table:
    columns = draw(st.lists(COLUMN, min_size=1, max_size=3).map(tuple))
    row = st.lists(CELLS, min_size=len(columns), max_size=len(columns)).map(tuple)
    rows = draw(st.lists(st.one_of(row, st.builds(Group, TEXT, st.just(2))), max_size=4).map(tuple))
    return Table(draw(TEXT), columns, rows, draw(TEXT))


@st.composite
def charts(draw: st.DrawFn) -> Chart:
    categories = draw(TEXTS)
    values = st.lists(st.integers(0, 99), min_size=len(categories), max_size=len(categories)).map(tuple)
    series = st.builds(Series, TEXT, st.just("blue"), values)
    return Chart(draw(TEXT), draw(TEXT), categories, draw(st.lists(series, max_size=2).map(tuple)))


BLOCK = st.one_of(
    tables(),
    charts(),
    st.builds(Paragraph, TEXT),
    st.builds(Bullets, TEXTS),
    st.builds(Numbered, TEXTS),
    st.builds(Facts, PAIRS),
)
SECTION = st.builds(Section, TEXT, st.lists(BLOCK, max_size=3).map(tuple), st.integers(1, 3), st.booleans())
REPORT = st.builds(
    Report,
    TEXT,
    TEXT,
    TEXT,
    PAIRS,
    TEXTS,
    st.dates(date(1990, 1, 1), date(2090, 1, 1)),
    st.one_of(st.none(), st.dates(date(1990, 1, 1), date(2090, 1, 1))),
    st.lists(SECTION, max_size=3).map(tuple),
    TEXT,
)


def with_rows(report: Report) -> Report:
    """Return a report that was read with its rows read, too."""

    def read(block: object) -> object:
        return replace(block, rows=tuple(block.rows)) if isinstance(block, Table) else block

    sections = (replace(each, blocks=tuple(map(read, each.blocks))) for each in report.sections)
    return replace(report, sections=tuple(sections))


@settings(max_examples=amount(150), deadline=None)
@given(REPORT)
def test_what_is_read_is_what_was_written(report: Report) -> None:
    assert with_rows(serialisation.read_report(write_text(report))) == report
    assert write_text(serialisation.read_report(write_text(report))) == write_text(report)


def test_rows_that_come_as_they_are_asked_for_are_kept_as_they_came() -> None:
    rows = (("a", Cell("b", "red")), ("c", "d"))
    lazy = Table("Caption", (Column("One", 20), Column("Two", 20)), list(rows))
    report = Report("Title", "", "", (), (), date(2012, 3, 31), None, (Section("Heading", (lazy,)),))
    read = serialisation.read_report(write_text(report))
    assert tuple(read.sections[0].blocks[0].rows) == rows  # type: ignore[union-attr]
    published = [io.BytesIO(), io.BytesIO()]
    for each, out in zip((report, read), published, strict=True):
        write_docx(each, out)
    assert published[0].getvalue() == published[1].getvalue()


def test_a_report_that_was_stored_as_one_object_is_read() -> None:
    cell = {"is": "Cell", "text": "Red", "colour": "red"}
    table = {"is": "Table", "caption": "C", "columns": [], "rows": [["a", cell]], "empty": ""}
    section = {"is": "Section", "heading": "H", "blocks": [table], "level": 1, "landscape": False}
    day = {"is": "date", "day": "2012-03-31"}
    stored = {"is": "Report", "title": "T", "marking": "", "organisation": "", "header": [], "asked": []}
    stored |= {"as_at": day, "since": None, "sections": [section]}
    report = serialisation.read_report(json.dumps(stored, ensure_ascii=False))
    assert report.as_at == date(2012, 3, 31)
    assert report.sections[0].blocks[0].rows == (("a", Cell("Red", "red")),)  # type: ignore[union-attr]


def test_a_report_issued_under_the_first_names_of_the_classes_is_read() -> None:
    axis = {"is": "Axis", "code": "sex", "title": "Sex", "labels": [["female", "Female"]], "holds": "one"}
    rows = [{"is": "Row", "label": "Female", "cells": [7], "code": "female"}]
    table = {"is": "CountTable", "columns": ["Deaths"], "rows": rows, "totals": [7]}
    table |= {"of": {"is": "set", "of": [["reviewed", "2011-12"]]}, "rows_by": axis, "columns_by": None}
    table |= {"column_codes": [], "has_sum": False}
    stored = json.dumps([[table, table]])
    (counts, paper), *_ = serialisation.read_counts(stored)
    assert counts.as_dict()["rows"] == [{"label": "Female", "cells": [7]}]
    assert serialisation.write_counts([(counts, paper)]) == stored


def test_the_numbers_of_a_table_are_kept_beside_what_was_printed() -> None:
    of = quantity(("reviewed", "2011-12"))
    table = build_table({("female", None): 2, ("male", None): 7}, axes.SEX, of=of)  # type: ignore[arg-type]
    pairs = [(table, publish(table)), headline(Basis.REVIEWED, "2011-12", 9)]
    read = serialisation.read_counts(serialisation.write_counts(pairs))
    assert printed_quantities(read) == printed_quantities(pairs)
    for (counts, paper), (before, printed) in zip(read, pairs, strict=True):
        assert (counts.as_dict(), paper.as_dict()) == (before.as_dict(), printed.as_dict())
