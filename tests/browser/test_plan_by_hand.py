"""A plan of 12 recommendations and 30 actions is typed by hand, with its clicks and page loads counted.

A click is what presses a link, a button or a tick, with the mouse or the keyboard, and the choice made in a
list. Typing, and going from field to field with the Tab key, is none. The page itself counts.
"""

from collections import Counter
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from .navigator import Navigator, Site

MANAGER = "board.manager@kscb.example"
MOST_CLICKS, MOST_LOADS = 60, 16
# How many actions each of the recommendations has; one has more than a page has rows at first.
ACTIONS = (4, 3, 2, 1, 0, 5, 2, 3, 2, 4, 1, 3)
COUNTING = """
const told = event => {
  const at = event.target.closest('a, button, select, input[type=checkbox], input[type=radio]');
  const is_choice = event.type === 'change' && at?.tagName === 'SELECT';
  const is_press = event.type === 'click' && event.isTrusted && at && at.tagName !== 'SELECT';
  if (is_choice || is_press) counted(at.tagName);
};
addEventListener('click', told, true);
addEventListener('change', told, true);
"""


class Counting:
    """The clicks and page loads of a visitor from now on."""

    def __init__(self, visitor: Navigator) -> None:
        self.clicks, self.loads = Counter[str](), 0
        visitor.page.expose_function("counted", lambda tag: self.clicks.update([tag]))
        visitor.page.add_init_script(COUNTING)
        visitor.page.on("domcontentloaded", self._loaded)

    def _loaded(self, _: Page) -> None:
        self.loads += 1


@pytest.fixture
def agencies(site: Site) -> Iterator[str]:
    """Return agencies one after another, so that what is proposed never fits."""
    names = [
        name
        for (name,) in site.rows(
            "SELECT DISTINCT agency.name FROM agency JOIN person ON person.agency_id = agency.id "
            "WHERE agency.is_active AND person.is_active AND person.roles LIKE '%agency_lead%' ORDER BY 1"
        )
    ]
    return (names[number * 2 % len(names)] for number in range(1000))


def record(visitor: Navigator) -> None:
    """Record the review that the plan belongs to."""
    visitor.signs_in(MANAGER)
    visitor.opens("/reviews/new")
    visitor.chooses("Independent review")
    visitor.fills("Reference", "IR-2012-09")
    visitor.fills("Title", "Review of how plans are kept")
    visitor.page.get_by_label("Stage it has reached").select_option("Action plan monitoring")
    visitor.dates("When did it reach this stage?", 29, 3, 2012)
    visitor.presses("Record the review")


def fills_row(visitor: Navigator, place: int, agency: str) -> None:
    """Choose an agency in a row and type the rest."""
    row = visitor.page.get_by_role("group", name=f"Action {place}", exact=True)
    row.get_by_label("Agency", exact=True).select_option(agency)
    for label, value in (("Day", "30"), ("Month", "9"), ("Year", "2012")):
        row.get_by_label(label).fill(value)
    row.get_by_label("What is the agency to do?").fill(f"What {agency} has to do.")
    row.get_by_label("How will the Board see").fill("An audit shows it.")


def test_a_plan_takes_few_clicks_and_page_loads(
    visitor: Navigator, site: Site, agencies: Iterator[str]
) -> None:
    record(visitor)
    counting = Counting(visitor)
    visitor.page.reload()
    visitor.follows("Add a recommendation")
    for number, count in enumerate(ACTIONS, start=1):
        expect(visitor.page.locator("h1")).to_have_text(f"Add recommendation {number}")
        visitor.fills("Number in the report (optional)", f"4.{number}")
        visitor.fills("Recommendation", f"What recommendation {number} asks.")
        if number in (1, 6):
            visitor.chooses("Key recommendation")
        if count > visitor.page.locator(".app-plan-row").count():
            visitor.presses("Add more rows")
        for place in range(1, count + 1):
            fills_row(visitor, place, next(agencies))
        visitor.presses("Save and add the next recommendation")
    visitor.sees("Recommendation 4.12 (R12)")
    made = site.rows(
        "SELECT count(DISTINCT recommendation.id), count(action.id), count(action.lead_id), "
        "count(action.original_due_on) FROM recommendation "
        "JOIN review ON review.id = recommendation.review_id "
        "LEFT JOIN action ON action.recommendation_id = recommendation.id WHERE reference = 'IR-2012-09'"
    )
    assert made == [(12, 30, 30, 30)]
    # The page on which the counting began is among the loads.
    assert counting.clicks.total() <= MOST_CLICKS and counting.loads <= MOST_LOADS, vars(counting)
    assert counting.clicks["SELECT"] == 30 and counting.clicks["BUTTON"] >= 12


def tabs_to(visitor: Navigator, field: Locator) -> None:
    """Go to a field with the Tab key."""
    for _ in range(60):
        if field.evaluate("element => element === document.activeElement"):
            return
        visitor.page.keyboard.press("Tab")
    raise AssertionError(f"{field} is not reached with the Tab key")


def test_the_keyboard_alone_records_one_with_rows_added(visitor: Navigator, site: Site) -> None:
    visitor.signs_in(MANAGER)
    visitor.opens("/reviews/IR-2012-09/recommendations/new")
    page, keys = visitor.page, visitor.page.keyboard
    tabs_to(visitor, page.get_by_label("Recommendation", exact=True))
    keys.type("Typed without a mouse.")
    tabs_to(visitor, page.get_by_label("Key recommendation"))
    keys.press("Space")
    tabs_to(visitor, page.get_by_role("button", name="Add more rows"))
    keys.press("Enter")
    row = page.get_by_role("group", name="Action 5", exact=True)
    expect(row.get_by_label("Agency", exact=True)).to_be_focused()
    visitor.finds_no_barrier("a plan with rows added")
    visitor.fits_a_phone("a plan with rows added")
    keys.type("Kent Police")
    expect(row.get_by_label("Lead", exact=True).locator("option:checked")).not_to_have_text(
        "The agency’s usual lead"
    )
    tabs_to(visitor, row.get_by_label("Day"))
    for part in ("1", "10", "2012", "Ask."):
        keys.type(part)
        keys.press("Tab")
    tabs_to(visitor, page.get_by_role("button", name="Save and see the plan"))
    keys.press("Enter")
    visitor.sees("Recommendation 13 is saved with 1 action.")
    kept = site.rows("SELECT text, original_due_on, agency_id FROM action ORDER BY id DESC LIMIT 1")
    police = site.rows("SELECT id FROM agency WHERE name = 'Kent Police'")[0][0]
    assert kept == [("Ask.", "2012-10-01", police)]
