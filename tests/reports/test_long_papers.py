"""A long paper is kept first, then drawn by the jobs while its page says how far it is."""

import io
import os
import pickle
import signal
import zipfile
import zlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from kscb_actions import apart, clock
from kscb_actions.access.policy import SYSTEM
from kscb_actions.apart import Unfinished, run_apart_telling
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import change
from kscb_actions.config import Settings
from kscb_actions.database import writing
from kscb_actions.jobs.models import Lease
from kscb_actions.jobs.scheduler import Jobs
from kscb_actions.people.models import User
from kscb_actions.reports.content import PackedRows, rows_in, rows_read
from kscb_actions.reports.drawing import rules
from kscb_actions.reports.drawing.models import PaperDrawing
from kscb_actions.reports.drawing.queries import drawing_of, papers_to_draw
from kscb_actions.reports.drawing.rules import Drawing, State, in_words, is_late, is_long
from kscb_actions.reports.drawing.service import ask_for_drawing, draw, forget_drawings, stop_drawing
from kscb_actions.reports.kept.models import KeptPaper
from kscb_actions.reports.kept.serialisation import read_content, write_content
from kscb_actions.reports.word import file as word_file_module
from kscb_actions.reports.word.paper import write_docx
from kscb_actions.reviews.models import Review

from ..factories import TODAY, World
from ..foundation import apart_work
from .stories import EVERY, busy, keep, report

SignIn = Callable[[User | None], FlaskClient]
NOW = clock.real_now()


@pytest.fixture(autouse=True)
def everything_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take a handful of rows for a long paper."""
    monkeypatch.setattr(rules, "LONG_ROWS", 10)


@pytest.fixture
def asked(world: World, sign_in: SignIn, csrf_token: str) -> tuple[FlaskClient, str, dict[str, str]]:
    """Return a manager who has asked for a long paper, where its page is, and what a button posts."""
    busy(world)
    client, token = sign_in(world.manager), {"csrf_token": csrf_token}
    answer = client.post("/reports/progress.docx", data={**token, **EVERY})
    assert answer.status_code == 302
    return client, answer.location, token


def jobs_draw(settings: Settings) -> None:
    """Let the jobs of another process draw what is asked for."""
    jobs = Jobs(settings)
    jobs.draw()
    jobs.release()


def text_of(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.text


def test_it_is_kept_drawn_and_then_given(
    world: World, settings: Settings, asked: Any, csrf_token: str
) -> None:
    client, address, token = asked
    paper = KeptPaper.get()
    assert address == f"/reports/papers/{paper.reference}/drawing"
    before = text_of(client, address)
    assert "It is about to be drawn." in before and "Stop drawing" in before
    assert 'http-equiv="refresh" content="5"' in before, "it works without JavaScript too"
    world.action(TODAY, text="Recorded while it was drawn.")
    jobs_draw(settings)
    after = text_of(client, address)
    assert "The Word file is ready" in after and "http-equiv" not in after
    file = client.post(f"/reports/papers/{paper.reference}.docx", data=token)
    assert file.data.startswith(b"PK") and file.headers["Content-Disposition"].endswith(".docx")
    with zipfile.ZipFile(io.BytesIO(file.data)) as package:
        written = package.read("word/document.xml").decode()
    assert paper.reference in written and "Recorded while it was drawn." not in written
    out = io.BytesIO()
    write_docx(read_content(paper.content, paper.version), out)
    assert file.data == out.getvalue(), "the same file as any other way"
    assert AuditEvent.select().where(AuditEvent.event == "paper.fetched").count() == 1
    assert KeptPaper.select().count() == 1


def test_short_ones_are_given_at_once(
    world: World, sign_in: SignIn, csrf_token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "LONG_ROWS", 3_000)
    busy(world)
    answer = sign_in(world.manager).post("/reports/progress.docx", data={"csrf_token": csrf_token, **EVERY})
    assert answer.data.startswith(b"PK") and PaperDrawing.select().count() == 0


def test_a_kept_one_is_drawn_in_the_look_of_the_day(
    world: World, settings: Settings, asked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file drawn in another template is not given: it is drawn anew."""
    client, address, token = asked
    jobs_draw(settings)
    fetch = address.removesuffix("/drawing") + ".docx"
    assert client.post(fetch, data=token).status_code == 200
    with writing(PaperDrawing):
        PaperDrawing.update(look="another").execute()
    assert client.post(fetch, data=token).location == address
    assert "about to be drawn" in text_of(client, address)
    jobs_draw(settings)
    assert client.post(fetch, data=token).data.startswith(b"PK")


