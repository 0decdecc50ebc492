"""Whose turn it is, at every boundary, in words, and the same in SQL, today and on every past day."""

import random
import re
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kscb_actions import clock, database
from kscb_actions.access.policy import SYSTEM, Role, Viewer
from kscb_actions.actions.conditions import holds
from kscb_actions.actions.listing import list_actions
from kscb_actions.actions.models import Action, facts_of
from kscb_actions.actions.moves import moves_of
from kscb_actions.actions.narrowing import Filter
from kscb_actions.actions.owners.service import share
from kscb_actions.actions.queries import count_waits, count_waits_of_agencies
from kscb_actions.actions.turn import (
    MOVES,
    NONE_WAITS,
    TURN_NAMES,
    TURN_RULES,
    WAITS_FOR,
    WAITS_FOR_NAMES,
    Moves,
    RatingFacts,
    Side,
    Turn,
    WaitsForBoard,
    turn_in_short,
    turn_words,
    whose_turn,
)
from kscb_actions.audit.service import change
from kscb_actions.config import ROOT
from kscb_actions.people.models import Agency
from kscb_actions.reports.progress.past import facts_of_row
from kscb_actions.reports.progress.queries import list_actions as list_of_paper
from kscb_actions.reports.progress.scope import ReportRequest, scope_of
from kscb_actions.settings.rules import Board, Thresholds

from ..factories import TODAY, World
from .stories import ask_for_more_time
from .test_rating import ANY_FACTS, NEAR, facts
from .turn_stories import Story, live

MOVED, ASKED = TODAY - timedelta(days=27), TODAY - timedelta(days=12)
SINCE = Moves(moved_on=MOVED)
STUCK = "cannot_be_done"
BOTH_ASKED = Moves(MOVED, more_time_on=ASKED, is_asked=True)


def stuck(**known: Any) -> RatingFacts:
    """Return the facts of an action that cannot be done, its agency says."""
    return facts(progress=STUCK, **known)


@pytest.mark.parametrize(
    ("case", "side", "code", "since"),
    [
        (facts(moves=SINCE), Side.AGENCY, "to_do", MOVED),
        (facts(), Side.AGENCY, "to_do", None),
        (stuck(moves=SINCE), Side.BOARD, STUCK, MOVED),
        (stuck(moves=Moves(MOVED, cannot_on=ASKED)), Side.BOARD, STUCK, ASKED),
        # Where it was held and is active again since, the Board has it since then.
        (stuck(moves=Moves(ASKED, cannot_on=MOVED)), Side.BOARD, STUCK, ASKED),
        (stuck(moves=Moves(MOVED, ASKED)), Side.BOARD, "more_time", ASKED),
        (stuck(assurance="returned", moves=SINCE), Side.BOARD, STUCK, MOVED),
        (stuck(moves=Moves(ASKED, is_sent_back=True)), Side.AGENCY, "another_way", ASKED),
        (stuck(assurance="accepted", moves=SINCE), Side.NOBODY, "accepted", None),
        (stuck(standing="on_hold", moves=SINCE), Side.NOBODY, "stopped", None),
        (facts(moves=Moves(MOVED, possible_on=ASKED)), Side.AGENCY, "to_do", ASKED),
        (facts(moves=Moves(MOVED, decided_on=ASKED)), Side.AGENCY, "to_do", ASKED),
        (facts(moves=Moves(ASKED, decided_on=MOVED)), Side.AGENCY, "to_do", ASKED),
        (facts(moves=Moves(MOVED, more_time_on=ASKED)), Side.BOARD, "more_time", ASKED),
        (facts(assurance="submitted", moves=SINCE), Side.BOARD, "check", MOVED),
        (facts(assurance="submitted", moves=Moves(MOVED, is_asked=True)), Side.AGENCY, "question", MOVED),
        (facts(assurance="submitted", moves=Moves(MOVED, ASKED)), Side.BOARD, "more_time", ASKED),
        (facts(assurance="submitted", moves=BOTH_ASKED), Side.BOARD, "more_time", ASKED),
        (facts(assurance="returned", moves=SINCE), Side.AGENCY, "returned", MOVED),
        (facts(assurance="returned", moves=Moves(MOVED, ASKED)), Side.BOARD, "more_time", ASKED),
        # A question that was never answered before the Board decided asks for nothing any more.
        (facts(assurance="returned", moves=Moves(MOVED, is_asked=True)), Side.AGENCY, "returned", MOVED),
        (facts(assurance="accepted", moves=SINCE), Side.NOBODY, "accepted", None),
        (facts(assurance="accepted", moves=Moves(MOVED, ASKED)), Side.NOBODY, "accepted", None),
        (facts(standing="on_hold", moves=Moves(MOVED, ASKED)), Side.NOBODY, "stopped", None),
        (facts(standing="withdrawn", moves=SINCE), Side.NOBODY, "stopped", None),
        (facts(standing="superseded", assurance="submitted"), Side.NOBODY, "stopped", None),
    ],
)  # fmt: skip
def test_whose_turn_it_is_at_each_boundary(
    case: RatingFacts, side: Side, code: str, since: date | None
) -> None:
    assert whose_turn(case, TODAY) == Turn(side, code, since)


