"""The rung of the chair reaches the deputies where no chair can be reached, as that of a lead the others."""

from dataclasses import replace

import pytest

from kscb_actions.access.policy import Owners, Role, Viewer
from kscb_actions.chasing.actions.provider import OPEN_ACTIONS
from kscb_actions.chasing.actions.rules import SUBMISSIONS, Open, whom_to_ask
from kscb_actions.chasing.clocks.provider import UNMET_CLOCKS
from kscb_actions.chasing.clocks.rules import UnmetClock
from kscb_actions.chasing.ladder.rules import Recipient, Rung
from kscb_actions.chasing.rules import Told, whom_to_tell
from kscb_actions.people.absences.rules import Away, StandIn

from ..factories import TODAY


def person(id: int, name: str, *roles: Role, agency: int | None = None) -> Viewer:
    return Viewer(id=id, name=name, email=f"{name}@board.example", roles=frozenset(roles), agency_id=agency)


CHAIR, DEPUTY = person(1, "chair", Role.CHAIR), person(2, "deputy", Role.DEPUTY)
OTHER, MANAGER = person(3, "other-deputy", Role.DEPUTY), person(4, "manager", Role.MANAGER)
PEOPLE = (CHAIR, DEPUTY, OTHER, MANAGER)
STOOD_IN, NOT_STOOD_IN = Away((StandIn(CHAIR, TODAY, DEPUTY),)), Away((StandIn(CHAIR, TODAY),))
NONE_BUT_OTHER = Away((StandIn(CHAIR, TODAY), StandIn(DEPUTY, TODAY)))
RUNG = Rung(0, (Recipient.CHAIR,), (Recipient.MANAGER,))
ACTION = Open(1, 1, "SCR-2011-02", 7, agency_id=10, lead_id=None, due_on=TODAY)
OF_BOARD = replace(ACTION, kind=SUBMISSIONS.code, owners=Owners(10))
CLOCK = UnmetClock(1, "SCR-2012-01", "decision", TODAY)


@pytest.mark.parametrize(
    ("away", "people", "told"),
    [
        (Away(), PEOPLE, {CHAIR}),
        (STOOD_IN, PEOPLE, {DEPUTY}),
        (NOT_STOOD_IN, PEOPLE, {DEPUTY, OTHER}),
        (NONE_BUT_OTHER, PEOPLE, {OTHER}),
        # Nobody chairs.
        (Away(), (DEPUTY, MANAGER), {DEPUTY}),
    ],
)
def test_who_has_the_rung_of_the_chair(away: Away, people: tuple[Viewer, ...], told: set[Viewer]) -> None:
    for provider, waiting in ((OPEN_ACTIONS, ACTION), (OPEN_ACTIONS, OF_BOARD), (UNMET_CLOCKS, CLOCK)):
        found = whom_to_tell(provider, replace(waiting, away=away), RUNG, people)
        assert {each for each, why in found.items() if why is not Told.COPIED} == told
        assert found[MANAGER] is Told.COPIED
    asked, is_asked = whom_to_ask(replace(OF_BOARD, away=away), people)
    assert set(asked) == told and is_asked


def test_a_deputy_decides_where_the_chair_is_of_the_agency_itself_and_no_deputy_on_their_own() -> None:
    of_agency = replace(CHAIR, agency_id=10)
    people = (of_agency, DEPUTY, replace(OTHER, agency_id=10), MANAGER)
    found = whom_to_tell(OPEN_ACTIONS, OF_BOARD, RUNG, people)
    assert found == {DEPUTY: Told.ASKED, MANAGER: Told.COPIED}


def test_of_a_restricted_review_no_deputy_is_told_who_is_not_named() -> None:
    for waiting in (ACTION, OF_BOARD):
        secret = replace(waiting, away=NOT_STOOD_IN, named=frozenset({1, 3}))
        told = whom_to_tell(OPEN_ACTIONS, secret, RUNG, PEOPLE)
        assert set(told) == {OTHER}
