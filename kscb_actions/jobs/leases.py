"""Leases: which process may do a thing, and until when. One upsert on SQLite and on PostgreSQL."""

from datetime import timedelta

from kscb_actions import clock
from kscb_actions.database import writing

from .models import Lease


def hold_lease(name: str, holder: str, length: timedelta) -> bool:
    """Take or keep the lease `name` until `length` from now; False while somebody else holds it."""
    now = clock.real_now()
    free = (Lease.until < now) | (Lease.holder == holder)
    until = now + length
    with writing(Lease):
        Lease.insert(name=name, holder=holder, until=until).on_conflict(
            conflict_target=[Lease.name],
            update={Lease.holder: holder, Lease.until: until},
            where=free,
        ).execute()
        return Lease.select().where(Lease.name == name, Lease.holder == holder).exists()


def release_lease(name: str, holder: str) -> None:
    """Give the lease back, so that the next process need not wait for its end."""
    with writing(Lease):
        Lease.delete().where(Lease.name == name, Lease.holder == holder).execute()
