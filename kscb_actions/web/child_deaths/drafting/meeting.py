"""What the co-ordinator says of a whole meeting: who drafts which case, and that its papers are ready."""

from typing import Any

from flask import flash, redirect, render_template, url_for

from kscb_actions.access.policy import Permission
from kscb_actions.child_deaths.drafting.queries import may_be_named
from kscb_actions.child_deaths.drafting.service import name_drafters
from kscb_actions.child_deaths.judging.queries import list_cases
from kscb_actions.child_deaths.meetings.models import PanelCase, PanelMeeting
from kscb_actions.child_deaths.meetings.rules import Way
from kscb_actions.child_deaths.meetings.service import say_papers_are_ready
from kscb_actions.child_deaths.visibility import get_meeting
from kscb_actions.people.models import User
from kscb_actions.text import whole_number
from kscb_actions.web.child_deaths import panel_pages
from kscb_actions.web.shared.forms import HouseForm, save_button, select
from kscb_actions.web.shared.guard import Access, viewer
from kscb_actions.wording import plural

KEEP = Access(Permission.KEEP_PANELS, of=get_meeting)
BOTH = ["GET", "POST"]


class DraftersForm(HouseForm):
    """Ask for each case who drafts it; `drafters_form` makes the class with a field for each."""

    cases: tuple[PanelCase, ...] = ()
    submit = save_button()

    @property
    def named(self) -> dict[int, int | None]:
        """Return {case of the agenda: who was chosen; None for the co-ordinator}."""
        chosen = {case.id: self[f"drafter_{case.id}"].data for case in self.cases}
        # 0 is nobody's: what was never on offer is refused beside its field.
        return {case: (whole_number(person) or 0) if person else None for case, person in chosen.items()}


class PapersReadyForm(HouseForm):
    """Ask for nothing: it is confirmed."""

    submit = save_button("Say that they are ready")


def drafters_form(cases: list[PanelCase], able: dict[int, list[User]]) -> type[DraftersForm]:
    """Return the form class for these cases, with those who are able to draft each."""
    fields: dict[str, Any] = {"cases": tuple(cases)}
    for case in cases:
        people = [(str(each.id), each.name) for each in able[case.death_id]]
        choices = [("", "The co-ordinator"), *people]
        fields[f"drafter_{case.id}"] = select(f"Case {case.death.case_number}", choices, wrong=None)
    return type("DraftersForm", (DraftersForm,), fields)


@panel_pages.route("/panels/<int:meeting_id>/drafters", access=KEEP, methods=BOTH)
def drafters(meeting: PanelMeeting) -> Any:
    """Name who drafts which case, all in one save."""
    back = url_for("panels.show", meeting_id=meeting.id)
    cases = list_cases(viewer(), meeting)
    if meeting.way != Way.DRAFT or meeting.closed_at or not cases:
        flash("There is nothing to draft at this meeting.", "important")
        return redirect(back)
    made = drafters_form(cases, may_be_named(meeting, [case.death_id for case in cases]))
    form = made(data={f"drafter_{case.id}": str(case.drafter_id or "") for case in cases})
    changed: list[int] = []
    if form.carried_out(lambda: changed.append(name_drafters(viewer(), meeting, form.named))):
        flash(f"It is recorded who drafts. {plural(changed[0], 'case')} changed.", "success")
        return redirect(back)
    return render_template("child_deaths/drafting/drafters.html", form=form, meeting=meeting, back=back)


@panel_pages.route("/panels/<int:meeting_id>/papers-ready", access=KEEP, methods=BOTH)
def papers_ready(meeting: PanelMeeting) -> Any:
    """Say that the papers of a meeting are ready, so that its members are told."""
    form, back = PapersReadyForm(), url_for("panels.show", meeting_id=meeting.id)
    if form.carried_out(lambda: say_papers_are_ready(viewer(), meeting)):
        flash("The members are told in the morning that the papers are ready.", "success")
        return redirect(back)
    return render_template("child_deaths/drafting/papers_ready.html", form=form, meeting=meeting, back=back)
