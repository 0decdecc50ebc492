"""What the database counts is what counting the cases one by one gives."""

import random
from datetime import date, datetime
from typing import Any

import pytest
from flask import Flask

from kscb_actions.access.policy import SYSTEM, Refused
from kscb_actions.child_deaths import terms
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.judging.models import PanelDecision
from kscb_actions.child_deaths.meetings.models import Interest
from kscb_actions.child_deaths.years import year_of
from kscb_actions.database import writing
from kscb_actions.figures.counting import queries
from kscb_actions.figures.counting.tally import NAMES, SAFE_SLEEPING, Basis, tables_of
from kscb_actions.figures.disclosure import axes

from ...factories import World
from ...factories_deaths import DISTRICTS
from ...queries import counted
from ..annual.year_rows import put, some
from ..disclosure import records

YEAR = "2011-12"


def as_records(facts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            **one,
            "categories": {one["primary_category"]},
            "modifiable": one["status"],
            "factors": [(domain, influence) for domain, _, influence in one["factors"]],
            "themes": {code for _, code, _ in one["factors"] if code}
            | ({SAFE_SLEEPING} if {c for _, c, _ in one["factors"]} & set(terms.SAFE_SLEEPING) else set()),
        }
        for one in facts
    ]


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("basis", list(Basis))
def test_every_table_is_that_of_counting_one_by_one(app: Flask, seed: int, basis: Basis) -> None:
    facts = list(some(random.Random(seed), 250))
    put(facts)
    made = tables_of(queries.tally(SYSTEM, basis, YEAR))
    day = "reviewed_on" if basis is Basis.REVIEWED else "died_on"
    inside = [one for one in as_records(facts) if one[day] and year_of(one[day]) == YEAR]
    told = [one for one in inside if one["reviewed_on"]]
    died = axes.died_in(sorted({year_of(one["died_on"]) for one in inside}))
    plain = {axis.code: records.tabulate(inside, axis) for axis in axes.known_at_death(DISTRICTS)}
    plain |= {axis.code: records.tabulate(told, axis) for axis in (axes.CATEGORY, axes.MONTHS)}
    plain["modifiable"] = records.tabulate(told, axes.CATEGORY, axes.MODIFIABLE, has_sum=True)
    plain["domain"] = records.tabulate_factors(told)
    plain["theme"] = records.tabulate(told, axes.theme_axis({code: code for code in themes()}))
    if basis is Basis.REVIEWED:
        plain |= {axis.code: records.tabulate(inside, axis, died) for axis in (axes.CATEGORY, axes.EXPECTED)}
    for code, table in plain.items():
        assert [row.cells for row in made[code].rows] == [row.cells for row in table.rows], code
        assert made[code].totals == table.totals, code
    assert set(made) == set(NAMES) - ({"completed"} if basis is Basis.REVIEWED else set())


def themes() -> list[str]:
    return list(dict.fromkeys([SAFE_SLEEPING, *terms.SAFE_SLEEPING, *terms.FACTOR_NAMES]))


def cells(code: str, basis: Basis = Basis.REVIEWED) -> dict[str, tuple[Any, ...]]:
    made = tables_of(queries.tally(SYSTEM, basis, YEAR))
    return {row.label: row.cells for row in made[code].rows if any(row.cells)}


@pytest.mark.parametrize(("influence", "number"), [("0", 0), ("1", 0), ("1*", 1), ("2", 1), ("3", 1)])
def test_a_theme_is_counted_where_its_factor_was_found(app: Flask, influence: str, number: int) -> None:
    put([{"factors": (("parenting", "co_sleeping", influence),), "primary_category": 10}])
    made = tables_of(queries.tally(SYSTEM, Basis.REVIEWED, YEAR))["theme"]
    assert sum(sum(row.cells) for row in made.rows) == 2 * number


def test_the_decision_in_force_counts_and_no_earlier_one(app: Flask) -> None:
    put([{"factors": (("child", "prematurity", "2"),), "primary_category": 8}])
    with writing():
        decision = PanelDecision.get()
        corrected = PanelDecision.select().dicts().get() | {"id": 2, "number": 2}
        PanelDecision.insert({**corrected, "primary_category": 4}).execute()
        ChildDeath.update(decision_number=2, primary_category=4).where(
            ChildDeath.id == decision.death_id
        ).execute()
    assert cells("theme") == {}
    assert cells("category") == {"Malignancy": (1,)}
    assert cells("domain")["The child’s own needs"] == (1, 0, 0, 0, 0, 1)


