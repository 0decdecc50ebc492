"""A plan comes in by the browser: from a file with a cell put right on the page, and from a pasted table."""

from pathlib import Path

from kscb_actions.web.how_far import telling

from ..plans_in.made import word
from .navigator import Navigator, Site

MANAGER = "board.manager@kscb.example"
HEADINGS = ["No", "Recommendation", "Action", "Lead agency", "Target date"]
LEFT = ["J1", "Ask children what they want.", "Ask at each visit.", "Kent Police", "30.9.12"]
WRONG = ["J2", "Share what is known.", "Share it within a day.", "Kent Police", "31/02/2012"]
PASTED = "\t".join([*HEADINGS]) + "\nJ3\tHear fathers.\tAsk both.\tKent Police\tOct 2012\n"
COUNT = """
    SELECT recommendation.published_number, action.original_due_on FROM action
    JOIN recommendation ON recommendation.id = action.recommendation_id
    JOIN review ON review.id = recommendation.review_id
    WHERE review.reference = 'AUD-2011-01' AND published_number LIKE 'J%' ORDER BY 1
"""


def test_a_plan_comes_in_with_a_cell_put_right_and_another_is_pasted(
    visitor: Navigator, site: Site, tmp_path: Path
) -> None:
    file = tmp_path / "plan.docx"
    file.write_bytes(word([HEADINGS, LEFT, WRONG]))
    visitor.signs_in(MANAGER)
    visitor.opens("/reviews/AUD-2011-01/plan/new")
    visitor.page.locator("input[type=file]").set_input_files(file)
    visitor.page.locator("main form button[type=submit]").first.click()
    visitor.sees("Could not be read")
    visitor.sees("Nothing has been recorded yet.")
    assert site.rows(COUNT) == []
    visitor.finds_no_barrier("a plan with a cell to put right")
    visitor.fits_a_phone("a plan with a cell to put right")
    visitor.page.locator('[name="cell:table 1, row 3, column 5"]').fill("29 February 2012")
    visitor.presses("Look again")
    assert visitor.page.get_by_text("Could not be read").count() == 0
    is_recorded_elsewhere(visitor, site)
    visitor.presses("Take the plan in")
    assert site.rows(COUNT) == [("J1", "2012-09-30"), ("J2", "2012-02-29")]
    visitor.opens("/reviews/AUD-2011-01/plan/new")
    visitor.fills("Or a table pasted from Word or Excel", PASTED)
    visitor.page.locator("main form button[type=submit]").first.click()
    visitor.sees("What was read")
    visitor.presses("Take the plan in")
    assert site.rows(COUNT)[2] == ("J3", "2012-10-31")


def is_recorded_elsewhere(visitor: Navigator, site: Site) -> None:
    """See how far the plan is, while another process is recording it, and then what stands typed here."""
    address = visitor.page.url
    page = visitor.page.context.new_page()
    with telling(site.instance, f"plan-{address.rsplit('/', 1)[1]}") as tell:
        tell(6_000, 24_000)
        here, visitor.page = visitor.page, page
        visitor.page.goto(address)
        visitor.sees("6,000 of 24,000 recommendations and actions are recorded.")
        visitor.finds_no_barrier("a plan that is being recorded")
        visitor.fits_a_phone("a plan that is being recorded")
        tell(12_000, 24_000)
        visitor.sees("12,000 of 24,000 recommendations and actions are recorded.")
    page.close()
    visitor.page = here