ANY_MOVES = st.builds(
    Moves,
    *(st.none() | NEAR, st.none() | NEAR, st.none() | NEAR, st.booleans(), st.integers(0, 90)),
    *(st.none() | NEAR, st.booleans(), st.none() | NEAR),
)


@given(ANY_FACTS, ANY_MOVES)
def test_every_open_action_is_one_sides_turn_and_what_has_ended_is_nobodys(
    case: RatingFacts, moves: Moves
) -> None:
    case = RatingFacts(**{**vars(case), "moves": moves})
    turn = whose_turn(case, TODAY)
    has_ended = case.standing != "active" or case.assurance == "accepted"
    assert (turn.side is Side.NOBODY) is has_ended
    filters = {name for name, condition in WAITS_FOR.items() if holds(condition, case, TODAY)}
    assert filters & {"agency", "board"} == ({str(turn.side)} - {"nobody"})
    assert ("board" in filters) is bool(filters & {"check", "more_time", "cannot_be_done"})
    assert turn.days(TODAY) >= 0


def test_each_reason_for_a_turn_has_words() -> None:
    assert {rule.code for rule in TURN_RULES} == {"stopped", "accepted", *TURN_NAMES}
    assert set(WAITS_FOR) == set(WAITS_FOR_NAMES)


@pytest.mark.parametrize(
    ("turn", "words", "short"),
    [
        (
            Turn(Side.BOARD, "check", ASKED),
            "Waits for the Board since 18 March 2012: 12 days. "
            "The Board has to check what was reported done.",
            "Board’s turn since 18 Mar 2012: 12 days",
        ),
        (
            Turn(Side.BOARD, "more_time", TODAY - timedelta(days=1)),
            "Waits for the Board since 29 March 2012: 1 day. "
            "The Board has to decide on the request for more time.",
            "Board’s turn since 29 Mar 2012: 1 day",
        ),
        (
            Turn(Side.BOARD, "check", TODAY),
            "Waits for the Board since 30 March 2012. The Board has to check what was reported done.",
            "Board’s turn since 30 Mar 2012",
        ),
        (
            Turn(Side.BOARD, STUCK, ASKED),
            "Waits for the Board since 18 March 2012: 12 days. "
            "The Board has to decide what takes its place, as its agency says that it cannot be done.",
            "Board’s turn since 18 Mar 2012: 12 days",
        ),
        (
            Turn(Side.AGENCY, "another_way", ASKED),
            "The agency has the next move since 18 March 2012: to find another way.",
            "Agency’s turn since 18 Mar 2012",
        ),
        (
            Turn(Side.AGENCY, "question", ASKED),
            "The agency has the next move since 18 March 2012: to answer the Board’s question.",
            "Agency’s turn since 18 Mar 2012",
        ),
        (
            Turn(Side.AGENCY, "to_do", None),
            "The agency has the next move: to report progress.",
            "Agency’s turn",
        ),
        (Turn(Side.NOBODY, "accepted", None), "", ""),
    ],
)
def test_it_is_said_in_a_sentence_and_in_short(turn: Turn, words: str, short: str) -> None:
    assert (turn_words(turn, TODAY), turn_in_short(turn, TODAY)) == (words, short)


