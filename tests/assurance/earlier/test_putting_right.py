"""What was entered of the past of an action is put right by the manager while nobody has worked on it."""

import re
from dataclasses import replace
from datetime import date, timedelta

import peewee
import pytest
from werkzeug.datastructures import MultiDict

from kscb_actions import clock
from kscb_actions.access.policy import Refused
from kscb_actions.actions.earlier.models import EarlierRecord
from kscb_actions.actions.earlier.rules import Past, Reading
from kscb_actions.actions.models import Action
from kscb_actions.assurance.earlier.service import enter_past, examine_again, put_past_right
from kscb_actions.assurance.models import AssuranceDecision, Submission
from kscb_actions.audit.service import StaleEdit
from kscb_actions.database import writing
from kscb_actions.reports.kept.corrections import corrections_since
from kscb_actions.text import InvalidInput

from ...factories import TODAY, World
from ...pages import Page
from ...reports.stories import keep, report, row_of
from ..filing import SignIn, at
from .test_entering import ACCEPTED, AS_OF, DONE, DUE, PAST, RECORDED

TURN = re.compile(r"(?:turn|Board) since [\w ]+(?:: \d+ days)?")
ENTERED = date(2012, 1, 20)
WAS_LATE = replace(PAST, done_on=DUE + timedelta(days=40))
UNDER_WAY = Past(Reading.IN_PROGRESS, AS_OF, PAST.source, "Green")
FIELDS = ("progress", "assurance", "reported_done_on", "original_due_on", "current_due_on", "standing")


@pytest.fixture
def action(world: World) -> Action:
    """Return an action recorded in August, due in September."""
    with clock.at(RECORDED):
        return world.action(DUE)


def now(action: Action) -> Action:
    return Action.get_by_id(action.id)


def facts(action: Action) -> list[object]:
    return [getattr(now(action), name) for name in FIELDS]


def entered(world: World, action: Action, past: Past) -> None:
    with clock.at(ENTERED):
        enter_past(world.manager.viewer, now(action), past)


def put(world: World, action: Action, past: Past | None, reason: str = "Mistyped.") -> None:
    put_past_right(world.manager.viewer, now(action), past, reason, now(action).version)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (ACCEPTED, UNDER_WAY),
        (WAS_LATE, ACCEPTED),
        (replace(UNDER_WAY, first_due_on=date(2011, 8, 9)), PAST),
        (replace(ACCEPTED, first_due_on=date(2011, 8, 9)), None),
    ],
)
def test_it_is_then_as_if_the_right_one_had_been_entered(
    world: World, action: Action, wrong: Past, right: Past | None
) -> None:
    other = Action.get_by_id(action.id)
    with clock.at(RECORDED):
        other = world.action(DUE, recommendation=action.recommendation)
    entered(world, action, wrong)
    if right:
        entered(world, other, right)
    put(world, action, right)
    assert facts(action) == facts(other)
    for model in (EarlierRecord, Submission, AssuranceDecision):
        of_both = [model.select().where(model.action == each).count() for each in (action, other)]
        assert of_both[0] == of_both[1]
    for day in (DONE, date(2011, 10, 20), ENTERED + timedelta(days=9), TODAY):
        made = report(world.reader, as_at=day, since=RECORDED)
        rows = [row_of(made, f"{action.review.reference}/A{each.number}") for each in (action, other)]
        # Nobody could know before it was put right whose turn it was, so that begins anew.
        first, second = ([TURN.sub("", cell) for cell in row[1:]] for row in rows)
        assert first == second, day


def test_a_second_putting_right_begins_from_the_same(world: World, action: Action) -> None:
    before = facts(action)
    entered(world, action, replace(PAST, first_due_on=date(2011, 8, 9)))
    put(world, action, ACCEPTED)
    put(world, action, UNDER_WAY)
    assert EarlierRecord.get().read_as == Reading.IN_PROGRESS
    put(world, action, None)
    assert facts(action) == before and not EarlierRecord.select().exists()
    enter_past(world.manager.viewer, now(action), PAST)
    assert now(action).reported_done_on == DONE


def test_nothing_is_put_right_once_somebody_has_worked_on_it(world: World, action: Action) -> None:
    with pytest.raises(Refused, match="Nothing is recorded"):
        put(world, action, PAST)
    entered(world, action, ACCEPTED)
    for who in (world.chair, world.police_lead, world.reader):
        with pytest.raises(Refused):
            put_past_right(who.viewer, now(action), PAST, "Mistyped.")
    with pytest.raises(InvalidInput) as wrong:
        put(world, action, replace(PAST, source=""), " ")
    assert set(wrong.value.errors) == {"reason", "source"}
    with pytest.raises(StaleEdit):
        put_past_right(world.manager.viewer, now(action), PAST, "Mistyped.", 1)
    examine_again(world.second_chair.viewer, now(action), "stands", "The minutes show it.")
    with pytest.raises(Refused, match="worked on this action here since"):
        put(world, action, PAST)
    assert now(action).assurance == "accepted"


def test_on_its_page_what_was_entered_stands_to_be_changed(
    world: World, sign_in: SignIn, csrf_token: str, action: Action
) -> None:
    entered(world, action, ACCEPTED)
    paper = keep(world.manager)
    client, address = sign_in(world.manager), at(action)
    assert "Put right what happened before" in client.get(address).text
    page = Page(client.get(f"{address}/before/put-right"))
    form = MultiDict(page.tree.xpath("//main//form")[0].form_values()).to_dict(flat=False)
    assert (form["read_as"], form["accepted_by"]) == (["accepted"], ["SCR subgroup"])
    sent = {**form, "csrf_token": csrf_token, "read_as": "done", "reason": "Nobody accepted it."}
    answer = client.post(f"{address}/before/put-right", data=sent)
    assert answer.status_code == 302, Page(answer).tree.xpath(
        "//main//*[contains(@class, 'error-message')]/text()"
    )
    assert (now(action).assurance, now(action).reported_done_on) == ("submitted", DONE)
    page = client.get(address).text
    assert "What happened before was put right" in page and "Nobody accepted it." in page
    assert [each.what for each in corrections_since(paper)] == [("what happened before was put right",)]
    client.get(f"{address}/before/put-right")
    taken = {**form, "csrf_token": csrf_token, "nothing": "y", "reason": "Another action’s."}
    taken = {name: value for name, value in taken.items() if name not in ("once", "version")}
    answer = client.post(f"{address}/before/put-right", data={**taken, "version": now(action).version})
    assert answer.status_code == 302 and not EarlierRecord.select().exists()


def test_the_database_lets_no_row_go_of_which_the_trail_says_something_else_last(
    world: World, action: Action
) -> None:
    entered(world, action, ACCEPTED)
    put(world, action, replace(ACCEPTED, accepted_by="The executive"))
    for model in (AssuranceDecision, Submission, EarlierRecord):
        with pytest.raises(peewee.DatabaseError, match="append-only"), writing():
            model.delete().execute()
