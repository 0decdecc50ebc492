"""A section of an agency's answer is saved while it is typed, and what was typed is lost in no case."""

from contextlib import suppress
from typing import Any

from playwright.sync_api import Page, Route, expect

from .navigator import Navigator, Site

CONTACT = "child.death.contact@kent-community-health.example"
RETURNED = (
    "SELECT agency_return.id FROM agency_return JOIN person ON person.agency_id = agency_return.agency_id "
    f"WHERE step = 'returned' AND person.email = '{CONTACT}'"
)
TEXT = "SELECT text FROM return_part WHERE agency_return_id = {} AND section = 'services'"


def region(page: Page) -> Any:
    """Return what the page says of the saving."""
    return page.locator("form [role=status]")


def arrives(page: Page) -> None:
    """Let half a minute pass until what waited is saved: a try may still find no way out."""
    for _ in range(10):
        page.clock.run_for(30_000)
        with suppress(AssertionError):
            expect(region(page)).to_contain_text("Saved at", timeout=1_000)
            return
    raise AssertionError("what was typed was not sent by itself")


def test_what_is_typed_is_saved_by_itself_or_said_not_to_be(visitor: Navigator, site: Site) -> None:
    page = visitor.page
    visitor.signs_in(CONTACT)
    ((request,),) = site.rows(RETURNED)
    visitor.opens(f"/death-requests/{request}/sections/services")
    page.clock.install()
    visitor.opens(f"/death-requests/{request}/sections/services")
    expect(region(page)).to_have_text("What you type is saved by itself.")
    text = page.get_by_label("Services", exact=True)
    text.focus()
    page.keyboard.type("Three visits were missed")
    page.clock.run_for(2_000)
    page.keyboard.type(".")
    page.clock.run_for(2_900)
    expect(region(page)).to_have_text("What you type is saved by itself.")
    page.clock.run_for(200)
    expect(region(page)).to_contain_text("Saved at")
    assert site.rows(TEXT.format(request)) == [("Three visits were missed.",)]
    visitor.finds_no_barrier("a section that is saved")

    # Offline: it says so, keeps the text, and sends it by itself later.
    page.context.set_offline(True)
    page.keyboard.type(" All in May.")
    page.clock.run_for(3_000)
    expect(region(page)).to_contain_text("the server cannot be reached")
    visitor.finds_no_barrier("a section that is not saved")
    page.context.set_offline(False)
    arrives(page)
    visitor.complaints.clear()
    assert site.rows(TEXT.format(request)) == [("Three visits were missed. All in May.",)]

    # In another window: the second does not overwrite the first, and the button shows both.
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_label("Services", exact=True).fill("Four visits.")
    other.locator("h1").click()
    expect(region(other)).to_contain_text("Saved at")
    other.close()
    text.fill("Five visits.")
    page.locator("h1").click()
    expect(region(page)).to_contain_text("you have saved this section in another window")
    assert site.rows(TEXT.format(request)) == [("Four visits.",)]
    visitor.complaints.clear()
    visitor.presses("Save and go back to the request")
    visitor.sees("Four visits.")
    text = page.get_by_label("Services", exact=True)
    expect(text).to_have_value("Five visits.")
    # There it is for a button to decide.
    text.fill("Six visits.")
    page.locator("h1").click()
    page.clock.run_for(4_000)
    assert site.rows(TEXT.format(request)) == [("Four visits.",)]
    visitor.complaints.clear()
    visitor.presses("Save and go back to the request")
    visitor.sees("“Services” is saved.")

    # The button waits for what is under way, and meets no text of its own.
    visitor.opens(f"/death-requests/{request}/sections/services")
    held: list[Route] = []
    is_own = "application/json"
    page.route(
        "**/sections/services",
        lambda route: held.append(route) if route.request.headers["accept"] == is_own else route.continue_(),
    )
    text = page.get_by_label("Services", exact=True)
    text.fill("Seven visits.")
    page.locator("h1").click()
    text.fill("Eight visits.")
    page.get_by_role("button", name="Save and go back to the request").click(no_wait_after=True)
    assert len(held) == 1
    held[0].continue_()
    expect(page).to_have_url(f"{site.address}/death-requests/{request}")
    visitor.sees("“Services” is saved.")
    page.unroute("**/sections/services")
    assert site.rows(TEXT.format(request)) == [("Eight visits.",)]

    # What would name somebody is refused while it is typed; once it is right nothing is asked on leaving.
    visitor.opens(f"/death-requests/{request}/sections/services")
    text = page.get_by_label("Services", exact=True)
    text.fill("Mrs Smith missed them.")
    page.locator("h1").click()
    expect(region(page)).to_contain_text("looks like a name")
    visitor.complaints.clear()
    text.fill("The mother missed them.")
    page.locator("h1").click()
    expect(region(page)).to_contain_text("Saved at")
    visitor.follows("Back to the request")
    visitor.sees("The child’s name is not kept here.")
    assert visitor.questions == []
    assert site.rows(TEXT.format(request)) == [("The mother missed them.",)]
