"""What was recorded in error is on no page, in no list, search, paper, file, mail or count of anybody."""

import re
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from itertools import product
from pathlib import Path

import pytest
from flask import Flask, url_for

from kscb_actions.actions import narrowing
from kscb_actions.actions.models import Action
from kscb_actions.assurance.challenges import queries as challenge_queries
from kscb_actions.assurance.models import EvidenceFile
from kscb_actions.assurance.voiding.challenge import restore_challenge, void_challenge
from kscb_actions.assurance.voiding.entries.service import void_entry
from kscb_actions.assurance.voiding.service import restore, void
from kscb_actions.chasing.providers import registered
from kscb_actions.chasing.service import chase
from kscb_actions.child_deaths.learning.lessons import recommend
from kscb_actions.config import Settings
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.people.models import User
from kscb_actions.reports.progress import past
from kscb_actions.reviews import queries
from kscb_actions.reviews.models import Recommendation
from kscb_actions.reviews.rules import RecommendationFacts

from ...audit.test_chain import run_check
from ...factories import TODAY, World
from ...factories_deaths import Panel
from ...keeping import Keeper
from ...long import LONG
from ...pages import Visitor
from ...queries import forget_texts
from ...reports.stories import EVERY, OPTIONS, QUERY
from .board import BASE_URL, EARLIER, FOUR, ONE, PRESSED, THREE, TWO, Mistaken

KINDS = ("action", "recommendation", "review", "entries", "challenge")
# Each kind by one person, of all that see it others each time; in a long run by more, and each by itself.
MORE_WALKS = (
    ("action", "police_lead"),
    ("action", "health_lead"),
    ("review", "manager"),
    ("entries", "manager"),
    ("challenge", "manager"),
    ("challenge", "police_lead"),
    ("entries", "chair"),
)
WALKS = (
    ("action", "manager"),
    ("recommendation", "police_member"),
    ("review", "reader"),
    # What is on one action, and neither hides the other.
    ("entries and challenge", "chair"),
    *(MORE_WALKS if LONG else ()),
)
SOUGHT = (ONE, TWO, THREE, FOUR, "SCR-2011-01/A2", "SCR-2011-01")
# What is asked for in an address; the papers of every kind, of days before and after all that happened.
MORE = (
    *(f"/{place}?q={word}" for place, word in product(("actions", "reviews", "challenges"), SOUGHT)),
    *(
        f"/actions?{what}"
        for what in ("sort=due", "sort=agency", "turn=board", "rating=red", "timeliness=overdue")
    ),
    *(
        f"/actions?{what}"
        for what in ("assurance=submitted", "silent=1", "agency=KPOL", "page=2", "restricted=0")
    ),
    *(f"/challenges?{what}" for what in ("state=open", "review=SCR-2011-01", "agency=KPOL")),
    *(f"/reports/progress?{QUERY}&as_at={day}" for day in ("2012-01-20", "2012-02-25", "2012-03-30")),
    f"/reports/progress?{QUERY}&agency=KPOL",
    f"/reports/progress?{QUERY}&agency=KPOL&as_at=2012-02-25",
    f"/reports/progress?{QUERY}&publication=1",
    f"/reports/progress?{QUERY}&review=SCR-2011-01",
    f"/reports/progress?{QUERY}&review=SCR-2011-01&as_at=2012-02-25",
    "/my-actions?whose=agency",
    f"/reviews/{EARLIER}",
    f"/reviews/{EARLIER}/actions/1",
    "/outbox?state=queued",
    "/outbox?state=dropped",
)
# Of these a third, where a walk is gone three times.
FEWER = MORE if LONG else MORE[::3]
NUMBERS = {"number": (1, 2, 3, 4), "challenge_id": (1, 2), "message_id": range(1, 16)}
WORDS = {"reference": ("SCR-2011-01",), "code": ("KPOL",)}
NOT_PAGES = {"static", "people.sign_out", "audit.index", "audit.index_xlsx", "audit.index_csv"}
# Walked by themselves, with what the Board's plan has of a death.
ROOMS_OF_DEATHS = {"deaths", "panels", "referrals", "figures", "published"}
_TAGS = re.compile(r"<(?:script|style).*?</(?:script|style)>|<meta[^>]*>", re.DOTALL)


