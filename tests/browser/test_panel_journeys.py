"""The child death overview panel's work, as its people do it: from a notification to the published report."""

from pathlib import Path

import docx
import pytest
from playwright.sync_api import expect

from .navigator import Navigator, Site
from .word import headings_of_page, headings_of_word, tables_of_page, tables_of_word

MANAGER = "board.manager@kscb.example"
CHAIR = "scr.chair@kent-probation.example"
READER = "lay.member@kscb.example"
COORDINATOR = "cdop.coordinator@kscb.example"
DOCTOR, DOCTORS_NAME = (
    "designated.doctor@nhs-kent-medway.example",
    "Designated Doctor for Child Deaths (panel member)",
)
DETECTIVE = "panel.detective@kent-police.example"
DETECTIVES_NAME = "Detective Inspector, Child Abuse Investigation (panel member)"
PANELS_CHAIR = "public.health@kent-county.example"
YEAR, FIRST, NEXT = "2011-12", "2008-09", "2009-10"


def answers(visitor: Navigator, legend: str, label: str) -> None:
    """Choose one of the radios of a question."""
    visitor.page.get_by_role("group", name=legend, exact=True).get_by_label(label, exact=True).check()


def selects(visitor: Navigator, label: str, option: str) -> None:
    """Choose from a list."""
    visitor.page.get_by_label(label, exact=True).select_option(label=option)


def fills_form_a(visitor: Navigator, number: str, died: tuple[int, int, int], born: int = 2011) -> None:
    """Fill in Form A for the death of a girl of some months in Dover; `born` is the year."""
    visitor.fills("Case number", number)
    visitor.dates("When was the panel notified?", 29, 3, 2012)
    visitor.dates("Date of birth", 20, 11, born)
    answers(visitor, "Sex", "Female")
    selects(visitor, "Ethnicity", "White British")
    selects(visitor, "District the child lived in", "Dover")
    visitor.dates("Date of death", *died)
    selects(visitor, "Place of death", "Home")
    answers(visitor, "Was the death expected?", "Unexpected")
    answers(visitor, "Was the child looked after?", "No")
    answers(visitor, "Was there a child protection plan?", "Never")
    answers(visitor, "Was there a statutory order?", "Never")
    answers(visitor, "Was the child, or the family, seeking asylum?", "No")
    answers(visitor, "Was there a rapid response, or a joint agency response?", "Yes")
    answers(visitor, "Is there an inquest?", "Inquest opened")
    answers(visitor, "Are there criminal proceedings?", "Police investigation")


def test_a_co_ordinator_records_a_death_and_asks_agencies(visitor: Navigator, site: Site) -> None:
    visitor.signs_in(COORDINATOR)
    visitor.follows("Child deaths", exact=True)
    visitor.follows("Record a death")
    fills_form_a(visitor, "CDR-2012-901", (27, 3, 2012))
    visitor.page.get_by_label("Circumstances", exact=False).fill("Mrs Example found the baby in the morning.")
    visitor.presses("Record the case")
    visitor.sees("looks like a name")
    visitor.finds_no_barrier("a case with a name in it")
    visitor.page.get_by_label("Circumstances", exact=False).fill("A relative found the baby in the morning.")
    visitor.dates("Date of birth", 20, 11, 2011)
    visitor.presses("Record the case")
    visitor.sees("Case CDR-2012-901 is recorded.")
    visitor.page.get_by_label("Kent Police").check()
    visitor.page.get_by_label("South East Coast Ambulance Service").check()
    visitor.presses("Ask them")
    visitor.sees("4 months")
    visitor.sees("Not answered yet")
    assert "20 November 2011" not in visitor.page.content()
    # The same child, notified by somebody else.
    visitor.opens("/deaths/new")
    fills_form_a(visitor, "CDR-2012-902", (27, 3, 2012))
    visitor.presses("Record the case")
    visitor.sees("Could this be the same child?")
    visitor.sees("CDR-2012-901")
    visitor.finds_no_barrier("a case that could be another's")
    assert site.rows("SELECT count(*) FROM child_death WHERE case_number = 'CDR-2012-902'") == [(0,)]
    (death,) = site.rows("SELECT id FROM child_death WHERE case_number = 'CDR-2012-901'")[0]
    visitor.opens(f"/deaths/{death}")
    visitor.follows("Record an answer on paper of Kent Police")
    answers(visitor, "Does the agency know the child?", "Yes")
    visitor.fills("What does it know?", "Officers attended. An earlier call to the address is on record.")
    visitor.presses("Save the answer")
    visitor.sees("An earlier call to the address")
    visitor.finds_no_barrier("a case with its returns")
    kept = site.rows("SELECT age_number, age_unit, sealed_birth FROM child_death WHERE id = ?", death)
    assert kept == [(4, "months", "")]


