"""What a progress report says: counts, changes, exceptions, and only what its reader may see."""

from datetime import date, timedelta
from typing import Any

import pytest

from kscb_actions import clock, database
from kscb_actions.access.policy import Refused
from kscb_actions.actions.extensions import ask_extension, change_due_date, decide_extension
from kscb_actions.actions.models import Action
from kscb_actions.actions.service import ActionFacts, edit_action, set_standing
from kscb_actions.assurance.service import withdraw_evidence
from kscb_actions.audit.service import change
from kscb_actions.people.models import User
from kscb_actions.reports.content import Chart, Report
from kscb_actions.reports.progress import build_progress
from kscb_actions.reports.scope import Choice
from kscb_actions.reviews.recommendations import answer_recommendation
from kscb_actions.reviews.rules import ReviewFacts
from kscb_actions.reviews.service import edit_review, name_person
from kscb_actions.settings.rules import Board
from kscb_actions.text import InvalidInput
from tests.factories import TODAY, World
from tests.queries import counted

from .faces import rows_of, told


def report(person: User, today: date = TODAY, from_trail: bool = False, **choice: Any) -> Report:
    return build_progress(person.viewer, Board(), Choice(**choice), today, from_trail)


def everything(person: User, **choice: Any) -> str:
    return repr(told(report(person, **choice)))


def row_of(made: Report, reference: str, caption: str = "All actions") -> list[str]:
    return next(row for row in rows_of(made, caption) if row[0] == reference)


def changes_of(made: Report) -> dict[str, tuple[str, str]]:
    return {name: (number, which) for name, number, which in rows_of(made, "Changes")}


@pytest.fixture
def story(world: World) -> Action:
    """An action whose date moves, whose text is edited, which is returned and then accepted."""
    with clock.at(date(2011, 6, 1)):
        action = world.action(
            date(2011, 9, 1), recommendation=world.recommendation(world.review("SCR-2011-09"))
        )
    with clock.at(date(2011, 8, 1)):
        action = Action.get_by_id(action.id)
        asked = ask_extension(world.as_viewer(world.police_lead), action, date(2011, 12, 1), "No trainer.")
    with clock.at(date(2011, 8, 10)):
        decide_extension(world.as_viewer(world.second_chair), asked, True, "Agreed.")
    with clock.at(date(2011, 10, 1)):
        action = Action.get_by_id(action.id)
        facts = ActionFacts("Change the procedure and train staff.", due_on=action.current_due_on)
        edit_action(world.as_viewer(world.manager), action, facts, None, action.version)
    with clock.at(date(2012, 1, 10)):
        action = world.decision(Action.get_by_id(action.id), accepted=False)
    with clock.at(date(2012, 2, 20)):
        return world.decision(Action.get_by_id(action.id))


@pytest.mark.parametrize(
    ("as_at", "text", "who", "due", "timeliness", "rating", "check"),
    [
        (
            date(2011, 6, 1),
            "Change the procedure.",
            "Police lead",
            "1 Sep 2011",
            "Due in 92 days",
            "Green",
            "Not yet",
        ),
        (
            date(2011, 8, 9),
            "Change the procedure.",
            "Police lead",
            "1 Sep 2011",
            "Due in 23 days",
            "Green",
            "Not yet",
        ),
        (
            date(2011, 8, 10),
            "Change the procedure.",
            "Police lead",
            "1 Dec 2011",
            "Due in 113 days",
            "Green",
            "Not",
        ),
        (
            date(2011, 9, 30),
            "Change the procedure.",
            "Police lead",
            "1 Dec 2011",
            "Due in 62 days",
            "Amber: no",
            "Not",
        ),
        (
            date(2011, 10, 1),
            "Change the procedure and",
            "No lead",
            "1 Dec 2011",
            "Due in 61 days",
            "Amber: no",
            "Not",
        ),
        (
            date(2011, 12, 1),
            "Change the procedure and",
            "No lead",
            "1 Dec 2011",
            "Due today",
            "Amber: due",
            "Not",
        ),
        (
            date(2011, 12, 2),
            "Change the procedure and",
            "No lead",
            "1 Dec 2011",
            "Overdue by 1 day",
            "Red",
            "Not yet",
        ),
        (
            date(2012, 1, 10),
            "Change the procedure and",
            "No lead",
            "1 Dec 2011",
            "Overdue by 40",
            "Red",
            "Returned",
        ),
        (
            date(2012, 2, 19),
            "Change the procedure and",
            "No lead",
            "1 Dec 2011",
            "Overdue by 80",
            "Red",
            "Returned",
        ),
        (
            date(2012, 2, 20),
            "Change the procedure and",
            "No lead",
            "1 Dec 2011",
            "Done 81 days late",
            "Blue",
            "Accept",
        ),
        (
            TODAY,
            "Change the procedure and train",
            "No lead",
            "1 Dec 2011",
            "Done 81 days late",
            "Blue",
            "Accepted",
        ),
    ],
)
def test_a_paper_for_each_day_tells_what_was_true_that_day(
    world: World,
    story: Action,
    as_at: date,
    text: str,
    who: str,
    due: str,
    timeliness: str,
    rating: str,
    check: str,
) -> None:
    row = row_of(report(world.manager, as_at=as_at), "SCR-2011-09/A1")
    assert row[2].startswith(text)
    assert who in row[3]
    assert row[4:6] == ["1 Sep 2011", due]
    for shown, expected in zip(row[6:8], (timeliness, rating), strict=True):
        assert shown.startswith(expected)
    assert row[9].startswith(check)


