"""Fixtures for every test: a fresh migrated database, the application on it, a small board."""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import count
from pathlib import Path

import apsw
import hypothesis
import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, FileSystemBytecodeCache

from kscb_actions import apart, clock, create_app, database, models, sqlite
from kscb_actions.chasing.actions.provider import OPEN_ACTIONS
from kscb_actions.chasing.providers import enclose, run_of
from kscb_actions.child_deaths.cases import births
from kscb_actions.config import Settings, read_settings
from kscb_actions.people import passwords
from kscb_actions.people.models import SignInSession, User
from kscb_actions.reports.pictures.month import MONTH_IN_NUMBERS
from kscb_actions.reports.pictures.week import LEADS_WEEK

from .demonstration import Demonstration, load_demonstration
from .factories import TODAY, World
from .factories_deaths import DISTRICTS
from .fitting import forget, misfits, watch
from .keeping import Keeper
from .long import amount
from .pages import Visitor

pytest_plugins = ("tests.sharing",)

hypothesis.settings.register_profile("tests", deadline=None, max_examples=amount(25, 500))
hypothesis.settings.load_profile("tests")

# A PostgreSQL database that may be emptied; None: each test has an SQLite file of its own.
POSTGRES = os.environ.get("KSCB_TEST_DATABASE")


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> None:
    """Hash with the cheapest argon2id: what is tested is not how long it takes."""
    passwords.HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class CompiledTemplates(FileSystemBytecodeCache):
    """Templates compiled once for all the applications that the tests of all processes make."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder))
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what was compiled before, if it is of the same source."""
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])
        else:
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self._kept[bucket.key] = bucket.bytecode_to_string()
        super().dump_bytecode(bucket)


def of_this_run(tmp_path_factory: pytest.TempPathFactory, name: str) -> Path:
    """Return a folder that all processes of this run share."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / name
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> CompiledTemplates:
    """Return the compiled templates, in a folder of this run that its processes share."""
    return CompiledTemplates(of_this_run(tmp_path_factory, "templates"))


@pytest.fixture(scope="session", autouse=True)
def quick_disk() -> None:
    """Do not wait for the disk: what survives a power cut is tested in processes of its own."""
    sqlite.PRAGMAS["synchronous"] = "off"


@pytest.fixture(scope="session", autouse=True)
def watched_writes() -> None:
    """Notice which tables a test writes to."""
    watch()


FOLDERS = count()


@pytest.fixture
def tmp_path(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give a folder of the test's own, which is taken away where the test has passed.

    That of pytest looks each time through all the names that it has ever given.
    """
    failed = request.session.testsfailed
    path = tmp_path_factory.getbasetemp() / f"test-{next(FOLDERS)}"
    path.mkdir(mode=0o700)
    yield path
    if request.session.testsfailed == failed:
        shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an SQLite file on the newest schema, to be copied for each test."""
    path = tmp_path_factory.mktemp("schema") / "kscb.db"
    database.connect_to(f"sqlite:///{path}")
    database.migrate()
    with closing(apsw.Connection(str(path))) as connection:
        # Tables without rows are a third as large in small pages: less to copy for each test.
        connection.pragma("journal_mode", "delete")
        connection.pragma("page_size", 1024)
        connection.execute("VACUUM")
        connection.pragma("journal_mode", "wal")
    return path


@dataclass
class Settled:
    """A database file with the small board in it, to be copied for each test that wants it, and the board."""

    file: Path
    world: World


@pytest.fixture(scope="session")
def settled(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Settled:
    """Return the small board, recorded once for all the tests of a process (SQLite)."""
    folder = tmp_path_factory.mktemp("settled")
    file = Path(shutil.copy(migrated, folder / "kscb.db"))
    database.connect_to(f"sqlite:///{file}")
    with database.db.connection_context(), clock.at(TODAY):
        return Settled(file, World(folder))


@pytest.fixture
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Return settings of a fresh installation in its own folder, with the small board where asked."""
    read = settings_in(tmp_path / "instance")
    if POSTGRES:
        empty_postgres(POSTGRES)
        return replace(read, database=POSTGRES)
    wants_world = "world" in request.fixturenames
    file = request.getfixturevalue("settled").file if wants_world else request.getfixturevalue("migrated")
    shutil.copy(file, read.instance / "kscb.db")
    return read


def settings_in(instance: Path) -> Settings:
    """Return the settings of an installation in this folder."""
    return read_settings({"KSCB_INSTANCE": str(instance), "KSCB_SECRET_KEY": "tests-only"})


