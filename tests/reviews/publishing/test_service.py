"""Who releases a review, what is kept of it, who is told, and that restricting ends it."""

from collections.abc import Callable
from datetime import date, timedelta

import peewee
import pytest

from kscb_actions import clock, database
from kscb_actions.access.policy import Permission, Refused, may
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import StaleEdit
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.people.models import User
from kscb_actions.reviews.models import Review
from kscb_actions.reviews.publishing.models import ReleaseDecision
from kscb_actions.reviews.publishing.queries import is_public, list_released, release_of, released
from kscb_actions.reviews.publishing.rules import ReleaseFacts, stands_at
from kscb_actions.reviews.publishing.service import release, withdraw_release
from kscb_actions.reviews.rules import ReviewFacts
from kscb_actions.reviews.service import edit_review, name_person
from kscb_actions.text import InvalidInput

from ...commands.test_check_rows import found
from ...factories import TODAY, World
from ...pages import Visitor

Visit = Callable[[User | None], Visitor]
FACTS = ReleaseFacts(TODAY, "Overview report", "full", "https://board.example/scr", "Agreed.", "The Board")
FORM = {
    "decided_on": ["30", "3", "2012"],
    "edition": "Overview report, March 2012",
    "published_as": "executive_summary",
    "link": "https://board.example/scr",
    "reason": "The trial is over.",
}


@pytest.fixture
def review(world: World) -> Review:
    """Return a review that can be released, and asks something of the police."""
    found = world.review("SCR-2011-21", classification="OFFICIAL", pseudonym="Rebecca")
    world.action(recommendation=world.recommendation(found))
    return now(found)


def now(review: Review) -> Review:
    return Review.get_by_id(review.id)


def facts_of(review: Review, **other: object) -> ReviewFacts:
    kept = {"classification": review.classification, "pseudonym": review.pseudonym, **other}
    return ReviewFacts(review.reference, review.kind, review.title, **kept)  # type: ignore[arg-type]


def test_the_chair_decides_in_their_own_name_and_the_manager_says_whose_decision_it_is(
    world: World, review: Review
) -> None:
    own = release(world.independent_chair.viewer, review, FACTS, review.version)
    assert (own.by, own.authority, own.edition) == (world.independent_chair, "", "Overview report")
    withdraw_release(world.manager.viewer, now(review), TODAY, "A name.", "The Board", now(review).version)
    with pytest.raises(InvalidInput, match="whose decision"):
        release(
            world.manager.viewer,
            now(review),
            ReleaseFacts(TODAY, "Report", "full", "", "So."),
            now(review).version,
        )
    recorded = release(world.manager.viewer, now(review), FACTS, now(review).version)
    assert (recorded.by, recorded.authority) == (world.manager, "The Board")
    events = AuditEvent.select().where(AuditEvent.event.startswith("review.release"))
    assert [each.event for each in events.order_by(AuditEvent.id)] == [
        "review.released",
        "review.release-recorded",
        "review.release-withdrawn",
        "review.release-recorded",
        "review.released",
        "review.release-recorded",
    ]
    assert found() == []


def test_nobody_else_releases_nothing_is_released_twice_and_what_was_decided_stays(
    world: World, review: Review
) -> None:
    for person in User.select():
        if not may(person.viewer, Permission.PUBLISH_REVIEW):
            with pytest.raises(Refused):
                release(person.viewer, review, FACTS, review.version)
    allowed = [person.name for person in User.select() if may(person.viewer, Permission.PUBLISH_REVIEW)]
    assert sorted(allowed) == ["Independent chair", "Manager"]
    chair, seen = world.independent_chair.viewer, review.version
    with pytest.raises(Refused, match="is not released"):
        withdraw_release(chair, now(review), TODAY, "Why.", "", now(review).version)
    release(chair, now(review), FACTS, seen)
    with pytest.raises(StaleEdit):
        release(chair, now(review), FACTS, seen)
    with pytest.raises(Refused, match="released already"):
        release(chair, now(review), FACTS, now(review).version)
    with pytest.raises(InvalidInput):
        withdraw_release(chair, now(review), TODAY - timedelta(days=1), "Why.", "", now(review).version)
    assert ReleaseDecision.select().count() == 1
    row = ReleaseDecision.get()
    row.edition = "Another"
    with pytest.raises(peewee.DatabaseError), database.writing():
        row.save()


