"""Pure rules of people and passwords."""

import re
from datetime import timedelta

from kscb_actions.access.policy import OF_AN_AGENCY, ROLE_NAMES, Role
from kscb_actions.wording import lower_first

IDLE_LIMIT = timedelta(minutes=15)
ABSOLUTE_LIMIT = timedelta(hours=8)
INVITATION_DAYS = 7
RESET_HOURS = 2
TRIES = 10
TRIES_WITHIN = timedelta(minutes=5)
RESETS = 5
RESETS_WITHIN = timedelta(hours=1)
LONGEST_ADDRESS = 254
EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


def problems_with_person(email: str, name: str, roles: frozenset[Role], has_agency: bool) -> dict[str, str]:
    """Return {field: message} for what is wrong with a person's details."""
    problems = {}
    if not EMAIL.fullmatch(email) or len(email) > LONGEST_ADDRESS:
        problems["email"] = "Enter an email address, like name@agency.example."
    if not name:
        problems["name"] = "Enter the person’s post or name."
    elif len(name) > 120:
        problems["name"] = "Use at most 120 characters."
    if not roles:
        problems["roles"] = "Choose at least one role."
    if (bound := sorted(roles & OF_AN_AGENCY)) and not has_agency:
        problems["agency"] = f"An {lower_first(ROLE_NAMES[bound[0]])} belongs to an agency. Choose it."
    return problems
