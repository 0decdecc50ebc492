"""The page of a report and its Word file: the same content, for those who may read it."""

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playhouse.test_utils import count_queries

from kscb_actions import clock
from kscb_actions.audit.models import AuditEvent
from kscb_actions.people.models import User
from kscb_actions.reports.content import Column, Group, Report, Rows, Section, Table
from kscb_actions.web.reports.screen import ROWS_ON_SCREEN, ShownTable, shown

from ..factories import TODAY, World
from ..long import LONG
from .faces import page_face, word_face
from .stories import EVERY, QUERY, busy, report

SignIn = Callable[[User | None], FlaskClient]


def download(client: FlaskClient, token: str, **asked: Any) -> Any:
    return client.post("/reports/progress.docx", data={"csrf_token": token, **EVERY, **asked})


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"review": "IR-2011-01"},
        {"agency": "NHSK"},
        {"as_at": ["29", "3", "2012"], "since": ["1", "1", "2010"]},
        {"as_at": ["1", "1", "1999"]},
        {"publication": "y"},
    ],
)
def test_page_and_word_file_say_the_same(
    world: World, sign_in: SignIn, csrf_token: str, asked: dict[str, Any]
) -> None:
    busy(world)
    client = sign_in(world.manager)
    page = client.get("/reports/progress", query_string={**EVERY, **asked})
    file = download(client, csrf_token, **asked)
    assert page.status_code == file.status_code == 200
    on_page, in_word = page_face(page.text), word_face(file.data)
    headings = [text for kind, text in on_page if kind == "heading 1"]
    chosen = "".join(text[9] for text in headings if text.startswith("Appendix "))
    # Everything was recorded on the day of the others.
    # No measure is in a paper for publication.
    whole = "ABCDEFG" if "publication" in asked else "ABCDEFGH"
    assert chosen == ("G" if "as_at" in asked else "ABCEFG" if "agency" in asked else whole)
    for met, written in zip(on_page, in_word, strict=True):
        assert met == written


def test_odd_characters_arrive_whole_on_both_faces(world: World, sign_in: SignIn, csrf_token: str) -> None:
    busy(world)
    client = sign_in(world.manager)
    text = "Half of \U0001f600 <staff> & volunteers trained. More to come."
    assert html.escape(text, quote=False) in client.get(f"/reports/progress?{QUERY}").text
    assert any(text in repr(met) for met in word_face(download(client, csrf_token).data))


def test_a_report_that_was_taken_is_in_the_trail_and_one_that_was_seen_is_not(
    world: World, sign_in: SignIn, csrf_token: str
) -> None:
    review = world.review("SCR-2011-09")
    client = sign_in(world.chair)
    before = AuditEvent.select().count()
    client.get("/reports/progress")
    client.get("/reports")
    assert AuditEvent.select().count() == before
    download(client, csrf_token)
    download(client, csrf_token, review="SCR-2011-09")
    events = list(AuditEvent.select().where(AuditEvent.event == "report.exported").order_by(AuditEvent.id))
    assert [event.review_id for event in events] == [None, review.id]
    assert [event.actor_id for event in events] == [world.chair.id] * 2
    assert '"as_at":"2012-03-30"' in events[0].detail
    kept = AuditEvent.select().where(AuditEvent.event == "paper.kept").count()
    assert (kept, AuditEvent.select().count()) == (2, before + 4)


def test_the_file_is_named_after_its_day_and_what_it_is_and_nothing_else(
    world: World, sign_in: SignIn, csrf_token: str
) -> None:
    world.review("SCR-2011-09", pseudonym="Canary")
    client = sign_in(world.manager)
    answer = download(client, csrf_token)
    assert (
        answer.headers["Content-Disposition"]
        == "attachment; filename=progress-report-internal-2012-03-30.docx"
    )
    assert answer.mimetype.endswith("wordprocessingml.document")
    one = download(client, csrf_token, review="SCR-2011-09").headers["Content-Disposition"]
    assert one == "attachment; filename=progress-report-SCR-2011-09-internal-2012-03-30.docx"


def test_a_file_is_not_given_without_the_token_or_by_a_link(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.manager)
    assert "wordprocessingml" not in client.post("/reports/progress.docx").mimetype
    assert client.get("/reports/progress.docx").status_code in (404, 405)
    assert not AuditEvent.select().where(AuditEvent.event == "report.exported").exists()


