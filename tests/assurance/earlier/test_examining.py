"""What was accepted in earlier records is examined again: a list, a mark, a count, and what came of it."""

from datetime import date

import pytest
from flask.testing import FlaskClient

from kscb_actions.access.policy import Refused
from kscb_actions.actions.earlier.models import Reexamination
from kscb_actions.actions.earlier.queries import count_to_examine
from kscb_actions.actions.listing import list_actions
from kscb_actions.actions.models import Action
from kscb_actions.actions.narrowing import Filter, visible_action
from kscb_actions.assurance.earlier.service import enter_past, examine_again
from kscb_actions.assurance.models import AssuranceDecision
from kscb_actions.audit.models import AuditEvent
from kscb_actions.people.models import User
from kscb_actions.settings.rules import Thresholds
from kscb_actions.text import InvalidInput

from ...factories import TODAY, World
from ...reading import see, send
from ..filing import SignIn, at
from .test_entering import ACCEPTED, DUE, PAST

AGAIN = date(2012, 6, 30)


@pytest.fixture
def accepted(world: World) -> list[Action]:
    """Return four actions: three accepted in earlier records, of two agencies, and one done there."""
    first = world.action(DUE)
    more = [
        world.action(DUE, agency=agency, recommendation=first.recommendation)
        for agency in (world.police, world.health, world.health)
    ]
    for each in (first, *more[:2]):
        enter_past(world.manager.viewer, each, ACCEPTED)
    enter_past(world.manager.viewer, more[2], PAST)
    return [Action.get_by_id(each.id) for each in (first, *more)]


def counted(who: User) -> list[tuple[str, int, int, int]]:
    """Return what the page counts for somebody."""
    found = count_to_examine(visible_action(who.viewer))
    return [(each.code, each.waiting, each.stands, each.opened) for each in found]


def listed(who: User, examined: str, agency: str = "") -> list[int]:
    """Return the numbers of the actions that a list so narrowed has."""
    narrow = Filter(examined=examined, agency=agency)
    found = list_actions(who.viewer, narrow, TODAY, Thresholds(), "reference")
    return [each.action.number for each in found.rows]


def test_each_count_is_that_of_the_list_it_leads_to(world: World, accepted: list[Action]) -> None:
    assert counted(world.chair) == [("KPOL", 2, 0, 0), ("NHSK", 1, 0, 0)]
    examine_again(world.chair.viewer, accepted[0], "stands", "The minutes show it.")
    examine_again(world.second_chair.viewer, accepted[2], "opened", "No file shows it.", due_on=AGAIN)
    for who in (world.chair, world.reader):
        assert counted(who) == [("KPOL", 1, 1, 0), ("NHSK", 0, 0, 1)]
        for code, *counts in counted(who):
            lists = [len(listed(who, each, code)) for each in ("waiting", "stands", "opened")]
            assert lists == counts
    assert (listed(world.chair, "waiting"), listed(world.chair, "stands")) == ([2], [1])
    assert listed(world.chair, "opened") == [3] and listed(world.chair, "sometime") == []
    assert counted(world.police_lead) == [("KPOL", 1, 1, 0)]


def test_what_stands_stays_accepted_and_bears_who_examined_it(world: World, accepted: list[Action]) -> None:
    examine_again(world.chair.viewer, accepted[0], "stands", "The minutes show it.")
    [row] = Reexamination.select()
    assert (row.by, row.outcome, row.reason) == (world.chair, "stands", "The minutes show it.")
    assert Action.get_by_id(accepted[0].id).assurance == "accepted"
    assert AuditEvent.select().order_by(AuditEvent.id.desc()).get().event == "reexamination.recorded"


def test_what_opens_again_is_reopened_and_its_agency_told(world: World, accepted: list[Action]) -> None:
    examine_again(world.chair.viewer, accepted[0], "opened", "No file shows it.", due_on=AGAIN)
    now = Action.get_by_id(accepted[0].id)
    assert (now.assurance, now.current_due_on, now.original_due_on) == ("returned", AGAIN, DUE)
    decisions = [each.decision for each in AssuranceDecision.select().where(AssuranceDecision.action == now)]
    assert decisions == ["accepted", "reopened"]
    with pytest.raises(Refused, match="not accepted any more"):
        examine_again(world.chair.viewer, now, "stands", "It was.")
    # Checked anew on evidence of its own, it is not examined a second time.
    world.decision(now)
    assert 1 not in listed(world.chair, "waiting")


def test_who_may_examine_and_what(world: World, accepted: list[Action]) -> None:
    world.police_chair = world.person("police-chair", *world.chair.role_set, agency=world.police)
    for who in (world.manager, world.police_lead, world.reader, world.police_chair):
        with pytest.raises(Refused):
            examine_again(who.viewer, accepted[0], "stands", "Seen.")
    with pytest.raises(Refused, match="Only what was accepted in earlier records"):
        examine_again(world.chair.viewer, accepted[3], "stands", "Seen.")
    for outcome, reason, field in (("", "Seen.", "outcome"), ("stands", " ", "reason")):
        with pytest.raises(InvalidInput) as wrong:
            examine_again(world.chair.viewer, accepted[0], outcome, reason)
        assert list(wrong.value.errors) == [field]
    assert not Reexamination.select().exists()


def test_the_pages_lead_from_the_count_to_the_outcome(
    world: World, accepted: list[Action], sign_in: SignIn, csrf_token: str
) -> None:
    chair: FlaskClient = sign_in(world.chair)
    page = see(chair, "/examining-again")
    assert "3 actions were accepted in earlier records" in page.text
    assert page.rows("By agency")[0] == {
        "Agency": "Kent Police", "To be examined": "2 Kent Police, To be examined", "Stand": "0",
        "Opened again": "0",
    }  # fmt: skip
    assert at(accepted[0]) in [address for _, address in see(chair, "/actions?examined=waiting").links()]
    address = at(accepted[0], "/examine-again")
    assert address in [each for _, each in see(chair, at(accepted[0])).links()]
    form = see(chair, address)
    assert "Accepted on 3 November 2011 by SCR subgroup." in form.text
    fields = {"version": form.value("version"), "reason": "No file shows it."}
    assert "outcome" in send(chair, address, csrf_token, **fields).errors
    opened = send(chair, address, csrf_token, **fields, outcome="opened")
    assert opened.errors == {"due_on": "Say by when it is to be done again."}
    done = send(chair, address, csrf_token, **fields, outcome="opened", due_on=["30", "6", "2012"])
    assert done.location.endswith("/examining-again")
    shown = see(chair, at(accepted[0])).text
    assert "Examined again by Chair on 30 March 2012" in shown and "opened again. No file shows it." in shown
    assert "Examined again by the Board: it opens again" in shown
    assert (
        "Nothing was accepted in earlier records."
        in see(sign_in(world.probation_lead), "/examining-again").text
    )
