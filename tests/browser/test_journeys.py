"""The three journeys of the main job, as people make them."""

from pathlib import Path

import docx
import pytest
from playwright.sync_api import Page, expect

from ..reports.stories import QUERY
from .navigator import Navigator, Site
from .word import headings_of_word, pieces_of_page, tables_of_word

MANAGER = "board.manager@kscb.example"
CHAIR = "scr.chair@kent-probation.example"
LEAD = "head.safeguarding@kent-childrens-services.example"
MINUTES = b"Minutes of the safeguarding group, 14 March 2012. The procedure was agreed.\n"


def test_a_manager_records_a_review_with_its_plan(visitor: Navigator, site: Site) -> None:
    visitor.signs_in(MANAGER)
    visitor.follows("Reviews", exact=True)
    visitor.follows("Record a review")
    visitor.chooses("Serious case review")
    visitor.fills("Reference", "scr-2012-01")
    visitor.fills("Title", "Serious case review: Child J")
    visitor.fills("Pseudonym (optional)", "Child J")
    visitor.chooses("Sharing what each agency knows")
    visitor.page.get_by_label("Stage it has reached").select_option("Action plan monitoring")
    visitor.dates("When did it reach this stage?", 31, 2, 2012)
    visitor.presses("Record the review")
    visitor.sees("Date of the stage: There is no 31 February 2012. That month has 29 days.")
    visitor.finds_no_barrier("a review with a wrong date")
    assert visitor.page.get_by_label("Title", exact=True).input_value() == "Serious case review: Child J"
    visitor.dates("When did it reach this stage?", 29, 3, 2012)
    visitor.presses("Record the review")
    visitor.sees("SCR-2012-01")
    visitor.follows("Add a recommendation")
    visitor.fills("Recommendation", "Every agency tells the others when a new adult joins a household. 👪")
    visitor.fills("Intended outcome (optional)", "Nobody new in a child’s home is unknown to the network.")
    visitor.presses("Save and see the plan")
    visitor.follows("Add actions")
    visitor.fills("What is the agency to do?", "Ask about new adults at each contact and record the answer.")
    visitor.fills("How will the Board see that it is done? (optional)", "A sample of 20 records shows it.")
    visitor.dates("Due date", 30, 6, 2012)
    visitor.page.get_by_label("All Board agencies").check()
    visitor.presses("Save")
    agencies = site.rows("SELECT count(*) FROM agency WHERE is_active")[0][0]
    made = site.rows(
        "SELECT count(*), count(DISTINCT action.agency_id), min(original_due_on), max(current_due_on) "
        "FROM action JOIN review ON review.id = action.review_id WHERE review.reference = 'SCR-2012-01'"
    )
    assert made == [(agencies, agencies, "2012-06-30", "2012-06-30")]
    visitor.opens("/reviews/SCR-2012-01")
    visitor.sees("👪")
    visitor.sees("SCR-2012-01/A1")
    visitor.finds_no_barrier("the review with its plan")


def test_a_lead_updates_ten_actions_and_attaches_evidence(
    visitor: Navigator, site: Site, tmp_path: Path
) -> None:
    visitor.signs_in(LEAD)
    assert visitor.heading() == "My actions"
    rows = visitor.page.locator("section.app-work")
    references = [rows.nth(index).locator("h3 a").inner_text() for index in range(10)]
    for index in range(10):
        rows.nth(index).get_by_label("In progress").check()
        rows.nth(index).locator("textarea").fill(f"Update {index} of this sitting.")
    rows.nth(3).locator("textarea").fill("")
    rows.nth(3).get_by_label("Cannot be done").check()
    visitor.page.get_by_role("button", name="Save updates").last.click()
    visitor.sees("9 updates saved")
    visitor.finds_no_barrier("my actions with an error on a row")
    wrong = visitor.page.locator("section.app-work", has_text=references[3])
    expect(wrong.locator(".govuk-error-message")).to_have_count(1)
    expect(wrong.get_by_label("Cannot be done")).to_be_checked()
    wrong.locator("textarea").fill("The post was not funded.")
    visitor.page.get_by_role("button", name="Save updates").last.click()
    visitor.sees("1 update saved")
    told = site.rows(
        "SELECT count(*) FROM progress_update WHERE narrative LIKE 'Update % of this sitting.' "
        "OR narrative = 'The post was not funded.'"
    )
    assert told == [(10,)]
    attach_and_report(visitor, tmp_path, references[0])


