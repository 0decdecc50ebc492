"""Re-authentication: the password is typed again before something sensitive is handed out."""

from collections.abc import Callable
from typing import Any

from flask import render_template, request

from kscb_actions.people.sign_in import reauthenticate
from kscb_actions.web.shared.guard import viewer

from .forms import ReauthenticationForm

_OWN = ("csrf_token", "password", "version", "submit")


def reauthenticated(
    what: str, back: str, answer: Callable[[], Any], does: str = "Download", note: str = ""
) -> Any:
    """Return what `answer` gives when the password that was posted is right; else the page that asks for it.

    Register the route with GET and POST: GET asks, and whoever has to sign in meanwhile comes back to it.
    `what` names the thing within a sentence, `does` is the verb of the button, `note` is said above the
    field, `back` is the address of the page it belongs to. Whatever else was posted is kept on the page.
    """
    form = ReauthenticationForm()
    if form.carried_out(lambda: reauthenticate(viewer(), form.password.data)):
        return answer()
    keep = [pair for pair in request.form.items(multi=True) if pair[0] not in _OWN]
    return render_template(
        "people/password_again.html", form=form, what=what, does=does, note=note, back=back, keep=keep
    )
