"""The trail's page: newest first, narrowed as asked, and silent about what the reader may not see."""

import re
from collections.abc import Callable
from datetime import date
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kscb_actions import clock, database
from kscb_actions.access.policy import SYSTEM
from kscb_actions.actions.extensions import change_due_date
from kscb_actions.actions.models import Action
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.queries import PER_PAGE, EventFilter
from kscb_actions.audit.service import change, one_step
from kscb_actions.audit.words import EVENT_NAMES, column_name, event_name, shown
from kscb_actions.people.models import Agency, User
from kscb_actions.reviews.models import NamedPerson
from kscb_actions.web.audit.rows import rows_of

from ..factories import TODAY, World
from ..queries import counted
from ..trail import told_to

DUE = date(2012, 5, 1)
MAY_READ = ("manager", "chair", "second_chair", "reader")


def texts(page: str) -> str:
    """Return a page's text as people read it."""
    return unescape(page)


@pytest.fixture
def reader(world: World, sign_in: Callable) -> FlaskClient:
    """Return the reader's browser."""
    client: FlaskClient = sign_in(world.reader)
    return client


def restrict(action: Action, *named: User) -> None:
    """Restrict an action's review to these people, below the services: what is tested is reading."""
    with database.writing():
        action.review.is_restricted = True
        action.review.save()
        for person in named:
            NamedPerson.create(review=action.review, user=person)


def test_a_change_is_told_with_who_what_and_from_what_to_what(world: World, reader: FlaskClient) -> None:
    action = world.action(DUE)
    change_due_date(world.chair.viewer, action, date(2012, 6, 1), "The trainer left.")
    page = texts(reader.get("/audit").text)
    first = page.split("<tbody")[1].split("</tr>")[0]
    assert "Chair" in first and "Due date moved" in first and action.reference in first
    assert "1 May 2012 → 1 June 2012" in first
    assert "30 March 2012 at midday" in first


@pytest.mark.parametrize("name", ["police_lead", "cdop_member", "cdop_coordinator"])
def test_the_trail_is_closed_to_others(world: World, sign_in: Callable, name: str) -> None:
    client = sign_in(getattr(world, name))
    assert client.get("/audit").status_code == 403
    assert client.get("/audit/chain").status_code == 403
    assert told_to(getattr(world, name).viewer).total == 0


@pytest.mark.parametrize("name", MAY_READ)
def test_a_restricted_review_is_told_to_its_named_people_alone(
    world: World, sign_in: Callable, name: str
) -> None:
    person = getattr(world, name)
    world.action(DUE)
    before = told_to(person.viewer).total
    kept = world.decision(world.action(DUE, text="A canary sings."))
    told = AuditEvent.select().where(AuditEvent.review_id == kept.review_id).count()
    restrict(kept)
    client = sign_in(person)
    hidden = [texts(client.get(path).text) for path in addresses(kept)]
    assert told_to(person.viewer).total == before
    assert all(kept.review.reference not in page for page in (hidden[0], hidden[2]))
    assert all("canary" not in page for page in hidden)
    assert "No change matches." in hidden[1]
    with database.writing():
        NamedPerson.create(review=kept.review_id, user=person)
    assert told_to(person.viewer).total == before + told
    assert kept.review.reference in texts(client.get("/audit").text)


def addresses(action: Action) -> list[str]:
    """Return the trail, the trail of the action's review, the trail's second page."""
    return ["/audit", f"/audit?review={action.review.reference}", "/audit?page=2"]


def test_a_hidden_reviews_trail_is_the_same_page_as_that_of_none(world: World, reader: FlaskClient) -> None:
    kept = world.action(DUE)
    restrict(kept)
    hidden = reader.get(f"/audit?review={kept.review.reference}")
    absent = reader.get("/audit?review=SCR-1999-99")
    assert hidden.status_code == absent.status_code == 200
    same = texts(absent.text).replace("SCR-1999-99", kept.review.reference)
    nonces = lambda page: [line for line in page.splitlines() if "nonce" not in line and "csrf" not in line]  # noqa: E731
    assert nonces(texts(hidden.text)) == nonces(same)