def test_the_last_narrative_is_that_of_the_day(world: World, story: Action) -> None:
    before = row_of(report(world.manager, as_at=date(2012, 1, 9)), "SCR-2011-09/A1")
    after = row_of(report(world.manager, as_at=date(2012, 1, 10)), "SCR-2011-09/A1")
    assert before[8] == "Not started\nNo update yet."
    assert after[8] == "Done\n10 Jan 2012: It is done."


def test_names_are_those_of_the_day(world: World, story: Action) -> None:
    later = TODAY + timedelta(days=5)
    with clock.at(TODAY + timedelta(days=2)), change(world.as_viewer(world.manager)) as tx:
        world.police.name = "Kent Constabulary"
        tx.update(world.police, "agency.changed")
    then = report(world.manager, later, as_at=TODAY + timedelta(days=1))
    now = report(world.manager, later)
    assert row_of(then, "SCR-2011-09/A1")[3].startswith("Kent Police")
    assert row_of(now, "SCR-2011-09/A1")[3].startswith("Kent Constabulary")


def test_before_the_first_record_there_is_nothing_to_tell(world: World, story: Action) -> None:
    made = report(world.manager, as_at=date(2011, 5, 31))
    assert rows_of(made, "All actions") == []
    assert "0 reviews" in made.header[-1][1]


def test_today_is_the_same_from_the_rows_and_from_the_trail(world: World, story: Action) -> None:
    busy(world)
    for person in (world.manager, world.reader):
        for publication in (False, True):
            rows = told(report(person, publication=publication))
            assert rows == told(report(person, from_trail=True, publication=publication))


def busy(world: World) -> list[Action]:
    """Actions of every rating, with answers, extensions and evidence."""
    open_review = world.review("IR-2011-01", classification="OFFICIAL", kind="independent")
    recommendation = world.recommendation(open_review)
    with clock.at(TODAY - timedelta(days=200)):
        silent = world.action(TODAY + timedelta(days=100), recommendation=recommendation)
        overdue = world.action(TODAY - timedelta(days=30), world.health, recommendation=recommendation)
        world.action(TODAY - timedelta(days=60), recommendation=recommendation)
    with clock.at(TODAY - timedelta(days=10)):
        world.progress(
            overdue, narrative="Half of \U0001f600 \x0b<staff> & volunteers trained.\nMore to come."
        )
    actions = [silent, overdue]
    for due_on in (None, TODAY, TODAY + timedelta(days=14), TODAY + timedelta(days=15)):
        actions.append(world.action(due_on, recommendation=recommendation))
    world.progress(actions[-1], "cannot_be_done", "There is no money.")
    returned = world.decision(world.action(TODAY + timedelta(days=40)), accepted=False)
    accepted = world.decision(world.action(TODAY - timedelta(days=1), recommendation=recommendation))
    submitted = world.action(TODAY + timedelta(days=50), recommendation=recommendation)
    world.submission(submitted)
    held = world.action(TODAY - timedelta(days=5), recommendation=recommendation)
    set_standing(world.as_viewer(world.manager), held, "on_hold", "An inquest.")
    extended = world.action(TODAY + timedelta(days=20), recommendation=recommendation)
    for days in (30, 40):
        change_due_date(world.as_viewer(world.chair), extended, TODAY + timedelta(days=days), "Trainer ill.")
        extended = Action.get_by_id(extended.id)
    ask_extension(world.as_viewer(world.police_lead), extended, TODAY + timedelta(days=90), "More time.")
    manager = world.as_viewer(world.manager)
    answer_recommendation(manager, recommendation, world.police, "partly", "Not for volunteers.")
    answer_recommendation(manager, recommendation, world.health, "accepted")
    return [*actions, returned, accepted, submitted, held, extended]


