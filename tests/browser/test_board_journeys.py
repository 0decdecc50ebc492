"""The Board in a browser: a meeting and its minutes, what difference was made, a paper of a review."""

from pathlib import Path

from playwright.sync_api import expect

from .navigator import Navigator, Site

MANAGER = "board.manager@kscb.example"
CHAIR = "scr.chair@kent-probation.example"
INDEPENDENT_CHAIR = "independent.chair@kscb.example"
PROBATION = "safeguarding.lead@kent-probation.example"
MEMBER = "subgroup.member@east-kent-hospitals.example"
READER = "lay.member@kscb.example"


def looks_at(visitor: Navigator, where: str) -> None:
    """Fail where the page is a barrier, or too wide for a telephone."""
    visitor.finds_no_barrier(where)
    visitor.fits_a_phone(where)


def test_a_meeting_is_set_up_frozen_held_and_minuted(visitor: Navigator, site: Site) -> None:
    visitor.signs_in(MANAGER)
    visitor.opens("/meetings/bodies/new")
    visitor.fills("Name", "Quality subgroup")
    visitor.chooses("Another subgroup")
    visitor.chooses("All of them")
    visitor.presses("Save")
    visitor.follows("Add a seat")
    visitor.fills("Post", "Chair of the subgroup")
    visitor.chooses("Chair")
    visitor.page.get_by_label("Who has it?").select_option(
        label="Director, Kent Probation (chair, SCR subgroup)"
    )
    visitor.presses("Save")
    visitor.follows("Plan the next meeting")
    for legend, day in (("Call for updates", 26), ("Closing date", 28), ("Papers go out", 29)):
        visitor.dates(legend, day, 3, 2012)
    visitor.dates("Meeting", 31, 3, 2012)
    looks_at(visitor, "a meeting's days")
    visitor.presses("Save")
    visitor.follows("Freeze the paper now")
    visitor.fills("Why is the paper frozen now?", "The subgroup meets today.")
    looks_at(visitor, "freezing by hand")
    visitor.presses("Freeze the paper now")
    visitor.sees("The paper is frozen as P-")
    address = visitor.page.url.removeprefix(site.address)
    visitor.signs_out()

    visitor.signs_in(CHAIR)
    visitor.opens(address)
    looks_at(visitor, "the agenda")
    first = visitor.page.locator(".app-meeting__item").first
    first.get_by_role("link", name="Record the decision").click()
    visitor.presses("Record the decision")
    visitor.sees("There is a problem")
    visitor.fills("Decision", "Write to the chief officer.")
    visitor.page.get_by_label("Who does it?").select_option(
        label="Senior Probation Officer, Public Protection"
    )
    visitor.dates("By when?", 30, 4, 2012)
    looks_at(visitor, "a decision")
    visitor.presses("Record the decision")
    visitor.sees("Senior Probation Officer, Public Protection is told.")
    expect(first).to_contain_text("Write to the chief officer.")
    visitor.follows("Minute who was there")
    visitor.fills("Apologies", "The designated doctor.")
    visitor.presses("Save")
    visitor.follows("Read the minutes as they are now")
    looks_at(visitor, "minutes before they are published")
    visitor.presses("Publish the minutes")
    visitor.sees("and the members are told.")
    visitor.sees("The designated doctor.")
    looks_at(visitor, "published minutes")
    visitor.signs_out()

    visitor.signs_in(PROBATION)
    visitor.opens("/meetings/tasks")
    visitor.page.locator("main section li a").first.click()
    visitor.fills("What became of it?", "The letter has gone.")
    visitor.presses("It is done")
    visitor.sees("is done. It stands so in the next paper.")
    ((state,),) = site.rows("SELECT state FROM meeting_decision WHERE text = 'Write to the chief officer.'")
    assert state == "done"


