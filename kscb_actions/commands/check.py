"""The command that checks what is kept: the database, the trail, the evidence, the leads."""

import hashlib
import sys
from collections.abc import Iterator
from functools import reduce
from itertools import chain
from operator import and_
from typing import Any

import click
import peewee

from kscb_actions import database, models
from kscb_actions.access.policy import SYSTEM
from kscb_actions.actions.handover import unfinished
from kscb_actions.actions.models import Action
from kscb_actions.assurance.erasable import erased_kinds
from kscb_actions.assurance.leftovers import is_other_folder, last_sweep
from kscb_actions.assurance.models import EvidenceFile
from kscb_actions.assurance.queries import kept_names
from kscb_actions.audit.comparing import Comparison, Progress
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.queries import every_event, head
from kscb_actions.audit.rules import first_break
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.judging.models import PanelDecision
from kscb_actions.child_deaths.requests.models import ReturnFile
from kscb_actions.figures.annual.models import IssuedReport
from kscb_actions.files.store import EvidenceStore
from kscb_actions.jobs.lateness import late
from kscb_actions.people.models import User
from kscb_actions.people.queries import people_without_normal_address
from kscb_actions.reports.kept.models import KeptPaper
from kscb_actions.reports.template.models import PaperTemplate
from kscb_actions.reviews.models import Review
from kscb_actions.reviews.papers.models import ReviewPaper
from kscb_actions.reviews.queries import told_events
from kscb_actions.text import whole_number, why_no_address
from kscb_actions.wording import instant_uk, plural

from .check_clock import set_ahead
from .check_rows import changed_rows
from .cli import NOT_READY, newer_than_this, settings

MOST_TOLD = 20
A_STEP = 1000
SWEPT = "the jobs remove it when it is a day old"
# Rows that name files in the store, and what is said of one by its number.
KEPT_FILES = {
    EvidenceFile: "evidence: file {}",
    ReviewPaper: "reviews: paper {}",
    ReturnFile: "child deaths: file {} of an agency’s answer",
}
STILL_THERE = "was erased, but bytes are there still; the jobs remove them within an hour of running"
NOT_SWEPT = "nothing is removed, for these look like the files of another database"
# What reading a damaged database ends in: the driver's errors, and values that no column has.
UNREADABLE = (*database.UNREADABLE, ArithmeticError, AttributeError, TypeError, ValueError)


@click.command("check")
@click.option(
    "--head", "noted", help="A head noted earlier, NUMBER:FINGERPRINT: is the trail's end still there?"
)
def check(noted: str | None) -> None:
    """Check the database, the audit trail, the evidence files and the leads. Reads only.

    Every row is compared with what the trail says of it: a row that was changed, removed or put in past
    the application is named.

    Exits with 1 when something is damaged or missing, and when reminders or mail are late.

    Example: flask check --head 1204:9f86d0…
    """
    noted_head = _read_head(noted)
    store = EvidenceStore(settings().evidence)
    faults, notes, newest = _looked_at(store, *noted_head)
    for note in notes:
        click.echo(note)
    for fault in faults:
        click.echo(f"FAULT: {fault}", err=True)
    if faults:
        raise click.ClickException(
            f"{len(faults)} found. Change nothing; restore from a backup or ask for help."
        )
    click.echo("The database, the audit trail and the evidence are whole.")
    if newest:
        click.echo(f"Head of the trail, to note elsewhere: {newest.id}:{newest.hash}")
    with database.db.connection_context():
        waits = late(settings().mail is not None)
    for each in waits:
        click.echo(f"LATE: {each}", err=True)
    if waits:
        raise click.ClickException(
            "Nothing is damaged, but what should have gone has not: see that the jobs run."
        )


