"""The rows of a page that records several actions at once: drawn from proposals, read, and made more of.

The names of a row's fields begin with r1_, r2_ and so on. A row in which nothing was typed is left out, also
where an agency, a lead and a date are proposed in it.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import HiddenField

from kscb_actions.actions.recording.rules import EVERY_AGENCY, MOST_ROWS, NAMED_AGENCIES, Proposed
from kscb_actions.actions.recording.service import Row
from kscb_actions.actions.service import ActionFacts
from kscb_actions.people.models import Agency, User
from kscb_actions.terms import say
from kscb_actions.text import clean_text
from kscb_actions.web.shared.forms import DayField, HouseForm, select, text_area

FIRST_ROWS = 4
MORE_ROWS = 3
USUAL, NOBODY = "", "nobody"
FIELDS = ("agency", "lead", "due_on", "text", "success_measure", "proposed")
_FIELD = re.compile(rf"r([1-9][0-9]{{0,2}})_({'|'.join(FIELDS)})")
# One row as it is posted: {field: values}; a date has three, or four.
Values = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Offer:
    """Who can be chosen in a row: the agencies, their leads, and {agency id: the lead proposed}.

    `named` are those of the agencies that the recommendation names already.
    """

    agencies: list[Agency]
    people: list[User]
    usual: Mapping[int, User]
    named: Sequence[Agency] = ()

    @property
    def together(self) -> dict[str, tuple[str, Sequence[Agency]]]:
        """Return what stands for several agencies in a row: {value: (words, agencies)}."""
        every = say("All Board agencies ({agencies})", agencies=len(self.agencies))
        found: dict[str, tuple[str, Sequence[Agency]]] = {EVERY_AGENCY: (every, self.agencies)}
        if len(self.named) > 1:
            found[NAMED_AGENCIES] = (f"All agencies named here ({len(self.named)})", self.named)
        return found

    def chosen(self, code: str) -> Sequence[Agency]:
        """Return the agencies that a choice stands for; none for an unknown one."""
        if code in self.together:
            return self.together[code][1]
        return [each for each in self.agencies if each.code == code]

    @property
    def as_json(self) -> str:
        """Return {agency's code: [the lead proposed, or "", and its leads]} for the page's script."""
        found = {
            agency.code: [
                str(self.usual[agency.id].id) if agency.id in self.usual else USUAL,
                *(str(each.id) for each in self.people if each.agency_id == agency.id),
            ]
            for agency in self.agencies
        }
        return json.dumps(found)

    def values_of(self, proposed: Proposed) -> Values:
        """Return a row as it is drawn with a proposal in it; a lead who cannot be chosen is not proposed."""
        lead = USUAL if proposed.agency in (EVERY_AGENCY, "") else NOBODY
        if proposed.lead in {each.id for each in self.people}:
            lead = str(proposed.lead)
        day = proposed.due_on
        due_on = [str(day.day), str(day.month), str(day.year)] if day else ["", "", ""]
        values = {"agency": [proposed.agency], "lead": [lead], "due_on": due_on}
        return {**values, "proposed": [_choice(values)]}


class RowsForm(HouseForm):
    """A form with rows under it. `form_with_rows` makes one with as many as there are."""

    row_count = 0

    def actions(self, offer: Offer) -> list[Row]:
        """Return the rows in which something was typed, for the service."""
        people = {str(each.id): each for each in offer.people}
        return [self._row(place, offer, people) for place in self._touched()]

    def _touched(self) -> Iterator[int]:
        for place in range(1, self.row_count + 1):
            values = {name: self._posted(place, name) for name in FIELDS}
            is_as_drawn = _choice(values) in (values["proposed"][0], _choice({}))
            if not is_as_drawn or any(
                clean_text(values[name][0]).strip() for name in ("text", "success_measure")
            ):
                yield place

    def _posted(self, place: int, name: str) -> list[str]:
        return [str(each) for each in self[f"r{place}_{name}"].raw_data or ()] or [""]

    def _row(self, place: int, offer: Offer, people: Mapping[str, User]) -> Row:
        key = f"r{place}"
        code, chosen = self[f"{key}_agency"].data, self[f"{key}_lead"].data
        agencies = offer.chosen(code)
        if chosen in people:
            leads: Mapping[int, User] = {each.id: people[chosen] for each in agencies}
        else:
            leads = offer.usual if chosen == USUAL else {}
        due_on = self[f"{key}_due_on"]
        facts = ActionFacts(
            self[f"{key}_text"].data, self[f"{key}_success_measure"].data, due_on.data, due_on.written_as
        )
        return Row(key, agencies, leads, facts)


def form_with_rows(
    base: type[RowsForm], rows: Sequence[Values], offer: Offer, posted: MultiDict | None
) -> Any:
    """Return a form of class `base` with the rows; `posted` has its other fields, None at first."""
    fields: dict[str, Any] = {}
    for place in range(len(rows) + 1):
        fields |= _fields_of(place, offer)
    form = type(f"{base.__name__}WithRows", (base,), {**fields, "row_count": len(rows)})
    if posted is not None:
        return form(_numbered(rows, posted))
    filled = form(None)
    for name, values in _numbered(rows, MultiDict()).lists():
        filled[name].process(MultiDict([(name, each) for each in values]))
    return filled


def _fields_of(place: int, offer: Offer) -> dict[str, Any]:
    together = [(value, words) for value, (words, _) in offer.together.items()]
    agencies = [("", "Choose an agency"), *together, *((each.code, each.name) for each in offer.agencies)]
    leads = [(USUAL, "The agency’s usual lead"), (NOBODY, "Nobody yet")]
    leads += [(str(each.id), f"{each.name}, {each.agency.name}") for each in offer.people]
    called, key = f"Action {place}", f"r{place}"
    return {
        f"{key}_agency": select("Agency", agencies, wrong=f"{called}: Choose an agency from the list."),
        f"{key}_lead": select("Lead", leads, wrong=f"{called}: Choose a lead from the list."),
        f"{key}_due_on": DayField(
            "Due date (optional)", called=f"Due date of action {place}", has_hint=False
        ),
        f"{key}_text": text_area("What is the agency to do?"),
        f"{key}_success_measure": text_area(say("How will the Board see that it is done? (optional)")),
        f"{key}_proposed": HiddenField(),
    }


def posted_rows(posted: MultiDict) -> list[Values]:
    """Return the rows of a post in their order, whatever their numbers are."""
    found: dict[int, dict[str, list[str]]] = {}
    for name, values in posted.lists():
        if field := _FIELD.fullmatch(name):
            found.setdefault(int(field[1]), {})[field[2]] = values
    return [found[place] for place in sorted(found)]


def with_proposals(proposed: Iterable[Proposed], offer: Offer) -> list[Values]:
    """Return the first rows of a page: those proposed, and empty ones up to the usual number."""
    rows = [offer.values_of(each) for each in proposed]
    return [*rows, *_empty(max(FIRST_ROWS - len(rows), 1))]


def with_more(rows: Sequence[Values]) -> list[Values]:
    """Return the rows and a few empty ones below them."""
    return [*rows, *_empty(min(MORE_ROWS, max(MOST_ROWS - len(rows), 0)))]


def with_each_agency(rows: Sequence[Values], offer: Offer) -> list[Values]:
    """Return the rows with one for each agency, with the same words, in place of each that is for all."""
    found: list[Values] = []
    for row in rows:
        code = row.get("agency", [""])[0]
        if code not in offer.together:
            found.append(row)
            continue
        for agency in offer.chosen(code):
            lead = offer.usual.get(agency.id)
            own = {**row, "agency": [agency.code], "lead": [str(lead.id) if lead else NOBODY]}
            found.append({**own, "proposed": [_choice(own)]})
    return found


def numbered_problems(problems: Mapping[str, str]) -> dict[str, str]:
    """Return the messages of rows with the row's number before them, and the others as they are."""
    found = {}
    for name, message in problems.items():
        field = _FIELD.fullmatch(name)
        found[name] = f"Action {field[1]}: {message}" if field else message
    return found


def _empty(count: int) -> list[Values]:
    return [{}] * count


def _numbered(rows: Sequence[Values], posted: MultiDict) -> MultiDict:
    others = [(name, each) for name, each in posted.items(multi=True) if not _FIELD.fullmatch(name)]
    numbered = [
        (f"r{place}_{name}", each)
        for place, row in enumerate(rows, start=1)
        for name, values in row.items()
        for each in values
    ]
    return MultiDict([*others, *numbered])


def _choice(values: Values) -> str:
    """Return what is chosen in a row, in one text: the agency, the lead and the date."""
    chosen = [*values.get("agency", [""]), *values.get("lead", [""])]
    return "|".join([*chosen, *(each.strip() for each in (*values.get("due_on", ()), "", "", "")[:3])])
