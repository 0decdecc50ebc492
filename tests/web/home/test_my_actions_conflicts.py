"""What happens when somebody else was there first, or a row is not what it says."""

import pytest
from flask.testing import FlaskClient

from kscb_actions.access.policy import Role
from kscb_actions.actions.models import Action, ProgressUpdate
from kscb_actions.actions.service import ActionFacts, edit_action, set_standing, update_progress
from kscb_actions.assurance.models import Submission
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import change

from ...factories import World
from .sheet import SignIn, drawn, filled, row_of, summary_links, updates


def test_evidence_attached_meanwhile_is_shown_before_it_is_bound(
    world: World, lead: FlaskClient, csrf_token: str
) -> None:
    action = world.action()
    world.evidence(action)
    page = lead.get("/my-actions").text
    world.evidence(action)
    data = {"csrf_token": csrf_token, **filled(page, action, "In place.", "done")}
    answer = lead.post("/my-actions", data=data)
    assert "The evidence has changed" in row_of(answer.text, action) and Submission.select().count() == 0
    assert "2 pieces attached" in row_of(answer.text, action)
    again = {"csrf_token": csrf_token, **filled(answer.text, action, "In place.", "done")}
    assert lead.post("/my-actions", data=again).status_code == 303
    assert Submission.get().items.count() == 2


def test_done_is_not_reported_over_what_a_colleague_just_wrote(
    world: World, lead: FlaskClient, csrf_token: str
) -> None:
    action = world.action()
    world.evidence(action)
    page = lead.get("/my-actions").text
    world.progress(Action.get_by_id(action.id), narrative="One station is missing.")
    answer = lead.post("/my-actions", data={"csrf_token": csrf_token} | filled(page, action, "Done.", "done"))
    assert answer.status_code == 409 and "One station is missing." in row_of(answer.text, action)
    assert Submission.select().count() == 0


def test_what_somebody_else_wrote_is_shown_and_mine_is_kept_and_added_next_time(
    world: World, lead: FlaskClient, csrf_token: str
) -> None:
    deputy = world.person("deputy", Role.AGENCY_LEAD, agency=world.police)
    clash, good = world.action(), world.action()
    page = lead.get("/my-actions").text
    update_progress(world.as_viewer(deputy), Action.get_by_id(clash.id), "in_progress", "Theirs, first.")
    data = {"csrf_token": csrf_token, **filled(page, clash, "Mine, later.", "cannot_be_done")}
    data |= filled(page, good, "Fine.", "in_progress")
    answer = lead.post("/my-actions", data=data)
    assert answer.status_code == 409
    row = row_of(answer.text, clash)
    assert "Theirs, first." in row and "by Deputy" in row and "Mine, later." in row
    assert (updates(good), updates(clash)) == (
        [("in_progress", "Fine.")],
        [("in_progress", "Theirs, first.")],
    )
    again = {"csrf_token": csrf_token, **filled(answer.text, clash, "Mine, later.", "cannot_be_done")}
    assert lead.post("/my-actions", data=again).status_code == 303
    assert updates(clash) == [("in_progress", "Theirs, first."), ("cannot_be_done", "Mine, later.")]


def test_an_edit_by_the_manager_is_shown_and_an_emptied_row_is_then_left_alone(
    world: World, lead: FlaskClient, csrf_token: str
) -> None:
    action = world.action()
    page = lead.get("/my-actions").text
    facts = ActionFacts("Sharper words.", "An audit shows it.")
    edit_action(world.as_viewer(world.manager), Action.get_by_id(action.id), facts, world.police_lead, 1)
    data = {"csrf_token": csrf_token, **filled(page, action, "Mine.", "in_progress")}
    answer = lead.post("/my-actions", data=data)
    assert "Sharper words." in row_of(answer.text, action) and "by Manager" in row_of(answer.text, action)
    emptied = {"csrf_token": csrf_token, **filled(answer.text, action, "")}
    assert lead.post("/my-actions", data=emptied).status_code == 303
    assert updates(action) == []


def test_an_untouched_row_that_others_changed_is_no_conflict(
    world: World, lead: FlaskClient, csrf_token: str
) -> None:
    moved, mine = world.action(), world.action()
    page = lead.get("/my-actions").text
    world.progress(Action.get_by_id(moved.id))
    data = {"csrf_token": csrf_token, **drawn(page, moved), **filled(page, mine, "Mine.", "in_progress")}
    assert lead.post("/my-actions", data=data).status_code == 303
    assert len(updates(moved)) == 1


