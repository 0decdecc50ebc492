"""The scheduler, in threads of a process: chasing, delivery, tidying up.

Any number may run; the one that holds the lease does the work, and another takes over when it ends.
Each job wakes at a steady pace, whatever the machine's clock is set to meanwhile, and finds out from the
database what is due. So a run that was missed (a machine asleep, a takeover, a clock put right) is made up
for at the next waking.
"""

import logging
import os
import signal
import socket
import sys
import uuid
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from multiprocessing.util import Finalize
from threading import Event, Thread
from time import sleep
from typing import Any

from kscb_actions import clock, database, terms
from kscb_actions.chasing.anew import give_again
from kscb_actions.chasing.lived.queries import is_clock_behind
from kscb_actions.chasing.news.service import tell_at_once
from kscb_actions.chasing.providers import Run, runs
from kscb_actions.chasing.queries import has_run
from kscb_actions.chasing.service import chase_together
from kscb_actions.config import Settings
from kscb_actions.mail.delivery import Delivered, Watch, deliver_due
from kscb_actions.people.live_sessions import forget_old_sessions
from kscb_actions.people.sent_forms import forget_sent_forms
from kscb_actions.people.service import end_links_of_the_future
from kscb_actions.settings.queries import get_board
from kscb_actions.working_days.england import is_working_day

from .drawing import draw_papers, forget_drawings
from .lateness import CHASE_AT
from .leases import acquire_lease, release_lease
from .meetings import ask_for_updates, freeze_papers
from .progress import now_and_then
from .tidying import tidy_erased, tidy_evidence, tidy_waiting

LEASE = "jobs"
RENEWS_SECONDS = 10
WAKES_SECONDS = 60
# Somebody looks at a page meanwhile.
DRAWS_SECONDS = 1
TIDIES_SECONDS = 3600
# What waits for nobody need not compete with mail and reminders when a process begins.
SWEEPS_SECONDS, SWEEPS_AFTER_SECONDS = 6 * 3600, 600
# Ctrl-C too: a process begun in the background inherits an ignored SIGINT.
SIGNALS = (signal.SIGTERM, signal.SIGINT)

log = logging.getLogger(__name__)


class Jobs:
    """The jobs of one process. Each takes the lease and a connection of its own, and survives any error.

    ending  set when the process is to end: what is made of whole steps ends after the one at work
    """

    def __init__(self, settings: Settings) -> None:
        self.settings, self.ending = settings, Event()
        self.holder = f"{socket.gethostname()[:30]}:{os.getpid()}:{uuid.uuid4().hex[:12]}"

    def chase(self) -> None:
        """Remind people of what fell due, after 08:00 on a working day that has not had its run.

        What breaks one run does not stop another: providers that share their messages are then run alone.
        """
        for run in runs():
            name = run.providers[0].name
            if self._as_leader(name, partial(self._chase, run)) or not (run.providers[1:] or run.enclosures):
                continue
            for provider in run.providers:
                self._as_leader(provider.name, partial(self._chase, Run((provider,))))

    def deliver(self) -> None:
        """Write what people hear of at once and what was lost, and send what waits in the outbox."""
        self._as_leader("given again", self._give_again)
        self._as_leader("news", partial(tell_at_once, self.settings.base_url))
        self._as_leader("delivery", self._deliver)

    def freeze(self) -> None:
        """Freeze the paper of each meeting whose closing date is over; one that fails stops no other."""
        freeze_papers(self._as_leader)

    def draw(self) -> None:
        """Draw the long papers that somebody waits for; where none is, nothing is written."""
        try:
            draw_papers(self._as_leader)
        except Exception:
            log.exception("job draw failed; it is tried again at its next time")

    def call(self) -> None:
        """Ask the leads for updates before each meeting that is to be called, after 08:00 on its day."""
        ask_for_updates(self._as_leader, self.settings.base_url)

    def forget(self) -> None:
        """Remove old sessions, forms, their files, drawn papers, erased files; end links of a clock ahead."""
        self._as_leader("sessions", forget_old_sessions)
        self._as_leader("sent-forms", forget_sent_forms)
        self._as_leader("waiting-files", partial(tidy_waiting, self.settings))
        self._as_leader("links", end_links_of_the_future)
        self._as_leader("erased", partial(tidy_erased, self.settings))
        self._as_leader("drawn papers", forget_drawings)

    def lead(self) -> None:
        """Renew the lease, however long a job takes, or take it from a process that died."""
        self._as_leader("lease", lambda: None)

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

    def _as_leader(self, name: str, work: Callable[[], object]) -> bool:
        """Do the work if this process has the lease; returns whether nothing went wrong."""
        try:
            with database.db.connection_context():
                unknown = database.unknown_migrations()
                if unknown:
                    log.error("job %s not run: a newer version has changed the database (%s)", name, unknown)
                elif acquire_lease(LEASE, self.holder):
                    board = get_board()
                    clock.fix_day(board.fixed_today)
                    terms.use(board.terms)
                    work()
        except Exception:
            log.exception("job %s failed; it is tried again at its next time", name)
            return False
        finally:
            clock.fix_day(None)
            terms.use(terms.Terms())
        return True

    def _chase(self, run: Run) -> None:
        on = clock.today()
        is_past = clock.now().astimezone(clock.LONDON).time() >= CHASE_AT
        if not is_past or not is_working_day(on):
            return
        left = tuple(provider for provider in run.providers if not has_run(provider, on))
        if not left:
            return
        if is_clock_behind(on):
            log.warning("%s not run: the clock is behind, it shows %s", run.providers[0].name, on)
            return
        done = chase_together(replace(run, providers=left), on, self.settings.base_url, keeps_messages=False)
        log.info("%s for %s: %d messages", " and ".join(p.name for p in left), done.on, done.count)
        for provider in left:
            for sentence in provider.explain_no_recipient(done.without_recipient_of(provider)):
                log.warning("%s", sentence)

    def _give_again(self) -> None:
        if not is_clock_behind(clock.today()):
            give_again(self.settings.base_url)

    def _deliver(self) -> None:
        told = now_and_then(log.info, "mail: messages tried", WAKES_SECONDS)
        done = deliver_due(self.settings, Watch(told, self.ending.is_set))
        if done != Delivered():
            log.info("mail: %s", done)


