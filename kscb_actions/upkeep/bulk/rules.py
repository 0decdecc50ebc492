"""What a selection of actions is, and when one of them can get another lead. Plain values."""

from collections.abc import Iterable, Mapping

from kscb_actions.actions.rules import STANDING_NAMES, Assurance, Standing
from kscb_actions.actions.turn import RatingFacts
from kscb_actions.terms import say
from kscb_actions.text import whole_number
from kscb_actions.wording import lower_first

# More than a board has open at once, and as many as one page and one step bear.
MOST = 2000
LARGEST_ID = 2**31 - 1
# What can be changed of many actions at once, by its name in an address.
CHANGE_NAMES = {
    "lead": "Lead",
    "agency": "Agency",
    "due": "Due date",
    "standing": "Standing: hold, supersede, withdraw",
    "theme": "Theme",
}


def why_no_new_lead(facts: RatingFacts) -> str | None:
    """Return why an action cannot get another lead, which is that it is finished; None when it can."""
    if facts.standing not in (Standing.ACTIVE, Standing.ON_HOLD):
        return f"It is {lower_first(STANDING_NAMES[Standing(facts.standing)])}, so it keeps its lead."
    if facts.assurance == Assurance.ACCEPTED:
        return say("The Board has accepted it as done, so it keeps the lead who did it.")
    return None


def ids_in(texts: Iterable[str]) -> list[int]:
    """Return the ids that an address or a form names, each once and in order; what is none is left out."""
    numbers = (whole_number(text) or 0 for text in texts)
    return list(dict.fromkeys(number for number in numbers if 0 < number <= LARGEST_ID))


def seen_in(text: str) -> dict[int, int | None]:
    """Return {id: version} of a selection as `seen_as_text` wrote it; what is none is left out."""
    found: dict[int, int | None] = {}
    for pair in text.split(","):
        action, _, version = pair.partition(":")
        if ids := ids_in([action]):
            found[ids[0]] = whole_number(version) or 0
    return found


def seen_as_text(seen: Mapping[int, int | None]) -> str:
    """Return a selection with the versions seen, for a field of a form."""
    return ",".join(f"{action}:{version or 0}" for action, version in seen.items())


def why_too_many(count: int) -> str | None:
    """Return why so many actions cannot be changed at once; None when they can."""
    if count == 0:
        return "Tick the actions to change first."
    if count > MOST:
        return f"At most {MOST:,} actions can be changed at once. Narrow the list to fewer."
    return None
