"""What became of a kept paper since it was made: corrections in it, and releases that ended."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM
from kscb_actions.actions.models import Action
from kscb_actions.assurance.correcting.rules import Which
from kscb_actions.assurance.correcting.service import correct_date
from kscb_actions.assurance.taking_back.service import take_decision_back
from kscb_actions.assurance.voiding.service import restore, void
from kscb_actions.audit.service import change
from kscb_actions.audit.words import EVENT_NAMES
from kscb_actions.people.models import User
from kscb_actions.reports.drawing.service import ask_for_drawing
from kscb_actions.reports.kept.corrections import corrections_since
from kscb_actions.reports.kept.models import KeptPaper
from kscb_actions.reports.kept.queries import why_not_given_out
from kscb_actions.reports.kept.rules import CORRECTING, stood_so
from kscb_actions.reviews.models import Review
from kscb_actions.reviews.publishing.service import withdraw_release

from ..factories import TODAY, World
from .stories import keep

SignIn = Callable[[User | None], FlaskClient]


def told(paper: KeptPaper) -> dict[str, tuple[str, ...]]:
    return {each.reference: each.what for each in corrections_since(KeptPaper.get_by_id(paper.id))}


def now(action: Action) -> Action:
    return Action.get_by_id(action.id)


def redate(world: World, action: Action, to: date) -> None:
    action = now(action)
    correct_date(world.manager.viewer, action, Which.DUE, to, "Mistyped.", action.version)


def test_nothing_is_said_while_nothing_was_put_right(world: World) -> None:
    action = world.action(TODAY)
    paper = keep(world.manager)
    world.progress(action)
    assert told(paper) == {}


def test_what_was_put_right_since_is_listed_by_reference(world: World, sign_in: SignIn) -> None:
    first, second, third = (world.action(TODAY + timedelta(days=days)) for days in (1, 2, 3))
    before = world.action(TODAY)
    redate(world, before, TODAY - timedelta(days=3))
    paper = keep(world.manager)
    later = world.action(TODAY, recommendation=first.recommendation)
    for action in (first, later):
        redate(world, action, TODAY - timedelta(days=9))
    void(world.manager.viewer, now(second), "Twice.", now(second).version)
    void(world.manager.viewer, now(third), "Twice.", now(third).version)
    restore(world.manager.viewer, now(third), "It was not.", now(third).version)
    assert told(paper) == {
        first.reference: ("a date was put right",),
        second.reference: ("recorded in error",),
    }
    page = sign_in(world.reader).get(f"/reports/papers/{paper.reference}").text
    assert "2 things in this paper have been put right, or recorded in error, since it was made." in page
    assert f">{first.reference}</a>: a date was put right" in page
    assert f"{second.reference}: recorded in error" in page
    assert told(keep(world.manager)) == {}


def test_a_value_that_the_paper_never_had_is_no_correction_of_it(world: World) -> None:
    action = world.action(TODAY)
    paper = keep(world.manager)
    redate(world, action, TODAY + timedelta(days=8))
    again = keep(world.manager)
    redate(world, action, TODAY + timedelta(days=9))
    assert told(paper) == {action.reference: ("a date was put right",)}
    assert told(again) == told(paper)
    assert stood_so({"due": 1, "version": 3}, {"due": (1, 2), "version": (3, 4)})
    assert not stood_so({"due": 1, "version": 3}, {"due": (5, 2), "version": (3, 4)})
    assert stood_so({}, {}) and not stood_so(None, {})


def test_a_decision_taken_back_counts_if_it_was_taken_before(world: World) -> None:
    early, late = world.action(TODAY), world.action(TODAY)
    world.decision(early)
    paper = keep(world.manager)
    world.decision(late)
    for action in (early, late):
        take_decision_back(world.manager.viewer, now(action), "The wrong action.", now(action).version)
    assert told(paper) == {early.reference: ("a decision of the Board was taken back",)}


def test_an_agencys_paper_tells_of_its_own_actions_only(world: World) -> None:
    own = world.action(TODAY)
    theirs = world.action(TODAY, world.health, recommendation=own.recommendation)
    paper = keep(world.manager, "agency", agency="KPOL")
    for action in (own, theirs):
        redate(world, action, TODAY - timedelta(days=9))
    assert told(paper) == {own.reference: ("a date was put right",)}


def test_every_correction_is_an_event_that_is_known() -> None:
    assert set(CORRECTING) <= set(EVENT_NAMES)


def withdrawn(world: World, review: Review) -> None:
    current = Review.get_by_id(review.id)
    withdraw_release(world.independent_chair.viewer, current, TODAY, "A name.", "", current.version)


@pytest.fixture
def public(world: World) -> Review:
    review = world.review("SCR-2011-31", classification="OFFICIAL")
    world.action(TODAY, recommendation=world.recommendation(review))
    world.release(review)
    return review


@pytest.mark.parametrize(("kind", "asked"), [("public", {}), ("progress", {"publication": True})])
def test_a_public_paper_is_given_out_only_while_its_reviews_are_released(
    world: World, public: Review, sign_in: SignIn, csrf_token: str, kind: str, asked: dict[str, bool]
) -> None:
    choice = {"publication": True} | asked
    paper, inside = keep(world.manager, kind, **choice), keep(world.manager)
    client, sent = sign_in(world.manager), {"csrf_token": csrf_token}
    address = f"/reports/papers/{paper.reference}"

    def fetched(called: str = paper.reference) -> int:
        return client.post(f"/reports/papers/{called}.docx", data=sent).status_code

    assert fetched() == 200 and "Download as Word" in client.get(address).text
    with clock.at(TODAY + timedelta(days=30)):
        world_now = TODAY + timedelta(days=30)
        current = Review.get_by_id(public.id)
        withdraw_release(world.independent_chair.viewer, current, world_now, "A name.", "", current.version)
        assert fetched() == 403 and fetched(inside.reference) == 200
        page = client.get(address).text
        assert "SCR-2011-31 is not released for publication now" in page
        assert "Download as Word" not in page
        world.release(public, world_now)
        assert fetched() == 200


def test_nor_while_a_review_in_it_is_marked_higher(world: World, public: Review) -> None:
    paper = keep(world.manager, "public", publication=True)
    assert why_not_given_out(paper) is None
    old = KeptPaper(**{**paper.__data__, "is_public": None})
    withdrawn(world, public)
    assert "SCR-2011-31 is not released" in str(why_not_given_out(paper))
    assert why_not_given_out(old) == why_not_given_out(paper)


def marked(review: Review, marking: str) -> None:
    """Give a review another marking."""
    current = Review.get_by_id(review.id)
    current.classification = marking
    with change(SYSTEM) as tx:
        tx.update(current, "review.changed")


def test_a_marking_raised_after_a_paper_was_kept_ends_its_giving_out_until_it_is_lowered(
    world: World, public: Review, sign_in: SignIn, csrf_token: str
) -> None:
    paper = keep(world.manager, "public", publication=True)
    client, sent = sign_in(world.manager), {"csrf_token": csrf_token}
    address = f"/reports/papers/{paper.reference}"
    ask_for_drawing(paper)
    for marking, status in (("OFFICIAL-SENSITIVE", 403), ("OFFICIAL", 200)):
        marked(public, marking)
        assert client.post(f"{address}.docx", data=sent).status_code == status
        for page in (client.get(address).text, client.get(f"{address}/drawing").text):
            assert ("SCR-2011-31 is not released" in page) is (status == 403)


@pytest.mark.parametrize(
    ("marking", "told"),
    [("OFFICIAL", False), ("PROTECT", False), ("OFFICIAL-SENSITIVE", False), ("RESTRICTED", True)],
)
def test_one_raised_after_an_internal_paper_was_kept_says_how_to_handle_that(
    world: World, public: Review, sign_in: SignIn, csrf_token: str, marking: str, told: bool
) -> None:
    """The paper stays as it was and is fetched as it was; its page says what the marking is now."""
    paper = keep(world.manager)
    client = sign_in(world.manager)
    address = f"/reports/papers/{paper.reference}"
    first = client.post(f"{address}.docx", data={"csrf_token": csrf_token}).data
    marked(public, marking)
    words = f"SCR-2011-31 is marked {marking} today, and this paper, made before, bears OFFICIAL-SENSITIVE."
    page = client.get(address).text
    assert (words in page) is told, [each for each in page.splitlines() if "marked" in each]
    assert client.post(f"{address}.docx", data={"csrf_token": csrf_token}).data == first
