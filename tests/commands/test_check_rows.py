"""`flask check` names every row that is not what the trail says of it, in words, and no other."""

import importlib.util
from collections.abc import Iterator
from copy import copy
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from kscb_actions import clock, database, models
from kscb_actions.access.policy import SYSTEM
from kscb_actions.actions.service import end_recommendation
from kscb_actions.assurance.challenges.service import Subject, raise_challenge
from kscb_actions.assurance.erasing import ask_to_erase
from kscb_actions.assurance.voiding.entries.service import void_entry
from kscb_actions.audit.comparing import Comparison
from kscb_actions.audit.queries import every_event
from kscb_actions.audit.rules import DEATH_ROOMS
from kscb_actions.audit.service import change
from kscb_actions.audit.words import column_name
from kscb_actions.chasing.actions.rules import ACTIONS
from kscb_actions.chasing.ladder.rules import Typed
from kscb_actions.chasing.ladder.service import keep_ladder, pause_reminders
from kscb_actions.chasing.news.service import choose_pace
from kscb_actions.chasing.providers import registered, run_of
from kscb_actions.chasing.service import chase, chase_together
from kscb_actions.child_deaths.learning.lessons import recommend
from kscb_actions.child_deaths.requests.erasing import ask_to_erase as ask_to_erase_answers_file
from kscb_actions.child_deaths.telling.provider import DUE_MEETINGS
from kscb_actions.commands import check_rows
from kscb_actions.commands.check_rows import changed_rows
from kscb_actions.config import Settings
from kscb_actions.database import Model
from kscb_actions.figures.annual.models import IssuedReport
from kscb_actions.people.models import User
from kscb_actions.people.service import PersonFacts, edit_person
from kscb_actions.reports.template.service import use_template
from kscb_actions.reviews.answers.service import ask_for_answers
from kscb_actions.reviews.rules import RecommendationFacts, ReviewFacts
from kscb_actions.reviews.service import add_theme, name_person, record_review

from ..audit.behind import behind, flip, flipped, guards_off, unguarded
from ..audit.test_chain import run_check
from ..factories import TODAY, World
from ..factories_deaths import Panel
from ..foundation.test_audit_is_complete import drafted_at, operations  # noqa: F401 – a fixture
from ..impact.making import came_back
from ..keeping import Keeper
from ..long import LONG
from ..measures.making import measure, readings
from ..meetings.planned import a_body, a_decision
from ..reports.stories import keep
from ..reports.template.making import paper_template
from ..reviews.referring.making import case_referral
from ..walls.panel_work import PanelWork

COMPARED = [model for model in models.ALL if not model.keeps_no_history]


def heard() -> Comparison:
    """Return the tables beside what the trail adds up to, which no change past the application moves."""
    comparison = Comparison(models.ALL)
    for _ in comparison.adding_up(every_event()):
        pass
    return comparison


def found(comparison: Comparison | None = None) -> list[str]:
    """Return what comparing the open board's rows finds; with the trail as it is, or was `heard`."""
    return list(changed_rows(comparison or heard()))


def of_table(comparison: Comparison, model: type[Model]) -> Comparison:
    """Return the comparison of this table alone; in a long run of all, so that no other row is named."""
    if LONG:
        return comparison
    one = copy(comparison)
    one.models = {model._meta.table_name: model}
    return one


