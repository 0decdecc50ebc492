"""A plan is taken in whole, in one step; the same plan again adds only what is new."""

import io
import json
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from kscb_actions.access.policy import SYSTEM, Refused, Role
from kscb_actions.actions.models import Action, JointOwner
from kscb_actions.audit.models import AuditEvent
from kscb_actions.people.service import edit_agency
from kscb_actions.plans_in import service
from kscb_actions.plans_in.headings import Part
from kscb_actions.plans_in.layout import possible_layouts
from kscb_actions.plans_in.models import OwnerName, PlanLayout, PlanRow
from kscb_actions.plans_in.plan import Plan
from kscb_actions.plans_in.queries import directory, remembered
from kscb_actions.plans_in.reading.word import read_word
from kscb_actions.plans_in.remembering import Said
from kscb_actions.plans_in.rules import read_plan
from kscb_actions.plans_in.service import Taken, discard_draft, foreseen, keep_draft, take_draft_in, take_in
from kscb_actions.plans_in.tables import Correction
from kscb_actions.reviews.models import AgencyResponse, Recommendation, Review
from kscb_actions.reviews.papers.models import ReviewPaper
from kscb_actions.reviews.queries import told_events
from kscb_actions.reviews.recommendations import add_recommendation
from kscb_actions.reviews.rules import RecommendationFacts
from kscb_actions.text import InvalidInput
from tests.assurance.test_erasing import erased
from tests.factories import TODAY, World

from .made import BEFORE, word

HEAD = ["No", "Recommendation", "Action", "Lead agency", "Target date", "RAG", "Date completed", "Progress"]
ROWS = [
    HEAD,
    ["4.1", "Share minutes.", "Send them", "Kent Police", "End of Q3 2011/12", "Green", "", "Sent twice"],
    ["", "", "Keep them", "Kent Probation & Kent Police", "30.9.11", "Complete", "28 September 2011", ""],
    ["4.2", "Note the report.", *[""] * 6],
    ["4.3", "Ask schools.", "Write", "Schools", "TBC", "", "", ""],
    ["4.4", "Tell all.", "Tell", "All agencies", "", "", "", ""],
]


def replaced(row: int, column: int, text: str) -> list[list[str]]:
    """Return the plan's rows with one cell of other text."""
    rows = [list(each) for each in ROWS]
    rows[row][column] = text
    return rows


def read(rows: Sequence[Sequence[str]], said: Said | None = None) -> tuple[Plan, bytes]:
    """Return the plan in these rows, and the file."""
    content = word(rows)
    owners = said.owners if said else None
    return read_plan(read_word(io.BytesIO(content)), directory(owners), TODAY), content


def taken(world: World, review: Review, rows: Sequence[Sequence[str]] = ROWS, **how: Any) -> Taken:
    """Take a plan of these rows into a review."""
    plan, content = read(rows, how.get("said"))
    return take_in(world.manager.viewer, review, plan, world.store, io.BytesIO(content), "plan.docx", **how)


def actions_of(review: Review) -> list[tuple[str, str, str, date | None]]:
    """Return (recommendation, agency, text, first due date) of each action of a review."""
    rows = Action.select().where(Action.review == review).order_by(Action.number)
    return [
        (each.recommendation.published_number, each.agency.code, each.text, each.original_due_on)
        for each in rows
    ]


def test_a_plan_is_recorded_with_all_it_says(world: World) -> None:
    review = world.review()
    done = taken(world, review)
    assert (done.recommendations, done.actions, done.waiting, done.changes) == (4, 5, 1, [])
    assert actions_of(review) == [
        ("4.1", "KPOL", "Send them", date(2011, 12, 31)),
        ("4.1", "KPRO", "Keep them", date(2011, 9, 30)),
        ("4.4", "KPOL", "Tell", None),
        ("4.4", "NHSK", "Tell", None),
        ("4.4", "KPRO", "Tell", None),
    ]
    assert [each.due_written for each in Action.select()][:3] == ["End of Q3 2011/12", "30.9.11", None]
    [joint] = JointOwner.select()
    assert (joint.agency, joint.action.text) == (world.police, "Keep them")
    texts = [(each.published_number, each.text, each.addressed_to) for each in Recommendation.select()]
    assert texts[1:3] == [("4.2", "Note the report.", ""), ("4.3", "Ask schools.", "Schools")]
    assert {each.action.lead for each in PlanRow.select() if each.action_id} == {
        world.police_lead,
        world.health_lead,
        world.probation_lead,
    }


