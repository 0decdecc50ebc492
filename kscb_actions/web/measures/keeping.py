"""Recording measures, changing them, and ending what is asked for."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from kscb_actions.access.policy import Permission
from kscb_actions.measures.models import Measure
from kscb_actions.measures.queries import get_measure, list_owners, sees, words_of_subject
from kscb_actions.measures.service import (
    About,
    edit_measure,
    end_measure,
    record_measure,
    resume_measure,
    void_measure,
)
from kscb_actions.reviews.models import Recommendation, Review
from kscb_actions.reviews.queries import get_review, list_recommendations
from kscb_actions.web.shared.guard import Access, viewer

from . import blueprint
from .forms import MeasureForm, ReasonForm

EDIT = Access(Permission.EDIT_MEASURE, of=get_measure)


@blueprint.route("/measures/new", access=Access(Permission.EDIT_MEASURE), methods=["GET", "POST"])
def new() -> Any:
    """Record a measure of a priority of the Board."""
    return _record(None)


@blueprint.route(
    "/reviews/<reference>/measures/new",
    access=Access(Permission.EDIT_MEASURE, of=get_review),
    methods=["GET", "POST"],
)
def new_of_review(review: Review) -> Any:
    """Record a measure of a review, or of one of its recommendations."""
    return _record(review)


def _record(review: Review | None) -> Any:
    recommendations = list_recommendations(viewer(), review) if review else []
    form = MeasureForm(data={"recommendation": request.args.get("recommendation", "")})
    _offer(form, review.id if review else None, recommendations)
    made: list[Measure] = []

    def record() -> None:
        chosen = next(
            (each for each in recommendations if str(each.number) == form.recommendation.data), None
        )
        made.append(record_measure(viewer(), About(review, chosen), form.facts()))

    if form.carried_out(record):
        flash(f"{made[0].reference} is recorded. Its readings are asked for on the day you gave.", "success")
        return redirect(url_for("measures.show", measure_id=made[0].id))
    back = url_for("reviews.show", reference=review.reference) if review else url_for("measures.index")
    return render_template("measures/edit.html", form=form, review=review, measure=None, back=back)


@blueprint.route("/measures/<int:measure_id>/edit", access=EDIT, methods=["GET", "POST"])
def edit(measure: Measure) -> Any:
    """Change what is said of a measure."""
    form = MeasureForm(data={"version": str(measure.version), **MeasureForm.filled(measure)})
    del form.recommendation
    _offer(form, measure.review_id, [], measure)
    if form.carried_out(
        lambda: edit_measure(viewer(), measure, form.facts(), form.seen_version), MeasureForm.filled
    ):
        flash("The measure is saved.", "success")
        return redirect(url_for("measures.show", measure_id=measure.id))
    return render_template(
        "measures/edit.html",
        form=form,
        review=measure.review,
        measure=measure,
        back=url_for("measures.show", measure_id=measure.id),
    ), form.status


@blueprint.route("/measures/<int:measure_id>/end", access=EDIT, methods=["GET", "POST"])
def end(measure: Measure) -> Any:
    """Ask for no more readings of a measure; or again, where that was said."""
    form = ReasonForm(data={"version": str(measure.version)})
    if measure.ended_on is not None:
        del form.reason
    done = form.carried_out(lambda: _end(measure, form), lambda _: {})
    return _after(done, measure, form, "Again" if measure.ended_on and not done else "End")


@blueprint.route("/measures/<int:measure_id>/in-error", access=EDIT, methods=["GET", "POST"])
def void(measure: Measure) -> Any:
    """Mark a measure as recorded by mistake."""
    form = ReasonForm(data={"version": str(measure.version)})
    if form.carried_out(
        lambda: void_measure(viewer(), measure, form.reason.data, form.seen_version), lambda _: {}
    ):
        flash(f"{measure.reference} was recorded in error, and is gone from every page and paper.", "success")
        return redirect(url_for("measures.index"))
    return _after(False, measure, form, "Error")


def _end(measure: Measure, form: ReasonForm) -> Measure:
    if measure.ended_on is not None:
        return resume_measure(viewer(), measure, form.seen_version)
    return end_measure(viewer(), measure, form.reason.data, form.seen_version)


def _after(done: bool, measure: Measure, form: ReasonForm, what: str) -> Any:
    if done:
        flash("Saved.", "success")
        return redirect(url_for("measures.show", measure_id=measure.id))
    page = render_template(
        "measures/end.html", form=form, measure=measure, what=what, subject=words_of_subject(measure)
    )
    return page, form.status


def _offer(
    form: MeasureForm,
    review_id: int | None,
    recommendations: list[Recommendation],
    measure: Measure | None = None,
) -> None:
    able = [each for each in list_owners(viewer()) if sees(each.viewer, review_id)]
    if measure is not None and measure.owner_id not in {each.id for each in able}:
        able.append(measure.owner)
    if form.recommendation is None:
        form.offer_owners(able)
    else:
        form.offer(able, recommendations)
    if review_id is not None:
        del form.priority
