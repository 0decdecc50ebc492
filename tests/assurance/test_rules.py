"""When something may be submitted again: the table of its boundaries."""

import pytest

from kscb_actions.assurance.rules import SAY_WHAT_IS_NEW, Judged, why_not_again

FIRST = Judged("The policy is out.", frozenset({"aa", "bb"}))
SECOND = Judged("Staff are trained.", frozenset({"cc"}))


@pytest.mark.parametrize(
    ("statement", "files", "judged", "is_refused"),
    [
        ("The policy is out.", {"aa"}, [], False),
        ("The policy is out.", {"aa", "bb"}, [FIRST], True),
        ("the POLICY\n is  out", {"aa", "bb"}, [FIRST], True),
        ("The policy is out.", {"bb"}, [FIRST], True),
        ("The policy is out.", {"aa", "cc"}, [FIRST], False),
        ("The policy is out.", {"aa", "cc"}, [FIRST, SECOND], True),
        ("The policy is out now.", {"aa", "bb"}, [FIRST], False),
        ("Staff are trained.", {"aa"}, [FIRST, SECOND], True),
        ("Staff are trained.", {"aa", "dd"}, [FIRST, SECOND], False),
    ],
)
def test_what_the_board_has_judged_comes_back_with_something_new(
    statement: str, files: set[str], judged: list[Judged], is_refused: bool
) -> None:
    assert why_not_again(statement, files, judged) == (SAY_WHAT_IS_NEW if is_refused else None)
