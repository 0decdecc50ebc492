"""Who says by when an agency answers, and when. Plain values in, reasons out.

The rules of days are those of actions (`actions/acknowledging/rules.py`).
"""

from collections.abc import Sequence
from datetime import date

from kscb_actions.access.policy import Verdict, Viewer
from kscb_actions.actions.acknowledging.rules import Said, why_not_again
from kscb_actions.assurance.challenges.rules import Level, can_answer
from kscb_actions.reviews.answers.rules import speaks
from kscb_actions.terms import say, say_later

ASK_THE_BOARD = say_later("Ask the Board for a later day instead.")


def can_acknowledge(viewer: Viewer, agency_id: int, level: Level | None) -> Verdict:
    """Return whether this person may say by when an agency answers: whoever is to answer for it.

    level  at which a challenge is; None for an answer to a recommendation
    """
    if not speaks(viewer, agency_id):
        return Verdict(False, "The agency itself says by when it answers.")
    return can_answer(viewer, agency_id, level) if level else Verdict(True)


def why_not_acknowledged(
    over: str | None, due_on: date | None, said: Sequence[Said], today: date
) -> str | None:
    """Return why nobody can say now by when they answer, and what to do instead; None when they can.

    over  why there is nothing to answer any more; None while there is
    """
    if over:
        return over
    if due_on is None:
        return "No day to answer by was set, and nobody is reminded of it."
    return why_not_again(said, due_on, today, say(ASK_THE_BOARD))
