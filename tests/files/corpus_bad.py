"""Files that must be refused for what they are."""

import io
import struct
import tarfile
import zipfile
from collections.abc import Iterator

from . import corpus_ole as ole
from .corpus_base import TEXT, Sample
from .corpus_mail import HEADER, email, multipart, part
from .corpus_office import (
    EXCEL,
    MACRO_MAIN,
    MAIN,
    POINT,
    TEMPLATE_MAIN,
    WORD,
    archive,
    bomb,
    content_types,
    locked_archive,
    office,
    office_parts,
    root_relationships,
    understated,
)
from .corpus_pictures import JPEG, chunk, jpeg_of_size, jpeg_with, packed_objects, pdf, png
from .corpus_reasons import REASONS

PROGRAM = b"MZ" + bytes(58) + struct.pack("<L", 64) + b"PE\x00\x00" + bytes(200)
GZIP = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03KL\x04\x00\x01\x02\x03\x04"
GIF = b"GIF89a\x01\x00\x01\x00\x80\x00\x00" + bytes(20) + b";"


def bad_samples() -> Iterator[Sample]:
    """Yield every file refused for itself, not for what it carries."""
    yield from _by_name()
    for kind, table in (
        (WORD, _packed()), (WORD, _compound()), ("pdf", _pdf()), ("jpg", _jpeg()), ("png", _png()),
        ("eml", _mail()), ("msg", _message()), ("txt", _text()), ("csv", _table()),
    ):  # fmt: skip
        for label, content in table.items():
            yield Sample(label, f"evidence.{kind}", content, None, REASONS.get(label, ""))
    for kind in (WORD, EXCEL, POINT):
        yield Sample(
            f"{kind} of macros",
            f"a.{kind}",
            office(kind, main_type=MACRO_MAIN[kind]),
            None,
            f"Save it as .{kind}",
        )
        yield Sample(
            f"{kind} template", f"a.{kind}", office(kind, main_type=TEMPLATE_MAIN[kind]), None, f"as .{kind}"
        )
        yield Sample(f"locked {kind}", f"a.{kind}", ole.locked_office(), None, "remove the protection")


def _by_name() -> Iterator[Sample]:
    for ending in ("docm", "dotm", "xlsm", "xltm", "xlsb", "xlam", "pptm", "ppsm"):
        yield Sample(f"named {ending}", f"plan.{ending}", office(WORD), None, "holds macros. Save it as .")
    for ending in ("exe", "bat", "cmd", "js", "vbs", "ps1", "hta", "lnk", "jar", "msi", "scr"):
        yield Sample(f"named {ending}", f"plan.{ending}", TEXT, None, "is a program or a script")
    for ending in ("zip", "rar", "7z", "gz", "tar", "iso"):
        yield Sample(
            f"named {ending}", f"plan.{ending}", archive({"a.txt": TEXT}), None, "Attach the files inside it"
        )
    for ending, better in (
        ("doc", "docx"), ("odt", "docx"), ("rtf", "docx"), ("xls", "xlsx"), ("ods", "xlsx"), ("ppt", "pptx"),
        ("heic", "jpg"), ("gif", "jpg"), ("bmp", "jpg"), ("html", "pdf"), ("svg", "pdf"), ("xml", "pdf"),
    ):  # fmt: skip
        yield Sample(f"named {ending}", f"plan.{ending}", TEXT, None, f"Save it as .{better}")
    for name in ("plan", "plan.", ".docx.", "plan.unknown", "plan.pdf.", "plan.p d f", "plan.pdf\u200b"):
        yield Sample(f"named {name!r}", name, pdf(), None, "Attach a Word, Excel or PowerPoint file")


