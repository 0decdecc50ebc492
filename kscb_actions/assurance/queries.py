"""Reading evidence, submissions and decisions."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

import peewee
from peewee import SQL, fn

from kscb_actions.access.policy import Permission, Reach, Viewer, may, reach
from kscb_actions.actions.models import Action
from kscb_actions.actions.narrowing import as_sql, stays_out, visible_action
from kscb_actions.actions.owners.queries import owners_of
from kscb_actions.actions.turn import WAITS_FOR
from kscb_actions.audit.models import AuditEvent
from kscb_actions.database import Model
from kscb_actions.people.models import Agency, User
from kscb_actions.people.succession import own_body
from kscb_actions.prepared import prepared
from kscb_actions.reviews.models import NamedPerson, Review
from kscb_actions.reviews.papers.models import ReviewPaper

from .erasable import Erasable, erased_kinds, may_erase
from .models import (
    AssuranceDecision,
    CheckQuestion,
    DecisionTakenBack,
    Erasure,
    Evidence,
    EvidenceFile,
    Submission,
    SubmittedEvidence,
    TakenBack,
)
from .rules import Judged

# Told of in the trail, once for a submission: a page that is read changes no row.
CHECK_BEGUN = "submission.check-begun"


_OUTER = peewee.JOIN.LEFT_OUTER
# Rooms above that keep files in the store say here under which names.
_named_elsewhere: dict[str, Callable[[], Iterable[str]]] = {}


def keep_files_of(room: str, names: Callable[[], Iterable[str]]) -> None:
    """Let the store hold the files of a room above, under these names; in place of what it said before."""
    _named_elsewhere[room] = names


def kept_names() -> list[str]:
    """Return the names under which the store has to hold files: those of rows that are not erased."""
    elsewhere = [name for names in _named_elsewhere.values() for name in names()]
    names = EvidenceFile.select(EvidenceFile.stored_name).where(EvidenceFile.erased_at.is_null())
    papers = ReviewPaper.select(ReviewPaper.stored_name).where(ReviewPaper.erased_at.is_null())
    return [*(name for (name,) in (*names.tuples(), *papers.tuples())), *elsewhere]


def has_file() -> Any:
    """Return the condition on Evidence that at least one of its files has not been erased."""
    kept = EvidenceFile.select(EvidenceFile.evidence).where(EvidenceFile.erased_at.is_null())
    return Evidence.id.in_(kept)


def usable_evidence(action: Action) -> list[Evidence]:
    """Return the evidence of an action that has not been withdrawn and has a file left, oldest first."""
    return list(
        Evidence.select()
        .where(Evidence.action == action, Evidence.withdrawn_at.is_null(), has_file())
        .order_by(Evidence.id)
    )


def decision_stands() -> Any:
    """Return the condition on AssuranceDecision that it was not taken back."""
    taken_back = DecisionTakenBack.select(SQL("1")).where(DecisionTakenBack.decision == AssuranceDecision.id)
    return ~fn.EXISTS(taken_back)


def question_stands() -> Any:
    """Return the condition on CheckQuestion that it was not taken back."""
    taken_back = DecisionTakenBack.select(SQL("1")).where(DecisionTakenBack.question == CheckQuestion.id)
    return ~fn.EXISTS(taken_back)


def is_bound(evidence: Evidence) -> bool:
    """Return whether the evidence is part of a submission that waits for the Board or was accepted."""
    returned = AssuranceDecision.select(AssuranceDecision.submission).where(
        AssuranceDecision.decision == "returned", decision_stands()
    )
    return (
        SubmittedEvidence.select()
        .where(
            SubmittedEvidence.evidence == evidence,
            SubmittedEvidence.submission.not_in(returned),
            SubmittedEvidence.submission.not_in(TakenBack.select(TakenBack.submission)),
        )
        .exists()
    )


def list_evidence(action: Action) -> list[Evidence]:
    """Return all evidence of an action, newest first, each with who added it."""
    return _evidence_of_action(action=action.id)


@prepared
def _evidence_of_action(*, action: Any) -> Any:
    every = Evidence.select(Evidence, User, Agency).join_from(Evidence, User)
    joint = every.join_from(Evidence, Agency, peewee.JOIN.LEFT_OUTER)
    return joint.where(Evidence.action == action).order_by(Evidence.id.desc())


def list_files(action: Action) -> dict[int, list[EvidenceFile]]:
    """Return {evidence id: its files} for one action."""
    files: dict[int, list[EvidenceFile]] = {}
    for file in _files_of_action(action=action.id):
        files.setdefault(file.evidence_id, []).append(file)
    return files


@prepared
def _files_of_action(*, action: Any) -> Any:
    return EvidenceFile.select().where(EvidenceFile.action == action).order_by(EvidenceFile.id)


def list_decisions(action: Action) -> list[AssuranceDecision]:
    """Return the Board's decisions on an action that stand, oldest first, each with who decided."""
    return _decisions(action=action.id)