def test_of_an_inspection_areas_and_what_stands_above_them_come_in_together(world: World) -> None:
    review = world.review(kind="inspection", pseudonym="")
    title = ["Priority action", *[BEFORE] * 7]
    taken(world, review, [ROWS[0], ROWS[1], title, ROWS[3]])
    rows = Recommendation.select(Recommendation.published_number, Recommendation.area)
    assert list(rows.order_by(Recommendation.id).tuples()) == [("4.1", ""), ("4.2", "priority")]


def test_the_words_of_the_source_stay_beside_each_action(world: World) -> None:
    review = world.review()
    taken(world, review)
    rows = {row.text: row for row in PlanRow.select()}
    keep, send, write = rows["Keep them"], rows["Send them"], rows["Write"]
    assert (send.due_text, send.status_text, send.owner_text) == ("End of Q3 2011/12", "Green", "Kent Police")
    assert json.loads(send.past) == {"progress": [["Progress", "Sent twice"]]}
    assert (keep.done_on, keep.place) == (date(2011, 9, 28), "table 1, row 3")
    assert (write.action, write.owner_text, write.due_text) == (None, "Schools", "TBC")
    assert rows[""].recommendation.published_number == "4.2"


def test_the_file_is_kept_with_the_review(world: World) -> None:
    review = world.review()
    plan, content = read(ROWS)
    take_in(world.manager.viewer, review, plan, world.store, io.BytesIO(content), "plan.docx")
    [paper] = ReviewPaper.select()
    assert (paper.review, paper.shown_name, paper.size) == (review, "plan.docx", len(content))
    assert world.store.open(paper.stored_name).read() == content


def test_the_same_plan_again_changes_nothing(world: World) -> None:
    review = world.review()
    taken(world, review)
    events = AuditEvent.select().count()
    assert taken(world, review).is_nothing and taken(world, review, is_updating=True).is_nothing
    assert (AuditEvent.select().count(), ReviewPaper.select().count()) == (events, 1)


def test_changed_words_are_offered_and_taken_over_when_wanted(world: World) -> None:
    review = world.review()
    taken(world, review)
    rows = replaced(1, 1, "Share all minutes.")
    rows[2][2] = "Keep them all"
    rows[2][4] = "30.10.11"
    rows.append(["4.5", "Publish.", "Print", "Kent Police", "1 May 2012", "", "", ""])
    plan, _ = read(rows)
    offered = foreseen(world.manager.viewer, review, plan)
    assert [(each.place, each.problem) for each in offered.changes] == [
        ("table 1, row 2", "The recommendation has other words."),
        ("table 1, row 3", "The action has other words."),
        ("table 1, row 3", "The date is 30 October 2011 in the file, and 30 September 2011 here."),
    ]
    first = taken(world, review, rows)
    assert (first.recommendations, first.actions, first.updated) == (1, 1, 0)
    assert Recommendation.get(published_number="4.1").text == "Share minutes."
    second = taken(world, review, rows, is_updating=True)
    assert (second.recommendations, second.actions, second.updated) == (0, 0, 2)
    assert Recommendation.get(published_number="4.1").text == "Share all minutes."
    assert ("4.1", "KPRO", "Keep them all", date(2011, 9, 30)) in actions_of(review)
    assert PlanRow.get(text="Keep them all").due_text == "30.10.11"
    assert len(actions_of(review)) == 6


def test_an_owner_found_later_makes_the_action_that_waited(world: World) -> None:
    review = world.review()
    taken(world, review)
    said = Said({"Schools": ["NHSK"]})
    done = taken(world, review, said=said)
    assert (done.recommendations, done.actions, done.waiting) == (0, 1, 0)
    assert PlanRow.get(text="Write").action.agency == world.health
    assert OwnerName.get().agencies == "NHSK"
    assert directory().find("Schools").agencies == ("NHSK",)
    assert taken(world, review).is_nothing


