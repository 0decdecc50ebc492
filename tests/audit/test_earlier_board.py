"""A board that an earlier version wrote: its trail holds, stays as it is, and tells no more than it did.

The rooms of its events have names that are used no longer; they are inside the hash chain.
"""

import gzip
import json
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path

import apsw
import pytest
from flask import Flask

from kscb_actions import clock, create_app, database
from kscb_actions.access.policy import SYSTEM
from kscb_actions.actions.models import Action
from kscb_actions.actions.service import update_progress
from kscb_actions.assurance.models import EvidenceFile
from kscb_actions.audit import queries
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.queries import every_event
from kscb_actions.audit.rules import CHAINED, FORMER_NAMES, VISIBLE_ROOMS, first_break
from kscb_actions.audit.service import change
from kscb_actions.child_deaths.cases.history import history_of
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.cases.service import edit_death, facts_of
from kscb_actions.child_deaths.meetings.interests import declare_interest
from kscb_actions.child_deaths.returns.service import ask_return
from kscb_actions.config import Settings
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.mail.rules import About
from kscb_actions.mail.service import queue
from kscb_actions.people.models import Agency, User
from kscb_actions.settings.districts import read_districts

from ..conftest import on_settings, settings_in
from ..factories import PDF, TODAY
from ..trail import told_to
from .test_chain import run_check

BOARD = Path(__file__).parent / "earlier_board" / "board.sql.gz"
CANARY = "nightingale"
DAY = date(2012, 4, 10)
WHO = ("manager", "chair", "second-chair", "reader")
# The tables whose rows are of deaths, by the names that they had then and have now.
DEATH_TABLES = {
    "agency_return",
    "annual_draft",
    "attendance",
    "categorisation",
    "child_death",
    "deaths",
    "district",
    "factor",
    "figures",
    "interest",
    "issued_report",
    "lesson",
    "panel_case",
    "panel_decision",
    "panel_meeting",
    "panel_seat",
    "referral",
    "referral_answer",
    "return_chase",
}


def rows_of_trail(path: Path) -> list[tuple[object, ...]]:
    """Return the trail's rows as the file holds them, read past the application: all that is chained."""
    # Closing a file by another copy of SQLite than the application's would take its locks away.
    with closing(apsw.Connection(str(path))) as raw:
        columns = f"id, {', '.join(CHAINED)}, previous_hash, hash"
        return raw.execute(f"SELECT {columns} FROM audit_event ORDER BY id").fetchall()


def written_by_earlier(folder: Path) -> Settings:
    """Return settings of an installation whose database an earlier version wrote, not yet migrated."""
    with closing(sqlite3.connect(folder / "kscb.db")) as raw, raw:
        raw.executescript(gzip.decompress(BOARD.read_bytes()).decode())
    return settings_in(folder)


@pytest.fixture
def earlier(tmp_path: Path) -> Settings:
    """Return settings of a fresh copy of that installation."""
    return written_by_earlier(tmp_path)


