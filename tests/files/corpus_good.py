"""Files that must be kept: the usual ones, and the odd ones that real programs write."""

import zipfile
from collections.abc import Iterator

from . import corpus_ole as ole
from .corpus_base import BASIC, TABLE, TEXT, Sample
from .corpus_mail import HEADER, attachment, email, email_with, multipart, part
from .corpus_office import (
    EXCEL,
    MAIN,
    POINT,
    STRICT_RELATIONSHIP,
    WORD,
    archive,
    by_default_type,
    office,
    office_parts,
    root_relationships,
)
from .corpus_pictures import JPEG, chunk, jpeg_with, packed_objects, pdf, png


def good_samples() -> Iterator[Sample]:
    """Yield every file that must be kept."""
    for kind, content in BASIC.items():
        yield Sample(f"plain {kind}", f"evidence.{kind}", content, kind)
        yield Sample(f"shouted {kind}", f"EVIDENCE.{kind.upper()}", content, kind)
        yield Sample(f"{kind} with stops in its name", f"v1.2 – final.exe.{kind}", content, kind)
    for kept_as, table in (
        (WORD, _word()), (EXCEL, _excel()), (POINT, _point()), ("pdf", _pdf()), ("jpg", _jpeg()),
        ("png", _png()), ("eml", _mail()), ("msg", _message()), ("txt", _text()), ("csv", _table()),
    ):  # fmt: skip
        for label, content in table.items():
            yield Sample(label, f"evidence.{kept_as}", content, kept_as)
    yield Sample("jpeg by its longer ending", "photo.jpeg", JPEG, "jpg")
    yield Sample("jpeg by its longer ending, shouted", "PHOTO.JPEG", JPEG, "jpg")
    yield Sample("email kept as text", "email.txt", email(), "txt")
    yield Sample("table kept as text", "table.txt", TABLE, "txt")
    yield Sample("text kept as a table", "notes.csv", TEXT, "csv")


def _word() -> dict[str, bytes]:
    main, _ = MAIN[WORD]
    return {
        "docx with pictures": office(WORD, {"word/media/image1.png": png(), "word/media/image2.jpeg": JPEG}),
        "docx with a drawing as Office writes it": office(WORD, {"word/media/image3.svg": b"<svg></svg>"}),
        "docx with a chart's workbook": office(
            WORD, {"word/embeddings/Microsoft_Excel_Sheet.xlsx": office(EXCEL)}
        ),
        "docx with an old object": office(
            WORD, {"word/embeddings/oleObject1.bin": ole.old_office("WordDocument")}
        ),
        "docx with a packed pdf": office(
            WORD, {"word/embeddings/oleObject1.bin": ole.packed_object("a.pdf", pdf())}
        ),
        "docx with control data": office(
            WORD, {"word/activeX/activeX1.bin": ole.compound({"contents": bytes(90)})}
        ),
        "docx with a large empty picture": office(WORD, {"word/media/image1.bmp": b"BM" + bytes(30_000_000)}),
        "docx in strict form": office(
            WORD, {"_rels/.rels": root_relationships(main, kind=STRICT_RELATIONSHIP)}
        ),
        "docx with an absolute target": office(WORD, {"_rels/.rels": root_relationships("/" + main)}),
        "docx typed by its ending": by_default_type(WORD),
        "docx with a folder entry": archive([*office_parts(WORD).items(), ("word/media/", b"")]),
        "docx stored unpacked": archive(office_parts(WORD), packing=zipfile.ZIP_STORED),
        "docx with a comment": archive(office_parts(WORD), comment=b"saved by a scanner"),
        "docx with html inside": office(WORD, {"word/afchunk.htm": b"<html><body>Minutes</body></html>"}),
    }


def _excel() -> dict[str, bytes]:
    rows = b"".join(b'<row r="%d"><c><v>%d</v></c></row>' % (n, n * 7919 % 100_003) for n in range(100_000))
    return {
        "xlsx of many rows": office(
            EXCEL, {"xl/worksheets/sheet1.xml": b"<sheetData>" + rows + b"</sheetData>"}
        ),
        "xlsx in strict form": office(
            EXCEL, {"_rels/.rels": root_relationships("xl/workbook.xml", kind=STRICT_RELATIONSHIP)}
        ),
        "xlsx typed by its ending": by_default_type(EXCEL),
        "xlsx with a document inside": office(EXCEL, {"xl/embeddings/Document1.docx": office(WORD)}),
    }


