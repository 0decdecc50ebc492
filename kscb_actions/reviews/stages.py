"""The stages that a review has reached, the clocks that follow from them, and putting wrong ones right."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Refused, Viewer
from kscb_actions.audit.service import Change, change
from kscb_actions.text import InvalidInput, clean_text
from kscb_actions.working_days.england import is_working_day

from .guidance.rules import clocks_of
from .models import Review, StageReached, StageTakenBack, StatutoryClock
from .queries import list_stages, require_on
from .rules import problems_with_stage_correction, problems_with_taking_back, stage_now

# What stays as it was when the day of a stage is put right.
KEPT = ("review", "stage", "note", "recorded_at", "decided_by", "decision_maker", "meeting")
GONE = "This stage has been put right or taken back since you opened it."


@dataclass(frozen=True)
class Joined:
    """What a higher room joins a stage to: what it found wrong with that, and what records it."""

    record: Callable[[Change, StageReached], None]
    problems: Mapping[str, str] = field(default_factory=dict)


class _Handed:
    problem_with_sign_off: Callable[[Review], str] | None = None


def signed_off_when(says: Callable[[Review], str]) -> None:
    """Let this say why a review's plan cannot be signed off ("" where it can), in place of any before.

    A higher room knows the actions.
    """
    _Handed.problem_with_sign_off = staticmethod(says)


def problem_with_sign_off(review: Review) -> str:
    """Return why a review's plan cannot be signed off, for the reader; "" where it can."""
    return _Handed.problem_with_sign_off(review) if _Handed.problem_with_sign_off else ""


def append_stage(
    tx: Change,
    review: Review,
    stage: str,
    reached_on: date | None,
    note: str,
    decided_by: int | None = None,
    decision_maker: str = "",
    meeting: str = "",
) -> StageReached:
    """Record, in an open change, that a review reached a stage on a day, and keep its clocks; return it.

    `decided_by` is who records a decision of their own; `decision_maker` whose decision another has recorded,
    or who signed the plan off, and `meeting` in which meeting.
    """
    row = StageReached(
        review=review,
        stage=stage,
        reached_on=reached_on,
        note=note,
        recorded_at=clock.now(),
        decided_by=decided_by,
        decision_maker=decision_maker,
        meeting=meeting or None,
    )
    tx.add(row, "review.stage-dated")
    update_clocks(tx, review)
    return row


def correct_stage(
    viewer: Viewer, stage: StageReached, reached_on: date | None, reason: str, expected: int
) -> StageReached:
    """Put right the day on which a review reached a stage; its clocks and past days follow the right one.

    The wrong one is taken back, and the right one counts as recorded at the same moment. `expected` is the
    version of the review.
    Raises InvalidInput, Refused, StaleEdit.
    """
    require_on(viewer, Permission.EDIT_REVIEW, stage.review)
    reason = clean_text(reason)
    problems = problems_with_stage_correction(stage.reached_on, reached_on, reason, clock.today())
    if problems:
        raise InvalidInput(problems)
    with change(viewer) as tx:
        _take_back(tx, stage, reason)
        kept = {name: getattr(stage, name) for name in KEPT}
        right = StageReached(**kept, reached_on=reached_on)
        tx.add(right, "review.stage-corrected", {"reason": reason})
        _follow(tx, stage.review, expected)
    return right


def take_stage_back(viewer: Viewer, stage: StageReached, reason: str, expected: int) -> None:
    """Take back a stage that the review has not reached. Raises InvalidInput, Refused, StaleEdit.

    `expected` is the review's version.
    """
    require_on(viewer, Permission.EDIT_REVIEW, stage.review)
    reason = clean_text(reason)
    with change(viewer) as tx:
        problems = problems_with_taking_back(reason, len(list_stages(stage.review)) - 1)
        if problems:
            raise InvalidInput(problems)
        _take_back(tx, stage, reason)
        _follow(tx, stage.review, expected)


def _take_back(tx: Change, stage: StageReached, reason: str) -> None:
    if StageTakenBack.select().where(StageTakenBack.stage == stage).exists():
        raise Refused(GONE)
    row = StageTakenBack(review=stage.review, stage=stage, reason=reason, by=tx.actor.id, at=clock.now())
    tx.add(row, "review.stage-taken-back")


def _follow(tx: Change, review: Review, expected: int) -> None:
    recorded = sorted(list_stages(review), key=lambda each: (each.recorded_at, each.id))
    review.stage = stage_now((each.reached_on, each.stage) for each in recorded)
    tx.update(review, "review.stage-put-right", expected)
    update_clocks(tx, review)


def update_clocks(tx: Change, review: Review) -> None:
    """Bring the statutory clocks of a review in line with the stages that it has reached."""
    reached = [(row.stage, row.reached_on) for row in list_stages(review)]
    wanted = clocks_of(review.guidance, review.kind, reached, is_working_day)
    kept = {row.kind: row for row in StatutoryClock.select().where(StatutoryClock.review == review)}
    for kind, dates in wanted.items():
        row = kept.pop(kind, None)
        if row is None:
            row = StatutoryClock(review=review, kind=kind, due_on=dates.due_on, met_on=dates.met_on)
            tx.add(row, "review.clock-started")
        elif (row.due_on, row.met_on) != (dates.due_on, dates.met_on):
            event = "review.clock-moved" if row.due_on != dates.due_on else "review.clock-met"
            row.due_on, row.met_on = dates.due_on, dates.met_on
            tx.update(row, event)
    for row in kept.values():
        tx.remove(row, "review.clock-removed")
