"""The log of challenges as a paper: a year's figures, and each challenge with what came of it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import product
from typing import Any

from kscb_actions.access.policy import Viewer
from kscb_actions.assurance.challenges.models import Challenge, ChallengeStep
from kscb_actions.assurance.challenges.queries import (
    ChallengeFilter,
    figures_of,
    list_challenges,
    questions_in,
    tally,
)
from kscb_actions.assurance.challenges.rules import (
    IN_TIME_NAMES,
    LEVEL_NAMES,
    OUTCOME_NAMES,
    STATE_NAMES,
    InTime,
    Level,
    Outcome,
    Question,
    State,
    StepKind,
    in_time,
)
from kscb_actions.people.queries import list_agencies
from kscb_actions.reports.challenge_letter import about_words
from kscb_actions.reports.content import (
    Block,
    Column,
    Counted,
    Paragraph,
    Report,
    Row,
    Section,
    Table,
    counted,
)
from kscb_actions.reports.paper_kind import Form
from kscb_actions.reports.progress.first_page.front import contact_section, header_of
from kscb_actions.reports.progress.report import paper_of
from kscb_actions.reports.progress.scope import ReportingYear, ReportRequest, scope_of
from kscb_actions.reports.progress.words import short_date, shortened
from kscb_actions.settings.rules import Board
from kscb_actions.text import one_line
from kscb_actions.wording import plural

NOT_RESTRICTED = "Challenges about restricted reviews are not in it."
COLUMNS = (
    Column("Challenge", 30),
    Column("About", 36),
    Column("Agency and level", 40),
    Column("What was asked", 64),
    Column("Reply by", 30),
    Column("Answered", 30),
    Column("What came of it", 60),
)
# What the log counts of each agency, as the page of challenges has it: (column, what is counted).
PARTS: Mapping[str, ChallengeFilter] = {
    "Raised": ChallengeFilter(),
    "Answered": ChallengeFilter(answered=True),
    "Answered in time": ChallengeFilter(in_time=InTime.YES),
    "Closed": ChallengeFilter(state=State.CLOSED),
    "Led to change": ChallengeFilter(outcome=Outcome.CHANGED),
}

# The page of challenges narrowed to what each of them counts.
LISTS: Mapping[str, Mapping[str, str]] = {
    "Raised": {},
    "Answered": {"answered": "1"},
    "Answered in time": {"in_time": InTime.YES.value},
    "Closed": {"state": State.CLOSED.value},
    "Led to change": {"outcome": Outcome.CHANGED.value},
}


def build_challenge_log(viewer: Viewer, board: Board, choice: ReportRequest, today: date) -> Report:
    """Return the log of the challenges raised in `choice.year`, narrowed as its other fields say.

    Those about restricted reviews are left out.
    Raises Refused, and InvalidInput with a message for each field of `choice` that cannot be used.
    """
    year = _year(choice)
    scope = scope_of(viewer, board, replace(choice, form=_form(year, choice.challenges)), today)
    narrow = replace(
        choice.challenges,
        raised=(year.first, year.last),
        agency=one_line(choice.agency),
        review=one_line(choice.review),
        restricted=False,
    )
    found = every_challenge(viewer, narrow, today)
    asked = {"agency": narrow.agency, "review": narrow.review, "level": narrow.level, "state": narrow.state}
    asked |= {"outcome": narrow.outcome, "in_time": narrow.in_time}
    by = {name: value for name, value in asked.items() if value}
    coverage = Counted(
        counted(plural(len(found), "challenge"), "challenges", year=year.name, **by),
        f" raised in {year.name}{_narrowed(narrow)}. {NOT_RESTRICTED}",
    )
    header = tuple(
        (label, coverage if label == "Coverage" else text) for label, text in header_of(scope, viewer)
    )
    sections = (
        Section(f"Challenges raised in {year.name}", tuple(_figures(viewer, year, scope.agencies, today))),
        contact_section(scope),
        *_each(found, today),
    )
    return replace(paper_of(scope, header, sections), since=None)


def every_challenge(viewer: Viewer, narrow: ChallengeFilter, today: date) -> list[Challenge]:
    """Return the challenges that match, in the order in which they were raised: those of every page."""
    first = list_challenges(viewer, narrow, today, is_descending=False)
    more = (
        list_challenges(viewer, narrow, today, is_descending=False, page=page)
        for page in range(2, first.pages + 1)
    )
    return [*first.rows, *(row for page in more for row in page.rows)]


def steps_of(challenges: Sequence[Challenge]) -> dict[int, list[ChallengeStep]]:
    """Return {challenge: its steps, oldest first}; the first has its date as it was put right. One query."""
    found: dict[int, list[ChallengeStep]] = {each.id: [] for each in challenges}
    query = ChallengeStep.select().where(ChallengeStep.challenge.in_(list(found))).order_by(ChallengeStep.id)
    for step in query if found else ():
        found[step.challenge_id].append(step)
    for each in challenges:
        found[each.id][0].due_on = each.first_due_on
    return found


def outcome_of(challenge: Challenge, steps: Sequence[ChallengeStep]) -> str:
    """Return what came of a challenge, with the words with which it was closed; its state until then."""
    if challenge.state != State.CLOSED:
        return STATE_NAMES[State(challenge.state)]
    closed = f"{OUTCOME_NAMES[Outcome(challenge.outcome)]}, {short_date(challenge.closed_on)}"
    return f"{closed}\n{words_of_closing(steps)}"


def words_of_closing(steps: Sequence[ChallengeStep]) -> str:
    """Return the words with which a challenge was closed."""
    return next(step.text for step in reversed(steps) if step.kind == StepKind.CLOSED)


def figures_in_words(viewer: Viewer, year: ReportingYear, today: date) -> str:
    """Return the year's figures as the page of challenges has them, but for restricted reviews."""
    found = figures_of(viewer, (year.first, year.last), today, restricted=False)
    raised = plural(found.raised, "challenge")
    return Counted(
        _number(raised, year, "Raised"),
        f" {'was' if found.raised == 1 else 'were'} raised in {year.name}. Of them ",
        _number(f"{found.answered:,}", year, "Answered"),
        f" {_are(found.answered)} answered, ",
        _number(f"{found.in_time:,}", year, "Answered in time"),
        " in time at each level; ",
        _number(f"{found.closed:,}", year, "Closed"),
        f" {_are(found.closed)} closed, ",
        _number(f"{found.changed:,}", year, "Led to change"),
        " with something changed because of it.",
    )


