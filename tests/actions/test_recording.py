"""What is proposed for the next actions of a plan, and several recorded in one step."""

from datetime import date

import pytest

from kscb_actions.access.policy import Refused, Role
from kscb_actions.actions.models import Action
from kscb_actions.actions.recording.queries import propose_leads
from kscb_actions.actions.recording.rules import MOST_ROWS, Earlier, Proposed, proposals, usual_lead
from kscb_actions.actions.recording.service import Row, record_actions, record_recommendation
from kscb_actions.actions.service import ActionFacts, withdraw_recommendation
from kscb_actions.audit.models import AuditEvent
from kscb_actions.people.queries import list_leads
from kscb_actions.reviews.models import AgencyResponse, Recommendation
from kscb_actions.reviews.rules import RecommendationFacts
from kscb_actions.reviews.service import name_person
from kscb_actions.text import InvalidInput

from ..factories import World
from ..queries import counted

MAY = date(2012, 5, 1)
SAME, OTHER = ("Ask.", "An audit."), ("Listen.", "")
EVERY = {"KPOL", "NHSK"}


@pytest.mark.parametrize(
    ("earlier", "proposed"),
    [
        ([], []),
        ([Earlier("KPOL", 5, SAME, MAY)], [Proposed("KPOL", 5, MAY)]),
        ([Earlier("KPOL", None, SAME, None)], [Proposed("KPOL", None, None)]),
        (
            [Earlier("KPOL", 5, SAME, MAY), Earlier("NHSK", 6, OTHER, MAY)],
            [Proposed("KPOL", 5, MAY), Proposed("NHSK", 6, MAY)],
        ),
        ([Earlier("KPOL", 5, SAME, MAY), Earlier("NHSK", 6, SAME, MAY)], [Proposed("all", None, MAY)]),
        (
            [Earlier("KPOL", 5, SAME, MAY), Earlier("NHSK", 6, SAME, None)],
            [Proposed("KPOL", 5, MAY), Proposed("NHSK", 6, None)],
        ),
        (
            [Earlier("KPOL", 5, SAME, MAY), Earlier("KPOL", 5, OTHER, MAY)],
            [Proposed("KPOL", 5, MAY), Proposed("KPOL", 5, MAY)],
        ),
    ],
)
def test_the_same_agencies_leads_and_dates_are_proposed(
    earlier: list[Earlier], proposed: list[Proposed]
) -> None:
    assert proposals(earlier, EVERY) == proposed


def test_no_more_rows_are_proposed_than_a_page_takes() -> None:
    many = [Earlier("KPOL", 5, (f"Text {number}.", ""), MAY) for number in range(MOST_ROWS + 5)]
    assert len(proposals(many, EVERY)) == MOST_ROWS
    assert proposals([Earlier("KPOL", 5, SAME, MAY)], {"KPOL"}) == [Proposed("KPOL", 5, MAY)]


@pytest.mark.parametrize(
    ("leads", "last", "proposed"),
    [([], None, None), ([5], None, 5), ([5], 9, 5), ([5, 6], None, None), ([5, 6], 6, 6), ([5, 6], 9, None)],
)
def test_the_only_lead_is_proposed_or_the_last_used(
    leads: list[int], last: int | None, proposed: int | None
) -> None:
    assert usual_lead(leads, last) == proposed


def test_leads_are_proposed_from_the_agencies_last_actions_in_one_query(world: World) -> None:
    second = world.person("second-health-lead", Role.AGENCY_LEAD, agency=world.health)
    manager = world.as_viewer(world.manager)
    leads = {world.police.id: world.police_lead, world.probation.id: world.probation_lead}
    assert propose_leads(manager, list_leads(), None) == leads
    world.action(agency=world.health, lead=second)
    people = list_leads()
    with counted() as count:
        assert propose_leads(manager, people, None) == {**leads, world.health.id: second}
    assert int(count) == 1
    world.action(agency=world.health, lead=world.health_lead)
    assert propose_leads(manager, people, None)[world.health.id] == world.health_lead
    assert propose_leads(manager, people, {second.id}) == {world.health.id: second}


