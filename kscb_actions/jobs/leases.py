"""Leases, which elect a leader among processes for a time. One upsert on SQLite and on PostgreSQL."""

from datetime import timedelta

from kscb_actions import clock
from kscb_actions.database import writing

from .models import Lease


def acquire_lease(name: str, holder: str, length: timedelta) -> bool:
    """Acquire or renew the lease `name` until `length` from now; False while another holder has it."""
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
    """Release the lease, so that the next process need not wait for it to expire."""
    with writing(Lease):
        Lease.delete().where(Lease.name == name, Lease.holder == holder).execute()
