"""Forms of bodies and meetings."""

from collections.abc import Iterable, Sequence

from wtforms.validators import ValidationError

from kscb_actions.meetings.models import Meeting, MeetingBody
from kscb_actions.meetings.rules import DUTY_NAMES, KIND_NAMES, Duty
from kscb_actions.meetings.service import BodyFacts
from kscb_actions.people.models import User
from kscb_actions.reviews.models import Review
from kscb_actions.text import whole_number
from kscb_actions.web.shared.forms import (
    DayField,
    HouseForm,
    checkbox,
    checkboxes,
    options,
    radios,
    reason_area,
    save_button,
    select,
    text_area,
    text_line,
)

ALL, CHOSEN = "all", "chosen"


class BodyForm(HouseForm):
    """A body: what it is called, what it is, and the reviews it covers."""

    name = text_line("Name")
    kind = radios("What kind of body is it?", KIND_NAMES.items())
    covers = radios("Which reviews does it cover?", [(ALL, "All of them"), (CHOSEN, "Those ticked below")])
    reviews = checkboxes("Reviews it covers")
    is_active = checkbox("It meets")
    submit = save_button()

    def validate_covers(self, field: object) -> None:
        """Take none but the two answers: what is no answer is not all of them."""
        if self.covers.data not in (ALL, CHOSEN):
            raise ValidationError("Choose which reviews it covers.")

    def offer(self, reviews: Sequence[Review]) -> None:
        """Offer the reviews that this person may see."""
        self.reviews.choices = options(
            (str(each.id), f"{each.reference}, {each.pseudonym}" if each.pseudonym else each.reference)
            for each in reviews
        )

    @property
    def facts(self) -> BodyFacts:
        """Return what was typed, for the service."""
        return BodyFacts(
            self.name.data,
            self.kind.data or "",
            self.covers.data != CHOSEN,
            frozenset(int(each) for each in self.reviews.data or ()),
            bool(self.is_active.data),
        )


class SeatForm(HouseForm):
    """A seat on a body."""

    post = text_line("Post", "For example, Designated doctor.")
    duty = radios("On this body", DUTY_NAMES.items())
    user = select("Who has it?", hint="Leave it vacant where nobody has it yet.")
    submit = save_button()

    def offer(self, people: Iterable[User]) -> None:
        """Offer people, and nobody."""
        self._people = {str(each.id): each for each in people}
        self.user.choices = options(
            [("", "Vacant"), *((key, each.name) for key, each in self._people.items())]
        )

    @property
    def typed(self) -> tuple[str, str, User | None]:
        """Return what was typed, for the service."""
        return self.post.data, self.duty.data or "", self._people.get(self.user.data or "")


class DaysForm(HouseForm):
    """The days of a meeting's cycle."""

    call_on = DayField("Call for updates", called="The call for updates")
    closes_on = DayField("Closing date", called="The closing date")
    papers_on = DayField("Papers go out", called="The day the papers go out")
    held_on = DayField("Meeting", called="The day of the meeting")
    submit = save_button()


class DecisionForm(HouseForm):
    """A decision: in a sentence, who, by when. Its version says how much was recorded on the item."""

    text = text_area("Decision", "In a sentence. No names of children or families.")
    person = select("Who does it?", hint="Nobody: the decision is only noted.")
    due_on = DayField("By when?", called="The date")
    submit = save_button("Record the decision")

    def offer(self, people: Iterable[User]) -> None:
        """Offer people, and nobody."""
        self._people = {str(each.id): each for each in people}
        self.person.choices = options(
            [("", "Nobody"), *((key, each.name) for key, each in self._people.items())]
        )

    @property
    def chosen(self) -> User | None:
        """Return who is to do it."""
        return self._people.get(self.person.data or "")


class RecordForm(HouseForm):
    """What is minuted beside the decisions."""

    present = text_area("Present", "Names or posts, one a line.")
    apologies = text_area("Apologies")
    declarations = text_area("Declarations of interest")
    corrections = text_area("Corrections of the last minutes", "They are kept, and shown with those minutes.")
    matters_arising = text_area("Matters arising")
    submit = save_button()


class EndForm(HouseForm):
    """What became of a task."""

    outcome = text_area("What became of it?", "It stands in the next paper.")
    submit = save_button("It is done")


class VoidForm(HouseForm):
    """What was wrong with a decision."""

    reason = reason_area("What was wrong with it?")
    submit = save_button("Mark it as recorded by mistake")


class CancelForm(HouseForm):
    """Why a meeting is cancelled."""

    reason = reason_area("Why is it cancelled?", "Members see it.")
    submit = save_button("Cancel the meeting")


class FreezeForm(HouseForm):
    """Why a paper is frozen by hand."""

    reason = reason_area("Why is the paper frozen now?", "It stays with the meeting.")
    restricted = checkbox(
        "Include the restricted reviews on which I am named",
        "Only people named on every one of them can then open this paper, its agenda and its minutes.",
    )
    submit = save_button("Freeze the paper now")


def body_values(body: MeetingBody, reviews: Iterable[Review]) -> dict[str, object]:
    """Return a body as its form has it."""
    return {
        "name": body.name,
        "kind": body.kind,
        "covers": ALL if body.covers_all else CHOSEN,
        "reviews": [] if body.covers_all else [str(each.id) for each in reviews],
        "is_active": body.is_active,
        "version": str(body.version),
    }


def days_values(meeting: Meeting) -> dict[str, object]:
    """Return a meeting's days as its form has them."""
    names = ("call_on", "closes_on", "papers_on", "held_on")
    return {**{name: getattr(meeting, name) for name in names}, "version": str(meeting.version)}


def seat_values(post: str = "", duty: str = Duty.MEMBER, user_id: int | None = None) -> dict[str, object]:
    """Return a seat as its form has it."""
    return {"post": post, "duty": duty, "user": str(user_id or "")}


def year_asked(text: str | None, otherwise: int) -> int:
    """Return the year in an address; another where there is none that can be shown."""
    year = whole_number(text or "", 4)
    return year if year and 1900 <= year <= 2100 else otherwise
