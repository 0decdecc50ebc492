"""Recording and correcting cases. Nothing that identifies the child is stored."""

from dataclasses import replace
from datetime import date
from typing import Any

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Viewer, require
from kscb_actions.audit.service import change
from kscb_actions.child_deaths.identity import why_identifying
from kscb_actions.settings.districts import read_districts
from kscb_actions.text import InvalidInput, clean_text, one_line, order_key

from . import births, rules
from .models import ChildDeath
from .queries import near_duplicates
from .rules import DeathFacts

# What is copied as it was given.
PLAIN = (
    "case_number",
    "died_on",
    "notified_on",
    "sex",
    "ethnicity",
    "district",
    "place",
    "event",
    "suspected_category",
    "expected",
    "looked_after",
    "protection_plan",
    "statutory_order",
    "asylum_seeking",
    "is_abuse_suspected",
    "rapid_response",
    "rapid_response_on",
    "inquest",
    "criminal",
    "circumstances",
)
POSSIBLE_DUPLICATES = "Look at the cases below. Tick the box if this is another child."


def record_death(
    viewer: Viewer, facts: DeathFacts, are_duplicates_seen: bool = False, date_of_birth: date | None = None
) -> ChildDeath:
    """Record a case and return it. Raise Refused, InvalidInput.

    `date_of_birth`, when given, decides the age and is then forgotten, or encrypted where the installation
    has a key. Cases that could be the same child are refused under "is_another" until they have been seen.
    """
    require(viewer, Permission.RECORD_DEATH)
    death = ChildDeath()
    with change(viewer) as tx:
        facts = _checked(death, facts, date_of_birth)
        if not are_duplicates_seen and near_duplicates(viewer, facts):
            raise InvalidInput({"is_another": POSSIBLE_DUPLICATES})
        set_facts(death, facts)
        death.sealed_birth = births.encrypt(date_of_birth)
        return tx.add(death, "death.recorded")


def edit_death(
    viewer: Viewer, death: ChildDeath, facts: DeathFacts, expected: int, date_of_birth: date | None = None
) -> ChildDeath:
    """Correct a case's facts. Raise Refused, InvalidInput, StaleEdit.

    A new `date_of_birth` replaces an encrypted one.
    """
    require(viewer, Permission.RECORD_DEATH)
    with change(viewer) as tx:
        facts = _checked(death, facts, date_of_birth)
        set_facts(death, facts)
        if date_of_birth is not None:
            death.sealed_birth = births.encrypt(date_of_birth)
        return tx.update(death, "death.changed", expected)


def open_birth(viewer: Viewer, death: ChildDeath) -> date | None:
    """Return the encrypted date of birth; None when it cannot be decrypted with the present key.

    That it was opened is recorded in the audit trail. Raise Refused.
    """
    require(viewer, Permission.RECORD_DEATH)
    born_on = births.decrypt(death.sealed_birth)
    if born_on is not None:
        with change(viewer) as tx:
            tx.note("death.birth-opened", death)
    return born_on


def facts_of(death: ChildDeath) -> DeathFacts:
    """Return a case's facts as recorded; the age is a number of days that is kept as the same age."""
    values: dict[str, Any] = {name: getattr(death, name) for name in PLAIN}
    days = rules.days_of(rules.KeptAge(death.age_number, death.age_unit), death.died_on)
    return DeathFacts(age_days=days, **values)


def set_facts(death: ChildDeath, facts: DeathFacts) -> None:
    """Set facts without problems on a row, which is not saved."""
    for name in PLAIN:
        setattr(death, name, getattr(facts, name))
    death.order_key = order_key(death.case_number)
    age = rules.age_after(facts.age_days or 0, facts.died_on or clock.today())
    death.age_number, death.age_unit, death.age_band = age.kept.number, age.kept.unit, age.band


def cleaned(facts: DeathFacts) -> DeathFacts:
    """Return the facts with texts as they are stored: a case number in capitals."""
    number = one_line(facts.case_number).upper()
    return replace(facts, case_number=number, circumstances=clean_text(facts.circumstances))


def problems_with_case(
    death: ChildDeath, facts: DeathFacts, date_of_birth: date | None = None
) -> dict[str, str]:
    """Return {field: message} for what is wrong with the facts of a case, new or recorded."""
    return _read(death, facts, date_of_birth)[1]


def _checked(death: ChildDeath, facts: DeathFacts, date_of_birth: date | None) -> DeathFacts:
    facts, problems = _read(death, facts, date_of_birth)
    if problems:
        raise InvalidInput(problems)
    return facts


def _read(
    death: ChildDeath, facts: DeathFacts, date_of_birth: date | None
) -> tuple[DeathFacts, dict[str, str]]:
    facts, problems = cleaned(facts), {}
    if date_of_birth is not None:
        died_on = facts.died_on or date_of_birth
        why_not = rules.problems_with_birth(date_of_birth, died_on)
        problems = {"date_of_birth": why_not} if why_not else {}
        facts = replace(facts, age_days=0 if why_not else (died_on - date_of_birth).days)
    problems |= rules.problems_with_death(facts, clock.today(), read_districts().offered(death.district))
    known = None if date_of_birth == facts.died_on else date_of_birth
    identifying = why_identifying(facts.circumstances, known)
    if identifying:
        problems["circumstances"] = identifying
    if facts.died_on and death.reviewed_on and facts.died_on > death.reviewed_on:
        problems["died_on"] = "The panel has completed its review before this date."
    same = ChildDeath.case_number == facts.case_number
    if ChildDeath.select().where(same, ChildDeath.id != (death.id or 0)).exists():
        problems["case_number"] = "Another case has this number."
    return facts, problems
