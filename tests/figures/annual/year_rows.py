"""Deaths written straight into their tables, for what counts them: the services have tests of their own."""

import random
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from peewee import chunked

from kscb_actions import database
from kscb_actions.child_deaths import terms
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.cases.rules import MODIFIABLE_SINCE
from kscb_actions.child_deaths.judging.models import Factor, PanelDecision
from kscb_actions.child_deaths.learning.models import Referral
from kscb_actions.database import Model, writing

from ...factories_deaths import DISTRICTS

Facts = dict[str, Any]
PLAIN: Facts = {
    "died_on": date(2011, 6, 1),
    "reviewed_on": date(2012, 2, 1),
    "age_number": 3,
    "age_unit": "days",
    "age_band": "under_28_days",
    "sex": "female",
    "ethnicity": "white_british",
    "district": "thanet",
    "place": "hospital",
    "expected": "expected",
    "looked_after": "no",
    "protection_plan": "never",
    "statutory_order": "never",
    "asylum_seeking": "no",
    "rapid_response": "no",
    "inquest": "none",
    "criminal": "none",
    "primary_category": 8,
    "status": "none",
    "factors": (),
    "referred": None,
}
_RECORDED = datetime(2012, 2, 1, tzinfo=UTC)


def put(deaths: Iterable[Facts]) -> None:
    """Write these deaths, each PLAIN but for what is given; `factors` are (domain, code, influence)."""
    first = ChildDeath.select().count() + 1
    whole = [{**PLAIN, **facts} for facts in deaths]
    numbered = list(enumerate(whole, start=first))
    with writing():
        _insert(ChildDeath, (_case(number, facts) for number, facts in numbered))
        reviewed = [(number, facts) for number, facts in numbered if facts["reviewed_on"]]
        _insert(PanelDecision, (_decision(number, facts) for number, facts in reviewed))
        _insert(Factor, _factors(reviewed))
        _insert(Referral, _referrals(numbered))


def _case(number: int, facts: Facts) -> Facts:
    kept = {name: value for name, value in facts.items() if name not in ("factors", "referred")}
    if facts["reviewed_on"] is None:
        kept |= {"primary_category": None, "status": "", "decision_number": 0}
    else:
        kept |= {"decision_number": 1}
    return kept | {"id": number, "case_number": f"CD/{number:05}", "notified_on": facts["died_on"]}


def _decision(number: int, facts: Facts) -> Facts:
    return {
        "id": number,
        "death": number,
        "number": 1,
        "completed_on": facts["reviewed_on"],
        "categories": str(facts["primary_category"]),
        "primary_category": facts["primary_category"],
        "status": facts["status"],
        "decided_by": "CDOP co-ordinator",
        "recorded_at": _RECORDED,
    }


def _factors(reviewed: Iterable[tuple[int, Facts]]) -> Iterator[Facts]:
    for number, facts in reviewed:
        for domain, code, influence in facts["factors"]:
            yield {"decision": number, "domain": domain, "code": code, "influence": influence}


def _referrals(numbered: Iterable[tuple[int, Facts]]) -> Iterator[Facts]:
    for number, facts in numbered:
        if facts["referred"] is not None:
            yield {
                "death": number,
                "number": 1,
                "is_referred": facts["referred"],
                "decision_number": 1 if facts["reviewed_on"] else 0,
                "was_suspected": False,
                "reason": "It was considered.",
                "decided_on": facts["died_on"],
                "decided_by": "CDOP co-ordinator",
                "recorded_at": _RECORDED,
            }


def _insert(model: type[Model], rows: Iterable[Facts]) -> None:
    for batch in chunked(rows, 500):
        model.insert_many(batch).execute()
    if not database.is_sqlite():
        # The rows have ids of their own, of which PostgreSQL's sequence knows nothing.
        table = f'"{model._meta.table_name}"'
        newest = f"(SELECT COALESCE(MAX(id), 0) + 1 FROM {table})"
        database.db.execute_sql(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {newest}, false)")


def some(
    rng: random.Random, number: int, first: date = date(2009, 4, 1), days: int = 1090
) -> Iterator[Facts]:
    """Yield random deaths; some are reviewed, of those some have factors and some are referred."""
    for _ in range(number):
        died_on = first + timedelta(days=rng.randrange(days))
        reviewed_on = died_on + timedelta(days=rng.randrange(30, 500)) if rng.random() < 0.8 else None
        names = terms.MODIFIABLE_NAMES
        if reviewed_on and reviewed_on < MODIFIABLE_SINCE:
            names = terms.PREVENTABLE_NAMES
        yield {
            "died_on": died_on,
            "reviewed_on": reviewed_on,
            "age_band": rng.choices(list(terms.AGE_BANDS), (40, 20, 12, 8, 8, 12))[0],
            "sex": rng.choices(list(terms.SEXES), (45, 54, 1))[0],
            "ethnicity": rng.choices(list(terms.ETHNICITIES), (70, *(1,) * 17, 6))[0],
            "district": rng.choice([*DISTRICTS, "elsewhere"]),
            "place": rng.choices(list(terms.PLACES), (20, 2, 60, 4, 1, 1, 1, 6, 2, 2, 1))[0],
            "expected": rng.choices(list(terms.EXPECTED), (60, 38, 2))[0],
            "looked_after": rng.choices(list(terms.YES_NO), (3, 94, 3))[0],
            "protection_plan": rng.choices(list(terms.STANDINGS), (3, 4, 90, 3))[0],
            "statutory_order": rng.choices(list(terms.STANDINGS), (2, 2, 93, 3))[0],
            "asylum_seeking": rng.choices(list(terms.YES_NO), (2, 95, 3))[0],
            "primary_category": rng.choices(range(1, 11), (1, 2, 6, 8, 5, 5, 22, 34, 6, 11))[0],
            "status": rng.choices(list(names), (15, 80, *(5,) * (len(names) - 2)))[0],
            "factors": tuple(_some_factors(rng)),
            "referred": rng.choices([None, True, False], (94, 2, 4))[0],
        }


def _some_factors(rng: random.Random) -> Iterator[tuple[str, str, str]]:
    for _ in range(rng.choices((0, 1, 2, 4), (30, 35, 20, 15))[0]):
        domain = rng.choice(list(terms.DOMAINS))
        code = rng.choice(["", *terms.FACTORS[domain]])
        yield domain, code, rng.choice(["1*", "2", "2", "3"])
