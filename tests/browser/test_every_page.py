"""Every page in every role, and every form's error state: no barrier, fits a phone, well formed."""

import pytest

from .navigator import Navigator, Site

MANAGER = "board.manager@kscb.example"
CHAIR = "scr.chair@kent-probation.example"
LEAD = "named.nurse@kent-community-health.example"
READER = "independent.chair@kscb.example"


def one(site: Site, sql: str) -> tuple[object, ...]:
    """The first row of a look into the database."""
    rows = site.rows(sql)
    assert rows, f"the demonstration has nothing for: {sql}"
    return rows[0]


ACTION_SQL = """
    SELECT review.reference, action.number, recommendation.number
    FROM action JOIN review ON review.id = action.review_id
    JOIN recommendation ON recommendation.id = action.recommendation_id
    JOIN agency ON agency.id = action.agency_id WHERE review.is_restricted = 0 AND {}
    ORDER BY action.id LIMIT 1
"""


def addresses(site: Site) -> dict[str, list[str]]:
    """{role: pages it opens}, with things of the demonstration in each state."""
    (agency_id,) = one(site, f"SELECT agency_id FROM person WHERE email = '{LEAD}'")
    own = f"action.agency_id = {agency_id}"
    open_, number, recommendation = one(
        site, ACTION_SQL.format(f"{own} AND standing = 'active' AND assurance = 'none'")
    )
    waiting = one(
        site,
        ACTION_SQL.format("assurance = 'submitted' AND standing = 'active' AND agency.code NOT LIKE '%PRO%'"),
    )
    extension = one(
        site,
        "SELECT review.reference, action.number, extension.id FROM extension "
        "JOIN action ON action.id = extension.action_id JOIN review ON review.id = action.review_id "
        "WHERE extension.state = 'asked' AND review.is_restricted = 0",
    )
    evidence = (
        one(
            site,
            "SELECT review.reference, action.number, evidence.id FROM evidence "
            "JOIN action ON action.id = evidence.action_id JOIN review ON review.id = action.review_id "
            f"WHERE {own} AND evidence.withdrawn_at IS NULL AND action.assurance IN ('none', 'returned')",
        )
        if site.rows(
            f"SELECT 1 FROM evidence JOIN action ON action.id = evidence.action_id WHERE {own} AND evidence.withdrawn_at IS NULL AND action.assurance IN ('none', 'returned')"
        )
        else None
    )
    action = f"/reviews/{open_}/actions/{number}"
    check = f"/reviews/{waiting[0]}/actions/{waiting[1]}"
    lead = [
        "/", "/my-actions", "/my-actions?everyone=yes", "/reviews", f"/reviews/{open_}", "/actions", action,
        f"{action}/update", f"{action}/more-time", f"{action}/evidence/new", f"{action}/done", "/account",
    ]  # fmt: skip
    if evidence:
        lead.append(f"/reviews/{evidence[0]}/actions/{evidence[1]}/evidence/{evidence[2]}/withdraw")
    board = ["/attention", "/reviews", f"/reviews/{open_}", "/actions", action, check, "/reports",
             "/reports/progress", f"/reports/progress?review={open_}", "/audit", "/account"]  # fmt: skip
    decide = [f"{check}/check", f"{action}/due-date",
              f"/reviews/{extension[0]}/actions/{extension[1]}/more-time/{extension[2]}"]  # fmt: skip
    manage = [
        "/reviews/new", "/themes", f"/reviews/{open_}/edit", f"/reviews/{open_}/stage", f"/reviews/{open_}/hold",
        "/reviews/RCA-2011-01/named-people", f"/reviews/{open_}/recommendations/new",
        f"/reviews/{open_}/recommendations/{recommendation}/edit",
        f"/reviews/{open_}/recommendations/{recommendation}/actions/new", f"{action}/edit", f"{action}/standing",
        f"{action}/due-date", "/people", "/people/new", "/people/5", "/agencies/new", "/agencies/KPOL", "/outbox",
        "/settings", "/actions?rating=red&sort=agency", "/actions?q=nothing-matches-this",
    ]  # fmt: skip
    return {MANAGER: board + manage, CHAIR: board + decide, LEAD: lead, READER: board}


@pytest.mark.parametrize("email", [MANAGER, CHAIR, LEAD, READER])
def test_every_page_is_without_barrier_and_fits_a_phone(visitor: Navigator, site: Site, email: str) -> None:
    visitor.signs_in(email)
    for address in addresses(site)[email]:
        visitor.opens(address)
        assert visitor.heading() not in ("Page not found", "You cannot do this"), address
        visitor.finds_no_barrier(address)
        visitor.fits_a_phone(address)


@pytest.mark.parametrize("email", [MANAGER, CHAIR, LEAD])
def test_every_form_sent_empty_says_what_is_wrong(visitor: Navigator, site: Site, email: str) -> None:
    visitor.signs_in(email)
    for address in addresses(site)[email]:
        visitor.opens(address)
        buttons = visitor.page.locator("main form[method=post] button")
        if buttons.count() == 0 or "/reports" in address:
            continue
        buttons.first.click()
        visitor.finds_no_barrier(f"{address} after sending")
        summary = visitor.page.locator(".govuk-error-summary__list a")
        for link in summary.all():
            target = link.get_attribute("href") or ""
            assert visitor.page.locator(target).count() == 1, f"{address}: {target} leads nowhere"


def test_pages_for_everybody_are_without_barrier(visitor: Navigator) -> None:
    for address in ("/sign-in", "/forgotten-password", "/password/no-such-link", "/no-such-page"):
        visitor.opens(address)
        visitor.finds_no_barrier(address)
        visitor.fits_a_phone(address)


def test_a_barrier_would_be_found(visitor: Navigator) -> None:
    visitor.opens("/sign-in")
    visitor.page.evaluate("document.querySelector('label').remove()")
    with pytest.raises(AssertionError, match="label"):
        visitor.finds_no_barrier("an offender")