def test_a_page_sent_twice_saves_once_and_is_no_conflict(
    world: World, lead: FlaskClient, csrf_token: str
) -> None:
    action, proven = world.action(), world.action()
    world.evidence(proven)
    page = lead.get("/my-actions").text
    data = {"csrf_token": csrf_token, **filled(page, action, "Once.\r\n", "in_progress")}
    data |= filled(page, proven, "In place.", "done")
    for _ in range(2):
        assert lead.post("/my-actions", data=data).status_code == 303
    assert (len(updates(action)), Submission.select().count()) == (1, 1)


@pytest.mark.parametrize("how", ["submitted", "on_hold"])
def test_a_row_closed_meanwhile_says_so_and_keeps_what_was_typed(
    world: World, lead: FlaskClient, csrf_token: str, how: str
) -> None:
    action = world.action()
    page = lead.get("/my-actions").text
    if how == "submitted":
        world.submission(action)
    else:
        set_standing(world.as_viewer(world.manager), action, "on_hold", "Trial pending.")
    data = {"csrf_token": csrf_token, **filled(page, action, "Mine, late.", "in_progress")}
    answer = lead.post("/my-actions", data=data)
    row = row_of(answer.text, action)
    assert "Not open any more" in answer.text and "Mine, late." in row
    assert ("It is done." if how == "submitted" else "Trial pending.") in row
    assert ("in_progress", "Mine, late.") not in updates(action)


def test_what_was_written_about_an_action_now_hidden_is_handed_back(
    world: World, lead: FlaskClient, csrf_token: str
) -> None:
    review = world.review()
    action = world.action(recommendation=world.recommendation(review))
    page = lead.get("/my-actions").text
    review.is_restricted = True
    with change(world.as_viewer(world.manager)) as tx:
        tx.update(review, "review.changed")
    data = {"csrf_token": csrf_token, **filled(page, action, "Not lost.", "in_progress")}
    answer = lead.post("/my-actions", data=data)
    assert answer.status_code == 200 and "Not lost." in answer.text
    assert summary_links(answer.text) == ["#not-kept"] and 'id="not-kept"' in answer.text
    assert action.reference not in answer.text and updates(action) == []


@pytest.mark.parametrize("agency", ["health", "nothing"])
def test_another_agencys_action_cannot_be_written_to(
    world: World, lead: FlaskClient, csrf_token: str, agency: str
) -> None:
    foreign = world.action(agency=world.health)
    id = foreign.id if agency == "health" else 999_999
    data = {"csrf_token": csrf_token, f"a{id}-narrative": "Mischief", f"a{id}-progress": "in_progress"}
    answer = lead.post("/my-actions", data=data | {f"a{id}-version": "1", f"a{id}-was": ""})
    assert answer.status_code == 200 and foreign.reference not in answer.text
    assert ProgressUpdate.select().count() == 0


def test_whoever_may_read_everything_still_writes_for_their_own_agency_alone(
    world: World, sign_in: SignIn, csrf_token: str
) -> None:
    both = world.person("lead-and-chair", Role.AGENCY_LEAD, Role.CHAIR, agency=world.police)
    foreign = world.action(agency=world.health)
    data = {"csrf_token": csrf_token, f"a{foreign.id}-narrative": "Mischief", f"a{foreign.id}-version": "1"}
    answer = sign_in(both).post("/my-actions", data=data)
    assert answer.status_code == 200 and foreign.reference not in answer.text
    assert ProgressUpdate.select().count() == 0


@pytest.mark.parametrize(
    "odd",
    [
        {"version": ""},
        {"version": "nonsense"},
        {"version": "9" * 30},
        {"version": "²"},
        {"progress": "finished"},
        {"progress": ""},
        {"seen": "1,x,99999999999999,²"},
        {"was": "\x00"},
        {"narrative": "x" * 10_001},
    ],
)
def test_tampered_rows_change_nothing_and_never_break(
    world: World, lead: FlaskClient, csrf_token: str, odd: dict[str, str]
) -> None:
    action = world.action()
    page = lead.get("/my-actions").text
    data = filled(page, action, "Words.", "in_progress") | {f"a{action.id}-{k}": v for k, v in odd.items()}
    answer = lead.post("/my-actions", data={"csrf_token": csrf_token, **data})
    assert answer.status_code in (200, 303, 409)
    if not {"seen", "was"} & set(odd):
        assert answer.status_code != 303 and updates(action) == []


@pytest.mark.parametrize(
    "names",
    [
        {},
        {"a-narrative": "x"},
        {"a1x-narrative": "x"},
        {"a99999999999-narrative": "x"},
        {"then": "evidence-1"},
    ],
)
def test_a_post_with_no_row_saves_nothing(
    world: World, lead: FlaskClient, csrf_token: str, names: dict[str, str]
) -> None:
    before = AuditEvent.select().count()
    assert lead.post("/my-actions", data={"csrf_token": csrf_token, **names}).status_code == 303
    assert AuditEvent.select().count() == before
