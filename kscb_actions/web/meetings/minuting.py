"""Holding a meeting: deciding item by item, what is minuted beside it, the minutes, and tasks."""

from typing import Any

from flask import abort, current_app, flash, g, redirect, render_template, request, url_for

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Refused
from kscb_actions.database import reading
from kscb_actions.meetings.deciding import service
from kscb_actions.meetings.deciding.models import MeetingDecision
from kscb_actions.meetings.deciding.queries import (
    count_on,
    get_decision,
    list_decisions,
    minutes_here,
    open_tasks_of,
    record_of,
)
from kscb_actions.meetings.deciding.rules import PARTS, STATE_NAMES, can_end, why_not_ended, why_not_minuted
from kscb_actions.meetings.deciding.service import Item, Overtaken
from kscb_actions.meetings.models import Meeting
from kscb_actions.meetings.queries import are_published, get_meeting, list_seats
from kscb_actions.people.models import User
from kscb_actions.reports.freezing.minutes import build_minutes, publish_minutes
from kscb_actions.reports.freezing.queries import frozen_of, minutes_row
from kscb_actions.reports.kept.edits import asks_of
from kscb_actions.terms import say
from kscb_actions.text import whole_number
from kscb_actions.web.reports.screen import shown
from kscb_actions.web.reports.ways import Ways, address_of
from kscb_actions.web.shared.guard import SIGNED_IN, Access, viewer

from . import blueprint
from .forms import DecisionForm, EndForm, RecordForm, VoidForm

MEETING = "/meetings/<int:meeting_id>"
MINUTE = Access(Permission.MINUTE_MEETING, of=get_meeting)
VANISHED = (
    "This item is not there any more. What you typed has stayed: save again to record it as an undertaking "
    "that belongs to no item."
)
FIRST = "A decision on this was recorded meanwhile. Read it, then save again if yours adds to it."


@blueprint.route(f"{MEETING}/decide", access=MINUTE, methods=["GET", "POST"])
def decide(meeting: Meeting) -> Any:
    """Record a decision on an item of the paper, or an undertaking that belongs to none."""
    _require_minuting(meeting)
    asked = request.values.get("item", "")
    item = _item(meeting, asked)
    form = DecisionForm(data={"version": str(count_on(meeting, item.place))})
    form.offer(User.select().where(User.is_active).order_by(User.name, User.id))
    theirs: list[MeetingDecision] = []
    is_gone = bool(asked) and item.place is None
    if is_gone and request.method == "GET":
        abort(404)
    if is_gone:
        form.form_errors.append(VANISHED)
    elif form.is_submitted():
        try:
            if form.carried_out(lambda: _record(meeting, item, form)):
                who = form.chosen
                told = f" {who.name} is told." if who else ""
                flash(f"The decision is recorded.{told}", "success")
                return redirect(url_for("meetings.show", meeting_id=meeting.id, _anchor="agenda"))
        except Overtaken:
            theirs = [each for each in list_decisions(viewer(), meeting) if each.item == item.place]
            form.form_errors.append(FIRST)
            form.version.data = str(count_on(meeting, item.place))
    page = render_template("meetings/decide.html", form=form, meeting=meeting, item=item, theirs=theirs)
    return page, 409 if theirs or is_gone else 200


@blueprint.route(f"{MEETING}/minute", access=MINUTE, methods=["GET", "POST"])
def minute(meeting: Meeting) -> Any:
    """Minute who was there, apologies, interests, corrections and matters arising."""
    _require_minuting(meeting)
    record = record_of(meeting)
    values = {name: getattr(record, name) for name in PARTS} if record else {"present": _seats(meeting)}
    form = RecordForm(data={**values, "version": str(record.version if record else 0)})
    if form.is_submitted():
        texts, seen = {name: form[name].data for name in PARTS}, form.seen_version
        if form.carried_out(
            lambda: service.keep_record(viewer(), meeting, texts, seen),
            lambda now: {name: getattr(now, name) for name in PARTS},
        ):
            flash("What you minuted is saved.", "success")
            return redirect(url_for("meetings.show", meeting_id=meeting.id, _anchor="record"))
    return render_template("meetings/minute.html", form=form, meeting=meeting), form.status


@blueprint.route(
    f"{MEETING}/minutes",
    access=Access(Permission.MINUTE_MEETING, of=get_meeting, is_paper=True),
)
def minutes(meeting: Meeting) -> Any:
    """Show the minutes as they are now."""
    if (published := minutes_row(viewer(), meeting)) and minutes_here(viewer(), meeting):
        flash("The minutes are published, and stay as they are.", "important")
        return redirect(url_for("reports.kept", called=published.paper.reference))
    _require_minuting(meeting)
    with reading():
        report = build_minutes(viewer(), g.board, meeting)
        sections = list(shown(report, request.args, {}))
        return render_template(
            "meetings/minutes.html",
            meeting=meeting,
            report=report,
            sections=sections,
            address_of=address_of,
            ways=Ways(viewer(), report, sections),
        )


