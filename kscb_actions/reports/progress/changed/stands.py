"""How every action of a paper stood at the end of a day: read once, for all that tells of that day."""

from typing import Any

import peewee

from kscb_actions.actions.models import Action
from kscb_actions.actions.narrowing import as_sql
from kscb_actions.actions.rating import overdue, rating_rules
from kscb_actions.database import db
from kscb_actions.prepared import as_day

from ..past import state_at
from ..queries import columns_of, rules_place
from ..scope import Scope, of_agency
from .rules import Stand

# What a rating is made of, and what is told of an action that changed.
_FIELDS = (
    *("id", "review", "number", "agency", "standing", "progress", "updated_on", "assurance"),
    *("current_due_on", "reported_done_on", "extension_count"),
)


def stands_of(scope: Scope) -> dict[int, Stand]:
    """Return {action id: how it stood} at the end of the scope's day. One query."""
    then = state_at(Action, scope.moment, _FIELDS, scope.covered)
    late = as_sql(overdue(scope.board.thresholds), scope.as_at, columns_of(scope))
    columns: list[Any] = [
        *(then.c.id, then.c.review_id, then.c.number, then.c.agency_id, then.c.standing),
        *(then.c.current_due_on, peewee.Case(None, [(late, 1)], 0), rules_place(scope, then)),
    ]
    codes = [rule.code for rule in rating_rules(scope.board.thresholds)]
    rows = db.execute(peewee.Select([then], columns).where(of_agency(scope, then.c)))
    return {
        key: Stand(review, number, agency, standing, as_day(due_on), bool(is_late), codes[place])
        for key, review, number, agency, standing, due_on, is_late, place in rows
    }
