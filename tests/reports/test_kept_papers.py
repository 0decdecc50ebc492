"""A paper is kept as it was made, with its words, and fetched again by those who may see it today."""

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from kscb_actions.access.policy import SYSTEM
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import change
from kscb_actions.people.models import User
from kscb_actions.reports.content import Report, rows_read
from kscb_actions.reports.kept.edits import Edits, asks_of, drafted, problems_with, tidied, with_edits
from kscb_actions.reports.kept.models import KeptPaper
from kscb_actions.reports.kept.queries import get_paper, list_papers
from kscb_actions.reports.kept.serialisation import (
    VERSION,
    UnknownVersion,
    read_content,
    write_content,
)
from kscb_actions.reports.papers import PAPERS
from kscb_actions.reports.progress.scope import ReportRequest
from kscb_actions.reviews.models import NamedPerson, Review
from kscb_actions.settings.rules import Board

from ..factories import TODAY, World
from .faces import told
from .stories import busy, keep, needed, report

SignIn = Callable[[User | None], FlaskClient]


def restrict(review: Review, *named: User) -> None:
    """Let nobody but these see a review."""
    review.is_restricted = True
    with change(SYSTEM) as tx:
        tx.update(review, "review.changed")
        for user in named:
            tx.add(NamedPerson(review=review, user=user), "review.person-named")


@pytest.mark.parametrize("kind", sorted(PAPERS))
def test_what_is_kept_is_read_again_whole(world: World, kind: str) -> None:
    busy(world)
    made = rows_read(PAPERS[kind].make(world.manager.viewer, Board(), ReportRequest(**needed(kind)), TODAY))
    again = read_content(write_content(made), VERSION)
    assert told(again) == told(made)
    assert replace(again, sections=()) == replace(made, sections=())
    assert [replace(each, blocks=()) for each in again.sections] == [
        replace(each, blocks=()) for each in made.sections
    ]


def test_every_block_is_read_again_whole(world: World) -> None:
    busy(world)
    made = rows_read(report(world.manager))
    kinds = {type(block).__name__ for section in made.sections for block in section.blocks}
    assert kinds >= {"Table", "Chart", "Paragraph", "Bullets", "Numbered"}
    again = read_content(write_content(made), VERSION)
    assert told(again) == told(made)
    assert write_content(again) == write_content(made)
    with pytest.raises(UnknownVersion, match="form 9"):
        read_content(b"", 9)


def test_it_is_fetched_again_as_it_was_whatever_happened_since(
    world: World, sign_in: SignIn, csrf_token: str
) -> None:
    busy(world)
    client = sign_in(world.manager)
    first = client.post("/reports/progress.docx", data={"csrf_token": csrf_token})
    paper = KeptPaper.get()
    world.action(TODAY)
    address = f"/reports/papers/{paper.reference}"
    again = client.post(f"{address}.docx", data={"csrf_token": csrf_token})
    assert again.data == first.data
    with zipfile.ZipFile(io.BytesIO(first.data)) as package:
        assert paper.reference in package.read("word/document.xml").decode()
    assert again.headers["Content-Disposition"] == first.headers["Content-Disposition"]
    assert f"by Board manager, {paper.reference}" in client.get(address).text
    assert AuditEvent.select().where(AuditEvent.event == "paper.fetched").count() == 1
    page = client.get("/reports/papers").text
    assert paper.reference in page and world.manager.name in page and "Serious Case Review Subgroup" in page


def test_permissions_are_those_of_today(world: World) -> None:
    review = world.action(TODAY).recommendation.review
    whole, own = keep(world.manager), keep(world.manager, "agency", agency="KPOL")
    theirs = keep(world.manager, "agency", agency="NHSK")

    def seen(person: User) -> set[str]:
        listed = {each.reference for each in list_papers(person.viewer).rows}
        every = (whole, own, theirs)
        assert listed == {each.reference for each in every if get_paper(person.viewer, each.reference)}
        return listed

    every = {whole.reference, own.reference, theirs.reference}
    assert seen(world.reader) == seen(world.manager) == every
    assert seen(world.police_lead) == {own.reference}
    assert seen(world.cdop_member) == set()
    restrict(Review.get_by_id(review.id), world.manager)
    assert seen(world.manager) == every
    assert seen(world.reader) == seen(world.police_lead) == set()


