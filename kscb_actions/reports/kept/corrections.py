"""What was put right of a kept paper's content since it was made, for who may fetch the paper."""

import json
import re
import zlib
from collections import defaultdict
from typing import Any

import peewee

from kscb_actions.actions.models import Action
from kscb_actions.actions.rules import DECISION_TAKEN_BACK
from kscb_actions.assurance.challenges.models import Challenge
from kscb_actions.audit.models import AuditEvent
from kscb_actions.reviews.models import Recommendation, Review

from .models import KeptPaper
from .rules import BRINGING_BACK, CORRECTING, Corrected, stood_so

Key = tuple[str, int]
# What is counted in these only if it stands in them by name.
_OF_WHAT_THEY_NAME = frozenset({"challenges", "learning"})


def corrections_since(paper: KeptPaper) -> list[Corrected]:
    """Return what was put right since of what a paper has, by reference. It was fetched for a viewer.

    Who may fetch it may see all that it covers. Of a paper for one agency it is what that agency owned, or
    the paper names.
    """
    made = _event_of(paper)
    ids = [int(each) for each in paper.reviews.strip(",").split(",") if each]
    if made is None or not ids:
        return []
    since = AuditEvent.select().where(AuditEvent.id > made, AuditEvent.review_id.in_(ids))
    events = since.where(AuditEvent.event.in_([*CORRECTING, *BRINGING_BACK])).order_by(AuditEvent.id)
    found = [event for event in _standing(list(events))]
    then = _states({(each.kind, each.object_id) for each in found}, made)
    what: dict[Key, dict[str, None]] = defaultdict(dict)
    for event in found:
        if _was_in(event, then, made) and (subject := _subject(event)):
            what[subject][CORRECTING[event.event]] = None
    return sorted(_named(paper, what, then), key=lambda each: each.reference)


def _event_of(paper: KeptPaper) -> int | None:
    """Return the id of the event with which a paper was kept: what is later came after it."""
    own = (AuditEvent.kind == KeptPaper._meta.table_name) & (AuditEvent.object_id == paper.id)
    return AuditEvent.select(peewee.fn.MIN(AuditEvent.id)).where(own).scalar()


def _standing(events: list[AuditEvent]) -> list[AuditEvent]:
    """Return the corrections, without what was brought back after it was recorded in error."""
    kept: list[AuditEvent] = []
    for event in events:
        undone = BRINGING_BACK.get(event.event)
        if undone is None:
            kept.append(event)
        else:
            same = (undone, event.object_id)
            kept = [each for each in kept if (each.event, each.object_id) != same]
    return kept


def _states(keys: set[Key], made: int) -> dict[Key, dict[str, Any]]:
    """Return {(kind, id): its state} of each thing as it was when the paper was made. A query for a kind."""
    states: dict[Key, dict[str, Any]] = {}
    ids: dict[str, list[int]] = defaultdict(list)
    for kind, object_id in keys:
        ids[kind].append(object_id)
    for kind, own in ids.items():
        of_kind = (AuditEvent.kind == kind) & AuditEvent.object_id.in_(own) & (AuditEvent.id < made)
        last = AuditEvent.select(peewee.fn.MAX(AuditEvent.id)).where(of_kind).group_by(AuditEvent.object_id)
        for event in AuditEvent.select().where(AuditEvent.id.in_(last)):
            states[kind, event.object_id] = json.loads(event.state)
    return states


def _was_in(event: AuditEvent, then: dict[Key, dict[str, Any]], made: int) -> bool:
    if event.event == DECISION_TAKEN_BACK:
        return bool(json.loads(event.detail)["undone"] < made)
    return stood_so(then.get((event.kind, event.object_id)), json.loads(event.changes))


def _subject(event: AuditEvent) -> Key | None:
    """Return what a person would look for: the action of its evidence, updates and requests."""
    if event.kind in ("challenge", "recommendation", "review"):
        return event.kind, event.object_id
    if event.action_id is not None:
        return "action", event.action_id
    return ("review", event.review_id) if event.review_id is not None else None


def _named(
    paper: KeptPaper, what: dict[Key, dict[str, None]], then: dict[Key, dict[str, Any]]
) -> list[Corrected]:
    """Return what was put right by its reference, as far as it is in the paper. A query for a kind."""
    text = zlib.decompress(paper.content).decode() if what else ""
    references = _references(set(what))
    found = []
    for subject, words in what.items():
        reference = references.get(subject, "")
        is_said = bool(re.search(rf"{re.escape(reference)}(?!\w)", text)) if reference else False
        if paper.agency_id is not None:
            is_counted = then.get(subject, {}).get("agency_id") == paper.agency_id
        else:
            is_counted = paper.kind not in _OF_WHAT_THEY_NAME
        if reference and (is_said or is_counted):
            is_void = CORRECTING["action.voided"] in words
            found.append(Corrected(reference, tuple(words), is_void))
    return found


def _references(subjects: set[Key]) -> dict[Key, str]:
    ids: dict[str, list[int]] = defaultdict(list)
    for kind, each in subjects:
        ids[kind].append(each)
    named: dict[Key, str] = {}
    actions = Action.select(Action, Review).join(Review).where(Action.id.in_(ids["action"]))
    named |= {("action", each.id): each.reference for each in (actions if ids["action"] else ())}
    for each in Review.select().where(Review.id.in_(ids["review"])) if ids["review"] else ():
        named["review", each.id] = each.reference
    lessons = Recommendation.select(Recommendation, Review).join(Review)
    for each in lessons.where(Recommendation.id.in_(ids["recommendation"])) if ids["recommendation"] else ():
        named["recommendation", each.id] = f"{each.review.reference}, recommendation {each.published_number}"
    for each in Challenge.select().where(Challenge.id.in_(ids["challenge"])) if ids["challenge"] else ():
        named["challenge", each.id] = f"Challenge {each.reference}"
    return named