def _point() -> dict[str, bytes]:
    return {
        "pptx with a workbook": office(POINT, {"ppt/embeddings/Microsoft_Excel_Sheet1.xlsx": office(EXCEL)}),
        "pptx with film": office(POINT, {"ppt/media/media1.mp4": b"\x00\x00\x00\x18ftypmp42" + bytes(9000)}),
        "pptx typed by its ending": by_default_type(POINT),
    }


def _pdf() -> dict[str, bytes]:
    return {
        "pdf 1.7 with object streams": pdf(packed_objects(b"4 0 << /Type /Font >>"), version=b"1.7"),
        "pdf 2.0": pdf(version=b"2.0"),
        "pdf after a blank line": b"\r\n" + pdf(),
        "pdf after a printer's line": b"@PJL JOB NAME = policy\r\n" + pdf(),
        "pdf with zeros after its end": pdf() + bytes(512),
        "pdf locked against change": pdf(trailer=b"/Encrypt 5 0 R /ID [<00> <00>]"),
        "pdf form that adds up": pdf(b"<< /S /JavaScript /JS (calculate) >>", catalog=b"/OpenAction 4 0 R"),
        "pdf saved twice": pdf() + b"4 0 obj\n<< >>\nendobj\nstartxref\n9\n%%EOF\n",
        "pdf that speaks of a launch": pdf(b"<< /Title (Pilot/Launch of the policy, /EmbeddedFilesystem) >>"),
        "pdf with a picture": pdf(b"<< /Subtype /Image /Length 9 >>\nstream\n" + JPEG + b"\nendstream"),
        "pdf with a damaged object stream": pdf(b"<< /Type /ObjStm >>\nstream\nnot packed\nendstream"),
    }


def _jpeg() -> dict[str, bytes]:
    return {
        "jpg with camera data": jpeg_with(0xE1, b"Exif\x00\x00" + bytes(200)),
        "jpg with described rights": jpeg_with(
            0xE1, b"http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta></x:xmpmeta>"
        ),
        "jpg with a comment": jpeg_with(0xFE, b"Display board, reception"),
        "jpg with film after it": JPEG + b"\x00\x00\x00\x18ftypmp42" + bytes(5000),
        "jpg with a second picture": JPEG + JPEG,
    }


def _png() -> dict[str, bytes]:
    return {
        "png of a screen": png(1280, 720),
        "png with words": png(2, 2, chunk(b"tEXt", b"Software\x00Paint")),
        "png with an old picture after it": png() + png(8, 8)[60:],
        "png with a wrong checksum beside the picture": png(
            2, 2, chunk(b"tEXt", b"Software\x00Paint")[:-1] + b"x", chunk(b"pHYs", bytes(9))
        ),
        "png in two pieces": png(2, 2, chunk(b"tIME", bytes(7)), chunk(b"pHYs", bytes(9))),
    }


def _mail() -> dict[str, bytes]:
    plain = part("Content-Type: text/plain\r\n", b"Please see below.")
    forwarded = part("Content-Type: message/rfc822\r\n", email_with("minutes.docx", office(WORD)))
    return {
        "eml with a pdf": email_with("policy.pdf", pdf()),
        "eml with a docx": email_with("minutes.docx", office(WORD)),
        "eml with an old doc": email_with("minutes.doc", ole.old_office("WordDocument")),
        "eml with an open document": email_with(
            "minutes.odt",
            archive([("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", b"<a/>")]),
        ),
        "eml with a picture": multipart(plain, attachment("", png(), kind="image/png")),
        "eml with a gif and a calendar": multipart(
            plain, attachment("dot.gif", b"GIF89a" + bytes(30)), attachment("invite.ics", b"BEGIN:VCALENDAR")
        ),
        "eml with a web page as its body": email(
            "<html><body>Done</body></html>", "Content-Type: text/html\r\n"
        ),
        "eml forwarded": multipart(plain, forwarded, boundary="b2"),
        "eml forwarded inside a forward": multipart(
            plain,
            part("Content-Type: message/rfc822\r\n", multipart(plain, forwarded, boundary="b3")),
            boundary="b4",
        ),
        "eml with line feeds alone": email().replace(b"\r\n", b"\n"),
        "eml with a byte order mark": b"\xef\xbb\xbf" + email(),
        "eml from a mailbox file": b"From lead@health.example Fri Mar 30 09:00:00 2012\r\n" + email(),
        "eml draft": b"X-Unsent: 1\r\nSubject: Draft\r\nTo: board@kscb.example\r\n\r\nNot sent.\r\n",
        "eml in Windows-1252": email("Cost: £40.").decode().encode("cp1252"),
        "eml in base64": email(
            "RG9uZS4=\r\n", "Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n"
        ),
        "eml without a boundary": email("x\r\n", "Content-Type: multipart/mixed\r\n"),
        "eml with an unknown alphabet": multipart(
            part("Content-Type: text/plain; name*=x-none''a%20b\r\n", b"x"),
            header=HEADER + "X-A: =?x-none?q?b?=\r\n",
        ),
        "eml cut short": email_with("policy.pdf", pdf())[:700],
    }


