"""The annual report of the Child Death Overview Panel, as plain data.

Every number in its text is the one that its tables print, or is stated by the same rule: what is suppressed
in the one is suppressed in the other.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from kscb_actions.figures.counting.tally import Basis
from kscb_actions.figures.disclosure.suppression import Key, Printed, percentage
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
from kscb_actions.settings.rules import public_marking
from kscb_actions.wording import date_uk

from . import words
from .protection import MODIFIABLE, ProtectedYear

DRAFT = "DRAFT, NOT FOR RELEASE"
UNEXPECTED = ("expected", "unexpected")
ABOUT_DEATHS = (
    "completed", "expected", "age", "sex", "ethnicity", "district", "place", "looked-after",
    "protection-plan", "statutory-order", "asylum-seeking",
)  # fmt: skip
ABOUT_REVIEWS = ("category", *ABOUT_DEATHS[1:])


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
class Edition:
    """Hold an edition's number and the day it was issued, None for the draft at hand."""

    number: int
    issued_on: date | None


@dataclass(frozen=True)
class Annual:
    """Hold all that an annual report is made of."""

    organisation: str
    year: str
    as_at: date
    protected: ProtectedYear
    texts: Texts
    lessons: Sequence[RecommendationStatus] = ()
    editions: Sequence[Edition] = ()
    is_draft: bool = True
    marking: str = ""
    notice: str = ""
    printed: Mapping[Key, Printed] = field(default_factory=dict)


def build_annual(annual: Annual) -> Report:
    """Return the report, its sections in the order of a panel's annual report."""
    return Report(
        title=title_of(annual.year) + (" (draft, not for release)" if annual.is_draft else ""),
        marking=f"{annual.marking} – {DRAFT}" if annual.is_draft else public_marking(annual.as_at),
        organisation=annual.organisation,
        header=(),
        asked=(),
        as_at=annual.as_at,
        since=None,
        sections=tuple(_sections(annual)),
        notice=annual.notice,
    )


def title_of(year: str) -> str:
    """Return the title of a year's report."""
    return f"Child Death Overview Panel: annual report {year}"


def _sections(annual: Annual) -> Iterator[Section]:
    texts = annual.texts
    yield _control(annual)
    yield from _written("Foreword", texts.foreword)
    yield Section("Introduction", (Paragraph(words.INTRODUCTION), Paragraph(_summary(annual))))
    yield Section("Scope and terminology", (Bullets(words.SCOPE), *map(Paragraph, words.SMALL_NUMBERS[:1]),
                                            Bullets(words.SMALL_NUMBERS[1:])))  # fmt: skip
    yield Section("What happens after a child has died", (Numbered(words.AFTER_A_DEATH),))
    yield Section("How the panel reviews a death", (Numbered(words.REVIEWING),))
    yield from _tables("Reported deaths", _reported(annual), annual, Basis.DIED, ABOUT_DEATHS)
    yield from _tables("Reviews completed", _completed(annual), annual, Basis.REVIEWED, ABOUT_REVIEWS)
    yield from _tables("Time taken", TIME, annual, Basis.REVIEWED, ("months",))
    modifiable = (words.MODIFIABLE_MEANS, _modifiable(annual))
    yield from _tables(
        "Modifiable factors", modifiable, annual, Basis.REVIEWED, ("modifiable", "domain", "theme")
    )
    yield from _tables("Serious case reviews", REFERRING, annual, Basis.REVIEWED, ("referral",))
    yield from _written("Achievements", texts.achievements)
    yield from _written("Learning", texts.learning)
    yield _lessons(annual.lessons)
    yield from _written("Training", texts.training)
    yield Section("Appendix: definitions", (Facts(words.DEFINITIONS),))


NO_TABLE = "No table is published here."
TIME = ("From the death of a child to the day the panel completed its review, in whole months.",)
REFERRING = (
    "Where abuse or neglect is known or suspected the panel decides whether to refer the death to the "
    "subgroup that considers serious case reviews. This is the last such decision on each death.",
)


