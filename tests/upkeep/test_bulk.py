"""Many actions changed in one step: all or none, seen before, told in one sentence."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from kscb_actions.access.policy import Refused, Role
from kscb_actions.actions.extensions import ask_extension
from kscb_actions.actions.models import Action, Extension
from kscb_actions.actions.service import set_standing
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.rules import first_break
from kscb_actions.chasing.news.models import News
from kscb_actions.reviews.models import RecommendationTheme
from kscb_actions.reviews.service import add_theme
from kscb_actions.text import InvalidInput
from kscb_actions.upkeep.bulk.edits import Edit, NewAgency, NewDueDate, NewLead, NewStanding, NewTheme
from kscb_actions.upkeep.bulk.service import CHANGED, GONE, Outcome, apply, preview
from kscb_actions.upkeep.moving.service import Move
from kscb_actions.web.news import LEADS_HEAR

from ..factories import TODAY, World
from ..pages import Page, Visitor
from ..queries import counted
from .nhs import Nhs, differences, now

DUE, LATER = date(2012, 6, 1), date(2012, 9, 1)


def versions(*actions: Action) -> dict[int, int | None]:
    return {each.id: now(each).version for each in actions}


def events() -> list[AuditEvent]:
    return list(AuditEvent.select().order_by(AuditEvent.id))


EDITS: dict[str, Callable[[Nhs], Edit]] = {
    "lead": lambda nhs: NewLead(nhs.world.person("new-lead", Role.AGENCY_LEAD, agency=nhs.pct)),
    "nobody": lambda nhs: NewLead(None),
    "agency": lambda nhs: NewAgency(Move(nhs.ccg, TODAY, "It has closed.", nhs.ccg_lead)),
    "due": lambda nhs: NewDueDate(LATER, "The inquest moved."),
    "standing": lambda nhs: NewStanding("on_hold", "Criminal proceedings."),
    "theme": lambda nhs: NewTheme(add_theme(nhs.manager, "Housing")),
}
TOLD = {
    "lead": ("action.handed-over", "3 actions handed over to New lead."),
    "nobody": ("action.handed-over", "3 actions handed over to nobody yet."),
    "agency": ("action.transferred", "3 actions moved to Thanet CCG on 30 March 2012."),
    "due": ("extension.made", "Due date of 3 actions changed to 1 September 2012."),
    "standing": ("action.standing-changed", "3 actions made on hold."),
    "theme": ("recommendation.theme-added", "Theme “Housing” given to 3 recommendations."),
}


@pytest.mark.parametrize("kind", EDITS)
def test_a_change_is_one_audited_step_as_it_was_shown(nhs: Nhs, kind: str) -> None:
    actions = [nhs.world.action(DUE, nhs.pct) for _ in range(3)]
    edit = EDITS[kind](nhs)
    before, rows = len(events()), [now(each).__data__ for each in actions]
    shown = preview(nhs.manager, versions(*actions), edit)
    assert (len(events()), [now(each).__data__ for each in actions]) == (before, rows)
    done = apply(nhs.manager, versions(*actions), edit)
    assert (done.is_done, shown.is_done) == (True, False)
    assert [(each.before, each.after) for each in shown.rows] == [(e.before, e.after) for e in done.rows]
    new = events()[before:]
    marks = {json.loads(event.detail)["batch"] for event in new}
    assert len(marks) == 1
    event, sentence = TOLD[kind]
    assert sum(each.event == event for each in new) == 3
    last = new[-1]
    assert (last.event, json.loads(last.detail)["note"]) == ("actions.changed-together", sentence)
    assert first_break(AuditEvent.select().order_by(AuditEvent.id).dicts()) is None
    assert differences() == []


@pytest.mark.parametrize("kind", EDITS)
def test_one_that_changed_meanwhile_is_named_and_nothing_is_changed(nhs: Nhs, kind: str) -> None:
    actions = [nhs.world.action(DUE, nhs.pct) for _ in range(3)]
    edit, seen = EDITS[kind](nhs), versions(*actions)
    set_standing(nhs.manager, now(actions[1]), "on_hold", "The inquest.")
    before, rows = len(events()), [now(each).__data__ for each in actions]
    outcome = apply(nhs.manager, seen, edit)
    assert not outcome.is_done
    assert [(each.reference, each.problem) for each in outcome.refused] == [
        (now(actions[1]).reference, CHANGED)
    ]
    assert (len(events()), [now(each).__data__ for each in actions]) == (before, rows)
    assert RecommendationTheme.select().count() == 0


def refused(outcome: Outcome) -> dict[str, str]:
    assert not outcome.is_done
    return {row.reference: row.problem for row in outcome.refused}


def test_what_may_not_be_touched_is_named(nhs: Nhs) -> None:
    world = nhs.world
    free = world.action(DUE, nhs.pct)
    accepted = world.decision(world.action(DUE, nhs.pct))
    police = world.action(DUE)
    everything = versions(free, accepted, police)
    other = world.person("new-lead", Role.AGENCY_LEAD, agency=nhs.pct)
    assert refused(apply(nhs.manager, everything, NewLead(other))) == {
        accepted.reference: "The Board has accepted it as done, so it keeps the lead who did it.",
        police.reference: "New lead is not an active lead of that agency.",
    }
    assert refused(apply(nhs.manager, everything, NewStanding("withdrawn", "Not needed."))) == {
        accepted.reference: "The Board has accepted this action as done; it stays as it is."
    }
    assert set(refused(apply(nhs.manager, everything, NewDueDate(LATER, "Why.")))) == {accepted.reference}
    assert now(free).lead_id == nhs.pct_lead.id and Extension.select().count() == 0


def test_a_manager_of_an_agency_decides_on_no_date_of_theirs(nhs: Nhs) -> None:
    """Whatever roles they hold: the rows of their own agency are named, the others are not changed either."""
    own, other = nhs.world.action(DUE, nhs.pct), nhs.world.action(DUE)
    inside = nhs.world.person("nhs-manager", Role.MANAGER, agency=nhs.pct).viewer
    told = refused(apply(inside, versions(own, other), NewDueDate(LATER, "Why.")))
    assert list(told) == [own.reference] and "outside the agency" in told[own.reference]
    assert now(other).current_due_on == DUE


def test_what_is_hidden_is_as_what_is_not_there(nhs: Nhs) -> None:
    world = nhs.world
    review = world.review(is_restricted=True)
    hidden = world.action(recommendation=world.recommendation(review), agency=world.probation)
    seen = world.action(DUE)
    other = world.person("other-manager", Role.MANAGER).viewer
    lead = NewStanding("on_hold", "Why.")
    outcome = apply(other, {hidden.id: 1, 99_999: 1, seen.id: 1}, lead)
    assert [(each.reference, each.problem) for each in outcome.refused] == [("An action", GONE)] * 2
    assert now(hidden).standing == now(seen).standing == "active"


def test_what_is_so_already_stays_and_is_no_hindrance(nhs: Nhs) -> None:
    held, free = nhs.world.action(DUE), nhs.world.action(DUE)
    set_standing(nhs.manager, now(held), "on_hold", "The inquest.")
    outcome = apply(nhs.manager, versions(held, free), NewStanding("on_hold", "Criminal proceedings."))
    assert outcome.is_done and [each.id for each in outcome.changed] == [free.id]
    assert now(held).standing_reason == "The inquest."


def test_a_request_for_more_time_is_answered_by_it(nhs: Nhs) -> None:
    action = nhs.world.action(DUE)
    ask_extension(nhs.world.police_lead.viewer, action, LATER, "Training slipped.")
    assert apply(nhs.manager, versions(action), NewDueDate(LATER, "Agreed for all.")).is_done
    assert (Extension.get().state, now(action).extension_count) == ("agreed", 1)


@pytest.mark.parametrize("name", ["chair", "reader", "police_lead", "subgroup_member"])
def test_the_manager_alone_changes_many(nhs: Nhs, name: str) -> None:
    action = nhs.world.action(DUE)
    with pytest.raises(Refused):
        apply(getattr(nhs.world, name).viewer, versions(action), NewLead(None))


@pytest.mark.parametrize(
    ("edit", "fields"),
    [
        (NewDueDate(None, ""), {"due_on", "reason"}),
        (NewDueDate(TODAY, "Why."), {"due_on"}),
        (NewStanding("gone", ""), {"standing", "reason"}),
        (NewLead(None, is_chosen=False), {"lead"}),
        (NewTheme(None), {"theme"}),
        (NewAgency(Move(None, None, "")), {"to", "on", "reason"}),
    ],
)
def test_a_change_that_is_wrong_itself_is_said_at_its_field(
    world: World, edit: Edit, fields: set[str]
) -> None:
    action = world.action(DUE)
    with pytest.raises(InvalidInput) as wrong:
        apply(world.manager.viewer, versions(action), edit)
    assert set(wrong.value.errors) == fields


def test_a_later_failure_takes_all_back(nhs: Nhs, monkeypatch: pytest.MonkeyPatch) -> None:
    actions = [nhs.world.action(DUE) for _ in range(2)]
    edit = NewStanding("on_hold", "Why.")
    before = len(events())

    def fail(self: Edit, count: int) -> str:
        raise OSError("The disk is full.")

    monkeypatch.setattr(NewStanding, "told", fail)
    with pytest.raises(OSError, match="full"):
        apply(nhs.manager, versions(*actions), edit)
    assert (len(events()), now(actions[0]).standing) == (before, "active")


# The pages.


def together(visitor: Visitor, *actions: Action, change: str = "standing") -> Page:
    ids = "&".join(f"id={each.id}" for each in actions)
    return visitor.get(f"/actions/together?change={change}&{ids}")


def test_the_list_offers_it_to_who_may_and_no_other(world: World, visit: Callable[[Any], Visitor]) -> None:
    action = world.action(DUE)
    box = f"//input[@type='checkbox'][@name='id'][@value='{action.id}']"
    assert len(visit(world.manager).get("/actions").tree.xpath(box)) == 1
    for person in (world.chair, world.reader, world.police_lead):
        page = visit(person).get("/actions")
        assert action.reference in page.text and not page.tree.xpath(box)


def test_a_selection_is_shown_before_and_after_and_confirmed_once(
    world: World, visit: Callable[[Any], Visitor]
) -> None:
    first, second = world.action(DUE), world.action(DUE)
    manager = visit(world.manager)
    page = together(manager, first, second)
    fields = {"rows": page.value("rows"), "standing": "on_hold", "reason": "The inquest."}
    shown = manager.post("/actions/together?change=standing", fields, once=page.value("once"))
    assert "2 actions would change" in shown.text and shown.text.count("Active On hold") == 2
    assert now(first).standing == "active"
    kept = {name: shown.value(name) for name in ("rows", "standing", "reason", "once")}
    done = manager.post("/actions/together?change=standing", kept, step="confirm")
    assert (done.status, done.leads_to) == (302, "/actions")
    assert f"2 actions made on hold. {LEADS_HEAR}" in manager.get("/actions").text
    assert {(row.person_id, row.kind) for row in News.select().where(News.kind != "new_action")} == {
        (world.police_lead.id, "on_hold")
    }
    count = len(events())
    again = manager.post("/actions/together?change=standing", kept, step="confirm")
    assert again.status == 303 and len(events()) == count
    assert [now(each).standing for each in (first, second)] == ["on_hold"] * 2


def test_of_a_theme_nobody_hears_and_nothing_is_said_of_it(
    world: World, visit: Callable[[Any], Visitor]
) -> None:
    action, theme = world.action(DUE), add_theme(world.manager.viewer, "Housing")
    manager, before = visit(world.manager), News.select().count()
    rows = together(manager, action, change="theme").value("rows")
    fields = {"rows": rows, "theme": str(theme.id)}
    assert manager.send("/actions/together?change=theme", fields, step="confirm").status == 302
    page = manager.get("/actions").text
    assert "Theme “Housing” given to 1 recommendation." in page and LEADS_HEAR not in page
    assert News.select().count() == before


def test_a_refused_change_names_the_rows_and_keeps_the_choice(
    world: World, visit: Callable[[Any], Visitor]
) -> None:
    first, second = world.action(DUE), world.action(DUE)
    manager = visit(world.manager)
    fields = {
        "rows": together(manager, first, second).value("rows"),
        "standing": "superseded",
        "reason": "So.",
    }
    set_standing(world.manager.viewer, now(second), "on_hold", "The inquest.")
    page = manager.post("/actions/together?change=standing", fields, step="confirm")
    assert page.status == 409 and "Nothing has been changed" in page.text
    assert f"{second.reference} Change the procedure. {CHANGED}" in page.text
    assert now(first).standing == "active"
    kept = {name: page.value(name) for name in ("standing", "reason")}
    assert kept == {"standing": "superseded", "reason": "So."}
    # One button leaves the refused ones out; the choice can be taken up again, too.
    assert page.value("rows") == f"{first.id}:1"
    again = manager.post("/actions/together?change=standing", {**kept, "rows": page.value("rows")})
    assert "1 action would change" in again.text
    form = manager.post(
        "/actions/together?change=standing", {**kept, "rows": page.value("rows")}, step="choose"
    )
    assert (form.value("standing"), form.value("reason")) == (["superseded"], "So.")


def test_all_that_the_filter_finds_can_be_chosen(world: World, visit: Callable[[Any], Visitor]) -> None:
    own = [world.action(DUE) for _ in range(3)]
    world.action(DUE, world.health)
    page = visit(world.manager).get("/actions/together?change=lead&every=1&agency=KPOL")
    assert "3 actions chosen" in page.text
    assert {int(each.split(":")[0]) for each in page.value("rows").split(",")} == {each.id for each in own}


@pytest.mark.parametrize("query", ["", "?change=lead", "?id=x&id=99999", "?change=nothing&id=0", "?every=1"])
def test_nothing_chosen_is_said(world: World, visit: Callable[[Any], Visitor], query: str) -> None:
    page = visit(world.manager).get(f"/actions/together{query}")
    assert page.status == 400 and "Tick the actions to change first." in page.text


@pytest.mark.parametrize("change", ["lead", "agency", "due", "standing", "theme"])
def test_an_empty_form_is_refused_at_its_fields(
    world: World, visit: Callable[[Any], Visitor], change: str
) -> None:
    manager, action = visit(world.manager), world.action(DUE)
    page = manager.post(f"/actions/together?change={change}", rows=f"{action.id}:1")
    assert page.status == 200 and page.errors and now(action).version == 1


def test_reading_a_selection_takes_as_many_queries_for_few_as_for_many(
    world: World, visit: Callable[[Any], Visitor]
) -> None:
    actions = [world.action(DUE) for _ in range(12)]
    manager = visit(world.manager)

    def queries(*chosen: Action) -> int:
        with counted() as count:
            together(manager, *chosen)
        return int(count)

    queries(*actions)
    assert queries(*actions[:2]) == queries(*actions)


def test_the_trail_tells_of_the_whole_in_one_sentence(world: World, visit: Callable[[Any], Visitor]) -> None:
    action = world.action(DUE)
    apply(world.manager.viewer, versions(action), NewStanding("on_hold", "The inquest."))
    page = visit(world.reader).get("/audit")
    assert "Actions changed together, in one step" in page.text and "1 action made on hold." in page.text