def test_the_last_word_on_a_referral_counts(app: Flask) -> None:
    put([{"referred": True}, {"referred": False}, {}, {"reviewed_on": None, "referred": True}])
    assert {label: number for label, (number,) in cells("referral").items()} == {
        "Referred to the serious case review subgroup": 1,
        "Considered, and not referred": 1,
        "No reason to consider a referral": 1,
    }


@pytest.mark.parametrize(
    ("died_on", "reviewed_on", "band"),
    [
        (date(2011, 5, 31), date(2011, 11, 30), "Under 6 months"),
        (date(2011, 5, 31), date(2011, 12, 1), "6 or 7 months"),
        (date(2011, 4, 1), date(2012, 3, 31), "10 or 11 months"),
        (date(2011, 3, 31), date(2012, 3, 31), "12 months"),
        (date(2011, 2, 28), date(2012, 3, 28), "Over 12 months"),
    ],
)
def test_months_are_complete_months(app: Flask, died_on: date, reviewed_on: date, band: str) -> None:
    put([{"died_on": died_on, "reviewed_on": reviewed_on}])
    assert cells("months") == {band: (1,)}


@pytest.mark.parametrize(
    ("day", "is_inside"),
    [
        (date(2011, 3, 31), False),
        (date(2011, 4, 1), True),
        (date(2012, 3, 31), True),
        (date(2012, 4, 1), False),
    ],
)
def test_a_year_runs_from_april_to_march(app: Flask, day: date, is_inside: bool) -> None:
    put([{"died_on": day, "reviewed_on": None}, {"died_on": date(2011, 1, 1), "reviewed_on": day}])
    assert queries.tally(SYSTEM, Basis.DIED, YEAR).total == is_inside
    assert queries.tally(SYSTEM, Basis.REVIEWED, YEAR).total == is_inside


def test_what_was_called_preventable_is_never_called_modifiable(app: Flask) -> None:
    put(
        [
            {"died_on": date(2009, 5, 1), "reviewed_on": date(2010, 3, 31), "status": "preventable"},
            {"died_on": date(2009, 5, 1), "reviewed_on": date(2010, 4, 1), "status": "identified"},
        ]
    )
    by_review = [tables_of(queries.tally(SYSTEM, Basis.REVIEWED, year)) for year in ("2009-10", "2010-11")]
    assert by_review[0]["modifiable"].totals == (1, 0, 0, 0, 1)
    assert by_review[1]["modifiable"].totals == (1, 0, 0, 1)
    by_death = tables_of(queries.tally(SYSTEM, Basis.DIED, "2009-10"))["modifiable"]
    assert dict(zip(by_death.columns, by_death.totals, strict=True)) == {
        "Preventable": 1,
        "Potentially preventable": 0,
        "Not preventable": 0,
        "Inadequate information": 0,
        "Modifiable factors identified": 1,
        "No modifiable factors identified": 0,
        "Insufficient information": 0,
        "All": 2,
    }


def test_an_interest_changes_no_count_and_few_see_any(app: Flask, world: World) -> None:
    put([{}, {"sex": "male"}])
    member = world.as_viewer(world.cdop_member)
    before = queries.tally(member, Basis.REVIEWED, YEAR)
    with writing():
        Interest.create(death=1, user=world.cdop_member, nature="Treated.", declared_at=datetime(2012, 1, 1))  # noqa: DTZ001
    assert queries.tally(member, Basis.REVIEWED, YEAR) == before
    assert queries.years(member, Basis.REVIEWED) == [YEAR]
    for user in (world.reader, world.manager, world.chair, world.police_lead):
        with pytest.raises(Refused):
            queries.tally(world.as_viewer(user), Basis.REVIEWED, YEAR)
        with pytest.raises(Refused):
            queries.years(world.as_viewer(user), Basis.DIED)


def test_the_number_of_queries_does_not_grow_with_the_deaths(app: Flask) -> None:
    put(some(random.Random(5), 20))
    with counted() as few:
        queries.tally(SYSTEM, Basis.REVIEWED, YEAR)
    put(some(random.Random(6), 200))
    with counted() as many:
        queries.tally(SYSTEM, Basis.REVIEWED, YEAR)
    assert int(few) == int(many) == 6
