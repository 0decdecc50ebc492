"""A recommendation's state by its actions, on page and paper, and signing a plan off."""

from collections.abc import Callable
from datetime import date

import pytest

from kscb_actions import clock
from kscb_actions.actions.models import Action
from kscb_actions.actions.roll_up.rules import ActionFacts, State, roll_up, why_not_signed_off
from kscb_actions.actions.service import set_standing
from kscb_actions.assurance.checking import reopen
from kscb_actions.people.models import User
from kscb_actions.reports.content import Table
from kscb_actions.reports.progress.appendices import Appendix
from kscb_actions.reviews.models import Review, StageReached
from kscb_actions.reviews.service import reach_stage
from kscb_actions.reviews.stages import correct_stage
from kscb_actions.text import InvalidInput

from ...factories import TODAY, World
from ...pages import Visitor
from ...reports.stories import report

Visit = Callable[[User], Visitor]
NEW = ("active", "none", "not_started")
BEGUN = ("active", "none", "in_progress")
HELD = ("on_hold", "none", "not_started")
RETURNED = ("active", "returned", "done")
REPORTED = ("active", "submitted", "done")
ACCEPTED = ("active", "accepted", "done")
IMPOSSIBLE = ("active", "none", "cannot_be_done")
REPLACED = ("superseded", "none", "in_progress")
VOID = ("void", "none", "not_started")


@pytest.mark.parametrize(
    ("actions", "state", "words"),
    [
        ((), State.NO_ACTIONS, "Nobody has an action for it."),
        ((VOID,), State.NO_ACTIONS, "Nobody has an action for it."),
        ((NEW, NEW), State.NOT_BEGUN, "2 of 2 actions are open, and none has begun."),
        ((NEW, HELD), State.NOT_BEGUN, "2 of 2 actions are open, and none has begun."),
        ((NEW, BEGUN), State.UNDER_WAY, "2 of 2 actions are open."),
        ((NEW, ACCEPTED), State.UNDER_WAY, "1 of 2 actions is open."),
        ((RETURNED,), State.UNDER_WAY, "1 of 1 action is open."),
        ((REPORTED, ACCEPTED), State.WITH_BOARD, "1 of 2 actions is open, all reported done."),
        ((REPORTED, NEW), State.UNDER_WAY, "2 of 2 actions are open."),
        ((REPORTED, IMPOSSIBLE), State.STUCK, "2 of 2 actions are open, and 1 cannot be done."),
        ((ACCEPTED, REPLACED, VOID), State.DONE, "2 actions: 1 accepted, 1 closed with a reason."),
        ((ACCEPTED,), State.DONE, "1 action: 1 accepted, 0 closed with a reason."),
        ((REPLACED,), State.CLOSED, "1 action: 0 accepted, 1 closed with a reason."),
    ],
)
def test_the_state_follows_from_the_actions_by_one_rule(
    actions: tuple[tuple[str, str, str], ...], state: State, words: str
) -> None:
    facts = [ActionFacts(*each) for each in actions]
    assert (roll_up(facts).state, roll_up(facts).words) == (state, words)
    assert roll_up(reversed(facts)).state == state
    assert roll_up(facts, has_ended=True).state == State.ENDED


def test_what_stands_in_the_way_of_signing_off_is_named() -> None:
    assert why_not_signed_off([]) == ""
    assert why_not_signed_off(["S/A1"]).endswith("S/A1 is still open.")
    assert why_not_signed_off([f"S/A{n}" for n in range(1, 8)]).endswith(
        "S/A1, S/A2, S/A3, S/A4, S/A5 and 2 more are still open."
    )


