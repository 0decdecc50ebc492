"""The annual report of the Child Death Overview Panel, as plain data.

Every number in its text is the one that its tables print, or is stated by the same rule: what is suppressed
in the one is suppressed in the other.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from kscb_actions.figures.counting.report_tables import MERGING_RULES, REPORT_TABLES, TableName
from kscb_actions.figures.counting.tally import Basis
from kscb_actions.figures.disclosure.marks import Printed, percentage
from kscb_actions.figures.disclosure.tables import Conditions, CountTable
from kscb_actions.figures.printing.blocks import blocks_of, caption_of, heading_of, is_wide
from kscb_actions.reports.content import (
    Bullets,
    Column,
    Facts,
    Numbered,
    Paragraph,
    Report,
    Section,
    Table,
)
from kscb_actions.settings.rules import COUNTED_OUTSIDE, public_marking
from kscb_actions.terms import say
from kscb_actions.wording import date_uk

from . import words

DRAFT = "DRAFT, NOT FOR RELEASE"
UNEXPECTED = ("expected", "unexpected")
MODIFIABLE = ("modifiable", "identified")
ABOUT_DEATHS = tuple(code for basis, code in REPORT_TABLES if basis is Basis.DIED)
ABOUT_TIME, ABOUT_FACTORS = ("months",), ("modifiable",)
ABOUT_REVIEWS = tuple(
    code
    for basis, code in REPORT_TABLES
    if basis is Basis.REVIEWED and code not in (*ABOUT_TIME, *ABOUT_FACTORS)
)


@dataclass(frozen=True)
class Texts:
    """Hold what people write for a report; posts, not names."""

    author: str = ""
    owner: str = ""
    circulation: str = ""
    foreword: str = ""
    achievements: str = ""
    learning: str = ""
    training: str = ""


@dataclass(frozen=True)
class RecommendationStatus:
    """Hold a recommendation that came of the year's reviews, and how far its actions are, in words."""

    text: str
    state: str


@dataclass(frozen=True)
class Annual:
    """Hold all that an annual report is made of."""

    organisation: str
    year: str
    as_at: date
    cut_off: date
    papers: Mapping[TableName, CountTable]
    texts: Texts
    lessons: Sequence[RecommendationStatus] = ()
    trend: Sequence[tuple[str, Mapping[Basis, Printed]]] = ()
    is_draft: bool = True
    marking: str = ""
    notice: str = ""
    printed: Mapping[Conditions, Printed] = field(default_factory=dict)


def build_annual(annual: Annual) -> Report:
    """Return the report, its sections in the order of a panel's annual report."""
    return Report(
        title=title_of(annual.year) + (" (draft, not for release)" if annual.is_draft else ""),
        marking=f"{annual.marking} – {DRAFT}" if annual.is_draft else public_marking(annual.as_at),
        organisation=annual.organisation,
        header=_header(annual),
        asked=(),
        as_at=annual.as_at,
        since=None,
        sections=tuple(_sections(annual)),
        notice=annual.notice,
    )


def title_of(year: str) -> str:
    """Return the title of a year's report."""
    return f"Child Death Overview Panel: annual report {year}"


def _header(annual: Annual) -> tuple[tuple[str, str], ...]:
    """Return what stands under the title."""
    agreement = words.NOT_AGREED if annual.is_draft else words.AGREED.format(day=date_uk(annual.as_at))
    return (
        ("Author", annual.texts.author or words.AUTHOR),
        ("Owner", annual.texts.owner or say(words.OWNER)),
        ("Edition", words.EDITION.format(day=date_uk(annual.cut_off))),
        ("Agreement", agreement),
    )


def _sections(annual: Annual) -> Iterator[Section]:
    texts = annual.texts
    yield _control(annual)
    yield from _written("Foreword", texts.foreword)
    yield Section(
        "Introduction", (Paragraph(say(words.INTRODUCTION)), Paragraph(_summary(annual)), *_trend(annual))
    )
    yield Section("Scope and terminology", (Bullets((*words.SCOPE, str(COUNTED_OUTSIDE), *MERGING_RULES)),))
    yield Section(
        "What this report promises",
        (Paragraph(words.PROMISE), Bullets(words.SMALL_NUMBERS), Paragraph(words.NOT_PROMISED_INTRO),
         Bullets(words.NOT_PROMISED)),
    )  # fmt: skip
    yield Section("What happens after a child has died", (Numbered(words.AFTER_A_DEATH),))
    yield Section("How the panel reviews a death", (Numbered(tuple(map(say, words.REVIEWING))),))
    yield from _tables("Reported deaths", _reported(annual), annual, Basis.DIED, ABOUT_DEATHS)
    yield from _tables("Reviews completed", _completed(annual), annual, Basis.REVIEWED, ABOUT_REVIEWS)
    yield from _tables("Time taken", TIME, annual, Basis.REVIEWED, ABOUT_TIME)
    modifiable = (words.MODIFIABLE_MEANS, *_modifiable(annual))
    yield from _tables("Modifiable factors", modifiable, annual, Basis.REVIEWED, ABOUT_FACTORS)
    yield from _written("Achievements", texts.achievements)
    yield from _written("Learning", texts.learning)
    yield from _lessons(annual.lessons)
    yield from _written("Training", texts.training)
    yield Section("Appendix: definitions", (Facts(words.DEFINITIONS),))


