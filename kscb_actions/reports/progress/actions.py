"""The actions of a progress report: the exceptions, worst first, and every open one."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from kscb_actions.actions.earlier.rules import in_words
from kscb_actions.actions.milestones.rules import milestones_in_short
from kscb_actions.actions.narrowing import RED_OR_AMBER
from kscb_actions.actions.owners.rules import owners_words
from kscb_actions.actions.rating import RULE_NAMES, reason_of, slippage, slippage_words, words_of_timeliness
from kscb_actions.actions.rules import PROGRESS_NAMES, assurance_words
from kscb_actions.actions.turn import TURN_NAMES, RatingFacts, turn_by, turn_in_short
from kscb_actions.dates_written import words_beside
from kscb_actions.people.rules import earlier_in_words
from kscb_actions.prepared import as_day
from kscb_actions.reports.content import (
    Cell,
    Column,
    Counted,
    Group,
    Paragraph,
    Row,
    Rows,
    Section,
    Table,
    counted,
)
from kscb_actions.reports.reminders import Reminders
from kscb_actions.terms import say, say_later
from kscb_actions.wording import lower_first, plural

from .challenges import Challenges
from .counts import Counts, TurnCounts, waiting_words
from .past import facts_of_row
from .queries import CLOSED, list_actions, list_exceptions, list_waiting
from .scope import Scope
from .words import NARRATIVE_LENGTH, rated, review_name, short_date, shortened

# What the tables of actions are called, also for a count that leads to one.
EXCEPTIONS_TABLE, OPEN_ACTIONS = "Exceptions", "Open actions"
WAITING = say_later("Waiting for the Board, the longest first")

# Every rule that makes an action red or amber, in the order in which its actions are told.
EXCEPTIONS = (
    *("overdue", "cannot_be_done", "returned", "reopened", "no_date", "silent", "extended"),
    "due_soon",
)
# {id: the names of what holds for it}, of actions that are told as exceptions.
Exceptions = Mapping[int, Collection[str]]


def exceptions_section(
    scope: Scope, counts: Counts, turns: TurnCounts, challenges: Challenges, found: Exceptions
) -> Section | None:
    """Return every red and amber action with all its reasons, under the most pressing; None without any.

    `found` is {id: the names of what holds for it} of them, in the order in which they are told.
    """
    number = len(found)
    if not number:
        return None
    intro = Counted(
        counted(plural(number, "action"), "actions", rating=RED_OR_AMBER),
        f" {'is' if number == 1 else 'are'} red or amber. Each stands here once, under the most pressing of "
        "its reasons; where other reasons hold too, they are named. The longest overdue come first.",
    )
    summary = Table(
        "Exceptions by reason",
        (
            Column("Reason", 60),
            Column("Rating", 30),
            Column("Listed under it", 25, "end"),
            Column("In all", 20, "end"),
        ),
        tuple(
            (
                RULE_NAMES[code],
                counts.colour_of[code].capitalize(),
                f"{counts.of_code(code):,}",
                f"{turns.of(code):,}",
            )
            for code in EXCEPTIONS
        ),
    )
    rows = Rows(partial(_exception_rows, scope, counts, turns, challenges, found), number)
    table = Table(EXCEPTIONS_TABLE, _exception_columns(scope), rows, about="actions")
    return Section("Exceptions", (Paragraph(intro), summary, table), landscape=True)


def waiting_section(scope: Scope, turns: TurnCounts, ids: Sequence[int]) -> Section | None:
    """Return what waits for the Board, which no agency owes; None without any.

    `ids` are theirs, the longest first.
    """
    if not ids:
        return None
    intro = Counted(
        waiting_words(scope, turns),
        say(
            " The Board has to check what was reported done, to decide on more "
            "time, or to decide what takes the place of what cannot be done. Until then no agency is "
            "asked about it, and its silence is not counted."
        ),
    )
    rows = Rows(partial(_waiting_rows, scope, ids), len(ids))
    columns = (
        Column("Reference", 30),
        Column("Action", 70),
        Column(_owner(scope), 54),
        Column(say("The Board has to"), 50),
        Column("Since", 22),
        Column("Days", 18, "end"),
    )
    table = Table(str(WAITING), columns, rows)
    return Section(say("Waiting for the Board"), (Paragraph(intro), table), landscape=True)


def _waiting_rows(scope: Scope, ids: Sequence[int], start: int = 0, most: int | None = None) -> Iterator[Row]:
    for row in list_waiting(scope, ids[start : None if most is None else start + most]):
        turn = turn_by(row["turn"], facts_of_row(row))
        yield (
            scope.reference(row),
            text_of(scope, row),
            _who(scope, row),
            TURN_NAMES[turn.code].capitalize(),
            short_date(turn.since),
            f"{turn.days(scope.as_at):,}",
        )


def open_section(scope: Scope, counts: Counts) -> Section | None:
    """Return every open action, by review and number; None where there is none."""
    number = counts.total - sum(counts.of_code(code) for code in CLOSED)
    if not number:
        return None
    rows = Rows(partial(_open_rows, scope, counts), number)
    last = Column(say("Board’s check, and whose turn"), 28)
    table = Table(OPEN_ACTIONS, (*columns_of_action(scope), last), rows, about="actions")
    intro = Paragraph(
        f"{plural(number, 'action')}, by review and number. “First due” is the date first agreed, "
        "whatever was extended; “due now” is the date after any extension. What is on hold is open too."
    )
    return Section("Open actions", (intro, table), landscape=True)


def _exception_columns(scope: Scope) -> tuple[Column, ...]:
    columns = (
        Column("Reference", 30),
        Column("Action", 60),
        Column(_owner(scope), 54),
        Column("Due now", 22),
        Column("Why", 42),
    )
    return columns if scope.publication else (*columns, Column("What the agency said last", 59))


def columns_of_action(scope: Scope) -> tuple[Column, ...]:
    """Return the columns of what `cells_of_action` gives."""
    return (
        Column("Reference", 29),
        Column("Rec.", 13),
        Column("Action", 44),
        Column(_owner(scope), 42),
        Column("First due", 16),
        Column("Due now", 16),
        Column("Timeliness", 25),
        Column("Rating", 25),
        Column("Progress", 22 if scope.publication else 39),
    )


def _owner(scope: Scope) -> str:
    return "Agency" if scope.publication else "Agency and lead"


def _exception_rows(
    scope: Scope,
    counts: Counts,
    turns: TurnCounts,
    challenges: Challenges,
    found: Exceptions,
    start: int = 0,
    most: int | None = None,
) -> Iterator[Row | Group]:
    def heading(code: str) -> str:
        here, every = counts.of_code(code), turns.of(code)
        number = f"{here:,}" if here == every else f"{here:,} here, {every:,} in all"
        return f"{RULE_NAMES[code]} ({number})"

    reminders = Reminders.of(scope)
    rows = list_exceptions(scope, list(found)[start : None if most is None else start + most])
    for row in _grouped(rows, "code", heading):
        if isinstance(row, Group):
            yield row
        else:
            yield _exception(scope, counts, challenges, reminders, row, found[row["id"]])


def _open_rows(
    scope: Scope, counts: Counts, start: int = 0, most: int | None = None
) -> Iterator[Row | Group]:
    for row in by_review(scope, list_actions(scope, start, most, CLOSED)):
        if isinstance(row, Group):
            yield row
        else:
            facts = facts_of_row(row)
            yield (*cells_of_action(scope, counts, row, facts), check_of(scope, row, facts))


def by_review(scope: Scope, rows: Iterable[Mapping[str, Any]]) -> Iterable[Mapping[str, Any] | Group]:
    """Return rows with a heading before those of each review, where the paper is of more than one."""
    return rows if scope.review else _grouped(rows, "review_id", partial(review_name, scope))


def _grouped(
    rows: Iterable[Any], key: str, heading: Callable[[Any], str]
) -> Iterator[Mapping[str, Any] | Group]:
    """Yield rows with a Group before the first of each value of `key`."""
    group: Any = None
    for row in rows:
        if row[key] != group:
            group = row[key]
            yield Group(heading(group), 3)
        yield row


def _exception(
    scope: Scope,
    counts: Counts,
    challenges: Challenges,
    reminders: Reminders,
    row: Mapping[str, Any],
    names: Collection[str],
) -> Row:
    facts = facts_of_row(row)
    reason = _every_reason(scope, challenges, reminders, row, facts, names)
    cells = (
        scope.reference(row),
        text_of(scope, row),
        _who(scope, row),
        short_date(facts.current_due_on),
        rated(counts.colour_of[row["code"]], reason),
    )
    return cells if scope.publication else (*cells, _with_milestones(scope, row, last_said(row, facts)))


def cells_of_action(
    scope: Scope, counts: Counts, row: Mapping[str, Any], facts: RatingFacts
) -> tuple[Cell | str, ...]:
    """Return the cells that every table of actions has, of a row and its `facts_of_row`."""
    colour = counts.colour_of[row["code"]]
    progress = PROGRESS_NAMES[row["progress"]]
    return (
        scope.reference(row),
        scope.numbering.label(row["recommendation_id"], row["recommendation_number"]),
        text_of(scope, row),
        _who(scope, row),
        first_due(scope, row, facts),
        short_date(facts.current_due_on),
        when_of(scope, row, facts),
        rated(colour, reason_of(row["code"], facts, scope.as_at)),
        progress
        if scope.publication
        else _with_milestones(scope, row, f"{progress}\n{last_said(row, facts)}"),
    )


def text_of(scope: Scope, row: Mapping[str, Any]) -> str:
    """Return the text of an action, marked where it came from earlier records.

    A public paper says the day of those alone.
    """
    as_of = as_day(row["record_as_of"])
    if as_of is None:
        return str(row["text"])
    return f"{row['text']}\n({in_words(as_of, '' if scope.publication else row['record_source'])})"


def first_due(scope: Scope, row: Mapping[str, Any], facts: RatingFacts) -> str:
    """Return the first due date with how it was written; a public paper has the date alone."""
    day = short_date(facts.original_due_on)
    written = "" if scope.publication else words_beside(row["due_written"], facts.original_due_on)
    return f"{day}\n{written}" if written else day


def when_of(scope: Scope, row: Mapping[str, Any], facts: RatingFacts) -> str:
    """Return where an action stands against its due date, and how far that has moved."""
    when, moved = words_of_timeliness(row["when"], facts, scope.as_at), slippage_words(slippage(facts))
    return f"{when}\n{moved}" if moved else when


def check_of(scope: Scope, row: Mapping[str, Any], facts: RatingFacts) -> str:
    """Return how far the Board's check is, and whose turn it is."""
    turn = turn_in_short(turn_by(row["turn"], facts), scope.as_at)
    check = assurance_words(facts.assurance, facts.is_reopened)
    return f"{check}\n{turn}" if turn else check


