"""The timeline: each event of the trail stands in it once, in words, and none is missing."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM
from kscb_actions.actions.extensions import ask_extension, change_due_date, decide_extension
from kscb_actions.actions.models import Action
from kscb_actions.actions.service import ActionFacts, edit_action, set_standing
from kscb_actions.assurance.overview import changes_since, overview_of
from kscb_actions.assurance.service import open_file, withdraw_evidence
from kscb_actions.assurance.timeline.describing import DESCRIBERS, NOT_SHOWN, timeline_of
from kscb_actions.assurance.timeline.rules import TrailEvent, since_version

from ..factories import PDF, World

NOON = datetime(2012, 3, 1, 12, tzinfo=UTC)
PACKAGE = Path(__file__).resolve().parent.parent.parent / "kscb_actions"


def event(code: str, kind: str = "action", **rest: object) -> TrailEvent:
    return TrailEvent(code, kind, 1, NOON, "Head of safeguarding", **rest)  # type: ignore[arg-type]


def titles(world: World, action: Action) -> list[str]:
    kept = Action.get_by_id(action.id)
    return [entry.title for entry in overview_of(world.as_viewer(world.chair), kept).timeline]


def test_every_event_that_the_two_rooms_write_has_words() -> None:
    names = set()
    for room in ("actions", "assurance"):
        for path in (PACKAGE / room).glob("*.py"):
            names |= set(
                re.findall(r'"((?:action|extension|evidence|submission)\.[a-z-]+)"', path.read_text())
            )
    templates = {"extension.agreed", "extension.refused", "submission.accepted", "submission.returned"}
    assert (names | templates) - NOT_SHOWN - set(DESCRIBERS) == set()
    assert len(names) > 10


def test_the_whole_life_of_an_action_is_told_newest_first(world: World) -> None:
    police, chair, manager = (
        world.as_viewer(user) for user in (world.police_lead, world.second_chair, world.manager)
    )
    action = world.action(due_on=date(2012, 5, 1))
    action = world.progress(action)
    asked = ask_extension(police, action, date(2012, 6, 1), "The trainer is ill.")
    decide_extension(chair, asked, True, "Fair.")
    action = change_due_date(
        chair, Action.get_by_id(action.id), date(2012, 7, 1), "The Board moved its date."
    )
    refused = ask_extension(police, action, date(2012, 8, 1), "More.")
    decide_extension(chair, refused, False, "Enough.")
    action = edit_action(
        manager,
        action,
        ActionFacts("New words.", "An audit shows it.", action.current_due_on),
        None,
        action.version,
    )
    action = set_standing(manager, action, "on_hold", "Trial pending.")
    action = set_standing(manager, action, "active", "Trial over.")
    withdraw_evidence(police, world.evidence(action), "Wrong file.")
    action = world.decision(action, accepted=False)
    action = world.decision(action)
    assert titles(world, action)[::-1] == [
        "Action recorded",
        "Progress: In progress",
        "More time asked for, until 1 June 2012",
        "More time agreed, until 1 June 2012",
        "Due date changed to 1 July 2012",
        "More time asked for, until 1 August 2012",
        "More time refused",
        "Action edited",
        "Put on hold",
        "Made active again",
        "Evidence attached: Policy or procedure",
        "Evidence withdrawn",
        "Evidence attached: Policy or procedure",
        "Reported done",
        "Returned by the Board",
        "Evidence attached: Policy or procedure",
        "Reported done",
        "Accepted by the Board",
    ]


def test_the_timeline_names_posts_dates_reasons_and_files(world: World) -> None:
    action = world.action(due_on=date(2012, 5, 1))
    manager = world.as_viewer(world.manager)
    edit_action(manager, action, ActionFacts("New.", "An audit shows it.", action.current_due_on), None, 1)
    world.evidence(Action.get_by_id(action.id), ("Minutes & notes.pdf", PDF))
    evidence, edited, recorded = overview_of(manager, Action.get_by_id(action.id)).timeline
    assert (recorded.by, recorded.detail) == ("Manager", (("Due", "1 May 2012"), ("Lead", "Police lead")))
    assert ("Action before", "Change the procedure.") in edited.detail
    assert ("Lead", "nobody") in edited.detail and ("Lead before", "Police lead") in edited.detail
    assert evidence.text == "The procedure as agreed."
    assert ("Files", "Minutes & notes.pdf") in evidence.detail


def test_a_report_names_exactly_the_evidence_bound_to_it(world: World) -> None:
    action = world.action()
    world.submission(action)
    newest = overview_of(world.as_viewer(world.reader), Action.get_by_id(action.id)).timeline[0]
    assert (newest.title, newest.text) == ("Reported done", "It is done.")
    assert newest.detail == (("Evidence", "The procedure as agreed."),)


def test_an_event_nobody_knows_is_told_by_its_name() -> None:
    (entry,) = timeline_of([event("challenge.raised-again", "challenge")], {}, {})
    assert (entry.title, entry.by) == ("Challenge raised again", "Head of safeguarding")


def test_who_opened_a_file_is_not_part_of_the_timeline(world: World) -> None:
    action = world.action()
    evidence = world.evidence(action)
    before = titles(world, action)
    open_file(SYSTEM, world.store, evidence.files.get()).close()
    assert titles(world, action) == before


def test_what_happened_since_a_version_leaves_out_what_made_that_version(world: World) -> None:
    action = world.action(due_on=date(2012, 5, 1))
    seen = world.progress(action, narrative="Seen by both.").version
    assert changes_since(action, seen) == []
    world.progress(Action.get_by_id(action.id), narrative="Written meanwhile.")
    assert [entry.text for entry in changes_since(action, seen)] == ["Written meanwhile."]
    moved = Action.get_by_id(action.id)
    asked = ask_extension(world.as_viewer(world.police_lead), moved, date(2012, 6, 1), "Ill.")
    decide_extension(world.as_viewer(world.chair), asked, True, "Fair.")
    assert [entry.text for entry in changes_since(action, seen)] == ["Fair.", "Ill.", "Written meanwhile."]


@pytest.mark.parametrize("version", [0, -1])
def test_a_version_nobody_saw_has_no_since(version: int) -> None:
    assert since_version([event("action.added", state={"version": 1})], version) == ()


@given(st.text())
def test_any_text_is_told_as_it_is_kept(text: str) -> None:
    update = event(
        "action.progress-told", "progress_update", state={"progress": "in_progress", "narrative": text}
    )
    assert timeline_of([update], {}, {})[0].text == text


def test_the_timeline_stands_on_the_day_of_each_event(world: World) -> None:
    with clock.at(date(2011, 11, 5)):
        action = world.action()
    timeline = overview_of(world.as_viewer(world.manager), action).timeline
    assert [clock.local_date(entry.at) for entry in timeline] == [date(2011, 11, 5)]
