"""Rooms register what waits; run, scheduler and command line take it from there and know none by name."""

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from kscb_actions import clock
from kscb_actions.access.policy import Role, Viewer
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import Change
from kscb_actions.chasing import providers
from kscb_actions.chasing.ladder.rules import Recipient, Subject, climbing
from kscb_actions.chasing.news.service import see_all
from kscb_actions.chasing.providers import register, registered
from kscb_actions.chasing.queries import has_run
from kscb_actions.chasing.rules import Chased, Digest, Item
from kscb_actions.chasing.service import chase
from kscb_actions.config import Settings
from kscb_actions.jobs.scheduler import Jobs
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.mail.rules import NOTHING, About

from ..factories import TODAY, World
from ..foundation.house import House, room_of
from ..foundation.test_house_rules import OURS, planted

URL = "https://tracker.example"
# What runs reminders, whatever they are about.
RUNNING = (
    "chasing.providers",
    "chasing.queries",
    "chasing.rules",
    "chasing.service",
    "commands.chase",
    "jobs.scheduler",
)
MAY_KNOW = {
    "access",
    "audit",
    "chasing",
    "commands",
    "jobs",
    "mail",
    "people",
    "settings",
    "terms",
    "working_days",
}


@dataclass(frozen=True)
class Book:
    """A book that is to be given back."""

    title: str
    due_on: date
    chased: tuple[Chased, ...] = ()

    @property
    def place(self) -> str:
        """Return its place: by title."""
        return self.title

    @property
    def label(self) -> str:
        """Return its title."""
        return self.title


BOOKS = Subject("books", "Books", "the day", (Recipient.MANAGER,), climbing((Recipient.LEAD,), ()))


class Library:
    """What the manager has borrowed; it keeps its own record of what was chased."""

    name = "chase-books"
    help = "Remind the manager of books."
    idle = "No book is due."
    event = "book.chase-ran"
    room = "chasing"
    heading = "library"
    subjects = (BOOKS,)

    def __init__(self, *books: Book) -> None:
        self.books = list(books)
        self.is_broken = False

    def kind_of(self, waiting: Book) -> str:
        """Return the code of the one ladder."""
        return BOOKS.code

    def holders(self, waiting: Book, recipient: Recipient, people: Sequence[Viewer]) -> list[Viewer]:
        """Return nobody: whoever manages the board is asked."""
        return []

    def can_do(self, waiting: Book, person: Viewer) -> bool:
        """Return that whoever is told can give it back."""
        return True

    def alike(self, waiting: Book) -> None:
        """Return None: who is told is found out for each."""

    def stands_at(self, waiting: Book) -> tuple[int | None, int]:
        """Return no review and no agency."""
        return None, 0

    def is_put_off(self, waiting: Book, on: date) -> bool:
        """Return that none is."""
        return False

    def may_know(self, waiting: Book, viewer: Viewer) -> bool:
        """Return that everybody may."""
        return True

    def link(self, waiting: Book, base_url: str) -> str:
        """Return the address of the library."""
        return base_url

    def paragraph(self, item: Item[Book], on: date, base_url: str) -> str:
        """Return its title and stage."""
        return f"{item.waiting.title} {item.stage:+d} {base_url}"

    def list_waiting(self, on: date, begins: Mapping[str, int]) -> list[Book]:
        """Return what has begun its first stage."""
        if self.is_broken:
            raise OSError("the library is shut")
        return [book for book in self.books if book.due_on + timedelta(days=begins[BOOKS.code]) <= on]

    def whom_to_ask(self, waiting: Book, people: Sequence[Viewer]) -> tuple[list[Viewer], bool]:
        """Return whoever manages the board; nobody for a secret book."""
        managers = [person for person in people if Role.MANAGER in person.roles]
        return ([] if waiting.title == "Secret" else managers), True

    def subject(self, digest: Digest[Book], on: date) -> str:
        """Return how many books there are."""
        return f"{len(digest.items)} books"

    def body(self, digest: Digest[Book], on: date, base_url: str) -> str:
        """Return which books, by title and stage."""
        return "\n".join(self.paragraph(item, on, base_url) for item in digest.items)

    def about(self, waiting: Book) -> tuple[About, ...]:
        """Return nothing: it is about no case."""
        return NOTHING

    def record(self, tx: Change, given: Sequence[tuple[Item[Book], OutboxMessage]], on: date) -> None:
        """Keep it on the book, and in the trail."""
        for item, message in given:
            new = Chased(item.stage, item.waiting.due_on, on)
            at = self.books.index(item.waiting)
            self.books[at] = Book(item.waiting.title, item.waiting.due_on, (*item.waiting.chased, new))
            tx.note("book.chased", message, {"book": item.waiting.title})

    def facts(self, waiting: Book) -> dict[str, object]:
        """Return its title."""
        return {"book": waiting.title}

    def is_restricted(self, waiting: Book) -> bool:
        """Return that none is."""
        return False

    def explain_no_recipient(self, without_recipient: Sequence[Book]) -> list[str]:
        """Return one sentence a book."""
        return [f"Nobody may be told of {book.label}." for book in without_recipient]


@pytest.fixture
def library(world: World, monkeypatch: pytest.MonkeyPatch) -> Library:
    """Return a library with three books, registered for this test alone."""
    monkeypatch.setattr(providers, "_registered", dict(providers._registered))
    made = Library(Book("Wind", TODAY), Book("Alice", date(2012, 3, 1)), Book("Later", date(2012, 5, 1)))
    register(made)
    return made


def sent() -> list[tuple[str, str]]:
    """Return the messages in the outbox: to whom, about what."""
    return [(row.to_address, row.subject) for row in OutboxMessage.select().order_by(OutboxMessage.id)]


