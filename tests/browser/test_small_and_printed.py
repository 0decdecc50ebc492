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
MANAGER = "board.manager@kscb.example"
TELEPHONE = {"width": 360, "height": 800}
# Of a first page as the demonstration has it, with so many folds that are shut.
MOST_PIXELS = {LEAD: 5000, CHAIR: 5000}
FOLDED = {LEAD: 9, CHAIR: 1}
OPENED = {LEAD: 2, CHAIR: 0}
# Journeys before this one give the lead more actions, and some of them are pressing: what the card of each
# may take, marked as new, folded or open.
MOST_PIXELS_MORE, MOST_PIXELS_OPEN = 195, 900
# They also ask the lead to answer a recommendation, which is a paragraph more.
MOST_PIXELS_ASKED = 75


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


def height_on_a_telephone(page: Page) -> int:
    """Return how high a page is on a telephone, its menu folded, which a script does."""
    page.set_viewport_size(TELEPHONE)
    expect(page.get_by_role("button", name="Menu")).to_be_visible()
    expect(page.locator(".govuk-service-navigation__list")).to_be_hidden()
    return int(page.evaluate("document.documentElement.scrollHeight"))


@pytest.mark.parametrize("who", MOST_PIXELS)
def test_the_first_page_is_short_on_a_telephone_and_whole_at_a_desk(visitor: Navigator, who: str) -> None:
    page = visitor.page
    visitor.signs_in(who)
    folded = page.locator(".app-fold:not([open]) > .app-fold__body")
    hidden = folded.count()
    assert hidden > 0
    assert all(each.is_visible() for each in folded.all())
    height = height_on_a_telephone(page)
    opened = page.locator("main .app-fold[open]").count()
    more = (hidden - FOLDED[who]) * MOST_PIXELS_MORE + (opened - OPENED[who]) * MOST_PIXELS_OPEN
    more += page.locator("main p", has_text="for your answer").count() * MOST_PIXELS_ASKED
    assert height <= MOST_PIXELS[who] + more
    assert not any(each.is_visible() for each in folded.all())
    page.locator(".app-fold:not([open]) > summary").first.click()
    assert folded.count() == hidden - 1


def test_a_paper_is_short_on_a_telephone_until_a_section_is_opened(visitor: Navigator) -> None:
    visitor.signs_in(CHAIR)
    visitor.opens("/reports/progress?since=2011-12-31")
    page = visitor.page
    whole = page.locator("main").inner_text()
    assert height_on_a_telephone(page) <= 6000
    closed = page.locator(".app-report .app-fold:not([open]) > summary")
    while closed.count():
        closed.first.click()
    assert set(whole.split()) <= set(page.locator("main").inner_text().split())


def test_ladders_are_short_on_a_telephone_until_one_is_opened(visitor: Navigator) -> None:
    visitor.signs_in(MANAGER)
    visitor.opens("/settings/reminders")
    page = visitor.page
    rungs = page.locator("main td", has_text="Board manager").first
    expect(rungs).to_be_visible()
    assert height_on_a_telephone(page) <= 5500
    expect(rungs).to_be_hidden()
    for each in page.locator(".app-fold > summary").all():
        each.click()
    expect(rungs).to_be_visible()


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


COORDINATOR = "cdop.coordinator@kscb.example"
# A4 without its margins, in CSS pixels: on its side, and upright.
ON_ITS_SIDE, UPRIGHT = 1009, 680
LISTS = (
    *("/reviews", "/actions", "/answers", "/challenges", "/measures", "/people", "/outbox", "/audit"),
    "/reminders/log",
)
OTHERS = (
    "/attention",
    "/reviews/SCR-2011-02",
    "/meetings",
    "/meetings/2",
    "/settings/reminders",
    "/measures/1",
)
# Columns in which each word stands on a line of its own; words larger than those beside them, and values
# with room left of which nothing is printed; and what is wider than the sheet.
BAD_PRINT = """
() => {
  const wide = document.documentElement.scrollWidth > document.documentElement.clientWidth + 1;
  const thin = [...document.querySelectorAll("main td, main th")].filter(each =>
    each.clientWidth > 0 && each.clientWidth < 45 && each.textContent.trim().split(/\\s+/).length > 4);
  const size = (each) => parseFloat(getComputedStyle(each).fontSize);
  const large = [...document.querySelectorAll(".app-table td *")].filter(each =>
    each.clientHeight > 0 && size(each) > size(each.closest("td")) + 0.5);
  const right = (each) => each.getBoundingClientRect().right;
  const short = [...document.querySelectorAll(".govuk-summary-list__value")].filter(each =>
    each.clientWidth > 0 && right(each) < right(each.closest("dl")) - 1);
  return [wide, [...thin, ...large, ...short].map(each => each.dataset.label ?? each.className)];
}
"""