@pytest.mark.parametrize(
    ("waits", "words"),
    [
        (WaitsForBoard(0, None), "0 actions wait for the Board"),
        (WaitsForBoard(1, ASKED), "1 action waits for the Board, the oldest for 12 days"),
        (WaitsForBoard(2, TODAY), "2 actions wait for the Board, the oldest since today"),
        (WaitsForBoard(2, TODAY + timedelta(days=5)), "2 actions wait for the Board, the oldest since today"),
    ],
)
def test_what_waits_is_counted_with_the_age_of_the_oldest(waits: WaitsForBoard, words: str) -> None:
    assert waits.words(TODAY) == words


# What is done to an action and leaves it with whom it was.
NO_MOVES = {
    # What it undoes moved nothing either.
    "action.decision-taken-back",
    "action.date-corrected",
    "action.entry-voided",
    "action.voided",
    "action.restored",
    "action.carried-forward",
    "action.changed",
    "action.chased",
    "action.handed-over",
    "action.updated",
    "action.progress-told",
    "action.extended",
}


def test_each_event_of_an_action_is_known_as_a_move_or_as_none() -> None:
    """An event that is written and of which nobody has said whether it moves the action fails here."""
    # How several events begin, as voiding looks for them.
    assert _codes_of_actions() - {"action.reported"} == {*MOVES, *NO_MOVES}


def _codes_of_actions() -> set[str]:
    text = "".join(
        path.read_text(encoding="utf-8")
        for path in ROOT.glob("kscb_actions/**/*.py")
        if path.name not in ("describing.py", "words.py")
    )
    told = set(re.findall(r'"(action\.[a-z][a-z-]+)"', text))
    return told | (
        {"action.accepted", "action.returned"} if 'f"action.{action.assurance}"' in text else set()
    )


FIRST, DAYS = date(2012, 2, 20), 60


@pytest.fixture
def lived(world: World) -> list[Story]:
    """Return six actions after two months, over the day on which summer time begins."""
    chance = random.Random(20120325)
    with clock.at(FIRST):
        recommendation = world.recommendation()
        actions = [world.action(date(2012, 3, 1), recommendation=recommendation) for _ in range(6)]
        stories = [Story(world, action, chance) for action in actions]
    live(world, stories, FIRST, DAYS, chance)
    every = [told for story in stories for told in story.told.values()]
    assert {told.side for told in every} == {"agency", "board", "nobody"}
    assert {(told.is_stuck, told.is_sent_back) for told in every} == {
        (False, False),
        (True, False),
        (True, True),
    }
    return stories


LAST = FIRST + timedelta(days=DAYS - 1)


