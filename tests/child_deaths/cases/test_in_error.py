"""A case recorded in error: it counts nowhere, what was issued stays, and it can be brought back."""

from collections.abc import Callable
from datetime import date

import pytest

from kscb_actions import clock
from kscb_actions.access.policy import Refused, Role
from kscb_actions.audit.service import StaleEdit
from kscb_actions.child_deaths.agreement.queries import list_answers
from kscb_actions.child_deaths.cases.history import history_of
from kscb_actions.child_deaths.cases.in_error import ErrorFacts, bring_back, close_in_error
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.cases.queries import DeathFilter, list_deaths
from kscb_actions.child_deaths.judging.queries import list_items
from kscb_actions.child_deaths.learning.referrals import (
    count_open_referrals,
    list_referrals,
    needs_referral,
    record_referral,
)
from kscb_actions.child_deaths.meetings.models import PanelCase
from kscb_actions.child_deaths.meetings.queries import agenda, decisions_to_record, list_meetings
from kscb_actions.child_deaths.returns.queries import list_waiting, overdue_returns
from kscb_actions.child_deaths.returns.rules import RETURNS, SENT_RETURNS
from kscb_actions.child_deaths.visibility import get_death, get_recorded_death
from kscb_actions.figures.annual.correcting import reports_counting
from kscb_actions.figures.annual.issuing import freeze_year, propose
from kscb_actions.figures.annual.year import counted_before
from kscb_actions.figures.counting.frozen import frozen_tallies
from kscb_actions.figures.counting.queries import tallies, years
from kscb_actions.figures.counting.tally import Basis
from kscb_actions.people.models import User
from kscb_actions.text import InvalidInput

from ...factories import TODAY, World
from ...factories_deaths import Panel
from ...figures.annual.issuing import COORDINATOR, issue_year, seen_now
from ...figures.annual.year_rows import put
from ...pages import Visitor

FOUND = ErrorFacts("not_resident", "The panel of the area of residence reviews it.")


@pytest.fixture
def panel(world: World) -> Panel:
    return Panel(world)


@pytest.fixture
def keeper(panel: Panel, visit: Callable[[User], Visitor]) -> Visitor:
    return visit(panel.world.cdop_coordinator)


def counts(panel: Panel) -> dict[str, int]:
    """Return how often anything of a case stands anywhere."""
    who, chair = panel.coordinator, panel.world.as_viewer(panel.world.chair)
    by_basis = tallies(who, "2011-12")
    frozen, cases = frozen_tallies(who, "2011-12", counted_before())
    return {
        "list": list_deaths(who, DeathFilter()).total,
        "member's list": list_deaths(panel.member, DeathFilter()).total,
        "agendas": sum(len(agenda(who, each.meeting)) for each in list_meetings(who)),
        "items": sum(len(list_items(panel.member, each.meeting)) for each in list_meetings(who)),
        "cases of meetings": sum(each.cases for each in list_meetings(who)),
        "decisions to record": len(decisions_to_record(who, clock.today())),
        "overdue": len(overdue_returns(who, TODAY)),
        "chased": len(list_waiting(TODAY, {RETURNS.code: 0, SENT_RETURNS.code: 0})),
        "referrals asked for": len(needs_referral(who)),
        "referrals": len(list_referrals(chair)) + count_open_referrals(chair),
        "answers compared": len(list_answers(who)),
        "died": by_basis[Basis.DIED].total,
        "frozen": frozen[Basis.DIED].total + len(cases[Basis.DIED]),
        "years": len(years(who, Basis.DIED)),
    }


def test_it_counts_nowhere_until_it_is_brought_back(panel: Panel) -> None:
    referred, asked = panel.death(), panel.death(is_abuse_suspected=True)
    meeting = panel.meeting(TODAY, cases=[referred, asked])
    for death in (referred, asked):
        panel.asked(death)
    panel.proposal(PanelCase.get(PanelCase.death == referred))
    panel.close(meeting)
    record_referral(panel.coordinator, referred, True, "Neglect.", TODAY)
    before = counts(panel)
    assert all(before.values()), before
    for death in (referred, asked):
        close_in_error(panel.coordinator, ChildDeath.get_by_id(death.id), FOUND)
        assert get_death(panel.coordinator, death.id) is None
    assert not any(counts(panel).values()), counts(panel)
    closed = list_deaths(panel.coordinator, DeathFilter(state="in_error"))
    assert {row.state for row in closed.rows} == {"in_error"} and closed.total == 2
    assert list_deaths(panel.member, DeathFilter(state="in_error")).total == 0
    assert get_recorded_death(panel.member, asked.id) is None
    for death in (referred, asked):
        bring_back(panel.coordinator, ChildDeath.get_by_id(death.id), "It is ours after all.")
    assert counts(panel) == before
    titles = [each.title for each in history_of(referred, {})]
    assert titles[:2] == ["Case closed by mistake brought back", "Case closed as recorded in error"]


