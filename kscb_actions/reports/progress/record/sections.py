"""The parts of a progress report about the record: recommendations, answers, evidence, more time, reviews."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from kscb_actions.actions.roll_up.rules import ROLL_UP_RULE, RollUp, roll_up
from kscb_actions.assurance.rules import EVIDENCE_KIND_NAMES, EvidenceKind
from kscb_actions.prepared import as_day, day_of
from kscb_actions.reports.content import Bullets, Column, Group, Paragraph, Row, Rows, Section, Table
from kscb_actions.reviews.answers.rules import STANDING_NAMES, Asked, tally
from kscb_actions.reviews.endings import count_words, ending_of, ending_words
from kscb_actions.reviews.guidance.rules import CLOCKS, clocks_of, course_of
from kscb_actions.reviews.inspections.rules import AREA_NAMES, Area, Words, words_of
from kscb_actions.reviews.rules import (
    ANSWER_NAMES,
    HOLD_NAMES,
    KIND_NAMES,
    STAGE_NAMES,
    Answer,
    Kind,
    Stage,
    clock_words,
)
from kscb_actions.settings.rules import Guidance
from kscb_actions.wording import date_uk, lower_first, plural, upper_first
from kscb_actions.working_days.england import is_working_day

from ..past import Reviews
from ..scope import Scope
from ..words import short_date, shortened
from .queries import (
    count_answers,
    count_evidence,
    count_extensions,
    count_stages,
    list_asked,
    list_evidence,
    list_extensions,
    list_open_answers,
    list_recommendations,
    list_stages,
    states_of,
)

EXTENSION_STATES = {"asked": "Waits for a decision", "agreed": "Agreed", "refused": "Refused"}
RECOMMENDATION_COLUMNS = (
    Column("Review", 30),
    Column("Rec.", 14),
    Column("Recommendation", 133),
    Column("Intended outcome", 90),
)
# In a paper of one agency others may have actions too, so that its own do not say how far it is.
_STATE = Column("State by its actions", 46)
ANSWERS = (Answer.ACCEPTED, Answer.PARTLY, Answer.NOT_ACCEPTED, Answer.AWAITED)


def recommendations_section(scope: Scope) -> Section | None:
    """Return every recommendation covered, in full; of one agency, those that it has an action for.

    None where there is none.
    """
    numbering = scope.numbering
    if not numbering.ids:
        return None
    rows = Rows(partial(_recommendation_rows, scope), len(numbering.ids))
    called = words_in(scope)
    counted = [count_words(numbering.endings)] if numbering.endings else []
    key = plural(numbering.key_count, f"key {called.one}", f"key {called.many}")
    counted += [key] if numbering.key_count else []
    number = plural(len(numbering.ids), called.one, called.many)
    several = f" {number}, of them {'; '.join(counted)}." if counted else ""
    is_whole = scope.agency_id is None
    rule = f" {ROLL_UP_RULE}" if is_whole else ""
    intro = Paragraph(f"The numbers stand in the column “Rec.” of the tables of actions.{several}{rule}")
    columns = (*RECOMMENDATION_COLUMNS, _STATE) if is_whole else RECOMMENDATION_COLUMNS
    many = upper_first(called.many)
    table = Table(f"{many} in full", columns, rows)
    return Section(many, (intro, table), landscape=True)


def words_in(scope: Scope) -> Words:
    """Return what recommendations are called in a paper: areas in one of inspections alone."""
    kinds = {review["kind"] for review in scope.reviews.values()}
    return words_of(kinds == {Kind.INSPECTION.value})


def _recommendation_rows(scope: Scope, start: int = 0, most: int | None = None) -> Iterator[Row | Group]:
    under: tuple[int, str] | None = None
    ids = None if most is None else scope.numbering.ids[start : start + most]
    states = states_of(scope, ids) if scope.agency_id is None else {}
    for row in list_recommendations(scope, start, most):
        reference = scope.reviews[row["review_id"]]["reference"]
        own = (row["review_id"], row["heading"] or "")
        # Without any heading there is nothing to group, and in one review none stands above the first.
        if scope.numbering.has_headings and own != under and (own[1] or scope.review is None):
            yield Group(": ".join(filter(None, (reference if scope.review is None else "", own[1]))), 3)
        under = own
        yield (
            reference,
            scope.numbering.label(row["id"], row["number"]),
            recommendation_words(scope, row),
            row["intended_outcome"] or "–",
            *([_state_words(row, states.get(row["id"]))] if scope.agency_id is None else []),
        )


def _state_words(row: Mapping[str, Any], state: RollUp | None) -> str:
    found = roll_up((), True) if row["withdrawn_on"] else state or roll_up(())
    return f"{found.name}\n{found.words}"


def recommendation_words(scope: Scope, row: Mapping[str, Any]) -> str:
    """Return the words of a recommendation, after its key mark, its area and how it ended, with why."""
    is_inspection = scope.reviews[row["review_id"]]["kind"] == Kind.INSPECTION
    lines = [f"Key {words_of(is_inspection).one}"] if row["is_key"] else []
    if is_inspection:
        lines.append(AREA_NAMES[Area(row["area"] or Area.DEVELOPMENT)])
    ending = ending_of(row["withdrawn_on"], row["ending"])
    if ending:
        because = "" if scope.publication or not row["withdrawn_reason"] else f": {row['withdrawn_reason']}"
        lines.append(f"{ending_words(ending, as_day(row['withdrawn_on']))}{because}")
    return "\n".join([*lines, row["text"]])


def answers_section(scope: Scope) -> Section | None:
    """Return how the agencies answered the recommendations: counts, and each answer short of acceptance.

    None where no agency was asked.
    """
    counted = count_answers(scope)
    if not counted:
        return None
    counts = {(agency, answer): count for agency, answer, count in counted}
    rows = tuple(
        (name, *(f"{counts.get((key, answer), 0):,}" for answer in ANSWERS))
        for key, name in scope.agencies.items()
        if any((key, answer) in counts for answer in ANSWERS)
    )
    columns = (Column("Agency", 90), *(Column(ANSWER_NAMES[answer], 26, "end") for answer in ANSWERS))
    number = sum(count for _, answer, count in counted if answer != Answer.ACCEPTED)
    blocks = (
        Table("Answers to recommendations, by agency", columns, rows),
        Table(
            "Answers awaited, and answers short of acceptance",
            _answer_columns(scope),
            Rows(partial(_answer_rows, scope), number),
            "None. Every agency asked has accepted.",
        ),
    )
    return Section("Agencies’ answers to recommendations", (*blocks, *_by_date(scope)), landscape=True)


def _by_date(scope: Scope) -> tuple[Table, ...]:
    """Return how the agencies answered by the date they were given; nothing where none was asked by one."""
    found = tally((Asked(*row) for row in list_asked(scope)), scope.as_at)
    rows = tuple(
        (
            name,
            *(
                f"{number:,}"
                for number in (each.asked, each.in_time, each.late, each.unanswered, each.not_yet_due)
            ),
        )
        for key, name in scope.agencies.items()
        if (each := found.get(key))
    )
    titles = ("Asked", *STANDING_NAMES.values())
    columns = (Column("Agency", 90), *(Column(title, 30, "end") for title in titles))
    return (Table("Asked to answer by a date, by agency", columns, rows),) if rows else ()


def _answer_columns(scope: Scope) -> tuple[Column, ...]:
    columns = (Column("Review", 30), Column("Rec.", 14), Column("Agency", 65), Column("Answer", 36))
    return columns if scope.publication else (*columns, Column("Reason", 122))


def _answer_rows(scope: Scope, start: int = 0, most: int | None = None) -> Iterator[Row]:
    for review, recommendation, number, agency, answer, reason in list_open_answers(scope, start, most):
        cells = (
            scope.reviews[review]["reference"],
            scope.numbering.label(recommendation, number),
            scope.agencies[agency],
            ANSWER_NAMES[answer],
        )
        yield cells if scope.publication else (*cells, shortened(reason) or "–")


def evidence_section(scope: Scope) -> Section | None:
    """Return how much evidence is held, and each piece by kind and date: never what is in a file.

    None where none is held.
    """
    counted = {kind: (pieces, files) for kind, pieces, files in count_evidence(scope)}
    if not counted:
        return None
    pieces, files = (sum(pair[place] for pair in counted.values()) for place in (0, 1))
    intro = Paragraph(
        f"{plural(pieces, 'piece')} of evidence with {plural(files, 'file')} held; what was withdrawn is not "
        "counted."
    )
    rows = tuple(
        (EVIDENCE_KIND_NAMES[kind], f"{counted[kind][0]:,}", f"{counted[kind][1]:,}")
        for kind in EvidenceKind
        if kind in counted
    )
    columns = (Column("Kind", 90), Column("Pieces", 20, "end"), Column("Files", 20, "end"))
    by_kind = Table("Evidence by kind", columns, rows)
    if scope.publication:
        return Section("Evidence held", (intro, by_kind), landscape=True)
    each = Table(
        "Every piece of evidence",
        (
            Column("Reference", 30),
            Column("Agency", 55),
            Column("Kind", 40),
            Column("Speaks of", 22),
            Column("Added", 22),
            Column("Files", 13, "end"),
            Column("What it shows", 85),
        ),
        Rows(partial(_evidence_rows, scope), pieces),
    )
    return Section("Evidence held", (intro, by_kind, each), landscape=True)


def _evidence_rows(scope: Scope, start: int = 0, most: int | None = None) -> Iterator[Row]:
    for row in list_evidence(scope, start, most):
        yield (
            scope.reference(row),
            scope.agencies[row["agency_id"]],
            EVIDENCE_KIND_NAMES[row["kind"]],
            short_date(as_day(row["dated_on"])),
            short_date(day_of(row["added_at"])),
            f"{row['files']}",
            shortened(row["description"]),
        )


@dataclass(frozen=True)
class Extensions:
    """Requests for more time: how many wait for a decision on the day, and how many were decided since."""

    waiting: int
    decided: int

    @classmethod
    def of(cls, scope: Scope) -> "Extensions":
        """Count them: one query."""
        return cls(*count_extensions(scope))

    def section(self, scope: Scope) -> Section | None:
        """Return each with its dates, and with its reason where the paper is not for publication.

        None without any.
        """
        if not self.waiting + self.decided:
            return None
        columns: tuple[Column, ...] = (
            Column("Reference", 30),
            Column("Agency", 50),
            Column("Due before", 23),
            Column("Asked for", 23),
            Column("Asked on", 22),
            Column("Decision", 33),
        )
        if not scope.publication:
            columns = (*columns, Column("Reason, and reason of the decision", 86))
        since = date_uk(scope.since)
        caption = f"Requests that wait, then changes of date decided since {since}"
        rows = Rows(partial(_extension_rows, scope), self.waiting + self.decided)
        waiting = plural(self.waiting, "request")
        intro = Paragraph(f"{waiting} for more time waiting; {self.decided:,} decided since {since}.")
        return Section("Extensions", (intro, Table(caption, columns, rows)), landscape=True)


def _extension_rows(scope: Scope, start: int = 0, most: int | None = None) -> Iterator[Row]:
    return (_extension(scope, row) for row in list_extensions(scope, start, most))


def _extension(scope: Scope, row: Mapping[str, Any]) -> Row:
    state, at, reason = "asked", None, ""
    if not row["waited"]:
        state, at, reason = (row[name] for name in ("state", "decided_at", "decision_reason"))
    decided = f", {short_date(day_of(at))}" if at else ""
    cells = (
        scope.reference(row),
        scope.agencies[row["agency_id"]],
        short_date(as_day(row["old_due_on"])),
        short_date(as_day(row["asked_due_on"])),
        short_date(day_of(row["asked_at"])),
        f"{EXTENSION_STATES[state]}{decided}",
    )
    if scope.publication:
        return cells
    reasons = dict.fromkeys(filter(None, (shortened(row["reason"]), shortened(reason))))
    return (*cells, "\n".join(reasons))


def reviews_section(scope: Scope) -> Section | None:
    """Return the reviews with their stage, hold and statutory clocks, and every stage with its day.

    None where no review had been recorded.
    """
    if not scope.reviews:
        return None
    table = Table(
        "Reviews, where they stand and their statutory clocks",
        (
            Column("Review", 30),
            Column("Title", 70),
            Column("Kind and classification", 42),
            Column("Stage", 42),
            Column("Hold", 33),
            Column("Dates set by guidance", 60),
        ),
        Rows(partial(_review_rows, scope), len(scope.reviews)),
        about="reviews",
    )
    columns: tuple[Column, ...] = (Column("Review", 30), Column("Stage", 55), Column("Reached on", 30))
    if not scope.publication:
        columns = (*columns, Column("Note", 152))
    number = count_stages(scope)
    every = Table("Stages reached", columns, Rows(partial(_stage_rows, scope), number))
    blocks = (table, *_clock_rules(scope), *((every,) if number else ()))
    return Section("Stages and clocks of the reviews", blocks, landscape=True)


def _clock_rules(scope: Scope) -> tuple[Bullets, ...]:
    """Return how each clock runs that reviews of these kinds have."""
    found = {clock.code for row in scope.reviews.values() for clock in course_of(*_course(row)).clocks}
    rules = tuple(f"{clock.name}: {clock.rule}" for clock in CLOCKS.values() if clock.code in found)
    return (Bullets(rules),) if rules else ()


def _course(review: Mapping[str, Any]) -> tuple[str, str]:
    """Return the guidance and kind of a review; on days before reviews had a guidance it was the first."""
    return review["guidance"] or Guidance.SERIOUS_CASE, review["kind"]


def _review_rows(scope: Scope, start: int = 0, most: int | None = None) -> Iterator[Row]:
    keys = scope.review_ids[start : None if most is None else start + most]
    reached: dict[int, list[Mapping[str, Any]]] = {key: [] for key in keys}
    for row in list_stages(scope, Reviews(keys)):
        reached[row["review_id"]].append(row)
    return (_review(scope, scope.reviews[key], reached[key]) for key in keys)


def _stage_rows(scope: Scope, start: int = 0, most: int | None = None) -> Iterator[Row]:
    return (_stage(scope, row) for row in list_stages(scope, scope.covered, start, most))


def _review(scope: Scope, review: Mapping[str, Any], reached: Sequence[Mapping[str, Any]]) -> Row:
    days = [(row["stage"], as_day(row["reached_on"])) for row in reached]
    since = max((day for stage, day in days if stage == review["stage"] and day), default=None)
    stages = [(stage, day) for stage, day in days if day]
    clocks = [
        f"{CLOCKS[code].name}: {short_date(dates.due_on)}, "
        f"{lower_first(clock_words(dates.due_on, dates.met_on, scope.as_at))}"
        for code, dates in clocks_of(*_course(review), stages, is_working_day).items()
    ]
    hold = HOLD_NAMES.get(review["hold_kind"], "None")
    if review["hold_reason"] and not scope.publication:
        hold = f"{hold}: {shortened(review['hold_reason'])}"
    shown = (
        review["title"]
        if scope.publication
        else "\n".join(filter(None, (review["title"], review["pseudonym"])))
    )
    stage = STAGE_NAMES[Stage(review["stage"])]
    return (
        review["reference"],
        shown,
        f"{KIND_NAMES[Kind(review['kind'])]}\n{review['classification']}",
        f"{stage}, since {short_date(since)}" if since else stage,
        hold,
        "\n".join(clocks) or "None set",
    )


def _stage(scope: Scope, row: Mapping[str, Any]) -> Row:
    cells = (
        scope.reviews[row["review_id"]]["reference"],
        STAGE_NAMES[Stage(row["stage"])],
        date_uk(as_day(row["reached_on"])),
    )
    return cells if scope.publication else (*cells, shortened(row["note"]) or "–")
