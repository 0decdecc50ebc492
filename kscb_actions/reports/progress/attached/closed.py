"""What was closed since a day: accepted by the Board, withdrawn or superseded, with the day and by whom."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import peewee

from kscb_actions.actions.rating import RULE_NAMES
from kscb_actions.assurance.models import AssuranceDecision
from kscb_actions.assurance.queries import decision_stands
from kscb_actions.audit.models import AuditEvent
from kscb_actions.prepared import day_of
from kscb_actions.reports.content import Column, Group, Paragraph, Row, Rows, Section, Table
from kscb_actions.terms import say
from kscb_actions.wording import date_uk, plural

from ..actions import by_review, cells_of_action, columns_of_action
from ..counts import Counts
from ..past import among, facts_of_row, read
from ..queries import CLOSED, actions_then, coded, is_rated, told
from ..scope import Scope, of_agency
from ..words import short_date

# PostgreSQL takes a NULL by itself for a text.
_NO_RECORD = peewee.SQL("CAST(NULL AS integer)")


def closed_section(scope: Scope, counts: Counts) -> Section | None:
    """Return what was closed since the day `since`, by review and number; None where nothing was."""
    ids = list(_closed_since(scope))
    if not ids:
        return None
    columns = (*columns_of_action(scope), Column("Closed", 28))
    rows = Rows(partial(_rows, scope, counts, ids), len(ids))
    heading = f"Closed since {date_uk(scope.since)}"
    intro = Paragraph(
        say(
            "{len} accepted by the Board, withdrawn or superseded after {since} and up to the "
            "end of {as_at}, and not opened again by then.",
            len=plural(len(ids), "action"),
            since=date_uk(scope.since),
            as_at=date_uk(scope.as_at),
        )
    )
    return Section(heading, (intro, Table(heading, columns, rows)), landscape=True)


def _closed_since(scope: Scope) -> Iterator[int]:
    then = actions_then(scope)
    wanted = of_agency(scope, then.c) & is_rated(scope, then, CLOSED)
    query = peewee.Select([then], [then.c.id, _closed(scope, then, "at").alias("closed_at")]).where(wanted)
    for row in read(query.order_by(then.c.review_id, then.c.number)):
        at = row["closed_at"]
        if at is not None and day_of(at) > scope.since:
            yield row["id"]


def _closed(scope: Scope, then: Any, what: str) -> Any:
    """Return, as SQL, when an action was closed (`what`: "at"), by whom ("by"), or by which record."""
    accepted = (
        AssuranceDecision.select(getattr(AssuranceDecision, what))
        .where(
            AssuranceDecision.action == then.c.id,
            AssuranceDecision.decision == "accepted",
            AssuranceDecision.at < scope.moment.before,
            decision_stands(),
        )
        .order_by(AssuranceDecision.id.desc())
        .limit(1)
    )
    stopped = (
        AuditEvent.select({"at": AuditEvent.at, "by": AuditEvent.actor_id}.get(what, _NO_RECORD))
        .where(
            AuditEvent.kind == "action",
            AuditEvent.object_id == then.c.id,
            AuditEvent.event == "action.standing-changed",
            AuditEvent.at < scope.moment.before,
        )
        .order_by(AuditEvent.id.desc())
        .limit(1)
    )
    return peewee.Case(then.c.standing, [("active", accepted)], stopped)


def _rows(
    scope: Scope, counts: Counts, ids: list[int], start: int = 0, most: int | None = None
) -> Iterator[Row | Group]:
    then = actions_then(scope)
    part = ids[start : None if most is None else start + most]
    closed = [_closed(scope, then, what).alias(f"closed_{what}") for what in ("at", "by", "record")]
    query = told(scope, then, *closed).where(among(then.c.id, part))
    rows = coded(scope, query.order_by(then.c.review_id, then.c.number))
    for row in by_review(scope, rows):
        if isinstance(row, Group):
            yield row
        else:
            yield (*cells_of_action(scope, counts, row, facts_of_row(row)), _how(scope, row))


def _how(scope: Scope, row: Mapping[str, Any]) -> str:
    said = f"{RULE_NAMES[row['code']]}, {short_date(day_of(row['closed_at']))}"
    by = scope.people.get(row["closed_by"])
    if row["closed_record"]:
        by = None if scope.publication else row["record_accepted_by"]
    return f"{said}, {by}" if by else said
