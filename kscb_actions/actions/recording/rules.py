"""What is proposed for the next actions of a plan. Plain values."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

# More than any plan asks for one recommendation, and few enough for a page.
MOST_ROWS = 60
# In place of an agency: all of the Board’s, and those that the recommendation names already.
EVERY_AGENCY = "all"
NAMED_AGENCIES = "named"


@dataclass(frozen=True)
class Earlier:
    """An action that was recorded before: its agency's code, its lead's id, its words and date."""

    agency: str
    lead: int | None
    words: tuple[str, str]
    due_on: date | None


@dataclass(frozen=True)
class Proposed:
    """What stands in a row before anything is typed; `agency` is a code, or `EVERY_AGENCY`."""

    agency: str = ""
    lead: int | None = None
    due_on: date | None = None


def proposals(earlier: Iterable[Earlier], every: Collection[str]) -> list[Proposed]:
    """Return rows with the same agencies, leads and dates as those recorded before, in their order.

    Where each of `every` agency was given the same words, one row stands for all of them.
    """
    groups: dict[tuple[tuple[str, str], date | None], list[Earlier]] = {}
    for each in earlier:
        groups.setdefault((each.words, each.due_on), []).append(each)
    rows = []
    for (_, due_on), alike in groups.items():
        if len(alike) > 1 and {each.agency for each in alike} == set(every):
            rows.append(Proposed(EVERY_AGENCY, None, due_on))
        else:
            rows += [Proposed(each.agency, each.lead, due_on) for each in alike]
    return rows[:MOST_ROWS]


def usual_lead(leads: Collection[int], last: int | None) -> int | None:
    """Return who is proposed to lead an agency's action: its only lead, or the one who was given the last.

    None where there are several and none of them was given one, or there is none.
    """
    if len(leads) == 1:
        return next(iter(leads))
    return last if last in leads else None


def usual_leads(leads: Mapping[int, Collection[int]], last: Mapping[int, int]) -> dict[int, int]:
    """Return {agency id: the lead proposed}, from {agency id: its leads} and {agency id: the last used}."""
    found = {agency: usual_lead(own, last.get(agency)) for agency, own in leads.items()}
    return {agency: lead for agency, lead in found.items() if lead is not None}
