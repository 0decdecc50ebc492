"""Which process may run the jobs."""

import peewee

from kscb_actions.database import InstantField, Model


class Lease(Model):
    """Which process may run the jobs, and until when."""

    event_room = "jobs"
    keeps_no_history = "which process runs the jobs changes with each minute"

    name = peewee.CharField(max_length=40, unique=True)
    holder = peewee.CharField(max_length=80)
    until = InstantField()
