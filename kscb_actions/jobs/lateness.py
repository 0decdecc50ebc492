"""Whether reminders and mail are late: what has run, what runs next, what should have."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import peewee

from kscb_actions import clock
from kscb_actions.audit.models import AuditEvent
from kscb_actions.chasing.lived.queries import is_clock_behind, latest_day
from kscb_actions.chasing.providers import in_use
from kscb_actions.chasing.queries import has_run
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.mail.rules import State, is_due
from kscb_actions.settings.queries import get_board
from kscb_actions.wording import date_uk, instant_uk, plural
from kscb_actions.working_days.england import is_working_day

CHASE_AT = time(8)
# A job wakes every minute, so what is an hour late is not about to come by itself.
GRACE = timedelta(hours=1)


@dataclass(frozen=True)
class Runs:
    """When reminders were last written, when they are next, and of which day they are missing, if of any."""

    last_at: datetime | None
    next_at: datetime
    late_since: date | None


def read_runs() -> Runs:
    """Return how the runs of reminders stand. What has never been run is not late."""
    now = clock.now().astimezone(clock.LONDON)
    providers = in_use()
    ran = AuditEvent.select(peewee.fn.MAX(AuditEvent.id))
    newest = {each: ran.where(AuditEvent.event == each.event).scalar() for each in providers}
    known = [event_id for event_id in newest.values() if event_id is not None]
    last_at = AuditEvent.get_by_id(max(known)).at if known else None
    expected = _last_working_day(now - GRACE)
    is_late = any(
        newest[each] is not None and not any(has_run(each, day) for day in (expected, now.date()))
        for each in providers
    )
    return Runs(last_at, _next_run(now), expected if is_late else None)


def _last_working_day(at: datetime) -> date:
    """Return the newest working day whose reminders were due by then."""
    day = at.date() if at.time() >= CHASE_AT else at.date() - timedelta(days=1)
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day


def _next_run(now: datetime) -> datetime:
    day = now.date()
    has_been = now.time() >= CHASE_AT and any(has_run(each, day) for each in in_use()[:1])
    if not is_working_day(day) or has_been:
        day += timedelta(days=1)
        while not is_working_day(day):
            day += timedelta(days=1)
    return datetime.combine(day, CHASE_AT, clock.LONDON)


def count_late_mail() -> int:
    """Return how many messages should have been tried an hour ago, and were not.

    None on a board that lives on one day: what it writes carries that day.
    """
    if get_board().fixed_today is not None:
        return 0
    now = clock.real_now()
    columns = (OutboxMessage.queued_at, OutboxMessage.next_try_at, OutboxMessage.attempts)
    waiting = OutboxMessage.select(*columns).where(OutboxMessage.state == State.QUEUED)
    return sum(
        is_due(next_try_at, attempts, now) and (next_try_at or queued_at) < now - GRACE
        for queued_at, next_try_at, attempts in waiting.tuples()
    )


def late(is_mail_set: bool) -> list[str]:
    """Return what is late, a sentence each; nothing on a board that lives on one day."""
    if get_board().fixed_today is not None:
        return []
    found = []
    today, shown = clock.today(), latest_day()
    if shown is not None and is_clock_behind(today):
        found.append(
            f"The machine’s clock shows {date_uk(today)}, and days up to {date_uk(shown)} have been lived "
            "through: nobody is reminded until it is put right."
        )
    runs = read_runs()
    # By a clock that is wrong no run can be late.
    if not found and runs.late_since is not None:
        last = instant_uk(runs.last_at)
        found.append(
            f"The reminders of {date_uk(runs.late_since)} have not been written; the last were on {last}."
        )
    messages = count_late_mail() if is_mail_set else 0
    if messages:
        tried = "has waited" if messages == 1 else "have waited"
        found.append(f"{plural(messages, 'message')} {tried} for more than an hour without being tried.")
    return found
