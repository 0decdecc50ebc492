"""An action owned together with its milestones, and a plan that goes on: each page as people come to it."""

from .navigator import Navigator, Site

MANAGER = "board.manager@kscb.example"
POLICE = "public.protection@kent-police.example"
ONE = """
    SELECT review.reference, action.number FROM action JOIN review ON review.id = action.review_id
    JOIN agency ON agency.id = action.agency_id
    WHERE review.is_restricted = 0 AND standing = 'active' AND assurance = 'none' AND agency.code = 'SCS'
    ORDER BY action.id LIMIT 1
"""


def looks_at(visitor: Navigator, *addresses: str) -> None:
    """Open each of these pages, and find no barrier there."""
    for address in addresses:
        visitor.opens(address)
        assert visitor.heading() not in ("Page not found", "You cannot do this"), address
        visitor.finds_no_barrier(address)
        visitor.fits_a_phone(address)


def test_an_action_is_shared_and_has_milestones(visitor: Navigator, site: Site) -> None:
    reference, number = site.rows(ONE)[0]
    action = f"/reviews/{reference}/actions/{number}"
    visitor.signs_in(MANAGER)
    looks_at(visitor, f"{action}/owners", f"{action}/milestones/new")
    visitor.fills("What is to be reached?", "Half of the staff are trained.")
    visitor.dates("By when?", 1, 2, 2012)
    visitor.presses("Save")
    visitor.sees("Overdue by 59 days")
    (step,) = site.rows("SELECT max(id) FROM milestone")[0]
    one = f"{action}/milestones/{step}"
    looks_at(visitor, one, f"{one}/done", f"{one}/withdraw")
    visitor.opens(f"{action}/owners")
    visitor.page.get_by_label("Agency", exact=True).select_option("Kent Police")
    visitor.presses("Add the joint owner")
    visitor.sees("(with Kent Police)")
    (joint,) = site.rows("SELECT max(id) FROM joint_owner")[0]
    pages = [f"{action}/owners/{joint}/{page}" for page in ("contact", "lead", "end")]
    looks_at(visitor, action, f"{action}/owners", *pages)
    visitor.signs_out()
    visitor.signs_in(POLICE)
    looks_at(visitor, "/my-actions", f"{action}/part")
    visitor.fills("What has your agency done?", "We trained forty officers.")
    visitor.presses("Save your part")
    visitor.sees("What Kent Police did, a joint owner")


def test_a_plan_goes_on_in_a_new_one(visitor: Navigator, site: Site) -> None:
    visitor.signs_in(MANAGER)
    looks_at(visitor, "/reviews/INS-2011-01/carry-forward")
    chosen = visitor.page.locator("input[name=actions]:checked").count()
    visitor.presses("Preview")
    visitor.finds_no_barrier("the preview of a new plan")
    visitor.fits_a_phone("the preview of a new plan")
    visitor.presses("Carry forward")
    visitor.sees(f"{chosen} actions go on here")
    visitor.finds_no_barrier("a plan that was carried forward")
    visitor.fits_a_phone("a plan that was carried forward")
    assert site.rows("SELECT count(*) FROM action WHERE carried_from_id IS NOT NULL") == [(chosen,)]
