"""Files in which something is hidden from a simple look, and honest files that look much like them."""

import binascii
import codecs
import zipfile
import zlib
from collections.abc import Iterator

from . import corpus_ole as ole
from .corpus_bad import PROGRAM
from .corpus_base import TEXT, Sample
from .corpus_mail import attachment, email, multipart, part
from .corpus_office import EXCEL, WORD, archive, office, office_parts
from .corpus_pictures import packed_objects, pdf, png

LAUNCH = b"4 0 << /S /Launch >>"
STARTS, UNUSUAL = "starts a program when it is opened", "is packed in an unusual way"
CARRIES = "inside it, which is a program"
FETCHES, FIELD = "fetches a part of itself", "starts a program (DDE)"
BODY = ole.tables_first(
    ole.message(more={"__substg1.0_1000001F": "Minutes of the meeting. ".encode("utf-16-le") * 900})
)


def hidden_samples() -> Iterator[Sample]:
    """Yield every such file, those that must be refused first."""
    for ending, table in (("pdf", _pdf()), ("eml", _mail()), ("docx", _word()), ("xlsx", _excel())):
        for label, (content, says) in table.items():
            yield Sample(label, f"evidence.{ending}", content, None, says)
    yield Sample(
        "msg of half a body", "evidence.msg", BODY[: len(BODY) // 2], None, "is damaged or cut short"
    )
    for ending, honest in (("pdf", _honest_pdf()), ("eml", _honest_mail()), ("docx", _honest_word())):
        for label, content in honest.items():
            yield Sample(label, f"evidence.{ending}", content, ending)
    yield Sample("msg with a long body, its tables first", "evidence.msg", BODY, "msg")
    yield Sample("xlsx with a workbook of the web", "evidence.xlsx", _linked(LINKED_BOOK), "xlsx")
    yield Sample("csv with a link", "evidence.csv", b'a,b\n"=HYPERLINK(""https://x.example"")",1\n', "csv")


def _object_stream(data: bytes, said: bytes) -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (said, len(data), data)


def _pdf() -> dict[str, tuple[bytes, str]]:
    packed = zlib.compress(LAUNCH)
    usual = b"/Type /ObjStm /N 1 /First 4 /Filter "
    in_hex = binascii.hexlify(packed) + b">"
    return {
        "pdf that starts a program over a line": (pdf(b"<< /S\r\n/Launch >>"), STARTS),
        "pdf that starts a program after a remark": (pdf(b"<< /S % remark\r\n% (other)\n/Launch >>"), STARTS),
        "pdf that starts a program after a zero": (pdf(b"<< /S\x00/Launch >>"), STARTS),
        "pdf that starts a program by another object": (pdf(b"<< /S 5 0 R >>", b"/Launch"), STARTS),
        "pdf that starts a program, packed over a line": (
            pdf(packed_objects(b"4 0 << /S\r/L#61unch >>")),
            STARTS,
        ),
        "pdf that starts a program, packed without a type": (
            pdf(_object_stream(packed, b"/N 1 /First 4 /Filter /FlateDecode")),
            STARTS,
        ),
        "pdf that starts a program, packed after much space": (
            pdf(_object_stream(packed, b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode" + b" " * 3_000)),
            STARTS,
        ),
        "pdf with files, packed over a line": (
            pdf(packed_objects(b"4 0 <<\r/EmbeddedFiles 9 0 R >>")),
            "other files",
        ),
        "pdf packed in letters": (pdf(_object_stream(in_hex, usual + b"/ASCIIHexDecode")), UNUSUAL),
        "pdf packed twice": (
            pdf(_object_stream(in_hex, usual + b"[/ASCIIHexDecode /FlateDecode]")),
            UNUSUAL,
        ),
        "pdf packed twice, the other way round": (
            pdf(_object_stream(zlib.compress(binascii.hexlify(LAUNCH)), usual + b"[/FlateDecode /AHx]")),
            UNUSUAL,
        ),
        "pdf packed with a prediction": (
            pdf(_object_stream(packed, usual + b"/FlateDecode /DecodeParms << /Predictor 12 /Columns 4 >>")),
            UNUSUAL,
        ),
        "pdf packed and torn": (pdf(_object_stream(b"torn" * 9, usual + b"/FlateDecode")), "is damaged"),
        "pdf packed behind a password": (
            pdf(_object_stream(b"torn" * 9, usual + b"/FlateDecode"), trailer=b"/Encrypt 5 0 R"),
            "cannot be looked through",
        ),
    }


def _honest_pdf() -> dict[str, bytes]:
    said = b"/Type /ObjStm /N 1 /First 4 /Filter [ /FlateDecode ] /DecodeParms << /Predictor 1 >>"
    places = b"<< /Type /XRef /Filter /FlateDecode /DecodeParms << /Predictor 12 /Columns 4 >> >>\nstream\n"
    return {
        "pdf packed, its way in a list": pdf(_object_stream(zlib.compress(b"4 0 << /Type /Font >>"), said)),
        "pdf with an outline": pdf(b"<< /Type /Outlines /First 5 0 R /Last 5 0 R /Count 1 >>"),
        "pdf with packed places": pdf(places + zlib.compress(bytes(20)) + b"\nendstream"),
        "pdf with remarks": pdf(b"<< /S % a dash\n/D >>"),
        "pdf that names a launch elsewhere": pdf(b"<< /Launch (of the policy) /S /URI >>"),
        "pdf that packs much text": pdf(packed_objects(b"4 0 (" + b"word " * 200_000 + b")")),
    }


def _uuencoded(name: str, data: bytes) -> bytes:
    lines = b"".join(binascii.b2a_uu(data[at : at + 45]) for at in range(0, len(data), 45))
    return b"begin 644 %s\r\n%s`\r\nend\r\n" % (name.encode(), lines.replace(b"\n", b"\r\n"))


def attached(encoding: str, body: bytes, name: str = "figures.dat") -> bytes:
    """Return an email with a file attached, its body and the header field of its encoding as they stand."""
    said = f'Content-Disposition: attachment; filename="{name}"\r\n'
    plain = part("Content-Type: text/plain\r\n", b"See attached.")
    return multipart(plain, part(f"Content-Type: application/octet-stream\r\n{encoding}{said}", body))


def _based(data: bytes, spoil: bytes = b"") -> bytes:
    letters = binascii.b2a_base64(data, newline=False)
    return letters[:1] + spoil + letters[1:]


def _mail() -> dict[str, tuple[bytes, str]]:
    encoding = "Content-Transfer-Encoding: "
    in_text = email("See below.\r\n\r\n" + _uuencoded("figures.dat", PROGRAM).decode() + "\r\nRegards\r\n")
    by_name = email(_uuencoded("setup.exe", TEXT).decode())
    as_based = b"begin-base64 644 a.dat\r\n" + binascii.b2a_base64(PROGRAM) + b"====\r\n"
    found = {
        "eml with a program in old letters": attached(
            f"{encoding}x-uuencode\r\n", _uuencoded("a.dat", PROGRAM)
        ),
        "eml with a program in old letters in the text": in_text,
        "eml with a program in old letters by its name": by_name,
        "eml with a program in newer letters in the text": email(as_based.decode()),
        "eml with a program in packed text": email(
            _based(_uuencoded("a.dat", PROGRAM)).decode(), f"Content-Type: text/plain\r\n{encoding}base64\r\n"
        ),
        "eml with a program and a stray sign": attached(f"{encoding}base64\r\n", _based(PROGRAM, b"!")),
        "eml with a program and a stray letter": attached(
            f"{encoding}base64\r\n", _based(PROGRAM, "é".encode())
        ),
        "eml with a program after its end": attached(
            f"{encoding}base64\r\n", b"TQ==\r\n" + _based(PROGRAM[1:])
        ),
        "eml with a remark in the encoding": attached(
            f"{encoding}base64 (usual (see RFC 2045))\r\n", _based(PROGRAM)
        ),
        "eml with a remark before the encoding": attached(f"{encoding}(usual) Base64;\r\n", _based(PROGRAM)),
    }
    odd = "has a part that is packed in an unusual way"
    return {label: (content, CARRIES) for label, content in found.items()} | {
        "eml in an encoding not known": (attached(f"{encoding}x-packed\r\n", b"x"), odd),
        "eml in two encodings": (
            attached(f"{encoding}7bit\r\n{encoding}base64\r\n", _based(PROGRAM)),
            odd,
        ),
    }


def _honest_mail() -> dict[str, bytes]:
    encoding = "Content-Transfer-Encoding: "
    return {
        "eml with a pdf in old letters": email("See below.\r\n" + _uuencoded("policy.pdf", pdf()).decode()),
        "eml with a remark and a pdf": attached(f"{encoding}base64 (usual)\r\n", _based(pdf()), "policy.pdf"),
        "eml with a remark in its kind": email(more="Content-Type: text/plain (plain) ; charset=utf-8\r\n"),
        "eml with quoted text attached": attached(
            f"{encoding}quoted-printable\r\n", b"caf=C3=A9", "notes.txt"
        ),
        "eml with a page attached": multipart(
            part("Content-Type: text/plain\r\n", b"x"), attachment("ATT00001.htm", b"<html></html>")
        ),
        "eml that begins a sentence so": email(
            "begin 2012 reviews of setup.exe\r\nWe began them in May.\r\n"
        ),
        "eml whose text has an unknown encoding": email(
            more=f"Content-Type: text/plain\r\n{encoding}x-none\r\n"
        ),
    }


def _relationships(kind: str, target: str) -> bytes:
    started = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return (
        '<?xml version="1.0"?>'
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" TargetMode="External" Type="{started}/{kind}" Target="{target}"/>'
        "</Relationships>"
    ).encode()


def _linking(kind: str, target: str) -> bytes:
    return office(WORD, {"word/_rels/document.xml.rels": _relationships(kind, target)})


def fields(*codes: str, kind: str = "instrText") -> bytes:
    """Return a document whose one field has its code in these pieces."""
    runs = "".join(f"<w:r><w:{kind} xml:space='preserve'>{code}</w:{kind}></w:r>" for code in codes)
    begin, end = (f'<w:r><w:fldChar w:fldCharType="{each}"/></w:r>' for each in ("begin", "end"))
    return f"<?xml version='1.0'?><w:document xmlns:w='w'><w:p>{begin}{runs}{end}</w:p></w:document>".encode()


def _word_of(document: bytes) -> bytes:
    return office(WORD, {"word/header1.xml": document})


def _word() -> dict[str, tuple[bytes, str]]:
    start = "DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe"
    far = b"<?xml version='1.0'?><w:document>" + b"<w:t>word</w:t>" * 9_000
    simple = f'<w:fldSimple w:instr=" {start} "/>'.encode()
    split = fields(" DD", "EAU", "TO c:\\cmd.exe")
    pictured = [*office_parts(WORD).items(), ("word/media/image1.png", png(99, 99, rows=PROGRAM * 9))]
    comment = archive(pictured, packing=zipfile.ZIP_STORED, comment=b"\n" + pdf())
    return {
        "docx with a batch file": (office(WORD, {"word/media/run.bat": TEXT}), "“run.bat” inside it"),
        "docx with a script part": (office(WORD, {"customXml/item.vbs": TEXT}), "“item.vbs” inside it"),
        "docx with a batch file and a stop": (office(WORD, {"word/run.bat. .": TEXT}), CARRIES),
        "docx with a pdf in its comment": (comment, "two kinds of file"),
        "docx with a template of the web": (
            _linking("attachedTemplate", "https://x.example/a.dotm"),
            FETCHES,
        ),
        "docx with a template of the web, in signs": (
            _linking("attachedTemplate", "&#104;ttp://x.example/a.dotm"),
            FETCHES,
        ),
        "docx with an object of the web": (
            _linking("oleObject", "mhtml:http://x.example/a.html!x-usc:http://x.example/a.html"),
            FETCHES,
        ),
        "docx with a field that starts a program": (_word_of(fields(start)), FIELD),
        "docx with a field in pieces": (_word_of(split), FIELD),
        "docx with a field in signs": (_word_of(fields("&#68;DE c:\\cmd.exe")), FIELD),
        "docx with a simple field": (_word_of(far + simple), FIELD),
        "docx with a field in UTF-16": (
            _word_of(codecs.BOM_UTF16_LE + split.decode().encode("utf-16-le")),
            FIELD,
        ),
        "docx with a field in a document": (
            office(WORD, {"word/embeddings/a.docx": _word_of(fields(start))}),
            FIELD,
        ),
    }


def _honest_word() -> dict[str, bytes]:
    return {
        "docx of a letterhead": _linking("attachedTemplate", "file:///C:\\Templates\\Letter.dotx"),
        "docx of a server's letterhead": _linking(
            "attachedTemplate", "file:///\\\\kcc-01\\forms\\Letter.dotx"
        ),
        "docx with links": _linking("hyperlink", "https://www.gov.example/working-together"),
        "docx with a picture of the web": _linking("image", "https://www.gov.example/crest.png"),
        "docx with fields": _word_of(fields(' TOC \\o "1-3" ', " PAGEREF _Toc1 ")),
        "docx that speaks of a field": _word_of(b"<?xml version='1.0'?><w:t> DDEAUTO c:\\cmd.exe </w:t>"),
        "docx that refers to a mark": _word_of(fields(" REF DDE \\h ")),
        "docx with a font": office(WORD, {"word/fonts/font1.odttf": bytes(range(256)) * 9}),
    }


DDE = b'<?xml version="1.0"?><externalLink><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>'
LINKED_BOOK = b'<?xml version="1.0"?><externalLink><externalBook r:id="rId1"/></externalLink>'


def _linked(link: bytes) -> bytes:
    target = _relationships("externalLinkPath", "https://board.example/figures.xlsx")
    return office(
        EXCEL,
        {"xl/externalLinks/externalLink1.xml": link, "xl/externalLinks/_rels/externalLink1.xml.rels": target},
    )


def _excel() -> dict[str, tuple[bytes, str]]:
    return {"xlsx with a link that starts a program": (_linked(DDE), FIELD)}
