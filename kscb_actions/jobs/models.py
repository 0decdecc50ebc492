"""Which process may run the jobs, and which processes that serve pages were replaced."""

import peewee

from kscb_actions.database import InstantField, Model


class Lease(Model):
    """Which process may run the jobs, and until when."""

    event_room = "jobs"
    keeps_no_history = "which process runs the jobs changes with each minute"

    name = peewee.CharField(max_length=40, unique=True)
    holder = peewee.CharField(max_length=80)
    until = InstantField()


class ReplacedWorker(Model):
    """A process that serves pages ended unexpectedly, and another took its place at this moment."""

    event_room = "jobs"
    keeps_no_history = "it is about processes of this machine, and is forgotten after some months"

    at = InstantField(index=True)
