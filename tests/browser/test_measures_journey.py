"""The owner of a measure gives the reading that is asked for, and finds it drawn on the line."""

from playwright.sync_api import expect

from .navigator import Navigator, Site

OWNER = "policy.performance@kent-childrens-services.example"
NAME = "Child protection plans lasting two years or more"


def test_a_reading_that_is_asked_for_is_given_and_drawn(visitor: Navigator, site: Site) -> None:
    ((measure,),) = site.rows("SELECT id FROM measure WHERE name = ?", NAME)
    visitor.signs_in(OWNER)
    visitor.opens("/my-actions")
    visitor.follows("1 reading of a measure for you to give")
    visitor.follows(f"M{measure}, {NAME}")
    picture = visitor.page.locator("svg[role=img]")
    expect(picture.locator("> circle")).to_have_count(4)
    visitor.follows("Give a reading")
    visitor.fills("Reading", "104")
    visitor.presses("Save")
    visitor.sees("A per cent lies between 0 and 100.")
    visitor.fills("Reading", "8.4")
    visitor.presses("Save")
    visitor.sees("Moves the right way, short of its target: 8.4% in 2011-12 after 10% in 2008-09")
    expect(picture.locator("> circle")).to_have_count(5)
    last = picture.locator("> circle").last.bounding_box()
    before = picture.locator("> circle").nth(3).bounding_box()
    assert last and before and last["x"] > before["x"] and last["y"] > before["y"]
    visitor.finds_no_barrier("a measure with its line")
    visitor.fits_a_phone("a measure with its line")
    visitor.opens("/my-actions")
    expect(visitor.page.get_by_role("link", name="reading of a measure for you to give")).to_have_count(0)
