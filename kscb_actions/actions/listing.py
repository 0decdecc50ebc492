"""Lists of actions, always for a viewer: pages, the work a lead is asked about, and how many there are."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import peewee

from kscb_actions.access.policy import Permission, Reach, Viewer, reach
from kscb_actions.database import day_number
from kscb_actions.pages import Page, page_within
from kscb_actions.people.models import Agency, User
from kscb_actions.prepared import as_day, prepared
from kscb_actions.reviews.models import Review
from kscb_actions.reviews.queries import NOTHING
from kscb_actions.settings.rules import Thresholds

from .earlier.queries import mark_column, source_column
from .earlier.rules import in_words
from .models import Action, facts_of
from .moves import NAMES as MOVE_NAMES
from .moves import NOW, moves_of_one, moves_of_row
from .narrowing import (
    Filter,
    as_sql,
    matching,
    result_place,
    rule_place,
    shared_by,
    visible_action,
    words_to_look_up,
)
from .owners.queries import joint_names
from .owners.rules import owners_words
from .rating import (
    OPEN,
    Colour,
    Rating,
    Timeliness,
    rate,
    rating_rules,
    slippage,
    slippage_words,
    timeliness,
    urgency_rules,
    words_of_timeliness,
)
from .turn import Moves, Turn, turn_in_short, turn_words, whose_turn

PER_PAGE = 25


def _slippage() -> Any:
    """Return, as SQL, by how many days the due date is later than the first; NULL where it is not."""
    days = day_number(Action.current_due_on) - day_number(Action.original_due_on)
    return peewee.fn.NULLIF(days, 0)


# The columns of a sort, of a day and its thresholds. Made when they are asked for: how days are counted hangs
# on the database. A rating is the worst first.
SORTS: dict[str, Callable[[date, Thresholds], tuple[Any, ...]]] = {
    "due": lambda _, __: (Action.current_due_on, Action.id),
    "reference": lambda _, __: (Review.order_key, Action.number),
    "agency": lambda _, __: (Agency.name, Action.current_due_on, Action.id),
    "lead": lambda _, __: (peewee.fn.LOWER(User.name), Action.current_due_on, Action.id),
    "updated": lambda _, __: (Action.updated_on, Action.id),
    "reported": lambda _, __: (Action.reported_done_on, Action.id),
    "slippage": lambda _, __: (_slippage(), Action.id),
    "rating": lambda today, thresholds: (
        result_place(rating_rules(thresholds), list(Colour), today),
        Action.current_due_on,
        Action.id,
    ),
}


BRIEF = (
    *(
        Action.id,
        Action.number,
        Action.text,
        Action.agency,
        Action.standing,
        Action.progress,
        Action.assurance,
    ),
    *(Action.updated_on, Action.original_due_on, Action.current_due_on, Action.reported_done_on),
    *(Action.extension_count, Action.earlier_agencies, Action.due_written, Action.version),
    *(Action.success_measure, Review.reference, Review.title, Agency.name),
)
# What a sort has to join to find the ids of a page.
SORTED_WITH = {"reference": Review, "agency": Agency, "lead": User}


class Brief(NamedTuple):
    """What a list shows of an action, and what its rating is made of, in one plain row.

    `joint_names`: of the agencies that share it. `earlier_mark`: that it came from earlier records, or "".
    `lead_name` and `lead_id`: None where nobody leads.
    """

    id: int
    number: int
    text: str
    agency_id: int
    standing: str
    progress: str
    assurance: str
    updated_on: date
    original_due_on: date | None
    current_due_on: date | None
    reported_done_on: date | None
    extension_count: int
    earlier_agencies: str
    due_written: str | None
    version: int
    success_measure: str
    review_reference: str
    review_title: str
    agency_name: str
    moves: Moves
    joint_names: tuple[str, ...]
    earlier_mark: str
    lead_name: str | None
    lead_id: int | None

    @classmethod
    def of(cls, row: Sequence[Any]) -> "Brief":
        """Return a row of `_brief` as a Brief."""
        count = len(BRIEF)
        moves = moves_of_row(row[count : count + len(MOVE_NAMES)])
        names, as_of, source, lead_name, lead_id = row[count + len(MOVE_NAMES) :]
        joint = tuple(sorted(names.split("\n"))) if names else ()
        as_of = as_day(as_of)
        mark = in_words(as_of, source) if as_of else ""
        return cls._make((*row[:count], moves, joint, mark, lead_name, lead_id))

    @property
    def reference(self) -> str:
        """Return the reference people use, like SCR-2011-02/A7."""
        return f"{self.review_reference}/A{self.number}"


@dataclass(frozen=True)
class Listed:
    """An action as a list shows it."""

    action: Any
    rating: Rating
    when: str
    is_late: bool
    turn: Turn
    today: date
    slippage: int
    joint_names: Sequence[str] = ()

    @property
    def turn_in_short(self) -> str:
        """Return whose turn it is, for a row of a list; "" for nobody's."""
        return turn_in_short(self.turn, self.today)

    @property
    def turn_words(self) -> str:
        """Return whose turn it is, in a sentence; "" for nobody's."""
        return turn_words(self.turn, self.today)

    @property
    def slippage_words(self) -> str:
        """Return how far the due date has moved, in words; "" where it has not."""
        return slippage_words(self.slippage)

    @property
    def owners(self) -> str:
        """Return whose it is, such as "Kent Police (with Kent Probation)"."""
        agency = self.action.agency_name if isinstance(self.action, Brief) else self.action.agency.name
        return owners_words(agency, self.joint_names)

    @property
    def reference(self) -> str:
        """Return the action's reference, like SCR-2011-02/A7."""
        return self.action.reference


