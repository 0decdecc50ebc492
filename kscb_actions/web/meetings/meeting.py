"""One meeting: planned, changed, cancelled, its frozen paper and what has come in since."""

from typing import Any

from flask import current_app, flash, g, redirect, render_template, url_for

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Refused, may
from kscb_actions.meetings import service
from kscb_actions.meetings.calling.queries import calls_of, is_reminded_today, responses_to
from kscb_actions.meetings.calling.rules import (
    ANSWERED_NAMES,
    rate_words,
    responses_of,
    why_not_reminded,
)
from kscb_actions.meetings.calling.service import remind_silent
from kscb_actions.meetings.deciding.queries import corrections_of, list_decisions, minutes_here, record_of
from kscb_actions.meetings.deciding.rules import PARTS, STATE_NAMES, why_not_minuted
from kscb_actions.meetings.deciding.signing import signed_off_in
from kscb_actions.meetings.models import Meeting, MeetingBody
from kscb_actions.meetings.queries import (
    are_published,
    get_body,
    get_meeting,
    is_frozen,
    past_days,
    previous_meeting,
)
from kscb_actions.meetings.rules import WHEN_NAMES, When, propose_days, when
from kscb_actions.pages import page_within
from kscb_actions.reports.freezing.queries import frozen_of, frozen_row, late_updates, minutes_row
from kscb_actions.reports.freezing.rules import why_not_frozen
from kscb_actions.reports.freezing.service import freeze_by_hand
from kscb_actions.web.reports.ways import address_of
from kscb_actions.web.shared.asked import Choice, asked_for, choice, in_force, page_number
from kscb_actions.web.shared.guard import Access, viewer
from kscb_actions.wording import plural
from kscb_actions.working_days.england import is_working_day

from . import blueprint
from .agenda import agenda_of
from .forms import CancelForm, DaysForm, FreezeForm, days_values

# Of how many meetings before it a meeting shows the rate of answers.
RATES = 2
ANSWERS_PER_PAGE = 25
MEETING = "/meetings/<int:meeting_id>"
KEEP = Access(Permission.KEEP_MEETINGS, of=get_meeting)


@blueprint.route(
    "/meetings/bodies/<int:body_id>/plan",
    access=Access(Permission.KEEP_MEETINGS, of=get_body),
    methods=["GET", "POST"],
)
def plan(body: MeetingBody) -> Any:
    """Plan the next meeting of a body, with the days proposed from its last cycle."""
    past = past_days(body)
    proposed = propose_days(past, clock.today(), is_working_day)
    form = DaysForm(data=vars(proposed))
    made: list[Meeting] = []
    if form.carried_out(lambda: made.append(service.plan_meeting(viewer(), body, *_days(form)))):
        flash("The meeting is planned. Its paper is frozen when the closing date is over.", "success")
        return redirect(url_for("meetings.show", meeting_id=made[0].id))
    return render_template("meetings/plan.html", form=form, body=body, past=past[-1:]), form.status


@blueprint.route(MEETING, access=Access(Permission.READ_MEETING, of=get_meeting))
def show(meeting: Meeting) -> Any:
    """Show a meeting: its days, its frozen paper with what it asks, and what has come in since."""
    person, today = viewer(), clock.today()
    frozen = frozen_of(person, meeting)
    frozen_for_all = frozen is not None or is_frozen(meeting)
    calls = calls_of(person, meeting)
    responses = responses_of((call.agency.name, is_answered) for call, is_answered in calls)
    published = minutes_row(person, meeting)
    standing = when(meeting.held_on, meeting.cancelled_at is not None, today)
    return render_template(
        "meetings/show.html",
        meeting=meeting,
        before=previous_meeting(meeting),
        standing=WHEN_NAMES[standing],
        is_to_come=standing is When.TO_COME,
        may_be_called=meeting.cancelled_at is None and today <= meeting.closes_on,
        frozen=frozen,
        is_frozen=frozen_for_all,
        agenda=agenda_of(frozen, decisions := list_decisions(person, meeting)),
        others=[each for each in decisions if each.item is None],
        signed_off=signed_off_in(person, meeting),
        responses=responses,
        codes={call.agency.name: call.agency.code for call, _ in calls},
        rate=rate_words(responses),
        rates=[(each, rate_words(responses_to(person, each))) for each in _before(meeting)],
        answered_names=ANSWERED_NAMES,
        reminds=may(person, Permission.KEEP_MEETINGS)
        and why_not_reminded(
            meeting.cancelled_at is not None,
            is_reminded_today(meeting),
            sum(each.asked - each.answered for each in responses),
            meeting.closes_on,
            today,
        )
        is None,
        state_names=STATE_NAMES,
        record=record_of(meeting),
        parts=PARTS,
        minutes=published,
        corrections=corrections_of(meeting) if published else (),
        minutes_it=minutes_here(person, meeting)
        and why_not_minuted(meeting.cancelled_at is not None, are_published(meeting), meeting.held_on, today)
        is None,
        late=late_updates(person, frozen) if frozen else (),
        address_of=address_of,
        keeps=bool(may(person, Permission.KEEP_MEETINGS)),
        freezes=why_not_frozen(meeting.cancelled_at is not None, frozen_for_all, meeting.held_on, today)
        is None,
    )


