"""What the page of a section hears while it is saved as it is typed: one sentence, and its version now."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import request

from kscb_actions import clock
from kscb_actions.child_deaths.requests.models import ReturnPart
from kscb_actions.child_deaths.returns.models import AgencyReturn, Step
from kscb_actions.web.shared.forms import YOU, Conflict
from kscb_actions.wording import time_uk

from .forms import PartForm

JSON = "application/json"
STILL = "What you typed is still on this page."
SENT = "The answer was sent already: for the panel to have this, send it again."
Said = tuple[dict[str, Any], int]


def is_as_typed() -> bool:
    """Return whether the page itself sends the form, and stays as it is."""
    return request.method == "POST" and request.accept_mimetypes.best == JSON


def saved_as_typed(form: PartForm, row: AgencyReturn, save: Callable[[], ReturnPart | None]) -> Said:
    """Save a section as `save` does. Return what the page says of it, and the status.

    200 with the `version` that is kept now; 409 with `theirs` where somebody saved first; else 422.
    """
    theirs: dict[str, Any] = {}
    kept: list[ReturnPart | None] = []

    def filled(now: ReturnPart) -> Mapping[str, Any]:
        theirs.update(PartForm.filled(now))
        return theirs

    if form.carried_out(lambda: kept.append(save()), filled):
        sent = f" {SENT}" if row.step == Step.SENT else ""
        version = kept[0].version if kept[0] else 0
        return {"said": f"Saved at {time_uk(clock.now())}.{sent}", "version": version}, 200
    if form.conflict:
        return {"said": first(form.conflict), "theirs": theirs}, 409
    wrong = [str(each) for messages in form.errors.values() for each in messages]
    return {"said": " ".join(["Not saved.", *wrong, STILL])}, 422


def first(conflict: Conflict) -> str:
    """Return that somebody saved first, who and when, and how to see both texts."""
    who = "you have saved this section in another window" if conflict.who == YOU else ""
    who = who or f"{conflict.who} has saved this section"
    when = f" at {time_uk(conflict.at)}" if conflict.at else ""
    return f"Not saved: {who}{when}. {STILL} Press a button to see both texts."
