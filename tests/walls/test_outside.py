"""Nobody without a CDOP role sees a child's death: on no page, in no search, mail, file, log or count."""

import logging
import zipfile
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Role
from kscb_actions.chasing.providers import registered
from kscb_actions.chasing.service import chase
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.returns.models import AgencyReturn
from kscb_actions.database import writing
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.people.models import User
from kscb_actions.reviews.models import AgencyResponse, Review, StatutoryClock

from ..factories import TODAY
from ..impact.making import came_back
from ..long import LONG
from ..measures.making import measure
from ..meetings.planned import a_body, a_decision
from ..pages import Visitor
from ..reports.stories import EVERY, OPTIONS
from ..reviews.referring.making import case_referral
from .canaries import CODES, PLANTED, Planted, texts_without_canary
from .conftest import Board
from .walker import Answer, answer_of, leaks, rooms_opened, standard_words, walk

OUTSIDE = [
    None,
    Role.MANAGER,
    Role.CHAIR,
    Role.SUBGROUP_MEMBER,
    Role.AGENCY_LEAD,
    Role.READER,
    Role.DEATH_CONTACT,
]
# What every role is shown although it sees no case, and where: what is issued.
ISSUED = {
    "issued_report.title",
    "issued_report.issued_by",
    "issued_report.report_json",
    "issued_report.paper",
    "withdrawn_report.reason",
}
# The same for each role, and what is referred for the chair.
SHOWN: dict[Role | None, tuple[tuple[str, ...], set[str]]] = {
    None: (("-",), set()),
    **dict.fromkeys(
        (Role.MANAGER, Role.SUBGROUP_MEMBER, Role.AGENCY_LEAD, Role.READER), (("/published",), ISSUED)
    ),
    # Of another agency than the one that is asked.
    Role.DEATH_CONTACT: (("/published", "/death-requests"), ISSUED),
    Role.CHAIR: (
        ("/referrals", "/published"),
        {
            "child_death.case_number",
            "child_death.circumstances",
            "referral.reason",
            "referral.decided_by",
            "referral_answer.reason",
            "referral_answer.correction_reason",
            "referral_answer.answered_by",
            *ISSUED,
        },
    ),
}


SOUGHT = (
    "child_death.case_number",
    "child_death.circumstances",
    "agency_return.summary",
    "panel_decision.reasons",
)


def shown_to(role: Role | None, planted: Planted) -> tuple[set[str], tuple[str, ...]]:
    """Return the canaries that a role may see, and under which addresses."""
    under, places = SHOWN[role]
    return {canary for canary, place in planted.canaries.items() if place in places}, under


def test_every_text_of_every_table_has_its_canary(board: Board) -> None:
    named = {f"{table}.{name}" for table, names in CODES.items() for name in names}
    assert set(texts_without_canary()) == named
    assert {model._meta.table_name for model in PLANTED} == set(board.planted.rows)
    assert len(board.planted.canaries) >= 35


@pytest.mark.parametrize("role", OUTSIDE)
def test_no_page_tells_of_a_death_or_says_a_standard_word_and_the_doors_of_the_rooms_are_shut(
    renamed: Board, sign_in: Callable, caplog: pytest.LogCaptureFixture, role: Role | None
) -> None:
    board = renamed
    caplog.set_level(logging.DEBUG)
    # It is written nowhere but in tests.
    caplog.set_level(logging.WARNING, logger="peewee")
    answers = walk(sign_in(board.person(role)), board.addresses)
    assert [address for address, answer in answers.items() if answer.status >= 500] == []
    assert list(leaks(answers, board.planted, *shown_to(role, board.planted))) == []
    assert sum(answer.status == 200 for answer in answers.values()) >= (8 if role else 3)
    assert said_in(caplog, board.planted) == []
    under, _ = SHOWN[role]
    rooms = rooms_opened(answers)
    assert {each for each in rooms if not each.startswith(under)} == set()
    assert rooms or role is None
    assert standard_words(answers) == {}


def said_in(caplog: pytest.LogCaptureFixture, planted: Planted) -> list[str]:
    """Return what of the canaries is in the log."""
    return planted.found_in("\n".join(record.getMessage() for record in caplog.records))


def test_the_database_is_not_logged(app: Flask) -> None:
    handlers = logging.getLogger("peewee").handlers
    assert all(isinstance(each, logging.NullHandler) for each in handlers)
    assert logging.getLogger("peewee").getEffectiveLevel() > logging.DEBUG


@pytest.mark.parametrize(
    "role", [Role.MANAGER, Role.CHAIR, Role.SUBGROUP_MEMBER, Role.AGENCY_LEAD, Role.READER]
)
def test_searching_finds_nothing(board: Board, sign_in: Callable, role: Role) -> None:
    client, never = sign_in(board.person(role)), "ZQQ999X"
    words = [word for word, place in board.planted.canaries.items() if place in SOUGHT]
    assert len(words) == len(SOUGHT)
    for address in ("/actions?q={}", "/reviews?q={}", "/people?q={}", "/outbox?q={}", "/audit?review={}"):
        nothing = answer_of(client.get(address.format(never)))
        for word in words:
            found = answer_of(client.get(address.format(word)))
            same = Answer(found.status, found.text.replace(word, never), found.headers.replace(word, never))
            assert (same.status, same.text) == (nothing.status, nothing.text), f"{address} {word}"


