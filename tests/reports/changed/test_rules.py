"""What changed between two days, as a table of both states and of what was said in between."""

from datetime import date

import pytest

from kscb_actions.reports.progress.changed.days import MOST, days_drawn
from kscb_actions.reports.progress.changed.rules import (
    CHANGE_NAMES,
    CHANGE_RULES,
    Change,
    Happened,
    Period,
    Stand,
    changes_between,
)

SINCE, AS_AT = date(2012, 1, 1), date(2012, 3, 31)
POLICE, HEALTH = 1, 2
NAMES = {POLICE: "Kent Police", HEALTH: "NHS Kent"}


def stand(agency: int = POLICE, standing: str = "active", late: bool = False) -> Stand:
    return Stand(1, 1, agency, standing, date(2012, 3, 1) if late else None, late)


def told(then: Stand | None, now: Stand | None, *happened: Change, agency: int | None = None) -> set[str]:
    found = changes_between(
        Period(SINCE, AS_AT, agency),
        {7: then} if then else {},
        {7: now} if now else {},
        [Happened(7, each, "Said.") for each in happened],
        NAMES,
    )
    return {f"{each.change}: {each.because}" for every in found.values() for each in every}


LATE = "overdue: Due on 1 March 2012 and not reported done: overdue by 30 days."


@pytest.mark.parametrize(
    ("then", "now", "expected"),
    [
        (stand(), stand(), set()),
        (None, stand(), {"new: Recorded since."}),
        (None, stand(late=True), {"new: Recorded since.", LATE}),
        (stand(), stand(late=True), {LATE}),
        (stand(late=True), stand(late=True), set()),
        (stand(late=True), stand(), set()),
        (None, None, set()),
        (stand(), stand(standing="withdrawn"), {"left: Withdrawn."}),
        (stand(late=True), stand(standing="superseded"), {"left: Superseded by something else."}),
        (stand(), stand(standing="on_hold"), set()),
        (stand(standing="on_hold"), stand(), set()),
        (stand(standing="withdrawn"), stand(), {"new: Made active again."}),
        (stand(standing="withdrawn"), stand(standing="withdrawn"), set()),
        (None, stand(standing="withdrawn"), set()),
        # Marked as recorded by mistake: in neither state, whenever that was.
        (stand(), None, set()),
        (stand(), stand(HEALTH), set()),
    ],
)
def test_what_both_states_tell(then: Stand | None, now: Stand | None, expected: set[str]) -> None:
    assert told(then, now) == expected


@pytest.mark.parametrize(
    ("agency", "expected"),
    [
        (POLICE, {"left: Moved to NHS Kent."}),
        (HEALTH, {"new: Moved here from Kent Police.", LATE, "accepted: Said."}),
        (None, {LATE, "accepted: Said."}),
    ],
)
def test_an_action_that_moved_leaves_one_agency_and_joins_the_other(
    agency: int | None, expected: set[str]
) -> None:
    assert told(stand(), stand(HEALTH, late=True), Change.ACCEPTED, agency=agency) == expected


@pytest.mark.parametrize("change", [each for each in Change if each not in (Change.JOINED, Change.LEFT)])
def test_what_was_said_stands_once_under_its_change(change: Change) -> None:
    assert told(stand(), stand(), change, change) == {f"{change}: Said."}
    assert told(stand(), None, change) == set()


def test_a_correction_is_a_change_for_those_only_who_knew_the_action_before() -> None:
    assert told(stand(), stand(), Change.CORRECTED) == {"corrected: Said."}
    assert told(None, stand(), Change.CORRECTED) == {"new: Recorded since."}


def test_the_last_word_of_a_kind_is_told() -> None:
    said = [Happened(7, Change.EXTENDED, "First."), Happened(7, Change.EXTENDED, "Last.")]
    found = changes_between(Period(SINCE, AS_AT), {7: stand()}, {7: stand()}, said, NAMES)
    assert [each.because for each in found[Change.EXTENDED]] == ["Last."]


def test_actions_come_by_review_and_number() -> None:
    now = {1: Stand(2, 1, 1, "active", None, False), 2: Stand(1, 9, 1, "active", None, False)}
    now[3] = Stand(1, 2, 1, "active", None, False)
    found = changes_between(Period(SINCE, AS_AT), {}, now, [], NAMES)
    assert [each.action for each in found[Change.JOINED]] == [3, 2, 1]


def test_every_change_has_its_name_and_its_rule() -> None:
    assert list(CHANGE_NAMES) == list(CHANGE_RULES) == list(Change)


def test_a_chart_has_both_days_the_quarters_before_and_no_more_than_twenty_bars() -> None:
    quarters = days_drawn(SINCE, AS_AT)
    assert quarters[-2:] == [SINCE, AS_AT]
    assert date(2011, 12, 31) in quarters
    assert len(quarters) == 9
    meetings = [date(2011, month, 5) for month in range(1, 13)] + [
        date(2010, month, 5) for month in range(1, 13)
    ]
    drawn = days_drawn(SINCE, AS_AT, [*meetings, date(2013, 1, 1)])
    assert len(drawn) == MOST
    assert drawn[-1] == AS_AT
    assert drawn[0] == date(2010, 7, 5)