@pytest.mark.parametrize("name", ["police_lead", "cdop_member", "cdop_coordinator"])
def test_who_may_not_read_reports_is_refused(
    world: World, sign_in: SignIn, csrf_token: str, name: str
) -> None:
    client = sign_in(getattr(world, name))
    # An agency's lead has that agency's paper, and no other.
    assert client.get("/reports").status_code == (200 if name == "police_lead" else 403)
    assert client.get("/reports/progress").status_code == 403
    assert download(client, csrf_token).status_code == 403


BAD = [
    ({"as_at": ["31", "2", "2012"]}, "Date “as at”: There is no 31 February 2012."),
    ({"as_at": ["31"]}, "Date “as at” must include a month and year."),
    ({"as_at": ["1", "2", "3", "4", "x"]}, "Date “as at”: “3” is not a year."),
    ({"as_at": ["x", "\x00", "💥"]}, "Date “as at” must include a month."),
    ({"as_at": ["x", "y", "💥"]}, "“x” is not a day, “y” is not a month and “💥” is not a year."),
    ({"as_at": ["31", "3", "2012"]}, "The date must be today or in the past."),
    ({"since": ["30", "3", "2012"]}, "The date must be before 30 March 2012"),
    ({"review": "NOPE"}, "There is no review with this reference."),
    ({"review": "SCR-2011-66"}, "There is no review with this reference."),
    ({"agency": "NOPE"}, "There is no agency with this code."),
    (
        {"review": "SCR-2011-09", "as_at": ["1", "1", "2012"]},
        "This review was first recorded on 30 March 2012.",
    ),
]


@pytest.mark.parametrize(("asked", "message"), BAD)
def test_what_cannot_be_reported_is_said_beside_its_field_and_nothing_typed_is_lost(
    world: World, sign_in: SignIn, csrf_token: str, asked: dict[str, Any], message: str
) -> None:
    world.review("SCR-2011-09")
    world.review("SCR-2011-66", is_restricted=True)
    client = sign_in(world.chair)
    for answer in (
        client.get("/reports/progress", query_string=asked),
        download(client, csrf_token, **asked),
    ):
        assert answer.status_code == 200
        assert "<title>" in answer.text and "Error: " in answer.text
        [field] = asked.keys() - ({"review"} if len(asked) > 1 else set())
        shown = re.search(rf'<p id="{field}(?:-group)?-error"[^>]*>(.*?)</p>', answer.text, re.DOTALL)
        assert shown and message in html.unescape(shown[1])
        if field in ("as_at", "since"):
            boxes = re.findall(rf'<input[^>]*name="{field}"[^>]*value="(.*?)"', answer.text)
            kept = [value for value in asked[field][:3] if value != "\x00"]
            assert [html.unescape(box) for box in boxes if box and box != "\x00"] == kept
    assert not AuditEvent.select().where(AuditEvent.event == "report.exported").exists()


@pytest.mark.parametrize(
    "query", ["rows-1=0", "rows-4=-1", "rows-4=99999999999999", "rows-4=x", "rows-4=٣", "page=2", "version=9"]
)
def test_any_query_of_the_page_is_answered(world: World, sign_in: SignIn, query: str) -> None:
    busy(world)
    assert sign_in(world.manager).get(f"/reports/progress?{QUERY}&{query}").status_code == 200


def test_the_page_leads_to_each_action(world: World, sign_in: SignIn) -> None:
    world.action(TODAY, recommendation=world.recommendation(world.review("SCR-2011-09")))
    page = sign_in(world.reader).get("/reports/progress?appendix=actions").text
    assert 'href="/reviews/SCR-2011-09/actions/1"' in page


def test_the_number_of_queries_of_the_page_does_not_grow(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.manager)
    for _ in range(3):
        world.action(TODAY)
    with count_queries() as few:
        client.get(f"/reports/progress?{QUERY}")
    for _ in range(27):
        world.action(TODAY)
    with count_queries() as many:
        client.get(f"/reports/progress?{QUERY}")
    assert few.count == many.count


