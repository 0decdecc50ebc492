"""Small real files for the demonstration's evidence: made here, byte for byte the same each time.

PDF after ISO 32000-1, PNG after ISO/IEC 15948, Word and Excel as the least that ECMA-376 allows.
"""

import csv
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape

from kscb_actions.wording import date_uk

ZIP_DATE = (2012, 3, 31, 12, 0, 0)
TEAMS = ("Ashford and Shepway", "Canterbury and Swale", "Dover and Thanet", "Maidstone and Malling",
         "Dartford, Gravesham and Sevenoaks", "Tonbridge and Tunbridge Wells")  # fmt: skip
UNEVEN = (2, -1, 0, 1, -2, 0)
NOTICE = "Made up for a demonstration. It describes no real person or event."
PAGE_LINES, LINE_CHARACTERS = 46, 88
ENDINGS = {
    "policy": ("pdf", "docx"),
    "training": ("xlsx", "csv"),
    "audit": ("pdf", "docx", "xlsx"),
    "dip_sample": ("csv", "xlsx"),
    "minutes": ("docx", "pdf"),
    "feedback": ("txt", "docx"),
    "other": ("png",),
}


@dataclass(frozen=True)
class EvidenceFileFacts:
    """Hold what a file is to show: its title, and whose and which action it belongs to."""

    kind: str
    title: str
    reference: str
    agency: str
    measure: str
    dated_on: date


def make_files(file_facts: EvidenceFileFacts) -> list[tuple[str, bytes]]:
    """Return (name, bytes) of each file: one, and for some audits and policies the figures besides."""
    seed = zlib.crc32(f"{file_facts.reference} {file_facts.title}".encode())
    endings = ENDINGS[file_facts.kind]
    chosen = [endings[seed % len(endings)]]
    if file_facts.kind in ("audit", "policy") and seed % 3 == 0:
        chosen.append("csv")
    return [(f"{_slug(file_facts.title)}.{ending}", MAKERS[ending](file_facts, seed)) for ending in chosen]


def _slug(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60].strip("-")


def _paragraphs(file_facts: EvidenceFileFacts, seed: int) -> list[str]:
    counted, met = _total(_table(file_facts, seed))
    return [
        f"Action {file_facts.reference}",
        f"Agency: {file_facts.agency}",
        f"Speaks of: {date_uk(file_facts.dated_on)}",
        f"Measure agreed with the Board: {file_facts.measure}",
        f"Looked at: {counted} in six areas of the county. In {met} of them what was agreed was found.",
        "Every area was looked at by somebody from another team."
        if met == counted
        else "Where it was not found, the team manager has been told and will look again in a month.",
        NOTICE,
    ]


def _table(file_facts: EvidenceFileFacts, seed: int) -> list[tuple[str, int, int]]:
    """Return (area, looked at, found as agreed); a measure like "36 of 40" is met with exactly 40."""
    wanted = re.search(r"\b(\d+) of (\d+)\b", file_facts.measure)
    least, total = (int(wanted[1]), int(wanted[2])) if wanted else (50, 54)
    missed = seed % (total - least + 1)
    rows = []
    for number, team in enumerate(TEAMS):
        uneven = UNEVEN[(number + seed) % len(UNEVEN)] if total >= 4 * len(TEAMS) else 0
        looked_at = total // len(TEAMS) + (number < total % len(TEAMS)) + uneven
        short = missed // len(TEAMS) + (number < missed % len(TEAMS))
        rows.append((team, looked_at, looked_at - short))
    return rows


def _total(rows: Sequence[tuple[str, int, int]]) -> tuple[int, int]:
    return sum(row[1] for row in rows), sum(row[2] for row in rows)


def _grid(file_facts: EvidenceFileFacts, seed: int) -> list[Sequence[str | int]]:
    rows = _table(file_facts, seed)
    return [
        [file_facts.title],
        [f"Action {file_facts.reference}", file_facts.agency, date_uk(file_facts.dated_on)],
        ["Area", "Looked at", "Found as agreed"],
        *rows,
        ["All", *_total(rows)],
        [NOTICE],
    ]


def _txt(file_facts: EvidenceFileFacts, seed: int) -> bytes:
    return "\r\n\r\n".join([file_facts.title, *_paragraphs(file_facts, seed), ""]).encode()


def _csv(file_facts: EvidenceFileFacts, seed: int) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(_grid(file_facts, seed))
    return out.getvalue().encode("utf-8-sig")


def _pdf(file_facts: EvidenceFileFacts, seed: int) -> bytes:
    return pdf_of(file_facts.title, _paragraphs(file_facts, seed))


