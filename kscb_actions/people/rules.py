"""Pure rules of people and passwords."""

import re
from datetime import timedelta

from kscb_actions.access.policy import Role

MIN_PASSWORD = 12
MAX_PASSWORD = 128
IDLE_LIMIT = timedelta(minutes=15)
ABSOLUTE_LIMIT = timedelta(hours=8)
INVITATION_DAYS = 7
RESET_HOURS = 2
TRIES = 10
TRIES_WITHIN = timedelta(minutes=5)
RESETS = 5
RESETS_WITHIN = timedelta(hours=1)
MIN_OWN = 8
# A password that is these words and fewer than eight characters besides is guessable here.
COMMON = (
    "administrator",
    "safeguarding",
    "qwertyuiop",
    "1234567890",
    "0987654321",
    "abcdefghij",
    "1q2w3e4r5t",
    "qazwsxedc",
    "zxcvbnm",
    "asdfghjkl",
    "password",
    "passw0rd",
    "passwort",
    "p@ssw0rd",
    "p@ssword",
    "pa55word",
    "children",
    "iloveyou",
    "football",
    "liverpool",
    "arsenal",
    "changeme",
    "princess",
    "sunshine",
    "superman",
    "baseball",
    "starwars",
    "whatever",
    "computer",
    "welcome",
    "letmein",
    "council",
    "england",
    "monkey",
    "dragon",
    "secret",
    "summer",
    "winter",
    "spring",
    "autumn",
    "qwerty",
    "123456",
    "654321",
    "abc123",
    "abcdef",
    "111111",
    "000000",
    "child",
    "admin",
    "login",
    "board",
    "1234",
    "2010",
    "2011",
    "2012",
    "kent",
)
EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


def why_weak(password: str, local_words: tuple[str, ...] = ()) -> str | None:
    """Why this password is refused, for the reader; None when it is good.

    At least 12 characters, no composition rules, common and local words refused (OWASP ASVS 5.0, 6.2).
    `local_words` are what a stranger would try first: the person's, the agency's, the board's own names.
    """
    if len(password) < MIN_PASSWORD:
        return f"Use at least {MIN_PASSWORD} characters. Three random words work well."
    if len(password) > MAX_PASSWORD:
        return f"Use at most {MAX_PASSWORD} characters."
    folded = password.casefold()
    if len(set(folded)) < 5 or folded in (folded + folded)[1:-1]:
        return "This repeats the same few characters. Three random words work well."
    words = {*COMMON, *(word.casefold() for word in local_words if len(word) > 3)}
    for word in sorted(words, key=len, reverse=True):
        folded = folded.replace(word, " ")
    if len("".join(folded.split())) < MIN_OWN:
        return "This is made of words that are tried first. Three random words work well."
    return None


def problems_with_person(email: str, name: str, roles: frozenset[Role], has_agency: bool) -> dict[str, str]:
    """{field: message} for what is wrong with a person's details."""
    problems = {}
    if not EMAIL.fullmatch(email) or len(email) > 254:
        problems["email"] = "Enter an email address, like name@agency.example."
    if not name:
        problems["name"] = "Enter the person’s post or name."
    elif len(name) > 120:
        problems["name"] = "Use at most 120 characters."
    if not roles:
        problems["roles"] = "Choose at least one role."
    if Role.AGENCY_LEAD in roles and not has_agency:
        problems["agency"] = "An agency lead belongs to an agency. Choose it."
    return problems