@blueprint.route(f"{MEETING}/minutes/publish", access=MINUTE, methods=["POST"])
def publish(meeting: Meeting) -> Any:
    """Publish the minutes."""
    if not minutes_here(viewer(), meeting):
        raise Refused(say("The chair or deputy chair of the body, or the board manager, does this."))
    if not are_published(meeting):
        row = publish_minutes(viewer(), meeting, g.board, current_app.config["SETTINGS"].base_url)
        flash(f"The minutes are published as {row.paper.reference}, and the members are told.", "success")
        return redirect(url_for("reports.kept", called=row.paper.reference))
    return redirect(url_for("meetings.show", meeting_id=meeting.id, _anchor="record"))


@blueprint.route("/meetings/tasks", access=SIGNED_IN)
def tasks() -> Any:
    """List what the reader is to do for meetings."""
    return render_template("meetings/tasks.html", tasks=open_tasks_of(viewer()), today=clock.today())


@blueprint.route("/meetings/tasks/<int:decision_id>", access=SIGNED_IN, methods=["GET", "POST"])
def task(decision_id: int) -> Any:
    """Show a decision, and say what became of it."""
    decision = get_decision(viewer(), decision_id) or abort(404)
    form = EndForm(data={"version": str(decision.version)})
    ends = can_end(decision.person_id == viewer().id, minutes_here(viewer(), decision.meeting))
    if request.method == "POST" and not ends:
        flash(ends.reason, "important")
        return redirect(url_for("meetings.task", decision_id=decision_id))
    if form.carried_out(
        lambda: service.end_decision(viewer(), decision, form.outcome.data, form.seen_version),
        lambda now: {"outcome": now.outcome},
    ):
        flash(f"{decision.reference} is done. It stands so in the next paper.", "success")
        return redirect(url_for("meetings.task", decision_id=decision.id))
    now = get_decision(viewer(), decision_id)
    return render_template(
        "meetings/task.html",
        form=form,
        decision=now,
        state=STATE_NAMES[now.state] if now else "",
        ends=bool(ends) and now is not None and why_not_ended(now.state) is None,
        voids=minutes_here(viewer(), decision.meeting) and decision.state != "void",
        reads=get_meeting(viewer(), decision.meeting_id) is not None,
    ), form.status


@blueprint.route(
    "/meetings/tasks/<int:decision_id>/recorded-in-error",
    access=Access(Permission.MINUTE_MEETING, of=get_decision),
    methods=["GET", "POST"],
)
def void(decision: MeetingDecision) -> Any:
    """Mark a decision as recorded by mistake."""
    if not minutes_here(viewer(), decision.meeting):
        raise Refused("Who minutes the meeting puts it right.")
    form = VoidForm(data={"version": str(decision.version)})
    if form.carried_out(
        lambda: service.void_decision(viewer(), decision, form.reason.data, form.seen_version),
        lambda now: {"reason": now.outcome},
    ):
        flash(f"{decision.reference} is marked as recorded by mistake.", "success")
        return redirect(url_for("meetings.show", meeting_id=decision.meeting_id))
    return render_template("meetings/void.html", form=form, decision=decision), form.status


def _record(meeting: Meeting, item: Item, form: DecisionForm) -> MeetingDecision:
    return service.record_decision(
        viewer(),
        meeting,
        item,
        form.text.data,
        form.chosen,
        form.due_on.data,
        current_app.config["SETTINGS"].base_url,
        whole_number(form.version.data),
    )


def _item(meeting: Meeting, asked: str) -> Item:
    """Return the item asked for, of the paper as this person may open it today; else one without place."""
    frozen = frozen_of(viewer(), meeting)
    if frozen is None:
        return Item()
    asks, place = asks_of(frozen.report), whole_number(asked) if asked else None
    if place is None or place >= len(asks):
        return Item(reviews=frozen.report.reviews)
    return Item(place, asks[place], frozen.report.reviews)


def _require_minuting(meeting: Meeting) -> None:
    if not minutes_here(viewer(), meeting):
        raise Refused(say("The chair or deputy chair of the body, or the board manager, does this."))
    is_cancelled = meeting.cancelled_at is not None
    if why := why_not_minuted(is_cancelled, are_published(meeting), meeting.held_on, clock.today()):
        raise Refused(why)


def _seats(meeting: Meeting) -> str:
    """Return the body's seats as a list to begin with."""
    seats = list_seats(meeting.body)
    return "\n".join(f"{each.user.name}, {each.post}" for each in seats if each.user)
