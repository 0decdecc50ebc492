"""Changing agencies and people. Every operation checks its permission itself."""

from datetime import datetime, timedelta

import peewee

from .. import clock
from ..access.policy import Permission, Role, Viewer, require
from ..audit.service import change
from ..database import writing
from ..text import InvalidInput, one_line
from .models import Agency, PasswordLink, SignInSession, User
from .passwords import hash_password, matches, new_token, token_hash
from .rules import INVITATION_DAYS, problems_with_person, why_weak


def add_agency(viewer: Viewer, code: str, name: str) -> Agency:
    """Record an agency. Raises InvalidInput when the code or name is missing or taken."""
    require(viewer, Permission.MANAGE_PEOPLE)
    agency = Agency(code=one_line(code).upper(), name=one_line(name))
    _check_agency(agency)
    with change(viewer) as tx:
        return tx.add(agency, "agency.added")


def edit_agency(viewer: Viewer, agency: Agency, name: str, is_active: bool, expected: int) -> Agency:
    """Rename an agency or take it out of use. Raises InvalidInput, StaleEdit."""
    require(viewer, Permission.MANAGE_PEOPLE)
    agency.name, agency.is_active = one_line(name), is_active
    _check_agency(agency)
    with change(viewer) as tx:
        return tx.update(agency, "agency.changed", expected)


def add_person(viewer: Viewer, email: str, name: str, roles: frozenset[Role], agency: Agency | None) -> User:
    """Record a person, who cannot sign in before a password is set. Raises InvalidInput."""
    require(viewer, Permission.MANAGE_PEOPLE)
    person = User(email=one_line(email).lower(), name=one_line(name))
    _take(person, roles, agency)
    with change(viewer) as tx:
        return tx.add(person, "person.added")


def edit_person(
    viewer: Viewer,
    person: User,
    name: str,
    roles: frozenset[Role],
    agency: Agency | None,
    is_active: bool,
    expected: int,
) -> User:
    """Change a person, who is signed out and comes back as changed. Raises InvalidInput, StaleEdit."""
    require(viewer, Permission.MANAGE_PEOPLE)
    if person.id == viewer.id and (not is_active or Role.MANAGER not in roles):
        raise InvalidInput({"roles": "You cannot take your own access away. Ask another board manager."})
    person.name, person.is_active = one_line(name), is_active
    _take(person, roles, agency)
    with change(viewer) as tx:
        tx.update(person, "person.changed", expected)
        SignInSession.delete().where(SignInSession.user == person).execute()
    return person


def invite(person: User) -> str:
    """A single-use token with which `person` sets a password; earlier ones stop working."""
    token = new_token()
    with writing(PasswordLink):
        _spend_links(person)
        PasswordLink.create(
            token_hash=token_hash(token),
            user=person,
            expires_at=clock.real_now() + timedelta(days=INVITATION_DAYS),
        )
    return token


def person_of_link(token: str) -> User | None:
    """Whose password this link sets; None when it is used, too old or unknown."""
    link = (
        PasswordLink.select(PasswordLink, User)
        .join(User)
        .where(
            PasswordLink.token_hash == token_hash(token),
            PasswordLink.used_at.is_null(),
            PasswordLink.expires_at > clock.real_now(),
            User.is_active,
        )
        .first()
    )
    return link.user if link else None


def set_password(person: User, password: str) -> None:
    """Set a password and end every session and link of that person. Raises InvalidInput when it is weak."""
    weak = why_weak(password, (person.email.split("@")[0], *person.name.split()))
    if weak:
        raise InvalidInput({"password": weak})
    person.password_hash = hash_password(password)
    with change(person.viewer) as tx:
        tx.update(person, "person.password-set")
        _spend_links(person)
        SignInSession.delete().where(SignInSession.user == person).execute()


def change_password(person: User, present: str, password: str) -> None:
    """Change one's own password, knowing the present one. Raises InvalidInput."""
    if not matches(person.password_hash, present):
        raise InvalidInput({"present": "This is not your present password."})
    set_password(person, password)


def _spend_links(person: User) -> None:
    now: datetime = clock.real_now()
    PasswordLink.update(used_at=now).where(
        PasswordLink.user == person, PasswordLink.used_at.is_null()
    ).execute()


def _take(person: User, roles: frozenset[Role], agency: Agency | None) -> None:
    problems = problems_with_person(person.email, person.name, roles, agency is not None)
    taken = User.get_or_none(User.email == person.email)
    if taken and taken.id != person.id:
        problems["email"] = "Somebody with this email address is recorded already."
    if problems:
        raise InvalidInput(problems)
    person.agency = agency
    person.roles = ",".join(sorted(role.value for role in roles))


def _check_agency(agency: Agency) -> None:
    problems = {}
    if not agency.code.replace("-", "").isalnum() or len(agency.code) > 12:
        problems["code"] = "Enter a short code of up to 12 letters and digits, like KPOL."
    elif _taken(agency, Agency.code == agency.code):
        problems["code"] = "Another agency has this code."
    if not agency.name:
        problems["name"] = "Enter the agency’s name."
    elif _taken(agency, Agency.name == agency.name):
        problems["name"] = "Another agency has this name."
    if problems:
        raise InvalidInput(problems)


def _taken(agency: Agency, same: peewee.Expression) -> bool:
    return Agency.select().where(same, Agency.id != (agency.id or 0)).exists()
