"""Groups among the rows of a table, in the Word file."""

import io
from datetime import date

import docx
from docx.oxml.ns import qn

from kscb_actions.reports.content import Column, Group, Report, Section, Table

from .test_word import written


def test_a_group_is_a_heading_with_a_table_of_its_own() -> None:
    columns = (Column("Ref", 30), Column("Rating", 30))
    rows = (Group("Police"), ("A1", "Red"), ("A2", "Red"), Group("Health", 3), ("A3", "Blue"))
    table = Table("By agency", columns, rows)
    sections = (Section("Actions", (table,)), Section("After", ()))
    paper = docx.Document(io.BytesIO(written(Report("T", "", "", (), (), date(2012, 3, 31), None, sections))))
    headings = [(p.style.name, p.text) for p in paper.paragraphs if p.style.name.startswith("Heading")]
    assert headings == [
        ("Heading 1", "Actions"),
        ("Heading 2", "Police"),
        ("Heading 3", "Health"),
        ("Heading 1", "After"),
    ]
    texts = [[[cell.text for cell in row.cells] for row in table.rows] for table in paper.tables]
    header = ["Ref", "Rating"]
    assert texts == [[header, ["A1", "Red"], ["A2", "Red"]], [header, ["A3", "Blue"]]]
    names = [table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val")) for table in paper.tables]
    assert names == ["Police", "Health"]
    assert all(p.text != "By agency" for p in paper.paragraphs)
