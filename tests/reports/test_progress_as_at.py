"""A paper for a day tells what was true that day, and what changed since another."""

from datetime import date, timedelta

import pytest

from kscb_actions import clock
from kscb_actions.actions.models import Action
from kscb_actions.assurance.service import withdraw_evidence
from kscb_actions.audit.service import change
from kscb_actions.reviews.rules import ReviewFacts
from kscb_actions.reviews.service import edit_review

from ..factories import TODAY, World
from .faces import rows_if_any, rows_of, told
from .stories import actions_in, busy, changes_of, everything, number_of, report, row_of


@pytest.mark.parametrize(
    ("as_at", "text", "who", "due", "timeliness", "rating", "check"),
    [
        (
            date(2011, 6, 1),
            "Change the procedure.",
            "Police lead",
            "1 Sep 2011",
            "Due in 92 days",
            "Green",
            "Not yet",
        ),
        (
            date(2011, 8, 9),
            "Change the procedure.",
            "Police lead",
            "1 Sep 2011",
            "Due in 23 days",
            "Green",
            "Not yet",
        ),
        (
            date(2011, 8, 10),
            "Change the procedure.",
            "Police lead",
            "1 Dec 2011",
            "Due in 113 days",
            "Green",
            "Not",
        ),
        (
            date(2011, 9, 30),
            "Change the procedure.",
            "Police lead",
            "1 Dec 2011",
            "Due in 62 days",
            "Amber: no",
            "Not",
        ),
        (
            date(2011, 10, 1),
            "Change the procedure and",
            "No lead",
            "1 Dec 2011",
            "Due in 61 days",
            "Amber: no",
            "Not",
        ),
        (
            date(2011, 12, 1),
            "Change the procedure and",
            "No lead",
            "1 Dec 2011",
            "Due today",
            "Amber: due",
            "Not",
        ),
        (
            date(2011, 12, 2),
            "Change the procedure and",
            "No lead",
            "1 Dec 2011",
            "Overdue by 1 day",
            "Red",
            "Not yet",
        ),
        (
            date(2012, 1, 10),
            "Change the procedure and",
            "No lead",
            "1 Dec 2011",
            "Overdue by 40",
            "Red",
            "Returned",
        ),
        (
            date(2012, 2, 19),
            "Change the procedure and",
            "No lead",
            "1 Dec 2011",
            "Overdue by 80",
            "Red",
            "Returned",
        ),
        (
            date(2012, 2, 20),
            "Change the procedure and",
            "No lead",
            "1 Dec 2011",
            "Done 81 days late",
            "Blue",
            "Accept",
        ),
        (
            TODAY,
            "Change the procedure and train",
            "No lead",
            "1 Dec 2011",
            "Done 81 days late",
            "Blue",
            "Accepted",
        ),
    ],
)
def test_a_paper_for_each_day_tells_what_was_true_that_day(
    world: World,
    story: Action,
    as_at: date,
    text: str,
    who: str,
    due: str,
    timeliness: str,
    rating: str,
    check: str,
) -> None:
    row = row_of(report(world.manager, as_at=as_at), "SCR-2011-09/A1")
    assert row[2].startswith(text)
    assert who in row[3]
    assert row[4:6] == ["1 Sep 2011", due]
    for shown, expected in zip(row[6:8], (timeliness, rating), strict=True):
        assert shown.startswith(expected)
    assert row[9].startswith(check)


def test_the_last_narrative_is_that_of_the_day(world: World, story: Action) -> None:
    before = row_of(report(world.manager, as_at=date(2012, 1, 9)), "SCR-2011-09/A1")
    after = row_of(report(world.manager, as_at=date(2012, 1, 10)), "SCR-2011-09/A1")
    assert before[8] == "Not started\nNo update yet."
    assert after[8] == "Done\n10 Jan 2012: It is done."


def test_names_are_those_of_the_day(world: World, story: Action) -> None:
    later = TODAY + timedelta(days=5)
    with clock.at(TODAY + timedelta(days=2)), change(world.as_viewer(world.manager)) as tx:
        world.police.name = "Kent Constabulary"
        tx.update(world.police, "agency.changed")
    then = report(world.manager, later, as_at=TODAY + timedelta(days=1))
    now = report(world.manager, later)
    assert row_of(then, "SCR-2011-09/A1")[3].startswith("Kent Police")
    assert row_of(now, "SCR-2011-09/A1")[3].startswith("Kent Constabulary")


