"""Pages with which the co-ordinator keeps a meeting: its days, members, agenda and attendance."""

from collections.abc import Callable, Iterable
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from kscb_actions import clock
from kscb_actions.access.policy import Permission
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.meetings.candidates import (
    CandidateGroup,
    CandidateRow,
    case_groups,
    member_groups,
    next_meeting_id,
    open_meetings,
)
from kscb_actions.child_deaths.meetings.models import PanelMeeting
from kscb_actions.child_deaths.meetings.queries import agenda as read_agenda
from kscb_actions.child_deaths.meetings.queries import cases_to_decide, get_decided_case, on_agenda, seated
from kscb_actions.child_deaths.meetings.rules import CLOSED, WAY_NAMES, Way, are_proposals_open
from kscb_actions.child_deaths.meetings.service import (
    add_case,
    add_cases,
    edit_meeting,
    move_case_up,
    plan_meeting,
    remove_case,
    seat_members,
    unseat_member,
)
from kscb_actions.child_deaths.visibility import get_death, get_meeting
from kscb_actions.people.models import User
from kscb_actions.text import InvalidInput
from kscb_actions.web.shared.asked import without_empty
from kscb_actions.web.shared.forms import (
    DayField,
    HouseForm,
    checkboxes,
    options,
    radios,
    save_button,
    text_area,
    text_line,
)
from kscb_actions.web.shared.guard import Access, viewer
from kscb_actions.wording import date_uk, plural

from . import panel_pages
from .keeping.agendas import shown_agenda


class MeetingForm(HouseForm):
    """Ask for a meeting's days and note, and how it prepares what it decides."""

    held_on = DayField("Date of the meeting")
    way = radios("How does the meeting prepare its decisions?", WAY_NAMES.items())
    proposals_due_on = DayField(
        "Members comment or propose by",
        called="Date members comment or propose by",
        description="Before the meeting. Members are reminded of it.",
    )
    note = text_area("Note (optional)", "Where and when, for the members. Nothing of a case.")
    submit = save_button()

    @staticmethod
    def filled(meeting: PanelMeeting) -> dict[str, Any]:
        """Return the values of the fields as the meeting has them."""
        return {
            "version": str(meeting.version),
            "held_on": meeting.held_on,
            "way": meeting.way,
            "proposals_due_on": meeting.proposals_due_on,
            "note": meeting.note,
        }


class SeatForm(HouseForm):
    """Ask for members to give a seat."""

    members = checkboxes("Who gets a seat?", hint="They see the cases of the meeting from then on.")
    submit = save_button("Give seats")

    def offer(self, groups: list[CandidateGroup[User]]) -> None:
        """Put the members of these groups on offer; with none the form has nothing to tick."""
        self._rows = _rows_of(groups)
        self.members.choices = options((key, user.name) for key, user in self._rows.items())
        if not self._rows:
            del self.members

    @property
    def chosen(self) -> list[User]:
        """Return the members that were ticked, once the form is valid."""
        return _ticked(self, "members", self._rows)


class CaseForm(HouseForm):
    """Ask for cases to put on the agenda, or one that comes back for a correction."""

    cases = checkboxes(
        "Which cases go on the agenda?",
        hint="Cases without a decision that are on no other open meeting. They go on in this order.",
    )
    decided_case = text_line("Case number", "The decision as it stands stays readable.")

    def offer(self, groups: list[CandidateGroup[ChildDeath]]) -> None:
        """Put the cases of these groups on offer; with none the form has nothing to tick."""
        self._rows = _rows_of(groups)
        self.cases.choices = options((key, death.case_number) for key, death in self._rows.items())
        if not self._rows:
            del self.cases

    @property
    def chosen(self) -> list[ChildDeath]:
        """Return the cases that were ticked, in the page's order, once the form is valid."""
        return _ticked(self, "cases", self._rows)


class WhichMeetingForm(HouseForm):
    """Ask for the meeting on whose agenda a case is put."""

    meeting = radios("Which meeting?")
    submit = save_button("Put on the agenda")

    def offer(self, meetings: list[PanelMeeting]) -> None:
        """Put these meetings on offer."""
        self._meetings = {str(each.id): each for each in meetings}
        self.meeting.choices = options((key, date_uk(each.held_on)) for key, each in self._meetings.items())

    @property
    def chosen(self) -> PanelMeeting | None:
        """Return the meeting that was chosen; None when it is not on offer, or nothing was sent."""
        return self._meetings.get(self.meeting.data) if self.meeting.raw_data else None


def _rows_of(groups: list[CandidateGroup[CandidateRow]]) -> dict[str, CandidateRow]:
    return {str(each.id): each.row for group in groups for each in group.candidates}


def _ticked(form: HouseForm, name: str, rows: dict[str, CandidateRow]) -> list[CandidateRow]:
    keys = set(form[name].data or ()) if name in form else set()
    return [row for key, row in rows.items() if key in keys]


KEEP = Access(Permission.KEEP_PANELS, of=get_meeting)


BOTH = ["GET", "POST"]


GONE = "This has changed since you opened the page. Look again."