@pytest.mark.parametrize("name", MAY_READ)
def test_child_deaths_are_told_to_the_panels_people_alone(world: World, name: str) -> None:
    person = getattr(world, name)
    before = told_to(person.viewer).total
    with change(SYSTEM) as tx:
        tx.record("death.recorded", "child_deaths", {"reason": "canary"})
    assert told_to(person.viewer).total == before
    panel = world.person("chair-of-the-panel", *person.role_set, *world.cdop_member.role_set)
    assert told_to(panel.viewer).total > before


def test_the_trail_is_narrowed_by_who_what_review_and_day(world: World, reader: FlaskClient) -> None:
    first, second = world.action(DUE), world.action(DUE)
    with clock.at(date(2012, 4, 5)):
        world.progress(first)
    viewer = world.reader.viewer

    def found(query: str) -> int:
        page = texts(reader.get(f"/audit?{query}").text)
        lines = page.count('<tr class="govuk-table__row" role="row">') - 1 if "<tbody" in page else 0
        return lines + sum(map(int, re.findall(r"([0-9]+) more changes? in the same save", page)))

    lead, review = world.police_lead.id, second.review
    assert found(f"person={lead}") == told_to(viewer, EventFilter(person=lead)).total == 2
    assert found("event=action.added") == 2
    assert found(f"review={review.reference}") == (
        AuditEvent.select().where(AuditEvent.review_id == review.id).count()
    )
    assert found("since=2012-04-05") == 2
    assert found("since=2012-04-05&until=2012-04-05") == 2
    assert found("until=2012-03-29") == found("since=2012-04-06") == 0
    assert found(f"person={lead}&event=action.updated&since=2012-04-01") == 1
    assert found("person=999999") == found("event=nothing") == 0


def test_a_day_is_that_of_london(world: World) -> None:
    from datetime import UTC, datetime

    with clock.at(datetime(2012, 6, 30, 23, 30, tzinfo=UTC)):
        world.action(DUE)
    viewer, start = world.reader.viewer, clock.start_of
    july = EventFilter(since=start(date(2012, 7, 1)), until=start(date(2012, 7, 2)))
    assert told_to(viewer, july).total > 0
    june = EventFilter(since=start(date(2012, 6, 30)), until=start(date(2012, 7, 1)))
    assert told_to(viewer, june).total == 0


@pytest.mark.parametrize(
    "query",
    [
        "person=x&event=%00&review=%00&page=x",
        "person=99999999999999999999&page=99999999999999999999",
        "page=0",
        "page=-1",
        "since=2012-02-30",
        "until=yesterday",
        "since=%F0%9F%98%80",
        "since=9999-12-31&until=9999-12-31",
        "since=0001-01-01",
        "review=" + "x" * 5000,
        "event=" + "%27%20OR%201=1",
    ],
)
def test_anything_asked_is_answered(reader: FlaskClient, world: World, query: str) -> None:
    assert reader.get(f"/audit?{query}").status_code == 200


def test_a_day_that_is_none_is_said_at_its_box(reader: FlaskClient, world: World) -> None:
    page = texts(reader.get("/audit?since=2012-02-30").text)
    assert "The first day: There is no 30 February 2012." in page and 'href="#filter-since"' in page
    assert "The last day: “Ongoing” gives no date." in texts(reader.get("/audit?until=Ongoing").text)


@pytest.mark.parametrize("written", ["2012-03-30", "30.3.12", "30 March 2012"])
def test_a_day_is_read_as_people_write_it(reader: FlaskClient, world: World, written: str) -> None:
    page = reader.get("/audit", query_string={"since": written}).text
    assert "From 30 March 2012" in texts(page)
    assert f'name="since" type="text" autocomplete="off" value="{written}"' in page


def test_pages_hold_fifty_and_together_everything(world: World, reader: FlaskClient) -> None:
    with change(SYSTEM) as tx:
        for number in range(PER_PAGE * 2):
            tx.record("report.exported", "reports", {"number": number})
    viewer = world.reader.viewer
    pages = [told_to(viewer, page=page) for page in (1, 2, 3, 4)]
    assert pages[0].pages == 3 and pages[3].page == 3
    ids = [event.id for page in pages[:3] for event in page.rows]
    assert ids == sorted(ids, reverse=True)
    assert len(ids) == pages[0].total == AuditEvent.select().count()
    assert f"of {pages[0].total} changes" in texts(reader.get("/audit?page=2").text)


