"""The pages of erasing a wrong file: asking, deciding, taking back, the tombstone."""

import re

import pytest
from flask.testing import FlaskClient

from kscb_actions.access.policy import SYSTEM
from kscb_actions.assurance.erasing import ask_to_erase, decide_erasure
from kscb_actions.assurance.models import Erasure, EvidenceFile
from kscb_actions.audit.service import change

from ..factories import PDF, World
from ..queries import counted
from .filing import SignIn, at, file_address, good, post

NAME = "Zebedee Quillfeather.pdf"
INSIDE = PDF + b"% about Zebedee Quillfeather"


@pytest.fixture
def wrong(world: World) -> EvidenceFile:
    return world.evidence(world.action(), (NAME, INSIDE)).files.get()


@pytest.fixture
def manager(world: World, sign_in: SignIn) -> FlaskClient:
    return sign_in(world.manager)


@pytest.fixture
def chair(world: World, sign_in: SignIn) -> FlaskClient:
    return sign_in(world.chair)


def ask(client: FlaskClient, file: EvidenceFile, token: str, **rest: object) -> object:
    data = {"csrf_token": token, "reason": "It names another child.", **rest}
    return client.post(f"{file_address(file)}/erase", data=data)


def decide(client: FlaskClient, file: EvidenceFile, token: str, **rest: object) -> object:
    data = {"csrf_token": token, "decision": "agree", **rest}
    return client.post(f"{file_address(file)}/erasure", data=data)


def test_from_the_action_to_the_tombstone(
    world: World, wrong: EvidenceFile, manager: FlaskClient, chair: FlaskClient, csrf_token: str
) -> None:
    action = wrong.evidence.action
    where = file_address(wrong)
    assert f'href="{where}/erase"' in manager.get(at(action)).text
    assert "Why must it not be kept?" in manager.get(f"{where}/erase").text
    assert ask(manager, wrong, csrf_token).location == f"{where}/erasure"
    assert "Take the request back" in manager.get(f"{where}/erasure").text
    assert f'href="{where}/erasure"' in chair.get("/attention").text
    page = chair.get(f"{where}/erasure").text
    assert "What do you decide?" in page and NAME in page and "It names another child." in page
    assert decide(chair, wrong, csrf_token).location == f"{where}/erasure"
    for client in (manager, chair):
        page = client.get(f"{where}/erasure").text
        assert "This file was erased" in page and wrong.sha256 in page and f"{len(NAME)} characters" in page
        assert "Manager (Board manager)" in page and "It names another child." in page
        for address in (f"{where}/erasure", at(action), "/audit", "/attention", where):
            assert "Quillfeather" not in client.get(address).text, address
    assert chair.get(where).status_code == 410
    assert chair.get(f"{where}/erase").location == f"{where}/erasure"
    assert f'href="{where}/erasure"' in chair.get(at(action)).text
    assert where not in chair.get("/attention").text


def test_two_of_one_role_are_told_who_can_agree(
    world: World, wrong: EvidenceFile, sign_in: SignIn, chair: FlaskClient, csrf_token: str
) -> None:
    ask(chair, wrong, csrf_token)
    second = sign_in(world.second_chair)
    page = second.get(f"{file_address(wrong)}/erasure").text
    assert "somebody of another role has to decide it" in page and "What do you decide?" not in page
    assert f"It waits for {world.manager.name} or {world.police_lead.name}." in re.sub(r"\s+", " ", page)
    assert decide(second, wrong, csrf_token).status_code == 409
    assert not EvidenceFile.get_by_id(wrong.id).erased_at


def test_it_is_refused_with_the_reason_and_can_be_asked_again(
    world: World, wrong: EvidenceFile, manager: FlaskClient, chair: FlaskClient, csrf_token: str
) -> None:
    ask(manager, wrong, csrf_token)
    for changes, message in (
        ({"decision": ""}, "Choose whether to erase it or to refuse."),
        ({"decision": "refuse"}, "Say why the file stays"),
    ):
        answer = decide(chair, wrong, csrf_token, **changes)
        assert answer.status_code == 200 and answer.text.count(message) >= 2
    assert decide(chair, wrong, csrf_token, decision="refuse", reason="Nobody is named.").status_code == 302
    page = manager.get(f"{file_address(wrong)}/erasure", follow_redirects=True).text
    assert "Nobody is named." in page and "Why must it not be kept?" in page


