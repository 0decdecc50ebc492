"""Bodies and their meetings, as the manager keeps them; what is told of a restricted review through one."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from kscb_actions.access.policy import SYSTEM, Refused, Role
from kscb_actions.audit.service import StaleEdit, change
from kscb_actions.meetings.models import BodyReview, BodySeat, Meeting, MeetingBody
from kscb_actions.meetings.queries import covered_reviews, list_seats, previous_closing_date
from kscb_actions.meetings.service import (
    BodyFacts,
    add_body,
    add_seat,
    cancel_meeting,
    edit_body,
    edit_meeting,
    edit_seat,
    plan_meeting,
    remove_seat,
)
from kscb_actions.people.models import User
from kscb_actions.reports.freezing.service import freeze_by_hand
from kscb_actions.reviews.service import name_person
from kscb_actions.settings.rules import Board
from kscb_actions.text import InvalidInput

from ..factories import World
from ..pages import Visitor
from ..queries import counted
from .planned import CLOSES, HELD, a_body, a_meeting, planned

SignIn = Callable[[User | None], FlaskClient]
CANARY = "SCR-2011-66"


def test_a_restricted_review_is_not_told_through_a_body_that_covers_it(
    world: World, sign_in: SignIn, csrf_token: str
) -> None:
    hidden = world.review(CANARY, is_restricted=True, pseudonym="Child Canary")
    open_one = world.review("SCR-2011-67")
    name_person(world.manager.viewer, hidden, world.second_chair)
    second = world.person("second-manager", Role.MANAGER)
    manager, named = second.viewer, world.second_chair.viewer
    body = a_body(world, covers_all=False, reviews={open_one.id})
    with_row(body, hidden)
    assert [each.reference for each in covered_reviews(named, body)] == [CANARY, "SCR-2011-67"]
    assert [each.reference for each in covered_reviews(manager, body)] == ["SCR-2011-67"]
    visitor = Visitor(sign_in(world.reader), csrf_token)
    for path in ("/meetings", f"/meetings/bodies/{body.id}", "/meetings/calendar", "/audit"):
        page = visitor.get(path)
        assert page.status == 200
        assert CANARY not in page.source
        assert "Canary" not in page.source
    kept = Visitor(sign_in(second), csrf_token)
    assert CANARY not in kept.get(f"/meetings/bodies/{body.id}/edit").source
    # Whoever does not see it cannot take it off, nor put it on.
    kept.send(f"/meetings/bodies/{body.id}/edit", {"name": "Subgroup"})
    assert {row.review_id for row in BodyReview.select()} == {hidden.id, open_one.id}
    edit_body(manager, MeetingBody.get_by_id(body.id), BodyFacts("Subgroup", "scr_subgroup", True))
    assert {row.review_id for row in BodyReview.select()} == {hidden.id}


def with_row(body: MeetingBody, review: object) -> None:
    """Let a body cover a review, whoever sees it."""
    with change(SYSTEM) as tx:
        tx.add(BodyReview(body=body, review=review), "body.review-added")


def test_a_body_has_seats_and_vacancies(world: World) -> None:
    body, chair, _ = a_meeting(world)
    vacant = add_seat(world.manager.viewer, body, "Designated nurse", "member", None)
    add_seat(world.manager.viewer, body, "Deputy", "deputy", world.chair)
    assert [(each.duty, each.user_id) for each in list_seats(body)] == [
        ("chair", world.second_chair.id),
        ("deputy", world.chair.id),
        ("member", None),
    ]
    with pytest.raises(InvalidInput, match="already"):
        edit_seat(world.manager.viewer, vacant, "Designated nurse", "chair", None)
    edit_seat(world.manager.viewer, vacant, "Designated nurse", "member", world.reader, 1)
    with pytest.raises(StaleEdit):
        edit_seat(world.manager.viewer, BodySeat.get_by_id(vacant.id), "Nurse", "member", None, 1)
    remove_seat(world.manager.viewer, chair)
    with pytest.raises(Refused, match="any more"):
        remove_seat(world.manager.viewer, chair)


def test_only_the_manager_keeps_bodies_and_meetings(world: World) -> None:
    body, _, meeting = a_meeting(world)
    for person in (world.chair, world.reader, world.police_lead, world.independent_chair):
        for operation in (
            lambda v: add_body(v, BodyFacts("Another", "board")),
            lambda v: add_seat(v, body, "Post", "member", None),
            lambda v: plan_meeting(v, body, *vars(meeting.days).values()),
            lambda v: edit_meeting(v, meeting, *vars(meeting.days).values()),
            lambda v: cancel_meeting(v, meeting, "Snow."),
        ):
            with pytest.raises(Refused):
                operation(person.viewer)


def test_a_meeting_is_planned_moved_and_cancelled(world: World) -> None:
    body = a_body(world)
    first = planned(world, body, HELD - timedelta(days=90), CLOSES - timedelta(days=90))
    second = planned(world, body)
    assert previous_closing_date(second) == first.closes_on
    assert previous_closing_date(first) is None
    with pytest.raises(InvalidInput, match="that day already"):
        planned(world, body)
    days = [*vars(second.days).values()]
    moved = [*days[:3], HELD + timedelta(days=7)]
    freeze_by_hand(world.manager.viewer, second, "Early.", Board())
    with pytest.raises(Refused, match="frozen"):
        edit_meeting(world.manager.viewer, second, days[0] - timedelta(1), *moved[1:])
    second = Meeting.get_by_id(second.id)
    edit_meeting(world.manager.viewer, second, *moved)
    with pytest.raises(InvalidInput, match="Say why"):
        cancel_meeting(world.manager.viewer, second, " ")
    cancel_meeting(world.manager.viewer, first, "Snow.")
    with pytest.raises(Refused, match="already"):
        cancel_meeting(world.manager.viewer, Meeting.get_by_id(first.id), "Snow again.")
    assert previous_closing_date(second) is None


def test_a_cycle_is_set_up_by_its_pages(world: World, sign_in: SignIn, csrf_token: str) -> None:
    manager = Visitor(sign_in(world.manager), csrf_token)
    assert "Begin with the SCR subgroup" in manager.get("/meetings").text
    assert manager.send("/meetings/bodies/new", {"name": ""}).errors == {
        "name": "Enter the name of the body.",
        "kind": "Choose what kind of body it is.",
    }
    made = manager.send("/meetings/bodies/new", {"name": "Executive", "kind": "executive"})
    body = MeetingBody.get()
    assert made.leads_to == f"/meetings/bodies/{body.id}"
    manager.send(f"/meetings/bodies/{body.id}/seats/new", {"post": "Chair", "duty": "chair", "user": ""})
    assert "Vacant" in manager.get(f"/meetings/bodies/{body.id}").text
    plan = manager.get(f"/meetings/bodies/{body.id}/plan")
    assert plan.value("held_on") == ["11", "05", "2012"]
    wrong = manager.send(f"/meetings/bodies/{body.id}/plan", {"held_on": ["1", "4", "2012"]})
    assert wrong.errors == {"held_on": "The meeting must be after the papers go out, 4 May 2012."}
    sent = manager.send(f"/meetings/bodies/{body.id}/plan")
    meeting = Meeting.get()
    assert sent.leads_to == f"/meetings/{meeting.id}"
    year = manager.get("/meetings/calendar")
    assert [
        each in year.text for each in ("13 April 2012", "27 April 2012", "4 May 2012", "11 May 2012")
    ] == [True] * 4
    # Somebody else moves it meanwhile: both are shown.
    form = manager.get(f"/meetings/{meeting.id}/edit")
    assert form.status == 200
    edit_meeting(
        world.manager.viewer,
        Meeting.get(),
        *[*vars(meeting.days).values()][:3],
        meeting.held_on + timedelta(7),
    )
    stale = manager.send(f"/meetings/{meeting.id}/edit", {"version": "1", "held_on": ["21", "5", "2012"]})
    assert stale.status == 409
    assert "18 May 2012" in stale.text
    done = manager.send(f"/meetings/{meeting.id}/cancel", {"reason": "Snow."})
    assert done.leads_to == f"/meetings/{meeting.id}"
    assert "Cancelled. Snow." in manager.get(f"/meetings/{meeting.id}").text
    assert "No meeting falls in 2012" in manager.get("/meetings/calendar").text


@pytest.mark.parametrize(
    "path", ["/meetings", "/meetings/calendar", "/meetings/bodies/{body}", "/meetings/{meeting}"]
)
def test_the_number_of_queries_does_not_grow(
    world: World, sign_in: SignIn, csrf_token: str, path: str
) -> None:
    body, _, meeting = a_meeting(world)
    reader = Visitor(sign_in(world.reader), csrf_token)
    address = path.format(body=body.id, meeting=meeting.id)
    reader.get(address)
    with counted() as few:
        reader.get(address)
    for number in range(5):
        other = a_body(world, f"Body {number}", "other")
        add_seat(world.manager.viewer, body, f"Post {number}", "member", None)
        for each in (body, other):
            planned(world, each, HELD + timedelta(days=7 * number + 50), CLOSES)
    with counted() as many:
        reader.get(address)
    assert int(many) <= int(few) <= 16, many.queries
