"""A date typed in boxes: read as people write it, shown before it is saved, the wrong boxes alone marked."""

import html
import re
from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from wtforms.fields.core import UnboundField

from kscb_actions import clock
from kscb_actions.web.shared.forms import DayField, HouseForm
from kscb_actions.web.shared.templating import error_list, title_of_errors


class TwoDays(HouseForm):
    """Two dates, one asked for by a question."""

    born_on = DayField("Date of birth (optional)")
    died_on = DayField("When did the child die?", called="Date of death")


class NeededDay(HouseForm):
    """A date that has to be given."""

    due_on = DayField("New due date", missing="Enter the new due date.")


class ShownDay(HouseForm):
    """A date that only shows something."""

    as_at = DayField("As at", asks=False)


@pytest.fixture
def on_a_day_of_2012(app: Flask) -> Iterator[None]:
    with app.test_request_context(), clock.at(date(2012, 3, 12)):
        yield


def sent(*values: str, form: type[HouseForm] = TwoDays, name: str = "born_on") -> tuple[HouseForm, DayField]:
    """Return a form, validated, to which one date was sent, and the field of it."""
    filled = form(MultiDict([(name, each) for each in values]), meta={"csrf": False})
    filled.validate()
    return filled, filled[name]


def boxes_of(field: DayField) -> list[dict[str, str]]:
    """Return the inputs of a date as they are drawn, the hidden one last."""
    return [dict(re.findall(r'([a-z]+)="([^"]*)"', each)) for each in re.findall(r"<input [^>]*>", field())]


def marked_in(field: DayField) -> list[int]:
    """Return the places of the boxes that are drawn as wrong."""
    return [place for place, box in enumerate(boxes_of(field)) if "input--error" in box.get("class", "")]


@pytest.mark.parametrize(
    ("boxes", "message", "marked"),
    [
        (["31", "2", "2012"], ": There is no 31 February 2012. That month has 29 days.", [0]),
        (["0", "1", "2012"], ": “0” is not a day.", [0]),
        (["1", "13", "2012"], "“1/13/2012” has the month first. Write the day first: 13/1/2012.", [0, 1]),
        (["14", "13", "2012"], ": “13” is not a month.", [1]),
        (["14", "Mai", "2012"], ": “mai” is not a month.", [1]),
        (["", "2", "2012"], " must include a day.", [0]),
        (["1"], " must include a month and year.", [1, 2]),
        (["", "3", ""], " must include a day and year.", [0, 2]),
        (["", "March", ""], ": “March” has no year.", [1]),
        (["x", "2", "2012"], ": “x” is not a day.", [0]),
        (["1", "2", "٢٠١٢"], ": “٢٠١٢” is not a year.", [2]),
        (["27", "3", "1812"], ": The year 1812 is out of range. Use a year from 1900 to 2100.", [2]),
        (["1", "2", "9" * 5000], "is not a year.", [2]),
        (["12/31/2011"], ": “12/31/2011” has the month first. Write the day first: 31/12/2011.", [0]),
        (["2012-02-30"], ": There is no 30 February 2012.", [0]),
        (["", "", "Spring 2010"], ": “Spring 2010” says no day or month that can be read.", [2]),
        (["Ongoing"], ": “Ongoing” gives no date. Leave it empty where there is none.", [0]),
    ],
)
def test_a_message_names_its_date_and_only_the_wrong_boxes_are_marked(
    on_a_day_of_2012: None, boxes: list[str], message: str, marked: list[int]
) -> None:
    form, field = sent(*boxes)
    assert field.data is None and [*form.errors] == ["born_on"]
    assert field.errors[0].startswith("Date of birth") and message in field.errors[0]
    drawn = boxes_of(field)
    assert marked_in(field) == marked
    assert [html.unescape(each.get("value", "")) for each in drawn] == [*boxes, "", ""][:3], "typed and lost"
    assert drawn[marked[0]]["id"] == "born_on", "the link in the summary leads to the first wrong box"
    assert len({each["id"] for each in drawn}) == 3


@pytest.mark.parametrize(
    "boxes",
    [
        ["27", "3", "2012"],
        ["27th", "March", "2012"],
        ["2012-03-27"],
        [" 2012-3-27 "],
        ["27 March 2012"],
        ["27/03/2012"],
        ["", "27.3.2012"],
        ["", "", "by Tuesday 27th March 2012"],
    ],
)
def test_an_exact_date_is_taken_at_once_in_whatever_box_it_stands(
    on_a_day_of_2012: None, boxes: list[str]
) -> None:
    form, field = sent(*boxes)
    assert (field.data, form.errors) == (date(2012, 3, 27), {})
    assert len(boxes_of(field)) == 3, "nothing has to be asked"


