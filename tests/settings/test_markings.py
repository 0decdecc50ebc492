"""Papers carry a marking of the scheme in force on the day they are made."""

from datetime import date

import pytest

from kscb_actions.reviews.rules import CLASSIFICATIONS, child_death_review
from kscb_actions.settings.rules import DEMONSTRATION, Board, public_marking, usual_marking


@pytest.mark.parametrize(
    ("made_on", "public", "usual"),
    [
        (date(2012, 3, 31), "UNRESTRICTED", "PROTECT"),
        (date(2014, 4, 1), "UNRESTRICTED", "PROTECT"),
        (date(2014, 4, 2), "OFFICIAL", "OFFICIAL-SENSITIVE"),
        (date(2026, 3, 31), "OFFICIAL", "OFFICIAL-SENSITIVE"),
    ],
)
def test_official_came_on_2_april_2014(made_on: date, public: str, usual: str) -> None:
    assert (public_marking(made_on), usual_marking(made_on)) == (public, usual)
    assert {public, usual} <= set(CLASSIFICATIONS)
    assert child_death_review("2011-12", made_on).classification == usual


def test_only_a_board_with_a_fixed_day_is_a_demonstration() -> None:
    assert Board().notice == ""
    assert Board(fixed_today=date(2012, 3, 31)).notice == DEMONSTRATION