@pytest.fixture(scope="module")
def listed(site: Site) -> list[tuple[int, str]]:
    """Return two cases that wait for a panel: (id, number)."""
    return site.rows(
        "SELECT id, case_number FROM child_death WHERE decision_number = 0 AND NOT is_abuse_suspected "
        "AND id NOT IN (SELECT death_id FROM panel_case) AND case_number < 'CDR-2012' "
        "ORDER BY notified_on, id LIMIT 2"
    )


def test_a_panel_meets_decides_refers_and_learns(
    visitor: Navigator, site: Site, listed: list[tuple[int, str]]
) -> None:
    plans_a_meeting(visitor, listed)
    (meeting,) = site.rows("SELECT id FROM panel_meeting WHERE held_on = '2012-03-31'")[0]
    first, second = listed
    members_propose(visitor, meeting, first, second)
    closes_and_decides(visitor, site, meeting, first)
    refers_and_is_answered(visitor, first)
    makes_a_recommendation(visitor, first)


def plans_a_meeting(visitor: Navigator, listed: list[tuple[int, str]]) -> None:
    """Let the co-ordinator plan a meeting, give two seats and put two cases on the agenda."""
    visitor.signs_in(COORDINATOR)
    visitor.opens("/panels")
    visitor.follows("Plan a meeting")
    visitor.dates("Date of the meeting", 31, 3, 2012)
    visitor.dates("Members comment or propose by", 31, 3, 2012)
    visitor.presses("Save")
    visitor.sees("Proposals and comments are due before the meeting.")
    visitor.finds_no_barrier("a meeting with wrong dates")
    visitor.dates("Members comment or propose by", 30, 3, 2012)
    visitor.chooses("Each member proposes alone, and sees the others’ proposals when they are closed")
    visitor.presses("Save")
    if "Members" not in visitor.heading():
        visitor.page.get_by_role("link", name="seat", exact=False).first.click()
    for name in (DOCTORS_NAME, DETECTIVES_NAME):
        visitor.chooses(name)
    visitor.presses("Give seats")
    visitor.sees("2 members have a seat")
    visitor.finds_no_barrier("the members of a meeting")
    visitor.follows("Go on to the agenda")
    for _, number in listed:
        visitor.chooses(number)
    visitor.presses("Put on the agenda")
    visitor.sees("2 cases are on the agenda")
    visitor.finds_no_barrier("an agenda")
    visitor.signs_out()


def members_propose(
    visitor: Navigator, meeting: int, first: tuple[int, str], second: tuple[int, str]
) -> None:
    """Let the doctor propose on one case and declare an interest in the other; the detective propose."""
    visitor.signs_in(DOCTOR)
    visitor.opens(f"/panels/{meeting}/cases/{first[0]}/propose")
    visitor.page.get_by_role("button", name="Save", exact=False).first.click()
    visitor.sees("Select at least one category.")
    visitor.finds_no_barrier("a proposal without anything")
    proposes(visitor, "10. Sudden unexpected, unexplained death", "No modifiable factors identified")
    visitor.opens(f"/deaths/{second[0]}/interests")
    visitor.fills("What is the interest?", "I treated the child.")
    visitor.presses("Declare the interest")
    visitor.sees("You no longer see the case")
    for address in (f"/deaths/{second[0]}", f"/panels/{meeting}/cases/{second[0]}"):
        visitor.opens(address)
        assert visitor.heading() == "Page not found"
    visitor.opens(f"/panels/{meeting}")
    expect(visitor.page.locator("main")).not_to_contain_text(second[1])
    visitor.signs_out()
    visitor.signs_in(DETECTIVE)
    visitor.opens(f"/panels/{meeting}/cases/{first[0]}")
    expect(visitor.page.locator("main")).not_to_contain_text("No modifiable factors identified")
    visitor.opens(f"/panels/{meeting}/cases/{first[0]}/propose")
    visitor.page.get_by_label("Sleeping in the same bed or on a sofa", exact=True).select_option("2")
    visitor.page.get_by_role("checkbox", name="Sleeping in the same bed or on a sofa: Modifiable").check()
    visitor.fills("Which factors could be modified, and why?", "Advice can be given earlier.")
    proposes(visitor, "1. Deliberately inflicted injury, abuse or neglect", "Modifiable factors identified")
    visitor.signs_out()


