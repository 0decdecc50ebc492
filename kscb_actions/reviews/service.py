"""Changing reviews: one function for each operation."""

from collections.abc import Iterable
from datetime import date

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Refused, Viewer, require
from kscb_actions.audit.service import Change, change
from kscb_actions.people.models import User
from kscb_actions.terms import say
from kscb_actions.text import InvalidInput, alike, as_name, clean_text, one_line, order_key, why_no_name

from .guidance.rules import problems_with_course, problems_with_guidance
from .models import NamedPerson, Review, ReviewTheme, Theme
from .naming import add_name
from .publishing.service import end_release_when_restricted
from .queries import is_named, list_stages, require_on
from .rules import (
    Kind,
    ReviewFacts,
    Stage,
    as_reference,
    child_death_review,
    problems_with_hold,
    problems_with_review,
    problems_with_stage,
)
from .stages import Joined, append_stage, problem_with_sign_off, update_clocks


def add_theme(viewer: Viewer, name: str) -> Theme:
    """Add a theme to the board's list. Raises InvalidInput."""
    require(viewer, Permission.EDIT_REVIEW)
    theme = Theme(name=as_name(name))
    with change(viewer) as tx:
        _check_theme(theme)
        return tx.add(theme, "theme.added")


def rename_theme(viewer: Viewer, theme: Theme, name: str, expected: int) -> Theme:
    """Give a theme another name, wherever it is carried. Raises InvalidInput, StaleEdit."""
    require(viewer, Permission.EDIT_REVIEW)
    theme.name = as_name(name)
    with change(viewer) as tx:
        _check_theme(theme)
        return tx.update(theme, "theme.renamed", expected)


def _check_theme(theme: Theme) -> None:
    if not theme.name or len(theme.name) > 120:
        raise InvalidInput({"name": "Enter the theme in up to 120 characters."})
    if no_name := why_no_name(theme.name):
        raise InvalidInput({"name": no_name})
    others = Theme.select(Theme.name).where(Theme.id != (theme.id or 0)).tuples()
    if any(alike(other) == alike(theme.name) for (other,) in others):
        raise InvalidInput({"name": "This theme is on the list already."})


def record_review(
    viewer: Viewer,
    facts: ReviewFacts,
    stage: str,
    reached_on: date | None,
    note: str = "",
    decision_maker: str = "",
) -> Review:
    """Record a review at the stage it has reached. Who records a restricted one is named on it.

    Raises InvalidInput.
    """
    require(viewer, Permission.EDIT_REVIEW)
    facts, note, decision_maker = _cleaned(facts), clean_text(note), one_line(decision_maker)
    problems = problems_with_review(facts) | problems_with_guidance(facts.guidance, facts.kind)
    problems |= problems_with_course(facts.guidance, facts.kind, stage)
    problems |= problems_with_stage(stage, reached_on, note, clock.today(), decision_maker)
    review = Review(stage=stage)
    _apply_facts(review, facts)
    with change(viewer) as tx:
        if Review.select().where(Review.reference == facts.reference).exists():
            problems["reference"] = "Another review has this reference."
        if problems:
            raise InvalidInput(problems)
        tx.add(review, "review.recorded")
        _set_themes(tx, review, facts.theme_ids)
        append_stage(tx, review, stage, reached_on, note, decision_maker=decision_maker)
        _name_who_restricts(tx, viewer, review)
    return review


def edit_review(viewer: Viewer, review: Review, facts: ReviewFacts, expected: int) -> Review:
    """Change a review's facts; its reference stays. Who restricts a review is named on it.

    Raises InvalidInput, StaleEdit.
    """
    require_on(viewer, Permission.EDIT_REVIEW, review)
    facts = _cleaned(facts)
    problems = problems_with_review(facts) | problems_with_guidance(facts.guidance, facts.kind)
    if facts.reference != review.reference:
        problems["reference"] = "The reference cannot be changed: papers and links carry it."
    if problems:
        raise InvalidInput(problems)
    _apply_facts(review, facts)
    with change(viewer) as tx:
        tx.update(review, "review.changed", expected)
        _set_themes(tx, review, facts.theme_ids)
        update_clocks(tx, review)
        _name_who_restricts(tx, viewer, review)
        end_release_when_restricted(tx, review)
    return review


def reach_stage(
    viewer: Viewer,
    review: Review,
    stage: str,
    reached_on: date | None,
    note: str = "",
    expected: int | None = None,
    decision_maker: str = "",
    meeting: str = "",
    joined: Joined | None = None,
) -> Review:
    """Record that a review has reached a stage, and keep its statutory clocks.

    An earlier stage may be recorded later: the review stands at its latest by date. `decision_maker` is whose
    decision it is, where the stage is one. A plan is signed off, by `decision_maker` and in a `meeting` if in
    one, only when every action is accepted or closed with a reason. `joined` records more in the same change.
    Raises InvalidInput, StaleEdit.
    """
    require_on(viewer, Permission.EDIT_REVIEW, review)
    note, decision_maker, meeting = clean_text(note), one_line(decision_maker), one_line(meeting)
    problems = problems_with_course(review.guidance, review.kind, stage)
    problems |= problems_with_stage(stage, reached_on, note, clock.today(), decision_maker, meeting)
    problems |= joined.problems if joined else {}
    if problems:
        raise InvalidInput(problems)
    # A stage that is recorded late does not take the review back.
    is_latest = not any(
        reached_on is not None and each.reached_on > reached_on for each in list_stages(review)
    )
    with change(viewer) as tx:
        if stage == Stage.SIGNED_OFF and (problem := problem_with_sign_off(review)):
            raise InvalidInput({"stage": problem})
        review.stage = stage if is_latest else review.stage
        tx.update(review, "review.stage-reached", expected)
        typed = (stage, reached_on, note)
        row = append_stage(tx, review, *typed, decision_maker=decision_maker, meeting=meeting)
        if joined:
            joined.record(tx, row)
    return review


