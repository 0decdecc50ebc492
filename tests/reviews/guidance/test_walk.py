"""A board of 2026, from a serious incident to publication, beside a serious case review of its past."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM
from kscb_actions.chasing.clocks.provider import UNMET_CLOCKS
from kscb_actions.chasing.service import chase
from kscb_actions.people.models import User
from kscb_actions.reviews.deciding import list_waiting_for_decision
from kscb_actions.reviews.models import Review, StageReached, StatutoryClock
from kscb_actions.reviews.queries import list_stages
from kscb_actions.reviews.rules import ReviewFacts
from kscb_actions.reviews.service import edit_review, reach_stage, record_review
from kscb_actions.settings.service import change_settings
from kscb_actions.text import InvalidInput

from ...commands.test_check_rows import found
from ...factories import TODAY, World
from ...pages import Page, Visitor
from ...reports.stories import everything

Visit = Callable[[User | None], Visitor]
URL = "https://tracker.example"
ADDRESS = "/reviews/LCSPR-2025-01"


def typed(day: date) -> list[str]:
    return [str(day.day), str(day.month), str(day.year)]


def told(on: date) -> list[str]:
    """Return the subjects of what the board manager is told on a day."""
    run = chase(UNMET_CLOCKS, on, URL)
    return [each.subject for each in run.messages if each.to.startswith("manager")]


class Walk:
    """The board manager at work on one review, day by day."""

    def __init__(self, world: World, visit: Visit) -> None:
        self.world, self.visit = world, visit

    def reaches(self, stage: str, on: date, recorded_on: date, **more: str) -> Page:
        """Record that the review reached a stage; return what its page then says."""
        with clock.at(recorded_on):
            manager = self.visit(self.world.manager)
            sent = manager.send(f"{ADDRESS}/stage", stage=stage, reached_on=typed(on), **more)
            return manager.get(sent.leads_to) if sent.status == 302 else sent

    def page(self, on: date) -> Page:
        with clock.at(on):
            return self.visit(self.world.manager).get(ADDRESS)


@pytest.fixture
def walk(world: World, visit: Visit) -> Walk:
    """Return the walk at its start: the incident became known a week before Christmas."""
    with clock.at(date(2025, 12, 18)):
        manager = visit(world.manager)
        assert manager.get("/settings").value("guidance") == ["practice"]
        page = manager.get("/reviews/new")
        assert 'value="lcspr"' in page.source and 'value="scr"' not in page.source
        facts = {"kind": "lcspr", "reference": "LCSPR-2025-01", "title": "A serious incident"}
        reached = {"stage": "incident_known", "reached_on": typed(date(2025, 12, 18))}
        assert manager.send("/reviews/new", {**facts, **reached}).leads_to == ADDRESS
    return Walk(world, visit)


def test_from_the_incident_to_publication_by_the_clocks_of_today(world: World, walk: Walk) -> None:
    page = walk.page(date(2025, 12, 18))
    assert "Notification due 29 December 2025 Due in 11 days" in page.text
    assert "within 5 working days of the day on which the local authority knew of it." in page.text
    assert told(date(2025, 12, 29)) == ["1 statutory date to keep (LCSPR-2025-01, notification)"]
    # Recorded late, and the day is put right: the incident was notified in time.
    page = walk.reaches("notified", date(2025, 12, 30), date(2025, 12, 31))
    assert "Met 1 day late, on 30 December 2025" in page.text
    assert "Rapid review due 21 January 2026" in page.text
    with clock.at(date(2026, 1, 5)):
        stage = next(each for each in list_stages(Review.get()) if each.stage == "notified")
        sent = walk.visit(world.manager).send(
            f"{ADDRESS}/stages/{stage.id}",
            {"what": "put_right", "reached_on": typed(date(2025, 12, 24)), "reason": "Typed wrongly."},
        )
        assert sent.status == 302
    page = walk.page(date(2026, 1, 5))
    assert "Met on time, on 24 December 2025" in page.text
    assert "Rapid review due 19 January 2026 Due in 14 days" in page.text
    assert told(date(2026, 1, 20)) == ["1 statutory date to keep (LCSPR-2025-01, rapid review)"]
    page = walk.reaches("rapid_review", date(2026, 1, 21), date(2026, 1, 22))
    assert "Met 2 days late" in page.text and "National panel’s reply due 4 February 2026" in page.text
    # The clock is put back: nothing recorded changes, and no stage of a day to come is taken.
    page = walk.page(date(2026, 1, 20))
    assert "Met 2 days late" in page.text and "Due in 15 days" in page.text
    refused = walk.reaches("panel_reply", date(2026, 1, 23), date(2026, 1, 20))
    assert list(refused.errors.values()) == ["The date must be today or in the past."]
    assert told(date(2026, 2, 4)) == ["1 statutory date to keep (LCSPR-2025-01, national panel’s reply)"]
    page = walk.reaches("panel_reply", date(2026, 2, 3), date(2026, 2, 4))
    assert "Met on time, on 3 February 2026" in page.text
    with clock.at(date(2026, 2, 6)):
        assert [each.reference for each in list_waiting_for_decision(world.independent_chair.viewer)] == [
            "LCSPR-2025-01"
        ]
        chair = walk.visit(world.independent_chair)
        assert "Met on time, on 3 February 2026" in chair.get(f"{ADDRESS}/decide").text
        sent = chair.send(
            f"{ADDRESS}/decide",
            {
                "outcome": "decided",
                "decided_on": typed(date(2026, 2, 6)),
                "rationale": "There is more to learn.",
            },
        )
        assert sent.status == 302 and list_waiting_for_decision(world.independent_chair.viewer) == []
    walk.reaches("report_to_board", date(2026, 7, 20), date(2026, 7, 20))
    page = walk.page(date(2026, 8, 3))
    assert "Publication due 6 August 2026 Due in 3 days" in page.text
    page = walk.reaches("published", date(2026, 8, 6), date(2026, 8, 6))
    assert page.text.count("Met on time") == 3 and page.text.count("Met 2 days late") == 1
    assert told(date(2026, 9, 30)) == []
    with clock.at(date(2026, 8, 6)):
        paper = everything(world.chair, today=date(2026, 8, 6))
        assert "Rapid review: 19 Jan 2026, met 2 days late" in paper
        assert "Publication: 6 Aug 2026, met on time" in paper
        assert "Rapid review: The rapid review is sent to the national panel within 15 working days" in paper
        past = everything(world.chair, today=date(2026, 8, 6), as_at=date(2026, 1, 25))
        assert (
            "National panel’s reply: 4 Feb 2026, due in 10 days" in past and "Publication: 6 Aug" not in past
        )
    assert found() == []


def test_stages_of_another_course_are_neither_offered_nor_taken(world: World, walk: Walk) -> None:
    with clock.at(date(2025, 12, 19)):
        source = walk.visit(world.manager).get(f"{ADDRESS}/stage").source
        assert 'value="rapid_review"' in source and 'value="under_consideration"' not in source
        with pytest.raises(InvalidInput) as wrong:
            reach_stage(world.manager.viewer, Review.get(), "under_consideration", date(2025, 12, 19))
        assert set(wrong.value.errors) == {"stage"}
        facts = ReviewFacts("SCR-2025-01", "scr", "A case", guidance="practice")
        with pytest.raises(InvalidInput) as wrong:
            record_review(world.manager.viewer, facts, "notified", date(2025, 12, 19))
        assert set(wrong.value.errors) == {"kind"}


def rows() -> list[dict[str, Any]]:
    return [row for model in (Review, StatutoryClock, StageReached) for row in model.select().dicts()]


def test_both_guidances_live_side_by_side_and_the_boards_choice_changes_no_review(
    world: World, visit: Visit
) -> None:
    old = ReviewFacts("SCR-2012-01", "scr", "An old case")
    record_review(world.manager.viewer, old, "notified", date(2012, 2, 29))
    manager, before = visit(world.manager), rows()
    assert manager.get("/settings").value("guidance") == ["serious_case"]
    assert 'value="scr"' in manager.get("/reviews/new").source
    assert manager.send("/settings", guidance="practice").status == 302
    assert rows() == before
    assert 'value="scr"' not in manager.get("/reviews/new").source
    page = manager.get("/reviews/SCR-2012-01")
    assert "Decision due 29 March 2012 Overdue by 1 day Whether a review is held is" in page.text
    assert "Guidance Working Together 2006 to 2015" in page.text
    # A review by the other guidance is recorded from the same page.
    other = "/reviews/new?guidance=serious_case"
    assert other in manager.get("/reviews/new").links() and 'value="scr"' in manager.get(other).source
    facts = {"kind": "scr", "reference": "SCR-2012-02", "title": "Another old case"}
    assert manager.send(other, facts, stage="notified", reached_on=typed(TODAY)).status == 302
    assert Review.get(Review.reference == "SCR-2012-02").guidance == "serious_case"
    today = ReviewFacts("LCSPR-2012-01", "lcspr", "A case of today", guidance="practice")
    record_review(world.manager.viewer, today, "incident_known", TODAY - timedelta(days=9))
    assert "Decision: 29 Mar 2012, overdue by 1 day" in (paper := everything(world.chair))
    assert "Notification: 28 Mar 2012, overdue by 2 days" in paper
    assert found() == []


def test_a_review_that_goes_by_the_wrong_guidance_is_put_right(world: World, visit: Visit) -> None:
    wrong = ReviewFacts("LCSPR-2012-01", "lcspr", "A case")
    record_review(world.manager.viewer, wrong, "notified", date(2012, 3, 1))
    manager, at = visit(world.manager), "/reviews/LCSPR-2012-01"
    assert StatutoryClock.select().count() == 0
    refused = manager.send(f"{at}/edit", guidance="practice", kind="scr")
    assert list(refused.errors) == ["kind"] and refused.value("guidance") == ["practice"]
    assert manager.send(f"{at}/edit", guidance="practice").status == 302
    assert StatutoryClock.get().kind == "rapid_review"
    assert "Rapid review due 22 March 2012 Overdue by 8 days" in manager.get(at).text
    review = Review.get()
    edit_review(world.manager.viewer, review, wrong, review.version)
    assert StatutoryClock.select().count() == 0 and found() == []


def test_a_choice_of_guidance_that_is_none_is_refused(world: World, visit: Visit) -> None:
    manager = visit(world.manager)
    assert list(manager.send("/settings", guidance="other").errors) == ["guidance"]
    with pytest.raises(InvalidInput):
        change_settings(SYSTEM, {"guidance": ""})
    assert 'value="scr"' in manager.get("/reviews/new?guidance=other").source