def test_another_agencys_is_not_there(world: World, sign_in: SignIn) -> None:
    world.action(TODAY)
    own = keep(world.manager, "agency", agency="KPOL").reference
    assert sign_in(world.police_lead).get(f"/reports/papers/{own}").status_code == 200
    assert sign_in(world.health_lead).get(f"/reports/papers/{own}").status_code == 404
    assert sign_in(world.health_lead).get("/reports/agency?agency=KPOL").text.count("Kent Police") == 0


def posted(page: str, **typed: Any) -> dict[str, Any]:
    """Return what the form of a paper's words posts."""
    hidden = dict(re.findall(r'name="(seen|once|csrf_token)"[^>]*value="([^"]*)"', page))
    return {**hidden, **typed}


def test_words_are_kept_with_the_paper_in_the_order_given(
    world: World, sign_in: SignIn, csrf_token: str
) -> None:
    busy(world)
    client = sign_in(world.manager)
    page = client.get("/reports/progress/words").text
    fields = posted(page, csrf_token=csrf_token, by="The chair", to="Members", ask=["NOTE", " ", "CHECK"])
    answer = client.post("/reports/progress/words", data={**fields, "place": ["2", "3", "1"]})
    assert answer.status_code == 302
    paper = KeptPaper.get()
    made = read_content(paper.content, paper.version)
    assert asks_of(made) == ("CHECK", "NOTE")
    assert dict(made.header)["By"] == "The chair" and paper.addressee == "Members"
    assert paper.edited == "By, To, what is asked"


def test_its_item_on_the_agenda_stands_on_every_page(world: World, sign_in: SignIn, csrf_token: str) -> None:
    busy(world)
    client = sign_in(world.manager)
    fields = posted(client.get("/reports/progress/words").text, csrf_token=csrf_token, by="The chair", to="M")
    wrong = client.post("/reports/progress/words", data={**fields, "item": "x" * 13, "ask": ["NOTE"]})
    assert "as the agenda has it, of at most 12 characters" in wrong.text
    answer = client.post("/reports/progress/words", data={**fields, "item": " 4  (b) ", "ask": ["NOTE"]})
    assert answer.status_code == 302
    paper = KeptPaper.get()
    assert "item number" in paper.edited
    assert '<dd class="govuk-summary-list__value">4 (b)</dd>' in client.get(answer.location).text
    file = client.post(f"{answer.location}.docx", data={"csrf_token": csrf_token})
    with zipfile.ZipFile(io.BytesIO(file.data)) as package:
        headers = [package.read(each).decode() for each in package.namelist() if "word/header" in each]
        assert headers and all(" · Item 4 (b)" in each for each in headers)
    without = rows_read(report(world.manager))
    assert read_content(write_content(without), VERSION).item == ""


def test_nothing_typed_is_lost_when_something_is_wrong_or_the_record_has_changed(
    world: World, sign_in: SignIn, csrf_token: str
) -> None:
    busy(world)
    client = sign_in(world.manager)
    page = client.get("/reports/progress/words").text
    fields = posted(page, csrf_token=csrf_token, by="", to="Members", ask=["Ours first"], place=["1"])
    wrong = client.post("/reports/progress/words", data=fields)
    assert "Enter from 1 to 200 characters." in wrong.text and "Ours first" in wrong.text
    world.submission(world.action(TODAY))
    late = client.post("/reports/progress/words", data={**fields, "by": "The chair", "once": "another"})
    assert late.status_code == 409
    assert "The record has changed since" in late.text
    for kept in ("Ours first", "The chair", "Members", "CHECK 2 reported done"):
        assert kept in late.text
    assert not KeptPaper.select().exists()


