"""A restricted review is in no paper or number unless somebody named on it ticks it; then it is said."""

import inspect
import io
import re
import sys
import zipfile
from collections.abc import Callable
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any

import docx
import pytest
from flask import Flask

from kscb_actions.access.policy import SYSTEM
from kscb_actions.actions.extensions import ask_extension
from kscb_actions.assurance.challenges.service import Subject, raise_challenge
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import change
from kscb_actions.child_deaths.learning.lessons import recommend
from kscb_actions.commands.every import Commands
from kscb_actions.config import Settings
from kscb_actions.people.models import User
from kscb_actions.reports.drawing.service import ask_for_drawing
from kscb_actions.reports.freezing.service import freeze_by_hand
from kscb_actions.reports.papers import PAPERS, Paper
from kscb_actions.reports.progress.scope import HAS_RESTRICTED, ReportRequest
from kscb_actions.reviews.models import NamedPerson, Review
from kscb_actions.reviews.recommendations import answer_recommendation
from kscb_actions.reviews.rules import RecommendationFacts
from kscb_actions.settings.queries import get_board
from kscb_actions.settings.rules import Board
from tests.figures.annual.issuing import issue_year

from ..commands.running import flask
from ..factories import PDF, TODAY, World
from ..factories_deaths import Panel
from ..keeping import Keeper
from ..long import LONG
from ..meetings.planned import a_body, planned
from ..pages import Visitor
from ..people.visitor import PASSWORD, with_password
from .faces import told
from .stories import EVERY, OPTIONS, QUERY, busy, keep, report

CANARY = "ZQCANARY"
SECRET, LEARNT = "SCR-2011-66", "CDL-2011-12"
Visit = Callable[[User | None], Visitor]


def restricted(world: World) -> Review:
    """Return a restricted review with a canary in every text of it, its actions and what hangs on them."""
    manager, lead = world.as_viewer(world.manager), world.as_viewer(world.police_lead)
    review = world.review(SECRET, is_restricted=True, title=f"{CANARY} 1", pseudonym=f"{CANARY} 2")
    with change(SYSTEM) as tx:
        tx.add(NamedPerson(review=review, user=world.police_lead), "review.person-named")
    recommendation = world.recommendation(review, text=f"{CANARY} 3", intended_outcome=f"{CANARY} 4")
    answer_recommendation(manager, recommendation, world.police, "partly", f"{CANARY} 5")
    action = world.action(TODAY - timedelta(days=9), recommendation=recommendation, text=f"{CANARY} 6")
    world.progress(action, narrative=f"{CANARY} 7")
    world.evidence(action, (f"{CANARY}.pdf", PDF))
    ask_extension(lead, action, TODAY + timedelta(days=60), f"{CANARY} 8")
    world.action(TODAY, recommendation=recommendation, text=f"{CANARY} 9")
    return review


class Papers:
    """A board with a restricted review, a death whose lesson is in another, and every paper that it has."""

    def __init__(self, app: Flask, world: World) -> None:
        self.app, self.world = app, world
        busy(world)
        restricted(world)
        panel = Panel(world)
        death = panel.death()
        panel.decision(death)
        self.meeting = panel.meeting(cases=[panel.death()])
        lesson = recommend(panel.coordinator, death, RecommendationFacts(f"{CANARY} 10"))
        world.action(TODAY, recommendation=lesson, text=f"{CANARY} 11")
        lesson.review.is_restricted = True
        with change(SYSTEM) as tx:
            tx.update(lesson.review, "review.changed")
            tx.add(NamedPerson(review=lesson.review, user=world.manager), "review.person-named")
        manager, subject = world.as_viewer(world.manager), Subject(world.police)
        soon = TODAY + timedelta(days=9)
        self.challenge = raise_challenge(manager, subject, "lead", "Why?", soon, "")
        with change(SYSTEM) as tx:
            tx.add(NamedPerson(review=lesson.review, user=world.police_lead), "review.person-named")
        about = Subject(world.police, world.action(TODAY, recommendation=lesson), lesson)
        raise_challenge(manager, about, "lead", f"{CANARY} 12", soon, "")
        self.held = planned(world, a_body(world), TODAY, TODAY - timedelta(days=10))
        freeze_by_hand(manager, self.held, "It is today.", get_board())
        self.kept = keep(world.manager, review="IR-2011-01")
        ask_for_drawing(self.kept)
        self.issued = issue_year("2011-12")

    def addresses(self) -> list[tuple[str, str]]:
        """Return (method, address) of every paper, from the routes that say they are one."""
        values = {"meeting_id": self.meeting.id, "year": "2010-11", "issued_id": self.issued.id}
        values |= {"challenge_id": self.challenge.id, "called": self.kept.reference}
        found = set()
        for rule, kind in product(self.app.url_map.iter_rules(), PAPERS):
            has_one = rule.endpoint != "reports.words" or PAPERS[kind].is_signed
            if has_one and is_paper(self.app, rule.endpoint):
                with self.app.test_request_context():
                    held = {"meeting_id": self.held.id} if rule.endpoint.startswith("meetings.") else {}
                    named = {name: {**values, **held, "kind": kind}[name] for name in rule.arguments}
                    address = rule.build(named)[1]  # type: ignore[index]
                found |= {(method, address) for method in rule.methods & {"GET", "POST"}}  # type: ignore[operator]
        return sorted(found)


