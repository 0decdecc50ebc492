"""A plan goes on in a new one: what is chosen, with which dates, linked both ways, nothing open twice."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from kscb_actions.access.policy import SYSTEM, Refused
from kscb_actions.actions.carrying.queries import carried_of, plan_of
from kscb_actions.actions.carrying.rules import (
    CarryChoice,
    a_year_later,
    is_preselected,
    new_due_on,
    why_not_carried,
)
from kscb_actions.actions.carrying.service import carry_forward
from kscb_actions.actions.milestones.models import Milestone
from kscb_actions.actions.milestones.rules import MilestoneFacts
from kscb_actions.actions.milestones.service import add_milestone
from kscb_actions.actions.models import Action
from kscb_actions.actions.owners.service import share
from kscb_actions.actions.queries import count_by_agency
from kscb_actions.actions.rating import Colour
from kscb_actions.actions.rules import VOID
from kscb_actions.actions.service import set_standing
from kscb_actions.actions.turn import RatingFacts
from kscb_actions.assurance.models import Evidence
from kscb_actions.assurance.voiding.service import void
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import change
from kscb_actions.people.service import PersonFacts, edit_person
from kscb_actions.reviews.models import AgencyResponse, Recommendation, Review
from kscb_actions.reviews.recommendations import answer_recommendation
from kscb_actions.settings.rules import Thresholds
from kscb_actions.text import InvalidInput

from ..factories import TODAY, World
from ..pages import Visitor
from ..reports.stories import report, row_of

Visit = Callable[..., Visitor]
OPEN = RatingFacts("active", "in_progress", "none", date(2012, 3, 1), None, date(2012, 5, 1), None, 0)


@pytest.mark.parametrize(
    ("facts", "may", "chosen"),
    [
        (OPEN, True, True),
        (replace(OPEN, assurance="returned"), True, True),
        (replace(OPEN, progress="cannot_be_done"), True, True),
        (replace(OPEN, standing="on_hold"), True, False),
        (replace(OPEN, assurance="submitted"), False, False),
        (replace(OPEN, assurance="accepted"), False, False),
        (replace(OPEN, standing="superseded"), False, False),
        (replace(OPEN, standing="withdrawn"), False, False),
    ],
)
def test_what_can_be_carried_and_what_is_chosen_beforehand(
    facts: RatingFacts, may: bool, chosen: bool
) -> None:
    assert (why_not_carried(facts) is None, is_preselected(facts)) == (may, chosen)


@pytest.mark.parametrize(
    ("due", "dates", "expected"),
    [
        (date(2012, 5, 1), "kept", date(2012, 5, 1)),
        (date(2012, 5, 1), "year", date(2013, 5, 1)),
        (date(2012, 2, 29), "year", date(2013, 2, 28)),
        (date(2012, 5, 1), "none", None),
        (None, "year", None),
    ],
)
def test_which_date_it_gets(due: date | None, dates: str, expected: date | None) -> None:
    assert new_due_on(due, dates) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("IP-2011-01", "IP-2012-01"),
        ("Improvement plan 2011-12", "Improvement plan 2012-13"),
        ("Plan 2011/12", "Plan 2012/13"),
        ("1999-00", "2000-01"),
        ("Plan for 2011", "Plan for 2012"),
        ("Our plan", "Our plan"),
    ],
)
def test_what_the_new_plan_may_be_called(text: str, expected: str) -> None:
    assert a_year_later(text) == expected


class Year:
    """Last year's plan: two open actions, one returned, one submitted, one accepted, and a bare note."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.review = world.review("IP-2011-01", kind="improvement_plan", title="Improvement plan 2011-12")
        self.first, self.second = (world.recommendation(self.review) for _ in range(2))
        self.note = world.recommendation(self.review, text="Note the report.")
        self.open = world.action(date(2012, 5, 1), recommendation=self.first)
        self.evidence = world.evidence(self.open)
        share(world.manager.viewer, self.open, world.health, world.health_lead)
        add_milestone(world.police_lead.viewer, self.open, MilestoneFacts("Half.", date(2012, 4, 10)))
        answer_recommendation(world.manager.viewer, self.first, world.police, "partly", "Some of it.", 1)
        returned = world.action(recommendation=self.first, agency=world.health)
        self.returned = world.decision(returned, accepted=False)
        self.submitted = world.action(recommendation=self.second)
        world.submission(self.submitted)
        self.accepted = world.decision(world.action(recommendation=self.second))
        self.left = world.action(date(2012, 6, 1), recommendation=self.second)

    def choice(self, *actions: Action, **more: object) -> CarryChoice:
        ids = frozenset(action.id for action in actions)
        facts = {"reference": "IP-2012-01", "title": "Improvement plan 2012-13", "dates": "year", **more}
        return CarryChoice(actions=ids, **facts)  # type: ignore[arg-type]


