"""The letters about passwords: each carries a single-use link and nothing else."""

from ..access.policy import SYSTEM, Viewer
from ..audit.service import change
from ..people.models import User
from ..people.rules import INVITATION_DAYS
from ..people.service import invite
from .service import queue

INVITATION = """You have an account in the {board} review and action tracker.

Set your password with this link. It works once, for {days} days:
{link}

If you did not expect this, tell the board manager."""
RESET = """Somebody asked for a new password for this address in the {board} review and action tracker.

Set it with this link. It works once, for {days} days:
{link}

If it was not you, do nothing: your present password still works."""


def send_invitation(viewer: Viewer, person: User, board: str, base_url: str) -> str:
    """Queue an invitation for `person`; returns the link, for when mail cannot reach them."""
    link = f"{base_url}/password/{invite(person)}"
    with change(viewer) as tx:
        text = INVITATION.format(board=board, days=INVITATION_DAYS, link=link)
        queue(tx, person, "Your account", text, is_secret=True)
    return link


def send_reset(email: str, board: str, base_url: str) -> None:
    """Queue a link for whoever has this address, if anybody has."""
    person = User.get_or_none(User.email == email.strip().lower()[:254], User.is_active)
    if person is None:
        return
    link = f"{base_url}/password/{invite(person)}"
    with change(SYSTEM) as tx:
        text = RESET.format(board=board, days=INVITATION_DAYS, link=link)
        queue(tx, person, "A new password", text, is_secret=True)
