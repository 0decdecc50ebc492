"""Changing agencies and people. Every operation checks its permission itself."""

import itertools
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import peewee

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Role, Viewer, require
from kscb_actions.ahead import furthest
from kscb_actions.audit.service import change
from kscb_actions.database import writing
from kscb_actions.settings.queries import get_board
from kscb_actions.terms import say
from kscb_actions.text import InvalidInput, alike, as_address, as_name, why_no_name

from .access_ends import end_access, expire_links
from .agreeing import address_changed, ask_for_roles, roles_that_wait
from .models import Agency, PasswordLink, User
from .passwords import hash_password, new_token, token_hash, why_weak
from .queries import working_link
from .rules import INVITATION_DAYS, problems_with_person
from .sign_in import Door, check_own_password


@dataclass(frozen=True)
class PersonFacts:
    """What is recorded of a person: address, post or name, roles, agency if any."""

    email: str
    name: str
    roles: frozenset[Role]
    agency: Agency | None


def facts_of(person: User) -> PersonFacts:
    """Return a person's facts as they are recorded now."""
    return PersonFacts(person.email, person.name, person.role_set, person.agency)


def add_agency(viewer: Viewer, code: str, name: str) -> Agency:
    """Record an agency. Raises InvalidInput when the code or name is missing or taken."""
    require(viewer, Permission.MANAGE_PEOPLE)
    agency = Agency(code=alike(code).upper(), name=as_name(name))
    with change(viewer) as tx:
        _check_agency(agency)
        return tx.add(agency, "agency.added")


def edit_agency(viewer: Viewer, agency: Agency, name: str, is_active: bool, expected: int) -> Agency:
    """Rename an agency or take it out of use; one that is used again has neither closed nor a successor.

    Raises InvalidInput, StaleEdit.
    """
    require(viewer, Permission.MANAGE_PEOPLE)
    agency.name, agency.is_active = as_name(name), is_active
    if is_active:
        agency.closed_on = agency.successor = None
    with change(viewer) as tx:
        _check_agency(agency)
        return tx.update(agency, "agency.changed", expected)


def add_person(viewer: Viewer, email: str, name: str, roles: frozenset[Role], agency: Agency | None) -> User:
    """Record a person, who cannot sign in before a password is set. Raises InvalidInput."""
    require(viewer, Permission.MANAGE_PEOPLE)
    person = User()
    with change(viewer) as tx:
        _apply_facts(person, PersonFacts(email, name, roles, agency))
        waiting = _hold_back(viewer, person, frozenset())
        tx.add(person, "person.added")
        ask_for_roles(tx, person, waiting)
        return person


def edit_person(
    viewer: Viewer, person: User, facts: PersonFacts, expected: int, is_active: bool | None = None
) -> User:
    """Change a person; `is_active` switches their account off or on. Raises InvalidInput, StaleEdit.

    A role that opens child deaths waits for agreement, also that of somebody whose address changes, who is
    named anew on restricted reviews too. What
    decides who they are or what they may do ends their sessions and links when it changes.
    """
    require(viewer, Permission.MANAGE_PEOPLE)
    is_active = person.is_active if is_active is None else is_active
    # The last board manager could otherwise lock everybody out of keeping people.
    if person.id == viewer.id and (not is_active or Role.MANAGER not in facts.roles):
        raise InvalidInput({"roles": say("You cannot take your own access away. Ask another board manager.")})
    before, held = _identity(person), person.role_set
    person.is_active = is_active
    with change(viewer) as tx:
        _apply_facts(person, facts)
        # Whoever reads mail at the new address is somebody else until it is agreed to.
        waiting = _hold_back(viewer, person, held if person.email == before[0] else frozenset())
        tx.update(person, "person.changed", expected)
        if person.email != before[0]:
            address_changed(tx, person)
        ask_for_roles(tx, person, waiting)
        if _identity(person) != before:
            end_access(person)
    return person


def invite(
    person: User, lasts: timedelta = timedelta(days=INVITATION_DAYS), ends_earlier: bool = True
) -> str:
    """Return a single-use token with which `person` sets a password within `lasts`.

    A board manager's new link ends the earlier ones. One that anybody may ask for must not: a stranger
    could then keep the person's own from working.
    """
    token = new_token()
    with writing(PasswordLink):
        if ends_earlier:
            expire_links(person)
        now = clock.real_now()
        PasswordLink.create(token_hash=token_hash(token), user=person, issued_at=now, expires_at=now + lasts)
    return token


