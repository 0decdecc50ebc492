"""Office files and other archives, built part by part so that each can be wrong in exactly one way."""

import functools
import io
import zipfile

WORD, EXCEL, POINT = "docx", "xlsx", "pptx"
OFFICE = "application/vnd.openxmlformats-officedocument."
MAIN = {
    WORD: ("word/document.xml", OFFICE + "wordprocessingml.document.main+xml"),
    EXCEL: ("xl/workbook.xml", OFFICE + "spreadsheetml.sheet.main+xml"),
    POINT: ("ppt/presentation.xml", OFFICE + "presentationml.presentation.main+xml"),
}
MACRO_MAIN = {
    WORD: "application/vnd.ms-word.document.macroEnabled.main+xml",
    EXCEL: "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    POINT: "application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml",
}
TEMPLATE_MAIN = {
    WORD: OFFICE + "wordprocessingml.template.main+xml",
    EXCEL: OFFICE + "spreadsheetml.template.main+xml",
    POINT: OFFICE + "presentationml.slideshow.main+xml",
}
RELATIONSHIP = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
STRICT_RELATIONSHIP = "http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument"
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_WHEN = (2012, 3, 31, 0, 0, 0)


def archive(
    parts: dict[str, bytes] | list[tuple[str, bytes]],
    packing: int = zipfile.ZIP_DEFLATED,
    comment: bytes = b"",
) -> bytes:
    """Return a zip of these parts, the same bytes each time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, data in parts.items() if isinstance(parts, dict) else parts:
            info = zipfile.ZipInfo(name, _WHEN)
            info.compress_type = packing
            file.writestr(info, data)
        file.comment = comment
    return out.getvalue()


def content_types(main: str, kind: str, overrides: str = "", defaults: str = "") -> bytes:
    """Return [Content_Types].xml naming the main part."""
    return (
        f'{XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{defaults}'
        f'<Override PartName="/{main}" ContentType="{kind}"/>{overrides}</Types>'
    ).encode()


def root_relationships(*targets: str, kind: str = RELATIONSHIP) -> bytes:
    """Return _rels/.rels pointing at the main part."""
    lines = "".join(f'<Relationship Id="r{n}" Type="{kind}" Target="{t}"/>' for n, t in enumerate(targets))
    return (
        f'{XML}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f"{lines}</Relationships>"
    ).encode()


def office_parts(kind: str, main_type: str | None = None) -> dict[str, bytes]:
    """Return the least parts of an Office file."""
    main, usual = MAIN[kind]
    return {
        "[Content_Types].xml": content_types(main, main_type or usual),
        "_rels/.rels": root_relationships(main),
        main: f"{XML}<document><p>Supervision policy, reviewed</p></document>".encode(),
    }


def office(kind: str, more: dict[str, bytes] | None = None, main_type: str | None = None) -> bytes:
    """Return an Office file with more parts, or with another main type."""
    return archive(office_parts(kind, main_type) | (more or {}))


def office_with_override(kind: str, override: str, more: dict[str, bytes]) -> bytes:
    """Return an Office file that declares one more part."""
    main, usual = MAIN[kind]
    return office(kind, {"[Content_Types].xml": content_types(main, usual, overrides=override)} | more)


def by_default_type(kind: str) -> bytes:
    """Return a file whose main part has its type from its ending alone, as some converters write it."""
    main, usual = MAIN[kind]
    types = content_types("other.bin", "application/octet-stream").replace(b"application/xml", usual.encode())
    return office(kind, {"[Content_Types].xml": types})


def locked_archive(data: bytes) -> bytes:
    """Return the same archive with every part marked as locked by a password."""
    marked = bytearray(data)
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = marked.find(signature)
        while at >= 0:
            marked[at + flags] |= 1
            at = marked.find(signature, at + 4)
    return bytes(marked)


@functools.cache
def bomb(kind: str = WORD, megabytes: int = 600) -> bytes:
    """Return a file of a few hundred kilobytes that unpacks to `megabytes`."""
    info = zipfile.ZipInfo("word/media/image1.bmp", _WHEN)
    info.compress_type = zipfile.ZIP_DEFLATED
    out = io.BytesIO(office(kind))
    with zipfile.ZipFile(out, "a") as file, file.open(info, "w") as part:
        for _ in range(megabytes):
            part.write(bytes(1024 * 1024))
    return out.getvalue()


def understated(data: bytes, declared: int = 1000) -> bytes:
    """Return the same archive with the last part declared small, in both its headers."""
    marked = bytearray(data)
    central = data.rfind(b"PK\x01\x02")
    local = int.from_bytes(data[central + 42 : central + 46], "little")
    marked[central + 24 : central + 28] = declared.to_bytes(4, "little")
    marked[local + 22 : local + 26] = declared.to_bytes(4, "little")
    return bytes(marked)
