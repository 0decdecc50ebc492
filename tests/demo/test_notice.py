"""Every page and file of a demonstration says that its content is made up; nothing of a real board does.

The routes are those of the url map, so that a page or a file added later is walked too.
"""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docx
import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html

from kscb_actions.access.policy import SYSTEM
from kscb_actions.people.models import User
from kscb_actions.people.service import set_password
from kscb_actions.plans_in.reading.sheets import read_workbook
from kscb_actions.settings.rules import DEMONSTRATION
from kscb_actions.settings.service import make_demonstration
from kscb_actions.web.plans_in.pages import EXCEL
from tests.figures.annual.issuing import issue_year
from tests.figures.annual.year_rows import put

from ..access.test_matrix import ALLOWED, LISTS, PUBLIC, Things
from ..factories import PDF, TODAY, World
from ..long import LONG

PASSWORD = "orchard kettle nine"
# Answered as files; `assurance.file` gives back what an agency attached, which nobody may alter.
EXPORTS = {
    "challenges.letter",
    "reports.paper_docx",
    "panels.papers_docx",
    "figures.as_csv",
    "figures.annual_word",
    "published.paper",
    "reports.kept_docx",
    "paper_template.sample",
    "plans_in.export",
    *(f"{name}_{kind}" for name in LISTS for kind in ("xlsx", "csv")),
    "plans_in.export_word",
}
# What agencies attached goes out as it came.
EVIDENCE = {
    "assurance.file",
    "assurance.picture",
    "assurance.page_picture",
    "assurance.all_files",
    "reviews.paper_file",
    "deaths.answer_file",
    "death_requests.file",
}
# So do the plan that a board had, and what shows a difference made; these are no PDF.
AS_IT_CAME = {"plans_in.file", "impact.file"}
CHOSEN = {"figures.as_csv": {"basis": "died", "year": "2011-12"}}
# What is asked here of these leads on to another page.
ONLY_CHANGE = {
    # Whoever sees the case is led to it.
    "death_requests.show",
    # Nobody has asked to erase the paper.
    "assurance.paper_erasure",
    # Nor a file of an answer.
    "death_requests.erasure",
    "absences.cancel",
    "absences.end",
    "calendar.end",
    "home.index",
    "mail.did_not_arrive",
    "meetings.publish",
    "meetings.remind",
    "meetings.remove_seat",
    "mail.mail_works",
    "news.mark_all_seen",
    "people.sign_out",
    "reminders.send_messages_again",
    "reports.stop",
    "people.new_link",
    "people.switch_person_on",
    "panels.put_on",
    "panels.correct",
    # Of a case that is in error, of one by the forms of 2018, and of a recommendation of several cases.
    "deaths.bring_case_back",
    "deaths.particulars",
    "panels.take_off_recommendation",
    "deaths.birth",
}
TABLES = ("deaths-table", "--reviewed-in", "2011-12")

Answer = tuple[str, str, Any]


@pytest.fixture
def answers(
    app: Flask, world: World, sign_in: Callable[[User | None], FlaskClient], csrf_token: str
) -> Callable[..., Iterator[Answer]]:
    """Give (endpoint, method, answer) of every route, or of one in `some` and of every file."""

    def walk(some: int = 1) -> Iterator[Answer]:
        things = Things(world)
        reference = things.action.review.reference
        for name in ("cdop_member", "cdop_coordinator", "cdop_chair"):
            set_password(getattr(world, name), PASSWORD)
        for place, rule in enumerate(sorted(app.url_map.iter_rules(), key=lambda rule: rule.endpoint)):
            if rule.endpoint == "static" or (place % some and rule.endpoint not in EXPORTS):
                continue
            arguments = things.arguments(reference, rule.endpoint)
            with app.test_request_context():
                from flask import url_for

                address = url_for(rule.endpoint, **{name: arguments[name] for name in rule.arguments})
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                person = None if rule.endpoint in PUBLIC else sorted(ALLOWED[rule.endpoint])[0]
                client = sign_in(getattr(world, person) if person else None)
                typed = {"csrf_token": csrf_token, "password": PASSWORD, **CHOSEN.get(rule.endpoint, {})}
                sent = typed if method == "POST" else None
                yield rule.endpoint, method, client.open(address, method=method, data=sent)
        for user in (None, world.reader):
            yield "no such page", "GET", sign_in(user).get("/no-such-page")

    return walk


