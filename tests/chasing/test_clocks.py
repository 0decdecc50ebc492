"""Statutory dates are chased: who is reminded, how often, and of nothing that is met, held or over."""

from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from itertools import pairwise

import pytest

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM
from kscb_actions.assurance.voiding.service import void
from kscb_actions.chasing.clocks.models import ClockChase
from kscb_actions.chasing.clocks.provider import UNMET_CLOCKS
from kscb_actions.chasing.clocks.rules import CLOCKS
from kscb_actions.chasing.ladder.rules import Recipient, Typed, read_ladder
from kscb_actions.chasing.ladder.service import keep_ladder, pause_reminders
from kscb_actions.chasing.preview import preview
from kscb_actions.chasing.service import ChaseRun, chase
from kscb_actions.mail.models import OutboxItem
from kscb_actions.people.service import edit_person, facts_of
from kscb_actions.reviews.guidance.rules import DECISION
from kscb_actions.reviews.models import Review, StatutoryClock
from kscb_actions.reviews.queries import list_clocks, list_stages
from kscb_actions.reviews.rules import ReviewFacts, clock_words
from kscb_actions.reviews.service import edit_review, name_person, reach_stage, record_review, set_hold
from kscb_actions.reviews.stages import correct_stage

from ..factories import TODAY, World
from ..reading import see

URL = "https://tracker.example"
NOTIFIED, DECIDE_BY = date(2012, 2, 29), date(2012, 3, 29)
BOARD = ["chair", "independent-chair", "manager", "second-chair"]


def recorded(world: World, reference: str = "SCR-2012-01", **facts: bool) -> Review:
    """Return a review that was notified a month ago and is not decided."""
    kept = ReviewFacts(reference, "scr", "Review of a case", **facts)  # type: ignore[arg-type]
    return record_review(world.manager.viewer, kept, "notified", NOTIFIED)


def run(on: date) -> ChaseRun:
    """Chase on a day."""
    return chase(UNMET_CLOCKS, on, URL)


def told(on: date) -> list[str]:
    """Return who is told on a day, by the first part of the address."""
    return sorted(message.to.partition("@")[0] for message in run(on).messages)


def kept(review: Review) -> Review:
    """Return a review as it is now."""
    return Review.get_by_id(review.id)


def test_the_board_is_told_once_a_stage_by_reference_and_link(world: World) -> None:
    review = recorded(world)
    message, *others = run(DECIDE_BY).messages
    assert [each.to.partition("@")[0] for each in (message, *others)] == BOARD
    assert message.subject == "1 statutory date to keep (SCR-2012-01, decision)"
    told_of = f"SCR-2012-01, decision\nDue today: 29 March 2012\n{DECISION.rule}\n{URL}/reviews/SCR-2012-01"
    assert told_of in message.body and "Review of a case" not in message.body
    assert told(DECIDE_BY) == []
    (row,) = ClockChase.select()
    assert (row.review_id, row.kind, row.stage, row.due_on) == (review.id, "decision", 0, DECIDE_BY)
    assert {item.review_id for item in OutboxItem.select()} == {review.id}


def test_it_comes_again_and_again_until_the_page_has_it_as_met(world: World) -> None:
    review = recorded(world)
    days = [NOTIFIED + timedelta(days=number) for number in range(150)]
    told_on = [day for day in days if run(day).messages]
    assert [(day - DECIDE_BY).days for day in told_on] == [-28, -7, 0, 28, 56, 84, 112]
    longest = max((later - earlier).days for earlier, later in pairwise(told_on))
    assert longest <= CLOCKS.first.longest_silence
    with clock.at(days[-1]):
        reach_stage(world.manager.viewer, kept(review), "decided", days[-1], "Criteria are met.")
    words = {row.kind: clock_words(row.due_on, row.met_on, days[-1]) for row in list_clocks(review)}
    assert words == {"decision": "Met 120 days late", "completion": "Due in 184 days"}
    later = days[-1] + timedelta(days=184 - 27)
    assert {item.waiting.kind for message in run(later).messages for item in message.items} == {"completion"}
    with clock.at(later):
        reach_stage(world.manager.viewer, kept(review), "report_to_board", later)
    assert told(later + timedelta(days=60)) == []


