"""More time refused and then given until another date; typing slips put right and gone from the paper."""

from pathlib import Path

import docx
import pytest

from .navigator import Navigator, Site
from .test_journeys import take_report
from .word import folded

MANAGER = "board.manager@kscb.example"
CHAIR = "scr.chair@kent-probation.example"
LEAD = "head.safeguarding@kent-childrens-services.example"
REVIEW = "IR-2012-10"
ACTION = f"/reviews/{REVIEW}/actions/1"
REPORT = f"/reports/progress?review={REVIEW}&appendix=actions&appendix=stages"


@pytest.fixture(scope="module")
def owner(site: Site) -> tuple[str, str]:
    """Return the name of the lead's agency, and the lead's id."""
    names = "SELECT agency.name, person.id FROM person JOIN agency ON agency.id = agency_id WHERE email = ?"
    ((agency, lead),) = site.rows(names, LEAD)
    return str(agency), str(lead)


def record(visitor: Navigator, owner: tuple[str, str]) -> None:
    """Record a review with one action, its stage and its due date typed ten years too early."""
    visitor.opens("/reviews/new")
    visitor.chooses("Independent review")
    visitor.fills("Reference", REVIEW)
    visitor.fills("Title", "Review of how dates are typed")
    visitor.page.get_by_label("Stage it has reached").select_option("Action plan monitoring")
    visitor.dates("When did it reach this stage?", 28, 3, 2002)
    visitor.presses("Record the review")
    visitor.follows("Add a recommendation")
    visitor.fills("Recommendation", "What is asked.")
    row = visitor.page.get_by_role("group", name="Action 1", exact=True)
    agency, lead = owner
    row.get_by_label("Agency", exact=True).select_option(agency)
    row.get_by_label("Lead", exact=True).select_option(value=lead)
    for label, value in (("Day", "30"), ("Month", "9"), ("Year", "2002")):
        row.get_by_label(label).fill(value)
    row.get_by_label("What is the agency to do?").fill("Train everybody.")
    visitor.presses("Save and see the plan")


def years(visitor: Navigator, file: Path) -> tuple[bool, bool]:
    """Return whether the wrong year stands in the progress report, on its page and in its Word file."""
    visitor.opens(REPORT)
    page = folded(visitor.page.locator("main").inner_text())
    visitor_file = docx.Document(str(take_report(visitor, REPORT, file)))
    cells = [cell.text for table in visitor_file.tables for row in table.rows for cell in row.cells]
    word = " ".join([*cells, *(each.text for each in visitor_file.paragraphs)])
    assert "Train everybody." in page and "Train everybody." in word
    return "2002" in page, "2002" in word


def test_slips_in_a_stage_and_a_due_date_are_put_right_and_gone_from_the_paper(
    visitor: Navigator, site: Site, owner: tuple[str, str], tmp_path: Path
) -> None:
    visitor.signs_in(MANAGER)
    record(visitor, owner)
    assert years(visitor, tmp_path / "wrong.docx") == (True, True)
    stages = (
        "SELECT stage_reached.id FROM stage_reached JOIN review ON review.id = review_id WHERE reference = ?"
    )
    ((stage,),) = site.rows(stages, REVIEW)
    visitor.opens(f"/reviews/{REVIEW}/stages/{stage}")
    visitor.finds_no_barrier("a stage to put right")
    visitor.fits_a_phone("a stage to put right")
    visitor.chooses("The day: it was reached on another day")
    visitor.page.get_by_label("Year").fill("2012")
    visitor.page.locator("main textarea").fill("The year was typed wrongly.")
    visitor.presses("Save")
    visitor.sees("The date is put right.")
    visitor.opens(ACTION)
    visitor.follows("Put a wrong date right")
    visitor.finds_no_barrier("a wrong date")
    visitor.fits_a_phone("a wrong date")
    visitor.dates("What should it have been?", 30, 9, 2012)
    visitor.page.locator("main textarea").fill("The year was typed wrongly.")
    visitor.presses("Put the date right")
    visitor.sees("It does not count as an extension.")
    assert years(visitor, tmp_path / "right.docx") == (False, False)


def asks(visitor: Navigator, site: Site, reason: str) -> str:
    """Ask for more time as the lead; return the address at which it is decided."""
    visitor.signs_in(LEAD)
    visitor.opens(f"{ACTION}/more-time")
    visitor.dates("New due date", 31, 12, 2012)
    visitor.page.locator("main textarea").fill(reason)
    visitor.presses("Ask for more time")
    visitor.sees("The Board decides.")
    visitor.signs_out()
    return f"{ACTION}/more-time/{site.rows('SELECT MAX(id) FROM extension')[0][0]}"


def test_more_time_is_refused_and_then_given_until_another_date(visitor: Navigator, site: Site) -> None:
    address = asks(visitor, site, "Two trainers are ill.")
    visitor.signs_in(CHAIR)
    visitor.opens(address)
    visitor.sees("for your decision")
    visitor.chooses("Refuse it: the due date stays")
    visitor.page.locator("main textarea").fill("Ask another agency for a trainer.")
    visitor.presses("Save the decision")
    visitor.sees("for your decision: this is the next.")
    assert visitor.heading() == "Decide on more time"
    visitor.signs_out()
    address = asks(visitor, site, "No agency has one free.")
    visitor.signs_in(CHAIR)
    visitor.opens(address)
    visitor.sees("Ask another agency for a trainer.")
    visitor.chooses("Grant another date")
    visitor.presses("Save the decision")
    visitor.sees("Enter the date that you grant.")
    visitor.finds_no_barrier("another date without the date")
    visitor.fits_a_phone("another date without the date")
    visitor.dates("Which other date?", 31, 10, 2012)
    visitor.page.locator("main textarea").fill("October is enough.")
    visitor.presses("Save the decision")
    visitor.sees("is granted until 31 October 2012.")
    visitor.opens(ACTION)
    visitor.sees("Another date given, 31 Oct 2012")
    visitor.sees("31 days later than first set")
    visitor.finds_no_barrier("an action whose due date has moved")
    visitor.opens("/actions?sort=slippage&direction=descending")
    visitor.finds_no_barrier("actions by slippage")
    visitor.fits_a_phone("actions by slippage")
