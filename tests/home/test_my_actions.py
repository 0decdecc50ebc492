"""My actions: many updates in one sitting, one save, nothing lost."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kscb_actions import clock
from kscb_actions.access.policy import Role
from kscb_actions.actions.extensions import ask_extension
from kscb_actions.actions.models import Action, ProgressUpdate
from kscb_actions.actions.service import ActionFacts, edit_action, set_standing, update_progress
from kscb_actions.assurance.models import Submission
from kscb_actions.assurance.service import decide
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import change
from kscb_actions.text import clean_text
from tests.factories import TODAY, World
from tests.queries import counted

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def lead(world: World, sign_in: SignIn) -> FlaskClient:
    return sign_in(world.police_lead)


def drawn(page: str, action: Action) -> dict[str, str]:
    """The row's fields as the page draws them: what a browser would send back untouched."""
    prefix = f"a{action.id}-"
    fields = dict(
        re.findall(rf'<input id="{prefix}\w+" name="({prefix}\w+)" type="hidden" value="([^"]*)"', page)
    )
    fields[f"{prefix}narrative"] = ""
    chosen = re.search(rf'name="{prefix}progress" type="radio" value="(\w+)" checked', page)
    if chosen:
        fields[f"{prefix}progress"] = chosen[1]
    return fields


def filled(page: str, action: Action, narrative: str, progress: str | None = None) -> dict[str, str]:
    """The row as somebody fills it in."""
    fields = drawn(page, action) | {f"a{action.id}-narrative": narrative}
    return fields | ({f"a{action.id}-progress": progress} if progress else {})


def row_of(page: str, action: Action) -> str:
    """The markup of one action's row."""
    return page.split(f'id="a{action.id}"')[1].split("</section>")[0]


def section_order(page: str) -> list[int]:
    return [int(id) for id in re.findall(r'<section class="app-work [^>]*id="a(\d+)"', page)]


def summary_links(page: str) -> list[str]:
    return re.findall(r'href="(#[^"]+)"', page.split('class="govuk-error-summary"')[1].split("</ul>")[0])


def updates(action: Action) -> list[tuple[str, str]]:
    rows = ProgressUpdate.select().where(ProgressUpdate.action == action).order_by(ProgressUpdate.id)
    return [(row.progress, row.narrative) for row in rows]


def test_the_most_pressing_come_first_under_their_headings(world: World, lead: FlaskClient) -> None:
    rest = world.action(due_on=date(2012, 12, 1))
    soon = world.action(due_on=date(2012, 4, 13))
    after_soon = world.action(due_on=date(2012, 4, 14))
    overdue = world.action(due_on=date(2012, 3, 29))
    returned = world.decision(world.action(due_on=date(2012, 9, 1)), accepted=False)
    stuck = world.progress(world.action(due_on=date(2012, 8, 1)), "cannot_be_done", "No budget.")
    page = lead.get("/my-actions").text
    expected = [overdue.id, returned.id, stuck.id, soon.id, after_soon.id, rest.id]
    assert sorted(section_order(page)[:2]) == sorted([overdue.id, returned.id])
    assert section_order(page)[2:] == expected[2:]
    places = [page.index(f">{name}") for name in ("Returned, overdue", "Due soon", "The rest")]
    assert places == sorted(places) and places[2] > page.index(f'id="a{soon.id}"')


def test_a_row_says_what_was_asked_said_and_returned(world: World, lead: FlaskClient) -> None:
    action = world.decision(world.action(due_on=date(2012, 9, 1)), accepted=False)
    ask_extension(world.as_viewer(world.police_lead), action, date(2012, 10, 1), "Ill.")
    row = row_of(lead.get("/my-actions").text, action)
    for text in (
        action.reference,
        "Change the procedure.",
        "Returned by the Board",
        "Seen and judged.",
        "It is done.",
        "1 piece attached",
        "Asked for, until",
        "1 Oct 2012",
        "Due in 155 days",
    ):
        assert text in row
    assert "checked" not in row


def test_a_lead_sees_their_own_and_may_switch_to_the_whole_agency(
    world: World, lead: FlaskClient, sign_in: SignIn
) -> None:
    deputy = world.person("deputy", Role.AGENCY_LEAD, agency=world.police)
    mine, theirs = world.action(), world.action(lead=deputy)
    foreign = world.action(agency=world.health)
    assert section_order(lead.get("/my-actions").text) == [mine.id]
    whole = lead.get("/my-actions?whose=agency").text
    assert section_order(whole) == [mine.id, theirs.id]
    assert "Deputy" in row_of(whole, theirs)
    assert foreign.reference not in whole
    assert (
        "You lead no open action"
        in sign_in(world.person("third", Role.AGENCY_LEAD, agency=world.police)).get("/my-actions").text
    )


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
    assert "1 action reported" in re.sub(r"\s+", " ", after)


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


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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


@pytest.mark.parametrize("who", ["manager", "chair", "reader", "cdop_member", "cdop_coordinator"])
def test_the_page_is_for_leads_only(world: World, sign_in: SignIn, csrf_token: str, who: str) -> None:
    client = sign_in(getattr(world, who))
    assert client.get("/my-actions").status_code == 403
    assert client.post("/my-actions", data={"csrf_token": csrf_token}).status_code == 403


def test_a_save_without_the_token_saves_nothing(world: World, lead: FlaskClient) -> None:
    action = world.action()
    page = lead.get("/my-actions").text
    assert lead.post("/my-actions", data=filled(page, action, "Forged.", "in_progress")).status_code == 400
    assert updates(action) == []


def _many(world: World, count: int) -> None:
    for number in range(count):
        action = world.action(due_on=date(2012, 2, 1 + number % 28))
        if number % 3 == 0:
            world.progress(action)
        elif number % 3 == 1:
            submission = world.submission(action)
            decide(world.as_viewer(world.second_chair), submission, False, "More.")


def test_the_number_of_queries_does_not_grow_with_the_list(world: World, lead: FlaskClient) -> None:
    made: list[Any] = []
    for count in (3, 27):
        _many(world, count)
        with counted() as queries:
            assert lead.get("/my-actions").status_code == 200
        made.append(int(queries))
    assert made[0] == made[1] <= 12


@pytest.mark.parametrize(
    ("who", "address"),
    [
        ("police_lead", "/my-actions"),
        ("manager", "/attention"),
        ("chair", "/attention"),
        ("reader", "/attention"),
    ],
)
def test_each_role_lands_on_its_first_page(world: World, sign_in: SignIn, who: str, address: str) -> None:
    assert sign_in(getattr(world, who)).get("/").location == address


@pytest.mark.parametrize(
    ("who", "words"), [("cdop_member", "CDOP panel member"), ("cdop_coordinator", "CDOP co-ordinator")]
)
def test_whoever_has_no_page_is_told_what_they_can_do(
    world: World, sign_in: SignIn, who: str, words: str
) -> None:
    page = sign_in(getattr(world, who)).get("/")
    assert page.status_code == 200 and words in page.text and "manager@board.example" in page.text


def test_an_agency_with_nothing_to_do_is_told_so(world: World, sign_in: SignIn) -> None:
    assert "Nothing is asked of NHS Kent" in sign_in(world.health_lead).get("/my-actions").text


def test_the_clock_of_the_page_is_the_boards(world: World, lead: FlaskClient) -> None:
    action = world.action(due_on=TODAY)
    assert "Due today" in row_of(lead.get("/my-actions").text, action)
    with clock.at(date(2012, 3, 31)):
        assert "Overdue by 1 day" in row_of(lead.get("/my-actions").text, action)
