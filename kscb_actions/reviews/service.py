"""Changing reviews: one function for each operation."""

from collections.abc import Iterable
from datetime import date

from .. import clock
from ..access.policy import Permission, Refused, Viewer, require
from ..audit.service import Change, change
from ..people.models import User
from ..text import InvalidInput, clean_text, one_line
from .models import NamedPerson, Review, ReviewTheme, StageReached, StatutoryClock, Theme
from .named import require_on
from .rules import (
    HOLD_NAMES,
    ReviewFacts,
    Stage,
    clock_due_on,
    problems_with_review,
    problems_with_stage,
)


def add_theme(viewer: Viewer, name: str) -> Theme:
    """Add a theme to the board's list. Raises InvalidInput."""
    require(viewer, Permission.EDIT_REVIEW)
    name = one_line(name)
    if not name or len(name) > 120:
        raise InvalidInput({"name": "Enter the theme in up to 120 characters."})
    if Theme.select().where(Theme.name == name).exists():
        raise InvalidInput({"name": "This theme is on the list already."})
    with change(viewer) as tx:
        return tx.add(Theme(name=name), "theme.added")


def record_review(viewer: Viewer, facts: ReviewFacts, stage: str, reached_on: date, note: str = "") -> Review:
    """Record a review at the stage it has reached. Who records a restricted one is named on it.

    Raises InvalidInput.
    """
    require(viewer, Permission.EDIT_REVIEW)
    facts, note = _cleaned(facts), clean_text(note)
    problems = problems_with_review(facts) | problems_with_stage(stage, reached_on, note, clock.today())
    if Review.select().where(Review.reference == facts.reference).exists():
        problems["reference"] = "Another review has this reference."
    if problems:
        raise InvalidInput(problems)
    review = Review(stage=stage)
    _take(review, facts)
    with change(viewer) as tx:
        tx.add(review, "review.recorded")
        _set_themes(tx, review, facts.theme_ids)
        _append_stage(tx, review, stage, reached_on, note)
        if review.is_restricted and viewer.id is not None:
            tx.add(NamedPerson(review=review, user=viewer.id), "review.person-named")
    return review


def edit_review(viewer: Viewer, review: Review, facts: ReviewFacts, expected: int) -> Review:
    """Change a review's facts; its reference stays. Raises InvalidInput, StaleEdit."""
    require_on(viewer, Permission.EDIT_REVIEW, review)
    facts = _cleaned(facts)
    problems = problems_with_review(facts)
    if facts.reference != review.reference:
        problems["reference"] = "The reference cannot be changed: papers and links carry it."
    if problems:
        raise InvalidInput(problems)
    _take(review, facts)
    with change(viewer) as tx:
        tx.update(review, "review.changed", expected)
        _set_themes(tx, review, facts.theme_ids)
        if review.is_restricted and not review.named_people.count() and viewer.id is not None:
            tx.add(NamedPerson(review=review, user=viewer.id), "review.person-named")
    return review


def reach_stage(
    viewer: Viewer, review: Review, stage: str, reached_on: date, note: str = "", expected: int | None = None
) -> Review:
    """Record that a review has reached a stage; sets and stops its statutory clocks.

    Raises InvalidInput, StaleEdit.
    """
    require_on(viewer, Permission.EDIT_REVIEW, review)
    note = clean_text(note)
    problems = problems_with_stage(stage, reached_on, note, clock.today())
    if problems:
        raise InvalidInput(problems)
    review.stage = stage
    with change(viewer) as tx:
        tx.update(review, "review.stage-reached", expected)
        _append_stage(tx, review, stage, reached_on, note)
    return review


