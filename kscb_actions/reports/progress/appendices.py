"""The appendices of a progress report: which there are, and what each is called. None is there unasked."""

from collections.abc import Iterable
from enum import StrEnum

from kscb_actions.reports.paper_kind import Audience
from kscb_actions.text import InvalidInput


class Appendix(StrEnum):
    """What can be asked for beside the paper itself."""

    EXCEPTIONS = "exceptions"
    ACTIONS = "actions"
    CLOSED = "closed"
    EVIDENCE = "evidence"
    ANSWERS = "answers"
    STAGES = "stages"
    RATINGS = "ratings"
    MEASURES = "measures"
    IMPACT = "impact"


# An appendix keeps its letter in every paper, so that members always find the same thing under it.
LETTERS = dict(zip(Appendix, "ABCDEFGHI", strict=True))
NAMES = {
    Appendix.EXCEPTIONS: "Exceptions of every agency",
    Appendix.ACTIONS: "All open actions",
    Appendix.CLOSED: "Closed since the last paper",
    Appendix.EVIDENCE: "Evidence held",
    Appendix.ANSWERS: "Answers to recommendations",
    Appendix.STAGES: "Stages and clocks",
    Appendix.RATINGS: "How ratings are made",
    Appendix.MEASURES: "Measures",
    Appendix.IMPACT: "Difference made for children",
}
NO_SUCH = "There is no such appendix. Choose from the list."


def titled(appendix: Appendix) -> str:
    """Return what an appendix is called, such as “Appendix D: Evidence held”."""
    return f"Appendix {LETTERS[appendix]}: {NAMES[appendix]}"


def offered(audience: Audience) -> tuple[Appendix, ...]:
    """Return the appendices that a paper for these readers can have.

    An agency sees of a review what is its own: the stages are the Board's.
    """
    return tuple(each for each in Appendix if audience is not Audience.AGENCY or each is not Appendix.STAGES)


def chosen(names: Iterable[str], audience: Audience = Audience.SUBGROUP) -> tuple[Appendix, ...]:
    """Return the appendices of these names, in their order. Raises InvalidInput where there is none."""
    asked = set(names)
    if asked - set(offered(audience)):
        raise InvalidInput({"appendix": NO_SUCH})
    return tuple(each for each in Appendix if each in asked)


def letters(appendices: Iterable[Appendix]) -> str:
    """Return their letters, such as “A, D”; "" for none."""
    return ", ".join(LETTERS[each] for each in appendices)
