"""Reading agencies and people."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import peewee

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Role, Viewer, reach, role_names, roles_in_words
from kscb_actions.ahead import furthest
from kscb_actions.prepared import prepared
from kscb_actions.settings.models import Setting
from kscb_actions.settings.queries import get_board
from kscb_actions.text import as_address, one_line, why_no_address

from .models import Agency, PasswordLink, User
from .rules import INVITATION_DAYS, earlier_of


def list_agencies(active_only: bool = True) -> list[Agency]:
    """Return agencies by name. Their names are known to every signed-in person."""
    return _agencies(active_only)


@prepared
def _agencies(active_only: bool) -> Any:
    query = Agency.select().order_by(Agency.name)
    return query.where(Agency.is_active) if active_only else query


def agency_names(earlier: str) -> dict[int, str]:
    """Return {id: name} of the agencies that had something, as `rules.earlier_of` reads them.

    One query; none where there are none.
    """
    ids = [each.agency_id for each in earlier_of(earlier)]
    rows = Agency.select(Agency.id, Agency.name).where(Agency.id.in_(ids)).tuples() if ids else ()
    return dict(rows)


def get_agency(viewer: Viewer, code: str) -> Agency | None:
    """Return one agency, for those who keep them."""
    if reach(viewer, Permission.MANAGE_PEOPLE) == "none":
        return None
    return Agency.get_or_none(Agency.code == code)


def person_with_address(typed: str) -> User | None:
    """Return the active person with an address, however it was typed; None where nobody has it.

    Before addresses were normalised they were kept as they had been typed: such a person still signs in.
    """
    address = as_address(typed)
    kept = User.email.in_([address, one_line(typed).lower()])
    found = {person.email: person for person in User.select().where(kept, User.is_active)}
    return found.get(address) or next(iter(found.values()), None)


def people_without_normal_address() -> list[User]:
    """Return the active people to whose address no mail can go as it is kept, by address."""
    people = User.select().where(User.is_active).order_by(User.email)
    return [each for each in people if each.email != as_address(each.email) or why_no_address(each.email)]


@dataclass(frozen=True)
class AgencyPeople:
    """An agency (None: the Board itself) and its people."""

    agency: Agency | None
    people: list[User]


def people_by_agency(viewer: Viewer) -> list[AgencyPeople]:
    """Return everybody by agency, for those who keep people: the Board first, agencies out of use last."""
    if reach(viewer, Permission.MANAGE_PEOPLE) == "none":
        return []
    members: dict[int | None, list[User]] = {}
    for person in User.select().order_by(User.is_active.desc(), User.name):
        members.setdefault(person.agency_id, []).append(person)
    agencies = Agency.select().order_by(Agency.is_active.desc(), Agency.name)
    return [
        AgencyPeople(None, members.get(None, [])),
        *(AgencyPeople(agency, members.get(agency.id, [])) for agency in agencies),
    ]


def invited_people() -> frozenset[int]:
    """Return ids of the people who have a link that still works."""
    links = PasswordLink.select(PasswordLink.user).where(working_link(clock.real_now()))
    return frozenset(user_id for (user_id,) in links.tuples())


def working_link(now: datetime) -> Any:
    """Return the condition that a password link works: not used, not too old, not issued in the future."""
    is_issued = PasswordLink.issued_at.is_null() | (PasswordLink.issued_at <= furthest(now))
    longest = furthest(now, timedelta(days=INVITATION_DAYS))
    return PasswordLink.used_at.is_null() & is_issued & PasswordLink.expires_at.between(now, longest)


def count_people(agency: Agency) -> int:
    """Return how many people of an agency can sign in."""
    return User.select().where(User.agency == agency, User.is_active).count()


def get_person(viewer: Viewer, user_id: int) -> User | None:
    """Return one person, for those who keep people."""
    if reach(viewer, Permission.MANAGE_PEOPLE) == "none":
        return None
    return (
        User.select(User, Agency)
        .join(Agency, peewee.JOIN.LEFT_OUTER)
        .where(User.id == (user_id if user_id < 2**31 else 0))
        .first()
    )


def list_leads(agency_id: int | None = None) -> list[User]:
    """Return active agency leads, of one agency or all, by name. One query."""
    people = _active_people(agency_id is not None, agency=agency_id)
    return [person for person in people if Role.AGENCY_LEAD in person.role_set]


@prepared
def _active_people(of_one: bool, *, agency: Any) -> Any:
    query = User.select(User, Agency).join(Agency).where(User.is_active)
    return (query.where(User.agency == agency) if of_one else query).order_by(User.name)


def list_with_role(role: Role) -> list[User]:
    """Return active people who hold `role`."""
    query = User.select().where(User.is_active, User.roles.contains(role.value)).order_by(User.name)
    return [person for person in query if role in person.role_set]


@dataclass(frozen=True)
class DemonstrationAccounts:
    """The accounts of a demonstration board, and what visitors are told.

    figures     paragraphs on which figures are published
    begin_with  (address, post, what is found there) of each account to try first
    everybody   (address, post, roles) of each account
    """

    password: str
    figures: list[str]
    begin_with: list[tuple[str, str, str]]
    everybody: list[tuple[str, str, str]]


def demonstration_accounts() -> DemonstrationAccounts | None:
    """Return the demonstration's accounts; None on a real board, which keeps no such list."""
    kept = {
        row.key: json.loads(row.value)
        for row in Setting.select().where(Setting.key.startswith("demonstration_"))
    }
    if not kept:
        return None
    people = list(User.select().where(User.is_active).order_by(User.id))
    names = {person.email: person.name for person in people}
    roles = role_names(get_board().has_child_deaths)
    return DemonstrationAccounts(
        password=kept["demonstration_password"],
        figures=kept.get("demonstration_figures", []),
        begin_with=[
            (email, names[email], finds)
            for email, finds in kept.get("demonstration_begin_with", [])
            if email in names
        ],
        everybody=[
            (
                person.email,
                person.name,
                roles_in_words(person.role_set, roles),
            )
            for person in people
        ],
    )