def test_a_restricted_review_is_never_released_and_one_that_is_restricted_is_released_no_more(
    world: World, review: Review
) -> None:
    secret = world.review("SCR-2011-66", classification="OFFICIAL", is_restricted=True)
    name_person(world.manager.viewer, secret, world.independent_chair)
    for person in (world.manager, world.independent_chair):
        with pytest.raises(Refused, match="restricted"):
            release(person.viewer, now(secret), FACTS, now(secret).version)
    with pytest.raises(Refused, match="marked PROTECT"):
        marked = world.review(classification="PROTECT")
        release(world.independent_chair.viewer, marked, FACTS, marked.version)
    world.release(review)
    assert list(Review.select().where(is_public())) == [review]
    manager = world.manager.viewer
    edit_review(manager, now(review), facts_of(review, is_restricted=True), now(review).version)
    assert release_of(review) is None and not Review.select().where(is_public()).exists()
    edit_review(manager, now(review), facts_of(review), now(review).version)
    assert release_of(review) is None and list_released(world.reader.viewer) == []
    assert found() == []


def test_marked_as_more_than_public_it_is_in_no_public_paper_and_on_no_list(
    world: World, review: Review
) -> None:
    world.release(review)
    assert [each.review for each in list_released(world.reader.viewer)] == [review]
    manager = world.manager.viewer
    edit_review(manager, now(review), facts_of(review, classification="PROTECT"), now(review).version)
    assert list_released(world.reader.viewer) == []


def test_rule_and_database_say_alike_on_every_day(world: World, review: Review) -> None:
    chair, days = world.independent_chair.viewer, [date(2012, 3, day) for day in range(20, 31)]
    for place, day in enumerate(days[1::2]):
        with clock.at(day):
            if place % 2 == 0:
                world.release(review, day)
            else:
                withdraw_release(chair, now(review), day, "Why.", "", now(review).version)
    told = [(row.decision, row.decided_on) for row in ReleaseDecision.select().order_by(ReleaseDecision.id)]
    assert len(told) == 5
    for day in days:
        is_released = bool(list(released(day).tuples()))
        assert is_released == stands_at(told, day), day


def test_whoever_it_concerns_is_told_by_reference_and_link_alone(world: World, review: Review) -> None:
    before = OutboxMessage.select().count()
    release(world.independent_chair.viewer, review, FACTS, review.version, "https://tracker.example")
    told = list(OutboxMessage.select().order_by(OutboxMessage.id).offset(before))
    names = sorted(each.to_user.name for each in told)
    assert names == ["Manager", "Police lead", "Police member"]
    for each in told:
        assert each.subject == "SCR-2011-21 is released for publication"
        assert "https://tracker.example/reviews/SCR-2011-21" in each.body
        assert "Rebecca" not in each.body and "Review of a case" not in each.body


def test_the_pages_release_show_list_and_withdraw(world: World, visit: Visit, review: Review) -> None:
    address, visitor = f"/reviews/{review.reference}", visit(world.independent_chair)
    assert "Not released for publication" in visitor.get(address).text
    assert f"{address}/release" in visitor.get(address).links()
    assert f"{address}/release" not in visit(world.reader).get(address).links()
    refused = visitor.send(f"{address}/release", **{**FORM, "edition": "Rebecca", "reason": ""})
    assert set(refused.errors) == {"edition", "reason"}
    assert "authority" not in visitor.get(f"{address}/release").source
    assert visitor.send(f"{address}/release", **FORM).leads_to == address
    page = visit(world.reader).get(address)
    assert "Released for publication: Overview report, March 2012" in page.text
    assert "1 decision about publication" in page.text and "by Independent chair" in page.text
    assert "released already" in visitor.get(f"{address}/release").text
    listed = visit(world.reader).get("/reviews/released")
    assert "SCR-2011-21" in listed.text and "Executive summary" in listed.text
    assert "https://board.example/scr" in listed.links()
    end = {"decided_on": ["30", "3", "2012"], "reason": "A name was in it."}
    manager = visit(world.manager)
    assert set(manager.send(f"{address}/withdraw-release", **end).errors) == {"authority"}
    sent = manager.send(f"{address}/withdraw-release", **end, authority="The Board")
    assert sent.leads_to == address
    assert "Not released for publication" in visitor.get(address).text
    assert "is not released" in visitor.get(f"{address}/withdraw-release").text
    assert "No review is released" in visit(world.reader).get("/reviews/released").text


def test_the_page_says_what_public_papers_will_call_it(world: World, visit: Visit) -> None:
    given_away = world.review("SCR-2011-22", classification="OFFICIAL", title="Rebecca", pseudonym="Rebecca")
    page = visit(world.manager).get(f"/reviews/{given_away.reference}/release")
    assert "SCR-2011-22: Serious case review" in page.text
    assert "would give the pseudonym away" in page.text


def test_of_two_at_once_the_second_sees_what_was_decided(world: World, visit: Visit, review: Review) -> None:
    visitor = visit(world.independent_chair)
    address = f"/reviews/{review.reference}/release"
    form = visitor.get(address)
    release(world.manager.viewer, now(review), FACTS, now(review).version)
    fields = {"version": form.value("version"), "once": form.value("once")}
    page = visitor.post(address, fields, **FORM)
    assert page.status == 409
    assert "Agreed." in page.text and page.value("reason") == "The trial is over."
