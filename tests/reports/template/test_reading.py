"""What a template must be, and what is kept of it: judged in sentences, cleaned of all but its look."""

import io
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import docx
import pytest
from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from kscb_actions.reports.template.rules import NEEDED
from kscb_actions.reports.template.sample import sample_report
from kscb_actions.reports.template.service import TemplateRefused, read_template
from kscb_actions.reports.word.paper import write_docx
from kscb_actions.settings.rules import Board

from ...factories import TODAY
from ..schema import against_the_readers, against_the_standard
from .making import (
    letterhead,
    logo,
    related,
    saved,
    template,
    with_field,
    with_part,
    without_styles,
    words_of,
)


def taken(data: bytes, name: str = "Letterhead.docx") -> bytes:
    return read_template(io.BytesIO(data), name)[1]


def refusal(data: bytes, name: str = "Letterhead.docx") -> list[str]:
    with pytest.raises(TemplateRefused) as caught:
        read_template(io.BytesIO(data), name)
    return caught.value.problems


def paper_in(file: bytes) -> bytes:
    out = io.BytesIO()
    write_docx(sample_report(Board(), TODAY), out, file)
    return out.getvalue()


@pytest.fixture(scope="module")
def kept() -> bytes:
    return taken(template())


def test_what_it_has_is_told() -> None:
    facts, _ = read_template(io.BytesIO(template()), "Letterhead.docx")
    assert (facts.body_font, facts.body_points, facts.heading_font, facts.text_mm) == (
        "Georgia",
        12,
        "Georgia",
        166,
    )
    assert (facts.header, facts.footer) == ("Kent Safeguarding Children Board", "Sessions House, Maidstone")
    assert (facts.pictures, facts.own_first_page, facts.own_even_pages, facts.advice) == (1, False, False, ())
    assert {name.lower() for name in NEEDED} <= set(facts.styles)


def test_a_paper_wears_it_and_is_as_the_standard_and_as_readers_want_it(kept: bytes) -> None:
    data = paper_in(kept)
    assert against_the_standard(data) == []
    assert against_the_readers(data) == []
    document = docx.Document(io.BytesIO(data))
    assert document.styles["Heading 1"].font.name == "Georgia"
    assert document.styles["Table Text"].element.find(f".//{qn('w:sz')}").get(qn("w:val")) == "20"
    first = document.sections[0]
    assert [p.text for p in first.header.paragraphs] == [
        "", "Kent Safeguarding Children Board", "OFFICIAL-SENSITIVE", "How papers look in this template",
    ]  # fmt: skip
    assert [p.text for p in first.footer.paragraphs] == [
        "Sessions House, Maidstone", "Page 1 of 1", "OFFICIAL-SENSITIVE",
    ]  # fmt: skip
    assert {round(section.left_margin.mm) for section in document.sections[:1]} == {22}
    [picture] = [name for name in ZipFile(io.BytesIO(data)).namelist() if name.startswith("word/media/")]
    assert ZipFile(io.BytesIO(data)).read(picture) == logo()


def test_the_page_is_counted_once_where_the_template_counts_it() -> None:
    def count(document: Document) -> None:
        with_field("PAGE")(document)
        with_field("NUMPAGES")(document)

    footer = docx.Document(io.BytesIO(paper_in(taken(template(count))))).sections[0].footer
    assert [p.text for p in footer.paragraphs] == ["Sessions House, Maidstone", "OFFICIAL-SENSITIVE"]


def test_pages_with_a_header_of_their_own_carry_the_marking_too() -> None:
    def own(document: Document) -> None:
        document.sections[0].different_first_page_header_footer = True
        document.sections[0].first_page_header.paragraphs[0].text = "Crest"
        document.settings.odd_and_even_pages_header_footer = True

    document = docx.Document(io.BytesIO(paper_in(taken(template(own)))))
    first = document.sections[0]
    assert first.first_page_header.paragraphs[0].text == "Crest"
    for around in (first.header, first.first_page_header, first.even_page_header):
        assert "OFFICIAL-SENSITIVE" in [p.text for p in around.paragraphs]
    for around in (first.footer, first.first_page_footer, first.even_page_footer):
        assert "Page 1 of 1" in [p.text for p in around.paragraphs]
    assert [each.different_first_page_header_footer for each in document.sections] == [True, False]


