"""Which page of a list is shown, whatever is asked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kscb_actions.pages import page_within

NUMBERS = st.integers(min_value=0, max_value=10**9)


@pytest.mark.parametrize(
    ("asked", "total", "found"),
    [
        (1, 0, (1, 1, 0)),
        (9, 0, (1, 1, 0)),
        (1, 25, (1, 1, 0)),
        (2, 25, (1, 1, 0)),
        (2, 26, (2, 2, 25)),
        (0, 60, (1, 3, 0)),
        (99, 60, (3, 3, 50)),
    ],
)
def test_the_page_shown_is_the_nearest_there_is(asked: int, total: int, found: tuple[int, int, int]) -> None:
    assert page_within(asked, total, 25) == found


@given(NUMBERS, NUMBERS, st.integers(min_value=1, max_value=100))
def test_no_page_is_empty_but_that_of_an_empty_list(asked: int, total: int, per_page: int) -> None:
    page, pages, skipped = page_within(asked, total, per_page)
    assert 1 <= page <= pages
    assert skipped < total or (total == 0 and pages == 1)
    assert (pages - 1) * per_page < max(1, total) <= pages * per_page
