"""Which page of a list is shown, whatever is asked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kscb_actions.pages import MOST_TOGETHER, WHOLE, page_within

NUMBERS = st.integers(min_value=0, max_value=10**9)


@pytest.mark.parametrize(
    ("asked", "total", "found"),
    [
        (1, 0, (1, 1, 0, 25)),
        (9, 0, (1, 1, 0, 25)),
        (1, 25, (1, 1, 0, 25)),
        (2, 25, (1, 1, 0, 25)),
        (2, 26, (2, 2, 25, 25)),
        (WHOLE, 0, (1, 1, 0, 25)),
        (WHOLE, 60, (1, 1, 0, 60)),
        (WHOLE, MOST_TOGETHER, (1, 1, 0, MOST_TOGETHER)),
        (WHOLE, MOST_TOGETHER + 1, (1, 81, 0, 25)),
        (99, 60, (3, 3, 50, 25)),
    ],
)
def test_the_page_shown_is_the_nearest_there_is(
    asked: int, total: int, found: tuple[int, int, int, int]
) -> None:
    assert page_within(asked, total, 25) == found


@given(NUMBERS, NUMBERS, st.integers(min_value=1, max_value=100))
def test_no_page_is_empty_but_that_of_an_empty_list(asked: int, total: int, per_page: int) -> None:
    page, pages, skipped, most = page_within(asked, total, per_page)
    assert 1 <= page <= pages
    assert skipped < total or (total == 0 and pages == 1)
    assert (pages - 1) * most < max(1, total) <= pages * most
