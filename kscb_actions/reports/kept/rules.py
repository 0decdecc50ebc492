"""What was put right since a paper was made, and in what words. Plain values."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kscb_actions.terms import say_all
from kscb_actions.wording import plural

# What says that something was recorded wrongly: {event: in words}.
CORRECTING = say_all(
    {
        "action.agency-corrected": "its agency was put right",
        "action.date-corrected": "a date was put right",
        "action.decision-taken-back": "a decision of the Board was taken back",
        "action.voided": "recorded in error",
        "challenge.corrected": "put right",
        "challenge.voided": "recorded in error",
        "earlier-record.put-right": "what happened before was put right",
        "evidence.date-corrected": "the date of evidence was put right",
        "extension.voided": "a request for more time, or a moved date, was recorded in error",
        "progress.voided": "a progress update was recorded in error",
        "recommendation.voided": "recorded in error",
        "review.stage-put-right": "a stage was put right",
        "review.voided": "recorded in error",
    }
)
# What brings back what was recorded in error.
BRINGING_BACK = {
    "action.restored": "action.voided",
    "challenge.restored": "challenge.voided",
    "recommendation.restored": "recommendation.voided",
    "review.restored": "review.voided",
}
_ALWAYS_DIFFERENT = frozenset({"version"})


@dataclass(frozen=True)
class Corrected:
    """Something in a paper of which something was put right since: its reference, and what, each once."""

    reference: str
    what: tuple[str, ...]
    is_void: bool = False


def stood_so(then: Mapping[str, Any] | None, changes: Mapping[str, Any]) -> bool:
    """Return whether a correction changed what a thing said when the paper was made.

    then     the thing's state then; None where it was not recorded yet
    changes  {field: (before, after)} of the correction
    """
    if then is None:
        return False
    of_it = {name: before for name, (before, _) in changes.items() if name not in _ALWAYS_DIFFERENT}
    return not of_it or any(then.get(name) == before for name, before in of_it.items())


def corrected_in_words(found: Collection[Corrected]) -> str:
    """Return how many things in a paper were put right since it was made."""
    verb = "has" if len(found) == 1 else "have"
    return (
        f"{plural(len(found), 'thing')} in this paper {verb} been put right, or recorded in error, since it "
        "was made. The paper stays as it was."
    )


def not_given_out(references: Sequence[str]) -> str:
    """Return why a paper for the public is not given out again, for these of its reviews."""
    named = ", ".join(references)
    verb = "is" if len(references) == 1 else "are"
    return (
        f"This paper was made for the public, and {named} {verb} not released for publication now, so its "
        "file is not given out. Make the paper anew, or record a new release first."
    )


def marked_higher_in_words(reference: str, marking: str, borne: str) -> str:
    """Return how to handle a paper that bears less than a review in it bears today."""
    return (
        f"{reference} is marked {marking} today, and this paper, made before, bears {borne}. Handle it as "
        f"{marking}, or make the paper anew."
    )
