"""When the co-ordinator records the demonstration's cases, asks agencies and receives their returns."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import cache, partial
from typing import Any

from kscb_actions import clock
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.cases.service import edit_death, facts_of, record_death
from kscb_actions.child_deaths.intake.service import import_cases
from kscb_actions.child_deaths.judging.decisions import correct
from kscb_actions.child_deaths.returns.service import DAYS_TO_ANSWER, answer_return, ask_returns
from kscb_actions.demo.content import AS_AT, FOLDER, Table, parse_file
from kscb_actions.demo.schedule import ScheduledEvent, on_or_after, on_or_before
from kscb_actions.demo.story_runner import LoadedBoard

from .answers import answer_events, begun_event, has_contact, request_of
from .cases import IDENTIFIED, PlannedDeath, planned_deaths, read_rules
from .details import agencies_asked, asked_on, judgement_of, return_of, words_for

IMPORT_HOUR, RECORD_HOUR, ANSWER_HOUR, ASK_HOUR = 9, 10, 11, 15
COLUMNS = ("case_number", "died_on", "notified_on", "age_days", "sex", "ethnicity", "district", "unexpected",
           "place", "categories", "modifiable", "reviewed_on")  # fmt: skip


@cache
def panel_content() -> Table:
    """Return what the panel did, as the content file has it."""
    return parse_file(FOLDER / "panels.toml")


def case(number: str) -> ChildDeath:
    """Return the case with this number, as it is now."""
    return ChildDeath.get(ChildDeath.case_number == number)


def is_imported(death: PlannedDeath) -> bool:
    """Return whether it was reviewed before cases were kept here."""
    return death.reviewed_on is not None and death.reviewed_on < read_rules()["begun_on"]


def case_events(loaded: LoadedBoard, base_url: str) -> Iterator[ScheduledEvent]:
    """Yield the import and completion of earlier cases, and the recording of later ones with returns."""
    begun_on, completed_on = read_rules()["begun_on"], panel_content()["completed_on"]
    imported = [death for death in planned_deaths() if is_imported(death)]
    yield ScheduledEvent(begun_on, IMPORT_HOUR, partial(_import, loaded, imported))
    for death in imported:
        yield ScheduledEvent(begun_on, RECORD_HOUR, partial(_complete, loaded, death))
        if death.status == IDENTIFIED:
            yield ScheduledEvent(completed_on, RECORD_HOUR, partial(_add_factors, loaded, death))
    for death in planned_deaths():
        if not is_imported(death):
            recorded_on = on_or_after(max(death.notified_on, begun_on))
            yield ScheduledEvent(recorded_on, RECORD_HOUR, partial(_record, loaded, death))
            yield from _return_events(loaded, base_url, death)
    yield begun_event(loaded)


def csv_of(deaths: list[PlannedDeath]) -> str:
    """Return cases as `flask import-deaths` reads them."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for death in deaths:
        facts = death.facts
        categories = ";".join(map(str, sorted(death.categories)))
        unexpected = "yes" if facts.expected == "unexpected" else "no"
        writer.writerow(
            [death.number, facts.died_on, facts.notified_on, facts.age_days, facts.sex, facts.ethnicity,
             facts.district, unexpected, facts.place, categories, death.status, death.reviewed_on]
        )  # fmt: skip
    return file.getvalue()


def _coordinator(loaded: LoadedBoard) -> Any:
    return loaded.viewer(panel_content()["coordinator"])


def _import(loaded: LoadedBoard, deaths: list[PlannedDeath]) -> None:
    done = import_cases(_coordinator(loaded), csv_of(deaths), dry_run=False)
    if not done.recorded:
        raise ValueError(f"the demonstration's earlier cases are not taken: {done}")


def _complete(loaded: LoadedBoard, death: PlannedDeath) -> None:
    """Add what an import does not carry."""
    row = case(death.number)
    kept, facts = facts_of(row), death.facts
    more = {
        name: getattr(facts, name)
        for name in (
            "looked_after", "protection_plan", "statutory_order", "asylum_seeking", "event", "rapid_response",
            "rapid_response_on", "inquest", "criminal", "circumstances",
        )
    }  # fmt: skip
    edit_death(_coordinator(loaded), row, replace(kept, **more), row.version)


def _add_factors(loaded: LoadedBoard, death: PlannedDeath) -> None:
    why = panel_content()["completed_why"]
    reasons = words_for("reasons", death)
    on = death.reviewed_on
    correct(_coordinator(loaded), case(death.number), judgement_of(death), reasons, on, why)


def _record(loaded: LoadedBoard, death: PlannedDeath) -> None:
    suspected = death.number in panel_content()["suspected"] or death.facts.is_abuse_suspected
    record_death(_coordinator(loaded), replace(death.facts, is_abuse_suspected=suspected))


def _return_events(loaded: LoadedBoard, base_url: str, death: PlannedDeath) -> Iterator[ScheduledEvent]:
    on = asked_on(death)
    for at, agency in enumerate(agencies_asked(death)):
        if on > AS_AT:
            return
        yield ScheduledEvent(on, ASK_HOUR, partial(_ask, loaded, base_url, death.number, agency, on))
        answered_on = _answered_on(death, at, on)
        if answered_on is None:
            continue
        report = return_of(death, agency)
        if has_contact(loaded, agency, answered_on):
            yield from answer_events(loaded, base_url, death.number, agency, answered_on, report)
        else:
            yield ScheduledEvent(
                answered_on, ANSWER_HOUR, partial(_answer, loaded, death.number, agency, report)
            )


def _answered_on(death: PlannedDeath, at: int, asked: date) -> date | None:
    """Return when an agency answers: mostly in two weeks, some late; one in six on open cases not yet."""
    seed = death.place * 5 + at * 3
    day = on_or_after(asked + timedelta(days=27 if seed % 7 == 0 else 6 + seed % 11))
    if death.reviewed_on is not None:
        return min(day, on_or_before(death.reviewed_on - timedelta(days=1)))
    return None if seed % 6 == 0 or day > AS_AT else day


def _ask(loaded: LoadedBoard, base_url: str, number: str, agency: str, on: date) -> None:
    due_on, asked = on_or_after(on + DAYS_TO_ANSWER), [loaded.agencies[agency]]
    ask_returns(_coordinator(loaded), case(number), asked, on, due_on, base_url, is_by_hand=True)


def _answer(loaded: LoadedBoard, number: str, agency: str, report: tuple[str, str]) -> None:
    row = request_of(loaded, number, agency)
    answer_return(_coordinator(loaded), row, clock.today(), report[0], report[1], row.version)
