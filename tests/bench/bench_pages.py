"""How much slower pages are with 20,000 actions in the database than with 200, as ratios within one run.

`python -m tests.bench.bench_pages` prints each page with its ratio and exits 1 when one misses both bars:

- at most twice the time with 20,000 actions, or
- of pages that have to read every matching row (a rating hangs on the day, so it is counted and not kept; a
  word may be in every action): what the page takes more with 20,000 actions, at most twice what SQL by hand
  for the same rows takes more, asked of the same databases in the same run (`pages_by_hand`).

The second bar is there because the first divides what grows by what does not. The quicker a page with few
actions becomes, the worse is its ratio, though nobody waits longer. What grows is bounded by the work itself
then, and that may only be done about as quickly as the database does it.

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
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import peewee
from flask import Flask
from flask.testing import FlaskClient

from kscb_actions import clock, create_app, database
from kscb_actions.config import read_settings
from kscb_actions.people import passwords
from kscb_actions.people.models import SignInSession, User

from .filling import fill, give_own_work
from .pages_by_hand import BY_HAND, ask

FEW, MANY, TARGET, BY_HAND_TARGET, TURNS = 200, 20_000, 2.0, 2.0, 15
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
    ("chair-2", "/actions?turn=more_time"),
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
    """One page: the best seconds with few actions and with many.

    by_hand  the seconds that SQL by hand takes more with many, of a page that has to read every matching row
    """

    who: str
    address: str
    few: float
    many: float
    by_hand: float | None

    @property
    def ratio(self) -> float:
        """Return how many times slower with many."""
        return self.many / self.few

    @property
    def growth(self) -> float | None:
        """Return how many times more the page's seconds grow than those of SQL by hand."""
        return None if self.by_hand is None else (self.many - self.few) / self.by_hand

    @property
    def is_slow(self) -> bool:
        """Return whether the page misses both bars."""
        return self.ratio > TARGET and (self.growth is None or self.growth > BY_HAND_TARGET)


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
                board.execute_sql("VACUUM ANALYZE")
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
                # A view writes this again once a minute: no best time is touched by that.
                seen_at=now,
            )

    def client(self, who: str) -> FlaskClient:
        """Return a client in which this person is signed in on both boards."""
        client = self.app.test_client()
        client.set_cookie(self.app.config["SESSION_COOKIE_NAME"], f"s.{self.tokens[who]}")
        return client

    def time(self, count: int, client: FlaskClient, address: str) -> float:
        """Return the seconds of one request to the board of `count` actions: of CPU, or by the clock."""
        database.db.initialize(self.boards[count])
        spent, answer = _timed(lambda: client.get(address))
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answered {answer.status_code}")
        return spent

    def time_by_hand(self, count: int, address: str) -> float:
        """Return the seconds of the SQL by hand for a page, on a connection of its own as a request has."""
        database.db.initialize(self.boards[count])
        with self.boards[count].connection_context():
            return _timed(lambda: ask(address))[0]


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    seconds = time.process_time if database.is_sqlite() else time.perf_counter
    start = seconds()
    done = work()
    return seconds() - start, done


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
            few, many = _best(turns, lambda count, at=(client, address): boards.time(count, *at))
            by_hand = None
            if address in BY_HAND:
                hand_few, hand_many = _best(turns, lambda count, at=address: boards.time_by_hand(count, at))
                by_hand = hand_many - hand_few
            yield Timing(who, address, few, many, by_hand)


def _best(turns: int, seconds: Callable[[int], float]) -> tuple[float, float]:
    taken = [[seconds(count) for count in (FEW, MANY)] for _ in range(turns)]
    few, many = (min(each) for each in zip(*taken, strict=True))
    return few, many


def main() -> int:
    """Print every page with both figures; 1 when one misses both bars."""
    slow = 0
    with tempfile.TemporaryDirectory() as folder:
        print(f"ratio: {MANY:,} / {FEW:,} actions, at most {TARGET}; or")
        print(f"growth: what more of them takes more, page / SQL by hand, at most {BY_HAND_TARGET}\n")
        print(f"{'ratio':>5}  {'growth':>6}  {f'{FEW:,}':>8}  {f'{MANY:,}':>8}  {'by hand':>8}  page")
        for each in measure(Path(folder)):
            slow += each.is_slow
            print(_line(each), flush=True)
    return int(slow > 0)


def _line(page: Timing) -> str:
    growth, by_hand = f"{'–':>6}", f"{'–':>8}"
    if page.by_hand is not None:
        growth, by_hand = f"{page.growth:6.2f}", f"{page.by_hand * 1000:5.1f} ms"
    figures = f"{page.ratio:5.2f}  {growth}  {page.few * 1000:5.1f} ms  {page.many * 1000:5.1f} ms  {by_hand}"
    return f"{figures}  {page.address} ({page.who.rsplit('-')[0]}){'  TOO SLOW' if page.is_slow else ''}"


if __name__ == "__main__":
    sys.exit(main())
