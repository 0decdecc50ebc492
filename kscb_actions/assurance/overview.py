"""All that one action's page shows, read together: evidence, dates, timeline, and what can be done now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Viewer, may
from kscb_actions.actions.acknowledging.rules import Said, is_put_off, standing
from kscb_actions.actions.earlier.models import Reexamination
from kscb_actions.actions.earlier.queries import (
    RecordWords,
    list_reexaminations,
    record_of,
    source_of,
    words_of,
)
from kscb_actions.actions.earlier.rules import since_entered
from kscb_actions.actions.extensions import given_instead
from kscb_actions.actions.models import Action, Extension, facts_of
from kscb_actions.actions.queries import list_extensions
from kscb_actions.actions.turn import Moves
from kscb_actions.people.models import User

from .challenges.models import Challenge
from .challenges.queries import challenges_of_action
from .challenges.rules import State
from .earlier.operations import of_the_past
from .models import AssuranceDecision, CheckQuestion, Evidence, EvidenceFile, Submission
from .operations import AvailableOperation, CheckState, Request, operations
from .queries import (
    CHECK_BEGUN,
    list_decisions,
    list_evidence,
    list_files,
    list_questions,
    waiting_submission,
)
from .rules import why_not_withdrawn, why_not_yours
from .taking_back.queries import can_take_back
from .timeline.describing import timeline_of
from .timeline.rules import TimelineEntry, TrailEvent, people_in, since_version
from .voiding.entries.queries import entries_to_mark, steps_of


@dataclass(frozen=True)
class Piece:
    """A piece of evidence and its files. `can_withdraw`: this viewer may take it back; it is not bound.

    `can_redate`: this viewer may put its date right now.
    """

    evidence: Evidence
    files: list[EvidenceFile]
    can_withdraw: bool
    can_redate: bool

    @property
    def is_usable(self) -> bool:
        """Return whether it can be submitted: not withdrawn, and a file of it is left."""
        return self.evidence.withdrawn_at is None and any(file.erased_at is None for file in self.files)


@dataclass(frozen=True)
class Overview:
    """One action as its own page shows it to one viewer.

    `returned` is the Board's word while it stands, `question` what it asked while that waits for an answer.
    `another_way` is the Board's word where it has sent back what cannot be done, while that stands.
    `last_submission` is the newest report that was not taken back, by its id. `until_on` is the day by which
    its agency has said that it is done, while nobody is reminded of it for that. `to_mark` are (kind, id) of
    the entries of its history that the viewer may mark as recorded in error. `record` is what earlier
    records say of it, and `examined` how that was examined again.
    """

    evidence: list[Piece]
    can_open_files: bool
    can_erase_files: bool
    extensions: list[Extension]
    people: dict[int, str]
    returned: AssuranceDecision | None
    question: CheckQuestion | None
    timeline: list[TimelineEntry]
    operations: list[AvailableOperation]
    challenges: list[Challenge]
    last_submission: int | None
    another_way: TrailEvent | None
    until_on: date | None
    to_mark: set[tuple[str, int]]
    record: RecordWords | None
    examined: list[Reexamination]

    @property
    def given_instead(self) -> dict[int, date]:
        """Return {id of a refused request: the date that was given instead}."""
        return given_instead(self.extensions)


def overview_of(viewer: Viewer, action: Action) -> Overview:
    """Return the whole of an action that has been fetched for this viewer. The number of queries is fixed."""
    events = steps_of(action)
    extensions, decisions = list_extensions(action), list_decisions(action)
    people = _posts(people_in(events) | {e.decided_by_id for e in extensions if e.decided_by_id})
    judged = _of_submissions(events, {each.submission_id for each in decisions})
    pieces = _pieces(viewer, action, _bound_ids(events, decisions), judged)
    asked = next((Request(e.id, e.asked_by_id) for e in extensions if e.state == "asked"), None)
    usable = sum(piece.is_usable for piece in pieces)
    waiting = waiting_submission(action)
    questions = list_questions(waiting) if waiting else []
    question = next((each for each in questions if each.answered_at is None), None)
    to_take_back = can_take_back(viewer, action, events)
    check = CheckState(waiting is not None, _is_begun(waiting, events), question is not None, to_take_back)
    challenges = challenges_of_action(viewer, action)
    can_challenge = all(each.state == State.CLOSED for each in challenges)
    another_way = _another_way(events)
    facts = facts_of(action, Moves(is_sent_back=another_way is not None))
    until_on = _until_on(action, events)
    has_record = any(event.code == "earlier-record.entered" for event in events)
    record = record_of(action.id) if has_record else None
    since = since_entered(each.code for each in events)
    examined = list_reexaminations(action.id) if record else []
    called, source = _called(file for piece in pieces for file in piece.files), source_of(record)
    return Overview(
        evidence=pieces,
        can_open_files=bool(may(viewer, Permission.READ_EVIDENCE, action.owners)),
        can_erase_files=bool(may(viewer, Permission.ERASE_FILE, action.owners)),
        extensions=extensions,
        people=people,
        returned=decisions[-1] if decisions and action.assurance == "returned" else None,
        question=question,
        timeline=timeline_of(events, people, called, source),
        operations=[
            *operations(viewer, action.owners, facts, asked, usable, check, can_challenge, until_on),
            *of_the_past(viewer, action.owners, facts, record, _has_updates(events), since),
        ],
        challenges=challenges,
        another_way=another_way,
        last_submission=_last_submission(events),
        until_on=until_on,
        to_mark=entries_to_mark(viewer, action, events),
        record=words_of(record) if record else None,
        examined=examined,
    )


def changes_since(action: Action, version: int) -> list[TimelineEntry]:
    """Return what others did to an action after the change that made `version`, newest first."""
    events = since_version(steps_of(action), version)
    files = EvidenceFile.select().where(EvidenceFile.action == action)
    return timeline_of(events, _posts(people_in(events)), _called(files), source_of(record_of(action.id)))


def _has_updates(events: Sequence[TrailEvent]) -> bool:
    return any(event.code == "action.progress-told" for event in events)


def _until_on(action: Action, events: Sequence[TrailEvent]) -> date | None:
    """Return until which day nobody is reminded of the present due date, as its agency has said."""
    said = [
        Said(
            date.fromisoformat(event.state["due_on"]),
            date.fromisoformat(event.state["until_on"]),
            clock.local_date(event.at),
            event.code == "acknowledgement.taken-back",
        )
        for event in events
        if event.kind == "acknowledgement"
    ]
    found = standing(said, action.current_due_on)
    return found.until_on if found and is_put_off(found.until_on, clock.today()) else None


def _another_way(events: Sequence[TrailEvent]) -> TrailEvent | None:
    """Return the Board asking for another way, where the agency has said nothing since."""
    told = [event for event in events if event.code in ("another-way.asked", "action.progress-told")]
    return told[-1] if told and told[-1].code == "another-way.asked" else None


def _called(files: Iterable[EvidenceFile]) -> dict[int, str]:
    return {file.id: file.called for file in files}


def _is_begun(waiting: Submission | None, events: Sequence[TrailEvent]) -> bool:
    return waiting is not None and any(
        event.code == CHECK_BEGUN and event.object_id == waiting.id for event in events
    )


def _last_submission(events: Sequence[TrailEvent]) -> int | None:
    taken_back = {event.state["submission_id"] for event in events if event.code == "submission.taken-back"}
    made = {event.object_id or 0 for event in events if event.code == "submission.made"}
    return max(made - taken_back, default=None)


def _posts(ids: Iterable[int]) -> dict[int, str]:
    return dict(User.select(User.id, User.name).where(User.id.in_(list(ids))).tuples())


def _pieces(viewer: Viewer, action: Action, bound: set[int], judged: set[int]) -> list[Piece]:
    files, found = list_files(action), []
    manages = bool(may(viewer, Permission.EDIT_ACTION))
    contributes = may(viewer, Permission.CONTRIBUTE, action.owners)
    for each in list_evidence(action):
        own = bool(contributes) and why_not_yours(viewer.agency_id, action.owners, each.joint_id) is None
        is_free = why_not_withdrawn(each.withdrawn_at is not None, each.id in bound) is None
        can_redate = manages or (own and each.id not in judged)
        found.append(Piece(each, files.get(each.id, []), own and is_free, can_redate))
    return found


def _bound_ids(events: Sequence[TrailEvent], decisions: Sequence[AssuranceDecision]) -> set[int]:
    free = {each.submission_id for each in decisions if each.decision == "returned"}
    free |= {event.state["submission_id"] for event in events if event.code == "submission.taken-back"}
    bound = {e.state["submission_id"] for e in events if e.code == "submission.evidence-bound"}
    return _of_submissions(events, bound - free)


def _of_submissions(events: Sequence[TrailEvent], submissions: set[int]) -> set[int]:
    return {
        event.state["evidence_id"]
        for event in events
        if event.code == "submission.evidence-bound" and event.state["submission_id"] in submissions
    }