def _control(annual: Annual) -> Section:
    texts = annual.texts
    rows = (
        ("Author", texts.author or words.AUTHOR),
        ("Owner", texts.owner or words.OWNER),
        ("Purpose", words.PURPOSE),
        ("Accessibility", words.ACCESSIBILITY),
        ("Sign-off", words.SIGN_OFF),
        ("Circulation", texts.circulation or words.CIRCULATION),
    )
    editions = tuple(
        (f"{edition.number}", date_uk(edition.issued_on, "not issued yet")) for edition in annual.editions
    )
    columns = (Column("Edition", 30), Column("Issued on", 60))
    return Section("Document control", (Facts(rows), Table("Editions of this report", columns, editions)))


def _tables(
    heading: str, paragraphs: Iterable[str], annual: Annual, basis: Basis, codes: Iterable[str]
) -> Iterator[Section]:
    """Yield a section of text, and one of level 2 for each of its tables that is not left out."""
    tables = {
        code: annual.protected.published[basis, code]
        for code in codes
        if (basis, code) in annual.protected.published
    }
    # On the page of the first table: a heading and a sentence do not fill one of their own.
    is_landscape = any(map(is_wide, list(tables.values())[:1]))
    yield Section(
        heading,
        tuple(map(Paragraph, paragraphs if tables else (*paragraphs, NO_TABLE))),
        landscape=is_landscape,
    )
    for code, table in tables.items():
        caption = caption_of(basis, annual.year, code)
        heading = heading_of(basis, code)
        yield Section(heading, blocks_of(caption, table), level=2, landscape=is_wide(table))


# A number in print is 0, or five or more, or a mark: what it counts stands always in the plural.
def _summary(annual: Annual) -> str:
    reviewed, died = (
        _figure(annual, (Basis.REVIEWED, annual.year)),
        _figure(annual, (Basis.DIED, annual.year)),
    )
    return (
        f"In {annual.year} the panel completed the reviews of {reviewed} deaths. "
        f"{died} deaths of children in {annual.year} are known."
    )


def _reported(annual: Annual) -> Iterator[str]:
    here = (Basis.DIED, annual.year)
    died, unexpected = _figure(annual, here), _figure(annual, here, UNEXPECTED)
    yield f"{died} deaths of children in {annual.year} are known, of which {unexpected} were unexpected."


def _completed(annual: Annual) -> Iterator[str]:
    here = (Basis.REVIEWED, annual.year)
    yield f"The panel completed {_figure(annual, here)} reviews in {annual.year}."
    by_year = annual.protected.published.get((Basis.REVIEWED, "expected"))
    for year in by_year.columns if by_year else ():
        died = (Basis.DIED, year)
        of, unexpected = _figure(annual, here, died), _figure(annual, here, died, UNEXPECTED)
        yield f"{of} of them were of deaths in {year}, of which {unexpected} were unexpected."


def _modifiable(annual: Annual) -> str:
    here = (Basis.REVIEWED, annual.year)
    table = annual.protected.published.get((Basis.REVIEWED, "modifiable"))
    if table is None or MODIFIABLE[1] not in table.column_codes:
        return "No number of reviews with modifiable factors is published for this year."
    part = annual.printed.get(frozenset({_key(here), MODIFIABLE}), "*")
    base = annual.printed.get(frozenset({_key(here)}), "*")
    share = percentage(part, base)
    percent = f" ({share:.0f}%)" if share is not None else ""
    return f"Modifiable factors were identified in {_text(part)} of {_text(base)} reviews completed{percent}."


def _lessons(lessons: Sequence[RecommendationStatus]) -> Section:
    columns = (Column("Recommendation", 100), Column("How far its actions are", 70))
    rows = tuple((lesson.text, lesson.state) for lesson in lessons)
    empty = "No recommendation came of the reviews of this year."
    return Section(
        "Recommendations", (Table("Recommendations that came of these reviews", columns, rows, empty),), 2
    )


def _written(heading: str, text: str) -> Iterator[Section]:
    """Yield the section of what somebody wrote; nothing where they wrote nothing."""
    if paragraphs := [part.strip() for part in text.split("\n\n") if part.strip()]:
        yield Section(heading, tuple(map(Paragraph, paragraphs)))


def _figure(annual: Annual, *conditions: tuple[str, str]) -> str:
    """Return a number of the text as it is printed; "*" where no table prints it any more."""
    return _text(annual.printed.get(frozenset(map(_key, conditions)), "*"))


def _key(condition: tuple[str, str]) -> tuple[str, str]:
    return str(condition[0]), condition[1]


def _text(number: Printed) -> str:
    return f"{number:,}" if isinstance(number, int) else number
