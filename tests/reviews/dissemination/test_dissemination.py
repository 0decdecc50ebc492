"""What was shared is one dated record, counted beside the review, and put right or taken off."""

from collections.abc import Callable
from datetime import date

import pytest

from kscb_actions.access.policy import Refused
from kscb_actions.people.models import User
from kscb_actions.reviews.dissemination.models import Dissemination
from kscb_actions.reviews.dissemination.queries import list_of_review
from kscb_actions.reviews.dissemination.rules import Shared, count_words, problems_with_sharing
from kscb_actions.reviews.dissemination.service import record_sharing, void_sharing

from ...factories import TODAY, World
from ...pages import Visitor
from ...reports.test_audiences import made
from .making import LEARNING, shared_with

Visit = Callable[[User], Visitor]


@pytest.mark.parametrize(
    ("records", "words"),
    [
        ((), ""),
        ((("briefing", None),), "1 time: briefing 1"),
        (
            (("training", 30), ("briefing", 15), ("briefing", None)),
            "3 times: briefing 2, training 1; 45 people reached, as far as counted",
        ),
    ],
)
def test_how_often_and_whom_it_reached_is_counted(records: tuple[tuple[str, int | None]], words: str) -> None:
    assert count_words(records) == words


def test_each_thing_missing_is_answered_at_its_field() -> None:
    assert problems_with_sharing(LEARNING, TODAY) == {}
    empty = problems_with_sharing(Shared(None, "", "", ""), TODAY)
    assert empty.keys() == {"shared_on", "how", "with_whom", "what"}
    wrong = Shared(date(2012, 4, 1), "letter", "x" * 201, "W", 0)
    assert problems_with_sharing(wrong, TODAY).keys() == {"shared_on", "how", "with_whom", "reached"}


def test_the_manager_records_it_puts_it_right_and_takes_it_off(world: World, visit: Visit) -> None:
    recommendation = world.recommendation()
    review, manager = recommendation.review, visit(world.manager)
    page = f"/reviews/{review.reference}"
    fields = {"how": "training", "with_whom": "Midwives", "what": "How to ask.", "recommendation": "1"}
    wrong = manager.send(f"{page}/shared/new", fields, shared_on="1 March 2012", reached="many")
    assert wrong.errors.keys() == {"reached"} and wrong.value("with_whom") == "Midwives"
    assert manager.send(f"{page}/shared/new", fields, shared_on="1 March 2012", reached="25").leads_to
    row = Dissemination.get()
    assert (row.recommendation_id, row.reached) == (recommendation.id, 25)
    assert "1 time: training 1; 25 people reached" in visit(world.reader).get(page).text
    assert "Recommendation 1: How to ask." in manager.get(page).text
    one = f"{page}/shared/{row.id}"
    assert manager.send(one, reached="26").leads_to
    assert "26 people reached" in manager.get(page).text
    assert manager.send(f"{one}/in-error", reason="").errors.keys() == {"reason"}
    assert manager.send(f"{one}/in-error", reason="A double.").leads_to
    assert manager.get(one).status == 404 and "Nothing is recorded" in manager.get(page).text


def test_it_is_for_whoever_sees_the_whole_review(world: World) -> None:
    review = world.action().review
    row = shared_with(world, review)
    assert list_of_review(world.reader.viewer, review) == [row]
    assert list_of_review(world.police_lead.viewer, review) == []
    for user in (world.chair, world.reader, world.police_lead):
        with pytest.raises(Refused):
            record_sharing(user.viewer, review, None, LEARNING)
        with pytest.raises(Refused):
            void_sharing(user.viewer, row, "No.", 1)


def test_the_years_section_counts_it_and_has_none_without(world: World) -> None:
    review = world.action().review
    hidden = world.review(is_restricted=True)
    heading = "What was shared of the learning"

    def told() -> list[str]:
        paper = made(world.chair, "annual")
        return [repr(each.blocks[0]) for each in paper.sections if each.heading == heading]

    assert told() == []
    shared_with(world, hidden)
    shared_with(world, review, shared_on=date(2011, 3, 31))
    assert told() == []
    shared_with(world, review)
    assert "1 time: briefing 1; 40 people reached" in told()[0]