def test_who_leads_in_a_review_one_may_not_see_is_not_proposed(world: World) -> None:
    world.person("second-health-lead", Role.AGENCY_LEAD, agency=world.health)
    review = world.review(is_restricted=True)
    name_person(world.as_viewer(world.manager), review, world.health_lead)
    world.action(agency=world.health, recommendation=world.recommendation(review))
    other = world.person("other-manager", Role.MANAGER)
    seen = [propose_leads(world.as_viewer(each), list_leads(), None) for each in (world.manager, other)]
    assert [world.health.id in each for each in seen] == [True, False]


def rows_for(world: World) -> list[Row]:
    """Return two rows: one for the police, and one for two agencies at once."""
    leads = {world.police.id: world.police_lead, world.health.id: world.health_lead}
    return [
        Row("r1", [world.police], leads, ActionFacts("Ask.\r\n", "An audit.", MAY)),
        Row("r3", [world.health, world.probation], leads, ActionFacts("Listen 👶.")),
    ]


def test_a_recommendation_and_its_actions_are_one_step(world: World) -> None:
    review = world.review()
    since = AuditEvent.select().count()
    recommendation, actions = record_recommendation(
        world.as_viewer(world.manager), review, RecommendationFacts("Share."), rows_for(world)
    )
    kept = [(each.number, each.agency.code, each.lead_id, each.text, each.current_due_on) for each in actions]
    assert kept == [
        (1, "KPOL", world.police_lead.id, "Ask.", MAY),
        (2, "NHSK", world.health_lead.id, "Listen 👶.", None),
        (3, "KPRO", None, "Listen 👶.", None),
    ]
    assert [each.recommendation_id for each in Action.select()] == [recommendation.id] * 3
    assert AgencyResponse.select().count() == 3
    events = list(AuditEvent.select().order_by(AuditEvent.id).offset(since))
    assert [each.event for each in events].count("action.added") == 3
    assert events[0].event == "recommendation.added"


def test_where_one_row_is_wrong_nothing_is_recorded_and_all_is_said(world: World) -> None:
    review, before = world.review(), AuditEvent.select().count()
    wrong = [
        *rows_for(world),
        Row("r4", [], {}, ActionFacts("")),
        Row("r5", [world.police], {world.police.id: world.health_lead}, ActionFacts("x" * 10_001)),
    ]
    with pytest.raises(InvalidInput) as refused:
        record_recommendation(world.as_viewer(world.manager), review, RecommendationFacts(""), wrong)
    assert set(refused.value.errors) == {"text", "r4_text", "r4_agency", "r5_text", "r5_lead"}
    assert Recommendation.select().count() == Action.select().count() == 0
    assert AuditEvent.select().count() == before


def test_a_recommendation_needs_no_action_but_a_page_of_rows_needs_one(world: World) -> None:
    manager, review = world.as_viewer(world.manager), world.review()
    recommendation, actions = record_recommendation(manager, review, RecommendationFacts("To note."), [])
    assert actions == []
    with pytest.raises(InvalidInput, match="at least one action"):
        record_actions(manager, recommendation, [])
    many = [Row("r1", [world.police] * (MOST_ROWS + 1), {}, ActionFacts("Ask."))]
    with pytest.raises(InvalidInput, match="at most 60"):
        record_actions(manager, recommendation, many)
    assert len(record_actions(manager, recommendation, rows_for(world))) == 3


def test_nothing_is_recorded_by_who_may_not_or_for_what_has_ended(world: World) -> None:
    manager, recommendation = world.as_viewer(world.manager), world.recommendation()
    for person in (world.chair, world.police_lead, world.reader):
        with pytest.raises(Refused):
            record_actions(world.as_viewer(person), recommendation, rows_for(world))
        with pytest.raises(Refused):
            record_recommendation(
                world.as_viewer(person), recommendation.review, RecommendationFacts("Share."), []
            )
    withdraw_recommendation(manager, recommendation, "Overtaken.", 1)
    with pytest.raises(Refused, match="withdrawn"):
        record_actions(manager, recommendation, rows_for(world))
    assert Action.select().count() == 0
