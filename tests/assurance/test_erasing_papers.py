"""A file that a review keeps is erased as evidence is: by two people, and a tombstone stays."""

from collections.abc import Callable
from pathlib import Path

import peewee
import pytest

from kscb_actions import database
from kscb_actions.access.policy import Refused
from kscb_actions.assurance.erasable import may_erase, path_of
from kscb_actions.assurance.erasing import ask_to_erase, decide_erasure, finish_erasures, refuse_erased
from kscb_actions.assurance.models import Erasure
from kscb_actions.assurance.queries import get_erasure, kept_names, list_waiting_erasures, same_content
from kscb_actions.audit.models import AuditEvent
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.people.models import User
from kscb_actions.reviews.papers.models import ReviewPaper
from kscb_actions.reviews.papers.service import PaperErased, name_reader, open_paper
from kscb_actions.reviews.queries import told_events
from kscb_actions.text import InvalidInput

from ..factories import PDF, World
from ..foundation.steps import insert, schema_before, take_step
from ..impact.making import came_back, said_with_files
from ..pages import Visitor
from ..reviews.papers.making import ADDRESS, review_paper

Visit = Callable[[User], Visitor]
HOME = "https://board.example"
STEP = "0117_erase_papers_of_reviews"


def mailed() -> set[User]:
    return {each.to_user for each in OutboxMessage.select() if "erased" in each.subject}


def test_a_paper_is_erased_by_two_who_read_it_and_a_tombstone_stays(world: World) -> None:
    paper = review_paper(world, world.action().review, by=world.police_lead)
    able = {each for each in User.select() if may_erase(each.viewer, paper)}
    assert able == {world.police_lead, world.manager}
    [asked] = ask_to_erase(world.police_lead.viewer, [paper], "Another child.", HOME)
    assert mailed() == {world.manager}
    letter = OutboxMessage.select().order_by(OutboxMessage.id.desc()).get()
    assert f"{HOME}{path_of(paper)}" in letter.body and "chronology" not in letter.body
    assert [list_waiting_erasures(each.viewer) for each in (world.manager, world.chair)] == [[asked], []]
    with pytest.raises(Refused, match="yourself"):
        decide_erasure(world.police_lead.viewer, world.store, [asked], True, "", HOME)
    with pytest.raises(Refused):
        decide_erasure(world.chair.viewer, world.store, [asked], True, "", HOME)
    assert decide_erasure(world.manager.viewer, world.store, [asked], True, "", HOME)
    now = ReviewPaper.get_by_id(paper.id)
    assert (now.shown_name, now.description, now.media_type) == ("", "", "")
    assert now.called == "Erased file (its name had 14 characters)"
    assert (now.sha256, now.size) == (paper.sha256, paper.size)
    assert not world.store.holds(paper.stored_name) and paper.stored_name not in kept_names()
    with pytest.raises(PaperErased):
        open_paper(world.manager.viewer, now, world.store)
    with pytest.raises(InvalidInput, match="two people have erased"):
        refuse_erased([("again.pdf", paper.sha256)])
    assert "chronology.pdf" not in "".join(event.state or "" for event in AuditEvent.select())


def test_who_may_not_read_a_paper_is_told_nothing_of_its_erasing(world: World) -> None:
    paper = review_paper(world, world.action().review)
    ask_to_erase(world.manager.viewer, [paper], "Another child.", HOME)
    asking = AuditEvent.select().where(AuditEvent.event == "evidence.erasure-asked")
    for person in User.select():
        is_told = asking.where(told_events(person.viewer)).exists()
        assert is_told == (person == world.manager), person.name
    # The manager names somebody of another role, who can then agree.
    name_reader(world.manager.viewer, paper, world.second_chair.id, ADDRESS)
    [waiting] = list_waiting_erasures(world.second_chair.viewer)
    assert decide_erasure(world.second_chair.viewer, world.store, [waiting], True, "", HOME)