TIME = ("From the death of a child to the day the panel completed its review, in whole months.",)


def _control(annual: Annual) -> Section:
    rows = (
        ("Purpose", say(words.PURPOSE)),
        ("Accessibility", say(words.ACCESSIBILITY)),
        ("Sign-off", say(words.SIGN_OFF)),
        ("Circulation", annual.texts.circulation or words.CIRCULATION),
    )
    return Section("Document control", (Facts(rows),))


def _trend(annual: Annual) -> Iterator[Table]:
    """Yield the totals of earlier years as they were printed and of this one; nothing without them."""
    if annual.trend:
        own = {basis: annual.printed.get(frozenset({(basis.value, annual.year)}), "–") for basis in Basis}
        rows = tuple(
            (year, *(_text(totals[basis]) for basis in (Basis.DIED, Basis.REVIEWED)))
            for year, totals in (*annual.trend, (annual.year, own))
        )
        columns = (Column("Year", 40), Column("Deaths", 30, "end"), Column("Reviews completed", 40, "end"))
        yield Table("Deaths and reviews of earlier years, as they were reported", columns, rows)


def _tables(
    heading: str, paragraphs: Iterable[str], annual: Annual, basis: Basis, codes: Iterable[str]
) -> Iterator[Section]:
    """Yield a section of text and one of level 2 for each of its tables.

    Nothing where all are left out, or the year has nothing to count by this basis: the introduction says so.
    """
    tables = {code: annual.papers[basis, code] for code in codes if (basis, code) in annual.papers}
    if not tables or _figure(annual, (basis, annual.year)) == ["0"]:
        return
    # On the page of the first table: a heading and a sentence do not fill one of their own.
    is_landscape = is_wide(next(iter(tables.values())))
    yield Section(heading, tuple(map(Paragraph, paragraphs)), landscape=is_landscape)
    for code, table in tables.items():
        caption = caption_of(basis, annual.year, code)
        heading = heading_of(basis, code)
        yield Section(heading, blocks_of(caption, table), level=2, landscape=is_wide(table))


# A number in print is 0, or five or more, or a mark: what it counts stands always in the plural.
def _summary(annual: Annual) -> str:
    here, there = (Basis.REVIEWED, annual.year), (Basis.DIED, annual.year)
    said = [
        f"In {annual.year} the panel completed "
        + (f"the reviews of {figure} deaths." if figure != "0" else "no review.")
        for figure in _figure(annual, here)
    ]
    said += [
        f"{figure} deaths of children are counted in this report."
        if figure != "0"
        else "No death of a child is counted in this report."
        for figure in _figure(annual, there)
    ]
    return " ".join(said) or "The numbers of this year are not published."


def _reported(annual: Annual) -> Iterator[str]:
    here = (Basis.DIED, annual.year)
    for died in _figure(annual, here):
        unexpected = [f", of which {number} were unexpected" for number in _figure(annual, here, UNEXPECTED)]
        yield f"{died} deaths of children are counted in {annual.year}{''.join(unexpected)}."


def _completed(annual: Annual) -> Iterator[str]:
    here = (Basis.REVIEWED, annual.year)
    for reviewed in _figure(annual, here):
        yield f"The panel completed {reviewed} reviews in {annual.year}."
    by_year = annual.papers.get((Basis.REVIEWED, "expected"))
    for year in by_year.columns if by_year else ():
        died = (Basis.DIED, year)
        for of, unexpected in zip(
            _figure(annual, here, died), _figure(annual, here, died, UNEXPECTED), strict=True
        ):
            yield f"{of} of them were of deaths in {year}, of which {unexpected} were unexpected."


def _modifiable(annual: Annual) -> Iterator[str]:
    here = (Basis.REVIEWED, annual.year)
    parts = annual.printed.get(frozenset({_key(here), MODIFIABLE}))
    base = annual.printed.get(frozenset({_key(here)}))
    if parts is not None and base is not None:
        share = percentage(parts, base)
        percent = f" ({share:.0f}%)" if share is not None else ""
        found = f"{_text(parts)} of {_text(base)} reviews completed{percent}"
        yield f"Modifiable factors were identified in {found}."


def _lessons(lessons: Sequence[RecommendationStatus]) -> Iterator[Section]:
    """Yield the recommendations; nothing where none came of the year's reviews."""
    if lessons:
        columns = (Column("Recommendation", 100), Column("How far its actions are", 70))
        rows = tuple((lesson.text, lesson.state) for lesson in lessons)
        table = Table("Recommendations that came of these reviews", columns, rows)
        yield Section("Recommendations", (table,), 2)


def _written(heading: str, text: str) -> Iterator[Section]:
    """Yield the section of what somebody wrote; nothing where they wrote nothing."""
    if paragraphs := [part.strip() for part in text.split("\n\n") if part.strip()]:
        yield Section(heading, tuple(map(Paragraph, paragraphs)))


def _figure(annual: Annual, *conditions: tuple[str, str]) -> list[str]:
    """Return a number of the text as its table prints it; nothing where no table does."""
    found = annual.printed.get(frozenset(map(_key, conditions)))
    return [] if found is None else [_text(found)]


def _key(condition: tuple[str, str]) -> tuple[str, str]:
    return str(condition[0]), condition[1]


def _text(number: Printed) -> str:
    return f"{number:,}" if isinstance(number, int) else number
