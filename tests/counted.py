"""Goes through the pages of one person, follows each link that counts, and finds counts without a link."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl, urldefrag, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from werkzeug.exceptions import HTTPException
from werkzeug.routing.exceptions import RoutingException

from .long import amount
from .reading import Seen, see, words_of

# Lists that say how many rows they have; what is counted elsewhere stands on the page that the link leads to.
LISTS = {
    *("actions.index", "challenges.index", "reviews.answers", "reviews.index", "deaths.index"),
    *("measures.index", "mail.outbox", "reminders.log", "meetings.answers"),
}
NOT_FOLLOWED = re.compile(r"\.(docx|xlsx|csv|zip|ics)\b|/files/|/sign-out|/static/|/pages/")
# Pages of one kind that are opened, and links of one kind that are followed on them.
ALIKE, FOLLOWED = 2, amount(3, 6)
THINGS = (
    "actions?|reviews?|recommendations?|challenges?|answers?|submissions?|requests?|messages?|people|persons?"
    "|agency|agencies|measures?|papers?|tasks?|referrals?|cases?|deaths?"
)
COUNTED = re.compile(
    rf"(?<![\w/.,-])([1-9][\d,]*) (?:(?:open|overdue|undated|finished|late|more) )*(?:{THINGS})\b"
)
# What counts and is no link: where, in which words, and why.
NO_LINK = (
    (r".*", r"Showing N to N of N", "says which of its own rows a list shows"),
    (r"/(audit|outbox)", r"", "is the words of a message that was sent, or of an event"),
    (r"/reports/papers/N|/meetings/N/minutes", r"", "is of a paper as it was made: a list shows today"),
    (r"/meetings/N", r"(.*: )?N of N actions? asked for", "stands beside the link to its rows"),
    (r"/meetings/(tasks/)?N", r"(?!.* asked for )", "is of a paper as it was made: a list shows today"),
    (r"/published/", r"", "is of an issued report, for the public"),
    (r"/panel|/deaths", r"(, )?N (of N )?cases|You have proposed", "stands above its cases"),
    (r"/my-actions", r"N actions?, the most pressing first", "stands above its actions"),
    (r"/reports/changes", r"N actions?\. ", "stands above the table of its actions"),
    (r"/reports/", r"(\(N\) )?N actions? got (better|worse):$", "stands above them, by name"),
    (r"/reports/progress", r"N actions?(, by review| accepted by the Board, w)", "stands above its table"),
    (r"/reports/progress", r"N requests? for more time waiting; N decided", "stands above its table"),
    (r"/reports/progress", r"[A-Z][a-z ]+ N (of N )?actions?\b", "is told of a recommendation"),
    (r"/reports/(progress|plan)", r"(.* )?N recommendations", "stands above its table"),
    (r"/reports/annual", r"N reviews on record", "is of the end of a year"),
    (
        r"/reports/progress",
        r"N of N actions|N reviews?, as at|N actions are red",
        "is of a paper for the public",
    ),
    (r"/reports/(agency|progress|changes)", r".*(cases|reviews)\b", "was written by an agency"),
)


@dataclass(frozen=True)
class Lead:
    """A link that counts: on which page, in which words, how many, and where it leads."""

    page: str
    words: str
    number: int
    address: str


def pages_of(
    app: Flask,
    client: FlaskClient,
    seeds: tuple[str, ...] = ("/",),
    known: Mapping[str, Seen] = MappingProxyType({}),
) -> dict[str, Seen]:
    """Return {address: page} of what is reached from the first page by links, a few of each kind.

    known  pages that this person has opened already, which are not opened again
    """
    routes = app.url_map.bind("localhost")
    found: dict[str, Seen] = {}
    alike, waiting = Counter[Any](), [*seeds]
    while waiting:
        address = waiting.pop(0)
        if address in found:
            continue
        page = known.get(address) or _opened(client, address, waiting)
        if page is None:
            continue
        found[address] = page
        for link in page.tree.iter("a"):
            to = urldefrag(link.get("href") or "").url
            if not to.startswith("/") or NOT_FOLLOWED.search(to):
                continue
            try:
                endpoint, _ = routes.match(urlsplit(to).path)
            except RoutingException:
                continue
            kind = (endpoint, frozenset(name for name, _ in parse_qsl(urlsplit(to).query)))
            if to not in found and alike[kind] < ALIKE and alike[endpoint] < 4 * ALIKE:
                alike[kind] += 1
                alike[endpoint] += 1
                waiting.append(to)
    return found


def _opened(client: FlaskClient, address: str, waiting: list[str]) -> Seen | None:
    """Return the page of an address, None where there is none; where it leads to is put to those waiting."""
    answer = client.get(address)
    if answer.status_code == 302:
        waiting.append(answer.location)
    is_page = answer.status_code == 200 and answer.mimetype == "text/html"
    return Seen(answer) if is_page else None


def dead_links(
    app: Flask,
    client: FlaskClient,
    pages: Mapping[str, Seen],
    most: int | None,
    opened: Mapping[str, Seen] = MappingProxyType({}),
) -> list[str]:
    """Return the links of these pages that are answered with a refusal, or with nothing there.

    opened  further pages that are there, which are not opened again
    most    how many links from pages of one kind to those of another are followed; None for all
    """
    routes = app.url_map.bind("localhost")
    dead, followed, known = [], Counter[Any](), {*pages, *opened}
    for address, page in pages.items():
        for link in page.tree.iter("a"):
            to = urldefrag(link.get("href") or "").url
            if not to.startswith("/") or to in known or NOT_FOLLOWED.search(to):
                continue
            try:
                kind = (_kind(address), routes.match(urlsplit(to).path)[0])
            except (HTTPException, RoutingException):
                dead.append(f"{address}: “{words_of(link)}” leads nowhere: {to}")
                continue
            followed[kind] += 1
            if most is not None and followed[kind] > most:
                continue
            known.add(to)
            with client.get(to) as answer:
                if answer.status_code >= 400:
                    dead.append(f"{address}: “{words_of(link)}” is answered {answer.status_code}: {to}")
    return dead


def leads_of(app: Flask, address: str, page: Seen) -> Iterator[Lead]:
    """Yield the links of a page that count the rows of a list: their words begin or end with a number."""
    routes = app.url_map.bind("localhost")
    for part in page.tree.findall(".//main"):
        for link in part.iter("a"):
            to = link.get("href") or ""
            words = _shown(link)
            number = re.match(r"(\d[\d,]*)(?![\w/.-])", words) or re.fullmatch(
                r"[A-Z][a-z]+ (\d[\d,]*)", words
            )
            if not number or not to.startswith("/") or _in_turning(link):
                continue
            if routes.match(urlsplit(to).path)[0] in LISTS:
                yield Lead(address, words, int(number[1].replace(",", "")), to)


def rows_told(page: Seen, address: str) -> int:
    """Return how many rows a list says it has. AssertionError where its first page has others."""
    assert page.status == 200, address
    if page.tree.find_class("app-empty"):
        return 0
    shown = re.search(r"Showing \d[\d,]* to (\d[\d,]*) of (\d[\d,]*)\b", page.text)
    first = next((table for table in page.tree.iter("table") if "app-table" in table.get("class", "")), None)
    rows = len(first.findall("./tbody/tr")) if first is not None else 0
    if not shown:
        return rows
    on_page, total = (int(each.replace(",", "")) for each in shown.groups())
    assert on_page in (rows, total), f"{address} shows {rows} rows and says {on_page}"
    return total


def wrong_leads(
    app: Flask,
    client: FlaskClient,
    pages: Mapping[str, Seen],
    opened: dict[str, Seen],
    most: int = FOLLOWED,
) -> list[str]:
    """Return what is wrong with the links that count: those that lead to another number of rows.

    A list that is one of these pages is not opened again; what is opened is added to `opened`.
    """
    wrong, followed = [], Counter[Any]()
    for address, page in pages.items():
        for lead in leads_of(app, address, page):
            asked = tuple(sorted(name for name, _ in parse_qsl(urlsplit(lead.address).query)))
            kind = (urlsplit(address).path.rsplit("/", 1)[0], urlsplit(lead.address).path, asked)
            followed[kind] += 1
            if followed[kind] > most:
                continue
            to = urldefrag(lead.address).url
            opened[to] = opened.get(to) or pages.get(to) or see(client, to)
            told = rows_told(opened[to], to)
            if told != lead.number:
                wrong.append(f"{lead.page}: “{lead.words}” leads to {told}: {lead.address}")
    return wrong


def no_links(pages: dict[str, Seen]) -> set[str]:
    """Return the sentences that count things without a link and without a reason, their numbers as N."""
    found = {(_kind(address), words) for address, page in pages.items() for words in _sentences(page)}
    return {f"{where}: {words}" for where, words in found if not _has_reason(where, words)}


def _has_reason(where: str, words: str) -> bool:
    return any(re.match(place, where) and re.match(told, words) for place, told, _ in NO_LINK)


def _sentences(page: Seen) -> Iterator[str]:
    for part in page.tree.findall(".//main"):
        for element in part.iter("p", "li", "td", "dd"):
            if element.find(".//p") is not None or element.find(".//li") is not None:
                continue
            if any(each.tag in ("label", "form") for each in element.iterancestors()):
                continue
            text = " ".join(_outside_links(element).split())
            if COUNTED.search(text):
                yield re.sub(r"\d[\d,]*", "N", text)


def _outside_links(element: Any) -> str:
    """Return the text of an element without that of its links, tables and folds."""
    if element.tag in ("a", "summary", "table", "label"):
        return ""
    inside = "".join(
        _outside_links(each) + (each.tail or "") for each in element if isinstance(each.tag, str)
    )
    return (element.text or "") + inside


def _shown(link: Any) -> str:
    copied = html.fromstring(html.tostring(link, with_tail=False))
    for hidden in copied.find_class("govuk-visually-hidden"):
        hidden.drop_tree()
    return words_of(copied)


def _in_turning(link: Any) -> bool:
    return any("govuk-pagination" in (each.get("class") or "") for each in link.iterancestors())


def _kind(address: str) -> str:
    return re.sub(r"\d+|P-[A-Z0-9]{6}", "N", re.sub(r"[A-Z]{2,4}-\d{4}-\d{2}", "REF", urlsplit(address).path))
