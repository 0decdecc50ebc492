"""No number outside the panel moves when one more death is recorded, proposed on or decided."""

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kscb_actions.access.policy import Role
from kscb_actions.chasing.news.service import see_all
from kscb_actions.people.models import User
from kscb_actions.plans_in.exporting.service import plan_sheet
from kscb_actions.plans_in.reading.sheets import read_workbook
from kscb_actions.plans_in.tables import Table
from kscb_actions.reviews.models import Review

from ..factories import TODAY
from ..long import LONG
from ..reports.stories import OPTIONS
from .conftest import Board
from .panel_work import PanelWork
from .test_outside import OUTSIDE, run, unpacked
from .walker import Answer, different, is_download, moved, walk

# Pages that count or list, where what one step does and a later one undoes would show.
COUNTING = ("/attention", "/my-actions", "/reviews", "/actions", "/outbox", "/audit", "/referrals")
# Each paper has its own.
REFERENCE = re.compile(r"\bP-[2-9A-Z]{6}\b")
# Files whose taking is itself an event.
TAKEN = re.compile(r"/files/|/plan\.(xlsx|docx)$")


def opened(client: FlaskClient, board: Board) -> dict[str, Answer]:
    """Return what every address answers somebody.

    Not opened are evidence files and plans: that one was taken is recorded in the trail.
    """
    wanted = [each for each in board.addresses if not (TAKEN.search(each) or is_download(each))]
    return walk(client, wanted)


def everything(board: Board, *but: Role) -> User:
    """Give somebody who has every role outside the panel, but these.

    Not that of a contact: whose agency is asked sees that it is.
    """
    roles = [role for role in OUTSIDE if role and role not in (*but, Role.DEATH_CONTACT)]
    return board.world.person("everything", *roles, agency=board.world.police)


def test_no_step_of_a_panels_work_moves_anything_outside_it(board: Board, sign_in: Callable) -> None:
    """Compare, for every other role together, the counts after each step and everything after the last."""
    client = sign_in(everything(board))
    before = {address: said for address, said in opened(client, board).items() if said.status == 200}
    counting = {address: said for address, said in before.items() if LONG or address in COUNTING}
    assert len(counting) >= len(COUNTING)
    for name, step in PanelWork(board.world, board.member).steps().items():
        step()
        assert different(counting, walk(client, list(counting))) == [], name
    assert different(before, walk(client, list(before))) == []


# A contact sees that their agency is asked.
ALONE = [role for role in OUTSIDE if role is not Role.DEATH_CONTACT] if LONG else [None, Role.AGENCY_LEAD]


@pytest.mark.parametrize("role", ALONE)
def test_a_panels_work_moves_nothing_outside_it(board: Board, sign_in: Callable, role: Role | None) -> None:
    person = board.person(role)
    client = sign_in(person)
    if person:
        # Opening the page of what is new changes the count that every page has.
        see_all(person.viewer)
    before = opened(client, board)
    for step in PanelWork(board.world, board.member).steps().values():
        step()
    assert moved(client, before) == []


def test_a_referral_is_seen_by_the_chair_alone_and_an_issue_among_what_is_issued_alone(
    board: Board, sign_in: Callable
) -> None:
    work = PanelWork(board.world, board.member)
    work.record()
    others = sign_in(everything(board, Role.CHAIR, Role.READER))
    chair, reader = sign_in(board.world.chair), sign_in(board.world.reader)
    others_saw, chair_saw, reader_saw = (opened(each, board) for each in (others, chair, reader))
    work.refer()
    of_chair = {"/", "/attention", "/referrals"}
    assert {"/referrals"} <= set(moved(chair, chair_saw)) <= of_chair
    work.answer_referral()
    if LONG:
        assert moved(others, others_saw) == moved(reader, reader_saw) == []
    work.issue()
    assert moved(others, others_saw) == moved(reader, reader_saw) == ["/published"]
    assert {"/published"} <= set(moved(chair, chair_saw)) <= {*of_chair, "/published"}


def test_commands_and_papers_say_the_same_before_and_after(app: Flask, board: Board, tmp_path: Path) -> None:
    def printed() -> list[str]:
        chased = run(app, "chase", "--on", TODAY.isoformat(), "--dry-run", "--json")[1]
        checked = run(app, "check")[1]
        # Whoever runs this command holds the database itself; the head is how its end is known.
        kept = "\n".join(line for line in checked.splitlines() if not line.startswith("Head of the trail"))
        return [chased, kept]

    def paper() -> str:
        file = tmp_path / "paper.docx"
        assert run(app, "report", "progress", *OPTIONS, "-o", str(file))[0] == 0
        return REFERENCE.sub("", unpacked(file.read_bytes()))

    def plan() -> list[Table]:
        manager, review = board.world.manager.viewer, Review.get(Review.reference == "SCR-2011-01")
        return read_workbook(BytesIO(plan_sheet(manager, review))).tables

    before, written, planned = printed(), paper(), plan()
    assert any(len(table.rows) > 3 for table in planned)
    for name, step in PanelWork(board.world, board.member).steps().items():
        step()
        assert name and printed() == before, name
        assert not LONG or paper() == written, name
    assert paper() == written
    assert plan() == planned


def test_a_count_that_moves_would_be_found(board: Board, sign_in: Callable) -> None:
    """Plant an offender: something that everybody may count."""
    client = sign_in(board.world.manager)
    before = walk(client, [*COUNTING])
    board.world.review("SCR-2011-44")
    assert "/reviews" in different(before, walk(client, [*COUNTING]))
