"""The permission table, cell by cell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kscb_actions.access.policy import (
    OF_AN_AGENCY,
    OUTSIDE_AGENCY_ONLY,
    Permission,
    Reach,
    Refused,
    Role,
    Viewer,
    may,
    reach,
    require,
)

OWN, OTHER = 1, 2
P = Permission
# For each role: what it may do to a thing of its own agency, and to one of another's.
TABLE = {
    Role.MANAGER: (
        {
            P.READ_CASE_REFERRAL, P.REFER_CASE,
            P.READ_REVIEW, P.EDIT_REVIEW, P.READ_ACTION, P.EDIT_ACTION, P.READ_EVIDENCE, P.SEE_ATTENTION,
            P.KEEP_MILESTONES, P.PUBLISH_REVIEW, P.PRINT_PAPERS,
            P.READ_REPORTS, P.MANAGE_PEOPLE, P.MANAGE_SETTINGS, P.READ_OUTBOX, P.READ_AUDIT,
            P.READ_PUBLISHED, P.READ_CHALLENGE, P.ANSWER_CHALLENGE, P.ERASE_FILE, P.ANSWER_RECOMMENDATION,
            P.READ_MEETING, P.KEEP_MEETINGS, P.MINUTE_MEETING,
            P.ADD_REVIEW_PAPER,
            P.READ_MEASURE, P.EDIT_MEASURE, P.GIVE_READING,
        },
        {
            P.DECIDE_EXTENSION, P.RAISE_CHALLENGE, P.CLOSE_CHALLENGE, P.TAKE_DECISION_BACK, P.JUDGE_IMPACT,
        },
    ),
    Role.CHAIR: (
        {
            P.READ_CASE_REFERRAL,
            P.READ_REVIEW, P.READ_ACTION, P.READ_EVIDENCE, P.SEE_ATTENTION, P.READ_REPORTS, P.READ_AUDIT,
            P.READ_REFERRAL, P.ANSWER_REFERRAL, P.READ_PUBLISHED, P.READ_CHALLENGE, P.ERASE_FILE,
            P.READ_MEETING, P.MINUTE_MEETING,
            P.PRINT_PAPERS, P.ADD_REVIEW_PAPER,
            P.READ_MEASURE,
        },
        {
            P.DECIDE_EXTENSION, P.DECIDE_ASSURANCE, P.RAISE_CHALLENGE, P.CLOSE_CHALLENGE, P.VIEW_ANSWER,
            P.TAKE_DECISION_BACK, P.ANSWER_CASE_REFERRAL, P.JUDGE_IMPACT,
        },
    ),
    Role.AGENCY_LEAD: (
        {
            P.READ_CASE_REFERRAL, P.REFER_CASE,
            P.READ_REVIEW, P.READ_ACTION, P.UPDATE_ACTION, P.ASK_EXTENSION, P.ADD_EVIDENCE, P.CONTRIBUTE,
            P.KEEP_MILESTONES, P.PRINT_PAPERS, P.ADD_REVIEW_PAPER,
            P.READ_EVIDENCE, P.SEE_OWN_WORK, P.READ_PUBLISHED, P.READ_CHALLENGE,
            P.READ_MEASURE, P.GIVE_READING, P.WRITE_IMPACT,
            P.ANSWER_CHALLENGE, P.ANSWER_RECOMMENDATION, P.ERASE_FILE,
        },
        set(),
    ),
    Role.CDOP_MEMBER: ({P.READ_DEATH, P.PROPOSE, P.DRAFT_CASE, P.READ_FIGURES, P.READ_PUBLISHED}, set()),
    Role.CDOP_CHAIR: ({P.DECIDE_CASE, P.READ_FIGURES, P.AGREE_FIGURES, P.READ_PUBLISHED}, set()),
    Role.DEATH_CONTACT: ({P.ANSWER_RETURN, P.ERASE_ANSWER_FILE, P.READ_PUBLISHED}, set()),
    Role.CDOP_COORDINATOR: (
        {
            P.READ_DEATH, P.RECORD_DEATH, P.KEEP_PANELS, P.AGREE_TO_ROLE, P.READ_REFERRAL, P.READ_FIGURES,
            P.DRAFT_CASE, P.DECIDE_CASE, P.ISSUE_FIGURES, P.READ_PUBLISHED, P.ERASE_ANSWER_FILE,
        },
        set(),
    ),
    Role.READER: (
        {
            P.READ_REVIEW, P.READ_ACTION, P.SEE_ATTENTION, P.READ_REPORTS, P.READ_AUDIT, P.READ_PUBLISHED,
            P.READ_MEETING,
            P.READ_CHALLENGE, P.READ_MEASURE, P.PRINT_PAPERS,
        },
        set(),
    ),
    Role.INDEPENDENT_CHAIR: (
        {
            P.READ_CASE_REFERRAL,
            P.READ_REVIEW, P.READ_ACTION, P.SEE_ATTENTION, P.READ_REPORTS, P.READ_AUDIT, P.READ_PUBLISHED,
            P.READ_MEETING, P.MINUTE_MEETING,
            P.READ_CHALLENGE, P.DECIDE_REVIEW, P.PUBLISH_REVIEW, P.PRINT_PAPERS, P.ADD_REVIEW_PAPER,
            P.READ_MEASURE,
        },
        {P.CLOSE_CHALLENGE, P.VIEW_ANSWER, P.ANSWER_CASE_REFERRAL},
    ),
    Role.BOARD_MEMBER: (
        {
            P.READ_CASE_REFERRAL, P.REFER_CASE,
            P.READ_REVIEW, P.READ_ACTION, P.READ_CHALLENGE, P.ANSWER_CHALLENGE, P.READ_PUBLISHED,
            P.ANSWER_RECOMMENDATION, P.ADD_REVIEW_PAPER,
            P.READ_MEASURE,
        },
        set(),
    ),
    Role.SUBGROUP_MEMBER: (
        {
            P.READ_CASE_REFERRAL,
            P.READ_REVIEW, P.READ_ACTION, P.READ_EVIDENCE, P.SEE_ATTENTION, P.READ_REPORTS,
            P.READ_PUBLISHED, P.READ_CHALLENGE, P.READ_MEASURE, P.PRINT_PAPERS,
            P.READ_MEETING,
        },
        {P.DECIDE_ASSURANCE, P.TAKE_DECISION_BACK, P.JUDGE_IMPACT},
    ),
}  # fmt: skip
TABLE[Role.DEPUTY] = TABLE[Role.CHAIR]


def person(*roles: Role, agency_id: int | None = OWN) -> Viewer:
    return Viewer(id=7, name="Somebody", roles=frozenset(roles), agency_id=agency_id)


@pytest.mark.parametrize("permission", list(P))
@pytest.mark.parametrize("role", list(Role))
def test_each_role_may_do_exactly_what_the_table_says(role: Role, permission: Permission) -> None:
    anywhere, outside = TABLE[role]
    lead = role in OF_AN_AGENCY
    assert bool(may(person(role), permission, OWN)) == (permission in anywhere)
    # What is issued belongs to no agency.
    own_only = lead and permission is not P.READ_PUBLISHED
    assert bool(may(person(role), permission, OTHER)) == (
        permission in outside or (permission in anywhere and not own_only)
    )


@pytest.mark.parametrize("role", sorted(OF_AN_AGENCY))
def test_a_lead_without_an_agency_reaches_what_is_issued_and_nothing_else(role: Role) -> None:
    lead = person(role, agency_id=None)
    assert {each for each in P if reach(lead, each) is not Reach.NONE} == {P.READ_PUBLISHED}


def test_every_role_reads_what_is_issued() -> None:
    assert {reach(person(role), P.READ_PUBLISHED) for role in Role} == {Reach.ALL}


@given(st.frozensets(st.sampled_from(list(Role))))
def test_nobody_decides_for_their_own_agency_whatever_they_hold(roles: frozenset[Role]) -> None:
    for permission in OUTSIDE_AGENCY_ONLY:
        assert not may(person(*roles), permission, OWN)


@given(st.frozensets(st.sampled_from(list(Role))), st.sampled_from(list(P)), st.sampled_from([OWN, OTHER]))
def test_roles_add_up_and_never_take_away(roles: frozenset[Role], permission: Permission, owner: int) -> None:
    by_one = any(may(person(role), permission, owner) for role in roles)
    assert bool(may(person(*roles), permission, owner)) == by_one


def test_a_refusal_names_its_reason() -> None:
    with pytest.raises(Refused, match="outside the agency"):
        require(person(Role.CHAIR), P.DECIDE_ASSURANCE, OWN)
    with pytest.raises(Refused, match="another agency"):
        require(person(Role.AGENCY_LEAD), P.UPDATE_ACTION, OTHER)
    with pytest.raises(Refused, match="role"):
        require(person(Role.READER), P.EDIT_REVIEW)