@prepared
def _decisions(*, action: Any) -> Any:
    every = AssuranceDecision.select(AssuranceDecision, User).join(User)
    own = (AssuranceDecision.action == action) & decision_stands()
    return every.where(own).order_by(AssuranceDecision.id)


def standing_return(action: Action) -> AssuranceDecision | None:
    """Return the Board's word on an action that it has returned and that has not been reported done again."""
    decisions = list_decisions(action) if action.assurance == "returned" else []
    return decisions[-1] if decisions else None


def waiting_submission(action: Action) -> Submission | None:
    """Return the submission that waits for the Board's check, if there is one."""
    return _waiting_submission.first(action=action.id)


@prepared
def _waiting_submission(*, action: Any) -> Any:
    decided = AssuranceDecision.select(AssuranceDecision.submission).where(
        AssuranceDecision.action == action, decision_stands()
    )
    taken_back = TakenBack.select(TakenBack.submission).where(TakenBack.action == action)
    return (
        Submission.select(Submission, User)
        .join(User)
        .where(Submission.action == action, Submission.id.not_in(decided), Submission.id.not_in(taken_back))
        .order_by(Submission.id.desc())
        .limit(1)
    )


def is_begun(submission: Submission) -> bool:
    """Return whether somebody who may decide has opened the check of a submission."""
    return (
        AuditEvent.select()
        .where(
            AuditEvent.action_id == submission.action_id,
            AuditEvent.event == CHECK_BEGUN,
            AuditEvent.object_id == submission.id,
        )
        .exists()
    )


def list_questions(submission: Submission) -> list[CheckQuestion]:
    """Return what the Board asks about a submission, oldest first, each with everybody it names.

    Without what it took back.
    """
    asker, answerer = User.alias(), User.alias()
    return list(
        CheckQuestion.select(CheckQuestion, User, asker, answerer)
        .join_from(CheckQuestion, User, on=CheckQuestion.to)
        .join_from(CheckQuestion, asker, on=(CheckQuestion.asked_by == asker.id))
        .join_from(
            CheckQuestion, answerer, peewee.JOIN.LEFT_OUTER, on=(CheckQuestion.answered_by == answerer.id)
        )
        .where(CheckQuestion.submission == submission, question_stands())
        .order_by(CheckQuestion.id)
    )


def open_question(submission: Submission) -> CheckQuestion | None:
    """Return the question about a submission that waits for its answer, if there is one."""
    return CheckQuestion.get_or_none(
        CheckQuestion.submission == submission, CheckQuestion.answered_at.is_null(), question_stands()
    )


def people_to_ask(action: Action) -> list[User]:
    """Return who of an action's agency can be asked about it: leads who sign in and may know of it."""
    people = User.select().where(User.agency == action.agency_id, User.is_active)
    if action.review.is_restricted:
        named = NamedPerson.select(NamedPerson.user).where(NamedPerson.review == action.review_id)
        people = people.where(User.id.in_(named))
    return [
        each
        for each in people.order_by(User.name)
        if may(each.viewer, Permission.ADD_EVIDENCE, action.owners)
    ]


def list_open_questions(viewer: Viewer) -> list[CheckQuestion]:
    """Return the questions that wait for this person's agency, oldest first, each with its action."""
    waiting = ~fn.EXISTS(
        AssuranceDecision.select(SQL("1")).where(
            AssuranceDecision.submission == CheckQuestion.submission, decision_stands()
        )
    )
    return list(
        CheckQuestion.select(CheckQuestion, Action, Review, User)
        .join_from(CheckQuestion, Action)
        .join_from(Action, Review)
        .join_from(CheckQuestion, User, on=CheckQuestion.to)
        .where(
            CheckQuestion.answered_at.is_null(),
            question_stands(),
            Action.agency == viewer.agency_id,
            visible_action(viewer),
            waiting,
        )
        .order_by(CheckQuestion.id)
    )


