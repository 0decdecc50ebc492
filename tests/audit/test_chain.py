"""The chain of events: it holds as written and read, and shows an edit, a removal, a change of order."""

import hashlib
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import UTC, date, datetime
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kscb_actions import clock, database
from kscb_actions.access.policy import SYSTEM
from kscb_actions.audit import queries
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.queries import every_event, head
from kscb_actions.audit.rules import CHAINED, GENESIS, canonical, chain_hash, chain_hashes, first_break
from kscb_actions.audit.service import change
from kscb_actions.database import db
from kscb_actions.reviews.queries import told_events

from ..factories import PDF, World
from ..long import amount

DUE = date(2012, 5, 1)
DAYS = (datetime(1970, 1, 2), datetime(2100, 1, 1))  # noqa: DTZ001


def tamper(sql: str, *values: object) -> None:
    """Change the trail as somebody with the database's keys would: past the triggers that forbid it."""
    with database.writing():
        if not database.is_sqlite():
            db.execute_sql("ALTER TABLE audit_event DISABLE TRIGGER USER")
            db.execute_sql(sql.replace("?", "%s"), values)
            db.execute_sql("ALTER TABLE audit_event ENABLE TRIGGER USER")
            return
        for (name,) in db.execute_sql(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_event'"
        ).fetchall():
            db.execute_sql(f'DROP TRIGGER "{name}"')
        db.execute_sql(sql, values)


OFFENCES: dict[str, Callable[[int], None]] = {
    "who": lambda at: tamper("UPDATE audit_event SET actor_name = 'Somebody' WHERE id = ?", at),
    "when": lambda at: tamper("UPDATE audit_event SET at = '2012-03-30 11:00:00.000001' WHERE id = ?", at),
    "what": lambda at: tamper("UPDATE audit_event SET state = '{}', changes = '{\"a\": 1}' WHERE id = ?", at),
    "removed": lambda at: tamper("DELETE FROM audit_event WHERE id = ?", at),
    "moved": lambda at: tamper("UPDATE audit_event SET id = 100000 WHERE id = ?", at),
    "own hash": lambda at: tamper("UPDATE audit_event SET hash = previous_hash WHERE id = ?", at),
    "hidden away": lambda at: tamper("UPDATE audit_event SET review_id = 77 WHERE id = ?", at),
}


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2012, 3, 30, 11, 0, 0, 0, tzinfo=UTC),
        datetime(2012, 3, 30, 11, 0, 0, 1, tzinfo=UTC),
        datetime(2012, 3, 30, 11, 0, 0, 999_999, tzinfo=UTC),
        datetime(2012, 3, 25, 0, 59, 59, 120_000, tzinfo=UTC),
        datetime(2012, 10, 28, 1, 30, tzinfo=UTC),
        datetime(2012, 2, 29, 23, 59, 59, 999_000, tzinfo=UTC),
    ],
)
def test_an_instant_read_back_gives_the_hash_it_was_written_with(app: Flask, moment: datetime) -> None:
    with clock.at(moment), change(SYSTEM) as tx:
        tx.record("report.exported", "reports", {"on": date(2012, 2, 29)})
    assert head(SYSTEM, told_events(SYSTEM)).at == moment  # type: ignore[union-attr]
    assert first_break(every_event()) is None


@given(st.sets(st.sampled_from(CHAINED)), st.lists(st.text('a%s{}"\n’'), min_size=1, max_size=4))
def test_events_written_together_have_the_hashes_of_one_after_another(
    same: set[str], texts: list[str]
) -> None:
    shared = {name: f"{texts[0]} {name}" for name in same}
    events = [{name: shared.get(name, f"{text} {name}") for name in CHAINED} for text in texts]
    one_by_one, head = [], GENESIS
    for each in events:
        head = chain_hash(head, each)
        one_by_one.append(head)
    assert list(chain_hashes(GENESIS, shared, events)) == one_by_one


@settings(max_examples=amount(80), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.datetimes(*DAYS, timezones=st.just(UTC)),
    st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=40),
)
def test_any_instant_and_text_read_back_as_written(app: Flask, moment: datetime, text: str) -> None:
    with clock.at(moment), change(SYSTEM) as tx:
        tx.record("report.exported", "reports", {"text": text})
    assert first_break(every_event()) is None


def test_the_chain_of_a_whole_story_holds(world: World) -> None:
    world.decision(world.action(DUE))
    assert first_break(every_event()) is None