def test_nothing_is_kept_but_its_look(kept: bytes) -> None:
    assert "Type here" in words_of(template()) and "Janet" in words_of(template())
    for words in (words_of(kept), words_of(paper_in(kept))):
        assert "Type here" not in words and "Janet" not in words and "python-docx" not in words
    names = ZipFile(io.BytesIO(kept)).namelist()
    assert not [name for name in names if "docProps" in name or "customXml" in name or "thumbnail" in name]
    assert against_the_standard(kept) == []


def test_styles_are_found_by_their_names_whatever_word_calls_them_inside() -> None:
    foreign = with_part("word/styles.xml", 'w:styleId="Heading1"', 'w:styleId="berschrift1"')(template())
    document = docx.Document(io.BytesIO(paper_in(taken(foreign))))
    heading = next(p for p in document.paragraphs if p.text == "A part of the paper")
    assert (heading.style.name, heading.style.font.name) == ("Heading 1", "Georgia")


def test_each_list_of_numbers_begins_anew_and_no_list_claims_a_style_that_has_another(kept: bytes) -> None:
    document = docx.Document(io.BytesIO(paper_in(kept)))
    numbering = document.part.numbering_part.element
    claims = [each.get(qn("w:val")) for each in numbering.iter(qn("w:pStyle"))]
    assert claims.count("ListNumber") == claims.count("ListBullet") == 1
    # Its headings have no numbers, and get none.
    assert not {"Heading1", "Heading2", "Heading3"} & set(claims)
    first = next(p for p in document.paragraphs if p.text == "First.")
    [own] = [each for each in numbering.num_lst if each.numId == first._p.pPr.numPr.numId.val]
    assert own.find(f".//{qn('w:startOverride')}").get(qn("w:val")) == "1"


def test_each_missing_style_is_named_with_what_it_is_for() -> None:
    told = refusal(template(without_styles("Heading 2", "Caption")))
    assert [each.partition(" In Word")[0] for each in told] == [
        "“Letterhead.docx”: It has no style “Heading 2”, in which papers write headings below those.",
        "“Letterhead.docx”: It has no style “Caption”, in which papers write what stands above each table "
        "and chart.",
    ]


def narrow(document: Document) -> None:
    document.sections[0].left_margin = Mm(60)


def letter(document: Document) -> None:
    document.sections[0].page_width, document.sections[0].page_height = Mm(216), Mm(279)


def marked(document: Document) -> None:
    document.sections[0].header.add_paragraph("OFFICIAL-SENSITIVE when complete")


def tracked(document: Document) -> None:
    paragraph = document.sections[0].header.paragraphs[0]._p
    paragraph.append(OxmlElement("w:ins", {qn("w:id"): "1", qn("w:author"): "Janet"}))


def old_drawing(document: Document) -> None:
    picture = OxmlElement("w:pict")
    image = picture.makeelement("{urn:schemas-microsoft-com:vml}imagedata", {"src": "https://kscb.example/a"})
    picture.append(image)
    document.sections[0].header.paragraphs[0].add_run()._r.append(picture)


def embedded(document: Document) -> None:
    document.sections[0].header.paragraphs[0].add_run()._r.append(OxmlElement("w:object"))


