"""When an action can move to another agency: plain values in, a reason to refuse out."""

from datetime import date

from kscb_actions.actions.rules import ASSURANCE_NAMES, STANDING_NAMES, Assurance, Standing
from kscb_actions.actions.turn import RatingFacts
from kscb_actions.people.rules import earlier_of
from kscb_actions.text import LONGEST_REASON, why_too_long
from kscb_actions.wording import date_uk, lower_first


def problems_with_move(is_in_use: bool | None, on: date | None, reason: str, today: date) -> dict[str, str]:
    """Return {field: message} for what is wrong with a move, whichever actions it is of.

    `is_in_use`: whether the agency they go to is; None where none is chosen.
    """
    problems = {}
    if is_in_use is None:
        problems["to"] = "Choose the agency that takes it over."
    elif not is_in_use:
        problems["to"] = "That agency is not in use. Choose another."
    if on is None:
        problems["on"] = "Enter the day from which it is theirs."
    elif on > today:
        problems["on"] = "The day must be today or in the past."
    missing = "Say why, for both agencies and for the record."
    if wrong := why_too_long(reason, LONGEST_REASON) if reason else missing:
        problems["reason"] = wrong
    return problems


def why_not_moved(facts: RatingFacts, agency_id: int, to_id: int, earlier: str, on: date) -> str | None:
    """Return why an action cannot move to an agency; None when it can.

    What is finished stays with the agency that did it. `earlier`: which agencies had it before.
    """
    if agency_id == to_id:
        return "It is with this agency already."
    if facts.standing not in (Standing.ACTIVE, Standing.ON_HOLD):
        return f"It is {lower_first(STANDING_NAMES[Standing(facts.standing)])}, so it stays where it was."
    if facts.assurance == Assurance.ACCEPTED:
        return f"{ASSURANCE_NAMES[Assurance.ACCEPTED]}: it stays with the agency that did it."
    if (before := earlier_of(earlier)) and on < before[-1].until:
        return f"It came to its present agency on {date_uk(before[-1].until)}, so it cannot leave before."
    return None
