"""What a page and an update cost, as ratios to the barest application that shows and writes the same rows.

`python -m tests.bench.bench_requests` prints each ratio with its target and exits 1 when one is missed. CPU
time of requests in one process is compared, of both applications in turn; the medians of many turns, so that
other work on the machine disturbs little. `--profile NAME` prints where the time of one of them goes.
"""

import cProfile
import io
import pstats
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median

from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer

from kscb_actions import clock, create_app, database
from kscb_actions.actions.extensions import ask_extension, decide_extension
from kscb_actions.actions.models import Action
from kscb_actions.actions.service import update_progress
from kscb_actions.assurance.rules import EvidenceFacts
from kscb_actions.assurance.service import Upload, add_evidence, decide, report_done
from kscb_actions.config import Settings, read_settings
from kscb_actions.files.store import EvidenceStore
from kscb_actions.people import passwords
from kscb_actions.people.models import SignInSession, User
from kscb_actions.web.actions import list as list_page
from tests.factories import PDF

from . import bare
from .bare import OVERDUE, SHOWN, TODAY
from .filling import fill, give_own_work, make_overdue

# Besides those overdue: actions in every other state, so that no part of a page is empty.
OTHERS, FEW_OWN, MANY_OWN, TURNS = 1_000, 15, 300, 41
# Of three leads; the first has the action with a story and the one that is updated, and is told of updates.
OWN_WORK = {"agency_lead-4": 2, "agency_lead-5": FEW_OWN, "agency_lead-6": MANY_OWN}
CSRF_SEED = "0" * 40
Ask = Callable[[], None]


@dataclass(frozen=True)
class Bar:
    """A thing that is measured, what it is measured against, and how many times as much it may cost."""

    name: str
    what: str
    against: str
    target: float


BARS = (
    Bar("list", f"a list of {SHOWN} of {OVERDUE:,} overdue actions", "bare page", 5),
    Bar("action", "an action's page with its story", "bare page", 3.5),
    Bar("attention", "what needs attention", "bare page", 6),
    Bar("update", "an update of an action", "bare post", 3),
    Bar("mine", f"My actions, of {MANY_OWN}", f"My actions, of {FEW_OWN}", 2.5),
)


class Board:
    """The application on a board of its own, and requests to it."""

    def __init__(self, folder: Path) -> None:
        self.settings: Settings = read_settings(
            {"KSCB_INSTANCE": str(folder / "instance"), "KSCB_SECRET_KEY": "bench-only"}
        )
        self.app: Flask = create_app(self.settings)
        database.migrate()
        with database.db.connection_context(), clock.at(TODAY):
            fill(OVERDUE + OTHERS, TODAY)
            make_overdue(OVERDUE, TODAY)
            for email, count in OWN_WORK.items():
                give_own_work(TODAY, f"{email}@board.example", count)
            self.address = _address(_action_with_story(self.settings.evidence))
            self.updated = Action.select().where(Action.lead == 4).order_by(Action.id.desc()).get()
            self.tokens = {user.email.split("@")[0]: _session_of(user) for user in User.select()}
        self.csrf = str(URLSafeTimedSerializer("bench-only", salt="wtf-csrf-token").dumps(CSRF_SEED))

    def client(self, who: str) -> FlaskClient:
        """Return a client in which this person is signed in."""
        client = self.app.test_client()
        client.set_cookie(self.app.config["SESSION_COOKIE_NAME"], f"s.{self.tokens[who]}")
        return client

    def update(self) -> Ask:
        """Post an update to one action."""
        client, version = self.client("agency_lead-4"), [self.updated.version]
        fields = {
            "csrf_token": self.csrf,
            "progress": "in_progress",
            "narrative": "One more course was held.",
        }

        def ask() -> None:
            answer = client.post(
                f"{_address(self.updated)}/update", data={**fields, "version": str(version[0])}
            )
            _expect(answer.status_code, 302)
            version[0] += 1

        return ask


def _address(action: Action) -> str:
    return f"/reviews/{action.review.reference}/actions/{action.number}"


def _session_of(user: User) -> str:
    token, now = passwords.new_token(), clock.real_now()
    with database.writing(SignInSession):
        SignInSession.create(
            token_hash=passwords.token_hash(token),
            user=user,
            data=f'{{"_user_id": "{user.id}", "_fresh": true, "csrf_token": "{CSRF_SEED}"}}',
            started_at=now - timedelta(seconds=1),
            # A view writes this again once a minute: no median is touched by that.
            seen_at=now,
        )
    return token


