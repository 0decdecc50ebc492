"""Who does an agency's work today, when an action can move, and what a selection is."""

from datetime import date

import pytest

from kscb_actions.access.policy import Role
from kscb_actions.actions.turn import RatingFacts
from kscb_actions.people.rules import (
    body_of,
    earlier_in_words,
    earlier_of,
    had_by,
    heir_of,
    problems_with_closing,
    why_nothing_new,
    with_earlier,
)
from kscb_actions.upkeep.bulk.rules import (
    MOST,
    ids_in,
    seen_as_text,
    seen_in,
    why_no_new_lead,
    why_too_many,
)
from kscb_actions.upkeep.moving.rules import problems_with_move, why_not_moved
from kscb_actions.upkeep.orphans.rules import why_not_leading

TODAY, APRIL = date(2013, 4, 3), date(2013, 4, 1)
PCT, WEST_PCT, CCG, ICB, POLICE = 1, 2, 3, 4, 5
CHAIN = {PCT: CCG, WEST_PCT: CCG, CCG: ICB}


def facts(**values: object) -> RatingFacts:
    kept = {
        "standing": "active",
        "assurance": "none",
        "progress": "in_progress",
        "updated_on": APRIL,
        "original_due_on": None,
        "current_due_on": None,
        "reported_done_on": None,
        "extension_count": 0,
        **values,
    }
    return RatingFacts(**kept)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("agency", "successors", "heir"),
    [
        (PCT, {}, PCT),
        (PCT, {PCT: CCG}, CCG),
        (PCT, CHAIN, ICB),
        (ICB, CHAIN, ICB),
        (POLICE, CHAIN, POLICE),
        # Rows that were changed by hand must not hang a page.
        (PCT, {PCT: CCG, CCG: PCT}, CCG),
    ],
)
def test_the_heir_of_an_agency_is_at_the_end_of_the_chain(
    agency: int, successors: dict[int, int], heir: int
) -> None:
    assert heir_of(agency, successors) == heir


@pytest.mark.parametrize(
    ("agency", "body"),
    [
        (PCT, {PCT, WEST_PCT, CCG, ICB}),
        (ICB, {PCT, WEST_PCT, CCG, ICB}),
        (POLICE, {POLICE}),
    ],
)
def test_agencies_whose_work_has_come_together_are_one_body(agency: int, body: set[int]) -> None:
    assert body_of(agency, CHAIN) == body


def test_which_agencies_had_a_thing_is_kept_in_order() -> None:
    kept = with_earlier(with_earlier("", PCT, APRIL), CCG, date(2022, 7, 1))
    assert [tuple(each) for each in earlier_of(kept)] == [(PCT, APRIL), (CCG, date(2022, 7, 1))]
    assert had_by(PCT) in kept and had_by(ICB) not in kept
    # A row of before the column was there has nothing in the trail.
    assert earlier_of(None) == earlier_of("") == ()
    names = {PCT: "Eastern and Coastal Kent PCT", CCG: "Thanet CCG"}
    assert earlier_in_words(kept, names) == (
        "was Eastern and Coastal Kent PCT’s until 1 April 2013, then Thanet CCG’s until 1 July 2022"
    )
    assert earlier_in_words("", names) == ""


@pytest.mark.parametrize(
    ("closed_on", "successor", "wrong"),
    [
        (TODAY, (CCG, True), set()),
        (APRIL, None, set()),
        (None, (CCG, True), {"on"}),
        (date(2013, 4, 4), (CCG, True), {"on"}),
        (APRIL, (PCT, True), {"successor"}),
        (APRIL, (CCG, False), {"successor"}),
    ],
)
def test_an_agency_closes_on_a_day_that_has_come_to_one_in_use(
    closed_on: date | None, successor: tuple[int, bool] | None, wrong: set[str]
) -> None:
    assert set(problems_with_closing(PCT, closed_on, successor, TODAY)) == wrong


