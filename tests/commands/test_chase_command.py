"""flask chase, as an operator runs it."""

import asyncio
import json
import os
import pty
import signal
from datetime import date
from typing import Any

import pytest

from kscb_actions import clock
from kscb_actions.access.policy import Role
from kscb_actions.audit.models import AuditEvent
from kscb_actions.chasing.actions.models import Chase
from kscb_actions.chasing.actions.provider import OPEN_ACTIONS
from kscb_actions.chasing.news.service import see_all
from kscb_actions.chasing.providers import run_of
from kscb_actions.chasing.service import chase_together
from kscb_actions.commands import cli
from kscb_actions.config import Settings
from kscb_actions.mail.models import OutboxMessage

from ..factories import TODAY, World
from ..mail.peers import Peer, listening
from .running import begin, flask, flask_process, until

LEADS = 6


def test_json_says_who_gets_what_and_nothing_else_is_on_stdout(world: World, settings: Settings) -> None:
    action = world.action(due_on=TODAY)
    events = AuditEvent.select().count()
    done = flask(settings, "chase", "--on", "2012-03-30", "--dry-run", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "on": "2012-03-30",
        "messages": [
            {
                "to": "police-lead@board.example",
                "subject": "1 action needs you: 1 due today (SCR-2011-01/A1); 1 thing is new for you",
                "items": [{"action": action.reference, "stage": 0, "due_on": "2012-03-30"}],
            }
        ],
    }
    assert "nothing was changed" in done.stderr
    assert (OutboxMessage.select().count(), AuditEvent.select().count()) == (0, events)


def test_a_run_queues_and_a_second_one_does_not(world: World, settings: Settings) -> None:
    world.action(due_on=TODAY)
    first = flask(settings, "chase", "--on", "2012-03-30")
    assert (first.returncode, OutboxMessage.select().count()) == (0, 1)
    assert "police-lead@board.example: 1 action needs you: 1 due today (SCR-2011-01/A1)" in first.stdout
    assert "in the outbox" in first.stderr
    second = flask(settings, "chase", "--on", "2012-03-30", "--json")
    assert json.loads(second.stdout) == {"on": "2012-03-30", "messages": []}
    assert OutboxMessage.select().count() == 1


