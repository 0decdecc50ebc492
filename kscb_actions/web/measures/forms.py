"""Forms of measures and their readings."""

from collections.abc import Sequence
from typing import Any

from kscb_actions.measures.models import Measure
from kscb_actions.measures.rules import DIRECTION_NAMES, UNIT_NAMES, MeasureFacts
from kscb_actions.people.models import User
from kscb_actions.reviews.models import Recommendation
from kscb_actions.text import whole_number
from kscb_actions.web.shared.forms import (
    DayField,
    HouseForm,
    options,
    radios,
    reason_area,
    save_button,
    select,
    text_area,
    text_line,
)

WHOLE = ("", "The whole review")


class MeasureForm(HouseForm):
    """What is said of a measure."""

    recommendation = select("What is it a measure of?", wrong="Choose from the list of this review.")
    priority = text_line("Which priority of the Board does it belong to?")
    name = text_line("What is measured?", "In words that a lay member reads once.")
    unit = radios("What does it count in?", [(str(unit), words) for unit, words in UNIT_NAMES.items()])
    direction = radios("Which way is better?", [(str(way), words) for way, words in DIRECTION_NAMES.items()])
    target = text_line("Target", "The number that is to be reached.")
    baseline = text_line("Baseline (optional)", "What it was before.")
    baseline_period = text_line("Period of the baseline (optional)", "Like 2007-08.")
    source = text_line("Where do the figures come from?", "A return, an audit, a system, and whose.")
    caveat = text_area("What is to be known beside them? (optional)", "Changes of counting, small numbers.")
    owner = select("Who gives the readings?", hint="This person is asked for each, until it is given.")
    first_period = text_line(
        "First period asked for",
        "Its length says how often: 2011-12 every year, H1 2011-12 every six months, Q1 2011-12 every three, "
        "April 2011 every month.",
    )
    first_due_on = DayField("When is its reading asked for?", called="The day on which it is asked for")
    submit = save_button()

    def offer(self, owners: Sequence[User], recommendations: Sequence[Recommendation]) -> None:
        """Offer these people and recommendations."""
        self.offer_owners(owners)
        self.recommendation.choices = options(
            [WHOLE, *((str(each.number), each.name) for each in recommendations)]
        )

    def offer_owners(self, owners: Sequence[User]) -> None:
        """Offer these people."""
        self.owner.choices = options([("", "Choose"), *((str(each.id), _whose(each)) for each in owners)])

    def facts(self) -> MeasureFacts:
        """Return what was typed, for the service."""
        return MeasureFacts(
            name=self.name.data,
            unit=self.unit.data,
            source=self.source.data,
            direction=self.direction.data,
            target=self.target.data,
            first_period=self.first_period.data,
            first_due_on=self.first_due_on.data,
            owner_id=whole_number(self.owner.data),
            baseline=self.baseline.data,
            baseline_period=self.baseline_period.data,
            caveat=self.caveat.data,
            priority=self.priority.data if self.priority else "",
        )

    @staticmethod
    def filled(measure: Measure) -> dict[str, Any]:
        """Return the values of the fields as the measure has them."""
        names = ("priority", "name", "unit", "direction", "target", "baseline", "baseline_period", "source")
        return {
            **{name: getattr(measure, name) for name in (*names, "caveat", "first_due_on")},
            "owner": str(measure.owner_id),
            "first_period": measure.first_period.words,
        }


class ReadingForm(HouseForm):
    """The reading of a period."""

    period = text_line("Period")
    value = text_line("Reading")
    note = text_area("What is to be known of it? (optional)")
    submit = save_button()


class PasteForm(HouseForm):
    """Readings as a small table."""

    table = text_area(
        "Readings",
        "A line for each: the period, then the number, copied from a spreadsheet or with a comma between.",
    )
    submit = save_button("Look at them")


class CorrectForm(HouseForm):
    """A reading put right, or taken back."""

    value = text_line("What it should say")
    why = reason_area("Why?", "Both readings stay readable, with your reason.")
    submit = save_button()


class ReasonForm(HouseForm):
    """Why something is done to a measure."""

    reason = reason_area("Why?")
    submit = save_button()


def _whose(person: User) -> str:
    return f"{person.name}, {person.agency.name}" if person.agency_id else person.name
