"""The list of what was reminded of without an answer has what the paper says so of, on each day."""

from collections.abc import Callable
from datetime import date, timedelta

import peewee

from kscb_actions import clock
from kscb_actions.actions.acknowledging.service import acknowledge
from kscb_actions.actions.extensions import ask_extension, change_due_date, decide_extension
from kscb_actions.actions.models import Action
from kscb_actions.actions.moves import MoveColumns
from kscb_actions.actions.narrowing import Filter, state_as_sql
from kscb_actions.chasing.actions.provider import OPEN_ACTIONS
from kscb_actions.chasing.service import chase
from kscb_actions.database import db
from kscb_actions.people.models import User
from kscb_actions.reports.progress.past import Moment, facts_of_row, state_at
from kscb_actions.reports.progress.queries import ACTION_FIELDS, list_actions
from kscb_actions.reports.progress.scope import ReportRequest, scope_of
from kscb_actions.reports.reminders import Reminders
from kscb_actions.settings.rules import Board, Thresholds

from ..chasing.log.test_reminders import become
from ..factories import World
from ..pages import Visitor

DUE = date(2012, 3, 1)
DAYS = (DUE, DUE + timedelta(days=7), DUE + timedelta(days=28))
BETWEEN = DUE + timedelta(days=14)


def says_how_far(world: World, action: Action) -> None:
    world.progress(action)


def acknowledges(world: World, action: Action) -> None:
    acknowledge(world.police_lead.viewer, action, clock.today() + timedelta(days=3))


def asks(world: World, action: Action) -> None:
    later = clock.today() + timedelta(days=90)
    ask_extension(world.police_lead.viewer, action, later, "Snow.")


def asks_and_is_refused(world: World, action: Action) -> None:
    later = clock.today() + timedelta(days=90)
    request = ask_extension(world.police_lead.viewer, action, later, "Snow.")
    decide_extension(world.second_chair.viewer, request, False, "No.")


def gets_another_date(world: World, action: Action) -> None:
    change_due_date(world.second_chair.viewer, action, clock.today() + timedelta(days=9), "Snow.")


def is_returned(world: World, action: Action) -> None:
    world.decision(action, accepted=False)


def is_accepted(world: World, action: Action) -> None:
    world.decision(action)


def nothing(world: World, action: Action) -> None:
    """Nobody says anything."""


HAPPENS: tuple[Callable[[World, Action], None], ...] = (
    *(says_how_far, acknowledges, asks, asks_and_is_refused, gets_another_date, is_returned, is_accepted),
    nothing,
)


def told_in_paper(world: World, as_at: date) -> set[int]:
    """Return the actions of which a paper as at a day says that reminders had no answer."""
    scope = scope_of(world.reader.viewer, Board(), ReportRequest(as_at=as_at), clock.today())
    reminders = Reminders.of(scope)
    rows = list(list_actions(scope))
    return {row["id"] for row in rows if reminders.unanswered_in_words(row["id"], facts_of_row(row))}


def in_list(moment: Moment) -> set[int]:
    """Return the actions that the condition of the list keeps at a moment."""
    then = state_at(Action, moment, ACTION_FIELDS)
    columns = MoveColumns(then.c, moment.before if moment.is_past else None)
    kept = state_as_sql(Filter(reminded=True), moment.as_at, Thresholds(), columns)
    return {row[0] for row in db.execute(peewee.Select([then], [then.c.id]).where(kept))}


def test_list_and_paper_agree_whatever_happened_between_reminders(
    world: World, visit: Callable[[User | None], Visitor]
) -> None:
    with clock.at(DUE - timedelta(days=30)):
        actions = [world.action(due_on=DUE, text=f"Change {each.__name__}.") for each in HAPPENS * 3]
    place = iter(actions)
    for day in DAYS:
        with clock.at(day):
            chase(OPEN_ACTIONS, day, "https://board.example")
            become("sent", state="queued")
        with clock.at(day + timedelta(days=1)):
            for happens in HAPPENS:
                happens(world, Action.get_by_id(next(place).id))
    found = []
    with clock.at(DAYS[2] + timedelta(days=2)):
        for as_at in (*DAYS, DAYS[1] + timedelta(days=2), clock.today()):
            moment = Moment(as_at, is_past=as_at < clock.today())
            assert in_list(moment) == told_in_paper(world, as_at), as_at
            found.append(in_list(moment))
        shown = visit(world.reader).get("/actions?reminded=1")
        assert f"{len(found[-1])} actions match" in shown.text and "no answer" in shown.text
    # Those to which nothing happened are among them, and the days differ.
    quiet = {action.id for action, happens in zip(actions, HAPPENS * 3, strict=True) if happens is nothing}
    assert quiet < found[-1] < {action.id for action in actions}
    assert len({len(each) for each in found}) > 2
