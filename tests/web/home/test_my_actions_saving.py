"""Many updates with one save: good rows are saved, bad ones come back with what was typed."""

import re
from datetime import date

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kscb_actions.actions.models import Action
from kscb_actions.assurance.models import Submission
from kscb_actions.text import clean_text

from ...factories import World
from ...long import amount
from .sheet import drawn, filled, row_of, section_order, summary_links, updates


def test_ten_rows_are_saved_at_once_and_the_empty_ones_left_alone(
    world: World, lead: FlaskClient, csrf_token: str
) -> None:
    actions = [world.action(due_on=date(2012, 6, 1)) for _ in range(12)]
    page = lead.get("/my-actions").text
    data = {"csrf_token": csrf_token}
    for number, action in enumerate(actions):
        data |= filled(page, action, f"Said {number}.", "in_progress") if number < 10 else drawn(page, action)
    answer = lead.post("/my-actions", data=data)
    assert answer.status_code == 303
    assert "10 updates saved." in lead.get(answer.location).text
    assert [updates(action) for action in actions[:10]] == [
        [("in_progress", f"Said {number}.")] for number in range(10)
    ]
    assert [(updates(each), Action.get_by_id(each.id).version) for each in actions[10:]] == [([], 1)] * 2


def test_a_narrative_alone_is_enough(world: World, lead: FlaskClient, csrf_token: str) -> None:
    action = world.progress(world.action())
    page = lead.get("/my-actions").text
    lead.post("/my-actions", data={"csrf_token": csrf_token, **filled(page, action, "Going on.")})
    assert updates(action)[-1] == ("in_progress", "Going on.")


def test_good_rows_are_saved_and_bad_rows_come_back_with_what_was_typed(
    world: World, lead: FlaskClient, csrf_token: str
) -> None:
    good, silent, returned = world.action(), world.action(), world.action(due_on=date(2012, 9, 1))
    returned = world.decision(returned, accepted=False)
    page = lead.get("/my-actions").text
    data = {"csrf_token": csrf_token, **filled(page, good, "Fine.", "in_progress")}
    data |= filled(page, silent, "  ", "cannot_be_done") | filled(page, returned, "Typed & kept <b>.")
    answer = lead.post("/my-actions", data=data)
    assert answer.status_code == 200
    assert "1 update saved, 2 need your attention." in answer.text
    assert updates(good) == [("in_progress", "Fine.")] and updates(silent) == []
    assert summary_links(answer.text) == [f"#a{returned.id}-progress", f"#a{silent.id}-narrative"]
    for link in summary_links(answer.text):
        assert answer.text.count(f'id="{link[1:]}"') == 1
    assert "Typed &amp; kept &lt;b&gt;." in row_of(answer.text, returned)
    assert "Choose how far the action is." in row_of(answer.text, returned)
    assert 'value="cannot_be_done" checked' in row_of(answer.text, silent)
    assert "<title>Error: My actions" in answer.text.replace("\n", "")
    again = {"csrf_token": csrf_token, **filled(answer.text, silent, "No money.", "cannot_be_done")}
    again |= filled(answer.text, returned, "Typed & kept <b>.", "in_progress") | drawn(answer.text, good)
    assert lead.post("/my-actions", data=again).status_code == 303
    assert (len(updates(good)), updates(silent)) == (1, [("cannot_be_done", "No money.")])
    assert updates(returned)[-1] == ("in_progress", "Typed & kept <b>.")


def test_done_is_offered_only_with_evidence_and_reports_the_action(
    world: World, lead: FlaskClient, csrf_token: str
) -> None:
    bare, proven = world.action(), world.action()
    evidence = world.evidence(proven)
    page = lead.get("/my-actions").text
    assert 'value="done"' not in row_of(page, bare) and 'value="done"' in row_of(page, proven)
    answer = lead.post(
        "/my-actions", data={"csrf_token": csrf_token, **filled(page, proven, "All in place.", "done")}
    )
    assert answer.status_code == 303
    (submission,) = Submission.select()
    assert [item.evidence_id for item in submission.items] == [evidence.id]
    after = lead.get("/my-actions").text
    assert section_order(after) == [bare.id]
    assert "1 action waits for the Board, the oldest since today" in re.sub(r"\s+", " ", after)


def test_done_without_evidence_is_refused_on_its_row(
    world: World, lead: FlaskClient, csrf_token: str
) -> None:
    action = world.action()
    page = lead.get("/my-actions").text
    answer = lead.post(
        "/my-actions", data={"csrf_token": csrf_token, **filled(page, action, "Done!", "done")}
    )
    assert "Attach the evidence first" in row_of(answer.text, action) and "Done!" in row_of(
        answer.text, action
    )
    assert updates(action) == [] and Submission.select().count() == 0


@pytest.mark.parametrize(("then", "path"), [("evidence", "/evidence/new"), ("time", "/more-time")])
def test_a_rows_button_saves_everything_typed_and_then_goes_on(
    world: World, lead: FlaskClient, csrf_token: str, then: str, path: str
) -> None:
    first, second = world.action(), world.action()
    page = lead.get("/my-actions?whose=agency").text
    data = {
        "csrf_token": csrf_token,
        "then": f"{then}-{second.id}",
        **filled(page, first, "Kept.", "in_progress"),
    }
    answer = lead.post("/my-actions?whose=agency", data=data)
    address = f"/reviews/{second.review.reference}/actions/{second.number}{path}?back=agency"
    assert (answer.status_code, answer.location) == (303, address)
    assert updates(first) == [("in_progress", "Kept.")]
    assert f'href="/my-actions?whose=agency#a{second.id}"' in lead.get(address).text


def test_a_rows_button_does_not_leave_a_bad_row_behind(
    world: World, lead: FlaskClient, csrf_token: str
) -> None:
    bad, other = world.action(), world.action()
    page = lead.get("/my-actions").text
    data = {"csrf_token": csrf_token, "then": f"evidence-{other.id}", **filled(page, bad, "", "in_progress")}
    assert lead.post("/my-actions", data=data).status_code == 200


@settings(max_examples=amount(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200))
def test_any_text_is_kept_as_cleaned_and_never_breaks_the_page(
    world: World, lead: FlaskClient, csrf_token: str, text: str
) -> None:
    action = Action.get_or_none() or world.action()
    page = lead.get("/my-actions").text
    before = len(updates(action))
    data = {"csrf_token": csrf_token, **filled(page, action, text, "in_progress")}
    assert lead.post("/my-actions", data=data).status_code in (200, 303)
    kept = updates(action)[before:]
    assert kept == ([("in_progress", clean_text(text).strip())] if clean_text(text).strip() else [])
    assert lead.get("/my-actions").status_code == 200


def test_a_script_in_a_narrative_is_shown_as_text(world: World, lead: FlaskClient) -> None:
    action = world.progress(world.action(), narrative="<script>alert(1)</script>{{ 7*7 }}")
    row = row_of(lead.get("/my-actions").text, action)
    assert "&lt;script&gt;" in row and "{{ 7*7 }}" in row and "<script>" not in row