def set_hold(viewer: Viewer, review: Review, kind: str, reason: str, expected: int | None = None) -> Review:
    """Put a review on hold for an inquest or proceedings, or lift the hold (kind "").

    Raises InvalidInput, StaleEdit.
    """
    require_on(viewer, Permission.EDIT_REVIEW, review)
    reason = clean_text(reason)
    problems = problems_with_hold(kind, reason, review.hold_kind)
    if problems:
        raise InvalidInput(problems)
    review.hold_kind, review.hold_reason = kind, reason if kind else ""
    with change(viewer) as tx:
        return tx.update(
            review, "review.held" if kind else "review.hold-lifted", expected, {"reason": reason}
        )


def name_person(viewer: Viewer, review: Review, user: User) -> None:
    """Let a person see a restricted review, and tell who is named on it already.

    Raises InvalidInput, Refused.
    """
    require_on(viewer, Permission.EDIT_REVIEW, review)
    if not review.is_restricted:
        raise Refused("This review is not restricted, so nobody needs to be named on it.")
    with change(viewer) as tx:
        if is_named(review, user.id):
            raise InvalidInput({"person": f"{user.name} is named already."})
        if not user.is_active:
            raise InvalidInput({"person": f"{user.name} can no longer sign in."})
        add_name(tx, review, user)


def unname_person(viewer: Viewer, review: Review, user: User) -> None:
    """Take a person off a restricted review; nobody takes off themselves, so somebody always sees it.

    Raises InvalidInput, Refused.
    """
    require_on(viewer, Permission.EDIT_REVIEW, review)
    if user.id == viewer.id:
        raise Refused("You cannot take yourself off. Ask another named person.")
    with change(viewer) as tx:
        named = NamedPerson.get_or_none(NamedPerson.review == review, NamedPerson.user == user)
        if named is None:
            raise InvalidInput({"person": f"{user.name} is not named on this review."})
        tx.remove(named, "review.person-unnamed")


def review_of_child_deaths(tx: Change, year: str, today: date) -> Review:
    """Return the review that gathers what a reporting year's child death reviews taught, made when missing.

    Called inside an open change; `year` is like "2011-12". The review says nothing of any case.

    This is the one way for who keeps panels to reach a review: they may not edit reviews, nor read them.
    Raises Refused.
    """
    require(tx.actor, Permission.KEEP_PANELS)
    facts = child_death_review(year, today)
    review = Review.get_or_none(Review.reference == facts.reference)
    if review is not None:
        if review.kind != Kind.CHILD_DEATH or review.is_void:
            raise Refused(
                say(
                    "Another review has the reference {reference}. Ask the board manager.",
                    reference=facts.reference,
                )
            )
        return review
    review = Review(stage=Stage.MONITORING)
    _apply_facts(review, facts)
    tx.add(review, "review.recorded")
    append_stage(tx, review, Stage.MONITORING, today, "")
    return review


def _name_who_restricts(tx: Change, viewer: Viewer, review: Review) -> None:
    if review.is_restricted and viewer.id is not None and not is_named(review, viewer.id):
        add_name(tx, review, User.get_by_id(viewer.id))


def _cleaned(facts: ReviewFacts) -> ReviewFacts:
    return ReviewFacts(
        reference=as_reference(facts.reference),
        kind=facts.kind,
        title=one_line(facts.title),
        pseudonym=one_line(facts.pseudonym),
        summary=clean_text(facts.summary),
        classification=facts.classification,
        is_restricted=facts.is_restricted,
        theme_ids=facts.theme_ids,
        author=one_line(facts.author),
        panel_chair=one_line(facts.panel_chair),
        guidance=facts.guidance,
    )


def _apply_facts(review: Review, facts: ReviewFacts) -> None:
    review.reference, review.kind, review.title = facts.reference, facts.kind, facts.title
    review.order_key = order_key(facts.reference)
    review.pseudonym, review.summary = facts.pseudonym, facts.summary
    review.classification, review.is_restricted = facts.classification, facts.is_restricted
    review.author, review.panel_chair = facts.author, facts.panel_chair
    review.guidance = facts.guidance


def _set_themes(tx: Change, review: Review, theme_ids: Iterable[int]) -> None:
    kept = {link.theme_id: link for link in ReviewTheme.select().where(ReviewTheme.review == review)}
    for theme_id in set(theme_ids) - set(kept):
        tx.add(ReviewTheme(review=review, theme=theme_id), "review.theme-added")
    for theme_id in set(kept) - set(theme_ids):
        tx.remove(kept[theme_id], "review.theme-removed")
