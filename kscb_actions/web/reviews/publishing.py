"""Pages on which a review is released for publication or its release ends, and those released."""

from typing import Any, Self

from flask import current_app, flash, redirect, render_template, url_for

from kscb_actions.access.policy import Permission
from kscb_actions.reviews.models import Review
from kscb_actions.reviews.publishing.models import ReleaseDecision
from kscb_actions.reviews.publishing.queries import list_released, release_of
from kscb_actions.reviews.publishing.rules import (
    FORM_NAMES,
    NOT_RELEASED,
    Form,
    ReleaseFacts,
    public_title,
    why_not_released,
)
from kscb_actions.reviews.publishing.service import decides_alone
from kscb_actions.reviews.publishing.service import release as record_release
from kscb_actions.reviews.publishing.service import withdraw_release as record_end
from kscb_actions.reviews.queries import get_review
from kscb_actions.reviews.rules import HOLD_NAMES, KIND_NAMES, Kind
from kscb_actions.web.shared.forms import (
    DayField,
    HouseForm,
    radios,
    reason_area,
    save_button,
    text_line,
)
from kscb_actions.web.shared.guard import Access, viewer

from . import blueprint

PUBLISH = Access(Permission.PUBLISH_REVIEW, of=get_review)


class DecisionForm(HouseForm):
    """The day, the reason and whose decision it is, of a release as of its end."""

    decided_on = DayField("When was it decided?", called="Date of the decision")
    authority = text_line(
        "Whose decision is it?",
        "You record it for somebody. For example: the independent chair, by letter of 12 March 2012.",
    )
    reason = reason_area("Why?", "For whoever reads this later. No real names.")

    def offer(self) -> Self:
        """Leave out whose decision it is where whoever records it decides themself."""
        if decides_alone(viewer()):
            del self.authority
        return self

    @property
    def said_authority(self) -> str:
        """Return whose decision it is; "" where it is the own one."""
        return self.authority.data if "authority" in self else ""


class ReleaseForm(DecisionForm):
    """A release for publication."""

    edition = text_line("Which version is published?", "For example: Overview report, 12 March 2012.")
    published_as = radios("In what form?", FORM_NAMES.items())
    link = text_line("Where can it be read? (optional)", "The address of its page, for readers of papers.")
    submit = save_button("Release for publication")

    @staticmethod
    def filled(review: Review) -> dict[str, Any]:
        """Return the release that stands, as it is kept."""
        found = release_of(review)
        return {} if found is None else {**_kept(found), "published_as": FORM_NAMES[Form(found.published_as)]}


class WithdrawReleaseForm(DecisionForm):
    """The end of a release."""

    submit = save_button("Withdraw the release")

    @staticmethod
    def filled(review: Review) -> dict[str, Any]:
        """Return what was decided meanwhile; nothing to compare where the release has ended."""
        found = release_of(review)
        return {} if found is None else _kept(found)


def _kept(found: ReleaseDecision) -> dict[str, Any]:
    names = ("decided_on", "authority", "reason", "edition", "link")
    return {name: getattr(found, name) for name in names}


@blueprint.route("/reviews/released", access=Access(Permission.READ_REPORTS))
def released() -> Any:
    """Show the reviews that are released for publication."""
    return render_template("reviews/released.html", releases=list_released(viewer()), forms=FORM_NAMES)


@blueprint.route("/reviews/<reference>/release", access=PUBLISH, methods=["GET", "POST"])
def release(review: Review) -> Any:
    """Record that a review is released for publication."""
    form = ReleaseForm(data={"version": str(review.version)}).offer()
    base_url = current_app.config["SETTINGS"].base_url
    if form.carried_out(
        lambda: record_release(viewer(), review, _facts(form), form.seen_version, base_url),
        ReleaseForm.filled,
    ):
        flash(f"{review.reference} is released for publication.", "success")
        return redirect(url_for("reviews.show", reference=review.reference))
    is_released = release_of(review) is not None
    return render_template(
        "reviews/release.html",
        form=form,
        review=review,
        why_not=why_not_released(review.is_restricted, review.classification, is_released),
        called=public_title(review.title, review.pseudonym, KIND_NAMES[Kind(review.kind)]),
        holds=HOLD_NAMES,
    ), form.status


@blueprint.route("/reviews/<reference>/withdraw-release", access=PUBLISH, methods=["GET", "POST"])
def withdraw_release(review: Review) -> Any:
    """Record that a review is not released any more."""
    form, standing = WithdrawReleaseForm(data={"version": str(review.version)}).offer(), release_of(review)
    if form.carried_out(lambda: _withdraw(form, review), WithdrawReleaseForm.filled):
        flash(f"The release of {review.reference} is withdrawn.", "success")
        return redirect(url_for("reviews.show", reference=review.reference))
    return render_template(
        "reviews/withdraw_release.html",
        form=form,
        review=review,
        standing=standing,
        why_not=None if standing else NOT_RELEASED,
        forms=FORM_NAMES,
    ), form.status


def _facts(form: ReleaseForm) -> ReleaseFacts:
    return ReleaseFacts(
        decided_on=form.decided_on.data,
        edition=form.edition.data,
        published_as=form.published_as.data,
        link=form.link.data,
        reason=form.reason.data,
        authority=form.said_authority,
    )


def _withdraw(form: WithdrawReleaseForm, review: Review) -> ReleaseDecision:
    return record_end(
        viewer(),
        review,
        form.decided_on.data,
        form.reason.data,
        form.said_authority,
        form.seen_version,
        current_app.config["SETTINGS"].base_url,
    )