def _number(words: str, year: ReportingYear, part: str, **of: str) -> Counted:
    """Return words that count a part of a year's challenges, narrowed further as the names say."""
    return counted(words, "challenges", year=year.name, **LISTS[part], **of)


def _year(choice: ReportRequest) -> ReportingYear:
    assert choice.year is not None, "Paper.make asks for the year"  # noqa: S101  # nosec B101
    return choice.year


def _form(year: ReportingYear, narrow: ChallengeFilter) -> Form:
    parts = [each for each in (narrow.level, narrow.state, narrow.outcome, narrow.in_time) if each]
    file = "-".join(["challenge-log", year.name, *(part.replace("_", "-") for part in parts)])
    return Form(file, f"Challenges raised in {year.name}", f"Challenges raised in {year.name} about {{}}")


def _narrowed(narrow: ChallengeFilter) -> str:
    asked: tuple[tuple[Mapping[Any, str], str], ...] = (
        (LEVEL_NAMES, narrow.level),
        (STATE_NAMES, narrow.state),
        (OUTCOME_NAMES, narrow.outcome),
        (IN_TIME_NAMES, narrow.in_time),
    )
    told = [names.get(value, value) for names, value in asked if value]
    return f" ({'; '.join(told)})" if told else ""


def verb(count: int) -> str:
    """Return a count with its verb: “1 is”, “7 are”."""
    return f"{count:,} {_are(count)}"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _counted(
    parts: Mapping[str, ChallengeFilter], year: ReportingYear, today: date
) -> dict[int, dict[str, int]]:
    """Return {agency: {name: how many of the year match}}, those about restricted reviews left out."""
    of_year = {name: replace(part, raised=(year.first, year.last)) for name, part in parts.items()}
    return {agency: numbers for agency, secret, numbers in tally(of_year, today) if secret is None}


def _by_level(year: ReportingYear, today: date) -> Table:
    parts = {
        f"{level} {state}": ChallengeFilter(level=level, state=state)
        for level, state in product(LEVEL_NAMES, STATE_NAMES)
    }
    counts = Counter[str]()
    for numbers in _counted(parts, year, today).values():
        counts.update(numbers)
    rows = tuple(
        (
            name,
            *(
                _number(f"{counts[f'{level} {state}']:,}", year, "Raised", level=level, state=state)
                for state in STATE_NAMES
            ),
        )
        for level, name in LEVEL_NAMES.items()
    )
    columns = (Column("Level now", 60), *(Column(name, 37, "end") for name in STATE_NAMES.values()))
    return Table(f"Challenges raised in {year.name}, by level and state", columns, rows)


def _figures(
    viewer: Viewer, year: ReportingYear, agencies: Mapping[int, str], today: date
) -> Iterator[Block]:
    yield Paragraph(figures_in_words(viewer, year, today))
    counts = _counted(PARTS, year, today)
    codes = {each.id: each.code for each in list_agencies(active_only=False)}
    rows = tuple(
        (name, *(_number(f"{counts[key][part]:,}", year, part, agency=codes[key]) for part in PARTS))
        for key, name in agencies.items()
        if counts.get(key, {}).get("Raised")
    )
    if rows:
        columns = (Column("Agency", 60), *(Column(name, 22, "end") for name in PARTS))
        yield Table(f"Challenges raised in {year.name}, by agency", columns, rows)
        yield _by_level(year, today)


def _each(found: Sequence[Challenge], today: date) -> Iterator[Section]:
    if found:
        steps = steps_of(found)
        rows = tuple(_row(each, steps[each.id], today) for each in found)
        yield Section(
            "Each challenge",
            (Table("Challenges in the order in which they were raised", COLUMNS, rows),),
            landscape=True,
        )


def _row(challenge: Challenge, steps: Sequence[ChallengeStep], today: date) -> Row:
    questions = questions_in(steps)
    return (
        f"Challenge {challenge.reference}",
        about_words(challenge),
        f"{challenge.agency.name}\n{LEVEL_NAMES[Level(challenge.level)]}",
        f"{short_date(challenge.raised_on)}\n{shortened(challenge.question)}",
        "\n".join(short_date(each.due_on) for each in questions),
        _answered(questions, today),
        outcome_of(challenge, steps),
    )


def _answered(questions: Sequence[Question], today: date) -> str:
    days = [short_date(each.answered_on) if each.answered_on else "–" for each in questions]
    return "\n".join([*days, IN_TIME_NAMES[in_time(questions, today)]])
