"""What two people can have erased: a file of the evidence, and one that a review keeps. Who, and where.

Rooms above that keep files say with `erase_files_of` that theirs can be erased too.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from kscb_actions.access.policy import Owners, Permission, Refused, Viewer, may
from kscb_actions.audit.service import Change
from kscb_actions.people.models import User
from kscb_actions.reviews.models import Review
from kscb_actions.reviews.papers.models import ReviewPaper
from kscb_actions.reviews.papers.queries import get_paper
from kscb_actions.reviews.papers.rules import ERASABLE_KINDS
from kscb_actions.reviews.queries import require_on

from .models import EvidenceFile

Erasable = EvidenceFile | ReviewPaper
# The event of each kind by which a file was erased.
ERASED = {EvidenceFile: "evidence.file-erased", ReviewPaper: "review.paper-erased"}


@dataclass(frozen=True)
class ErasedElsewhere:
    """Files of a room above that can be erased.

    kind   their table
    event  by which one was erased
    tell   tells, of SHA-256s, those who can erase there what is still kept of such content
    """

    kind: Any
    event: str
    tell: Callable[[Change, Collection[str], str], None]


_elsewhere: dict[str, ErasedElsewhere] = {}


def erase_files_of(room: str, files: ErasedElsewhere) -> None:
    """Let the files of a room above be erased as well; in place of what it said before."""
    _elsewhere[room] = files


def erased_elsewhere() -> list[ErasedElsewhere]:
    """Return what rooms above have said of their files."""
    return list(_elsewhere.values())


def erased_kinds() -> Mapping[Any, str]:
    """Return {table of files that can be erased: the event by which one was}, of all rooms."""
    return ERASED | {each.kind: each.event for each in _elsewhere.values()}


def named(file: Erasable) -> str:
    """Return the reference of what a file belongs to: its action, or its review."""
    return str(file.evidence.action.reference if isinstance(file, EvidenceFile) else file.review.reference)


def place_of(file: Erasable) -> str:
    """Return where a file is kept, like "the evidence of SCR-2011-02/A1"."""
    where = "the evidence" if isinstance(file, EvidenceFile) else "the papers"
    return f"{where} of {named(file)}"


def action_of(file: Erasable) -> int | None:
    """Return the id of the action whose evidence a file is; None of a review's own."""
    return file.action_id if isinstance(file, EvidenceFile) else None


def added_by(file: Erasable) -> set[int]:
    """Return the ids of who attached or added a file, and of the action's lead."""
    if isinstance(file, EvidenceFile):
        return {file.evidence.added_by_id, file.evidence.action.lead_id}
    return {file.kept_by_id}


def path_of(file: Erasable) -> str:
    """Return the path of the page on which a file's erasing is asked for, decided and told."""
    if isinstance(file, ReviewPaper):
        return f"/reviews/{named(file)}/papers/{file.id}/erasure"
    action = file.evidence.action
    piece = f"/reviews/{action.review.reference}/actions/{action.number}/evidence/{file.evidence_id}"
    return f"{piece}/files/{file.id}/erasure"


def owners_of_paper(paper: ReviewPaper) -> Owners:
    """Return whose a paper is, for erasing: the agency of who added it."""
    return Owners(paper.kept_by.agency_id if paper.kept_by_id else None)


def require_eraser(viewer: Viewer, file: Erasable) -> None:
    """Raise Refused unless this person can ask for a file to be erased, and agree to it.

    Of a review's own papers that is nobody who may not read the paper.
    """
    if isinstance(file, EvidenceFile):
        action = file.evidence.action
        require_on(viewer, Permission.ERASE_FILE, action.review, action.owners)
        return
    require_on(viewer, Permission.ERASE_FILE, file.review, owners_of_paper(file))
    if file.kind not in ERASABLE_KINDS or not _reads(viewer, file):
        raise Refused("There is no such paper.")


def may_erase(viewer: Viewer, file: Erasable) -> bool:
    """Return whether this person can ask for a file to be erased, and agree to it."""
    try:
        require_eraser(viewer, file)
    except Refused:
        return False
    return True


def may_erase_shown(viewer: Viewer, paper: ReviewPaper) -> bool:
    """Return whether this person, for whom a paper was fetched with its keeper, can have it erased."""
    return bool(may(viewer, Permission.ERASE_FILE, owners_of_paper(paper)))


def may_open(viewer: Viewer, file: Erasable) -> bool:
    """Return whether this person may open a file."""
    if isinstance(file, ReviewPaper):
        return _reads(viewer, file)
    action = file.evidence.action
    try:
        require_on(viewer, Permission.READ_EVIDENCE, action.review, action.owners)
    except Refused:
        return False
    return True


def active_people() -> list[User]:
    """Return the active people, by name."""
    return list(User.select().where(User.is_active).order_by(User.name))


def get_erasable_paper(viewer: Viewer, reference: str, paper_id: int) -> ReviewPaper | None:
    """Return a file that a review keeps and that this person can have erased, or None."""
    paper = get_paper(viewer, reference, paper_id)
    return paper if paper and may_erase(viewer, paper) else None


def _reads(viewer: Viewer, paper: ReviewPaper) -> bool:
    review: Review = paper.review
    return get_paper(viewer, review.reference, paper.id) is not None
