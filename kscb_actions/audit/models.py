"""The audit trail's one table."""

from collections.abc import Mapping
from typing import ClassVar

import peewee

from kscb_actions.database import InstantField, Model


class AuditEvent(Model):
    """One change, by whom and when, with the whole state of the thing after it.

    Rows are chained: each holds the hash of the one before, so that an edit, a removal or a change of
    order shows. The database refuses updates and deletes. The state a thing had on any past day is the
    `state` of its latest event by then. `save` is the same for events that were saved together; empty where
    nobody kept that.
    """

    keeps_no_history = "it is the history; its chain is verified"
    not_in_events: ClassVar[Mapping[str, str]] = {"save": "no part of what is chained: it arranges the trail"}

    at = InstantField(index=True)
    actor_id = peewee.IntegerField(null=True)
    actor_name = peewee.TextField()
    event = peewee.CharField(max_length=60, index=True)
    room = peewee.CharField(max_length=20)
    kind = peewee.CharField(max_length=40)
    object_id = peewee.IntegerField(null=True)
    review_id = peewee.IntegerField(null=True, index=True)
    action_id = peewee.IntegerField(null=True, index=True)
    changes = peewee.TextField(default="{}")
    state = peewee.TextField(default="{}")
    detail = peewee.TextField(default="{}")
    previous_hash = peewee.CharField(max_length=64)
    hash = peewee.CharField(max_length=64)
    save = peewee.CharField(max_length=64, null=True)

    class Meta:
        indexes = ((("kind", "object_id", "id"), False),)
