"""Keeping a review's papers: receiving, opening, withdrawing them, and naming who may read each."""

from collections.abc import Callable, Iterable
from io import BufferedReader
from typing import IO, TypeVar

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Refused, Viewer
from kscb_actions.audit.service import Change, change
from kscb_actions.files.limits import FileRefused
from kscb_actions.files.store import EvidenceStore, StoredFile
from kscb_actions.mail.rules import About
from kscb_actions.mail.service import queue
from kscb_actions.people.models import User
from kscb_actions.reviews.models import Review
from kscb_actions.reviews.queries import require_on
from kscb_actions.terms import say
from kscb_actions.text import InvalidInput, clean_text, one_line

from .models import PaperReader, ReviewPaper
from .queries import get_own_paper, may_change_paper, possible_readers
from .rules import NOT_YOURS, OWN_KINDS, WITHDRAWN, PaperFacts, problems_with_paper, problems_with_withdrawal

NO_FILE = "Choose a file."
NAMED_ALREADY = "{name} may read it already."
NOT_NAMED = "{name} is not among its readers any more."
NEVER_SEES = "Choose a person from the list: others do not see this review."
LETTER = """{actor} has opened a paper of review {reference} to you.

You can read it on the page of the review’s papers:
{address}"""
Recorded = TypeVar("Recorded")
# What refuses, of (name, SHA-256), the content of files that were erased.
Refusal = Callable[[Iterable[tuple[str, str]]], None]


class PaperErased(Exception):
    """Two people have erased the file. Nothing of it is there to be sent."""


class PaperDamaged(Exception):
    """The bytes of a review's file are not those that were received, or are gone."""


def keep_paper(
    viewer: Viewer, review: Review, store: EvidenceStore, facts: PaperFacts,
    file: IO[bytes] | None, shown_name: str, refuse_erased: Refusal,
) -> ReviewPaper:  # fmt: skip
    """Keep a paper of a review, which its keeper and the board manager may read until others are named.

    `file` is None where none was sent. Raises InvalidInput, Refused.
    """
    require_on(viewer, Permission.ADD_REVIEW_PAPER, review)
    facts = PaperFacts(facts.kind, facts.dated_on, one_line(facts.description))
    problems = problems_with_paper(facts, clock.today())
    if file is None:
        problems["files"] = NO_FILE
    if problems or file is None:
        raise InvalidInput(problems)

    def record(kept: StoredFile) -> ReviewPaper:
        paper = row_of(viewer, review, kept, facts.kind)
        paper.dated_on, paper.description = facts.dated_on, facts.description
        with change(viewer) as tx:
            refuse_erased([(kept.shown_name, kept.sha256)])
            return tx.add(paper, "review.paper-added")

    return with_file(store, file, shown_name, record)


def withdraw_paper(viewer: Viewer, paper: ReviewPaper, reason: str, expected: int) -> None:
    """Withdraw a paper: it is listed with the reason, and opens to its keeper and the board manager alone.

    Raises InvalidInput, Refused, StaleEdit.
    """
    _require_change(viewer, paper)
    reason = clean_text(reason)
    if problems := problems_with_withdrawal(reason):
        raise InvalidInput(problems)
    with change(viewer) as tx:
        if ReviewPaper.get_by_id(paper.id).is_withdrawn:
            raise Refused(WITHDRAWN)
        paper.withdrawn_at, paper.withdrawn_reason = clock.now(), reason
        tx.update(paper, "review.paper-withdrawn", expected)


def name_reader(viewer: Viewer, paper: ReviewPaper, user_id: int | None, address: str) -> User:
    """Let a person read a paper, and tell them by mail where it is. Returns who it is.

    `address` is that of the page of the review's papers. Raises InvalidInput, Refused.
    """
    _require_change(viewer, paper)
    with change(viewer) as tx:
        if ReviewPaper.get_by_id(paper.id).is_withdrawn:
            raise Refused(WITHDRAWN)
        person = next((each for each in possible_readers(paper.review) if each.id == user_id), None)
        if person is None:
            raise InvalidInput({"person": NEVER_SEES})
        if _standing(paper, person) is not None:
            raise InvalidInput({"person": NAMED_ALREADY.format(name=person.name)})
        row = PaperReader(review=paper.review, paper=paper, user=person, named_at=clock.now())
        tx.add(row, "review.paper-reader-named")
        _tell(tx, paper.review, person, address)
    return person


