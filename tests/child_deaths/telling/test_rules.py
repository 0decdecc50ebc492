"""What members are told of their meetings, and who is asked for what is owed: rules alone."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kscb_actions.access.policy import Role, Viewer
from kscb_actions.child_deaths.telling import rules
from kscb_actions.child_deaths.telling.rules import DueMeeting, Known

TODAY, HELD, DUE = date(2012, 3, 30), date(2012, 4, 12), date(2012, 4, 5)
AT = datetime(2012, 3, 29, 9, tzinfo=UTC)
NOW = Known(True, HELD, DUE, "draft", None, frozenset({1, 2}))
OVER = replace(NOW, held_on=date(2012, 3, 29))
SEAT = "You have a seat at the meeting on 12 April 2012. Its agenda has 2 cases."
COMMENT = "Please comment on the draft of each case by 5 April 2012."


def told(known: Known | None, now: Known, on_agenda: frozenset[int] | None = None) -> list[str]:
    return rules.news_of(known, now, now.cases if on_agenda is None else on_agenda, TODAY)


@pytest.mark.parametrize(
    ("known", "now", "said"),
    [
        (None, NOW, [SEAT, COMMENT]),
        (None, replace(NOW, papers_at=AT), [SEAT, COMMENT, "The papers are ready."]),
        (replace(NOW, is_seated=False), NOW, [SEAT, COMMENT]),
        (NOW, NOW, []),
        (None, OVER, []),
        (NOW, replace(NOW, is_seated=False), ["You no longer have a seat at the meeting on 12 April 2012."]),
        (None, replace(NOW, is_seated=False), []),
        (OVER, replace(OVER, is_seated=False), []),
        (
            NOW,
            replace(NOW, held_on=date(2012, 4, 13)),
            ["The meeting of 12 April 2012 is on 13 April 2012 now."],
        ),
        (NOW, replace(NOW, way="blind"), ["Please propose on each case, alone, by 5 April 2012."]),
        (NOW, replace(NOW, papers_at=AT), ["The papers are ready."]),
        (
            replace(NOW, papers_at=AT),
            replace(NOW, papers_at=AT.replace(hour=10)),
            ["The papers have changed, and are ready."],
        ),
        (
            NOW,
            replace(NOW, cases=frozenset({2, 3, 4})),
            ["2 cases have been put on its agenda.", "1 case has been taken off its agenda."],
        ),
        (
            OVER,
            replace(OVER, papers_at=AT, cases=frozenset({9}), decided=frozenset({(1, 1), (2, 1)})),
            ["2 decisions of the panel are recorded."],
        ),
        (
            replace(OVER, decided=frozenset({(1, 1)})),
            replace(OVER, decided=frozenset({(1, 2), (2, 1)})),
            ["1 decision of the panel is recorded.", "1 decision has been corrected."],
        ),
    ],
)
def test_what_a_member_is_told(known: Known | None, now: Known, said: list[str]) -> None:
    assert told(known, now) == said


def test_of_ones_own_interest_nothing_is_told_nor_when_it_is_lifted() -> None:
    closed = replace(NOW, cases=frozenset({1}))
    assert told(NOW, closed, frozenset({1, 2})) == []
    kept = rules.to_keep(NOW, replace(closed, papers_at=AT), frozenset({1, 2}))
    assert kept.cases == {1, 2}
    assert told(kept, replace(NOW, papers_at=AT)) == []


MEETINGS = st.builds(
    Known,
    st.booleans(),
    st.sampled_from([HELD, date(2012, 4, 13)]),
    st.just(DUE),
    st.sampled_from(["draft", "blind"]),
    st.sampled_from([None, AT]),
    st.frozensets(st.integers(1, 4)),
    st.frozensets(st.integers(1, 4).map(lambda death: (death, 1))),
)


@given(st.none() | MEETINGS, MEETINGS)
def test_what_was_told_is_not_told_again(known: Known | None, now: Known) -> None:
    if told(known, now):
        assert told(rules.to_keep(known, now, now.cases), now) == []


def person(number: int, *roles: Role) -> Viewer:
    return Viewer(number, f"Person {number}", roles=frozenset(roles))


def test_who_is_asked_for_what_is_owed() -> None:
    one, two = person(1, Role.CDOP_MEMBER), person(2, Role.CDOP_MEMBER)
    keeper, both = person(3, Role.CDOP_COORDINATOR), person(4, Role.CDOP_MEMBER, Role.CDOP_COORDINATOR)
    people = [one, two, keeper, both]
    waiting = DueMeeting(1, HELD, DUE, (1,), frozenset({1}))
    assert rules.recipients_of(waiting, people) == [one]
    assert rules.recipients_of(replace(waiting, is_keepers=True), people) == [one, keeper, both]
    assert rules.recipients_of(replace(waiting, owing=frozenset({4})), people) == [both]
    assert rules.recipients_of(replace(waiting, owing=frozenset()), people) == [keeper, both]
    assert rules.recipients_of(replace(waiting, owing=frozenset({9})), people) == [keeper, both]