def test_the_turn_and_the_silence_of_any_story_are_those_counted_day_by_day(lived: list[Story]) -> None:
    moves, thresholds = moves_of(story.id for story in lived), Thresholds(silent_days=10)
    expected: dict[str, set[int]] = {name: set() for name in ("agency", "board", "silent")}
    for story in lived:
        facts, told = facts_of(story.action, moves[story.id]), story.told[LAST]
        turn = whose_turn(facts, LAST)
        assert (turn.side, turn.since) == (told.side, told.since())
        if turn.side != "nobody":
            expected[turn.side].add(story.id)
        if turn.side == "agency":
            assert (LAST - facts.silent_since).days == told.silent_days(LAST)
            expected["silent"] |= {story.id} if told.silent_days(LAST) >= 10 else set()
    for name, narrow in (
        ("agency", Filter(turn="agency")),
        ("board", Filter(turn="board")),
        ("silent", Filter(silent=True)),
    ):
        page = list_actions(SYSTEM, narrow, LAST, thresholds)
        assert {row.action.id for row in page.rows} == expected[name], name
    waits = count_waits(SYSTEM, LAST)
    assert waits.count == len(expected["board"])
    since = [story.told[LAST].since() for story in lived if story.id in expected["board"]]
    assert waits.since == min(filter(None, since), default=None)


def test_a_paper_of_any_past_day_tells_whose_turn_it_was_then(world: World, lived: list[Story]) -> None:
    for day in (FIRST + timedelta(days=number) for number in range(1, DAYS, 6)):
        with database.reading():
            scope = scope_of(world.reader.viewer, Board(), ReportRequest(as_at=day), LAST + timedelta(days=9))
            rows = {row["id"]: facts_of_row(row) for row in list_of_paper(scope)}
        for story in lived:
            facts, told = rows[story.id], story.told[day]
            turn = whose_turn(facts, day)
            assert (turn.side, turn.since) == (told.side, told.since()), (day, story.id)
            if turn.side == "agency":
                assert (day - facts.silent_since).days == told.silent_days(day), (day, story.id)


def test_a_clock_put_back_makes_nobody_wait_since_tomorrow(world: World) -> None:
    action, other = world.action(), world.action()
    with clock.at(TODAY + timedelta(days=300)):
        world.submission(action)
        ask_for_more_time(world, other, TODAY + timedelta(days=400))
    with clock.at(TODAY):
        waits = count_waits(SYSTEM, TODAY)
        assert waits.words(TODAY) == "2 actions wait for the Board, the oldest since today"
        page = list_actions(SYSTEM, Filter(turn="board"), TODAY, Thresholds())
        assert [row.turn.days(TODAY) for row in page.rows] == [0, 0]
        assert count_waits(SYSTEM, TODAY + timedelta(days=310)).days(TODAY + timedelta(days=310)) == 10


@pytest.mark.parametrize("role", [Role.AGENCY_LEAD, Role.BOARD_MEMBER])
def test_what_waits_is_counted_for_all_agencies_as_for_each(world: World, role: Role) -> None:
    own, shared, theirs, secret = (
        world.action(),
        world.action(),
        world.action(None, world.health),
        world.action(),
    )
    share(world.manager.viewer, shared, world.health)
    for action in (own, theirs, secret):
        world.submission(action)
    ask_for_more_time(world, shared, TODAY + timedelta(days=400))
    world.action()
    secret.review.is_restricted = True
    with change(SYSTEM) as tx:
        tx.update(secret.review, "review.changed")
    roles, narrow = frozenset({role}), Filter(open_only=True)
    each = {
        agency.id: count_waits(Viewer(None, "", roles=roles, agency_id=agency.id), TODAY, narrow)
        for agency in Agency.select()
    }
    found = count_waits_of_agencies(roles, TODAY, narrow)
    assert found == {agency: waits for agency, waits in each.items() if waits != NONE_WAITS}
    if role is Role.AGENCY_LEAD:
        assert {agency: waits.count for agency, waits in found.items()} == {
            world.police.id: 2,
            world.health.id: 2,
        }


def test_a_question_left_unanswered_when_the_board_returned_it_does_not_hide_the_next_report(
    world: World,
) -> None:
    story = Story(world, world.action(), random.Random(1))
    for step in (story._submit, story._ask, story._return, story._submit):
        step()
    assert whose_turn(facts_of(story.action, moves_of([story.id])[story.id]), TODAY).code == "check"
    assert count_waits(SYSTEM, TODAY).count == Action.select().count() == 1