def _packed() -> dict[str, bytes]:
    parts = office_parts(WORD)
    main, usual = MAIN[WORD]
    relationships = parts["_rels/.rels"]
    entity = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "cc"><!ENTITY d "&b;&b;">]><a>&d;</a>'
    return {
        "bare zip called docx": archive({"minutes.txt": TEXT}),
        "open document called docx": archive({"mimetype": b"application/vnd.oasis.opendocument.text"}),
        "jar called docx": archive(
            {"META-INF/MANIFEST.MF": b"Manifest-Version: 1.0", "A.class": b"\xca\xfe\xba\xbe"}
        ),
        "empty zip": archive({}),
        "docx without its main part": archive({k: v for k, v in parts.items() if k != main}),
        "docx without relationships": archive({k: v for k, v in parts.items() if k != "_rels/.rels"}),
        "docx of two main parts": office(WORD, {"_rels/.rels": root_relationships(main, main)}),
        "docx of another main type": office(WORD, main_type="application/xml"),
        "docx with entities": office(WORD, {"[Content_Types].xml": entity}),
        "docx with broken types": office(WORD, {"[Content_Types].xml": content_types(main, usual)[:-9]}),
        "docx with empty types": office(WORD, {"[Content_Types].xml": b""}),
        "docx with huge types": office(WORD, {"[Content_Types].xml": b"<a>" + bytes(3_000_000) + b"</a>"}),
        "docx behind a zip password": locked_archive(office(WORD)),
        "docx pointing up": office(WORD, {"../../etc/cron.d/a": b"x"}),
        "docx pointing up, backwards": office(WORD, {"..\\..\\a": b"x"}),
        "docx pointing at the root": office(WORD, {"/etc/passwd": b"x"}),
        "docx pointing at a drive": office(WORD, {"C:/a": b"x"}),
        "docx with a part twice": _twice([*parts.items(), ("_rels/.rels", relationships)]),
        "docx with a part twice but for case": archive([*parts.items(), ("_RELS/.rels", relationships)]),
        "docx with a part without a name": archive([*parts.items(), ("", b"x")]),
        "docx with only a part without a name": archive([("", b"x")]),
        "docx packed with bzip2": archive(parts, packing=zipfile.ZIP_BZIP2),
        "docx packed with lzma": archive(parts, packing=zipfile.ZIP_LZMA),
        "docx cut short": office(WORD)[:-30],
        "docx cut in half": office(WORD)[: len(office(WORD)) // 2],
        "docx with bytes after it": office(WORD) + b"more",
        "docx with a program before it": PROGRAM + office(WORD),
        "docx with a pdf before it": pdf() + office(WORD),
        "docx with a pdf header inside": archive(
            [("a", b"%PDF-1.4"), *parts.items()], packing=zipfile.ZIP_STORED
        ),
        "docx with a changed byte": office(WORD).replace(b"PK\x01\x02", b"PK\x01\x03", 1),
        "docx of too many parts": archive([*parts.items(), *((f"word/{n}.xml", b"") for n in range(10_001))]),
        "docx of too many letters": archive([*parts.items(), *((f"{n:0600}", b"") for n in range(8000))]),
        "docx for very large files": office(WORD)[:-22] + b"PK\x06\x07" + bytes(16) + office(WORD)[-22:],
        "docx that unpacks to 600 MB": bomb(),
        "docx that hides what it unpacks to": understated(bomb(megabytes=70)),
        "docx that understates a part": understated(office(WORD, {"word/z.xml": bytes(5000)})),
    }


def _twice(parts: list[tuple[str, bytes]]) -> bytes:
    # zipfile warns of the very thing this file is for, so the second part is renamed in the bytes.
    return archive([*parts[:-1], ("_rels/.relz", parts[-1][1])]).replace(b"_rels/.relz", b"_rels/.rels")


def _compound() -> dict[str, bytes]:
    return {
        "old doc called docx": ole.old_office("WordDocument"),
        "old xls called docx": ole.old_office("Workbook"),
        "old ppt called docx": ole.old_office("PowerPoint Document"),
        "old doc with macros called docx": ole.old_office("WordDocument", macros=True),
        "installer called docx": ole.compound({"\u4840\u3f7f": bytes(6000)}),
        "gzip called docx": GZIP,
        "rich text called docx": b"{\\rtf1 text}",
    }


def _pdf() -> dict[str, bytes]:
    launch = b"<< /S /Launch /F (cmd.exe) >>"
    files = b"/Names << /EmbeddedFiles << /Names [(a.exe) 4 0 R] >> >>"
    return {
        "pdf that starts a program": pdf(launch, catalog=b"/OpenAction 4 0 R"),
        "pdf that starts a program, tightly": pdf(b"<</S/Launch/Win<</F(cmd)>>>>"),
        "pdf that starts a program, spelt oddly": pdf(b"<< /#53 /L#61unc#68 >>"),
        "pdf that starts a program, packed": pdf(packed_objects(b"4 0 " + b" " * 70_000 + launch)),
        "pdf that starts a program, packed oddly": pdf(packed_objects(b"4 0 " + launch, kind=b"/Obj#53tm")),
        "pdf that starts a program from the second stream": pdf(
            packed_objects(b"4 0"), packed_objects(b"4 0 " + launch)
        ),
        "pdf with files": pdf(catalog=files),
        "pdf with files, spelt oddly": pdf(catalog=files.replace(b"Embedded", b"#45mbedde#64")),
        "pdf with files, packed": pdf(packed_objects(b"4 0 << /Type /EmbeddedFile >>")),
        "pdf that unpacks to 400 MB": pdf(packed_objects(bytes(70 * 1024 * 1024))),
        "pdf cut short": pdf()[:-30],
        "pdf of a header alone": b"%PDF-1.4\n",
        "pdf of a header and an end": b"%PDF-1.4\n%%EOF\n",
        "pdf without objects": b"%PDF-1.4\nstartxref\n0\n%%EOF\n",
        "pdf joined to a zip": pdf() + archive({"a.txt": TEXT}),
        "pdf joined to an empty zip": pdf() + archive({}),
        "pdf after a web page": b"<html><script>1</script>" + pdf(),
        "pdf after a program": b"MZ" + bytes(100) + pdf(),
        "pdf after a picture": GIF + pdf(),
        "pdf after a shell line": b"#!/bin/sh\n" + pdf(),
        "pdf after too much": b" " * 1100 + pdf(),
        "postscript called pdf": b"%!PS-Adobe-3.0\n%%EOF\n",
        "words called pdf": TEXT,
    }


def _jpeg() -> dict[str, bytes]:
    return {
        "jpg cut short": JPEG[:-2],
        "jpg cut in its header": JPEG[:60],
        "jpg of a start alone": b"\xff\xd8\xff",
        "jpg without a frame": JPEG[:2] + JPEG[JPEG.index(b"\xff\xda") :],
        "jpg without a scan": JPEG[: JPEG.index(b"\xff\xda")] + b"\xff\xd9",
        "jpg without a size": jpeg_of_size(0, 0),
        "jpg that tells its height after the picture": jpeg_of_size(0, 2),
        "jpg of twelve bits a colour": JPEG.replace(b"\xff\xc0\x00\x0b\x08", b"\xff\xc0\x00\x0b\x0c"),
        "jpg of too many pixels": jpeg_of_size(65_500, 65_500),
        "jpg joined to a zip": JPEG + archive({"a.txt": TEXT}),
        "jpg with a script": jpeg_with(0xFE, b"<script>alert(1)</script>"),
        "jpg with a server's script": jpeg_with(0xE1, b"Exif\x00\x00<?php system($_GET[0]); ?>"),
        "jpg with a pdf in it": jpeg_with(0xFE, pdf()),
        "gif called jpg": GIF,
        "bmp called jpg": b"BM" + bytes(60),
        "web picture called jpg": b"RIFF\x24\x00\x00\x00WEBPVP8 " + bytes(30),
        "phone picture called jpg": b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic",
        "program called jpg": PROGRAM,
    }


def _png() -> dict[str, bytes]:
    data = png()
    return {
        "png cut short": data[:-12],
        "png of a start alone": data[:8],
        "png with a wrong checksum": data[:-20] + b"x" + data[-19:],
        "png without rows": data[:33] + chunk(b"IEND", b""),
        "png that does not begin with its header": data[:8] + data[33:],
        "png without a size": png(0, 0),
        "png of too many pixels": png(60_000, 60_000, rows=b"x"),
        "png with a script": png(2, 2, chunk(b"tEXt", b"Comment\x00<script>alert(1)</script>")),
        "png with a server's script": png(2, 2, chunk(b"iTXt", b"Comment\x00<?php 1 ?>")),
        "png with a web page after it": data + b"<html><body onload=a()>",
        "png joined to a zip": data + archive({"a.txt": TEXT}),
        "png with a pdf in it": png(2, 2, chunk(b"tEXt", pdf())),
        "drawing called png": b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>',
    }


def _mail() -> dict[str, bytes]:
    return {
        "words called eml": TEXT,
        "web page called eml": b"<!doctype html><html></html>",
        "one header line called eml": b"Subject: alone\r\n\r\nText\r\n",
        "settings called eml": b"colour: blue\r\nsize: 4\r\n\r\n",
        "eml with zeros in its header": HEADER.encode() + b"X-A: \x00\r\n\r\nText",
        "eml with an endless header": HEADER.encode() + b"X-A: a\r\n" * 80_000 + b"\r\n",
        "eml of too many parts": multipart(*[part("", b"x")] * 2001),
        "eml joined to a zip": email() + archive({"a.txt": TEXT}),
    }


def _message() -> dict[str, bytes]:
    good = ole.message(("policy.pdf", pdf(b"<< /Title (" + b"word " * 4000 + b") >>")))
    directory = int.from_bytes(good[48:52], "little")
    fat = 512 + int.from_bytes(good[76:80], "little") * 512 + directory * 4
    return {
        "old doc called msg": ole.old_office("WordDocument"),
        "old doc with macros called msg": ole.old_office("WordDocument", macros=True),
        "empty compound file called msg": ole.compound({}),
        "msg of too many entries": ole.compound({f"entry {n:05}": b"" for n in range(20_001)}),
        "msg of too many entries in one chain": ole.compound(
            {f"entry {n:05}": b"" for n in range(2_000)}, chained=True
        ),
        "msg cut short": good[: len(good) - 3000],
        "msg of a header alone": good[:512],
        "msg of half a header": good[:200],
        "msg with a wrong sector size": good[:30] + b"\x0a" + good[31:],
        "msg with a wrong byte order": good[:28] + b"\xff\xfe" + good[30:],
        "msg going in a circle": good[:fat] + struct.pack("<L", directory) + good[fat + 4 :],
        "msg with its directory outside": good[:48] + b"\xf0\xff\xff\x0f" + good[52:],
        "msg with its table twice": good[:80] + good[76:80] + good[84:],
        "msg with two names for one stream": _same_start(
            ole.message(("a.txt", b"x" * 5000), ("b.txt", b"y" * 5000))
        ),
        "msg with a pdf in its header": good[:80] + b"%PDF-1.4" + good[88:],
    }


def _same_start(message: bytes) -> bytes:
    # In the directory each stream's size stands behind the number of its first sector.
    size = struct.pack("<LL", 5000, 0)
    first = message.index(size)
    second = message.index(size, first + 1)
    return message[: second - 4] + message[first - 4 : first] + message[second:]


def _text() -> dict[str, bytes]:
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as file:
        file.addfile(tarfile.TarInfo("a.txt"))
    return {
        "web page": b"<!DOCTYPE html><title>x</title>",
        "web page in capitals": b"<HTML><BODY>x</BODY></HTML>",
        "web page after a remark": b"<!-- saved from url --> <!-- x -->\n<html>",
        "web page after a mark": b"\xef\xbb\xbf<html>",
        "web page after spaces": b"\n\n   <body>",
        "web page in UTF-16": "<html><body>x".encode("utf-16"),
        "xhtml": b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>',
        "drawing": b'<?xml version="1.0"?>\n<svg onload="a()"/>',
        "page with a script further down": b"Notes\n" + b"x" * 70_000 + b"<script>a()</script>",
        "server script": b"<?php system('id'); ?>",
        "server script further down": b"Notes\n<?php system('id'); ?>",
        "active server page": b"<% eval(x) %>",
        "shell script": b"#!/bin/sh\nrm -rf .\n",
        "batch file": b"@echo off\r\nformat c:\r\n",
        "visual basic script": b'Set a = CreateObject("WScript.Shell")\r\n',
        "jscript": b"var a = new ActiveXObject('x');\n",
        "windows application page": b"<head><HTA:APPLICATION ID=a></head>",
        "powershell line": b"powershell.exe -enc AAAA\n",
        "registry file": b"Windows Registry Editor Version 5.00\r\n",
        "shortcut": b"[InternetShortcut]\r\nURL=file://x\r\n",
        "rich text": b"{\\rtf1\\ansi text}",
        "postscript": b"%!PS-Adobe-3.0\nshowpage\n",
        "text with a zero": b"one\x00two",
        "text with a bell": b"one\x07two",
        "text with a torn mark": b"one\x81\x8d two",
        "UTF-16 without its mark": "minutes".encode("utf-16-le"),
        "UTF-16 cut short": "minutes".encode("utf-16")[:-1],
        "gzip": GZIP,
        "tar": tar.getvalue(),
        "windows program": PROGRAM,
        "linux program": b"\x7fELF\x02\x01\x01" + bytes(60),
        "mac program": b"\xcf\xfa\xed\xfe" + bytes(60),
        "sound": b"ID3\x03\x00\x00\x00\x00\x00\x21" + bytes(40),
    }


def _table() -> dict[str, bytes]:
    return {
        "csv that starts a program": b"a,b\n=cmd|' /C calc'!A0,1\n",
        "csv that starts a program, quoted": b"a,b\n1,\"=cmd|' /C calc'!A0\"\n",
        "csv that starts a program, with a sign": b"a\n+cmd|' /C calc'!A0\n",
        "csv that starts a program, at a sign": b"a;@SUM(1+1)*cmd|' /C calc'!A0\n",
        "csv that fetches by name": b"a\n=DDE|system!A1\n",
        "csv that is a web page": b"<html><table><tr><td>1",
        "csv that is a workbook": archive({"a": b"1"}),
        "csv with a zero": b"a,b\n\x00,1\n",
    }
