"""What every page shows around its content: the board, the person, the way to the other pages."""

from functools import lru_cache
from typing import Any

from flask import Flask, g, request, url_for
from flask_login import current_user

from kscb_actions.access.policy import Permission, Reach, Role, Viewer, reach

from .asked import page_number

# In the order people meet them. Each entry: words, endpoint, the permission that opens it.
ENTRIES = (
    ("My actions", "home.my_actions", Permission.SEE_OWN_WORK),
    ("Panel work", "home.panel_work", Permission.READ_DEATH),
    ("Death requests", "death_requests.index", Permission.ANSWER_RETURN),
    ("What needs attention", "home.attention", Permission.SEE_ATTENTION),
    ("Reviews", "reviews.index", Permission.READ_REVIEW),
    ("Actions", "actions.index", Permission.READ_ACTION),
    ("Challenges", "challenges.index", Permission.READ_CHALLENGE),
    ("Meetings", "meetings.index", Permission.READ_MEETING),
    ("Measures", "measures.index", Permission.READ_MEASURE),
    ("Difference made", "impact.index", Permission.READ_REVIEW),
    ("Reports", "reports.index", Permission.PRINT_PAPERS),
    ("Child deaths", "deaths.index", Permission.READ_DEATH),
    ("Panel meetings", "panels.index", Permission.READ_DEATH),
    ("Tables", "figures.index", Permission.READ_FIGURES),
    ("Referrals", "referrals.index", Permission.READ_REFERRAL),
    ("Published tables", "published.index", Permission.READ_PUBLISHED),
    ("People and agencies", "people.index", Permission.MANAGE_PEOPLE),
    ("Outbox", "mail.outbox", Permission.READ_OUTBOX),
    ("Audit trail", "audit.index", Permission.READ_AUDIT),
    ("Settings", "settings.edit", Permission.MANAGE_SETTINGS),
)
# So many fit in one line of a page 1280 px wide; with more, the others stand under "More".
MOST_IN_LINE = 8


def address_of(action: Any) -> str:
    """Return the address of an action's own page."""
    return action_address(action.review.reference, action.number)


def action_address(reference: str, number: int) -> str:
    """Return the address of the page of an action, by its review's reference and its own number."""
    return _action_address(request.script_root, reference, number)


@lru_cache(4096)
def _action_address(_: str, reference: str, number: int) -> str:
    return url_for("actions.show", reference=reference, number=number)


def list_address(**narrow: Any) -> str:
    """Return the address of the list of actions, narrowed as the names say: rating="red", silent=1."""
    return _list_address(request.script_root, *narrow.items())


@lru_cache(4096)
def _list_address(_: str, *narrow: tuple[str, Any]) -> str:
    return url_for("actions.index", **dict(narrow))


def address_after(action: Any) -> str:
    """Return where to go after a change to an action: the list that led here, or the action's own page.

    The list says so in the query: `back` is "mine" or "agency", `page` which page of it.
    """
    back = request.args.get("back")
    if back not in ("mine", "agency"):
        return address_of(action)
    return f"{my_actions_address(back == 'agency', page_number(request.args))}#a{action.id}"


def my_actions_address(is_whole: bool, page: int) -> str:
    """Return the address of a page of My actions: of the person's own, or of the whole agency's."""
    return url_for("home.my_actions", whose="agency" if is_whole else None, page=page if page > 1 else None)


def add_page_context(app: Flask) -> None:
    """Give every template `board`, `viewer`, `navigation` and `csp_nonce`."""

    app.add_template_global(action_address)

    @app.context_processor
    def context() -> dict[str, Any]:
        signed_in = getattr(current_user, "viewer", None)
        kept = g.get("page_context")
        # Each field of a form is a template of its own, and asks again.
        if kept is None or kept["viewer"] is not signed_in:
            kept = g.page_context = {
                "board": g.get("board"),
                "viewer": signed_in,
                "navigation": entries_for(signed_in) if signed_in else [],
                "csp_nonce": g.get("csp_nonce", ""),
            }
        return kept


def entries_for(viewer: Viewer) -> list[dict[str, Any]]:
    """Return the navigation of one person: only what their roles open; what is in no line more is `more`."""
    room = (request.endpoint or "").split(".")[0]
    entries = _entries(viewer.roles, viewer.without, viewer.agency_id is None, request.script_root)
    in_line = len(entries) if len(entries) <= MOST_IN_LINE else MOST_IN_LINE - 1
    return [
        {
            "text": words,
            "href": href,
            "active": request.endpoint == endpoint or (room == endpoint.split(".")[0] and room != "home"),
            "more": place >= in_line,
        }
        for place, (words, endpoint, href) in enumerate(entries)
    ]


@lru_cache(64)
def _entries(
    roles: frozenset[Role], without: frozenset[Permission], is_alone: bool, _: str
) -> list[tuple[str, str, str]]:
    somebody = Viewer(id=None, name="", roles=roles, agency_id=None if is_alone else 0, without=without)
    return [
        (words, endpoint, url_for(endpoint))
        for words, endpoint, permission in ENTRIES
        if reach(somebody, permission) is not Reach.NONE
    ]