def test_no_difference_opens_new_work_that_is_linked(visitor: Navigator, site: Site) -> None:
    address = "/reviews/SCR-2010-01/recommendations/5/impact"
    visitor.signs_in(PROBATION)
    visitor.opens(address)
    visitor.follows("Say what difference it made")
    visitor.presses("Save")
    visitor.sees("There is a problem")
    visitor.fills("What is different for children?", "Staff know the form and seldom use it.")
    visitor.fills("What shows it?", "An audit of 40 files of February 2012.")
    visitor.presses("Save")
    visitor.sees("Your agency can change it until it is judged.")
    looks_at(visitor, "what an agency said")
    visitor.signs_out()

    visitor.signs_in(MEMBER)
    visitor.opens("/impact?waits=1")
    visitor.follows("SCR-2010-01, recommendation")
    visitor.follows("Judge the difference made")
    visitor.chooses("No difference")
    visitor.fills("What is this judged by?", "Nothing is done otherwise than before.")
    visitor.presses("Save the judgement")
    visitor.sees("There is a problem")
    looks_at(visitor, "a judgement without the work it opens")
    visitor.fills("What is to be done instead?", "Put the question into the first interview.")
    visitor.page.get_by_label("Who is to do it?").select_option(label="Kent Probation")
    visitor.dates("By when?", 28, 9, 2012)
    visitor.presses("Save the judgement")
    visitor.sees("The judgement is saved.")
    looks_at(visitor, "a judgement with new work")
    visitor.page.get_by_role("link", name="Action SCR-2010-01/A").click()
    visitor.sees("Put the question into the first interview.")


def test_a_paper_of_a_review_is_read_by_the_named_only(
    visitor: Navigator, site: Site, tmp_path: Path
) -> None:
    paper = tmp_path / "terms.txt"
    paper.write_text("What the panel is asked to look at.", encoding="utf-8")
    visitor.signs_in(MANAGER)
    visitor.opens("/reviews/SCR-2011-02/papers/new")
    visitor.page.get_by_label("The file").set_input_files(paper)
    visitor.presses("Add the paper")
    visitor.sees("Choose what paper this is.")
    # The file need not be chosen again.
    visitor.chooses("Terms of reference")
    visitor.fills("Which one is it? (optional)", "Second version")
    visitor.presses("Add the paper")
    visitor.page.get_by_label("Person").select_option(label="Independent Chair, KSCB")
    visitor.presses("Let them read it")
    visitor.sees("is told by mail.")
    looks_at(visitor, "the readers of a paper")
    visitor.signs_out()

    for person, sees in ((INDEPENDENT_CHAIR, True), (READER, False)):
        visitor.signs_in(person)
        visitor.opens("/reviews/SCR-2011-02/papers")
        expect(visitor.page.get_by_text("Terms of reference: Second version")).to_have_count(int(sees))
        if sees:
            with visitor.page.expect_download() as download:
                visitor.follows("terms.txt")
            assert Path(download.value.path()).read_text(encoding="utf-8").startswith("What the panel")
        visitor.signs_out()


def test_a_review_of_today_goes_from_the_incident_to_publication_by_its_clocks(
    visitor: Navigator, site: Site
) -> None:
    visitor.signs_in(MANAGER)
    visitor.opens("/reviews/new?guidance=practice")
    visitor.chooses("Local child safeguarding practice review")
    visitor.fills("Reference", "LCSPR-2012-09")
    visitor.fills("Title", "A serious incident")
    visitor.page.get_by_label("Stage it has reached").select_option(label="Serious incident known")
    visitor.dates("When did it reach this stage?", 5, 3, 2012)
    looks_at(visitor, "a review of today")
    visitor.presses("Record the review")
    # Five working days from the Monday on which it was known, fifteen from the notification.
    visitor.sees("Notification")
    visitor.sees("12 March 2012")
    for stage, day in (
        ("Notified", 9),
        ("Rapid review completed", 30),
        ("National panel replied", 31),
        ("Decided", 31),
        ("Report to the Board", 31),
    ):
        visitor.opens("/reviews/LCSPR-2012-09/stage")
        visitor.chooses(stage)
        visitor.dates("When was it reached?", day, 3, 2012)
        if stage == "Decided":
            visitor.fills("Note (optional)", "There is more to learn.")
        visitor.presses("Save")
        visitor.sees("The stage is recorded.")
    visitor.sees("Met on time, on 9 March 2012")
    visitor.sees("Met on time, on 30 March 2012")
    visitor.opens("/reviews/LCSPR-2012-09/stage")
    visitor.chooses("Published")
    visitor.dates("When was it reached?", 31, 3, 2012)
    looks_at(visitor, "recording a stage")
    visitor.presses("Save")
    visitor.sees("The stage is recorded.")
    visitor.sees("Met on time, on 31 March 2012")
