"""The columns of the log of challenges, as a file has them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from kscb_actions.assurance.challenges.models import Challenge
from kscb_actions.assurance.challenges.rules import LEVEL_NAMES, OUTCOME_NAMES, STATE_NAMES
from kscb_actions.spreadsheets.rules import Column, Value
from kscb_actions.wording import date_uk


def _about(challenge: Any) -> Value:
    if challenge.action_id:
        return f"{challenge.review.reference}/A{challenge.action.number}"
    if challenge.recommendation_id:
        called = challenge.review.words_for(challenge.recommendation).one
        return f"{challenge.review.reference}, {called} {challenge.recommendation.label}"
    if challenge.paper_as_at:
        return f"Progress paper as at {date_uk(challenge.paper_as_at)}"
    return "The agency’s work"


def columns_of_challenges(today: date) -> Sequence[Column]:
    """Return the columns of the log."""

    def state(challenge: Challenge) -> Value:
        if challenge.state == "closed":
            return f"Closed. {OUTCOME_NAMES[challenge.outcome]}"
        if challenge.state == "open" and challenge.due_on < today:
            return "Not answered by the date"
        return STATE_NAMES[challenge.state]

    return (
        Column("Challenge", lambda row: row.reference, 12),
        Column("About", _about, 34),
        Column("Question", lambda row: row.question, 60),
        Column("Agency", lambda row: row.agency.name, 30),
        Column("Level", lambda row: LEVEL_NAMES[row.level], 24),
        Column("Raised", lambda row: row.raised_on, 14),
        Column("Reply by", lambda row: row.due_on, 14),
        Column("State", state, 30),
    )