def is_paper(app: Flask, endpoint: str) -> bool:
    """Return whether a route says that it shows or sends a paper."""
    return getattr(getattr(app.view_functions[endpoint], "access", None), "is_paper", False)


@pytest.fixture
def papers(app: Flask, world: World, settings: Settings, keeper: Keeper) -> Papers:
    """Give the board and its papers."""
    return keeper.board("papers", world, settings, lambda: Papers(app, world), app)


def unpacked(data: bytes) -> str:
    """Return all that an answer holds: of a Word file all texts of all its parts, charts' workbooks too."""
    if not data.startswith(b"PK"):
        return data.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return "\n".join(unpacked(package.read(name)) for name in sorted(package.namelist()))


def taken(visitor: Any, method: str, address: str, **asked: Any) -> tuple[int, str]:
    """Return status and texts of a paper and its headers; the password is typed where one is asked for."""
    fields = {"csrf_token": visitor.token, "password": PASSWORD, **asked} if method == "POST" else None
    query = asked if method == "GET" else None
    answer = visitor.client.open(address, method=method, data=fields, query_string=query)
    return answer.status_code, unpacked(answer.data) + str(answer.headers)


CHOICES = re.compile(r'<select [^>]*id="review".*?</select>', re.DOTALL)


def hints(text: str) -> list[str]:
    """Return what of the restricted reviews is in a text. The list to choose a review from is no paper."""
    kept = CHOICES.sub("", text)
    return [word for word in (CANARY, SECRET, LEARNT, "RESTRICTED REVIEWS") if word in kept]


ASKED: list[dict[str, Any]] = [
    {},
    {"agency": "KPOL"},
    {"as_at": ["29", "3", "2012"]},
    {"since": ["1", "1", "2010"]},
    {"publication": "y"},
]
ASKED = [{**EVERY, **each} for each in ASKED] + [{}]
# Words posted without the mark of what was seen are not kept: the page comes again, with the paper's own.
SHOWN = (200, 409)


def asked_at(address: str) -> list[dict[str, Any]]:
    """Return what is asked for at an address: of the subgroup's paper all that it can be asked for."""
    if address.startswith("/reports/progress"):
        return ASKED
    return [{"agency": "KPOL", "review": "IR-2011-01"}] if "/reports/" in address else [{}]


def test_no_paper_holds_a_restricted_review_whoever_takes_it(papers: Papers, visit: Visit) -> None:
    addresses = papers.addresses()
    assert len(addresses) >= 12
    people = {name: visit(getattr(papers.world, name)) for name in ("manager", "chair", "reader")}
    people["coordinator"] = visit(with_password(papers.world.cdop_coordinator))
    opened, told = set(), []
    for name, visitor in people.items():
        for method, address in addresses:
            choices = asked_at(address)
            # In the usual run one of them asks for all, the others for the fullest, which has all the rest,
            # and the reader for what nobody before has been given: the same file, as the tests below say.
            for asked in choices if LONG or name == "chair" else choices[:1]:
                if not LONG and name == "reader" and (method, address) in opened:
                    continue
                status, text = taken(visitor, method, address, **asked)
                opened |= {(method, address)} if status in SHOWN else set()
                told += [f"{name} {address} {asked}: {found}" for found in hints(text)]
    assert told == []
    assert opened == set(addresses)


