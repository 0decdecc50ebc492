"""A ladder: what may be kept, which rung is reached, who is told, and that nothing open falls silent."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise, takewhile

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kscb_actions.access.policy import Owners, Role, Viewer
from kscb_actions.chasing.actions.provider import OPEN_ACTIONS
from kscb_actions.chasing.actions.rules import ACTIONS, IMPOSSIBLE, UNDATED, Open
from kscb_actions.chasing.ladder.rules import (
    LONGEST_REPEAT,
    MOST_RUNGS,
    Ladder,
    Pause,
    Recipient,
    Rung,
    Typed,
    begun_with,
    ladder_of,
    read_ladder,
)
from kscb_actions.chasing.ladder.words import FIELDS, OF_A_CASE, filled
from kscb_actions.chasing.lived.rules import GOES_ON_DAYS, set_back
from kscb_actions.chasing.providers import registered
from kscb_actions.chasing.rules import EARLY_ENOUGH, Chased, People, Told, stage_to_chase, whom_to_tell
from kscb_actions.child_deaths.returns.rules import RETURNS
from kscb_actions.people.absences.rules import Away, StandIn
from kscb_actions.working_days.england import is_working_day

from ...long import amount

DUE = date(2012, 3, 30)
LEAD = (Recipient.LEAD,)
ACTION = Open(1, 1, "SCR-2011-02", 7, agency_id=10, lead_id=1, due_on=DUE)
FIRST, LAST = Typed(0, ("lead",)), Typed(28, ("lead",), every=28, repeats=True)


def made(days: list[int], every: int) -> Ladder:
    """Return a ladder of rungs on these days, the last of which repeats."""
    rungs = [Rung(each, LEAD) for each in sorted(days)]
    return Ladder((*rungs[:-1], replace(rungs[-1], every=every)))


def ladders() -> st.SearchStrategy[Ladder]:
    """Return any ladder that can be kept."""

    days = st.lists(st.integers(-40, 60), min_size=1, max_size=MOST_RUNGS, unique=True)
    return st.builds(made, days, st.integers(1, LONGEST_REPEAT))


@given(ladders(), st.integers(-400, 400))
def test_the_stage_reached_is_the_latest_that_has_begun(ladder: Ladder, day: int) -> None:
    stage = ladder.stage_on(DUE, DUE + timedelta(days=day))
    last = ladder.rungs[-1]
    begun = [rung.days for rung in ladder.rungs] + list(range(last.days, 401, last.every or 1))
    assert stage == max((each for each in begun if each <= day), default=None)
    if stage is not None:
        assert ladder.rung_of(stage).days == max(rung.days for rung in ladder.rungs if rung.days <= stage)
        assert ladder.repetition(stage) == (
            (stage - last.days) // (last.every or 1) if stage >= last.days else 0
        )


class Machine:
    """A machine that runs the reminders of one action as the scheduler does, on a clock that may be wrong."""

    def __init__(self, ladder: Ladder, first: date) -> None:
        self.ladder, self.action, self.first = ladder, ACTION, first
        # Of each run: the day of its clock, and the true one; of each reminder its stage and the true day.
        self.runs: list[tuple[date, date]] = []
        self.sent: list[tuple[int, date]] = []

    def has_run(self, on: date) -> bool:
        """Return whether this day has had its run, as `queries.has_happened` reads it off the trail."""
        at = max((at for at, (day, _) in enumerate(self.runs) if day == on), default=None)
        return at is not None and not any(day < on for day, _ in self.runs[at + 1 :])

    def run(self, true: date, ahead: int = 0) -> None:
        """Run on a day, which the clock takes for one so many days later."""
        on = true + timedelta(days=ahead)
        if not is_working_day(on) or self.has_run(on):
            return
        ahead = set_back([(day, day, number) for number, (day, _) in enumerate(self.runs)], on, self.first)
        stage = stage_to_chase(self.action, on, self.ladder, ahead)
        if stage is not None:
            new = Chased(stage, self.action.due_on, on, message_id=len(self.runs))
            self.action = replace(self.action, chased=(*self.action.chased, new))
            self.sent.append((stage, true))
        self.runs.append((on, true))

    def is_told(self, true: date) -> bool:
        """Return whether it was reminded of since its stage began, or after the last run before that.

        One that had come when a run of the last days before its stage was made has been read.
        """
        stage = self.ladder.stage_on(DUE, true)
        if stage is None:
            return True
        begun = DUE + timedelta(days=stage)
        right = [day for on, day in self.runs if on == day]
        early = begun - EARLY_ENOUGH
        return any(sent >= begun or not any(sent < day < early for day in right) for _, sent in self.sent)


DAYS = st.lists(
    st.tuples(st.integers(1, 30), st.sampled_from([0, 0, 0, 0, 1, 2, 7, 30, 364])), min_size=5, max_size=60
)


# A clock that was ahead gave the third reminder; the next run came no more than three days before its stage.
GIVEN_EARLY = [(1, 0), (11, 0), (30, 0), (30, 0), (30, 0), (30, 30), (5, 0), (18, 0)]


@given(ladders(), st.integers(-60, 30), DAYS)
@example(made([-1], 47), -47, GIVEN_EARLY)
def test_nothing_is_silent_for_longer_than_its_ladder_says_and_no_stage_goes_twice(
    ladder: Ladder, first: int, days: list[tuple[int, int]]
) -> None:
    true = DUE + timedelta(days=first)
    machine = Machine(ladder, true)
    for down, ahead in days:
        # Down for some days, then one day with a wrong clock, then a right one.
        true += timedelta(days=down)
        machine.run(true, ahead)
        machine.run(true)
        if is_working_day(true):
            assert machine.is_told(true), (true, machine.sent)
    in_time = [stage for stage, sent in machine.sent if DUE + timedelta(days=stage) <= sent]
    assert len(set(in_time)) == len(in_time)


BEHIND = st.lists(
    st.tuples(st.integers(1, 3), st.sampled_from([0, 0, 0, 30, 364, 15_000])), min_size=5, max_size=60
)


# Nobody works from 2 June 2012, a Saturday, until Tuesday: a day by a right clock, and three by wrong ones.
LONG_WEEKEND = [(1, 0), (2, 15_000), (1, 364), (1, 364), (1, 0)]


@given(ladders(), st.integers(-60, 30), BEHIND)
@example(made([0], 69), 62, LONG_WEEKEND)
def test_a_clock_that_is_behind_on_days_of_outages_repeats_nothing_and_loses_nothing(
    ladder: Ladder, first: int, days: list[tuple[int, int]]
) -> None:
    true = DUE + timedelta(days=first)
    machine = Machine(ladder, true)
    for down, behind in days:
        true += timedelta(days=down)
        machine.run(true)
        # The same day, and once more when the clock is right again. Three days that go on are believed, and
        # where no working day is between them nobody can tell that they are wrong.
        wrong = sum(1 for _ in takewhile(lambda run: run[0] != run[1], reversed(machine.runs)))
        if wrong < GOES_ON_DAYS - 1:
            machine.run(true, -behind)
        machine.run(true)
        if is_working_day(true):
            assert machine.is_told(true), (true, machine.sent)
    stages = [stage for stage, _ in machine.sent]
    assert len(set(stages)) == len(stages)


def runs_on(*days: int) -> list[tuple[date, date, int]]:
    return [(DUE + timedelta(days=day), DUE + timedelta(days=day), day) for day in days]


@pytest.mark.parametrize(
    ("days", "today", "ahead"),
    [
        ((1, 2, 3), 4, {}),
        # Ahead by ten days, and set back; then a second time by more, or the board began by such a clock.
        ((1, 2, 13), 3, {13: 3}),
        ((1, 2, 13, 3, 4), 5, {13: 3}),
        ((1, 2, 13, 14, 3, 40), 5, {13: 3, 14: 3, 40: 5}),
        ((1, 2, 13, 8), 3, {13: 3, 8: 3}),
        ((13,), 3, {13: 3}),
        # Behind, on a day that had no run: what was lived through before stands.
        ((1, 2, 4, 5, 6, 7, 3), 8, {}),
        ((1, 2, 4, 5, 6, 7), 3, {}),
        ((1, 2, 3, 4, -9000), 5, {}),
        ((1, 2, 3, 4), -9000, {}),
        # Begun by a clock that was ahead: known when the days go on there.
        ((1, 2, 3, 4, -300), -300, {}),
        ((1, 2, 3, 4, -300, -299), -299, {}),
        ((1, 2, 3, 4, -300, -299), -298, {1: -300, 2: -300, 3: -300, 4: -300}),
        ((1, 2, 3, -9000, 4, -8999, -8999), 5, {}),
    ],
)
def test_which_runs_were_before_their_day(days: tuple[int, ...], today: int, ahead: dict[int, int]) -> None:
    found = set_back(runs_on(*days), DUE + timedelta(days=today), DUE)
    assert {each.message: (each.since - DUE).days for each in found} == ahead
    assert [each.day for each in found] == [DUE + timedelta(days=each.message) for each in found]


@settings(max_examples=amount(12, 500))
@given(ladders())
def test_day_by_day_the_time_between_two_reminders_is_what_the_ladder_says(ladder: Ladder) -> None:
    machine = Machine(ladder, DUE - timedelta(days=50))
    for day in range(-50, 300):
        machine.run(DUE + timedelta(days=day))
    days = [sent for _, sent in machine.sent]
    # Over Christmas and Easter nobody works for up to five days.
    assert max((later - earlier).days for earlier, later in pairwise(days)) <= ladder.longest_silence + 4
    assert all(is_working_day(day) for day in days)
    assert days[-1] >= DUE + timedelta(days=299 - ladder.longest_silence - 4)


def test_every_ladder_that_a_board_begins_with_can_be_kept(app: object) -> None:
    subjects = [subject for provider in registered() for subject in provider.subjects]
    assert len({subject.code for subject in subjects}) == len(subjects) >= 7
    for subject in subjects:
        typed = [
            Typed(rung.days, tuple(rung.to), tuple(rung.copy), rung.words, rung.every, rung.every is not None)
            for rung in subject.first.rungs
        ]
        assert read_ladder(subject, typed) == (subject.first, {})
        assert ladder_of(subject.first.facts()) == subject.first


@pytest.mark.parametrize(
    ("typed", "at", "message"),
    [
        ([], (-1, ""), "needs a rung"),
        ([*(Typed(day, ("lead",)) for day in range(12)), LAST], (-1, ""), "at most 12"),
        ([FIRST], (0, "repeats"), "has to repeat"),
        ([LAST, replace(LAST, days=30)], (0, "repeats"), "Only the last"),
        ([replace(LAST, every=None)], (0, "every"), "from 1 to 90"),
        ([replace(LAST, every=0)], (0, "every"), "from 1 to 90"),
        ([replace(LAST, every=91)], (0, "every"), "from 1 to 90"),
        ([FIRST, replace(LAST, to=())], (1, "to"), "Choose who"),
        ([FIRST, replace(LAST, to=("coordinator",))], (1, "to"), "from the list"),
        ([FIRST, replace(LAST, to=("nobody",))], (1, "to"), "from the list"),
        ([FIRST, replace(LAST, copy=("nobody",))], (1, "copy"), "from the list"),
        ([FIRST, replace(LAST, copy=("lead",))], (1, "copy"), "needs no copy"),
        ([replace(FIRST, days=None), LAST], (0, "days"), "whole number"),
        ([replace(FIRST, days=-366), LAST], (0, "days"), "up to 365"),
        ([replace(FIRST, days=28), LAST], (1, "days"), "later day"),
        ([replace(FIRST, days=29), LAST], (1, "days"), "later day"),
        ([FIRST, replace(LAST, words="See {when}")], (1, "words"), "{when} is not known"),
        ([FIRST, replace(LAST, words="{link.__class__}")], (1, "words"), "is not known"),
        ([FIRST, replace(LAST, words="{days!r}")], (1, "words"), "is not known"),
        ([FIRST, replace(LAST, words="{}")], (1, "words"), "is not known"),
        ([FIRST, replace(LAST, words="A { alone")], (1, "words"), "stands alone"),
        ([FIRST, replace(LAST, words="{{reference}}")], (1, "words"), "stands alone"),
        ([FIRST, replace(LAST, words="x" * 301)], (1, "words"), "at most 300"),
        ([FIRST, replace(LAST, words="One\nBcc: two")], (1, "words"), "one line"),
    ],
)
def test_what_is_no_ladder_is_told_at_its_field(
    typed: list[Typed], at: tuple[int, str], message: str
) -> None:
    ladder, problems = read_ladder(ACTIONS, typed)
    assert ladder is None and message in problems[at]


@pytest.mark.parametrize("field", sorted(OF_A_CASE))
def test_no_line_can_print_the_words_of_a_case(field: str) -> None:
    for word in (field, field.upper(), f" {field}"):
        _, problems = read_ladder(ACTIONS, [replace(LAST, words=f"About {{{word}}}")])
        assert "would print words of a case" in problems[0, "words"]


def test_all_that_is_wrong_is_told_at_once() -> None:
    _, problems = read_ladder(ACTIONS, [Typed(None), Typed(3, words="{text}")])
    assert set(problems) == {(0, "days"), (0, "to"), (1, "to"), (1, "words"), (1, "repeats")}


def test_a_message_about_a_death_has_no_reference_and_what_is_undated_no_day_before() -> None:
    _, problems = read_ladder(RETURNS, [Typed(0, ("coordinator",), (), "{reference}", 7, True)])
    assert "{reference} is not known" in problems[0, "words"]
    _, problems = read_ladder(UNDATED, [Typed(-1, ("lead",), every=7, repeats=True)])
    assert "Nobody can be reminded before" in problems[0, "days"]


def test_every_field_that_is_offered_is_filled() -> None:
    values = dict.fromkeys(FIELDS, "said")
    assert filled(" ".join(f"{{{field}}}" for field in FIELDS), values) == " ".join(["said"] * len(FIELDS))


@pytest.mark.parametrize(
    ("days", "kept"),
    [((-14, 0, 7, 28), [-14, 0, 7, 28, 56]), ((-30, 1), [-30, 1, 29]), ((3,), [3, 31])],
)
def test_a_board_begins_with_the_days_it_had(days: tuple[int, ...], kept: list[int]) -> None:
    ladder = begun_with(ACTIONS, days)
    assert [rung.days for rung in ladder.rungs] == kept
    assert [rung.every for rung in ladder.rungs] == [None] * (len(kept) - 1) + [28]
    assert begun_with(UNDATED, days) == UNDATED.first


POLICE = Viewer(1, "Lead", "lead@agency.example", frozenset({Role.AGENCY_LEAD}), 10)
SECOND = Viewer(2, "Second", "second@agency.example", frozenset({Role.AGENCY_LEAD}), 10)
MEMBER = Viewer(3, "Member", "member@agency.example", frozenset({Role.BOARD_MEMBER}), 10)
OTHER = Viewer(4, "Other", "other@other.example", frozenset({Role.AGENCY_LEAD, Role.BOARD_MEMBER}), 11)
CHAIR = Viewer(5, "Chair", "chair@board.example", frozenset({Role.CHAIR}))
INDEPENDENT = Viewer(6, "Independent", "ic@board.example", frozenset({Role.INDEPENDENT_CHAIR}))
MANAGER = Viewer(7, "Manager", "manager@board.example", frozenset({Role.MANAGER}))
EVERYBODY = (POLICE, SECOND, MEMBER, OTHER, CHAIR, INDEPENDENT, MANAGER)
R = Recipient


@pytest.mark.parametrize(
    ("to", "copy", "told"),
    [
        ((R.LEAD,), (), {POLICE: Told.ASKED}),
        ((R.OTHER_LEADS,), (R.LEAD,), {SECOND: Told.ASKED, POLICE: Told.COPIED}),
        ((R.LEAD, R.OTHER_LEADS), (), {POLICE: Told.ASKED, SECOND: Told.ASKED}),
        ((R.BOARD_MEMBER,), (), {MEMBER: Told.RAISED}),
        ((R.LEAD, R.CHAIR), (R.MANAGER,), {POLICE: Told.ASKED, CHAIR: Told.RAISED, MANAGER: Told.COPIED}),
        ((R.INDEPENDENT_CHAIR,), (R.BOARD_MEMBER,), {INDEPENDENT: Told.RAISED, MEMBER: Told.COPIED}),
    ],
)
def test_who_is_told_on_a_rung(
    to: tuple[Recipient, ...], copy: tuple[Recipient, ...], told: dict[Viewer, Told]
) -> None:
    assert whom_to_tell(OPEN_ACTIONS, ACTION, Rung(0, to, copy), EVERYBODY) == told


def test_what_is_alike_is_told_to_whom_each_alone_would_be() -> None:
    people, away = People(EVERYBODY), Away((StandIn(POLICE, DUE, SECOND),))
    boards = {"kind": IMPOSSIBLE.code}
    found = [
        (waiting, rung)
        for to, copy in (
            ((R.LEAD,), ()),
            ((R.LEAD,), (R.CHAIR,)),
            ((R.CHAIR,), (R.LEAD,)),
            ((R.OTHER_LEADS,), ()),
        )
        for rung in (Rung(0, to, copy), Rung(7, to, copy, "Now."))
        for changed in (
            *(
                {},
                {"action_id": 2},
                {"lead_id": 2},
                {"agency_id": 11},
                {"named": frozenset({7})},
                {"away": away},
            ),
            *({**boards, "owners": Owners(10)}, {**boards, "owners": Owners(None)}, {"kind": UNDATED.code}),
        )
        for waiting in (replace(ACTION, **changed),)
    ]
    for waiting, rung in found:
        alone = whom_to_tell(OPEN_ACTIONS, waiting, rung, EVERYBODY)
        assert list(whom_to_tell(OPEN_ACTIONS, waiting, rung, people).items()) == list(alone.items())


def test_where_nobody_holds_the_post_whoever_is_asked_without_a_ladder() -> None:
    rung = Rung(0, (R.INDEPENDENT_CHAIR,), (R.CHAIR,))
    assert whom_to_tell(OPEN_ACTIONS, ACTION, rung, (POLICE, SECOND)) == {POLICE: Told.ASKED}
    assert whom_to_tell(OPEN_ACTIONS, ACTION, rung, (MANAGER, OTHER)) == {MANAGER: Told.ORPHANED}
    # Nobody at all but who gets the copy: it is theirs to look after.
    assert whom_to_tell(OPEN_ACTIONS, ACTION, rung, (CHAIR,)) == {CHAIR: Told.ORPHANED}
    assert whom_to_tell(OPEN_ACTIONS, ACTION, rung, (OTHER,)) == {}


def test_of_a_restricted_review_only_who_is_named() -> None:
    everybody = Rung(0, tuple(ACTIONS.may_tell[:3]), tuple(ACTIONS.may_tell[3:]))
    for named in ({1}, {3, 5}, {6}, {4}, set()):
        secret = replace(ACTION, named=frozenset(named))
        told = {person.id for person in whom_to_tell(OPEN_ACTIONS, secret, everybody, EVERYBODY)}
        # Somebody of another agency who is named is still of no concern to it.
        assert told == named - {4}


def test_what_cannot_be_done_is_for_the_board_to_decide() -> None:
    impossible = replace(ACTION, kind=IMPOSSIBLE.code, owners=Owners(10, frozenset({12})))
    last = IMPOSSIBLE.first.rungs[-1]
    assert whom_to_tell(OPEN_ACTIONS, impossible, last, EVERYBODY) == {
        CHAIR: Told.ASKED,
        MANAGER: Told.COPIED,
    }
    assert whom_to_tell(OPEN_ACTIONS, impossible, last, (POLICE, MANAGER)) == {MANAGER: Told.ORPHANED}
    # Nobody decides on what is their own agency's.
    for agency_id in (10, 12):
        own = replace(CHAIR, agency_id=agency_id)
        assert own not in whom_to_tell(OPEN_ACTIONS, impossible, last, (own, POLICE, MANAGER))


@pytest.mark.parametrize(
    ("pause", "stopped"),
    [
        (Pause(DUE, DUE, review_id=1), {(1, 10), (1, None)}),
        (Pause(DUE, DUE, agency_id=10), {(1, 10), (2, 10)}),
        (Pause(DUE + timedelta(days=1), DUE + timedelta(days=9), review_id=1), set()),
        (Pause(DUE - timedelta(days=9), DUE - timedelta(days=1), agency_id=10), set()),
    ],
)
def test_a_pause_stops_its_review_or_what_its_agency_owes_and_ends_by_itself(
    pause: Pause, stopped: set[tuple[int, int | None]]
) -> None:
    things = {(1, 10), (2, 10), (1, 11), (1, None), (2, None)}
    found = {(review, agency) for review, agency in things if pause.stops(DUE, review, agency)}
    assert found == stopped | ({(1, 11)} if (1, None) in stopped else set())