def _message() -> dict[str, bytes]:
    return {
        "msg with a pdf": ole.message(("policy.pdf", pdf())),
        "msg with a long pdf": ole.message(("policy.pdf", pdf(b"<< /Title (" + b"word " * 4000 + b") >>"))),
        "msg with a docx": ole.message(
            ("minutes.docx", office(WORD, {"word/media/image1.png": png(300, 300)}))
        ),
        "msg with an old doc": ole.message(("minutes.doc", ole.old_office("WordDocument"))),
        "msg with an empty attachment": ole.message(("note.txt", b"")),
        "msg with many attachments": ole.message(*((f"scan{n}.png", png(40 + n, 40)) for n in range(40))),
        "msg with a message inside": ole.message(
            more={
                "__attach_version1.0_#00000000": {
                    "__substg1.0_3701000D": ole.message_tree(("policy.pdf", pdf()))
                }
            }
        ),
    }


def _text() -> dict[str, bytes]:
    words = "Café staff trained – £40 each; “met”.\r\n"
    return {
        "txt in UTF-8": words.encode(),
        "txt in UTF-8 with a mark": words.encode("utf-8-sig"),
        "txt in UTF-16": words.encode("utf-16"),
        "txt in UTF-16, the other way round": b"\xfe\xff" + words.encode("utf-16-be"),
        "txt in Windows-1252": words.encode("cp1252"),
        "txt with characters of four bytes": "Well done 👏\n".encode(),
        "txt of one letter": b"x",
        "txt with old line ends": b"one\rtwo\r",
        "txt with page breaks": b"one\x0ctwo\x0bthree\t.\n",
        "txt with an old end of file": b"one\r\n\x1a",
        "txt that speaks of a script tag": b"The form refused <script> in the name box.\n",
        "txt that begins with a bracket": b"<5 referrals in March\n",
        "txt that begins with a heart": b"<3 from year 6\n",
        "txt that quotes an email": b"From: the school nurse\nShe has seen it.\n",
        "txt that begins with BM": b"BMI recorded in all files\n",
        "txt that begins with MZ": b"MZ checked the list in May and again in June.\n" * 3,
        "txt that begins with PK": b"PK to send the minutes\n",
        "txt that speaks of PDF": b"The header %PDF-1.4 was missing.\n",
        "txt on one long line": b"word " * 400_000,
        "txt that splits a character": b"x" * 65_535 + "é".encode() + b"y" * 100,
    }


def _table() -> dict[str, bytes]:
    return {
        "csv with semicolons": b"agency;files\nHealth;10\n",
        "csv with tabs": b"agency\tfiles\nHealth\t10\n",
        "csv with bars": b"agency|files|met!\nHealth|10|yes!\n",
        "csv with quotes over lines": b'agency,note\n"Health","first\nsecond, ""third"""\n',
        "csv with sums": b"total\n=SUM(A2:A9)\n",
        "csv with signs": b"phone,change\n+44 1622 000000,-5\n@office,-\n",
        "csv in Windows-1252": "agency,cost\nHealth,£40\n".encode("cp1252"),
        "csv in UTF-16": "agency\tcost\nHealth\t£40\n".encode("utf-16"),
        "csv of a heading alone": b"agency",
        "csv with empty cells": b",,,\n,,,\n",
    }
