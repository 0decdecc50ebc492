"""One action's page: its facts apart, its story, what each person can do there; and the agency's forms."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kscb_actions import clock
from kscb_actions.actions.extensions import ask_extension, decide_extension
from kscb_actions.actions.models import Action, Extension, ProgressUpdate
from kscb_actions.actions.service import set_standing
from kscb_actions.chasing.news.service import see_all
from kscb_actions.text import clean_text

from ..factories import World
from ..long import amount
from ..queries import counted

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def lead(world: World, sign_in: SignIn) -> FlaskClient:
    return sign_in(world.police_lead)


def at(action: Action, tail: str = "") -> str:
    return f"/reviews/{action.review.reference}/actions/{action.number}{tail}"


def card(page: str, name: str) -> str:
    """Return the words of one of the three facts."""
    markup = page.split(f'aria-labelledby="fact-{name}"')[1].split("</section>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", markup.split(">", 1)[1]).split())


def buttons(page: str) -> list[str]:
    return re.findall(r'<a class="govuk-button[^>]*>([^<]+)</a>', page)


def test_the_three_facts_stand_apart(world: World, lead: FlaskClient) -> None:
    action = world.action(due_on=date(2012, 3, 10))
    world.progress(action)
    police = world.as_viewer(world.police_lead)
    asked = ask_extension(police, Action.get_by_id(action.id), date(2012, 4, 20), "Ill.")
    decide_extension(world.as_viewer(world.chair), asked, True, "Fair.")
    page = lead.get(at(action)).text
    assert "In progress" in card(page, "progress") and "Last update 30 March 2012" in card(page, "progress")
    timeliness = card(page, "timeliness")
    assert "Due in 21 days" in timeliness and "Due 20 April 2012" in timeliness
    assert "First due 10 March 2012: overdue by 20 days" in timeliness and "Extended once" in timeliness
    assert "Not yet submitted" in card(page, "assurance")
    assert "More time agreed, until 20 April 2012" in page and "Agreed by Chair" in page


def test_the_page_holds_what_was_asked_and_why(world: World, lead: FlaskClient) -> None:
    action = world.action(due_on=date(2012, 3, 29))
    page = lead.get(at(action)).text
    for text in (
        "Change the procedure.",
        "An audit shows it.",
        "Share what is known of the family.",
        "Risk is seen.",
        "Police lead",
        "Overdue by 1 day",
        "No evidence has been attached.",
        "Action recorded",
    ):
        assert text in page
    assert f'<h1 class="govuk-heading-l">Action {action.reference}</h1>' in page


def test_a_returned_action_says_at_once_what_is_missing(world: World, lead: FlaskClient) -> None:
    action = world.decision(world.action(), accepted=False)
    for tail in ("", "/update", "/more-time", "/evidence/new", "/done"):
        page = lead.get(at(action, tail)).text
        assert "Returned by the Board on" in page and "Seen and judged." in page


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("police_lead", ["Report progress", "Attach evidence", "Report it done", "Ask for more time"]),
        ("chair", ["Change the due date", "Challenge the agency"]),
        (
            "manager",
            [
                "Change the due date",
                "Challenge the agency",
                "Edit the action",
                "Hold, supersede or withdraw",
                "Move it to another agency",
                "Recorded in error",
                "Enter what happened before",
            ],
        ),
        ("reader", []),
    ],
)
def test_each_person_has_the_buttons_for_what_they_can_do(
    world: World, sign_in: SignIn, who: str, expected: list[str]
) -> None:
    action = world.action()
    world.evidence(action)
    page = sign_in(getattr(world, who)).get(at(action)).text
    assert buttons(page) == expected


def test_every_button_opens_a_page(world: World, sign_in: SignIn) -> None:
    action, submitted = world.action(), world.action()
    world.evidence(action)
    asked = ask_extension(world.as_viewer(world.police_lead), action, date(2012, 9, 1), "Ill.")
    world.submission(submitted)
    opened = 0
    for who in (world.police_lead, world.chair, world.manager):
        client = sign_in(who)
        for each in (action, submitted):
            for href in re.findall(r'<a class="govuk-button[^>]*href="([^"]+)"', client.get(at(each)).text):
                assert client.get(href).status_code == 200, href
                opened += 1
    assert opened == 23 and asked.id


@pytest.mark.parametrize(
    ("who", "status"),
    [("health_lead", 404), ("cdop_member", 404), ("cdop_coordinator", 404), ("reader", 200), ("chair", 200)],
)
def test_an_action_is_absent_for_whoever_may_not_see_it(
    world: World, sign_in: SignIn, who: str, status: int
) -> None:
    assert sign_in(getattr(world, who)).get(at(world.action())).status_code == status


def test_a_reader_sees_what_evidence_there_is_but_has_no_way_to_a_file(world: World, sign_in: SignIn) -> None:
    action = world.action()
    world.evidence(action)
    page = sign_in(world.reader).get(at(action)).text
    assert "policy.pdf" in page and "/files/" not in page and "/withdraw" not in page


def test_a_standing_is_told_with_its_reason(world: World, lead: FlaskClient) -> None:
    action = world.action()
    set_standing(world.as_viewer(world.manager), action, "on_hold", "Criminal trial pending.")
    page = lead.get(at(action)).text
    assert "On hold:" in page and page.count("Criminal trial pending.") == 2 and buttons(page) == []


def test_an_update_is_saved_and_told(world: World, lead: FlaskClient, csrf_token: str) -> None:
    action = world.action()
    assert 'value="done"' not in lead.get(at(action, "/update")).text
    data = {"csrf_token": csrf_token, "version": "1", "progress": "in_progress", "narrative": "Two\r\nlines."}
    answer = lead.post(at(action, "/update"), data=data)
    assert answer.location == at(action)
    page = lead.get(at(action)).text
    assert "Two\nlines." in page and "Progress: In progress" in page


@pytest.mark.parametrize(
    ("changes", "status", "message"),
    [
        ({"narrative": ""}, 200, "Say what has happened"),
        ({"narrative": " \x00\n "}, 200, "Say what has happened"),
        ({"narrative": "x" * 10_001}, 200, "at most 10,000"),
        ({"progress": ""}, 200, "Choose how far"),
        ({"progress": "finished"}, 200, "Choose how far"),
        ({"progress": "done"}, 200, "Attach the evidence first"),
        ({"version": ""}, 409, "Somebody else changed this first"),
        ({"version": "7"}, 409, "Somebody else changed this first"),
    ],
)
def test_a_wrong_update_changes_nothing_and_keeps_what_was_typed(
    world: World, lead: FlaskClient, csrf_token: str, changes: dict[str, str], status: int, message: str
) -> None:
    action = world.action()
    data = {"csrf_token": csrf_token, "version": "1", "progress": "in_progress", "narrative": "Typed."}
    answer = lead.post(at(action, "/update"), data=data | changes)
    assert answer.status_code == status and message in answer.text
    if "narrative" not in changes:
        assert "Typed." in answer.text
    assert ProgressUpdate.select().count() == 0
    assert (Action.get_by_id(action.id).version, Action.get_by_id(action.id).progress) == (1, "not_started")


def test_two_updates_at_once_are_both_kept_the_second_knowingly(
    world: World, lead: FlaskClient, csrf_token: str
) -> None:
    action = world.action()
    world.progress(Action.get_by_id(action.id), narrative="Theirs.")
    data = {"csrf_token": csrf_token, "version": "1", "progress": "cannot_be_done", "narrative": "Mine."}
    answer = lead.post(at(action, "/update"), data=data)
    assert answer.status_code == 409
    assert "Since you opened this page" in answer.text and "Theirs." in answer.text and "Mine." in answer.text
    data["version"] = re.search(r'name="version" type="hidden" value="(\d+)"', answer.text)[1]  # type: ignore[index]
    assert lead.post(at(action, "/update"), data=data).status_code == 302
    assert [row.narrative for row in ProgressUpdate.select().order_by(ProgressUpdate.id)] == [
        "Theirs.",
        "Mine.",
    ]


def test_an_action_closed_meanwhile_keeps_what_was_typed(
    world: World, lead: FlaskClient, csrf_token: str
) -> None:
    action = world.action()
    world.submission(action)
    assert lead.get(at(action, "/update")).status_code == 403
    data = {"csrf_token": csrf_token, "version": "1", "progress": "in_progress", "narrative": "Typed late."}
    answer = lead.post(at(action, "/update"), data=data)
    assert "It waits for the Board" in answer.text and "Typed late." in answer.text
    assert ProgressUpdate.select().count() == 1


def test_more_time_is_asked_for_and_waits(world: World, lead: FlaskClient, csrf_token: str) -> None:
    action = world.action(due_on=date(2012, 4, 10))
    data = {"csrf_token": csrf_token, "due_on": ["1", "6", "2012"], "reason": "The trainer is ill."}
    assert lead.post(at(action, "/more-time"), data=data).location == at(action)
    page = lead.get(at(action)).text
    assert "Not decided yet" in page and "Ask for more time" not in buttons(page)
    assert "Due 10 April 2012" in card(page, "timeliness")
    assert lead.get(at(action, "/more-time")).status_code == 403
    again = lead.post(at(action, "/more-time"), data=data)
    assert again.status_code == 409 and "You have asked for more time already" in again.text
    assert Extension.select().count() == 1


@pytest.mark.parametrize(
    ("due_on", "reason", "message"),
    [
        (["", "", ""], "Ill.", "Enter the due date you ask for."),
        (["30", "2", "2012"], "Ill.", "New due date: There is no 30 February 2012."),
        (["30", "3", "2012"], "Ill.", "must be in the future"),
        (["31", "3", "2012"], "Ill.", "must be later than the present one"),
        (["10", "4", "2012"], "Ill.", "must be later than the present one"),
        (["11", "4", "2012"], " ", "Say why more time is needed"),
        (["11", "4"], "Ill.", "must include a year"),
        (["11", "4", "20120"], "Ill.", "“20120” is not a year."),
    ],
)
def test_a_wrong_request_changes_nothing_and_keeps_what_was_typed(
    world: World, lead: FlaskClient, csrf_token: str, due_on: list[str], reason: str, message: str
) -> None:
    action = world.action(due_on=date(2012, 4, 10))
    data = {"csrf_token": csrf_token, "due_on": due_on, "reason": reason}
    answer = lead.post(at(action, "/more-time"), data=data)
    assert answer.status_code == 200 and answer.text.count(message) >= 2
    assert all(f'value="{part}"' in answer.text for part in due_on if part)
    assert Extension.select().count() == 0


def test_the_day_after_the_present_date_is_late_enough(
    world: World, lead: FlaskClient, csrf_token: str
) -> None:
    action = world.action(due_on=date(2012, 4, 10))
    data = {"csrf_token": csrf_token, "due_on": ["11", "4", "2012"], "reason": "Ill."}
    assert lead.post(at(action, "/more-time"), data=data).status_code == 302


@pytest.mark.parametrize("tail", ["/update", "/more-time"])
@pytest.mark.parametrize(
    ("who", "status"),
    [("health_lead", 404), ("manager", 403), ("chair", 403), ("reader", 403), ("cdop_member", 404)],
)
def test_only_the_agency_updates_and_asks(
    world: World, sign_in: SignIn, csrf_token: str, tail: str, who: str, status: int
) -> None:
    action, client = world.action(), sign_in(getattr(world, who))
    assert client.get(at(action, tail)).status_code == status
    assert client.post(at(action, tail), data={"csrf_token": csrf_token}).status_code == status


@settings(max_examples=amount(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200))
def test_any_narrative_is_kept_as_cleaned_and_shown(
    world: World, lead: FlaskClient, csrf_token: str, text: str
) -> None:
    action = Action.get_or_none() or world.action()
    before = ProgressUpdate.select().count()
    data = {
        "csrf_token": csrf_token,
        "version": str(action.version),
        "progress": "in_progress",
        "narrative": text,
    }
    assert lead.post(at(action, "/update"), data=data).status_code in (200, 302)
    kept = [row.narrative for row in ProgressUpdate.select().order_by(ProgressUpdate.id)][before:]
    assert kept == ([clean_text(text)] if clean_text(text) else [])
    assert lead.get(at(action)).status_code == 200


def test_the_number_of_queries_does_not_grow_with_the_story(world: World, lead: FlaskClient) -> None:
    made = []
    action = world.action(due_on=date(2012, 5, 1))
    for rounds in (1, 9):
        for _ in range(rounds):
            world.progress(Action.get_by_id(action.id))
            action = world.decision(Action.get_by_id(action.id), accepted=False)
            moved = date(2012, 5, 2 + Extension.select().count())
            asked = ask_extension(world.as_viewer(world.police_lead), action, moved, "Ill.")
            decide_extension(world.as_viewer(world.chair), asked, True, "Fair.")
        see_all(world.police_lead.viewer)
        with counted() as queries:
            assert lead.get(at(action)).status_code == 200
        made.append(int(queries))
    assert made[0] == made[1] <= 23


def test_the_past_is_shown_in_the_words_of_its_day(world: World, lead: FlaskClient) -> None:
    with clock.at(date(2011, 7, 4)):
        action = world.action()
    assert "4 July 2011 at midday" in lead.get(at(action)).text


def test_a_text_says_how_long_it_may_be_and_counts_near_that(world: World, lead: FlaskClient) -> None:
    page = lead.get(at(world.action(), "/update"))
    assert 'data-maxlength="10000" data-threshold="75"' in page.text
    assert "At most 10,000 characters." in page.text