def tell_a_story(world: World) -> None:
    """Let something happen to every kind of thing."""
    said = world.progress(world.action(), narrative="Of another action.")
    void_entry(world.as_viewer(world.police_lead), said.updates.get(), "", said.version)
    work = PanelWork(world, world.cdop_member)
    for step in work.steps().values():
        step()
    work.refer()
    work.answer_referral()
    death = Panel(world).death(case_number="11/888")
    recommend(world.cdop_coordinator.viewer, death, RecommendationFacts("Tell parents."))
    Panel(world).asked(death)
    Panel(world).case(drafted_at(), death)
    chair = PersonFacts(
        "chair@board.example", "Chair", world.chair.role_set | world.cdop_member.role_set, None
    )
    edit_person(world.manager.viewer, world.chair, chair, world.chair.version)
    theme = add_theme(world.manager.viewer, "Housing")
    world.recommendation(world.review(theme_ids=(theme.id,)), theme_ids=(theme.id,))
    numbered = world.recommendation(published_number="4.3.1", heading="Phase one", is_key=True)
    end_recommendation(world.manager.viewer, numbered, "not_for_us", "For the police.", 1)
    world.action(date(2012, 3, 1))
    record_review(world.manager.viewer, ReviewFacts("SCR-2011-77", "scr", "A case"), "notified", TODAY)
    ask_to_erase(
        world.manager.viewer,
        [models.EvidenceFile.select().order_by(models.EvidenceFile.id).first()],
        "A name.",
        "",
    )
    ask_to_erase_answers_file(world.cdop_coordinator.viewer, models.ReturnFile.get(), "A name.", "")
    choose_pace(world.police_lead.viewer, "weekly")
    soon = TODAY + timedelta(days=3)
    raise_challenge(world.manager.viewer, Subject(world.police), "lead", "Why?", soon, "")
    ask_for_answers(world.manager.viewer, world.action().review, ["KPOL"], soon, "")
    notified = ReviewFacts("SCR-2012-01", "scr", "A case whose decision is late")
    record_review(world.manager.viewer, notified, "notified", TODAY - timedelta(days=40))
    with clock.at(TODAY - timedelta(days=40)):
        case_referral(world)
    asked_for = measure(world, first_period="2010-11", first_due_on=TODAY)
    readings(world, asked_for, y2009="15.1")
    came_back(world)
    a_decision(world, a_body(world, "Another body"), due_on=TODAY)
    for provider in registered():
        chase(provider, TODAY, "http://127.0.0.1")
    chase_together(run_of(DUE_MEETINGS), TODAY, "http://127.0.0.1")
    with change(SYSTEM) as tx:
        tx.add(models.TakenOut(message=1, kind="chase", chase_id=1), "chase.taken-out")
        known = {"coroner": "informed", "certificate": "doctor", "key_worker": "no"}
        tx.add(models.Particulars(death=death, **known), "particulars.recorded")
    template = paper_template(world)
    use_template(world.manager.viewer, template, template.version)
    rung = Typed(7, ("lead",), every=28, repeats=True)
    keep_ladder(world.manager.viewer, ACTIONS, [rung])
    pause_reminders(world.manager.viewer, None, world.police, "It moves house.", soon)
    keep(world.manager, "agency", agency="KPOL")


@pytest.fixture
def board(request: pytest.FixtureRequest, world: World, settings: Settings, keeper: Keeper) -> World:
    """Return a board with rows in every table that has a history."""

    def make() -> None:
        for operation in request.getfixturevalue("operations").values():
            operation()
        tell_a_story(world)

    keeper.board("every kind", world, settings, make)
    assert [model.__name__ for model in COMPARED if not model.select().exists()] == []
    return world


def compared(model: type[Model]) -> list[str]:
    return [each.column_name for each in model.fields_in_events() if each.name != "id"]


def undeclared(tables: Any) -> list[str]:
    """Return what is wrong with what tables say of what they keep out of the trail, and out of checks."""
    wrong = []
    for table in tables:
        columns = {field.column_name for field in table._meta.sorted_fields}
        wrong += [
            f"{table.__name__}.{name}"
            for name, why in table.not_in_events.items()
            if name not in columns or len(why) < 8
        ]
        if table.keeps_no_history and len(table.keeps_no_history) < 15:
            wrong.append(table.__name__)
    return wrong


def test_every_column_is_compared_or_left_out_for_a_reason() -> None:
    assert undeclared(models.ALL) == []
    without = {model for model in models.ALL if model.keeps_no_history}
    assert without == {models.AuditEvent, *models.HOUSEKEEPING, *models.TOLD_BY_OTHERS}
    left_out = {(model.__name__, name) for model in COMPARED for name in model.not_in_events}
    assert left_out == {
        ("User", "password_hash"),
        ("OutboxMessage", "body"),
        ("OwnerName", "words"),
        ("OutboxMessage", "enclosed"),
        ("EvidenceFile", "shown_name"),
        ("ReviewPaper", "shown_name"),
        ("ReviewPaper", "description"),
        ("CaseReferral", "summary"),
        ("CaseReferral", "reason"),
        ("CaseReferralAnswer", "reason"),
        ("PaperTemplate", "file"),
        ("ReturnPart", "text"),
        ("ReturnFile", "shown_name"),
        ("ChildDeath", "sealed_birth"),
        ("ChildDeath", "order_key"),
        ("Review", "order_key"),
        ("IssuedReport", "report_json"),
        ("IssuedReport", "counts_json"),
        ("IssuedReport", "cases_json"),
        ("FrozenYear", "tables_json"),
        ("FrozenYear", "cases_json"),
        ("IssuedReport", "paper"),
        ("KeptPaper", "content"),
        ("KeptPaper", "reviews"),
        ("MeetingDecision", "item_text"),
        ("MeetingDecision", "outcome"),
        ("MeetingDecision", "reviews"),
        ("MeetingDecision", "text"),
    }
    assert all(model.fields_in_events()[0].name == "id" for model in models.ALL)


