"""Operations on annual reports: their texts, earlier totals, and the audit of exported tables."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Viewer, require
from kscb_actions.audit.service import StaleEdit, change
from kscb_actions.child_deaths.years import year_of
from kscb_actions.figures.counting.report_tables import REPORT_TABLES
from kscb_actions.figures.counting.tally import is_year
from kscb_actions.figures.disclosure.tables import printed_quantities
from kscb_actions.settings.rules import Board
from kscb_actions.text import InvalidInput, clean_text, one_line, why_too_long

from . import serialisation
from .lessons import lessons
from .models import AnnualDraft, EarlierTotal, FrozenYear
from .report import Annual, Texts
from .small_numbers import SmallNumber, small_numbers
from .year import draft_of, named, trend

LINES = {"author": 120, "owner": 120}
MOST_DEATHS = 99_999


def save_draft(viewer: Viewer, year: str, texts: Texts, expected: int) -> AnnualDraft:
    """Save what has been written for the year's report; `expected` is 0 before anything was saved.

    Raise Refused, InvalidInput, StaleEdit.
    """
    require(viewer, Permission.ISSUE_FIGURES)
    values = _clean(texts)
    with change(viewer) as tx:
        draft = AnnualDraft.get_or_none(AnnualDraft.year == year)
        if draft is None:
            return tx.add(AnnualDraft(year=year, **values), "annual-report.draft-begun")
        if expected == 0:
            raise StaleEdit(draft)
        for name, value in values.items():
            setattr(draft, name, value)
        return tx.update(draft, "annual-report.draft-changed", expected)


def annual_of(board: Board, frozen: FrozenYear, is_draft: bool = True) -> Annual:
    """Return all that the report of a frozen year is made of, for who has been let in."""
    today, draft = clock.today(), draft_of(frozen.year)
    left_out = named(frozen.left_out)
    names = [name for name in REPORT_TABLES if name not in left_out]
    pairs = dict(zip(names, serialisation.read_counts(frozen.tables_json), strict=True))
    return Annual(
        organisation=board.name,
        year=frozen.year,
        as_at=today,
        cut_off=frozen.cut_off,
        papers={name: paper for name, (_, paper) in pairs.items()},
        texts=Texts(**{name: getattr(draft, name) for name in asdict(Texts())}),
        lessons=lessons(frozen.year, today, board.thresholds),
        trend=trend(frozen.year),
        is_draft=is_draft,
        marking=board.marking,
        notice=board.notice,
        printed=printed_quantities(pairs.values()),
    )


@dataclass(frozen=True)
class EarlierFacts:
    """Hold what a board printed of a year before it used this, and where."""

    year: str
    deaths: int | None
    reviews: int | None
    source: str


def enter_earlier_total(viewer: Viewer, facts: EarlierFacts) -> EarlierTotal:
    """Enter the totals of an earlier year, or put them right. Raise Refused, InvalidInput."""
    require(viewer, Permission.ISSUE_FIGURES)
    problems = {}
    if not is_year(facts.year) or facts.year >= year_of(clock.today()):
        problems["year"] = "Enter a year before this one, like 2009-10."
    elif FrozenYear.get_or_none(FrozenYear.year == facts.year):
        problems["year"] = "The data of this year are frozen here, so its totals come from its report."
    for name in ("deaths", "reviews"):
        if (number := getattr(facts, name)) is None or not 0 <= number <= MOST_DEATHS:
            problems[name] = "Enter a whole number, 0 if there was none."
    source = one_line(facts.source)
    if not source or why_too_long(source, 200):
        problems["source"] = "Say in which paper it was printed, in at most 200 characters."
    if problems:
        raise InvalidInput(problems)
    values = {"deaths": facts.deaths, "reviews": facts.reviews, "source": source}
    with change(viewer) as tx:
        row = EarlierTotal.get_or_none(EarlierTotal.year == facts.year)
        if row is None:
            return tx.add(EarlierTotal(year=facts.year, **values), "earlier-total.entered")
        for name, value in values.items():
            setattr(row, name, value)
        return tx.update(row, "earlier-total.changed")


def record_export(viewer: Viewer, detail: Mapping[str, Any]) -> None:
    """Record in the audit trail that tables were exported as a file. Raise Refused."""
    require(viewer, Permission.READ_FIGURES)
    with change(viewer) as tx:
        tx.record("figures.exported", "figures", detail)


def draft_version(draft: AnnualDraft) -> int:
    """Return the version of the texts that is shown; 0 where nothing was saved yet."""
    return draft.version if draft.id else 0


def small_number_sentences(texts: Mapping[str, str]) -> dict[str, list[SmallNumber]]:
    """Return {text: sentences in which one to four children seem to be counted}, where there are any."""
    return {name: found for name, text in texts.items() if (found := small_numbers(text))}


def _clean(texts: Texts) -> dict[str, str]:
    values: dict[str, str] = {}
    problems: dict[str, str] = {}
    for name, text in asdict(texts).items():
        values[name] = one_line(text) if name in LINES else clean_text(text)
        why = why_too_long(values[name], LINES[name]) if name in LINES else why_too_long(values[name])
        problems |= {name: why} if why else {}
    if problems:
        raise InvalidInput(problems)
    return values
