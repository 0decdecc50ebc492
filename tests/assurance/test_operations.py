"""What is offered is what the services would do: policy and rules, cell by cell."""

from dataclasses import replace
from datetime import date

import pytest

from kscb_actions.access.policy import Role, Viewer
from kscb_actions.actions.turn import RatingFacts
from kscb_actions.assurance.operations import CheckState, Request, operations

OPEN = RatingFacts("active", "in_progress", "none", date(2012, 3, 1), None, date(2012, 5, 1), None, 0)
LEAD = Viewer(1, "Lead", roles=frozenset({Role.AGENCY_LEAD}), agency_id=7)
OTHER = replace(LEAD, id=2, agency_id=8)
CHAIR = Viewer(3, "Chair", roles=frozenset({Role.CHAIR}), agency_id=8)
OWN_CHAIR = replace(CHAIR, id=4, agency_id=7)
MANAGER = Viewer(5, "Manager", roles=frozenset({Role.MANAGER}))
READER = Viewer(6, "Reader", roles=frozenset({Role.READER}))
BOTH = replace(LEAD, id=9, roles=frozenset({Role.AGENCY_LEAD, Role.CHAIR}))

UPDATE, EVIDENCE, DONE = "actions.update", "assurance.new_evidence", "assurance.report_done"
ASK, DECIDE, DATE = "actions.ask_extension", "actions.decide_extension", "actions.due_date"
CHECK, EDIT, STANDING, MOVE = "assurance.check", "actions.edit", "actions.standing", "upkeep.move"
VOIDING, DATED = "voiding.action", "assurance.correct_action_date"
TAKE_BACK, ANSWER, REOPEN = "assurance.take_report_back", "assurance.answer", "assurance.reopen_action"
SUBMITTED, ACCEPTED = replace(OPEN, assurance="submitted"), replace(OPEN, assurance="accepted")
CHALLENGE = "challenges.about_action"
SEEN, NOT_SEEN = "actions.acknowledge", "actions.take_acknowledgement_back"
HELD = replace(OPEN, standing="on_hold")


@pytest.mark.parametrize(
    ("viewer", "facts", "more", "expected"),
    [
        (LEAD, OPEN, {}, [UPDATE, EVIDENCE, ASK, SEEN]),
        (LEAD, OPEN, {"until_on": OPEN.current_due_on}, [UPDATE, EVIDENCE, ASK, NOT_SEEN]),
        (LEAD, replace(OPEN, current_due_on=None), {}, [UPDATE, EVIDENCE, ASK]),
        (LEAD, OPEN, {"evidence_count": 1}, [UPDATE, EVIDENCE, DONE, ASK, SEEN]),
        (LEAD, OPEN, {"request": Request(1, 1)}, [UPDATE, EVIDENCE]),
        (LEAD, replace(OPEN, assurance="returned"), {}, [UPDATE, EVIDENCE, ASK, SEEN]),
        (LEAD, SUBMITTED, {"evidence_count": 1, "check": CheckState(True)}, [TAKE_BACK]),
        (LEAD, SUBMITTED, {"check": CheckState(True, is_begun=True)}, []),
        (LEAD, SUBMITTED, {"check": CheckState(True, True, has_question=True)}, [ANSWER]),
        (OTHER, SUBMITTED, {"check": CheckState(True, True, has_question=True)}, []),
        (CHAIR, SUBMITTED, {"check": CheckState(True, True, has_question=True)}, [CHECK, CHALLENGE]),
        (OWN_CHAIR, ACCEPTED, {}, []),
        (BOTH, ACCEPTED, {}, []),
        (LEAD, ACCEPTED, {"evidence_count": 1}, []),
        (LEAD, HELD, {"evidence_count": 1}, []),
        (OTHER, OPEN, {"evidence_count": 1}, []),
        (READER, OPEN, {"evidence_count": 1, "check": CheckState(True), "request": Request(1, 1)}, []),
        (CHAIR, OPEN, {}, [DATE, CHALLENGE]),
        (CHAIR, OPEN, {"request": Request(1, 1)}, [DECIDE, DATE, CHALLENGE]),
        (CHAIR, OPEN, {"request": Request(1, 3)}, [DATE, CHALLENGE]),
        (CHAIR, SUBMITTED, {"check": CheckState(True)}, [CHECK, CHALLENGE]),
        (CHAIR, ACCEPTED, {}, [REOPEN, CHALLENGE]),
        (OWN_CHAIR, SUBMITTED, {"check": CheckState(True), "request": Request(1, 1)}, []),
        (OWN_CHAIR, OPEN, {"request": Request(1, 1)}, []),
        (BOTH, OPEN, {"request": Request(1, 1)}, [UPDATE, EVIDENCE]),
        (MANAGER, OPEN, {}, [DATE, CHALLENGE, EDIT, STANDING, MOVE, DATED, VOIDING]),
        (replace(MANAGER, agency_id=7), OPEN, {}, [EDIT, STANDING, MOVE, VOIDING]),
        (MANAGER, SUBMITTED, {"check": CheckState(True)}, [CHALLENGE, EDIT, STANDING, MOVE, DATED, VOIDING]),
        (MANAGER, ACCEPTED, {}, [CHALLENGE, EDIT, DATED, VOIDING]),
        (MANAGER, ACCEPTED, {"can_challenge": False}, [EDIT, DATED, VOIDING]),
        (MANAGER, HELD, {}, [CHALLENGE, EDIT, STANDING, MOVE, DATED, VOIDING]),
        (MANAGER, replace(OPEN, current_due_on=None), {}, [DATE, CHALLENGE, EDIT, STANDING, MOVE, VOIDING]),
    ],
)
def test_each_person_is_offered_what_they_can_do_now(
    viewer: Viewer, facts: RatingFacts, more: dict, expected: list[str]
) -> None:
    assert [operation.endpoint for operation in operations(viewer, 7, facts, **more)] == expected
