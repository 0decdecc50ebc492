"""Reading agencies and people."""

import json

import peewee

from ..access.policy import ROLE_NAMES, Permission, Role, Viewer, reach
from ..settings.models import Setting
from .models import Agency, User


def list_agencies(active_only: bool = True) -> list[Agency]:
    """Agencies by name. Their names are known to every signed-in person."""
    query = Agency.select().order_by(Agency.name)
    return list(query.where(Agency.is_active) if active_only else query)


def get_agency(viewer: Viewer, code: str) -> Agency | None:
    """One agency, for those who keep them."""
    if reach(viewer, Permission.MANAGE_PEOPLE) == "none":
        return None
    return Agency.get_or_none(Agency.code == code)


def list_people(viewer: Viewer) -> list[User]:
    """Everybody, with their agency, for those who keep people."""
    if reach(viewer, Permission.MANAGE_PEOPLE) == "none":
        return []
    return list(
        User.select(User, Agency)
        .join(Agency, peewee.JOIN.LEFT_OUTER)
        .order_by(User.is_active.desc(), Agency.name, User.name)
    )


def get_person(viewer: Viewer, user_id: int) -> User | None:
    """One person, for those who keep people."""
    if reach(viewer, Permission.MANAGE_PEOPLE) == "none":
        return None
    return User.get_or_none(User.id == user_id)


def list_leads(agency_id: int | None = None) -> list[User]:
    """Active agency leads, of one agency or all, by name."""
    query = User.select(User, Agency).join(Agency).where(User.is_active)
    if agency_id is not None:
        query = query.where(User.agency == agency_id)
    return [person for person in query.order_by(User.name) if Role.AGENCY_LEAD in person.role_set]


def list_with_role(role: Role) -> list[User]:
    """Active people who hold `role`."""
    query = User.select().where(User.is_active, User.roles.contains(role.value)).order_by(User.name)
    return [person for person in query if role in person.role_set]


def demonstration_accounts() -> tuple[list[tuple[str, str, str]], str]:
    """The demonstration's accounts (address, post, roles) and the password they share.

    Only a demonstration board keeps such a list; elsewhere it is empty.
    """
    kept = Setting.get_or_none(Setting.key == "demonstration_password")
    if kept is None:
        return [], ""
    people = User.select().where(User.is_active).order_by(User.id)
    rows = [
        (person.email, person.name, ", ".join(ROLE_NAMES[role] for role in sorted(person.role_set)))
        for person in people
    ]
    return rows, json.loads(kept.value)
