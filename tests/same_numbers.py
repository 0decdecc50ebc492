"""Goes through every place that counts what is overdue, silent or waits for the Board, as one person."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from flask.testing import FlaskClient

from kscb_actions import clock, database
from kscb_actions.access.policy import Viewer
from kscb_actions.people.models import User
from kscb_actions.reports.progress.appendices import Appendix
from kscb_actions.reports.progress.counts import TURN_LINES, TURNS
from kscb_actions.reports.progress.queries import is_named
from kscb_actions.reports.progress.report import build_progress
from kscb_actions.reports.progress.scope import ReportRequest
from kscb_actions.settings.queries import get_board

from .reading import Seen, see
from .reports.faces import decisions_of, rows_of, summary_of, word_face
from .reports.stories import EVERY, QUERY

# What the first page and the paper call what they count, by the name of the condition.
TILES = {
    "overdue": r"Overdue",
    "silent": r"No update for \d+ days",
    "board": r"Waiting for the Board(?:, oldest ([\d,]+) days?)?",
    "check": r"Done, waiting for a check",
    "more_time": r"Requests for more time",
    "to_replace": r"Cannot be done, waiting for a decision",
}
ASKED = {
    "check": r"CHECK ([\d,]+) reported done",
    "more_time": r"DECIDE on ([\d,]+) request",
    "to_replace": r"REPLACE ([\d,]+) action",
    "overdue_agency": r"CHALLENGE ([\d,]+) actions? overdue",
    "silent": r"CHALLENGE silence on ([\d,]+) action",
}


@dataclass(frozen=True)
class Counted:
    """A number that stands somewhere, and the address it leads to; empty where it is printed or spoken."""

    where: str
    what: str
    number: int
    address: str = ""


def number(text: str) -> int:
    """Return a number as it is written, like 1,204."""
    return int(text.replace(",", ""))


def in_list(client: FlaskClient, address: str) -> int:
    """Return how many actions a list says it has, and check that it has so many rows."""
    page = see(client, address)
    assert page.status == 200, address
    if "Nothing matches." in page.text:
        return 0
    found = re.search(r"([\d,]+) actions? match(?:es)?\b", page.text)
    assert found, address
    total, rows = number(found[1]), 0
    for turned in range(1, -(-total // 25) + 1):
        rows += len(see(client, f"{address}&page={turned}").rows("Actions"))
    assert rows == total, address
    return total


def on_first_page(client: FlaskClient) -> Iterator[Counted]:
    """Yield the numbers of what needs attention, and the age of the oldest that waits."""
    page = see(client, "/attention")
    for words, address in page.links("app-tiles"):
        told, label = words.split(" ", 1)
        for what, pattern in TILES.items():
            if found := re.fullmatch(pattern, label):
                yield Counted("first page", what, number(told), address)
                if what == "board":
                    yield Counted("first page", "oldest", number(found[1] or "0"))
    for what, caption in (("check", "that wait for a check"), ("more_time", "with a request for more time")):
        for words, address in page.links():
            if words.endswith(caption):
                yield Counted("first page, under a table", what, number(words.split()[2]), address)


def on_paper_page(client: FlaskClient, has_restricted: bool) -> Iterator[Counted]:
    """Yield the numbers of the paper's page."""
    page = see(client, f"/reports/progress?{QUERY}{'&restricted=y' if has_restricted else ''}")
    assert page.status == 200
    keys = [key for _, key, _ in TURN_LINES]
    links = _links_of_table(page)
    for key, row, address in zip(keys, page.rows(TURNS), links, strict=True):
        yield Counted("paper, table", key, number(row["Actions"].split()[0]), address)


def _links_of_table(page: Seen) -> list[str]:
    """Return where each row of the table leads; empty where it counts nothing."""
    for table in page.tree.iter("table"):
        if " ".join(table.find("caption").text_content().split()) == TURNS:
            links = [row.find(".//a") for row in table.find("tbody")]
            return ["" if link is None else link.get("href") for link in links]
    return []