@pytest.mark.parametrize(
    ("closed", "told"),
    [
        ((), None),
        (("PCT",), "PCT is not in use. Choose another agency."),
        (("PCT", "CCG"), "CCG, PCT are not in use. Choose another agency."),
    ],
)
def test_a_closed_agency_gets_nothing_new(closed: tuple[str, ...], told: str | None) -> None:
    assert why_nothing_new(closed) == told


@pytest.mark.parametrize(
    ("is_in_use", "on", "reason", "wrong"),
    [
        (True, TODAY, "Closed.", set()),
        (None, TODAY, "Closed.", {"to"}),
        (False, TODAY, "Closed.", {"to"}),
        (True, None, "Closed.", {"on"}),
        (True, date(2013, 4, 4), "Closed.", {"on"}),
        (True, TODAY, "", {"reason"}),
        (True, TODAY, "x" * 10_001, {"reason"}),
    ],
)
def test_a_move_has_an_agency_a_day_that_has_come_and_a_reason(
    is_in_use: bool | None, on: date | None, reason: str, wrong: set[str]
) -> None:
    assert set(problems_with_move(is_in_use, on, reason, TODAY)) == wrong


@pytest.mark.parametrize(
    ("values", "to", "earlier", "can_move"),
    [
        ({}, CCG, "", True),
        ({"standing": "on_hold"}, CCG, "", True),
        ({"assurance": "submitted"}, CCG, "", True),
        ({"assurance": "returned"}, CCG, "", True),
        ({}, PCT, "", False),
        ({"assurance": "accepted"}, CCG, "", False),
        ({"standing": "superseded"}, CCG, "", False),
        ({"standing": "withdrawn"}, CCG, "", False),
        ({}, CCG, "9:2013-04-01", True),
        ({}, CCG, "9:2013-04-02", False),
    ],
)
def test_what_is_unfinished_can_move_on_from_the_day_it_came(
    values: dict[str, str], to: int, earlier: str, can_move: bool
) -> None:
    assert (why_not_moved(facts(**values), PCT, to, earlier, APRIL) is None) is can_move


@pytest.mark.parametrize(
    ("values", "can"),
    [
        ({}, True),
        ({"standing": "on_hold"}, True),
        ({"assurance": "submitted"}, True),
        ({"assurance": "accepted"}, False),
        ({"standing": "withdrawn"}, False),
        ({"standing": "superseded"}, False),
    ],
)
def test_what_is_finished_keeps_its_lead(values: dict[str, str], can: bool) -> None:
    assert (why_no_new_lead(facts(**values)) is None) is can


@pytest.mark.parametrize(
    ("is_active", "roles", "is_of_agency", "can_lead"),
    [
        (True, {Role.AGENCY_LEAD}, True, True),
        (False, {Role.AGENCY_LEAD}, True, False),
        (True, {Role.READER}, True, False),
        (True, {Role.AGENCY_LEAD}, False, False),
    ],
)
def test_who_leads_in_name_only(
    is_active: bool, roles: set[Role], is_of_agency: bool, can_lead: bool
) -> None:
    assert (why_not_leading("Anna", is_active, frozenset(roles), is_of_agency) is None) is can_lead


def test_a_selection_is_read_back_as_it_was_written() -> None:
    seen: dict[int, int | None] = {7: 2, 3: 1}
    assert seen_in(seen_as_text(seen)) == seen
    assert seen_in("x:1,,-4:2,0:1,99999999999:1,5,6:y") == {5: 0, 6: 0}
    assert ids_in(["3", "x", "3", "0", "-1", "99999999999", "2"]) == [3, 2]


@pytest.mark.parametrize(("count", "fits"), [(0, False), (1, True), (MOST, True), (MOST + 1, False)])
def test_how_many_can_be_changed_at_once(count: int, fits: bool) -> None:
    assert (why_too_many(count) is None) is fits