def addresses(app: Flask, of_deaths: bool = False, asked: tuple[str, ...] = MORE) -> list[str]:
    """Return every address of a GET route of the board, with its things and those that were recorded.

    `of_deaths`: of the rooms of child deaths, else of all others, and those that are `asked` for too.
    """
    files = list(EvidenceFile.select(EvidenceFile.id, EvidenceFile.evidence))
    known = {**NUMBERS, **WORDS, "evidence_id": [row.evidence_id for row in files[:1]]}
    if of_deaths:
        known["year"] = ["2011-12"]
    found = []
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if rule.endpoint in NOT_PAGES or "GET" not in (rule.methods or ()):
                continue
            if (rule.endpoint.split(".")[0] in ROOMS_OF_DEATHS) is not of_deaths:
                continue
            names = sorted(rule.arguments)
            values = (
                known.get(name, ["no-such"] if name in ("token", "year", "basis") else [1]) for name in names
            )
            for each in product(*values):
                found.append(url_for(rule.endpoint, **dict(zip(names, each, strict=True))))
    return [*dict.fromkeys(found if of_deaths else (*found, *asked))]


def told(text: str, names: list[str], address: str = "") -> list[str]:
    """Return which of these names stand in a text, without those that somebody has asked for by address."""
    text = _TAGS.sub("", text)
    return [
        name
        for name in names
        if name not in address and re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text)
    ]


def leaks(visitor: Visitor, wanted: list[str], names: list[str]) -> Iterator[str]:
    """Yield where one of these names is told. The manager's own page on it tells its name, and no text."""
    for address in wanted:
        if address.endswith("/recorded-in-error"):
            names_here = [name for name in names if name.startswith("Quetzal")]
        else:
            names_here = names
        answer = visitor.client.get(address)
        assert answer.status_code < 500, address
        if answer.status_code in (301, 302, 303):
            continue
        words = unpacked(answer.data) if answer.data[:2] == b"PK" else answer.get_data(as_text=True)
        yield from (f"{address}: {name}" for name in told(words, names_here, address))


def unpacked(data: bytes) -> str:
    """Return all the words in the parts of a Word file, each part's in one piece."""
    with zipfile.ZipFile(BytesIO(data)) as package:
        parts = [package.read(name).decode(errors="replace") for name in package.namelist()]
    return "\n".join(re.sub(r"<[^>]+>", " ", part) for part in parts)


@pytest.fixture
def mistaken(world: World, settings: Settings, keeper: Keeper) -> Mistaken:
    """Return the board with what is to be marked."""
    return keeper.board("mistaken", world, settings, lambda: Mistaken(world))


def mark(mistaken: Mistaken, kind: str) -> None:
    """Mark a thing, or the entries, as recorded in error, as the manager does."""
    manager = mistaken.world.as_viewer(mistaken.world.manager)
    if kind == "entries":
        for entry in mistaken.entries():
            void_entry(manager, entry, "A double.", Action.get_by_id(entry.action_id).version)
        return
    row = mistaken.thing(kind)
    (void_challenge if kind == "challenge" else void)(manager, row, "A double.", row.version)


@pytest.mark.parametrize(("kind", "who"), WALKS)
def test_no_page_tells_of_it(
    app: Flask, mistaken: Mistaken, visit: Callable[[User | None], Visitor], kind: str, who: str
) -> None:
    # In the usual run one of the walks asks for all that can be asked for.
    wanted = addresses(app, asked=MORE if kind == "action" else FEWER)
    kinds = kind.split(" and ")
    names = [name for each in kinds for name in mistaken.names(each)]
    for each in kinds:
        mark(mistaken, each)
    assert list(leaks(visit(getattr(mistaken.world, who)), wanted, names)) == []


def test_brought_back_it_is_told_of_where_it_was(
    mistaken: Mistaken, visit: Callable[[User | None], Visitor]
) -> None:
    names, visitor = mistaken.names("recommendation"), visit(mistaken.world.chair)
    wanted = ["/reviews/SCR-2011-01", "/reviews/SCR-2011-01/actions/2", "/attention", "/challenges/1", *FEWER]
    before = list(leaks(visitor, wanted, names))
    assert len(before) >= 30
    mark(mistaken, "recommendation")
    assert next(leaks(visitor, wanted, names), None) is None
    row = mistaken.thing("recommendation")
    restore(mistaken.world.as_viewer(mistaken.world.manager), row, "It is none.", row.version)
    assert list(leaks(visitor, wanted, names)) == before


def test_a_challenge_brought_back_is_told_of_where_it_was(
    mistaken: Mistaken, visit: Callable[[User | None], Visitor]
) -> None:
    names, visitor = mistaken.names("challenge"), visit(mistaken.world.chair)
    wanted = [
        "/reviews/SCR-2011-01/actions/2",
        "/challenges/1",
        "/challenges",
        f"/challenges?q={PRESSED[:9]}",
    ]
    wanted += ["/reports/progress", "/reports/progress?as_at=2012-02-25", "/actions"]
    before = list(leaks(visitor, wanted, names))
    assert len(before) >= 8
    mark(mistaken, "challenge")
    assert next(leaks(visitor, wanted, names), None) is None
    row = mistaken.thing("challenge")
    restore_challenge(
        mistaken.world.as_viewer(mistaken.world.manager), row, "It is none.", row.version, BASE_URL
    )
    assert list(leaks(visitor, wanted, names)) == before


