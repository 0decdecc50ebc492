"""A file that is no plan, or a hostile one, is refused with a sentence that says what and where."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from kscb_actions.plans_in.reading import service
from kscb_actions.plans_in.reading.delimited import read_csv
from kscb_actions.plans_in.reading.service import read_path
from kscb_actions.plans_in.rules import read_plan
from kscb_actions.plans_in.tables import NotRead, Source
from tests.files.corpus_ole import locked_office
from tests.foundation import confined_work
from tests.long import amount

from .layouts import DIRECTORY, TODAY, inspection_plan, multi_agency_review
from .made import changed, excel, word
from .test_layouts import read

HEAD = ["Recommendation", "Action", "Lead agency", "Target date"]
ROW = ["Share minutes.", "Send them", "Kent Police", "1 May 2012"]
DOCUMENT, SHEET = "word/document.xml", "xl/worksheets/sheet1.xml"


def refusal(path: Path) -> str:
    """Return the sentence with which a file is refused as a whole; "" where a plan is read."""
    try:
        read_plan(read_path(path), DIRECTORY, TODAY)
    except NotRead as wrong:
        return wrong.sentence
    return ""


@pytest.fixture
def read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read files in this process, which begins no other for each of them."""
    monkeypatch.setattr(service, "run_confined", lambda work, *told, loads, limits: work(*told))


def kept(tmp_path: Path, name: str, content: bytes) -> Path:
    """Return the path of a file with this content."""
    path = tmp_path / name
    path.write_bytes(content)
    return path


def bomb() -> bytes:
    """Return a document whose table unpacks to a thousand times its size."""
    blank = b"<w:p><w:r><w:t>" + b" " * 1_000_000 + b"</w:t></w:r></w:p>"
    return changed(
        word([HEAD, ROW]), DOCUMENT, lambda xml: xml.replace(b"<w:sectPr", blank * 90 + b"<w:sectPr")
    )


