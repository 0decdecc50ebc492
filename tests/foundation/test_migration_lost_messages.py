"""The steps that let a message be made good, and be taken into a later one, keep every message as it was."""

from pathlib import Path

from kscb_actions.mail.models import OutboxMessage
from kscb_actions.mail.queries import address_troubles

from .steps import insert, rows_of, schema_before, take_step

STEP, NEXT = "0056_lost_messages", "0061_digests_taken_in"


def test_messages_from_before_are_kept_and_those_that_failed_mark_who_they_were_for(tmp_path: Path) -> None:
    with schema_before(STEP, tmp_path) as steps:
        insert(
            "person",
            **{"id": 1, "version": 1, "email": "a@board.example", "name": "Lead", "roles": "agency_lead"},
            **{"is_active": True, "password_hash": ""},
        )
        for number, state in ((1, "sent"), (2, "failed")):
            insert(
                "outbox_message",
                **{"id": number, "version": 1, "to_user_id": 1, "to_address": "a@board.example"},
                **{"subject": "S", "body": "A text.", "message_id": f"<{number}@tracker.invalid>"},
                **{"is_secret": False, "about": "", "state": state, "queued_at": "2012-03-01 09:00:00"},
                **{"attempts": 1, "last_error": ""},
            )
        before = rows_of("outbox_message")
        take_step(steps, STEP)
        assert rows_of("outbox_message") == [(*row, None, "", None) for row in before]
        before = rows_of("outbox_message")
        take_step(steps, NEXT)
        assert rows_of("outbox_message") == [(*row, None, False) for row in before]
        assert {person: row.id for person, row in address_troubles().items()} == {1: 2}
        row = OutboxMessage.get_by_id(1)
        assert (row.digest_on, row.enclosed, row.made_good_at) == (None, "", None)
        assert (row.taken_into, row.may_have_gone) == (None, False)