def end_links_of_the_future() -> None:
    """End links that a clock ahead has issued, before their time comes."""
    now: datetime = clock.real_now()
    with writing(PasswordLink):
        is_later = PasswordLink.used_at.is_null() & (PasswordLink.issued_at > furthest(now))
        PasswordLink.update(used_at=now).where(is_later).execute()


def person_of_link(token: str) -> User | None:
    """Return whose password this link sets; None when it is used, too old or unknown."""
    link = (
        PasswordLink.select(PasswordLink, User)
        .join(User)
        .where(
            PasswordLink.token_hash == token_hash(token),
            working_link(clock.real_now()),
            User.is_active,
        )
        .first()
    )
    return link.user if link else None


def set_password(person: User, password: str) -> None:
    """Set a password and end every session and link of that person. Raises InvalidInput when it is weak."""
    if problems := _problems_with(person, password):
        raise InvalidInput(problems)
    person.password_hash = hash_password(password)
    with change(person.viewer) as tx:
        tx.update(person, "person.password-set")
        end_access(person)


def _problems_with(person: User, password: str) -> dict[str, str]:
    weak = why_weak(password, _words_of(person))
    return {"password": weak} if weak else {}


def _words_of(person: User) -> set[str]:
    """Return what a stranger would try first for this person: names of theirs, of agencies, of the board."""
    agencies = Agency.select(Agency.code, Agency.name).tuples()
    named = " ".join((person.email, person.name, get_board().name, *itertools.chain(*agencies)))
    return {person.email, *re.findall(r"\w+", named)}


def set_password_by_link(token: str, password: str) -> User | None:
    """Set a password with a single-use link and return whose; None when the link works no more.

    Two who use one link at once: the second is told that it is used. Raises InvalidInput when weak.
    """
    with writing():
        person = person_of_link(token)
        if person is not None:
            set_password(person, password)
        return person


def change_password(person: User, present: str, password: str) -> None:
    """Change one's own password, knowing the present one. Raises InvalidInput, also after ten tries."""
    wrong = "This is not your present password."
    try:
        check_own_password(person.viewer, present, Door.OWN_ACCOUNT, "present_password", wrong)
    except InvalidInput as refused:
        raise InvalidInput(refused.errors | _problems_with(person, password)) from None
    set_password(person, password)


def _hold_back(viewer: Viewer, person: User, held: frozenset[Role]) -> frozenset[Role]:
    """Take from a person, not yet saved, the roles that have to be agreed to; returns those."""
    waiting = roles_that_wait(viewer, held, person.role_set)
    person.roles = ",".join(sorted(person.role_set - waiting))
    return waiting


def _identity(person: User) -> tuple[Any, ...]:
    return person.email, person.roles, person.agency_id, person.is_active


def _apply_facts(person: User, facts: PersonFacts) -> None:
    person.email, person.name = as_address(facts.email), as_name(facts.name)
    problems = problems_with_person(person.email, person.name, facts.roles, facts.agency is not None)
    taken = User.get_or_none(User.email == person.email)
    if taken and taken.id != person.id:
        problems["email"] = "Somebody with this email address is recorded already."
    if problems:
        raise InvalidInput(problems)
    person.agency = facts.agency
    person.roles = ",".join(sorted(role.value for role in facts.roles))


def _check_agency(agency: Agency) -> None:
    problems = {}
    if not re.fullmatch(r"[A-Z0-9][A-Z0-9-]{0,11}", agency.code):
        problems["code"] = "Enter a short code of up to 12 letters and digits, like KPOL."
    elif _taken(agency, Agency.code == agency.code):
        problems["code"] = "Another agency has this code."
    if not agency.name:
        problems["name"] = "Enter the agency’s name."
    elif len(agency.name) > 120:
        problems["name"] = "Use at most 120 characters."
    elif no_name := why_no_name(agency.name):
        problems["name"] = no_name
    elif other := _called_alike(agency):
        problems["name"] = f"Another agency has this name: {other}."
    if problems:
        raise InvalidInput(problems)


def _called_alike(agency: Agency) -> str | None:
    """Return the code of another agency whose name cannot be told apart from this one's; None without."""
    others = Agency.select(Agency.code, Agency.name).where(Agency.id != (agency.id or 0)).tuples()
    return next((code for code, name in others if alike(name) == alike(agency.name)), None)


def _taken(agency: Agency, same: peewee.Expression) -> bool:
    return Agency.select().where(same, Agency.id != (agency.id or 0)).exists()
