"""Where the texts of a paper lead on a screen: a count to its rows, a reference to what it names."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from flask import url_for
from markupsafe import Markup, escape

from kscb_actions.access.policy import Viewer
from kscb_actions.actions.narrowing import RED_OR_AMBER
from kscb_actions.actions.queries import texts_of_references
from kscb_actions.assurance.challenges.queries import questions_asked
from kscb_actions.reports.content import (
    Bullets,
    Cell,
    Count,
    Counted,
    Facts,
    Numbered,
    Paragraph,
    Report,
    Table,
)
from kscb_actions.reports.progress.actions import EXCEPTIONS_TABLE, OPEN_ACTIONS, WAITING
from kscb_actions.reports.progress.words import shortened
from kscb_actions.reviews.queries import titles_of_references
from kscb_actions.web.shared.navigation import action_address
from kscb_actions.web.shared.templating import years_kept

from .screen import ShownSection, ShownTable

_CHALLENGE = re.compile(r"Challenge C(\d{1,9})", re.ASCII)
_ACTION = re.compile(r"(.+)/A(\d{1,6})")
# What may be a reference in a text: SCR-2011-02/A7, also with others as in "SCR-2011-02/A7, A9"; C5.
_REVIEW = r"[A-Z0-9][A-Z0-9-]{1,28}[A-Z0-9]"
_NAMED = re.compile(
    rf"(?<![\w/-])(?:(?P<review>{_REVIEW})/A(?P<numbers>\d{{1,6}}(?:, A\d{{1,6}})*)"
    r"|(?P<alone>[A-Z]{2,}[A-Z0-9]*-[A-Z0-9-]*\d)|C(?P<challenge>\d{1,9}))(?![\w/-])",
    re.ASCII,
)
_TOLD = 160


class Ways:
    """Draw the texts of a paper with links, for one person; what they may not see stays a text.

    sections  what is drawn, read once for what it names
    lead      where a count leads; None where there is no list of its rows, as of a past day
    """

    def __init__(
        self,
        viewer: Viewer,
        report: Report,
        sections: Sequence[ShownSection],
        lead: Callable[[Count], str | None] = lambda _: None,
    ) -> None:
        self._lead = lead
        found = [match for text in _texts(report, sections) for match in _NAMED.finditer(text)]
        actions = {name for match in found for name in _actions_in(match)}
        self._actions = texts_of_references(viewer, actions)
        self._reviews = titles_of_references(viewer, {each["alone"] for each in found if each["alone"]})
        asked = {int(each["challenge"]) for each in found if each["challenge"]}
        self._challenges = questions_asked(viewer, asked)

    def draw(self, text: str) -> Markup:
        """Return a text, escaped, in which counts and references are links."""
        if not isinstance(text, Counted):
            return self._with_references(text)
        return Markup().join(
            self._counted(part) if isinstance(part, Count) else self._with_references(part)
            for part in text.parts
        )

    def _counted(self, count: Count) -> Markup:
        # Nothing leads nowhere.
        to = None if re.match(r"0\b", count.words) else self._lead(count)
        if to is None:
            return escape(count.words)
        return Markup(
            '<a class="govuk-link" href="{}">{}'
            '<span class="govuk-visually-hidden"> in the list of {}</span></a>'
        ).format(to, count.words, count.of)

    def _with_references(self, text: str) -> Markup:
        pieces, start = [], 0
        for match in _NAMED.finditer(text):
            pieces += [years_kept(text[start : match.start()]), *self._named(match)]
            start = match.end()
        return Markup().join([*pieces, years_kept(text[start:])]) if pieces else years_kept(text)

    def _named(self, match: re.Match[str]) -> Iterator[Markup]:
        if match["review"]:
            for place, name in enumerate(_actions_in(match)):
                reference, number = _ACTION.fullmatch(name).groups()  # type: ignore[union-attr]
                if place:
                    yield escape(", ")
                to = action_address(reference, int(number))
                yield _linked(f"A{number}" if place else name, to, self._actions.get(name))
        elif match["alone"]:
            name = match["alone"]
            yield _linked(name, url_for("reviews.show", reference=name), self._reviews.get(name))
        else:
            number = int(match["challenge"])
            to = url_for("challenges.show", challenge_id=number)
            yield _linked(match[0], to, self._challenges.get(number))


def place_within(report: Report, count: Count) -> str | None:
    """Return where a paper itself has the rows of a count, for a day whose rows no list has; None where not.

    What is red or amber stands among the exceptions, what waits for the Board in the table of that, and what
    else is open among the open actions.
    """
    by = dict(count.by)
    if count.of != "actions" or by.keys() & {"closed", "accepted"} or by.get("rating") in ("blue", "grey"):
        return None
    wanted = [OPEN_ACTIONS]
    if by.get("turn") == "board":
        wanted.insert(0, str(WAITING))
    elif by.get("rating") in (RED_OR_AMBER, "red", "amber"):
        wanted.insert(0, EXCEPTIONS_TABLE)
    tables = [each for section in report.sections for each in section.blocks if isinstance(each, Table)]
    places = {each.caption: place for place, each in enumerate(tables, start=1)}
    return next((f"#rows-{places[each]}" for each in wanted if each in places), None)


def address_of(text: str) -> str | None:
    """Return where the action or the challenge is that a cell names; None for any other text."""
    if challenge := _CHALLENGE.fullmatch(text):
        return url_for("challenges.show", challenge_id=int(challenge[1]))
    found = _ACTION.fullmatch(text)
    return found and action_address(found[1], int(found[2]))


def _actions_in(match: re.Match[str]) -> list[str]:
    if not match["review"]:
        return []
    return [f"{match['review']}/A{number}" for number in match["numbers"].split(", A")]


def _linked(words: str, to: str, told: str | None) -> Markup:
    """Return a reference as a link that shows its text when pointed at or reached; escaped alone without."""
    if told is None:
        return escape(words)
    told = shortened(told, _TOLD)
    return Markup(
        '<a class="govuk-link app-reference" href="{}" title="{}">{}'
        '<span class="app-reference__text"> {}</span></a>'
    ).format(to, told, words, told)


def _texts(report: Report, sections: Iterable[ShownSection]) -> Iterator[str]:
    yield from (text for _, text in report.header)
    yield from report.asked
    for section in sections:
        for _, block in section.blocks:
            match block:
                case Paragraph(text):
                    yield text
                case Bullets(items) | Numbered(items):
                    yield from items
                case Facts(rows):
                    yield from (text for _, text in rows)
                case ShownTable():
                    # The first cell of a row names it, and its text stands beside it.
                    cells = (cell for part in block.parts for row in part.rows for cell in row[1:])
                    yield from (cell.text if isinstance(cell, Cell) else cell for cell in cells)