def as_printed(page: Page, width: int) -> list[object]:
    """Return whether a page is wider than its sheet, and its columns of single words."""
    page.emulate_media(media="print")
    page.set_viewport_size({"width": width, "height": 900})
    return list(page.evaluate(BAD_PRINT))


def test_every_list_is_printed_on_its_side_and_other_pages_upright(visitor: Navigator) -> None:
    visitor.signs_in(MANAGER)
    for addresses, width in ((LISTS, ON_ITS_SIDE), (OTHERS, UPRIGHT)):
        for address in addresses:
            visitor.opens(address)
            visitor.page.wait_for_load_state("load")
            sheets = printed(visitor.page)
            assert {wide > high for wide, high, _ in sheets} == {width == ON_ITS_SIDE}, address
            assert {round(max(wide, high)) for wide, high, _ in sheets} == {842}, f"{address} is not A4"
            text = "\n".join(words for _, _, words in sheets)
            for only_on_screen in ("http", "Download this list", "Apply filters", "Sign out", "Sort by"):
                assert only_on_screen not in text, (address, only_on_screen)
            assert as_printed(visitor.page, width) == [False, []], address
            visitor.page.emulate_media(media="null")
            visitor.page.set_viewport_size({"width": 1280, "height": 900})


def test_a_column_of_single_words_or_off_the_sheet_would_be_found(visitor: Navigator) -> None:
    visitor.signs_in(MANAGER)
    visitor.opens("/people")
    assert as_printed(visitor.page, ON_ITS_SIDE) == [False, []]
    visitor.page.evaluate(
        """
        const cell = document.querySelector("main td");
        cell.textContent = "one two three four five six";
        const sheet = new CSSStyleSheet();
        sheet.replaceSync("main td:nth-child(2) { display: block !important; width: 30px !important; }");
        document.adoptedStyleSheets = [sheet];
        """
    )
    assert as_printed(visitor.page, ON_ITS_SIDE)[1] != []
    visitor.page.evaluate("document.querySelector('main h1').style.width = '2000px'")
    assert as_printed(visitor.page, ON_ITS_SIDE)[0] is True


def test_a_long_address_in_what_people_write_pushes_nothing_off_the_page(visitor: Navigator) -> None:
    visitor.signs_in(MANAGER)
    for address, width in (
        ("/actions", 360),
        ("/actions", 1280),
        ("/actions", ON_ITS_SIDE),
        ("/challenges", 1280),
    ):
        visitor.opens(address)
        visitor.page.evaluate(
            """
            const long = "https://board.example/" + "guidance".repeat(30);
            document.querySelector("h1").textContent = long;
            const cell = "td:is([data-label=Action], [data-label=Question]) > *";
            document.querySelector(cell).textContent = long;
            """
        )
        visitor.page.emulate_media(media="print" if width == ON_ITS_SIDE else "screen")
        visitor.page.set_viewport_size({"width": width, "height": 900})
        assert visitor.page.evaluate(BAD_PRINT)[0] is False, (address, width)


def test_the_navigation_is_one_line_and_all_of_it_is_reached(visitor: Navigator) -> None:
    page = visitor.page
    for email, last in ((MANAGER, "Settings"), (CHAIR, "Audit trail")):
        visitor.signs_in(email)
        box = page.locator(".govuk-service-navigation__list").bounding_box()
        assert box and box["height"] < 70, email
        more = page.locator(".app-more > summary")
        more.focus()
        page.keyboard.press("Enter")
        link = page.get_by_role("link", name=last, exact=True)
        expect(link).to_be_visible()
        page.keyboard.press("Escape")
        expect(link).to_be_hidden()
        expect(more).to_be_focused()
        visitor.follows(last, exact=True)
        expect(page.locator("h1")).to_have_text(last)
        visitor.signs_out()


@pytest.mark.parametrize(
    ("who", "address", "most"),
    [
        (MANAGER, "/reviews/SCR-2011-02", 6500),
        (MANAGER, "/meetings/2", 5000),
        (MANAGER, "/actions", 8200),
        (MANAGER, "/people", 5500),
        # Of the days before: what other tests do today differs.
        (MANAGER, "/audit?until=2011-12-20", 7000),
        (MANAGER, "/settings/reminders/challenges", 3000),
        (COORDINATOR, "/child-death-tables", 7000),
        (MANAGER, "/answers", 6500),
        (MANAGER, "/reports/changes", 6000),
        (CHAIR, "/reports/annual", 6000),
    ],
)
def test_other_long_pages_stay_short_on_a_telephone(
    visitor: Navigator, who: str, address: str, most: int
) -> None:
    visitor.signs_in(who)
    visitor.opens(address)
    assert height_on_a_telephone(visitor.page) <= most


def test_what_is_folded_is_printed(visitor: Navigator) -> None:
    visitor.signs_in(LEAD)
    visitor.page.set_viewport_size(TELEPHONE)
    text = "\n".join(words for _, _, words in printed(visitor.page))
    assert text.count("What has happened since?") == visitor.page.locator(".app-work").count()