@pytest.fixture
def year(world: World) -> Year:
    return Year(world)


def open_actions(world: World) -> int:
    counts = count_by_agency(world.manager.viewer, TODAY, Thresholds())
    return sum(sum(each.values()) - each[Colour.GREY] - each[Colour.BLUE] for each in counts.values())


def test_what_is_chosen_goes_on_and_is_superseded_in_one_step(world: World, year: Year) -> None:
    manager, before = world.manager.viewer, open_actions(world)
    new = carry_forward(manager, year.review, year.choice(year.open, year.returned))
    assert (new.kind, new.stage, new.reference) == ("improvement_plan", "monitoring", "IP-2012-01")
    (one,) = Recommendation.select().where(Recommendation.review == new)
    assert (one.text, one.carried_from) == (year.first.text, year.first)
    first, second = Action.select().where(Action.review == new).order_by(Action.number)
    assert (first.carried_from, second.carried_from) == (year.open, year.returned)
    assert (first.current_due_on, first.original_due_on) == (date(2013, 5, 1), date(2013, 5, 1))
    assert (first.lead, second.assurance, second.current_due_on) == (world.police_lead, "none", None)
    assert first.owners.joint == {world.health.id}
    assert Milestone.get(Milestone.action == first).due_on == date(2013, 4, 10)
    told = AgencyResponse.get(AgencyResponse.recommendation == one, AgencyResponse.agency == world.police)
    assert (told.answer, told.reason) == ("partly", "Some of it.")
    old = Action.get_by_id(year.open.id)
    assert (old.standing, old.standing_reason) == ("superseded", "Carried forward to another plan.")
    assert Evidence.get_by_id(year.evidence.id).action == year.open
    assert not Evidence.select().where(Evidence.action == first).exists()
    withdrawn = Recommendation.get_by_id(year.first.id)
    assert withdrawn.withdrawn_reason == "Carried forward to another plan."
    assert Recommendation.get_by_id(year.second.id).withdrawn_on is None
    assert open_actions(world) == before
    made = report(world.manager)
    assert row_of(made, "IP-2011-01/A1")[7].startswith("Grey")
    assert not row_of(made, "IP-2012-01/A1")[7].startswith("Grey")


def test_a_recommendation_without_actions_goes_on_by_itself(world: World, year: Year) -> None:
    choice = year.choice(recommendations=frozenset({year.note.id}), dates="none")
    new = carry_forward(world.manager.viewer, year.review, choice)
    (one,) = Recommendation.select().where(Recommendation.review == new)
    assert (one.text, one.carried_from) == ("Note the report.", year.note)
    assert not Action.select().where(Action.review == new).exists()


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        (lambda y: y.choice(y.open, y.submitted), "actions", "IP-2011-01/A3 is waiting"),
        (lambda y: y.choice(y.open, y.accepted), "actions", "IP-2011-01/A4 is accepted"),
        (lambda y: y.choice(), "actions", "Choose what"),
        (lambda y: y.choice(y.open, dates="soon"), "dates", "dates"),
        (lambda y: y.choice(y.open, reference="IP-2011-01"), "reference", "Another review"),
        (lambda y: y.choice(y.open, title=""), "title", "title"),
        (lambda y: y.choice(y.open, recommendations=frozenset({y.first.id})), "actions", "has changed"),
        (lambda y: y.choice(y.open, seen=((y.open.id, 99),)), "actions", "Changed since the preview"),
        (lambda y: replace(y.choice(y.open), actions=frozenset({99_999})), "actions", "has changed"),
    ],
)
def test_what_cannot_be_is_named_and_nothing_changes(
    world: World, year: Year, change: Callable[[Year], CarryChoice], field: str, words: str
) -> None:
    events, reviews = AuditEvent.select().count(), Review.select().count()
    with pytest.raises(InvalidInput) as wrong:
        carry_forward(world.manager.viewer, year.review, change(year))
    assert words in wrong.value.errors[field]
    assert (AuditEvent.select().count(), Review.select().count()) == (events, reviews)


def test_a_lead_who_can_lead_no_more_is_left_out(world: World, year: Year) -> None:
    world.person("second-lead", *world.police_lead.role_set, agency=world.police)
    gone = PersonFacts("police-lead@board.example", "Police lead", world.reader.role_set, None)
    edit_person(world.manager.viewer, world.police_lead, gone, world.police_lead.version)
    new = carry_forward(world.manager.viewer, year.review, year.choice(year.left))
    assert Action.get(Action.review == new).lead is None