def proposes(visitor: Navigator, category: str, status: str) -> None:
    """Tick a category, choose a status, save."""
    visitor.chooses(category)
    visitor.chooses(status)
    visitor.page.get_by_role("button", name="Save", exact=False).first.click()
    visitor.sees("Your proposal is saved")


def closes_and_decides(visitor: Navigator, site: Site, meeting: int, first: tuple[int, str]) -> None:
    """Let the co-ordinator close proposals, compare them, and record who came and the decision."""
    visitor.signs_in(COORDINATOR)
    visitor.opens(f"/panels/{meeting}/cases/{first[0]}")
    expect(visitor.page.locator("main")).not_to_contain_text("Advice can be given earlier.")
    visitor.opens(f"/panels/{meeting}/close")
    visitor.presses("Close proposals")
    visitor.opens(f"/panels/{meeting}/cases/{first[0]}")
    visitor.sees("Proposals side by side")
    visitor.sees("Advice can be given earlier.")
    visitor.finds_no_barrier("proposals side by side")
    visitor.fits_a_phone("proposals side by side")
    visitor.opens(f"/panels/{meeting}/attendance")
    selects(visitor, "Agency", "Kent Police")
    visitor.fills("Post", "Detective sergeant")
    visitor.presses("Save who was there")
    visitor.sees("recorded.")
    visitor.opens(f"/panels/{meeting}/cases/{first[0]}/decide")
    visitor.chooses("1. Deliberately inflicted injury, abuse or neglect")
    visitor.chooses("10. Sudden unexpected, unexplained death")
    visitor.chooses("Modifiable factors identified")
    visitor.fills("Which factors could be modified, and why?", "Advice can be given earlier.")
    visitor.page.get_by_role("button", name="Save", exact=False).first.click()
    visitor.sees("Say why the panel decided so.")
    visitor.finds_no_barrier("a decision without reasons")
    visitor.fills("Why did the panel decide so?", "The returns agree with the police’s account.")
    visitor.dates("When was the review completed?", 31, 3, 2012)
    visitor.page.get_by_role("button", name="Save", exact=False).first.click()
    visitor.sees("decision is recorded")
    visitor.opens(f"/deaths/{first[0]}")
    visitor.sees("1. Deliberately inflicted injury, abuse or neglect")
    visitor.sees("Kent Police: Detective sergeant")
    assert site.rows("SELECT primary_category, decision_number FROM child_death WHERE id = ?", first[0]) == [
        (1, 1)
    ]


def refers_and_is_answered(visitor: Navigator, first: tuple[int, str]) -> None:
    """Refer the case, as category 1 asks; let the subgroup's chair answer."""
    visitor.sees("Refer to the SCR subgroup?")
    visitor.follows("Record whether the death is referred")
    visitor.presses("Record")
    visitor.finds_no_barrier("a referral without anything")
    answers(visitor, "Is the death referred?", "Refer the death to the SCR subgroup")
    visitor.fills("Reason", "Category 1 applies, and two agencies knew the family.")
    visitor.presses("Record")
    visitor.sees("30 April 2012")
    visitor.signs_out()
    visitor.signs_in(CHAIR)
    visitor.opens("/referrals")
    visitor.follows(first[1])
    visitor.follows("Record the subgroup’s answer")
    visitor.chooses("Serious case review")
    visitor.fills("Reason", "The test is met.")
    visitor.presses("Record the answer")
    visitor.sees("Enter the day of the decision.")
    visitor.finds_no_barrier("an answer without a day")
    visitor.dates("When was this decided?", 31, 3, 2012)
    visitor.presses("Record the answer")
    visitor.sees("The answer is recorded.")
    visitor.finds_no_barrier("an answered referral")
    visitor.opens(f"/deaths/{first[0]}")
    assert visitor.heading() in ("Page not found", "You cannot do this")
    visitor.signs_out()


