"""Pages of what was shared of a review's learning."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from kscb_actions.access.policy import Permission
from kscb_actions.reviews.dissemination.models import Dissemination
from kscb_actions.reviews.dissemination.queries import get_shared
from kscb_actions.reviews.dissemination.rules import HOW_NAMES, Shared
from kscb_actions.reviews.dissemination.service import correct_sharing, record_sharing, void_sharing
from kscb_actions.reviews.models import Review
from kscb_actions.reviews.queries import get_review, list_recommendations
from kscb_actions.text import whole_number
from kscb_actions.web.shared.forms import (
    DayField,
    HouseForm,
    options,
    radios,
    reason_area,
    save_button,
    select,
    text_area,
    text_line,
)
from kscb_actions.web.shared.guard import Access, viewer

from . import blueprint

ONE = "/reviews/<reference>/shared/<int:shared_id>"
EDIT = Access(Permission.EDIT_REVIEW, of=get_shared)


class SharedForm(HouseForm):
    """What was shared, with whom, when and how."""

    recommendation = select("What is it about?", wrong="Choose a recommendation of this review.")
    shared_on = DayField("When was it shared?", called="The day on which it was shared")
    how = radios("How?", [(str(how), words) for how, words in HOW_NAMES.items()])
    with_whom = text_line("With whom?", "Such as: health visitors in the east of the county.")
    what = text_area("What was shared?", "No names of children or families.")
    reached = text_line("How many people did it reach? (optional)")
    submit = save_button()

    def facts(self) -> Shared:
        """Return what was typed, for the service."""
        typed = self.reached.data.strip()
        number = whole_number(typed)
        reached = (-1 if number is None else number) if typed else None
        return Shared(self.shared_on.data, self.how.data, self.with_whom.data, self.what.data, reached)

    @staticmethod
    def filled(row: Dissemination) -> dict[str, Any]:
        """Return the values of the fields as the record has them."""
        names = ("shared_on", "how", "with_whom", "what")
        reached = "" if row.reached is None else str(row.reached)
        return {**{name: getattr(row, name) for name in names}, "reached": reached}


class MistakeForm(HouseForm):
    """Why a record was made by mistake."""

    reason = reason_area("Why?", "It is gone from every page, count and paper, and kept in the trail alone.")
    submit = save_button("Mark as recorded in error")


@blueprint.route(
    "/reviews/<reference>/shared/new",
    access=Access(Permission.EDIT_REVIEW, of=get_review),
    methods=["GET", "POST"],
)
def new_shared(review: Review) -> Any:
    """Record that learning of a review was shared."""
    found = list_recommendations(viewer(), review)
    form = SharedForm(data={"recommendation": request.args.get("recommendation", "")})
    named = [(str(each.number), each.name) for each in found]
    form.recommendation.choices = options([("", "The whole review"), *named])

    def record() -> None:
        chosen = next((each for each in found if str(each.number) == form.recommendation.data), None)
        record_sharing(viewer(), review, chosen, form.facts())

    if form.carried_out(record):
        flash("It is recorded.", "success")
        return redirect(_back(review))
    return _page("edit", review, form, None)


@blueprint.route(ONE, access=EDIT, methods=["GET", "POST"])
def shared(row: Dissemination) -> Any:
    """Put a record of what was shared right."""
    form = SharedForm(data={"version": str(row.version), **SharedForm.filled(row)})
    del form.recommendation
    if form.carried_out(
        lambda: correct_sharing(viewer(), row, form.facts(), form.seen_version), SharedForm.filled
    ):
        flash("It is put right.", "success")
        return redirect(_back(row.review))
    return _page("edit", row.review, form, row)


@blueprint.route(f"{ONE}/in-error", access=EDIT, methods=["GET", "POST"])
def shared_in_error(row: Dissemination) -> Any:
    """Mark a record of what was shared as made by mistake."""
    form = MistakeForm(data={"version": str(row.version)})
    if form.carried_out(
        lambda: void_sharing(viewer(), row, form.reason.data, form.seen_version), lambda _: {}
    ):
        flash("It is marked as recorded in error.", "success")
        return redirect(_back(row.review))
    return _page("error", row.review, form, row)


def _back(review: Review) -> str:
    return f"{url_for('reviews.show', reference=review.reference)}#shared"


def _page(name: str, review: Review, form: HouseForm, row: Dissemination | None) -> Any:
    page = render_template(
        f"reviews/dissemination/{name}.html", form=form, review=review, row=row, back=_back(review)
    )
    return page, form.status
