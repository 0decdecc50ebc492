"""My actions in pages: what stands where, and that nothing typed is lost on the way from one to another."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from kscb_actions.access.policy import Role
from kscb_actions.actions.models import Action
from kscb_actions.actions.service import set_standing, update_progress
from kscb_actions.audit.service import change

from ...factories import TODAY, World
from ...queries import counted
from .sheet import SignIn, drawn, filled, row_of, section_order, summary_links, updates

LATER = TODAY + timedelta(days=100)


@pytest.fixture
def actions(world: World) -> list[Action]:
    """Return thirty actions in the order of their due dates; the last five stand on page 2."""
    recommendation = world.recommendation(world.review())
    return [
        world.action(recommendation=recommendation, due_on=LATER + timedelta(days=number))
        for number in range(30)
    ]


def plain(page: str) -> str:
    """Return the page's text as it is read, in one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))


def test_twenty_five_stand_on_a_page_and_the_page_says_which(
    actions: list[Action], lead: FlaskClient
) -> None:
    first, second = lead.get("/my-actions").text, lead.get("/my-actions?page=2").text
    assert section_order(first) == [each.id for each in actions[:25]]
    assert section_order(second) == [each.id for each in actions[25:]]
    assert "30 actions, 1 to 25 shown, the most pressing first." in plain(first)
    assert "30 actions, 26 to 30 shown, the most pressing first." in plain(second)
    assert "Led by you (30)" in first and "Led by you (30)" in second


def test_the_most_pressing_of_all_pages_stands_first(
    world: World, actions: list[Action], lead: FlaskClient
) -> None:
    stuck = world.progress(actions[27], "cannot_be_done", "No budget.")
    returned = world.decision(actions[29], accepted=False)
    overdue = world.action(due_on=TODAY - timedelta(days=1))
    assert section_order(lead.get("/my-actions").text)[:3] == [overdue.id, returned.id, stuck.id]


@pytest.mark.parametrize(
    ("asked", "shown"),
    [("0", 1), ("3", 2), ("999999999", 2), ("-1", 1), ("x", 1), ("²", 1), ("9" * 40, 1), ("", 1)],
)
def test_a_page_that_is_not_there_is_answered_with_one_that_is(
    actions: list[Action], lead: FlaskClient, asked: str, shown: int
) -> None:
    page = lead.get("/my-actions", query_string={"page": asked})
    assert page.status_code == 200
    assert len(section_order(page.text)) == (25 if shown == 1 else 5)


def test_few_actions_have_no_pages(world: World, lead: FlaskClient) -> None:
    world.action()
    page = lead.get("/my-actions").text
    assert 'value="page-' not in page and "1 action, the most pressing first." in plain(page)


def test_going_to_another_page_saves_what_was_typed(
    actions: list[Action], lead: FlaskClient, csrf_token: str
) -> None:
    page = lead.get("/my-actions?whose=agency").text
    assert '<button type="submit" class="app-work__way" name="then" value="page-2">' in page
    data = {"csrf_token": csrf_token, "then": "page-2"} | filled(page, actions[3], "Kept.", "in_progress")
    answer = lead.post("/my-actions?whose=agency", data=data)
    assert (answer.status_code, answer.location) == (303, "/my-actions?whose=agency&page=2")
    assert updates(actions[3]) == [("in_progress", "Kept.")]
    page = lead.get(answer.location).text
    assert "1 update saved." in page
    back = lead.post(answer.location, data={"csrf_token": csrf_token, "then": "page-1"})
    assert back.location == "/my-actions?whose=agency"
    assert "nothing to save" not in lead.get(back.location).text


def test_a_bad_row_keeps_its_page_until_it_is_put_right(
    actions: list[Action], lead: FlaskClient, csrf_token: str
) -> None:
    page = lead.get("/my-actions").text
    data = {"csrf_token": csrf_token, "then": "page-2"} | filled(page, actions[0], "", "in_progress")
    answer = lead.post("/my-actions", data=data)
    assert answer.status_code == 200 and section_order(answer.text)[0] == actions[0].id
    assert summary_links(answer.text) == [f"#a{actions[0].id}-narrative"]


def test_a_save_on_page_two_comes_back_to_page_two(
    actions: list[Action], lead: FlaskClient, csrf_token: str
) -> None:
    page = lead.get("/my-actions?page=2").text
    data = {"csrf_token": csrf_token} | filled(page, actions[28], "Kept.", "in_progress")
    assert lead.post("/my-actions?page=2", data=data).location == "/my-actions?page=2"
    assert updates(actions[28]) == [("in_progress", "Kept.")]


@pytest.mark.parametrize(("then", "path"), [("evidence", "/evidence/new"), ("time", "/more-time")])
def test_the_way_back_from_a_rows_own_page_leads_to_its_page(
    actions: list[Action], lead: FlaskClient, csrf_token: str, then: str, path: str
) -> None:
    action = actions[28]
    answer = lead.post("/my-actions?page=2", data={"csrf_token": csrf_token, "then": f"{then}-{action.id}"})
    at = f"/reviews/{action.review.reference}/actions/{action.number}{path}"
    assert answer.location == f"{at}?back=mine&page=2"
    assert f'href="/my-actions?page=2#a{action.id}"' in lead.get(answer.location).text
    assert f'href="/my-actions#a{action.id}"' in lead.get(f"{at}?back=mine&page=²").text