def take_reader_off(viewer: Viewer, paper: ReviewPaper, person: User) -> None:
    """End that a person may read a paper. Raises InvalidInput, Refused."""
    _require_change(viewer, paper)
    with change(viewer) as tx:
        row = _standing(paper, person)
        if row is None:
            raise InvalidInput({"person": NOT_NAMED.format(name=person.name)})
        row.ended_at = clock.now()
        tx.update(row, "review.paper-reader-ended")


def open_paper(viewer: Viewer, paper: ReviewPaper, store: EvidenceStore) -> BufferedReader:
    """Return the bytes of a file that this person may read, and record the opening. The caller closes it.

    Raises Refused, and what `send_paper` does.
    """
    if paper.kind not in OWN_KINDS:
        require_on(viewer, Permission.EDIT_REVIEW, paper.review)
    elif get_own_paper(viewer, paper.review.reference, paper.id) is None:
        raise Refused("There is no such paper.")
    return send_paper(viewer, paper, store)


def send_paper(viewer: Viewer, paper: ReviewPaper, store: EvidenceStore) -> BufferedReader:
    """Return the bytes of a file that this person has been found to read, and record the opening.

    The caller closes it. Raises PaperErased, and PaperDamaged where they are not those that were received, or
    are gone.
    """
    if paper.erased_at:
        raise PaperErased()
    opened = store.open_checked(paper.stored_name, paper.sha256)
    if opened is None:
        tell_damaged(viewer, paper)
        raise PaperDamaged()
    with change(viewer) as tx:
        tx.note("review.paper-opened", paper)
    return opened


def tell_damaged(viewer: Viewer, paper: ReviewPaper) -> None:
    """Tell the trail that the bytes of a review's file are not those that were received, or are gone."""
    with change(viewer) as tx:
        tx.note("review.paper-found-damaged", paper)


def row_of(viewer: Viewer, review: Review, kept: StoredFile, kind: str) -> ReviewPaper:
    """Return the row, not yet recorded, of a file that was received."""
    return ReviewPaper(
        review=review,
        kind=kind,
        stored_name=kept.stored_name,
        shown_name=kept.shown_name,
        size=kept.size,
        sha256=kept.sha256,
        media_type=kept.media_type,
        kept_by=viewer.id,
        kept_at=clock.now(),
    )


def with_file(
    store: EvidenceStore, file: IO[bytes], shown_name: str, record: Callable[[StoredFile], Recorded]
) -> Recorded:
    """Return what `record` makes of a file that has been received; whatever fails, its bytes go too.

    Raises InvalidInput, under "files", where it is refused.
    """
    return with_files(store, [(shown_name, file)], lambda kept: record(kept[0]))


def with_files(
    store: EvidenceStore,
    files: Iterable[tuple[str, IO[bytes]]],
    record: Callable[[list[StoredFile]], Recorded],
) -> Recorded:
    """Return what `record` makes of files that have been received; whatever fails, their bytes go too.

    files  (name, bytes) of each
    Raises InvalidInput, under "files", with what is wrong with each that is refused.
    """
    received, refusals = list[StoredFile](), list[str]()
    try:
        for shown_name, file in files:
            try:
                received.append(store.receive(file, shown_name))
            except FileRefused as refused:
                refusals.append(refused.message)
        if refusals:
            raise InvalidInput({"files": "\n".join(refusals)})
        return record(received)
    finally:
        for kept in received:
            # Whatever failed after the commit must not take away the bytes that a row names.
            if not ReviewPaper.select().where(ReviewPaper.stored_name == kept.stored_name).exists():
                store.discard(kept.stored_name)


def _require_change(viewer: Viewer, paper: ReviewPaper) -> None:
    require_on(viewer, Permission.READ_REVIEW, paper.review)
    if not may_change_paper(viewer, paper):
        raise Refused(say(NOT_YOURS))


def _standing(paper: ReviewPaper, person: User) -> PaperReader | None:
    found = PaperReader.select().where(PaperReader.paper == paper, PaperReader.user == person)
    return found.where(PaperReader.ended_at.is_null()).first()


def _tell(tx: Change, review: Review, person: User, address: str) -> None:
    if person.id == tx.actor.id:
        return
    text = LETTER.format(actor=tx.actor.name, reference=review.reference, address=address)
    queue(tx, person, f"A paper of {review.reference} is open to you", text, [About(review_id=review.id)])