@panel_pages.route("/panels/new", access=Access(Permission.KEEP_PANELS), methods=BOTH)
def new() -> Any:
    """Plan a meeting."""
    form, planned = MeetingForm(data={"way": Way.DRAFT.value}), []
    if form.carried_out(lambda: planned.append(plan_meeting(viewer(), *_typed(form), form.way.data))):
        flash("The meeting is planned. Now give the members their seats.", "success")
        return redirect(url_for("panels.members", meeting_id=planned[0].id))
    return render_template("child_deaths/meetings/new.html", form=form)


@panel_pages.route("/panels/<int:meeting_id>/edit", access=KEEP, methods=BOTH)
def edit(meeting: PanelMeeting) -> Any:
    """Change a meeting's days and note."""
    form = MeetingForm(data=MeetingForm.filled(meeting))
    if form.carried_out(
        lambda: edit_meeting(viewer(), meeting, *_typed(form), form.seen_version, form.way.data),
        MeetingForm.filled,
    ):
        flash("The meeting is saved.", "success")
        return redirect(url_for("panels.show", meeting_id=meeting.id))
    return render_template("child_deaths/meetings/edit.html", form=form, meeting=meeting), form.status


@panel_pages.route("/panels/<int:meeting_id>/members", access=KEEP, methods=BOTH)
def members(meeting: PanelMeeting) -> Any:
    """Show who sits on the panel: give seats, or take one back."""
    form, people, groups = SeatForm(), seated(meeting), member_groups(meeting)
    form.offer(groups)
    if "remove" in request.form:
        if _apply_to_row(form, people, lambda user: unseat_member(viewer(), meeting, user)):
            return _again("The seat is taken back.", "panels.members", meeting)
    elif form.carried_out(lambda: _seat(form, meeting)):
        given = plural(len(form.chosen), "member has a seat", "members have a seat")
        return _again(f"{given} and can see the cases now.", "panels.members", meeting)
    return render_template(
        "child_deaths/meetings/members.html", form=form, meeting=meeting, people=people, groups=groups
    )


@panel_pages.route("/panels/<int:meeting_id>/agenda", access=KEEP, methods=BOTH)
def agenda(meeting: PanelMeeting) -> Any:
    """Show the cases in their order: put some on, move one up, take it off."""
    if request.method == "GET" and (tidier := without_empty()):
        return tidier
    form, cases, shown = CaseForm(), read_agenda(viewer(), meeting), shown_agenda()
    is_open = are_proposals_open(meeting.closed_at)
    groups = case_groups(viewer(), shown.keeps, lambda death: shown.glance(death).line) if is_open else []
    form.offer(groups)
    rows = [each.case for each in cases]
    if "remove" in request.form:
        if _apply_to_row(form, rows, lambda case: remove_case(viewer(), case)):
            return _again("The case is off the agenda.", "panels.agenda", meeting)
    elif "up" in request.form:
        if _apply_to_row(form, rows, lambda case: move_case_up(viewer(), case), "up"):
            return _again("The case is moved up.", "panels.agenda", meeting)
    elif form.carried_out(lambda: _put_on(form, meeting)):
        put = plural(max(1, len(form.chosen)), "case is on the agenda", "cases are on the agenda")
        return _again(f"{put}.", "panels.agenda", meeting)
    return render_template(
        "child_deaths/meetings/agenda.html",
        form=form,
        meeting=meeting,
        items=shown.narrowed(on_agenda(viewer(), meeting, cases)),
        first=rows[0] if rows else None,
        groups=groups,
        shown=shown,
    )


@panel_pages.route(
    "/deaths/<int:death_id>/agenda", access=Access(Permission.KEEP_PANELS, of=get_death), methods=BOTH
)
def put_on(death: ChildDeath) -> Any:
    """Put one case on the agenda of a meeting: the next one, unless another is chosen."""
    back = url_for("deaths.show", death_id=death.id)
    if death not in cases_to_decide(viewer()):
        flash("The case is decided, or on the agenda of an open meeting already.", "important")
        return redirect(back)
    meetings, put = open_meetings(viewer()), []
    form = WhichMeetingForm(data={"meeting": next_meeting_id(meetings, clock.today())})
    form.offer(meetings)
    if form.carried_out(lambda: put.append(_put_case_on(form, death))):
        flash(f"The case is on the agenda of the meeting on {date_uk(put[0].held_on)}.", "success")
        return redirect(back)
    return render_template(
        "child_deaths/meetings/put_on.html", form=form, death=death, back=back, meetings=meetings
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


def _apply_to_row(
    form: Any, rows: Iterable[Any], take_off: Callable[[Any], None], name: str = "remove"
) -> bool:
    """Apply it to the row that a button named; True when it was done. The form takes what is wrong."""
    row = next((each for each in rows if str(each.id) == request.form[name]), None)
    if row is None:
        form.form_errors.append(GONE)
        return False
    return bool(form.attempt(lambda: take_off(row)))


def _again(text: str, endpoint: str, meeting: PanelMeeting) -> Any:
    flash(text, "success")
    return redirect(url_for(endpoint, meeting_id=meeting.id))
