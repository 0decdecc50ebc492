"""Health: what proxies ask before they send anybody here, and what the manager reads."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from kscb_actions import clock, database
from kscb_actions.access.policy import SYSTEM
from kscb_actions.jobs.models import ReplacedWorker
from kscb_actions.settings.service import make_demonstration

from ..factories import TODAY, World
from ..mail.sending import write
from ..pages import Visitor


def ask(app: Flask, address: str) -> tuple[int, str]:
    """Return status and text, once it is seen that nothing else is told."""
    answer = app.test_client().get(address)
    assert "Set-Cookie" not in answer.headers and answer.headers["Cache-Control"] == "no-store"
    return answer.status_code, answer.text


def test_it_is_live_and_ready_for_anybody(app: Flask) -> None:
    assert ask(app, "/live") == (200, "live\n")
    assert ask(app, "/ready") == (200, "ready\n")
    assert not list(app.config["SETTINGS"].evidence.rglob("*")), "what was tried leaves nothing"


def test_without_a_database_it_is_live_and_not_ready(application: Flask, tmp_path) -> None:
    database.connect_to(f"sqlite:///{tmp_path}/no-folder/kscb.db")
    assert ask(application, "/live") == (200, "live\n")
    assert ask(application, "/ready") == (503, "not ready\n")


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM schema_migration WHERE name = '0079_replaced_workers'",
        "UPDATE schema_migration SET name = '9999_later' WHERE name = '0001_initial'",
    ],
)
def test_with_another_schema_it_is_not_ready(app: Flask, change: str) -> None:
    with database.writing():
        applied = database.db.execute_sql("SELECT name, applied FROM schema_migration").fetchall()
        database.db.execute_sql(change)
    try:
        assert ask(app, "/ready") == (503, "not ready\n")
        assert ask(app, "/live") == (200, "live\n")
    finally:
        # On PostgreSQL the tests share one database.
        with database.writing():
            database.db.execute_sql("DELETE FROM schema_migration")
            for row in applied:
                values = ", ".join(f"'{value}'" for value in row)
                database.db.execute_sql(f"INSERT INTO schema_migration (name, applied) VALUES ({values})")


def test_where_evidence_cannot_be_kept_it_is_not_ready(app: Flask, tmp_path) -> None:
    (tmp_path / "file").write_text("no folder")
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], evidence=tmp_path / "file")
    assert ask(app, "/ready") == (503, "not ready\n")


def test_the_manager_reads_it_in_words(
    app: Flask, world: World, visit: Callable[..., Visitor], tmp_path
) -> None:
    page = visit(world.manager).client.get("/settings/health")
    for words in (
        "It answers, and its schema is the newest.",
        "They can be kept. Their disk has",
        "None have been written yet. The next run is on",
        "No mail server is set (KSCB_MAIL)",
        "None had to be replaced in the last 30 days.",
    ):
        assert words in page.text
    now = clock.real_now()
    with database.writing(ReplacedWorker):
        for days in (1, 2, 40):
            ReplacedWorker.create(at=now - timedelta(days=days))
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], mail="smtp://127.0.0.1:25")
    shutil.rmtree(app.config["SETTINGS"].evidence)
    app.config["SETTINGS"].evidence.write_text("no folder")
    page = visit(world.manager).client.get("/settings/health")
    assert "2 workers ended unexpectedly in the last 30 days" in page.text
    assert "No message is late." in page.text
    assert "None can be kept: the disk is full" in page.text


def test_on_a_board_that_lives_on_one_day_no_message_is_late(
    app: Flask, world: World, visit: Callable[..., Visitor]
) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], mail="smtp://127.0.0.1:25")
    write(world.reader)
    client = visit(world.manager).client
    assert "1 message should have been tried an hour ago" in client.get("/settings/health").text
    make_demonstration(SYSTEM, TODAY, "a password")
    assert "No message is late." in client.get("/settings/health").text
