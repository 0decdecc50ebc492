"""No route that changes something works without a token, and every answer carries the safe headers."""

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from kscb_actions import database, models
from kscb_actions.people.models import User
from kscb_actions.web.shared.headers import FOREVER

from ..factories import World
from ..long import LONG
from .visitor import OURS

CHANGING = {"POST", "PUT", "PATCH", "DELETE"}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# Who is signed in, and how often somebody tried, may move; nothing else.
KEPT = [model for model in models.ALL if model not in models.HOUSEKEEPING]


def addresses(app: Flask, world: World) -> Iterator[tuple[str, str]]:
    """Yield every route with each of its methods, its arguments filled with real things."""
    action = world.decision(world.action(), accepted=False)
    evidence = world.evidence(action)
    known = {
        "reference": action.review.reference,
        "number": action.number,
        "user_id": world.reader.id,
        "code": world.police.code,
        "evidence_id": evidence.id,
        "file_id": evidence.files.get().id,
        "token": "none",
        "filename": "app.css",
    }
    with app.test_request_context():
        adapter = app.url_map.bind("localhost")
        for rule in app.url_map.iter_rules():
            filled = {name: known.get(name, 1) for name in rule.arguments}
            path = adapter.build(rule.endpoint, filled)
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield method, path


def everything() -> dict[str, list[tuple]]:
    """Return every row of every table that is told of in the trail, as the database has it."""
    rows = 'SELECT * FROM "{}" ORDER BY id'
    return {
        model.__name__: database.db.execute_sql(rows.format(model._meta.table_name)).fetchall()
        for model in KEPT
    }


def people(world: World) -> list[User | None]:
    """Return those who may do most, in the Board and in an agency, and nobody."""
    return [world.manager, world.second_chair, world.police_lead, None]


def test_no_changing_route_works_without_a_token(app: Flask, world: World, sign_in: Callable) -> None:
    routes = [(method, path) for method, path in addresses(app, world) if method in CHANGING]
    assert len(routes) > 8
    before = everything()
    somebody = people(world)
    for number, (method, path) in enumerate(routes):
        # The token is asked for before anything of the person: at each address one asks, in a long run all.
        for place, person in enumerate(somebody if LONG else somebody[number % 4 : number % 4 + 1]):
            # Half of them with a token that is none.
            is_none = (number // 4 + place) % 2
            data = {"name": "x", **({"csrf_token": "eyJhIjoxfQ.x.y"} if is_none else {})}
            client = sign_in(person)
            assert client.open(path, method=method, data=data).status_code == 400, path
            client.open(path, method=method, data=data, headers=OURS)
    assert everything() == before


def test_a_token_of_another_session_is_refused(app: Flask, world: World, sign_in: Callable) -> None:
    page = app.test_client().get("/sign-in").text
    token = re.search(r'csrf_token"[^>]*value="([^"]+)', page).group(1)  # type: ignore[union-attr]
    before = everything()
    data = {"csrf_token": token, "code": "NEW", "name": "New agency"}
    assert sign_in(world.manager).post("/agencies/new", data=data).status_code == 400
    assert everything() == before


def test_every_answer_carries_the_safe_headers(app: Flask, world: World, sign_in: Callable) -> None:
    routes = [
        *addresses(app, world),
        ("GET", "/nowhere"),
        ("DELETE", "/"),
        ("GET", "/%00"),
        ("POST", "/sign-in"),
    ]
    for person in (world.manager, None):
        # Who has not signed in is sent there from wherever they ask.
        for method, path in routes if person or LONG else routes[::3]:
            answer = sign_in(person).open(path, method=method)
            assert answer.status_code < 500, (path, answer.status_code)
            for name, value in HEADERS.items():
                assert answer.headers.get(name) == value, (path, name)
            policy = answer.headers["Content-Security-Policy"]
            assert policy.startswith("default-src 'none'") and "unsafe" not in policy, path
            is_file = path.startswith("/static/") and answer.status_code < 400
            assert answer.headers["Cache-Control"] == (FOREVER if is_file else "no-store"), path
            assert "Strict-Transport-Security" not in answer.headers
            answer.close()


def test_an_unexpected_error_tells_nothing_and_is_safe_too(
    app: Flask, world: World, sign_in: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "TESTING", False)
    monkeypatch.setattr(User, "select", lambda *_: 1 / 0)
    client = sign_in(world.manager)
    with database.writing():
        answer = client.get("/audit")
    assert answer.status_code == 500
    assert "ZeroDivision" not in answer.text and "Traceback" not in answer.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_getting_any_page_changes_nothing(app: Flask, world: World, sign_in: Callable) -> None:
    routes = [path for method, path in addresses(app, world) if method == "GET" and "/files/" not in path]
    before = everything()
    for number, person in enumerate(people(world)):
        client = sign_in(person)
        # Whoever may do most opens all; of the others each opens other pages.
        for path in routes if LONG or not number else routes[number - 1 :: 3]:
            client.get(path).close()
    told = {name for name, rows in everything().items() if rows != before[name]}
    assert told <= {"AuditEvent"}, told