def with_macros() -> bytes:
    """Return a workbook with a part of macros."""
    package = io.BytesIO(excel([HEAD, ROW]))
    with zipfile.ZipFile(package, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1macros")
    return package.getvalue()


def locked() -> bytes:
    """Return the beginning of what Word keeps where a document is locked with a password (MS-OFFCRYPTO)."""
    return locked_office()


def entity(xml: bytes) -> bytes:
    """Return XML that asks for a file of the machine."""
    told = b'<!DOCTYPE w [<!ENTITY secret SYSTEM "file:///etc/hostname">]>'
    start = xml.index(b"?>") + 2
    return xml[:start] + told + xml[start:].replace(b"Share minutes.", b"&secret;")


OTHER = [
    ["No.", "Recommendation", "RAG rating", "Comments"],
    ["1", "Share minutes.", "Green", "Well on the way"],
]
BAD: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "empty": ("plan.docx", lambda: b"", "“plan.docx” is empty"),
    "cut short": ("plan.xlsx", lambda: excel([HEAD, ROW])[:3000], "damaged|cut short"),
    "locked": ("plan.docx", locked, "password"),
    "macros": ("plan.xlsx", with_macros, "holds macros"),
    "another kind": ("plan.docx", lambda: excel([HEAD, ROW]), "is really an Excel workbook"),
    "text by another name": (
        "plan.xlsx",
        lambda: b"Recommendation,Action,Lead\n1,2,3\n",
        "does not hold an Excel workbook. Use a Word document",
    ),
    "no plan's kind": ("plan.pdf", lambda: b"%PDF-1.4 no", "damaged|no table that can be read"),
    "an old kind": ("plan.doc", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", r"Save it as \.docx"),
    "no table": ("plan.docx", word, "There is no table in the document"),
    "no headings": (
        "plan.docx",
        lambda: word([["Document", "Plan"], ["Date", "May"]]),
        "table 1 begins with “Document”, “Plan”.*Recommendation or Action",
    ),
    "two candidates": (
        "plan.docx",
        lambda: word([HEAD, ROW], OTHER),
        "More than one table.*table 1 has “Recommendation”, “Action”.*table 2 has “No.”.*Say which",
    ),
    "a bomb": ("plan.docx", bomb, "unpacks to far more"),
    "an entity": (
        "plan.docx",
        lambda: changed(word([HEAD, ROW]), DOCUMENT, entity),
        "defines words of its own in its XML",
    ),
    "broken XML": (
        "plan.docx",
        lambda: changed(word([HEAD, ROW]), DOCUMENT, lambda xml: xml[:-40]),
        "damaged or cut short",
    ),
    "no text": ("plan.csv", lambda: b"\x00\x01\x02\x03" * 20, "is not plain text"),
    "empty sheets": ("plan.xlsx", lambda: excel([]), "of a plan: sheet Sheet1 is empty"),
    "only blanks": ("plan.csv", lambda: b" , , \n , , \n", "There is nothing in it"),
}  # fmt: skip


@pytest.mark.usefixtures("read_here")
@pytest.mark.parametrize("which", BAD)
def test_a_bad_file_is_refused_in_a_sentence(which: str, tmp_path: Path) -> None:
    name, make, expected = BAD[which]
    said = refusal(kept(tmp_path, name, make()))
    assert re.search(expected, said) and said.endswith(".") and "Traceback" not in said


def test_a_good_file_is_read_where_nothing_can_be_trusted(tmp_path: Path) -> None:
    for made in (multi_agency_review(), inspection_plan()):
        assert refusal(kept(tmp_path, f"plan.{made.kind}", made.content)) == ""
    pasted = "\t".join(HEAD) + "\n" + "\t".join(ROW)
    source = read_path(kept(tmp_path, "Pasted table.txt", pasted.encode()))
    assert len(read_plan(source, DIRECTORY, TODAY).recommendations) == 1


def test_a_file_that_takes_too_long_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "LIMITS", service.Limits(seconds=0.5))
    monkeypatch.setattr(service, "read_tables", confined_work.hang)
    assert "it was stopped" in refusal(kept(tmp_path, "plan.xlsx", excel([HEAD, ROW])))


def test_the_chosen_one_of_two_tables_is_read() -> None:
    content = word([HEAD, ROW], OTHER)
    plan = read(content, "docx", chosen=("table 2",))
    assert [each.number for each in plan.recommendations] == ["1"]
    both = read(content, "docx", chosen=("table 1", "table 2"))
    assert [each.text for each in both.recommendations] == ["Share minutes.", "Share minutes."]
    with pytest.raises(NotRead, match="There is no “table 3” in the file. It has “table 1”, “table 2”"):
        read(content, "docx", chosen=("table 3",))


def test_cells_without_text_are_named_with_their_place() -> None:
    rows = [
        ["No", *HEAD],
        ["1", '=CONCATENATE("Share"," minutes")', *ROW[1:]],
        ["2", "Share notes.", '=HYPERLINK("x")', "Kent Police", "soon"],
    ]
    plan = read(excel(("Plan", rows)), "xlsx")
    assert {each.place: (each.problem[:17], each.stops) for each in plan.problems} == {
        "sheet Plan, B2": ("This is a formula", True),
        "sheet Plan, C3": ("This is a formula", True),
        "sheet Plan, E3": ("No date can be re", False),
    }
    assert [each.text for each in plan.recommendations] == ["", "Share notes."]


def test_a_number_that_excel_turned_into_a_date_is_not_believed() -> None:
    plan = read(excel(("Plan", [["No", *HEAD], [date(2012, 3, 4), *ROW], ["4.4", *ROW]])), "xlsx")
    [problem] = plan.stopped_by
    assert (
        problem.place == "sheet Plan, A2"
        and "turned this number into a date, 4 March 2012" in problem.problem
    )