def empty_postgres(url: str) -> None:
    """Bring a PostgreSQL database to the newest schema, with no rows in it but those it begins with."""
    database.connect_to(url)
    database.migrate()
    names = ", ".join(f'"{model._meta.table_name}"' for model in models.ALL)
    with database.db.connection_context(), database.writing():
        database.db.execute_sql(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
        models.District.insert_many(
            [{"code": code, "name": name} for code, name in DISTRICTS.items()]
        ).execute()


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Demonstration:
    """Return the demonstration, loaded once for all processes of a run. To be read only, or copied."""
    folder = of_this_run(tmp_path_factory, "demonstration")
    said = folder / "said.txt"
    with (folder / "lock").open("w") as lock:
        # Whoever comes second waits until it is loaded.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not said.exists():
            lines = load_demonstration(settings_in(folder / "instance")).said
            said.write_text("\n".join(lines))
    return Demonstration(folder / "instance", said.read_text().splitlines())


def made(settings: Settings, compiled: CompiledTemplates) -> Flask:
    """Return an application for tests."""
    application = create_app(settings)
    application.testing = True
    application.jinja_env.bytecode_cache = compiled
    return application


@pytest.fixture(scope="session")
def application(tmp_path_factory: pytest.TempPathFactory, compiled: CompiledTemplates) -> Flask:
    """Return the application, made once for all the tests of a process: `on_settings` gives it a database."""
    return made(settings_in(tmp_path_factory.mktemp("application")), compiled)


@contextmanager
def on_settings(application: Flask, settings: Settings, day: date = TODAY) -> Iterator[Flask]:
    """Yield the application on the database and folders of these settings, open, its clock held at a day.

    What a test changes of its configuration is put back. Flask itself refuses further routes after the first
    request; a test that adds one asks for `own_app`.
    """
    kept = dict(application.config)
    application.config["SETTINGS"] = settings
    database.connect_to(settings.database)
    births.use_key(settings.birth_key)
    try:
        with database.db.connection_context(), clock.at(day):
            yield application
    finally:
        application.config.clear()
        application.config.update(kept)


PICTURES = (LEADS_WEEK, MONTH_IN_NUMBERS)


@pytest.fixture
def pictures() -> None:
    """Ask for the pictures of a week and of a month, which `app` leaves out: they are in any first digest."""


@pytest.fixture
def app(request: pytest.FixtureRequest, application: Flask, settings: Settings) -> Iterator[Flask]:
    """Yield the application on a fresh database, its clock held at TODAY."""
    enclosed = [each for each in run_of(OPEN_ACTIONS).enclosures if each not in PICTURES]
    enclose(OPEN_ACTIONS, *enclosed, *(PICTURES if "pictures" in request.fixturenames else ()))
    with on_settings(application, settings):
        yield application
        assert_fits_postgres()
        throw_log_away()


@pytest.fixture
def lasting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have heavy work done as where pages are served: in processes of its own."""
    monkeypatch.setattr(apart, "_lasts", True)


@pytest.fixture
def own_app(settings: Settings, compiled: CompiledTemplates) -> Iterator[Flask]:
    """Yield an application of the test's own, to add to; otherwise as `app`."""
    application = made(settings, compiled)
    with on_settings(application, settings):
        yield application
        assert_fits_postgres()


def assert_fits_postgres() -> None:
    """Fail where a row was written that SQLite alone would take."""
    if database.is_sqlite() and not database.db.is_closed():
        assert misfits() == [], "PostgreSQL would have refused a row that this test has written"
        forget()


def throw_log_away() -> None:
    """Leave what was written where it is when the database is closed: nobody reads it any more."""
    if database.is_sqlite() and not database.db.is_closed():
        database.db.connection().config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)


@pytest.fixture
def world(request: pytest.FixtureRequest, app: Flask) -> World:
    """Return the small board."""
    evidence = app.config["SETTINGS"].evidence
    return World(evidence) if POSTGRES else request.getfixturevalue("settled").world.copied(evidence)


@pytest.fixture(scope="session")
def keeper(tmp_path_factory: pytest.TempPathFactory) -> Keeper:
    """Return what keeps dear boards for the tests of a process."""
    return Keeper(tmp_path_factory.mktemp("kept"))


@pytest.fixture
def sign_in(app: Flask) -> Callable[[User | None], FlaskClient]:
    """Give a client in which this person is signed in (None: nobody), without the sign-in page."""

    def client_of(user: User | None) -> FlaskClient:
        client = app.test_client()
        if user is not None:
            token = signed_in_token(user)
            client.set_cookie(app.config["SESSION_COOKIE_NAME"], f"s.{token}")
        return client

    return client_of


CSRF_SEED = "0" * 40


def signed_in_token(user: User) -> str:
    """Sign this person in without the sign-in page; returns what the cookie holds after "s."."""
    token, now = passwords.new_token(), clock.real_now()
    with database.writing(SignInSession):
        SignInSession.create(
            token_hash=passwords.token_hash(token),
            user=user,
            data=f'{{"_user_id": "{user.id}", "_fresh": true, "csrf_token": "{CSRF_SEED}"}}',
            started_at=now - timedelta(seconds=1),
            seen_at=now,
        )
    return token


@pytest.fixture
def csrf_token(app: Flask) -> str:
    """Return the token that a form of a client from `sign_in` has to carry."""
    from itsdangerous import URLSafeTimedSerializer

    return str(URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token").dumps(CSRF_SEED))


@pytest.fixture
def visit(sign_in: Callable[[User | None], FlaskClient], csrf_token: str) -> Callable[[User | None], Visitor]:
    """Give somebody at the pages, who reads and sends them as a person would."""
    return lambda user: Visitor(sign_in(user), csrf_token)