def is_file(answer: Any) -> bool:
    return "attachment" in answer.headers.get("Content-Disposition", "")


def is_page(answer: Any) -> bool:
    return answer.mimetype == "text/html" and not 300 <= answer.status_code < 400


def says_so(answer: Any) -> bool:
    """Return whether the notice stands in a page's banner, a paper's header or a table's first lines."""
    if is_page(answer):
        banner = html.fromstring(answer.data).xpath("string(//*[contains(@class, 'app-demonstration')])")
        return DEMONSTRATION in banner
    if answer.mimetype == "text/csv":
        return answer.get_data(as_text=True).splitlines()[0].startswith(f"\ufeff{DEMONSTRATION}")
    if answer.mimetype == EXCEL:
        sheet = read_workbook(io.BytesIO(answer.data)).tables[0]
        return DEMONSTRATION in [row.text(1) for row in sheet.rows[:2]]
    return is_marked_paper(answer.data)


def is_marked_paper(data: bytes) -> bool:
    paper = docx.Document(io.BytesIO(data))
    headers = [[each.text for each in section.header.paragraphs] for section in paper.sections]
    return all(DEMONSTRATION in header for header in headers)


def bytes_of(data: bytes) -> bytes:
    """Return what a file holds, unpacked where it is a package."""
    if not data.startswith(b"PK"):
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return b"".join(map(package.read, package.namelist()))


def test_every_page_and_file_of_a_demonstration_says_so(answers: Callable[..., Iterator[Answer]]) -> None:
    make_demonstration(SYSTEM, TODAY, PASSWORD)
    pages, files, silent = set(), set(), []
    for endpoint, method, answer in answers():
        if endpoint in EVIDENCE and is_file(answer):
            assert PDF in bytes_of(answer.data)
        elif endpoint in AS_IT_CAME and is_file(answer):
            assert DEMONSTRATION.encode() not in bytes_of(answer.data)
        elif is_page(answer) or is_file(answer):
            (files if is_file(answer) else pages).add(endpoint)
            silent += [] if says_so(answer) else [f"{method} {endpoint}: {answer.status_code}"]
    assert silent == []
    assert files == EXPORTS, "a file that is new is named above"
    assert pages >= set(ALLOWED) - EXPORTS - EVIDENCE - ONLY_CHANGE - AS_IT_CAME


def test_nothing_of_a_real_board_says_so(answers: Callable[..., Iterator[Answer]]) -> None:
    for endpoint, method, answer in answers(1 if LONG else 5):
        assert DEMONSTRATION.encode() not in bytes_of(answer.data), f"{method} {endpoint}"


def test_each_printed_page_says_so(app: Flask) -> None:
    assert DEMONSTRATION not in app.test_client().get("/board.css").get_data(as_text=True)
    make_demonstration(SYSTEM, TODAY, PASSWORD)
    assert f'@top-center {{ content: "{DEMONSTRATION}"' in app.test_client().get("/board.css").get_data(
        as_text=True
    )


def printed(app: Flask, *words: str) -> str:
    done = app.test_cli_runner().invoke(args=words)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.parametrize("is_demonstration", [True, False])
def test_what_the_command_line_gives_out_says_so(
    app: Flask, world: World, tmp_path: Path, is_demonstration: bool
) -> None:
    if is_demonstration:
        make_demonstration(SYSTEM, TODAY, PASSWORD)
    paper = tmp_path / "paper.docx"
    printed(app, "report", "progress", "-o", str(paper))
    assert is_marked_paper(paper.read_bytes()) is is_demonstration
    assert (DEMONSTRATION.encode() in bytes_of(paper.read_bytes())) is is_demonstration
    put([{"reviewed_on": None}] * 9)
    issue_year("2011-12")
    for words in (TABLES, (*TABLES, "--publication")):
        assert (DEMONSTRATION in printed(app, *words)) is is_demonstration
        # What is beside the answer goes to stderr, which the runner gives too.
        table = json.loads(printed(app, *words, "--json").splitlines()[-1])
        assert table.get("notice") == (DEMONSTRATION if is_demonstration else None)
        assert table["columns"]
