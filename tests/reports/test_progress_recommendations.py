"""The paper holds the recommendations in full, as they stood on its day."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from kscb_actions import clock
from kscb_actions.actions.service import (
    bring_back_recommendation,
    end_recommendation,
    set_standing,
    withdraw_recommendation,
)
from kscb_actions.people.models import User
from kscb_actions.reports.content import Report
from kscb_actions.reviews.models import Recommendation
from kscb_actions.reviews.recommendations import answer_recommendation, edit_recommendation
from kscb_actions.reviews.rules import RecommendationFacts

from ..factories import TODAY, World
from ..pages import Visitor
from .faces import page_face, rows_if_any, rows_of, told, word_face
from .stories import EVERY, QUERY, actions_in, busy, report


def recommendations(world: World, **choice: Any) -> list[list[str]]:
    """Return the rows of the recommendations in a paper for a reader, without their states."""
    return [row[:4] for row in rows_of(report(world.reader, **choice), "Recommendations in full")]


def test_a_past_paper_holds_the_words_of_its_day(world: World) -> None:
    with clock.at(date(2011, 3, 1)):
        first = world.recommendation(text="The first words.", intended_outcome="")
    with clock.at(date(2011, 9, 1)):
        facts = RecommendationFacts("The second words.", "Risk is seen sooner.")
        edit_recommendation(world.as_viewer(world.manager), first, facts, first.version)
        world.recommendation(first.review, text="One more.")
    reference = first.review.reference
    assert recommendations(world, as_at=date(2011, 8, 31)) == [[reference, "1", "The first words.", "–"]]
    assert recommendations(world) == [
        [reference, "1", "The second words.", "Risk is seen sooner."],
        [reference, "2", "One more.", "Risk is seen."],
    ]


def test_a_paper_of_one_agency_holds_what_it_has_an_action_for(world: World) -> None:
    ours, theirs = world.recommendation(text="For the police."), world.recommendation(text="For health.")
    world.action(recommendation=ours)
    world.action(recommendation=theirs, agency=world.health)
    texts = [row[2] for row in recommendations(world, agency="KPOL")]
    assert texts == ["For the police."]


def story(world: World) -> Recommendation:
    """Return a recommendation whose answer is awaited, withdrawn in September 2011, back in February 2012."""
    manager = world.as_viewer(world.manager)
    with clock.at(date(2011, 3, 1)):
        review = world.review("IR-2011-05", classification="OFFICIAL", kind="independent")
        world.release(review)
        first = world.recommendation(review, text="The words.", intended_outcome="")
        set_standing(manager, world.action(recommendation=first), "superseded", "The inspection.")
        answer_recommendation(manager, first, world.health, "partly", "No budget.")
    with clock.at(date(2011, 9, 1)):
        withdraw_recommendation(manager, first, "An inspection\nasks for more.", first.version)
    with clock.at(date(2012, 2, 1)):
        kept = Recommendation.get_by_id(first.id)
        return bring_back_recommendation(manager, kept, "It is needed.", kept.version)


WITHDRAWN = "Withdrawn on 1 September 2011: An inspection\nasks for more.\nThe words."


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(2011, 8, 31), "The words."),
        (date(2011, 9, 1), WITHDRAWN),
        (date(2012, 1, 31), WITHDRAWN),
        (date(2012, 2, 1), "The words."),
        (TODAY, "The words."),
    ],
)
def test_a_paper_says_what_was_withdrawn_on_its_day(world: World, day: date, text: str) -> None:
    story(world)
    assert recommendations(world, as_at=day) == [["IR-2011-05", "1", text, "–"]]


def test_a_paper_of_today_says_what_is_withdrawn_and_so_does_the_trail(world: World) -> None:
    first = world.recommendation(text="The words.")
    withdraw_recommendation(world.as_viewer(world.manager), first, "Overtaken.", 1)
    for from_trail in (False, True):
        made = report(world.reader, from_trail=from_trail)
        [row] = rows_of(made, "Recommendations in full")
        assert row[2] == "Withdrawn on 30 March 2012: Overtaken.\nThe words."


def test_a_paper_for_publication_says_the_day_and_leaves_the_reason_out(world: World) -> None:
    story(world)
    [row] = recommendations(world, as_at=date(2011, 12, 1), publication=True)
    assert row[2] == "Withdrawn on 1 September 2011\nThe words."


@pytest.mark.parametrize(
    ("day", "police"), [(date(2011, 8, 31), "1"), (date(2011, 9, 1), None), (date(2012, 2, 1), "1")]
)
@pytest.mark.parametrize("agency", ["", "KPOL", "NHSK"])
def test_nobody_is_said_to_owe_an_answer_to_what_was_withdrawn(
    world: World, day: date, police: str | None, agency: str
) -> None:
    story(world)
    made = report(world.reader, as_at=day, agency=agency)
    counts = {row[0]: row[1:] for row in rows_if_any(made, "Answers to recommendations, by agency")}
    listed = {row[2]: row[3] for row in rows_if_any(made, "Answers awaited")}
    wanted, answers = {}, {}
    if police and agency != "NHSK":
        wanted["Kent Police"], answers["Kent Police"] = ["0", "0", "0", police], "Awaited"
    if agency != "KPOL":
        wanted["NHS Kent and Medway"] = ["0", "1", "0", "0"]
        answers["NHS Kent and Medway"] = "Partly accepted"
    assert (counts, listed) == (wanted, answers)


def test_a_withdrawn_one_awaits_no_answer_today_either(world: World) -> None:
    manager, first = world.as_viewer(world.manager), world.recommendation()
    other = world.recommendation(first.review)
    for each in (first, other):
        answer_recommendation(manager, each, world.police, "awaited")
    withdraw_recommendation(manager, first, "Overtaken.", 1)
    for from_trail in (False, True):
        made = report(world.reader, from_trail=from_trail)
        assert rows_of(made, "Answers to recommendations, by agency") == [["Kent Police", "0", "0", "0", "1"]]
        assert [row[1] for row in rows_of(made, "Answers awaited")] == ["2"]


@pytest.mark.parametrize("asked", [{}, {"as_at": ["1", "12", "2011"]}, {"publication": "y"}])
def test_page_and_word_file_say_the_same_of_withdrawn_ones(
    world: World, visit: Callable[[User], Visitor], asked: dict[str, Any]
) -> None:
    story(world)
    busy(world)
    kept = world.recommendation(Recommendation.get().review, text="More < and 🐍.")
    withdraw_recommendation(world.as_viewer(world.manager), kept, "Over <b>\ntaken & done.", 1)
    reader = visit(world.reader)
    page = reader.client.get("/reports/progress", query_string={**EVERY, **asked})
    file = reader.client.post("/reports/progress.docx", data={"csrf_token": reader.token, **EVERY, **asked})
    assert (page.status_code, file.status_code) == (200, 200)
    on_page, in_word = page_face(page.text), word_face(file.data)
    assert on_page == in_word
    assert "Withdrawn on" in repr(in_word)


def numbered_plan(world: World) -> list[Recommendation]:
    """Return five recommendations of one review, out of their order, under two headings and with each end."""
    manager = world.as_viewer(world.manager)
    facts = [
        ("4.3.10", "Phase two", False),
        ("4.3.2", "Phase two", True),
        ("1", "", False),
        ("2 (ii)", "Phase one", False),
        ("2 (i)", "Phase one", False),
    ]
    with clock.at(date(2011, 3, 1)):
        review = world.review("IR-2011-05", classification="OFFICIAL", kind="independent")
        rows = [
            world.recommendation(
                review, text=f"Words {number}.", published_number=number, heading=heading, is_key=key
            )
            for number, heading, key in facts
        ]
    with clock.at(date(2011, 9, 1)):
        world.action(recommendation=rows[1])
        end_recommendation(manager, rows[2], "noted", "", 1)
        end_recommendation(manager, rows[3], "not_for_us", "For the courts.", 1)
        end_recommendation(manager, rows[4], "withdrawn", "Overtaken.", 1)
    return rows


def headings_and_rows(made: Report) -> list[Any]:
    """Return what the table of recommendations holds, a heading as its text and a row as (number, words)."""
    rows = rows_of(made, "Recommendations in full")
    return [(row[1], row[2]) if len(row) > 1 else row[0] for row in rows]


def test_numbers_headings_key_mark_and_ends_stand_in_the_paper(world: World) -> None:
    numbered_plan(world)
    world.recommendation(world.review("SCR-2011-09"), text="Alone.")
    expected = [
        ("1 (R3)", "Noted on 1 September 2011\nWords 1."),
        "Phase one",
        ("2 (i) (R5)", "Withdrawn on 1 September 2011: Overtaken.\nWords 2 (i)."),
        ("2 (ii) (R4)", "Not for us on 1 September 2011: For the courts.\nWords 2 (ii)."),
        "Phase two",
        ("4.3.2 (R2)", "Key recommendation\nWords 4.3.2."),
        ("4.3.10 (R1)", "Words 4.3.10."),
    ]
    for from_trail in (False, True):
        made = report(world.reader, review="IR-2011-05", from_trail=from_trail)
        assert headings_and_rows(made) == expected
        words = repr(told(made))
        assert "5 recommendations, of them 1 withdrawn, 1 noted, 1 not for us; 1 key recommendation." in words
        assert [row[1] for row in actions_in(made)] == ["4.3.2 (R2)"]
    several = headings_and_rows(report(world.reader))
    groups = [each for each in several if isinstance(each, str)]
    assert groups == ["IR-2011-05", "IR-2011-05: Phase one", "IR-2011-05: Phase two", "SCR-2011-09"]


def test_a_past_paper_has_the_numbers_marks_and_ends_of_its_day(world: World) -> None:
    rows = numbered_plan(world)
    kept = Recommendation.get_by_id(rows[1].id)
    with clock.at(date(2012, 1, 1)):
        facts = RecommendationFacts("Words 4.3.2.", published_number="9", heading="")
        edit_recommendation(world.as_viewer(world.manager), kept, facts, kept.version)
    before = headings_and_rows(report(world.reader, review="IR-2011-05", as_at=date(2011, 8, 31)))
    assert before[0] == ("1 (R3)", "Words 1.")
    assert before[4:] == [
        "Phase two",
        ("4.3.2 (R2)", "Key recommendation\nWords 4.3.2."),
        ("4.3.10 (R1)", "Words 4.3.10."),
    ]
    after = headings_and_rows(report(world.reader, review="IR-2011-05"))
    assert after[1] == ("9 (R2)", "Words 4.3.2.")


def test_a_paper_of_one_agency_counts_what_it_lists_alone(world: World) -> None:
    numbered_plan(world)
    made = report(world.reader, agency="KPOL")
    assert headings_and_rows(made) == [
        "IR-2011-05: Phase two",
        ("4.3.2 (R2)", "Key recommendation\nWords 4.3.2."),
    ]
    assert "1 recommendation, of them 1 key recommendation." in repr(told(made))


NEW_COLUMNS = {"published_number", "heading", "is_key", "ending"}


def test_what_was_recorded_before_there_were_numbers_stands_in_a_past_paper(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = Recommendation.state_of_event

    def before(row: Recommendation) -> dict[str, Any]:
        return {name: value for name, value in now(row).items() if name not in NEW_COLUMNS}

    monkeypatch.setattr(Recommendation, "state_of_event", before)
    first = story(world)
    edit_recommendation(
        world.as_viewer(world.manager), first, RecommendationFacts("The words."), first.version
    )
    assert recommendations(world, as_at=date(2011, 8, 31)) == [["IR-2011-05", "1", "The words.", "–"]]
    assert recommendations(world, as_at=date(2011, 9, 1)) == [["IR-2011-05", "1", WITHDRAWN, "–"]]


def test_page_and_word_file_say_the_same_of_numbers_headings_and_ends(
    world: World, visit: Callable[[User], Visitor]
) -> None:
    numbered_plan(world)
    busy(world)
    reader = visit(world.reader)
    page = reader.client.get(f"/reports/progress?{QUERY}")
    file = reader.client.post("/reports/progress.docx", data={"csrf_token": reader.token, **EVERY})
    assert page_face(page.text) == word_face(file.data)
    for words in ("IR-2011-05: Phase two", "Noted on", "Not for us on", "4.3.10 (R1)", "Key recommendation"):
        assert words in repr(word_face(file.data))
