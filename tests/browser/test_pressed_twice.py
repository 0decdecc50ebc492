"""A person who presses a button again, at once, later or after going back, makes one thing and is told so."""

from playwright.sync_api import expect

from .navigator import Navigator

MANAGER = "board.manager@kscb.example"
ADDRESS = "/reviews/SCR-2011-01/recommendations/new"
COUNT = "SELECT count(*) FROM recommendation WHERE text = ?"

SEND_TWICE = """
async () => {
  const typed = new URLSearchParams(new FormData(document.querySelector("main form")));
  await Promise.all([1, 2].map(() => fetch(location.href, {method: "POST", body: typed})));
}
"""


def test_two_posts_of_one_page_make_one(visitor: Navigator) -> None:
    visitor.signs_in(MANAGER)
    visitor.opens(ADDRESS)
    visitor.page.locator("textarea").first.fill("Pressed twice at once.")
    visitor.page.evaluate(SEND_TWICE)
    assert visitor.site.rows(COUNT, "Pressed twice at once.") == [(1,)]


def test_going_back_and_saving_again_makes_one(visitor: Navigator) -> None:
    visitor.signs_in(MANAGER)
    visitor.opens(ADDRESS)
    visitor.page.locator("textarea").first.fill("Saved, back, saved.")
    visitor.page.locator("main button[type=submit]").first.click()
    visitor.sees("is saved")
    visitor.page.go_back()
    expect(visitor.page.locator("textarea").first).to_have_value("Saved, back, saved.")
    visitor.page.locator("main button[type=submit]").first.click()
    visitor.sees("This form was sent already")
    assert visitor.site.rows(COUNT, "Saved, back, saved.") == [(1,)]
