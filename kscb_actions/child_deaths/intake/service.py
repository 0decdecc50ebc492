"""Importing earlier cases with what was decided on them: all of them, or none."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Viewer, require
from kscb_actions.audit.service import Change, change
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.cases.rules import KeptAge, likeness
from kscb_actions.child_deaths.cases.service import set_facts
from kscb_actions.child_deaths.judging.decisions import record_earlier
from kscb_actions.child_deaths.judging.rules import Judgement
from kscb_actions.child_deaths.visibility import visible_death
from kscb_actions.settings.districts import read_districts

from .rules import EarlierCase, Problem, read_cases

Likeness = tuple[date | None, str, str, KeptAge | None]


@dataclass(frozen=True)
class NearDuplicate:
    """Hold a row that could be the same child as another case: of an earlier row, or recorded (row None)."""

    row: int
    case_number: str
    other: str
    other_row: int | None


@dataclass(frozen=True)
class Imported:
    """Hold what a file contains and what came of it.

    cases            how many rows can be taken
    recorded         how many were recorded: all or, with problems or on a dry run, none
    """

    cases: int
    recorded: int
    problems: tuple[Problem, ...] = ()
    near_duplicates: tuple[NearDuplicate, ...] = ()


class _RecordedMeanwhile(Exception):
    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems


def import_cases(
    viewer: Viewer, text_of_csv: str, dry_run: bool, allow_near_duplicates: bool = False
) -> Imported:
    """Record the cases of a CSV file in one transaction, with the decision on each that has one.

    Nothing is recorded on a dry run, with any problem, or, unless they are allowed, with near-duplicates.
    Raise Refused.
    """
    require(viewer, Permission.RECORD_DEATH)
    require(viewer, Permission.KEEP_PANELS)
    read = read_cases(text_of_csv, clock.today(), read_districts())
    problems = sorted((*read.problems, *_recorded_already(read.cases)), key=lambda each: each.row)
    alike = tuple(_near_duplicates(viewer, read.cases))
    if dry_run or problems or (alike and not allow_near_duplicates):
        return Imported(len(read.cases), 0, tuple(problems), alike)
    # All is read by now: others wait for the recording alone.
    try:
        with change(viewer) as tx:
            if meanwhile := _recorded_already(read.cases):
                raise _RecordedMeanwhile(meanwhile)
            for case in read.cases:
                _record(tx, case)
    except _RecordedMeanwhile as found:
        return Imported(len(read.cases), 0, tuple(found.problems), alike)
    return Imported(len(read.cases), len(read.cases), (), alike)


def _record(tx: Change, case: EarlierCase) -> None:
    death = ChildDeath()
    set_facts(death, case.facts)
    tx.add(death, "death.recorded")
    if case.reviewed_on is not None:
        record_earlier(tx, death, Judgement(case.categories, case.status), case.reviewed_on)


def _recorded_already(cases: Iterable[EarlierCase]) -> list[Problem]:
    known = {number for (number,) in ChildDeath.select(ChildDeath.case_number).tuples()}
    return [
        Problem(case.row, "case_number", "A case with this number is recorded already.")
        for case in cases
        if case.facts.case_number in known
    ]


def _near_duplicates(viewer: Viewer, cases: Iterable[EarlierCase]) -> list[NearDuplicate]:
    seen: dict[Likeness, tuple[str, int | None]] = {
        like: (number, None) for number, like in _recorded(viewer)
    }
    found = []
    for case in cases:
        like, number = likeness(case.facts), case.facts.case_number
        other = seen.setdefault(like, (number, case.row))
        if other != (number, case.row):
            found.append(NearDuplicate(case.row, number, *other))
    return found


def _recorded(viewer: Viewer) -> list[tuple[str, Likeness]]:
    columns = (
        ChildDeath.case_number,
        ChildDeath.died_on,
        ChildDeath.district,
        ChildDeath.sex,
        ChildDeath.age_number,
        ChildDeath.age_unit,
    )
    rows = ChildDeath.select(*columns).where(visible_death(viewer)).tuples()
    return [(number, (died, place, sex, KeptAge(age, unit))) for number, died, place, sex, age, unit in rows]
