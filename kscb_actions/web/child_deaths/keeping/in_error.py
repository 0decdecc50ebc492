"""Pages on which a case recorded in error is closed, seen, and brought back."""

from typing import Any

from flask import flash, redirect, render_template, url_for

from kscb_actions import clock
from kscb_actions.access.policy import Permission, may
from kscb_actions.child_deaths import terms
from kscb_actions.child_deaths.cases.history import WholeCase, whole_case
from kscb_actions.child_deaths.cases.in_error import ErrorFacts, bring_back, close_in_error
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.visibility import get_death, get_recorded_death
from kscb_actions.figures.annual.correcting import reports_counting
from kscb_actions.terms import say
from kscb_actions.web.child_deaths import death_pages
from kscb_actions.web.shared.forms import HouseForm, radios, save_button, text_area, text_line
from kscb_actions.web.shared.guard import Access, viewer
from kscb_actions.wording import date_uk

ONE = "/deaths/<int:death_id>"
BOTH = ["GET", "POST"]


class CloseForm(HouseForm):
    """Ask why a case is none of this panel."""

    void_as = radios("Why is it no case of this panel?", terms.VOID_NAMES.items())
    duplicate_of = text_line("If it is a duplicate: the number of the case that stays", "Like 11/042.")
    reason = text_area("How was it found out?", "In a sentence, for whoever reads this later. No names.")
    submit = save_button("Close the case")

    @property
    def facts(self) -> ErrorFacts:
        """Return what was typed, for the service."""
        return ErrorFacts(self.void_as.data, self.reason.data, self.duplicate_of.data)


class BringBackForm(HouseForm):
    """Ask why a case is brought back."""

    reason = text_area("Why does it count after all?", "For whoever reads this later. No names.")
    submit = save_button("Bring the case back")


@death_pages.route(
    f"{ONE}/close-in-error", access=Access(Permission.RECORD_DEATH, of=get_death), methods=BOTH
)
def close(death: ChildDeath) -> Any:
    """Close a case that was recorded in error, after saying what that does."""
    counted, back = reports_counting(death.id), url_for("deaths.show", death_id=death.id)
    form = CloseForm(data={"version": str(death.version)})
    if form.carried_out(
        lambda: close_in_error(viewer(), death, form.facts, form.seen_version), theirs=_version
    ):
        done = f"The case is closed as recorded in error. It counts nowhere. {counted.after}"
        flash(done.rstrip(), "success")
        return redirect(back)
    effects = _effects(whole_case(viewer(), death, clock.today()))
    return render_template(
        "child_deaths/cases/close.html",
        form=form,
        death=death,
        back=back,
        effects=effects,
        reports=counted.before,
    ), form.status


@death_pages.route(
    f"{ONE}/bring-back", access=Access(Permission.RECORD_DEATH, of=get_recorded_death), methods=BOTH
)
def bring_case_back(death: ChildDeath) -> Any:
    """Bring back a case that was closed by mistake."""
    back = url_for("deaths.show", death_id=death.id)
    if not death.void_as:
        flash("The case is not closed: it counts.", "important")
        return redirect(back)
    form = BringBackForm(data={"version": str(death.version)})
    if form.carried_out(
        lambda: bring_back(viewer(), death, form.reason.data, form.seen_version), theirs=_version
    ):
        flash("The case is back. It counts again, and stands again where it stood.", "success")
        return redirect(back)
    return render_template(
        "child_deaths/cases/bring_back.html", form=form, death=death, back=back
    ), form.status


def show_in_error(death: ChildDeath) -> Any:
    """Show a case that was recorded in error: why, and what is kept of it."""
    original = death.duplicate_of
    return render_template(
        "child_deaths/cases/in_error.html",
        death=death,
        why=terms.VOID_NAMES.get(death.void_as, death.void_as),
        original=original if original and get_death(viewer(), original.id) else None,
        whole=whole_case(viewer(), death, clock.today()),
        reports=reports_counting(death.id).after,
        may_record=may(viewer(), Permission.RECORD_DEATH),
        terms=terms,
    )


def _effects(whole: WholeCase) -> list[str]:
    """Return what closing does, in sentences."""
    said = ["It is counted in no table, and stands in no list but that of the cases recorded in error."]
    open_panels = [each.meeting for each in whole.cases if each.meeting.closed_at is None]
    said += [f"It leaves the agenda of the meeting on {date_uk(each.held_on)}." for each in open_panels]
    if whole.outstanding:
        said.append("Agencies that have not answered are no longer chased.")
    if any(referral.is_referred and not answers for referral, answers in whole.referrals):
        said.append(say("The SCR subgroup no longer sees its referral, which has no answer yet."))
    return [*said, "All that was recorded is kept on the case’s page, and it can be brought back."]


def _version(row: ChildDeath) -> dict[str, Any]:
    return {"version": str(row.version)}
