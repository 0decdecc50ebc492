"""A review's own papers: who adds them, who reads them, and what becomes of them over time."""

import io
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from kscb_actions.access.policy import Refused
from kscb_actions.assurance.erasing import refuse_erased
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import StaleEdit
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.people.models import User
from kscb_actions.reviews.models import Review
from kscb_actions.reviews.papers.models import ReviewPaper
from kscb_actions.reviews.papers.queries import get_paper, list_own_papers, possible_readers
from kscb_actions.reviews.papers.rules import PAPER_KIND_NAMES, PaperFacts, problems_with_paper
from kscb_actions.reviews.papers.service import (
    PaperDamaged,
    keep_paper,
    name_reader,
    open_paper,
    take_reader_off,
    withdraw_paper,
)
from kscb_actions.reviews.queries import told_events
from kscb_actions.reviews.rules import ReviewFacts
from kscb_actions.reviews.service import edit_review, name_person, unname_person
from kscb_actions.text import InvalidInput

from ...factories import PDF, TODAY, World
from ...pages import Visitor
from ...queries import counted
from .making import ADDRESS, review_paper

Visit = Callable[[User | None], Visitor]


@pytest.mark.parametrize(
    ("facts", "wrong"),
    [
        (PaperFacts("chronology"), set()),
        (PaperFacts("chronology", TODAY), set()),
        (PaperFacts("chronology", TODAY + timedelta(days=1)), {"dated_on"}),
        (PaperFacts("", None, ""), {"kind"}),
        (PaperFacts("plan"), {"kind"}),
        (PaperFacts("other"), {"description"}),
        (PaperFacts("other", None, "A letter"), set()),
        (PaperFacts("chronology", None, "x" * 300), set()),
        (PaperFacts("chronology", None, "x" * 301), {"description"}),
    ],
)
def test_what_is_said_of_a_paper(facts: PaperFacts, wrong: set[str]) -> None:
    assert set(problems_with_paper(facts, TODAY)) == wrong


def reads(person: User, paper: ReviewPaper) -> bool:
    """Return whether a person reads a paper: in the list, by its address, in the trail."""
    viewer = person.viewer
    is_listed = paper in list_own_papers(viewer, paper.review)
    is_open = get_paper(viewer, paper.review.reference, paper.id) is not None
    told = AuditEvent.select().where(AuditEvent.event.startswith("review.paper"), told_events(viewer))
    assert is_listed == is_open == told.exists(), person.name
    return is_open


def test_a_paper_opens_to_its_keeper_the_manager_and_those_named(world: World) -> None:
    review = world.action().review
    paper = review_paper(world, review, by=world.police_lead)
    people = list(User.select())
    assert {each for each in people if reads(each, paper)} == {world.police_lead, world.manager}
    for person in (world.chair, world.reader):
        name_reader(world.police_lead.viewer, paper, person.id, ADDRESS)
    named = {world.police_lead, world.manager, world.chair, world.reader}
    assert {each for each in people if reads(each, paper)} == named
    letter = OutboxMessage.get(OutboxMessage.to_user == world.chair)
    assert ADDRESS in letter.body and review.reference in letter.body
    assert "chronology" not in (letter.body + letter.subject).lower()
    take_reader_off(world.manager.viewer, paper, world.reader)
    assert not reads(world.reader, paper) and reads(world.chair, paper)


def test_nobody_else_names_readers_or_withdraws(world: World) -> None:
    review = world.action().review
    paper = review_paper(world, review, by=world.police_lead, reader=world.chair)
    for person in set(User.select()) - {world.police_lead, world.manager}:
        with pytest.raises(Refused):
            name_reader(person.viewer, paper, world.reader.id, ADDRESS)
        with pytest.raises(Refused):
            take_reader_off(person.viewer, paper, world.chair)
        with pytest.raises(Refused):
            withdraw_paper(person.viewer, paper, "Mine.", 1)


def test_a_reader_sees_the_review_and_is_named_once(world: World) -> None:
    review = world.action().review
    paper = review_paper(world, review, reader=world.chair)
    with pytest.raises(InvalidInput, match="may read it already"):
        name_reader(world.manager.viewer, paper, world.chair.id, ADDRESS)
    for outside in (world.health_lead, world.cdop_member):
        assert outside not in possible_readers(review)
        with pytest.raises(InvalidInput, match="others do not see this review"):
            name_reader(world.manager.viewer, paper, outside.id, ADDRESS)
    with pytest.raises(InvalidInput):
        name_reader(world.manager.viewer, paper, None, ADDRESS)
    take_reader_off(world.manager.viewer, paper, world.chair)
    with pytest.raises(InvalidInput, match="not among its readers"):
        take_reader_off(world.manager.viewer, paper, world.chair)
    name_reader(world.manager.viewer, paper, world.chair.id, ADDRESS)
    assert reads(world.chair, paper)


def test_a_reader_who_no_longer_sees_the_review_no_longer_reads_its_papers(world: World) -> None:
    review = world.action().review
    paper = review_paper(world, review, reader=world.reader)
    now = Review.get_by_id(review.id)
    facts = ReviewFacts(now.reference, now.kind, now.title, now.pseudonym, is_restricted=True)
    edit_review(world.manager.viewer, now, facts, now.version)
    paper = ReviewPaper.get_by_id(paper.id)
    assert get_paper(world.reader.viewer, now.reference, paper.id) is None
    assert possible_readers(now) == [world.manager]
    name_person(world.manager.viewer, now, world.reader)
    assert reads(world.reader, paper)
    unname_person(world.manager.viewer, now, world.reader)
    assert get_paper(world.reader.viewer, now.reference, paper.id) is None


