"""The command that checks what is kept: the database, the trail, the evidence, the leads."""

from collections.abc import Iterator
from functools import reduce
from operator import and_
from typing import Any

import click
import peewee

from kscb_actions import database
from kscb_actions.access.policy import SYSTEM
from kscb_actions.actions.handover import unfinished
from kscb_actions.actions.models import Action
from kscb_actions.assurance.models import EvidenceFile
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.queries import every_event, head
from kscb_actions.audit.rules import first_break
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.judging.models import PanelDecision
from kscb_actions.files.store import EvidenceStore
from kscb_actions.people.models import User
from kscb_actions.reviews.models import Review
from kscb_actions.reviews.queries import hidden_reviews
from kscb_actions.text import whole_number

from .cli import in_board, settings


@click.command("check")
@click.option(
    "--head", "noted", help="A head noted earlier, NUMBER:FINGERPRINT: is the trail's end still there?"
)
@in_board
def check(_: Any, noted: str | None) -> None:
    """Check the database, the audit trail, the evidence files and the leads. Reads only.

    Exits with 1 when something is damaged or missing. Example: flask check --head 1204:9f86d0…
    """
    noted_head = _read_head(noted)
    store = EvidenceStore(settings().evidence)
    faults = [*_database(), *_trail(*noted_head), *_evidence(store), *_decisions()]
    newest = head(SYSTEM, hidden_reviews(SYSTEM))
    for note in (*_leftovers(store), *_leaderless()):
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
    for (answer,) in database.db.execute_sql("PRAGMA integrity_check").fetchall():
        if answer != "ok":
            yield f"database: {answer}"
    for table, row, parent, _ in database.db.execute_sql("PRAGMA foreign_key_check").fetchall():
        yield f"database: row {row} of {table} names a {parent} that is not there"


def _trail(number: int, fingerprint: str) -> Iterator[str]:
    broken = first_break(every_event())
    if broken is not None:
        yield f"audit trail: broken at event {broken}; it or the one before it was changed, moved or removed"
    if number:
        event = AuditEvent.get_or_none(AuditEvent.id == number)
        if event is None or event.hash != fingerprint:
            yield f"audit trail: event {number} is not the one noted; the end was cut off or rewritten"


def _evidence(store: EvidenceStore) -> Iterator[str]:
    rows = EvidenceFile.select(EvidenceFile.id, EvidenceFile.stored_name, EvidenceFile.sha256).tuples()
    for row_id, stored_name, sha256 in list(rows):
        if not store.verify(stored_name, sha256):
            yield f"evidence: file {row_id} ({stored_name}) is missing or is not what was received"


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


def _leftovers(store: EvidenceStore) -> Iterator[str]:
    differences = store.differences(
        name for (name,) in EvidenceFile.select(EvidenceFile.stored_name).tuples()
    )
    for name in differences.unnamed:
        yield f"No row names the evidence file {name}: an upload that was cut off, or is going on now."
    for path in differences.foreign:
        yield f"The application did not put {path} into the evidence folder."


def _leaderless() -> Iterator[str]:
    rows = (
        Action.select(Action, Review, User)
        .join_from(Action, Review)
        .join_from(Action, User, peewee.JOIN.LEFT_OUTER)
        .where(*unfinished(), User.id.is_null() | ~User.is_active)
        .order_by(Review.reference, Action.number)
    )
    for action in rows:
        who = f"its lead, {action.lead.name}, is switched off" if action.lead_id else "it has no lead"
        yield f"Nobody leads {action.reference}: {who}."