def test_a_clock_that_is_entered_anew_repeats_nothing_and_another_date_begins_anew(world: World) -> None:
    review = recorded(world)
    assert told(DECIDE_BY) == BOARD
    for kind in ("audit", "scr"):
        now = kept(review)
        edit_review(world.manager.viewer, now, ReviewFacts(now.reference, kind, now.title), now.version)
    assert StatutoryClock.select().count() == 1
    assert told(TODAY) == []
    (stage,) = list_stages(review)
    right, version = NOTIFIED - timedelta(days=1), kept(review).version
    correct_stage(world.manager.viewer, stage, right, "Typed wrongly.", version)
    assert StatutoryClock.get().due_on == date(2012, 3, 28)
    assert told(TODAY) == BOARD


def test_a_review_on_hold_closed_paused_or_recorded_in_error_is_not_chased(world: World) -> None:
    manager, review = world.manager.viewer, recorded(world)
    set_hold(manager, kept(review), "inquest", "The coroner asks.")
    assert told(DECIDE_BY) == []
    set_hold(manager, kept(review), "", "It is over.")
    with clock.at(DECIDE_BY):
        pause = pause_reminders(manager, kept(review), None, "The office is shut.", DECIDE_BY)
    assert pause.until_on == DECIDE_BY and told(DECIDE_BY) == []
    with clock.at(TODAY):
        pause_reminders(manager, None, world.police, "It moves house.", TODAY)
    assert told(TODAY) == BOARD
    reach_stage(manager, recorded(world, "SCR-2012-02"), "closed", TODAY, "It is not for a review.")
    void(manager, recorded(world, "SCR-2012-03"), "A double.", 1)
    later = TODAY + timedelta(days=60)
    assert {item.waiting.reference for each in run(later).messages for item in each.items} == {"SCR-2012-01"}


def test_of_a_restricted_review_only_who_is_named_is_told(world: World) -> None:
    review = recorded(world, is_restricted=True)
    name_person(world.manager.viewer, kept(review), world.police_lead)
    assert told(DECIDE_BY) == ["manager"]
    name_person(world.manager.viewer, kept(review), world.chair)
    edit_person(SYSTEM, world.manager, facts_of(world.manager), world.manager.version, is_active=False)
    found = run(DECIDE_BY + timedelta(days=28))
    assert [message.to for message in found.messages] == ["chair@board.example"]
    assert UNMET_CLOCKS.is_restricted(found.messages[0].items[0].waiting)


def test_where_nobody_holds_a_post_of_the_rung_others_of_the_board_are_asked(world: World) -> None:
    recorded(world)
    keep_ladder(world.manager.viewer, CLOCKS, [Typed(0, ("independent_chair",), every=7, repeats=True)])
    chair = world.independent_chair
    edit_person(SYSTEM, chair, facts_of(chair), chair.version, is_active=False)
    (message,) = run(DECIDE_BY).messages
    assert message.to == "manager@board.example" and message.items[0].is_asked


@pytest.mark.parametrize(
    ("to", "words", "problem"),
    [
        (Recipient.LEAD, "", "Choose from the list who is reminded."),
        (Recipient.MANAGER, "{agency} owes it.", "{agency} is not known."),
    ],
)
def test_no_agency_is_told_of_it_nor_named(to: Recipient, words: str, problem: str) -> None:
    ladder, problems = read_ladder(CLOCKS, [Typed(0, (to,), words=words, every=7, repeats=True)])
    assert ladder is None and any(each.startswith(problem) for each in problems.values())


def test_ladder_preview_and_log_tell_of_it(world: World, sign_in: Callable) -> None:
    recorded(world)
    keep_ladder(
        world.manager.viewer, CLOCKS, [Typed(1, ("manager",), words="{days} late.", every=28, repeats=True)]
    )
    foreseen = {
        day.on: [item.waiting.label for message in day.messages for item in message.items]
        for day in preview(world.manager.viewer, TODAY, {})
    }
    assert foreseen == {TODAY: ["SCR-2012-01, decision"], date(2012, 4, 27): ["SCR-2012-01, decision"]}
    assert [message.body.count("1 day late.") for message in run(TODAY).messages] == [1]
    browser = sign_in(world.manager)
    assert "Statutory dates of reviews" in unescape(browser.get("/settings/reminders").text)
    log = see(browser, "/reminders/log")
    assert dict(log.links())["SCR-2012-01, decision"] == "/reviews/SCR-2012-01"
    assert "1 day after the statutory date" in log.text