def list_actions(
    viewer: Viewer,
    narrow: Filter,
    today: date,
    thresholds: Thresholds,
    sort: str = "due",
    descending: bool = False,
    page: int = 1,
    per_page: int = PER_PAGE,
) -> Page[Listed]:
    """Return one page of the actions that match, each as a Brief.

    Two queries, whatever their number, and one or two for each word.
    """
    look_up = words_to_look_up(narrow)
    total = _count(viewer, narrow, today, thresholds, look_up)[0][0]
    if total == 0:
        return Page([], 0, 1, 1)
    page, pages, start, count = page_within(page, total, per_page)
    count = min(count, total - start)
    # The further in a page is, the more has to be sorted: what is nearer to the end is read from there.
    from_end = 2 * start > total
    sort = sort if sort in SORTS else "due"
    rows = _page_of(
        viewer,
        narrow,
        today,
        thresholds,
        look_up,
        sort,
        descending,
        from_end,
        most=count,
        start=total - start - count if from_end else start,
    )
    return Page([_listed(row, today, thresholds) for row in rows], total, page, pages)


@prepared
def _page_of(
    viewer: Viewer,
    narrow: Filter,
    today: date,
    thresholds: Thresholds,
    look_up: frozenset[str],
    sort: str,
    descending: bool,
    from_end: bool,
    *,
    most: Any,
    start: Any,
) -> Any:
    keys = SORTS[sort](today, thresholds)
    found = Action.select(Action.id).where(matching(viewer, narrow, today, thresholds, look_up))
    if sort in SORTED_WITH:
        found = found.join(SORTED_WITH[sort], peewee.JOIN.LEFT_OUTER)
    order = _order(keys, not descending, "FIRST") if from_end else _order(keys, descending)
    ids = found.order_by(*order).limit(most).offset(start)
    return _brief().where(Action.id.in_(ids)).order_by(*_order(keys, descending)).tuples()


def _brief() -> Any:
    earlier = (mark_column("as_of", Action.id), source_column(Action.id))
    columns = (*BRIEF, *NOW.selected, joint_names(), *earlier, User.name, Action.lead)
    found = Action.select(*columns).join_from(Action, Review).join_from(Action, Agency)
    return found.join_from(Action, User, peewee.JOIN.LEFT_OUTER)


def _order(keys: tuple[Any, ...], descending: bool, missing: str = "LAST") -> list[Any]:
    # Said only of what may be missing: of anything else it would keep SQLite from reading an index in order.
    nulls = [missing if getattr(key, "null", True) else None for key in keys]
    return [
        key.desc(nulls=where) if descending else key.asc(nulls=where)
        for key, where in zip(keys, nulls, strict=True)
    ]


def count_actions(viewer: Viewer, narrow: Filter, today: date, thresholds: Thresholds) -> int:
    """Return how many actions match: the number on a tile whose link is the same filter."""
    return _count(viewer, narrow, today, thresholds, words_to_look_up(narrow))[0][0]


@prepared
def _count(
    viewer: Viewer, narrow: Filter, today: date, thresholds: Thresholds, look_up: frozenset[str]
) -> Any:
    matched = Action.select(peewee.fn.COUNT(peewee.SQL("1")))
    return matched.where(matching(viewer, narrow, today, thresholds, look_up)).tuples()


@dataclass(frozen=True)
class OwnWork:
    """One page of what a lead is asked about, and how many open actions they lead and their agency has."""

    page: Page
    mine: int
    agency: int