def test_the_page_takes_the_same_queries_for_few_and_many(
    app: Flask, world: World, reader: FlaskClient
) -> None:
    def queries() -> int:
        with counted() as count:
            assert reader.get("/audit").status_code == 200
        return int(count)

    world.action(DUE)
    queries()
    few = queries()
    for _ in range(10):
        world.progress(world.action(DUE))
    assert queries() == few <= 11


def test_every_event_the_application_tells_has_its_words(world: World) -> None:
    world.decision(world.action(DUE))
    world.decision(world.action(DUE), accepted=False)
    told = {event for (event,) in AuditEvent.select(AuditEvent.event).distinct().tuples()}
    assert told <= EVENT_NAMES.keys()
    assert event_name("panel.met-again") == "Panel: met again"


def test_names_stand_in_place_of_numbers(world: World, reader: FlaskClient) -> None:
    from kscb_actions.actions.handover import hand_over

    successor = world.person("second-police-lead", *world.police_lead.role_set, agency=world.police)
    world.action(DUE)
    hand_over(world.manager.viewer, world.police_lead, successor)
    page = texts(reader.get("/audit").text)
    assert "Police lead → Second police lead" in page


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "nothing"),
        ("", "nothing"),
        (True, "yes"),
        (False, "no"),
        (0, "0"),
        ("x" * 301, "x" * 300 + "…"),
        ("not_started", "not started"),
        ("agency_lead,reader", "agency lead, reader"),
        ("2012-02-29", "29 February 2012"),
        ("2012-02-30", "2012-02-30"),
        ("2012-06-30T23:30:00+00:00", "1 July 2012 at 12:30am"),
        ("snake_Case text", "snake_Case text"),
    ],
)
def test_a_value_is_shown_in_words(value: object, words: str) -> None:
    assert shown(value) == words
    assert column_name("current_due_on") == "Current due on" and column_name("lead_id") == "Lead"


def test_no_secret_is_on_the_page(world: World, reader: FlaskClient) -> None:
    from kscb_actions.mail.letters import send_invitation
    from kscb_actions.people.service import set_password

    link = send_invitation(world.manager.viewer, world.police_lead, "Board", "http://x.example")
    set_password(world.police_lead, "orchard lantern ferry")
    page = reader.get("/audit").text
    assert "argon2" not in page and "orchard" not in page and link.rsplit("/", 1)[1] not in page
    assert clock.today() == TODAY


def saved_lines(page: str) -> list[list[str]]:
    """Return the events that each line of the trail tells of, the one it opens with first."""
    body = page[page.index("<tbody") : page.index("</tbody>")]
    rows = [row for row in body.split("<tr")[1:] if "Agency recorded" in row or "Report exported" in row]
    return [re.findall(r"Agency recorded|Report exported", row) for row in rows]


def test_one_save_is_one_line_that_opens_to_all_of_it(world: World, reader: FlaskClient) -> None:
    with change(SYSTEM) as tx:
        tx.record("report.exported", "reports", {})
    with change(SYSTEM) as tx:
        for code in ("ONE", "TWO", "SIX"):
            tx.add(Agency(code=code, name=f"Agency {code}"), "agency.added")
    body = texts(reader.get("/audit").text)
    assert saved_lines(body)[:2] == [["Agency recorded"] * 3, ["Report exported"]]
    assert "2 more changes in the same save" in body and body.index("Agency ONE") < body.index("Agency SIX")
    saves = [event.save for event in AuditEvent.select().order_by(AuditEvent.id.desc()).limit(4)]
    assert saves[0] == saves[1] == saves[2] != saves[3]


def test_a_step_of_many_changes_is_one_line_led_by_its_sum(world: World, reader: FlaskClient) -> None:
    with one_step(SYSTEM, "report.exported", "reports", lambda: "Two agencies came."):
        for code in ("ONE", "TWO"):
            with change(SYSTEM) as tx:
                tx.add(Agency(code=code, name=f"Agency {code}"), "agency.added")
    body = texts(reader.get("/audit").text)
    assert saved_lines(body)[0] == ["Report exported", "Agency recorded", "Agency recorded"]


def test_events_of_before_stand_alone(world: World) -> None:
    fields = {
        "at": clock.now(),
        "event": "agency.added",
        "actor_name": "Manager",
        "object_id": 1,
        "save": None,
    }
    older = [AuditEvent(hash=str(number), **fields) for number in (2, 1)]
    assert [row.others for row in rows_of(older, {})] == [(), ()]