class Scheduler:
    """A thread for each job, so that none waits for another. The pace is that of no clock that can be set."""

    def __init__(self, jobs: Jobs) -> None:
        self.jobs = jobs
        self._ending = jobs.ending
        self._threads = [
            Thread(target=self._repeat, args=each, name=each[0].__name__, daemon=True) for each in paces(jobs)
        ]

    def start(self) -> None:
        """Begin every job with its first run."""
        for thread in self._threads:
            thread.start()

    def finish(self) -> None:
        """End when the jobs at work have ended, and let another process take over."""
        self._ending.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join()
        self.jobs.release()

    def _repeat(self, job: Callable[[], None], seconds: float, first: float) -> None:
        self._ending.wait(first)
        while not self._ending.is_set():
            job()
            self._ending.wait(seconds)


def paces(jobs: Jobs) -> tuple[tuple[Callable[[], None], float, float], ...]:
    """Return each job with the seconds from its end to its next waking, and those until the first."""
    return (
        (jobs.lead, RENEWS_SECONDS, 0),
        (jobs.chase, WAKES_SECONDS, 0),
        (jobs.deliver, WAKES_SECONDS, 0),
        (jobs.freeze, WAKES_SECONDS, 0),
        (jobs.call, WAKES_SECONDS, 0),
        (jobs.draw, DRAWS_SECONDS, 0),
        (jobs.forget, TIDIES_SECONDS, 0),
        (jobs.sweep, SWEEPS_SECONDS, SWEEPS_AFTER_SECONDS),
    )


def begin(settings: Settings) -> None:
    """Run the jobs in threads of a worker process; when it ends, the job at work is finished first."""
    scheduler = Scheduler(Jobs(settings))
    scheduler.start()
    Finalize(None, scheduler.finish, exitpriority=1)


def run(settings: Settings) -> None:
    """Run the jobs until SIGTERM or Ctrl-C; a job that is running is finished first."""
    start_log()
    scheduler = Scheduler(Jobs(settings))
    for number in SIGNALS:
        signal.signal(number, _stop)
    try:
        scheduler.start()
        log.info("begun")
        # This thread only waits: a signal that met it at work in the scheduler would be caught and lost.
        while True:
            sleep(TIDIES_SECONDS)
    except SystemExit:
        log.info("stopping")
    finally:
        scheduler.finish()


def start_log() -> None:
    """Log the jobs on standard error."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")


def _stop(*_: Any) -> None:
    # Whoever is impatient and signals again does not break into the end of a job.
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    sys.exit(0)
