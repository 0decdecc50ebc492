"""Who may do what to a thing that several agencies own, by roles and agencies together."""

import ast
import re
from itertools import chain, combinations
from pathlib import Path

import pytest

from kscb_actions.access.policy import (
    GRANTS,
    OUTSIDE_AGENCY_ONLY,
    SHARED,
    Owners,
    Permission,
    Reach,
    Role,
    Viewer,
    may,
)

from ..long import LONG

P = Permission
LEADING, JOINT, FORMER, OUTSIDE = 1, 2, 3, 4
OWNERS = Owners(LEADING, frozenset({JOINT}), frozenset({FORMER}))
SOURCE = Path(__file__).parents[2] / "kscb_actions"
# Sets of roles: all of up to three, without one, and of all; in a long run every set there is.
SIZES = range(len(Role) + 1) if LONG else (0, 1, 2, 3, len(Role) - 1, len(Role))
SETS = [frozenset(roles) for roles in chain.from_iterable(combinations(Role, n) for n in SIZES)]


def grants(roles: frozenset[Role], permission: Permission) -> set[Reach]:
    return {GRANTS[role].get(permission, Reach.NONE) for role in roles}


@pytest.mark.parametrize("agency_id", [LEADING, JOINT, FORMER, OUTSIDE, None])
def test_each_set_of_roles_in_each_agency_may_do_what_the_rule_says(agency_id: int | None) -> None:
    """Whatever the roles: outside decides, owners read and add, the leading agency does the rest."""
    for roles in SETS:
        somebody = Viewer(7, "Somebody", roles=roles, agency_id=agency_id)
        for permission in Permission:
            granted = grants(roles, permission)
            if permission in OUTSIDE_AGENCY_ONLY:
                expected = Reach.ALL in granted and agency_id in (OUTSIDE, None)
            else:
                own = agency_id == LEADING or (agency_id == JOINT and permission in SHARED)
                expected = bool(
                    Reach.ALL in granted
                    or (Reach.OWN_AGENCY in granted and own)
                    or (Reach.OWN_PANELS in granted and not (Reach.OWN_AGENCY in granted and agency_id))
                )
            assert bool(may(somebody, permission, OWNERS)) == expected, (sorted(roles), permission)


@pytest.mark.parametrize(
    ("agency_id", "words"),
    [(LEADING, "belongs to your agency"), (JOINT, "your agency shares it"), (FORMER, "had a part in it")],
)
def test_the_refusal_says_why(agency_id: int, words: str) -> None:
    chair = Viewer(7, "Chair", roles=frozenset({Role.CHAIR}), agency_id=agency_id)
    assert words in may(chair, P.DECIDE_ASSURANCE, OWNERS).reason


def test_a_joint_owner_neither_submits_nor_asks_nor_answers() -> None:
    lead = Viewer(7, "Lead", roles=frozenset({Role.AGENCY_LEAD}), agency_id=JOINT)
    for permission in (
        P.UPDATE_ACTION,
        P.KEEP_MILESTONES,
        P.ADD_EVIDENCE,
        P.ASK_EXTENSION,
        P.ANSWER_CHALLENGE,
    ):
        assert "leads does it for all" in may(lead, permission, OWNERS).reason
    assert all(may(lead, each, OWNERS) for each in (P.READ_ACTION, P.READ_EVIDENCE, P.CONTRIBUTE))


def asked_of_one_agency(source: str) -> list[int]:
    """Return the lines on which a permission about an action, or to decide, is asked of one agency alone."""
    found = []
    # Reading the tree of a module takes a hundred times as long as looking for the words.
    asks = re.search(r"\b_*(may|require|require_on)\(", source)
    for node in ast.walk(ast.parse(source)) if asks else ():
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name.lstrip("_") not in ("may", "require", "require_on"):
            continue
        words = [ast.unparse(each) for each in node.args]
        decides = any(f"Permission.{each.name}" in words for each in OUTSIDE_AGENCY_ONLY)
        for each in words:
            if each.endswith("action.agency_id") or (decides and each.endswith(".agency_id")):
                found.append(node.lineno)
    return found


def test_every_decision_is_asked_of_all_owners() -> None:
    """Whoever writes a further operation asks by `owners`, or joint owners could decide on their own."""
    wrong = [
        f"{path.relative_to(SOURCE)}:{line}"
        for path in sorted(SOURCE.rglob("*.py"))
        for line in asked_of_one_agency(path.read_text(encoding="utf-8"))
    ]
    assert wrong == []


def test_a_decision_asked_of_one_agency_is_caught() -> None:
    offender = "require_on(viewer, Permission.DECIDE_EXTENSION, action.review, action.agency_id)"
    assert asked_of_one_agency(offender) == [1]
    assert asked_of_one_agency("may(person, Permission.CLOSE_CHALLENGE, challenge.agency_id)") == [1]
    assert asked_of_one_agency(offender.replace("agency_id", "owners")) == []
