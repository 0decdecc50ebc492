"""How much slower pages are with 20,000 actions in the database than with 200, as ratios within one run.

`python -m tests.bench.bench_pages` prints each page with its ratio and exits 1 when one is above the target.
The pages show as many rows of either board, so that finding them is what is compared.
Both databases are asked in turn, page by page; the best CPU time of several turns is compared, so that other
work on the machine disturbs little. Each request opens its own connection, as in service.

With KSCB_BENCH_DATABASE the boards are in PostgreSQL instead: an address with {count} in it, as in
psycopg3://me@127.0.0.1/kscb_bench_{count}, for the databases kscb_bench_200 and kscb_bench_20000, which are
emptied. Then it is time that counts, not CPU time, for another process does the work.
"""

import os
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import peewee
from flask import Flask
from flask.testing import FlaskClient

from kscb_actions import clock, create_app, database
from kscb_actions.config import read_settings
from kscb_actions.people import passwords
from kscb_actions.people.models import SignInSession, User

from .filling import fill, give_own_work

FEW, MANY, TARGET, TURNS = 200, 20_000, 2.0, 15
TODAY = date(2012, 3, 30)
PAGES = (
    ("chair-2", "/attention"),
    ("reader-3", "/attention"),
    ("chair-2", "/actions"),
    ("chair-2", "/actions?direction=descending"),
    ("chair-2", "/actions?sort=reference"),
    ("chair-2", "/actions?sort=agency"),
    ("chair-2", "/actions?sort=agency&direction=descending"),
    ("chair-2", "/actions?sort=updated"),
    ("chair-2", "/actions?sort=reported&direction=descending"),
    ("chair-2", "/actions?rating=red"),
    ("chair-2", "/actions?rating=amber&sort=updated"),
    ("chair-2", "/actions?rating=green"),
    ("chair-2", "/actions?timeliness=overdue"),
    ("chair-2", "/actions?assurance=submitted&sort=reported"),
    ("chair-2", "/actions?silent=1&sort=reference"),
    ("chair-2", "/actions?more_time=1"),
    ("chair-2", "/actions?theme=3"),
    ("chair-2", "/actions?review=SCR-2003-0003"),
    ("chair-2", "/actions?q=household"),
    ("chair-2", "/actions?q=nowhere+found"),
    ("chair-2", "/actions?q=SCR-2003-0003/A7"),
    ("chair-2", "/actions?page=999999"),
    ("agency_lead-4", "/actions"),
    ("agency_lead-4", "/my-actions"),
    ("manager-1", "/reviews/SCR-2003-0003"),
    ("manager-1", "/reviews"),
    ("chair-2", "/reports/progress"),
    ("chair-2", "/reports/progress?review=SCR-2003-0003"),
    ("chair-2", "/reports/progress?agency=AG05"),
    ("chair-2", "/reports"),
)


@dataclass(frozen=True)
class Timing:
    """One page: the best seconds with few actions and with many."""

    who: str
    address: str
    few: float
    many: float

    @property
    def ratio(self) -> float:
        """Return how many times slower with many."""
        return self.many / self.few


class Boards:
    """The application, and two boards it can be pointed at in turn."""

    def __init__(self, folder: Path) -> None:
        self.app: Flask = create_app(
            read_settings({"KSCB_INSTANCE": str(folder), "KSCB_SECRET_KEY": "bench-only"})
        )
        self.app.testing = True
        self.tokens: dict[str, str] = {}
        self.boards = {count: self._board(folder, count) for count in (FEW, MANY)}

    def _board(self, folder: Path, count: int) -> peewee.Database:
        on_server = os.environ.get("KSCB_BENCH_DATABASE")
        address = on_server.format(count=count) if on_server else f"sqlite:///{folder / f'{count}.db'}"
        board = database.connect_to(address)
        with board.connection_context():
            if on_server:
                _empty(board)
            database.migrate()
            fill(count, TODAY)
            give_own_work(TODAY)
            for user in User.select():
                self._sign_in(user)
            if on_server:
                # PostgreSQL does so by itself within a minute or so of so many new rows.
                board.execute_sql("ANALYZE")
        return board

    def _sign_in(self, user: User) -> None:
        name = user.email.split("@")[0]
        token, now = self.tokens.setdefault(name, passwords.new_token()), clock.real_now()
        with database.writing(SignInSession):
            SignInSession.create(
                token_hash=passwords.token_hash(token),
                user=user,
                data=f'{{"_user_id": "{user.id}", "_fresh": true}}',
                started_at=now - timedelta(seconds=1),
                seen_at=now + timedelta(minutes=10),
            )

    def client(self, who: str) -> FlaskClient:
        """Return a client in which this person is signed in on both boards."""
        client = self.app.test_client()
        client.set_cookie(self.app.config["SESSION_COOKIE_NAME"], f"s.{self.tokens[who]}")
        return client

    def time(self, count: int, client: FlaskClient, address: str) -> float:
        """Return the seconds of one request to the board of `count` actions: of CPU, or by the clock."""
        database.db.initialize(self.boards[count])
        seconds = time.process_time if database.is_sqlite() else time.perf_counter
        start = seconds()
        answer = client.get(address)
        spent = seconds() - start
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answered {answer.status_code}")
        return spent


def _empty(board: peewee.Database) -> None:
    with database.writing():
        board.execute_sql("DROP SCHEMA public CASCADE")
        board.execute_sql("CREATE SCHEMA public")


def measure(folder: Path, pages: Iterable[tuple[str, str]] = PAGES, turns: int = TURNS) -> Iterator[Timing]:
    """Time each page on both boards, in turn. The databases are made in `folder`."""
    boards = Boards(folder)
    with clock.at(TODAY):
        for who, address in pages:
            client = boards.client(who)
            taken = [[boards.time(count, client, address) for count in (FEW, MANY)] for _ in range(turns)]
            few, many = (min(each) for each in zip(*taken, strict=True))
            yield Timing(who, address, few, many)


def main() -> int:
    """Print every page; 1 when one is slower than the target allows."""
    slow = 0
    with tempfile.TemporaryDirectory() as folder:
        print(f"{'ratio':>5}  {f'{FEW:,}':>8}  {f'{MANY:,}':>8}  page (target: at most {TARGET})")
        for each in measure(Path(folder)):
            slow += each.ratio > TARGET
            mark = f"  TOO SLOW, target {TARGET}" if each.ratio > TARGET else ""
            figures = f"{each.ratio:5.2f}  {each.few * 1000:5.1f} ms  {each.many * 1000:5.1f} ms"
            print(f"{figures}  {each.address} ({each.who.rsplit('-')[0]}){mark}", flush=True)
    return int(slow > 0)


if __name__ == "__main__":
    sys.exit(main())