def attach_and_report(visitor: Navigator, folder: Path, reference: str) -> None:
    """Attach two files to an action and report it done."""
    (folder / "minutes.txt").write_bytes(MINUTES)
    (folder / "figures.csv").write_bytes(b"month,trained\r\nFebruary,41\r\nMarch,64\r\n")
    (folder / "macro.docm").write_bytes(b"PK\x03\x04 not a document")
    visitor.follows(reference, exact=True)
    visitor.follows("Attach evidence")
    files = visitor.page.locator("input[type=file]")
    files.set_input_files([folder / "minutes.txt", folder / "macro.docm"])
    visitor.chooses("Minutes")
    visitor.dates("What date does it speak of?", 14, 3, 2012)
    visitor.fills("What does it show?", "The group agreed the procedure.")
    visitor.presses("Attach the evidence")
    visitor.sees("macro.docm")
    visitor.finds_no_barrier("evidence with a refused file")
    assert visitor.page.get_by_label("What does it show?").input_value() == "The group agreed the procedure."
    files.set_input_files([folder / "minutes.txt", folder / "figures.csv"])
    visitor.presses("Attach the evidence")
    visitor.sees("figures.csv")
    visitor.follows("Report it done")
    visitor.page.locator("main textarea").fill("Agreed, printed and in use since 14 March.")
    visitor.presses("Report it done")
    visitor.sees("Waiting for the Board’s check")
    visitor.finds_no_barrier("an action reported done")


def waiting(site: Site) -> list[str]:
    """Return addresses of open actions that wait for a check and are not probation's."""
    return [
        f"/reviews/{reference}/actions/{number}"
        for reference, number in site.rows(
            "SELECT review.reference, action.number FROM action JOIN review ON review.id = action.review_id "
            "JOIN agency ON agency.id = action.agency_id "
            "WHERE assurance = 'submitted' AND standing = 'active' "
            "AND agency.code <> 'PRB' AND review.is_restricted = 0 ORDER BY action.id"
        )
    ]


def test_a_chair_returns_one_accepts_another_and_takes_the_report(
    visitor: Navigator, site: Site, tmp_path: Path
) -> None:
    first, second = waiting(site)[:2]
    visitor.signs_in(CHAIR)
    assert visitor.heading() == "What needs attention"
    visitor.page.get_by_role("link", name="Check", exact=False).first.click()
    for address, choice, reason in (
        (first, "Return it: something is missing", "The figures for the second quarter are missing."),
        (second, "Accept it: the evidence shows that it was done", "The audit shows it in 19 of 20 cases."),
    ):
        visitor.opens(f"{address}/check")
        visitor.presses("Save the decision")
        visitor.sees("There is a problem")
        visitor.chooses(choice)
        visitor.page.locator("main textarea").fill(reason)
        visitor.presses("Save the decision")
        visitor.opens(address)
        visitor.sees(reason)
    states = {
        f"/reviews/{reference}/actions/{number}": assurance
        for reference, number, assurance in site.rows(
            "SELECT review.reference, action.number, assurance FROM action "
            "JOIN review ON review.id = action.review_id"
        )
    }
    assert (states[first], states[second]) == ("returned", "accepted")
    paper = take_report(visitor, f"/reports/progress?{QUERY}", tmp_path / "all.docx")
    same_on_paper(visitor.page, paper)
    visitor.finds_no_barrier("the progress report")


@pytest.mark.parametrize(
    "query", [f"?review=SCR-2011-02&{QUERY}", "?as_at=30&as_at=9&as_at=2011&appendix=exceptions"]
)
def test_page_and_paper_say_the_same(visitor: Navigator, tmp_path: Path, query: str) -> None:
    visitor.signs_in(CHAIR)
    paper = take_report(visitor, f"/reports/progress{query}", tmp_path / "one.docx")
    same_on_paper(visitor.page, paper)


def take_report(visitor: Navigator, address: str, path: Path) -> Path:
    """Open a report and download its Word file."""
    visitor.opens(address)
    with visitor.page.expect_download() as download:
        visitor.presses("Download as Word")
    download.value.save_as(path)
    assert download.value.suggested_filename.startswith("progress-report-")
    return path


def same_on_paper(page: Page, paper: Path) -> None:
    """Fail unless each heading, count and row of the page is in the Word file, in the same order."""
    word = docx.Document(str(paper))
    # Beside what a screen shows: where a link leads, and what a reference names.
    page.evaluate(
        "document.querySelectorAll('.app-report a :is(.govuk-visually-hidden, .app-reference__text)')"
        ".forEach(each => each.remove())"
    )
    pieces = pieces_of_page(page)
    on_page = [piece.rows for piece in pieces if piece.heading is None]
    assert sum(map(len, on_page)) > 30
    assert on_page == tables_of_word(word)
    assert [piece.heading for piece in pieces if piece.heading] == headings_of_word(word)
    assert word.core_properties.author in ("", "Kent Safeguarding Children Board")
