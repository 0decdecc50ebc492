"""What the Board decided by mistake is taken back: over time, by whom, and in no figure afterwards."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from kscb_actions import clock
from kscb_actions.access.policy import Refused, Role, Viewer
from kscb_actions.actions.acknowledging.service import acknowledge
from kscb_actions.actions.extensions import ask_extension, change_due_date
from kscb_actions.actions.listing import list_actions
from kscb_actions.actions.models import Action, facts_of
from kscb_actions.actions.moves import moves_of_one
from kscb_actions.actions.narrowing import Filter
from kscb_actions.actions.turn import Side, whose_turn
from kscb_actions.assurance.checking import answer_question, ask_question, reopen, take_back
from kscb_actions.assurance.models import AssuranceDecision, CheckQuestion, DecisionTakenBack
from kscb_actions.assurance.own_work import details_of
from kscb_actions.assurance.queries import (
    is_bound,
    last_judged,
    list_decisions,
    list_judged,
    list_open_questions,
    list_to_check,
    open_question,
    standing_return,
    waiting_submission,
)
from kscb_actions.assurance.service import decide, report_done
from kscb_actions.assurance.taking_back.service import take_decision_back
from kscb_actions.audit.service import StaleEdit
from kscb_actions.settings.rules import Thresholds
from kscb_actions.text import InvalidInput

from ...factories import TODAY, World
from ...reports.stories import actions_in, number_of, report, rows_of_exceptions

SUBMITTED_ON = TODAY - timedelta(days=10)
DUE = TODAY + timedelta(days=60)


def kept(action: Action) -> Action:
    return Action.get_by_id(action.id)


def turn(action: Action) -> tuple[Side, str, date | None]:
    found = whose_turn(facts_of(kept(action), moves_of_one(action.id)), clock.today())
    return found.side, found.code, found.since


@pytest.fixture
def waiting(world: World) -> Action:
    with clock.at(SUBMITTED_ON):
        action = world.action(DUE)
        world.submission(action)
    return kept(action)


def decide_on(world: World, action: Action, accepted: bool) -> Action:
    submission = waiting_submission(action)
    assert submission is not None
    submission.action = kept(action)
    decide(world.second_chair.viewer, submission, accepted, "For another action.")
    return kept(action)


def ask(world: World, action: Action) -> Action:
    submission = waiting_submission(action)
    assert submission is not None
    submission.action = kept(action)
    ask_question(world.second_chair.viewer, submission, "Nights?", world.police_lead.id, "x")
    return kept(action)


def undo(world: World, action: Action, by: Viewer | None = None) -> DecisionTakenBack:
    return take_decision_back(by or world.second_chair.viewer, kept(action), "The wrong one.")


BOARD_WAITS = (Side.BOARD, "check", SUBMITTED_ON)
DONE: dict[str, Callable[[World, Action], Action]] = {
    "returned": lambda world, action: decide_on(world, action, False),
    "accepted": lambda world, action: decide_on(world, action, True),
    "asked": ask,
}


@pytest.mark.parametrize("what", sorted(DONE))
def test_what_is_taken_back_waits_for_the_board_again_since_it_was_submitted(
    world: World, waiting: Action, what: str
) -> None:
    before, chair = turn(waiting), world.chair.viewer
    assert before == BOARD_WAITS
    other = world.action()
    done = DONE[what](world, waiting)
    assert turn(waiting) != BOARD_WAITS and list_to_check(chair, other) == []
    undo(world, done)
    now = kept(waiting)
    assert (turn(now), now.assurance, now.current_due_on) == (BOARD_WAITS, "submitted", DUE)
    assert [each.id for each in list_to_check(chair, other)] == [waiting.id]
    assert list_decisions(now) == [] and last_judged(now) is None and list_judged(now) == []
    assert standing_return(now) is None and details_of([now.id])[now.id].returned is None
    submission = waiting_submission(now)
    assert submission is not None and open_question(submission) is None
    assert list_open_questions(world.police_lead.viewer) == []
    assert is_bound(now.evidence.get())
    # The rows stay, and another decision of the same kind may follow.
    assert AssuranceDecision.select().count() + CheckQuestion.select().count() == 1
    DONE[what](world, now)
    assert turn(now) != BOARD_WAITS


def test_returned_taken_back_and_accepted_counts_as_one_acceptance_and_no_return(
    world: World, waiting: Action
) -> None:
    """On the same day, the day after, and as at each of these days from the trail."""
    fellow = world.decision(world.action(DUE, recommendation=waiting.recommendation), accepted=False)
    decide_on(world, waiting, False)
    undo(world, waiting)
    decide_on(world, waiting, True)
    undo(world, waiting)
    decide_on(world, waiting, True)
    since = {"since": SUBMITTED_ON + timedelta(days=1)}
    for days, from_trail in ((0, False), (1, True), (40, True)):
        with clock.at(TODAY + timedelta(days=days)):
            made = report(world.chair, clock.today(), from_trail, as_at=TODAY, **since)
        found = [number_of(made, each) for each in ("Accepted by the Board", "Returned by the Board")]
        assert found == ["1", "1"], days
        assert "For another action." not in repr(actions_in(made))
    month = Filter(accepted=(TODAY.replace(day=1), TODAY))
    rows = list_actions(world.chair.viewer, month, clock.today(), Thresholds()).rows
    assert [row.action.id for row in rows] == [waiting.id] and fellow.assurance == "returned"


def test_in_papers_of_the_day_nothing_is_left_of_it(world: World, waiting: Action) -> None:
    for accepted in (False, True):
        decide_on(world, waiting, accepted)
        undo(world, waiting)
    for from_trail in (False, True):
        with clock.at(TODAY + timedelta(days=from_trail)):
            made = report(world.chair, clock.today(), from_trail, as_at=TODAY, since=SUBMITTED_ON)
        assert number_of(made, "Accepted by the Board") == number_of(made, "Returned by the Board") == "0"
        [row] = [row for row in actions_in(made) if row[0] == waiting.reference]
        assert "Waiting for the Board’s check" in repr(row) and "10 days" in repr(row)


def test_an_acceptance_that_was_taken_back_is_in_no_months_list(world: World, waiting: Action) -> None:
    decide_on(world, waiting, True)
    undo(world, waiting)
    decide_on(world, waiting, False)
    month = Filter(accepted=(TODAY.replace(day=1), TODAY))
    assert list_actions(world.chair.viewer, month, clock.today(), Thresholds()).rows == []


def test_an_earlier_return_stands_with_its_own_reason(world: World) -> None:
    """The second was a mistake, and then the agency takes its report back."""
    returned = world.decision(world.action(DUE), accepted=False)
    world.submission(returned)
    decide_on(world, returned, False)
    undo(world, returned)
    take_back(world.police_lead.viewer, kept(returned), "Too early.")
    details = details_of([returned.id])[returned.id].returned
    standing = standing_return(kept(returned))
    assert details is not None and standing is not None
    assert (details.reason, standing.reason) == ("Seen and judged.",) * 2
    for from_trail in (False, True):
        made = report(world.chair, TODAY + timedelta(days=from_trail), from_trail, as_at=TODAY)
        told = repr(rows_of_exceptions(made))
        assert "Seen and judged" in told and "For another action" not in told


def test_a_reopening_is_taken_back_with_its_date(world: World, waiting: Action) -> None:
    with clock.at(TODAY - timedelta(days=1)):
        accepted = decide_on(world, waiting, True)
    reopen(world.second_chair.viewer, accepted, "An audit.", due_on=TODAY + timedelta(days=90))
    assert turn(waiting)[1] == "reopened"
    undo(world, waiting)
    now = kept(waiting)
    assert (now.assurance, now.current_due_on, now.original_due_on) == ("accepted", DUE, DUE)
    assert turn(now)[0] is Side.NOBODY
    # The acceptance is of yesterday, and is reopened.
    with pytest.raises(Refused, match="That day is over. The Board can reopen the action."):
        undo(world, now)
    reopen(world.second_chair.viewer, now, "An audit.", due_on=TODAY + timedelta(days=80))
    change_due_date(world.second_chair.viewer, kept(now), TODAY + timedelta(days=99), "Ill.")
    with pytest.raises(Refused, match="The due date has been changed since, so the reopening stays."):
        undo(world, now)


def _update(world: World, action: Action) -> object:
    return world.progress(action)


def _report(world: World, action: Action) -> object:
    world.evidence(action)
    return report_done(world.police_lead.viewer, kept(action), "It is done, and more.")


def _acknowledge(world: World, action: Action) -> object:
    return acknowledge(world.police_lead.viewer, action, TODAY + timedelta(days=9))


def _ask_time(world: World, action: Action) -> object:
    return ask_extension(world.police_lead.viewer, action, DUE + timedelta(days=9), "Ill.")


@pytest.mark.parametrize("act", [_update, _report, _acknowledge, _ask_time, World.evidence])
def test_once_its_agency_has_acted_a_return_stays(
    world: World, waiting: Action, act: Callable[[World, Action], object]
) -> None:
    returned = decide_on(world, waiting, False)
    act(world, returned)
    with pytest.raises(Refused, match="Its agency has acted on it"):
        undo(world, waiting)
    assert DecisionTakenBack.select().count() == 0


def test_an_answered_question_stays_and_one_of_yesterday_too(world: World, waiting: Action) -> None:
    ask(world, waiting)
    with clock.at(TODAY + timedelta(days=1)), pytest.raises(Refused, match="That day is over"):
        undo(world, waiting)
    submission = waiting_submission(waiting)
    question = open_question(submission) if submission else None
    assert question is not None
    answer_question(world.police_lead.viewer, question, "Yes.")
    with pytest.raises(Refused, match="Its agency has acted on it"):
        undo(world, waiting)


def test_an_open_question_is_open_again_where_a_decision_after_it_is_taken_back(
    world: World, waiting: Action
) -> None:
    ask(world, waiting)
    assert turn(waiting)[1] == "question"
    decide_on(world, waiting, False)
    undo(world, waiting)
    assert turn(waiting) == (Side.AGENCY, "question", TODAY)
    assert len(list_open_questions(world.police_lead.viewer)) == 1
    undo(world, waiting)
    assert turn(waiting) == BOARD_WAITS


def test_who_may_is_outside_its_agencies_and_decides_or_manages(world: World, waiting: Action) -> None:
    decide_on(world, waiting, False)
    everybody = [person for person in vars(world).values() if hasattr(person, "viewer")]
    own = [
        world.person(f"police-{role}", role, agency=world.police)
        for role in (Role.CHAIR, Role.MANAGER, Role.SUBGROUP_MEMBER, Role.DEPUTY)
    ]
    able = {"Manager", "Chair", "Second chair", "Subgroup member"}
    for person in (*everybody, *own):
        if person.name in able:
            undo(world, waiting, person.viewer)
            decide_on(world, waiting, False)
        else:
            with pytest.raises(Refused):
                undo(world, waiting, person.viewer)
    assert DecisionTakenBack.select().count() == len(able)


def test_it_wants_a_reason_and_the_second_person_sees_the_first(world: World, waiting: Action) -> None:
    seen = decide_on(world, waiting, False)
    with pytest.raises(InvalidInput, match="Say why"):
        take_decision_back(world.manager.viewer, kept(seen), "  ")
    undo(world, waiting)
    with pytest.raises(Refused, match="decided or asked nothing"):
        take_decision_back(world.manager.viewer, seen, "Mine.", seen.version)
    decide_on(world, waiting, True)
    with pytest.raises(StaleEdit):
        take_decision_back(world.manager.viewer, kept(seen), "Mine.", seen.version)
    assert kept(waiting).assurance == "accepted"
