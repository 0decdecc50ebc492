"""The scheduler, in threads of a process: chasing, delivery, tidying up.

Any number may run; the one that holds the lease does the work, and another takes over when it ends.
A run that was missed (a machine asleep, a takeover) is made up for as soon as somebody notices.
"""

import logging
import os
import signal
import socket
import sys
import uuid
from collections.abc import Callable
from datetime import time, timedelta
from functools import partial
from multiprocessing.util import Finalize
from time import sleep
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from kscb_actions import clock, database
from kscb_actions.chasing.providers import Provider, registered
from kscb_actions.chasing.queries import has_run
from kscb_actions.chasing.service import chase
from kscb_actions.chasing.working_days import is_working_day
from kscb_actions.config import Settings
from kscb_actions.mail.delivery import Delivered, deliver_due
from kscb_actions.people.live_sessions import forget_old_sessions
from kscb_actions.people.sent_forms import forget_sent_forms
from kscb_actions.settings.queries import get_board

from .leases import acquire_lease, release_lease
from .tidying import tidy_evidence

LEASE = "jobs"
LEASE_TIME = timedelta(minutes=5)
CHASE_AT = time(8)
WAKES_SECONDS = 3600
# What waits for nobody need not compete with mail and reminders when a process begins.
SWEEPS_AFTER = timedelta(minutes=10)
# Ctrl-C too: a process begun in the background inherits an ignored SIGINT.
SIGNALS = (signal.SIGTERM, signal.SIGINT)

log = logging.getLogger(__name__)


def chase_trigger() -> CronTrigger:
    """Return the times of chasing: Monday to Friday at 08:00 in London, an hour no clock change touches."""
    return CronTrigger(
        day_of_week="mon-fri", hour=CHASE_AT.hour, minute=CHASE_AT.minute, timezone=clock.LONDON
    )


class Jobs:
    """The jobs of one process. Each takes the lease and a connection of its own, and survives any error."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.holder = f"{socket.gethostname()[:30]}:{os.getpid()}:{uuid.uuid4().hex[:12]}"

    def chase(self) -> None:
        """Remind people of what fell due by the board's day. What breaks one run does not stop another."""
        for provider in registered():
            self._as_leader(provider.name, partial(self._chase, provider))

    def catch_up(self) -> None:
        """Chase later in the day, when nobody did at 08:00."""
        for provider in registered():
            self._as_leader("catch-up", partial(self._catch_up, provider))

    def deliver(self) -> None:
        """Send what waits in the outbox."""
        self._as_leader("delivery", self._deliver)

    def forget(self) -> None:
        """Remove sessions that have expired, and forms that were sent more than a day ago."""
        self._as_leader("sessions", forget_old_sessions)
        self._as_leader("sent-forms", forget_sent_forms)

    def sweep(self) -> None:
        """Remove what uploads that were cut off have left."""
        self._as_leader("leftovers", partial(tidy_evidence, self.settings))

    def release(self) -> None:
        """Let another process take over at once."""
        try:
            with database.db.connection_context():
                release_lease(LEASE, self.holder)
        except Exception:
            log.exception("the lease could not be given back; it runs out by itself")

    def _as_leader(self, name: str, work: Callable[[], object]) -> None:
        try:
            with database.db.connection_context():
                unknown = database.unknown_migrations()
                if unknown:
                    log.error("job %s not run: a newer version has changed the database (%s)", name, unknown)
                elif acquire_lease(LEASE, self.holder, LEASE_TIME):
                    clock.fix_day(get_board().fixed_today)
                    work()
        except Exception:
            log.exception("job %s failed; it is tried again at its next time", name)
        finally:
            clock.fix_day(None)

    def _chase(self, provider: Provider[Any]) -> None:
        run = chase(provider, clock.today(), self.settings.base_url)
        told = (provider.name, run.on, run.day_off or "a working day", len(run.messages))
        log.info("%s for %s (%s): %d messages", *told)
        for sentence in provider.explain_no_recipient(run.without_recipient):
            log.warning("%s", sentence)

    def _catch_up(self, provider: Provider[Any]) -> None:
        is_past = clock.now().astimezone(clock.LONDON).time() >= CHASE_AT
        if is_past and not has_run(provider, clock.today()) and is_working_day(clock.today()):
            self._chase(provider)

    def _deliver(self) -> None:
        done = deliver_due(self.settings)
        if done != Delivered():
            log.info("mail: %s", done)


def build(jobs: Jobs) -> BackgroundScheduler:
    """Return the scheduler with every job in it, not yet started. A late job runs late, and once."""
    scheduler = BackgroundScheduler(
        timezone=clock.LONDON,
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    now = clock.real_now()
    scheduler.add_job(jobs.chase, chase_trigger(), id="chase")
    scheduler.add_job(jobs.catch_up, IntervalTrigger(minutes=5), id="catch-up", next_run_time=now)
    scheduler.add_job(jobs.deliver, IntervalTrigger(minutes=1), id="delivery", next_run_time=now)
    scheduler.add_job(jobs.forget, IntervalTrigger(hours=1), id="sessions", next_run_time=now)
    scheduler.add_job(jobs.sweep, IntervalTrigger(hours=6), id="leftovers", next_run_time=now + SWEEPS_AFTER)
    return scheduler


def begin(settings: Settings) -> None:
    """Run the jobs in threads of a worker process; when it ends, the job at work is finished first."""
    jobs = Jobs(settings)
    scheduler = build(jobs)
    scheduler.start()
    Finalize(None, _finish, (scheduler, jobs), exitpriority=1)


def run(settings: Settings) -> None:
    """Run the jobs until SIGTERM or Ctrl-C; a job that is running is finished first."""
    start_log()
    jobs = Jobs(settings)
    scheduler = build(jobs)
    for number in SIGNALS:
        signal.signal(number, _stop)
    try:
        scheduler.start()
        log.info("begun")
        # This thread only waits: a signal that met it at work in the scheduler would be caught and lost.
        while True:
            sleep(WAKES_SECONDS)
    except SystemExit:
        log.info("stopping")
    finally:
        _finish(scheduler, jobs)


def start_log() -> None:
    """Log the jobs on standard error."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)


def _finish(scheduler: BackgroundScheduler, jobs: Jobs) -> None:
    if scheduler.running:
        scheduler.shutdown()
    jobs.release()


def _stop(*_: Any) -> None:
    # Whoever is impatient and signals again does not break into the end of a job.
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    sys.exit(0)
