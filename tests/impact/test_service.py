"""Agencies say what difference was made, others judge it, and what was a mistake is taken back."""

from datetime import date, timedelta

import pytest

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM, Refused, Viewer
from kscb_actions.actions.models import Action
from kscb_actions.assurance.voiding.service import void as mark_void
from kscb_actions.audit.service import StaleEdit, change
from kscb_actions.impact.models import ImpactAccount, ImpactJudgement
from kscb_actions.impact.queries import (
    ImpactFilter,
    Question,
    count_waiting,
    get_question,
    list_accounts,
    list_questions,
    opened_by,
)
from kscb_actions.impact.rules import JudgementFacts, State
from kscb_actions.impact.service import (
    judge_difference,
    say_difference,
    take_account_back,
    take_judgement_back,
)
from kscb_actions.people.models import User
from kscb_actions.reviews.models import NamedPerson, Recommendation
from kscb_actions.text import InvalidInput

from ..factories import TODAY, World
from ..queries import counted
from .making import ACCEPTED_ON, BACK_ON, came_back, judged, said

GOOD = JudgementFacts("difference", "The sample shows it.")


def asked(recommendation: Recommendation, viewer: Viewer = SYSTEM, on: date = TODAY) -> Question | None:
    """Return where the question stands."""
    return get_question(viewer, on, 6, recommendation)


def state(recommendation: Recommendation, on: date = TODAY) -> State | None:
    """Return the state of the question; None where nothing is asked."""
    found = asked(recommendation, on=on)
    return found.standing.state if found else None


def test_it_comes_back_six_months_after_its_last_acceptance(world: World) -> None:
    recommendation = came_back(world)
    assert state(recommendation, BACK_ON - timedelta(days=1)) is State.LATER
    assert state(recommendation, BACK_ON) is State.ASKED
    later = world.action(agency=world.health, recommendation=recommendation)
    assert state(recommendation) is None
    with clock.at(TODAY):
        world.decision(later)
    found = asked(recommendation)
    assert found is not None and found.standing.due_on == date(2012, 9, 30)
    assert set(found.agencies.values()) == {"Kent Police", "NHS Kent and Medway"}


def test_an_agency_says_it_changes_it_and_somebody_else_judges(world: World) -> None:
    recommendation = came_back(world, world.police, world.health)
    first = said(world, recommendation)
    assert state(recommendation) is State.ASKED
    lead = world.police_lead.viewer
    with pytest.raises(StaleEdit):
        say_difference(lead, recommendation, "Else.", "Files.", 0)
    assert say_difference(lead, recommendation, "Much sooner.", "Files.", first.version).id == first.id
    said(world, recommendation, world.health_lead)
    assert state(recommendation) is State.TO_JUDGE
    assert judged(world, recommendation).outcome == "partly" and state(recommendation) is State.JUDGED
    for again in (lambda: judged(world, recommendation), lambda: said(world, recommendation)):
        with pytest.raises(Refused):
            again()
    assert (ImpactAccount.select().count(), ImpactJudgement.select().count()) == (2, 1)


def test_who_may_say_and_who_may_judge(world: World) -> None:
    recommendation = came_back(world)
    for person in (world.manager, world.chair, world.reader, world.police_member, world.health_lead):
        with pytest.raises(Refused):
            say_difference(person.viewer, recommendation, "It did.", "Files.")
    said(world, recommendation)
    people = (world.police_lead, world.police_member, world.reader, world.independent_chair)
    for person in people:
        with pytest.raises(Refused):
            judge_difference(person.viewer, recommendation, GOOD)
    own = world.person("police-chair", *world.chair.role_set, agency=world.police)
    with pytest.raises(Refused, match="had a part in it"):
        judge_difference(own.viewer, recommendation, GOOD)
    assert judge_difference(world.manager.viewer, recommendation, GOOD).outcome == "difference"


def test_no_difference_opens_work_that_brings_it_back_again(world: World) -> None:
    recommendation = came_back(world)
    said(world, recommendation)
    judgement = judged(world, recommendation, "none")
    action = Action.get_by_id(judgement.work_id)
    assert (action.agency_id, action.lead_id) == (world.health.id, world.health_lead.id)
    assert (action.text, action.current_due_on) == ("Train again.", date(2012, 9, 30))
    assert opened_by(action) == judgement and state(recommendation) is State.JUDGED
    with clock.at(TODAY + timedelta(days=30)):
        world.decision(action)
    assert state(recommendation, date(2012, 10, 28)) is State.LATER
    assert state(recommendation, date(2012, 10, 29)) is State.ASKED
    found = asked(recommendation, on=date(2012, 10, 29))
    # What was judged is not asked of them as though they had said it anew.
    assert found is not None and found.accounts == () and len(found.agencies) == 2


