"""A date typed in three boxes: what is wrong with it names the date, for several may stand on a page."""

from datetime import date

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms.fields.core import UnboundField

from kscb_actions.web.shared.forms import DayField, HouseForm


class TwoDays(HouseForm):
    """Two dates, one asked for by a question."""

    born_on = DayField("Date of birth (optional)")
    died_on = DayField("When did the child die?", called="Date of death")


@pytest.mark.parametrize(
    ("boxes", "message"),
    [
        (["31", "2", "2012"], "must be a real date, like 27 3 2012."),
        (["0", "1", "2012"], "must be a real date, like 27 3 2012."),
        (["1", "13", "2012"], "must be a real date, like 27 3 2012."),
        (["", "2", "2012"], "must include a day."),
        (["1"], "must include a month and year."),
        (["", "March", ""], "must include a day and year."),
        (["x", "2", "2012"], "must have the day as a number, like 27 3 2012."),
        (["1", "March", "2012"], "must have the month as a number, like 27 3 2012."),
        (["1", "2", "٢٠١٢"], "must have the year as a number, like 27 3 2012."),
        (["1", "2", "12"], "must have a year of four digits, like 2012."),
        (["1", "2", "9" * 5000], "must have a year of four digits, like 2012."),
    ],
)
def test_a_message_names_its_date(app: Flask, boxes: list[str], message: str) -> None:
    with app.test_request_context():
        form = TwoDays(MultiDict({"born_on": boxes, "died_on": boxes}), meta={"csrf": False})
        assert not form.validate()
    assert form.errors == {"born_on": [f"Date of birth {message}"], "died_on": [f"Date of death {message}"]}


@pytest.mark.parametrize(
    ("sent", "day", "messages"),
    [
        ("2012-03-27", date(2012, 3, 27), {}),
        (" 2012-03-27 ", date(2012, 3, 27), {}),
        ("2012-02-30", None, {"born_on": ["Date of birth must be a real date, like 27 3 2012."]}),
        ("2012-3-27", None, {"born_on": ["Date of birth must include a month and year."]}),
    ],
)
def test_an_address_may_have_a_date_in_one_piece(
    app: Flask, sent: str, day: date | None, messages: dict[str, list[str]]
) -> None:
    with app.test_request_context():
        form = TwoDays(MultiDict({"born_on": sent}), meta={"csrf": False})
        form.validate()
        assert (form.born_on.data, dict(form.errors)) == (day, messages)
        if day:
            shown = form.born_on()
            assert 'value="27"' in shown and 'value="03"' in shown and 'value="2012"' in shown


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
