"""The page on which it is recorded who was at a meeting: proposed from the seats, in one save."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from kscb_actions import clock
from kscb_actions.access.policy import Permission
from kscb_actions.child_deaths.judging.decisions import list_attendance
from kscb_actions.child_deaths.meetings.models import PanelMeeting
from kscb_actions.child_deaths.meetings.presence import ProposedPresence, proposed_presences
from kscb_actions.child_deaths.meetings.service import record_presences, remove_attendance
from kscb_actions.child_deaths.visibility import get_meeting
from kscb_actions.people.models import Agency
from kscb_actions.people.queries import list_agencies
from kscb_actions.text import InvalidInput
from kscb_actions.web.child_deaths import panel_pages
from kscb_actions.web.shared.forms import HouseForm, checkbox, options, save_button, select, text_line
from kscb_actions.web.shared.guard import Access, viewer
from kscb_actions.wording import plural

GONE = "This has changed since you opened the page. Look again."
# Field of the agency, field of the post, agency, post.
Chosen = tuple[str, str, Agency | None, str]
POST_HINT = "Like “Designated doctor”. No name is needed."


class AttendanceForm(HouseForm):
    """Ask who was there: `attendance_form` adds a tick and a post for each seat; then one more agency."""

    proposed: Sequence[ProposedPresence] = ()
    agency = select("Agency", wrong=None)
    post = text_line("Post", POST_HINT)
    submit = save_button("Save who was there")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The summary of errors follows the page: another agency comes after the seats.
        for name in ("agency", "post", "submit"):
            self._fields[name] = self._fields.pop(name)

    def offer(self, agencies: Sequence[Agency]) -> None:
        """Put these agencies on offer."""
        self._agencies = {each.code: each for each in agencies}
        named = ((code, each.name) for code, each in self._agencies.items())
        self.agency.choices = options([("", "Choose an agency"), *named])

    def rows(self) -> list[tuple[ProposedPresence, Any, Any]]:
        """Return each proposal with its tick and its post."""
        return [(each, self[f"there_{each.user.id}"], self[f"post_{each.user.id}"]) for each in self.proposed]

    def chosen(self) -> list[Chosen]:
        """Return (field of the agency, field of the post, agency, post) of all that is to be recorded."""
        found: list[Chosen] = []
        for each, tick, post in self.rows():
            if tick.data:
                found.append((tick.name, post.name, each.agency, post.data))
        if self.agency.data or self.post.data.strip() or not self.proposed:
            found.append(("agency", "post", self._agencies.get(self.agency.data), self.post.data))
        return found


def attendance_form(proposed: Sequence[ProposedPresence]) -> type[AttendanceForm]:
    """Return the form class with a tick and a post for each proposal."""
    fields: dict[str, Any] = {"proposed": proposed}
    for each in proposed:
        fields[f"there_{each.user.id}"] = checkbox(f"{each.agency.name}: {each.user.name}")
        fields[f"post_{each.user.id}"] = text_line(f"Post of {each.user.name}")
    return type(AttendanceForm.__name__, (AttendanceForm,), fields)


@panel_pages.route(
    "/panels/<int:meeting_id>/attendance",
    access=Access(Permission.KEEP_PANELS, of=get_meeting),
    methods=["GET", "POST"],
)
def attendance(meeting: PanelMeeting) -> Any:
    """Record which agencies were there, by post."""
    there, proposed = list_attendance(meeting), proposed_presences(meeting)
    # Who is left once somebody is recorded did not come, as far as anybody has said.
    filled = {f"there_{each.user.id}": not there for each in proposed}
    form = attendance_form(proposed)(data=filled | {f"post_{each.user.id}": each.post for each in proposed})
    form.offer(list_agencies())
    if "remove" in request.form:
        row = next((each for each in there if str(each.id) == request.form["remove"]), None)
        if row is None:
            form.form_errors.append(GONE)
        elif form.attempt(lambda: remove_attendance(viewer(), row)):
            return _again("It is taken off.", meeting)
    elif form.carried_out(lambda: _record(form, meeting)):
        return _again(f"{plural(len(form.chosen()), 'agency', 'agencies')} recorded.", meeting)
    return render_template(
        "child_deaths/meetings/attendance.html", form=form, meeting=meeting, there=there, today=clock.today()
    )


def _record(form: AttendanceForm, meeting: PanelMeeting) -> None:
    chosen = form.chosen()
    try:
        record_presences(viewer(), meeting, [(agency, post) for _, _, agency, post in chosen])
    except InvalidInput as wrong:
        raise InvalidInput({_field(name, chosen): why for name, why in wrong.errors.items()}) from None


def _field(name: str, chosen: Sequence[Chosen]) -> str:
    """Return the field of the form that a problem is about; "" of one that is about all."""
    kind, _, place = name.partition("-")
    if not place:
        return ""
    of_agency, of_post, *_ = chosen[int(place)]
    return of_agency if kind == "agency" else of_post


def _again(text: str, meeting: PanelMeeting) -> Any:
    flash(text, "success")
    return redirect(url_for("panels.attendance", meeting_id=meeting.id))