def _action_with_story(evidence: Path) -> Action:
    """Return an action updated, extended, evidenced, reported done and returned, and updated again."""
    lead, chair = (User.get_by_id(number).viewer for number in (4, 2))
    action = Action.select().where(Action.lead == 4).order_by(Action.id).get()
    for narrative in ("A course was planned.", "Twenty staff were trained.", "Forty staff were trained."):
        update_progress(lead, action, "in_progress", narrative)
    later = max(TODAY, action.current_due_on or TODAY) + timedelta(days=30)
    asked = ask_extension(lead, action, later, "The trainer was ill.")
    decide_extension(chair, asked, True, "It is agreed.")
    action = Action.get_by_id(action.id)
    for name in ("policy.pdf", "audit.pdf"):
        facts = EvidenceFacts("policy", TODAY, f"The {name} as agreed.")
        add_evidence(lead, EvidenceStore(evidence), action, facts, [Upload(name, io.BytesIO(PDF))])
    decide(chair, report_done(lead, action, "All are trained."), False, "Show that practice has changed.")
    return update_progress(lead, Action.get_by_id(action.id), "in_progress", "An audit is under way.")


def _expect(status: int, expected: int) -> None:
    if status != expected:
        raise RuntimeError(f"answered {status}, not {expected}")


def _page(client: FlaskClient, address: str) -> Ask:
    return lambda: _expect(client.get(address).status_code, 200)


def _bare(folder: Path) -> dict[str, Ask]:
    bare.fill(folder / "bare.db")
    client = bare.make_app(folder / "bare.db").test_client()
    token, version = client.get("/actions/7").get_data(as_text=True), [1]
    fields = {"csrf_token": token, "progress": "in_progress", "narrative": "One more course was held."}

    def post() -> None:
        answer = client.post("/actions/7", data={**fields, "version": str(version[0])})
        _expect(answer.status_code, 302)
        version[0] += 1

    return {"bare page": _page(client, "/"), "bare post": post}


def asks(folder: Path) -> dict[str, Ask]:
    """Return {name: one request}, of both applications. Their databases are made in `folder`."""
    board = Board(folder)
    list_page.PER_PAGE = SHOWN
    chair = board.client("chair-2")
    return _bare(folder) | {
        "list": _page(chair, "/actions?timeliness=overdue"),
        "action": _page(chair, board.address),
        "attention": _page(chair, "/attention"),
        "update": board.update(),
        f"My actions, of {FEW_OWN}": _page(board.client("agency_lead-5"), "/my-actions"),
        "mine": _page(board.client("agency_lead-6"), "/my-actions"),
    }


def measure(requests: dict[str, Ask], turns: int = TURNS) -> dict[str, float]:
    """Return {name: milliseconds of CPU}, the median of several turns in which each is asked once."""
    taken: dict[str, list[float]] = {name: [] for name in requests}
    with clock.at(TODAY):
        for turn in range(turns + 2):
            for name, ask in requests.items():
                start = time.process_time()
                ask()
                # The first ones compile templates and prepare statements.
                if turn >= 2:
                    taken[name].append((time.process_time() - start) * 1000)
    return {name: median(each) for name, each in taken.items()}


def _profile(ask: Ask) -> None:
    with clock.at(TODAY):
        ask()
        profile = cProfile.Profile()
        profile.enable()
        for _ in range(20):
            ask()
        profile.disable()
    for order in ("cumulative", "tottime"):
        pstats.Stats(profile).sort_stats(order).print_stats(45)


def ratios(cost: dict[str, float]) -> Iterator[tuple[Bar, float]]:
    """Return each bar with what was measured."""
    return ((bar, cost[bar.name] / cost[bar.against]) for bar in BARS)


def main(arguments: list[str]) -> int:
    """Print every ratio; 1 when one is above its target."""
    with tempfile.TemporaryDirectory() as folder:
        requests = asks(Path(folder))
        if arguments[:1] == ["--profile"]:
            _profile(requests[arguments[1]])
            return 0
        cost, missed = measure(requests), False
        for bar, ratio in ratios(cost):
            missed |= ratio > bar.target
            spent = f"{cost[bar.name]:6.2f} ms  {cost[bar.against]:6.2f} ms"
            mark = "  MISSED" if ratio > bar.target else ""
            print(f"{ratio:5.2f}  at most {bar.target:<4}{spent}  {bar.what} / {bar.against}{mark}")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