@pytest.fixture(scope="module")
def brought_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return that database, migrated once by the command, to be copied for each test."""
    settings = written_by_earlier(tmp_path_factory.mktemp("earlier"))
    assert create_app(settings).test_cli_runner().invoke(args=["migrate"]).exit_code == 0
    assert not (settings.instance / "kscb.db-wal").exists(), "all of it is in the one file"
    return settings.instance / "kscb.db"


@pytest.fixture
def app(brought_up: Path, tmp_path: Path, application: Flask) -> Iterator[Flask]:
    """Yield the application of today on that database, migrated, its one evidence file in place."""
    shutil.copy(brought_up, tmp_path / "kscb.db")
    settings = settings_in(tmp_path)
    with on_settings(application, settings, DAY):
        assert database.db.execute_sql("PRAGMA journal_mode").fetchone() == ("wal",)
        (stored,) = EvidenceFile.select()
        folder = settings.evidence / stored.stored_name[:2]
        folder.mkdir(parents=True)
        (folder / stored.stored_name).write_bytes(PDF)
        yield application


def person(name: str) -> User:
    """Return somebody of the board."""
    user: User = User.get(User.email == f"{name}@board.example")
    return user


def is_of_a_death(event: AuditEvent) -> bool:
    """Return whether an event is about a death, judged by its object and not by its room."""
    state = json.loads(event.state)
    column = {"outbox_message": "about", "outbox_item": "death_id"}.get(event.kind)
    about = column is not None and bool(state.get(column))
    return event.kind in DEATH_TABLES or event.event.startswith("return.") or about


def leaks(name: str) -> list[str]:
    """Return what the trail tells somebody of deaths, on all its pages."""
    viewer, found = person(name).viewer, []
    pages = told_to(viewer).pages
    for page in range(1, pages + 1):
        found += told_to(viewer, page=page).rows
    return [f"{event.id} {event.event} ({event.room})" for event in found if is_of_a_death(event)]


def write_on_the_board() -> None:
    """Let things happen on the board today: with deaths, and with actions."""
    coordinator = person("cdop-coordinator").viewer
    first, second, third = ChildDeath.select().order_by(ChildDeath.id)
    probation = Agency.get(Agency.code == "KPRO")
    ask_return(coordinator, second, probation, clock.today(), date(2012, 5, 1))
    told = replace(facts_of(third), circumstances="Once more a nightingale sang.")
    edit_death(coordinator, third, told, third.version)
    declare_interest(coordinator, third, person("cdop-member"), "A nightingale of mine.")
    with change(SYSTEM) as tx:
        queue(tx, person("cdop-coordinator"), "A nightingale", "A nightingale", [About(death_id=third.id)])
    action = Action.get(Action.number == 3)
    update_progress(person("police-lead").viewer, action, "in_progress", "Under way.")


def test_the_board_is_what_it_is_said_to_be(earlier: Settings, tmp_path: Path) -> None:
    assert BOARD.stat().st_size < 150_000
    with sqlite3.connect(tmp_path / "kscb.db") as raw:
        rooms = {room for (room,) in raw.execute("SELECT DISTINCT room FROM audit_event")}
        about = {row for row in raw.execute("SELECT room, kind FROM audit_event WHERE event = 'mail.queued'")}
        applied = raw.execute("SELECT COUNT(*) FROM schema_migration").fetchone()
        text = "\n".join(raw.iterdump())
    assert rooms == {*FORMER_NAMES, "figures", *VISIBLE_ROOMS} - {"jobs", "meetings"}
    assert about == {("mail", "outbox_message"), ("deaths", "outbox_message")}
    assert applied == (9,)
    assert text.lower().count(CANARY) > 10
    assert not re.search(r"/(tmp|home|work|root)/|argon2", text)


def test_migrating_rewrites_no_event_and_breaks_no_chain(earlier: Settings, tmp_path: Path) -> None:
    before = rows_of_trail(tmp_path / "kscb.db")
    application = create_app(earlier)
    with database.db.connection_context():
        assert first_break(every_event()) is None
    done = application.test_cli_runner().invoke(args=["migrate"])
    assert done.exit_code == 0 and "up to date" in done.output
    assert rows_of_trail(tmp_path / "kscb.db") == before and len(before) > 80
    with database.db.connection_context():
        assert first_break(every_event()) is None


def test_check_is_content_before_and_after_more_is_written(app: Flask, tmp_path: Path) -> None:
    before = rows_of_trail(tmp_path / "kscb.db")
    with clock.at(TODAY):  # The day of its last reminders: later they are late.
        told = run_check(app)
        write_on_the_board()
        again = run_check(app, "--head", f"{before[-1][0]}:{before[-1][-1]}")
    assert told.exit_code == 0 and "are whole" in told.output, told.output
    assert again.exit_code == 0, again.output
    assert rows_of_trail(tmp_path / "kscb.db")[: len(before)] == before
    assert first_break(every_event()) is None


@pytest.mark.parametrize("name", WHO)
def test_deaths_stay_hidden_under_old_names_and_new(app: Flask, name: str) -> None:
    viewer = person(name).viewer
    seen = told_to(viewer).total
    assert leaks(name) == []
    write_on_the_board()
    rooms = {event.room for event in AuditEvent.select() if is_of_a_death(event)}
    assert rooms == {*FORMER_NAMES, "figures", "child_deaths"}
    assert leaks(name) == []
    assert told_to(viewer).total == seen + 2, "what happened to an action"


def test_all_else_of_the_earlier_board_is_still_told(app: Flask) -> None:
    named = told_to(person("second-chair").viewer).total
    assert named == sum(not is_of_a_death(event) for event in AuditEvent.select())
    unnamed = told_to(person("reader").viewer).total
    assert 0 < unnamed < named


@pytest.mark.parametrize("name", WHO)
def test_no_page_of_the_trail_tells_of_a_death(app: Flask, sign_in: Callable, name: str) -> None:
    write_on_the_board()
    client = sign_in(person(name))
    pages = [unescape(client.get(f"/audit?page={page}").text) for page in (1, 2)]
    pages += [
        unescape(client.get(f"/audit?event={each}").text) for each in ("death.recorded", "interest.declared")
    ]
    pages.append(unescape(client.get("/audit/chain").text))
    assert "Action recorded" in pages[0] + pages[1] and "The chain holds" in pages[-1]
    assert all(page.count("No change matches.") == 1 for page in pages[2:4])
    assert all(CANARY not in page.lower() and "11/00" not in page for page in pages)


@pytest.mark.parametrize("former", FORMER_NAMES)
def test_a_trail_that_told_of_a_former_room_would_be_caught(
    app: Flask, monkeypatch: pytest.MonkeyPatch, former: str
) -> None:
    monkeypatch.setattr(queries, "VISIBLE_ROOMS", (*VISIBLE_ROOMS, former))
    assert leaks("reader")


def test_an_event_of_a_room_that_nobody_knows_is_not_told(app: Flask) -> None:
    seen = told_to(person("reader").viewer).total
    with database.writing():
        AuditEvent.insert(
            at=clock.now(),
            actor_name="Somebody",
            event="action.added",
            room="cases",
            kind="action",
            previous_hash="",
            hash="",
        ).execute()
    assert told_to(person("reader").viewer).total == seen


def test_a_cases_own_history_tells_what_was_written_then_and_since(app: Flask) -> None:
    write_on_the_board()
    first, second, third = ChildDeath.select().order_by(ChildDeath.id)
    districts = read_districts().names
    told = {
        death.id: [entry.title for entry in history_of(death, districts)] for death in (first, second, third)
    }
    assert {"Case recorded", "Agency asked for its return", "Interest declared", "Referral answered"} <= set(
        told[first.id]
    )
    assert {"Panel’s decision recorded", "Case put on the agenda", "Recommendation made of a death"} <= set(
        told[second.id]
    )
    assert told[second.id][0] == "Agency asked for its return", "what was written today"
    assert told[third.id].count("Case changed") == told[third.id].count("Interest declared") == 2


def test_the_outbox_keeps_both_messages_about_deaths_to_the_panel(app: Flask) -> None:
    from kscb_actions.mail.queries import list_messages
    from kscb_actions.web.mail import visible_message

    write_on_the_board()
    viewer = person("manager").viewer
    shown = list_messages(viewer, visible_message(viewer)).rows
    assert shown and all(message.about == "" for message in shown)
    assert OutboxMessage.select().where(OutboxMessage.about != "").count() == 2