def test_no_page_of_child_deaths_tells_of_what_was_learnt_in_error(
    app: Flask, world: World, visit: Callable[[User | None], Visitor]
) -> None:
    panel = Panel(world)
    death = panel.death()
    panel.decision(death)
    learnt = recommend(panel.coordinator, death, RecommendationFacts(f"Tell every parent of {THREE}."))
    world.action(recommendation=learnt, text=f"Tell them of {ONE}.")
    names = [ONE, THREE, f"{learnt.review.reference}/A1", learnt.review.reference]
    visitor, wanted = visit(world.cdop_coordinator), addresses(app, of_deaths=True)
    assert any(f"/deaths/{death.id}" in leak and THREE in leak for leak in leaks(visitor, wanted, names))
    row = Recommendation.get_by_id(learnt.id)
    void(world.as_viewer(world.manager), row, "A double.", row.version)
    assert list(leaks(visitor, wanted, names[:3])) == []


PAPERS = ({}, {"as_at": "2012-02-25"}, {"agency": "KPOL"}, {"publication": "y"})


def asked_of(kind: str) -> tuple[dict[str, str], ...]:
    """Return the papers that are taken without a thing: of an action, and in a long run, of every kind."""
    return PAPERS if LONG or kind == "action" else PAPERS[:2]


@pytest.mark.parametrize("kind", KINDS)
def test_no_paper_file_or_mail_tells_of_it(
    app: Flask, mistaken: Mistaken, visit: Callable[[User | None], Visitor], tmp_path: Path, kind: str
) -> None:
    names, visitor = mistaken.names(kind), visit(mistaken.world.manager)

    def papers(*asked: dict[str, str]) -> str:
        found = []
        for fields in asked:
            answer = visitor.client.post(
                "/reports/progress.docx", data={"csrf_token": visitor.token, **EVERY, **fields}
            )
            assert answer.status_code == 200, fields
            found.append(unpacked(answer.data))
        path = tmp_path / "all.docx"
        words = ["report", "progress", *OPTIONS, "-o", str(path), "--as-at", "2012-02-25"]
        assert app.test_cli_runner().invoke(args=words).exit_code == 0
        return "\n".join([*found, unpacked(path.read_bytes())])

    assert told(papers(*(PAPERS if LONG else PAPERS[:1])), names)
    if kind != "entries":
        told_of = OutboxMessage.select()
        if kind != "challenge":
            told_of = told_of.where(OutboxMessage.subject.contains("new for you"))
        assert [each for each in told_of if told(each.body, names)]
    mark(mistaken, kind)
    assert told(papers(*asked_of(kind)), names) == []
    waiting = OutboxMessage.select().where(OutboxMessage.state == "queued")
    assert [each.body for each in waiting if told(f"{each.subject} {each.body}", names)] == []
    newest = OutboxMessage.select().count()
    for provider in registered():
        chase(provider, TODAY.replace(day=31), BASE_URL)
        chase(provider, TODAY.replace(month=5, day=8), BASE_URL)
    later = OutboxMessage.select().order_by(OutboxMessage.id).offset(newest)
    assert [each.body for each in later if told(f"{each.subject} {each.body}", names)] == []
    checked = run_check(app)
    assert (checked.exit_code, told(checked.output, names)) == (0, []), checked.output


OFFENDERS = {
    "actions": (narrowing, "is_kept", lambda: narrowing.EVERYTHING),
    "recommendations": (queries, "_IS_KEPT", queries.EVERYTHING),
    "challenges": (challenge_queries, "is_kept", lambda: narrowing.EVERYTHING),
    "past": (past, "_is_kept", lambda *_, **__: narrowing.EVERYTHING),
}


@pytest.mark.parametrize("offender", OFFENDERS)
def test_a_condition_left_out_would_be_found(
    app: Flask,
    mistaken: Mistaken,
    visit: Callable[[User | None], Visitor],
    monkeypatch: pytest.MonkeyPatch,
    offender: str,
) -> None:
    """Plant an offender: one of the conditions lets everything through."""
    kind = {"recommendations": "review", "challenges": "challenge"}.get(offender, "action")
    mark(mistaken, kind)
    monkeypatch.setattr(*OFFENDERS[offender])
    # Texts of queries are kept; those of the offender for this test alone.
    forget_texts(monkeypatch)
    visitor = visit(mistaken.world.chair)
    assert next(leaks(visitor, [*MORE, *addresses(app)], mistaken.names(kind)), None)
