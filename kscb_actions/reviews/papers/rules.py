"""The kinds of papers that a review keeps of its own, and the rules of their fields. Plain values."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kscb_actions.terms import say_later
from kscb_actions.text import LONGEST_REASON, why_too_long

LONGEST_DESCRIPTION = 300


class PaperKind(StrEnum):
    """What a paper of a review is (Working Together 2010, chapter 8: the papers of a serious case review)."""

    TERMS_OF_REFERENCE = "terms_of_reference"
    CHRONOLOGY = "chronology"
    MANAGEMENT_REVIEW = "management_review"
    HEALTH_OVERVIEW = "health_overview"
    OVERVIEW_REPORT = "overview_report"
    EXECUTIVE_SUMMARY = "executive_summary"
    DECISION_RECORD = "decision_record"
    OTHER = "other"


PAPER_KIND_NAMES = {
    PaperKind.TERMS_OF_REFERENCE: "Terms of reference",
    PaperKind.CHRONOLOGY: "Chronology",
    PaperKind.MANAGEMENT_REVIEW: "Management review by an agency",
    PaperKind.HEALTH_OVERVIEW: "Health overview report",
    PaperKind.OVERVIEW_REPORT: "Overview report",
    PaperKind.EXECUTIVE_SUMMARY: "Executive summary",
    PaperKind.DECISION_RECORD: "Record of the decision",
    PaperKind.OTHER: "Other paper",
}
OWN_KINDS = tuple(kind.value for kind in PaperKind)
# A file that shows what an agency says of the difference a recommendation made.
IMPACT_FILE = "impact"
# A plan that was taken in stays, as what was read from it does.
ERASABLE_KINDS = (*OWN_KINDS, IMPACT_FILE)
WITHDRAWN = "This paper is withdrawn already."
NOT_YOURS = say_later("Only who added this paper and the board manager can do this.")


@dataclass(frozen=True)
class PaperFacts:
    """What is said of a paper when it is added. `dated_on`: the day that it bears."""

    kind: str
    dated_on: date | None = None
    description: str = ""


def problems_with_paper(facts: PaperFacts, today: date) -> dict[str, str]:
    """Return {field: message} for what is wrong with what is said of a paper."""
    problems = {}
    if facts.kind not in PAPER_KIND_NAMES:
        problems["kind"] = "Choose what paper this is."
    if facts.dated_on is not None and facts.dated_on > today:
        problems["dated_on"] = "The date must be today or in the past."
    if facts.kind == PaperKind.OTHER and not facts.description:
        problems["description"] = "Say what paper this is."
    if too_long := why_too_long(facts.description, LONGEST_DESCRIPTION):
        problems["description"] = too_long
    return problems


def problems_with_withdrawal(reason: str) -> dict[str, str]:
    """Return {field: message} for what is wrong with the reason for withdrawing a paper."""
    if not reason:
        return {"reason": "Say why, for whoever reads this later. No real names."}
    too_long = why_too_long(reason, LONGEST_REASON)
    return {"reason": too_long} if too_long else {}


def may_change(is_manager: bool, kept_by: int | None, person: int | None) -> bool:
    """Return whether a person may name a paper's readers and withdraw it: who added it, and the manager."""
    return is_manager or (person is not None and kept_by == person)
