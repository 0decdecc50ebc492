"""The commands that add a person, the first board manager above all, and print a link for one."""

from typing import Any

import click

from kscb_actions.access.policy import ROLE_NAMES, SYSTEM, Role
from kscb_actions.database import writing
from kscb_actions.people.agreeing import decide_role
from kscb_actions.people.models import Agency, RoleRequest, User
from kscb_actions.people.queries import list_agencies, person_with_address
from kscb_actions.people.rules import INVITATION_DAYS
from kscb_actions.people.service import add_person, invite
from kscb_actions.text import InvalidInput, as_address, one_line

from .cli import in_board, settings

ROLES = {role.value.replace("_", "-"): role for role in ROLE_NAMES}


class RoleName(click.ParamType):
    """A role, written with hyphens or underscores."""

    name = "role"

    def convert(self, value: Any, param: Any, ctx: Any) -> Role:
        """Return the role of a name; fails with the names there are."""
        role = ROLES.get(str(value).strip().lower().replace("_", "-"))
        if role is None:
            self.fail(f"There is no role “{value}”. Choose from {', '.join(ROLES)}.", param, ctx)
        return role


@click.command("add-user")
@click.argument("email")
@click.option("--name", required=True, help="The person's post, like “SCR subgroup chair”.")
@click.option(
    "--role",
    "roles",
    type=RoleName(),
    multiple=True,
    required=True,
    help=f"{', '.join(ROLES)}. May be given several times.",
)
@click.option("--agency", "code", help="The short code of the person's agency, like KPOL.")
@in_board
def add_user(_: Any, email: str, name: str, roles: tuple[Role, ...], code: str | None) -> None:
    """Add a person and print a link, good for one use, with which they set their password.

    Example: flask add-user manager@board.example --name "Board manager" --role manager
    """
    agency = _agency(code) if code is not None else None
    if _agree_to_waiting(email, roles):
        return
    try:
        with writing():
            person = add_person(SYSTEM, email, name, frozenset(roles), agency)
            link = f"{settings().base_url}/password/{invite(person)}"
    except InvalidInput as wrong:
        raise click.ClickException(" ".join(wrong.errors.values())) from None
    click.echo(f"{person.name} ({person.email}) is added. This link sets the password, once, within")
    click.echo(f"{INVITATION_DAYS} days. Give it to nobody else:\n{link}")


@click.command("password-link")
@click.argument("email")
@in_board
def password_link(_: Any, email: str) -> None:
    """Print a new link, good for one use, with which a recorded person sets their password.

    Example: flask password-link coordinator@board.example
    """
    person = person_with_address(email)
    if person is None:
        raise click.ClickException(f"Nobody who can sign in has the address “{email}”.")
    click.echo(f"This link sets the password of {person.name}, once, within {INVITATION_DAYS} days.")
    click.echo(f"Give it to nobody else:\n{settings().base_url}/password/{invite(person)}")


def _agree_to_waiting(email: str, roles: tuple[Role, ...]) -> bool:
    """Agree to roles that wait for somebody recorded already; False when not all of these do."""
    waiting = RoleRequest.select().join(User, on=RoleRequest.user == User.id)
    found = waiting.where(User.email == as_address(email), RoleRequest.decided_at.is_null())
    by_role = {Role(request.role): request for request in found}
    if not by_role or not by_role.keys() >= set(roles):
        return False
    with writing():
        for role in roles:
            decide_role(SYSTEM, by_role[role], is_agreed=True)
    click.echo(f"{as_address(email)} has now: {', '.join(ROLE_NAMES[role] for role in roles)}.")
    return True


def _agency(code: str) -> Agency:
    agency = Agency.get_or_none(Agency.code == one_line(code).upper())
    if agency is None:
        known = ", ".join(each.code for each in list_agencies()) or "none yet"
        raise click.ClickException(f"There is no agency “{code}”. Agencies recorded: {known}.")
    return agency
