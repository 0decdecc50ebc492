"""The password asked again of somebody who is signed in, before they take data of a child's death away.

In a view (see `again_views.asked_again`, which does the whole of it):

    @blueprint.route("/panels/<int:meeting_id>/papers", access=KEEP, methods=["GET", "POST"])
    def papers(meeting: PanelMeeting) -> Any:
        return asked_again(
            "the papers of this meeting",
            back=url_for("panels.show", meeting_id=meeting.id),
            answer=lambda: _papers_file(meeting),
        )

and on any page that leads there

    {% from "components/password_again.html" import password_again %}
    {{ password_again(url_for("panels.papers", meeting_id=meeting.id), "the papers of this meeting") }}

`answer` runs only when the password is right; it makes the file and tells of it with tx.note or tx.say.
"""

from ..access.policy import SYSTEM, Viewer
from ..audit.service import change
from ..database import writing
from ..text import InvalidInput
from .models import User
from .passwords import matches
from .rules import TRIES_WITHIN
from .sign_in import TooManyTries, count_try

WRONG = "The password is wrong. Check it and try again."
TOO_MANY = f"There were too many tries. Wait {TRIES_WITHIN.seconds // 60} minutes and try again."


def confirm(viewer: Viewer, password: str) -> bool:
    """True when this is the password of `viewer`, a person who is signed in.

    Raises InvalidInput({"password": why}) when it is wrong, which is told in the trail, and after ten tries
    in five minutes. The tries are counted apart from those at the sign-in page, where strangers can use
    them up.
    """
    user = User.get_or_none(User.id == viewer.id, User.is_active)
    try:
        # The line break cannot be typed at the sign-in page, where tries are counted under what is typed.
        attempt = count_try(f"again\n{viewer.id}")
    except TooManyTries:
        raise InvalidInput({"password": TOO_MANY}) from None
    if user is None or not matches(user.password_hash, password):
        if user is not None:
            with change(SYSTEM) as tx:
                tx.note("person.password-refused", user)
        raise InvalidInput({"password": WRONG})
    with writing(type(attempt)):
        attempt.delete_instance()
    return True