def test_it_is_taken_back_and_a_late_decision_changes_nothing(
    world: World, wrong: EvidenceFile, manager: FlaskClient, chair: FlaskClient, csrf_token: str
) -> None:
    ask(manager, wrong, csrf_token)
    taken = manager.post(f"{file_address(wrong)}/erasure", data={"csrf_token": csrf_token, "take_back": "1"})
    assert taken.location == at(wrong.evidence.action)
    late = decide(chair, wrong, csrf_token)
    assert late.status_code == 409 and "has taken this back" in late.text
    assert not EvidenceFile.get_by_id(wrong.id).erased_at


def test_the_same_file_elsewhere_is_offered_and_named_where_it_stays(
    world: World, wrong: EvidenceFile, manager: FlaskClient, chair: FlaskClient, csrf_token: str
) -> None:
    twin = world.evidence(world.action(), (NAME, INSIDE)).files.get()
    third = world.evidence(world.action(), (NAME, INSIDE)).files.get()
    assert "Where has it to be erased too?" in manager.get(f"{file_address(wrong)}/erase").text
    ask(manager, wrong, csrf_token, others=[str(twin.id)])
    second = Erasure.get(Erasure.file == twin)
    assert "Decide the same for:" in chair.get(f"{file_address(wrong)}/erasure").text
    decide(chair, wrong, csrf_token, others=[str(second.id)])
    assert EvidenceFile.get_by_id(twin.id).erased_at
    page = chair.get(f"{file_address(wrong)}/erasure").text
    assert "Not gone: the same file is still kept at" in page and f"{file_address(third)}/erase" in page
    assert f"{file_address(twin)}/erase" not in page


def test_what_a_restricted_review_keeps_of_it_is_told_to_nobody_outside(
    world: World, wrong: EvidenceFile, chair: FlaskClient, csrf_token: str
) -> None:
    hidden = world.evidence(world.action(), (NAME, INSIDE)).files.get()
    review = hidden.evidence.action.review
    with change(SYSTEM) as tx:
        review.is_restricted = True
        tx.update(review, "review.changed")
    for address in (f"{file_address(wrong)}/erase", f"{file_address(wrong)}/erasure"):
        ask(chair, wrong, csrf_token)
        assert review.reference not in chair.get(address, follow_redirects=True).text


def test_an_erased_file_attached_again_is_refused_at_its_field(
    world: World, wrong: EvidenceFile, lead: FlaskClient, csrf_token: str
) -> None:
    (erasure,) = ask_to_erase(world.manager.viewer, [wrong], "Another child.", "")
    decide_erasure(world.chair.viewer, world.store, [erasure], True, "", "")
    answer = post(lead, world.action(), good(csrf_token, (INSIDE, "again.pdf")))
    assert answer.status_code == 200 and "“again.pdf” is the same, byte for byte" in answer.text


def test_bytes_that_are_left_are_said(
    world: World, wrong: EvidenceFile, manager: FlaskClient, chair: FlaskClient, csrf_token: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    ask(manager, wrong, csrf_token)
    with monkeypatch.context() as patch:
        patch.setattr(type(world.store), "erase", lambda *_: (_ for _ in ()).throw(OSError(5, "I/O error")))
        decide(chair, wrong, csrf_token)
    page = chair.get(f"{file_address(wrong)}/erasure").text
    assert "could not be removed from the disk yet" in page and "still on the server’s disk" in page


def test_the_number_of_queries_does_not_grow_with_what_waits(
    world: World, lead: FlaskClient, chair: FlaskClient
) -> None:
    for client, address in ((lead, "/my-actions"), (chair, "/attention")):
        made = []
        for _ in range(2):
            file = world.evidence(world.action(), (NAME, INSIDE)).files.get()
            ask_to_erase(world.manager.viewer, [file], "Another child.", "")
            with counted() as queries:
                assert file_address(file) in client.get(address).text
            made.append(int(queries))
        assert made[0] == made[1]