@pytest.mark.parametrize(
    "role", [Role.MANAGER, Role.CHAIR, Role.SUBGROUP_MEMBER, Role.AGENCY_LEAD, Role.READER]
)
def test_a_thing_of_the_rooms_answers_as_one_that_never_was(
    app: Flask, board: Board, visit: Callable[[User | None], Visitor], role: Role
) -> None:
    under, _ = SHOWN[role]
    visitor, compared = visit(board.person(role)), 0
    # Each role asks at other addresses; in a long run each at all.
    for address in board.addresses if LONG else board.addresses[OUTSIDE.index(role) % 2 :: 2]:
        number = next((part for part in address.split("/") if part.isdigit()), None)
        in_room = address.startswith(("/deaths/", "/panels/", "/referrals/", "/published/"))
        if number is None or not in_room or address.startswith(under):
            continue
        absent = address.replace(f"/{number}", "/987654321")
        there, nowhere = (answer_of(visitor.client.get(each)) for each in (address, absent))
        assert there == nowhere, address
        sent = [visitor.client.post(each, data={"csrf_token": visitor.token}) for each in (address, absent)]
        assert answer_of(sent[0]) == answer_of(sent[1]), address
        compared += 1
    assert compared > (20 if LONG else 8)


def test_exports_tell_nothing(
    app: Flask, board: Board, visit: Callable[[User | None], Visitor], tmp_path: Path
) -> None:
    for person in (board.world.manager, board.world.chair, board.world.reader):
        visitor = visit(person)
        sent = visitor.client.post("/reports/progress.docx", data={"csrf_token": visitor.token, **EVERY})
        assert sent.status_code == 200
        assert board.planted.found_in(unpacked(sent.data) + str(sent.headers)) == []
    assert run(app, "report", "progress", *OPTIONS, "-o", str(tmp_path / "all.docx"))[0] == 0
    assert board.planted.found_in(unpacked((tmp_path / "all.docx").read_bytes())) == []


def unpacked(data: bytes) -> str:
    """Return all texts inside a Word file."""
    with zipfile.ZipFile(BytesIO(data)) as package:
        return "\n".join(package.read(name).decode(errors="replace") for name in package.namelist())


def run(app: Flask, *words: str) -> tuple[int, str]:
    """Return a command's exit code, and all that it printed."""
    result = app.test_cli_runner().invoke(args=list(words))
    return result.exit_code, result.output


@pytest.mark.parametrize("words", [("chase", "--json"), ("chase", "--dry-run"), ("check",)])
def test_commands_tell_nothing(app: Flask, board: Board, words: tuple[str, ...]) -> None:
    _, output = run(app, *words)
    assert board.planted.found_in(output) == []


def test_mail_to_anybody_else_tells_nothing(board: Board) -> None:
    with writing():
        AgencyReturn.update(answered_on=None).execute()
        AgencyResponse.update(answer="awaited", due_on=TODAY).execute()
        ChildDeath.update(decision_number=0).execute()
        StatutoryClock.create(review=Review.get(), kind="decision", due_on=TODAY)
    with clock.at(TODAY - timedelta(days=40)):
        case_referral(board.world)
        measure(board.world, first_period="2010-11", first_due_on=TODAY)
    a_decision(board.world, a_body(board.world, "Task group"), due_on=TODAY)
    came_back(board.world, review=board.world.review("SCR-2011-09"))
    assert all(chase(provider, TODAY, "http://127.0.0.1").messages for provider in registered())
    sent = list(OutboxMessage.select(OutboxMessage, User).join(User))
    inside = {Role.CDOP_MEMBER, Role.CDOP_COORDINATOR}
    for message in sent:
        told = board.planted.found_in(message.subject + message.body)
        if not inside & message.to_user.role_set:
            assert told == [] and message.about == "", message.to_address
        else:
            assert "child_death.case_number" not in told


def test_mail_about_deaths_is_not_in_the_outbox_of_the_manager(board: Board, sign_in: Callable) -> None:
    hidden = OutboxMessage.get(OutboxMessage.about == "child_deaths")
    client = sign_in(board.world.manager)
    assert client.get(f"/outbox/{hidden.id}").status_code == 404
    assert client.get("/outbox/987654").status_code == 404


def test_a_leak_would_be_found(board: Board, sign_in: Callable) -> None:
    """Plant an offender: a case's text on the board's pages, in a mail and in the log."""
    canary = next(each for each, place in board.planted.canaries.items() if place.endswith("circumstances"))
    review = board.world.review("SCR-2011-09", title=f"About {canary}")
    answers = walk(sign_in(board.world.manager), ["/reviews", f"/reviews/{review.reference}"])
    assert len(list(leaks(answers, board.planted))) == 2
    assert board.planted.found_in(f"a mail of {canary.lower()}") == ["child_death.circumstances"]


def test_a_permission_too_wide_would_be_found(
    board: Board, sign_in: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Plant an offender: the manager may read child deaths."""
    from kscb_actions.access import policy

    wider = {**policy.GRANTS[Role.MANAGER], Permission.READ_DEATH: policy.Reach.ALL}
    monkeypatch.setitem(policy.GRANTS, Role.MANAGER, wider)
    cases = [address for address in board.addresses if address.startswith("/deaths")]
    assert list(leaks(walk(sign_in(board.world.manager), cases), board.planted))
