"""How fast and how lean a Word report is, as ratios within one run.

`python tests/bench/bench_word.py` prints each figure with its target and exits 1 when one is missed.
CPU seconds are compared, the best of several turns, so that other work on the machine disturbs little.
"""

import io
import math
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import BinaryIO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

import docx
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from kscb_actions.reports.content import Cell, Column, Report, Row, Section, Table
from kscb_actions.reports.word.paper import write_docx

MANY, FEW, NAIVE = 20_000, 1_000, 2_000
RAW_TARGET, NAIVE_TARGET, MEMORY_TARGET = 1.5, 30, 1.15
COLUMNS = (
    Column("Ref", 30),
    Column("Recommendation", 45),
    Column("Action", 45),
    Column("Agency", 30),
    Column("Due", 20),
    Column("Rating and reason", 32),
    Column("Progress", 38),
    Column("Evidence", 27),
)
RATINGS = (
    ("red", "C52F2F", "FFFFFF", "Red: overdue by {} days"),
    ("amber", "FFBF47", "0B0C0C", "Amber: due in {} days and not submitted"),
    ("green", "00703C", "FFFFFF", "Green: on course, updated {} days ago"),
    ("blue", "1D70B8", "FFFFFF", "Blue: accepted by the Board {} days ago"),
)
FILLS = {"grey": ("D5D8DA", "0B0C0C")} | {colour: (fill, ink) for colour, fill, ink, _ in RATINGS}


class Actions:
    """`count` rows of an action table, made as they are asked for; every third has more than one line."""

    def __init__(self, count: int) -> None:
        self.count = count

    def __iter__(self) -> Iterator[Row]:
        for number in range(self.count):
            colour, _, _, words = RATINGS[number % len(RATINGS)]
            more = "\nThen repeat the audit & tell the subgroup." if number % 3 == 0 else ""
            yield (
                f"SCR-{2008 + number % 5}-{number % 40:02}/A{number}",
                f"{number % 9 + 1}. Agencies known to family {number} should share what they hold beforehand",
                f"Audit {number % 30 + 5} files in each quarter and report what was found{more}",
                f"Agency number {number % 17} of the county",
                f"{number % 28 + 1} March 2012",
                Cell(words.format(number % 200), colour),
                f"In progress: {number % 101}% of staff – trained since the last meeting{more}",
                f"{number % 4} items: minutes, dip sample" if number % 4 else "None",
            )


def write_streamed(count: int, out: BinaryIO) -> None:
    """Write the table with the product's own writer."""
    section = Section("Actions", (Table("All actions", COLUMNS, Actions(count)),), landscape=True)
    write_docx(Report("Actions", "PROTECT", "Board", (), (), date(2012, 3, 31), None, (section,)), out)


