"""Which forms a death is reviewed by, and what must be true of its particulars. Plain values only."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kscb_actions.child_deaths import terms
from kscb_actions.child_deaths.identity import why_not_text

LONGEST_POST = 120
GRAMS, WEEKS = (200, 8000), (20, 45)
FORMS_2008, FORMS_2018 = "2008", "2018"
_TIME = re.compile(r"([01]?[0-9]|2[0-3])[:.]?([0-5][0-9])")


@dataclass(frozen=True)
class ParticularsFacts:
    """Hold what the forms of 2018 ask of a death; codes are those of terms."""

    time_of_death: str = ""
    birth_weight: int | None = None
    gestation: int | None = None
    coroner: str = "not_known"
    certificate: str = "not_known"
    cause: str = ""
    review_meeting_on: date | None = None
    key_worker: str = "not_known"
    key_worker_post: str = ""
    family_questions: str = ""


def forms_of(died_on: date, since: date) -> str:
    """Return by which forms a death is reviewed: FORMS_2008, or FORMS_2018 from the day the board set."""
    return FORMS_2018 if died_on >= since else FORMS_2008


def time_as_kept(text: str) -> str | None:
    """Return a time of day as it is kept, like "07:45"; "" of none, None of what cannot be meant."""
    found = _TIME.fullmatch(text)
    if found:
        return f"{int(found[1]):02}:{found[2]}"
    return None if text else ""


def problems_with_particulars(facts: ParticularsFacts, died_on: date, today: date) -> dict[str, str]:
    """Return {field: message} for what is wrong with the particulars of a death."""
    problems = {}
    if time_as_kept(facts.time_of_death) is None:
        problems["time_of_death"] = "Enter the time as hours and minutes, like 07:45, or leave it empty."
    problems |= _outside("birth_weight", facts.birth_weight, GRAMS, "The birth weight", "grams")
    problems |= _outside("gestation", facts.gestation, WEEKS, "The gestation", "complete weeks")
    lists: tuple[tuple[str, str, Mapping[str, str], str], ...] = (
        ("coroner", facts.coroner, terms.CORONER, "what the coroner does"),
        ("certificate", facts.certificate, terms.CERTIFICATES, "how the cause was certified"),
        ("key_worker", facts.key_worker, terms.YES_NO, "whether the family has a key worker"),
    )
    problems |= {name: f"Select {what}." for name, code, known, what in lists if code not in known}
    day = facts.review_meeting_on
    if day is not None and not died_on <= day <= today:
        problems["review_meeting_on"] = "The meeting was held after the death, and not in the future."
    if facts.key_worker_post and facts.key_worker != "yes":
        problems["key_worker_post"] = "Select that there is a key worker, or leave the post empty."
    return problems | _texts(facts)


def _outside(name: str, number: int | None, limits: tuple[int, int], what: str, unit: str) -> dict[str, str]:
    if number is None or limits[0] <= number <= limits[1]:
        return {}
    return {name: f"{what} is a whole number of {unit} from {limits[0]} to {limits[1]}, or empty."}


def _texts(facts: ParticularsFacts) -> dict[str, str]:
    found = {
        "cause": why_not_text(facts.cause),
        "key_worker_post": why_not_text(facts.key_worker_post, LONGEST_POST),
        "family_questions": why_not_text(facts.family_questions),
    }
    return {name: why for name, why in found.items() if why}
