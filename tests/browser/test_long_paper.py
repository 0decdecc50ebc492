"""A long paper is drawn while its page says how far it is; the page in each of its states."""

from contextlib import closing
from pathlib import Path

import apsw
import pytest
from playwright.sync_api import Browser

from kscb_actions import clock

from .navigator import Navigator, Site

MANAGER = "board.manager@kscb.example"
NEWEST = "SELECT id, reference FROM kept_paper ORDER BY id DESC LIMIT 1"
STATES = {
    "drawing": ("", "4 of 12 sections are drawn, with 12,400 of 46,000 rows of its tables."),
    "failed": (
        "This took longer than 120 seconds, so it was stopped.",
        "Draw it again. Where it fails again",
    ),
    "stopped": ("", "nothing of it is lost"),
}


def put(site: Site, paper_id: object, state: str, problem: str = "") -> None:
    """Let the file of a paper stand so, as whoever draws it would."""
    now = clock.real_now().replace(tzinfo=None).isoformat(" ")
    with closing(apsw.Connection(str(site.instance / "kscb.db"))) as database:
        database.set_busy_timeout(10_000)
        database.execute("DELETE FROM paper_drawing")
        database.execute(
            "INSERT INTO paper_drawing (paper_id, state, asked_at, told_at, sections_done, sections, "
            "rows_done, rows, tries, problem, look) VALUES (?, ?, ?, ?, 4, 12, 12400, 46000, 1, ?, '')",
            (paper_id, state, now, now, problem),
        )


@pytest.fixture
def kept(visitor: Navigator, site: Site, tmp_path: Path) -> tuple[object, str]:
    """Return the id and the reference of a paper that was just kept."""
    visitor.signs_in(MANAGER)
    visitor.opens("/reports/exceptions")
    with visitor.page.expect_download():
        visitor.presses("Download as Word")
    [(paper_id, reference)] = site.rows(NEWEST)
    return paper_id, str(reference)


def test_each_state_is_said_without_a_barrier_and_the_page_goes_on_by_itself(
    visitor: Navigator, site: Site, kept: tuple[object, str], tmp_path: Path
) -> None:
    paper_id, reference = kept
    address = f"/reports/papers/{reference}/drawing"
    for state, (problem, words) in STATES.items():
        # The page of the state before would go on by itself meanwhile.
        visitor.page.goto("about:blank")
        put(site, paper_id, state, problem)
        visitor.opens(address)
        visitor.sees(words)
        visitor.finds_no_barrier(f"a drawing that is {state}")
        visitor.fits_a_phone(f"a drawing that is {state}")
    put(site, paper_id, "drawing")
    visitor.opens(address)
    put(site, paper_id, "waiting")
    visitor.sees("The Word file is ready")
    visitor.finds_no_barrier("a paper that is drawn")
    visitor.fits_a_phone("a paper that is drawn")


def test_without_javascript_it_reads_itself_again(
    browser: Browser, site: Site, kept: tuple[object, str], visitor: Navigator
) -> None:
    paper_id, reference = kept
    put(site, paper_id, "drawing")
    state = visitor.page.context.storage_state()
    context = browser.new_context(java_script_enabled=False, storage_state=state)
    try:
        page = context.new_page()
        page.goto(f"{site.address}/reports/papers/{reference}/drawing")
        page.get_by_text("4 of 12 sections are drawn").wait_for()
        put(site, paper_id, "failed", "It took too long.")
        page.get_by_text("It took too long.").wait_for(timeout=15_000)
    finally:
        context.close()
