"""The paper of what changed between two days, on the page and as a file, and what it leaves out."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from kscb_actions import clock
from kscb_actions.actions.extensions import change_due_date
from kscb_actions.actions.models import Action, Extension
from kscb_actions.actions.service import set_standing
from kscb_actions.assurance.challenges.models import Challenge
from kscb_actions.assurance.challenges.service import Subject, answer_challenge, raise_challenge
from kscb_actions.assurance.correcting.service import correct_date
from kscb_actions.assurance.voiding.entries.service import void_entry
from kscb_actions.assurance.voiding.service import void
from kscb_actions.people.models import User
from kscb_actions.reports.content import Chart, Report, Table
from kscb_actions.reports.papers import PAPERS
from kscb_actions.reports.progress.changed.rules import CHANGE_NAMES, Change
from kscb_actions.reports.progress.scope import ReportRequest
from kscb_actions.settings.rules import Board

from ...factories import TODAY, World
from ...pages import Visitor
from ...queries import counted
from ..faces import rows_if_any, told
from ..stories import number_of
from ..stories import report as progress_report
from ..test_restricted_papers import CANARY, restricted

SINCE = TODAY - timedelta(days=20)
URL = "https://board.example"
Visit = Callable[[User | None], Visitor]


def paper(person: User, **choice: object) -> Report:
    asked = ReportRequest(**{"since": SINCE, **choice})  # type: ignore[arg-type]
    return PAPERS["changes"].make(person.viewer, Board(), asked, TODAY)


def changed(made: Report) -> dict[str, list[list[str]]]:
    """Return {change: rows of its list}, each list as long as its count says."""
    counts = {name: int(number) for name, number in rows_if_any(made, "Changes")}
    lists = {name: rows_if_any(made, name) for name in counts if counts[name]}
    assert {name: len(rows) for name, rows in lists.items()} == {n: c for n, c in counts.items() if c}
    return lists


@pytest.fixture
def happenings(world: World) -> dict[str, Action]:
    """Return an action for each change that there can be, all but the new one recorded long before."""
    with clock.at(TODAY - timedelta(days=60)):
        review = world.review("SCR-2011-09", classification="OFFICIAL")
        recommendation = world.recommendation(review)
    due = {"overdue": TODAY - timedelta(days=3), "long overdue": SINCE - timedelta(days=9)}
    names = ("accepted", "returned", "done", "extended", "corrected", "challenged", "left", "void", "entry")
    made: dict[str, Action] = {}
    with clock.at(TODAY - timedelta(days=60)):
        for name in (*due, *names):
            on = due.get(name, TODAY + timedelta(days=30))
            text = f"{name.capitalize()} one two three four five six seven eight."
            made[name] = world.action(on, recommendation=recommendation, text=text)
        world.progress(made["corrected"])
    with clock.at(TODAY - timedelta(days=10)):
        manager, chair = world.as_viewer(world.manager), world.as_viewer(world.second_chair)
        world.decision(made["accepted"])
        world.decision(made["returned"], accepted=False)
        world.submission(made["done"])
        change_due_date(chair, made["extended"], TODAY + timedelta(days=90), "The trainer is ill.")
        wrong = Action.get_by_id(made["corrected"].id)
        right = TODAY - timedelta(days=40)
        correct_date(manager, wrong, "current_due_on", right, "A slip.", wrong.version)
        about = Subject(world.police, made["challenged"])
        raised = raise_challenge(chair, about, "lead", "Why is it late?", TODAY + timedelta(days=9), URL)
        set_standing(manager, made["left"], "withdrawn", "Not needed.")
        void(manager, made["void"], "A double.", made["void"].version)
        change_due_date(chair, made["entry"], TODAY + timedelta(days=90), "By mistake.")
        entry = Extension.get(Extension.action == made["entry"])
        void_entry(manager, entry, "It was for another action.", Action.get_by_id(made["entry"].id).version)
        made["new"] = world.action(TODAY + timedelta(days=5), recommendation=recommendation)
    with clock.at(TODAY - timedelta(days=5)):
        member = world.as_viewer(world.police_lead)
        raised = Challenge.get_by_id(raised.id)
        answer_challenge(member, raised, "It is done next week.", raised.version, URL)
    return made


def test_each_change_is_told_with_its_action_in_few_words_and_why(
    world: World, happenings: dict[str, Action]
) -> None:
    found = changed(paper(world.manager))
    told_of = {name: {row[0].rpartition("/A")[2] for row in rows} for name, rows in found.items()}
    numbers = {name: str(action.number) for name, action in happenings.items()}
    expected = {
        Change.ACCEPTED: {"accepted"},
        Change.RETURNED: {"returned"},
        Change.OVERDUE: {"overdue"},
        Change.EXTENDED: {"extended"},
        Change.CORRECTED: {"corrected"},
        Change.DONE: {"done", "accepted", "returned"},
        Change.CHALLENGED: {"challenged"},
        Change.ANSWERED: {"challenged"},
        Change.JOINED: {"new"},
        Change.LEFT: {"left"},
    }
    assert told_of == {
        CHANGE_NAMES[change]: {numbers[name] for name in names} for change, names in expected.items()
    }
    [row] = found["Given a later due date"]
    assert row[1:] == [
        "Extended one two three four five six seven …",
        "Kent Police",
        "Due on 28 June 2012, was 29 April 2012; agreed on 20 March 2012: The trainer is ill.",
    ]
    [row] = found[CHANGE_NAMES[Change.CORRECTED]]
    assert row[3] == "The due date was put right to 19 February 2012: A slip."


def test_the_subgroups_paper_has_the_same_numbers(world: World, happenings: dict[str, Action]) -> None:
    own = {name: str(len(rows)) for name, rows in changed(paper(world.manager)).items()}
    subgroup = progress_report(world.manager, since=SINCE)
    assert {name: number_of(subgroup, name) for name in own} == own


def test_the_page_leads_from_each_count_to_its_list(
    visit: Visit, world: World, happenings: dict[str, Action]
) -> None:
    page = visit(world.chair).get(f"/reports/changes?since={SINCE}")
    lists = changed(paper(world.chair))
    leads = {row.xpath("string(th)"): row.xpath(".//a/@href") for row in page.tree.xpath("//tr[th and td]")}
    assert not leads["Reopened by the Board, after it was accepted"]
    for name, rows in lists.items():
        [href] = leads[name]
        [table] = page.tree.xpath(f"//*[@id='{href[1:]}']//table")
        assert len(table.xpath("./tbody/tr")) == len(rows)
        assert table.xpath("string(caption)") == name


def test_what_people_wrote_is_in_no_paper_for_the_public(world: World, happenings: dict[str, Action]) -> None:
    world.release(happenings["extended"].review)
    words = repr(told(paper(world.manager, publication=True)))
    assert "SCR-2011-09/A" in words
    for said in ("trainer", "A slip", "Why is it late", "next week", "Seen and judged"):
        assert said not in words


def test_a_restricted_review_is_in_it_only_for_those_named_who_tick_it(
    visit: Visit, world: World, happenings: dict[str, Action]
) -> None:
    review = restricted(world)
    before = {name: len(rows) for name, rows in changed(paper(world.reader)).items()}
    for person in (world.manager, world.chair, world.reader):
        made = paper(person)
        assert {name: len(rows) for name, rows in changed(made).items()} == before
        assert CANARY not in repr(told(made))
        page = visit(person).get(f"/reports/changes?since={SINCE}")
        # The form offers the review to those named on it.
        assert review.reference not in page.tree.xpath("string(//*[contains(@class, 'app-report')])")
        assert CANARY not in page.tree.xpath("string(//*[contains(@class, 'app-report')])")
    assert review.reference in repr(told(paper(world.manager, restricted=True)))


def test_ratings_over_time_are_drawn_with_their_table(world: World, happenings: dict[str, Action]) -> None:
    meetings = (TODAY - timedelta(days=50), TODAY - timedelta(days=30))
    made = paper(world.manager, days=meetings)
    [section] = [each for each in made.sections if each.heading == "Ratings over time"]
    [chart] = [each for each in section.blocks if isinstance(each, Chart)]
    [table] = [each for each in section.blocks if isinstance(each, Table)]
    assert list(chart.categories) == ["9 Feb 2012", "29 Feb 2012", "10 Mar 2012", "30 Mar 2012"]
    rows = [list(row) for row in table.rows]
    assert [row[0] for row in rows] == list(chart.categories)
    for place, row in enumerate(rows):
        assert row[1:-1] == [str(each.values[place]) for each in chart.series]
    # As the paper of that day has it: both are counted by the same rules.
    that_day = rows_if_any(
        progress_report(world.manager, as_at=meetings[1]), "Actions by rating, then and now"
    )
    assert [row[2] for row in that_day] == rows[1][1:]


def test_it_takes_the_same_queries_however_much_changed(world: World, happenings: dict[str, Action]) -> None:
    def taken() -> int:
        with counted() as count:
            told(paper(world.manager, days=(TODAY - timedelta(days=50),)))
        return int(count)

    first = taken()
    with clock.at(TODAY - timedelta(days=4)):
        for _ in range(5):
            world.decision(world.action(TODAY + timedelta(days=9)))
    # A list that was empty before would add a query; none is.
    assert taken() == first <= 45