def test_a_plan_is_signed_off_only_when_nothing_is_open_by_whom_and_where(world: World, visit: Visit) -> None:
    recommendation = world.recommendation()
    review, manager = recommendation.review, visit(world.manager)
    address = f"/reviews/{review.reference}/stage"
    accepted = world.decision(world.action(recommendation=recommendation))
    left = world.action(recommendation=recommendation)
    typed = {"stage": "signed_off", "reached_on": "30 March 2012", "meeting": "Board, 28 March 2012"}
    refused = manager.send(address, typed, decision_maker="The independent chair")
    assert refused.errors == {
        "stage": "A plan is signed off when every action is accepted or closed with a reason. "
        f"{left.reference} is still open."
    }
    assert refused.value("meeting") == "Board, 28 March 2012"
    set_standing(world.manager.viewer, left, "superseded", "Another does it.")
    assert manager.send(address, typed).errors.keys() == {"decision_maker"}
    assert Review.get_by_id(review.id).stage == "monitoring"
    assert manager.send(address, typed, decision_maker="The independent chair").leads_to
    row = StageReached.select().order_by(StageReached.id.desc()).get()
    assert (row.stage, row.decision_maker, row.meeting) == (
        "signed_off",
        "The independent chair",
        "Board, 28 March 2012",
    )
    page = manager.get(f"/reviews/{review.reference}")
    assert "The independent chair" in page.text and "Board, 28 March 2012" in page.text
    assert "Done. 2 actions: 1 accepted, 1 closed with a reason." in page.text
    assert "are open: " not in page.text and "is open: " not in page.text
    reopen(world.second_chair.viewer, Action.get_by_id(accepted.id), "It does not hold.")
    again = manager.get(f"/reviews/{review.reference}")
    assert f"The plan was signed off or closed, and 1 action is open: {accepted.reference}." in again.text
    correct_stage(
        world.manager.viewer, row, date(2012, 3, 29), "A slip.", Review.get_by_id(review.id).version
    )
    assert StageReached.select().order_by(StageReached.id.desc()).get().meeting == "Board, 28 March 2012"


def test_a_plan_without_actions_and_what_is_no_signing_off_ask_for_no_signature(world: World) -> None:
    review = world.review()
    world.action(recommendation=world.recommendation(review))
    assert reach_stage(world.manager.viewer, review, "closed", TODAY).stage == "closed"
    with pytest.raises(InvalidInput) as refused:
        reach_stage(world.manager.viewer, review, "closed", TODAY, meeting="Board")
    assert refused.value.errors.keys() == {"meeting"}
    bare = world.review()
    manager, whose = world.manager.viewer, {"decision_maker": "The chair"}
    assert reach_stage(manager, bare, "signed_off", TODAY, **whose).stage == "signed_off"
    long = {"decision_maker": "x" * 121, "meeting": "y" * 201}
    with pytest.raises(InvalidInput) as refused:
        reach_stage(manager, bare, "signed_off", TODAY, **long)
    assert refused.value.errors.keys() == {"decision_maker", "meeting"}


def test_the_page_tells_the_states_to_who_sees_all_and_the_paper_as_of_its_day(
    world: World, visit: Visit
) -> None:
    with clock.at(date(2012, 1, 10)):
        recommendation = world.recommendation()
        action = world.action(recommendation=recommendation)
        world.recommendation(recommendation.review)
    with clock.at(date(2012, 2, 10)):
        world.decision(action)
    address = f"/reviews/{recommendation.review.reference}"
    page = visit(world.reader).get(address)
    assert "States of recommendations: no actions: 1; done: 1." in page.text
    assert f"{address}?state=done#plan" in page.links()
    done = visit(world.reader).get(f"{address}?state=done")
    assert "Only those in the state “done” are shown: 1." in done.text
    assert done.text.count("Done. 1 action: 1 accepted") == 1 and "Nobody has an action" not in done.text
    assert "Nobody has an action" in visit(world.reader).get(f"{address}?state=no-such").text
    assert "A recommendation is done when each of its actions is accepted" in page.text
    assert "States of recommendations" not in visit(world.police_lead).get(address).text

    def states(**asked: object) -> list[str]:
        paper = report(world.chair, appendices=(Appendix.ANSWERS,), **asked)
        tables = [block for each in paper.sections for block in each.blocks if isinstance(block, Table)]
        [table] = [each for each in tables if each.caption == "Recommendations in full"]
        return [row[4].split("\n")[0] if len(row) > 4 else "" for row in table.rows]  # type: ignore[arg-type]

    assert states() == ["Done", "No actions"]
    assert states(as_at=date(2012, 1, 20)) == ["Not begun", "No actions"]
    assert states(agency="KPOL") == [""]
