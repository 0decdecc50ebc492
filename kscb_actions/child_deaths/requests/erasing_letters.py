"""The letters about erasing a file of an answer: each carries the request and a link, and names no file."""

from collections.abc import Collection

from kscb_actions.assurance.rules import Outcome
from kscb_actions.audit.service import Change
from kscb_actions.child_deaths.returns.letters import tell

from .erasable import was_sent, who_can_agree, who_can_erase
from .models import ReturnErasure, ReturnFile

ASKED = """{who} asks that a file of the answer to request {label} be erased, because it must not be kept.
Somebody of another role than theirs has to agree; you can. The reason is on the page:

{address}"""
CLOSED = {
    Outcome.AGREED: """{who} has agreed that a file of the answer to request {label} is erased.

{address}""",
    Outcome.REFUSED: """{who} refuses to have a file of the answer to request {label} erased.

{address}""",
    Outcome.TAKEN_BACK: """{who} no longer asks that a file of the answer to request {label} be erased.

{address}""",
}
ABOUT = {
    Outcome.AGREED: "a file was erased",
    Outcome.REFUSED: "a file was not erased",
    Outcome.TAKEN_BACK: "a file is not to be erased",
}
TO_ERASE, SAME_FILE = "a file waits to be erased", "the same as an erased file"
SAME = """A file was erased elsewhere, because it must not be kept. The same file, byte for byte, also went
with the answer to request {label}. Look whether it has to be erased there too:

{address}"""


def tell_of_erasing(tx: Change, erasure: ReturnErasure, base_url: str) -> None:
    """Tell of what was asked, or taken back, those who can agree; of a decision who asked and who attached.

    Only such as may see the file.
    """
    row = erasure.file.agency_return
    if erasure.outcome in ("", Outcome.TAKEN_BACK):
        people = who_can_agree(erasure)
    else:
        concerned = {erasure.asked_by_id, erasure.file.kept_by_id}
        people = [each for each in who_can_erase(row) if each.id in concerned]
    outcome = Outcome(erasure.outcome) if erasure.outcome else None
    about, text = (ABOUT[outcome], CLOSED[outcome]) if outcome else (TO_ERASE, ASKED)
    tell(tx, people, row, about, text, base_url, path=path_of(erasure.file))


def tell_of_same_content(tx: Change, hashes: Collection[str], base_url: str) -> None:
    """Tell those who can erase here what is still kept of the content of files that were erased."""
    kept = ReturnFile.select().where(ReturnFile.sha256.in_(list(hashes)), ReturnFile.erased_at.is_null())
    for file in kept.order_by(ReturnFile.id):
        if was_sent(file):
            row = file.agency_return
            tell(tx, who_can_erase(row), row, SAME_FILE, SAME, base_url, path=path_of(file))


def path_of(file: ReturnFile) -> str:
    """Return the path, below that of the request, of the page on which erasing a file is asked and told."""
    return f"/files/{file.id}/erasure"
