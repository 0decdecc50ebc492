"""Taking cases as a file: who may, which cases, and the record of it in the trail."""

import csv
import io
from typing import Any

from kscb_actions.access.policy import Permission, Viewer, require
from kscb_actions.audit.service import change
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.cases.narrowing import in_year
from kscb_actions.child_deaths.judging.decisions import Decided
from kscb_actions.child_deaths.judging.models import PanelDecision
from kscb_actions.child_deaths.judging.queries import judgements_of
from kscb_actions.child_deaths.particulars.words import particulars_of
from kscb_actions.child_deaths.visibility import visible_death
from kscb_actions.child_deaths.years import days_of
from kscb_actions.settings.queries import get_board
from kscb_actions.text import InvalidInput

from .layout import VERSION, CaseToTake, columns_here, row_of

DAYS = {"reviewed": ChildDeath.reviewed_on, "died": ChildDeath.died_on}
DAY_NAMES = {"reviewed": "The panel completed its review", "died": "The child died"}


def take_cases(viewer: Viewer, by: str, year: str) -> str:
    """Return the cases of a year that this person sees as CSV of the documented layout.

    by  "reviewed" or "died": by which day a case belongs to the year

    That it was taken, and whether dates of birth were in it, stands in the trail.
    Raise InvalidInput, Refused.
    """
    require(viewer, Permission.RECORD_DEATH)
    problems = {} if by in DAYS else {"by": "Select by which day a case belongs to the year."}
    if days_of(year) is None:
        problems["year"] = "Select a year."
    if problems:
        raise InvalidInput(problems)
    columns, cases = columns_here(), _cases(viewer, by, year)
    out = io.StringIO()
    write = csv.writer(out).writerow
    write([column.name for column in columns])
    for case in cases:
        write(row_of(case, columns))
    with change(viewer) as tx:
        has_births = columns[-1].name == "date_of_birth"
        detail = {"by": by, "year": year, "cases": len(cases), "layout": VERSION, "births": has_births}
        tx.record("death.exported", "child_deaths", detail)
    return "\ufeff" + out.getvalue()


def _cases(viewer: Viewer, by: str, year: str) -> list[CaseToTake]:
    """Return the cases with what belongs to them. Five queries, however many there are."""
    condition: Any = in_year(DAYS[by], year) & visible_death(viewer)
    deaths = list(ChildDeath.select().where(condition).order_by(ChildDeath.order_key))
    ids = ChildDeath.select(ChildDeath.id).where(condition)
    current = (PanelDecision.death == ChildDeath.id) & (PanelDecision.number == ChildDeath.decision_number)
    rows = list(PanelDecision.select().join(ChildDeath, on=current).where(PanelDecision.death.in_(ids)))
    judgements = judgements_of(rows)
    decided = {row.death_id: Decided(row, judgements[row.id]) for row in rows}
    particulars, since = particulars_of([death.id for death in deaths]), get_board().forms_2018_since
    return [CaseToTake(each, particulars.get(each.id), decided.get(each.id), since) for each in deaths]
