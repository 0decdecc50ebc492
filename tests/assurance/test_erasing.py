"""A wrong file is erased by two people of different roles; a tombstone stays, and nothing else of it."""

import itertools
import json
import tarfile
from pathlib import Path

import peewee
import pytest
from flask import Flask

from kscb_actions import database, models
from kscb_actions.access.policy import CHAIRING, ERASING, SYSTEM, Refused, Role
from kscb_actions.actions.models import Action
from kscb_actions.assurance import erasing
from kscb_actions.assurance.erasing import (
    ask_to_erase,
    decide_erasure,
    finish_erasures,
    take_erasure_back,
)
from kscb_actions.assurance.models import Erasure, EvidenceFile
from kscb_actions.assurance.overview import overview_of
from kscb_actions.assurance.queries import (
    backups_holding,
    get_erasure,
    is_name_in_trail,
    list_waiting_erasures,
    same_content,
    usable_evidence,
)
from kscb_actions.assurance.service import FileErased, open_file, report_done, withdraw_evidence
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import change
from kscb_actions.config import Settings
from kscb_actions.jobs.scheduler import Jobs
from kscb_actions.mail.models import OutboxItem, OutboxMessage
from kscb_actions.people.models import User
from kscb_actions.reviews.models import NamedPerson
from kscb_actions.text import InvalidInput

from ..audit.test_chain import run_check
from ..backups.conftest import Board, board
from ..factories import PDF, World

__all__ = ["board"]
NAME = "Zebedee Quillfeather.pdf"
INSIDE = PDF + b"% about Zebedee Quillfeather"
HOME = "https://board.example"


@pytest.fixture
def wrong(world: World) -> EvidenceFile:
    """Return a file that must not be kept, attached by the police beside one that may."""
    evidence = world.evidence(world.action(), ("policy.pdf", PDF), (NAME, INSIDE))
    return evidence.files.where(EvidenceFile.shown_name == NAME).get()


def asked(world: World, file: EvidenceFile, by: str = "manager") -> Erasure:
    (erasure,) = ask_to_erase(getattr(world, by).viewer, [file], "Another child.", HOME)
    return erasure


def agreed(world: World, *erasures: Erasure, by: str = "chair") -> bool:
    return decide_erasure(getattr(world, by).viewer, world.store, erasures, True, "", HOME)


def erased(world: World, file: EvidenceFile) -> EvidenceFile:
    assert agreed(world, asked(world, file))
    return EvidenceFile.get_by_id(file.id)