_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_STYLES = "application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"
RAW_PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_MAIN}"/>'
    f'<Override PartName="/word/styles.xml" ContentType="{_STYLES}"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_RELATIONS}">'
    f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
    "word/_rels/document.xml.rels": f'<Relationships xmlns="{_RELATIONS}">'
    f'<Relationship Id="r1" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    "word/styles.xml": f'<w:styles {_W}><w:style w:type="paragraph" w:styleId="T"><w:name w:val="T"/>'
    '<w:rPr><w:sz w:val="18"/></w:rPr></w:style></w:styles>',
}
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write_raw(count: int, out: BinaryIO) -> None:
    """Write the same table by hand, the practical limit: texts are only cleaned and escaped."""
    widths = [int(column.width_mm * 56.7) for column in COLUMNS]
    with ZipFile(out, "w", ZIP_DEFLATED) as package:
        for name, text in RAW_PARTS.items():
            package.writestr(name, text)
        with package.open("word/document.xml", "w") as part:
            grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
            part.write(f"<w:document {_W}><w:body><w:tbl><w:tblPr>".encode())
            part.write(f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>'.encode())
            titles = [column.title for column in COLUMNS]
            part.write(raw_row(titles, widths, "<w:tblHeader/>").encode())
            batch: list[str] = []
            for row in Actions(count):
                batch.append(raw_row(row, widths, ""))
                if len(batch) == 200:
                    part.write("".join(batch).encode())
                    batch.clear()
            part.write("".join(batch).encode())
            part.write(
                b'</w:tbl><w:p/><w:sectPr><w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/>'
                b"</w:sectPr></w:body></w:document>"
            )


def raw_row(row: Row, widths: list[int], extra: str) -> str:
    cells = []
    for cell, width in zip(row, widths, strict=True):
        shade = ink = ""
        text = cell
        if isinstance(cell, Cell):
            fill, colour = FILLS[cell.colour]
            shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>'
            ink = f'<w:rPr><w:b/><w:color w:val="{colour}"/></w:rPr>'
            text = cell.text
        text = escape(_CONTROLS.sub("", text))
        if "\n" in text:
            text = text.replace("\n", '</w:t><w:br/><w:t xml:space="preserve">')
        cells.append(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{shade}</w:tcPr>'
            f'<w:p><w:pPr><w:pStyle w:val="T"/></w:pPr><w:r>{ink}'
            f'<w:t xml:space="preserve">{text}</w:t></w:r></w:p></w:tc>'
        )
    return f"<w:tr><w:trPr><w:cantSplit/>{extra}</w:trPr>{''.join(cells)}</w:tr>"


def write_naive(count: int, out: BinaryIO) -> None:
    """Write the same table as a beginner does: one add_row for each row."""
    document = docx.Document()
    table = document.add_table(1, len(COLUMNS))
    for cell, column in zip(table.rows[0].cells, COLUMNS, strict=True):
        cell.text = column.title
    for row in Actions(count):
        for place, cell in zip(table.add_row().cells, row, strict=True):
            if isinstance(cell, Cell):
                place.text = cell.text
                place._tc.get_or_add_tcPr().append(
                    OxmlElement("w:shd", {qn("w:fill"): FILLS[cell.colour][0]})
                )
            else:
                place.text = cell
    document.save(out)


WRITERS: dict[str, Callable[[int, BinaryIO], None]] = {
    "streamed": write_streamed,
    "raw": write_raw,
    "naive": write_naive,
}


def cpu_seconds(name: str, count: int) -> float:
    """Return CPU seconds that writer `name` takes for `count` rows."""
    start = time.process_time()
    WRITERS[name](count, io.BytesIO())
    return time.process_time() - start


def best(names: list[str], count: int, turns: int) -> list[float]:
    """Return the least CPU seconds of each writer, taking turns so that a busy spell hits all alike."""
    taken = [[cpu_seconds(name, count) for name in names] for _ in range(turns)]
    return [min(column) for column in zip(*taken, strict=True)]


def peak_mib(name: str, count: int) -> float:
    """Return peak memory of a process of its own that writes `count` rows to a file nobody keeps, in MiB."""
    command = [sys.executable, __file__, "--peak", name, str(count)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def own_peak_kib() -> int:
    """Return the most memory this process has held, in KiB.

    From /proc where there is one: ru_maxrss of a started process begins at what its parent held.
    """
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM"))


def tables_agree(count: int = 30) -> bool:
    """Return whether all three writers make a table of the same texts, or no ratio has a meaning."""
    tables = []
    for write in WRITERS.values():
        out = io.BytesIO()
        write(count, out)
        table = docx.Document(out).tables[0]
        tables.append([[cell.text for cell in row.cells] for row in table.rows])
    return tables[0] == tables[1] == tables[2] and len(tables[0]) == count + 1


def figures() -> list[tuple[str, float, str, bool]]:
    """Return each figure: what it is, its value, its target, and whether the target is met."""
    cpu_seconds("streamed", 10)
    streamed, raw = best(["streamed", "raw"], MANY, turns=5)
    [half], [naive] = best(["naive"], NAIVE // 2, turns=2), best(["naive"], NAIVE, turns=2)
    growth = math.log2(naive / half)
    at_many = naive * (MANY / NAIVE) ** growth
    few, many = peak_mib("streamed", FEW), peak_mib("streamed", MANY)
    return [
        (f"streamed, {MANY} rows, CPU s", streamed, "", True),
        (f"raw zip writer, {MANY} rows, CPU s", raw, "", True),
        ("streamed / raw", streamed / raw, f"at most {RAW_TARGET}", streamed / raw <= RAW_TARGET),
        (f"naive add_row, {NAIVE} rows, CPU s", naive, "", True),
        (f"naive growth, power of N from {NAIVE // 2} to {NAIVE} rows", growth, "", True),
        (f"naive at {MANY} rows by that growth, CPU s", at_many, "", True),
        (
            "naive / streamed",
            at_many / streamed,
            f"at least {NAIVE_TARGET}",
            at_many / streamed >= NAIVE_TARGET,
        ),
        (f"peak memory, {FEW} rows, MiB", few, "", True),
        (f"peak memory, {MANY} rows, MiB", many, "", True),
        ("peak memory growth", many / few, f"at most {MEMORY_TARGET}", many / few <= MEMORY_TARGET),
    ]


def main() -> int:
    """Print the figures; 0 when every target is met."""
    if not tables_agree():
        print("The three writers make different tables: nothing to compare.")
        return 1
    met = True
    for what, value, target, is_met in figures():
        verdict = f"   {target}: {'met' if is_met else 'MISSED'}" if target else ""
        print(f"{what:<55}{value:>9.2f}{verdict}")
        met = met and is_met
    return 0 if met else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["--peak"]:
        with open("/dev/null", "r+b") as nowhere:
            WRITERS[sys.argv[2]](int(sys.argv[3]), nowhere)
        print(own_peak_kib() / 1024)
    else:
        sys.exit(main())
