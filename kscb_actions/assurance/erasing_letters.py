"""The letters about erasing: each carries a reference and a link, and never what the file is called."""

from collections.abc import Iterable

from kscb_actions.access.policy import Permission, Refused
from kscb_actions.audit.service import Change
from kscb_actions.mail.rules import About
from kscb_actions.mail.service import queue
from kscb_actions.people.models import User
from kscb_actions.reviews.queries import require_on

from .models import Erasure, EvidenceFile
from .rules import Outcome, why_not_erased_by

ASKED = """{who} asks that a file of the evidence of {action} be erased. {turn}

{link}"""
YOURS = "Somebody of another role than theirs has to agree; you can. The reason is on the page:"
NOT_YOURS = "It is not erased until somebody of another role than theirs has agreed. See the page:"
CLOSED = {
    Outcome.AGREED: "{who} has agreed that a file of the evidence of {action} is erased:\n\n{link}",
    Outcome.REFUSED: "{who} refuses to have a file of the evidence of {action} erased:\n\n{link}",
    Outcome.TAKEN_BACK: "{who} no longer asks that a file of the evidence of {action} be erased:\n\n{link}",
}
SUBJECTS = {
    Outcome.AGREED: "A file was erased: {action}",
    Outcome.REFUSED: "A file was not erased: {action}",
    Outcome.TAKEN_BACK: "A file is not to be erased: {action}",
}
SAME = (
    "A file was erased elsewhere, because it must not be kept. The same file, byte for byte, is also "
    "evidence of {action}. Look whether it has to be erased there too:\n\n{link}"
)


def tell(tx: Change, erasure: Erasure, base_url: str) -> None:
    """Queue word of what was asked, or decided, to all whom it concerns but who did it.

    They are who asked, who attached the file and the action's lead, and who can agree while it waits or when
    it is taken back; only those who may open the file.
    """
    file = erasure.file
    action = file.evidence.action
    able = {person.id for person in who_can_agree(erasure)}
    concerned = {erasure.asked_by_id, file.evidence.added_by_id, action.lead_id}
    if erasure.outcome in ("", Outcome.TAKEN_BACK):
        concerned |= able
    for person in _may(Permission.READ_EVIDENCE, file):
        if person.id in concerned - {tx.actor.id}:
            subject, text = _words(tx, erasure, person.id in able, address(file, base_url))
            queue(tx, person, subject, text, [About(erasure.review_id, erasure.action_id)])


def _words(tx: Change, erasure: Erasure, can_agree: bool, link: str) -> tuple[str, str]:
    told = {"who": tx.actor.name, "action": erasure.file.evidence.action.reference, "link": link}
    if erasure.outcome:
        outcome = Outcome(erasure.outcome)
        return SUBJECTS[outcome].format(**told), CLOSED[outcome].format(**told)
    turn = YOURS if can_agree else NOT_YOURS
    return f"A file waits to be erased: {told['action']}", ASKED.format(turn=turn, **told)


def tell_of_same_content(tx: Change, erased: Iterable[EvidenceFile], base_url: str) -> None:
    """Queue word to those who can erase what is still kept elsewhere of the content of erased files."""
    hashes = {file.sha256 for file in erased}
    kept = EvidenceFile.select().where(
        EvidenceFile.sha256.in_(list(hashes)), EvidenceFile.erased_at.is_null()
    )
    for file in kept.order_by(EvidenceFile.id):
        action = file.evidence.action
        text = SAME.format(action=action.reference, link=address(file, base_url))
        for person in _may(Permission.ERASE_FILE, file):
            subject = f"The same as an erased file: {action.reference}"
            queue(tx, person, subject, text, [About(file.review_id, file.action_id)])


def who_can_agree(erasure: Erasure) -> list[User]:
    """Return the active people who can agree to what was asked, by name."""
    asked_by, asked_as = erasure.asked_by_id, erasure.roles_asking
    people = _may(Permission.ERASE_FILE, erasure.file)
    return [person for person in people if why_not_erased_by(person.viewer, asked_by, asked_as) is None]


def address(file: EvidenceFile, base_url: str) -> str:
    """Return the address of the page on which a file's erasing is asked for, decided and told."""
    action = file.evidence.action
    piece = (
        f"{base_url}/reviews/{action.review.reference}/actions/{action.number}/evidence/{file.evidence_id}"
    )
    return f"{piece}/files/{file.id}/erasure"


def _may(permission: Permission, file: EvidenceFile) -> list[User]:
    """Return the active people who have this permission on the action of a file, by name."""
    action = file.evidence.action
    found = []
    for person in User.select().where(User.is_active).order_by(User.name):
        try:
            require_on(person.viewer, permission, action.review, action.owners)
        except Refused:
            continue
        found.append(person)
    return found