def _looked_at(store: EvidenceStore, number: int, fingerprint: str) -> tuple[list[str], list[str], Any]:
    """Return what is wrong, what else there is to say, and the trail's newest event."""
    faults: list[str] = []
    try:
        with database.db.connection_context():
            faults += _newer()
            with click.progressbar(length=0, label="Checking", file=sys.stderr) as bar:
                faults += faults_of(store, number, fingerprint, bar)
            beside = chain(_leftovers(store), _leaderless(), _addresses(), set_ahead())
            notes = list(_guarded("beside this", beside))
            return faults, notes, head(SYSTEM, told_events(SYSTEM)) if not faults else None
    except UNREADABLE as error:
        return [*faults, f"database: {_sentence(error)}"], [], None


def faults_of(store: EvidenceStore, number: int = 0, fingerprint: str = "", bar: Any = None) -> list[str]:
    """Return what is wrong with the open board: its database, trail, rows, evidence, decisions, papers.

    `bar`, a progress bar of click, is moved on with each event, row and file that was looked at.
    """
    progress: Progress = bar.update if bar else lambda done: None
    comparison = Comparison(models.ALL)
    checks = (
        ("database", _database()),
        ("database", _measured(comparison, bar)),
        ("audit trail", _trail(number, fingerprint, comparison, progress)),
        ("audit trail", changed_rows(comparison, progress)),
        ("evidence", _evidence(store, progress)),
        ("child deaths", _decisions()),
        ("issued reports", _papers()),
        ("settings", _templates()),
    )
    return [fault for name, found in checks for fault in _guarded(name, found)]


def _measured(comparison: Comparison, bar: Any) -> Iterator[str]:
    """Tell the bar how much there is to do. Finds nothing but what cannot be read."""
    if bar is not None:
        bar.length = AuditEvent.select().count() + comparison.count() + EvidenceFile.select().count()
        bar.length += ReviewPaper.select().count() + ReturnFile.select().count()
    yield from ()


def _guarded(name: str, found: Iterator[str]) -> Iterator[str]:
    """Pass on what a check finds; where it can no longer read, that is what it finds."""
    try:
        yield from found
    except UNREADABLE as error:
        yield f"{name}: {_sentence(error)}"


def _sentence(error: Exception) -> str:
    return f"could not be read to its end ({' '.join(str(error).split())})"


def _newer() -> Iterator[str]:
    unknown = database.unknown_migrations()
    if unknown:
        yield f"database: {newer_than_this(unknown)}"
    elif database.pending_migrations():
        raise click.ClickException(NOT_READY)


def _read_head(noted: str | None) -> tuple[int, str]:
    if noted is None:
        return 0, ""
    number, _, fingerprint = noted.partition(":")
    event = whole_number(number, 17)
    if event is None or len(fingerprint) != 64:
        raise click.ClickException(
            "--head must be NUMBER:FINGERPRINT as printed by an earlier 'flask check'."
        )
    return event, fingerprint


def _database() -> Iterator[str]:
    if not database.is_sqlite():
        return
    for (answer,) in database.db.execute_sql(f"PRAGMA integrity_check({MOST_TOLD})").fetchall():
        if answer != "ok":
            yield f"database: {' '.join(answer.split())}"
    for table, row, parent, _ in database.db.execute_sql("PRAGMA foreign_key_check").fetchall():
        yield f"database: row {row} of {table} names a {parent} that is not there"


def _trail(number: int, fingerprint: str, comparison: Comparison, progress: Progress) -> Iterator[str]:
    events = comparison.adding_up(_counted(every_event(), progress))
    broken = first_break(events)
    for _ in events:  # After a break the rest has still to be heard.
        pass
    if broken is not None:
        yield f"audit trail: broken at event {broken}; it or the one before it was changed, moved or removed"
    if number:
        event = AuditEvent.get_or_none(AuditEvent.id == number)
        if event is None or event.hash != fingerprint:
            yield f"audit trail: event {number} is not the one noted; the end was cut off or rewritten"


def _counted(events: Iterator[Any], progress: Progress) -> Iterator[Any]:
    number = 0
    for number, event in enumerate(events, start=1):
        yield event
        if number % A_STEP == 0:
            progress(A_STEP)
    progress(number % A_STEP)


