"""Milestones: what may be kept, where each stands, what a row and a paper name, and what a past day had."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from kscb_actions import clock
from kscb_actions.access.policy import Refused
from kscb_actions.actions.listing import list_one
from kscb_actions.actions.milestones.models import Milestone
from kscb_actions.actions.milestones.queries import open_milestones
from kscb_actions.actions.milestones.rules import (
    MilestoneFacts,
    is_overdue,
    milestones_in_short,
    problems_with_milestone,
    state_words,
    why_not_kept,
)
from kscb_actions.actions.milestones.service import (
    add_milestone,
    change_milestone,
    reach_milestone,
    withdraw_milestone,
)
from kscb_actions.actions.models import Action
from kscb_actions.actions.owners.service import share
from kscb_actions.actions.service import set_standing
from kscb_actions.actions.turn import RatingFacts
from kscb_actions.assurance.own_work import details_of
from kscb_actions.audit.service import StaleEdit
from kscb_actions.settings.rules import Thresholds
from kscb_actions.text import InvalidInput

from ..factories import TODAY, World
from ..pages import Visitor
from ..queries import counted
from ..reports.faces import rows_of, told
from ..reports.stories import report, row_of

Visit = Callable[..., Visitor]
OPEN = RatingFacts("active", "in_progress", "none", date(2012, 3, 1), None, date(2012, 5, 1), None, 0)


def day(days: int) -> date:
    return TODAY + timedelta(days=days)


@pytest.mark.parametrize(
    ("facts", "fields"),
    [
        (MilestoneFacts("Half is trained.", day(10)), set()),
        (MilestoneFacts("Half is trained.", day(-10), day(0)), set()),
        (MilestoneFacts("", day(10)), {"text"}),
        (MilestoneFacts("x" * 100_000, day(10)), {"text"}),
        (MilestoneFacts("Half.", None), {"due_on"}),
        (MilestoneFacts("Half.", day(10), day(1)), {"done_on"}),
    ],
)
def test_what_a_milestone_may_be(facts: MilestoneFacts, fields: set[str]) -> None:
    assert set(problems_with_milestone(facts, TODAY)) == fields


@pytest.mark.parametrize(
    ("facts", "is_withdrawn", "may"),
    [
        (OPEN, False, True),
        (replace(OPEN, standing="on_hold"), False, True),
        (replace(OPEN, assurance="submitted"), False, True),
        (replace(OPEN, assurance="returned"), False, True),
        (OPEN, True, False),
        (replace(OPEN, assurance="accepted"), False, False),
        (replace(OPEN, standing="superseded"), False, False),
        (replace(OPEN, standing="withdrawn"), False, False),
    ],
)
def test_when_milestones_are_kept(facts: RatingFacts, is_withdrawn: bool, may: bool) -> None:
    assert (why_not_kept(facts, is_withdrawn) is None) == may


@pytest.mark.parametrize(
    ("due", "done", "words", "is_late"),
    [
        (1, None, "Due in 1 day", False),
        (0, None, "Due today", False),
        (-1, None, "Overdue by 1 day", True),
        (-12, None, "Overdue by 12 days", True),
        (-5, -5, "Done on 25 Mar 2012", False),
        (-5, -3, "Done on 27 Mar 2012, 2 days late", False),
        (5, -3, "Done on 27 Mar 2012", False),
    ],
)
def test_where_a_milestone_stands(due: int, done: int | None, words: str, is_late: bool) -> None:
    facts = MilestoneFacts("Half.", day(due), None if done is None else day(done))
    assert (state_words(facts, TODAY), is_overdue(facts, TODAY)) == (words, is_late)


def test_a_row_names_those_overdue_and_the_next() -> None:
    def step(text: str, days: int, done: bool = False) -> MilestoneFacts:
        return MilestoneFacts(text, day(days), TODAY if done else None)

    found = [step("C", 9), step("B", 3), step("A", -2), step("Z", -40, done=True)]
    assert milestones_in_short(found, TODAY) == (
        "Milestone overdue by 2 days: A",
        "Next milestone 2 Apr 2012: B",
    )
    late = [step(name, -number) for number, name in enumerate("ABCD", start=1)]
    assert milestones_in_short(late, TODAY) == (
        "Milestone overdue by 4 days: D",
        "Milestone overdue by 3 days: C",
        "2 more milestones overdue",
    )
    assert milestones_in_short([step("A" * 200, 0)], TODAY)[0].endswith("A…")
    assert milestones_in_short([], TODAY) == ()


def test_the_leading_agency_and_the_manager_keep_them_and_nobody_else(world: World) -> None:
    action, step = world.action(), MilestoneFacts("Half is trained.", day(10))
    share(world.manager.viewer, action, world.health)
    action = Action.get_by_id(action.id)
    for keeper in (world.police_lead, world.manager):
        add_milestone(keeper.viewer, action, step)
    for other in (world.health_lead, world.probation_lead, world.chair, world.reader, world.police_member):
        with pytest.raises(Refused):
            add_milestone(other.viewer, action, step)
    assert Milestone.select().count() == 2


def test_a_milestone_that_is_overdue_leaves_the_rating_as_it_is(world: World) -> None:
    action = world.action(due_on=day(60))
    before = list_one(action, TODAY, Thresholds()).rating
    add_milestone(world.police_lead.viewer, action, MilestoneFacts("Half.", day(-20)))
    assert list_one(action, TODAY, Thresholds()).rating == before


def test_what_was_withdrawn_or_is_closed_takes_no_change(world: World) -> None:
    lead, action = world.police_lead.viewer, world.action()
    step = add_milestone(lead, action, MilestoneFacts("Half.", day(5)))
    with pytest.raises(InvalidInput, match="withdrawn"):
        withdraw_milestone(lead, step, " ")
    withdraw_milestone(lead, step, "It is not ours.")
    with pytest.raises(Refused, match="withdrawn already"):
        reach_milestone(lead, Milestone.get_by_id(step.id), TODAY)
    other = add_milestone(lead, action, MilestoneFacts("All.", day(9)))
    set_standing(world.manager.viewer, action, "superseded", "By another.")
    with pytest.raises(Refused, match="superseded"):
        change_milestone(lead, other, MilestoneFacts("All of it.", day(9)))


def test_of_two_who_change_one_the_second_sees_the_first(world: World, visit: Visit) -> None:
    action = world.action()
    step = add_milestone(world.police_lead.viewer, action, MilestoneFacts("Half.", day(5)))
    change_milestone(world.manager.viewer, Milestone.get_by_id(step.id), MilestoneFacts("Most.", day(5)))
    with pytest.raises(StaleEdit):
        change_milestone(world.police_lead.viewer, step, MilestoneFacts("All.", day(5)), 1)
    at = f"/reviews/{action.review.reference}/actions/{action.number}/milestones/{step.id}"
    again = visit(world.police_lead).send(at, {"version": "1", "text": "All."})
    assert again.status == 409 and "Most." in again.text and "All." in again.text


def test_my_actions_and_the_paper_name_them_in_one_query_more(world: World, visit: Visit) -> None:
    lead = world.police_lead.viewer
    actions = [world.action(due_on=day(90)) for _ in range(3)]
    add_milestone(lead, actions[0], MilestoneFacts("Half is trained.", day(-2)))
    done = add_milestone(lead, actions[0], MilestoneFacts("Plan agreed.", day(-30)))
    reach_milestone(lead, done, TODAY)
    page = visit(world.police_lead).get("/my-actions").text
    assert "Milestone overdue by 2 days: Half is trained." in page and "Plan agreed" not in page
    with counted() as few:
        details_of([actions[0].id])
    with counted() as many:
        details_of([each.id for each in actions])
    assert int(few) == int(many) == 5
    assert set(open_milestones([each.id for each in actions])) == {actions[0].id}
    made = report(world.manager)
    assert "Milestone overdue by 2 days: Half is trained." in row_of(made, actions[0].reference)[8]
    assert "Milestone" not in repr(told(report(world.manager, publication=True)))


def test_a_paper_of_a_past_day_has_the_milestones_of_that_day(world: World) -> None:
    lead = world.police_lead.viewer
    with clock.at(date(2012, 1, 10)):
        action = world.action(due_on=day(90))
    with clock.at(date(2012, 1, 20)):
        step = add_milestone(lead, action, MilestoneFacts("Half.", date(2012, 2, 1)))
    with clock.at(date(2012, 2, 10)):
        change_milestone(lead, step, MilestoneFacts("Half of them.", date(2012, 3, 1)))
    with clock.at(date(2012, 3, 10)):
        reach_milestone(lead, step, date(2012, 3, 8))
    found = [
        row_of(report(world.manager, as_at=each), action.reference)[8].split("\n")[2:]
        for each in (date(2012, 1, 19), date(2012, 1, 20), date(2012, 2, 9), date(2012, 2, 10), TODAY)
    ]
    assert found == [
        [],
        ["Next milestone 1 Feb 2012: Half."],
        ["Milestone overdue by 8 days: Half."],
        ["Next milestone 1 Mar 2012: Half of them."],
        [],
    ]
    assert rows_of(report(world.manager, from_trail=True), "Open actions") == rows_of(
        report(world.manager), "Open actions"
    )


def test_a_lead_keeps_them_on_pages(world: World, visit: Visit) -> None:
    action = world.action(due_on=day(60))
    at = f"/reviews/{action.review.reference}/actions/{action.number}"
    lead, reader = visit(world.police_lead), visit(world.reader)
    assert set(lead.send(f"{at}/milestones/new").errors) == {"text", "due_on"}
    for text, month in (("All are trained.", 5), ("Half are trained.", 4)):
        sent = lead.send(f"{at}/milestones/new", {"text": text, "due_on": ["1", str(month), "2012"]})
        assert sent.leads_to == f"{at}#milestones"
    words = reader.get(at).text
    assert words.index("Half are trained. 1 Apr 2012 Due in 2 days") < words.index("All are trained. 1 May")
    assert "Mark done" not in words and "Mark done" in visit(world.manager).get(at).text
    later, first = Milestone.select().order_by(Milestone.id)
    assert lead.send(f"{at}/milestones/{first.id}/done", {"done_on": ["30", "3", "2012"]}).leads_to
    assert set(lead.send(f"{at}/milestones/{later.id}/withdraw").errors) == {"reason"}
    assert lead.send(f"{at}/milestones/{later.id}/withdraw", {"reason": "Out of scope."}).leads_to
    words = lead.get(at).text
    assert "Done on 30 Mar 2012" in words and "Withdrawn Out of scope." in words
    assert all(f"Milestone {each}" in words for each in ("added", "done", "withdrawn"))
    assert lead.get(f"{at}/milestones/{later.id}").status == 403
