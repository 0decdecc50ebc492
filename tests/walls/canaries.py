"""A canary in every text of the rooms of child deaths, found from the models themselves.

A new field gets its canary without anybody thinking of it; a new table that cannot be planted fails the
tests, and a field that must hold a code has to be named in CODES.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import peewee

from kscb_actions import models
from kscb_actions.access.policy import SYSTEM
from kscb_actions.audit.service import change
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.requests.rules import Answer, Answers, write_answers
from kscb_actions.database import InstantField, Model, writing
from kscb_actions.figures.annual.serialisation import write_counts
from kscb_actions.figures.disclosure.tables import CountTable, TableRow
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.mail.rules import About
from kscb_actions.mail.service import queue
from kscb_actions.people.models import Agency, User
from kscb_actions.reports.content import Paragraph, Report, Section
from kscb_actions.reports.kept.serialisation import write_text
from kscb_actions.reviews.models import Recommendation, Review

from ..factories import World

ROOMS = ("child_deaths", "figures")
PLANTED = tuple(model for model in models.ALL if getattr(model, "event_room", "") in ROOMS)
DAY, INSTANT = date(2011, 11, 3), datetime(2012, 2, 3, 10, 30, tzinfo=UTC)
# What has to be one of a few codes: with anything else no page could be drawn. No canary, and no text either.
CODES = {
    "child_death": {
        "age_unit": "months",
        "age_band": "28_to_364_days",
        "sex": "female",
        "ethnicity": "gypsy_roma",
        "district": "tunbridge_wells",
        "place": "hospice",
        "event": "drowning",
        "expected": "unexpected",
        "looked_after": "yes",
        "protection_plan": "at_death",
        "statutory_order": "previously",
        "asylum_seeking": "yes",
        "rapid_response": "yes",
        "inquest": "opened",
        "criminal": "charged",
        "status": "identified",
        "suspected_category": "3",
        "void_as": "",
    },
    "particulars": {
        "time_of_death": "07:45",
        "coroner": "informed",
        "certificate": "doctor",
        "key_worker": "yes",
    },
    "agency_return": {"knows_child": "yes", "step": "sent"},
    "return_part": {"section": "child", "choice": ""},
    "return_verdict": {"outcome": "accepted"},
    "return_erasure": {"outcome": "", "asked_as": "cdop_coordinator"},
    "panel_meeting": {"way": "blind"},
    "panel_told": {"way": "blind", "cases": "1", "decided": "1:1"},
    "draft": {"categories": "3;8", "status": "identified"},
    "categorisation": {"categories": "3;8", "status": "identified"},
    "panel_decision": {"categories": "3;8", "status": "identified"},
    "factor": {"domain": "parenting", "code": "co_sleeping", "influence": "2"},
    "referral_answer": {"outcome": "other"},
    "issued_report": {"year": "2009-10", "cases_json": '{"died": [], "reviewed": []}'},
    "annual_draft": {"year": "2009-10", "left_out": ""},
    "frozen_year": {"year": "2009-10", "left_out": "", "cases_json": '{"died": [], "reviewed": []}'},
    "earlier_total": {"year": "2008-09"},
}
NUMBERS = {
    "child_death": {"age_number": 7, "decision_number": 1, "primary_category": 3},
    "panel_decision": {"primary_category": 3, "number": 1},
    "referral": {"decision_number": 0},
    "particulars": {"birth_weight": 3250, "gestation": 38},
}


def _report(canary: str) -> str:
    """Return an issued report that holds a canary."""
    section = Section("A section", (Paragraph(canary),))
    return write_text(Report("A report", "", "A board", (), (), DAY, None, (section,)))


def _counts(canary: str) -> str:
    """Return the true counts of an issued report, with a canary among them."""
    table = CountTable(("Deaths",), (TableRow(canary, (7,)),), (7,))
    return write_counts([(table, table)])


def _answers(canary: str) -> str:
    """Return an answer of an agency that holds a canary, with the first file there is."""
    return write_answers(Answers({"knows": Answer(canary, "yes")}, (1,)))


# Texts that are read back as something: the canary stands inside.
MADE: dict[str, Callable[[str], str]] = {
    "issued_report.report_json": _report,
    "issued_report.counts_json": _counts,
    "sent_return.answers": _answers,
    "lesson.found": lambda canary: json.dumps([canary]),
}
# A factor belongs to a proposal, to a draft or to a decision: one is planted for each, without the others.
EITHER = {"factor": (("categorisation", "draft"), ("decision", "draft"), ("categorisation", "decision"))}


@dataclass
class Planted:
    """Hold what was planted: each canary and where it stands, and the rows by table."""

    canaries: dict[str, str] = field(default_factory=dict)
    rows: dict[str, list[Model]] = field(default_factory=dict)

    def ids(self, table: str) -> list[int]:
        """Return the ids of a table's planted rows."""
        return [row.id for row in self.rows[table]]

    def of(self, *tables: str) -> set[str]:
        """Return the canaries of these tables."""
        return {canary for canary, place in self.canaries.items() if place.split(".")[0] in tables}

    def found_in(self, text: str, but: set[str] | frozenset[str] = frozenset()) -> list[str]:
        """Return where the canaries stand that are in a text."""
        low = text.lower()
        return [
            place for canary, place in self.canaries.items() if canary.lower() in low and canary not in but
        ]


