"""The words of inspections, and what a finding or an area of one needs. Plain values."""

import re
from dataclasses import dataclass
from enum import StrEnum

from kscb_actions.text import why_too_long

LONGEST_GRADE, LONGEST_NAME = 60, 200
_PRIORITY = re.compile(r"\bpriority actions?\b", re.IGNORECASE)
_DEVELOPMENT = re.compile(r"\bareas? for development\b", re.IGNORECASE)


class Area(StrEnum):
    """What an inspection asks for: one of these in the place of a recommendation."""

    DEVELOPMENT = "development"
    PRIORITY = "priority"


class Became(StrEnum):
    """What the inspectors found had become of an area of the inspection before."""

    TACKLED = "tackled"
    PARTLY = "partly"
    NOT_TACKLED = "not_tackled"


class FindingKind(StrEnum):
    """What an inspection finds beside its areas."""

    JUDGEMENT = "judgement"
    STRENGTH = "strength"


@dataclass(frozen=True)
class Words:
    """What is called a recommendation elsewhere: one, many, and one with its article."""

    one: str
    many: str
    a_one: str


RECOMMENDATION = Words("recommendation", "recommendations", "a recommendation")
AREA_WORDS = {
    Area.DEVELOPMENT: Words("area for development", "areas for development", "an area for development"),
    Area.PRIORITY: Words(
        "area for priority action", "areas for priority action", "an area for priority action"
    ),
}
AREAS = AREA_WORDS[Area.DEVELOPMENT]
AREA_NAMES = {Area.DEVELOPMENT: "Area for development", Area.PRIORITY: "Area for priority action"}
BECAME_NAMES = {
    Became.TACKLED: "Tackled",
    Became.PARTLY: "Tackled in part",
    Became.NOT_TACKLED: "Not tackled",
}
FINDING_NAMES = {FindingKind.JUDGEMENT: "Judgement", FindingKind.STRENGTH: "Strength"}


@dataclass(frozen=True)
class AreaFacts:
    """What an area of an inspection is, the id of the area before it, if any, and what became of that."""

    area: str = Area.DEVELOPMENT
    earlier_id: int | None = None
    became: str = ""


@dataclass(frozen=True)
class FindingFacts:
    """What is recorded of a judgement or a strength.

    text        what was judged, or the strength in words
    grade       of a judgement, in the words of the report
    earlier_id  of a judgement the id of that before it, of a strength the id of the area that it was
    became      what became of that area
    """

    kind: str
    text: str
    grade: str = ""
    earlier_id: int | None = None
    became: str = ""


def area_in(heading: str) -> str:
    """Return what kind of areas stands under a heading of a plan; "" where it does not say."""
    if _PRIORITY.search(heading):
        return Area.PRIORITY
    return Area.DEVELOPMENT if _DEVELOPMENT.search(heading) else ""


def words_of(is_inspection: bool, area: str | None = None) -> Words:
    """Return what a recommendation is called in a review; of an inspection by its area, if it has one."""
    if not is_inspection:
        return RECOMMENDATION
    return AREA_WORDS[Area(area)] if area else AREAS


def problems_with_area(facts: AreaFacts) -> dict[str, str]:
    """Return {field: message} for what is wrong with an area of an inspection."""
    problems = {} if facts.area in AREA_NAMES else {"area": "Choose what kind of area it is."}
    return problems | _with_became(facts.earlier_id, facts.became)


def problems_with_finding(facts: FindingFacts) -> dict[str, str]:
    """Return {field: message} for what is wrong with a judgement or a strength."""
    problems: dict[str, str] = {}
    if facts.kind == FindingKind.JUDGEMENT:
        problems = _required(facts.text, "text", "Say what was judged.", LONGEST_NAME)
        problems |= _required(facts.grade, "grade", "Enter the grade, as the report has it.", LONGEST_GRADE)
        return problems
    if not facts.text:
        problems["text"] = "Enter the strength."
    elif wrong := why_too_long(facts.text):
        problems["text"] = wrong
    return problems | _with_became(facts.earlier_id, facts.became)


def _required(value: str, name: str, missing: str, longest: int) -> dict[str, str]:
    wrong = why_too_long(value, longest) if value else missing
    return {name: wrong} if wrong else {}


def _with_became(earlier_id: int | None, became: str) -> dict[str, str]:
    if became and became not in BECAME_NAMES:
        return {"became": "Choose from the list."}
    if became and earlier_id is None:
        return {"earlier": "Choose of which area that is said."}
    if earlier_id is not None and not became:
        return {"became": "Say what became of the earlier area."}
    return {}
