"""What stands in a feed: days with references, and no word of a case. Plain values."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Entry:
    """A whole day in a calendar.

    key         names it for ever, so that a calendar moves it instead of adding another: "action-7"
    summary     a reference with what is due, like “Due: SCR-2011-02/A7”
    path        where it is, below the product's address
    changed_on  the day on which it was last told otherwise
    """

    key: str
    on: date
    summary: str
    path: str
    changed_on: date
