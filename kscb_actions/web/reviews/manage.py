"""Pages with which a board manager changes a review: its facts, stage, hold and named people."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from kscb_actions.access.policy import Permission
from kscb_actions.audit.models import AuditEvent
from kscb_actions.meetings.deciding.signing import meetings_for, reach_stage_in
from kscb_actions.people.models import User
from kscb_actions.reviews.models import Review, StageReached
from kscb_actions.reviews.queries import (
    get_review,
    get_stage,
    last_naming,
    list_named_people,
    list_themes,
    list_unnamed_people,
)
from kscb_actions.reviews.rules import STAGE_NAMES, Stage
from kscb_actions.reviews.service import edit_review, name_person, set_hold, unname_person
from kscb_actions.reviews.stages import correct_stage, take_stage_back
from kscb_actions.text import whole_number
from kscb_actions.web.shared.forms import options
from kscb_actions.web.shared.guard import Access, viewer

from . import blueprint
from .forms import LIFTED, TAKE_BACK, CorrectStageForm, HoldForm, NameForm, ReviewForm, StageForm, chosen_of

EDIT = Access(Permission.EDIT_REVIEW, of=get_review)


@blueprint.route("/reviews/<reference>/edit", access=EDIT, methods=["GET", "POST"])
def edit(review: Review) -> Any:
    """Change a review's facts."""
    was_restricted = review.is_restricted
    form = ReviewForm(data=ReviewForm.filled(review))
    form.offer(list_themes())
    if form.carried_out(
        lambda: edit_review(viewer(), review, form.facts(review.reference), form.seen_version),
        ReviewForm.filled,
    ):
        flash("The review is saved.", "success")
        if review.is_restricted and not was_restricted:
            return redirect(url_for("reviews.named_people", reference=review.reference))
        return _back(review)
    return render_template("reviews/edit.html", form=form, review=review), form.status


@blueprint.route("/reviews/<reference>/stage", access=EDIT, methods=["GET", "POST"])
def stage(review: Review) -> Any:
    """Record a stage that the review has reached."""
    form = StageForm(data={"version": str(review.version)})
    form.offer(review, meetings_for(viewer(), review))
    if form.carried_out(lambda: _reach(form, review), StageForm.filled):
        flash("The stage is recorded.", "success")
        return _back(review)
    return render_template("reviews/stage.html", form=form, review=review), form.status


@blueprint.route(
    "/reviews/<reference>/stages/<int:stage_id>",
    access=Access(Permission.EDIT_REVIEW, of=get_stage),
    methods=["GET", "POST"],
)
def correct(stage: StageReached) -> Any:
    """Put right the day on which a stage was reached, or take the stage back."""
    review = stage.review
    form = CorrectStageForm(data={"version": str(review.version), "reached_on": stage.reached_on})
    is_correction = form.what.data != TAKE_BACK
    if form.carried_out(lambda: _put_right(stage, form, is_correction), StageForm.filled):
        flash("The date is put right." if is_correction else "The stage is taken back.", "success")
        return _back(review)
    return render_template(
        "reviews/correct_stage.html",
        form=form,
        review=review,
        name=STAGE_NAMES[Stage(stage.stage)],
        stage=stage,
    ), form.status


def _put_right(stage: StageReached, form: CorrectStageForm, is_correction: bool) -> None:
    if is_correction:
        correct_stage(viewer(), stage, form.reached_on.data, form.reason.data, form.seen_version)
    else:
        take_stage_back(viewer(), stage, form.reason.data, form.seen_version)


@blueprint.route("/reviews/<reference>/hold", access=EDIT, methods=["GET", "POST"])
def hold(review: Review) -> Any:
    """Put the review on hold, or lift the hold."""
    form = HoldForm(data={"version": str(review.version)})
    form.offer(review)
    held, is_held = HoldForm.filled(review), bool(review.hold_kind)
    if form.carried_out(lambda: _hold(form, review), HoldForm.filled):
        told = "The review is on hold. Nobody is reminded of what is in it."
        flash(told if review.hold_kind else "The hold is lifted.", "success")
        return _back(review)
    return render_template(
        "reviews/hold.html",
        form=form,
        review=review,
        is_held=is_held,
        held=[("On hold for", held["kind"]), ("Because", held["reason"])],
    ), form.status


@blueprint.route("/reviews/<reference>/people", access=EDIT, methods=["GET", "POST"])
def named_people(review: Review) -> Any:
    """Show who may see a restricted review; name somebody, or take somebody off."""
    form, named, free = NameForm(), list_named_people(review), list_unnamed_people(review)
    form.offer(free)
    if "remove" in request.form:
        if form.attempt(lambda: unname_person(viewer(), review, chosen_of(named, request.form["remove"]))):
            flash("The person can no longer see this review.", "success")
            return redirect(url_for("reviews.named_people", reference=review.reference))
    elif form.carried_out(lambda: name_person(viewer(), review, chosen_of(free, form.person.data))):
        flash("The person can see this review now.", "success")
        return redirect(url_for("reviews.named_people", reference=review.reference))
    named = list_named_people(review)
    if done := _done_before(form, review, named):
        form.overtaken(*done)
    return render_template("reviews/named_people.html", form=form, review=review, named=named), form.status


def _done_before(
    form: NameForm, review: Review, named: list[User]
) -> tuple[AuditEvent, dict[str, str]] | None:
    """Return what somebody else did first, and its event: named the same person, or took the same one off."""
    if request.method == "GET":
        return None
    takes_off = "remove" in request.form
    user_id = whole_number(request.form.get("remove") if takes_off else form.person.data)
    is_named = any(each.id == user_id for each in named)
    event = last_naming(review, user_id) if user_id and is_named != takes_off else None
    if event is None:
        return None
    name, person = User.get_by_id(user_id).name, form.person
    person.choices = [*person.choices, *options([(str(user_id), name)])]
    person.data = str(user_id)
    return event, {"person": f"{name}: {'taken off' if takes_off else 'named'} already"}


def _reach(form: StageForm, review: Review) -> Review:
    typed = (form.stage.data, form.reached_on.data, form.note.data)
    chosen = form.held_in.data
    # One that is no number is of no meeting, and is refused as such.
    meeting_id = (whole_number(chosen) or 0) if chosen else None
    whose = {"decision_maker": form.decision_maker.data, "meeting": form.meeting.data}
    return reach_stage_in(viewer(), review, *typed, meeting_id, expected=form.seen_version, **whose)


def _hold(form: HoldForm, review: Review) -> Review:
    kind = "" if form.kind.data == LIFTED else form.kind.data or "none"
    return set_hold(viewer(), review, kind, form.reason.data, form.seen_version)


def _back(review: Review) -> Any:
    return redirect(url_for("reviews.show", reference=review.reference))
