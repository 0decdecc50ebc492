"""flask chase, as an operator runs it."""

import json
from datetime import date

import pytest

from kscb_actions.audit.models import AuditEvent
from kscb_actions.chasing.actions.models import Chase
from kscb_actions.chasing.news.service import see_all
from kscb_actions.config import Settings
from kscb_actions.mail.models import OutboxMessage

from ..factories import TODAY, World
from ..mail.peers import Peer, listening
from .running import begin, flask, flask_process


def test_json_says_who_gets_what_and_nothing_else_is_on_stdout(world: World, settings: Settings) -> None:
    action = world.action(due_on=TODAY)
    events = AuditEvent.select().count()
    done = flask_process(settings, "chase", "--on", "2012-03-30", "--dry-run", "--json")
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
