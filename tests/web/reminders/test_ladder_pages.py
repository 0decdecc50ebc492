"""The pages of ladders and pauses: nothing typed is lost, and all that is wrong is told at once."""

from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient

from kscb_actions.access.policy import Role
from kscb_actions.audit.models import AuditEvent
from kscb_actions.chasing.actions.rules import ACTIONS
from kscb_actions.chasing.challenges.rules import CHAIR_MEANS
from kscb_actions.chasing.ladder.models import LadderVersion, ReminderPause
from kscb_actions.chasing.ladder.queries import ladders_of, number_of
from kscb_actions.chasing.ladder.rules import Typed
from kscb_actions.chasing.ladder.service import keep_ladder, pause_reminders

from ...factories import TODAY, World

ADDRESS = "/settings/reminders/actions"
FIRST = {"days_0": "0", "to_0": "lead", "words_0": "Please answer {link}", "every_0": ""}
LAST = {"days_1": "28", "to_1": "lead", "copy_1": "chair", "words_1": "", "repeats_1": "y", "every_1": "28"}
GOOD = {"count": "2", "version": "0", **FIRST, **LAST}


@pytest.fixture
def manager(world: World, sign_in: Callable) -> FlaskClient:
    """Return the browser of the manager."""
    client: FlaskClient = sign_in(world.manager)
    return client


@pytest.fixture
def send(manager: FlaskClient, csrf_token: str) -> Callable:
    """Send the form of the ladder of actions."""

    def post(do: str, **changes: Any) -> tuple[int, str]:
        answer = manager.post(ADDRESS, data={"csrf_token": csrf_token, "do": do, **GOOD, **changes})
        return answer.status_code, unescape(answer.text)

    return post


def test_every_ladder_is_shown_in_words_with_a_way_to_change_it(manager: FlaskClient) -> None:
    page = unescape(manager.get("/settings/reminders").text)
    for words in (
        "Actions with a due date",
        "14 days before the due date",
        "56 days after the due date, then every 28 days until it ends",
        "Actions that cannot be done",
        "Agencies’ returns on child deaths",
        "No reminders are paused.",
    ):
        assert words in page
    assert page.count(str(CHAIR_MEANS)) == 1
    assert str(CHAIR_MEANS) in unescape(manager.get("/settings/reminders/challenges").text)
    assert str(CHAIR_MEANS) not in unescape(manager.get(ADDRESS).text)
    assert "Independent chair or Full Board" in CHAIR_MEANS.text and "SCR subgroup chair" in CHAIR_MEANS.text
    assert f'href="{ADDRESS}"' in page
    assert 'href="/settings/reminders"' in manager.get("/settings").text
    assert manager.get("/settings/reminders/nothing").status_code == 404


def test_a_ladder_is_saved_and_shown(send: Callable, manager: FlaskClient) -> None:
    assert send("save")[0] == 302
    first, last = ladders_of([ACTIONS])["actions"].rungs
    assert (first.days, first.words, last.every, [*last.copy]) == (0, "Please answer {link}", 28, ["chair"])
    assert "“Please answer {link}”" in unescape(manager.get("/settings/reminders").text)
    assert "Version 1," in manager.get(ADDRESS).text


def test_all_that_is_wrong_is_told_at_its_field_and_the_old_ladder_stays(send: Callable) -> None:
    events = AuditEvent.select().count()
    status, page = send(
        "save", days_0="soon", to_0=[], words_0="About {pseudonym} and {when}", repeats_1="", every_1="0"
    )
    assert status == 200
    for message in (
        "Rung 1: Enter a whole number of days",
        "Rung 1: Choose who is reminded",
        "Rung 1: {pseudonym} would print words of a case",
        "Rung 2: The last rung has to repeat",
    ):
        assert page.count(message) == 2, "in the summary, and at the field"
    for typed in ('value="soon"', 'value="About {pseudonym} and {when}"'):
        assert typed in page
    assert (LadderVersion.select().count(), AuditEvent.select().count()) == (0, events)