def test_exceptions_and_counts_come_to_the_same_numbers(world: World) -> None:
    actions = busy(world)
    made = report(world.manager)
    everyone = rows_of(made, "Actions by agency and rating")[-1]
    assert everyone[0] == "All"
    red, amber, *_, total = map(int, everyone[1:])
    assert total == len(actions) + 1 == sum(len(row) > 1 for row in rows_of(made, "All actions"))
    by_reason = [int(row[2]) for row in rows_of(made, "Exceptions by reason")]
    exceptions = [row for row in rows_of_exceptions(made) if len(row) > 1]
    assert sum(by_reason) == red + amber == len(exceptions)
    reviews = rows_of(made, "Actions by review and rating")
    assert reviews[-1] == everyone
    chart = next(block for each in made.sections for block in each.blocks if isinstance(block, Chart))
    assert sum(sum(series.values) for series in chart.series) == total


def rows_of_exceptions(made: Report) -> list[list[str]]:
    [section] = [each for each in made.sections if each.heading == "Exceptions"]
    table: Any = section.blocks[-1]
    return [
        [row.heading] if hasattr(row, "heading") else [getattr(c, "text", c) for c in row]
        for row in table.rows
    ]


def test_the_longest_overdue_come_first_and_every_reason_is_named(world: World) -> None:
    busy(world)
    rows = rows_of_exceptions(report(world.manager))
    headings = [row[0] for row in rows if len(row) == 1]
    assert headings == [
        "Overdue (2)",
        "Cannot be done (1)",
        "Returned by the Board (1)",
        "No due date (1)",
        "No update for long (1)",
        "Extended again and again (1)",
        "Due soon (2)",
    ]
    why = [row[4] for row in rows if len(row) > 1]
    assert why[:2] == ["Red: overdue by 60 days. Also: no update for 200 days.", "Red: overdue by 30 days"]
    assert why[3] == "Amber: returned by the Board: Seen and judged"


def test_changes_count_what_happened_after_the_one_day_up_to_the_other(world: World, story: Action) -> None:
    made = report(world.manager, as_at=date(2012, 1, 10), since=date(2011, 8, 9))
    changes = changes_of(made)
    assert changes["Given a later due date"] == ("1", "SCR-2011-09/A1")
    assert changes["Reported done by the agency"] == ("1", "SCR-2011-09/A1")
    assert changes["Returned by the Board"] == ("1", "SCR-2011-09/A1")
    assert changes["Fell overdue, and still are"] == ("1", "SCR-2011-09/A1")
    assert changes["Accepted by the Board"] == changes["New actions"] == ("0", "–")


@pytest.mark.parametrize(
    ("since", "as_at", "number"),
    [
        (date(2011, 5, 31), date(2011, 6, 1), "1"),
        (date(2011, 6, 1), date(2011, 6, 2), "0"),
        (date(2011, 5, 30), date(2011, 5, 31), "0"),
    ],
)
def test_two_papers_in_a_row_tell_each_change_once(
    world: World, story: Action, since: date, as_at: date, number: str
) -> None:
    assert changes_of(report(world.manager, as_at=as_at, since=since))["New actions"][0] == number


@pytest.mark.parametrize(
    ("since", "number"), [(date(2011, 11, 30), "1"), (date(2011, 12, 1), "1"), (date(2011, 12, 2), "0")]
)
def test_an_action_fell_overdue_when_it_was_not_overdue_at_the_end_of_the_first_day(
    world: World, story: Action, since: date, number: str
) -> None:
    changes = changes_of(report(world.manager, as_at=date(2012, 1, 9), since=since))
    assert changes["Fell overdue, and still are"][0] == number


def test_changes_are_told_since_three_months_unless_asked_otherwise(world: World) -> None:
    assert report(world.manager).since == date(2011, 12, 30)
    assert report(world.manager, as_at=date(2011, 5, 31)).since == date(2011, 2, 28)


def test_members_are_asked_only_for_what_the_facts_give_reason_for(world: World) -> None:
    calm = report(world.manager)
    assert len(calm.asked) == 1
    assert calm.asked[0].startswith("NOTE that 0 actions have been accepted")
    busy(world)
    asked = report(world.manager).asked
    assert [text.split()[0] for text in asked] == [
        "NOTE",
        "CHALLENGE",
        "CHALLENGE",
        "DECIDE",
        "DECIDE",
        "CHECK",
        "AGREE",
    ]
    assert asked[1] == "CHALLENGE overdue actions with Kent Police (1) and NHS Kent and Medway (1)."