@pytest.mark.parametrize("standing", ["withdrawn", VOID])
def test_what_goes_on_elsewhere_is_not_opened_again(world: World, year: Year, standing: str) -> None:
    manager = world.manager.viewer
    new = carry_forward(manager, year.review, year.choice(year.left))
    old = Action.get_by_id(year.left.id)
    with pytest.raises(InvalidInput) as wrong:
        set_standing(manager, old, "active", "It is needed.")
    assert "goes on in another plan" in wrong.value.errors["standing"]
    gone = Action.get(Action.review == new)
    gone.standing = standing
    with change(SYSTEM) as tx:
        tx.update(gone, "action.standing-changed")
    assert set_standing(manager, Action.get_by_id(old.id), "active", "It is needed.").standing == "active"


def test_a_restricted_review_stays_where_it_is(world: World, visit: Visit) -> None:
    review = world.review(is_restricted=True)
    world.action(agency=world.probation, recommendation=world.recommendation(review))
    with pytest.raises(Refused, match="restricted"):
        carry_forward(world.manager.viewer, review, CarryChoice("X-1", "X", "year", frozenset({1})))
    manager = visit(world.manager)
    assert manager.get(f"/reviews/{review.reference}/carry-forward").status == 403
    assert "carry-forward" not in manager.get(f"/reviews/{review.reference}").source


def test_a_plan_recorded_in_error_is_not_named_by_the_one_it_was_carried_into(
    world: World, year: Year, visit: Visit
) -> None:
    new = carry_forward(world.manager.viewer, year.review, year.choice(year.open))
    visitor, named = visit(world.chair), year.review.reference
    pages = [f"/reviews/{new.reference}", f"/reviews/{new.reference}/actions/1"]
    assert all(named in visitor.get(page).source for page in pages)
    earlier = Review.get_by_id(year.review.id)
    void(world.as_viewer(world.manager), earlier, "A double.", earlier.version)
    assert not [page for page in pages if named in visitor.get(page).source]


def test_nobody_is_shown_an_earlier_action_that_is_hidden_from_them(world: World, year: Year) -> None:
    new = carry_forward(world.manager.viewer, year.review, year.choice(year.open))
    action = Action.get(Action.review == new)
    assert carried_of(world.police_lead.viewer, action).came_from == year.open
    assert carried_of(world.probation_lead.viewer, action).came_from is None
    assert carried_of(world.police_lead.viewer, year.open).went_to == action


def test_the_manager_chooses_previews_and_records(world: World, visit: Visit, year: Year) -> None:
    manager = visit(world.manager)
    at = "/reviews/IP-2011-01/carry-forward"
    assert at in manager.get("/reviews/IP-2011-01").links()
    page = manager.get(at)
    assert (page.value("reference"), page.value("title")) == ("IP-2012-01", "Improvement plan 2012-13")
    chosen = {str(each.id) for each in (year.open, year.returned, year.left)}
    assert set(page.value("actions")) == chosen
    assert "IP-2011-01/A3: waiting for the Board’s check" in page.text
    assert "IP-2011-01/A4: accepted by the Board" in page.text
    fields = {name: page.value(name) for name in ("reference", "title", "dates", "actions")}
    assert "actions" in manager.post(at, {**fields, "step": "preview", "actions": []}).errors
    preview = manager.post(at, {**fields, "step": "preview"})
    assert "1 May 2012" in preview.text and "1 May 2013" in preview.text
    assert Review.select().where(Review.reference == "IP-2012-01").count() == 0
    form = {name: preview.value(name) for name in ("reference", "title", "dates", "actions", "seen")}
    world.progress(Action.get_by_id(year.left.id))
    moved = manager.post(at, {**form, "step": "record"})
    assert "Changed since the preview: IP-2011-01/A5" in moved.errors["actions"]
    preview = manager.post(at, {**fields, "step": "preview"})
    form["seen"] = preview.value("seen")
    assert manager.post(at, {**form, "step": "record"}).leads_to == "/reviews/IP-2012-01"
    new, old = manager.get("/reviews/IP-2012-01"), manager.get("/reviews/IP-2011-01")
    assert "3 actions go on here and are superseded in IP-2011-01." in new.source
    assert "Carried forward from IP-2011-01, recommendation 1" in new.text
    assert "Carried forward to IP-2012-01, recommendation 1" in old.text
    action = manager.get("/reviews/IP-2012-01/actions/1")
    assert "Carried forward from IP-2011-01/A1" in action.text
    assert "Carried forward to IP-2012-01/A1" in manager.get("/reviews/IP-2011-01/actions/1").text
    assert [each.refusal for each in plan_of(world.manager.viewer, year.review).candidates].count(None) == 0
