"""Leases, which elect a leader among processes for a time. One upsert on SQLite and on PostgreSQL."""

from datetime import datetime, timedelta
from typing import Any

from kscb_actions import clock
from kscb_actions.ahead import furthest
from kscb_actions.database import writing

from .models import Lease

# Longer than a busy machine keeps its holder from renewing it; and with the time between two tries of the
# others, short enough that the lease of a process that was killed moves within a minute.
LEASE_TIME = timedelta(seconds=45)


def is_void(now: datetime, length: timedelta = LEASE_TIME) -> Any:
    """Return the condition that a lease runs longer than `length`: a clock that was ahead has taken it."""
    return Lease.until > furthest(now, length)


def acquire_lease(name: str, holder: str, length: timedelta = LEASE_TIME) -> bool:
    """Acquire or renew the lease `name` until `length` from now; False while another holds it."""
    now = clock.real_now()
    free = (Lease.until < now) | is_void(now, length) | (Lease.holder == holder)
    until = now + length
    with writing(Lease):
        Lease.insert(name=name, holder=holder, until=until).on_conflict(
            conflict_target=[Lease.name],
            update={Lease.holder: holder, Lease.until: until},
            where=free,
        ).execute()
        return Lease.select().where(Lease.name == name, Lease.holder == holder).exists()


def release_lease(name: str, holder: str) -> None:
    """Release the lease, so that the next process need not wait for it to expire."""
    with writing(Lease):
        Lease.delete().where(Lease.name == name, Lease.holder == holder).execute()
