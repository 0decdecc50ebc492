"""What the board has that plans name or hold: agencies by every name they have had, and a review's plan."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from kscb_actions.access.policy import Viewer
from kscb_actions.actions.earlier.models import EarlierRecord
from kscb_actions.actions.earlier.rules import Reading, why_no_past
from kscb_actions.actions.models import Action, ProgressUpdate
from kscb_actions.actions.rules import VOID
from kscb_actions.audit.models import AuditEvent
from kscb_actions.people.models import Agency
from kscb_actions.people.rules import heir_of
from kscb_actions.reviews.models import Recommendation, Review
from kscb_actions.reviews.papers.models import ReviewPaper
from kscb_actions.reviews.queries import visible_recommendation

from .comparing import Had, HadAction
from .headings import Part
from .layout import possible_layouts
from .models import OwnerName, PlanCorrection, PlanLayout, PlanRow
from .owners import Directory, KnownAgency
from .plan import Plan
from .rules import read_plan
from .tables import Correction, NotRead, Source


def directory(said: Mapping[str, Sequence[str]] | None = None) -> Directory:
    """Return the agencies that are active, as plans may name them.

    A name that one had earlier is its name too, and so are those of agencies whose work it took over, and
    the words that somebody has said name it; `said` are more of them, {words: codes}.
    """
    agencies = {each.id: each for each in Agency.select().order_by(Agency.id)}
    successors = Agency.successors()
    heirs = {each.code: agencies[heir_of(each.id, successors)] for each in agencies.values()}
    names: dict[str, list[str]] = defaultdict(list)
    for agency_id, name in _earlier_names():
        names[heirs[agencies[agency_id].code].code].append(name)
    for agency in agencies.values():
        if not agency.is_active:
            names[heirs[agency.code].code] += [agency.name, agency.code]
    groups: dict[str, Sequence[str]] = {}
    kept = {
        words: of.split(",") for words, of in OwnerName.select(OwnerName.words, OwnerName.agencies).tuples()
    }
    for words, own in {**kept, **(said or {})}.items():
        named = [heirs[code].code for code in own if code in heirs]
        if len(named) == 1:
            names[named[0]].append(words)
        else:
            groups[words] = tuple(dict.fromkeys(named))
    active = [each for each in agencies.values() if each.is_active]
    known = [KnownAgency(each.code, each.name, tuple(names[each.code])) for each in active]
    codes = {each.code for each in active}
    return Directory(known, {words: [each for each in of if each in codes] for words, of in groups.items()})


def _earlier_names() -> list[tuple[int, str]]:
    changed = AuditEvent.select(AuditEvent.object_id, AuditEvent.changes).where(
        AuditEvent.event == "agency.changed"
    )
    found = []
    for agency_id, changes in changed.order_by(AuditEvent.id).tuples():
        changed_name = json.loads(changes).get("name")
        if changed_name:
            found.append((agency_id, changed_name[0]))
    return found


def key_of(layout: Sequence[str]) -> str:
    """Return by what a layout is known again: the SHA-256 of its headings."""
    return hashlib.sha256("\n".join(layout).encode()).hexdigest()


def remembered(layouts: Sequence[Sequence[str]]) -> dict[str, Part]:
    """Return {heading: what it was taken for by hand} for these layouts, as far as somebody has said."""
    found: dict[str, Part] = {}
    rows = PlanLayout.select().where(PlanLayout.layout.in_([key_of(each) for each in layouts]))
    for row in rows.order_by(PlanLayout.id):
        found |= {heading: Part(part) for heading, part in json.loads(row.meanings).items()}
    return found


def readings_of(layout: Sequence[str]) -> dict[str, Reading]:
    """Return {words of a status: what somebody has read them as} in a file of this layout."""
    row = PlanLayout.get_or_none(PlanLayout.layout == key_of(layout))
    kept = json.loads(row.readings or "{}") if row else {}
    return {key: Reading(each) for key, each in kept.items()}


def tables_taken(paper: ReviewPaper) -> set[str]:
    """Return the names of the tables from which rows of this file came in; none where it has but one."""
    places = PlanRow.select(PlanRow.place).where(PlanRow.paper == paper).tuples()
    return {name for (place,) in places if (name := place.rpartition(", row ")[0])}


def understood(
    source: Source,
    today: date,
    columns: Mapping[str, Part] | None = None,
    owners: Mapping[str, Sequence[str]] | None = None,
    tables: Collection[str] = (),
) -> tuple[Plan, dict[str, Part]]:
    """Return the plan of a file, read with all that is remembered, and what of `columns` was new in it.

    columns, owners, tables  what somebody says of its headings, of the words that name owners, and which of
    its tables are the plan. Raises NotRead.
    """
    kept, known = remembered(possible_layouts(source)), directory(owners)
    said = dict(columns or {})
    try:
        plan: Plan | None = read_plan(source, known, today, kept, tables)
    except NotRead:
        if not said:
            raise
        plan = None
    # Who sends the meaning of every heading has said nothing of those that are read so anyway.
    usual = {each.key: each.part for each in plan.columns} if plan else {}
    said = {key: part for key, part in said.items() if usual.get(key) != part}
    if plan is None or said:
        plan = read_plan(source, known, today, kept | said, tables)
    return plan, said


def put_right_before(review: Review) -> list[Correction]:
    """Return which cells of its plan's files somebody has put right, oldest first. It was fetched for one."""
    rows = PlanCorrection.select(PlanCorrection.place, PlanCorrection.was, PlanCorrection.text)
    return [
        Correction(*row)
        for row in rows.where(PlanCorrection.review == review).order_by(PlanCorrection.id).tuples()
    ]


def recorded(viewer: Viewer, review: Review) -> list[Had]:
    """Return the recommendations of a review with their actions, and what waits for an owner."""
    actions = _actions_of(review)
    query = Recommendation.select(Recommendation, Review).join(Review)
    seen = query.where(Recommendation.review == review, visible_recommendation(viewer))
    return [
        Had(
            each.id,
            each.published_number,
            each.heading,
            each.text,
            tuple(actions.get(each.id, ())),
            each.ended_as is not None,
        )
        for each in seen.order_by(Recommendation.id)
    ]


def _actions_of(review: Review) -> dict[int, list[HadAction]]:
    """Return {recommendation id: its actions, and the words that wait for an owner}."""
    found: dict[int, list[HadAction]] = defaultdict(list)
    rows = list(PlanRow.select().where(PlanRow.review == review).order_by(PlanRow.id))
    of_action = {row.action_id: row for row in rows}
    records = dict(
        EarlierRecord.select(EarlierRecord.action, EarlierRecord.status_text)
        .where(EarlierRecord.review == review)
        .tuples()
    )
    updated = {
        each
        for (each,) in ProgressUpdate.select(ProgressUpdate.action)
        .where(ProgressUpdate.review == review)
        .distinct()
        .tuples()
    }
    actions = Action.select(Action, Agency.code).join(Agency)
    for each in actions.where(Action.review == review, Action.standing != VOID).order_by(Action.id):
        row = of_action.get(each.id)
        closed = why_no_past(each.id in records, each.assurance, each.standing, each.id in updated)
        had = HadAction(
            each.id,
            each.agency.code,
            each.text,
            each.original_due_on,
            row_id=row.id if row else None,
            row_text=row.text if row else "",
            takes_past=closed is None,
            status_before=records.get(each.id),
        )
        found[each.recommendation_id].append(had)
    for row in rows:
        if row.action_id is None and row.text:
            had = HadAction(None, "", "", row_id=row.id, row_text=row.text)
            found[row.recommendation_id].append(had)
    return found
