"""The letters about passwords: each carries a single-use link and nothing else."""

from datetime import timedelta

from kscb_actions.access.policy import SYSTEM, Viewer
from kscb_actions.audit.service import change
from kscb_actions.database import writing
from kscb_actions.people.models import User
from kscb_actions.people.rules import INVITATION_DAYS, RESET_HOURS
from kscb_actions.people.service import invite
from kscb_actions.people.sign_in import as_address, may_request_link

from .rules import NOTHING
from .service import queue

INVITATION = """You have an account in the {board} review and action tracker.

Set your password with this link. It works once, for {days} days:
{link}

If you did not expect this, tell the board manager."""
RESET = """Somebody asked for a new password for this address in the {board} review and action tracker.

Set it with this link. It works once, for {hours} hours:
{link}

If it was not you, do nothing: your present password still works."""


def send_invitation(viewer: Viewer, person: User, board: str, base_url: str) -> str:
    """Queue an invitation for `person`; returns the link, for when mail cannot reach them."""
    with change(viewer) as tx:
        link = f"{base_url}/password/{invite(person)}"
        text = INVITATION.format(board=board, days=INVITATION_DAYS, link=link)
        queue(tx, person, "Your account", text, NOTHING, is_secret=True)
    return link


def send_reset(email: str, board: str, base_url: str) -> None:
    """Queue a link for whoever has this address, if anybody has and has not been sent many already.

    One transaction whoever asks, so that the time it takes tells nothing.
    """
    with writing():
        email = as_address(email)
        person = User.get_or_none(User.email == email, User.is_active)
        if not may_request_link(email) or person is None:
            return
        token = invite(person, timedelta(hours=RESET_HOURS), ends_earlier=False)
        with change(SYSTEM) as tx:
            text = RESET.format(board=board, hours=RESET_HOURS, link=f"{base_url}/password/{token}")
            queue(tx, person, "A new password", text, NOTHING, is_secret=True)
