"""The first page of a paper, and the exceptions by agency: what is asked, then and now, who is charged."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from kscb_actions import clock
from kscb_actions.actions.extensions import ask_extension
from kscb_actions.actions.models import Action
from kscb_actions.actions.service import set_standing
from kscb_actions.assurance.checking import reopen
from kscb_actions.chasing.actions.provider import OPEN_ACTIONS
from kscb_actions.chasing.service import chase
from kscb_actions.people.models import User
from kscb_actions.reports.content import Report, Section
from kscb_actions.reports.progress.first_page.exceptions import MOST_IN_ALL, _shares
from kscb_actions.reports.progress.first_page.pressing import MOST_OF_AGENCY, Item, Worst

from ..assurance.challenges.asking import raised
from ..chasing.log.test_reminders import become
from ..factories import TODAY, World
from ..pages import Visitor
from .faces import decisions_of, rows_if_any, rows_of, summary_of
from .stories import busy, report

FIRST = date(2011, 12, 1)
DATES = [FIRST, date(2012, 1, 20), date(2012, 2, 20), TODAY]
EXCEPTIONS = "Exceptions by agency"


def short(person: User, **choice: Any) -> Report:
    """Return the paper without appendices."""
    return report(person, appendices=(), **choice)


def figures_of(made: Report) -> dict[str, list[str]]:
    """Return {letter: counts then and now, and the difference}."""
    return {row[0].split()[0]: row[1:] for row in rows_of(made, "Actions by rating")}


def section_of(made: Report, begins: str) -> Section:
    """Return the section whose heading begins so."""
    [found] = [each for each in made.sections if each.heading.startswith(begins)]
    return found


@pytest.fixture
def lived(world: World) -> list[Action]:
    """Return actions of each turn that a rating can take between December and the end of March."""
    with clock.at(FIRST):
        recommendation = world.recommendation(world.review("SCR-2011-09"))
        actions = [world.action(date(2012, 6, 1), recommendation=recommendation) for _ in range(2)]
        actions += [world.action(date(2012, 2, 1), recommendation=recommendation) for _ in range(2)]
        actions.append(world.decision(world.action(date(2012, 6, 1), recommendation=recommendation)))
    with clock.at(date(2012, 1, 10)):
        world.decision(actions[0])
        set_standing(world.as_viewer(world.manager), actions[1], "withdrawn", "Overtaken.")
    with clock.at(date(2012, 2, 10)):
        reopen(world.as_viewer(world.chair), Action.get_by_id(actions[4].id), "An audit found no change.")
        world.action(date(2012, 2, 15), world.health, recommendation=recommendation)
    return actions


def test_it_says_to_the_minute_when_it_was_made_and_in_which_post(world: World) -> None:
    made = dict(short(world.manager).header)
    assert made["Made"] == "30 March 2012 at midday by Board manager"
    assert list(made) == ["By", "To", "Made", "Coverage"]
    assert world.manager.name not in repr(made)


def test_the_summary_is_four_short_sentences(world: World) -> None:
    calm = summary_of(short(world.manager))
    busy(world)
    for told in (calm, summary_of(short(world.manager))):
        assert told.count(". ") == 3 and len(told.split()) < 75


@pytest.mark.parametrize("since", DATES[:3])
@pytest.mark.parametrize("choice", [{}, {"agency": "KPOL"}, {"review": "SCR-2011-09"}])
def test_the_counts_of_the_earlier_day_are_those_of_the_paper_of_that_day(
    world: World, lived: list[Action], since: date, choice: dict[str, str]
) -> None:
    now, then = short(world.manager, since=since, **choice), short(world.manager, as_at=since, **choice)
    assert {letter: row[0] for letter, row in figures_of(now).items()} == {
        letter: row[1] for letter, row in figures_of(then).items()
    }
    for before, after, difference in figures_of(now).values():
        assert int(difference.replace("−", "-")) == int(after) - int(before)


def test_what_got_better_and_what_got_worse_is_named_and_what_stopped_or_is_new_is_neither(
    world: World, lived: list[Action]
) -> None:
    section = section_of(short(world.manager, since=date(2011, 12, 30)), "What got better")
    better, names, worse, others = section.blocks
    assert (better.text, worse.text) == ("1 action got better:", "3 actions got worse:")  # type: ignore[union-attr]
    assert names.items == ("SCR-2011-09/A1 Change the procedure.: was green, is blue",)  # type: ignore[union-attr]
    assert sorted(text[:14] for text in others.items) == [f"SCR-2011-09/A{n}" for n in (3, 4, 5)]  # type: ignore[union-attr]
    assert "SCR-2011-09/A5 Change the procedure.: was blue, is amber" in others.items  # type: ignore[union-attr]


def test_of_many_the_first_are_named_and_the_rest_counted_and_listed_in_the_appendix(world: World) -> None:
    with clock.at(FIRST):
        for _ in range(8):
            world.action(date(2012, 2, 1), text="One two three four five six seven eight nine ten.")
    made = report(world.manager, appendices=("closed",))
    [_, names] = section_of(made, "What got better").blocks
    assert len(names.items) == 6 and names.items[-1] == "and 3 more (Appendix C)"  # type: ignore[union-attr]
    assert "six seven eight …: was green, is red" in names.items[0]  # type: ignore[union-attr]
    assert "nine" not in names.items[0]  # type: ignore[union-attr]
    assert len(rows_of(made, "Ratings that got better or worse")) == 8
    assert "Appendix" not in repr(section_of(short(world.manager), "What got better"))


def test_what_waits_for_the_board_is_charged_to_no_agency(world: World) -> None:
    with clock.at(FIRST):
        late, asked = world.action(date(2012, 2, 1)), world.action(date(2012, 1, 1))
        ask_extension(world.as_viewer(world.police_lead), asked, date(2012, 6, 1), "Snow.")
    made = short(world.manager)
    challenge = decisions_of(made)[0]
    assert "KPOL (1: oldest " + late.reference in challenge and asked.reference not in challenge
    [decide] = [text for text in decisions_of(made) if text.startswith("DECIDE")]
    assert f"{asked.reference} (1 Jan to 1 Jun 2012)" in decide
    rows = rows_of(made, EXCEPTIONS)
    assert [row[0] for row in rows] == ["Kent Police: 1 red, 0 amber", late.reference]
    assert "2 actions are overdue, 1 of which waits for the Board" in summary_of(made)


def test_there_is_room_to_write_beside_each_decision_and_no_name_without_a_count(world: World) -> None:
    busy(world)
    rows = rows_of(short(world.manager), "The subgroup is asked to:")
    assert [row[0] for row in rows] == [f"({letter})" for letter in "abcdefghij"[: len(rows)]]
    assert {row[2] for row in rows} == {""}


def test_an_exception_tells_what_was_asked_said_done_and_challenged(world: World) -> None:
    due = date(2012, 3, 1)
    with clock.at(due - timedelta(days=30)):
        action = world.action(due, text="Train everybody.")
        world.progress(action, narrative="Half are trained.")
    for day in (due, due + timedelta(days=7), due + timedelta(days=28)):
        with clock.at(day):
            chase(OPEN_ACTIONS, day, "https://board.example")
            become("sent", state="queued")
    quiet = world.action(date(2012, 3, 20))
    challenge = raised(world, Action.get_by_id(action.id))
    found = {row[0]: row for row in rows_of(short(world.manager), EXCEPTIONS)}
    _, asked, rating, said = found[action.reference]
    assert asked == "Train everybody.\nSuccess measure: An audit shows it."
    assert rating == "1 Mar 2012\nRed: overdue by 29 days"
    assert said == (
        "31 Jan 2012: Half are trained.\nReminded 3 times, last 29 Mar 2012: no answer; "
        f"challenge C{challenge.id} open since 30 Mar 2012."
    )
    assert found[quiet.reference][3].startswith("No update yet.\nNot reminded; no challenge open")
    public = rows_if_any(short(world.manager, publication=True), EXCEPTIONS)
    assert {len(row) for row in public} <= {1, 3}


@pytest.mark.parametrize("choice", [{"agency": "KPOL"}, {"review": "IR-2011-01"}, {"publication": True}])
def test_the_paper_of_one_agency_of_one_review_and_for_the_public_has_the_same_form(
    world: World, choice: dict[str, Any]
) -> None:
    busy(world)
    every = [each.heading for each in short(world.manager).sections]
    other = [each.heading for each in short(world.manager, **choice).sections]
    kept = [heading for heading in every if heading in other]
    assert other == kept
    missing = {"Decisions asked"} if "publication" in choice else set()
    assert set(every) - set(other) == missing


def test_page_has_the_decisions_and_figures_under_headings_of_their_own(
    world: World, visit: Callable[[User], Visitor]
) -> None:
    busy(world)
    page = visit(world.manager).get("/reports/progress")
    headings = [each.text_content().strip() for each in page.tree.xpath("//main//h2")]
    for heading in ("Summary", "Decisions asked", "Figures", EXCEPTIONS):
        assert heading in headings
    assert "Appendices" not in headings


@pytest.mark.parametrize(
    ("counts", "shares"),
    [
        ([], []),
        ([3], [3]),
        ([40], [MOST_OF_AGENCY]),
        ([1, 20], [1, MOST_OF_AGENCY]),
        ([9] * 4, [7, 7, 6, 6]),
        ([2] * 40, [1] * 40),
    ],
)
def test_of_each_agency_one_is_named_and_more_in_turns_while_there_is_room(
    counts: list[int], shares: list[int]
) -> None:
    assert _shares(counts) == shares
    assert sum(shares) <= max(MOST_IN_ALL, len(counts))


def test_of_any_number_the_worst_are_kept_in_order() -> None:
    worst = Worst(3)
    for place in range(200):
        worst.add(Item(((place * 37) % 200,), 1, place, place, 1, 0))
    assert worst.count == 200
    assert [item.order for item in worst.items] == [(0,), (1,), (2,)]