def _who(scope: Scope, row: Mapping[str, Any]) -> str:
    agency = owners_words(scope.agencies[row["agency_id"]], scope.beside.joint.get(row["id"], ()))
    if was := earlier_in_words(row["earlier_agencies"], scope.agencies):
        agency = f"{agency}\n({was})"
    if scope.publication:
        return agency
    lead = scope.people.get(row["lead_id"], "No lead named")
    return f"{agency}\n{lead}"


def _with_milestones(scope: Scope, row: Mapping[str, Any], said: str) -> str:
    """Return what the agency said, and below it the milestones that are overdue and the next one."""
    steps = scope.beside.milestones.get(row["id"], ())
    return "\n".join((said, *milestones_in_short(steps, scope.as_at))) if steps else said


def last_said(row: Mapping[str, Any], facts: RatingFacts, length: int = NARRATIVE_LENGTH) -> str:
    """Return what the agency said last, and when, in so many letters."""
    if row["narrative"] is None and row["record_told"]:
        return f"{short_date(as_day(row['record_as_of']))}: {shortened(row['record_told'], length)}"
    if row["narrative"] is None:
        return "No update yet."
    return f"{short_date(facts.updated_on)}: {shortened(row['narrative'], length)}"


def _every_reason(
    scope: Scope,
    challenges: Challenges,
    reminders: Reminders,
    row: Mapping[str, Any],
    facts: RatingFacts,
    names: Collection[str],
) -> str:
    """Return the reason of the rating, after it the others, reminders without answer, and the challenge.

    `names` are those of what holds for the action, of `conditions_counted`.
    """
    first = reason_of(row["code"], facts, scope.as_at)
    if row["code"] in ("returned", "reopened") and not scope.publication:
        first = f"{first}: {shortened(row['returned_because'] or '').rstrip('.')}"
    also = [
        lower_first(reason_of(code, facts, scope.as_at))
        for code in EXCEPTIONS
        if code in names and code not in (row["code"], "due_soon")
    ]
    if "board" in names:
        also.append(lower_first(turn_in_short(turn_by(row["turn"], facts), scope.as_at)))
    elif words := reminders.unanswered_in_words(row["id"], facts):
        also.append(words)
    if challenged := challenges.open_in_words(scope.reference(row)):
        also.append(challenged)
    return f"{first}. Also: {'; '.join(also)}." if also else first