def test_a_column_left_out_without_a_reason_is_caught() -> None:
    class Silent(models.Theme):
        """Says nothing of why."""

        not_in_events = {"name": "", "colour": "there is no such column"}

    assert undeclared([Silent]) == ["Silent.name", "Silent.colour"]


def test_the_board_of_every_kind_is_whole_and_so_after_each_kind_of_change(board: World, app: Flask) -> None:
    assert found() == []
    assert run_check(app).exit_code == 0


@pytest.fixture
def guards_are_off(board: World) -> Iterator[None]:
    """Keep the guards of the database off for a whole test."""
    with guards_off():
        yield


def test_every_column_of_every_table_is_compared(
    board: World, guards_are_off: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_rows, "_happened", lambda difference: f"{sorted(difference.columns)}")
    silent, trail = {}, heard()
    for model in COMPARED:
        one = of_table(trail, model)
        row = model.select().order_by(model.id.desc()).first()
        names = compared(model)
        flip(model, row.id, *names)
        told = found(one)
        if not any(f" {sorted(names)}" in each for each in told):
            silent[model.__name__] = told
        with unguarded():
            row.save()
    assert silent == {}
    assert found() == []


def test_one_column_alone_is_named_in_words(board: World, guards_are_off: None) -> None:
    trail = heard()
    for model in COMPARED:
        one = of_table(trail, model)
        name = compared(model)[-1]
        row = model.select().order_by(model.id).first()
        flip(model, row.id, name)
        told = [each for each in found(one) if f"“{column_name(name)}”" in each]
        assert len(told) == 1 and "past the application" in told[0], (model, name)
        assert check_rows._kind(model._meta.table_name).lower() in told[0].lower()
        if model.event_room in DEATH_ROOMS:
            assert "11/777" not in told[0] and "11/888" not in told[0]
        with unguarded():
            row.save()
    assert found() == []


def test_a_row_that_is_removed_and_one_that_is_put_in_are_named(board: World, guards_are_off: None) -> None:
    silent, trail = [], heard()
    for model in COMPARED:
        one = of_table(trail, model)
        row = model.select().order_by(model.id.desc()).first()
        with unguarded():
            model.delete().where(model.id == row.id).execute()
        if not any("is not there" in each for each in found(one)):
            silent.append(f"{model.__name__} removed")
        with unguarded():
            row.save(force_insert=True)
        kept = row.state_of_event()
        copied = {
            each: kept.get(each.column_name, getattr(row, each.name)) for each in row._meta.sorted_fields
        }
        copied = {each: flipped(each, value) for each, value in copied.items() if value != ""}
        with unguarded():
            model.insert({**copied, model.id: row.id + 500}).execute()
        if not any("was put in" in each for each in found(one)):
            silent.append(f"{model.__name__} put in")
        with unguarded():
            model.delete().where(model.id == row.id + 500).execute()
    assert silent == []
    assert found() == []


EDITS = {
    "due date": ("UPDATE action SET current_due_on = '2013-01-01' WHERE id = 1", "Current due on"),
    "original date": ("UPDATE action SET original_due_on = '2013-01-01' WHERE id = 1", "Original due on"),
    "accepted": ("UPDATE action SET assurance = 'accepted' WHERE id = 2", "Assurance"),
    "decision": ("UPDATE assurance_decision SET decision = 'accepted' WHERE id = 1", "Decision"),
    "reworded": ("UPDATE progress_update SET narrative = 'All is well.' WHERE id = 1", "Narrative"),
    "update gone": ("DELETE FROM progress_update WHERE id = 1", "is not there"),
    "role": ("UPDATE person SET roles = 'manager' WHERE email = 'reader@board.example'", "Roles"),
    "address": ("UPDATE person SET email = 'x@y.example' WHERE email = 'reader@board.example'", "Email"),
    "named": ("INSERT INTO named_person (id, review_id, user_id) VALUES (99, 2, 7)", "was put in"),
    "unnamed": ("DELETE FROM named_person WHERE id = 1", "is not there"),
    "opened": ("UPDATE review SET is_restricted = false WHERE id = 2", "Restricted"),
    "evidence": ("UPDATE evidence SET withdrawn_at = NULL WHERE id = 1", "Withdrawn at"),
    "file": (f"UPDATE evidence_file SET sha256 = '{'0' * 64}' WHERE id = 1", "Sha256"),
    "extension": ("UPDATE extension SET state = 'agreed' WHERE id = 1", "State"),
    "stage": ("UPDATE stage_reached SET reached_on = '2010-01-01' WHERE id = 1", "Reached on"),
    "text": ("UPDATE recommendation SET text = 'To note.' WHERE id = 1", "Text"),
    "published number": ("UPDATE recommendation SET published_number = '9' WHERE id = 1", "Published number"),
    "key mark": ("UPDATE recommendation SET is_key = true WHERE id = 1", "Key"),
    "ending": ("UPDATE recommendation SET ending = 'noted' WHERE id = 1", "Ending"),
    "answer": ("UPDATE agency_response SET answer = 'accepted' WHERE id = 1", "Answer"),
    "setting": ("UPDATE setting SET value = '700' WHERE id = 1", "Value"),
    "district": ("UPDATE district SET name = 'Kent' WHERE id = 3", "Name"),
    "district gone": ("DELETE FROM district WHERE id = 12", "is not there"),
    "message": ("UPDATE outbox_message SET state = 'sent' WHERE id = 1", "State"),
    "about": ("DELETE FROM outbox_item WHERE id = 1", "is not there"),
    "case": ("UPDATE child_death SET expected = 'expected' WHERE id = 1", "Expected"),
    "category": ("UPDATE panel_decision SET primary_category = 9 WHERE id = 1", "Primary category"),
    "interest": ("DELETE FROM interest WHERE id = 1", "is not there"),
    "request": ("UPDATE role_request SET is_agreed = true WHERE id = 1", "Agreed"),
}


