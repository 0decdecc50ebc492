"""What was typed and not saved is not lost by following a link."""

from playwright.sync_api import expect

from .navigator import Navigator

LEAD = "head.safeguarding@kent-childrens-services.example"


def test_leaving_with_something_typed_is_asked_about(visitor: Navigator) -> None:
    visitor.signs_in(LEAD)
    visitor.opens("/my-actions")
    visitor.page.locator("textarea").first.fill("Half a sentence")
    visitor.leaves = False
    visitor.page.locator("main h3 a").first.click()
    expect(visitor.page.locator("textarea").first).to_have_value("Half a sentence")
    assert visitor.questions == ["beforeunload"]


def test_what_comes_back_with_errors_is_asked_about_too(visitor: Navigator) -> None:
    visitor.signs_in(LEAD)
    visitor.opens("/my-actions")
    visitor.page.locator("textarea").first.fill("x" * 20_000)
    visitor.presses("Save updates")
    assert visitor.questions == []
    visitor.page.locator("h1").click()
    visitor.opens("/actions")
    assert visitor.questions == ["beforeunload"]


def test_nothing_is_asked_where_nothing_is_typed_or_all_is_saved(visitor: Navigator) -> None:
    visitor.signs_in(LEAD)
    visitor.opens("/my-actions")
    visitor.page.locator("h1").click()
    visitor.page.locator("main h3 a").first.click()
    visitor.opens("/my-actions")
    row = visitor.page.locator("section.app-work").first
    row.get_by_label("In progress").check()
    row.locator("textarea").fill("The training has begun.")
    visitor.presses("Save updates")
    visitor.sees("1 update saved")
    visitor.page.locator("h1").click()
    visitor.opens("/actions")
    assert visitor.questions == []
