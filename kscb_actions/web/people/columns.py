"""The columns of the list of people, as a file has them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from kscb_actions.access.policy import Role, roles_in_words
from kscb_actions.people.absences.rules import Away
from kscb_actions.people.models import User
from kscb_actions.spreadsheets.rules import Column, Value
from kscb_actions.terms import say


def columns_of_people(invited: Collection[int], away: Away, names: Mapping[Role, str]) -> Sequence[Column]:
    """Return the columns of a row (agency or None, person).

    invited  the ids of people with a link
    names    of the roles that are shown
    """

    def is_away(row: Any) -> Value:
        found = away.of(row[1].id)
        return found.words[:1].upper() + found.words[1:] if found else ""

    def sign_in(row: Any) -> Value:
        person: User = row[1]
        if not person.is_active:
            return "Switched off"
        if person.password_hash:
            return "Password set"
        return "Invited, no password yet" if person.id in invited else "No password, no link"

    return (
        Column("Agency", lambda row: row[0].name if row[0] else say("The Board itself"), 30),
        Column("Post or name", lambda row: row[1].name, 30),
        Column("Away", is_away, 30),
        Column("Email address", lambda row: row[1].email, 34),
        Column(
            "Roles",
            lambda row: roles_in_words(row[1].role_set, names),
            40,
        ),
        Column("Sign-in", sign_in, 24),
    )
