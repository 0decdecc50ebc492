"""One update or request recorded in error: who marks it, what the action says on each day."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM, Refused
from kscb_actions.actions.extensions import ask_extension, change_due_date, decide_extension
from kscb_actions.actions.models import Action, Extension, ProgressUpdate
from kscb_actions.actions.moves import moves_of_one
from kscb_actions.assurance.correcting.service import correct_date
from kscb_actions.assurance.service import report_done
from kscb_actions.assurance.voiding.entries.service import void_entry
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import StaleEdit
from kscb_actions.chasing.news.models import News
from kscb_actions.database import reading
from kscb_actions.people.models import User
from kscb_actions.reports.content import Table
from kscb_actions.reports.progress.appendices import Appendix
from kscb_actions.reports.progress.past import Moment, read, rows_of, state_at
from kscb_actions.reports.progress.report import build_progress
from kscb_actions.reports.progress.scope import ReportRequest
from kscb_actions.settings.queries import get_board
from kscb_actions.text import InvalidInput

from ....audit.test_chain import run_check
from ....factories import TODAY, World
from ....long import LONG
from ....pages import Visitor
from ...filing import at

Visit = Callable[[User | None], Visitor]
SAID = ("progress", "updated_on", "current_due_on", "original_due_on", "extension_count")
JANUARY, FIRST, SECOND, THIRD = date(2012, 1, 10), date(2012, 2, 1), date(2012, 2, 10), date(2012, 2, 20)


def now(action: Action) -> Action:
    return Action.get_by_id(action.id)


def newest(model: type[ProgressUpdate] | type[Extension]) -> ProgressUpdate | Extension:
    return model.select().order_by(model.id.desc()).get()


def on(day: date, action: Action) -> dict[str, object]:
    """Return what the action said at the end of a past day."""
    with reading():
        (row,) = read(rows_of(state_at(Action, Moment(day, True), ("id", *SAID))))
    return {name: str(row[name]) for name in SAID}


def today(action: Action) -> dict[str, object]:
    return {name: str(getattr(now(action), name)) for name in SAID}


def paper(day: date) -> str:
    with reading():
        report = build_progress(
            SYSTEM, get_board(), ReportRequest(as_at=day, appendices=tuple(Appendix)), clock.today()
        )
    return repr([list(b.rows) for s in report.sections for b in s.blocks if isinstance(b, Table)])


@pytest.fixture
def told(world: World) -> Action:
    """Return an action with three updates on three days, each with a canary."""
    with clock.at(JANUARY):
        action = world.action(date(2012, 5, 1))
    for day, word in ((FIRST, "Heronone"), (SECOND, "Herontwo"), (THIRD, "Heronthree")):
        with clock.at(day):
            world.progress(now(action), "in_progress", f"{word} is done.")
    return action


def update(place: int) -> ProgressUpdate:
    return list(ProgressUpdate.select().order_by(ProgressUpdate.id))[place]


ORDERS = [(2, 0), (1, 0, 2), *([(2, 1), (1, 2), (0, 1, 2), (2, 1, 0)] if LONG else [(1, 2)])]


@pytest.mark.parametrize("order", ORDERS)
def test_the_action_says_on_each_day_what_the_updates_that_stand_said(
    app: Flask, world: World, told: Action, order: tuple[int, ...]
) -> None:
    manager, rows = world.as_viewer(world.manager), [update(place) for place in range(3)]
    for place in order:
        void_entry(manager, rows[place], "Another action’s.", now(told).version)
    days = (JANUARY, FIRST, SECOND, THIRD)
    left = [day for place, day in enumerate(days) if place - 1 not in order]
    for day in (*days, TODAY - timedelta(days=1)):
        expected = max(each for each in left if each <= day)
        said = on(day, told)
        assert said["updated_on"] == str(expected), day
        assert said["progress"] == ("not_started" if expected == JANUARY else "in_progress"), day
    assert today(told)["updated_on"] == str(left[-1])
    words = ("Heronone", "Herontwo", "Heronthree")
    for day in (SECOND, TODAY):
        assert not [words[place] for place in order if words[place] in paper(day)]
    checked = run_check(app)
    assert checked.exit_code == 0, checked.output


def test_its_writer_marks_it_freely_until_somebody_else_acts(world: World, told: Action) -> None:
    lead = world.as_viewer(world.police_lead)
    void_entry(lead, update(2), "", now(told).version)
    assert today(told)["updated_on"] == str(SECOND)
    for other in (world.health_lead, world.reader, world.second_chair):
        with pytest.raises(Refused):
            void_entry(world.as_viewer(other), update(1), "No.", now(told).version)
    change_due_date(world.as_viewer(world.second_chair), now(told), date(2012, 6, 1), "The Board moved it.")
    with pytest.raises(Refused):
        void_entry(lead, update(1), "Mine.", now(told).version)
    manager = world.as_viewer(world.manager)
    with pytest.raises(InvalidInput) as refusal:
        void_entry(manager, update(1), " ", now(told).version)
    assert refusal.value.errors["reason"].startswith("Say why")
    void_entry(manager, update(1), "Another action’s.", now(told).version)


def test_a_manager_of_an_agency_that_owns_it_marks_nothing_of_it(world: World, told: Action) -> None:
    own = world.person("own-manager", *world.manager.role_set, agency=world.police)
    with pytest.raises(Refused):
        void_entry(world.as_viewer(own), update(2), "No.", now(told).version)


def test_what_came_with_a_report_stays_with_it(world: World, told: Action) -> None:
    world.evidence(now(told))
    report_done(world.as_viewer(world.police_lead), now(told), "It is done.")
    with pytest.raises(Refused, match="report"):
        void_entry(world.as_viewer(world.manager), update(3), "No.", now(told).version)
    void_entry(world.as_viewer(world.manager), update(2), "Another’s.", now(told).version)
    assert today(told)["progress"] == "done" and on(THIRD, told)["updated_on"] == str(SECOND)


def test_two_at_once_the_second_is_told(world: World, told: Action) -> None:
    manager, row, seen = world.as_viewer(world.manager), update(2), now(told).version
    with pytest.raises(StaleEdit):
        void_entry(manager, update(2), "Other.", seen - 1)
    void_entry(manager, update(2), "Other.", seen)
    with pytest.raises(Refused, match="already"):
        void_entry(manager, row, "Other.", seen)


def test_the_number_of_an_update_that_is_gone_may_be_another_ones(
    app: Flask, world: World, told: Action, visit: Visit
) -> None:
    lead = world.as_viewer(world.police_lead)
    for word in ("Heronfour", "Heronfive"):
        void_entry(lead, update(2), "", now(told).version)
        world.progress(now(told), "in_progress", f"{word} is done.")
    assert update(2).narrative == "Heronfive is done."
    page = visit(world.police_lead).get(at(told))
    assert "Heronfive" in page.text and "Heronfour" not in page.source
    assert at(told, f"/updates/{update(2).id}/recorded-in-error") in page.links()
    void_entry(lead, update(2), "", now(told).version)
    assert on(THIRD, told)["updated_on"] == str(SECOND) == today(told)["updated_on"]
    assert run_check(app).exit_code == 0


@pytest.fixture
def asked(world: World) -> Extension:
    """Return a request for more time that waits since February."""
    with clock.at(JANUARY):
        action = world.action(date(2012, 3, 1))
    with clock.at(FIRST):
        lead = world.as_viewer(world.police_lead)
        return ask_extension(lead, now(action), date(2012, 6, 1), "Heronask is late.")


def test_a_request_that_waits_is_nobodys_turn_any_more(app: Flask, world: World, asked: Extension) -> None:
    assert moves_of_one(asked.action_id).more_time_on == FIRST
    assert "Heronask" in paper(SECOND)
    void_entry(world.as_viewer(world.police_lead), asked, "", now(asked.action).version)
    assert moves_of_one(asked.action_id).more_time_on is None
    assert "Heronask" not in paper(SECOND) and "Heronask" not in paper(TODAY)
    with pytest.raises(Refused, match="recorded in error"):
        decide_extension(world.as_viewer(world.second_chair), asked, False, "No.")
    assert run_check(app).exit_code == 0


@pytest.mark.parametrize("granted", [True, False])
def test_what_was_decided_goes_with_its_news_and_the_date_comes_back(
    app: Flask, world: World, asked: Extension, granted: bool
) -> None:
    action, manager = asked.action, world.as_viewer(world.manager)
    before = on(FIRST, action)
    with clock.at(SECOND):
        decide_extension(world.as_viewer(world.second_chair), asked, granted, "Heronanswer.")
    assert News.select().count() >= 1
    with pytest.raises(Refused):
        void_entry(world.as_viewer(world.police_lead), newest(Extension), "Mine.", now(action).version)
    void_entry(manager, newest(Extension), "Another action’s.", now(action).version)
    for day in (FIRST, SECOND, TODAY - timedelta(days=1)):
        assert on(day, action) == before, day
    assert today(action) == before
    assert (Extension.select().count(), News.select().where(News.kind == "more_time").count()) == (0, 0)
    assert "Heron" not in paper(TODAY) + paper(SECOND)
    assert run_check(app).exit_code == 0


def test_a_change_stays_while_a_later_one_stands_on_it(world: World, asked: Extension) -> None:
    action, manager = asked.action, world.as_viewer(world.manager)
    chair = world.as_viewer(world.second_chair)
    with clock.at(SECOND):
        decide_extension(chair, asked, True, "Yes.")
    with clock.at(THIRD):
        change_due_date(chair, now(action), date(2012, 9, 1), "More.")
    first, second = Extension.select().order_by(Extension.id)
    with pytest.raises(Refused, match="later change"):
        void_entry(manager, first, "No.", now(action).version)
    void_entry(manager, second, "Other.", now(action).version)
    assert today(action)["current_due_on"] == on(THIRD, action)["current_due_on"] == "2012-06-01"
    void_entry(manager, Extension.get_by_id(first.id), "Other.", now(action).version)
    for said in (today(action), on(SECOND, action), on(THIRD, action)):
        assert (said["current_due_on"], said["extension_count"]) == ("2012-03-01", "0")
    correct_date(manager, now(action), "current_due_on", date(2012, 4, 1), "A slip.", now(action).version)
    for day in (FIRST, SECOND, THIRD):
        assert on(day, action)["current_due_on"] == "2012-04-01"


def test_the_story_leads_to_the_page_and_shows_the_reason(world: World, told: Action, visit: Visit) -> None:
    tail = f"/updates/{update(2).id}/recorded-in-error"
    assert at(told, tail) in visit(world.police_lead).get(at(told)).links()
    visitor = visit(world.manager)
    assert at(told, tail) in visitor.get(at(told)).links()
    assert "Heronthree" in visitor.get(at(told, tail)).text
    assert visitor.send(at(told, tail)).errors["reason"].startswith("Say why")
    assert visitor.send(at(told, tail), reason="It is of another.").leads_to == at(told)
    for who in (world.manager, world.police_lead, world.chair):
        page = visit(who).get(at(told))
        assert "Heronthree" not in page.source and "A progress update was recorded in error" in page.text
    assert visitor.get(at(told, tail)).status == 404
    trail = visit(world.chair).get("/audit")
    assert "Progress update recorded in error" in trail.text
    assert visit(world.chair).get(at(told, f"/updates/{update(1).id}/recorded-in-error")).status == 403


def test_a_chair_who_was_deciding_keeps_the_text(world: World, asked: Extension, visit: Visit) -> None:
    action = asked.action
    visitor = visit(world.second_chair)
    void_entry(world.as_viewer(world.police_lead), asked, "", now(action).version)
    sent = {"answer": "refuse", "reason": "The herons do not wait.", "version": "1"}
    page = visitor.post(at(action, f"/more-time/{asked.id}"), sent)
    assert page.status == 409 and "The herons do not wait." in page.text
    assert "recorded in error" not in visit(world.police_lead).get(at(action)).text.split("Story")[1]
    kept = AuditEvent.select().where(AuditEvent.event == "extension.voided").get()
    assert "Heronask" in kept.state
