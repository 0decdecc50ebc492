"""Pages of proposals: a member makes one, the co-ordinator closes them, then they are seen side by side."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Reach, reach
from kscb_actions.child_deaths import terms
from kscb_actions.child_deaths.cases.words import facts_of_case, returns_in_words
from kscb_actions.child_deaths.judging.comparing import compare
from kscb_actions.child_deaths.judging.decisions import list_decisions
from kscb_actions.child_deaths.judging.models import Categorisation
from kscb_actions.child_deaths.judging.proposals import close_proposals
from kscb_actions.child_deaths.judging.proposals import propose as make_proposal
from kscb_actions.child_deaths.judging.queries import (
    get_own_case,
    judgements_of,
    list_cases,
    next_case,
    own_proposal,
    progress_of,
    proposals_of,
    sits_on,
    who_has_proposed,
)
from kscb_actions.child_deaths.meetings.models import PanelCase, PanelMeeting
from kscb_actions.child_deaths.meetings.rules import Way
from kscb_actions.child_deaths.returns.queries import list_returns
from kscb_actions.child_deaths.visibility import get_meeting, get_panel_case
from kscb_actions.settings.districts import read_districts
from kscb_actions.web.shared.forms import HouseForm, save_button
from kscb_actions.web.shared.guard import Access, viewer

from . import panel_pages
from .drafting.case_page import page_by_draft
from .judgement_form import JudgementForm, analysis_of, form_with


class CloseForm(HouseForm):
    """Ask for nothing: closing is confirmed."""

    submit = save_button("Close proposals")


@panel_pages.route(
    "/panels/<int:meeting_id>/cases/<int:death_id>/propose",
    access=Access(Permission.PROPOSE, of=get_own_case),
    methods=["GET", "POST"],
)
def propose(case: PanelCase) -> Any:
    """Take a member's proposal on one case."""
    is_over = case.meeting.closed_at or case.meeting.way == Way.DRAFT
    if is_over and request.method == "GET":
        return redirect(_address("panels.case", case))
    form = _proposal_form(case)
    if form.carried_out(
        lambda: make_proposal(viewer(), case, form.judgement(), form.seen_version),
        lambda current: form.filled(judgements_of([current])[current.id]),
    ):
        return _go_on(case)
    return render_template(
        "child_deaths/judging/propose.html",
        form=form,
        case=case,
        progress=progress_of(viewer(), [case.meeting])[case.meeting_id],
        following=next_case(viewer(), case),
        interest=url_for("panels.interests", death_id=case.death_id),
        **_about(case),
    ), form.status


@panel_pages.route(
    "/panels/<int:meeting_id>/close",
    access=Access(Permission.KEEP_PANELS, of=get_meeting),
    methods=["GET", "POST"],
)
def close(meeting: PanelMeeting) -> Any:
    """Close a meeting's proposals, after seeing who has not proposed; or a meeting with drafts."""
    form = CloseForm()
    if meeting.way == Way.DRAFT:
        form.submit.label.text = "Close the meeting"
    if form.carried_out(lambda: close_proposals(viewer(), meeting)):
        is_by_draft = meeting.way == Way.DRAFT
        told = (
            "The meeting is closed."
            if is_by_draft
            else "Proposals are closed. You can see them side by side."
        )
        flash(told, "success")
        return redirect(address_of_meeting(meeting))
    asked = who_has_proposed(viewer(), meeting)
    missing = [
        (case, [member for member, has_proposed in asked[case.death_id] if not has_proposed])
        for case in list_cases(viewer(), meeting)
    ]
    return render_template(
        "child_deaths/meetings/close.html",
        form=form,
        meeting=meeting,
        missing=missing,
        back=address_of_meeting(meeting),
    ), form.status


@panel_pages.route(
    "/panels/<int:meeting_id>/cases/<int:death_id>", access=Access(Permission.READ_DEATH, of=get_panel_case)
)
def case(case: PanelCase) -> Any:
    """Show a case on a panel: who has proposed, and once proposals are closed what, side by side.

    At a meeting with drafts, the draft and what is said of it.
    """
    if case.meeting.way == Way.DRAFT:
        return page_by_draft(case, _about(case))
    is_closed = case.meeting.closed_at is not None
    proposals = proposals_of(viewer(), case) if is_closed else []
    counted = [(each.member.name, each.judgement) for each in proposals if each.judgement]
    asked = who_has_proposed(viewer(), case.meeting)[case.death_id]
    return render_template(
        "child_deaths/judging/case.html",
        case=case,
        keeps=reach(viewer(), Permission.KEEP_PANELS) is Reach.ALL,
        can_decide=reach(viewer(), Permission.DECIDE_CASE) is not Reach.NONE,
        has_seat=sits_on(viewer(), case.meeting),
        asked=asked,
        proposals=proposals,
        comparison=compare(counted) if counted else None,
        decisions=list_decisions(viewer(), case.death),
        **_about(case),
    )


def address_of_meeting(meeting: PanelMeeting) -> str:
    """Return the address of a meeting's own page."""
    return url_for("panels.show", meeting_id=meeting.id)


def _proposal_form(case: PanelCase) -> JudgementForm:
    kept: Categorisation | None = own_proposal(viewer(), case)
    judgement = judgements_of([kept])[kept.id] if kept else None
    made = form_with(JudgementForm, judgement, request.form, analysis_of(case.death))
    filled = made.filled(judgement) if judgement else {}
    form = made(data={"version": str(kept.version if kept else 0), **filled})
    form.offer(clock.today())
    return form


def _go_on(case: PanelCase) -> Any:
    following = next_case(viewer(), case) if request.form.get("next") == "next" else None
    if following:
        flash("Your proposal is saved. This is the next case.", "success")
        return redirect(_address("panels.propose", following))
    flash("Your proposal is saved. You can change it until proposals are closed.", "success")
    return redirect(address_of_meeting(case.meeting))


def _address(endpoint: str, case: PanelCase) -> str:
    return url_for(endpoint, meeting_id=case.meeting_id, death_id=case.death_id)


def _about(case: PanelCase) -> dict[str, Any]:
    return {
        "meeting": case.meeting,
        "death": case.death,
        "facts": facts_of_case(case.death, read_districts().names),
        "returns": returns_in_words(list_returns(viewer(), case.death)),
        "terms": terms,
        "back": address_of_meeting(case.meeting),
    }
