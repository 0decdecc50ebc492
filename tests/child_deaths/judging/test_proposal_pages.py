"""A member's page for a proposal, closing, and proposals side by side."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from kscb_actions.access.policy import Role
from kscb_actions.child_deaths.judging.models import Categorisation
from kscb_actions.child_deaths.judging.proposals import close_proposals
from kscb_actions.child_deaths.judging.queries import judgements_of
from kscb_actions.child_deaths.judging.rules import FactorFacts, Judgement
from kscb_actions.child_deaths.meetings.models import PanelCase
from kscb_actions.people.models import User

from ...factories import World
from ...factories_deaths import JUDGED, Panel
from ...pages import Visitor
from ...queries import counted

Visit = Callable[[User], Visitor]
CANARY = "heronscanary"
FIELDS: dict[str, Any] = {
    "categories": ["10", "3"],
    "level_co_sleeping": "2",
    "text_co_sleeping": "On a sofa",
    "modifiable_co_sleeping": "y",
    "outcome": "identified",
    "status_reason": "The sofa.",
    "learning": "Tell parents before the birth.",
}
LONG = "x" * 10_001
# What comes in, and beside which field it is said.
WRONG = [
    ({"categories": []}, "categories"),
    ({"categories": ["11"]}, "categories"),
    ({"categories": ["’; DROP TABLE factor"]}, "categories"),
    ({"outcome": ""}, "outcome"),
    ({"outcome": "preventable"}, "outcome"),
    ({"outcome": "none"}, "outcome"),
    ({"outcome": "\x00"}, "outcome"),
    ({"status_reason": ""}, "status_reason"),
    ({"status_reason": LONG}, "status_reason"),
    ({"status_reason": "\x00\x07"}, "status_reason"),
    ({"learning": LONG}, "learning"),
    ({"learning": "Mr Example told us."}, "learning"),
    ({"level_co_sleeping": ""}, "level_co_sleeping"),
    ({"level_co_sleeping": "9"}, "level_co_sleeping"),
    ({"level_co_sleeping": "1*"}, "level_co_sleeping"),
    ({"level_co_sleeping": "0"}, "level_co_sleeping"),
    ({"text_co_sleeping": "x" * 501}, "level_co_sleeping"),
    ({"text_child_1": "A rare illness"}, "level_child_1"),
    ({"level_child_2": "2"}, "level_child_2"),
    ({"level_services_1": "2", "text_services_1": LONG}, "level_services_1"),
    ({"modifiable_access": "y"}, "level_access"),
]
# What no form of ours sends: it is answered as a page, and is never an error of ours.
ODD: list[dict[str, Any]] = [
    {"version": "x" * 400},
    {"version": "-1"},
    {"version": ["1", "2"]},
    {"categories": "1" * 5_000},
    {"level_co_sleeping": ["2", "3"]},
    {"level_co_sleeping": "👶" * 300},
    {"text_child_99999": "far away"},
    {"text_child_30": "the last"},
    {"text_child_-1": "before the first"},
    {"text_child_²": "no number"},
    {"unknown_child": ["y", "y"]},
    {"modifiable_co_sleeping": "\ufffe"},
    {"outcome": ["identified", "none"]},
    {"next": "elsewhere"},
    {"factors-0": "x"},
]


@pytest.fixture
def panel(world: World) -> Panel:
    return Panel(world)


@pytest.fixture
def other(world: World) -> User:
    return world.person("second-member", Role.CDOP_MEMBER)


@pytest.fixture
def case(panel: Panel, world: World, other: User) -> PanelCase:
    """Give the first of two cases on a panel of two."""
    deaths = [panel.death(circumstances="Found on the sofa."), panel.death()]
    panel.answered(deaths[0])
    meeting = panel.meeting(members=[world.cdop_member, other], cases=deaths)
    return PanelCase.get(PanelCase.meeting == meeting, PanelCase.death == deaths[0])


def address(case: PanelCase, page: str = "/propose") -> str:
    return f"/panels/{case.meeting_id}/cases/{case.death_id}{page}"


def test_a_member_reads_the_case_proposes_and_goes_on_to_the_next(
    world: World, visit: Visit, case: PanelCase
) -> None:
    member = visit(world.cdop_member)
    page = member.get(address(case))
    for words in (
        "1 month",
        "Found on the sofa.",
        "The family was known to the school nurse.",
        "0 of 2 cases",
    ):
        assert words in page.text
    assert f"/deaths/{case.death_id}/interests" in page.links()
    sent = member.send(address(case), FIELDS, next="next")
    following = PanelCase.get(PanelCase.meeting == case.meeting_id, PanelCase.id != case.id)
    assert (sent.status, sent.leads_to) == (302, address(following))
    made = Categorisation.get()
    none = tuple(FactorFacts(domain, "", "1") for domain in ("child", "family", "services"))
    assert judgements_of([made])[made.id] == replace(JUDGED, factors=(*JUDGED.factors, *none))
    last = member.send(address(following), {"categories": ["8"], "outcome": "none"}, next="next")
    assert last.leads_to == f"/panels/{case.meeting_id}"


def test_what_was_proposed_stands_in_the_form_and_can_be_changed(
    world: World, visit: Visit, panel: Panel, case: PanelCase
) -> None:
    own = tuple(FactorFacts("services", "", "2", f"Delay {n}", n == 1) for n in range(1, 4))
    unknown = FactorFacts("family", "", "0")
    judged = Judgement(JUDGED.categories, "identified", "So.", (*JUDGED.factors, *own, unknown), "Learn.")
    panel.proposal(case, judgement=judged)
    member = visit(world.cdop_member)
    page = member.get(address(case))
    assert page.value("categories") == ["3", "10"]
    assert page.value("level_co_sleeping") == "2"
    assert page.value("text_services_3") == "Delay 3"
    assert page.value("text_services_4") == ""
    assert page.value("unknown_family") == ["y"]
    member.send(address(case), {"learning": "Learn more."})
    made = Categorisation.get()
    kept = judgements_of([made])[made.id]
    assert (made.version, kept.learning, kept.factors) == (
        2,
        "Learn more.",
        (*judged.factors[:-1], FactorFacts("child", "", "1"), unknown),
    )


@pytest.mark.parametrize(("changed", "field"), WRONG)
def test_what_is_wrong_is_said_at_its_field_and_the_rest_is_kept(
    world: World, visit: Visit, case: PanelCase, changed: dict[str, Any], field: str
) -> None:
    page = visit(world.cdop_member).post(address(case), {**FIELDS, "version": "0", **changed})
    assert page.status == 200
    assert field in page.errors
    kept = next(name for name in ("learning", "status_reason") if name not in changed)
    assert page.value(kept) == FIELDS[kept]
    assert Categorisation.select().count() == 0


def test_errors_are_listed_in_the_order_of_the_page(world: World, visit: Visit, case: PanelCase) -> None:
    page = visit(world.cdop_member).post(address(case), {"text_child_1": "An illness", "learning": LONG})
    assert list(page.errors) == ["categories", "level_child_1", "outcome", "learning"]


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("is_made", [False, True])
def test_odd_input_is_answered_with_a_page(
    world: World, visit: Visit, panel: Panel, case: PanelCase, odd: dict[str, Any], is_made: bool
) -> None:
    if is_made:
        panel.proposal(case)
    page = visit(world.cdop_member).post(address(case), {**FIELDS, "version": str(int(is_made)), **odd})
    assert page.status in (200, 302, 409)


def test_an_edit_made_elsewhere_shows_both_texts_and_a_second_save_stands(
    world: World, visit: Visit, panel: Panel, case: PanelCase
) -> None:
    own = FactorFacts("child", "", "2", "Theirs in words")
    panel.proposal(case, judgement=Judgement(frozenset({8}), "none", "", (own,), "Theirs."))
    member = visit(world.cdop_member)
    page = member.post(address(case), {**FIELDS, "version": "0", "learning": "Mine."})
    assert page.status == 409
    for words in ("Theirs.", "Theirs in words", "Mine.", "8. Perinatal/neonatal event"):
        assert words in page.source
    assert page.value("learning") == "Mine."
    assert Categorisation.get().learning == "Theirs."
    again = member.post(address(case), {**FIELDS, "version": page.value("version"), "learning": "Mine."})
    assert again.status == 302
    assert Categorisation.get().learning == "Mine."


def test_after_closing_the_page_leads_to_the_proposals_and_what_was_typed_is_not_lost(
    world: World, visit: Visit, panel: Panel, case: PanelCase
) -> None:
    close_proposals(panel.coordinator, case.meeting)
    member = visit(world.cdop_member)
    assert member.get(address(case)).leads_to == address(case, "")
    page = member.post(address(case), {**FIELDS, "version": "0"})
    assert "are closed" in page.text
    assert page.value("learning") == FIELDS["learning"]
    assert Categorisation.select().count() == 0


def test_who_does_not_sit_or_has_an_interest_finds_nothing(
    world: World, visit: Visit, panel: Panel, case: PanelCase, other: User
) -> None:
    outside = world.person("third-member", Role.CDOP_MEMBER)
    panel.interest(case.death, other)
    for person in (outside, other):
        assert visit(person).get(address(case)).status == 404
        assert visit(person).get(address(case, "")).status == 404
        assert visit(person).post(address(case), FIELDS).status == 404
    assert visit(world.cdop_coordinator).get(address(case)).status == 404


def pages_of(case: PanelCase) -> list[str]:
    """Return every page on which a proposal could show."""
    meeting, death = f"/panels/{case.meeting_id}", f"/deaths/{case.death_id}"
    return [
        *("/", "/panels", "/panels/agreement", "/deaths", "/audit", "/tables", "/outbox", "/no-such-page"),
        *(meeting + page for page in ("", "/close", "/papers", "/agenda", "/attendance", "/members")),
        *(death + page for page in ("", "/interests", "/correct", "/learning", "/refer")),
        *(address(case, page) for page in ("", "/propose", "/decide", "/no-such-page")),
    ]


def test_a_canary_in_one_proposal_is_nowhere_before_closing_and_is_there_after(
    world: World, visit: Visit, panel: Panel, case: PanelCase, other: User
) -> None:
    factor = FactorFacts("services", "", "2", f"{CANARY} factor", True)
    panel.proposal(
        case,
        other,
        Judgement(frozenset({1, 9}), "identified", f"{CANARY} why", (factor,), f"{CANARY} learnt"),
    )
    everybody = (world.cdop_member, world.cdop_coordinator, world.manager, world.chair, world.reader)
    places = pages_of(case)
    found = [
        (person.name, place)
        for person in everybody
        for place in places
        if CANARY in visit(person).get(place).source
    ]
    assert found == []
    mine = visit(world.cdop_member).post(address(case), {**FIELDS, "version": "7"})
    refused = visit(world.cdop_coordinator).post(address(case, "/decide"), {"learning": "x"})
    assert CANARY not in mine.source + refused.source
    assert CANARY in visit(other).get(address(case)).source, "the canary was not planted"
    close_proposals(panel.coordinator, case.meeting)
    for person in (world.cdop_member, world.cdop_coordinator):
        assert CANARY in visit(person).get(address(case, "")).source
    for person in (world.manager, world.chair, world.reader):
        assert not [place for place in places if CANARY in visit(person).get(place).source]


def test_side_by_side_says_who_said_what_and_how_far_they_agree(
    world: World, visit: Visit, panel: Panel, case: PanelCase, other: User
) -> None:
    panel.proposal(case)
    panel.proposal(case, other, Judgement(frozenset({3}), "none", "Nothing to do."))
    close_proposals(panel.coordinator, case.meeting)
    page = visit(world.cdop_coordinator).get(address(case, ""))
    (table,) = page.tree.xpath("//table[caption='Proposals side by side']")
    (part,) = table.xpath("./tbody[tr/th[@scope='rowgroup']='Category and status']")
    rows = [[" ".join(cell.text_content().split()) for cell in row] for row in part.xpath("./tr[td]")]
    trauma = "3. Trauma and other external factors"
    assert rows == [
        ["Primary category", "All agree", trauma, trauma],
        ["All categories", "All differ", f"{trauma}; 10. Sudden unexpected, unexplained death", trauma],
        [
            "Modifiable factors",
            "All differ",
            "Modifiable factors identified",
            "No modifiable factors identified",
        ],
    ]
    assert table.xpath(".//th[@scope='col']/text()") == [
        "Question",
        "Agreement",
        "Cdop member",
        "Second member",
    ]
    assert "4 questions to talk about" in page.text
    assert address(case, "/decide") in page.links()
    assert address(case, "/decide") not in visit(world.cdop_member).get(address(case, "")).links()


def test_a_withdrawn_proposal_is_named_without_its_content(
    world: World, visit: Visit, panel: Panel, case: PanelCase, other: User
) -> None:
    panel.proposal(case, other, Judgement(frozenset({8}), "none", learning=CANARY))
    panel.interest(case.death, other)
    close_proposals(panel.coordinator, case.meeting)
    for person in (world.cdop_member, world.cdop_coordinator):
        page = visit(person).get(address(case, ""))
        assert "Second member: withdrawn because of a declared interest." in page.text
        assert CANARY not in page.source


def test_closing_asks_first_and_says_who_has_not_proposed(
    world: World, visit: Visit, panel: Panel, case: PanelCase
) -> None:
    panel.proposal(case)
    coordinator, path = visit(world.cdop_coordinator), f"/panels/{case.meeting_id}/close"
    page = coordinator.get(path)
    rows = [" ".join(row.text_content().split()) for row in page.tree.xpath("//tbody/tr")]
    assert rows == ["11/001 Second member", "11/002 Cdop member Second member"]
    assert coordinator.send(path).leads_to == f"/panels/{case.meeting_id}"
    again = coordinator.post(path)
    assert (again.status, "closed already" in again.text) == (200, True)
    assert not coordinator.get(path).tree.xpath("//main//form")


def test_the_pages_take_the_same_queries_for_one_case_and_for_thirty(
    world: World, visit: Visit, panel: Panel
) -> None:
    one = panel.meeting(date(2012, 5, 10), cases=[panel.death()])
    many = panel.meeting(date(2012, 6, 14), cases=[panel.death() for _ in range(30)])
    member, coordinator = visit(world.cdop_member), visit(world.cdop_coordinator)

    def asked(visitor: Visitor, path: str) -> int:
        visitor.get(path)
        with counted() as queries:
            assert visitor.get(path).status == 200
        return int(queries)

    for page in ("/propose", ""):
        small, large = (address(meeting.cases.get(), page) for meeting in (one, many))
        assert asked(member, small) == asked(member, large)
    assert asked(coordinator, f"/panels/{one.id}/close") == asked(coordinator, f"/panels/{many.id}/close")
