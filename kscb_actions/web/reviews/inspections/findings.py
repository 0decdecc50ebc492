"""Pages on which the judgements and strengths of an inspection are recorded and put right."""

from typing import Any

from flask import flash, redirect, render_template, url_for

from kscb_actions.access.policy import Permission
from kscb_actions.reviews.inspections.models import InspectionFinding
from kscb_actions.reviews.inspections.queries import (
    earlier_areas,
    earlier_judgements,
    get_finding,
)
from kscb_actions.reviews.inspections.rules import BECAME_NAMES, FINDING_NAMES, FindingFacts, FindingKind
from kscb_actions.reviews.inspections.service import (
    NOT_ONE,
    correct_finding,
    record_finding,
    void_finding,
)
from kscb_actions.reviews.models import Review
from kscb_actions.reviews.queries import get_review
from kscb_actions.text import whole_number
from kscb_actions.web.shared.forms import (
    HouseForm,
    options,
    save_button,
    select,
    text_area,
    text_line,
)
from kscb_actions.web.shared.guard import Access, viewer

from .. import blueprint
from ..dissemination import MistakeForm
from ..forms import area_choices

ONE = "/reviews/<reference>/findings/<int:finding_id>"
EDIT = Access(Permission.EDIT_REVIEW, of=get_finding)


class JudgementForm(HouseForm):
    """A judgement with its grade, and the judgement before it."""

    kind = FindingKind.JUDGEMENT

    text = text_line("What was judged?", "As the report calls it, like: leadership and management.")
    grade = text_line("Grade", "In the words of the report, like: adequate.")
    earlier = select("The judgement before (optional)", hint="Of another inspection, to show both grades.")
    submit = save_button()

    def offer(self, review: Review) -> None:
        """Offer the judgements of other inspections."""
        found = earlier_judgements(viewer(), review)
        named = [
            (str(each.id), f"{each.review.reference}: {each.text}, {each.grade}".strip()) for each in found
        ]
        self.earlier.choices = options([("", "None"), *named])

    def facts(self) -> FindingFacts:
        """Return what was typed, for the service."""
        return FindingFacts(self.kind, self.text.data, self.grade.data, whole_number(self.earlier.data))

    @staticmethod
    def filled(row: InspectionFinding) -> dict[str, Any]:
        """Return the values of the fields as the finding has them."""
        earlier = str(row.earlier_judgement_id or "")
        return {"text": row.text, "grade": row.grade, "earlier": earlier}


class StrengthForm(HouseForm):
    """A strength, and the area of the inspection before that it was."""

    kind = FindingKind.STRENGTH

    text = text_area("What is the strength?", "As the report words it. No real names.")
    earlier = select("Area of the inspection before (optional)", hint="Where the strength was an area once.")
    became = select("What became of it? (optional)", [("", "Not said"), *BECAME_NAMES.items()])
    submit = save_button()

    def offer(self, review: Review) -> None:
        """Offer the areas of other inspections."""
        self.earlier.choices = options(area_choices(earlier_areas(viewer(), review)))

    def facts(self) -> FindingFacts:
        """Return what was typed, for the service."""
        earlier = whole_number(self.earlier.data)
        return FindingFacts(self.kind, self.text.data, earlier_id=earlier, became=self.became.data or "")

    @staticmethod
    def filled(row: InspectionFinding) -> dict[str, Any]:
        """Return the values of the fields as the finding has them."""
        return {"text": row.text, "earlier": str(row.earlier_area_id or ""), "became": row.became}


FORMS: dict[str, type[JudgementForm | StrengthForm]] = {
    FindingKind.JUDGEMENT: JudgementForm,
    FindingKind.STRENGTH: StrengthForm,
}


@blueprint.route(
    "/reviews/<reference>/judgements/new",
    access=Access(Permission.EDIT_REVIEW, of=get_review),
    methods=["GET", "POST"],
)
def new_judgement(review: Review) -> Any:
    """Record a judgement of an inspection."""
    return _new(review, FindingKind.JUDGEMENT)


@blueprint.route(
    "/reviews/<reference>/strengths/new",
    access=Access(Permission.EDIT_REVIEW, of=get_review),
    methods=["GET", "POST"],
)
def new_strength(review: Review) -> Any:
    """Record a strength that an inspection found."""
    return _new(review, FindingKind.STRENGTH)


@blueprint.route(ONE, access=EDIT, methods=["GET", "POST"])
def finding(row: InspectionFinding) -> Any:
    """Put a finding right."""
    kind = FORMS[row.kind]
    form = kind(data={"version": str(row.version), **kind.filled(row)})
    form.offer(row.review)
    if form.carried_out(lambda: correct_finding(viewer(), row, form.facts(), form.seen_version), kind.filled):
        flash("It is put right.", "success")
        return redirect(_back(row.review))
    return _page("edit", row.review, form, FindingKind(row.kind), row)


@blueprint.route(f"{ONE}/in-error", access=EDIT, methods=["GET", "POST"])
def finding_in_error(row: InspectionFinding) -> Any:
    """Mark a finding as recorded by mistake."""
    form = MistakeForm(data={"version": str(row.version)})
    if form.carried_out(
        lambda: void_finding(viewer(), row, form.reason.data, form.seen_version), lambda _: {}
    ):
        flash("It is marked as recorded in error.", "success")
        return redirect(_back(row.review))
    return _page("error", row.review, form, FindingKind(row.kind), row)


def _new(review: Review, kind: FindingKind) -> Any:
    form = FORMS[kind]()
    form.offer(review)
    if form.carried_out(lambda: record_finding(viewer(), review, form.facts())):
        flash("It is recorded.", "success")
        return redirect(_back(review))
    return _page("edit", review, form, kind, None)


def _back(review: Review) -> str:
    return f"{url_for('reviews.show', reference=review.reference)}#findings"


def _page(
    name: str, review: Review, form: HouseForm, kind: FindingKind, row: InspectionFinding | None
) -> Any:
    page = render_template(
        f"reviews/inspections/{name}.html",
        form=form,
        review=review,
        row=row,
        nothing=None if review.is_inspection else NOT_ONE,
        called=FINDING_NAMES[kind].lower(),
        back=_back(review),
    )
    return page, form.status
