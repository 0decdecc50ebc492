"""Pages with which the co-ordinator keeps a meeting: its days, members, agenda and attendance."""

from collections.abc import Callable, Iterable
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from .. import clock
from ..access.guard import Access, viewer
from ..access.policy import Permission
from ..deaths.models import ChildDeath, PanelMeeting
from ..deaths.queries import get_death, get_meeting
from ..people.queries import list_agencies
from ..templating import date_uk, plural
from ..text import InvalidInput
from .blueprint import blueprint
from .decision_queries import list_attendance
from .meeting_forms import AttendanceForm, CaseForm, MeetingForm, SeatForm, WhichMeetingForm
from .offers import case_groups, likeliest, member_groups, open_meetings
from .queries import agenda as read_agenda
from .queries import cases_to_decide, get_decided_case, seated
from .rules import CLOSED, are_proposals_open
from .service import (
    add_case,
    add_cases,
    edit_meeting,
    move_case_up,
    plan_meeting,
    record_attendance,
    remove_attendance,
    remove_case,
    seat_members,
    unseat_member,
)

KEEP = Access(Permission.KEEP_PANELS, of=get_meeting)
BOTH = ["GET", "POST"]
GONE = "This has changed since you opened the page. Look again."


@blueprint.route("/panels/new", access=Access(Permission.KEEP_PANELS), methods=BOTH)
def new() -> Any:
    """Plan a meeting."""
    form, planned = MeetingForm(), []
    if form.validate_on_submit() and form.attempt(
        lambda: planned.append(plan_meeting(viewer(), *_typed(form)))
    ):
        flash("The meeting is planned. Now give the members their seats.", "success")
        return redirect(url_for("panels.members", meeting_id=planned[0].id))
    return render_template("panels/meeting_new.html", form=form)


@blueprint.route("/panels/<int:meeting_id>/edit", access=KEEP, methods=BOTH)
def edit(meeting: PanelMeeting) -> Any:
    """Change a meeting's days and note."""
    form = MeetingForm(data=MeetingForm.filled(meeting))
    if form.validate_on_submit() and form.attempt(
        lambda: edit_meeting(viewer(), meeting, *_typed(form), form.seen_version), MeetingForm.filled
    ):
        flash("The meeting is saved.", "success")
        return redirect(url_for("panels.show", meeting_id=meeting.id))
    return render_template("panels/meeting_edit.html", form=form, meeting=meeting), form.status


@blueprint.route("/panels/<int:meeting_id>/members", access=KEEP, methods=BOTH)
def members(meeting: PanelMeeting) -> Any:
    """Who sits on the panel: give seats, or take one back."""
    form, people, groups = SeatForm(), seated(meeting), member_groups(meeting)
    form.offer(groups)
    if "remove" in request.form:
        if _off(form, people, lambda user: unseat_member(viewer(), meeting, user)):
            return _again("The seat is taken back.", "panels.members", meeting)
    elif form.validate_on_submit() and form.attempt(lambda: _seat(form, meeting)):
        given = plural(len(form.chosen), "member has a seat", "members have a seat")
        return _again(f"{given} and can see the cases now.", "panels.members", meeting)
    return render_template(
        "panels/meeting_members.html", form=form, meeting=meeting, people=people, groups=groups
    )


@blueprint.route("/panels/<int:meeting_id>/agenda", access=KEEP, methods=BOTH)
def agenda(meeting: PanelMeeting) -> Any:
    """The cases in their order: put some on, move one up, take it off."""
    form, cases = CaseForm(), read_agenda(viewer(), meeting)
    groups = case_groups(viewer()) if are_proposals_open(meeting.closed_at) else []
    form.offer(groups)
    on_agenda = [each.case for each in cases]
    if "remove" in request.form:
        if _off(form, on_agenda, lambda case: remove_case(viewer(), case)):
            return _again("The case is off the agenda.", "panels.agenda", meeting)
    elif "up" in request.form:
        if _off(form, on_agenda, lambda case: move_case_up(viewer(), case), "up"):
            return _again("The case is moved up.", "panels.agenda", meeting)
    elif form.validate_on_submit() and form.attempt(lambda: _put_on(form, meeting)):
        put = plural(max(1, len(form.chosen)), "case is on the agenda", "cases are on the agenda")
        return _again(f"{put}.", "panels.agenda", meeting)
    return render_template(
        "panels/meeting_agenda.html", form=form, meeting=meeting, cases=cases, groups=groups
    )


