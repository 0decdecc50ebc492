"""Roles that open child deaths: they wait until somebody who has such a role agrees, and who can is told."""

from collections.abc import Callable, Iterable

from kscb_actions import clock
from kscb_actions.access.policy import OPENS_DEATHS, Permission, Refused, Role, Viewer, may, require
from kscb_actions.audit.service import Change, change
from kscb_actions.text import InvalidInput

from .access_ends import end_access
from .models import RoleRequest, User

# Sends word of a request inside the open change; given by the room of mail, which stands above.
Teller = Callable[[Change, RoleRequest, list[User]], object]
_tellers: list[Teller] = []
# Asks in the open change for agreement to a person's new address; given by the rooms where people are named.
Asker = Callable[[Change, User], object]
_askers: list[Asker] = []


def tell_by(teller: Teller) -> None:
    """Let `teller` send word of requests, in place of any before it."""
    _tellers[:] = [teller]


def ask_at_new_address(asker: Asker) -> None:
    """Let `asker` take away what a person has to be given anew at a new address, in place of any before."""
    _askers[:] = [asker]


def address_changed(tx: Change, person: User) -> None:
    """Take away, in the open change, what whoever reads mail at the new address is to be given anew."""
    for asker in _askers:
        asker(tx, person)


def roles_that_wait(viewer: Viewer, held: Iterable[Role], asked: Iterable[Role]) -> frozenset[Role]:
    """Return which of the roles asked for have to be agreed to, when `viewer` gives them to somebody."""
    if viewer.is_system or may(viewer, Permission.AGREE_TO_ROLE):
        return frozenset()
    return (frozenset(asked) - frozenset(held)) & OPENS_DEATHS


def ask_for_roles(tx: Change, person: User, roles: Iterable[Role]) -> None:
    """Record, in the open change, roles that wait for this person, and tell who can agree."""
    waiting = {request.role for request in RoleRequest.select().where(_waits(), RoleRequest.user == person)}
    for role in sorted(frozenset(roles) - waiting):
        request = RoleRequest(user=person, role=role.value, asked_by=tx.actor.id, asked_at=clock.now())
        tx.add(request, "person.role-asked")
        _tell(tx, request, [each for each in who_can_agree() if each.id != person.id])


def decide_role(viewer: Viewer, request: RoleRequest, is_agreed: bool) -> None:
    """Agree to a role or refuse it. Raises Refused for one's own, InvalidInput when it is decided already."""
    require(viewer, Permission.AGREE_TO_ROLE)
    if request.user_id == viewer.id:
        raise Refused("Somebody else who has such a role has to agree to yours.")
    with change(viewer) as tx:
        now = RoleRequest.get_by_id(request.id)
        if now.decided_at is not None:
            raise InvalidInput({"decision": "This has been decided already."})
        now.decided_by, now.decided_at, now.is_agreed = viewer.id, clock.now(), is_agreed
        tx.update(now, "person.role-agreed" if is_agreed else "person.role-refused")
        if is_agreed:
            person = User.get_by_id(now.user_id)
            person.roles = ",".join(sorted({*person.role_set, Role(now.role)}))
            tx.update(person, "person.changed")
            end_access(person)
        _tell(tx, now, [now.asked_by] if now.asked_by else [])


def who_can_agree() -> list[User]:
    """Return the active people who may agree to such a role, by name."""
    people = User.select().where(User.is_active).order_by(User.name)
    return [person for person in people if may(person.viewer, Permission.AGREE_TO_ROLE)]


def list_role_requests(viewer: Viewer) -> list[RoleRequest]:
    """Return the roles that wait, the oldest first, for those who keep people or can agree to them."""
    if Permission.AGREE_TO_ROLE in viewer.without:
        return []
    if not (may(viewer, Permission.AGREE_TO_ROLE) or may(viewer, Permission.MANAGE_PEOPLE)):
        return []
    asking = User.alias()
    query = (
        RoleRequest.select(RoleRequest, User, asking)
        .join(User, on=RoleRequest.user == User.id)
        .switch(RoleRequest)
        .join(asking, "LEFT OUTER JOIN", on=RoleRequest.asked_by == asking.id)
    )
    return list(query.where(_waits()).order_by(RoleRequest.id))


def get_role_request(viewer: Viewer, request_id: int) -> RoleRequest | None:
    """Return a role that waits, for those who can agree to it, or None."""
    if not may(viewer, Permission.AGREE_TO_ROLE):
        return None
    return RoleRequest.get_or_none(RoleRequest.id == request_id, _waits())


def opens_deaths(person: User) -> bool:
    """Return whether signing in as this person opens child deaths, or will when a role is agreed to."""
    waits = RoleRequest.select().where(_waits(), RoleRequest.user == person).exists()
    return waits or bool(person.role_set & OPENS_DEATHS)


def _waits() -> bool:
    return RoleRequest.decided_at.is_null()


def _tell(tx: Change, request: RoleRequest, people: list[User]) -> None:
    for teller in _tellers:
        teller(tx, request, people)
