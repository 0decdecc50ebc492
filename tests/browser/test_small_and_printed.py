"""A telephone, a printer, and the way back to a list."""

import json
import re
import subprocess
import sys

import pytest
from playwright.sync_api import Page, expect

from .navigator import Navigator

LEAD = "named.nurse@kent-community-health.example"
CHAIR = "scr.chair@kent-probation.example"
TELEPHONE = {"width": 360, "height": 800}
# Of a first page as the demonstration has it, with so many folds that are shut.
MOST_PIXELS = {LEAD: 5000, CHAIR: 5000}
FOLDED = {LEAD: 9, CHAIR: 1}
OPENED = {LEAD: 2, CHAIR: 0}
# Journeys before this one give the lead more actions, and some of them are pressing: what the card of each
# may take, marked as new, folded or open.
MOST_PIXELS_MORE, MOST_PIXELS_OPEN = 195, 900


READ = """
import json, pypdfium2, sys
sheets = pypdfium2.PdfDocument(sys.stdin.buffer.read())
read = lambda each: (each.get_width(), each.get_height(), each.get_textpage().get_text_bounded())
print(json.dumps(list(map(read, sheets))))
"""


def printed(page: Page) -> list[tuple[float, float, str]]:
    """Return width, height and words of each sheet that a page is printed on.

    Read in a process of its own: what draws PDFs is not to be loaded where pages are served.
    """
    sheets = page.pdf(prefer_css_page_size=True)
    told = subprocess.run([sys.executable, "-c", READ], input=sheets, capture_output=True, check=True)
    return [(width, height, words) for width, height, words in json.loads(told.stdout)]


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
    opened = page.locator("main .app-fold[open]").count()
    more = (hidden - FOLDED[who]) * MOST_PIXELS_MORE + (opened - OPENED[who]) * MOST_PIXELS_OPEN
    assert height <= MOST_PIXELS[who] + more
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
    closed = page.locator(".app-report .app-fold:not([open]) > summary")
    while closed.count():
        closed.first.click()
    assert set(whole.split()) <= set(page.locator("main").inner_text().split())


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
    expect(visitor.page).to_have_url(re.compile(r"page=all$"))
    visitor.page.wait_for_load_state("load")
    sheets = printed(visitor.page)
    assert {width > height for width, height, _ in sheets} == {True}
    text = "\n".join(words for _, _, words in sheets)
    columns = ("Reference", "Action", "Agency", "Lead", "Due", "Moved", "Updated", "Rating")
    assert all(column in text for column in columns)
    named = re.findall(r"\b[A-Z]+-\d{4}-\d{2}/A\d+\b", text)
    assert len(set(named)) == int(re.search(r"(\d+) actions match", text)[1])  # type: ignore[index]
    # No address stands after a link, and nothing that only a screen can do.
    assert "/actions" not in text and "Apply filters" not in text and "Sign out" not in text


def test_what_is_folded_is_printed(visitor: Navigator) -> None:
    visitor.signs_in(LEAD)
    visitor.page.set_viewport_size(TELEPHONE)
    text = "\n".join(words for _, _, words in printed(visitor.page))
    assert text.count("What has happened since?") == visitor.page.locator(".app-work").count()
