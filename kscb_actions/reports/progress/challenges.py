"""The Board's challenges in a progress report: those not closed on its day, and those closed since.

What was so on the day is read from the steps, which are never changed; what was asked at first is told as it
was put right since.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import peewee

from kscb_actions.actions.models import Action
from kscb_actions.assurance.challenges.models import Challenge, ChallengeStep
from kscb_actions.assurance.challenges.queries import is_kept
from kscb_actions.assurance.challenges.rules import (
    LEVEL_NAMES,
    OUTCOME_NAMES,
    InTime,
    Level,
    Outcome,
    Question,
    State,
    StepKind,
    in_time,
    questions_of,
)
from kscb_actions.prepared import as_day, day_of
from kscb_actions.reports.content import Column, Counted, Paragraph, Row, Section, Table, counted
from kscb_actions.reviews.inspections.rules import words_of
from kscb_actions.reviews.models import Recommendation
from kscb_actions.reviews.queries import EVERYTHING
from kscb_actions.reviews.rules import Kind
from kscb_actions.terms import say
from kscb_actions.wording import date_uk, plural

from .past import read
from .scope import Scope, agency_then
from .words import listed, short_date, shortened

COLUMNS = (
    Column("Challenge", 30),
    Column("About", 34),
    Column("Agency", 45),
    Column("Level", 34),
    Column("Question", 82),
    Column("Reply by", 22),
    Column("State", 42),
)


@dataclass(frozen=True)
class Told:
    """A challenge as it stood at the end of the report's day. `outcome` is empty while it is not closed."""

    id: int
    about: str
    agency_id: int
    question: str
    level: Level
    raised_on: date
    due_on: date
    questions: tuple[Question, ...]
    is_answered: bool
    closed_on: date | None
    outcome: str

    def is_late(self, on: date) -> bool:
        """Return whether it waits for an answer after the date to reply by."""
        return self.closed_on is None and not self.is_answered and self.due_on < on


@dataclass(frozen=True)
class Challenges:
    """The challenges of a report: those not closed on its day, and those raised or closed since."""

    told: tuple[Told, ...]

    @classmethod
    def of(cls, scope: Scope) -> "Challenges":
        """Read them; none for publication. One query."""
        if scope.publication:
            return cls(())
        found = [_told(scope, steps) for steps in _by_challenge(_steps(scope))]
        kept = (each for each in found if each.closed_on is None or each.closed_on > scope.since)
        return cls(tuple(sorted(kept, key=lambda each: (each.closed_on is not None, each.due_on, each.id))))

    @cached_property
    def _open_about(self) -> dict[str, Told]:
        return {each.about: each for each in self.told if each.closed_on is None}

    def open_in_words(self, reference: str) -> str:
        """Return that a challenge about this action is open, and since when; "" where none is."""
        found = self._open_about.get(reference)
        return f"challenge C{found.id} open since {short_date(found.raised_on)}" if found else ""

    def asked(self, scope: Scope) -> Iterator[str]:
        """Yield what members are asked to do about them."""
        answered = sum(each.closed_on is None and each.is_answered for each in self.told)
        late = [f"C{each.id}" for each in self.told if each.is_late(scope.as_at)]
        take = f"TAKE HIGHER, late: {listed(late)}" if late else ""
        if answered:
            number = counted(plural(answered, "answered challenge"), "challenges", state=State.ANSWERED.value)
            yield Counted("CLOSE ", number, ", or take higher", f"; {take}" if take else "", ".")
        elif take:
            yield f"{take}."

    def asked_of_agency(self) -> Iterator[str]:
        """Yield what the agency of a paper is asked to reply to."""
        waits = [each for each in self.told if each.closed_on is None and not each.is_answered]
        if waits:
            yield f"REPLY to {listed(f'C{each.id} by {short_date(each.due_on)}' for each in waits)}."

    def section(self, scope: Scope) -> Section | None:
        """Return what became of the challenges, and each of them; None without any."""
        if not self.told:
            return None
        still = sum(each.closed_on is None for each in self.told)
        late = sum(each.is_late(scope.as_at) for each in self.told)
        raised = [each for each in self.told if each.raised_on > scope.since]
        timely = sum(in_time(each.questions, scope.as_at) is InTime.YES for each in raised)
        closed = [each for each in self.told if each.closed_on is not None]
        changed = sum(each.outcome == Outcome.CHANGED for each in closed)
        words = Counted(
            counted(plural(still, "challenge"), "challenges", not_closed="1"),
            f" {'is' if still == 1 else 'are'} not closed; ",
            counted(f"{late:,}", "challenges", overdue="1"),
            " of them had no answer "
            f"by the date to reply by. Since {date_uk(scope.since)}: {len(raised):,} raised, {timely:,} of "
            f"these answered in time; {len(closed):,} closed, {changed:,} of them with something changed "
            "because of it.",
        )
        table = Table("Challenges not closed, then those closed since", COLUMNS, self._rows(scope))
        return Section("Challenges", (Paragraph(words), table), landscape=True)

    def _rows(self, scope: Scope) -> tuple[Row, ...]:
        return tuple(
            (
                f"Challenge C{each.id}",
                each.about,
                scope.agencies[each.agency_id],
                LEVEL_NAMES[each.level],
                shortened(each.question),
                short_date(each.due_on),
                _state(each, scope.as_at),
            )
            for each in self.told
        )


