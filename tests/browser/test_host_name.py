"""Over plain http at a host name, where browsers send no Fetch Metadata, what was typed is kept too."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import apsw
import pytest
from playwright.sync_api import Browser, BrowserType, expect

from .navigator import Navigator, Site

HOST = "tracker.example"
MANAGER = "board.manager@kscb.example"
TYPED = 'Line one\nLine “two” & <b>"three"</b>  end'


@pytest.fixture
def stranger(browser_type: BrowserType, browser_type_launch_args: dict, site: Site) -> Iterator[Browser]:
    """Yield a browser for which the site has a name that is not this machine's own."""
    arguments = [*browser_type_launch_args["args"], f"--host-resolver-rules=MAP {HOST} 127.0.0.1"]
    opened = browser_type.launch(**{**browser_type_launch_args, "args": arguments})
    yield opened
    opened.close()


def test_what_was_typed_is_kept_at_a_host_name(stranger: Browser, site: Site) -> None:
    named = replace(site, address=site.address.replace("127.0.0.1", HOST))
    page = stranger.new_page()
    visitor = Navigator(page, named)
    visitor.signs_in(MANAGER)
    visitor.opens("/reviews/SCR-2011-01/recommendations/new")
    page.set_default_timeout(8_000)
    page.locator("textarea").first.fill(TYPED)
    end_sessions(site)
    sent: list[dict[str, str]] = []
    page.on(
        "request", lambda request: sent.append(request.all_headers()) if request.method == "POST" else None
    )
    page.locator("main button[type=submit]").first.click()
    visitor.sees("What you typed is kept")
    assert "sec-fetch-site" not in sent[0], "this browser would not have shown the fault"
    assert sent[0]["origin"] == named.address
    page.get_by_label("Email address").fill(MANAGER)
    page.get_by_label("Password", exact=True).fill(site.password)
    page.get_by_role("button", name="Sign in").click()
    visitor.presses("Send what I typed")
    expect(page.locator(".govuk-notification-banner")).to_contain_text("is saved")
    assert (TYPED,) in site.rows("SELECT text FROM recommendation ORDER BY id DESC LIMIT 1")


def end_sessions(site: Site) -> None:
    """Forget everybody who is signed in, as after a weekend."""
    with closing(apsw.Connection(str(site.instance / "kscb.db"))) as connection:
        connection.set_busy_timeout(20_000)
        connection.execute("DELETE FROM sign_in_session")