def makes_a_recommendation(visitor: Navigator, first: tuple[int, str]) -> None:
    """Make a recommendation of what was learnt; the manager finds it, and nothing of the case."""
    visitor.signs_in(COORDINATOR)
    visitor.opens(f"/deaths/{first[0]}/learning")
    visitor.page.get_by_label("Recommendation", exact=True).fill(f"As in {first[1]}, tell parents earlier.")
    visitor.presses("Put it into the plan")
    visitor.sees("There is a problem")
    visitor.finds_no_barrier("a recommendation that leads back")
    text = "Every new parent hears of safe sleeping before the first night at home."
    visitor.page.get_by_label("Recommendation", exact=True).fill(text)
    visitor.presses("Put it into the plan")
    visitor.signs_out()
    visitor.signs_in(MANAGER)
    visitor.opens("/reviews/CDL-2011-12")
    visitor.sees(text)
    expect(visitor.page.locator("body")).not_to_contain_text(first[1])
    visitor.signs_out()


def test_the_year_is_published_and_read(visitor: Navigator, site: Site, tmp_path: Path) -> None:
    visitor.signs_in(COORDINATOR)
    visitor.opens(f"/child-death-tables?year={YEAR}&table=category&publication=y")
    visitor.sees("Perinatal/neonatal event")
    visitor.finds_no_barrier("a table as published")
    with visitor.page.expect_download() as taken:
        visitor.page.get_by_text("Download these tables as CSV").first.click()
        visitor.fills("Your password again", site.password)
        visitor.page.get_by_role("button", name="Download").click()
    assert "CDR" not in taken.value.suggested_filename
    visitor.opens(f"/child-death-tables/annual/{YEAR}")
    visitor.sees("A year that is issued is not issued again")
    visitor.finds_no_barrier("the page of a year that is issued")
    visitor.signs_out()
    visitor.signs_in(READER)
    visitor.follows("Published tables", exact=True)
    visitor.page.locator("main table a").first.click()
    visitor.finds_no_barrier("the issued report")
    visitor.fits_a_phone("the issued report")
    with visitor.page.expect_download() as download:
        visitor.follows("Download as Word")
    paper = tmp_path / "annual.docx"
    download.value.save_as(paper)
    assert download.value.suggested_filename == f"child-death-annual-report-{YEAR}-edition-1.docx"
    same_on_paper(visitor, paper)
    (kept,) = site.rows("SELECT paper FROM issued_report WHERE year = ?", YEAR)[0]
    assert paper.read_bytes() == kept


def same_on_paper(visitor: Navigator, paper: Path) -> None:
    """Fail unless each table and heading of the page is in the Word file, in the same order."""
    word = docx.Document(str(paper))
    # What is a list of facts on the page is a table of two columns on paper.
    named = visitor.page.locator("main dl > div:first-child > dt").all_text_contents()
    facts = [each.strip() for each in named]
    on_page = tables_of_page(visitor.page)
    on_paper = [rows for rows in tables_of_word(word) if rows[0][0] not in facts]
    assert len(on_page) > 10
    assert on_page == on_paper
    assert headings_of_page(visitor.page) == headings_of_word(word)
    assert any("<5" in cell for table in on_paper for row in table for cell in row)