def test_stopped_it_says_so_and_can_be_drawn_again(settings: Settings, asked: Any) -> None:
    client, address, token = asked
    assert client.post(f"{address}/stop", data=token).location == address
    page = text_of(client, address)
    assert "Drawing was stopped" in page and "nothing of it is lost" in page and "Draw it again" in page
    jobs_draw(settings)
    assert "Drawing was stopped" in text_of(client, address)
    client.post(address.removesuffix("/drawing") + ".docx", data=token)
    jobs_draw(settings)
    assert "is ready" in text_of(client, address)
    assert client.post(f"{address}/stop", data=token).location == address
    assert "is ready" in text_of(client, address), "what is drawn cannot be stopped any more"


def test_stopped_while_it_is_drawn_its_process_ends(
    world: World, asked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = KeptPaper.get()
    monkeypatch.setattr("kscb_actions.reports.drawing.service.TELLS_SECONDS", 0)
    told: list[int] = []

    def stop_at_second(*values: Any) -> bytes:
        tell = values[0]
        for number in (1, 2, 3):
            told.append(number)
            tell(number, 9, 10 * number, 100)
            if number == 2:
                assert in_words(drawing_of(paper)).startswith(
                    "2 of 9 sections are drawn, with 20 of 100 rows"
                )
                stop_drawing(paper)
        return b"never"

    monkeypatch.setattr("kscb_actions.reports.drawing.service.word_file_telling", stop_at_second)
    draw(PaperDrawing.get().id)
    row = PaperDrawing.get()
    assert (told, row.state, row.file) == ([1, 2, 3], "stopped", None)


def kill(*_: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.usefixtures("lasting")
def test_killed_or_too_slow_it_says_so_and_what_to_do(
    settings: Settings, asked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, address, token = asked
    monkeypatch.setattr(word_file_module, "_read_and_drawn", kill)
    jobs_draw(settings)
    page = text_of(client, address)
    assert "could not be drawn" in page and "stopped before it was done" in page
    assert "Draw it again. Where it fails again" in page and "nothing of it is lost" in page
    monkeypatch.undo()
    monkeypatch.setattr(rules, "LONG_ROWS", 10)
    client.post(address.removesuffix("/drawing") + ".docx", data=token)
    jobs_draw(settings)
    assert "is ready" in text_of(client, address)


def test_an_error_is_told_without_its_words(
    settings: Settings, asked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, address, _ = asked
    with writing(PaperDrawing):
        PaperDrawing.update(state=State.WAITING).execute()
    monkeypatch.setattr("kscb_actions.reports.word.paper._Paper", lambda *_: 1 / 0)
    jobs_draw(settings)
    page = text_of(client, address)
    assert "ended with an error, which is in the server" in page and "division" not in page


def test_what_a_server_that_was_stopped_left_is_drawn_by_the_next_and_not_for_ever(
    settings: Settings, asked: Any
) -> None:
    client, address, _ = asked
    long_ago = clock.real_now() - timedelta(minutes=5)

    def left(tries: int) -> None:
        with writing(PaperDrawing):
            PaperDrawing.update(state=State.DRAWING, told_at=long_ago, tries=tries).execute()

    left(1)
    assert "Nothing has happened for more than a minute" in text_of(client, address)
    jobs_draw(settings)
    assert "is ready" in text_of(client, address)
    left(rules.MOST_TRIES)
    jobs_draw(settings)
    assert "interrupted 3 times" in text_of(client, address)
    with writing(PaperDrawing):
        PaperDrawing.update(state=State.DRAWING, told_at=clock.real_now()).execute()
    assert papers_to_draw() == [], "whoever told lately still draws"


def test_nobody_waits_to_save_while_it_is_drawn(
    world: World, settings: Settings, asked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody saves in between; and where somebody holds the database, drawing goes on without telling."""
    monkeypatch.setattr("kscb_actions.reports.drawing.service.TELLS_SECONDS", 0)

    def save(*values: Any) -> bytes:
        tell = values[0]
        tell(1, 2, 3, 4)
        world.action(TODAY, text="Saved meanwhile.")
        tell(2, 2, 4, 4)
        return b"PK"

    monkeypatch.setattr("kscb_actions.reports.drawing.service.word_file_telling", save)
    jobs_draw(settings)
    assert PaperDrawing.get().state == "drawn"


def test_nothing_is_written_where_nobody_asks(world: World, settings: Settings) -> None:
    Jobs(settings).draw()
    assert Lease.select().count() == 0


def test_those_asked_for_first_are_drawn_first(world: World) -> None:
    busy(world)
    first, second = keep(world.manager), keep(world.manager, "board")
    for paper in (first, second):
        ask_for_drawing(paper)
    assert papers_to_draw() == [row.id for row in PaperDrawing.select().order_by(PaperDrawing.id)]
    assert "waits until 1 other paper is drawn" in in_words(drawing_of(second))
    ask_for_drawing(first)
    assert PaperDrawing.select().count() == 2, "asked for twice it is drawn once"


def test_files_are_forgotten_after_a_day_and_the_paper_stays(settings: Settings, asked: Any) -> None:
    client, address, token = asked
    jobs_draw(settings)
    forget_drawings()
    assert PaperDrawing.select().count() == 1
    with writing(PaperDrawing):
        PaperDrawing.update(told_at=clock.real_now() - timedelta(hours=25)).execute()
    jobs = Jobs(settings)
    jobs.forget()
    jobs.release()
    assert PaperDrawing.select().count() == 0
    assert client.get(address).location == address.removesuffix("/drawing")
    fetch = address.removesuffix("/drawing") + ".docx"
    assert client.post(fetch, data=token).location == address


def test_who_may_fetch_it_is_decided_when_it_is_fetched(
    world: World, settings: Settings, asked: Any, sign_in: SignIn, csrf_token: str
) -> None:
    """A review that is restricted meanwhile closes the page and the file to who is not named."""
    _, address, token = asked
    jobs_draw(settings)
    reader = sign_in(world.reader)
    assert "is ready" in text_of(reader, address)
    review = Review.get()
    review.is_restricted = True
    with change(SYSTEM) as tx:
        tx.update(review, "review.changed")
    fetch = address.removesuffix("/drawing") + ".docx"
    for answer in (
        reader.get(address),
        reader.post(fetch, data=token),
        reader.post(f"{address}/stop", data=token),
    ):
        assert answer.status_code == 404


@pytest.mark.parametrize(
    ("drawing", "words"),
    [
        (Drawing(State.WAITING, NOW, NOW), "It is about to be drawn."),
        (Drawing(State.WAITING, NOW, NOW, before=2), "It waits until 2 other papers are drawn."),
        (Drawing(State.DRAWING, NOW, NOW), "Drawing has begun."),
        (Drawing(State.DRAWING, NOW, NOW, 1, 12), "1 of 12 section is drawn."),
        (
            Drawing(State.DRAWING, NOW, NOW, 4, 12, 12_400, 46_000),
            "4 of 12 sections are drawn, with 12,400 of 46,000 rows of its tables.",
        ),
    ],
)
def test_how_far_it_is_in_words(drawing: Drawing, words: str) -> None:
    assert in_words(drawing) == words


@pytest.mark.parametrize(("seconds", "expected"), [(60, False), (61, True)])
def test_what_waits_for_longer_than_jobs_take_is_late(seconds: int, expected: bool) -> None:
    waiting = Drawing(State.WAITING, NOW, NOW)
    assert is_late(waiting, NOW + timedelta(seconds=seconds)) is expected
    behind = Drawing(State.WAITING, NOW, NOW, before=1)
    assert not is_late(behind, NOW + timedelta(seconds=seconds))


def test_what_is_told_arrives_and_what_hears_it_can_end_the_work(lasting: None) -> None:
    told: list[tuple[int, ...]] = []
    assert run_apart_telling(lambda *each: told.append(each), apart_work.tell_three, "done") == "done"
    assert told == [(1, 3), (2, 3), (3, 3)]

    def enough(*_: int) -> None:
        raise KeyError("enough")

    with pytest.raises(KeyError, match="enough"):
        run_apart_telling(enough, apart_work.tell_for_ever)
    with pytest.raises(Unfinished):
        run_apart_telling(lambda *_: None, apart_work.tell_and_die)


def test_work_that_takes_more_than_it_may_is_ended_while_it_tells(
    lasting: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "LIMIT_SECONDS", 2)
    with pytest.raises(Unfinished, match="longer than 2 seconds"):
        run_apart_telling(lambda *_: None, apart_work.tell_for_ever)


def test_what_is_told_of_a_paper_grows_to_all_of_it(world: World) -> None:
    busy(world)
    made = rows_read(report(world.manager))
    kept = read_content(write_content(made), 1)
    assert rows_in(kept) == rows_in(made) > 20 and is_long(rows_in(made))
    told: list[tuple[int, int, int, int]] = []
    write_docx(kept, io.BytesIO(), None, lambda *each: told.append(each))
    assert told == sorted(told)
    assert told[0][0] < told[-1][0] == told[-1][1] == len(made.sections)
    assert told[-1][2:] == (rows_in(made), rows_in(made))


@given(st.lists(st.integers(1, 450), max_size=3))
def test_rows_are_counted_without_unpacking_them_all(sizes: list[int]) -> None:
    full = [200] * len(sizes)
    pieces = [*full, *sizes[:1]]
    packed = PackedRows(tuple(zlib.compress(pickle.dumps([("x",)] * size)) for size in pieces))
    assert len(packed) == sum(1 for _ in packed)
