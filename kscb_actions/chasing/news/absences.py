"""What both hear on the first morning on which an absence has begun, or is over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kscb_actions.audit.service import Change
from kscb_actions.chasing.providers import Part
from kscb_actions.people.absences.models import Absence
from kscb_actions.people.absences.queries import BEGAN, ENDED, list_to_tell
from kscb_actions.people.absences.rules import When, days_words
from kscb_actions.people.models import User


@dataclass(frozen=True)
class AbsencePart(Part):
    """A part that tells of absences; `events`: the (event, absence's id) that the trail gets of it."""

    events: tuple[tuple[str, int], ...] = ()


class AbsencesOfTheDay:
    """Absences that have begun or are over, in the first digest of both since then."""

    def parts(self, on: date, base_url: str) -> Mapping[int, Part]:
        """Return {person id: what is told of absences}, for those of both who can sign in."""
        texts: dict[int, list[str]] = {}
        people: dict[int, User] = {}
        events: dict[int, list[tuple[str, int]]] = {}
        for absence, what in list_to_tell(on):
            for person in (absence.person, absence.stand_in):
                if person.is_active:
                    people[person.id] = person
                    link = f"{base_url}/absences/{absence.id}"
                    texts.setdefault(person.id, []).append(f"{words(absence, what)}\n{link}")
                    event = BEGAN if what is When.NOW else ENDED
                    events.setdefault(person.id, []).append((event, absence.id))
        return {
            id: AbsencePart(person, "who stands in", "\n\n".join(texts[id]), events=tuple(events[id]))
            for id, person in people.items()
        }

    def record(self, tx: Change, told: Sequence[Part]) -> None:
        """Note in the trail, in the open change, of which absences messages tell."""
        events = {each for part in told if isinstance(part, AbsencePart) for each in part.events}
        for event, absence_id in sorted(events):
            tx.note(event, Absence.get_by_id(absence_id))


ABSENCES_OF_THE_DAY = AbsencesOfTheDay()


def words(absence: Absence, what: When) -> str:
    """Return what a message says of an absence, by posts alone: who is away, who stands in, and for what."""
    absent, other = absence.person.name, absence.stand_in.name
    days = days_words(absence.from_on, absence.until_on)
    if what is When.NOW:
        return (
            f"{absent} is away {days}, and {other} stands in: reminders and news for {absent} go to {other}, "
            f"and stay new for {absent} on the page “New for you”."
        )
    return f"{absent} was away {days} and is back: {other} stands in no more."