@blueprint.route(
    "/deaths/<int:death_id>/agenda", access=Access(Permission.KEEP_PANELS, of=get_death), methods=BOTH
)
def put_on(death: ChildDeath) -> Any:
    """Put one case on the agenda of a meeting: the next one, unless another is chosen."""
    back = url_for("deaths.show", death_id=death.id)
    if death not in cases_to_decide(viewer()):
        flash("The case is decided, or on the agenda of an open meeting already.", "important")
        return redirect(back)
    meetings, put = open_meetings(viewer()), []
    form = WhichMeetingForm(data={"meeting": likeliest(meetings, clock.today())})
    form.offer(meetings)
    if form.validate_on_submit() and form.attempt(lambda: put.append(_put_case_on(form, death))):
        flash(f"The case is on the agenda of the meeting on {date_uk(put[0].held_on)}.", "success")
        return redirect(back)
    return render_template("panels/put_on.html", form=form, death=death, back=back, meetings=meetings)


@blueprint.route("/panels/<int:meeting_id>/attendance", access=KEEP, methods=BOTH)
def attendance(meeting: PanelMeeting) -> Any:
    """Which agencies were there, by post."""
    form, there, agencies = AttendanceForm(), list_attendance(meeting), list_agencies()
    form.offer(agencies)
    if "remove" in request.form:
        if _off(form, there, lambda each: remove_attendance(viewer(), each)):
            return _again("It is taken off.", "panels.attendance", meeting)
    elif form.validate_on_submit() and form.attempt(
        lambda: record_attendance(
            viewer(),
            meeting,
            next((each for each in agencies if each.code == form.agency.data), None),
            form.post.data,
        )
    ):
        return _again("The agency is recorded.", "panels.attendance", meeting)
    return render_template(
        "panels/meeting_attendance.html", form=form, meeting=meeting, there=there, today=clock.today()
    )


def _typed(form: MeetingForm) -> tuple[Any, Any, str]:
    return form.held_on.data, form.proposals_due_on.data, form.note.data


def _seat(form: SeatForm, meeting: PanelMeeting) -> None:
    # Without anybody to choose the page has no such field to lead to.
    if "members" not in form:
        raise InvalidInput({"": GONE})
    seat_members(viewer(), meeting, form.chosen)


def _put_on(form: CaseForm, meeting: PanelMeeting) -> None:
    if not are_proposals_open(meeting.closed_at):
        raise InvalidInput({"": CLOSED})
    if not form.decided_case.data:
        if "cases" not in form:
            raise InvalidInput({"": GONE})
        add_cases(viewer(), meeting, form.chosen)
        return
    death = get_decided_case(viewer(), form.decided_case.data)
    if death is None:
        raise InvalidInput({"decided_case": "No decided case has this number."})
    add_case(viewer(), meeting, death, for_correction=True)


def _put_case_on(form: WhichMeetingForm, death: ChildDeath) -> PanelMeeting:
    meeting = form.chosen
    if meeting is None:
        raise InvalidInput({"meeting" if form.meeting.choices else "": "Select a meeting."})
    add_case(viewer(), meeting, death)
    return meeting


def _off(form: Any, rows: Iterable[Any], take_off: Callable[[Any], None], name: str = "remove") -> bool:
    """Do it to the row that a button named; True when it was done. The form takes what is wrong."""
    row = next((each for each in rows if str(each.id) == request.form[name]), None)
    if row is None:
        form.form_errors.append(GONE)
        return False
    return bool(form.attempt(lambda: take_off(row)))


def _again(text: str, endpoint: str, meeting: PanelMeeting) -> Any:
    flash(text, "success")
    return redirect(url_for(endpoint, meeting_id=meeting.id))
