"""An agency closes: its open actions move to the one that follows it, in one step, after a preview."""

from collections.abc import Callable
from typing import Any

import pytest

from kscb_actions import clock
from kscb_actions.access.policy import Role
from kscb_actions.actions.models import Action
from kscb_actions.actions.owners.service import share
from kscb_actions.actions.queries import get_action
from kscb_actions.actions.service import set_standing
from kscb_actions.assurance.challenges.models import Challenge
from kscb_actions.assurance.challenges.service import Subject, raise_challenge
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import change
from kscb_actions.chasing.news.models import News
from kscb_actions.people.models import Agency
from kscb_actions.people.rules import earlier_of
from kscb_actions.people.service import edit_agency
from kscb_actions.upkeep.bulk.service import CHANGED
from kscb_actions.upkeep.succession.service import Closing, close, preview_closing
from kscb_actions.web.news import LEADS_HEAR

from ..pages import Visitor
from .nhs import AFTER, BEFORE, CLOSED, Nhs, differences, now

Visit = Callable[[Any], Visitor]


def agency(row: Agency) -> Agency:
    return Agency.get_by_id(row.id)


def test_all_that_is_open_moves_and_what_is_finished_stays(nhs: Nhs) -> None:
    world = nhs.world
    second = world.person("second-lead", Role.AGENCY_LEAD, agency=nhs.pct)
    own, held, seconds, unled = nhs.action(), nhs.action(), nhs.action(), nhs.action()
    accepted = world.decision(nhs.action())
    with clock.at(BEFORE):
        set_standing(nhs.manager, now(held), "on_hold", "The inquest.")
        for action, lead in ((seconds, second), (unled, None)):
            row = now(action)
            row.lead = lead
            with_lead(nhs, row)
        wide = raise_challenge(world.second_chair.viewer, Subject(nhs.pct), "lead", "What now?", CLOSED, "")
    with clock.at(AFTER):
        closing = Closing(CLOSED, nhs.ccg, nhs.ccg_lead, {0: None, second.id: nhs.ccg_lead})
        shown = preview_closing(nhs.manager, agency(nhs.pct), closing)
        assert len(shown.changed) == 4 and agency(nhs.pct).is_active
        done = close(nhs.manager, agency(nhs.pct), closing, {r.id: r.version for r in shown.rows}, 1)
    assert done.is_done
    assert {now(each).agency_id for each in (own, held, seconds, unled)} == {nhs.ccg.id}
    assert [now(each).lead_id for each in (own, seconds, unled)] == [nhs.ccg_lead.id, nhs.ccg_lead.id, None]
    assert now(accepted).agency_id == nhs.pct.id
    assert Challenge.get_by_id(wide.id).agency_id == nhs.ccg.id
    kept = agency(nhs.pct)
    assert (kept.is_active, kept.closed_on, kept.successor_id) == (False, CLOSED, nhs.ccg.id)
    last = AuditEvent.select().order_by(AuditEvent.id.desc()).get()
    assert (
        last.event == "agency.succeeded" and "4 actions moved to Thanet CCG on 1 April 2013." in last.detail
    )
    assert differences() == []


def with_lead(nhs: Nhs, row: Action) -> None:
    with change(nhs.manager) as tx:
        tx.update(row, "action.changed")


def test_a_chain_of_closings_carries_everything_on(nhs: Nhs) -> None:
    action = nhs.action()
    with clock.at(AFTER):
        for old, new, lead in ((nhs.pct, nhs.ccg, nhs.ccg_lead), (nhs.ccg, nhs.icb, nhs.icb_lead)):
            closing = Closing(AFTER, agency(new), lead, {})
            close(nhs.manager, agency(old), closing, {action.id: now(action).version}, agency(old).version)
    assert (now(action).agency_id, now(action).lead_id) == (nhs.icb.id, nhs.icb_lead.id)
    had = [each.agency_id for each in earlier_of(now(action).earlier_agencies)]
    assert had == [nhs.pct.id, nhs.ccg.id]
    assert differences() == []


def test_what_it_shared_is_shared_by_its_successor(nhs: Nhs) -> None:
    """But where it shares it already or leads it; and one that shared it leads what moves to it."""
    police, both, own = nhs.world.action(), nhs.world.action(), nhs.action()
    with clock.at(BEFORE):
        for action in (police, both):
            share(nhs.manager, now(action), nhs.pct, nhs.pct_lead)
        share(nhs.manager, now(both), nhs.ccg)
        share(nhs.manager, now(own), nhs.ccg)
    with clock.at(AFTER):
        closing = Closing(CLOSED, nhs.ccg, nhs.ccg_lead, {})
        close(nhs.manager, agency(nhs.pct), closing, {own.id: now(own).version}, 1)
    for action in (police, both):
        assert now(action).owners.joint == {nhs.ccg.id}
        assert now(action).agency_id == nhs.world.police.id
    assert (now(own).agency_id, now(own).owners.joint) == (nhs.ccg.id, frozenset())
    assert get_action(nhs.ccg_lead.viewer, police.review.reference, police.number)
    assert differences() == []


