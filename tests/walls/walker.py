"""Open every address of the application as somebody, and keep what each answers."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from flask import Flask, url_for
from flask.testing import FlaskClient

from kscb_actions.access.policy import Role
from kscb_actions.files.judge import MEDIA_TYPES
from kscb_actions.web.plans_in.pages import EXCEL

from ..long import LONG
from ..terms.renamed import old_words, seen
from .canaries import Planted

CDOP = {Role.CDOP_MEMBER, Role.CDOP_COORDINATOR}
# What differs in every answer, whoever asks.
_TOKENS = re.compile(r'(nonce-|nonce="|(?:csrf_token|once)"[^>]*value=")[^"\s;]+')
# What whatever else runs on the machine moves.
_DISK_LEFT = re.compile(r"(disk has )[\d.]+ \w+(?= left)")
_MADE = re.compile(r"<dcterms:.*?</dcterms:\w+>", re.DOTALL)
_PARAGRAPH_ENDS = re.compile("</(?:w:p|si|c)>")
# Arguments that name a thing of the rooms of child deaths, and the table it is in.
TABLES = {
    "death_id": "child_death",
    "district_id": "district",
    "meeting_id": "panel_meeting",
    "return_id": "agency_return",
    "file_id": "return_file",
    "interest_id": "interest",
    "comment_id": "draft_comment",
    "referral_id": "referral",
    "attendance_id": "attendance",
    "case_id": "panel_case",
    "seat_id": "panel_seat",
    "issued_id": "issued_report",
    "decision_id": "panel_decision",
}
ELSEWHERE: dict[str, list[Any]] = {
    "reference": ["SCR-2011-01"],
    "code": ["KPOL"],
    "number": [1],
    # The one recommendation of a board on which canaries are planted.
    "recommendation_id": [1],
    "message_id": [1, 2],
    "request_id": [1],
    "user_id": [1, 9],
    "token": ["no-such-token"],
    "year": ["2011-12", "2009-10", "1999-00"],
    "edition": [1],
    "section": ["child"],
    "basis": ["died", "reviewed"],
}
ROOMS = ("deaths", "death_requests", "panels", "referrals", "figures", "published")
# Where the standard words are told as such, or of what everything was called before, and a style sheet.
TOLD = ("/settings/words", "/audit", "/board.css")
NOT_PAGES = {"static", "people.sign_out"}


@dataclass(frozen=True)
class Answer:
    """Hold what an address answers, without what differs every time."""

    status: int
    text: str
    headers: str


def addresses(app: Flask, planted: Planted, more: tuple[str, ...] = ()) -> list[str]:
    """Return every address of a GET route, with all its things. Raise KeyError for an unknown argument."""
    found = []
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if rule.endpoint in NOT_PAGES or "GET" not in (rule.methods or ()):
                continue
            names = sorted(rule.arguments)
            for values in product(*(_values(name, planted, rule.endpoint) for name in names)):
                found.append(url_for(rule.endpoint, **dict(zip(names, values, strict=True))))
    return [*dict.fromkeys((*found, *more))]


def _values(name: str, planted: Planted, endpoint: str) -> list[Any]:
    """Return what to put for an argument.

    In the rooms of child deaths every one has to be known here.
    """
    is_inside = endpoint.split(".")[0] in ROOMS
    if name in TABLES and is_inside:
        return planted.ids(TABLES[name])
    if name in ELSEWHERE or is_inside:
        return ELSEWHERE[name]
    return [1]


def is_download(address: str) -> bool:
    """Return whether a list goes out as a file there, which the trail is told of each time."""
    return address.partition("?")[0].endswith((".xlsx", ".csv"))


def walk(client: FlaskClient, wanted: list[str]) -> dict[str, Answer]:
    """Return {address: its answer} for each of `wanted`."""
    answers = {}
    for address in wanted:
        answers[address] = answer_of(client.get(address))
        if answers[address].status == 302:
            # What it leaves to be said on the next page is not to be said on the next address.
            client.get("/account")
    return answers


def answer_of(answer: Any) -> Answer:
    """Return an answer, made comparable."""
    headers = {name: value for name, value in answer.headers if name not in ("Set-Cookie", "Date")}
    headers["Content-Security-Policy"] = ""
    text = answer.get_data().decode(errors="replace")
    if answer.mimetype in (EXCEL, MEDIA_TYPES["docx"]):
        # A package says when it was made, which moves its bytes and its size.
        text, headers["Content-Length"] = words_of_package(answer.get_data()), ""
    for differs in (_TOKENS, _DISK_LEFT):
        text = differs.sub(r"\1", text)
    return Answer(answer.status_code, text, str(sorted(headers.items())))


def words_of_package(content: bytes) -> str:
    """Return what a workbook or a Word file holds but when it was made, its texts once more without tags."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        names = [name for name in package.namelist() if name.endswith((".xml", ".rels"))]
        parts = [_MADE.sub("", package.read(name).decode(errors="replace")) for name in names]
    # A paragraph may be cut into runs anywhere.
    texts = [re.sub("<[^>]*>", "", _PARAGRAPH_ENDS.sub("\n", part)) for part in parts]
    return "\n".join((*parts, *texts))


def different(before: dict[str, Answer], after: dict[str, Answer]) -> list[str]:
    """Return the addresses that answer otherwise than before."""
    assert set(before) == set(after)
    return [address for address, answer in before.items() if after[address] != answer]


def moved(client: FlaskClient, before: dict[str, Answer]) -> list[str]:
    """Return the addresses that answer otherwise now; of those refused before in a long run alone."""
    opened = {address: said for address, said in before.items() if LONG or said.status < 400}
    return different(opened, walk(client, list(opened)))


def rooms_opened(answers: dict[str, Answer]) -> set[str]:
    """Return the addresses of the rooms of child deaths that were answered."""
    rooms = ("/deaths", "/death-requests", "/panels", "/child-death", "/published", "/referrals")
    return {address for address, said in answers.items() if said.status == 200 and address.startswith(rooms)}


def standard_words(answers: dict[str, Answer]) -> dict[str, list[str]]:
    """Return {address: where it says a standard word}, but where those are told of as such."""
    read = {address: said for address, said in answers.items() if not address.startswith(TOLD)}
    found = {address: old_words(seen(said.text)) for address, said in read.items()}
    return {address: words for address, words in found.items() if words}


def leaks(
    answers: dict[str, Answer],
    planted: Planted,
    but: set[str] | frozenset[str] = frozenset(),
    under: str | tuple[str, ...] = "/",
) -> Iterator[str]:
    """Yield which planted canaries are in which answers.

    Those of `but` may be in addresses under `under`.
    """
    for address, answer in answers.items():
        allowed = but if address.startswith(under) else frozenset()
        for place in planted.found_in(answer.text + answer.headers, allowed):
            yield f"{address}: {place}"
