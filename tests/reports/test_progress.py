"""What a progress report says: counts, exceptions, and only what its reader may see."""

from datetime import date, timedelta
from typing import Any

import pytest

from kscb_actions import database
from kscb_actions.access.policy import Refused
from kscb_actions.actions.models import Action
from kscb_actions.reports.content import Chart
from kscb_actions.reviews.service import name_person
from kscb_actions.text import InvalidInput

from ..factories import TODAY, World
from ..queries import counted
from .faces import decisions_of, rows_of, told
from .stories import actions_in, busy, everything, report, rows_of_exceptions


def test_exceptions_and_counts_come_to_the_same_numbers(world: World) -> None:
    actions = busy(world)
    made = report(world.manager)
    everyone = rows_of(made, "Actions by agency and rating")[-1]
    assert everyone[0] == "All"
    red, amber, *_, total = map(int, everyone[1:])
    assert total == len(actions) + 1 == sum(len(row) > 1 for row in actions_in(made))
    by_reason = [int(row[2]) for row in rows_of(made, "Exceptions by reason")]
    exceptions = [row for row in rows_of_exceptions(made) if len(row) > 1]
    assert sum(by_reason) == red + amber == len(exceptions)
    reviews = rows_of(made, "Actions by review and rating")
    assert reviews[-1] == everyone
    chart = next(block for each in made.sections for block in each.blocks if isinstance(block, Chart))
    assert sum(sum(series.values) for series in chart.series) == total


def test_the_longest_overdue_come_first_and_every_reason_is_named(world: World) -> None:
    busy(world)
    rows = rows_of_exceptions(report(world.manager))
    headings = [row[0] for row in rows if len(row) == 1]
    assert headings == [
        "Overdue (2)",
        "The agency says it cannot be done (1)",
        "Returned by the Board (1)",
        "No due date set (1)",
        "No update for long (1 here, 2 in all)",
        "Extended again and again (1)",
        "Due soon (2)",
    ]
    why = [row[4] for row in rows if len(row) > 1]
    assert why[:2] == ["Red: overdue by 60 days. Also: no update for 200 days.", "Red: overdue by 30 days"]
    assert why[3] == "Amber: returned by the Board: Seen and judged"


def test_members_are_asked_only_for_what_the_facts_give_reason_for(world: World) -> None:
    assert decisions_of(report(world.manager)) == []
    busy(world)
    asked = decisions_of(report(world.manager))
    assert [text.split()[0] for text in asked] == [
        "CHALLENGE",
        "CHALLENGE",
        "CHECK",
        "DECIDE",
        "REPLACE",
        "DATE",
        "CHASE",
    ]
    assert asked[0] == (
        "CHALLENGE 2 actions overdue: KPOL (1: oldest IR-2011-01/A3, 60 days); "
        "NHSK (1: oldest IR-2011-01/A2, 30 days)."
    )


def test_a_restricted_review_moves_nothing_for_whoever_is_not_named(world: World) -> None:
    busy(world)
    people = (world.manager, world.chair, world.reader)
    before = {person: everything(person) for person in people}
    secret = world.review("SCR-2011-77", is_restricted=True, title="Canary", pseudonym="Canary")
    name_person(world.as_viewer(world.manager), secret, world.police_lead)
    action = world.action(
        TODAY - timedelta(days=3), recommendation=world.recommendation(secret), text="Canary."
    )
    world.evidence(action)
    assert {person: everything(person) for person in people} == before
    assert everything(world.chair, restricted=True) == before[world.chair]
    assert "Canary" in everything(world.manager, restricted=True)
    with pytest.raises(InvalidInput, match="no review with this reference"):
        report(world.chair, review="SCR-2011-77")


@pytest.mark.parametrize("name", ["police_lead", "cdop_member", "cdop_coordinator"])
def test_who_may_not_read_reports_gets_none(world: World, name: str) -> None:
    with pytest.raises(Refused):
        report(getattr(world, name))


def test_publication_leaves_out_people_narratives_and_what_is_marked(world: World, story: Action) -> None:
    busy(world)
    open_restricted = world.review("SCR-2011-78", classification="OFFICIAL", is_restricted=True)
    world.action(agency=world.probation, recommendation=world.recommendation(open_restricted))
    full, public = report(world.manager), report(world.manager, publication=True)
    assert public.marking == "UNRESTRICTED"
    text = repr(told(public))
    assert "IR-2011-01" in text
    for hidden in (
        "SCR-2011-09",
        "SCR-2011-78",
        "Child A",
        "Police lead",
        "volunteers",
        "There is no money",
        "Trainer ill",
        "Seen and judged",
        "The procedure as agreed",
    ):
        assert hidden in repr(told(full)) or hidden == "SCR-2011-78"
        assert hidden not in text


def test_one_review_and_one_agency_narrow_everything(world: World, story: Action) -> None:
    busy(world)
    one = report(world.manager, review="ir-2011-01")
    assert one.title == "Progress of the action plan IR-2011-01: internal"
    assert "SCR-" not in repr(told(one))
    health = report(world.manager, agency="NHSK")
    assert {row[3].split("\n")[0] for row in actions_in(health) if len(row) > 1} == {"NHS Kent and Medway"}
    assert rows_of(health, "Actions by agency and rating")[-1][-1] == "1"


@pytest.mark.parametrize(
    ("choice", "field"),
    [
        ({"as_at": TODAY + timedelta(days=1)}, "as_at"),
        ({"as_at": date(1800, 1, 1)}, "as_at"),
        ({"since": TODAY}, "since"),
        ({"since": TODAY + timedelta(days=1)}, "since"),
        ({"since": date(1800, 1, 1)}, "since"),
        ({"review": "NOPE"}, "review"),
        ({"agency": "NOPE"}, "agency"),
        ({"review": "SCR-2011-09", "as_at": date(2011, 5, 31)}, "as_at"),
    ],
)
def test_what_cannot_be_reported_is_said_at_its_field(
    world: World, story: Action, choice: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as wrong:
        report(world.manager, **choice)
    assert list(wrong.value.errors) == [field]


def test_the_number_of_queries_does_not_grow_with_actions(world: World) -> None:
    later = TODAY + timedelta(days=1)

    def queries(**more: Any) -> list[int]:
        counts = []
        for choice in ({}, {"from_trail": True}, {"as_at": TODAY}, {"publication": True}):
            choice = {**choice, **more}
            with database.reading(), counted() as count:
                told(report(world.manager, later, **choice))
            counts.append(int(count))
        return counts

    busy(world)
    few, short = queries(), queries(appendices=())
    for number in range(9):
        action = world.action(TODAY + timedelta(days=3 * number - 15))
        if number % 3 == 0:
            world.submission(action)
    assert few == queries() == [51, 53, 53, 40]
    assert short == queries(appendices=()) == [17, 19, 19, 14]


def test_an_action_with_many_lines_is_shortened_and_says_so(world: World) -> None:
    action = world.action(TODAY)
    world.progress(action, narrative="Long words here. " * 60)
    [row] = [row for row in actions_in(report(world.manager)) if len(row) > 1]
    assert row[8].endswith("… (shortened)")
    assert len(row[8]) < 300