@pytest.mark.parametrize(
    ("do", "count", "order"),
    [
        ("add", 3, ["Please answer {link}", "", ""]),
        ("drop-0", 1, [""]),
        ("drop-1", 1, ["Please answer {link}"]),
        ("down-0", 2, ["", "Please answer {link}"]),
        ("up-1", 2, ["", "Please answer {link}"]),
    ],
)
def test_rungs_come_go_and_move_and_nothing_typed_is_lost(
    send: Callable, do: str, count: int, order: list[str]
) -> None:
    status, page = send(do, days_0="typed wrongly")
    assert (status, LadderVersion.select().count()) == (200, 0)
    assert f'name="count" type="hidden" value="{count}"' in page
    words = [page.split(f'name="words_{number}"')[1].split(">")[0] for number in range(count)]
    assert [word in typed for word, typed in zip(order, words, strict=True)] == [True] * count
    assert ('value="typed wrongly"' in page) == (do != "drop-0")
    assert "There is a problem" not in page


def test_a_preview_shows_who_would_get_what_and_saves_nothing(world: World, send: Callable) -> None:
    world.action(due_on=TODAY - timedelta(days=30))
    status, page = send("preview", every_1="7")
    assert status == 200 and LadderVersion.select().count() == 0
    assert "30 March 2012: 3 messages to 3 people, about 1 thing" in page
    assert "4 April 2012: 3 messages to 3 people, about 1 thing" in page
    assert "police-lead@board.example: SCR-2011-01/A1" in page and "SCR-2011-01/A1 (copy)" in page
    assert "which is not saved yet" not in send("preview", every_1="x")[1]


def test_who_saves_second_sees_both_ladders(world: World, send: Callable) -> None:
    keep_ladder(world.manager.viewer, ACTIONS, [Typed(5, ("manager",), every=9, repeats=True)])
    status, page = send("save")
    assert status == 409 and "every 9 days" in page and "28 days after the due date" in page
    assert number_of(ACTIONS) == 1
    assert send("save", version="1")[0] == 302 and number_of(ACTIONS) == 2


def test_more_rungs_than_a_ladder_holds_are_not_made(send: Callable) -> None:
    many = {f"days_{n}": str(n) for n in range(40)} | {f"to_{n}": "lead" for n in range(40)}
    status, page = send("save", count="40", **many)
    assert status == 200 and "Use at most 12 rungs." in page
    assert send("save", count="")[0] == 200 and LadderVersion.select().count() == 0


def test_a_pause_is_set_shown_and_ended(world: World, manager: FlaskClient, csrf_token: str) -> None:
    data = {
        "csrf_token": csrf_token,
        "agency": "KPOL",
        "reason": "It moves house.",
        "until_on": ["9", "4", "2012"],
    }
    answer = manager.post("/settings/reminders/pauses/new", data={**data, "agency": ""})
    assert "Choose one review, or one agency." in answer.text and "It moves house." in answer.text
    answer = manager.post("/settings/reminders/pauses/new", data=data, follow_redirects=True)
    assert "until 9 April 2012; then it goes on by itself" in answer.text
    assert "It moves house." in answer.text
    action = world.action()
    address = f"/reviews/{action.review.reference}/actions/1"
    assert "Reminders are paused until 9 April 2012:" in manager.get(address).text
    end = f"/settings/reminders/pauses/{ReminderPause.get().id}/end"
    answer = manager.post(end, data={"csrf_token": csrf_token, "version": "1"}, follow_redirects=True)
    assert "Reminders go on from today" in answer.text and "No reminders are paused." in answer.text
    assert "Reminders are paused" not in manager.get(address).text


def test_a_pause_of_a_restricted_review_is_shown_to_nobody_who_may_not_know_of_it(
    world: World, sign_in: Callable
) -> None:
    review = world.review(is_restricted=True)
    pause = pause_reminders(world.manager.viewer, review, None, "The inquest.", date(2012, 5, 1))
    for person, knows in ((world.manager, True), (world.person("second-manager", Role.MANAGER), False)):
        client = sign_in(person)
        assert ("The inquest." in client.get("/settings/reminders").text) is knows
        page = client.get(f"/settings/reminders/pauses/{pause.id}/end")
        assert page.status_code == (200 if knows else 404)
