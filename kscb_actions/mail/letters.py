"""The letters about passwords: each carries a single-use link and nothing else."""

from datetime import timedelta

from kscb_actions.access.policy import ROLE_NAMES, SYSTEM, Role, Viewer
from kscb_actions.audit.service import Change, change
from kscb_actions.database import db, writing
from kscb_actions.people.models import RoleRequest, User
from kscb_actions.people.queries import person_with_address
from kscb_actions.people.rules import INVITATION_DAYS, RESET_HOURS
from kscb_actions.people.service import invite
from kscb_actions.people.sign_in import may_request_link
from kscb_actions.settings.queries import get_board
from kscb_actions.terms import say_later
from kscb_actions.text import as_address

from .rules import NOTHING
from .service import queue

INVITATION = say_later("""You have an account in the {board} review and action tracker.

Set your password with this link. It works once, for {days} days:
{link}

If you did not expect this, tell the board manager.""")
RESET = """Somebody asked for a new password for this address in the {board} review and action tracker.

Set it with this link. It works once, for {hours} hours:
{link}

If it was not you, do nothing: your present password still works."""


ROLE_WAITS = """{asked} asked that {name} ({address}) be {role} in the {board} review and action tracker.

The role opens child deaths, so it waits until you, or another who has it, agree: see your first page.
Before you agree, ask {name} in person whether it is so."""
ROLE_DECIDED = (
    """{decided} has {verb} that {name} ({address}) be {role} in the {board} review and action tracker."""
)


def tell_of_role(tx: Change, request: RoleRequest, people: list[User]) -> None:
    """Queue word of a role that waits, or of what was decided, to these people in the open change."""
    person, role = User.get_by_id(request.user_id), ROLE_NAMES[Role(request.role)]
    common = {"name": person.name, "address": person.email, "role": role, "board": get_board().name}
    for each in people:
        if request.decided_at is None:
            subject, text = "A role waits for you to agree", ROLE_WAITS.format(asked=tx.actor.name, **common)
        else:
            verb = "agreed" if request.is_agreed else "refused"
            subject = f"A role you asked for: {verb}"
            text = ROLE_DECIDED.format(decided=tx.actor.name, verb=verb, **common)
        queue(tx, each, subject, text, NOTHING)


def send_invitation(viewer: Viewer, person: User, board: str, base_url: str) -> str:
    """Queue an invitation for `person`; returns the link, for when mail cannot reach them."""
    with change(viewer) as tx:
        link = f"{base_url}/password/{invite(person)}"
        text = INVITATION.format(board=board, days=INVITATION_DAYS, link=link)
        queue(tx, person, "Your account", text, NOTHING, is_secret=True)
    return link


def send_reset(email: str, board: str, base_url: str) -> None:
    """Queue a link for whoever has this address, if anybody has and has not been sent many already.

    The same work whoever asks, so that the time it takes tells nothing: for an address that nobody has, a
    letter to somebody else is written in the same transaction and taken back before it ends.
    """
    with writing():
        if not may_request_link(as_address(email)):
            return
        person = person_with_address(email)
        stand_in = User.select().where(User.is_active).order_by(User.id).first()
        if stand_in is None:
            return
        with db.savepoint() as savepoint:
            _queue_reset(person or stand_in, board, base_url)
            if person is None:
                savepoint.rollback()


def _queue_reset(person: User, board: str, base_url: str) -> None:
    token = invite(person, timedelta(hours=RESET_HOURS), ends_earlier=False)
    with change(SYSTEM) as tx:
        text = RESET.format(board=board, hours=RESET_HOURS, link=f"{base_url}/password/{token}")
        queue(tx, person, "A new password", text, NOTHING, is_secret=True)
