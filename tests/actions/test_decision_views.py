"""Due dates and requests for more time, as somebody outside the agency decides on them."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from kscb_actions import clock
from kscb_actions.access.policy import Role
from kscb_actions.actions.extensions import ask_extension, change_due_date
from kscb_actions.actions.extensions import decide_extension as decide
from kscb_actions.actions.models import Action, Extension
from kscb_actions.actions.service import set_standing, update_progress
from kscb_actions.assurance.correcting.service import correct_date
from kscb_actions.assurance.models import EvidenceFile
from kscb_actions.audit.models import AuditEvent
from kscb_actions.database import writing
from kscb_actions.people.models import User

from ..factories import TODAY, World
from ..queries import counted
from ..reading import Seen, see, send
from .stories import LATER, ask_for_more_time

DUE = date(2012, 5, 1)
NEW = {"due_on": ["1", "9", "2012"]}


def address(action: Action, last: str = "due-date") -> str:
    """Return the address of a page about an action."""
    return f"/reviews/{action.review.reference}/actions/{action.number}/{last}"


def kept(action: Action) -> Action:
    """Return the action as it is in the database."""
    return Action.get_by_id(action.id)


@pytest.fixture
def chair(world: World, sign_in: Callable) -> FlaskClient:
    """Return the chair, signed in."""
    client: FlaskClient = sign_in(world.chair)
    return client


@pytest.mark.parametrize("who", ["chair", "manager"])
def test_the_due_date_moves_with_a_reason_and_the_first_one_stays(
    world: World, sign_in: Callable, csrf_token: str, who: str
) -> None:
    action, client = world.action(DUE), sign_in(getattr(world, who))
    page = see(client, address(action))
    assert page.h1 == "Change the due date" and "First due date 1 May 2012" in page.text
    done = send(client, address(action), csrf_token, version=page.value("version"), reason="Agreed.", **NEW)
    assert (done.status, done.location) == (302, address(action, "").rstrip("/"))
    now = kept(action)
    assert (now.original_due_on, now.current_due_on, now.extension_count) == (DUE, LATER, 1)
    page = see(client, address(action))
    dates = "First due date 1 May 2012 Due date now 1 September 2012 Moved 123 days later than first set"
    assert f"{dates} Extended Once" in page.text
    (row,) = page.rows("Due dates so far")
    assert (row["From"], row["To"], row["Reason"]) == ("1 May 2012", "1 Sep 2012", "Agreed.")
    assert row["Decision"].startswith(f"Agreed by {getattr(world, who).name}")


WRONG = [
    ({}, {"due_on": "Enter the new due date.", "reason": "Say why"}),
    ({"due_on": ["x"]}, {"due_on": "No date can be read in “x”.", "reason": "Say why"}),
    ({"reason": "Kept."}, {"due_on": "Enter the new due date."}),
    (
        {"due_on": ["31", "2", "2012"], "reason": "x"},
        {"due_on": "New due date: There is no 31 February 2012."},
    ),
    ({"due_on": ["30", "3", "2012"], "reason": "x"}, {"due_on": "must be in the future"}),
    ({"due_on": ["29", "3", "2012"], "reason": "x"}, {"due_on": "must be in the future"}),
    ({"due_on": ["1", "5", "2012"], "reason": "x"}, {"due_on": "must be later than the present one"}),
    ({"due_on": ["1"], "reason": "x"}, {"due_on": "must include a month"}),
    ({"due_on": ["1", "9", "2012", "4", "5"]}, {"reason": "Say why"}),
    ({"due_on": ["1", "9", "2012"], "reason": " \n "}, {"reason": "Say why"}),
    ({"due_on": ["1", "5", "2012"]}, {"due_on": "must be later", "reason": "Say why"}),
    (
        {"due_on": ["a", "b", "c"], "reason": "x"},
        {"due_on": "“a” is not a day, “b” is not a month and “c” is not a year."},
    ),
]


def test_what_is_wrong_is_said_at_its_field_and_changes_nothing(
    world: World, chair: FlaskClient, csrf_token: str
) -> None:
    action = world.action(DUE)
    before = AuditEvent.select().count()
    for fields, expected in WRONG:
        page = send(chair, address(action), csrf_token, version="1", **fields)
        assert page.status == 200
        for field, words in expected.items():
            assert words in page.errors[field]
        assert set(page.errors) == set(expected)
        assert page.value("reason") == fields.get("reason", "").strip()
    assert AuditEvent.select().count() == before


def test_the_due_date_may_move_to_the_day_after_today(
    world: World, chair: FlaskClient, csrf_token: str
) -> None:
    action = world.action(TODAY - timedelta(days=40))
    page = send(chair, address(action), csrf_token, version="1", reason="x", due_on=["31", "3", "2012"])
    assert page.status == 302
    assert kept(action).current_due_on == TODAY + timedelta(days=1)


def test_a_second_editor_is_shown_what_the_first_did_and_overwrites_nothing(
    world: World, chair: FlaskClient, csrf_token: str
) -> None:
    action = world.action(DUE)
    seen = see(chair, address(action)).value("version")
    change_due_date(world.as_viewer(world.manager), action, date(2012, 6, 1), "The manager’s reason.")
    page = send(chair, address(action), csrf_token, version=seen, reason="The chair’s reason.", **NEW)
    assert page.status == 409
    assert "Since you opened this page Due date changed to 1 June 2012" in page.text
    assert "The manager’s reason." in page.text and page.value("reason") == "The chair’s reason."
    assert "Due date now 1 June 2012" in page.text
    assert kept(action).current_due_on == date(2012, 6, 1)
    again = {"version": page.value("version"), "reason": page.value("reason"), **NEW}
    assert send(chair, address(action), csrf_token, **again).status == 302
    assert (kept(action).current_due_on, kept(action).extension_count) == (LATER, 2)


@pytest.mark.parametrize("version", ["", "0", "99", "x", "-1", "9" * 40])
def test_a_version_never_seen_saves_nothing(
    world: World, chair: FlaskClient, csrf_token: str, version: str
) -> None:
    action = world.action(DUE)
    page = send(chair, address(action), csrf_token, version=version, reason="x", **NEW)
    assert page.status == 409
    assert kept(action).current_due_on == DUE


def test_an_action_that_is_not_open_keeps_its_date(world: World, chair: FlaskClient, csrf_token: str) -> None:
    submitted, held = world.action(DUE), world.action(DUE)
    world.submission(submitted)
    set_standing(world.as_viewer(world.manager), held, "on_hold", "An inquest.")
    for action, words in ((submitted, "is reported done"), (held, "is stopped")):
        page = see(chair, address(action))
        assert words in page.text and not page.tree.xpath("//main//form")
        page = send(chair, address(action), csrf_token, version="1", reason="My words.", **NEW)
        assert "Only an action that is still open" in page.errors["due_on"]
        assert page.value("reason") == "My words."
        assert kept(action).current_due_on == DUE


def test_a_new_date_answers_the_agencys_request(world: World, chair: FlaskClient, csrf_token: str) -> None:
    action = world.action(DUE)
    request = ask_for_more_time(world, action, date(2012, 12, 1))
    page = see(chair, address(action))
    assert "The agency has asked for more time, until 1 December 2012." in page.text
    assert ("Decide on the request instead", address(action, f"more-time/{request.id}")) in page.links()
    send(chair, address(action), csrf_token, version="1", reason="September.", **NEW)
    assert Extension.get_by_id(request.id).state == "refused"
    assert kept(action).current_due_on == LATER


@pytest.mark.parametrize(
    ("answer", "state", "due_on", "count"), [("agree", "agreed", LATER, 1), ("refuse", "refused", DUE, 0)]
)
def test_a_request_is_agreed_or_refused_with_the_reason(
    world: World, chair: FlaskClient, csrf_token: str, answer: str, state: str, due_on: date, count: int
) -> None:
    action = world.action(DUE)
    request = ask_for_more_time(world, action)
    there = address(action, f"more-time/{request.id}")
    page = see(chair, there)
    for words in ("New date asked for 1 September 2012", "Training slipped.", "Police lead, 30 March 2012"):
        assert words in page.text
    sent = send(chair, there, csrf_token, version=page.value("version"), answer=answer, reason="Because.")
    assert sent.status == 302
    request, now = Extension.get_by_id(request.id), kept(action)
    assert (request.state, request.decided_by_id, request.decision_reason) == (
        state,
        world.chair.id,
        "Because.",
    )
    assert (now.original_due_on, now.current_due_on, now.extension_count) == (DUE, due_on, count)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({}, {"answer", "reason"}),
        ({"answer": "agree"}, {"reason"}),
        ({"answer": "perhaps", "reason": "x"}, {"answer"}),
        ({"answer": "refuse", "reason": " \n "}, {"reason"}),
        ({"reason": "Kept words."}, {"answer"}),
    ],
)
def test_an_answer_needs_a_choice_and_a_reason(
    world: World, chair: FlaskClient, csrf_token: str, fields: dict[str, str], wrong: set[str]
) -> None:
    request = ask_for_more_time(world, world.action(DUE))
    page = send(chair, address(request.action, f"more-time/{request.id}"), csrf_token, version="1", **fields)
    assert page.status == 200 and set(page.errors) == wrong
    assert page.value("reason") == fields.get("reason", "").strip()
    assert Extension.get_by_id(request.id).state == "asked"


def test_another_date_answers_the_request_and_both_dates_stay_readable(
    world: World, chair: FlaskClient, csrf_token: str
) -> None:
    action, june = world.action(DUE), ["1", "6", "2012"]
    request = ask_for_more_time(world, action)
    there = address(action, f"more-time/{request.id}")
    sent = send(
        chair, there, csrf_token, version="1", answer="other", due_on=june, reason="Before the summer."
    )
    assert (sent.status, sent.location) == (302, "/attention")
    now = kept(action)
    assert (now.original_due_on, now.current_due_on, now.extension_count) == (DUE, date(2012, 6, 1), 1)
    assert "is granted until 1 June 2012" in see(chair, "/attention").body
    said = "Another date given, 1 Jun 2012, by Chair"
    for last, caption in (("due-date", "Due dates so far"), ("", "Changes of the due date")):
        asked, given = see(chair, address(action, last).rstrip("/")).rows(caption)
        assert (asked["To"], asked["Reason"]) == ("1 Sep 2012", "Training slipped.")
        assert asked["Decision"].startswith(said) and "Before the summer." in asked["Decision"]
        assert (given["To"], given["Reason"]) == ("1 Jun 2012", "Before the summer.")
    page = see(chair, there)
    assert "Chair gave another date, 1 June 2012, on 30 March 2012" in page.text


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({}, {"due_on": "Enter the date that you grant.", "reason": "Say why"}),
        ({"due_on": ["30", "3", "2012"]}, {"due_on": "must be in the future", "reason": "Say why"}),
        ({"due_on": ["1", "5", "2012"], "reason": "x"}, {"due_on": "must be later than the present one"}),
        ({"due_on": ["1", "", "2012"], "reason": "x"}, {"due_on": "The other date must include a month."}),
    ],
)
def test_another_date_is_in_the_future_and_later_than_the_present_one(
    world: World, chair: FlaskClient, csrf_token: str, fields: dict[str, Any], wrong: dict[str, str]
) -> None:
    request = ask_for_more_time(world, world.action(DUE))
    there = address(request.action, f"more-time/{request.id}")
    page = send(chair, there, csrf_token, version="1", answer="other", **fields)
    assert page.status == 200 and set(page.errors) == set(wrong)
    assert all(words in page.errors[field] for field, words in wrong.items())
    assert Extension.get_by_id(request.id).state == "asked"


def test_a_date_typed_for_nothing_prevents_no_refusal(
    world: World, chair: FlaskClient, csrf_token: str
) -> None:
    request = ask_for_more_time(world, world.action(DUE))
    there = address(request.action, f"more-time/{request.id}")
    send(chair, there, csrf_token, version="1", answer="refuse", due_on=["x"], reason="No.")
    assert Extension.get_by_id(request.id).state == "refused"


@pytest.mark.parametrize(
    ("on", "standing", "answers", "why"),
    [
        (TODAY, "active", ["agree", "other", "refuse"], ""),
        (LATER, "active", ["agree", "other", "refuse"], ""),
        (LATER + timedelta(days=1), "active", ["other", "refuse"], "The date asked for has passed."),
        (TODAY, "on_hold", ["refuse"], "The action is not open any more"),
    ],
)
def test_what_cannot_be_granted_is_not_offered_and_the_page_says_why(
    world: World, sign_in: Callable, csrf_token: str, on: date, standing: str, answers: list[str], why: str
) -> None:
    request = ask_for_more_time(world, world.action(DUE))
    if standing != "active":
        set_standing(world.manager.viewer, kept(request.action), standing, "An inquest.")
    there = address(request.action, f"more-time/{request.id}")
    with clock.at(on):
        client = sign_in(world.chair)
        page = see(client, there)
        assert page.tree.xpath("//input[@name='answer']/@value") == answers
        assert page.text.count("Refuse the request.") + page.text.count("or refuse the request.") == bool(why)
        assert why in page.text
        if "agree" not in answers:
            page = send(client, there, csrf_token, version="1", answer="agree", reason="Kept.")
            assert set(page.errors) == {"answer"} and page.value("reason") == "Kept."


def test_who_decides_sees_the_latest_update_the_evidence_and_whose_turn_it_is(
    world: World, chair: FlaskClient
) -> None:
    action = world.action(DUE)
    lead = world.police_lead.viewer
    update_progress(lead, kept(action), "in_progress", "Older words.")
    update_progress(lead, kept(action), "in_progress", "Half of the staff are trained.")
    world.evidence(action)
    request = ask_for_more_time(world, kept(action))
    page = see(chair, address(action, f"more-time/{request.id}"))
    assert "Half of the staff are trained." in page.text and "Older words." not in page.text
    assert "In progress, Police lead" in page.text and "Waits for the Board since 30 March 2012" in page.text
    (file,) = EvidenceFile.select()
    assert (file.called, address(action, f"evidence/{file.evidence_id}/files/{file.id}")) in page.links()


def test_a_decision_leads_on_to_the_next_request_with_the_count_left(
    world: World, sign_in: Callable, csrf_token: str
) -> None:
    own = world.person("police-chair", Role.CHAIR, agency=world.police)
    requests = [
        ask_for_more_time(world, world.action(DUE, agency=agency))
        for agency in (world.health, world.police, world.health, world.health)
    ]
    first, police, third, last = (address(each.action, f"more-time/{each.id}") for each in requests)
    client = sign_in(own)
    page = see(client, third)
    assert "3 requests wait for your decision, this one too." in page.text
    assert [where for _, where in page.links() if where in (first, police, last)] == [last]
    said = {"version": "1", "answer": "refuse", "reason": "No."}
    assert send(client, third, csrf_token, **said).location == last
    assert "2 more requests wait for your decision: this is the next." in see(client, last).body
    assert send(client, last, csrf_token, **said).location == first
    assert "1 more request waits for your decision: this is the next." in see(client, first).body
    assert send(client, first, csrf_token, **said).location == "/attention"
    assert Extension.get_by_id(requests[1].id).state == "asked"


def test_dates_put_right_meanwhile_are_shown_before_a_decision_is_saved(
    world: World, chair: FlaskClient, csrf_token: str
) -> None:
    request = ask_for_more_time(world, world.action(DUE))
    there, action = address(request.action, f"more-time/{request.id}"), kept(request.action)
    correct_date(world.manager.viewer, action, "current_due_on", date(2012, 6, 1), "A slip.", action.version)
    page = send(chair, there, csrf_token, version="1", answer="refuse", reason="My words.")
    assert page.status == 409 and "Somebody else changed its dates first." in page.text
    assert "Due date now 1 June 2012" in page.text and page.value("reason") == "My words."
    again = {"version": page.value("version"), "answer": "refuse", "reason": "My words."}
    assert send(chair, there, csrf_token, **again).status == 302
    assert Extension.get_by_id(request.id).state == "refused"


def test_the_queries_of_a_decision_do_not_grow_with_what_waits(world: World, chair: FlaskClient) -> None:
    request = ask_for_more_time(world, world.action(DUE))
    there, counts = address(request.action, f"more-time/{request.id}"), []
    for _ in range(2):
        with counted() as count:
            see(chair, there)
        counts.append(int(count))
        for _ in range(4):
            ask_for_more_time(world, world.action(DUE))
            world.evidence(request.action)
    assert counts[0] == counts[1]


def test_the_second_to_decide_is_told_who_did_and_what_they_typed_is_shown(
    world: World, chair: FlaskClient, csrf_token: str
) -> None:
    request = ask_for_more_time(world, world.action(DUE))
    there = address(request.action, f"more-time/{request.id}")
    with clock.at(TODAY):
        decide(world.as_viewer(world.manager), request, False, "The manager’s reason.")
    page = see(chair, there)
    assert (page.status, page.h1) == (200, "This request has been decided already")
    assert "Manager refused it on 30 March 2012 at midday." in page.text
    page = send(chair, there, csrf_token, version="1", answer="agree", reason="The chair’s words.")
    assert page.status == 409
    assert "What you typed was not saved The chair’s words." in page.text
    assert kept(request.action).current_due_on == DUE


def test_nobody_decides_what_they_asked_for(world: World, sign_in: Callable, csrf_token: str) -> None:
    action = world.action(DUE)
    own = world.person("police-manager", Role.MANAGER, Role.AGENCY_LEAD, agency=world.police)
    request = ask_extension(world.as_viewer(own), action, LATER, "Training slipped.")
    there, client = address(action, f"more-time/{request.id}"), sign_in(own)
    for page in (
        see(client, there),
        send(client, there, csrf_token, version="1", answer="agree", reason="Because."),
        see(client, address(action)),
        send(client, address(action), csrf_token, version="1", reason="Because.", **NEW),
    ):
        assert page.status == 403 and "it belongs to your agency" in page.text
    edit_person_away(own)
    page = see(sign_in(own), there)
    assert page.status == 403 and "Somebody else has to decide what you asked for." in page.text
    assert Extension.get_by_id(request.id).state == "asked"


def edit_person_away(person: User) -> None:
    """Move the person to no agency; they stay a manager."""
    with writing(User):
        User.update(agency=None, roles="manager").where(User.id == person.id).execute()


def test_a_request_of_another_action_is_not_there(world: World, chair: FlaskClient) -> None:
    recommendation = world.recommendation()
    one, other = (world.action(DUE, recommendation=recommendation) for _ in range(2))
    request = ask_for_more_time(world, one)
    assert see(chair, address(one, f"more-time/{request.id}")).status == 200
    assert see(chair, address(other, f"more-time/{request.id}")).status == 404


def test_the_number_of_queries_does_not_grow_with_the_history(world: World, chair: FlaskClient) -> None:
    action = world.action(DUE)

    def queries() -> tuple[int, Seen]:
        with counted() as count:
            page = see(chair, address(action))
        return int(count), page

    def extend(month: int) -> None:
        change_due_date(world.as_viewer(world.manager), kept(action), date(2013, month, 1), "Again.")

    extend(1)
    few, _ = queries()
    for month in range(2, 9):
        extend(month)
    many, page = queries()
    assert many == few == 9
    assert len(page.rows("Due dates so far")) == 8
