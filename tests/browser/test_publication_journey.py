"""A review is withdrawn from publication and released again; what was accepted long ago is examined again."""

from .navigator import Navigator, Site

CHAIR = "independent.chair@kscb.example"
SUBGROUP = "scr.chair@kent-probation.example"
RELEASED = """
    SELECT review.reference FROM release_decision d JOIN review ON review.id = d.review_id
    WHERE review.is_restricted = 0 ORDER BY d.id LIMIT 1
"""
MANAGER = "board.manager@kscb.example"
PLAN = "Recommendation\tAction\tLead agency\nLook at the past again.\tLook at it.\tKent Police\n"
NEWEST = """
    SELECT review.reference, action.number FROM action JOIN review ON review.id = action.review_id
    ORDER BY action.id DESC LIMIT 1
"""


def test_a_release_is_withdrawn_and_recorded_again(visitor: Navigator, site: Site) -> None:
    (reference,) = site.rows(RELEASED)[0]
    visitor.signs_in(CHAIR)

    def is_public() -> bool:
        visitor.opens("/reports/public?appendix=answers")
        return visitor.page.locator("main").inner_text().count(str(reference)) > 0

    assert is_public()
    visitor.opens(f"/reviews/{reference}/withdraw-release")
    visitor.dates("When was it decided?", 31, 3, 2012)
    visitor.page.locator("main textarea").fill("A name stands in it.")
    visitor.presses("Withdraw the release")
    assert not is_public()
    visitor.opens(f"/reviews/{reference}/release")
    visitor.finds_no_barrier("a release to record")
    visitor.fits_a_phone("a release to record")
    visitor.dates("When was it decided?", 31, 3, 2012)
    visitor.fills("Which version is published?", "Overview report, second edition.")
    visitor.page.locator("main input[type=radio]").first.check()
    visitor.page.locator("main textarea").fill("The name is taken out.")
    visitor.presses("Release for publication")
    visitor.sees("is released for publication")
    assert is_public()


def test_what_was_accepted_long_ago_is_examined_again(visitor: Navigator, site: Site) -> None:
    visitor.signs_in(MANAGER)
    visitor.opens("/reviews/AUD-2011-01/plan/new")
    visitor.fills("Or a table pasted from Word or Excel", PLAN)
    visitor.page.locator("main form button[type=submit]").first.click()
    visitor.presses("Take the plan in")
    visitor.sees("AUD-2011-01")
    reference, number = site.rows(NEWEST)[0]
    visitor.opens(f"/reviews/{reference}/actions/{number}/before")
    visitor.finds_no_barrier("what happened before, by hand")
    visitor.fits_a_phone("what happened before, by hand")
    visitor.fills("Which records?", "The Board’s table of 2010.")
    visitor.dates("Of which day are they?", 31, 12, 2010)
    visitor.chooses("Done, and accepted by the Board then")
    visitor.dates("On which day was it done?", 1, 6, 2010)
    visitor.fills("Who accepted it? (optional)", "SCR subgroup")
    visitor.dates("On which day was it accepted?", 1, 7, 2010)
    visitor.presses("Save what happened before")
    visitor.sees("is recorded, with its own dates")
    visitor.signs_out()
    visitor.signs_in(SUBGROUP)
    visitor.opens("/examining-again")
    visitor.finds_no_barrier("what is to be examined again")
    before = visitor.page.locator("main").inner_text()
    visitor.opens(f"/reviews/{reference}/actions/{number}/examine-again")
    visitor.finds_no_barrier("examining again")
    visitor.fits_a_phone("examining again")
    visitor.page.locator("main input[type=radio]").first.check()
    visitor.page.locator("main textarea").fill("The audit of 2010 shows it.")
    visitor.presses("Save")
    visitor.sees("is examined again. It stands.")
    assert visitor.page.locator("main").inner_text() != before