def test_a_group_that_was_named_has_an_action_each(world: World) -> None:
    review = world.review()
    taken(world, review, said=Said({"Schools": ["NHSK", "KPOL"]}))
    assert [each[1] for each in actions_of(review) if each[0] == "4.3"] == ["NHSK", "KPOL"]
    assert directory().find("schools").is_each


def test_headings_given_by_hand_are_remembered_by_layout(world: World) -> None:
    content = word([["Way forward", "Champion"], ["Share minutes.", "Kent Police"]])
    source = read_word(io.BytesIO(content))
    assert remembered(possible_layouts(source)) == {}
    said = Said(headings={"way forward": Part.ACTION, "champion": Part.AGENCY})
    plan = read_plan(source, directory(), TODAY, said.headings)
    take_in(world.manager.viewer, world.review(), plan, world.store, io.BytesIO(content), "plan.docx", said)
    assert remembered(possible_layouts(source)) == said.headings and PlanLayout.select().count() == 1
    other = read_word(io.BytesIO(word([["Champion", "Way forward"], ["Kent Police", "Share minutes."]])))
    assert remembered(possible_layouts(other)) == {}


def test_earlier_names_of_agencies_are_known(world: World) -> None:
    edit_agency(SYSTEM, world.health, "Kent Integrated Care Board", True, world.health.version)
    assert directory().find("NHS Kent and Medway").agencies == ("NHSK",)
    assert directory().find("KICB").agencies == ("NHSK",)


