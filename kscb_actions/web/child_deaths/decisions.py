"""The panel's decision on a case, and its correction."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Reach, reach
from kscb_actions.child_deaths import terms
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.cases.words import facts_of_case, returns_in_words
from kscb_actions.child_deaths.drafting.queries import Drafted, comments_of, draft_of
from kscb_actions.child_deaths.drafting.rules import Changed, changes
from kscb_actions.child_deaths.judging.comparing import compare, in_other_words, suggestion
from kscb_actions.child_deaths.judging.decisions import (
    NOBODY_THERE,
    Decided,
    list_decisions,
    next_undecided,
    why_not_decide,
)
from kscb_actions.child_deaths.judging.decisions import correct as correct_decision
from kscb_actions.child_deaths.judging.decisions import decide as record_decision
from kscb_actions.child_deaths.judging.queries import judgements_of, proposals_of
from kscb_actions.child_deaths.judging.rules import Judgement, cleaned
from kscb_actions.child_deaths.meetings.models import PanelCase
from kscb_actions.child_deaths.meetings.rules import Way
from kscb_actions.child_deaths.returns.queries import list_returns
from kscb_actions.child_deaths.visibility import get_death, get_panel_case
from kscb_actions.figures.annual.correcting import reports_counting
from kscb_actions.settings.districts import read_districts
from kscb_actions.web.shared.guard import Access, viewer
from kscb_actions.wording import plural

from . import panel_pages
from .judgement_form import CorrectionForm, DecisionForm, analysis_of, form_with


@panel_pages.route(
    "/panels/<int:meeting_id>/cases/<int:death_id>/decide",
    access=Access(Permission.DECIDE_CASE, of=get_panel_case),
    methods=["GET", "POST"],
)
def decide(case: PanelCase) -> Any:
    """Record what the panel decided; the form begins with the draft, or with what most proposed."""
    back = url_for("panels.case", meeting_id=case.meeting_id, death_id=case.death_id)
    drafted = draft_of(viewer(), case) if case.meeting.way == Way.DRAFT else None
    proposals = proposals_of(viewer(), case) if case.meeting.closed_at else []
    counted = [(each.member.name, each.judgement) for each in proposals if each.judgement]
    form, begun = _decision_form(case, drafted, [judgement for _, judgement in counted])
    if form.carried_out(
        lambda: record_decision(
            viewer(), case, form.judgement(), form.reasons.data, form.completed_on.data, form.seen_version
        ),
        lambda draft: {**form.filled(judgements_of([draft])[draft.id]), "reasons": draft.reasons},
    ):
        changed = changes(begun, cleaned(form.judgement())) if drafted and drafted.judgement else ()
        return _go_on(case, back, changed)
    return render_template(
        "child_deaths/judging/decide.html",
        form=form,
        meeting=case.meeting,
        refusal=why_not_decide(viewer(), case) if request.method == "GET" else None,
        nobody_there=NOBODY_THERE,
        keeps=reach(viewer(), Permission.KEEP_PANELS) is Reach.ALL,
        comparison=compare(counted) if counted else None,
        proposals=proposals,
        drafted=drafted,
        comments=comments_of(viewer(), case) if case.meeting.way == Way.DRAFT else [],
        following=next_undecided(viewer(), case),
        own_words=in_other_words(counted),
        **_about(case.death, back),
    ), form.status


@panel_pages.route(
    "/deaths/<int:death_id>/correct",
    access=Access(Permission.KEEP_PANELS, of=get_death),
    methods=["GET", "POST"],
)
def correct(death: ChildDeath) -> Any:
    """Put another decision in the place of the one that stands, with the reason."""
    decisions = list_decisions(viewer(), death)
    back = url_for("deaths.show", death_id=death.id)
    if not decisions:
        flash("There is no decision on this case to correct.", "important")
        return redirect(back)
    form, counted = _correction_form(death, decisions[0]), reports_counting(death.id)
    if form.is_submitted() and form.attempt_on(death, lambda: _correct(death, form)):
        done = f"The decision is corrected. The one before it stays readable. {counted.after}"
        flash(done.rstrip(), "success")
        return redirect(back)
    meeting = decisions[0].decision.meeting
    return render_template(
        "child_deaths/judging/decide.html",
        form=form,
        meeting=meeting,
        own_words={},
        reports=counted.before,
        **_about(death, back),
    ), form.status


def _decision_form(
    case: PanelCase, drafted: Drafted | None, proposed: list[Judgement]
) -> tuple[DecisionForm, Judgement]:
    """Return the form, and with what it begins: the draft that counts, or what most proposed."""
    begun = drafted.judgement if drafted and drafted.judgement else suggestion(proposed)
    made = form_with(DecisionForm, begun, request.form, analysis_of(case.death))
    form = made(
        data={
            **made.filled(begun),
            "version": str(drafted.draft.version if drafted else 0),
            "reasons": drafted.draft.reasons if drafted and drafted.judgement else "",
            "completed_on": case.meeting.held_on,
        }
    )
    form.offer(case.meeting.held_on, clock.today())
    return form, begun


def _go_on(case: PanelCase, back: str, changed: Sequence[Changed]) -> Any:
    following = next_undecided(viewer(), case) if request.form.get("next") == "next" else None
    told = "The panel’s decision is recorded."
    if changed:
        told += f" It changes {plural(len(changed), 'answer')} of the draft: the case’s page shows which."
    if following is None:
        flash(told, "success")
        return redirect(back)
    flash(f"{told} This is the next case.", "success")
    return redirect(url_for("panels.case", meeting_id=following.meeting_id, death_id=following.death_id))


def _correct(death: ChildDeath, form: CorrectionForm) -> None:
    correct_decision(
        viewer(),
        death,
        form.judgement(),
        form.reasons.data,
        form.completed_on.data,
        form.correction_reason.data,
        form.seen_version,
    )


def _correction_form(death: ChildDeath, current: Decided) -> CorrectionForm:
    made = form_with(CorrectionForm, current.judgement, request.form, analysis_of(death))
    form = made(data=made.filled_from(current))
    meeting = current.decision.meeting
    form.offer(meeting.held_on if meeting else death.died_on, current.decision.completed_on, clock.today())
    return form


def _about(death: ChildDeath, back: str) -> dict[str, Any]:
    return {
        "death": death,
        "back": back,
        "terms": terms,
        "facts": facts_of_case(death, read_districts().names),
        "returns": returns_in_words(list_returns(viewer(), death)),
    }
