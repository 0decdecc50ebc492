"""The sweep: what is open and has nobody to do it, always for a viewer. The number of queries is fixed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import peewee

from kscb_actions.access.policy import Permission, Reach, Role, Viewer, reach
from kscb_actions.actions.handover import unfinished
from kscb_actions.actions.listing import count_actions
from kscb_actions.actions.models import Action
from kscb_actions.actions.narrowing import Filter, visible_action
from kscb_actions.assurance.challenges.models import Challenge
from kscb_actions.assurance.challenges.queries import visible_challenge
from kscb_actions.assurance.challenges.rules import Level, State, whom_to_ask
from kscb_actions.mail.queries import address_troubles
from kscb_actions.people.models import Agency, User
from kscb_actions.reviews.models import NamedPerson, Review
from kscb_actions.settings.rules import Thresholds

from .rules import why_not_leading

LED_IN_NAME, NO_LEAD = "led_in_name", "no_lead"
# The sets of actions that can be chosen as a whole; each by its name in an address.
SETS = frozenset({LED_IN_NAME, NO_LEAD})


@dataclass(frozen=True)
class LedInName:
    """Somebody who cannot lead and still has unfinished actions of an agency, how many, and why."""

    person: User
    agency: Agency
    count: int
    why: str


@dataclass(frozen=True)
class OfAgency:
    """An agency with unfinished actions, and how many."""

    agency: Agency
    count: int


@dataclass(frozen=True)
class Sweep:
    """What needs an owner. `no_lead`, `no_date`: numbers of actions; `bounced`: (person, reason) pairs."""

    led_in_name: Sequence[LedInName] = ()
    closed: Sequence[OfAgency] = ()
    without_lead: Sequence[OfAgency] = ()
    bounced: Sequence[tuple[User, str]] = ()
    challenges: Sequence[Challenge] = ()
    no_lead: int = 0
    no_date: int = 0

    @property
    def count(self) -> int:
        """Return how many things there are to mend: people, agencies, challenges, and actions."""
        lists = (self.led_in_name, self.closed, self.without_lead, self.bounced, self.challenges)
        return sum(len(each) for each in lists) + self.no_lead + self.no_date


def sweep(viewer: Viewer, today: date, thresholds: Thresholds) -> Sweep:
    """Return what needs an owner, for who keeps people and actions, as far as they may see it."""
    if reach(viewer, Permission.MANAGE_PEOPLE) is Reach.NONE:
        return Sweep()
    people = list(User.select())
    leading = {each.agency_id for each in people if each.is_active and Role.AGENCY_LEAD in each.role_set}
    agencies = _agencies_with_work(viewer)
    return Sweep(
        led_in_name=_led_in_name(viewer),
        closed=[each for each in agencies if not each.agency.is_active],
        without_lead=[each for each in agencies if each.agency.is_active and each.agency.id not in leading],
        bounced=_bounced(),
        challenges=_unanswerable(viewer, people),
        no_lead=Action.select().where(_without_lead(viewer)).count(),
        no_date=count_actions(viewer, Filter(timeliness="no_date"), today, thresholds),
    )


def ids_of_set(viewer: Viewer, name: str, person: int | None = None) -> list[int]:
    """Return the ids of the actions of one of `SETS`, of those led by one `person` where one is named."""
    if reach(viewer, Permission.EDIT_ACTION) is Reach.NONE:
        return []
    condition = _without_lead(viewer) if name == NO_LEAD else _is_led_in_name(viewer)
    if person is not None:
        condition = condition & (Action.lead == person)
    query = Action.select(Action.id).join(User, peewee.JOIN.LEFT_OUTER).where(condition).order_by(Action.id)
    return [row_id for (row_id,) in query.tuples()]


def _unfinished(viewer: Viewer) -> Any:
    standing, assurance = unfinished()
    return standing & assurance & visible_action(viewer)


def _without_lead(viewer: Viewer) -> Any:
    return _unfinished(viewer) & Action.lead.is_null()


def _is_led_in_name(viewer: Viewer) -> Any:
    """Return the condition on Action, joined to its lead, that `why_not_leading` says why."""
    elsewhere = User.agency.is_null() | (User.agency != Action.agency)
    is_lead = User.roles.contains(Role.AGENCY_LEAD.value)
    return _unfinished(viewer) & Action.lead.is_null(False) & (~User.is_active | ~is_lead | elsewhere)


def _led_in_name(viewer: Viewer) -> list[LedInName]:
    count = peewee.fn.COUNT(Action.id)
    rows = (
        Action.select(User, Agency, count.alias("number"))
        .join_from(Action, User)
        .join_from(Action, Agency)
        .where(_is_led_in_name(viewer))
        .group_by(User, Agency)
        .order_by(User.name, Agency.name)
    )
    found = []
    for row in rows:
        person, agency = row.lead, row.agency
        is_of_agency = person.agency_id == agency.id
        why = why_not_leading(person.name, person.is_active, person.role_set, is_of_agency)
        if why:
            found.append(LedInName(person, agency, row.number, why))
    return found


def _agencies_with_work(viewer: Viewer) -> list[OfAgency]:
    count = peewee.fn.COUNT(Action.id)
    rows = (
        Action.select(Agency, count.alias("number"))
        .join_from(Action, Agency)
        .where(_unfinished(viewer))
        .group_by(Agency)
        .order_by(Agency.name)
    )
    return [OfAgency(row.agency, row.number) for row in rows]


def _bounced() -> list[tuple[User, str]]:
    """Return who can sign in and is not reached by mail at the address they have still, and why."""
    found = [(message.to_user, str(message.last_error)) for message in address_troubles().values()]
    return sorted(found, key=lambda each: each[0].name)


def _unanswerable(viewer: Viewer, people: Sequence[User]) -> list[Challenge]:
    """Return the challenges that wait for an agency in which nobody can answer them. Two queries."""
    named: dict[int, set[int]] = {}
    for review_id, user_id in NamedPerson.select(NamedPerson.review, NamedPerson.user).tuples():
        named.setdefault(review_id, set()).add(user_id)
    able = [each.viewer for each in people if each.is_active]
    outer = peewee.JOIN.LEFT_OUTER
    waiting = (
        Challenge.select(Challenge, Agency, Review)
        .join_from(Challenge, Agency)
        .join_from(Challenge, Review, outer, on=(Challenge.review == Review.id))
        .where(Challenge.state == State.OPEN, visible_challenge(viewer))
        .order_by(Challenge.id)
    )
    found = []
    for each in waiting:
        restricted = each.review_id is not None and each.review.is_restricted
        only = frozenset(named.get(each.review_id, ())) if restricted else None
        if not whom_to_ask(able, each.agency_id, Level(each.level), None, only):
            found.append(each)
    return found
