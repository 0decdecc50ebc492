"""The layout of the file of cases: one row a case, each column with what it holds.

It is this product's own. What a national collection asks for is taken from these columns.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from kscb_actions.child_deaths import terms
from kscb_actions.child_deaths.cases import births
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.judging.decisions import Decided
from kscb_actions.child_deaths.judging.rules import FactorFacts
from kscb_actions.child_deaths.particulars.models import Particulars
from kscb_actions.child_deaths.particulars.rules import forms_of
from kscb_actions.spreadsheets.rules import escape_formula

VERSION = "1"


@dataclass(frozen=True)
class CaseToTake:
    """Hold a case with all that goes into its row; `since` is from when the forms of 2018 are used."""

    death: ChildDeath
    particulars: Particulars | None
    decided: Decided | None
    since: date


@dataclass(frozen=True)
class LayoutColumn:
    """Hold a column: its name, what it holds in words, and what it has of a case."""

    name: str
    holds: str
    value: Callable[[CaseToTake], Any]
    is_text: bool = False


def codes(known: Iterable[object]) -> str:
    """Return codes as the layout names them."""
    return ", ".join(str(each) for each in known)


def _of_death(name: str, holds: str, is_text: bool = False) -> LayoutColumn:
    return LayoutColumn(name, holds, lambda case: getattr(case.death, name), is_text)


def _of_particulars(name: str, holds: str, is_text: bool = False) -> LayoutColumn:
    return LayoutColumn(
        name, holds, lambda case: getattr(case.particulars, name) if case.particulars else None, is_text
    )


def _of_decision(
    name: str, holds: str, find: Callable[[Decided], Any], is_text: bool = False
) -> LayoutColumn:
    return LayoutColumn(name, holds, lambda case: find(case.decided) if case.decided else None, is_text)


def _forms(case: CaseToTake) -> str:
    return forms_of(case.death.died_on, case.since)


def _response(case: CaseToTake) -> str:
    return str(case.death.rapid_response)


def _status(case: CaseToTake) -> str:
    return str(case.death.status)


def _other_categories(decided: Decided) -> str:
    others = decided.judgement.categories - {decided.decision.primary_category}
    return ";".join(str(each) for each in sorted(others))


def _factors(decided: Decided) -> str:
    return ";".join(_factor(each) for each in decided.judgement.factors if each.is_found)


FACTORS_HOLD = "domain:factor:influence, with :modifiable where it is, joined by ;, “other” if no list has it"
COLUMNS = (
    _of_death(
        "case_number", "the panel’s number, which identifies no child; text even where it looks like a date"
    ),
    LayoutColumn("forms", "2008 or 2018: the forms by which it is reviewed", _forms),
    _of_death("died_on", "day of death, like 2019-11-03"),
    _of_particulars("time_of_death", "local time, like 07:45"),
    _of_death("notified_on", "day on which the panel was notified"),
    _of_death("age_number", "age at death, a whole number of age_unit"),
    _of_death("age_unit", "days below 28 days, months below two years, then years"),
    _of_death("age_band", codes(terms.AGE_BANDS)),
    _of_death("sex", codes(terms.SEXES)),
    _of_death("ethnicity", codes(terms.ETHNICITIES)),
    _of_death("district", "code of one of the districts, outside-area, not_known"),
    _of_death("place", codes(terms.PLACES)),
    _of_death("event", f"{codes(terms.EVENTS)}; empty where not recorded"),
    _of_death("expected", codes(terms.EXPECTED)),
    _of_death("looked_after", codes(terms.YES_NO)),
    _of_death("protection_plan", codes(terms.STANDINGS)),
    _of_death("statutory_order", codes(terms.STANDINGS)),
    _of_death("asylum_seeking", codes(terms.YES_NO)),
    LayoutColumn("abuse_suspected", "yes, no", lambda c: "yes" if c.death.is_abuse_suspected else "no"),
    LayoutColumn("response", f"rapid or joint agency response: {codes(terms.YES_NO)}", _response),
    LayoutColumn("response_on", "its day", lambda c: c.death.rapid_response_on),
    _of_death("inquest", codes(terms.INQUESTS)),
    _of_death("criminal", codes(terms.PROCEEDINGS)),
    _of_particulars("birth_weight", "grams"),
    _of_particulars("gestation", "complete weeks"),
    _of_particulars("coroner", codes(terms.CORONER)),
    _of_particulars("certificate", codes(terms.CERTIFICATES)),
    _of_particulars("cause", "as the certificate words it", True),
    _of_particulars("review_meeting_on", "day of the child death review meeting"),
    _of_particulars("key_worker", codes(terms.YES_NO)),
    _of_particulars("key_worker_post", "post, never a name", True),
    _of_particulars("family_questions", "in words", True),
    _of_death("circumstances", "in words", True),
    _of_death(
        "reviewed_on",
        "day on which the panel completed its review; before, this and all that follows is empty",
    ),
    _of_death("primary_category", "1 to 10, the uppermost of those that apply"),
    _of_decision("other_categories", "numbers joined by ;", _other_categories),
    LayoutColumn("modifiable", codes((*terms.MODIFIABLE_NAMES, *terms.PREVENTABLE_NAMES)), _status),
    _of_decision("modifiable_why", "in words", lambda d: d.decision.status_reason, True),
    _of_decision("factors", FACTORS_HOLD, _factors),
    _of_decision("learning", "in words", lambda d: d.decision.learning, True),
)
BIRTH = LayoutColumn(
    "date_of_birth",
    "only where this installation keeps it encrypted, as the last column; else there is no such column",
    lambda case: births.decrypt(case.death.sealed_birth),
)


def columns_here() -> tuple[LayoutColumn, ...]:
    """Return the columns of a file of this installation."""
    return (*COLUMNS, BIRTH) if births.are_kept() else COLUMNS


def row_of(case: CaseToTake, columns: Iterable[LayoutColumn]) -> list[str]:
    """Return the cells of a case as text: days as ISO 8601, "" of what is not recorded."""
    found = []
    for column in columns:
        value = column.value(case)
        text = "" if value is None else value.isoformat() if isinstance(value, date) else str(value)
        found.append(str(escape_formula(text)) if column.is_text else text)
    return found


def _factor(factor: FactorFacts) -> str:
    parts = [factor.domain, factor.code or "other", factor.influence]
    return ":".join([*parts, "modifiable"] if factor.is_modifiable else parts)