def undeclared(app: Flask, but: str = "") -> set[str]:
    """Return the modules of pages that show or send a paper, and have no route that says so."""
    marks = re.compile(r"Content-Disposition|\b(?:send_file|shown|agreement_chart)\(")
    said: dict[str, bool] = {}
    for endpoint, view in app.view_functions.items():
        module = inspect.unwrap(view).__module__
        if module.startswith("kscb_actions.web") and endpoint != but:
            said[module] = said.get(module, False) or is_paper(app, endpoint)
    return {
        name
        for name, is_said in said.items()
        if not is_said and marks.search(inspect.getsource(sys.modules[name]))
    }


def test_every_page_that_shows_or_sends_a_paper_says_so(app: Flask) -> None:
    # What an agency attached is evidence, not a paper; rows of the trail are shown in its own way.
    evidence = {f"kscb_actions.web.assurance.{name}" for name in ("evidence", "opening", "pages")}
    # A sample of a template is about nothing.
    others = evidence | {"kscb_actions.web.audit.views", "kscb_actions.web.paper_template"}
    assert undeclared(app) - others == set()
    assert undeclared(app, but="panels.agreement") >= {"kscb_actions.web.child_deaths.panels"}


ON = ("--on", TODAY.isoformat())
COMMANDS = {
    "report": [("progress", "-o", "{}"), ("progress", *OPTIONS, "-o", "{}"), ("board", *OPTIONS, "-o", "{}"),
               ("exceptions", "-o", "{}"), ("plan", "--review", "IR-2011-01", "-o", "{}"),
               ("public", "-o", "{}"),
               ("agency", "--agency", "KPOL", "--appendix", "answers", "-o", "{}"),
               ("progress", *OPTIONS, "--agency", "KPOL", "-o", "{}"),
               ("progress", "--since", "2010-01-01", "--publication", *OPTIONS, "-o", "{}")],
    "deaths-table": [("--reviewed-in", "2011-12"), ("--died-in", "2011-12", "--json"),
                     ("--reviewed-in", "2011-12", "--publication", "--json")],
    "chase": [("--dry-run", *ON), ("--dry-run", "--json", *ON), ("--json", *ON)],
    "chase-challenges": [("--dry-run", *ON), ("--json", *ON)],
    "chase-answers": [("--dry-run", *ON), ("--json", *ON)],
    "chase-clocks": [("--dry-run", *ON), ("--json", *ON)],
    "chase-readings": [("--dry-run", *ON), ("--json", *ON)],
    "chase-impact": [("--dry-run", *ON), ("--json", *ON)],
    "chase-tasks": [("--dry-run", *ON), ("--json", *ON)],
    "chase-referrals": [("--dry-run", *ON), ("--json", *ON)],
    "chase-returns": [("--dry-run", *ON), ("--json", *ON)],
    "chase-panels": [("--dry-run", *ON), ("--json", *ON)],
    "import-deaths": [],
    "import-plan": [],
}  # fmt: skip


def test_the_command_line_never_has_one(papers: Papers, settings: Settings, tmp_path: Path) -> None:
    every = Commands(name="flask")
    writing = {
        name
        for name in every.list_commands(None)  # type: ignore[arg-type]
        for option in every.get_command(None, name).params  # type: ignore[arg-type, union-attr]
        if {"--json", "-o"} & {*option.opts}
    }
    assert writing == set(COMMANDS)
    for name, forms in COMMANDS.items():
        for number, words in enumerate(forms):
            file = tmp_path / f"{name}-{number}.docx"
            given = [word.format(file) for word in words]
            result = flask(settings, name, *given)
            assert result.returncode == 0, result.stderr
            told = result.stdout + result.stderr + (unpacked(file.read_bytes()) if file.exists() else "")
            assert hints(told) == [], (name, words)
            assert name != "report" or file.exists()
    assert "--restricted" not in [each for option in every.get_command(None, "report").params  # type: ignore
                                  for each in option.opts]  # fmt: skip


def test_a_reminder_of_both_tells_of_the_open_one_alone(world: World, settings: Settings) -> None:
    restricted(world)
    world.action(TODAY, recommendation=world.recommendation(world.review("SCR-2011-09")))
    told = flask(settings, "chase", "--dry-run", "--on", TODAY.isoformat()).stdout
    assert "SCR-2011-09/A1" in told and "Not shown: it names a restricted review." in told
    assert hints(told) == []


# In the usual run the plain paper, one of a past day, and one for the public.
TAKEN = ASKED if LONG else [ASKED[2], *ASKED[-2:]]