def _more_pressing(world: World, action: Action) -> None:
    """Report as a colleague that it cannot be done: it moves to the top of page 1."""
    deputy = world.person("deputy", Role.AGENCY_LEAD, agency=world.police)
    update_progress(world.as_viewer(deputy), Action.get_by_id(action.id), "cannot_be_done", "No budget.")


def _closed(world: World, action: Action) -> None:
    set_standing(
        world.as_viewer(world.manager), Action.get_by_id(action.id), "on_hold", "The trial is pending."
    )


@pytest.mark.parametrize("moved", [_more_pressing, _closed])
def test_a_row_that_moved_off_the_page_comes_back_with_every_typed_word(
    world: World,
    actions: list[Action],
    lead: FlaskClient,
    csrf_token: str,
    moved: Callable[[World, Action], None],
) -> None:
    page, action = lead.get("/my-actions?page=2").text, actions[28]
    data = {"csrf_token": csrf_token} | filled(page, actions[26], "Fine.", "in_progress")
    data |= filled(page, action, "Every word of it.", "in_progress")
    moved(world, action)
    answer = lead.post("/my-actions?page=2", data=data)
    assert updates(actions[26]) == [("in_progress", "Fine.")]
    assert ("in_progress", "Every word of it.") not in updates(action)
    assert answer.text.count(f'id="a{action.id}"') == 1
    assert "Every word of it.</textarea>" in row_of(answer.text, action)
    assert "Also shown: 1 action from elsewhere with what you wrote." in plain(answer.text)
    assert "1 update saved, 1 needs your attention." in answer.text
    if moved is _more_pressing:
        assert answer.status_code == 409 and section_order(answer.text)[0] == action.id
        again = {"csrf_token": csrf_token}
        again |= filled(answer.text, action, "Every word of it.", "in_progress")
        assert lead.post("/my-actions?page=2", data=again).status_code == 303
        assert updates(action)[-1] == ("in_progress", "Every word of it.")


def test_a_row_that_moved_without_a_change_of_its_own_is_saved_where_it_stands(
    world: World, actions: list[Action], lead: FlaskClient, csrf_token: str
) -> None:
    page = lead.get("/my-actions?page=2").text
    data = {"csrf_token": csrf_token}
    for action in actions[25:]:
        data |= filled(page, action, f"Of {action.number}.", "in_progress")
    for action in actions[:10]:
        _closed(world, action)
    answer = lead.post("/my-actions?page=2", data=data)
    assert answer.status_code == 303
    assert [updates(each) for each in actions[25:]] == [
        [("in_progress", f"Of {each.number}.")] for each in actions[25:]
    ]
    assert section_order(lead.get(answer.location).text) == [each.id for each in actions[10:]]


def test_a_row_that_vanished_from_page_two_hands_its_words_back(
    world: World, actions: list[Action], lead: FlaskClient, csrf_token: str
) -> None:
    page, gone = lead.get("/my-actions?page=2").text, actions[29]
    review = gone.review
    data = {"csrf_token": csrf_token} | filled(page, gone, "Not lost.", "in_progress")
    review.is_restricted = True
    with change(world.as_viewer(world.manager)) as tx:
        tx.update(review, "review.changed")
    answer = lead.post("/my-actions?page=2", data=data)
    assert answer.status_code == 200 and "Not lost." in answer.text and updates(gone) == []
    assert summary_links(answer.text) == ["#not-kept"] and gone.reference not in answer.text


def test_rows_of_another_page_that_are_posted_untouched_are_left_alone(
    actions: list[Action], lead: FlaskClient, csrf_token: str
) -> None:
    page = lead.get("/my-actions").text
    data = {"csrf_token": csrf_token}
    for action in actions[:25]:
        data |= drawn(page, action)
    assert lead.post("/my-actions?page=2", data=data).status_code == 303
    assert all(updates(each) == [] for each in actions)


@pytest.mark.parametrize("then", ["page-0", "page-", "page-x", "page-²", "page-99999999999", "page-1-2"])
def test_a_way_that_leads_nowhere_leads_to_the_list(
    actions: list[Action], lead: FlaskClient, csrf_token: str, then: str
) -> None:
    answer = lead.post("/my-actions", data={"csrf_token": csrf_token, "then": then})
    assert (answer.status_code, answer.location) == (303, "/my-actions")


def test_a_row_of_a_colleague_can_be_gone_on_with_and_one_of_another_agency_not(
    world: World, lead: FlaskClient, csrf_token: str
) -> None:
    deputy = world.person("deputy", Role.AGENCY_LEAD, agency=world.police)
    theirs, foreign = world.action(lead=deputy), world.action(agency=world.health)
    found = [
        lead.post("/my-actions?whose=agency", data={"csrf_token": csrf_token, "then": f"time-{each.id}"})
        for each in (theirs, foreign)
    ]
    assert found[0].location.endswith("/more-time?back=agency")
    assert found[1].location == "/my-actions?whose=agency"


def test_a_page_reads_its_own_rows_alone(world: World, actions: list[Action], sign_in: SignIn) -> None:
    sizes: list[Any] = []
    client = sign_in(world.police_lead)
    for address in ("/my-actions?page=2", "/my-actions"):
        with counted() as queries:
            client.get(address)
        sizes.append(int(queries))
    assert sizes[0] == sizes[1] <= 22


def test_the_second_page_is_of_the_day_it_is_read(actions: list[Action], lead: FlaskClient) -> None:
    assert f"Due in {(LATER - date(2012, 3, 30)).days + 25} days" in lead.get("/my-actions?page=2").text
