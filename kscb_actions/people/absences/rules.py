"""Who is away, who may stand in, and who is asked meanwhile. Plain values in, plain values out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kscb_actions.access.policy import CHAIRING, OF_AN_AGENCY, Permission, Role, Verdict, Viewer, may
from kscb_actions.terms import say, say_all
from kscb_actions.wording import date_uk

# For each role that somebody else has to stand in for: the roles one of which the other must hold.
STOOD_IN_BY = {
    Role.AGENCY_LEAD: frozenset({Role.AGENCY_LEAD}),
    Role.CHAIR: CHAIRING,
    Role.DEPUTY: CHAIRING,
    Role.INDEPENDENT_CHAIR: frozenset({Role.INDEPENDENT_CHAIR}),
    Role.DEATH_CONTACT: frozenset({Role.DEATH_CONTACT}),
}
LONGEST_DAYS = 366


class When(StrEnum):
    """Where an absence stands on a day."""

    TO_COME = "to_come"
    NOW = "now"
    OVER = "over"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class AbsenceFacts:
    """An absence from one day to another, both counted. `id` is 0 for one that is not recorded yet."""

    person_id: int
    stand_in_id: int
    from_on: date
    until_on: date
    id: int = 0
    is_cancelled: bool = False


@dataclass(frozen=True)
class StandIn:
    """Somebody who is away, until which day, and who stands in; None where whoever should cannot."""

    absent: Viewer
    until_on: date
    person: Viewer | None = None

    @property
    def words(self) -> str:
        """Return it for brackets behind the name: "away until 14 April 2012; the deputy stands in"."""
        stands_in = f"{self.person.name} stands in" if self.person else "nobody stands in"
        return f"away until {date_uk(self.until_on)}; {stands_in}"

    @property
    def for_words(self) -> str:
        """Return for whom something is done: "for the police lead, away until 14 April 2012"."""
        return f"for {self.absent.name}, away until {date_uk(self.until_on)}"


@dataclass(frozen=True)
class Away:
    """Everybody who is away on a day. Hashable, so that what waits can hold it."""

    stand_ins: tuple[StandIn, ...] = ()

    def of(self, person_id: int | None) -> StandIn | None:
        """Return how somebody is stood in for; None where they are not away."""
        for each in self.stand_ins:
            if each.absent.id == person_id:
                return each
        return None

    def asked(self, person_id: int | None) -> int | None:
        """Return who is asked instead of somebody: themselves, their stand-in, or None where nobody is."""
        found = self.of(person_id)
        if found is None:
            return person_id
        return found.person.id if found.person else None

    def stood_in_for_by(self, person_id: int | None) -> tuple[StandIn, ...]:
        """Return those who are away for whom somebody stands in."""
        return tuple(each for each in self.stand_ins if each.person and each.person.id == person_id)

    def in_place_of(self, people: Iterable[Viewer]) -> tuple[Viewer, ...]:
        """Return some people, in place of each who is away whoever stands in; each once."""
        found: dict[Viewer, None] = {}
        for person in people:
            stand_in = self.of(person.id)
            if stand_in is None:
                found.setdefault(person)
            elif stand_in.person:
                found.setdefault(stand_in.person)
        return tuple(found)

    def present(self, people: Iterable[Viewer]) -> list[Viewer]:
        """Return those of some people who are not away."""
        return [person for person in people if self.of(person.id) is None] if self.stand_ins else [*people]


NOBODY_AWAY = Away()


def when(absence: AbsenceFacts, today: date) -> When:
    """Return where an absence stands: it begins on its first day and is over after its last, by itself."""
    if absence.is_cancelled:
        return When.CANCELLED
    if today < absence.from_on:
        return When.TO_COME
    return When.NOW if today <= absence.until_on else When.OVER


def can_be_away(person: Viewer) -> Verdict:
    """Return whether an absence of this person needs a stand-in: of leads, contacts and chairs it does."""
    if person.roles & STOOD_IN_BY.keys():
        return Verdict(True)
    return Verdict(
        False,
        say(
            "An absence is entered for an agency’s lead or contact, or for a chair. Nobody else is stood in "
            "for."
        ),
    )


def can_stand_in(absent: Viewer, other: Viewer) -> Verdict:
    """Return whether somebody may stand in: for a lead a lead of the same agency, for a chair who may chair.

    Of who holds several roles the other has to be able to do the work of each; see `_stood_in_for`.
    """
    if other.id == absent.id:
        return Verdict(False, "Choose somebody else: nobody stands in for themselves.")
    for role in _stood_in_for(absent):
        if not other.roles & STOOD_IN_BY[role]:
            return Verdict(False, f"{other.name} cannot do this work: {_WORK[role]}.")
        if role in OF_AN_AGENCY and other.agency_id != absent.agency_id:
            return Verdict(False, f"{other.name} is of another agency: {_WORK[role]}.")
    return Verdict(True)


def _stood_in_for(absent: Viewer) -> list[Role]:
    """Return the roles in which somebody is stood in for.

    Who is a child-death contact beside a lead or a chair is stood in for as that: a stand-in who is no
    contact may not know of a death, and then the agency's other contacts or the co-ordinator are asked.
    """
    roles = absent.roles & STOOD_IN_BY.keys()
    return sorted(roles - {Role.DEATH_CONTACT} or roles)


_WORK = say_all(
    {
        Role.AGENCY_LEAD: "for a lead another lead of the same agency stands in",
        Role.DEATH_CONTACT: "for a child-death contact another contact of the same agency stands in",
        Role.CHAIR: "for the chair another chair or the deputy chair stands in",
        Role.DEPUTY: "for the deputy chair a chair or another deputy stands in",
        Role.INDEPENDENT_CHAIR: "for the independent chair another independent chair stands in",
    }
)


def who_can_words(absent: Viewer) -> str:
    """Return who may stand in for somebody, as a sentence: "For a lead another lead … stands in."."""
    told = [_WORK[role] for role in _stood_in_for(absent)]
    return f"{'; '.join(told).capitalize()}." if told else ""


def may_keep(viewer: Viewer, person_id: int) -> Verdict:
    """Return whether this person may enter and change the absences of somebody: their own, or the manager."""
    if viewer.is_system or viewer.id == person_id or may(viewer, Permission.MANAGE_PEOPLE):
        return Verdict(True)
    return Verdict(False, say("Only they themselves and the board manager keep somebody’s absences."))


def away_on(absences: Iterable[AbsenceFacts], people: Iterable[Viewer], on: date) -> Away:
    """Return who is away on a day and who stands in, among active `people`.

    Whoever is away too, is not active or may not do the work stands in for nobody: no chain is followed.
    """
    known = {person.id: person for person in people}
    current = {each.person_id: each for each in absences if when(each, on) is When.NOW}
    found = []
    for person_id, absence in sorted(current.items()):
        absent, other = known.get(person_id), known.get(absence.stand_in_id)
        if absent is None:
            continue
        is_able = other is not None and other.id not in current and can_stand_in(absent, other)
        found.append(StandIn(absent, absence.until_on, other if is_able else None))
    return Away(tuple(found))


def problems_with(
    absence: AbsenceFacts, absent: Viewer, stand_in: Viewer, known: Sequence[AbsenceFacts], today: date
) -> dict[str, str]:
    """Return {field: message} for what is wrong with an absence, beside the `known` ones of both people."""
    problems = problems_with_days(absence.from_on, absence.until_on, today)
    if not (verdict := can_stand_in(absent, stand_in)):
        problems["stand_in"] = verdict.reason
    others = [each for each in known if each.id != absence.id and not each.is_cancelled]
    for each in others:
        if not _overlap(each, absence):
            continue
        days = days_words(each.from_on, each.until_on)
        if each.person_id == absence.person_id:
            words = f"{absent.name} is away already {days}. Change that absence, or choose other days."
            problems.setdefault("from_on", words)
        elif each.person_id == absence.stand_in_id:
            problems.setdefault("stand_in", f"{stand_in.name} is away {days}. Choose somebody else.")
    return problems


def problems_with_days(from_on: date, until_on: date, today: date) -> dict[str, str]:
    """Return {field: message} for what is wrong with the days of an absence."""
    if until_on < from_on:
        return {"until_on": "The last day must not be before the first."}
    if until_on < today:
        return {"until_on": "The last day has passed. An absence that is over changes nothing."}
    if (until_on - from_on).days >= LONGEST_DAYS:
        return {"until_on": "Use at most a year. For longer, hand the actions over to somebody else."}
    return {}


def why_not_changed(absence: AbsenceFacts, today: date) -> str | None:
    """Return why an absence can be neither changed, ended nor cancelled; None when it can."""
    return {
        When.OVER: "This absence is over: it changes nothing any more, and stays as it was.",
        When.CANCELLED: "This absence has been cancelled.",
    }.get(when(absence, today))


def why_not_ended(absence: AbsenceFacts, today: date) -> str | None:
    """Return why an absence cannot be ended early; None when it can."""
    if when(absence, today) is When.TO_COME:
        return "This absence has not begun. Cancel it, or change its days."
    return why_not_changed(absence, today)


def to_tell(absence: AbsenceFacts, on: date, begun: Iterable[date], ended: Iterable[date]) -> When | None:
    """Return what both are to be told on a day: NOW that it has begun, OVER that it has ended, None nothing.

    begun, ended  the first days and the last days of which they were told before
    """
    standing = when(absence, on)
    if standing is When.NOW and absence.from_on not in set(begun):
        return standing
    return standing if standing is When.OVER and absence.until_on not in set(ended) else None


def days_words(from_on: date, until_on: date) -> str:
    """Return the days as a sentence has them: "from 2 April 2012 to 14 April 2012"."""
    return f"from {date_uk(from_on)} to {date_uk(until_on)}"


def _overlap(one: AbsenceFacts, other: AbsenceFacts) -> bool:
    return one.from_on <= other.until_on and other.from_on <= one.until_on
