"""Reading what changed between the two days of a scope: five queries, however many actions there are."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import peewee

from kscb_actions.actions.models import Action, Extension
from kscb_actions.actions.rules import AGENCY_CORRECTED, DATE_CORRECTED
from kscb_actions.assurance.challenges.models import Challenge, ChallengeStep
from kscb_actions.assurance.challenges.rules import LEVEL_NAMES, Level
from kscb_actions.assurance.models import AssuranceDecision, Submission
from kscb_actions.assurance.queries import decision_stands
from kscb_actions.audit.models import AuditEvent
from kscb_actions.database import db, in_json
from kscb_actions.prepared import as_day, day_of
from kscb_actions.text import one_line
from kscb_actions.wording import date_uk

from ..first_page.figures import Figures
from ..past import among, read, state_at
from ..scope import Scope, within
from ..words import shortened
from .rules import Change, Changed, Happened, Period, because, changes_between

_DECIDED = {"accepted": Change.ACCEPTED, "returned": Change.RETURNED, "reopened": Change.REOPENED}
_STEPS = {"raised": Change.CHALLENGED, "escalated": Change.CHALLENGED, "answered": Change.ANSWERED}
_CORRECTED = {"due": "The due date was put right to", "done": "The day it was reported done was put right to"}


def list_changed(scope: Scope, figures: Figures) -> dict[Change, list[Changed]]:
    """Return what changed after the end of `scope.since` and by the end of `scope.as_at`, of its reviews.

    `figures` are those of the scope. Of one agency, what moved to it or away is told too, so that all others
    are read as well: two queries more.
    """
    if scope.agency_id is not None:
        figures = Figures.of(replace(scope, agency_id=None))
    period = Period(scope.since, scope.as_at, scope.agency_id)
    return changes_between(period, figures.then, figures.now, _happened(scope), scope.agencies)


def _happened(scope: Scope) -> Iterator[Happened]:
    yield from _submissions(scope)
    yield from _decisions(scope)
    yield from _extensions(scope)
    yield from _corrections(scope)
    yield from _challenges(scope)


def _said(scope: Scope, text: str) -> str:
    """Return what somebody said, as a paper has it: nothing in one for the public."""
    return "" if scope.publication else shortened(text)


def _submissions(scope: Scope) -> Iterator[Happened]:
    query = Submission.select(Submission.action, Submission.at)
    for action, at in _of_scope(scope, query, Submission, Submission.at):
        yield Happened(action, Change.DONE, f"Reported done on {date_uk(day_of(at))}.")


def _decisions(scope: Scope) -> Iterator[Happened]:
    told, names = AssuranceDecision, {"accepted": "Accepted", "returned": "Returned", "reopened": "Reopened"}
    query = told.select(told.action, told.decision, told.at, told.reason)
    query = query.where(told.decision.in_(sorted(_DECIDED)), decision_stands())
    for action, decision, at, reason in _of_scope(scope, query, told, told.at):
        sentence = because(f"{names[decision]} on {date_uk(day_of(at))}", _said(scope, reason))
        yield Happened(action, _DECIDED[decision], sentence)


def _extensions(scope: Scope) -> Iterator[Happened]:
    told = Extension
    columns = (told.action, told.old_due_on, told.asked_due_on, told.decided_at, told.decision_reason)
    query = told.select(*columns).where(told.state == "agreed")
    for action, old, new, at, reason in _of_scope(scope, query, told, told.decided_at):
        was = f"was {date_uk(as_day(old))}" if old else "had no date"
        sentence = f"Due on {date_uk(as_day(new))}, {was}; agreed on {date_uk(day_of(at))}"
        yield Happened(action, Change.EXTENDED, because(sentence, _said(scope, reason)))


def _corrections(scope: Scope) -> Iterator[Happened]:
    told = AuditEvent
    details = (in_json(told.detail, name) for name in ("group", "to", "reason"))
    query = told.select(told.object_id, told.event, *details).where(
        told.kind == "action", told.event.in_((AGENCY_CORRECTED, DATE_CORRECTED))
    )
    query = query.where(within(scope, told.at), _in_reviews(scope, told.review_id)).order_by(told.id)
    for action, event, group, to, reason in db.execute(query):
        if event == AGENCY_CORRECTED:
            sentence = "It had been recorded for another agency, and was put right."
        else:
            words = f"{_CORRECTED[group]} {date_uk(date.fromisoformat(to))}"
            sentence = because(words, _said(scope, reason or ""))
        yield Happened(action, Change.CORRECTED, sentence)


def _challenges(scope: Scope) -> Iterator[Happened]:
    told = ChallengeStep
    columns = (told.action, told.challenge, told.kind, told.level, told.due_on, told.at, told.text)
    query = told.select(*columns).join(Challenge, on=(Challenge.id == told.challenge))
    query = query.where(~Challenge.is_void, told.action.is_null(False), told.kind.in_(sorted(_STEPS)))
    for action, key, kind, level, due_on, at, text in _of_scope(scope, query, told, told.at):
        day = date_uk(day_of(at))
        if _STEPS[kind] is Change.ANSWERED:
            sentence = because(f"Challenge C{key} answered on {day}", _said(scope, text))
        else:
            verb, by = "raised" if kind == "raised" else "escalated", date_uk(as_day(due_on))
            asked = f"Challenge C{key} {verb} on {day} ({LEVEL_NAMES[Level(level)]}), to be answered by {by}"
            sentence = because(asked, _said(scope, text))
        yield Happened(action, _STEPS[kind], sentence)


def _of_scope(scope: Scope, query: Any, told: Any, instant: Any) -> Any:
    """Return the rows of what was told in the period about the reviews covered, oldest first."""
    query = query.where(within(scope, instant), _in_reviews(scope, told.review))
    return db.execute(query.order_by(instant, told.id))


def _in_reviews(scope: Scope, column: Any) -> Any:
    return scope.covered.have(column) & column.is_null(False)


def texts_of(scope: Scope, ids: list[int]) -> dict[int, Mapping[str, Any]]:
    """Return {action id: its row, with what it says} of these actions. One query."""
    then = state_at(Action, scope.moment, ("id", "review", "number", "agency", "text"), scope.covered)
    columns = [then.c.id, then.c.review_id, then.c.number, then.c.agency_id, then.c.text]
    query = peewee.Select([then], columns).where(among(then.c.id, ids))
    return {row["id"]: {**row, "text": one_line(row["text"])} for row in read(query)}


def list_numbers(scope: Scope, ids: list[int]) -> dict[int, tuple[str, int]]:
    """Return {action id: (reference of its review, its number)} of these actions. One query."""
    query = Action.select(Action.id, Action.review, Action.number).where(among(Action.id, ids))
    return {key: (scope.reviews[review]["reference"], number) for key, review, number in db.execute(query)}
