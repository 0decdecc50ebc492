"""Files that must be refused for what they carry inside."""

from collections.abc import Iterator

from . import corpus_ole as ole
from .corpus_bad import GZIP, PROGRAM
from .corpus_base import TEXT, Sample
from .corpus_mail import HEADER, attachment, email_with, multipart, part
from .corpus_office import (
    EXCEL,
    MACRO_MAIN,
    POINT,
    WORD,
    archive,
    bomb,
    locked_archive,
    office,
    office_with_override,
)
from .corpus_pictures import pdf

MACRO_DOCUMENT = office(WORD, main_type=MACRO_MAIN[WORD])
SECRET_MACROS = office(WORD, {"word/media/image1.png": ole.VBA_PROJECT})
LAUNCHING = pdf(b"<< /S /Launch >>")


def bad_inside_samples() -> Iterator[Sample]:
    """Yield every file refused for what it carries."""
    for label, content in _word().items():
        yield Sample(label, "evidence.docx", content)
    for kind in (EXCEL, POINT):
        content = office(kind, {"media/vbaProject.bin": ole.VBA_PROJECT})
        yield Sample(f"{kind} with a macro part", f"evidence.{kind}", content, None, "macros")
    sheet = '<Override PartName="/xl/a.xml" ContentType="application/vnd.ms-excel.macrosheet+xml"/>'
    yield Sample(
        "xlsx with a macro sheet",
        "a.xlsx",
        office_with_override(EXCEL, sheet, {"xl/a.xml": b"<a/>"}),
        None,
        "macros",
    )
    yield Sample(
        "xlsx with a macro sheet by name",
        "a.xlsx",
        office(EXCEL, {"xl/macrosheets/sheet1.xml": b"<a/>"}),
        None,
        "macros",
    )
    for label, name, content, reason in _carried():
        says = f"has “{name}” inside it, which {reason}"
        yield Sample(f"eml with {label}", "evidence.eml", email_with(name, content), None, says)
        yield Sample(f"msg with {label}", "evidence.msg", ole.message((name, content)), None, says)
    for label, content in _mail().items():
        yield Sample(label, "evidence.eml", content, None, "inside it, which is a")
    for label, content in _message().items():
        yield Sample(label, "evidence.msg", content)


def _word() -> dict[str, bytes]:
    vba = '<Override PartName="/word/a.bin" ContentType="application/vnd.ms-office.vbaProject"/>'
    deep = office(WORD)
    for _ in range(6):
        deep = office(WORD, {"word/embeddings/d.docx": deep})
    inner = "word/embeddings/oleObject1.bin"
    return {
        "docx with a macro part": office(WORD, {"word/vbaProject.bin": ole.VBA_PROJECT}),
        "docx with a declared macro part": office_with_override(WORD, vba, {"word/a.bin": b"x"}),
        "docx with macros called a picture": SECRET_MACROS,
        "docx with an old document of macros": office(
            WORD, {inner: ole.old_office("WordDocument", macros=True)}
        ),
        "docx with a macro document": office(WORD, {"word/embeddings/a.docm": MACRO_DOCUMENT}),
        "docx with a macro document called docx": office(WORD, {"word/embeddings/a.docx": MACRO_DOCUMENT}),
        "docx with hidden macros in a document": office(WORD, {"word/embeddings/a.docx": SECRET_MACROS}),
        "docx with a locked document": office(WORD, {"word/embeddings/a.docx": ole.locked_office()}),
        "docx with a program": office(WORD, {"word/media/image1.png": PROGRAM}),
        "docx with a packed program": office(WORD, {inner: ole.packed_object("a.txt", PROGRAM)}),
        "docx with a packed script": office(WORD, {inner: ole.packed_object("a.js", TEXT)}),
        "docx with a packed shortcut": office(WORD, {inner: ole.packed_object("a.lnk", TEXT)}),
        "docx with an archive": office(WORD, {"word/embeddings/a.bin": archive({"a.txt": TEXT})}),
        "docx with a launching pdf": office(WORD, {"word/embeddings/a.pdf": LAUNCHING}),
        "docx in docx in docx": deep,
        "docx with a bomb in a document": office(WORD, {"word/embeddings/a.docx": bomb(megabytes=90)}),
        "docx with a torn object": office(WORD, {inner: ole.VBA_PROJECT[:700]}),
    }


