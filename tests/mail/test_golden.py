"""The whole text of each kind of message; where words change on purpose, they change in `golden/` too."""

import ast
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from kscb_actions.chasing.news.service import count_as_told
from kscb_actions.mail.models import OutboxMessage

from ..factories import World
from .letters import KINDS

HERE = Path(__file__).parent
ROOT = HERE.parents[1] / "kscb_actions"
# Each place that writes a message, and the kinds that come from it.
WRITERS = {
    "assurance/challenges/letters.py": {"a_challenge", "a_challenge_above_the_subgroup"},
    "assurance/checking.py": {"a_question_of_a_check"},
    "assurance/voiding/challenge.py": {"a_challenge_put_right_and_recorded_in_error"},
    "assurance/erasing_letters.py": {"a_file_to_erase"},
    "chasing/news/service.py": {"news_at_once", "a_challenge_above_the_subgroup"},
    "chasing/service.py": {
        *("reminders_of_a_lead", "reminders_of_the_board", "reminders_that_nobody_else_can_be_sent"),
        *("reminders_with_copies_and_words", "reminders_of_challenges_and_answers", "reminders_of_returns"),
        "reminders_of_requests_about_deaths",
        *(
            "reminders_of_statutory_dates",
            "reminders_of_referred_cases",
            "reminders_of_tasks",
            "reminders_of_difference_made",
            "reminders_for_a_panel",
            "a_panels_decision",
            "news_of_a_morning",
            "news_of_changes",
            "absences",
            "weeks_and_a_month",
        ),
    },
    "child_deaths/returns/letters.py": {"a_request_about_a_death", "a_file_of_an_answer_to_erase"},
    "mail/letters.py": {"passwords", "a_role_to_agree_to"},
    "reviews/answers/service.py": {"asked_for_answers"},
    "reviews/naming.py": {"named_on_a_restricted_review"},
    "meetings/calling/service.py": {"a_call_for_updates_and_a_reminder_of_it"},
    "meetings/deciding/service.py": {"a_task_of_a_meeting_and_its_minutes"},
    "reports/freezing/minutes.py": {"a_task_of_a_meeting_and_its_minutes"},
    "reviews/papers/service.py": {"a_paper_opened_to_a_reader"},
    "reviews/referring/service.py": {"a_case_referred_withdrawn_and_answered"},
    "reviews/publishing/service.py": {"a_release_for_publication_and_its_end"},
}
# It writes others' words once more.
REPEATS = {"chasing/anew.py"}
# Each paper has its own.
REFERENCE = re.compile(r"\bP-[2-9A-Z]{6}\b")
TOKEN = re.compile(r"(?<=/password/)\S+")


def written() -> str:
    """Return all messages, as the outbox has them, in their order."""
    rows = OutboxMessage.select().order_by(OutboxMessage.id)
    told = (f"To: {row.to_address}\nSubject: {row.subject}\n\n{row.body}\n" for row in rows)
    return REFERENCE.sub("P-REFERENCE", TOKEN.sub("TOKEN", "\n----------\n\n".join(told)))


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_message_says_this(world: World, pictures: None, kind: Callable[[World], None]) -> None:
    count_as_told()
    kind(world)
    golden = (HERE / "golden" / f"{kind.__name__}.txt").read_text(encoding="utf-8")
    assert written() == golden


def writers() -> set[str]:
    """Return the modules that queue a message."""
    found = set()
    for path in ROOT.rglob("*.py"):
        source = path.read_text()
        if "queue(" not in source:
            continue
        calls = (node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
        if any(isinstance(each, ast.Name) and each.id == "queue" for each in calls):
            found.add(path.relative_to(ROOT).as_posix())
    return found


def test_every_place_that_writes_a_message_has_its_kinds_here() -> None:
    assert writers() - {"mail/service.py"} == WRITERS.keys() | REPEATS
    named = {kind.__name__ for kind in KINDS}
    assert named == set().union(*WRITERS.values())
    assert {path.stem for path in (HERE / "golden").glob("*.txt")} == named