def test_before_the_first_record_there_is_nothing_to_tell(world: World, story: Action) -> None:
    made = report(world.manager, as_at=date(2011, 5, 31))
    assert actions_in(made) == []
    headings = [each.heading for each in made.sections if each.heading.startswith("Appendix ")]
    assert headings == ["Appendix G: How ratings are made"]
    assert "0 reviews" in made.header[-1][1]


def test_today_is_the_same_from_the_rows_and_from_the_trail(world: World, story: Action) -> None:
    busy(world)
    for person in (world.manager, world.reader):
        for publication in (False, True):
            rows = told(report(person, publication=publication))
            assert rows == told(report(person, from_trail=True, publication=publication))


def test_evidence_withdrawn_later_was_held_on_the_day(world: World) -> None:
    with clock.at(date(2012, 3, 1)):
        evidence = world.evidence(world.action(TODAY))
    with clock.at(date(2012, 3, 10)):
        withdraw_evidence(world.as_viewer(world.police_lead), evidence, "Wrong file.")
    for day, number in ((date(2012, 2, 29), 0), (date(2012, 3, 9), 1), (date(2012, 3, 10), 0)):
        assert len(rows_if_any(report(world.manager, as_at=day), "Evidence by kind")) == number
        made = rows_if_any(report(world.manager, as_at=day), "Every piece of evidence")
        assert [row[2:6] for row in made] == [
            ["Policy or procedure", "1 Mar 2012", "1 Mar 2012", "1"]
        ] * number


def test_a_request_waits_until_the_day_it_is_decided(world: World, story: Action) -> None:
    caption = "Requests that wait"
    waiting = rows_of(report(world.manager, as_at=date(2011, 8, 9)), caption)
    decided = rows_of(report(world.manager, as_at=date(2011, 8, 10)), caption)
    told_before = rows_if_any(report(world.manager, as_at=date(2012, 3, 1), since=date(2011, 8, 10)), caption)
    assert [row[5:] for row in waiting] == [["Waits for a decision", "No trainer."]]
    assert [row[5:] for row in decided] == [["Agreed, 10 Aug 2011", "No trainer.\nAgreed."]]
    assert told_before == []


def test_a_review_restricted_since_is_in_no_paper_for_an_earlier_day(world: World, story: Action) -> None:
    review = story.review
    facts = ReviewFacts(review.reference, review.kind, review.title, is_restricted=True)
    edit_review(world.as_viewer(world.manager), review, facts, review.version)
    assert "SCR-2011-09" not in everything(world.chair, as_at=date(2011, 12, 1))
    assert "SCR-2011-09" not in everything(world.manager, as_at=date(2011, 12, 1))
    assert "SCR-2011-09" in everything(world.manager, as_at=date(2011, 12, 1), restricted=True)


def test_changes_count_what_happened_after_the_one_day_up_to_the_other(world: World, story: Action) -> None:
    made = report(world.manager, as_at=date(2012, 1, 10), since=date(2011, 8, 9))
    changes = changes_of(made)
    assert changes["Given a later due date"] == ("1", "SCR-2011-09/A1")
    assert changes["Reported done by the agency"] == ("1", "SCR-2011-09/A1")
    assert changes["Returned by the Board"] == ("1", "SCR-2011-09/A1")
    assert changes["Fell overdue, and still are"] == ("1", "SCR-2011-09/A1")
    assert changes["Accepted by the Board"] == changes["New actions"] == ("0", "–")


@pytest.mark.parametrize(
    ("since", "as_at", "number"),
    [
        (date(2011, 5, 31), date(2011, 6, 1), "1"),
        (date(2011, 6, 1), date(2011, 6, 2), "0"),
        (date(2011, 5, 30), date(2011, 5, 31), "0"),
    ],
)
def test_two_papers_in_a_row_tell_each_change_once(
    world: World, story: Action, since: date, as_at: date, number: str
) -> None:
    assert number_of(report(world.manager, as_at=as_at, since=since), "New actions") == number


@pytest.mark.parametrize(
    ("since", "number"), [(date(2011, 11, 30), "1"), (date(2011, 12, 1), "1"), (date(2011, 12, 2), "0")]
)
def test_an_action_fell_overdue_when_it_was_not_overdue_at_the_end_of_the_first_day(
    world: World, story: Action, since: date, number: str
) -> None:
    made = report(world.manager, as_at=date(2012, 1, 9), since=since)
    assert number_of(made, "Fell overdue, and still are") == number


def test_changes_are_told_since_three_months_unless_asked_otherwise(world: World) -> None:
    assert report(world.manager).since == date(2011, 12, 30)
    assert report(world.manager, as_at=date(2011, 5, 31)).since == date(2011, 2, 28)
