"""Reads and fills the rows of My actions."""

import re
from collections.abc import Callable

from flask.testing import FlaskClient

from kscb_actions.actions.models import Action, ProgressUpdate

SignIn = Callable[..., FlaskClient]


def drawn(page: str, action: Action) -> dict[str, str]:
    """Return the row's fields as the page draws them: what a browser would send back untouched."""
    prefix = f"a{action.id}-"
    fields = dict(
        re.findall(rf'<input id="{prefix}\w+" name="({prefix}\w+)" type="hidden" value="([^"]*)"', page)
    )
    fields[f"{prefix}narrative"] = ""
    chosen = re.search(rf'name="{prefix}progress" type="radio" value="(\w+)" checked', page)
    if chosen:
        fields[f"{prefix}progress"] = chosen[1]
    return fields


def filled(page: str, action: Action, narrative: str, progress: str | None = None) -> dict[str, str]:
    """Return the row as somebody fills it in."""
    fields = drawn(page, action) | {f"a{action.id}-narrative": narrative}
    return fields | ({f"a{action.id}-progress": progress} if progress else {})


def row_of(page: str, action: Action) -> str:
    """Return the markup of one action's row."""
    return page.split(f'id="a{action.id}"')[1].split("</section>")[0]


def section_order(page: str) -> list[int]:
    return [int(id) for id in re.findall(r'<section class="app-work [^>]*id="a(\d+)"', page)]


def summary_links(page: str) -> list[str]:
    return re.findall(r'href="(#[^"]+)"', page.split('class="govuk-error-summary"')[1].split("</ul>")[0])


def updates(action: Action) -> list[tuple[str, str]]:
    rows = ProgressUpdate.select().where(ProgressUpdate.action == action).order_by(ProgressUpdate.id)
    return [(row.progress, row.narrative) for row in rows]