def _carried() -> Iterator[tuple[str, str, bytes, str]]:
    archived = archive({"a.txt": TEXT})
    open_type = ("mimetype", b"application/vnd.oasis.opendocument.text")
    yield "a program", "setup.exe", PROGRAM, "is a program or a script"
    yield "a program called a picture", "photo.jpg", PROGRAM, "is a program"
    yield "a script", "invoice.js", TEXT, "is a program or a script"
    yield "a shortcut", "folder.lnk", TEXT, "is a program or a script"
    yield "a zip", "papers.zip", archived, "is an archive"
    yield "a zip called a document", "papers.docx", archived, "is an archive"
    yield "a gzip without its ending", "papers", GZIP + bytes(300), "is an archive"
    yield "a macro document", "plan.docm", MACRO_DOCUMENT, "holds macros"
    yield "a macro document called docx", "plan.docx", MACRO_DOCUMENT, "holds macros"
    yield "hidden macros", "plan.docx", SECRET_MACROS, "has “image1.png” inside it, which holds macros"
    yield "an old document of macros", "a.doc", ole.old_office("WordDocument", macros=True), "holds macros"
    yield "a locked document", "plan.docx", ole.locked_office(), "is locked with a password or"
    yield "a locked zip", "plan.docx", locked_archive(office(WORD)), "is locked with a password"
    yield "a launching pdf", "policy.pdf", LAUNCHING, "starts a program"
    yield (
        "an open document of macros",
        "a.odt",
        archive([open_type, ("Basic/a.xml", b"<a/>")]),
        "holds macros",
    )


def _mail() -> dict[str, bytes]:
    plain = part("Content-Type: text/plain\r\n", b"See attached.")
    named = "Content-Type: application/octet-stream; name*=utf-8''setup%2Eexe\r\n"
    inner = multipart(plain, attachment("setup.exe", PROGRAM), boundary="in")
    return {
        "eml with a program in odd lines": email_with("a.dat", PROGRAM, line=7),
        "eml with a program named in code": email_with("=?utf-8?b?c2V0dXAuZXhl?=", TEXT),
        "eml with a program named in percent": multipart(plain, part(named, b"x")),
        "eml with a program as its whole body": (
            f"{HEADER}Content-Type: application/octet-stream; name=a.exe\r\n\r\nMZ"
        ).encode(),
        "eml with a program in a forward": multipart(plain, part("Content-Type: message/rfc822\r\n", inner)),
        "eml with a program after a forward": multipart(
            part("Content-Type: message/rfc822\r\n", multipart(plain, boundary="in")),
            attachment("a.exe", PROGRAM),
        ),
        "eml with a program called text": multipart(attachment("a.exe", PROGRAM, kind="text/plain")),
        "eml with line feeds and a program": email_with("a.exe", PROGRAM).replace(b"\r\n", b"\n"),
    }


def _message() -> dict[str, bytes]:
    nested = ole.message_tree(("setup.exe", PROGRAM))
    return {
        "msg with a program in a message": ole.message(
            more={"__attach_version1.0_#00000000": {"__substg1.0_3701000D": nested}}
        ),
        "msg with macros in an object": ole.message(
            more={"__attach_version1.0_#00000000": {"__substg1.0_3701000D": {"VBA": {"dir": bytes(9)}}}}
        ),
        "msg with a packed program": ole.message(("a.bin", ole.packed_object("a.exe", PROGRAM))),
        "msg with a bomb": ole.message(("a.docx", bomb(megabytes=90))),
    }
