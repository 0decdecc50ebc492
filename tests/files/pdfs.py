"""Small PDFs, written by hand."""

from collections.abc import Sequence

A4 = "595 842"


def pdf(*pages: str, size: str = A4, more: str = "", catalogue: str = "", trailer: str = "") -> bytes:
    """Return a PDF with a page for each text; `more` are further objects, the first of them number 4."""
    first = 4 + more.count("endobj")
    kids = " ".join(f"{first + 2 * at} 0 R" for at in range(len(pages)))
    objects = [
        f"<</Type/Catalog/Pages 2 0 R{catalogue}>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        *(each.strip() for each in more.split("endobj")[:-1]),
    ]
    for at, words in enumerate(pages):
        stream = f"BT /F1 24 Tf 50 700 Td ({words}) Tj ET" if words else ""
        objects += [
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {size}]/Contents {first + 2 * at + 1} 0 R"
            f"/Resources<</Font<</F1 3 0 R>>>>{'/Annots[4 0 R]' if '/Widget' in more else ''}>>",
            f"<</Length {len(stream)}>>\nstream\n{stream}\nendstream",
        ]
    return assembled(objects, trailer)


def assembled(objects: Sequence[str], trailer: str = "") -> bytes:
    """Return a PDF of these objects, the first the catalogue."""
    out, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("cp1252")
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(b"%010d 00000 n \n" % each for each in offsets)
    out += f"trailer\n<</Root 1 0 R/Size {len(objects) + 1}{trailer}>>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


# Revision 2 of the standard handler, with keys of no password at all.
LOCKED = pdf(
    "Secret",
    trailer=f"/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<{'41' * 32}>/U<{'42' * 32}>>>/ID[<00><00>]",
)
WITH_SCRIPT = pdf(
    "Before the script",
    catalogue="/OpenAction<</S/JavaScript/JS(app.alert\\('x'\\); this.getField\\('a'\\).value = 'run';)>>",
)
FORM = pdf(
    "Form",
    catalogue="/AcroForm<</Fields[4 0 R]/DR<</Font<</F1 3 0 R>>>>/DA(/F1 24 Tf 0 g)>>",
    more="<</Type/Annot/Subtype/Widget/FT/Tx/T(a)/V(XXXXXXXXXXXX)/Rect[50 300 500 400]/F 4"
    "/DA(/F1 48 Tf 0 g)/P 5 0 R/AP<</N 5 0 R>>>>endobj"
    "<</Type/XObject/Subtype/Form/BBox[0 0 450 100]/Resources<</Font<</F1 3 0 R>>>>/Length 46>>\n"
    "stream\nBT /F1 48 Tf 0 g 5 30 Td (XXXXXXXXXXXX) Tj ET \nendstream endobj",
)
