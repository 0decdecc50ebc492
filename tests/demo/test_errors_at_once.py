"""On every form all that is wrong is said at once, and nothing is changed by it."""

from collections.abc import Iterator

import pytest
from flask import Flask

from kscb_actions.demo.content import AS_AT

from ..conftest import on_settings, settings_in
from ..counted import pages_of
from ..demonstration import Demonstration
from ..reading import Seen, see
from ..wrongly import COUNT, Form, forms_of, not_named
from .test_counts_lead import MORE, ROLES, client_of

HOLD = "/reviews/SCR-2010-01/hold"
# What is not named though it is wrong, and why: it counts only together with another field, which is named.
DEPENDS = {
    # What is wrong with the unit is said of the age, which it belongs to.
    "deaths.new": {"age_unit"},
    "deaths.edit": {"age_unit"},
    # Only of a rung that comes again: of every other it is not looked at.
    "reminders.edit": {f"every_{number}" for number in range(9)},
}


@pytest.fixture(scope="module")
def board(
    demonstration: Demonstration, application: Flask, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    copied = demonstration.copied(tmp_path_factory.mktemp("wrongly") / "instance")
    with on_settings(application, settings_in(copied), AS_AT):
        yield application


def every_form(board: Flask, pages: dict[str, Seen], seen: set) -> Iterator[Form]:
    """Yield the forms of these pages, one of each kind."""
    for form in forms_of(board, pages):
        if form.kind not in seen:
            seen.add(form.kind)
            yield form


def test_all_that_is_wrong_with_a_form_is_said_at_once_and_each_text_has_its_count(
    board: Flask, walked: dict[str, dict[str, Seen]]
) -> None:
    seen: set = set()
    missing = {}
    for email in (*ROLES, *MORE):
        client = client_of(board, email)
        for form in every_form(board, walked.get(email) or pages_of(board, client), seen):
            left = not_named(client, form) - DEPENDS.get(form.endpoint, set())
            # What is wrong with a factor is said once for its row.
            if form.endpoint in ("panels.propose", "panels.draft"):
                left = {name for name in left if not name.startswith(("level_", "text_"))}
            if left:
                missing[f"{form.endpoint} ({form.page})"] = left
    assert "; ".join(f"{form}: {sorted(left)[:6]}" for form, left in missing.items()) == ""
    assert len(seen) > 80


def test_a_count_that_says_something_else_would_be_found(board: Flask) -> None:
    """Plant an offender: a form that says that more is taken than is."""
    email = ROLES[0]
    client = client_of(board, email)
    pages = {HOLD: see(client, HOLD)}
    [form] = [each for each in every_form(board, pages, set()) if each.endpoint == "reviews.hold"]
    assert not_named(client, form) == set()
    [count] = {each for field in form.fields["reason"] for each in field.iterancestors() if each.get(COUNT)}
    count.set(COUNT, "3000")
    assert not_named(client, form) == {"reason"}


def test_a_field_that_is_not_named_would_be_found(board: Flask) -> None:
    """Plant an offender: a field that its form does not know, so nothing is said of it."""
    email = ROLES[0]
    pages = {"/people/new": see(client_of(board, email), "/people/new")}
    [form] = [each for each in every_form(board, pages, set()) if each.endpoint == "people.new"]
    form.fields["nickname"] = form.fields["name"]  # type: ignore[index]
    assert not_named(client_of(board, email), form) == set()
    form.fields["unknown"] = [each for each in form.fields["email"] if each.set("id", "unknown") is None]  # type: ignore[index]
    assert "unknown" in not_named(client_of(board, email), form)