def set_hold(viewer: Viewer, review: Review, kind: str, reason: str, expected: int | None = None) -> Review:
    """Put a review on hold for an inquest or proceedings, or lift the hold (kind ""). Raises InvalidInput."""
    require_on(viewer, Permission.EDIT_REVIEW, review)
    reason = clean_text(reason)
    if kind and kind not in HOLD_NAMES:
        raise InvalidInput({"kind": "Choose why the review is on hold."})
    if not reason:
        raise InvalidInput({"reason": "Say why, for whoever reads this later."})
    if kind == review.hold_kind:
        raise InvalidInput({"kind": "Nothing would change: choose another state."})
    review.hold_kind, review.hold_reason = kind, reason if kind else ""
    with change(viewer) as tx:
        return tx.update(
            review, "review.held" if kind else "review.hold-lifted", expected, {"reason": reason}
        )


def name_person(viewer: Viewer, review: Review, user: User) -> None:
    """Let a person see a restricted review."""
    require_on(viewer, Permission.EDIT_REVIEW, review)
    if NamedPerson.select().where(NamedPerson.review == review, NamedPerson.user == user).exists():
        raise InvalidInput({"user": "This person is named already."})
    with change(viewer) as tx:
        tx.add(NamedPerson(review=review, user=user), "review.person-named")


def unname_person(viewer: Viewer, review: Review, user: User) -> None:
    """Take a person off a restricted review. The last one stays: somebody must be able to see it."""
    require_on(viewer, Permission.EDIT_REVIEW, review)
    named = NamedPerson.get_or_none(NamedPerson.review == review, NamedPerson.user == user)
    if named is None:
        raise InvalidInput({"user": "This person is not named."})
    if user.id == viewer.id:
        raise Refused("You cannot take yourself off. Ask another named person.")
    with change(viewer) as tx:
        tx.remove(named, "review.person-unnamed")


def _cleaned(facts: ReviewFacts) -> ReviewFacts:
    return ReviewFacts(
        reference=one_line(facts.reference).upper(),
        kind=facts.kind,
        title=one_line(facts.title),
        pseudonym=one_line(facts.pseudonym),
        summary=clean_text(facts.summary),
        classification=facts.classification,
        is_restricted=facts.is_restricted,
        theme_ids=facts.theme_ids,
    )


def _take(review: Review, facts: ReviewFacts) -> None:
    review.reference, review.kind, review.title = facts.reference, facts.kind, facts.title
    review.pseudonym, review.summary = facts.pseudonym, facts.summary
    review.classification, review.is_restricted = facts.classification, facts.is_restricted


def _set_themes(tx: Change, review: Review, theme_ids: Iterable[int]) -> None:
    kept = {link.theme_id: link for link in ReviewTheme.select().where(ReviewTheme.review == review)}
    for theme_id in set(theme_ids) - set(kept):
        tx.add(ReviewTheme(review=review, theme=theme_id), "review.theme-added")
    for theme_id in set(kept) - set(theme_ids):
        tx.remove(kept[theme_id], "review.theme-removed")


def _append_stage(tx: Change, review: Review, stage: str, reached_on: date, note: str) -> None:
    tx.add(
        StageReached(review=review, stage=stage, reached_on=reached_on, note=note, recorded_at=clock.now()),
        "review.stage-dated",
    )
    if stage == Stage.NOTIFIED:
        _start_clock(tx, review, "decision", reached_on)
    elif stage == Stage.DECIDED:
        _stop_clock(tx, review, "decision", reached_on)
        _start_clock(tx, review, "completion", reached_on)
    elif stage in (Stage.REPORT_TO_BOARD, Stage.PUBLISHED, Stage.NOT_PUBLISHED):
        _stop_clock(tx, review, "completion", reached_on)


def _start_clock(tx: Change, review: Review, kind: str, started_on: date) -> None:
    if (
        not StatutoryClock.select()
        .where(StatutoryClock.review == review, StatutoryClock.kind == kind)
        .exists()
    ):
        tx.add(
            StatutoryClock(review=review, kind=kind, due_on=clock_due_on(kind, started_on)),
            "review.clock-started",
        )


def _stop_clock(tx: Change, review: Review, kind: str, met_on: date) -> None:
    running = StatutoryClock.get_or_none(
        StatutoryClock.review == review, StatutoryClock.kind == kind, StatutoryClock.met_on.is_null()
    )
    if running:
        running.met_on = met_on
        tx.update(running, "review.clock-met")
