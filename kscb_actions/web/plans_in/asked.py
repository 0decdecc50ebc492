"""What somebody has said of a plan that is looked at, as the page's form sends it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from werkzeug.datastructures import MultiDict

from kscb_actions.actions.earlier.rules import READING_NAMES, Reading
from kscb_actions.dates_written.rules import read_date
from kscb_actions.plans_in.earlier.rules import Earlier
from kscb_actions.plans_in.headings import Part
from kscb_actions.plans_in.remembering import Said
from kscb_actions.text import one_line
from kscb_actions.wording import date_uk

COLUMN, OWNER, CELL, READING = "column:", "owner:", "cell:", "read:"
NO_DAY = "Enter the day of which the file speaks, such as 30 June 2012."
NO_ACCEPTANCE_DAY = "Enter the day on which it was accepted, such as 30 June 2012."


@dataclass(frozen=True)
class AskedPast:
    """How the past of a plan is to be read, as it was typed.

    readings  {words of a status: what they say}; an empty text where nobody has chosen yet
    is_left_out  only recommendations and actions are to come in, without their past
    """

    readings: Mapping[str, str] = field(default_factory=dict)
    as_of: str = ""
    accepted_on: str = ""
    accepted_by: str = ""
    is_left_out: bool = False

    def earlier(self, today: date) -> tuple[Earlier | None, dict[str, str]]:
        """Return how the past is read, or None, and {field: message} for what of it cannot be used."""
        if self.is_left_out:
            return None, {}
        as_of, accepted_on = _day(self.as_of, today), _day(self.accepted_on, today)
        problems = {} if as_of else {"as-of": NO_DAY}
        if self.accepted_on and not accepted_on:
            problems["accepted-on"] = NO_ACCEPTANCE_DAY
        if problems or as_of is None:
            return None, problems
        chosen = {key: Reading(each) for key, each in self.readings.items() if each}
        return Earlier(as_of, chosen, accepted_on, self.accepted_by), {}


@dataclass(frozen=True)
class Asked:
    """How a plan is to be read: tables to keep to, what headings mean, whose words are, cells put right."""

    tables: Sequence[str] = ()
    columns: Mapping[str, Part] = field(default_factory=dict)
    owners: Mapping[str, str] = field(default_factory=dict)
    cells: Mapping[str, str] = field(default_factory=dict)
    is_updating: bool = False
    past: AskedPast = AskedPast()

    def said(self, earlier: Earlier | None) -> Said:
        """Return what is worth remembering."""
        return Said({words: [code] for words, code in self.owners.items()}, self.columns, earlier)


def asked_in(sent: MultiDict[str, str], agencies: Sequence[str]) -> Asked:
    """Return what a form says; what it cannot say is left out."""
    parts, readings = set(map(str, Part)), set(map(str, READING_NAMES))
    past = AskedPast(
        {key: each for key, each in _named(sent, READING).items() if each in readings or not each},
        one_line(sent.get("as-of", "")),
        one_line(sent.get("accepted-on", "")),
        one_line(sent.get("accepted-by", "")),
        "no-past" in sent,
    )
    return Asked(
        tuple(sent.getlist("table")),
        {key: Part(value) for key, value in _named(sent, COLUMN).items() if key and value in parts},
        {words: code for words, code in _named(sent, OWNER).items() if code in agencies},
        _named(sent, CELL),
        "update" in sent,
        past,
    )


def proposed(past: AskedPast, usual: Mapping[str, Reading | None], as_of: date | None) -> AskedPast:
    """Return how the past is asked for, with what is proposed where nothing has been said."""
    readings = {key: past.readings.get(key, str(each or "")) for key, each in usual.items()}
    day = past.as_of or (date_uk(as_of) if as_of else "")
    return AskedPast(readings, day, past.accepted_on, past.accepted_by, past.is_left_out)


def _named(sent: MultiDict[str, str], beginning: str) -> dict[str, str]:
    return {name.removeprefix(beginning): sent[name] for name in sent if name.startswith(beginning)}


def _day(text: str, today: date) -> date | None:
    written = read_date(text, today) if text else None
    return written.on if written and written.is_exact else None
