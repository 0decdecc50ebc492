"""A Word file that is drawn apart: the same bytes, and in plain words why there is none."""

import io
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playhouse.test_utils import count_queries

from kscb_actions import apart, database
from kscb_actions.audit.models import AuditEvent
from kscb_actions.people.models import User
from kscb_actions.reports.content import PackedRows, Report, Rows, Section, Table, rows_read
from kscb_actions.reports.word.file import word_file
from kscb_actions.reports.word.paper import write_docx
from kscb_actions.web.reports import papers

from ..factories import TODAY, World
from .stories import busy, report

SignIn = Callable[[User | None], FlaskClient]


def drawn(made: Report) -> bytes:
    out = io.BytesIO()
    write_docx(made, out)
    return out.getvalue()


def tables_of(made: Report) -> list[Table]:
    return [block for section in made.sections for block in section.blocks if isinstance(block, Table)]


def test_it_is_the_same_to_the_last_byte(world: World, lasting: None) -> None:
    busy(world)
    made = report(world.manager)
    assert any(isinstance(table.rows, Rows) for table in tables_of(made))
    assert word_file(rows_read(made)) == drawn(made)


def test_rows_that_were_read_are_all_there_and_need_no_database(world: World) -> None:
    busy(world)
    made = report(world.manager)
    before = [list(table.rows) for table in tables_of(made)]
    read = rows_read(made)
    with count_queries() as asked:
        assert [list(table.rows) for table in tables_of(read)] == before
        assert [list(table.rows) for table in tables_of(read)] == before
    assert asked.count == 0


@pytest.mark.parametrize("number", [0, 1, 199, 200, 201, 1000])
def test_rows_are_read_once_whatever_their_number(number: int) -> None:
    asked = []

    def rows() -> list[tuple[str, ...]]:
        asked.append(number)
        return [(f"Row {place}", "x") for place in range(number)]

    made = Report("T", "", "", (), (), TODAY, None, (Section("S", (Table("C", (), Rows(rows, number)),)),))
    [table] = tables_of(rows_read(made))
    assert isinstance(table.rows, PackedRows)
    assert list(table.rows) == [(f"Row {place}", "x") for place in range(number)]
    assert asked == ([number] if number else [])


def test_nobody_waits_to_save_while_it_is_drawn(
    world: World, sign_in: SignIn, csrf_token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def drawing(made: Report) -> bytes:
        seen.append(database.db.in_transaction())
        return word_file(made)

    monkeypatch.setattr(papers, "word_file", drawing)
    busy(world)
    assert take(sign_in(world.manager), csrf_token).data.startswith(b"PK")
    assert seen == [False]


def test_one_that_takes_too_long_is_told_in_plain_words_and_recorded_nowhere(
    app: Flask,
    world: World,
    lasting: None,
    sign_in: SignIn,
    csrf_token: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(apart, "LIMIT_SECONDS", 0.01)
    with caplog.at_level(logging.ERROR):
        answer = take(sign_in(world.manager), csrf_token)
    assert answer.status_code == 503
    assert "longer than 0.01 seconds, so it was stopped. Nothing has been changed." in answer.text
    assert "/reports/progress.docx: This took longer" in caplog.text
    assert not AuditEvent.select().where(AuditEvent.event == "report.exported").exists()


def test_one_that_fails_is_our_fault_and_the_log_says_where(
    app: Flask,
    world: World,
    lasting: None,
    sign_in: SignIn,
    csrf_token: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setitem(app.config, "TESTING", False)
    # A paper of no day cannot be drawn.
    monkeypatch.setattr(papers, "rows_read", lambda made: replace(rows_read(made), as_at=None))
    with caplog.at_level(logging.ERROR):
        answer = take(sign_in(world.manager), csrf_token)
    assert answer.status_code == 500
    assert "The fault is ours." in answer.text and "Traceback" not in answer.text
    assert "In a process of its own:" in caplog.text and "in write_docx" in caplog.text
    assert not AuditEvent.select().where(AuditEvent.event == "report.exported").exists()


def take(client: FlaskClient, token: str) -> Any:
    return client.post("/reports/progress.docx", data={"csrf_token": token})