def test_a_weekend_says_so_and_sends_nothing(world: World, settings: Settings) -> None:
    world.action(due_on=date(2012, 3, 31))
    done = flask(settings, "chase", "--on", "2012-03-31", "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout) == {"on": "2012-03-31", "messages": []}
    assert "2012-03-31 is a Saturday: nobody is chased." in done.stderr
    assert OutboxMessage.select().count() == 0


@pytest.mark.parametrize(
    "day", ["2012-02-30", "03/30/2012", "30.3.12", "March 2012", "2012-W13-5", "9999-12-31", "0001-01-01", ""]
)
def test_a_bad_date_is_named_and_nothing_happens(world: World, settings: Settings, day: str) -> None:
    world.action(due_on=TODAY)
    done = flask(settings, "chase", "--on", day, "--json")
    assert done.returncode != 0
    assert done.stdout == ""
    assert f"“{day}” is" in done.stderr
    assert "Traceback" not in done.stderr
    assert OutboxMessage.select().count() == 0


def test_with_a_mail_server_the_run_delivers_too(world: World, settings: Settings) -> None:
    world.action(due_on=TODAY)
    see_all(world.police_lead.viewer)
    with listening(Peer()) as peer:
        mail = {"KSCB_MAIL": f"smtp://127.0.0.1:{peer.port}", "KSCB_MAIL_WITHOUT_TLS": "yes"}
        done = flask(settings, "chase", "--on", "2012-03-30", "--dry-run", **mail)
        assert (done.returncode, peer.received) == (0, [])
        done = flask(settings, "chase", "--on", "2012-03-30", "--json", **mail)
        assert (done.returncode, len(json.loads(done.stdout)["messages"])) == (0, 1)
        flask(settings, "chase", "--on", "2012-03-30", **mail)
    assert peer.subjects() == ["1 action needs you: 1 due today (SCR-2011-01/A1)"]
    assert OutboxMessage.get().state == "sent"


def test_processes_that_chase_at_once_send_once(world: World, settings: Settings) -> None:
    for _ in range(5):
        world.action(due_on=TODAY)
        world.action(due_on=TODAY, agency=world.health)
    with listening(Peer()) as peer:
        mail = {"KSCB_MAIL": f"smtp://127.0.0.1:{peer.port}", "KSCB_MAIL_WITHOUT_TLS": "yes"}
        running = [begin(settings, "chase", "--on", "2012-03-30", "--json", **mail) for _ in range(3)]
        said = [process.communicate(timeout=90)[0] for process in running]
    assert [process.returncode for process in running] == [0, 0, 0]
    assert sorted(len(json.loads(out)["messages"]) for out in said) == [0, 0, 2]
    assert sorted(message["To"] for message in peer.received) == [
        "health-lead@board.example",
        "police-lead@board.example",
    ]
    assert (OutboxMessage.select().count(), Chase.select().count()) == (2, 10)


class Slow(Peer):
    """A server that takes its time over each message."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Take it, and answer later."""
        answer = await super().handle_DATA(server, session, envelope)
        await asyncio.sleep(0.4)
        return answer


def owed_by_many(world: World) -> None:
    """Let many leads have an action that is due."""
    for number in range(LEADS):
        world.action(due_on=TODAY, lead=world.person(f"lead-{number}", Role.AGENCY_LEAD, agency=world.police))


def mail_to(peer: Peer) -> dict[str, str]:
    return {"KSCB_MAIL": f"smtp://127.0.0.1:{peer.port}", "KSCB_MAIL_WITHOUT_TLS": "yes"}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_run_that_is_broken_off_says_so_and_the_next_one_goes_on(
    world: World, settings: Settings, number: signal.Signals
) -> None:
    owed_by_many(world)
    with listening(Slow()) as peer:
        process = begin(settings, "chase", "--on", "2012-03-30", **mail_to(peer))
        assert until(lambda: len(peer.received) >= 2), process.communicate(timeout=5)
        process.send_signal(number)
        _, err = process.communicate(timeout=30)
        assert process.returncode == 128 + number, err
        assert "Run the command again: it goes on" in err and "Traceback" not in err
        sent = len(peer.received)
        assert 2 <= sent < LEADS and f"Mail: {sent} sent, 0 put off, 0 failed, 0 withheld" in err
        assert {row.state for row in OutboxMessage.select()} == {"sent", "queued"}
        again = flask(settings, "chase", "--on", "2012-03-30", **mail_to(peer))
        assert again.returncode == 0 and "Broken off" not in again.stderr
    told = [message["To"] for message in peer.received if message["To"].startswith("lead-")]
    assert sorted(told) == [f"lead-{number}@board.example" for number in range(LEADS)]
    assert len({message["Message-ID"] for message in peer.received}) == len(peer.received)
    assert Chase.select().count() == LEADS


def test_broken_off_while_it_writes_nothing_is_written_and_the_next_run_writes_all(world: World) -> None:
    owed_by_many(world)
    run, heard = run_of(OPEN_ACTIONS), []

    def breaks_off(done: int, all: int) -> None:
        heard.append((done, all))
        if done == 3:
            raise KeyboardInterrupt

    with clock.at(TODAY):
        with pytest.raises(KeyboardInterrupt):
            chase_together(run, TODAY, "", progress=breaks_off)
        assert (OutboxMessage.select().count(), Chase.select().count()) == (0, 0)
        written = len(chase_together(run, TODAY, "").messages)
    assert [done for done, _ in heard] == [1, 2, 3] and {all for _, all in heard} == {written}
    assert Chase.select().count() == LEADS


def test_a_second_signal_does_not_wait_for_the_message_that_is_on_its_way() -> None:
    breaking = cli.Breaking()
    breaking.waits_for_step = True
    breaking.come(signal.SIGTERM, None)
    assert breaking.has_come()
    with pytest.raises(KeyboardInterrupt):
        breaking.come(signal.SIGTERM, None)


def test_a_log_is_told_how_far_a_long_run_is(
    world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    owed_by_many(world)
    with listening(Peer()) as peer:
        short = flask(settings, "chase", "--on", "2012-03-30", "--dry-run", **mail_to(peer))
        monkeypatch.setattr(cli, "TELLS_SECONDS", 0)
        done = flask(settings, "chase", "--on", "2012-03-30", "--json", **mail_to(peer))
    assert ": 1 of" not in short.stderr
    count = len(json.loads(done.stdout)["messages"])
    for label in ("Writing messages", "Sending"):
        assert f"{label}: 1 of {count}\n" in done.stderr and f"{label}: {count} of {count}\n" in done.stderr


def test_at_a_terminal_a_bar_shows_how_far_it_is(world: World, settings: Settings) -> None:
    owed_by_many(world)
    own, terminal = pty.openpty()
    with listening(Peer()) as peer:
        process = begin(settings, "chase", "--on", "2012-03-30", stderr=terminal, **mail_to(peer))
        process.communicate(timeout=60)
    os.close(terminal)
    shown = b""
    while (some := read_terminal(own)) != b"":
        shown += some
    os.close(own)
    assert process.returncode == 0, shown
    assert b"Writing messages" in shown and b"Sending" in shown and shown.count(b"100%") == 2, shown


def read_terminal(own: int) -> bytes:
    """Return what a terminal has been written; nothing where its other end is closed."""
    try:
        return os.read(own, 65_536)
    except OSError:
        return b""


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("KSCB_MAIL", "http://mail.example", "KSCB_MAIL must look like"),
        ("KSCB_MAIL", "smtp://", "KSCB_MAIL must look like"),
        ("KSCB_MAIL", "smtp://mail.example:port", "KSCB_MAIL must look like"),
        ("KSCB_MAIL_FROM", "a@b.example\nBcc: c@d.example", "KSCB_MAIL_FROM must be one email address"),
        ("KSCB_MAIL_WITHOUT_TLS", "perhaps", "KSCB_MAIL_WITHOUT_TLS must be yes or no"),
        ("KSCB_INSTANCE", "/proc/nothing", "The folder /proc/nothing cannot be used"),
        ("KSCB_DATABASE", "sqlite:////proc/nothing/a.db", "KSCB_DATABASE: /proc/nothing/a.db cannot be made"),
        ("KSCB_MAIL_FROM", "nobody", "KSCB_MAIL_FROM must be one email address"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(
    settings: Settings, name: str, value: str, words: str
) -> None:
    done = flask(settings, "chase", "--dry-run", **{name: value})
    assert done.returncode != 0
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_as_a_process_it_names_the_setting_and_prints_no_traceback(settings: Settings) -> None:
    done = flask_process(settings, "chase", "--dry-run", KSCB_MAIL="smtp://")
    assert done.returncode == 1
    assert (done.stdout, done.stderr.startswith("Error: KSCB_MAIL must look like")) == ("", True)
    assert "Traceback" not in done.stderr


def test_a_database_that_is_not_ready_says_what_to_do(settings: Settings, tmp_path) -> None:
    done = flask(settings, "chase", KSCB_DATABASE=f"sqlite:///{tmp_path}/new.db")
    assert done.returncode != 0
    assert "Run 'flask migrate' first" in done.stderr


def test_a_file_that_is_no_database_is_said_plainly(settings: Settings, tmp_path) -> None:
    (tmp_path / "kscb.db").write_text("This is not a database, but long enough to look at. " * 50)
    done = flask(settings, "chase", KSCB_DATABASE=f"sqlite:///{tmp_path}/kscb.db")
    assert done.returncode != 0
    assert "The database cannot be opened" in done.stderr
    assert "Traceback" not in done.stderr