def bytes_below(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_two_people_of_different_roles_leave_a_tombstone(world: World, wrong: EvidenceFile) -> None:
    left = erased(world, wrong)
    assert not is_name_in_trail(left)
    assert (left.sha256, left.size) == (wrong.sha256, len(INSIDE))
    assert (left.shown_name, left.media_type, left.name_length) == ("", "", len(NAME))
    closed = get_erasure(left)
    assert (closed.asked_by, closed.decided_by, closed.reason) == (
        world.manager,
        world.chair,
        "Another child.",
    )
    assert left.erased_at == closed.decided_at and not world.store.holds(left.stored_name)
    with pytest.raises(FileErased):
        open_file(SYSTEM, world.store, left)


def test_neither_bytes_nor_name_are_anywhere_afterwards(
    world: World, wrong: EvidenceFile, settings: Settings
) -> None:
    """Walks every table, the trail with it, and every file of the evidence."""
    open_file(world.chair.viewer, world.store, wrong).close()
    erased(world, wrong)
    for model in models.ALL:
        for row in model.select().tuples():
            assert "Quillfeather" not in repr(row), model
    if database.is_sqlite():
        database.db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        assert not any(b"Quillfeather" in each for each in bytes_below(settings.instance).values())
    held = bytes_below(settings.evidence)
    assert len(held) == 1 and not any(b"Quillfeather" in each for each in held.values())


@pytest.mark.parametrize("one", sorted(ERASING))
def test_nobody_agrees_alone_and_no_two_of_one_role(world: World, wrong: EvidenceFile, one: Role) -> None:
    roles = {"agency": world.police} if one == Role.AGENCY_LEAD else {}
    first = world.person("first", one, **roles)
    (erasure,) = ask_to_erase(first.viewer, [wrong], "Another child.", HOME)
    second = world.person("second", one, **roles)
    both = world.person("third", *ERASING, agency=world.police)
    # The deputy acts as the chair does: together they are no two roles.
    chairing = [world.person(f"a-{role}", role) for role in CHAIRING] if one in CHAIRING else []
    for person in (first, second, both, *chairing):
        with pytest.raises(Refused):
            decide_erasure(person.viewer, world.store, [erasure], True, "", HOME)
    assert world.store.holds(wrong.stored_name) and not get_erasure(wrong).outcome
    (other,) = sorted(ERASING - {one})[:1]
    agreeing = world.person("fourth", other, agency=world.police if other == Role.AGENCY_LEAD else None)
    assert decide_erasure(agreeing.viewer, world.store, [erasure], True, "", HOME)


def test_a_role_that_somebody_comes_to_hold_does_not_let_them_be_two(
    world: World, wrong: EvidenceFile
) -> None:
    erasure = asked(world, wrong)
    with change(SYSTEM) as tx:
        person = User.get_by_id(world.manager.id)
        person.roles = "chair"
        tx.update(person, "person.changed")
    with pytest.raises(Refused):
        agreed(world, erasure)
    second = world.person("second-manager", Role.MANAGER)
    with pytest.raises(Refused):
        decide_erasure(second.viewer, world.store, [erasure], True, "", HOME)


@pytest.mark.parametrize("name", ["reader", "health_lead", "cdop_coordinator"])
def test_who_may_not_open_the_file_can_neither_ask_nor_agree(
    world: World, wrong: EvidenceFile, name: str
) -> None:
    with pytest.raises(Refused):
        asked(world, wrong, name)
    erasure = asked(world, wrong)
    with pytest.raises(Refused):
        agreed(world, erasure, by=name)
    assert list_waiting_erasures(getattr(world, name).viewer) == []


def test_of_a_restricted_review_only_those_named_decide_and_hear(world: World, wrong: EvidenceFile) -> None:
    with change(SYSTEM) as tx:
        review = wrong.evidence.action.review
        review.is_restricted = True
        tx.update(review, "review.changed")
        for person in (world.manager, world.police_lead):
            tx.add(NamedPerson(review=review, user=person), "review.person-named")
    file = EvidenceFile.get_by_id(wrong.id)
    erasure = asked(world, file)
    with pytest.raises(Refused):
        agreed(world, erasure)
    assert list_waiting_erasures(world.chair.viewer) == []
    assert {message.to_user for message in OutboxMessage.select()} == {world.police_lead}
    assert agreed(world, erasure, by="police_lead")


def test_it_is_asked_decided_and_taken_back_once(world: World, wrong: EvidenceFile) -> None:
    first = asked(world, wrong)
    with pytest.raises(Refused):
        asked(world, wrong, "chair")
    with pytest.raises(Refused):
        take_erasure_back(world.chair.viewer, first, HOME)
    take_erasure_back(world.manager.viewer, first, HOME)
    with pytest.raises(InvalidInput):
        agreed(world, first)
    second = asked(world, wrong)
    with pytest.raises(InvalidInput):
        decide_erasure(world.chair.viewer, world.store, [second], False, " ", HOME)
    decide_erasure(world.chair.viewer, world.store, [second], False, "It names nobody.", HOME)
    assert world.store.verify(wrong.stored_name, wrong.sha256)
    with pytest.raises(InvalidInput):
        agreed(world, second)
    erased(world, wrong)
    with pytest.raises(Refused):
        asked(world, EvidenceFile.get_by_id(wrong.id))


def test_a_reason_is_needed_and_may_not_be_endless(world: World, wrong: EvidenceFile) -> None:
    for reason in ("", " ", "x" * 10_001):
        with pytest.raises(InvalidInput):
            ask_to_erase(world.manager.viewer, [wrong], reason, HOME)
    with pytest.raises(InvalidInput):
        decide_erasure(world.chair.viewer, world.store, [asked(world, wrong)], True, "x" * 10_001, HOME)


def test_mail_tells_those_concerned_by_reference_and_link_alone(world: World, wrong: EvidenceFile) -> None:
    def told(since: int) -> set[str]:
        new = OutboxMessage.select().where(OutboxMessage.id > since)
        for message in new:
            assert f"{HOME}/reviews/" in message.body and "SCR-2011-01/A1" in message.subject
            for word in ("Quillfeather", "Another child", wrong.sha256):
                assert word not in message.body + message.subject
            assert OutboxItem.select().where(OutboxItem.message == message).exists()
        return {message.to_user.email.split("@")[0] for message in new}

    def last() -> int:
        return OutboxMessage.select(peewee.fn.MAX(OutboxMessage.id)).scalar() or 0

    erasure = asked(world, wrong)
    assert told(0) == {"police-lead", "chair", "second-chair"}
    seen = last()
    take_erasure_back(world.manager.viewer, erasure, HOME)
    assert told(seen) == {"police-lead", "chair", "second-chair"}
    erasure = asked(world, wrong)
    seen = last()
    agreed(world, erasure)
    assert told(seen) == {"police-lead", "manager"}


def test_the_story_of_the_action_tells_of_it_and_of_no_mail(world: World, wrong: EvidenceFile) -> None:
    take_erasure_back(world.manager.viewer, asked(world, wrong), HOME)
    decide_erasure(world.chair.viewer, world.store, [asked(world, wrong)], False, "It names nobody.", HOME)
    erased(world, wrong)
    told = [
        (each.title, each.text) for each in overview_of(world.chair.viewer, wrong.evidence.action).timeline
    ]
    assert told[:-2] == [
        ("File erased", "Another child."),
        ("Erasing of a file asked for", "Another child."),
        ("Erasing of a file refused", "It names nobody."),
        ("Erasing of a file asked for", "Another child."),
        ("Erasing of a file no longer asked for", ""),
        ("Erasing of a file asked for", "Another child."),
    ]


def test_the_database_lets_nothing_else_change(world: World, wrong: EvidenceFile) -> None:
    """What the row's trigger allows is erasing whole, once."""
    whole = {"erased_at": "2012-03-31 12:00:00", "shown_name": "", "media_type": "", "name_length": len(NAME)}
    changes = [
        {"shown_name": "other.pdf"},
        {"sha256": "0" * 64},
        {"erased_at": None},
        {**whole, "sha256": "0" * 64},
        {**whole, "stored_name": "0" * 32},
        {**whole, "size": 1},
        {**whole, "shown_name": "other.pdf"},
        {**whole, "media_type": "application/pdf"},
        {**whole, "name_length": 3},
        {**whole, "name_length": None},
    ]
    for each in changes:
        with pytest.raises(peewee.DatabaseError), database.writing():
            EvidenceFile.update(each).where(EvidenceFile.id == wrong.id).execute()
    with pytest.raises(peewee.DatabaseError), database.writing():
        EvidenceFile.delete().where(EvidenceFile.id == wrong.id).execute()
    erased(world, wrong)
    with pytest.raises(peewee.DatabaseError), database.writing():
        EvidenceFile.update(erased_at=None).where(EvidenceFile.id == wrong.id).execute()


def test_the_same_content_elsewhere_is_offered_and_told_of(world: World, wrong: EvidenceFile) -> None:
    twin = world.evidence(world.action(), ("copy.pdf", INSIDE)).files.get()
    hidden = world.evidence(world.action(agency=world.health), ("copy.pdf", INSIDE)).files.get()
    assert same_content(world.manager.viewer, wrong) == [twin, hidden]
    assert same_content(world.police_lead.viewer, wrong) == [twin]
    both = ask_to_erase(world.police_lead.viewer, [wrong, twin], "Another child.", HOME)
    assert agreed(world, *both, by="manager")
    assert [EvidenceFile.get_by_id(each.id).erased_at is not None for each in (wrong, twin, hidden)] == [
        True,
        True,
        False,
    ]
    assert same_content(world.manager.viewer, wrong) == [hidden]
    told = OutboxMessage.select().where(OutboxMessage.subject.startswith("The same as an erased file"))
    assert {message.to_user for message in told} == {
        world.health_lead,
        world.manager,
        world.chair,
        world.second_chair,
    }


def test_an_identical_upload_is_refused_and_not_kept(
    world: World, wrong: EvidenceFile, settings: Settings
) -> None:
    erased(world, wrong)
    before = bytes_below(settings.evidence).keys()
    with pytest.raises(InvalidInput) as refused:
        world.evidence(world.action(), ("again.pdf", INSIDE), ("fine.pdf", PDF))
    assert "“again.pdf” is the same, byte for byte" in refused.value.errors["files"]
    assert "fine.pdf" not in refused.value.errors["files"]
    assert bytes_below(settings.evidence).keys() == before
    world.evidence(world.action(), ("again.pdf", INSIDE + b" "))


def test_evidence_without_a_file_left_counts_no_more(world: World) -> None:
    action = world.action()
    alone = world.evidence(action, (NAME, INSIDE)).files.get()
    assert len(usable_evidence(action)) == 1
    erased(world, alone)
    assert usable_evidence(action) == []
    with pytest.raises(Refused):
        report_done(world.police_lead.viewer, Action.get_by_id(action.id), "It is done.")
    whole = overview_of(world.police_lead.viewer, Action.get_by_id(action.id))
    assert "assurance.report_done" not in {each.endpoint for each in whole.operations}


def test_evidence_that_was_accepted_can_be_erased_and_its_decision_stays(world: World) -> None:
    action = world.decision(world.action())
    file = EvidenceFile.get()
    erased(world, file)
    assert Action.get_by_id(action.id).assurance == "accepted"
    withdrawn = world.evidence(world.action(), (NAME, INSIDE))
    withdraw_evidence(world.police_lead.viewer, withdrawn, "Wrong.")
    erased(world, withdrawn.files.get())


def test_names_in_the_trail_of_an_earlier_board_are_not_shown(world: World, wrong: EvidenceFile) -> None:
    """Names were in the trail once; its page of an action must not read them from there."""
    action = wrong.evidence.action
    with change(SYSTEM) as tx:
        tx._write_all(
            {},
            [
                {
                    "event": "evidence.found-damaged",
                    "room": "assurance",
                    "kind": "evidence_file",
                    "object_id": wrong.id,
                    "review_id": action.review_id,
                    "action_id": action.id,
                    "changes": "{}",
                    "state": json.dumps(
                        {"id": wrong.id, "shown_name": NAME, "evidence_id": wrong.evidence_id}
                    ),
                    "detail": "{}",
                }
            ],
        )
    assert NAME in repr(overview_of(world.manager.viewer, action).timeline)
    erased(world, wrong)
    shown = repr(overview_of(world.manager.viewer, action).timeline)
    assert is_name_in_trail(wrong)
    assert NAME not in shown and f"its name had {len(NAME)} characters" in shown


def test_what_is_missing_with_a_tombstone_is_whole(world: World, wrong: EvidenceFile, app: Flask) -> None:
    erased(world, wrong)
    done = run_check(app)
    assert done.exit_code == 0, done.output
    assert wrong.stored_name not in done.output


def test_a_crash_before_the_bytes_are_gone_is_named_and_finished(
    world: World, wrong: EvidenceFile, app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    erasure = asked(world, wrong)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(erasing, "is_removed", killed)
        agreed(world, erasure)
    assert EvidenceFile.get_by_id(wrong.id).erased_at and world.store.holds(wrong.stored_name)
    done = run_check(app)
    assert done.exit_code == 1 and f"file {wrong.id} ({wrong.stored_name}) was erased, but" in done.output
    assert f"No row names the evidence file {wrong.stored_name}" not in done.output
    Jobs(settings).forget()
    assert not world.store.holds(wrong.stored_name)
    assert json.loads(AuditEvent.get(AuditEvent.event == erasing.FINISHED).detail) == {
        "files": [wrong.stored_name]
    }
    assert run_check(app).exit_code == 0 and finish_erasures(world.store) == 0


def test_a_disk_that_refuses_is_said_and_tried_again(
    world: World, wrong: EvidenceFile, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    with monkeypatch.context() as patch:
        patch.setattr(type(world.store), "discard", refuse)
        assert agreed(world, asked(world, wrong)) is False
    assert (
        b"Quillfeather"
        not in bytes_below(settings.evidence)[settings.evidence / world.store.where_kept(wrong.stored_name)]
    )
    assert finish_erasures(world.store) == 1


def test_the_trail_says_which_backups_hold_it(board: Board) -> None:
    """Those whose moment lies between the attaching and the erasing, by the trail's own order."""
    world, file = board.world, EvidenceFile.select().order_by(EvidenceFile.id.desc()).get()
    board.backed_up()
    late = world.evidence(Action.get_by_id(board.action.id), ("late.pdf", PDF + b"late")).files.get()
    second = board.folder / "second.tar"
    assert board.run("backup", second).returncode == 0
    erased(world, file)
    third = board.folder / "third.tar"
    assert board.run("backup", third).returncode == 0
    assert [each.file for each in backups_holding(EvidenceFile.get_by_id(file.id))] == [
        "board.tar",
        "second.tar",
    ]
    assert [each.file for each in backups_holding(late)] == ["second.tar", "third.tar"]
    with tarfile.open(third) as tar:
        assert not any(file.stored_name in name for name in tar.getnames())
    place = board.elsewhere()
    done = place.run("restore", third)
    assert done.returncode == 0 and "What was erased after that moment" in done.stdout
    assert place.run("check").returncode == 0


def test_every_model_that_names_a_file_of_the_store_is_known() -> None:
    """Another kind of kept file has to be backed up and checked too: this says when there is one.

    A plan's file can be discarded until it is taken in; what an agency attached can be erased at any time.
    """
    naming = {
        model
        for model, field in itertools.product(models.ALL, ("stored_name", "shown_name"))
        if field in model._meta.fields
    }
    in_the_database = {each for each in naming if isinstance(each._meta.fields.get("file"), peewee.BlobField)}
    in_the_store = {each.__name__ for each in naming - in_the_database}
    assert in_the_store == {"EvidenceFile", "ReturnFile", "ReviewPaper"}
    # The board's template holds nothing of a case: what is kept has the look alone, and nothing to erase.
    assert {each.__name__ for each in in_the_database} == {"PaperTemplate"}