def list_own_work(
    viewer: Viewer,
    today: date,
    thresholds: Thresholds,
    everyone: bool,
    page: int = 1,
    per_page: int = PER_PAGE,
    absent: frozenset[int] = frozenset(),
) -> OwnWork:
    """Return the open actions a lead is asked about, each as a Brief: the most pressing first, then by date.

    Theirs by name and of the `absent` for whom they stand in, or with `everyone` all of their agency's. Two
    queries, however many there are.
    """
    mine, agency = _count_own_work(viewer, absent)[0]
    total = agency if everyone else mine or 0
    page, pages, start, most = page_within(page, total, per_page)
    rows = _own_work(viewer, today, thresholds, everyone, absent, most=most, start=start)
    found = [_listed(row, today, thresholds) for row in rows]
    return OwnWork(Page(found, total, page, pages), mine or 0, agency)


@prepared
def _count_own_work(viewer: Viewer, absent: frozenset[int]) -> Any:
    led = peewee.fn.SUM(peewee.Case(None, [(_is_led(viewer, absent), 1)], 0))
    return Action.select(led, peewee.fn.COUNT(Action.id)).where(_asked_of(viewer)).tuples()


@prepared
def _own_work(
    viewer: Viewer,
    today: date,
    thresholds: Thresholds,
    everyone: bool,
    absent: frozenset[int],
    *,
    most: Any,
    start: Any,
) -> Any:
    condition = _asked_of(viewer)
    if not everyone:
        condition = condition & _is_led(viewer, absent)
    place = rule_place(urgency_rules(thresholds), today)
    order = (place.asc(), Action.current_due_on.asc(nulls="LAST"), Action.id.asc())
    return _brief().where(condition).order_by(*order).limit(most).offset(start).tuples()


def _is_led(viewer: Viewer, absent: frozenset[int]) -> Any:
    if not absent:
        return Action.lead == viewer.id
    return Action.lead.in_(sorted({viewer.id or 0, *absent}))


def list_shared_work(viewer: Viewer, today: date, thresholds: Thresholds, most: int) -> list[Listed]:
    """Return the open actions that a lead's agency shares and another leads, at most `most`, by date.

    One query.
    """
    rows = _shared_work(viewer, most=most)
    return [_listed(row, today, thresholds) for row in rows]


@prepared
def _shared_work(viewer: Viewer, *, most: Any) -> Any:
    if reach(viewer, Permission.SEE_OWN_WORK) is Reach.NONE:
        condition = NOTHING
    else:
        condition = visible_action(viewer) & shared_by(viewer.agency_id) & as_sql(OPEN, date.min)
    order = (Action.current_due_on.asc(nulls="LAST"), Action.id.asc())
    return _brief().where(condition).order_by(*order).limit(most).tuples()


def list_own_agency(
    viewer: Viewer, ids: Collection[int], today: date, thresholds: Thresholds
) -> list[Listed]:
    """Return those of these actions that the viewer may see and their agency owns, open or not. One query."""
    rows = _brief().where(of_own_agency(viewer, ids)).order_by(Action.id).tuples()
    return [_listed(row, today, thresholds) for row in rows]


def of_own_agency(viewer: Viewer, ids: Collection[int]) -> Any:
    """Return the condition on Action: one of these ids, visible to the viewer, of their own agency."""
    return visible_action(viewer) & (Action.agency == viewer.agency_id) & Action.id.in_(list(ids))


def _asked_of(viewer: Viewer) -> Any:
    if reach(viewer, Permission.SEE_OWN_WORK) is Reach.NONE:
        return NOTHING
    is_open = as_sql(OPEN, date.min)  # What is open hangs on no date.
    return visible_action(viewer) & (Action.agency == viewer.agency_id) & is_open


def list_one(action: Action, today: date, thresholds: Thresholds) -> Listed:
    """Return an action as a list would show it, but for who shares it. One query."""
    return listed(action, moves_of_one(action.id), today, thresholds)


def listed(
    action: Action | Brief, moves: Moves, today: date, thresholds: Thresholds, joint: Sequence[str] = ()
) -> Listed:
    """Return an action with its rating, its timeliness in words, and whose turn it is."""
    facts = facts_of(action, moves)
    rating = rate(facts, today, thresholds)
    stands = timeliness(facts, today, thresholds)
    when, late = words_of_timeliness(stands, facts, today), stands is Timeliness.OVERDUE
    return Listed(action, rating, when, late, whose_turn(facts, today), today, slippage(facts), joint)


def _listed(row: Sequence[Any], today: date, thresholds: Thresholds) -> Listed:
    brief = Brief.of(row)
    return listed(brief, brief.moves, today, thresholds, brief.joint_names)
