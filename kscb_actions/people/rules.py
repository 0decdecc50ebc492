"""Pure rules of people and passwords."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from kscb_actions.access.policy import OF_AN_AGENCY, ROLE_NAMES, Role
from kscb_actions.text import why_no_address, why_no_name
from kscb_actions.wording import date_uk, lower_first

IDLE_LIMIT = timedelta(minutes=15)
ABSOLUTE_LIMIT = timedelta(hours=8)
INVITATION_DAYS = 7
RESET_HOURS = 2
TRIES = 10
TRIES_WITHIN = timedelta(minutes=5)
RESETS = 5
RESETS_WITHIN = timedelta(hours=1)


def problems_with_person(email: str, name: str, roles: frozenset[Role], has_agency: bool) -> dict[str, str]:
    """Return {field: message} for what is wrong with a person's details."""
    problems = {}
    if no_address := why_no_address(email):
        problems["email"] = no_address
    if not name:
        problems["name"] = "Enter the person’s post or name."
    elif len(name) > 120:
        problems["name"] = "Use at most 120 characters."
    elif no_name := why_no_name(name):
        problems["name"] = no_name
    if not roles:
        problems["roles"] = "Choose at least one role."
    if (bound := sorted(roles & OF_AN_AGENCY)) and not has_agency:
        problems["agency"] = f"An {lower_first(ROLE_NAMES[bound[0]])} belongs to an agency. Choose it."
    return problems


class Earlier(NamedTuple):
    """An agency that had something, and the day from which another has it."""

    agency_id: int
    until: date


def earlier_of(kept: str | None) -> tuple[Earlier, ...]:
    """Return the agencies that had something, the first one first, as `with_earlier` keeps them in a text."""
    pairs = (each.partition(":") for each in (kept or "").split(",") if each)
    return tuple(Earlier(int(agency), date.fromisoformat(until)) for agency, _, until in pairs)


def with_earlier(kept: str, agency_id: int, until: date) -> str:
    """Return the text with another agency at its end, which had the thing until then.

    A comma stands before each, so that a query finds one by `had_by`.
    """
    return f"{kept},{agency_id}:{until.isoformat()}"


def had_by(agency_id: int) -> str:
    """Return the part of the text that says that an agency had the thing."""
    return f",{agency_id}:"


def earlier_in_words(kept: str | None, names: Mapping[int, str]) -> str:
    """Return whose something was: "was Kent PCT’s until 1 April 2013"; "" where nobody had it before."""
    if not kept:
        return ""
    told = [f"{names[each.agency_id]}’s until {date_uk(each.until)}" for each in earlier_of(kept)]
    return f"was {', then '.join(told)}"


def heir_of(agency_id: int, successors: Mapping[int, int]) -> int:
    """Return who does an agency's work today, by {agency: its successor}; itself where it has none."""
    seen = {agency_id}
    while (following := successors.get(agency_id)) is not None and following not in seen:
        seen.add(following)
        agency_id = following
    return agency_id


def body_of(agency_id: int, successors: Mapping[int, int]) -> frozenset[int]:
    """Return every agency that is one body with this one today: their work has come to the same agency."""
    heir = heir_of(agency_id, successors)
    known = {agency_id, heir, *successors}
    return frozenset(each for each in known if heir_of(each, successors) == heir)


def problems_with_closing(
    agency_id: int, closed_on: date | None, successor: tuple[int, bool] | None, today: date
) -> dict[str, str]:
    """Return {field: message} for what is wrong with closing an agency.

    `successor` is its id, and whether it is in use.
    """
    problems = {}
    if closed_on is None:
        problems["on"] = "Enter the day on which it closed."
    elif closed_on > today:
        problems["on"] = "The day must be today or in the past. Close it when the day has come."
    if successor and successor[0] == agency_id:
        problems["successor"] = "Choose another agency: it cannot follow itself."
    elif successor and not successor[1]:
        problems["successor"] = "Choose an agency that is in use."
    return problems


def why_nothing_new(closed: Iterable[str]) -> str | None:
    """Return why agencies that are not in use get nothing new, by their names; None where there is none."""
    names = sorted(closed)
    if not names:
        return None
    return f"{', '.join(names)} {'is' if len(names) == 1 else 'are'} not in use. Choose another agency."
