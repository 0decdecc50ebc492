"""Finding actions by a word: of their texts, their recommendation's or review's, a reference or an agency."""

import re
from typing import Any

import peewee

from kscb_actions.reviews.models import Recommendation, Review
from kscb_actions.reviews.queries import NOTHING
from kscb_actions.searching.queries import is_looked_up, rows_with
from kscb_actions.text import MOST_DIGITS

from .models import Action, JointOwner

_REFERENCE = re.compile(rf"(?:(.+)/)?a([0-9]{{1,{MOST_DIGITS}}})")
_PUBLISHED = re.compile(r"[0-9]{1,3}(\.[0-9]{1,3})+")


def is_rare(word: str) -> bool:
    """Return whether the index finds a folded word the sooner (`searching.queries.is_looked_up`)."""
    reference = _REFERENCE.fullmatch(word)
    return not (reference and reference[1]) and is_looked_up(word)


def has_word(word: str, look_up: bool) -> Any:
    """Return the condition on Action that a folded word finds it.

    A reference, whole or in part, finds the actions that have this number: SCR-2011-02/A7, 02/A7, A7.
    """
    reference = _REFERENCE.fullmatch(word)
    if reference and reference[1]:
        return _is_numbered(reference[1], int(reference[2]))
    found = (_among if look_up else _or)(
        rows_with("action", word, look_up),
        Action.review.in_(rows_with("action_of_review", word, look_up)),
        Action.recommendation.in_(rows_with("recommendation", word, look_up)),
        Action.agency.in_(rows_with("agency", word, look_up)),
        _shared_by(rows_with("agency", word, look_up)),
    )
    if reference:
        found = found | (Action.number == int(reference[2]))
    if _PUBLISHED.fullmatch(word):
        numbered = Recommendation.select(Recommendation.id).where(Recommendation.published_number == word)
        found = found | Action.recommendation.in_(numbered)
    return found


def actions_of_reference(word: str) -> Any:
    """Return a query for ids of the actions to whose reference, whole or in part, a folded word belongs."""
    reference = _REFERENCE.fullmatch(word)
    if reference is None:
        is_so = NOTHING
    elif reference[1]:
        is_so = _is_numbered(reference[1], int(reference[2]))
    else:
        is_so = Action.number == int(reference[2])
    return Action.select(Action.id).where(is_so)


def _among(own: Any, *conditions: Any) -> Any:
    # One after the other, for an index is of no use to a row's text OR something about other tables.
    for condition in conditions:
        own = own.union_all(Action.select(Action.id).where(condition))
    return Action.id.in_(own)


def _or(own: Any, *conditions: Any) -> Any:
    return peewee.Case(None, [(each, 1) for each in (*conditions, Action.id.in_(own))], 0) == 1


def _shared_by(agencies: Any) -> Any:
    joint = JointOwner.select(JointOwner.action).where(
        JointOwner.agency.in_(agencies), JointOwner.ended_at.is_null()
    )
    return Action.id.in_(joint)


def _is_numbered(review: str, number: int) -> Any:
    """Return the condition that an action has a number, in the review of a reference or of the end of one."""
    named = (Review.reference == review.upper()) | Review.reference.endswith(f"-{review}")
    return Action.review.in_(Review.select(Review.id).where(named)) & (Action.number == number)
