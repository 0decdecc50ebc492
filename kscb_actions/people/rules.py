"""Pure rules of people and passwords."""

import re
from datetime import timedelta

from ..access.policy import Role

MIN_PASSWORD = 12
MAX_PASSWORD = 128
IDLE_LIMIT = timedelta(minutes=15)
ABSOLUTE_LIMIT = timedelta(hours=8)
INVITATION_DAYS = 7
TRIES = 10
TRIES_WITHIN = timedelta(minutes=5)
# Every password with one of these in it that leaves fewer than eight other characters is guessable here.
COMMON = (
    "password",
    "passw0rd",
    "safeguarding",
    "children",
    "welcome",
    "letmein",
    "qwerty",
    "123456789",
    "123456",
    "abcdef",
    "administrator",
    "iloveyou",
    "football",
    "council",
    "changeme",
)
EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


def why_weak(password: str, local_words: tuple[str, ...] = ()) -> str | None:
    """Why this password is refused, for the reader; None when it is good.

    At least 12 characters, no composition rules, common and local words refused (OWASP ASVS 5.0, 6.2).
    """
    if len(password) < MIN_PASSWORD:
        return f"Use at least {MIN_PASSWORD} characters. Three random words work well."
    if len(password) > MAX_PASSWORD:
        return f"Use at most {MAX_PASSWORD} characters."
    folded = password.casefold()
    if len(set(folded)) < 5:
        return "This repeats the same few characters. Three random words work well."
    for word in (*COMMON, *(w.casefold() for w in local_words if len(w) > 3)):
        if word in folded and len(folded.replace(word, "")) < 8:
            return f"This is too easy to guess: most of it is “{word}”. Three random words work well."
    return None


def problems_with_person(email: str, name: str, roles: frozenset[Role], has_agency: bool) -> dict[str, str]:
    """{field: message} for what is wrong with a person's details."""
    problems = {}
    if not EMAIL.fullmatch(email) or len(email) > 254:
        problems["email"] = "Enter an email address, like name@agency.example."
    if not name:
        problems["name"] = "Enter the person’s post or name."
    if not roles:
        problems["roles"] = "Choose at least one role."
    if Role.AGENCY_LEAD in roles and not has_agency:
        problems["agency"] = "An agency lead belongs to an agency. Choose it."
    return problems
