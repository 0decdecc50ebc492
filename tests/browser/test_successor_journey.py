"""A primary care trust closes and a clinical commissioning group follows it, as the manager does it."""

from .navigator import Navigator, Site

MANAGER = "board.manager@kscb.example"
OPEN = "action.standing IN ('active', 'on_hold') AND action.assurance <> 'accepted'"


def open_of(site: Site, code: str) -> list[tuple[object, ...]]:
    """Return reference and number of an agency's open actions."""
    return site.rows(
        "SELECT review.reference, action.number FROM action JOIN review ON review.id = action.review_id "
        "JOIN agency ON agency.id = action.agency_id "
        f"WHERE agency.code = '{code}' AND NOT review.is_restricted AND {OPEN} ORDER BY action.id"
    )


def test_from_pct_to_ccg(visitor: Navigator, site: Site) -> None:
    visitor.signs_in(MANAGER)
    moving = open_of(site, "WKP")
    assert moving, "the demonstration has nothing open with the PCT"
    record_successor(visitor)
    visitor.follows("People and agencies")
    visitor.opens("/agencies/WKP")
    visitor.follows("Close it, and say which agency follows it")
    visitor.dates("When did it close?", 31, 3, 2012)
    visitor.page.get_by_label("Which agency follows it?").select_option("West Kent CCG")
    visitor.page.get_by_label("Who leads the open actions there?").select_option("CCG lead, West Kent CCG")
    visitor.presses("Show what would change")
    visitor.sees("NHS West Kent PCT")
    visitor.sees("CCG lead")
    visitor.finds_no_barrier("an agency about to close")
    visitor.fits_a_phone("an agency about to close")
    assert open_of(site, "WKP") == moving
    words = "1 action" if len(moving) == 1 else f"{len(moving)} actions"
    visitor.presses(f"Close it, and move {words}")
    visitor.sees("NHS West Kent PCT has closed on 31 March 2012.")
    assert (open_of(site, "WKP"), open_of(site, "WKCCG")) == ([], moving)
    reference, number = moving[0]
    visitor.opens(f"/reviews/{reference}/actions/{number}")
    visitor.sees("This action was NHS West Kent PCT’s until 31 March 2012.")
    visitor.sees("Moved from NHS West Kent PCT to West Kent CCG on 31 March 2012")
    visitor.finds_no_barrier("an action of a successor")
    change_together(visitor, len(moving))


def record_successor(visitor: Navigator) -> None:
    """Record the agency that follows, and its lead."""
    visitor.opens("/agencies/new")
    visitor.fills("Short code", "WKCCG")
    visitor.fills("Name", "West Kent CCG")
    visitor.presses("Save")
    visitor.opens("/people/new")
    visitor.fills("Email address", "lead@west-kent-ccg.example")
    visitor.fills("Post or name", "CCG lead")
    visitor.page.get_by_label("Agency", exact=True).select_option("West Kent CCG")
    visitor.chooses("Agency lead")
    visitor.presses("Save")


def change_together(visitor: Navigator, count: int) -> None:
    """Put the successor's actions on hold together, after a form with nothing in it and a look at each."""
    visitor.opens("/actions?agency=WKCCG")
    visitor.page.get_by_label("What to change").select_option("Standing: hold, supersede, withdraw")
    visitor.presses(f"Change all {count} that match")
    visitor.presses("Show what would change")
    visitor.sees("Choose what is to happen to the actions.")
    visitor.chooses("On hold")
    visitor.fills("Reason", "Until the CCG has its own safeguarding lead.")
    visitor.presses("Show what would change")
    visitor.finds_no_barrier("a change of many")
    visitor.fits_a_phone("a change of many")
    visitor.presses("Change 1 action" if count == 1 else f"Change {count} actions")
    visitor.sees("made on hold.")
