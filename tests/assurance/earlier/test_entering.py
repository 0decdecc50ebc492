"""What happened to an action before is entered by the manager, and judged by its own dates on every day."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from kscb_actions import clock
from kscb_actions.access.policy import Refused
from kscb_actions.actions.earlier.models import EarlierRecord
from kscb_actions.actions.earlier.rules import Past, Reading, state_after
from kscb_actions.actions.listing import list_actions, list_one
from kscb_actions.actions.models import Action
from kscb_actions.actions.narrowing import Filter
from kscb_actions.actions.rating import timeliness_words
from kscb_actions.actions.turn import RatingFacts
from kscb_actions.assurance.earlier.service import enter_past
from kscb_actions.assurance.models import AssuranceDecision, Submission
from kscb_actions.assurance.queries import waiting_submission
from kscb_actions.assurance.service import decide
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import StaleEdit
from kscb_actions.chasing.news.models import News
from kscb_actions.settings.rules import Thresholds
from kscb_actions.text import InvalidInput

from ...factories import TODAY, World
from ...reading import see, send
from ...reports.stories import actions_in, report, row_of
from ..filing import SignIn, at

DUE, DONE, AS_OF = date(2011, 9, 30), date(2011, 9, 12), date(2011, 12, 31)
RECORDED = date(2011, 8, 1)
PAST = Past(Reading.DONE, AS_OF, "Board’s plan, paper copy", "Complete", DONE, "Sent to all staff.")
ACCEPTED = replace(PAST, read_as=Reading.ACCEPTED, accepted_on=date(2011, 11, 3), accepted_by="SCR subgroup")


@pytest.fixture
def action(world: World) -> Action:
    """Return an action that was due last September, and was recorded before."""
    with clock.at(RECORDED):
        return world.action(DUE)


def entered(world: World, action: Action, past: Past = PAST) -> Action:
    """Return an action with its past."""
    enter_past(world.manager.viewer, Action.get_by_id(action.id), past)
    return Action.get_by_id(action.id)


def test_what_was_done_then_is_done_on_its_own_day(world: World, action: Action) -> None:
    assert "Overdue" in list_one(action, TODAY, Thresholds()).when
    now = entered(world, action)
    row = list_one(now, TODAY, Thresholds())
    assert (row.when, row.rating.code, row.is_late) == ("Done on time", "submitted", False)
    assert row.turn_words.startswith("Waits for the Board since 30 March 2012.")
    assert (now.reported_done_on, now.original_due_on, now.extension_count) == (DONE, DUE, 0)
    waiting = waiting_submission(now)
    assert waiting and (waiting.narrative, waiting.told_by) == ("Sent to all staff.", "Earlier records")
    decide(world.second_chair.viewer, waiting, True, "Seen.")
    assert Action.get_by_id(now.id).assurance == "accepted"


def test_an_acceptance_of_then_has_its_name_and_day(world: World, action: Action) -> None:
    before = News.select().count()
    now = entered(world, action, ACCEPTED)
    row = list_one(now, TODAY, Thresholds())
    assert (now.assurance, row.rating.colour, row.when) == ("accepted", "blue", "Done on time")
    decision = AssuranceDecision.get()
    assert (decision.told_by, clock.local_date(decision.at)) == ("SCR subgroup", date(2011, 11, 3))
    assert News.select().count() == before


def test_it_is_marked_in_the_list_and_found_there(world: World, action: Action) -> None:
    world.action(DUE, recommendation=action.recommendation)
    entered(world, action)
    found = list_actions(world.reader.viewer, Filter(from_records=True), TODAY, Thresholds())
    [row] = found.rows
    mark = "From earlier records, as of 31 December 2011, Board’s plan, paper copy"
    assert (row.action.number, row.action.earlier_mark) == (1, mark)
    every = list_actions(world.reader.viewer, Filter(), TODAY, Thresholds())
    assert sorted(each.action.earlier_mark for each in every.rows) == ["", mark]


@pytest.mark.parametrize(
    ("past", "field"),
    [
        (replace(PAST, source=" "), "source"),
        (replace(PAST, done_on=date(2012, 1, 1)), "done_on"),
        (replace(PAST, read_as=Reading.WITHDRAWN, done_on=None), "read_as"),
        (replace(ACCEPTED, accepted_by=""), "accepted_by"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(
    world: World, action: Action, past: Past, field: str
) -> None:
    with pytest.raises(InvalidInput) as wrong:
        entered(world, action, past)
    assert list(wrong.value.errors) == [field] and not EarlierRecord.select().exists()


def test_the_manager_alone_enters_it_once_and_before_anybody_works_here(world: World, action: Action) -> None:
    for who in (world.police_lead, world.chair, world.reader):
        with pytest.raises(Refused):
            enter_past(who.viewer, action, PAST)
    with pytest.raises(StaleEdit):
        enter_past(world.manager.viewer, action, PAST, expected=9)
    entered(world, action)
    with pytest.raises(Refused, match="recorded for this action already"):
        entered(world, action)
    told = world.progress(world.action(DUE, recommendation=action.recommendation))
    with pytest.raises(Refused, match="told by its own story"):
        entered(world, told)
    assert EarlierRecord.select().count() == Submission.select().count() == 1


def test_the_trail_tells_of_it_in_one_change(world: World, action: Action) -> None:
    last = AuditEvent.select().order_by(AuditEvent.id.desc()).get().id
    entered(world, action, ACCEPTED)
    told = [each.event for each in AuditEvent.select().where(AuditEvent.id > last).order_by(AuditEvent.id)]
    assert told == [
        "action.past-entered",
        "earlier-record.entered",
        "submission.in-records",
        "submission.accepted-in-records",
    ]


def test_a_paper_of_a_day_before_the_entry_has_what_was_done_by_then(world: World, action: Action) -> None:
    reference = f"{action.review.reference}/A1"
    with clock.at(date(2011, 10, 20)):
        assert "Overdue" in " ".join(row_of(report(world.reader), reference))
    entered(world, action, ACCEPTED)
    for day, words in (
        (date(2011, 9, 11), "Due in 19 days"),
        (DONE, "Done on time"),
        (date(2011, 10, 20), "Done on time"),
        (date(2011, 11, 2), "waiting for the Board’s check"),
    ):
        told = " ".join(row_of(report(world.reader, as_at=day), reference))
        assert words in told and "Overdue" not in told
        assert "From earlier records, as of 31 December 2011, Board’s plan, paper copy" in told
    closed = " ".join(row_of(report(world.reader, as_at=date(2011, 11, 3)), reference))
    assert "Accepted by the Board, 3 Nov 2011, SCR subgroup" in closed


FACTS: dict[str, Any] = {
    "standing": "active", "progress": "not_started", "assurance": "none", "updated_on": RECORDED,
    "extension_count": 0, "original_due_on": DUE, "current_due_on": DUE, "reported_done_on": None,
}  # fmt: skip
PASTS = (
    PAST,
    replace(PAST, done_on=date(2011, 10, 14)),
    replace(PAST, done_on=None),
    Past(Reading.IN_PROGRESS, AS_OF, "Records"),
)


def test_on_every_day_each_stands_as_its_own_dates_have_it(world: World, action: Action) -> None:
    """Judge each day anew by the pure rules, on the facts of what had happened by then."""
    with clock.at(RECORDED):
        others = [world.action(DUE, recommendation=action.recommendation) for _ in PASTS[1:]]
    actions = [entered(world, each, past) for each, past in zip([action, *others], PASTS, strict=True)]
    days = [RECORDED + timedelta(days=step) for step in range(0, 240, 80)]
    for day in [*days, DONE, DONE - timedelta(days=1), DUE + timedelta(days=1), AS_OF, TODAY]:
        rows = {row[0]: row for row in actions_in(report(world.reader, as_at=day))}
        for each, past in zip(actions, PASTS, strict=True):
            had_happened = past.done_by is not None and past.done_by <= day
            known = state_after(past, DUE, DUE) if had_happened else {}
            expected = timeliness_words(RatingFacts(**{**FACTS, **known}), day)
            assert expected in rows[f"{action.review.reference}/A{each.number}"], day


def test_the_form_enters_it(world: World, action: Action, sign_in: SignIn, csrf_token: str) -> None:
    manager: FlaskClient = sign_in(world.manager)
    page = see(manager, at(action, ""))
    assert at(action, "/before") in dict(map(reversed, page.links()))
    form = see(manager, at(action, "/before"))
    fields = {
        "version": form.value("version"), "source": "Board’s plan, paper copy", "as_of": "31 December 2011",
        "read_as": "accepted", "status_text": "Complete", "done_on": "12 September 2011",
        "told": "Sent to all staff.",
    }  # fmt: skip
    wrong = send(manager, at(action, "/before"), csrf_token, **fields)
    assert set(wrong.errors) == {"accepted_by", "accepted_on"}
    right = {"accepted_by": "SCR subgroup", "accepted_on": "3 November 2011"}
    send(manager, at(action, "/before"), csrf_token, **fields, **right)
    shown = see(manager, at(action, "")).text
    for words in (
        "From earlier records, as of 31 December 2011, Board’s plan, paper copy",
        "Done on 12 September 2011. Accepted on 3 November 2011 by SCR subgroup.",
        "Sent to all staff.",
        "Done on time",
        "Entered by Manager on 30 March 2012",
    ):
        assert words in shown
    assert at(action, "/before") not in dict(map(reversed, see(manager, at(action, "")).links()))
