"""Agencies, people, and what signing in needs."""

from collections.abc import Mapping
from typing import Any, ClassVar

import peewee

from kscb_actions.access.policy import Role, Viewer
from kscb_actions.database import InstantField, Model, Versioned
from kscb_actions.prepared import prepared


class Agency(Versioned):
    """A member agency of the board. `code` is its short form in lists and addresses.

    One that has closed on a day may have a successor, which took its work over.
    """

    event_room = "people"
    searched: ClassVar[Mapping[str, tuple[str, ...]]] = {"agency": ("name", "code")}

    code = peewee.CharField(max_length=12, unique=True)
    name = peewee.CharField(max_length=120, unique=True)
    is_active = peewee.BooleanField(default=True)
    successor = peewee.ForeignKeyField("self", null=True, on_delete="RESTRICT", backref="predecessors")
    closed_on = peewee.DateField(null=True)

    @staticmethod
    def successors() -> dict[int, int]:
        """Return {agency id: its successor's id} of those that have one. One query."""
        return dict(_successors())


@prepared
def _successors() -> Any:
    return Agency.select(Agency.id, Agency.successor).where(Agency.successor.is_null(False)).tuples()


class User(Versioned):
    """A person who signs in. `roles` holds role names joined by commas."""

    event_room = "people"
    not_in_events: ClassVar[Mapping[str, str]] = {
        "password_hash": "a secret",
    }

    email = peewee.CharField(max_length=254, unique=True)
    name = peewee.CharField(max_length=120)
    agency = peewee.ForeignKeyField(Agency, null=True, on_delete="RESTRICT", backref="people")
    roles = peewee.CharField(max_length=300, default="")
    password_hash = peewee.CharField(max_length=200, null=True)
    is_active = peewee.BooleanField(default=True)

    class Meta:
        table_name = "person"

    @property
    def role_set(self) -> frozenset[Role]:
        """Return the roles as a set."""
        return frozenset(Role(role) for role in self.roles.split(",") if role)

    @property
    def viewer(self) -> Viewer:
        """Return this person as the policy sees them."""
        return Viewer(
            id=self.id,
            name=self.name,
            email=self.email,
            roles=self.role_set,
            agency_id=self.agency_id,
        )


class RoleRequest(Versioned):
    """A role that opens child deaths and waits for agreement, or what was decided of it."""

    event_room = "people"

    user = peewee.ForeignKeyField(User, on_delete="RESTRICT", backref="role_requests")
    role = peewee.CharField(max_length=40)
    asked_by = peewee.ForeignKeyField(User, null=True, on_delete="RESTRICT", backref="+")
    asked_at = InstantField()
    decided_by = peewee.ForeignKeyField(User, null=True, on_delete="RESTRICT", backref="+")
    decided_at = InstantField(null=True)
    is_agreed = peewee.BooleanField(null=True)


class SignInSession(Model):
    """One signed-in browser. The cookie holds a random token; the row holds only its SHA-256."""

    event_room = "people"
    keeps_no_history = "who is signed in on which browser ends by itself"

    token_hash = peewee.CharField(max_length=64, unique=True)
    user = peewee.ForeignKeyField(User, on_delete="CASCADE")
    data = peewee.TextField(default="{}")
    started_at = InstantField()
    seen_at = InstantField()


class SignInAttempt(Model):
    """A failed attempt at an address, known or not, by which attempts are rate-limited."""

    event_room = "people"
    keeps_no_history = "wrong passwords are counted for minutes"

    email = peewee.CharField(max_length=254, index=True)
    at = InstantField(index=True)


class SentForm(Model):
    """A form that was sent and has changed something: its token is used up, and `leads_to` what it made.

    `sent_by` is the one request that may change more under the token.
    """

    event_room = "people"
    keeps_no_history = "which forms were sent is forgotten after days"

    token = peewee.CharField(max_length=64)
    user = peewee.ForeignKeyField(User, on_delete="CASCADE")
    sent_by = peewee.CharField(max_length=64)
    at = InstantField(index=True)
    leads_to = peewee.TextField(default="")

    class Meta:
        indexes = ((("user", "token"), True),)


class PasswordLink(Model):
    """A single-use link to set a password; the row holds only the token's SHA-256.

    issued_at  empty for links from before it was kept
    """

    event_room = "people"
    keeps_no_history = "a link works once, for days; that a password was set is told of"

    token_hash = peewee.CharField(max_length=64, unique=True)
    user = peewee.ForeignKeyField(User, on_delete="CASCADE")
    issued_at = InstantField(null=True)
    expires_at = InstantField()
    used_at = InstantField(null=True)
