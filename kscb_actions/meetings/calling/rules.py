"""When leads are called, and who has answered. Plain values in, plain values out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kscb_actions.wording import date_uk, plural


class Answered(StrEnum):
    """How much of what an agency was asked for it has answered."""

    ALL = "all"
    PARTLY = "partly"
    NOTHING = "nothing"


ANSWERED_NAMES = {
    Answered.ALL: "All answered",
    Answered.PARTLY: "Partly answered",
    Answered.NOTHING: "Nothing answered",
}


@dataclass(frozen=True)
class Response:
    """What an agency was asked for before a meeting, and how much of it has been answered."""

    agency: str
    asked: int
    answered: int

    @property
    def state(self) -> Answered:
        """Return how much of it is answered."""
        if self.answered >= self.asked:
            return Answered.ALL
        return Answered.PARTLY if self.answered else Answered.NOTHING


def responses_of(rows: Iterable[tuple[str, bool]]) -> list[Response]:
    """Return each agency's response, the most silent first.

    rows  (agency, whether it has answered) of everything that was asked for
    """
    asked: dict[str, list[bool]] = {}
    for agency, is_answered in rows:
        asked.setdefault(agency, []).append(is_answered)
    found = [Response(agency, len(each), sum(each)) for agency, each in asked.items()]
    return sorted(found, key=lambda each: (each.answered / each.asked, -each.asked, each.agency))


def rate_words(responses: Sequence[Response]) -> str:
    """Return the rate in a sentence. An answer is an update, a report of done, or a request for more time."""
    asked, answered = sum(each.asked for each in responses), sum(each.answered for each in responses)
    if not asked:
        return "Nobody was asked for an update."
    whole = sum(each.state is Answered.ALL for each in responses)
    verb = "has" if len(responses) == 1 else "have"
    return (
        f"{answered:,} of {plural(asked, 'action')} asked for {'is' if answered == 1 else 'are'} answered "
        f"({round(100 * answered / asked)} %); {whole} of {plural(len(responses), 'agency', 'agencies')} "
        f"{verb} answered all."
    )


def is_to_call(call_on: date, closes_on: date, today: date) -> bool:
    """Return whether leads are to be called for a meeting by now; after the closing date it is too late."""
    return call_on <= today <= closes_on


def why_not_reminded(
    is_cancelled: bool, is_reminded_today: bool, silent: int, closes_on: date, today: date
) -> str | None:
    """Return why the silent cannot be reminded now; None when they can."""
    if is_cancelled:
        return "This meeting is cancelled."
    if today > closes_on:
        return f"The closing date, {date_uk(closes_on)}, is over."
    if not silent:
        return "Everything that was asked for is answered."
    return "They were reminded today." if is_reminded_today else None