def gif(data: bytes) -> bytes:
    source, out = ZipFile(io.BytesIO(data)), io.BytesIO()
    with ZipFile(out, "w") as target:
        for name in source.namelist():
            target.writestr(name, b"GIF89a" + bytes(20) if "media/" in name else source.read(name))
    return out.getvalue()


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "page": (lambda: template(letter), "Its pages are 216 × 279 mm"),
    "margins": (lambda: template(narrow), "Its margins leave 128 mm for text"),
    "marking": (lambda: template(marked), "Its header says “OFFICIAL-SENSITIVE”"),
    "field": (lambda: template(with_field("AUTHOR")), "Its footer has the field “AUTHOR”"),
    "changes": (lambda: template(tracked), "Its header has tracked changes"),
    "address": (lambda: template(old_drawing), "Its header refers to “https://kscb.example/a”"),
    "object": (lambda: template(embedded), "Its header holds an embedded object"),
    "picture": (lambda: gif(template()), "has a picture of the kind .png. Put in a PNG or JPEG"),
    "link": (lambda: template(related("hyperlink", "https://kscb.example")), "refers to “https://kscb.example”"),
    "linked picture": (lambda: template(related("image", "file:///c:/a.png")), "refers to “file:///c:/a.png”"),
    "template": (lambda: template(related("attachedTemplate", "L.dotx", "settings")), "hangs on another"),
    "empty": (lambda: b"", "is empty"),
    "cut short": (lambda: template()[:9000], "is damaged or cut short"),
    "no archive": (lambda: b"\x50\x4b\x03\x04" + bytes(99), "damaged"),
    "locked": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096), "damaged"),
    "too large": (lambda: template() + bytes(5 * 1024 * 1024), "is larger than 4 MB"),
    "macros": (lambda: with_macros(template()), "holds macros"),
    "bomb": (lambda: with_bomb(template()), "unpacks to far more than it should"),
    "entities": (lambda: with_entities(template()), "damaged"),
    "no styles": (lambda: without_its_styles(template()), "damaged"),
}  # fmt: skip


with_entities = with_part("word/styles.xml", "<w:styles", "<!DOCTYPE a [<!ENTITY b 'c'>]><w:styles")
without_its_styles = with_part("word/_rels/document.xml.rels", "relationships/styles", "relationships/gone")


def with_macros(data: bytes) -> bytes:
    out = io.BytesIO(data)
    with ZipFile(out, "a") as target:
        target.writestr("word/vbaProject.bin", b"\xd0\xcf\x11\xe0")
    return out.getvalue()


def with_bomb(data: bytes) -> bytes:
    out = io.BytesIO(data)
    with ZipFile(out, "a", 8) as target:
        target.writestr("word/media/image9.png", bytes(70 * 1024 * 1024))
    return out.getvalue()


@pytest.mark.parametrize(("make", "told"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_a_template_is_refused_in_a_sentence(make: Callable[[], bytes], told: str) -> None:
    problems = refusal(make())
    assert any(told in each for each in problems), problems
    assert all("Letterhead.docx" in each for each in problems)


@pytest.mark.parametrize("name", ["Letterhead.docm", "Letterhead.dotx", "Letterhead.pdf", "Letterhead"])
def test_another_ending_is_refused(name: str) -> None:
    assert name in refusal(template(), name)[0]


def test_small_print_and_pictures_without_words_are_pointed_out() -> None:
    def small(document: Document) -> None:
        document.styles["Normal"].font.size = Pt(10)
        del document.sections[0].header._element.find(f".//{qn('wp:docPr')}").attrib["descr"]

    facts, _ = read_template(io.BytesIO(template(small)), "L.docx")
    assert [each.partition(". ")[0] for each in facts.advice] == [
        "Its text is 10 point", "A picture in its header or footer has no alternative text",
    ]  # fmt: skip


def test_a_letterhead_of_another_program_is_worn(tmp_path: Path) -> None:
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("LibreOffice is not installed: that a template of its is worn is NOT checked")
    (tmp_path / "in.docx").write_bytes(saved(letterhead()))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    filters = ("--convert-to", "docx:MS Word 2007 XML", "--outdir", str(tmp_path / "out"))
    subprocess.run(
        [soffice, profile, "--headless", *filters, str(tmp_path / "in.docx")], check=True, timeout=120
    )
    data = paper_in(taken((tmp_path / "out" / "in.docx").read_bytes()))
    assert against_the_standard(data) == []
    assert docx.Document(io.BytesIO(data)).styles["Heading 1"].font.name == "Georgia"


def test_damage_at_random_is_refused_or_survived() -> None:
    import random

    whole, chance = template(), random.Random(77)
    for _ in range(12):
        damaged = bytearray(whole)
        for _ in range(3):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        try:
            paper_in(taken(bytes(damaged)))
        except TemplateRefused as refused:
            assert refused.problems