def test_what_is_wrong_opens_and_changes_nothing(world: World) -> None:
    recommendation = came_back(world)
    member = world.subgroup_member.viewer
    with pytest.raises(InvalidInput) as wrong:
        judge_difference(member, recommendation, JudgementFacts("none", " ", "Train.", 999, TODAY))
    assert wrong.value.errors.keys() == {"reason", "agency", "due_on"}
    assert Action.select().count() == 1 and not ImpactJudgement.select().exists()
    said(world, recommendation)
    with pytest.raises(InvalidInput, match="said more"):
        judge_difference(member, recommendation, GOOD, seen=0)
    with pytest.raises(InvalidInput):
        say_difference(world.police_lead.viewer, recommendation, " ", "", 1)


def test_a_mistake_is_taken_back_by_the_manager_alone(world: World) -> None:
    recommendation = came_back(world)
    account, judgement = said(world, recommendation), judged(world, recommendation)
    for person in (world.subgroup_member, world.chair, world.police_lead, world.reader):
        with pytest.raises(Refused):
            take_judgement_back(person.viewer, judgement, "Wrong one.", 1)
        with pytest.raises(Refused):
            take_account_back(person.viewer, account, "Wrong one.", 1)
    manager = world.manager.viewer
    with pytest.raises(Refused, match="was judged"):
        take_account_back(manager, account, "Wrong one.", 1)
    with pytest.raises(InvalidInput):
        take_judgement_back(manager, judgement, " ", 1)
    take_judgement_back(manager, judgement, "Wrong one.", 1)
    assert state(recommendation) is State.TO_JUDGE
    with pytest.raises(Refused):
        take_judgement_back(manager, judgement, "Again.", 2)
    take_account_back(manager, account, "Wrong one.", 1)
    assert state(recommendation) is State.ASKED
    assert [each.taken_back_reason for each in list_accounts(manager, recommendation)] == ["Wrong one."]


def test_an_agency_sees_its_own_account_and_what_was_judged(world: World) -> None:
    recommendation = came_back(world, world.police, world.health)
    own, _ = said(world, recommendation), said(world, recommendation, world.health_lead)
    assert list_accounts(world.police_lead.viewer, recommendation) == [own]
    found = asked(recommendation, world.police_lead.viewer)
    assert found is not None and found.accounts == (own,) and found.standing.state is State.TO_JUDGE
    assert len(list_accounts(world.reader.viewer, recommendation)) == 2
    assert asked(recommendation, world.probation_lead.viewer) is None


def waits(user: User) -> tuple[int, int]:
    """Return how many wait for this person to say, and to judge; the list has the same."""
    found = count_waiting(user.viewer, TODAY, 6)
    listed = list_questions(user.viewer, TODAY, 6, ImpactFilter(waits=True))
    assert len(listed) == found.to_say + found.to_judge
    return found.to_say, found.to_judge


def test_what_waits_is_counted_for_whom_it_waits(world: World) -> None:
    recommendation = came_back(world)
    assert waits(world.police_lead) == (1, 0)
    assert waits(world.chair) == waits(world.health_lead) == waits(world.reader) == (0, 0)
    said(world, recommendation)
    assert waits(world.police_lead) == (0, 0)
    assert waits(world.chair) == waits(world.manager) == waits(world.subgroup_member) == (0, 1)
    judged(world, recommendation)
    assert waits(world.chair) == (0, 0)


def test_a_restricted_review_is_hidden_and_what_is_void_is_gone(world: World) -> None:
    hidden, void = came_back(world), came_back(world)
    review = hidden.review
    review.is_restricted = True
    with change(SYSTEM) as tx:
        tx.update(review, "review.changed")
        tx.add(NamedPerson(review=review, user=world.manager), "review.person-named")
    mark_void(world.manager.viewer, void, "A double.", void.version)
    assert [len(list_questions(each.viewer, TODAY, 6)) for each in (world.manager, world.chair)] == [1, 0]
    assert waits(world.police_lead) == (0, 0)
    with pytest.raises(Refused):
        judge_difference(world.chair.viewer, hidden, GOOD)
    with pytest.raises(Refused):
        said(world, hidden)
    assert judge_difference(world.manager.viewer, hidden, GOOD).review_id == review.id


def test_the_number_of_queries_does_not_grow_with_the_list(world: World) -> None:
    counts = []
    for _ in range(2):
        said(world, came_back(world, world.police, world.health))
        with counted() as count:
            list_questions(world.manager.viewer, TODAY, 6)
        counts.append(int(count))
    assert counts[0] == counts[1] <= 8 and ACCEPTED_ON < BACK_ON
