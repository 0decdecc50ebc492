"""Where two people do the same thing, the second is shown both texts with 409, and nothing is lost."""

from collections.abc import Callable
from datetime import date

import pytest

from kscb_actions.access.policy import Role
from kscb_actions.actions.extensions import ask_extension
from kscb_actions.actions.models import Extension
from kscb_actions.assurance.models import Evidence
from kscb_actions.assurance.service import withdraw_evidence
from kscb_actions.people.models import User
from kscb_actions.reviews.models import NamedPerson, StageReached
from kscb_actions.reviews.queries import list_named_people
from kscb_actions.reviews.service import name_person, reach_stage, unname_person

from ..assurance.filing import at
from ..factories import World
from ..pages import Page, Visitor

Visit = Callable[[User], Visitor]
THEIRS, MINE = "Theirs: attached to the wrong action.", "Mine: it was superseded."


def shows_both(page: Page, *texts: str) -> None:
    """Fail unless it is a conflict that shows all of these, and says who was first."""
    assert page.status == 409
    assert "Somebody else changed this first" in page.text
    for text in texts:
        assert text in page.text, text


def test_evidence_that_both_withdraw(world: World, visit: Visit) -> None:
    action = world.action()
    evidence = world.evidence(action)
    other = world.person("second-lead", Role.AGENCY_LEAD, agency=world.police)
    version = str(evidence.version)
    withdraw_evidence(world.as_viewer(other), evidence, THEIRS)
    page = visit(world.police_lead).post(
        at(action, f"/evidence/{evidence.id}/withdraw"), {"version": version, "reason": MINE}
    )
    shows_both(page, THEIRS, MINE, other.name)
    assert page.value("reason") == MINE
    assert Evidence.get().withdrawn_reason == THEIRS


def test_what_was_done_in_another_window_is_not_somebody_elses(world: World, visit: Visit) -> None:
    action = world.action()
    evidence = world.evidence(action)
    version = str(evidence.version)
    lead = visit(world.police_lead)
    withdraw_evidence(world.police_lead.viewer, evidence, THEIRS)
    typed = {"version": version, "reason": MINE}
    page = lead.post(at(action, f"/evidence/{evidence.id}/withdraw"), typed)
    assert page.status == 409 and "You changed this in another window" in page.text
    assert "Somebody else" not in page.text
    version = str(action.version)
    world.progress(action)
    told = lead.post(
        at(action, "/update"), {"version": version, "progress": "in_progress", "narrative": MINE}
    )
    assert told.status == 409 and "You changed this in another window. Read" in told.text


def test_more_time_that_both_ask_for(world: World, visit: Visit) -> None:
    action = world.action(due_on=date(2012, 6, 1))
    other = world.person("second-lead", Role.AGENCY_LEAD, agency=world.police)
    ask_extension(world.as_viewer(other), action, date(2012, 7, 1), THEIRS)
    typed = {"due_on": ["5", "8", "2012"], "reason": MINE}
    page = visit(world.police_lead).post(at(action, "/more-time"), typed)
    shows_both(page, THEIRS, MINE, "1 July 2012", "5 August 2012", other.name)
    assert page.value("reason") == MINE and page.value("due_on") == ["5", "8", "2012"]
    assert Extension.select().count() == 1


def test_a_stage_that_both_record(world: World, visit: Visit) -> None:
    review = world.review()
    version, other = str(review.version), world.as_viewer(world.person("second-manager", Role.MANAGER))
    reach_stage(other, review, "impact_follow_up", date(2012, 3, 20), THEIRS)
    typed = {"version": version, "stage": "closed", "reached_on": ["22", "3", "2012"], "note": MINE}
    visitor, address = visit(world.manager), f"/reviews/{review.reference}/stage"
    page = visitor.post(address, typed)
    shows_both(page, THEIRS, MINE, "20 March 2012", "22 March 2012", "Second manager")
    assert page.value("note") == MINE
    before = StageReached.select().count()
    assert visitor.post(address, {**typed, "version": page.value("version")}).status == 302
    assert StageReached.select().count() == before + 1


@pytest.mark.parametrize("takes_off", [False, True])
def test_a_person_whom_both_name_or_take_off(world: World, visit: Visit, takes_off: bool) -> None:
    review = world.review(is_restricted=True)
    first = world.person("second-manager", Role.MANAGER)
    name_person(world.as_viewer(world.manager), review, first)
    name_person(world.as_viewer(first), review, world.chair)
    if takes_off:
        unname_person(world.as_viewer(first), review, world.chair)
    before = {each.id for each in list_named_people(review)}
    typed = {"remove" if takes_off else "person": str(world.chair.id)}
    page = visit(world.manager).post(f"/reviews/{review.reference}/people", typed)
    shows_both(page, "taken off already" if takes_off else "named already", world.chair.name, first.name)
    assert {each.id for each in list_named_people(review)} == before
    assert NamedPerson.select().count() == len(before)


def test_a_person_nobody_has_named_is_no_conflict(world: World, visit: Visit) -> None:
    review = world.review(is_restricted=True)
    page = visit(world.manager).post(f"/reviews/{review.reference}/people", {"person": "99999"})
    assert page.status == 200
    assert "Choose a person from the list." in page.errors.values()
