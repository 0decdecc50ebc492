"""A board that has switched the child-death rooms off sees nothing of them anywhere, and loses nothing."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask

from kscb_actions.access.policy import OF_CHILD_DEATHS, Role
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.rules import DEATH_ROOMS, names_of_rooms
from kscb_actions.audit.words import EVENT_NAMES, event_choices
from kscb_actions.audit.words import OF_CHILD_DEATHS as OF_ROOMS
from kscb_actions.calendar_feeds.service import make_feed
from kscb_actions.chasing.providers import in_use, list_subjects
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.config import Settings
from kscb_actions.database import reading, writing
from kscb_actions.mail.delivery import deliver_due
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.people.models import User
from kscb_actions.reports.kept.serialisation import write_text
from kscb_actions.reports.papers import PAPERS
from kscb_actions.reports.progress.scope import ReportingYear, ReportRequest
from kscb_actions.settings.queries import get_board
from kscb_actions.settings.service import change_settings

from ..child_deaths.requests.making import Asked
from ..factories import TODAY
from ..long import LONG
from ..mail.sending import via
from .conftest import Board
from .walker import Answer, leaks, rooms_opened, walk

WORDS = re.compile(r"child[- ]deaths?|CDOP|panel (?:work|meeting)|published tables|referrals? from the", re.I)
# Where it is switched on again, and the story of who switched it.
NAMED = ("/settings", "/audit", "/board.css")
SHORT = [Role.MANAGER, Role.CHAIR, Role.AGENCY_LEAD, Role.CDOP_COORDINATOR]
YEAR_FROM = date(2011, 4, 1)
WALKING = [None, *(role for role in Role if role is not Role.DEPUTY)] if LONG else SHORT


@pytest.fixture
def off(board: Board) -> Board:
    """Give the board with the rooms switched off."""
    change_settings(board.world.as_viewer(board.world.manager), {"has_child_deaths": False})
    with writing():
        for person in User.select().where(User.name.contains("cdop")):
            facts = {"name": f"Somebody {person.id}", "email": f"somebody-{person.id}@board.example"}
            User.update(**facts).where(User.id == person.id).execute()
    return board


def told(answers: dict[str, Answer]) -> list[tuple[str, str]]:
    """Return where a page names the rooms, and by which words."""
    return [
        (address, found.group())
        for address, answer in answers.items()
        if answer.status == 200 and not address.startswith(NAMED) and (found := WORDS.search(answer.text))
    ]


@pytest.mark.parametrize("role", WALKING)
def test_no_page_of_anybody_tells_of_them(off: Board, sign_in: Callable, role: Role | None) -> None:
    answers = walk(sign_in(off.person(role)), off.addresses)
    assert rooms_opened(answers) == set()
    assert list(leaks(answers, off.planted)) == []
    assert told(answers) == []
    assert [address for address, answer in answers.items() if answer.status >= 500] == []
    assert role in (None, *OF_CHILD_DEATHS) or sum(each.status == 200 for each in answers.values()) > 8


def test_no_event_of_the_trails_filter_names_them(off: Board, visit: Callable) -> None:
    shown = visit(off.world.manager).get("/audit").source
    assert "Review recorded" in shown
    names = [name for event, name in EVENT_NAMES.items() if event.split(".")[0] in OF_ROOMS]
    assert len(names) > 50 and [str(name) for name in names if f">{name}</option>" in shown] == []
    change_settings(off.world.as_viewer(off.world.manager), {"has_child_deaths": True})
    again = visit(off.world.manager).get("/audit").source
    assert [str(name) for name in names if f">{name}</option>" not in again] == []


def test_the_names_of_their_events_are_known_by_their_beginnings(board: Board) -> None:
    of_rooms = AuditEvent.room.in_(names_of_rooms(*DEATH_ROOMS))
    recorded = {event for (event,) in AuditEvent.select(AuditEvent.event).where(of_rooms).tuples()}
    others = {event for (event,) in AuditEvent.select(AuditEvent.event).where(~of_rooms).tuples()}
    # A message is mail whatever it is about.
    assert {event for event in recorded if event.split(".")[0] not in {*OF_ROOMS, "mail"}} == set() < recorded
    assert {event for event in others if event.split(".")[0] in OF_ROOMS} == set()
    assert [
        name for name in event_choices(False).values() if re.search(r"\b(deaths?|panel)\b", name, re.I)
    ] == []


def test_no_paper_names_them(off: Board) -> None:
    asked = {"review": "SCR-2011-01", "agency": "KPOL", "year": ReportingYear("2011-12", YEAR_FROM, TODAY)}
    for paper in PAPERS.values():
        choice = ReportRequest(as_at=TODAY, **{name: asked[name] for name in paper.needs})
        with reading():
            written = write_text(paper.make(off.world.manager.viewer, get_board(), choice, TODAY))
        assert WORDS.findall(written) == [], paper.code


def test_a_calendar_feed_has_nothing_of_them(board: Board, app: Flask) -> None:
    address = f"/calendar/{make_feed(Asked(board.world).contact)}.ics"
    assert "Reply by: request" in app.test_client().get(address).text
    change_settings(board.world.as_viewer(board.world.manager), {"has_child_deaths": False})
    answer = app.test_client().get(address)
    assert answer.status_code == 200 and "request" not in answer.text


def test_checking_the_board_names_them_only_where_something_is_wrong_with_them(
    off: Board, app: Flask
) -> None:
    answer = app.test_cli_runner().invoke(args=["check"])
    assert WORDS.findall(answer.output) == []


def test_a_page_that_told_of_them_would_be_found(off: Board, sign_in: Callable) -> None:
    """Plant an offender: a review whose title tells of them."""
    off.world.review("SCR-2011-09", title="What the CDOP learnt")
    assert ("/reviews", "CDOP") in told(walk(sign_in(off.world.manager), ["/reviews"]))


def test_whose_roles_were_all_of_them_is_told_whom_to_ask(off: Board, visit: Callable) -> None:
    said = visit(off.person(Role.CDOP_CHAIR)).get("/").text
    assert "You are signed in. What you were given here opens no reviews" in said
    assert "panel" not in said
    assert off.world.manager.name in said


def test_what_is_switched_on_again_is_all_there(board: Board, sign_in: Callable) -> None:
    manager, coordinator = board.world.as_viewer(board.world.manager), board.person(Role.CDOP_COORDINATOR)
    rooms = [each for each in board.addresses if each.startswith(("/deaths", "/panels", "/child-death"))]
    before, cases = walk(sign_in(coordinator), rooms), ChildDeath.select().count()
    change_settings(manager, {"has_child_deaths": False})
    assert {each.status for each in walk(sign_in(coordinator), rooms).values()} == {404}
    change_settings(manager, {"has_child_deaths": True})
    after = walk(sign_in(coordinator), rooms)
    assert {each: answer.status for each, answer in after.items()} == {
        each: answer.status for each, answer in before.items()
    }
    assert ChildDeath.select().count() == cases > 0


def test_nobody_is_reminded_and_what_waited_to_be_sent_is_not(off: Board, settings: Settings) -> None:
    assert "chase-returns" not in [each.name for each in in_use()]
    assert not any("return" in each.code for each in list_subjects())
    with writing():
        OutboxMessage.update(about="child_deaths", state="queued").execute()
    # Nobody listens there: whatever was to be sent would have to wait.
    done = deliver_due(via(settings, 9))
    assert done.dropped == OutboxMessage.select().where(OutboxMessage.state == "dropped").count() > 0
    assert OutboxMessage.select().where(OutboxMessage.state == "queued").count() == 0


def test_a_person_keeps_a_role_that_is_not_shown(off: Board, visit: Callable) -> None:
    person, manager = off.member, visit(off.world.manager)
    assert "cdop" not in manager.get(f"/people/{person.id}").source.lower()
    told = {"name": "Another post", "roles": "agency_lead"}
    assert manager.send(f"/people/{person.id}", told).status == 302
    assert User.get_by_id(person.id).name == "Another post"
    assert Role.CDOP_MEMBER in User.get_by_id(person.id).role_set


@pytest.mark.parametrize(
    "command", ["deaths-table --reviewed-in 2011-12", "import-deaths app.py", "chase-returns --dry-run"]
)
def test_a_command_says_so(off: Board, app: Flask, command: str) -> None:
    answer = app.test_cli_runner().invoke(args=command.split())
    assert answer.exit_code == 1
    assert "switched the child-death rooms off" in answer.output
