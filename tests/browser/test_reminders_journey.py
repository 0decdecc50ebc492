"""The board manager tries a ladder before it is kept, reminds people now, and finds each in the log."""

from playwright.sync_api import expect

from .navigator import Navigator, Site

MANAGER = "board.manager@kscb.example"
LADDER = "/settings/reminders/challenges"


def test_a_ladder_is_tried_kept_and_used(visitor: Navigator, site: Site) -> None:
    visitor.signs_in(MANAGER)
    visitor.opens(LADDER)
    first = visitor.page.get_by_role("group", name="Rung 1")
    first.get_by_label("Days").fill("soon")
    first.get_by_label("A line of your own (optional)").fill("About {pseudonym}")
    visitor.presses("Save")
    visitor.sees("There is a problem")
    visitor.follows("Rung 1: Enter a whole number of days")
    expect(first.get_by_label("Days")).to_be_focused()
    expect(first.get_by_label("A line of your own (optional)")).to_have_value("About {pseudonym}")
    visitor.finds_no_barrier("a ladder with what is wrong")
    assert site.rows("SELECT COUNT(*) FROM ladder_version WHERE subject = 'challenges'") == [(0,)]

    first.get_by_label("Days").fill("-7")
    first.get_by_label("A line of your own (optional)").fill("Please answer {reference} by {due_on}")
    first.get_by_label("Days").press("Enter")
    visitor.sees("With this ladder, which is not saved yet")
    visitor.finds_no_barrier("a ladder with its preview")
    visitor.fits_a_phone("a ladder with its preview")
    visitor.presses("Save")
    visitor.sees("7 days before")
    visitor.sees("“Please answer {reference} by {due_on}”")
    assert site.rows("SELECT COUNT(*) FROM ladder_version WHERE subject = 'challenges'") == [(1,)]


def test_all_who_owe_are_reminded_now_and_the_log_tells_of_each(visitor: Navigator, site: Site) -> None:
    visitor.signs_in(MANAGER)
    visitor.opens("/reminders/log")
    visitor.follows("Remind somebody now")
    visitor.finds_no_barrier("remind now")
    rows = visitor.page.get_by_role("table", name="Messages").locator("tbody tr")
    people = rows.count()
    assert people > 1
    ((before,),) = site.rows("SELECT COUNT(*) FROM outbox_message")
    visitor.page.locator("main form[method=post] button").click()
    visitor.page.wait_for_load_state()
    ((after,),) = site.rows("SELECT COUNT(*) FROM outbox_message")
    assert after - before >= people
    visitor.opens("/reminders/now")
    visitor.sees("reminded of today already, and left out")
    visitor.opens("/reminders/log?state=queued")
    assert visitor.page.get_by_role("table", name="Reminders").locator("tbody tr").count() >= people
    visitor.finds_no_barrier("the log of reminders")
    visitor.fits_a_phone("the log of reminders")