@blueprint.route(f"{MEETING}/answers", access=Access(Permission.READ_MEETING, of=get_meeting))
def answers(meeting: Meeting) -> Any:
    """List the actions that leads were asked for before a meeting, and whether each was answered."""
    asked = asked_for()
    calls = calls_of(viewer(), meeting)
    agencies = Choice(
        "agency", "Agency", tuple({call.agency.code: call.agency.name for call, _ in calls}.items())
    )
    answered = choice("answered", "Answered by the closing date", {"yes": "Answered", "no": "Not answered"})
    choices = [agencies, answered]
    found = [
        (call, is_answered)
        for call, is_answered in calls
        if asked.get("agency") in (None, "", call.agency.code)
        and asked.get("answered") in (None, "", "yes" if is_answered else "no")
    ]
    page, pages, before, most = page_within(page_number(asked), len(found), ANSWERS_PER_PAGE)
    return render_template(
        "meetings/answers.html",
        meeting=meeting,
        calls=found[before : before + most],
        total=len(found),
        page=page,
        pages=pages,
        per_page=ANSWERS_PER_PAGE,
        choices=choices,
        asked=asked,
        applied=in_force(asked, [each.in_words(asked.get(each.name, "")) for each in choices]),
    )


@blueprint.route(f"{MEETING}/edit", access=KEEP, methods=["GET", "POST"])
def edit(meeting: Meeting) -> Any:
    """Change a meeting's days."""
    form = DaysForm(data=days_values(meeting))
    frozen = is_frozen(meeting)
    if form.is_submitted():
        days, seen = _days(form), form.seen_version
        if form.carried_out(lambda: service.edit_meeting(viewer(), meeting, *days, seen), days_values):
            flash("The meeting’s days are saved.", "success")
            return redirect(url_for("meetings.show", meeting_id=meeting.id))
    now = get_meeting(viewer(), meeting.id)
    return render_template("meetings/edit.html", form=form, meeting=now, is_frozen=frozen), form.status


@blueprint.route(f"{MEETING}/cancel", access=KEEP, methods=["GET", "POST"])
def cancel(meeting: Meeting) -> Any:
    """Cancel a meeting."""
    form = CancelForm(data={"version": str(meeting.version)})
    if form.carried_out(
        lambda: service.cancel_meeting(viewer(), meeting, form.reason.data, form.seen_version),
        lambda now: {"reason": now.cancelled_reason},
    ):
        flash("The meeting is cancelled.", "success")
        return redirect(url_for("meetings.show", meeting_id=meeting.id))
    return render_template("meetings/cancel.html", form=form, meeting=meeting), form.status


@blueprint.route(f"{MEETING}/freeze", access=KEEP, methods=["GET", "POST"])
def freeze(meeting: Meeting) -> Any:
    """Freeze a meeting's paper by hand."""
    form = FreezeForm()
    if form.carried_out(
        lambda: freeze_by_hand(viewer(), meeting, form.reason.data, g.board, form.restricted.data)
    ):
        row = frozen_row(viewer(), meeting)
        flash(f"The paper is frozen as {row.paper.reference}." if row else "The paper is frozen.", "success")
        return redirect(url_for("meetings.show", meeting_id=meeting.id))
    if not form.is_submitted() and is_frozen(meeting):
        raise Refused("Its paper is frozen already, and stays as it is.")
    return render_template("meetings/freeze.html", form=form, meeting=meeting), form.status


@blueprint.route(f"{MEETING}/remind", access=KEEP, methods=["POST"])
def remind(meeting: Meeting) -> Any:
    """Remind those who have not answered the call."""
    try:
        count = remind_silent(viewer(), meeting, current_app.config["SETTINGS"].base_url)
    except Refused as refusal:
        flash(str(refusal), "important")
    else:
        flash(
            f"{plural(count, 'person is', 'people are')} reminded of what they have not answered.", "success"
        )
    return redirect(url_for("meetings.show", meeting_id=meeting.id, _anchor="call"))


def _before(meeting: Meeting) -> list[Meeting]:
    """Return the two meetings of the body before this one, the latest first."""
    found: list[Meeting] = []
    now: Meeting | None = meeting
    while now is not None and len(found) < RATES:
        now = previous_meeting(now)
        if now is not None:
            found.append(now)
    return found


def _days(form: DaysForm) -> tuple[Any, Any, Any, Any]:
    return form.call_on.data, form.closes_on.data, form.papers_on.data, form.held_on.data