@pytest.mark.parametrize(
    ("facts", "fields"),
    [
        (ErrorFacts("", " "), {"void_as", "reason"}),
        (ErrorFacts("typo", "A reason."), {"void_as"}),
        (ErrorFacts("duplicate", "A reason."), {"duplicate_of"}),
        (ErrorFacts("duplicate", "A reason.", "11/001"), {"duplicate_of"}),
        (ErrorFacts("duplicate", "A reason.", "99/999"), {"duplicate_of"}),
        (ErrorFacts("duplicate", "A reason.", "11/003"), {"duplicate_of"}),
        (ErrorFacts("stillbirth", "Told by Dr Smith."), {"reason"}),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(panel: Panel, facts: ErrorFacts, fields: set[str]) -> None:
    death, _, closed = panel.death(), panel.death(), panel.death()
    close_in_error(panel.coordinator, closed, ErrorFacts("mistake", "Typed for a trial."))
    with pytest.raises(InvalidInput) as wrong:
        close_in_error(panel.coordinator, death, facts)
    assert set(wrong.value.errors) == fields
    assert ChildDeath.get_by_id(death.id).void_as == ""


def test_a_duplicate_names_the_case_that_stays_and_only_a_coordinator_closes(panel: Panel) -> None:
    death, original = panel.death(), panel.death()
    panel.meeting(cases=[death])
    second = panel.world.as_viewer(panel.world.person("second-coordinator", Role.CDOP_COORDINATOR))
    facts = ErrorFacts("duplicate", "Notified twice.", original.case_number.lower())
    for who in (panel.member, panel.world.as_viewer(panel.world.manager)):
        with pytest.raises(Refused):
            close_in_error(who, death, facts)
    with pytest.raises(StaleEdit):
        close_in_error(second, death, facts, 99)
    closed = close_in_error(second, death, facts, death.version)
    assert (closed.duplicate_of_id, closed.void_on) == (original.id, TODAY)
    told = dict(history_of(closed, {})[0].detail)
    assert told == {"Reason": "Notified twice.", "Note": "Duplicate of 11/002.", "As": told["As"]}
    for again in (
        lambda: close_in_error(second, closed, facts),
        lambda: bring_back(panel.member, closed, "Mine."),
        lambda: bring_back(second, original, "It was never closed."),
    ):
        with pytest.raises(Refused):
            again()
    with pytest.raises(InvalidInput):
        bring_back(second, closed, " ")
    assert bring_back(second, closed, "Two children.").duplicate_of_id is None


def test_a_report_not_issued_waits_for_new_data(panel: Panel) -> None:
    put([{"sex": "male"} for _ in range(30)])
    one = ChildDeath.get_by_id(1)
    assert reports_counting(1).before == [] and reports_counting(1).after == ""
    with clock.at(date(2012, 4, 1)):
        frozen = freeze_year(COORDINATOR, "2011-12")
        (said,) = reports_counting(1).before
        assert "freeze them anew before it is issued" in said
        one = close_in_error(panel.coordinator, one, FOUND)
        with pytest.raises(InvalidInput, match="closed as recorded in error since"):
            propose(COORDINATOR, "2011-12", seen_now(frozen), has_read=True)
        bring_back(panel.coordinator, one, "It was ours.")
        propose(COORDINATOR, "2011-12", seen_now(frozen), has_read=True)


def test_from_the_case_and_back_with_what_it_does_to_an_issued_report(
    panel: Panel, keeper: Visitor, visit: Callable[[User], Visitor]
) -> None:
    put([{"sex": "male"} for _ in range(30)])
    issued = issue_year("2011-12")
    reader = visit(panel.world.reader)
    as_issued = reader.get(f"/published/{issued.id}").text
    says = "The report of 2011-12 is issued, and counts this case as it stood then."
    for page in ("close-in-error", "edit", "correct"):
        assert says in keeper.get(f"/deaths/1/{page}").text
    assert "/deaths/1/close-in-error" in keeper.get("/deaths/1").links()
    assert set(keeper.post("/deaths/1/close-in-error", {}).errors) == {"void_as", "reason"}
    fields = {"void_as": "stillbirth", "reason": "The certificate says so.", "version": "1"}
    assert keeper.post("/deaths/1/close-in-error", fields).leads_to.endswith("/deaths/1")
    page = keeper.get("/deaths/1")
    assert "The report of 2011-12 is issued, and stays as it was." in page.text
    for told in ("A stillbirth", "The certificate says so.", "The panel’s decision", "30 March 2012"):
        assert told in page.text
    for gone in ("edit", "correct", "referral", "returns/ask", "agenda", "close-in-error"):
        assert keeper.get(f"/deaths/1/{gone}").status == 404
    assert "/deaths/1" in keeper.get("/deaths?state=in_error").links()
    assert reader.get(f"/published/{issued.id}").text == as_issued
    assert reports_counting(1).issued == ("2011-12",)
    assert set(keeper.post("/deaths/1/bring-back", {}).errors) == {"reason"}
    keeper.post("/deaths/1/bring-back", {"reason": "Born alive after all.", "version": "2"})
    assert keeper.get("/deaths/1/edit").status == 200
    assert keeper.get("/deaths/1/bring-back").status == 302