class Waiting(NamedTuple):
    """An action that waits for a check, by what its address is made of."""

    id: int
    reference: str
    number: int


def list_to_check(viewer: Viewer, after: Action) -> list[Waiting]:
    """Return what waits for this person's check, without `after`: first what was reported later than it.

    Not their own agency's, and not what waits for the answer to a question. What came in from earlier
    records as waiting, without the day it was reported, stands before all that has one.
    """
    rows = (
        Action.select(Action.id, Review.reference, Action.number, Action.reported_done_on)
        .join(Review)
        .where(
            as_sql(WAITS_FOR["check"], date.min),
            ~stays_out(own_body(viewer)),
            Action.id != after.id,
            visible_action(viewer),
        )
        .tuples()
    )
    found = sorted((on or date.min, Waiting(*row)) for *row, on in rows)
    begun = (after.reported_done_on or date.min, after.id)
    later = [each for on, each in found if (on, each.id) > begun]
    return later + [each for _, each in found if each not in later]


def last_taken_back(action: Action) -> TakenBack | None:
    """Return how the newest submission of an action was taken back; None when it was not."""
    newest = Submission.select(fn.MAX(Submission.id)).where(Submission.action == action)
    return TakenBack.select(TakenBack, User).join(User).where(TakenBack.submission == newest).first()


def last_judged(action: Action) -> Submission | None:
    """Return the submission that the Board decided on last, with who made it; None before the first."""
    return (
        Submission.select(Submission, User)
        .join_from(Submission, User)
        .join_from(Submission, AssuranceDecision)
        .where(Submission.action == action, decision_stands())
        .order_by(AssuranceDecision.id.desc())
        .first()
    )


def list_judged(action: Action) -> list[Judged]:
    """Return what the Board has decided on already: each statement, and the hashes of its files."""
    rows = (
        Submission.select(Submission.id, Submission.narrative, EvidenceFile.sha256)
        .join_from(Submission, AssuranceDecision)
        .join_from(Submission, SubmittedEvidence)
        .join_from(SubmittedEvidence, EvidenceFile, on=(EvidenceFile.evidence == SubmittedEvidence.evidence))
        .where(Submission.action == action, decision_stands())
        .tuples()
    )
    found: dict[int, tuple[str, set[str]]] = {}
    for id, statement, sha256 in rows:
        found.setdefault(id, (statement, set()))[1].add(sha256)
    return [Judged(statement, frozenset(files)) for statement, files in found.values()]


def hashes_of(evidence: Iterable[Evidence]) -> set[str]:
    """Return SHA-256 of every file of these pieces."""
    files = EvidenceFile.select(EvidenceFile.sha256).where(EvidenceFile.evidence.in_(list(evidence)))
    return {sha256 for (sha256,) in files.tuples()}


def evidence_of(submission: Submission) -> list[Evidence]:
    """Return exactly the evidence a submission was made with."""
    return list(
        Evidence.select(Evidence, User, Agency)
        .join_from(Evidence, SubmittedEvidence)
        .join_from(Evidence, User)
        .join_from(Evidence, Agency, peewee.JOIN.LEFT_OUTER)
        .where(SubmittedEvidence.submission == submission)
        .order_by(Evidence.id)
    )


def get_evidence(viewer: Viewer, reference: str, number: int, evidence_id: int) -> Evidence | None:
    """Return one piece of evidence by its whole address, or None when it is hidden or does not exist."""
    return (
        Evidence.select(Evidence, Action, Review)
        .join(Action)
        .join(Review, on=(Action.review == Review.id))
        .where(
            Evidence.id == evidence_id,
            Action.number == number,
            Review.reference == reference,
            visible_action(viewer),
        )
        .first()
    )


def get_file(
    viewer: Viewer, reference: str, number: int, evidence_id: int, file_id: int
) -> EvidenceFile | None:
    """Return one evidence file by its whole address, or None for who may not open evidence files there."""
    file = (
        EvidenceFile.select(EvidenceFile, Evidence, Action, Review, Agency)
        .join(Evidence)
        .join(Action)
        .join_from(Action, Review)
        .join_from(Action, Agency)
        .where(
            EvidenceFile.id == file_id,
            Evidence.id == evidence_id,
            Action.number == number,
            Review.reference == reference,
            visible_action(viewer),
        )
        .first()
    )
    if file is None or not may(viewer, Permission.READ_EVIDENCE, file.evidence.action.owners):
        return None
    return file


