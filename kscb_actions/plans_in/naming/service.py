"""Keeping the names of owners in plans: other names of agencies, and groups that have an action each."""

from collections.abc import Iterable

from kscb_actions.access.policy import Permission, Viewer, require
from kscb_actions.audit.service import change
from kscb_actions.people.models import Agency
from kscb_actions.text import InvalidInput, one_line

from ..models import OwnerName
from ..owners import LONGEST_WORDS, same_words

NO_AGENCY = "Choose whom it stands for."
UNKNOWN_AGENCY = "Choose from the list. It has changed since you opened the page."


def keep_name(viewer: Viewer, words: str, codes: Iterable[str]) -> OwnerName:
    """Keep words of plans as the name of an agency or of a group. Raises InvalidInput, Refused."""
    require(viewer, Permission.MANAGE_PEOPLE)
    row = OwnerName()
    with change(viewer) as tx:
        _apply(row, words, codes)
        return tx.add(row, "owner-name.remembered")


def change_name(viewer: Viewer, row: OwnerName, words: str, codes: Iterable[str], expected: int) -> OwnerName:
    """Say what a name is, and for whom it stands from now on. Raises InvalidInput, Refused, StaleEdit."""
    require(viewer, Permission.MANAGE_PEOPLE)
    with change(viewer) as tx:
        _apply(row, words, codes)
        return tx.update(row, "owner-name.changed", expected)


def forget_name(viewer: Viewer, row: OwnerName) -> None:
    """Take a name away: plans that have it ask again whose it is. What was taken in stays. Raises Refused."""
    require(viewer, Permission.MANAGE_PEOPLE)
    with change(viewer) as tx:
        if OwnerName.get_or_none(OwnerName.id == row.id) is not None:
            tx.remove(row, "owner-name.forgotten")


def _apply(row: OwnerName, words: str, codes: Iterable[str]) -> None:
    words, chosen = one_line(words), list(dict.fromkeys(codes))
    problems = {}
    if wrong := _problem_with_words(row, words):
        problems["words"] = wrong
    known = {code for (code,) in Agency.select(Agency.code).tuples()}
    if not chosen:
        problems["agencies"] = NO_AGENCY
    elif not known.issuperset(chosen):
        problems["agencies"] = UNKNOWN_AGENCY
    if problems:
        raise InvalidInput(problems)
    row.words, row.agencies = words, ",".join(chosen)


def _problem_with_words(row: OwnerName, words: str) -> str | None:
    if not 0 < len(words) <= LONGEST_WORDS or not same_words(words):
        return f"Enter the words as plans have them, from 1 to {LONGEST_WORDS} characters."
    for each in Agency.select():
        if each.is_active and same_words(words) in (same_words(each.name), same_words(each.code)):
            return f"This is {each.name} itself. Plans that name it are read so without it being kept here."
    for other in OwnerName.select():
        if other.id != row.id and same_words(other.words) == same_words(words):
            return f"“{other.words}” is kept already. Change that instead."
    return None