def test_edits_behind_the_trail_are_found_each(board: World, guards_are_off: None) -> None:
    trail = heard()
    for name, (sql, words) in EDITS.items():
        with database.db.atomic() as undo:
            behind(sql)
            told = found(trail)
            undo.rollback()
        assert any(words in each for each in told), (name, told)


def test_a_fault_says_which_row_and_ends_the_command_with_1(world: World, app: Flask) -> None:
    action = world.action(date(2012, 5, 1))
    flip(models.Action, action.id, "current_due_on")
    done = run_check(app)
    event = models.AuditEvent.get(models.AuditEvent.event == "action.added").id
    assert done.exit_code == 1
    assert (
        f"FAULT: audit trail: Action {action.reference} is not what event {event} recorded, it was "
        "changed past the application: “Current due on”"
    ) in done.output
    assert "2 May 2012" not in done.output


def test_a_restricted_review_is_not_named(world: World) -> None:
    review = world.review(is_restricted=True)
    name_person(world.manager.viewer, review, world.chair)
    flip(models.Review, review.id, "title", "is_restricted")
    flip(models.NamedPerson, models.NamedPerson.get().id, "user_id")
    told = found()
    assert len(told) == 2
    assert all(review.reference not in each and "estricted" in each for each in told)


def test_what_an_ordinary_change_has_kept_since_is_found_still(world: World) -> None:
    action = world.action(date(2012, 5, 1))
    flip(models.Action, action.id, "current_due_on")
    world.progress(models.Action.get_by_id(action.id))
    (told,) = found()
    assert "was changed past the application before event" in told and told.endswith("“Current due on”")


def test_a_visit_told_with_an_older_state_is_no_fault(world: World) -> None:
    old = User.get_by_id(world.reader.id)
    now = User.get_by_id(world.reader.id)
    now.name = "Lay member"
    with change(SYSTEM) as tx:
        tx.update(now, "person.changed")
        tx.note("person.signed-in", old)
    assert found() == []


def test_an_event_that_is_not_known_to_remove_cannot(world: World) -> None:
    theme = add_theme(world.manager.viewer, "Neglect")
    with pytest.raises(ValueError, match="theme.dropped"), change(SYSTEM) as tx:
        tx.remove(theme, "theme.dropped")
    assert models.Theme.select().exists() and found() == []


def test_more_of_a_kind_than_can_be_read_are_counted(world: World) -> None:
    review = world.review()
    for _ in range(25):
        world.recommendation(review)
    with unguarded():
        models.Recommendation.update(text="To note.").execute()
    told = found()
    assert len(told) == check_rows.MOST_TOLD + 1 and "5 more rows" in told[-1]


def test_the_paper_of_an_issued_report_is_compared_with_its_hash(board: World, app: Flask) -> None:
    with unguarded():
        IssuedReport.update(paper=b"Another paper.").execute()
    assert "is not the one that was issued" in run_check(app).output


def test_the_content_of_a_kept_paper_is_compared_with_its_hash(board: World, app: Flask) -> None:
    with unguarded():
        models.KeptPaper.update(content=b"Another paper.").execute()
    assert "is not what was kept" in run_check(app).output


def test_the_districts_of_the_first_schema_are_those_that_are_compared() -> None:
    (path,) = database.MIGRATIONS.glob("0006*.py")
    spec = importlib.util.spec_from_file_location("districts", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert [(row["code"], row["name"]) for row in models.District.first_rows] == list(module.KENT.items())