def test_one_that_came_meanwhile_is_named_and_nothing_is_changed(nhs: Nhs) -> None:
    first = nhs.action()
    with clock.at(AFTER):
        closing = Closing(CLOSED, nhs.ccg, nhs.ccg_lead, {})
        seen = {row.id: row.version for row in preview_closing(nhs.manager, agency(nhs.pct), closing).rows}
        second = nhs.action()
        outcome = close(nhs.manager, agency(nhs.pct), closing, seen, 1)
    assert [(each.id, each.problem) for each in outcome.refused] == [(second.id, CHANGED)]
    assert agency(nhs.pct).is_active and now(first).agency_id == nhs.pct.id


def test_a_manager_closes_it_on_the_page(nhs: Nhs, visit: Visit) -> None:
    nhs.action()
    action = nhs.action()
    manager = visit(nhs.world.manager)
    address = "/agencies/NHSK/close"
    with clock.at(AFTER):
        assert address in manager.get("/agencies/NHSK").links()
        page = manager.get(address)
        assert "2 open actions go to the agency that follows it" in page.text
        fields = {
            "on": ["1", "4", "2013"],
            "successor": str(nhs.ccg.id),
            "lead": str(nhs.ccg_lead.id),
            "version": page.value("version"),
        }
        shown = manager.post(address, fields)
        assert "2 open actions would move" in shown.text
        assert "NHS Kent and Medway, Health lead Thanet CCG, Ccg lead" in shown.text
        kept = {name: shown.value(name) for name in ("on", "successor", "lead", "version", "rows", "once")}
        done = manager.post(address, kept, step="confirm")
        assert (done.status, done.leads_to) == (302, "/people")
        told = manager.get("/people").text
        closed = "NHS Kent and Medway has closed on 1 April 2013. 2 open actions moved to Thanet CCG."
        assert f"{closed} {LEADS_HEAR}" in told
        heard = News.select().where(News.person == nhs.ccg_lead, News.kind == "handed_over")
        assert heard.count() == 2
        there = f"/reviews/{action.review.reference}/actions/{action.number}"
        own = visit(nhs.ccg_lead).get(there)
        assert "This action was NHS Kent and Medway’s until 1 April 2013." in own.text
        assert visit(nhs.pct_lead).get(there).status == 404
        assert (
            "It closed on 1 April 2013. Its work goes on in Thanet CCG." in manager.get("/agencies/NHSK").text
        )


def test_without_a_lead_there_it_is_said_before(nhs: Nhs, visit: Visit) -> None:
    nhs.action()
    manager = visit(nhs.world.manager)
    with clock.at(AFTER):
        fields = {"on": ["1", "4", "2013"], "successor": str(nhs.ccg.id), "lead": "", "version": "1"}
        shown = manager.post("/agencies/NHSK/close", fields)
        assert "1 action would have no lead there." in shown.text
        # Somebody else changed the agency: the page says so, and keeps what was chosen.
        edit_agency(nhs.manager, agency(nhs.pct), "NHS Kent", True, 1)
        kept = {name: shown.value(name) for name in ("on", "successor", "version", "rows")}
        again = manager.post("/agencies/NHSK/close", kept, step="confirm")
        assert "Somebody has changed this agency" in again.text and again.value("successor") == str(
            nhs.ccg.id
        )
    assert agency(nhs.pct).is_active


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"on": ["", "", ""]}, "on"),
        ({"on": ["1", "4", "2014"]}, "on"),
        ({"successor": "99999"}, "successor"),
    ],
)
def test_a_closing_that_cannot_be_is_said_at_its_field(
    nhs: Nhs, visit: Visit, fields: dict[str, Any], wrong: str
) -> None:
    with clock.at(AFTER):
        typed = {"on": ["1", "4", "2013"], "successor": "", "version": "1", **fields}
        page = visit(nhs.world.manager).post("/agencies/NHSK/close", typed)
    assert wrong in page.errors and agency(nhs.pct).is_active


def test_an_action_moves_from_its_own_page(nhs: Nhs, visit: Visit) -> None:
    action = nhs.action()
    manager = visit(nhs.world.manager)
    there = f"/reviews/{action.review.reference}/actions/{action.number}"
    with clock.at(AFTER):
        assert f"{there}/agency" in manager.get(there).links()
        page = manager.send(
            f"{there}/agency", to=str(nhs.ccg.id), lead=str(nhs.pct_lead.id), reason="Closed."
        )
        assert "lead" in page.errors and page.value("to") == str(nhs.ccg.id)
        done = manager.send(
            f"{there}/agency", to=str(nhs.ccg.id), lead=str(nhs.ccg_lead.id), reason="Closed."
        )
        assert (done.status, done.leads_to) == (302, there)
        assert f"{action.reference} is with Thanet CCG now." in manager.get(there).text


def test_an_agency_without_a_successor_closes_and_its_actions_wait(nhs: Nhs, visit: Visit) -> None:
    action = nhs.action()
    manager, address = visit(nhs.world.manager), "/agencies/NHSK/close"
    with clock.at(AFTER):
        fields = {"on": ["1", "4", "2013"], "successor": "", "version": manager.get(address).value("version")}
        shown = manager.post(address, fields)
        kept = {name: shown.value(name) for name in ("on", "version", "rows", "once")}
        assert manager.post(address, kept, step="confirm").status == 302
        told = manager.get("/people").text
        # Nobody has anything else to do for that, and nobody is said to hear of it.
        assert "has closed on 1 April 2013." in told and LEADS_HEAR not in told
        page = manager.get("/needs-an-owner")
    assert now(action).agency_id == nhs.pct.id and "Agencies not in use, with open actions" in page.text
