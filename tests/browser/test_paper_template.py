"""The board's own template: one that lacks styles is refused, one that has them is looked at and worn."""

from pathlib import Path

import docx

from ..reports.template.making import template, without_styles
from .navigator import Navigator
from .test_journeys import take_report

MANAGER = "board.manager@kscb.example"


def font_of(path: Path) -> str | None:
    """Return the font of a paper's headings."""
    return docx.Document(str(path)).styles["Heading 1"].font.name


def test_a_template_is_checked_looked_at_worn_and_taken_off_again(visitor: Navigator, tmp_path: Path) -> None:
    lacking, whole = tmp_path / "lacking.docx", tmp_path / "letterhead.docx"
    lacking.write_bytes(template(without_styles("Heading 2", "Caption")))
    whole.write_bytes(template())
    visitor.signs_in(MANAGER)
    visitor.opens("/settings")
    visitor.follows("Template of papers: the board’s logo, fonts and styles in Word")
    visitor.page.get_by_label("The template").set_input_files(lacking)
    visitor.presses("Check the template")
    visitor.sees("It has no style “Caption”")
    visitor.finds_no_barrier("a template that lacks styles")
    visitor.fits_a_phone("a template that lacks styles")
    visitor.page.get_by_label("The template").set_input_files(whole)
    visitor.presses("Check the template")
    visitor.sees("Georgia, 12 point")
    visitor.finds_no_barrier("a template to look at")
    visitor.fits_a_phone("a template to look at")
    version = visitor.page.url
    with visitor.page.expect_download() as download:
        visitor.follows("A sample of a paper in it (Word)")
    download.value.save_as(tmp_path / "sample.docx")
    assert font_of(tmp_path / "sample.docx") == "Georgia"
    visitor.page.goto(version)
    visitor.presses("Take it into use")
    visitor.sees("Every paper has this template from now on.")
    visitor.finds_no_barrier("versions of a template")
    assert font_of(take_report(visitor, "/reports/progress?agency=POL", tmp_path / "worn.docx")) == "Georgia"
    visitor.page.goto(version)
    visitor.presses("Take it out of use")
    visitor.sees("Papers have the usual look again.")