def test_words_of_which_nobody_says_what_they_had_before_them_are_not_kept(
    world: World, sign_in: SignIn, csrf_token: str
) -> None:
    busy(world)
    fields = {"csrf_token": csrf_token, "by": "The chair", "to": "Members"}
    answer = sign_in(world.manager).post("/reports/progress/words", data=fields)
    assert answer.status_code == 409 and "The record has changed since" in answer.text
    assert not KeptPaper.select().exists()


def test_a_paper_with_restricted_reviews_goes_to_nobody_else(
    world: World, sign_in: SignIn, csrf_token: str
) -> None:
    review = world.action(TODAY).recommendation.review
    restrict(review, world.manager)
    client = sign_in(world.manager)
    page = client.get("/reports/progress/words?restricted=y").text
    assert 'name="to"' not in page
    fields = posted(page, csrf_token=csrf_token, by="The chair", to="Everybody", restricted="y")
    assert client.post("/reports/progress/words", data=fields).status_code == 302
    assert KeptPaper.get().addressee.startswith("Only people named on every restricted review in it")


def test_a_paper_for_the_public_is_one_in_its_words_on_its_page_and_in_the_trail(
    world: World, sign_in: SignIn, csrf_token: str
) -> None:
    busy(world)
    client = sign_in(world.manager)
    assert "about a line of this paper" in client.get("/reports/progress").text
    assert "about a line of this paper" not in client.get("/reports/public").text
    page = client.get("/reports/public/words").text
    assert 'name="to"' not in page
    fields = posted(page, csrf_token=csrf_token, by="The chair", to="The Subgroup")
    assert client.post("/reports/public/words", data=fields).status_code == 302
    assert KeptPaper.get().addressee.startswith("The public")
    told = AuditEvent.select().where(AuditEvent.event == "report.exported").get()
    assert '"publication":true' in told.detail


def test_a_briefing_that_nobody_signs_has_no_words_and_says_whom_it_is_for(
    world: World, sign_in: SignIn
) -> None:
    busy(world)
    client = sign_in(world.manager)
    assert "/words" in client.get("/reports/plan?review=IR-2011-01").text
    assert "/words" not in client.get("/reports/learning?review=IR-2011-01").text
    assert client.get("/reports/learning/words?review=IR-2011-01").status_code == 404
    for kind, paper in PAPERS.items():
        made = paper.make(world.manager.viewer, Board(), ReportRequest(**needed(kind)), TODAY)
        assert ({"By", "To"} <= dict(made.header).keys()) == paper.is_signed, kind
    assert keep(world.manager, "learning", review="IR-2011-01").addressee.startswith("Everybody who works")


def bare(asks: tuple[str, ...] = ()) -> Report:
    return Report("T", "M", "O", (("By", "A"), ("To", "B")), asks, TODAY, None, ())


def test_words_that_cannot_be_kept_are_said() -> None:
    assert problems_with(Edits("A", "B", ("C",))) == {}
    assert set(problems_with(Edits("", "x" * 201, ("y" * 601,)))) == {"by", "to", "asks"}
    assert "asks" in problems_with(Edits("A", "B", ("C",) * 21))
    assert tidied(Edits(" A\n", "B", (" ", "C "))) == Edits("A", "B", ("C",))


def test_asks_can_be_added_where_there_were_none_and_all_be_dropped(world: World) -> None:
    assert with_edits(bare(), Edits("X", "B", ("NOTE",))).asked == ("NOTE",)
    assert with_edits(bare(("NOTE",)), Edits("X", "B", ())).asked == ()
    busy(world)
    made = report(world.manager, appendices=())
    without = with_edits(made, replace(drafted(made), asks=()))
    assert asks_of(without) == ()
    assert "Decisions asked" not in [each.heading for each in without.sections]