@pytest.mark.parametrize("asked", TAKEN)
def test_without_the_tick_a_named_person_and_a_lay_member_take_the_same_file(
    papers: Papers, visit: Visit, asked: dict[str, Any]
) -> None:
    files = [
        visit(person).client.post("/reports/progress.docx", data={"csrf_token": visit(person).token, **asked})
        for person in (papers.world.manager, papers.world.reader)
    ]
    assert files[0].headers["Content-Disposition"] == files[1].headers["Content-Disposition"]
    # In which post somebody makes a paper is all that differs.
    made = r" by (Board manager|Reader), P-[2-9A-Z]{6}"
    named, lay = (re.sub(made, "", unpacked(file.data)) for file in files)
    assert named == lay
    assert "Progress of" in named


def test_ticked_by_who_is_not_named_it_is_as_if_not_ticked(papers: Papers, visit: Visit) -> None:
    reader = visit(papers.world.reader)
    plain, ticked = (
        taken(reader, "POST", "/reports/progress.docx", **EVERY, **asked)
        for asked in ({}, {"restricted": "y"})
    )
    assert plain[0] == 200
    own = r"P-[2-9A-Z]{6}|nonce[^ ;]*|Content-Length: \d+"
    one, other = (re.sub(own, "", text) for _, text in (plain, ticked))
    assert one == other
    assert 'name="restricted"' not in reader.get("/reports?for=progress").source
    assert 'name="restricted"' in visit(papers.world.manager).get("/reports?for=progress").source


def test_ticked_the_paper_says_so_in_its_marking_name_title_and_on_every_page(
    papers: Papers, visit: Visit
) -> None:
    manager = visit(papers.world.manager)
    file = manager.client.post(
        "/reports/progress.docx", data={"csrf_token": manager.token, "restricted": "y", **EVERY}
    )
    assert "filename=progress-report-internal-with-restricted-reviews-2012-03-30.docx" in str(file.headers)
    assert {CANARY, SECRET, LEARNT} <= set(hints(unpacked(file.data)))
    paper = docx.Document(io.BytesIO(file.data))
    for section in paper.sections:
        marking, *title = (each.text for each in section.header.paragraphs)
        assert marking == f"OFFICIAL-SENSITIVE – {HAS_RESTRICTED}"
        assert "with restricted reviews" in " ".join(title)
        assert HAS_RESTRICTED in section.footer.paragraphs[-1].text
    assert "with restricted reviews" in paper.core_properties.title
    page = manager.get("/reports/progress?restricted=y")
    assert "with restricted reviews" in page.tree.xpath("string(//title)")
    inset = page.tree.xpath("string(//main//div[contains(@class, 'govuk-inset-text')])")
    assert HAS_RESTRICTED in inset and SECRET in inset and LEARNT in inset
    assert "Only people named on every restricted review in it" in page.text


def test_the_trail_says_whether_one_was_in_it_to_those_named_alone(papers: Papers, visit: Visit) -> None:
    manager = visit(papers.world.manager)
    before = AuditEvent.select().count()
    for asked in ({}, {"restricted": "y"}):
        assert taken(manager, "POST", "/reports/progress.docx", **asked)[0] == 200
    events = list(AuditEvent.select().where(AuditEvent.id > before).order_by(AuditEvent.id))
    kept, events = (
        [each for each in events if each.event == told] for told in ("paper.kept", "report.exported")
    )
    ids = [Review.get(Review.reference == each).id for each in (SECRET, LEARNT)]
    assert [event.review_id for event in events] == [None, *sorted(ids)]
    assert [event.review_id for event in kept] == [None, min(ids)]
    assert ['"restricted":true' in event.detail for event in events] == [False, True, True]
    lay, named = (visit(who).get("/audit").text for who in (papers.world.reader, papers.world.manager))
    assert "A restricted review was in it." in named
    assert "A restricted review was in it." not in lay
    assert "No restricted review was in it." in lay


def test_a_paper_of_one_restricted_review_wants_the_tick_and_one_for_the_public_has_none(
    papers: Papers, visit: Visit
) -> None:
    manager, reader = visit(papers.world.manager), visit(papers.world.reader)
    asked = f"/reports/progress?{QUERY}&review={SECRET}"
    assert "This review is restricted. Tick" in manager.get(asked).errors["review"]
    assert reader.get(asked).errors["review"] == "There is no review with this reference."
    assert reader.get(f"{asked}&restricted=y").errors["review"] == "There is no review with this reference."
    assert CANARY in manager.get(f"{asked}&restricted=y").text
    both = manager.get(f"/reports/progress?{QUERY}&restricted=y&publication=y")
    assert "never has a restricted review" in " ".join(both.errors.values())
    assert hints(both.source) == []