def test_what_is_withdrawn_is_left_to_its_keeper_and_the_manager(world: World) -> None:
    review = world.action().review
    paper = review_paper(world, review, by=world.police_lead, reader=world.chair)
    with pytest.raises(InvalidInput):
        withdraw_paper(world.police_lead.viewer, paper, " ", 1)
    with pytest.raises(StaleEdit):
        withdraw_paper(world.police_lead.viewer, ReviewPaper.get_by_id(paper.id), "A slip.", 0)
    withdraw_paper(world.police_lead.viewer, ReviewPaper.get_by_id(paper.id), "Another case.", 1)
    paper = ReviewPaper.get_by_id(paper.id)
    assert {each for each in User.select() if reads(each, paper)} == {world.police_lead, world.manager}
    with pytest.raises(Refused, match="withdrawn already"):
        withdraw_paper(world.manager.viewer, paper, "Again.", paper.version)
    with pytest.raises(Refused, match="withdrawn already"):
        name_reader(world.manager.viewer, paper, world.reader.id, ADDRESS)


def test_the_bytes_are_those_received_or_it_says_so(world: World) -> None:
    review = world.action().review
    paper = review_paper(world, review, reader=world.chair)
    with open_paper(world.chair.viewer, paper, world.store) as opened:
        assert opened.read() == PDF
    assert AuditEvent.get(AuditEvent.event == "review.paper-opened").actor_id == world.chair.id
    with pytest.raises(Refused):
        open_paper(world.reader.viewer, paper, world.store)
    world.store.erase(paper.stored_name)
    with pytest.raises(PaperDamaged):
        open_paper(world.chair.viewer, paper, world.store)
    assert AuditEvent.select().where(AuditEvent.event == "review.paper-found-damaged").count() == 1


def test_bad_input_keeps_nothing(world: World) -> None:
    review, before = world.action().review, set(world.store.differences([]).unnamed)
    for facts, name, content, wrong in (
        (PaperFacts("chronology"), "tool.exe", b"MZ\x90\x00", "files"),
        (PaperFacts("chronology"), "empty.txt", b"", "files"),
        (PaperFacts("nonsense"), "a.pdf", PDF, "kind"),
        (PaperFacts("chronology", date(2030, 1, 1)), "a.pdf", PDF, "dated_on"),
    ):
        with pytest.raises(InvalidInput) as caught:
            keep_paper(
                world.manager.viewer, review, world.store, facts, io.BytesIO(content), name, refuse_erased
            )
        assert set(caught.value.errors) == {wrong}
    with pytest.raises(InvalidInput) as caught:
        keep_paper(world.manager.viewer, review, world.store, PaperFacts(""), None, "", refuse_erased)
    assert set(caught.value.errors) == {"kind", "files"}
    assert ReviewPaper.select().count() == 0
    assert set(world.store.differences([]).unnamed) == before


def test_the_trail_never_says_what_a_paper_is_about(world: World) -> None:
    review_paper(world, world.action().review, description="Canary of the hospital")
    texts = [event.state + (event.detail or "") for event in AuditEvent.select()]
    assert not [text for text in texts if "Canary" in text or "chronology.pdf" in text]


def test_a_paper_is_added_named_read_and_withdrawn_on_its_pages(world: World, visit: Visit) -> None:
    review = world.action().review
    at = f"/reviews/{review.reference}"
    manager, chair, reader = visit(world.manager), visit(world.chair), visit(world.reader)
    assert "No paper is open to you" in manager.get(at).text
    assert f"{at}/papers" not in reader.get(at).links()
    refused = manager.send(f"{at}/papers/new", kind="other", dated_on=["31", "2", "2012"])
    assert set(refused.errors) == {"files", "dated_on", "description"}, refused.errors
    sent = manager.post(
        f"{at}/papers/new",
        kind="overview_report",
        description="Final version",
        **{"dated_on": ["1", "3", "2012"], "files": (io.BytesIO(PDF), "overview.pdf")},
    )
    assert sent.leads_to.endswith("/readers")
    paper = ReviewPaper.get()
    assert paper.dated_on == date(2012, 3, 1)
    assert "Overview report" not in reader.get(f"{at}/papers").text
    named = manager.send(sent.leads_to, person=str(world.chair.id))
    assert named.leads_to == sent.leads_to
    listed = chair.get(f"{at}/papers")
    assert (
        "Overview report: Final version" in listed.text and f"{at}/papers/{paper.id}/file" in listed.links()
    )
    assert "1 paper open to you" in chair.get(at).text
    assert chair.client.get(f"{at}/papers/{paper.id}/file").data == PDF
    assert reader.get(f"{at}/papers/{paper.id}/file").status == 404
    assert chair.get(f"{at}/papers/{paper.id}/readers").status == 404
    done = manager.send(f"{at}/papers/{paper.id}/withdraw", reason="Replaced.")
    assert done.leads_to == f"{at}/papers"
    assert "Withdrawn on" in manager.get(f"{at}/papers").text
    assert "Overview report" not in chair.get(f"{at}/papers").text
    again = manager.get(f"{at}/papers/{paper.id}/withdraw")
    assert "withdrawn already" in again.text


def test_the_number_of_queries_does_not_grow_with_the_papers(world: World, visit: Visit) -> None:
    review, counts = world.action().review, []
    for _ in range(3):
        review_paper(world, review, reader=world.chair)
        visitor = visit(world.chair)
        with counted() as count:
            assert visitor.get(f"/reviews/{review.reference}/papers").status == 200
        counts.append(int(count))
    assert counts[0] == counts[1] == counts[2] <= 12, counts


def test_every_kind_has_a_name_of_its_own() -> None:
    assert len(set(PAPER_KIND_NAMES.values())) == len(PAPER_KIND_NAMES)