def in_paper(person: Viewer, has_restricted: bool, from_trail: bool) -> Iterator[Counted]:
    """Yield the numbers of the paper as content, of the rows of today or of the trail."""
    where = "paper from the trail" if from_trail else "paper"
    with database.reading():
        made = build_progress(
            person,
            get_board(),
            ReportRequest(restricted=has_restricted and is_named(person), appendices=tuple(Appendix)),
            clock.today(),
            from_trail,
        )
        for row, (_, key, _) in zip(rows_of(made, TURNS), TURN_LINES, strict=True):
            yield Counted(f"{where}, table", key, number(row[1]))
        sections = {section.heading for section in made.sections}
        waiting = "Waiting for the Board"
        rows = rows_of(made, f"{waiting}, the longest first") if waiting in sections else []
        yield Counted(f"{where}, rows", "board", len(rows))
        yield Counted(f"{where}, rows", "oldest", max((number(row[5]) for row in rows), default=0))
        by_reason = {row[0]: row for row in rows_of(made, "Exceptions by reason")}
        yield Counted(f"{where}, exceptions", "overdue", number(by_reason["Overdue"][3]))
        yield Counted(f"{where}, exceptions", "silent", number(by_reason["No update for long"][3]))
    yield from _in_words(where, summary_of(made), decisions_of(made))


def _in_words(where: str, summary: str, asked: Any) -> Iterator[Counted]:
    found = re.search(r"([\d,]+) actions? (?:is|are) overdue", summary)
    assert found
    yield Counted(f"{where}, summary", "overdue", number(found[1]))
    waits = re.search(r"([\d,]+) actions? waits? for the Board(?:, the oldest for ([\d,]+) days?)?", summary)
    yield Counted(f"{where}, summary", "board", number(waits[1]) if waits else 0)
    yield Counted(f"{where}, summary", "oldest", number(waits[2] or "0") if waits else 0)
    for what, pattern in ASKED.items():
        found = next(filter(None, (re.match(pattern, line) for line in asked)), None)
        yield Counted(f"{where}, asked", what, number(found[1]) if found else 0)


def in_word_file(client: FlaskClient, token: str, has_restricted: bool) -> Iterator[Counted]:
    """Yield the numbers of the Word file's table."""
    asked = {"restricted": "y"} if has_restricted else {}
    answer = client.post("/reports/progress.docx", data={"csrf_token": token, **EVERY, **asked})
    assert answer.status_code == 200
    met = word_face(answer.data)
    place = met.index(("caption", TURNS))
    _, (_, *rows) = met[place + 1]
    for row, (_, key, _) in zip(rows, TURN_LINES, strict=True):
        yield Counted("Word file", key, number(row[1]))


def everywhere(client: FlaskClient, user: User, token: str) -> list[Counted]:
    """Return every number that this person meets.

    A paper has the restricted reviews only for who is named on all of them. Any other's counts less than
    their first page, and its numbers are compared with each other and with the lists that they lead to.
    """
    person = user.viewer
    has_restricted = see(client, "/reports/progress?restricted=y").status == 200
    is_less = is_named(person) and not has_restricted
    in_papers = [
        *on_paper_page(client, has_restricted),
        *in_paper(person, has_restricted, from_trail=False),
        *in_paper(person, has_restricted, from_trail=True),
        *in_word_file(client, token, has_restricted),
    ]
    if is_less:
        in_papers = [replace(each, what=f"{each.what}, of what is not restricted") for each in in_papers]
    return [*on_first_page(client), *in_papers]


def disagreements(client: FlaskClient, counted: list[Counted]) -> dict[str, set[tuple[str, int]]]:
    """Return {what: its different numbers, with where} of what is not the same everywhere, lists included."""
    by_what: dict[str, set[tuple[str, int]]] = {}
    for each in counted:
        by_what.setdefault(each.what, set()).add((each.where, each.number))
        if each.address:
            told = in_list(client, each.address)
            by_what[each.what].add((f"list {each.address}", told))
    return {what: told for what, told in by_what.items() if len({each for _, each in told}) > 1}
