"""Forms of panel meetings, their members, cases and attendance."""

from typing import Any

from ..deaths.models import ChildDeath, PanelMeeting
from ..forms import DayField, HouseForm, line, options, radios, save_button, select, ticks, words
from ..people.models import Agency, User
from ..templating import date_uk
from .offers import Group, Row


class MeetingForm(HouseForm):
    """A meeting's days and note."""

    held_on = DayField("Date of the meeting", description="For example, 27 3 2012.")
    proposals_due_on = DayField(
        "Members propose by",
        called="Date members propose by",
        description="Before the meeting. You close the proposals yourself.",
    )
    note = words("Note (optional)", "Where and when, for the members. Nothing of a case.")
    submit = save_button()

    @staticmethod
    def filled(meeting: PanelMeeting) -> dict[str, Any]:
        """The values of the fields as the meeting has them."""
        return {
            "version": str(meeting.version),
            "held_on": meeting.held_on,
            "proposals_due_on": meeting.proposals_due_on,
            "note": meeting.note,
        }


class SeatForm(HouseForm):
    """Members to give a seat."""

    members = ticks("Who gets a seat?", hint="They see the cases of the meeting from then on.")
    submit = save_button("Give seats")

    def offer(self, groups: list[Group[User]]) -> None:
        """Put the members of these groups on offer; with none the form has nothing to tick."""
        self._rows = _rows_of(groups)
        self.members.choices = options((key, user.name) for key, user in self._rows.items())
        if not self._rows:
            del self.members

    @property
    def chosen(self) -> list[User]:
        """The members that were ticked, once the form is valid."""
        return _ticked(self, "members", self._rows)


class CaseForm(HouseForm):
    """Cases to put on the agenda, or one that comes back for a correction."""

    cases = ticks(
        "Which cases go on the agenda?",
        hint="Cases without a decision that are on no other open meeting. They go on in this order.",
    )
    decided_case = line("Case number", "The decision as it stands stays readable.")

    def offer(self, groups: list[Group[ChildDeath]]) -> None:
        """Put the cases of these groups on offer; with none the form has nothing to tick."""
        self._rows = _rows_of(groups)
        self.cases.choices = options((key, death.case_number) for key, death in self._rows.items())
        if not self._rows:
            del self.cases

    @property
    def chosen(self) -> list[ChildDeath]:
        """The cases that were ticked, in the page's order, once the form is valid."""
        return _ticked(self, "cases", self._rows)


class WhichMeetingForm(HouseForm):
    """The meeting on whose agenda a case is put."""

    meeting = radios("Which meeting?")
    submit = save_button("Put on the agenda")

    def offer(self, meetings: list[PanelMeeting]) -> None:
        """Put these meetings on offer."""
        self._meetings = {str(each.id): each for each in meetings}
        self.meeting.choices = options((key, date_uk(each.held_on)) for key, each in self._meetings.items())

    @property
    def chosen(self) -> PanelMeeting | None:
        """The meeting that was chosen; None when it is none of those on offer, or nothing was sent."""
        return self._meetings.get(self.meeting.data) if self.meeting.raw_data else None


def _rows_of(groups: list[Group[Row]]) -> dict[str, Row]:
    return {str(each.id): each.row for group in groups for each in group.offers}


def _ticked(form: HouseForm, name: str, rows: dict[str, Row]) -> list[Row]:
    keys = set(form[name].data or ()) if name in form else set()
    return [row for key, row in rows.items() if key in keys]


class AttendanceForm(HouseForm):
    """An agency that was there, by post."""

    agency = select("Agency", wrong=None)
    post = line("Post", "Like “Designated doctor”. No name is needed.")
    submit = save_button("Record")

    def offer(self, agencies: list[Agency]) -> None:
        """Put these agencies on offer."""
        self.agency.choices = options(
            [("", "Choose an agency"), *((each.code, each.name) for each in agencies)]
        )