def test_two_years_are_issued_with_a_late_case_and_a_correction_between_them(
    visitor: Navigator, site: Site
) -> None:
    visitor.signs_in(COORDINATOR)
    records(visitor, "CDR-2008-901", (27, 3, 2009), 2008)
    issues(visitor, site, FIRST)
    visitor.signs_out()
    visitor.signs_in(READER)
    opens_report(visitor, FIRST)
    first = visitor.page.locator("main").inner_text()
    visitor.signs_out()
    visitor.signs_in(COORDINATOR)
    records(visitor, "CDR-2008-902", (28, 3, 2009), 2008)
    (case,) = site.rows("SELECT id FROM child_death WHERE case_number = 'CDR-2008-901'")[0]
    visitor.opens(f"/deaths/{case}/edit")
    answers(visitor, "Sex", "Male")
    visitor.page.locator("main form button[type=submit]").first.click()
    visitor.opens(f"/child-death-tables/annual/{FIRST}")
    visitor.sees("A year that is issued is not issued again")
    issues(visitor, site, NEXT)
    visitor.signs_out()
    # What is issued stays as it was, and the late case is one of the next report's.
    visitor.signs_in(READER)
    opens_report(visitor, FIRST)
    assert visitor.page.locator("main").inner_text() == first
    opens_report(visitor, NEXT)
    visitor.finds_no_barrier("the next report")
    visitor.fits_a_phone("the next report")
    expect(visitor.page.locator("main")).to_contain_text(FIRST)
    tables = " ".join(visitor.page.locator("main table").all_inner_texts())
    assert "late" not in tables.lower().split(), "nobody counts who was late"


def records(visitor: Navigator, number: str, died: tuple[int, int, int], born: int) -> None:
    """Record a death."""
    visitor.opens("/deaths/new")
    fills_form_a(visitor, number, died, born)
    visitor.presses("Record the case")
    if visitor.page.get_by_text("Could this be the same child?").count():
        visitor.page.locator("main form input[type=checkbox]").first.check()
        visitor.dates("Date of birth", 20, 11, born)
        visitor.presses("Record the case")
    visitor.sees(f"Case {number} is recorded.")


def issues(visitor: Navigator, site: Site, year: str) -> None:
    """Freeze a year, propose and agree to its issue; the co-ordinator is signed in before and after."""
    address = f"/child-death-tables/annual/{year}"
    visitor.opens(address)
    visitor.follows("Freeze the data")
    visitor.presses("Freeze the data")
    visitor.sees(f"The data of {year} are frozen as they stand today.")
    visitor.finds_no_barrier("the draft of a frozen year")
    visitor.follows("Propose to issue it")
    visitor.presses("Propose to issue this report")
    visitor.sees("There is a problem")
    visitor.finds_no_barrier("a proposal without a password")
    visitor.fits_a_phone("a proposal without a password")
    visitor.fills("Your password again", site.password)
    visitor.presses("Propose to issue this report")
    visitor.sees("The panel’s chair has to agree to it.")
    visitor.signs_out()
    visitor.signs_in(PANELS_CHAIR)
    visitor.opens(address)
    visitor.follows("Agree to its issue")
    visitor.finds_no_barrier("the chair's agreement")
    visitor.fits_a_phone("the chair's agreement")
    visitor.fills("Your password again", site.password)
    visitor.presses("Agree: issue this report")
    visitor.sees(f"The report of {year} is issued.")
    visitor.signs_out()
    visitor.signs_in(COORDINATOR)


def opens_report(visitor: Navigator, year: str) -> None:
    """Open an issued report from the list of them."""
    visitor.opens("/published")
    visitor.page.locator("main table tr", has_text=year).locator("a").first.click()


def test_a_lay_member_reads_both_reports_side_by_side(visitor: Navigator) -> None:
    visitor.signs_in(READER)
    seen: dict[str, list[str]] = {}
    for year in ("2010-11", YEAR):
        opens_report(visitor, year)
        visitor.sees("no count of 1 to 4 can be calculated")
        seen[year] = [
            " ".join(each.split()) for each in visitor.page.locator("main table caption").all_inner_texts()
        ]
        assert len(seen[year]) > 3
    assert not set(seen["2010-11"]) & set(seen[YEAR]), "no table stands in both, so nothing can be subtracted"
