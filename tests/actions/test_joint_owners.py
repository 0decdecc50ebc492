"""Several agencies own an action and one leads: who sees it, does what, decides, and who is counted."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from kscb_actions import clock
from kscb_actions.access.policy import Owners, Refused, Role, Viewer
from kscb_actions.actions.extensions import ask_extension, change_due_date, decide_extension
from kscb_actions.actions.listing import count_actions, list_actions, list_own_work, list_shared_work
from kscb_actions.actions.models import Action, Contribution, JointOwner
from kscb_actions.actions.narrowing import Filter
from kscb_actions.actions.owners.rules import owners_words, why_not_leading, why_not_shared
from kscb_actions.actions.owners.service import (
    change_contact,
    change_leading,
    contribute,
    share,
    stop_sharing,
)
from kscb_actions.actions.queries import count_by_agency, get_action
from kscb_actions.actions.service import update_progress
from kscb_actions.actions.turn import RatingFacts
from kscb_actions.assurance.challenges.service import (
    Subject,
    answer_challenge,
    close_challenge,
    raise_challenge,
)
from kscb_actions.assurance.checking import begin_check, reopen
from kscb_actions.assurance.models import Evidence
from kscb_actions.assurance.queries import list_to_check, waiting_submission
from kscb_actions.assurance.rules import EvidenceFacts
from kscb_actions.assurance.service import Upload, add_evidence, decide, withdraw_evidence
from kscb_actions.audit.models import AuditEvent
from kscb_actions.reviews.models import AgencyResponse
from kscb_actions.settings.rules import Thresholds
from kscb_actions.text import InvalidInput

from ..factories import PDF, TODAY, World
from ..pages import Visitor
from ..queries import counted
from ..reports.stories import report, row_of

Visit = Callable[..., Visitor]
T = Thresholds()
OPEN = RatingFacts("active", "in_progress", "none", date(2012, 3, 1), None, date(2012, 5, 1), None, 0)
OWNERS = Owners(1, frozenset({2}), frozenset({3}))


def now(action: Action) -> Action:
    return Action.get_by_id(action.id)


@pytest.fixture
def shared(world: World) -> Action:
    """Return an action that the police lead and the health service shares."""
    action = world.action(due_on=date(2012, 5, 1))
    share(world.manager.viewer, action, world.health, world.health_lead)
    return now(action)


def joint_of(action: Action) -> JointOwner:
    return JointOwner.get(JointOwner.action == action, JointOwner.ended_at.is_null())


def attach(world: World, who: Viewer, action: Action) -> Evidence:
    facts = EvidenceFacts("training", TODAY, "Our part.")
    return add_evidence(who, world.store, action, facts, [Upload("ours.pdf", io.BytesIO(PDF))])


@pytest.mark.parametrize(
    ("facts", "agency_id", "in_use", "words"),
    [
        (OPEN, 4, True, None),
        (OPEN, 3, True, None),
        (OPEN, 1, True, "leads"),
        (OPEN, 2, True, "shares"),
        (OPEN, 4, False, "closed"),
        (replace(OPEN, assurance="accepted"), 4, True, "accepted"),
    ],
)
def test_who_can_become_a_joint_owner(
    facts: RatingFacts, agency_id: int, in_use: bool, words: str | None
) -> None:
    found = why_not_shared(facts, OWNERS, agency_id, in_use)
    assert (found is None) if words is None else words in str(found)


@pytest.mark.parametrize(
    ("assurance", "is_over", "asks", "may_lead"),
    [
        ("none", False, False, True),
        ("returned", False, False, True),
        ("submitted", False, False, False),
        ("accepted", False, False, False),
        ("none", True, False, False),
        ("none", False, True, False),
    ],
)
def test_when_a_joint_owner_can_come_to_lead(
    assurance: str, is_over: bool, asks: bool, may_lead: bool
) -> None:
    facts = replace(OPEN, assurance=assurance)
    assert (why_not_leading(facts, is_over, asks) is None) == may_lead


def test_owners_in_words() -> None:
    assert owners_words("Kent Police", []) == "Kent Police"
    assert owners_words("Kent Police", ["NHS", "Probation"]) == "Kent Police (with NHS, Probation)"


def test_a_joint_owner_sees_the_action_and_adds_its_part_and_nothing_more(
    world: World, shared: Action
) -> None:
    health = world.health_lead.viewer
    reference = shared.review.reference
    assert get_action(health, reference, shared.number) == shared
    assert AgencyResponse.get(AgencyResponse.agency == world.health).answer == "awaited"
    contribute(health, shared, "We trained our staff.")
    piece = attach(world, health, shared)
    assert (Contribution.get().agency, piece.joint) == (world.health, world.health)
    assert now(shared).progress == "not_started" and now(shared).version == shared.version
    for refused in (
        lambda: update_progress(health, now(shared), "in_progress", "Begun."),
        lambda: ask_extension(health, now(shared), date(2012, 7, 1), "Ill."),
    ):
        with pytest.raises(Refused, match="leads does it for all"):
            refused()
    with pytest.raises(Refused, match="report its progress"):
        contribute(world.police_lead.viewer, shared, "We lead it.")
    with pytest.raises(Refused, match="another agency"):
        contribute(world.probation_lead.viewer, now(shared), "Not ours.")


def test_evidence_is_withdrawn_by_who_attached_it_or_leads(world: World, shared: Action) -> None:
    theirs, ours = world.evidence(shared), attach(world, world.health_lead.viewer, shared)
    with pytest.raises(Refused, match="Another agency"):
        withdraw_evidence(world.health_lead.viewer, theirs, "Wrong.")
    withdraw_evidence(world.health_lead.viewer, ours, "Wrong.")
    withdraw_evidence(world.police_lead.viewer, attach(world, world.health_lead.viewer, shared), "Wrong.")


@pytest.mark.parametrize("is_former", [False, True])
def test_nobody_of_a_joint_owner_decides(world: World, shared: Action, is_former: bool) -> None:
    """Nor of one that had a part in it once: on evidence, more time, dates, challenges, and a reopening."""
    roles = (Role.CHAIR, Role.MANAGER, Role.SUBGROUP_MEMBER, Role.INDEPENDENT_CHAIR, Role.AGENCY_LEAD)
    judge = world.person("health-judge", *roles, agency=world.health).viewer
    chair, soon = world.second_chair.viewer, TODAY + timedelta(days=9)
    contribute(world.health_lead.viewer, shared, "We trained our staff.")
    asked = ask_extension(world.police_lead.viewer, shared, date(2012, 7, 1), "Ill.")
    raised = raise_challenge(
        chair, Subject(world.police, now(shared), shared.recommendation), "lead", "Why?", soon, ""
    )
    answer_challenge(world.police_lead.viewer, raised, "So.", 1, "")
    if is_former:
        stop_sharing(world.manager.viewer, joint_of(shared), "It is done with it.")
    words = "had a part" if is_former else "shares it|had a part"

    def action() -> Action:
        return now(shared)

    asked.action = action()
    raised = type(raised).get_by_id(raised.id)
    attempts: list[Callable[[], object]] = [
        lambda: decide_extension(judge, asked, True, "Fair."),
        lambda: change_due_date(judge, action(), date(2012, 8, 1), "Fair."),
        lambda: close_challenge(judge, raised, "changed", "Fine.", raised.version, "x"),
        lambda: raise_challenge(judge, Subject(world.police, action()), "lead", "Why?", soon, ""),
    ]
    for attempt in attempts:
        with pytest.raises(Refused, match=words):
            attempt()
    world.submission(action())
    waiting = waiting_submission(action())
    assert waiting is not None
    for attempt in (lambda: begin_check(judge, waiting), lambda: decide(judge, waiting, True, "Good.")):
        with pytest.raises(Refused, match=words):
            attempt()
    other = world.action()
    assert shared.id not in {each.id for each in list_to_check(judge, other)}
    assert shared.id in {each.id for each in list_to_check(chair, other)}
    decide(chair, waiting, True, "Good.")
    with pytest.raises(Refused, match=words):
        reopen(judge, action(), "It does not hold.")


def test_who_had_no_part_may_decide_once_it_is_off(world: World, shared: Action) -> None:
    judge = world.person("health-judge", Role.CHAIR, agency=world.health).viewer
    stop_sharing(world.manager.viewer, joint_of(shared), "It was named by mistake.")
    assert change_due_date(judge, now(shared), date(2012, 8, 1), "Fair.").current_due_on == date(2012, 8, 1)
    assert get_action(world.health_lead.viewer, shared.review.reference, shared.number) is None


def test_another_of_the_agencies_leads_in_one_step(world: World, shared: Action) -> None:
    with clock.at(TODAY + timedelta(days=1)):
        newest = AuditEvent.select().count()
        change_leading(world.manager.viewer, joint_of(shared), world.health_lead, "It has the staff.", 1)
        action = now(shared)
    told = [event.event for event in AuditEvent.select().order_by(AuditEvent.id).offset(newest)]
    assert told == ["action.lead-agency-changed", "joint-owner.became-leading", "joint-owner.led-before"]
    assert (action.agency, action.lead) == (world.health, world.health_lead)
    assert action.owners == Owners(world.health.id, frozenset({world.police.id}))
    with clock.at(TODAY + timedelta(days=1)):
        update_progress(world.health_lead.viewer, action, "in_progress", "Begun.")
        contribute(world.police_lead.viewer, now(action), "We gave the data.")
        stop_sharing(world.manager.viewer, joint_of(action), "No more part.")
    # Who led once had a part, whatever it has said since.
    assert now(action).owners.former == {world.police.id}


def test_a_paper_of_a_past_day_has_the_owners_of_that_day(world: World) -> None:
    with clock.at(date(2012, 1, 10)):
        action = world.action(due_on=date(2012, 5, 1))
    with clock.at(date(2012, 1, 20)):
        share(world.manager.viewer, action, world.health, world.health_lead)
    with clock.at(date(2012, 2, 1)):
        change_leading(world.manager.viewer, joint_of(action), None, "It has the staff.")
    reference = now(action).reference
    found = {}
    for day in (date(2012, 1, 19), date(2012, 1, 20), date(2012, 2, 1), TODAY):
        found[day] = row_of(report(world.manager, as_at=day), reference)[3].split("\n")[0]
    assert list(found.values()) == [
        "Kent Police",
        "Kent Police (with NHS Kent and Medway)",
        "NHS Kent and Medway (with Kent Police)",
        "NHS Kent and Medway (with Kent Police)",
    ]
    before = report(world.manager, as_at=date(2012, 1, 25), agency="KPOL")
    assert row_of(before, reference)[3].startswith("Kent Police")


def test_one_action_is_counted_once_for_who_leads_and_found_for_each(world: World, shared: Action) -> None:
    manager = world.manager.viewer
    counts = count_by_agency(manager, TODAY, T)
    assert {agency.code: sum(each.values()) for agency, each in counts.items()} == {"KPOL": 1}

    def found(**narrow: str) -> int:
        return count_actions(manager, Filter(**narrow), TODAY, T)

    assert (found(agency="NHSK"), found(agency="KPOL"), found(agency="KPRO")) == (1, 1, 0)
    assert (found(agency="NHSK", owner="leads"), found(agency="NHSK", owner="shares")) == (0, 1)
    assert (found(agency="KPOL", owner="leads"), found(agency="KPOL", owner="shares")) == (1, 0)
    assert found(agency="KPOL", owner="nonsense") == 0
    (row,) = list_actions(manager, Filter(), TODAY, T).rows
    assert row.owners == "Kent Police (with NHS Kent and Medway)"


def test_lists_ask_no_more_queries_for_actions_that_are_shared(world: World) -> None:
    manager, lead = world.manager.viewer, world.health_lead.viewer

    def asked() -> list[int]:
        numbers = []
        for read in (
            lambda: list_actions(manager, Filter(), TODAY, T),
            lambda: list_own_work(lead, TODAY, T, True),
            lambda: list_shared_work(lead, TODAY, T, 10),
        ):
            with counted() as queries:
                read()
            numbers.append(int(queries))
        return numbers

    world.action(agency=world.health)
    share(manager, world.action(), world.health)
    few = asked()
    for _ in range(6):
        share(manager, world.action(agency=world.health), world.police)
        share(manager, world.action(), world.health)
    assert few == asked() == [2, 2, 1]


def test_my_actions_shows_apart_what_is_shared(world: World, visit: Visit, shared: Action) -> None:
    health = visit(world.health_lead)
    page = health.get("/my-actions")
    assert "You share these" in page.text and "Leads Kent Police" not in page.text
    assert f"/reviews/{shared.review.reference}/actions/{shared.number}/part" in page.links()
    assert "Led by you (0)" in page.text
    assert "You share these" not in visit(world.police_lead).get("/my-actions").text
    assert "Shared with</dt><dd>NHS Kent and Medway" in visit(world.police_lead).get("/my-actions").source


def test_a_manager_shares_and_a_joint_owner_says_its_part_on_pages(world: World, visit: Visit) -> None:
    action = world.action(due_on=date(2012, 5, 1))
    at = f"/reviews/{action.review.reference}/actions/{action.number}"
    manager, health = visit(world.manager), visit(world.health_lead)
    assert health.get(at).status == 404
    assert manager.send(f"{at}/owners").errors == {"agency": "Choose the agency that is to share the action."}
    wrong = manager.send(f"{at}/owners", {"agency": "NHSK", "contact": world.probation_lead.id})
    assert "not an active lead of that agency" in wrong.errors["contact"]
    sent = manager.send(f"{at}/owners", {"agency": "NHSK", "contact": world.health_lead.id})
    assert sent.leads_to == at
    assert "Kent Police (with NHS Kent and Medway)" in manager.get(at).source
    assert "Say what your agency did" in health.get(at).text
    assert health.send(f"{at}/part").errors == {"text": "Say what your agency has done."}
    assert health.send(f"{at}/part", {"text": "We trained ours."}).leads_to == at
    assert "What NHS Kent and Medway did, a joint owner" in visit(world.police_lead).get(at).text
    joint = joint_of(action)
    one = f"{at}/owners/{joint.id}"
    assert manager.send(f"{one}/lead").errors == {"reason": "Say why another agency leads now."}
    assert manager.send(f"{one}/contact", {"contact": ""}).leads_to == at
    assert manager.send(f"{one}/lead", {"reason": "It has the staff."}).leads_to == at
    page = manager.get(at)
    assert "NHS Kent and Medway (with Kent Police)" in page.source
    assert "Another of its agencies leads" in page.text
    one = f"{at}/owners/{joint_of(action).id}"
    assert manager.send(f"{one}/end").errors == {"reason": "Say why it does not share the action any more."}
    assert manager.send(f"{one}/end", {"reason": "Its part is done."}).leads_to == at
    assert manager.get(f"{one}/end").status == 404
    assert "No longer shared with Kent Police" in manager.get(at).text


def test_nobody_changes_places_while_the_board_decides(world: World, shared: Action) -> None:
    ask_extension(world.police_lead.viewer, shared, date(2012, 7, 1), "Ill.")
    with pytest.raises(Refused, match="Let it decide first"):
        change_leading(world.manager.viewer, joint_of(shared), None, "It has the staff.")


def test_a_restricted_review_is_shared_with_who_is_named_on_it(world: World) -> None:
    review = world.review(is_restricted=True)
    with pytest.raises(InvalidInput, match="restricted"):
        world.action(recommendation=world.recommendation(review))
    action = world.action(agency=world.probation, recommendation=world.recommendation(review))
    with pytest.raises(InvalidInput) as wrong:
        share(world.manager.viewer, action, world.health, world.health_lead)
    assert "Name Health lead on it first" in wrong.value.errors["contact"]
    share(world.manager.viewer, action, world.health)
    assert get_action(world.health_lead.viewer, review.reference, action.number) is None
    with pytest.raises(Refused, match="no such review"):
        contribute(world.health_lead.viewer, now(action), "Ours.")
    with pytest.raises(InvalidInput):
        change_contact(world.manager.viewer, joint_of(action), world.health_lead)