def test_a_restricted_review_moves_nothing_for_whoever_is_not_named(world: World) -> None:
    busy(world)
    before = {person: everything(person) for person in (world.manager, world.chair, world.reader)}
    secret = world.review("SCR-2011-77", is_restricted=True, title="Canary", pseudonym="Canary")
    name_person(world.as_viewer(world.manager), secret, world.police_lead)
    action = world.action(
        TODAY - timedelta(days=3), recommendation=world.recommendation(secret), text="Canary."
    )
    world.evidence(action)
    assert everything(world.chair) == before[world.chair]
    assert everything(world.reader) == before[world.reader]
    assert "Canary" in everything(world.manager)
    with pytest.raises(InvalidInput, match="no review with this reference"):
        report(world.chair, review="SCR-2011-77")


def test_a_review_restricted_since_is_in_no_paper_for_an_earlier_day(world: World, story: Action) -> None:
    review = story.review
    facts = ReviewFacts(review.reference, review.kind, review.title, is_restricted=True)
    edit_review(world.as_viewer(world.manager), review, facts, review.version)
    assert "SCR-2011-09" not in everything(world.chair, as_at=date(2011, 12, 1))
    assert "SCR-2011-09" in everything(world.manager, as_at=date(2011, 12, 1))


@pytest.mark.parametrize("name", ["police_lead", "cdop_member", "cdop_coordinator"])
def test_who_may_not_read_reports_gets_none(world: World, name: str) -> None:
    with pytest.raises(Refused):
        report(getattr(world, name))


def test_publication_leaves_out_people_narratives_and_what_is_marked(world: World, story: Action) -> None:
    busy(world)
    open_restricted = world.review("SCR-2011-78", classification="OFFICIAL", is_restricted=True)
    world.action(agency=world.probation, recommendation=world.recommendation(open_restricted))
    full, public = report(world.manager), report(world.manager, publication=True)
    assert public.marking == "OFFICIAL"
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
    assert one.title == "Progress of the action plan: IR-2011-01"
    assert "SCR-" not in repr(told(one))
    health = report(world.manager, agency="NHSK")
    assert {row[3].split("\n")[0] for row in rows_of(health, "All actions") if len(row) > 1} == {
        "NHS Kent and Medway"
    }
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

    def queries() -> list[int]:
        counts = []
        for choice in ({}, {"from_trail": True}, {"as_at": TODAY}, {"publication": True}):
            with database.reading(), counted() as count:
                told(report(world.manager, later, **choice))
            counts.append(int(count))
        return counts

    busy(world)
    few = queries()
    for number in range(30):
        action = world.action(TODAY + timedelta(days=number - 15))
        if number % 3 == 0:
            world.submission(action)
    assert few == queries() == [19, 21, 21, 17]


def test_an_action_with_many_lines_is_shortened_and_says_so(world: World) -> None:
    action = world.action(TODAY)
    world.progress(action, narrative="Long words here. " * 60)
    [row] = [row for row in rows_of(report(world.manager), "All actions") if len(row) > 1]
    assert row[8].endswith("… (shortened)")
    assert len(row[8]) < 300


def test_evidence_withdrawn_later_was_held_on_the_day(world: World) -> None:
    with clock.at(date(2012, 3, 1)):
        evidence = world.evidence(world.action(TODAY))
    with clock.at(date(2012, 3, 10)):
        withdraw_evidence(world.as_viewer(world.police_lead), evidence, "Wrong file.")
    for day, number in ((date(2012, 2, 29), 0), (date(2012, 3, 9), 1), (date(2012, 3, 10), 0)):
        assert len(rows_of(report(world.manager, as_at=day), "Evidence by kind")) == number
        made = rows_of(report(world.manager, as_at=day), "Every piece of evidence")
        assert [row[2:6] for row in made] == [
            ["Policy or procedure", "1 Mar 2012", "1 Mar 2012", "1"]
        ] * number


def test_a_request_waits_until_the_day_it_is_decided(world: World, story: Action) -> None:
    caption = "Requests that wait"
    waiting = rows_of(report(world.manager, as_at=date(2011, 8, 9)), caption)
    decided = rows_of(report(world.manager, as_at=date(2011, 8, 10)), caption)
    told_before = rows_of(report(world.manager, as_at=date(2012, 3, 1), since=date(2011, 8, 10)), caption)
    assert [row[5:] for row in waiting] == [["Waits for a decision", "No trainer."]]
    assert [row[5:] for row in decided] == [["Agreed, 10 Aug 2011", "No trainer.\nAgreed."]]
    assert told_before == []