def _evidence(store: EvidenceStore, progress: Progress) -> Iterator[str]:
    for kind, called in KEPT_FILES.items():
        # Of these kinds files can be erased.
        erasing = [kind.erased_at] if kind in erased_kinds() else []
        columns = (kind.id, kind.stored_name, kind.sha256, *erasing)
        for row_id, stored_name, sha256, *erased in list(kind.select(*columns).tuples()):
            told = f"{called.format(row_id)} ({stored_name})"
            if any(erased):
                if store.holds(stored_name):
                    yield f"{told} {STILL_THERE}"
            elif not store.verify(stored_name, sha256):
                yield f"{told} is missing or is not what was received"
            progress(1)


def _decisions() -> Iterator[str]:
    copied = (
        (ChildDeath.reviewed_on, PanelDecision.completed_on),
        (ChildDeath.primary_category, PanelDecision.primary_category),
        (ChildDeath.status, PanelDecision.status),
    )
    current = (PanelDecision.death == ChildDeath.id) & (PanelDecision.number == ChildDeath.decision_number)
    # Where either is missing SQL knows neither "same" nor "different".
    is_same = reduce(and_, [one.is_null(False) & (one == other) for one, other in copied])
    rows = (
        ChildDeath.select(ChildDeath.id)
        .join(PanelDecision, peewee.JOIN.LEFT_OUTER, on=current)
        .where(ChildDeath.decision_number > 0, PanelDecision.id.is_null() | ~is_same)
    )
    for (row_id,) in rows.tuples():
        yield f"child deaths: case {row_id} is counted by something else than its current decision"


def _papers() -> Iterator[str]:
    for report in IssuedReport.select(IssuedReport.id, IssuedReport.paper, IssuedReport.paper_sha256):
        if hashlib.sha256(report.paper).hexdigest() != report.paper_sha256:
            yield f"issued reports: the paper of report {report.id} is not the one that was issued"
    kept = KeptPaper.select(KeptPaper.reference, KeptPaper.content, KeptPaper.content_sha256)
    for reference, content, sha256 in kept.tuples().iterator():
        if hashlib.sha256(content).hexdigest() != sha256:
            yield f"kept papers: the content of {reference} is not what was kept"


def _templates() -> Iterator[str]:
    for row in PaperTemplate.select(PaperTemplate.id, PaperTemplate.file, PaperTemplate.sha256):
        if hashlib.sha256(row.file).hexdigest() != row.sha256:
            yield f"settings: template {row.id} of papers is not the one that was kept"


def _leftovers(store: EvidenceStore) -> Iterator[str]:
    named = kept_names()
    strays = store.differences(named)
    then = NOT_SWEPT if is_other_folder(strays, len(named)) else SWEPT
    rows = [row for kind in erased_kinds() for row in kind.select(kind.stored_name)]
    erased = {each.stored_name for each in rows} - set(named)
    for name in (*(name for name in strays.unnamed if name not in erased), *strays.unfinished):
        yield f"No row names the evidence file {name}: an upload that goes on now or was cut off; {then}."
    for path in strays.foreign:
        yield f"The application did not put {path} into the evidence folder."
    swept = last_sweep()
    if swept is not None:
        told = (
            f"{plural(swept.files, 'file')} that no row named ({instant_uk(swept.at)}, event {swept.event})"
        )
        yield f"What uploads that were cut off had left was last removed: {told}."


def _addresses() -> Iterator[str]:
    for person in people_without_normal_address():
        wrong = why_no_address(person.email) or "It is not kept as addresses are."
        yield f"Mail cannot go to {person.name}, whose address is “{person.email}”: {wrong}"


def _leaderless() -> Iterator[str]:
    rows = (
        Action.select(Action, Review, User)
        .join_from(Action, Review)
        .join_from(Action, User, peewee.JOIN.LEFT_OUTER)
        .where(*unfinished(), User.id.is_null() | ~User.is_active)
        .order_by(Review.order_key, Action.number)
    )
    for action in rows:
        who = f"its lead, {action.lead.name}, is switched off" if action.lead_id else "it has no lead"
        yield f"Nobody leads {action.reference}: {who}."
