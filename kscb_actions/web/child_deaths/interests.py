"""Pages on which an interest in a case is declared, and lifted again by somebody else."""

from typing import Any

from flask import flash, redirect, render_template, url_for

from kscb_actions.access.policy import Permission, may
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.learning.models import Referral
from kscb_actions.child_deaths.learning.referrals import get_referral
from kscb_actions.child_deaths.meetings.interests import declare_interest, lift_interest, people_with_cases
from kscb_actions.child_deaths.meetings.models import Interest
from kscb_actions.child_deaths.meetings.queries import get_interest, list_interests
from kscb_actions.child_deaths.meetings.rules import problems_with_interest
from kscb_actions.child_deaths.visibility import get_death
from kscb_actions.people.models import User
from kscb_actions.text import InvalidInput
from kscb_actions.web.shared.forms import HouseForm, options, save_button, select, text_area
from kscb_actions.web.shared.guard import Access, viewer

from . import panel_pages, referral_pages


class InterestForm(HouseForm):
    """Ask for an interest to declare: one's own, or what another said to the co-ordinator."""

    person = select("Whose interest is it?", wrong="Choose a person from the list.")
    nature = text_area("What is the interest?", "In a few words, like “I treated the child”. No names.")
    submit = save_button("Declare the interest")

    def offer(self, own: tuple[str, str], others: list[User]) -> None:
        """Put oneself first, then these people on offer. Nobody is preset: to them the case closes."""
        self.person.choices = options(
            [("", "Choose a person"), own, *((str(each.id), each.name) for each in others)]
        )


class LiftForm(HouseForm):
    """Ask for the reason for which an interest is lifted."""

    reason = text_area("Reason", "For whoever reads this later.")
    submit = save_button("Lift the interest")


ONE = "/deaths/<int:death_id>/interests"


@panel_pages.route(ONE, access=Access(Permission.READ_DEATH, of=get_death), methods=["GET", "POST"])
def interests(death: ChildDeath) -> Any:
    """Declare an interest in a case; the co-ordinator sees those declared, and records others'."""
    person, keeps = viewer(), bool(may(viewer(), Permission.KEEP_PANELS))
    others = [each for each in people_with_cases() if each.id != person.id] if keeps else []
    form = InterestForm()
    form.offer((str(person.id), f"{person.name} (you)"), others)
    if not keeps:
        del form.person
    if form.carried_out(lambda: _declare(form, death, others)):
        # The case may be closed to this person now: no page of it can follow.
        own = not keeps or form.person.data == str(person.id)
        flash("The interest is recorded." + (" You no longer see the case." if own else ""), "success")
        return redirect(url_for("panels.index") if own else _page_of(death))
    return render_template(
        "child_deaths/meetings/interests.html",
        form=form,
        death=death,
        keeps=keeps,
        declared=list_interests(person, death),
    )


@panel_pages.route(
    f"{ONE}/<int:interest_id>/lift",
    access=Access(Permission.KEEP_PANELS, of=get_interest),
    methods=["GET", "POST"],
)
def lift(interest: Interest) -> Any:
    """Lift an interest, with the reason."""
    form = LiftForm(data={"version": str(interest.version)})
    if form.carried_out(
        lambda: lift_interest(viewer(), interest, form.reason.data, form.seen_version), lambda _: {}
    ):
        flash("The interest is lifted. The person sees the case again.", "success")
        return redirect(_page_of(interest.death))
    return render_template(
        "child_deaths/meetings/interest_lift.html", form=form, interest=interest, death=interest.death
    ), form.status


@referral_pages.route(
    "/referrals/<int:referral_id>/interest",
    access=Access(Permission.ANSWER_REFERRAL, of=get_referral),
    methods=["GET", "POST"],
)
def interest(referral: Referral) -> Any:
    """Declare one's own interest in a death that was referred to the SCR subgroup, as its chair."""
    form, death = InterestForm(), referral.death
    del form.person
    if form.carried_out(lambda: _declare(form, death, [])):
        flash("The interest is recorded. You no longer see this referral.", "success")
        return redirect(url_for("referrals.index"))
    return render_template("child_deaths/learning/referral_interest.html", form=form, referral=referral)


def _declare(form: InterestForm, death: ChildDeath, others: list[User]) -> Interest:
    named = form.person.data if "person" in form else str(viewer().id)
    if not named:
        problems = problems_with_interest(form.nature.data, is_declared=False)
        raise InvalidInput({"person": "Choose whose interest it is.", **problems})
    user = next((each for each in others if str(each.id) == named), None) or User.get_by_id(viewer().id)
    return declare_interest(viewer(), death, user, form.nature.data)


def _page_of(death: ChildDeath) -> str:
    return url_for("panels.interests", death_id=death.id)
