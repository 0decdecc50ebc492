"""What an address asks for is read in one way by every list."""

from collections.abc import Callable

import pytest
from flask import Flask
from lxml import html

from kscb_actions.text import whole_number
from kscb_actions.web.shared.asked import (
    Sort,
    asked_for,
    choice,
    in_force,
    page_number,
    sort_of,
    without_empty,
)

from ..factories import World

LISTS = ("/actions", "/reviews", "/audit", "/outbox", "/deaths")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", 1),
        ("007", 7),
        ("0", 0),
        ("999999999", 999_999_999),
        ("1000000000", None),
        ("", None),
        (None, None),
    ]
    + [(text, None) for text in ("-1", "+1", " 1", "1.0", "1e3", "٣", "²", "x", "1\n")],
)
def test_a_whole_number(text: str | None, number: int | None) -> None:
    assert whole_number(text) == number


def test_a_number_with_more_digits_than_are_wanted_is_none() -> None:
    assert (whole_number("999", 3), whole_number("1000", 3)) == (999, None)


@pytest.mark.parametrize(("text", "page"), [("2", 2), ("0", 1), ("-1", 1), ("x", 1), ("", 1), ("9" * 30, 1)])
def test_a_page_is_one_that_can_be_meant(text: str, page: int) -> None:
    assert page_number({"page": text}) == page


def test_a_page_that_is_not_asked_for_is_the_first() -> None:
    assert page_number({}) == page_number({"page": "2"}, "rows-1") == 1


@pytest.mark.parametrize(
    ("asked", "key", "direction"),
    [
        ({}, "died", "descending"),
        ({"sort": "case", "direction": "ascending"}, "case", "ascending"),
        ({"sort": "name"}, "died", "descending"),
        ({"direction": "ascending"}, "died", "ascending"),
        ({"sort": "case", "direction": "sideways"}, "case", "descending"),
    ],
)
def test_a_list_is_sorted_as_it_can_be(asked: dict[str, str], key: str, direction: str) -> None:
    sort = sort_of(asked, {"died", "case"}, Sort("died", "descending"))
    assert (sort.key, sort.direction, sort.is_descending) == (key, direction, direction == "descending")


def test_an_address_loses_what_a_form_left_empty(app: Flask) -> None:
    with app.test_request_context("/actions?q=&rating=red&page=2"):
        assert without_empty().headers["Location"] == "/actions?rating=red&page=2"
    with app.test_request_context("/actions?rating=red"):
        assert without_empty() is None


def test_each_filter_in_force_can_be_taken_away(app: Flask) -> None:
    kinds = choice("kind", "Kind", {"scr": "Serious case review"})
    with app.test_request_context("/reviews?kind=scr&q=%20Dover%0A%20x&page=3"):
        asked = asked_for()
        assert asked["q"] == "Dover x"
        assert in_force(
            asked, [("q", "Text: Dover x"), kinds.in_words(asked["kind"]), ("stage", "Stage: ")]
        ) == [
            {"text": "Text: Dover x", "remove": "/reviews?kind=scr"},
            {"text": "Kind: Serious case review", "remove": "/reviews?q=+Dover%0A+x"},
        ]


@pytest.mark.parametrize("address", LISTS)
def test_every_list_takes_any_page_number(world: World, sign_in: Callable, address: str) -> None:
    client = sign_in(world.cdop_coordinator if address == "/deaths" else world.manager)
    if address == "/audit":
        client = sign_in(world.reader)
    pages = {client.get(f"{address}?page={page}").status_code for page in ("1", "0", "x", "9" * 30, "٣")}
    assert pages == {200}


@pytest.mark.parametrize(
    ("address", "words"),
    [("/reviews?kind=scr", "Kind: Serious Case Review"), ("/actions?rating=red", "Rating: Red: overdue")],
)
def test_a_filter_bar_says_what_is_in_force(
    world: World, sign_in: Callable, address: str, words: str
) -> None:
    world.action()
    page = html.fromstring(sign_in(world.manager).get(address).text)
    (told,) = page.xpath("//ul[contains(@class, 'app-filter__applied')]/li[1]/a")
    assert words.lower() in told.text_content().lower()
    assert page.xpath("//select[starts-with(@id, 'filter-')]")
