"""What chasing runs for readings of measures."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from kscb_actions.access.policy import SYSTEM, Permission, Viewer
from kscb_actions.chasing.dated import DatedMatters, DigestWords
from kscb_actions.chasing.queries import chased_by, gathered
from kscb_actions.chasing.rules import TRACKER
from kscb_actions.mail.rules import About
from kscb_actions.people.absences.queries import people_away
from kscb_actions.reviews.models import NamedPerson
from kscb_actions.terms import say_later

from . import waiting as rules
from .models import Measure, MeasureChase
from .queries import MeasureFilter, list_measures
from .waiting import READINGS, AwaitedReading


def list_waiting(on: date, begins: Mapping[str, int]) -> list[AwaitedReading]:
    """Return the readings asked for whose first stage has begun by `on`. Seven queries."""
    named = gathered(NamedPerson.select(NamedPerson.review, NamedPerson.user).tuples(), int)
    chased, away = chased_by(MeasureChase.measure), people_away(on)
    until = on - timedelta(days=begins[READINGS.code])
    found = []
    for each in list_measures(SYSTEM, on, MeasureFilter(), Measure.ended_on.is_null()):
        measure = each.measure
        if each.asked.due_on > until:
            continue
        is_restricted = measure.review_id is not None and measure.review.is_restricted
        found.append(
            AwaitedReading(
                measure_id=measure.id,
                due_on=each.asked.due_on,
                agency_id=measure.agency_id,
                lead_id=measure.owner_id,
                review_id=measure.review_id,
                recommendation_id=measure.recommendation_id,
                named=frozenset(named.get(measure.review_id, ())) if is_restricted else None,
                chased=chased.get(measure.id, ()),
                away=away,
            )
        )
    return found


class AwaitedReadings(DatedMatters[AwaitedReading]):
    """Readings that are asked for, for whoever owns the measure."""

    name = "chase-readings"
    help = """Remind the owners of measures of the readings that are asked for.

    The scheduler does it beside the chasing of actions. Example: flask chase-readings --dry-run --json
    """
    idle = "No reading fell due for anybody."
    event = "reading.chase-ran"
    chased = "reading.chased"
    room = "chasing"
    heading = TRACKER
    chases = MeasureChase.measure
    subjects = (READINGS,)
    reads = Permission.READ_MEASURE
    words = DigestWords(
        one="reading of a measure is asked for",
        many="readings of measures are asked for",
        asked=say_later("The Board asks for these readings:"),
        orphaned="Nobody can give these readings any more. Choose another owner, or give them yourself:",
        all_words="All that is asked for",
        all_path="/measures?waits=1",
    )

    list_waiting = staticmethod(list_waiting)
    whom_to_ask = staticmethod(rules.whom_to_ask)

    def can_do(self, waiting: AwaitedReading, person: Viewer) -> bool:
        """Return whether somebody may give the reading."""
        return rules.gives(waiting, person)

    def about(self, waiting: AwaitedReading) -> tuple[About, ...]:
        """Return the review or recommendation that is measured; nothing where it is a priority."""
        if waiting.review_id is None:
            return ()
        return (About(waiting.review_id, recommendation_id=waiting.recommendation_id),)

    def columns(self, waiting: AwaitedReading) -> dict[str, Any]:
        """Return what names it in a row of reminders."""
        return {"review": waiting.review_id, "measure": waiting.measure_id}

    def facts(self, waiting: AwaitedReading) -> dict[str, Any]:
        """Return how JSON names it."""
        return {"measure": waiting.label}


AWAITED_READINGS = AwaitedReadings()