def test_one_opened_since_is_in_the_paper_of_an_earlier_day_and_not_called_restricted(world: World) -> None:
    review = restricted(world)
    review.is_restricted = False
    with change(SYSTEM) as tx:
        tx.update(review, "review.changed")
    made = report(world.reader, TODAY + timedelta(days=1), as_at=TODAY)
    assert made.restricted == () and made.sections


UNRELEASED, NAME, WORD = "SCR-2011-33", "Ottoline", "ZQUNRELEASED"


def unreleased(world: World) -> None:
    """Plant a review that is not released, and its name and reference in one that is."""
    manager, lead = world.as_viewer(world.manager), world.as_viewer(world.police_lead)
    hidden = world.review(UNRELEASED, classification="OFFICIAL", title=f"{WORD} 1", pseudonym=NAME)
    asked = world.recommendation(hidden, text=f"{WORD} 2", intended_outcome=f"{WORD} 3", heading=f"{WORD} 4")
    answer_recommendation(manager, asked, world.police, "partly", f"{WORD} 5")
    action = world.action(TODAY - timedelta(days=400), recommendation=asked, text=f"{WORD} 6")
    world.progress(action, narrative=f"{WORD} 7")
    ask_extension(lead, action, TODAY + timedelta(days=60), f"{WORD} 8")
    world.decision(world.action(TODAY, world.health, recommendation=asked, text=f"{WORD} 9"))
    subject = Subject(world.police, None, asked)
    raise_challenge(manager, subject, "lead", f"{WORD} 10", TODAY + timedelta(days=9), "")
    title = f"{NAME} and Rosalind"
    shown = world.review("SCR-2011-34", classification="OFFICIAL", title=title, pseudonym="Rosalind")
    text = f"As in {UNRELEASED} on {NAME}’s death, Rosalind’s school asks."
    late = world.action(
        TODAY - timedelta(days=500), recommendation=world.recommendation(shown, text=text), text=text
    )
    world.progress(late, narrative=f"{WORD} 11")
    world.action(TODAY - timedelta(days=501), recommendation=late.recommendation, text=text)
    world.release(shown)


def public_hints(text: str) -> list[str]:
    """Return what a public paper tells of a review that is not released, and of a pseudonym."""
    kept = CHOICES.sub("", text)
    return [word for word in (UNRELEASED, NAME, WORD, "Rosalind", CANARY, SECRET) if word in kept]


FOR_THE_PUBLIC = {
    code: each for code, each in PAPERS.items() if code == "public" or "publication" in each.takes
}


def test_no_public_paper_holds_anything_of_a_review_that_is_not_released(
    papers: Papers, visit: Visit
) -> None:
    unreleased(papers.world)
    visitor, wrong, held = visit(papers.world.manager), [], 0
    for method, address in papers.addresses():
        if not any(re.match(rf"/reports/{code}(\.docx|/words|$)", address) for code in FOR_THE_PUBLIC):
            continue
        asked = {**EVERY, "since": ["1", "1", "2010"], "publication": "y"}
        if "/plan" in address:
            asked["review"] = "SCR-2011-34"
        status, text = taken(visitor, method, address, **asked)
        wrong += [f"{method} {address}: {found}" for found in public_hints(text) if status in SHOWN]
        held += status == 200 and "As in another review on another review’s death, SCR-2011-34’s" in text
    assert wrong == [] and held >= 8
    assert {WORD, UNRELEASED, NAME} <= set(
        public_hints(taken(visitor, "POST", "/reports/progress.docx", **EVERY)[1])
    )


@pytest.mark.parametrize("kind", FOR_THE_PUBLIC.values(), ids=FOR_THE_PUBLIC)
def test_each_kind_of_public_paper_has_released_reviews_alone(world: World, kind: Paper) -> None:
    busy(world)
    unreleased(world)
    needed = {"review": "SCR-2011-34"} if "review" in kind.needs else {}
    is_public = {} if kind.code == "public" else {"publication": True}
    made = kind.make(world.manager.viewer, Board(), ReportRequest(**needed, **is_public), TODAY)  # type: ignore[arg-type]
    assert public_hints(repr(told(made))) == []
    assert "SCR-2011-34" in repr(told(made))
    # A committee is asked in public; nobody else is.
    assert made.asked == () or kind.code == "board"
