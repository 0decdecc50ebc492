"""A manager marks a double as recorded in error: gone from list, review and paper, and brought back."""

from .navigator import Navigator, Site

MANAGER = "board.manager@kscb.example"
# The first open action on which nobody has acted: the trail tells of it that it was recorded, and no more.
DOUBLE = """
    SELECT review.reference, action.number FROM action JOIN review ON review.id = action.review_id
    WHERE review.is_restricted = 0 AND action.standing = 'active' AND NOT EXISTS (
        SELECT 1 FROM audit_event WHERE action_id = action.id AND event <> 'action.added'
    ) ORDER BY action.id LIMIT 1
"""


def test_a_double_is_marked_and_brought_back(visitor: Navigator, site: Site) -> None:
    ((review, number),) = site.rows(DOUBLE)
    reference, action = f"{review}/A{number}", f"/reviews/{review}/actions/{number}"
    places = (
        "/actions?q=" + reference,
        f"/reviews/{review}",
        f"/reports/progress?review={review}&appendix=actions",
    )
    visitor.signs_in(MANAGER)

    def told() -> list[bool]:
        found = []
        for place in places:
            visitor.opens(place)
            links = visitor.page.locator(f"main a[href='{action}']").count()
            found.append(links > 0)
        return found

    before = told()
    assert any(before)
    visitor.opens(action)
    visitor.follows("Recorded in error")
    visitor.sees("Nobody has acted on it, so you need not say why.")
    visitor.presses("Mark as recorded in error")
    visitor.sees(f"Action {reference} is marked as recorded in error.")
    assert told() == [False, False, False]
    visitor.opens(action)
    visitor.sees("No reason was needed: nobody had acted on it.")
    visitor.finds_no_barrier("what is recorded in error")
    visitor.fits_a_phone("what is recorded in error")
    visitor.presses("Bring it back")
    visitor.sees("Say why it is brought back.")
    visitor.finds_no_barrier("what is recorded in error, without a reason")
    visitor.fills("Why is it brought back?", "It was no double.")
    visitor.presses("Bring it back")
    visitor.sees(f"Action {reference} is brought back.")
    assert told() == before
