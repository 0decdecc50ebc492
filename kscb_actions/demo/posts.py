"""When the demonstration's agencies and people come, change their name, and go."""

from collections.abc import Iterator
from functools import partial

from kscb_actions.access.policy import SYSTEM, Role
from kscb_actions.people.service import (
    add_agency,
    add_person,
    edit_agency,
    edit_person,
    facts_of,
    set_password,
)

from .content import MANAGER, Content, PlannedAgency, PlannedPerson
from .playing import Cast
from .scenes import Scene

POSTS_HOUR = 8


def post_scenes(cast: Cast, content: Content, password: str) -> Iterator[Scene]:
    """Yield every coming and going; on the same day agencies come before their people."""
    for agency in content.agencies.values():
        yield Scene(agency.since, POSTS_HOUR, partial(_add_agency, cast, agency))
    for person in content.people:
        yield Scene(person.since, POSTS_HOUR, partial(_add_person, cast, person, password))
    for agency in content.agencies.values():
        if agency.renamed_on:
            yield Scene(agency.renamed_on, POSTS_HOUR, partial(_rename, cast, agency))
    for person in content.people:
        if person.until:
            yield Scene(person.until, POSTS_HOUR, partial(_switch_off, cast, person))


def _add_agency(cast: Cast, agency: PlannedAgency) -> None:
    cast.agencies[agency.code] = add_agency(SYSTEM, agency.code, agency.first_name)


def _rename(cast: Cast, agency: PlannedAgency) -> None:
    row = cast.agencies[agency.code]
    cast.agencies[agency.code] = edit_agency(cast.viewer(MANAGER), row, agency.name, True, row.version)


def _add_person(cast: Cast, person: PlannedPerson, password: str) -> None:
    roles = frozenset(Role(role) for role in person.roles)
    agency = cast.agencies[person.agency] if person.agency else None
    user = add_person(SYSTEM, person.email, person.name, roles, agency)
    set_password(user, password)
    cast.people[person.email] = user


def _switch_off(cast: Cast, person: PlannedPerson) -> None:
    user = cast.people[person.email]
    edit_person(cast.viewer(MANAGER), user, facts_of(user), user.version, is_active=False)
