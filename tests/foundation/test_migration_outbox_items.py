"""The step that keeps what a message is about finds it for the messages there are."""

from pathlib import Path

from kscb_actions import database

from .steps import insert, rows_of, schema_before, take_step
from .test_migration_taken_back_returns import fill as fill_deaths

STEP = "0010_outbox_items"
LINK = "https://tracker.example/reviews/{}/actions/{}"


def fill() -> None:
    """Record two reviews, an action of each, a case with two returns, a lead, and a manager."""
    fill_deaths()
    for number, name in enumerate(("lead", "manager"), 1):
        insert(
            "person",
            **{"id": number, "version": 1, "email": f"{name}@board.example", "name": name, "roles": name},
            **{"is_active": True, "password_hash": ""},
        )
    for number, reference in enumerate(("SCR-2011-1", "SCR-2011-10"), 1):
        insert(
            "review",
            **{"id": number, "version": 1, "reference": reference, "kind": "scr", "pseudonym": "Child A"},
            **{"title": "Bramble", "summary": "", "classification": "OFFICIAL", "is_restricted": False},
            **{"stage": "monitoring", "hold_kind": "", "hold_reason": ""},
        )
        insert(
            "recommendation",
            **{"id": number, "version": 1, "review_id": number, "number": 1, "text": "Share what is known."},
            **{"intended_outcome": "", "addressed_to": "", "withdrawn_reason": ""},
        )
        insert(
            "action",
            **{"id": number + 6, "version": 1, "review_id": number, "recommendation_id": number},
            **{"number": number, "agency_id": 1, "text": "Change it.", "success_measure": ""},
            **{"standing": "active", "progress": "not_started", "updated_on": "2012-01-05"},
            **{"assurance": "none", "standing_reason": "", "extension_count": 0},
        )


def message(number: int, body: str, about: str = "", to: int = 1) -> None:
    """Queue a message as it was before."""
    insert(
        "outbox_message",
        **{"id": number, "version": 1, "to_user_id": to, "to_address": "a@board.example", "subject": "S"},
        **{"body": body, "message_id": f"<{number}@tracker.invalid>", "is_secret": False, "about": about},
        **{"state": "sent", "queued_at": "2012-03-01 09:00:00", "attempts": 1, "last_error": ""},
    )


def test_the_messages_from_before_are_about_what_they_told_of(tmp_path: Path) -> None:
    with schema_before(STEP, tmp_path) as steps:
        fill()
        both = f"Two:\n\nSCR-2011-1/A1\n{LINK.format('SCR-2011-1', 1)}\n\n{LINK.format('SCR-2011-10', 2)}"
        message(1, both)
        message(2, f"Only the second.\n{LINK.format('SCR-2011-10', 2)}", to=2)
        message(3, "Of SCR-2011-10 alone, and of SCR-2011-100.")
        message(4, "https://tracker.example/deaths/1#returns\nhttps://tracker.example/deaths/9#x", "deaths")
        message(5, "Nothing of it in the text.", "deaths")
        message(6, "A link to set a password.")
        message(7, "Nothing of an action in the text.")
        days = {"stage": 1, "due_on": "2012-03-01", "chased_on": "2012-03-02"}
        for action, told in ((7, 1), (8, 7)):
            insert("chase", **{"review_id": action - 6, "action_id": action, "message_id": told, **days})
        insert("return_chase", **{"agency_return_id": 2, "message_id": 5, **days})
        take_step(steps, STEP)
        assert sorted(row[1:] for row in rows_of("outbox_item") if row[4] is None) == [
            (1, 1, 7, None),
            (1, 2, 8, None),
            (2, 2, 8, None),
            (3, 2, None, None),
            (7, 2, 8, None),
        ]
        assert [row[1:] for row in rows_of("outbox_item") if row[4]] == [
            (4, None, None, 1),
            (5, None, None, 1),
        ]


def test_an_empty_outbox_gets_an_empty_table(tmp_path: Path) -> None:
    with schema_before(STEP, tmp_path) as steps:
        take_step(steps, STEP)
        assert rows_of("outbox_item") == []
        assert STEP not in database.pending_migrations()