def test_a_long_table_comes_in_turns_that_keep_their_headings() -> None:
    number = 2 * ROWS_ON_SCREEN + 10

    def read(start: int = 0, most: int | None = None) -> Any:
        for place in range(start, number if most is None else min(number, start + most)):
            if place == start or place % 40 == 0:
                yield Group(f"Group {place // 40}")
            yield (f"Row {place}",)

    table = Table("Rows", (Column("Name", 50),), Rows(read, number))
    paper = Report("T", "", "", (), (), TODAY, None, (Section("S", (table,)),))
    seen: list[str] = []
    for turn in range(1, 4):
        [section] = shown(paper, {"rows-1": str(turn)})
        [(kind, part)] = section.blocks
        assert kind == "table" and isinstance(part, ShownTable)
        assert (part.page, part.pages, part.total) == (turn, 3, number)
        rows = [str(row[0]) for each in part.parts for row in each.rows]
        assert part.first == len(seen) + 1
        seen += rows
        assert part.last == len(seen)
        for each in part.parts:
            assert each.group
            assert {int(str(row[0]).split()[1]) // 40 for row in each.rows} == {int(each.group.heading[6:])}
    assert seen == [f"Row {place}" for place in range(number)]


@pytest.mark.parametrize("asked", [{}, {"agency": "NHSK"}, {"from_trail": True}, {"publication": True}])
def test_the_parts_of_a_long_table_are_together_the_whole(world: World, asked: dict[str, Any]) -> None:
    """Whatever the paper prints comes on a screen too, in the same order and under the same headings."""
    busy(world)
    for place in range(8):
        world.action(TODAY + timedelta(days=7 * place - 20), (world.health, world.police)[place % 4 == 0])
    long = 0
    tables = [
        block
        for section in report(world.manager, TODAY + timedelta(days=1), **asked).sections
        for block in section.blocks
        if isinstance(block, Table) and isinstance(block.rows, Rows)
    ]
    for table in tables:
        whole = headed(table.rows)
        assert len(whole) == len(table.rows), table.caption
        for size in (3, 50) if not LONG else (1, 3, 50):
            turns = [headed(table.rows.part(start, size)) for start in range(0, len(whole), size)]
            assert [row for turn in turns for row in turn] == whole, table.caption
            assert {len(turn) for turn in turns[:-1]} <= {size}
        long += len(whole) > 3
    assert long >= 2


def headed(rows: Any) -> list[tuple[str, list[str]]]:
    """Return each row with the heading of the group that it stands under."""
    heading, found = "", []
    for row in rows:
        if isinstance(row, Group):
            heading = row.heading
        else:
            found.append((heading, [cell if isinstance(cell, str) else cell.text for cell in row]))
    return found


def test_a_shortened_table_leads_to_the_list_that_has_the_rest(
    world: World, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    recommendation = world.recommendation(world.review("SCR-2011-09"))
    for _ in range(3):
        world.action(TODAY, recommendation=recommendation)
    client, address = sign_in(world.manager), f"/reports/progress?{QUERY}&review=scr-2011-09"
    words = "Find them in the list of actions"
    assert words not in client.get(address).text
    monkeypatch.setattr("kscb_actions.web.reports.screen.ROWS_ON_SCREEN", 2)
    assert f'href="/actions?review=SCR-2011-09&amp;closed=1">{words}</a>' in client.get(address).text
    assert "Find them in the list of reviews" not in client.get(address).text
    with clock.at(TODAY + timedelta(days=1)):
        assert words not in client.get(f"{address}&as_at=30&as_at=3&as_at=2012").text


def test_a_reference_is_typed_where_there_are_too_many_reviews_to_list(
    world: World, sign_in: SignIn, csrf_token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.review("SCR-2011-08")
    world.review("SCR-2011-09")
    client = sign_in(world.manager)
    assert '<option value="SCR-2011-09"' in client.get("/reports?for=progress").text
    monkeypatch.setattr("kscb_actions.web.reports.form.MOST_LISTED", 1)
    page = client.get("/reports/progress?review=scr-2011-09")
    assert re.search(r'<input class="govuk-input[^>]*name="review" value="scr-2011-09"', page.text)
    assert "Progress of the action plan SCR-2011-09: internal" in page.text
    wrong = client.get("/reports/progress?review=%3Cb%3E")
    assert "There is no review with this reference." in wrong.text and 'value="&lt;b&gt;"' in wrong.text


def test_a_turn_of_a_long_table_is_said_in_words(
    world: World, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, app: Flask
) -> None:
    for _ in range(5):
        world.action(TODAY)
    monkeypatch.setattr("kscb_actions.web.reports.screen.ROWS_ON_SCREEN", 2)
    client = sign_in(world.manager)
    page = client.get("/reports/progress?appendix=actions&since=1&since=1&since=2012").text
    assert "Rows 1 to 2 of 5 are on this page. The Word file has them all." in page
    following = re.findall(r'href="(/reports/progress\?[^"#]*rows-\d+=2)#(rows-\d+)"', page)
    assert following
    for address, name in following:
        answer = client.get(html.unescape(address))
        assert answer.status_code == 200
        assert f'id="{name}"' in answer.text
        assert "changes since 1 January 2012" in answer.text
    assert "Rows 3 to 4 of 5" in answer.text