@pytest.mark.parametrize("number", ["01-Feb", "1 February", "Feb-10", "01/02/2012", "2012-02-01 00:00:00"])
@pytest.mark.parametrize("kind", ["csv", "txt", "docx"])
def test_nor_is_the_date_that_excel_wrote_into_text(number: str, kind: str) -> None:
    rows = [["#", *HEAD], [number, *ROW], ["1.3", "Share notes.", *ROW[1:]]]
    parts = "," if kind == "csv" else "\t"
    text = "\n".join(parts.join(row) for row in rows).encode()
    plan = read(word(rows) if kind == "docx" else text, kind)
    [problem] = plan.stopped_by
    place = "table 1, row 2, column 1" if kind == "docx" else "row 2, column 1"
    assert (problem.place, problem.said) == (place, number)
    assert f"turned this number into a date, {number}. Type it again" in problem.problem


def test_numbers_that_look_a_little_like_dates_are_numbers() -> None:
    numbers = ["1.2", "1/2", "3-1", "2012-1", "MAR1", "R1-12", "12 a"]
    plan = read(
        excel(("Plan", [["No", *HEAD], *([each, f"Do {each}", *ROW[1:]] for each in numbers)])), "xlsx"
    )
    assert not plan.problems
    assert [each.number for each in plan.recommendations] == numbers


def test_a_date_that_a_workbook_keeps_as_text_is_one_too() -> None:
    content = changed(
        excel(("Plan", [["No", *HEAD], [7, *ROW]])),
        SHEET,
        lambda xml: re.sub(rb'<c r="A2"[^>]*><v>7</v>', b'<c r="A2" t="d"><v>2012-02-01T00:00:00</v>', xml),
    )
    [problem] = read(content, "xlsx").stopped_by
    assert "into a date, 2012-02-01" in problem.problem


def test_a_failed_formula_is_no_text() -> None:
    content = changed(
        excel(("Plan", [HEAD, [*ROW[:1], 7, *ROW[2:]]])),
        SHEET,
        lambda xml: re.sub(rb'<c r="B2"[^>]*><v>7</v>', b'<c r="B2" t="e"><f>A9</f><v>#REF!</v>', xml),
    )
    plan = read(content, "xlsx")
    assert [(each.place, each.problem) for each in plan.stopped_by] == [
        ("sheet Plan, B2", "This is a formula that failed (#REF!). Type the text.")
    ]


def test_many_columns_rows_and_blanks_are_no_hindrance() -> None:
    wide = [f"Column {number}" for number in range(296)]
    rows = [[], [*HEAD, *wide], [*ROW, *(["x"] * 296)]]
    assert [each.text for each in read(excel(("Plan", rows)), "xlsx").actions] == ["Send them"]

    def endless(xml: bytes) -> bytes:
        empty = b"".join(
            b'<row r="%d" spans="1:9"/>' % number for number in range(10, amount(50_000, 1_000_000))
        )
        return xml.replace(b"</sheetData>", empty + b"</sheetData>")

    plan = read(changed(excel(("Plan", [HEAD, ROW])), SHEET, endless), "xlsx")
    assert [each.text for each in plan.actions] == ["Send them"]


def test_hidden_sheets_are_passed_over_and_named() -> None:
    content = excel(
        ("Plan", [HEAD, ROW]), ("Old plan", [HEAD, ROW]), change=lambda book: book.worksheets()[1].hide()
    )
    plan = read(content, "xlsx")
    assert len(plan.recommendations) == 1
    assert [each.place for each in plan.problems] == ["sheet Old plan"]


def test_a_plan_beyond_all_measure_is_refused() -> None:
    with pytest.raises(NotRead, match="more than a plan does"):
        read_plan(_read_csv(b"Recommendation,Lead\n" + b"a,b\n" * 200_001), DIRECTORY)


def _read_csv(content: bytes) -> Source:
    return read_csv(io.BytesIO(content))