def test_the_trail_is_read_whole_in_pieces(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [event.id for event in AuditEvent.select(AuditEvent.id).order_by(AuditEvent.id)]
    for piece in (1, len(ids) - 1, len(ids), len(ids) + 1):
        monkeypatch.setattr(queries, "PIECE", piece)
        assert [event["id"] for event in every_event()] == ids


@pytest.mark.parametrize("offence", OFFENCES)
def test_tampering_shows_on_the_page_and_on_the_command_line(
    app: Flask, world: World, sign_in: Callable, offence: str
) -> None:
    world.action(DUE)
    client = sign_in(world.reader)
    assert "The chain holds" in client.get("/audit/chain").text
    OFFENCES[offence](3)
    assert first_break(every_event()) in (3, 4)
    page = client.get("/audit/chain").text
    assert "The chain is broken" in page and "Number in the trail" in page
    result = run_check(app)
    assert result.exit_code == 1 and "FAULT: audit trail: broken at event" in result.output


def run_check(app: Flask, *arguments: str) -> Result:
    """Run `flask check` by the test's clock in a thread, which like a process has no connection yet."""

    def run() -> Result:
        with app.app_context():
            return app.test_cli_runner().invoke(args=["check", *arguments])

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(copy_context().run, run).result()


def test_a_break_in_a_hidden_review_is_said_without_naming_it(
    world: World, sign_in: Callable, app: Flask
) -> None:
    action = world.action(DUE)
    with database.writing():
        action.review.is_restricted = True
        action.review.save()
    event = AuditEvent.get(AuditEvent.event == "action.added")
    OFFENCES["who"](event.id)
    page = sign_in(world.reader).get("/audit/chain").text
    assert "one that you may not see" in page and "Somebody" not in page


def test_a_cut_tail_shows_against_a_noted_head(app: Flask, world: World) -> None:
    with change(SYSTEM) as tx:
        tx.record("report.exported", "reports", {})
    result = run_check(app)
    assert result.exit_code == 0, result.output
    noted = result.output.split("to note elsewhere: ")[1].strip()
    assert run_check(app, "--head", noted).exit_code == 0
    number = int(noted.split(":")[0])
    tamper("DELETE FROM audit_event WHERE id = ?", number)
    assert run_check(app).exit_code == 0, "a cut tail that tells of no row cannot show"
    assert "is not the one noted" in run_check(app, "--head", noted).output


@pytest.mark.parametrize("noted", ["", "x", "1", "1:", ":x", "x:" + "0" * 64, "1:" + "0" * 63])
def test_a_head_typed_wrongly_is_said(app: Flask, world: World, noted: str) -> None:
    result = run_check(app, "--head", noted)
    assert result.exit_code == 1 and "NUMBER:FINGERPRINT" in result.output


def test_check_finds_evidence_that_is_damaged_missing_or_nobodys(app: Flask, world: World) -> None:
    evidence = world.evidence(world.action(DUE), ("a.pdf", PDF), ("b.pdf", PDF + b"%"))
    assert run_check(app).exit_code == 0
    first, second = (world.store._path(file.stored_name) for file in evidence.files)
    first.chmod(0o600)
    first.write_bytes(b"x" + first.read_bytes()[1:])
    second.unlink()
    with open(world.store._root / "holiday.jpg", "wb") as stray:
        stray.write(b"x")
    result = run_check(app)
    assert result.exit_code == 1
    assert result.output.count("is missing or is not what was received") == 2
    assert "did not put holiday.jpg" in result.output


def test_check_names_open_actions_that_nobody_leads(app: Flask, world: World) -> None:
    led, accepted = world.action(DUE), world.decision(world.action(DUE))
    assert "Nobody leads" not in run_check(app).output
    lead = world.police_lead
    lead.is_active = False
    with change(SYSTEM) as tx:
        tx.update(lead, "person.changed")
    result = run_check(app)
    assert result.exit_code == 0, result.output
    assert f"Nobody leads {led.reference}: its lead, Police lead, is switched off." in result.output
    assert accepted.reference not in result.output


def test_check_changes_nothing(app: Flask, world: World) -> None:
    world.evidence(world.action(DUE))
    before = list(AuditEvent.select().tuples())
    run_check(app)
    assert list(AuditEvent.select().tuples()) == before


def test_an_address_to_which_no_mail_can_go_is_named(app: Flask, world: World) -> None:
    assert "Mail cannot go" not in run_check(app).output
    world.police_lead.email = "police-lead@board.example;"
    with change(SYSTEM) as tx:
        tx.update(world.police_lead, "person.changed")
    result = run_check(app)
    told = "Mail cannot go to Police lead, whose address is “police-lead@board.example;”: There is a ‘;’"
    assert told in result.output
    assert result.exit_code == 0


PLAIN = st.none() | st.integers() | st.booleans() | st.text() | st.floats() | st.dates() | st.datetimes()


@given(st.recursive(PLAIN, lambda some: st.lists(some) | st.dictionaries(st.text(), some)))
def test_the_canonical_form_is_what_the_standard_library_writes(value: Any) -> None:
    """Kept as it is: every hash of every board was made with it."""
    told = json.dumps(
        value,
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
        default=lambda day: day.isoformat(),
    )
    assert canonical(value) == told


@given(
    st.dictionaries(
        st.sampled_from(CHAINED), st.none() | st.integers() | st.booleans() | st.text() | st.datetimes()
    )
)
def test_a_hash_is_over_the_canonical_form(some: dict[str, Any]) -> None:
    """However the form is put together: every hash of every board was made so."""
    fields = {**dict.fromkeys(CHAINED), **some}
    said = f"{GENESIS}\n{canonical(fields)}"
    assert chain_hash(GENESIS, fields) == hashlib.sha256(said.encode()).hexdigest()