def pdf_of(title: str, paragraphs: Sequence[str]) -> bytes:
    """Return one page with a title and paragraphs."""
    lines = [(16, title)] + [(11, line) for line in paragraphs]
    content = ["BT", "/F1 11 Tf", "15 TL", "56 780 Td"]
    for size, paragraph in lines:
        content.append(f"/F1 {size} Tf")
        for line in _wrapped(paragraph, LINE_CHARACTERS * 11 // size)[:PAGE_LINES]:
            content.append(f"({_pdf_text(line)}) Tj T*")
        content.append("T*")
    stream = "\n".join([*content, "ET"]).encode("cp1252", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Lang (en-GB) >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        f"<< /Title ({_pdf_text(title)}) >>".encode("cp1252", "replace"),
    ]
    return _pdf_file(objects)


def _pdf_file(objects: Sequence[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table_at = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1, len(objects), table_at
    )  # fmt: skip
    return bytes(out)


def _pdf_text(text: str) -> str:
    return re.sub(r"([\\()])", r"\\\1", text)


def _wrapped(text: str, width: int) -> list[str]:
    lines, line = [], ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return [*lines, line]


def _png(file_facts: EvidenceFileFacts, seed: int) -> bytes:
    """Return a bar chart of the six areas, without words: its description says what it shows."""
    width, height, left = 600, 300, 30
    rows_of_table = _table(file_facts, seed)
    scale = 250 // max(counted for _, counted, _ in rows_of_table)
    bars = [(counted * scale, met * scale) for _, counted, met in rows_of_table]
    rows = bytearray()
    for y in range(height):
        row = bytearray(b"\xff\xff\xff" * width)
        for number, (counted, met) in enumerate(bars):
            at = left + number * 92
            pair = ((counted, 0, 34, b"\xb1\xb4\xb6"), (met, 38, 72, b"\x1d\x70\xb8"))
            for tall, first, last, colour in pair:
                if height - 20 - tall <= y < height - 20:
                    row[(at + first) * 3 : (at + last) * 3] = colour * (last - first)
        if height - 20 <= y < height - 18:
            row[left * 3 - 30 : (width - 10) * 3] = b"\x0b\x0c\x0c" * (width - 10 - left + 10)
        rows += b"\x00" + row
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", struct.pack(">LLBBBBB", width, height, 8, 2, 0, 0, 0))
        + _chunk(b"tEXt", b"Title\x00" + file_facts.title.encode("latin-1", "replace")[:79])
        + _chunk(b"IDAT", zlib.compress(bytes(rows), 9))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">L", len(body)) + kind + body + struct.pack(">L", zlib.crc32(kind + body))


def _zipped(parts: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in parts.items():
            entry = zipfile.ZipInfo(name, ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{text}')
    return out.getvalue()


PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONSHIPS = "application/vnd.openxmlformats-package.relationships+xml"
MAIN_TYPE = "application/vnd.openxmlformats-officedocument."


def _package(main: str, main_type: str, parts: dict[str, str], more_types: dict[str, str]) -> bytes:
    types = {f"/{main}": main_type, **more_types}
    overrides = "".join(f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in types.items())
    return _zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
            f'<Default Extension="rels" ContentType="{RELATIONSHIPS}"/>'
            f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>',
            "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
            f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="{main}"/></Relationships>',
            **parts,
        }
    )


def _docx(file_facts: EvidenceFileFacts, seed: int) -> bytes:
    heading = (
        '<w:p><w:pPr><w:spacing w:after="240"/></w:pPr><w:r><w:rPr><w:b/><w:sz w:val="32"/></w:rPr>'
        f"<w:t>{escape(file_facts.title)}</w:t></w:r></w:p>"
    )
    body = "".join(
        f'<w:p><w:pPr><w:spacing w:after="160"/></w:pPr><w:r><w:t>{escape(line)}</w:t></w:r></w:p>'
        for line in _paragraphs(file_facts, seed)
    )
    document = (
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
        f'{heading}{body}<w:sectPr><w:pgSz w:w="11906" w:h="16838"/></w:sectPr></w:body></w:document>'
    )
    kind = MAIN_TYPE + "wordprocessingml.document.main+xml"
    return _package("word/document.xml", kind, {"word/document.xml": document}, {})


def _xlsx(file_facts: EvidenceFileFacts, seed: int) -> bytes:
    spreadsheet = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rows = "".join(f"<row>{''.join(_cell(value) for value in row)}</row>" for row in _grid(file_facts, seed))
    parts = {
        "xl/workbook.xml": f'<workbook xmlns="{spreadsheet}" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="Figures" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        "</Relationships>",
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{spreadsheet}">'
        '<cols><col min="1" max="1" width="36" customWidth="1"/></cols>'
        f"<sheetData>{rows}</sheetData></worksheet>",
    }
    sheet = {"/xl/worksheets/sheet1.xml": MAIN_TYPE + "spreadsheetml.worksheet+xml"}
    return _package("xl/workbook.xml", MAIN_TYPE + "spreadsheetml.sheet.main+xml", parts, sheet)


def _cell(value: str | int) -> str:
    if isinstance(value, int):
        return f"<c><v>{value}</v></c>"
    return f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>'


MAKERS: dict[str, Callable[[EvidenceFileFacts, int], bytes]] = {
    "txt": _txt, "csv": _csv, "pdf": _pdf, "png": _png, "docx": _docx, "xlsx": _xlsx
}  # fmt: skip
