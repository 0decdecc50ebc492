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
from kscb_actions.upkeep.succession.queries import open_actions
from kscb_actions.upkeep.succession.service import Closing, close

from .content import MANAGER, Content, PlannedAgency, PlannedPerson
from .schedule import ScheduledEvent
from .story_runner import LoadedBoard

POSTS_HOUR = 8


def post_events(loaded: LoadedBoard, content: Content, password: str) -> Iterator[ScheduledEvent]:
    """Yield every coming and going; on the same day agencies come before their people."""
    for agency in content.agencies.values():
        yield ScheduledEvent(agency.since, POSTS_HOUR, partial(_add_agency, loaded, agency))
    for person in content.people:
        yield ScheduledEvent(person.since, POSTS_HOUR, partial(_add_person, loaded, person, password))
    for agency in content.agencies.values():
        if agency.renamed_on:
            yield ScheduledEvent(agency.renamed_on, POSTS_HOUR, partial(_rename, loaded, agency))
        if agency.closed_on:
            yield ScheduledEvent(agency.closed_on, POSTS_HOUR, partial(_close, loaded, agency))
    for person in content.people:
        if person.until:
            yield ScheduledEvent(person.until, POSTS_HOUR, partial(_switch_off, loaded, person))


def _add_agency(loaded: LoadedBoard, agency: PlannedAgency) -> None:
    loaded.agencies[agency.code] = add_agency(SYSTEM, agency.code, agency.first_name)


def _rename(loaded: LoadedBoard, agency: PlannedAgency) -> None:
    row = loaded.agencies[agency.code]
    loaded.agencies[agency.code] = edit_agency(loaded.viewer(MANAGER), row, agency.name, True, row.version)


def _close(loaded: LoadedBoard, agency: PlannedAgency) -> None:
    manager, row = loaded.viewer(MANAGER), loaded.agencies[agency.code]
    closing = Closing(
        on=agency.closed_on,
        successor=loaded.agencies[agency.followed_by],
        lead=loaded.lead_of(agency.followed_by),
        leads={},
    )
    seen = {action.id: action.version for action in open_actions(manager, row)}
    close(manager, row, closing, seen, row.version)


def _add_person(loaded: LoadedBoard, person: PlannedPerson, password: str) -> None:
    roles = frozenset(Role(role) for role in person.roles)
    agency = loaded.agencies[person.agency] if person.agency else None
    user = add_person(SYSTEM, person.email, person.name, roles, agency)
    set_password(user, password)
    loaded.people[person.email] = user


def _switch_off(loaded: LoadedBoard, person: PlannedPerson) -> None:
    user = loaded.people[person.email]
    edit_person(loaded.viewer(MANAGER), user, facts_of(user), user.version, is_active=False)
