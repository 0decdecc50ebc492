"""For whom a paper is decides to whom it goes, what it asks, what it is called, and what is in it at all."""

from typing import Any

import pytest

from kscb_actions.access.policy import Refused
from kscb_actions.people.models import User
from kscb_actions.reports.content import Report, Table
from kscb_actions.reports.papers import PAPERS
from kscb_actions.reports.progress.scope import EXEMPT, ReportRequest
from kscb_actions.settings.rules import Board
from kscb_actions.text import InvalidInput

from ..factories import TODAY, World
from .faces import decisions_of, rows_of, told
from .stories import busy, needed

BOARD = Board(name="The Board", telephone="01234 567890", reply_to="board@board.example")


def made(person: User, kind: str, **choice: Any) -> Report:
    return PAPERS[kind].make(person.viewer, BOARD, ReportRequest(**{**needed(kind), **choice}), TODAY)


def test_each_kind_has_a_title_a_file_name_and_readers_of_its_own(world: World) -> None:
    busy(world)
    papers = {kind: made(world.manager, kind) for kind in PAPERS}
    assert len({each.title for each in papers.values()}) == len(PAPERS)
    assert len({each.file_name for each in papers.values()}) == len(PAPERS)
    # A briefing says for whom it is, as it is handed on and not sent to a meeting.
    to = {kind: {"To": "", **dict(each.header)}["To"] for kind, each in papers.items()}
    assert {kind for kind, addressee in to.items() if not addressee} == {"learning"}
    assert dict(papers["learning"].header)["For"] == "Everybody who works with children and families"
    assert to["progress"].startswith("Serious Case Review Subgroup")
    assert to["board"].startswith("The Board, and its scrutiny committee")
    assert to["agency"] == "Kent Police"
    assert to["public"].startswith("The public")


def test_every_kind_counts_alike(world: World) -> None:
    busy(world)
    [summary] = [
        block.text  # type: ignore[union-attr]
        for section in made(world.manager, "progress").sections
        for block in section.blocks
        if section.heading == "Summary"
    ]
    for kind in ("board", "exceptions"):
        assert summary in repr(told(made(world.manager, kind))), kind
    public, narrowed = (
        repr(told(made(world.manager, *each[:1], **each[1])))
        for each in (("public", {}), ("progress", {"publication": True}))
    )
    assert public == narrowed


def test_an_agency_has_its_own_alone_and_no_title_of_a_review(world: World) -> None:
    review = world.review("SCR-2011-09", title="Canary title", pseudonym="Child K")
    recommendation = world.recommendation(review)
    ours = world.action(TODAY, recommendation=recommendation, text="Ours.")
    world.action(TODAY, world.health, recommendation=recommendation, text="Canary action.")
    every = ("exceptions", "actions", "closed", "evidence", "answers", "ratings")
    for person in (world.manager, world.police_lead):
        paper = made(person, "agency", appendices=every)
        text = repr(told(paper))
        assert "Ours." in text and "Child K" in text and "Canary" not in text
        assert {row[0] for row in rows_of(paper, "Open actions") if len(row) > 1} == {ours.reference}
    with pytest.raises(InvalidInput):
        made(world.police_lead, "agency", appendices=("stages",))


@pytest.mark.parametrize("kind", sorted(set(PAPERS) - {"agency"}))
def test_a_lead_has_no_other_paper(world: World, kind: str) -> None:
    busy(world)
    with pytest.raises(Refused):
        made(world.police_lead, kind)


def test_a_lead_has_no_paper_of_another_agency(world: World) -> None:
    busy(world)
    with pytest.raises(Refused, match="another agency"):
        made(world.health_lead, "agency")
    with pytest.raises(InvalidInput, match="Choose the agency"):
        made(world.manager, "agency", agency="")


def test_an_agency_is_asked_for_what_it_owes_and_not_for_what_the_board_does(world: World) -> None:
    busy(world)
    asked = decisions_of(made(world.manager, "agency"))
    assert [text.split()[0] for text in asked] == ["FINISH,", "REPORT", "NAME", "ANSWER"]
    assert not any(word in repr(asked) for word in ("CHECK", "DECIDE", "REPLACE", "CHALLENGE"))


def test_an_action_given_today_is_not_said_to_be_without_a_word(world: World) -> None:
    action = world.action(None)
    [asked] = [each for each in decisions_of(made(world.manager, "agency")) if each.startswith("NAME")]
    assert asked == f"NAME a date for 1 action without one: {action.reference}."


def test_a_committee_has_its_form(world: World) -> None:
    busy(world)
    paper = made(world.manager, "board")
    labels = [label for label, _ in paper.header]
    assert labels == ["By", "To", "Subject", "Classification", "Made", "Coverage", "Summary"]
    assert dict(paper.header)["Subject"] == paper.title.upper()
    assert paper.asked_intro == "The Board is asked to:" and paper.asked[0].startswith("NOTE ")
    texts = {each.heading: each.blocks for each in paper.sections}
    assert texts["Introduction"][0].text.startswith("(1) ")  # type: ignore[union-attr]
    assert texts["Contact"][0].text == "Board manager, The Board, 01234 567890, board@board.example"  # type: ignore[union-attr]
    assert "Background documents" in texts
    assert paper.marking == EXEMPT
    assert made(world.manager, "board", publication=True).marking == "UNRESTRICTED"


def test_a_plan_has_every_recommendation_those_without_an_action_too(world: World) -> None:
    busy(world)
    review = world.action(TODAY).recommendation.review
    world.recommendation(review, text="Nobody has begun.")
    paper = made(world.manager, "plan", review=review.reference)
    rows = rows_of(paper, "Action plan")
    assert [row[2].split("\n")[0] for row in rows] == [f"{review.reference}/A1", "No action recorded"]
    assert rows[1][1] == "Nobody has begun."
    assert paper.sections[-1].landscape
    with pytest.raises(InvalidInput, match="Choose the review"):
        made(world.manager, "plan", review="")


def test_the_exceptions_of_any_board_are_a_few_rows(world: World) -> None:
    recommendation = world.recommendation(world.review("SCR-2011-09"))
    for _ in range(30):
        world.action(TODAY, recommendation=recommendation)
    [table] = [
        block
        for section in made(world.manager, "exceptions").sections
        for block in section.blocks
        if isinstance(block, Table)
    ]
    assert len(list(table.rows)) == 8


@pytest.mark.parametrize("kind", ["public", "board"])
def test_what_is_public_names_nobody_and_quotes_nobody(world: World, kind: str) -> None:
    busy(world)
    text = repr(told(made(world.manager, kind, publication=True)))
    for hidden in (world.police_lead.name, "volunteers trained", "There is no money", "Trainer ill"):
        assert hidden not in text
