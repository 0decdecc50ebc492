"""The page of a case at a meeting with drafts: the draft, what is said of it, and what the panel changed."""

from collections.abc import Mapping
from typing import Any

from flask import render_template

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Reach, reach
from kscb_actions.child_deaths.drafting.queries import (
    Drafted,
    can_draft,
    comments_of,
    draft_of,
    drafts_of_cases,
    keeps_panels,
    why_not_now,
)
from kscb_actions.child_deaths.drafting.rules import Changed, changes
from kscb_actions.child_deaths.drafting.words import draft_in_words
from kscb_actions.child_deaths.judging.decisions import Decided, list_decisions
from kscb_actions.child_deaths.judging.queries import sits_on
from kscb_actions.child_deaths.meetings.models import PanelCase, PanelMeeting
from kscb_actions.child_deaths.meetings.queries import my_cases
from kscb_actions.web.shared.guard import viewer


def page_by_draft(case: PanelCase, about: Mapping[str, Any]) -> Any:
    """Return the page of a case that this person sees at a meeting with drafts."""
    drafted, decisions = draft_of(viewer(), case), list_decisions(viewer(), case.death)
    has_seat, keeps = sits_on(viewer(), case.meeting), keeps_panels(viewer())
    standing = drafts_of_cases({case.id: (case.death_id, case.drafter_id)}, case.meeting)[case.id]
    return render_template(
        "child_deaths/drafting/case.html",
        case=case,
        drafted=drafted,
        draft_rows=draft_in_words(drafted) if drafted else [],
        standing=standing,
        comments=comments_of(viewer(), case),
        changed=_changed(drafted, decisions, case.meeting),
        decisions=decisions,
        closed=why_not_now(case),
        can_draft=can_draft(viewer(), case),
        can_decide=reach(viewer(), Permission.DECIDE_CASE) is not Reach.NONE,
        has_seat=has_seat,
        keeps=keeps,
        following=next_owed(case) if has_seat else None,
        today=clock.today(),
        **about,
    )


def next_owed(case: PanelCase) -> PanelCase | None:
    """Return the next case of the meeting of which this person owes something; the first after this one."""
    owed = [
        each.case for each in my_cases(viewer(), case.meeting) if each.is_owed and each.case.id != case.id
    ]
    after = (each for each in owed if (each.place, each.id) > (case.place, case.id))
    return next(after, owed[0] if owed else None)


def _changed(
    drafted: Drafted | None, decisions: list[Decided], meeting: PanelMeeting
) -> tuple[Changed, ...] | None:
    """Return what the panel changed of the draft at this meeting; None where it decided nothing of one."""
    here = [each for each in decisions if each.decision.meeting_id == meeting.id]
    if not here or drafted is None or drafted.judgement is None:
        return None
    # Corrections come after it, each with a reason of its own.
    return changes(drafted.judgement, here[-1].judgement)