class Planter:
    """Plant one row of every table, with all that it needs."""

    def __init__(self, world: World, member: User, mark: str = "Q") -> None:
        self.world, self.member, self.mark = world, member, mark
        self.planted = Planted()
        self._numbers = count(1)
        self._whose = ""
        self._others: dict[type[Model], Any] = {}

    def plant(self, but: tuple[str, ...] = ()) -> Planted:
        """Plant all of PLANTED, but some tables, and return what is where."""
        self._others = {User: self.member, Agency: self.world.health, **self._board_rows()}
        with writing():
            for model in (each for each in PLANTED if each._meta.table_name not in but):
                for left_out in EITHER.get(model._meta.table_name, ((),)):
                    self._plant(model, left_out)
        return self.planted

    def _board_rows(self) -> dict[type[Model], Any]:
        """Make the rows of other rooms that planted rows point to: a review, a recommendation, a mail."""
        recommendation = self.world.recommendation(self.world.review("SCR-2011-05"))
        with change(SYSTEM) as tx:
            canaries = [self._canary(f"outbox_message.{name}") for name in ("subject", "body")]
            message = queue(tx, self.member, *canaries, [About(death_id=_next_death())])
        return {Recommendation: recommendation, Review: recommendation.review, OutboxMessage: message}

    def _plant(self, model: type[Model], left_out: tuple[str, ...]) -> None:
        table = model._meta.table_name
        self._whose = " proposed" if left_out == ("decision", "draft") else ""
        self._whose = " drafted" if left_out == ("categorisation", "decision") else self._whose
        values = {
            each.name: self._value(table, each)
            for each in model._meta.sorted_fields
            if each.name not in left_out and not isinstance(each, peewee.AutoField)
        }
        self.planted.rows.setdefault(table, []).append(model.create(**values))

    def _value(self, table: str, each: peewee.Field) -> Any:
        if isinstance(each, peewee.ForeignKeyField):
            if each.rel_model._meta.table_name == table:
                return None
            own = self.planted.rows.get(each.rel_model._meta.table_name)
            return own[-1] if own else self._others[each.rel_model]
        if each.name in CODES.get(table, {}):
            return CODES[table][each.name]
        if isinstance(each, peewee.BlobField):
            return self._canary(f"{table}.{each.name}").encode()
        if isinstance(each, peewee.CharField | peewee.TextField):
            place = f"{table}.{each.name}{self._whose}"
            return MADE.get(place, str)(self._canary(place))
        return self._plain(table, each)

    def _plain(self, table: str, each: peewee.Field) -> Any:
        if isinstance(each, peewee.BooleanField):
            return each.name != "is_modifiable"
        if isinstance(each, InstantField):
            return None if each.name in ("closed_at", "lifted_at", "left_out_at", "erased_at") else INSTANT
        if isinstance(each, peewee.DateField):
            if each.name == "taken_back_on":
                return None
            return DAY + timedelta(days=next(self._numbers))
        if isinstance(each, peewee.IntegerField):
            return NUMBERS.get(table, {}).get(each.name, 1)
        raise TypeError(f"nobody said what to plant in {table}.{each.name}")

    def _canary(self, place: str) -> str:
        """Return a text that stands nowhere else; it would do as a case number too."""
        canary = f"ZQ{self.mark}{next(self._numbers):03}X"
        self.planted.canaries[canary] = place
        return canary


def _next_death() -> int:
    """Return the id of the case that is planted next."""
    return (ChildDeath.select(peewee.fn.MAX(ChildDeath.id)).scalar() or 0) + 1


def texts_without_canary() -> Iterator[str]:
    """Yield the text fields that hold a code instead of a canary."""
    for model in PLANTED:
        table = model._meta.table_name
        for each in model._meta.sorted_fields:
            if isinstance(each, peewee.CharField | peewee.TextField) and each.name in CODES.get(table, {}):
                yield f"{table}.{each.name}"
