"""Pages on which an interest in a case is declared, and lifted again by somebody else."""

from typing import Any

from flask import flash, redirect, render_template, url_for

from ..access.guard import Access, viewer
from ..access.policy import Permission, may
from ..deaths.models import ChildDeath, Interest
from ..deaths.queries import get_death
from ..people.models import User
from ..text import InvalidInput
from .blueprint import blueprint, referrals
from .interest_forms import InterestForm, LiftForm
from .interests import declare_interest, lift_interest, people_with_cases
from .models import Referral
from .queries import get_interest, list_interests
from .referrals import get_referral

ONE = "/deaths/<int:death_id>/interests"


@blueprint.route(ONE, access=Access(Permission.READ_DEATH, of=get_death), methods=["GET", "POST"])
def interests(death: ChildDeath) -> Any:
    """Declare an interest in a case; the co-ordinator sees those declared, and records what others say."""
    person, keeps = viewer(), bool(may(viewer(), Permission.KEEP_PANELS))
    others = [each for each in people_with_cases() if each.id != person.id] if keeps else []
    form = InterestForm()
    form.offer((str(person.id), f"{person.name} (you)"), others)
    if not keeps:
        del form.person
    if form.validate_on_submit() and form.attempt(lambda: _declare(form, death, others)):
        # The case may be closed to this person now: no page of it can follow.
        own = not keeps or form.person.data == str(person.id)
        flash("The interest is recorded." + (" You no longer see the case." if own else ""), "success")
        return redirect(url_for("panels.index") if own else _page_of(death))
    return render_template(
        "panels/interests.html",
        form=form,
        death=death,
        keeps=keeps,
        declared=list_interests(person, death),
    )


@blueprint.route(
    f"{ONE}/<int:interest_id>/lift",
    access=Access(Permission.KEEP_PANELS, of=get_interest),
    methods=["GET", "POST"],
)
def lift(interest: Interest) -> Any:
    """Lift an interest, with the reason."""
    form = LiftForm(data={"version": str(interest.version)})
    if form.validate_on_submit() and form.attempt(
        lambda: lift_interest(viewer(), interest, form.reason.data, form.seen_version), lambda _: {}
    ):
        flash("The interest is lifted. The person sees the case again.", "success")
        return redirect(_page_of(interest.death))
    return render_template(
        "panels/interest_lift.html", form=form, interest=interest, death=interest.death
    ), form.status


@referrals.route(
    "/referrals/<int:referral_id>/interest",
    access=Access(Permission.ANSWER_REFERRAL, of=get_referral),
    methods=["GET", "POST"],
)
def interest(referral: Referral) -> Any:
    """Declare one's own interest in a death that was referred to the SCR subgroup, as its chair."""
    form, death = InterestForm(), referral.death
    del form.person
    if form.validate_on_submit() and form.attempt(lambda: _declare(form, death, [])):
        flash("The interest is recorded. You no longer see this referral.", "success")
        return redirect(url_for("referrals.index"))
    return render_template("panels/referral_interest.html", form=form, referral=referral)


def _declare(form: InterestForm, death: ChildDeath, others: list[User]) -> Interest:
    named = form.person.data if "person" in form else str(viewer().id)
    if not named:
        raise InvalidInput({"person": "Choose whose interest it is."})
    user = next((each for each in others if str(each.id) == named), None) or User.get_by_id(viewer().id)
    return declare_interest(viewer(), death, user, form.nature.data)


def _page_of(death: ChildDeath) -> str:
    return url_for("panels.interests", death_id=death.id)
