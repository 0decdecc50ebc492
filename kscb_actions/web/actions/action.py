"""One action: its page, and what its agency does there."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from flask import flash, g, redirect, render_template, request

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Refused, may
from kscb_actions.actions.carrying.queries import carried_of
from kscb_actions.actions.extensions import ask_extension as ask_for
from kscb_actions.actions.extensions import open_request
from kscb_actions.actions.listing import list_one
from kscb_actions.actions.milestones.models import Milestone
from kscb_actions.actions.milestones.queries import facts_of_milestone, list_milestones
from kscb_actions.actions.milestones.rules import is_overdue, state_words, why_not_kept
from kscb_actions.actions.models import Action, facts_of
from kscb_actions.actions.owners.queries import list_joint_owners
from kscb_actions.actions.queries import get_action
from kscb_actions.actions.rating import legend, timeliness_words
from kscb_actions.actions.rules import (
    PROGRESS_NAMES,
    RECORDED_IN_ERROR,
    STANDING_NAMES,
    VOID,
    Progress,
    assurance_words,
    why_closed,
)
from kscb_actions.actions.service import update_progress
from kscb_actions.assurance.challenges.rules import LEVEL_NAMES, OUTCOME_NAMES, STATE_NAMES
from kscb_actions.assurance.overview import changes_since, overview_of
from kscb_actions.assurance.queries import standing_return
from kscb_actions.assurance.rules import EVIDENCE_KIND_NAMES
from kscb_actions.assurance.timeline.rules import TimelineEntry
from kscb_actions.audit.queries import last_event
from kscb_actions.audit.service import StaleEdit
from kscb_actions.chasing.ladder.queries import pause_of
from kscb_actions.chasing.log.story import with_reminders
from kscb_actions.impact.queries import opened_by
from kscb_actions.people.absences.queries import people_away
from kscb_actions.people.queries import agency_names
from kscb_actions.people.rules import earlier_in_words
from kscb_actions.terms import say
from kscb_actions.web.shared.forms import (
    DayField,
    HouseForm,
    actor_of,
    came_first,
    radios,
    reason_area,
    save_button,
    text_area,
)
from kscb_actions.web.shared.guard import Access, viewer
from kscb_actions.web.shared.navigation import address_after
from kscb_actions.web.voiding.entries import addresses_to_mark

from . import blueprint

STALE = "Read what was done, then save again to add yours."


class AddingForm(HouseForm):
    """A form that adds to an action's story, where a second editor overwrites nothing.

    When the action has moved since the page was opened, `since` tells what others did; what was typed
    stays, and saving once more adds it.
    """

    since: Sequence[TimelineEntry] = ()
    is_stale = False

    @property
    def status(self) -> int:
        """Return the HTTP status of the page with this form again: 409 when somebody else saved first."""
        return 409 if self.is_stale else 200

    def attempt_on(self, action: Action, operation: Callable[[], Any]) -> bool:
        """Run a service operation that adds to `action`; True when it was done."""
        seen, found = self.seen_version, action.version
        done = False
        try:
            done = self.carried_out(operation)
        except StaleEdit as stale:
            self.is_stale, found = True, stale.current.version
            is_void = getattr(stale.current, "standing", "") == VOID
            event = last_event(stale.current)
            first = came_first(actor_of(event))
            self.form_errors.append(say(RECORDED_IN_ERROR) if is_void else f"{first} {STALE}")
        if not done and found != seen:
            self.since = changes_since(action, seen)
            self.version.data = str(found)
        return done


class ProgressForm(AddingForm):
    """What the agency says of its action. Done is reported with the evidence, on its own page."""

    progress = radios(
        "How far is it?",
        [(name, text) for name, text in PROGRESS_NAMES.items() if name != Progress.DONE],
    )
    narrative = text_area(
        "What has happened since the last update?",
        "What was done, what is left and by when, what stands in the way. No names of children or families.",
    )
    submit = save_button("Save the update")


class MoreTimeForm(HouseForm):
    """A request for a later due date."""

    due_on = DayField("New due date", missing="Enter the due date you ask for.")
    reason = reason_area(
        "Why is more time needed?", "What has held it up, and what will be different by then."
    )
    submit = save_button("Ask for more time")


ADDRESS = "/reviews/<reference>/actions/<int:number>"


@blueprint.route(ADDRESS, access=Access(Permission.READ_ACTION, of=get_action))
def show(action: Action) -> Any:
    """Show the whole of an action: facts, rating, evidence, history, and what this viewer can do now."""
    facts, today, whole = facts_of(action), clock.today(), overview_of(viewer(), action)
    is_reopened = whole.returned is not None and whole.returned.decision == "reopened"
    return render_template(
        "actions/show.html",
        action=action,
        row=list_one(action, today, g.board.thresholds),
        joint_owners=list_joint_owners(action),
        carried=carried_of(viewer(), action),
        milestones=_milestones(action, today),
        keeps_milestones=bool(may(viewer(), Permission.KEEP_MILESTONES, action.owners))
        and why_not_kept(facts) is None,
        may_edit=bool(may(viewer(), Permission.EDIT_ACTION)),
        against_first=timeliness_words(facts, today, "original_due_on"),
        progress=PROGRESS_NAMES[Progress(action.progress)],
        assurance=assurance_words(action.assurance, is_reopened),
        standing_names=STANDING_NAMES,
        kind_names=EVIDENCE_KIND_NAMES,
        whole=whole,
        story=with_reminders(viewer(), action, whole.timeline),
        wrong=addresses_to_mark(action, whole.to_mark),
        was=earlier_in_words(action.earlier_agencies, agency_names(action.earlier_agencies)),
        level_names=LEVEL_NAMES,
        challenge_states=STATE_NAMES,
        outcome_names=OUTCOME_NAMES,
        legend=legend(g.board.thresholds),
        opened_by=opened_by(action),
        pause=pause_of(viewer(), action.review_id, action.agency_id, today),
        lead_away=people_away(today).of(action.lead_id) if action.lead_id else None,
    )


@blueprint.route(
    f"{ADDRESS}/update", access=Access(Permission.UPDATE_ACTION, of=get_action), methods=["GET", "POST"]
)
def update(action: Action) -> Any:
    """Report progress on one action."""
    _refuse_closed_page(action)
    preset = "" if action.progress == Progress.DONE else action.progress
    form = ProgressForm(version=str(action.version), progress=preset)
    if form.is_submitted() and form.attempt_on(action, lambda: _save_update(action, form)):
        flash(f"Your update of {action.reference} is saved.", "success")
        return redirect(address_after(action))
    return _form_page("actions/update.html", form, _as_kept(action)), form.status


@blueprint.route(
    f"{ADDRESS}/more-time", access=Access(Permission.ASK_EXTENSION, of=get_action), methods=["GET", "POST"]
)
def ask_extension(action: Action) -> Any:
    """Ask for a later due date."""
    _refuse_closed_page(action)
    if request.method == "GET" and open_request(action):
        raise Refused("You have asked for more time already. It waits for a decision.")
    form = MoreTimeForm()
    if form.carried_out(lambda: _ask(action, form)):
        flash(
            say(
                "You have asked for more time for {reference}. The Board decides.", reference=action.reference
            ),
            "success",
        )
        return redirect(address_after(action))
    if waiting := open_request(action):
        form.overtaken(last_event(waiting), {"due_on": waiting.asked_due_on, "reason": waiting.reason})
    return _form_page("actions/ask_extension.html", form, action), form.status


def _milestones(action: Action, today: date) -> list[tuple[Milestone, str, bool]]:
    """Return the milestones, each with where it stands in words and whether it is overdue."""
    found = [(each, facts_of_milestone(each)) for each in list_milestones(action)]
    return [(each, state_words(facts, today), is_overdue(facts, today)) for each, facts in found]


def _form_page(template: str, form: HouseForm, action: Action) -> str:
    return render_template(
        template, form=form, action=action, returned=standing_return(action), back=address_after(action)
    )


def _save_update(action: Action, form: ProgressForm) -> None:
    update_progress(viewer(), action, form.progress.data, form.narrative.data, form.seen_version)


def _ask(action: Action, form: MoreTimeForm) -> None:
    ask_for(viewer(), action, form.due_on.data or clock.today(), form.reason.data)


def _refuse_closed_page(action: Action) -> None:
    # Only before anything is typed: what comes in later is refused beside what was typed.
    closed = why_closed(facts_of(action))
    if closed and request.method == "GET":
        raise Refused(closed)


def _as_kept(action: Action) -> Action:
    # A change that failed has left its values on the row that was read; the page shows what is kept.
    return get_action(viewer(), action.review.reference, action.number) or action