def test_the_application_registers_each_provider_once_in_order(app: Flask, world: World) -> None:
    names = ["chase", "chase-challenges", "chase-answers", "chase-clocks"]
    names += [
        "chase-referrals",
        "chase-readings",
        "chase-tasks",
        "chase-impact",
        "chase-returns",
        "chase-panels",
    ]
    assert [provider.name for provider in registered()] == names
    register(registered()[0])
    assert [provider.name for provider in registered()] == names
    assert len({provider.event for provider in registered()}) == len(names)


def test_a_run_chases_what_a_new_provider_has(library: Library) -> None:
    newest = AuditEvent.select().count()
    run = chase(library, TODAY, URL)
    assert [message.body for message in run.messages] == [
        f"Safeguarding Children Board: library, 30 March 2012.\n\nAlice +28 {URL}\nWind +0 {URL}"
    ]
    assert sent() == [("manager@board.example", "2 books")]
    events = AuditEvent.select(AuditEvent.event).order_by(AuditEvent.id).offset(newest).tuples()
    assert [event for (event,) in events] == ["mail.queued", "book.chased", "book.chased", "book.chase-ran"]
    assert has_run(library, TODAY) and not any(has_run(each, TODAY) for each in registered()[:2])
    assert chase(library, TODAY, URL).messages == ()


def test_a_new_provider_climbs_the_same_ladder_over_days_off(library: Library) -> None:
    chased = [len(chase(library, TODAY + timedelta(days=day), URL).messages) for day in range(40)]
    assert sum(chased) == len(sent())
    stages = {book.title: [(one.stage, one.chased_on) for one in book.chased] for book in library.books}
    assert stages == {
        "Wind": [(0, TODAY), (7, date(2012, 4, 10)), (28, date(2012, 4, 27))],
        "Alice": [(28, TODAY), (56, date(2012, 4, 26))],
        "Later": [(-14, date(2012, 4, 17)), (0, date(2012, 5, 1)), (7, date(2012, 5, 8))],
    }


def test_the_scheduler_runs_a_new_provider_and_makes_up_for_it(
    library: Library, world: World, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    library.books.append(Book("Secret", TODAY))
    world.action(due_on=TODAY)
    see_all(world.police_lead.viewer)
    jobs = Jobs(settings)
    with clock.at(datetime(2012, 3, 30, 9, 0, tzinfo=UTC)):
        chase(registered()[0], TODAY, URL)
        jobs.chase()
        jobs.chase()
        jobs.chase()
    assert [subject for _, subject in sent()] == [
        "1 action needs you: 1 due today (SCR-2011-01/A1)",
        "2 books",
    ]
    assert "Nobody may be told of Secret." in caplog.text


@pytest.mark.parametrize("is_first", [True, False])
def test_a_provider_that_breaks_does_not_stop_the_others(
    library: Library,
    world: World,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
    is_first: bool,
) -> None:
    if is_first:
        rest = [each for each in registered() if each is not library]
        providers._registered.clear()
        for each in (library, *rest):
            register(each)
    library.is_broken = True
    world.action(due_on=TODAY)
    jobs = Jobs(settings)
    jobs.chase()
    assert len(sent()) == 1 and "job chase-books failed" in caplog.text
    library.is_broken = False
    with clock.at(datetime(2012, 3, 30, 9, 0, tzinfo=UTC)):
        jobs.chase()
    assert [subject for _, subject in sent()][1:] == ["2 books"]


def command_of(library: Library, app: Flask, *words: str) -> Result:
    """Run the command of the library in a thread, which like a process of its own has no connection yet."""

    def run() -> Result:
        with app.app_context():
            return app.test_cli_runner().invoke(args=[library.name, *words])

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


def test_a_new_provider_has_its_command(library: Library, app: Flask) -> None:
    library.books.append(Book("Secret", TODAY))
    dry = command_of(library, app, "--on", "2012-03-30", "--dry-run", "--json")
    assert json.loads(dry.stdout)["messages"] == [
        {
            "to": "manager@board.example",
            "subject": "2 books",
            "items": [
                {"book": "Alice", "stage": 28, "due_on": "2012-03-01"},
                {"book": "Wind", "stage": 0, "due_on": "2012-03-30"},
            ],
        }
    ]
    assert "Nobody may be told of Secret." in dry.stderr and sent() == []
    assert "  Alice  due 2012-03-01  stage +28" in command_of(library, app, "--on", "2012-03-30").stdout
    assert "No book is due." in command_of(library, app, "--on", "2012-03-30").stdout
    assert "Remind the manager of books." in command_of(library, app, "--help").stdout
    assert app.test_cli_runner().invoke(args=["chase-nothing"]).exit_code == 2


def rooms_known(house: House) -> list[str]:
    """Return what the modules that run reminders import of rooms that they need not know."""
    return [
        f"{name} imports {each.module}"
        for name in (f"kscb_actions.{module}" for module in RUNNING)
        for each in house.imports.get(name, [])
        if room_of(each.module) in {*OURS.order} - MAY_KNOW
        or each.module.startswith("kscb_actions.chasing.actions")
    ]


def test_what_runs_reminders_knows_no_room_that_has_them(tmp_path: Path) -> None:
    assert rooms_known(OURS) == []
    assert all(f"kscb_actions.{module}" in OURS.modules for module in RUNNING)
    assert len(rooms_known(planted(tmp_path, OFFENDERS))) == len(OFFENDERS)


OFFENDERS = {
    "chasing/service.py": "from kscb_actions.actions.queries import list_open",
    "jobs/scheduler.py": "def f():\n    import kscb_actions.reports.word.paper",
    "commands/chase.py": "from kscb_actions.chasing.actions.provider import OPEN_ACTIONS",
}
