"""Details of the demonstration's deaths: what agencies return, and what the panel concludes on each."""

from collections.abc import Sequence
from datetime import date, timedelta

from kscb_actions.child_deaths.judging.rules import FactorFacts, Judgement
from kscb_actions.demo.content import Table
from kscb_actions.demo.schedule import on_or_after

from .cases import IDENTIFIED, PlannedDeath, read_rules

HOSPITALS = ("EKH", "MTW", "DGT")
HOSPITAL_OF = {"maidstone": "MTW", "tunbridge_wells": "MTW", "tonbridge_malling": "MTW", "sevenoaks": "MTW",
               "dartford": "DGT", "gravesham": "DGT"}  # fmt: skip


def judgement_of(death: PlannedDeath) -> Judgement:
    """Return what the panel decides on a case."""
    identified = death.status == IDENTIFIED
    return Judgement(
        categories=death.categories,
        status=death.status,
        status_reason=words_for(death.status, death),
        factors=factors_of(death.kind, identified),
        learning=death.kind.get("learning", "") if identified or death.place % 3 == 0 else "",
    )


def factors_of(kind: Table, identified: bool) -> tuple[FactorFacts, ...]:
    """Return a kind's factors; those that could be modified only where the panel found it so."""
    found = []
    for line in kind["factors"]:
        domain, code, influence, text, *marked = (part.strip() for part in line.split(" | "))
        if identified or not marked:
            found.append(FactorFacts(domain, code.strip("-"), influence, text, bool(marked)))
    return tuple(found)


def agencies_asked(death: PlannedDeath) -> tuple[str, ...]:
    """Return the codes of the agencies that are asked for a return on a case."""
    hospital = HOSPITAL_OF.get(death.facts.district, "EKH")
    surgery = "WKP" if hospital in ("MTW", "DGT") else "ECK"
    years = (death.facts.age_days or 0) // 365
    asked = [hospital] if death.facts.place != "public" or death.place % 2 else []
    if death.facts.expected == "unexpected":
        asked += ["POL", "SECAMB"]
    if (death.facts.age_days or 0) >= 28:
        asked += [surgery, "KCHT" if years < 5 else "ELS"]
    if death.place % 4 == 0 or death.facts.is_abuse_suspected:
        asked.append("SCS")
    return tuple(asked)


def return_of(death: PlannedDeath, agency: str) -> tuple[str, str]:
    """Return (does the agency know the child, what it reports)."""
    seed = death.place + len(agency) + ord(agency[0])
    if agency not in (*HOSPITALS, "SECAMB", "KCHT", "ELS") and seed % 3 == 0:
        return "no", _one(words_of_returns("", death.facts.age_days or 0), seed)
    return "yes", _one(words_of_returns(agency, death.facts.age_days or 0), seed).format(child=death.noun)


def words_of_returns(agency: str, age_days: int) -> tuple[str, ...]:
    """Return what this agency ("": one that does not know the family) may tell of a child of so many days."""
    return tuple(
        words
        for entry in read_rules()["return"]
        if agency in entry.get("agencies", [""]) and entry["ages"][0] <= age_days <= entry["ages"][1]
        for words in entry["told"]
    )


def asked_on(death: PlannedDeath) -> date:
    """Return the day on which agencies are asked, once cases are kept here."""
    return on_or_after(
        max(death.notified_on + timedelta(days=2), read_rules()["begun_on"] + timedelta(days=2))
    )


def words_for(pool: str, death: PlannedDeath, more: int = 0) -> str:
    """Return one of the phrases of a pool, by the case's place."""
    return _one(read_rules()["words"][pool], death.place + more)


def _one(words: Sequence[str], place: int) -> str:
    return words[place % len(words)]
