"""A telephone, a printer, and the way back to a list."""

import re

import pypdfium2
import pytest
from playwright.sync_api import expect

from .navigator import Navigator

LEAD = "named.nurse@kent-community-health.example"
CHAIR = "scr.chair@kent-probation.example"
TELEPHONE = {"width": 360, "height": 800}
# Of My actions, what stands above the cards and two that are open, and what each of the others may take.
MOST_PIXELS = {LEAD: 5000, CHAIR: 5000}


def words_of(printed: pypdfium2.PdfDocument) -> str:
    """Return what stands on the sheets."""
    return "\n".join(sheet.get_textpage().get_text_bounded() for sheet in printed)


@pytest.mark.parametrize("who", MOST_PIXELS)
def test_the_first_page_is_short_on_a_telephone_and_whole_at_a_desk(visitor: Navigator, who: str) -> None:
    page = visitor.page
    visitor.signs_in(who)
    folded = page.locator(".app-fold:not([open]) > .app-fold__body")
    hidden = folded.count()
    assert hidden > 0
    assert all(each.is_visible() for each in folded.all())
    page.set_viewport_size(TELEPHONE)
    height = page.evaluate("document.documentElement.scrollHeight")
    assert height <= MOST_PIXELS[who]
    assert not any(each.is_visible() for each in folded.all())
    page.locator(".app-fold:not([open]) > summary").first.click()
    assert folded.count() == hidden - 1


def test_a_paper_is_short_on_a_telephone_until_a_section_is_opened(visitor: Navigator) -> None:
    visitor.signs_in(CHAIR)
    visitor.opens("/reports/progress?since=2011-12-31")
    page = visitor.page
    whole = page.locator("main").inner_text()
    page.set_viewport_size(TELEPHONE)
    assert page.evaluate("document.documentElement.scrollHeight") <= 6000
    for summary in page.locator(".app-report .app-fold:not([open]) > summary").all():
        summary.click()
    assert set(whole.split("\n")) <= set(page.locator("main").inner_text().split("\n"))


def test_saving_stays_in_reach_and_what_is_in_danger_is_open(visitor: Navigator) -> None:
    page = visitor.page
    visitor.signs_in(LEAD)
    page.set_viewport_size(TELEPHONE)
    first = page.locator(".app-work").first
    expect(first.locator("textarea")).to_be_visible()
    page.locator(".app-work").last.scroll_into_view_if_needed()
    expect(page.get_by_role("button", name="Save updates").first).to_be_in_viewport()


def test_the_way_back_to_a_list_keeps_its_filters_until_signing_out(visitor: Navigator) -> None:
    page = visitor.page
    visitor.signs_in(CHAIR)
    visitor.opens("/actions?rating=red&sort=agency")
    page.locator("main tbody a").first.click()
    page.locator(".govuk-breadcrumbs__link").first.click()
    expect(page).to_have_url(re.compile(r"/actions\?rating=red&sort=agency$"))
    page.get_by_role("button", name="Sign out").click()
    visitor.signs_in(CHAIR)
    visitor.opens("/actions")
    page.locator("main tbody a").first.click()
    page.locator(".govuk-breadcrumbs__link").first.click()
    expect(page).to_have_url(re.compile(r"/actions$"))


def test_a_list_is_printed_on_its_side_with_all_its_rows_and_columns(visitor: Navigator) -> None:
    visitor.signs_in(CHAIR)
    visitor.opens("/actions?rating=red")
    visitor.page.get_by_role("link", name="on one page, to print them").click()
    printed = pypdfium2.PdfDocument(visitor.page.pdf(prefer_css_page_size=True))
    assert {sheet.get_width() > sheet.get_height() for sheet in printed} == {True}
    text = words_of(printed)
    columns = ("Reference", "Action", "Agency", "Lead", "Due", "Moved", "Updated", "Rating")
    assert all(column in text for column in columns)
    named = re.findall(r"\b[A-Z]+-\d{4}-\d{2}/A\d+\b", text)
    assert len(set(named)) == int(re.search(r"(\d+) actions match", text)[1])  # type: ignore[index]
    # No address stands after a link, and nothing that only a screen can do.
    assert "/actions" not in text and "Apply filters" not in text and "Sign out" not in text


def test_what_is_folded_is_printed(visitor: Navigator) -> None:
    visitor.signs_in(LEAD)
    visitor.page.set_viewport_size(TELEPHONE)
    text = words_of(pypdfium2.PdfDocument(visitor.page.pdf()))
    assert text.count("What has happened since?") == visitor.page.locator(".app-work").count()
