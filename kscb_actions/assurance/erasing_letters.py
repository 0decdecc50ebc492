"""The letters about erasing: each carries a reference and a link, and never what the file is called."""

from collections.abc import Collection

from kscb_actions.audit.service import Change
from kscb_actions.mail.rules import About
from kscb_actions.mail.service import queue
from kscb_actions.people.models import User

from .erasable import (
    ERASED,
    Erasable,
    action_of,
    active_people,
    added_by,
    erased_elsewhere,
    may_erase,
    may_open,
    named,
    path_of,
    place_of,
)
from .models import Erasure
from .rules import Outcome, why_not_erased_by

ASKED = """{who} asks that a file of {place} be erased. {turn}

{link}"""
YOURS = "Somebody of another role than theirs has to agree; you can. The reason is on the page:"
NOT_YOURS = "It is not erased until somebody of another role than theirs has agreed. See the page:"
CLOSED = {
    Outcome.AGREED: "{who} has agreed that a file of {place} is erased:\n\n{link}",
    Outcome.REFUSED: "{who} refuses to have a file of {place} erased:\n\n{link}",
    Outcome.TAKEN_BACK: "{who} no longer asks that a file of {place} be erased:\n\n{link}",
}
SUBJECTS = {
    Outcome.AGREED: "A file was erased: {of}",
    Outcome.REFUSED: "A file was not erased: {of}",
    Outcome.TAKEN_BACK: "A file is not to be erased: {of}",
}
SAME = (
    "A file was erased elsewhere, because it must not be kept. The same file, byte for byte, is also "
    "in {place}. Look whether it has to be erased there too:\n\n{link}"
)


def tell(tx: Change, erasure: Erasure, base_url: str) -> None:
    """Queue word of what was asked, or decided, to all whom it concerns but who did it.

    They are who asked, who attached the file and the action's lead, and who can agree while it waits or when
    it is taken back; only those who may open the file.
    """
    file = erasure.of
    able = {person.id for person in who_can_agree(erasure)}
    concerned = {erasure.asked_by_id} | added_by(file)
    if erasure.outcome in ("", Outcome.TAKEN_BACK):
        concerned |= able
    for person in active_people():
        if person.id in concerned - {tx.actor.id} and may_open(person.viewer, file):
            subject, text = _words(tx, erasure, person.id in able, address(file, base_url))
            queue(tx, person, subject, text, [About(erasure.review_id, erasure.action_id)])


def _words(tx: Change, erasure: Erasure, can_agree: bool, link: str) -> tuple[str, str]:
    file = erasure.of
    told = {"who": tx.actor.name, "place": place_of(file), "of": named(file), "link": link}
    if erasure.outcome:
        outcome = Outcome(erasure.outcome)
        return SUBJECTS[outcome].format(**told), CLOSED[outcome].format(**told)
    turn = YOURS if can_agree else NOT_YOURS
    return f"A file waits to be erased: {told['of']}", ASKED.format(turn=turn, **told)


def tell_of_same_content(tx: Change, hashes: Collection[str], base_url: str) -> None:
    """Queue word to those who can erase what is still kept elsewhere of the content of erased files.

    hashes  SHA-256 of each
    """
    for each in erased_elsewhere():
        each.tell(tx, hashes, base_url)
    for kind in ERASED:
        kept = kind.select().where(kind.sha256.in_(hashes), kind.erased_at.is_null())
        for file in kept.order_by(kind.id):
            text = SAME.format(place=place_of(file), link=address(file, base_url))
            subject = f"The same as an erased file: {named(file)}"
            for person in _who_can_erase(file):
                queue(tx, person, subject, text, [About(file.review_id, action_of(file))])


def who_can_agree(erasure: Erasure) -> list[User]:
    """Return the active people who can agree to what was asked, by name."""
    asked_by, asked_as = erasure.asked_by_id, erasure.roles_asking
    people = _who_can_erase(erasure.of)
    return [person for person in people if why_not_erased_by(person.viewer, asked_by, asked_as) is None]


def address(file: Erasable, base_url: str) -> str:
    """Return the address of the page on which a file's erasing is asked for, decided and told."""
    return f"{base_url}{path_of(file)}"


def _who_can_erase(file: Erasable) -> list[User]:
    return [person for person in active_people() if may_erase(person.viewer, file)]
