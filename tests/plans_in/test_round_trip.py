"""A plan that goes out as a spreadsheet comes in again as it was: words, dates, owners and past."""

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient

from kscb_actions.access.policy import Refused
from kscb_actions.actions.earlier.queries import past_of, record_of
from kscb_actions.actions.models import Action
from kscb_actions.actions.owners.service import share
from kscb_actions.audit.models import AuditEvent
from kscb_actions.people.models import User
from kscb_actions.plans_in.earlier.rules import Earlier, unread, usual_reading, words_to_read
from kscb_actions.plans_in.exporting.rules import PlanLine, status_of_line
from kscb_actions.plans_in.exporting.service import plan_lines, plan_sheet
from kscb_actions.plans_in.headings import Part
from kscb_actions.plans_in.queries import understood
from kscb_actions.plans_in.reading.sheets import read_workbook
from kscb_actions.plans_in.reading.word import read_word
from kscb_actions.plans_in.remembering import Said
from kscb_actions.plans_in.service import take_in
from kscb_actions.plans_in.tables import Source
from kscb_actions.reports.plan_table import plan_table
from kscb_actions.reports.word.file import word_file
from kscb_actions.reviews.models import Recommendation, Review
from kscb_actions.settings.queries import get_board
from tests.factories import TODAY, World

from .test_past import HEAD, taken

FIELDS = (
    "text", "success_measure", "original_due_on", "current_due_on", "due_written", "standing", "progress",
    "assurance", "reported_done_on", "extension_count",
)  # fmt: skip


def kept(review: Review) -> list[Any]:
    """Return all that is to be the same in both: recommendations, actions, owners and their past."""
    found = []
    for each in Recommendation.select().where(Recommendation.review == review).order_by(Recommendation.id):
        found.append((each.published_number, each.heading, each.text))
        for action in Action.select().where(Action.recommendation == each).order_by(Action.number):
            record = record_of(action.id)
            past = past_of(record) if record else None
            joint = [owner.agency.code for owner in action.shared]
            told = replace(past, as_of=TODAY, source="", status_text="") if past else None
            found.append((action.agency.code, joint, [getattr(action, name) for name in FIELDS], told))
    return found


# Headings as another board has them, in an order of its own, one of them known only by hand.
LAYOUT = (
    ("By when", Part.DUE),
    ("What", Part.RECOMMENDATION),
    ("Rec ref", Part.NUMBER),
    ("Way forward", Part.ACTION),
    ("RAG", Part.STATUS),
    ("Notes of the clerk", Part.OTHER),
)


def as_sheet(world: World, review: Review) -> tuple[bytes, Source]:
    content = plan_sheet(world.manager.viewer, review)
    return content, read_workbook(io.BytesIO(content))


def as_word(world: World, review: Review, layout: Sequence[tuple[str, Part]] = ()) -> tuple[bytes, Source]:
    lines = plan_lines(world.manager.viewer, review)
    content = word_file(plan_table(get_board(), review, lines, layout, TODAY))
    return content, read_word(io.BytesIO(content))


def in_its_layout(world: World, review: Review) -> tuple[bytes, Source]:
    content, source = as_word(world, review, LAYOUT)
    [headings] = [row for table in source.tables for row in table.rows if row.text(1) == "By when"]
    assert [headings.text(at) for at in range(1, 6)] == ["By when", "What", "Rec ref", "Action", "RAG"]
    return content, source


@pytest.mark.parametrize("goes_out", [as_sheet, as_word, in_its_layout])
def test_a_plan_goes_out_and_comes_in_again_as_it_was(
    world: World, goes_out: Callable[[World, Review], tuple[bytes, Source]]
) -> None:
    first, second = world.review("SCR-2009-01"), world.review("SCR-2012-50")
    taken(world, first)
    extra = world.recommendation(first, published_number="7.1", heading="Later work", text="Note the report.")
    assert extra.id
    share(world.manager.viewer, Action.get(Action.number == 5), world.health)
    content, source = goes_out(world, first)
    plan, _ = understood(source, TODAY)
    assert (plan.problems, plan.guesses, plan.as_of) == ([], [], TODAY)
    readings = {each.key: each.usual for each in words_to_read(plan) if each.usual}
    assert not unread(plan, readings)
    said = Said(earlier=Earlier(TODAY, readings))
    name = "plan.xlsx" if goes_out is as_sheet else "plan.docx"
    take_in(world.manager.viewer, second, plan, world.store, io.BytesIO(content), name, said)
    before, after = kept(first), kept(second)
    # What said nothing of its past says now that it has not begun.
    untold = [each for each in before if each[-1] is None]
    assert len(untold) == 1
    assert [each[:3] for each in before] == [each[:3] for each in after]
    for was, now in zip(before, after, strict=True):
        if len(was) == 4 and was[-1] is not None:
            assert was[-1] == now[-1]


def test_on_the_page_it_goes_out_in_the_layout_it_came_in(
    world: World, sign_in: Callable[[User], FlaskClient]
) -> None:
    review = world.review("SCR-2009-01")
    taken(world, review)
    client = sign_in(world.manager)
    page = client.get("/reviews/SCR-2009-01/plan/new").text
    assert "/reviews/SCR-2009-01/plan.docx?layout=1" in page
    first, later = (
        read_word(io.BytesIO(client.get(f"/reviews/SCR-2009-01/plan.docx{query}").data))
        for query in ("", "?layout=1")
    )
    heads = [
        [cell.text for cell in row.cells.values()]
        for source in (first, later)
        for table in source.tables
        for row in table.rows
        if "Recommendation" in [cell.text for cell in row.cells.values()]
    ]
    assert heads[0][:3] == ["No", "Heading", "Recommendation"] or heads[0][:2] == ["No", "Recommendation"]
    # What it has no column for, as the words of an acceptance, follows.
    assert heads[1][: len(HEAD) - 1] == HEAD[:-1]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Not started"),
        ({"progress": "in_progress"}, "In progress"),
        ({"progress": "done", "assurance": "submitted"}, "Done"),
        ({"progress": "done", "assurance": "accepted"}, "Accepted"),
        ({"progress": "done", "assurance": "returned"}, "In progress"),
        ({"progress": "cannot_be_done"}, "Cannot be done"),
        ({"standing": "withdrawn"}, "Withdrawn"),
        ({"standing": "superseded", "assurance": "accepted"}, "Superseded"),
    ],
)
def test_each_status_that_goes_out_is_read_as_itself(changes: dict[str, str], words: str) -> None:
    line = replace(PlanLine("1", "", "Ask.", "Ask.", ("Kent Police",), progress="not_started"), **changes)
    assert status_of_line(line) == words and usual_reading(words.casefold()) is not None


def test_the_manager_alone_takes_it_out_and_the_trail_is_told(world: World) -> None:
    review = world.action(date(2012, 5, 1)).review
    with pytest.raises(Refused):
        plan_sheet(world.chair.viewer, review)
    plan_sheet(world.manager.viewer, review)
    assert AuditEvent.select().where(AuditEvent.event == "review.plan-exported").count() == 1