def test_a_file_that_shows_a_difference_is_erased_the_same_way(world: World, visit: Visit) -> None:
    recommendation = came_back(world)
    said_with_files(world, recommendation, "sample.txt")
    paper = ReviewPaper.get()
    assert may_erase(world.police_lead.viewer, paper) and may_erase(world.chair.viewer, paper)
    assert not may_erase(world.health_lead.viewer, paper) and not may_erase(world.reader.viewer, paper)
    lead, chair = visit(world.police_lead), visit(world.chair)
    at = f"/reviews/{recommendation.review.reference}/recommendations/{recommendation.number}/impact"
    assert path_of(paper) in lead.get(at).links()
    erase = path_of(paper).removesuffix("erasure") + "erase"
    assert lead.send(erase, reason="").errors == {
        "reason": "Say why the file has to be erased, without any name."
    }
    assert lead.send(erase, reason="Another child.").leads_to
    assert chair.send(path_of(paper), decision="agree", reason="").leads_to
    assert "This file was erased" in chair.get(path_of(paper)).text
    page = lead.get(at)
    assert "Erased file (its name had 10 characters)" in page.text and "sample.txt" not in page.text


def test_the_same_bytes_are_found_across_papers_and_evidence(world: World) -> None:
    action = world.action()
    paper = review_paper(world, action.review)
    file = world.evidence(action, ("policy.pdf", PDF)).files.get()
    assert same_content(world.manager.viewer, paper) == [file]
    assert same_content(world.manager.viewer, file) == [paper]
    assert same_content(world.chair.viewer, file) == []
    asked = ask_to_erase(world.manager.viewer, [file], "Another child.", HOME)
    decide_erasure(world.second_chair.viewer, world.store, asked, True, "", HOME)
    told = OutboxMessage.select().where(OutboxMessage.subject.contains("The same as an erased file"))
    assert {each.to_user for each in told} == {world.manager}
    assert f"in the papers of {action.review.reference}" in told.get().body


def test_what_a_crash_has_left_of_an_erased_paper_goes_later(world: World, visit: Visit) -> None:
    paper = review_paper(world, world.action().review, by=world.police_lead)
    page = visit(world.manager).get(f"/reviews/{paper.review.reference}/papers")
    assert path_of(paper) in page.links()
    asked = ask_to_erase(world.manager.viewer, [paper], "Another child.", HOME)
    with world.store.open(paper.stored_name) as opened:
        path, kept = Path(opened.name), opened.read()
    decide_erasure(world.police_lead.viewer, world.store, asked, True, "", HOME)
    path.write_bytes(kept)
    assert finish_erasures(world.store) == 1 and not path.exists()
    page = visit(world.manager).get(f"/reviews/{paper.review.reference}/papers")
    assert "Erased file" in page.text and "Who erased it, and why" in page.text
    assert visit(world.manager).get(f"/reviews/{paper.review.reference}/papers/{paper.id}/file").status == 410
    assert get_erasure(paper) == Erasure.get()


def test_what_was_asked_before_is_kept_by_the_step(tmp_path: Path) -> None:
    at = "2026-11-29 08:00:00"
    row = {"id": 3, "version": 2, "review_id": 1, "action_id": 1, "file_id": 1, "reason": "“Why”"}
    row |= {"asked_by_id": 1, "asked_at": at, "asked_as": "manager", "outcome": "refused"}
    row |= {"decided_by_id": 1, "decided_at": at, "decision_reason": "No."}
    with schema_before(STEP, tmp_path) as steps:
        # What the row refers to is not the step's matter.
        is_sqlite = isinstance(database.db.obj, peewee.SqliteDatabase)
        database.db.execute_sql(
            "PRAGMA foreign_keys = OFF" if is_sqlite else "SET session_replication_role = replica"
        )
        insert("erasure", **row)
        take_step(steps, STEP)
        columns = ", ".join(row)
        found = database.db.execute_sql(f"SELECT {columns}, paper_id FROM erasure").fetchall()
        assert [tuple(map(str, each)) for each in found] == [(*map(str, row.values()), "None")]
        if not is_sqlite:
            database.db.execute_sql("SET session_replication_role = DEFAULT")