@pytest.mark.parametrize(
    ("typed", "on", "said"),
    [
        (["Oct 2012"], date(2012, 10, 31), "“Oct 2012” is read as 31 October 2012."),
        (["End of Q3 2011/12"], date(2011, 12, 31), "“End of Q3 2011/12” is read as 31 December 2011."),
        (["30.9.11"], date(2011, 9, 30), "“30.9.11” is read as 30 September 2011."),
        (["30", "9", "11"], date(2011, 9, 30), "“30 9 11” is read as 30 September 2011."),
        (["30", "9", "1950"], date(1950, 9, 30), "1950 is more than 20 years ago."),
        (["30 9 2050"], date(2050, 9, 30), "2050 is more than 10 years away."),
        (["Monday 27 March 2012"], date(2012, 3, 27), "27 March 2012 is a Tuesday, not a Monday."),
    ],
)
def test_what_is_no_plain_date_is_shown_once_as_it_is_read(
    on_a_day_of_2012: None, typed: list[str], on: date, said: str
) -> None:
    form, field = sent(*typed)
    assert field.data is None and [*form.errors] == ["born_on"]
    message = field.errors[0]
    assert message.startswith("Date of birth: ") and said in message
    assert message.endswith(" Save again if that is right.")
    drawn = boxes_of(field)
    assert [each["value"] for each in drawn] == [str(on.day), str(on.month), str(on.year), " ".join(typed)]
    assert marked_in(field) == [], "nothing is wrong"

    form, field = sent(*(each["value"] for each in drawn))
    assert (field.data, form.errors) == (on, {})
    assert [each["value"] for each in boxes_of(field)] == [each["value"] for each in drawn]


def test_another_date_than_the_one_asked_about_is_asked_about_again(on_a_day_of_2012: None) -> None:
    assert sent("27", "3", "2102", "27 3 2012")[0].errors
    form, field = sent("27", "3", "1951", "27 3 1950")
    assert "1951 is more than 20 years ago." in field.errors[0]
    form, field = sent("15", "10", "2012", "Oct 2012")
    assert (field.data, form.errors, len(boxes_of(field))) == (date(2012, 10, 15), {}, 3)


def test_rows_drawn_again_without_being_saved_ask_nothing_yet(on_a_day_of_2012: None) -> None:
    form = TwoDays(MultiDict({"born_on": "Oct 2012"}), meta={"csrf": False})
    assert [each.get("value", "") for each in boxes_of(form.born_on)] == ["Oct 2012", "", ""]


def test_where_nothing_is_saved_the_reading_is_taken_and_shown(on_a_day_of_2012: None) -> None:
    form, field = sent("Oct 2012", form=ShownDay, name="as_at")
    assert (field.data, form.errors) == (date(2012, 10, 31), {})
    assert [each["value"] for each in boxes_of(field)] == ["31", "10", "2012"]


def test_a_date_that_is_needed_says_what_to_enter_and_marks_all_boxes(on_a_day_of_2012: None) -> None:
    form, field = sent("", " ", form=NeededDay, name="due_on")
    assert form.errors == {"due_on": ["Enter the new due date."]}
    assert marked_in(field) == [0, 1, 2]
    assert sent("x", "2", "2012", form=NeededDay, name="due_on")[0].errors != form.errors


def test_a_summary_with_questions_alone_does_not_speak_of_a_problem(on_a_day_of_2012: None) -> None:
    asked, _ = sent("Oct 2012")
    wrong = TwoDays(MultiDict({"born_on": "Oct 2012", "died_on": "x"}), meta={"csrf": False})
    wrong.validate()
    assert title_of_errors(error_list(asked)) == "Is this date right?"
    assert title_of_errors(error_list(wrong)) == "There is a problem"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)
@given(st.lists(st.text(), max_size=6))
def test_nothing_typed_raises_or_is_lost(app: Flask, values: list[str]) -> None:
    with app.test_request_context():
        _, field = sent(*values)
        assert field.data is None or not field.errors
        assert len(boxes_of(field)) in (3, 4)


def every_form(form: type[HouseForm] = HouseForm) -> list[type[HouseForm]]:
    """Return all forms of the house."""
    return [each for below in form.__subclasses__() for each in (below, *every_form(below))]


def days_of(form: type[HouseForm]) -> list[str]:
    """Return what the dates of a form are called in messages."""
    fields = [getattr(form, name) for name in dir(form)]
    unbound = [each for each in fields if isinstance(each, UnboundField) and each.field_class is DayField]
    return [each.kwargs.get("called") or each.args[0] for each in unbound]


def test_every_date_of_the_house_has_a_name_of_its_own(app: Flask) -> None:
    named = {f"{form.__module__}.{form.__name__}": days_of(form) for form in every_form()}
    assert sum(map(len, named.values())) > 15
    wrong = {
        form: names
        for form, names in named.items()
        if len(set(names)) < len(names) or any(name.endswith("?") for name in names)
    }
    assert wrong == {}


def test_only_what_saves_nothing_takes_a_reading_unasked(app: Flask) -> None:
    unasked = {
        f"{form.__name__}.{name}"
        for form in every_form()
        for name in dir(form)
        if isinstance(field := getattr(form, name), UnboundField)
        and issubclass(field.field_class, DayField)
        and not field.kwargs.get("asks", True)
    }
    assert unasked - {"ShownDay.as_at"} == {"PaperForm.as_at", "PaperForm.since"}
