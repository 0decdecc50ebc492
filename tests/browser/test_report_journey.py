"""A report's whole way: asked about, returned, refused as it was, sent again, accepted, reopened."""

from .navigator import Navigator, Site

CHAIR = "scr.chair@kent-probation.example"
LEAD = "head.safeguarding@kent-childrens-services.example"
ONE = """
    SELECT review.reference, action.number, submission.narrative FROM action
    JOIN review ON review.id = action.review_id JOIN agency ON agency.id = action.agency_id
    JOIN submission ON submission.action_id = action.id JOIN person ON person.id = action.lead_id
    WHERE assurance = 'submitted' AND standing = 'active' AND review.is_restricted = 0 AND person.email = ?
    ORDER BY action.id, submission.id DESC LIMIT 1
"""


def decides(visitor: Navigator, address: str, choice: str, words: str, where: str) -> None:
    """Let the chair decide on the check page, and look at the page first."""
    visitor.signs_in(CHAIR)
    visitor.opens(f"{address}/check")
    visitor.finds_no_barrier(where)
    visitor.fits_a_phone(where)
    visitor.chooses(choice)
    visitor.page.locator("main textarea").fill(words)
    visitor.presses("Save the decision")
    visitor.sees("more wait")
    visitor.signs_out()


def test_a_report_is_asked_about_returned_sent_again_accepted_and_reopened(
    visitor: Navigator, site: Site
) -> None:
    reference, number, narrative = site.rows(ONE, LEAD)[0]
    address = f"/reviews/{reference}/actions/{number}"
    decides(visitor, address, "Ask a question before you decide", "Does it cover nights?", "a check")
    visitor.signs_in(LEAD)
    visitor.opens("/my-actions")
    visitor.sees("Does it cover nights?")
    visitor.finds_no_barrier("a question on My actions")
    visitor.opens(f"{address}/answer")
    visitor.finds_no_barrier("a question to answer")
    visitor.fits_a_phone("a question to answer")
    visitor.fills("Your answer", "Not yet: nights begin in June.")
    visitor.presses("Send the answer")
    visitor.signs_out()
    decides(
        visitor, address, "Return it: something is missing", "Nights are missing.", "an answered question"
    )
    visitor.signs_in(LEAD)
    visitor.opens(f"{address}/done")
    visitor.sees("Nights are missing.")
    visitor.page.locator("main textarea").fill(narrative)
    visitor.presses("Report it done")
    visitor.sees("Say what is different now")
    visitor.finds_no_barrier("the same report refused")
    visitor.page.locator("main textarea").fill("Nights are in since the rota of March.")
    visitor.presses("Report it done")
    visitor.sees("Waiting for the Board’s check")
    visitor.signs_out()
    decides(
        visitor,
        address,
        "Accept it: the evidence shows that it was done",
        "The rota shows nights.",
        "what is said now beside what was said",
    )
    visitor.signs_in(CHAIR)
    visitor.opens(address)
    visitor.follows("Take the acceptance back")
    visitor.finds_no_barrier("taking a decision back")
    visitor.fits_a_phone("taking a decision back")
    visitor.opens(address)
    visitor.follows("Reopen it")
    visitor.finds_no_barrier("reopening")
    visitor.page.locator("main textarea").fill("The rota of April has no nights again.")
    visitor.dates("By when is it to be done again?", 30, 6, 2012)
    visitor.presses("Reopen it")
    visitor.sees("Reopened by the Board")
    visitor.sees("The rota shows nights.")
    visitor.finds_no_barrier("a reopened action")