def _state(each: Told, on: date) -> str:
    if each.closed_on is not None:
        return f"Closed, {short_date(each.closed_on)}: {OUTCOME_NAMES[Outcome(each.outcome)]}"
    if each.is_answered:
        return say("Answered, waits for the Board")
    late = (on - each.due_on).days
    return f"No answer, {plural(late, 'day')} late" if late > 0 else "Waits for the agency’s answer"


def _steps(scope: Scope) -> Iterator[Mapping[str, Any]]:
    """Return the steps until the end of the day, by challenge and in order, with what each is about."""
    outer = peewee.JOIN.LEFT_OUTER
    covered = scope.covered.have(Challenge.review) & Challenge.review.is_null(False)
    # What is about no review is about an agency's work, and stands in no paper on one review.
    where = covered if scope.review else covered | Challenge.review.is_null()
    still = Challenge.closed_on.is_null() | (Challenge.closed_on > scope.since)
    query = (
        ChallengeStep.select(
            Challenge.id.alias("id"),
            Challenge.review.alias("review_id"),
            agency_then(scope, Challenge).alias("agency_id"),
            Challenge.question.alias("question"),
            Action.number.alias("number"),
            Recommendation.number.alias("recommendation"),
            Recommendation.id.alias("recommendation_id"),
            Recommendation.area.alias("area"),
            ChallengeStep.kind.alias("kind"),
            ChallengeStep.level.alias("level"),
            peewee.Case(
                ChallengeStep.kind,
                [(StepKind.RAISED.value, Challenge.first_due_on)],
                ChallengeStep.due_on,
            ).alias("due_on"),
            ChallengeStep.outcome.alias("outcome"),
            ChallengeStep.at.alias("at"),
        )
        .join_from(ChallengeStep, Challenge)
        .join_from(Challenge, Action, outer, on=(Challenge.action == Action.id))
        .join_from(Challenge, Recommendation, outer, on=(Challenge.recommendation == Recommendation.id))
        .where(is_kept(), where, still, ChallengeStep.at < scope.moment.before, _of_agency(scope))
        .order_by(Challenge.id, ChallengeStep.id)
    )
    return read(query)


def _of_agency(scope: Scope) -> Any:
    """Return the condition that keeps the challenges of the agency asked for."""
    return EVERYTHING if scope.agency_id is None else agency_then(scope, Challenge) == scope.agency_id


def _by_challenge(steps: Iterable[Mapping[str, Any]]) -> Iterable[list[Mapping[str, Any]]]:
    found: dict[int, list[Mapping[str, Any]]] = {}
    for step in steps:
        found.setdefault(step["id"], []).append(step)
    return found.values()


def _told(scope: Scope, steps: list[Mapping[str, Any]]) -> Told:
    first, last = steps[0], steps[-1]
    due = [day for step in steps if (day := as_day(step["due_on"]))]
    asked = ((step["kind"], step["level"], as_day(step["due_on"]), day_of(step["at"])) for step in steps)
    return Told(
        id=first["id"],
        about=_about(scope, first),
        agency_id=first["agency_id"],
        question=first["question"],
        level=Level(last["level"]),
        raised_on=day_of(first["at"]),
        due_on=due[-1],
        questions=tuple(questions_of(asked)),
        is_answered=last["kind"] == StepKind.ANSWERED,
        closed_on=day_of(last["at"]) if last["kind"] == StepKind.CLOSED else None,
        outcome=last["outcome"],
    )


def _about(scope: Scope, row: Mapping[str, Any]) -> str:
    if row["review_id"] is None:
        return "The agency’s work"
    if row["number"] is not None:
        return scope.reference(row)
    label = scope.numbering.label(row["recommendation_id"], row["recommendation"])
    review = scope.reviews[row["review_id"]]
    called = words_of(review["kind"] == Kind.INSPECTION, row["area"]).one
    return f"{review['reference']}, {called} {label}"