def test_what_cannot_be_recorded_leaves_nothing_behind(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    review = world.review()
    with pytest.raises(InvalidInput, match="table 1, row 2: The number “44444.*is longer than 20 characters"):
        taken(world, review, replaced(1, 0, "4" * 40))

    def fail(*told: object) -> None:
        raise RuntimeError("the disk is on fire")

    monkeypatch.setattr(service._Taking, "_row", fail)
    with pytest.raises(RuntimeError):
        taken(world, review)
    assert actions_of(review) == [] and not Recommendation.select().exists()
    assert not ReviewPaper.select().exists() and world.store.differences([]).unnamed == ()


def test_a_number_that_stands_before_two_texts_stops_the_plan(world: World) -> None:
    plan, _ = read([*ROWS, ["4.1", "Other words.", "Do it", "Kent Police", "", "", "", ""]])
    [stopped] = plan.stopped_by
    assert stopped.place == "table 1, row 7" and "stands twice" in stopped.problem
    again, _ = read([*ROWS, ["4.1", "Share minutes.", "Do it", "Kent Police", "", "", "", ""]])
    assert [each.text for each in again.recommendations[0].actions] == ["Send them", "Keep them", "Do it"]


def test_another_plan_with_the_same_numbers_is_not_taken_for_this_one(world: World) -> None:
    review = world.review()
    taken(world, review)
    other = [HEAD, ["4.1", "Fathers are seen early.", "Ask about them", "Kent Police", *[""] * 4]]
    plan, _ = read(other)
    [clash] = foreseen(world.manager.viewer, review, plan).clashes
    assert clash.place == "table 1, row 2" and "another recommendation 4.1: “Share minutes.”" in clash.problem
    with pytest.raises(InvalidInput, match="take it into a review of its own"):
        taken(world, review, other)
    assert len(actions_of(review)) == 5
    assert foreseen(world.manager.viewer, review, read(replaced(1, 1, "Share notes."))[0]).clashes == []


def test_only_who_may_edit_takes_a_plan_in(world: World) -> None:
    plan, content = read(ROWS)
    review = world.review()
    for person in (world.reader, world.police_lead, world.chair):
        with pytest.raises(Refused):
            take_in(person.viewer, review, plan, world.store, io.BytesIO(content), "plan.docx")
    restricted = world.review(is_restricted=True)
    stranger = world.person("other-manager", Role.MANAGER)
    with pytest.raises(Refused):
        take_in(stranger.viewer, restricted, plan, world.store, io.BytesIO(content), "plan.docx")


def test_the_trail_tells_an_auditor_nothing_of_a_restricted_review(world: World) -> None:
    review = world.review("SCR-2012-77", is_restricted=True)
    taken(world, review, said=Said({"Schools": ["NHSK"]}))
    told = AuditEvent.select().where(told_events(world.reader.viewer))
    words = [f"{each.state} {each.detail}" for each in told]
    assert any("recommendations, " in each for each in words), "the step itself is told"
    assert not [each for each in words if "SCR-2012-77" in each or "Schools" in each]


def test_what_two_people_have_erased_is_not_kept_as_a_plan_either(world: World) -> None:
    review = world.review()
    plan, content = read(ROWS)
    erased(world, world.evidence(world.action(), ("notes.docx", content)).files.get())
    for keep in (
        lambda: take_in(world.manager.viewer, review, plan, world.store, io.BytesIO(content), "plan.docx"),
        lambda: keep_draft(world.manager.viewer, review, world.store, io.BytesIO(content), "plan.docx"),
    ):
        with pytest.raises(InvalidInput, match="two people have erased"):
            keep()
    assert not ReviewPaper.select().exists() and actions_of(review) == []


def test_a_draft_with_nothing_new_stays_one_and_is_discarded_once(world: World) -> None:
    review, viewer = world.review(), world.manager.viewer
    taken(world, review)
    plan, content = read(ROWS)
    draft = keep_draft(viewer, review, world.store, io.BytesIO(content), "plan.docx")
    with pytest.raises(InvalidInput, match="has all of this plan already"):
        take_draft_in(viewer, draft, plan)
    discard_draft(viewer, draft, world.store)
    with pytest.raises(Refused, match="discarded already"):
        discard_draft(viewer, draft, world.store)


def test_a_number_that_another_person_used_meanwhile_stops_the_step(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    review = world.review()
    plan, content = read(ROWS)
    monkeypatch.setattr(service, "foreseen", lambda *_: (taken_by_another(world, review), Taken(1))[1])
    with pytest.raises(InvalidInput, match="another recommendation 4.1"):
        take_in(world.manager.viewer, review, plan, world.store, io.BytesIO(content), "plan.docx")
    assert actions_of(review) == [] and not ReviewPaper.select().exists()


def taken_by_another(world: World, review: Review) -> None:
    """Record a quite different recommendation under a number of the plan."""
    facts = RecommendationFacts("Publish the findings of the inquest.", published_number="4.1")
    add_recommendation(world.manager.viewer, review, facts)


def test_an_answer_and_columns_of_no_meaning_stay_with_the_first_action(world: World) -> None:
    head = ["Recommendation", "Agency response to recommendations", "Scope", "Action", "Lead agency"]
    rows = [head, ["Share minutes.", "We agree.", "All wards", "Send them", "Kent Police"]]
    taken(world, world.review(), rows)
    kept = dict(json.loads(PlanRow.get().past)["others"])
    assert kept == {"Agency response to recommendations": "We agree.", "Scope": "All wards"}


def test_agencies_are_asked_and_told_as_if_typed(world: World) -> None:
    review = world.review()
    taken(world, review)
    asked = {(each.recommendation.published_number, each.agency.code) for each in AgencyResponse.select()}
    assert ("4.1", "KPOL") in asked and ("4.1", "KPRO") in asked


def take_plan_in(world: World) -> None:
    """Take a plan in, with all that is remembered of its words, and once more with other words."""
    review = world.review()
    said = Said({"Schools": ["NHSK"]}, {"no": Part.NUMBER}, cells=[Correction("row 2", "=A1", "Share.")])
    taken(world, review, said=said)
    taken(world, review, replaced(1, 2, "Send all"), is_updating=True)


def test_it_is_told_how_far_a_plan_is_recorded(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """In parts as at once: the same rows, in one transaction."""
    at_once, in_parts = world.review(), world.review()
    whole = taken(world, at_once)
    monkeypatch.setattr(service, "AT_ONCE", 2)
    told: list[tuple[int, int]] = []
    made = taken(world, in_parts, tell=lambda done, all: told.append((done, all)))
    assert made == whole and actions_of(in_parts) == actions_of(at_once)
    # 4 recommendations and 6 actions, one of them without an owner.
    assert told == sorted(told) and told[0] == (2, 10) and told[-1] == (10, 10) and len(told) > 3
    assert {row.paper.review_id for row in PlanRow.select()} == {at_once.id, in_parts.id}
    kept = [PlanRow.select().where(PlanRow.review == each).count() for each in (at_once, in_parts)]
    assert kept[0] == kept[1]