@dataclass(frozen=True)
class Backup:
    """A backup as the trail tells of it: the file's name, and the moment whose board it holds."""

    file: str
    made_at: datetime


def get_erasure(file: Erasable) -> Erasure | None:
    """Return what was last asked about erasing a file that has been fetched for a viewer, or None."""
    return file.erasures.order_by(Erasure.id.desc()).first()


def same_content(viewer: Viewer, file: Erasable) -> list[Erasable]:
    """Return the other files, not erased, with the same bytes, among those that this person may erase."""
    query = (
        EvidenceFile.select(EvidenceFile, Evidence, Action, Review)
        .join(Evidence)
        .join(Action)
        .join_from(Action, Review)
        .where(EvidenceFile.sha256 == file.sha256, EvidenceFile.erased_at.is_null(), visible_action(viewer))
        .order_by(EvidenceFile.id)
    )
    papers = _papers().where(ReviewPaper.sha256 == file.sha256, ReviewPaper.erased_at.is_null())
    found = [
        *(each for each in query if may(viewer, Permission.ERASE_FILE, each.owners)),
        *(each for each in papers.order_by(ReviewPaper.id) if may_erase(viewer, each)),
    ]
    return [each for each in found if each != file]


def _papers() -> Any:
    return ReviewPaper.select(ReviewPaper, Review, User).join(Review).join_from(ReviewPaper, User, _OUTER)


def list_waiting_erasures(viewer: Viewer) -> list[Erasure]:
    """Return what waits to be erased, the oldest first, for those who may ask for it or agree."""
    if reach(viewer, Permission.ERASE_FILE) is Reach.NONE:
        return []
    found = _waiting_erasures(viewer)
    waiting = [each for each in found if each.file_id]
    owners = owners_of(each.file.evidence.action for each in waiting) if waiting else {}

    def concerns(each: Erasure) -> bool:
        if each.paper_id:
            return may_erase(viewer, each.paper)
        return bool(may(viewer, Permission.ERASE_FILE, owners[each.file.evidence.action_id]))

    return [each for each in found if concerns(each)]


@prepared
def _waiting_erasures(viewer: Viewer) -> Any:
    return (
        Erasure.select(Erasure, EvidenceFile, Evidence, Action, Review, User)
        .join_from(Erasure, EvidenceFile, _OUTER)
        .join_from(EvidenceFile, Evidence, _OUTER)
        .join_from(Evidence, Action, _OUTER)
        .join_from(Action, Review, _OUTER)
        .join_from(Erasure, User, on=(Erasure.asked_by == User.id))
        .where(Erasure.outcome == "", Erasure.paper.is_null(False) | visible_action(viewer))
        .order_by(Erasure.id)
    )


def backups_holding(file: Model) -> list[Backup]:
    """Return the backups of which the trail tells that were made while the file was kept, oldest first."""
    about = _events_of(file)
    kept = AuditEvent.select(peewee.fn.MIN(AuditEvent.id)).where(about).scalar() or 0
    erased = AuditEvent.get_or_none(about, AuditEvent.event == erased_kinds()[type(file)])
    found = []
    for event in AuditEvent.select().where(AuditEvent.event == "backup.made").order_by(AuditEvent.id):
        told = json.loads(event.detail)
        last = int(told["last"] or 0)
        if kept <= last and (erased is None or last < erased.id):
            found.append(Backup(told["file"], datetime.fromisoformat(told["made_at"])))
    return found


def is_name_in_trail(file: Model) -> bool:
    """Return whether the trail holds the name of a file, as it did for those attached to earlier versions."""
    events = AuditEvent.select().where(_events_of(file), AuditEvent.state.contains('"shown_name"'))
    return bool(events.exists())


def was_opened(viewer: Viewer, file: EvidenceFile, since: datetime) -> bool:
    """Return whether the trail says that this person has opened a file since a moment."""
    own = (AuditEvent.event == "evidence.opened") & (AuditEvent.actor_id == viewer.id)
    return bool(AuditEvent.select().where(_events_of(file), own, AuditEvent.at >= since).exists())


def _events_of(file: Model) -> Any:
    return (AuditEvent.kind == file._meta.table_name) & (AuditEvent.object_id == file.id)
