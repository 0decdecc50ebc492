"""Forms of panel meetings, their members, cases and attendance."""

from typing import Any

from ..deaths.models import ChildDeath, PanelMeeting
from ..forms import DayField, HouseForm, line, options, save_button, select, words
from ..people.models import Agency, User


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
    """A member to give a seat."""

    member = select("Member", wrong=None)
    submit = save_button("Give a seat")

    def offer(self, people: list[User]) -> None:
        """Put these people on offer."""
        self.member.choices = options(
            [("", "Choose a member"), *((str(each.id), each.name) for each in people)]
        )


class CaseForm(HouseForm):
    """A case to put on the agenda, or one that comes back for a correction."""

    case = select("Case", wrong=None)
    decided_case = line("Case number", "The decision as it stands stays readable.")

    def offer(self, free: list[ChildDeath]) -> None:
        """Put these cases on offer, by number."""
        numbers = ((str(each.id), each.case_number) for each in free)
        self.case.choices = options([("", "Choose a case"), *numbers])


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
