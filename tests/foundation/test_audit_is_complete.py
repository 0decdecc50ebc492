"""The rows that changed and the events that tell of it are the same, one to one."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from kscb_actions import clock, models
from kscb_actions.access.policy import SYSTEM, Role
from kscb_actions.actions import extensions
from kscb_actions.actions.acknowledging.service import acknowledge
from kscb_actions.actions.acknowledging.service import take_back as take_acknowledgement_back
from kscb_actions.actions.another_way.service import decide_impossible
from kscb_actions.actions.carrying.rules import CarryChoice
from kscb_actions.actions.carrying.service import carry_forward
from kscb_actions.actions.earlier.rules import Past
from kscb_actions.actions.milestones.models import Milestone
from kscb_actions.actions.milestones.rules import MilestoneFacts
from kscb_actions.actions.milestones.service import (
    add_milestone,
    change_milestone,
    reach_milestone,
    withdraw_milestone,
)
from kscb_actions.actions.models import Action, JointOwner
from kscb_actions.actions.owners.service import (
    change_contact,
    change_leading,
    contribute,
    share,
    stop_sharing,
)
from kscb_actions.actions.recording.service import Row, record_actions, record_recommendation
from kscb_actions.actions.service import (
    ActionFacts,
    bring_back_recommendation,
    edit_action,
    end_recommendation,
    set_standing,
    withdraw_recommendation,
)
from kscb_actions.assurance.acknowledging.service import acknowledge as say_when
from kscb_actions.assurance.acknowledging.service import take_back as unsay_when
from kscb_actions.assurance.challenges.correcting import correct_challenge
from kscb_actions.assurance.challenges.models import Challenge
from kscb_actions.assurance.challenges.service import (
    Subject,
    answer_challenge,
    close_challenge,
    escalate_challenge,
    raise_challenge,
)
from kscb_actions.assurance.checking import answer_question, ask_question, reopen, take_back
from kscb_actions.assurance.correcting.service import correct_date, correct_evidence_date
from kscb_actions.assurance.earlier.service import enter_past, examine_again, put_past_right
from kscb_actions.assurance.models import CheckQuestion, Evidence
from kscb_actions.assurance.queries import waiting_submission
from kscb_actions.assurance.service import decide, withdraw_evidence
from kscb_actions.assurance.taking_back.service import take_decision_back
from kscb_actions.assurance.voiding.agency import correct_agency
from kscb_actions.assurance.voiding.challenge import restore_challenge, void_challenge
from kscb_actions.assurance.voiding.service import restore, void
from kscb_actions.audit.models import AuditEvent
from kscb_actions.chasing.news.service import choose_pace
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.drafting.models import DraftComment
from kscb_actions.child_deaths.drafting.service import correct_comment, name_drafters
from kscb_actions.child_deaths.meetings.models import PanelCase, PanelMeeting
from kscb_actions.child_deaths.meetings.service import say_papers_are_ready
from kscb_actions.database import db
from kscb_actions.figures.annual.issuing import withdraw
from kscb_actions.figures.annual.models import IssuedReport
from kscb_actions.figures.annual.report import Texts
from kscb_actions.figures.annual.service import EarlierFacts, enter_earlier_total, save_draft
from kscb_actions.impact.models import ImpactAccount, ImpactJudgement
from kscb_actions.impact.service import take_account_back, take_judgement_back
from kscb_actions.mail.letters import send_invitation
from kscb_actions.measures.models import Measure, Reading
from kscb_actions.measures.queries import get_reading
from kscb_actions.measures.service import (
    correct_reading,
    edit_measure,
    end_measure,
    give_pasted,
    give_reading,
    resume_measure,
    take_reading_back,
    void_measure,
)
from kscb_actions.meetings import service as meetings
from kscb_actions.meetings.calling.service import call_for_updates, remind_silent
from kscb_actions.meetings.deciding.models import MeetingDecision
from kscb_actions.meetings.deciding.service import (
    Item,
    end_decision,
    keep_record,
    record_decision,
    void_decision,
)
from kscb_actions.meetings.deciding.signing import reach_stage_in
from kscb_actions.meetings.models import BodySeat, Meeting, MeetingBody
from kscb_actions.people.absences import service as absences
from kscb_actions.people.absences.models import Absence
from kscb_actions.people.service import PersonFacts, edit_agency, edit_person, set_password
from kscb_actions.plans_in.naming.service import change_name, forget_name, keep_name
from kscb_actions.reports.freezing.minutes import publish_minutes
from kscb_actions.reports.freezing.service import freeze_by_hand
from kscb_actions.reviews.answers.service import ask_for_answers, note_view
from kscb_actions.reviews.deciding import decide_review
from kscb_actions.reviews.dissemination.models import Dissemination
from kscb_actions.reviews.dissemination.service import correct_sharing, void_sharing
from kscb_actions.reviews.inspections.models import InspectionFinding
from kscb_actions.reviews.inspections.service import correct_finding, void_finding
from kscb_actions.reviews.models import AgencyResponse, Recommendation, Review, StageReached
from kscb_actions.reviews.papers.models import ReviewPaper
from kscb_actions.reviews.papers.service import take_reader_off, withdraw_paper
from kscb_actions.reviews.publishing.rules import ReleaseFacts
from kscb_actions.reviews.publishing.service import release, withdraw_release
from kscb_actions.reviews.queries import list_stages
from kscb_actions.reviews.recommendations import answer_recommendation, edit_recommendation
from kscb_actions.reviews.referring.models import CaseReferral
from kscb_actions.reviews.referring.rules import AnswerFacts
from kscb_actions.reviews.referring.service import answer_case, withdraw_referral
from kscb_actions.reviews.rules import RecommendationFacts, ReviewFacts
from kscb_actions.reviews.service import (
    add_theme,
    edit_review,
    name_person,
    reach_stage,
    record_review,
    rename_theme,
    set_hold,
    unname_person,
)
from kscb_actions.reviews.stages import correct_stage, take_stage_back
from kscb_actions.settings.rules import Board
from kscb_actions.settings.service import change_settings
from kscb_actions.upkeep.bulk.edits import NewLead
from kscb_actions.upkeep.bulk.service import apply
from kscb_actions.upkeep.moving.service import Move, move_action
from kscb_actions.upkeep.succession.service import Closing, close
from tests.figures.annual.issuing import COORDINATOR, freeze_anew, issue_year

from ..factories import TODAY, World
from ..factories_deaths import JUDGED as PANEL_JUDGED
from ..factories_deaths import Panel
from ..impact.making import came_back, judged, said, said_with_files
from ..measures.making import FACTS, measure
from ..meetings.planned import a_body, planned
from ..plans_in.test_service import take_plan_in
from ..reviews.dissemination.making import LEARNING, shared_with
from ..reviews.inspections.making import JUDGED, finding_of
from ..reviews.papers.making import review_paper
from ..reviews.referring.making import case_referral

UNTOLD = (*models.HOUSEKEEPING, *models.TOLD_BY_OTHERS, AuditEvent)
TOLD = [model for model in models.ALL if model not in UNTOLD]


def everything() -> dict[tuple[str, int], str]:
    """Return {(table, id): the row as text} of every table that the trail tells of."""
    names = [model._meta.table_name for model in TOLD]
    read = 'SELECT id, other.* FROM "{}" other'
    return {(name, row[0]): repr(row) for name in names for row in db.execute_sql(read.format(name))}


def unaudited(operation: Callable[[], object]) -> set[tuple[str, int]]:
    """Return what an operation changed without telling, and what it told without changing."""
    before, newest = everything(), AuditEvent.select().count()
    operation()
    after = everything()
    changed = {key for key in before | after if before.get(key) != after.get(key)}
    events = AuditEvent.select().order_by(AuditEvent.id).offset(newest)
    # One that tells of many in a sentence is about no row of its own.
    told = {(event.kind, event.object_id) for event in events if event.object_id is not None}
    assert changed, "the operation changed nothing, so it proves nothing"
    return changed ^ told


def drafted_at() -> PanelMeeting:
    """Return the panel's meeting at which cases are decided by draft."""
    return PanelMeeting.get(PanelMeeting.way == "draft")


def drafted() -> PanelCase:
    """Return the case on its agenda."""
    return PanelCase.get(PanelCase.meeting == drafted_at())


def absence() -> Absence:
    return Absence.select().order_by(Absence.id.desc()).get()


def held() -> Meeting:
    """Return the meeting that is held today."""
    return Meeting.get(Meeting.held_on == TODAY)


def to_come() -> Meeting:
    """Return the meeting that is to come."""
    return Meeting.get(Meeting.held_on > TODAY)


def last_challenge() -> Challenge:
    """Return the challenge that was raised last."""
    return Challenge.select().order_by(Challenge.id.desc()).get()


ACCEPTED_BEFORE = Past("accepted", TODAY, "Paper copy", accepted_on=TODAY, accepted_by="SCR subgroup")


@pytest.fixture
def operations(world: World) -> dict[str, Callable[[], object]]:
    """Return every operation that changes something, ready to run one after the other."""
    manager, chair = world.as_viewer(world.manager), world.as_viewer(world.second_chair)
    lead = world.as_viewer(world.police_lead)
    coordinator, _member = world.as_viewer(world.cdop_coordinator), world.cdop_member
    review, restricted = world.review(), world.review(is_restricted=True)
    recommendation = world.recommendation(review)
    noted, elsewhere, to_note = (world.recommendation(review) for _ in range(3))
    action = world.action(due_on=date(2012, 5, 1), recommendation=recommendation)
    other = world.action(recommendation=recommendation)
    dropped = world.action(recommendation=world.recommendation())
    mistaken = world.action(agency=world.health, recommendation=world.recommendation())
    together = world.action(recommendation=recommendation)
    dated = world.action(due_on=TODAY, recommendation=world.recommendation())
    long_ago = world.action(recommendation=world.recommendation())
    theme = add_theme(manager, "Information sharing")
    notified = record_review(manager, ReviewFacts("SCR-2012-90", "scr", "A case"), "notified", TODAY)
    public = record_review(
        manager, ReviewFacts("SCR-2012-91", "scr", "A case", classification="OFFICIAL"), "closed", TODAY
    )
    asked = Subject(world.police, other, recommendation)

    def now(row: Action) -> Action:
        return Action.get_by_id(row.id)

    def open_question() -> CheckQuestion:
        return CheckQuestion.get()

    def recommendation_now() -> Recommendation:
        return Recommendation.get_by_id(recommendation.id)

    def challenge() -> Challenge:
        return Challenge.get()

    def joint() -> JointOwner:
        return JointOwner.select().order_by(JointOwner.id.desc()).get()

    def goes_on() -> int:
        return int(Action.get(Action.carried_from == together).id)

    def piece() -> Evidence:
        return now(action).evidence.get()

    def reached() -> StageReached:
        return next(each for each in list_stages(review) if each.stage == "decided")

    def seen() -> Review:
        return Review.get_by_id(review.id)

    return {
        "add_agency": lambda: world.person("agency-new", Role.READER),
        "edit_agency": lambda: edit_agency(SYSTEM, world.health, "NHS Kent", True, 1),
        "edit_person": lambda: edit_person(
            SYSTEM,
            world.reader,
            PersonFacts(world.reader.email, "Lay member", frozenset({Role.READER}), None),
            1,
        ),
        "set_password": lambda: set_password(world.chair, "orchard lantern ferry"),
        "invite": lambda: send_invitation(manager, world.reader, "Board", "http://127.0.0.1"),
        "settings": lambda: change_settings(manager, {"due_soon_days": 7, "name": "A board"}),
        "add_theme": lambda: add_theme(manager, "Neglect"),
        "rename_theme": lambda: rename_theme(manager, theme, "Telling one another", 1),
        "record_review": lambda: world.review(is_restricted=True, theme_ids=(theme.id,)),
        "edit_review": lambda: edit_review(
            manager, seen(), ReviewFacts(review.reference, "rca", "Other", theme_ids=(theme.id,)), 1
        ),
        "drop_theme": lambda: edit_review(
            manager, seen(), ReviewFacts(review.reference, "rca", "Other"), seen().version
        ),
        "reach_stage": lambda: reach_stage(manager, seen(), "decided", TODAY, "It met the test."),
        "decide_review": lambda: decide_review(
            world.independent_chair.viewer, notified, TODAY, "It met the test.", 1
        ),
        "release": lambda: release(
            world.independent_chair.viewer,
            public,
            ReleaseFacts(TODAY, "Report", "full", "", "It is agreed."),
            1,
        ),
        "withdraw_release": lambda: withdraw_release(manager, public, TODAY, "A name.", "The Board", 2),
        "keep_paper": lambda: review_paper(world, seen(), reader=world.chair),
        "take_reader_off": lambda: take_reader_off(manager, ReviewPaper.get(), world.chair),
        "withdraw_paper": lambda: withdraw_paper(manager, ReviewPaper.get(), "Replaced.", 1),
        "refer_case": lambda: case_referral(world),
        "answer_case": lambda: answer_case(
            world.chair.viewer, CaseReferral.get(), AnswerFacts("none", "Not met.", TODAY), None, 0, ""
        ),
        "withdraw_referral": lambda: withdraw_referral(
            world.police_lead.viewer, case_referral(world), "Twice.", 1, ""
        ),
        "correct_stage": lambda: correct_stage(
            manager, reached(), date(2012, 3, 1), "A slip.", seen().version
        ),
        "take_stage_back": lambda: take_stage_back(manager, reached(), "Another case.", seen().version),
        "correct_date": lambda: correct_date(
            manager, now(action), "current_due_on", date(2012, 5, 2), "A slip.", now(action).version
        ),
        "hold": lambda: set_hold(manager, seen(), "inquest", "Opened in May."),
        "lift_hold": lambda: set_hold(manager, seen(), "", "Closed."),
        "name_person": lambda: name_person(manager, restricted, world.chair),
        "unname_person": lambda: unname_person(manager, restricted, world.chair),
        "recommendation": lambda: world.recommendation(review, theme_ids=(theme.id,)),
        "edit_recommendation": lambda: edit_recommendation(
            manager, recommendation, RecommendationFacts("Other words."), 1
        ),
        "answer": lambda: answer_recommendation(manager, recommendation, world.health, "accepted"),
        "answer_again": lambda: answer_recommendation(
            manager, recommendation, world.health, "partly", "No budget.", why_changed="Counted again."
        ),
        "plan_by_hand": lambda: record_recommendation(
            manager,
            review,
            RecommendationFacts("Ask.", published_number="4.3.1", heading="Phase one", is_key=True),
            [Row("r1", [world.police, world.health], {}, ActionFacts("Ask all."))],
        ),
        "rows_by_hand": lambda: record_actions(
            manager, recommendation, [Row("r1", [world.police], {}, ActionFacts("Ask again."))]
        ),
        "not_for_us": lambda: end_recommendation(manager, elsewhere, "not_for_us", "For courts.", 1),
        "note_recommendation": lambda: end_recommendation(manager, to_note, "noted", "", 1),
        "ask_for_answers": lambda: ask_for_answers(manager, seen(), ["KPOL"], TODAY + timedelta(9), ""),
        "note_view": lambda: note_view(chair, AgencyResponse.get(answer="partly"), "We disagree.", 2),
        "withdraw_recommendation": lambda: withdraw_recommendation(manager, noted, "Overtaken.", 1),
        "bring_back_recommendation": lambda: bring_back_recommendation(manager, noted, "It is not.", 2),
        "add_action": lambda: world.action(agency=world.health, recommendation=recommendation),
        "edit_action": lambda: edit_action(
            manager, now(other), ActionFacts("Other words.", "", date(2012, 6, 1)), None, 1
        ),
        "standing": lambda: set_standing(manager, now(other), "on_hold", "Waits for the inquest."),
        "progress": lambda: world.progress(now(action)),
        "ask": lambda: extensions.ask_extension(lead, now(action), date(2012, 6, 1), "Late."),
        "refuse": lambda: extensions.decide_extension(
            chair, extensions.open_request(now(action)), False, "No."
        ),
        "ask_again": lambda: extensions.ask_extension(lead, now(action), date(2012, 6, 2), "Late."),
        "agree": lambda: extensions.decide_extension(
            chair, extensions.open_request(now(action)), True, "Yes."
        ),
        "move": lambda: extensions.change_due_date(chair, now(action), date(2012, 7, 1), "Agreed."),
        "evidence": lambda: world.evidence(now(action), ("a.txt", b"one"), ("b.txt", b"two")),
        "redate": lambda: correct_evidence_date(lead, piece(), date(2012, 3, 2), "", piece().version),
        "withdraw": lambda: withdraw_evidence(lead, now(action).evidence.get(), "The wrong file."),
        "return": lambda: world.decision(now(action), accepted=False),
        "submit": lambda: world.submission(now(action)),
        "take_back": lambda: take_back(lead, now(action), "Too early."),
        "submit_again": lambda: world.submission(now(action)),
        "ask_question": lambda: ask_question(
            chair, waiting_submission(now(action)), "Why?", world.police_lead.id, "x"
        ),
        "answer_question": lambda: answer_question(lead, open_question(), "So."),
        "return_again": lambda: decide(chair, waiting_submission(now(action)), False, "More."),
        "take_return_back": lambda: take_decision_back(chair, now(action), "The wrong one."),
        "return_once_more": lambda: decide(chair, waiting_submission(now(action)), False, "More."),
        "accept": lambda: world.decision(now(action)),
        "reopen": lambda: reopen(chair, now(action), "It does not hold."),
        "give_up": lambda: world.progress(now(dropped), "cannot_be_done", "No money."),
        "send_back": lambda: decide_impossible(chair, now(dropped), "another_way", "Ask the others."),
        "give_up_again": lambda: world.progress(now(dropped), "cannot_be_done", "They have none."),
        "supersede": lambda: decide_impossible(chair, now(dropped), "superseded", "Another does it."),
        "share": lambda: share(manager, now(together), world.health),
        "change_contact": lambda: change_contact(manager, joint(), world.health_lead),
        "contribute": lambda: contribute(world.health_lead.viewer, now(together), "We trained ours."),
        "change_leading": lambda: change_leading(manager, joint(), None, "It has the staff."),
        "stop_sharing": lambda: stop_sharing(manager, joint(), "It has no part in it."),
        "acknowledge": lambda: acknowledge(lead, dated, TODAY),
        "take_acknowledgement_back": lambda: take_acknowledgement_back(lead, dated),
        "add_milestone": lambda: add_milestone(manager, now(together), MilestoneFacts("Half.", TODAY)),
        "reach_milestone": lambda: reach_milestone(manager, Milestone.get(), TODAY),
        "change_milestone": lambda: change_milestone(manager, Milestone.get(), MilestoneFacts("All.", TODAY)),
        "withdraw_milestone": lambda: withdraw_milestone(manager, Milestone.get(), "Not ours."),
        "carry_forward": lambda: carry_forward(
            manager, review, CarryChoice("IP-2012-01", "The next plan", "year", frozenset({together.id}))
        ),
        "choose_pace": lambda: choose_pace(lead, "weekly"),
        "share_learning": lambda: shared_with(world, review),
        "correct_sharing": lambda: correct_sharing(manager, Dissemination.get(), LEARNING, 1),
        "void_sharing": lambda: void_sharing(manager, Dissemination.get(), "A double.", 2),
        "record_finding": lambda: finding_of(world, review),
        "correct_finding": lambda: correct_finding(manager, InspectionFinding.get(), JUDGED, 1),
        "void_finding": lambda: void_finding(manager, InspectionFinding.get(), "A double.", 2),
        "say_difference": lambda: said(world, came_back(world)),
        "say_with_files": lambda: said_with_files(
            world, ImpactAccount.get().recommendation, "sample.txt", expected=1
        ),
        "take_account_back": lambda: take_account_back(manager, ImpactAccount.get(), "A slip.", 2),
        "judge_difference": lambda: judged(world, ImpactAccount.get().recommendation, "none"),
        "take_judgement_back": lambda: take_judgement_back(manager, ImpactJudgement.get(), "A slip.", 1),
        "record_measure": lambda: measure(world, review),
        "give_reading": lambda: give_reading(lead, Measure.get(), "2008-09", "15.1"),
        "correct_reading": lambda: correct_reading(lead, Reading.get(), "15.2", "Counted anew."),
        "take_reading_back": lambda: take_reading_back(
            lead, get_reading(lead, Measure.get().id, "2009-03-31"), "Of another county."
        ),
        "give_pasted": lambda: give_pasted(lead, Measure.get(), "2006-07\t19.7"),
        "edit_measure": lambda: edit_measure(
            manager, Measure.get(), replace(FACTS, owner_id=world.police_lead.id), 1
        ),
        "end_measure": lambda: end_measure(manager, Measure.get(), "Counted no more.", 2),
        "resume_measure": lambda: resume_measure(manager, Measure.get(), 3),
        "void_measure": lambda: void_measure(manager, Measure.get(), "A double.", 4),
        "raise_challenge": lambda: raise_challenge(chair, asked, "lead", "Why?", TODAY + timedelta(1), ""),
        "say_when_it_answers": lambda: say_when(lead, challenge(), TODAY + timedelta(9)),
        "take_it_back": lambda: unsay_when(lead, challenge()),
        "answer_challenge": lambda: answer_challenge(lead, challenge(), "It slipped.", 1, ""),
        "escalate_challenge": lambda: escalate_challenge(
            chair, challenge(), "No plan.", TODAY + timedelta(1), 2, ""
        ),
        "close_challenge": lambda: close_challenge(chair, challenge(), "changed", "A date is set.", 3, "x"),
        "raise_challenge_in_error": lambda: raise_challenge(
            chair, Subject(world.health), "lead", "Why?", TODAY + timedelta(1), ""
        ),
        "correct_challenge": lambda: correct_challenge(
            chair, last_challenge(), "Why not?", TODAY + timedelta(2), 1, ""
        ),
        "void_challenge": lambda: void_challenge(chair, last_challenge(), "", 2),
        "restore_challenge": lambda: restore_challenge(manager, last_challenge(), "It is none.", 3, ""),
        "correct_agency": lambda: correct_agency(
            manager, now(mistaken), world.probation, world.probation_lead, 1
        ),
        "void_action": lambda: void(manager, now(mistaken), "", 2),
        "restore_action": lambda: restore(manager, now(mistaken), "It is none.", 3),
        "void_recommendation": lambda: void(manager, recommendation_now(), "A double.", 2),
        "restore_recommendation": lambda: restore(manager, recommendation_now(), "It is none.", 3),
        "void_review": lambda: void(manager, seen(), "A double.", seen().version),
        "restore_review": lambda: restore(manager, seen(), "It is none.", seen().version),
        "move_action": lambda: move_action(manager, now(other), Move(world.health, TODAY, "Merged.")),
        "change_together": lambda: apply(manager, {goes_on(): None}, NewLead(world.health_lead)),
        "close_agency": lambda: close(
            manager,
            world.probation,
            Closing(TODAY, world.police, None, {}),
            {mistaken.id: now(mistaken).version},
            world.probation.version,
        ),
        "begin_texts": lambda: save_draft(coordinator, "2011-12", Texts(), 0),
        "change_texts": lambda: save_draft(coordinator, "2011-12", Texts("Post"), 1),
        "first_death": lambda: Panel(world).death(case_number="11/901"),
        "issue": lambda: issue_year("2011-12", Board()),
        "plan_a_panel": lambda: Panel(world).meeting(date(2012, 4, 12), way="draft"),
        "list_a_case": lambda: Panel(world).case(drafted_at(), ChildDeath.get()),
        "name_drafter": lambda: name_drafters(
            coordinator, drafted_at(), {drafted().id: world.cdop_member.id}
        ),
        "draft": lambda: Panel(world).draft(drafted()),
        "draft_otherwise": lambda: Panel(world).draft(drafted(), reasons="Clearer."),
        "draft_other_factors": lambda: Panel(world).draft(
            drafted(), judgement=replace(PANEL_JUDGED, status="none", factors=())
        ),
        "comment": lambda: Panel(world).comment(drafted()),
        "correct_comment": lambda: correct_comment(
            world.as_viewer(world.cdop_member), DraftComment.get(), "The sofa was old."
        ),
        "papers_ready": lambda: say_papers_are_ready(coordinator, drafted_at()),
        "earlier_death": lambda: Panel(world).death(case_number="10/901", died_on=date(2010, 11, 3)),
        "freeze_anew": lambda: freeze_anew("2010-11"),
        "withdraw_report": lambda: withdraw(COORDINATOR, IssuedReport.get(), "A heading is wrong."),
        "enter_earlier": lambda: enter_earlier_total(COORDINATOR, EarlierFacts("2008-09", 9, 9, "A paper.")),
        "change_earlier": lambda: enter_earlier_total(COORDINATOR, EarlierFacts("2008-09", 8, 9, "A paper.")),
        "be_away": lambda: absences.enter(
            chair, world.second_chair, world.chair, date(2012, 3, 20), date(2012, 4, 9)
        ),
        "correct_absence": lambda: absences.correct(
            manager, absence(), world.chair, date(2012, 3, 21), TODAY, 1
        ),
        "be_back": lambda: absences.end(chair, absence()),
        "be_away_later": lambda: absences.enter(chair, world.second_chair, world.chair, TODAY, TODAY),
        "add_body": lambda: meetings.add_body(
            manager, meetings.BodyFacts("Executive", "executive", False, {review.id, long_ago.review_id})
        ),
        "add_seat": lambda: meetings.add_seat(manager, MeetingBody.get(), "Chair", "chair", None),
        "edit_seat": lambda: meetings.edit_seat(manager, BodySeat.get(), "Chair", "chair", world.chair, 1),
        "plan_meeting": lambda: meetings.plan_meeting(
            manager, MeetingBody.get(), *(TODAY + timedelta(days=each) for each in (1, 2, 3, 4))
        ),
        "edit_meeting": lambda: meetings.edit_meeting(
            manager, Meeting.get(), *(TODAY + timedelta(days=each) for each in (1, 2, 3, 5))
        ),
        "hold_meeting": lambda: meetings.plan_meeting(
            manager, MeetingBody.get(), *(TODAY - timedelta(days=each) for each in (3, 2, 1, 0))
        ),
        "call_for_updates": lambda: call_for_updates(to_come(), ""),
        "remind_silent": lambda: remind_silent(manager, to_come(), ""),
        "freeze": lambda: freeze_by_hand(manager, to_come(), "The chair is away.", Board()),
        "decide": lambda: record_decision(
            manager, held(), Item(0, "DATE it.", (review.id,)), "Agreed.", world.reader, TODAY, ""
        ),
        "decide_again": lambda: record_decision(manager, held(), Item(), "Write.", None, None, ""),
        "decision_done": lambda: end_decision(manager, MeetingDecision.get(), "It is dated."),
        "decision_void": lambda: void_decision(
            manager, MeetingDecision.get(MeetingDecision.text == "Write."), "Said twice."
        ),
        "minute": lambda: keep_record(manager, held(), {"present": "The chair."}),
        "minute_again": lambda: keep_record(manager, held(), {"present": "The deputy."}, 1),
        "sign_off": lambda: reach_stage_in(
            manager,
            world.review("SCR-2011-66"),
            "signed_off",
            TODAY,
            "",
            planned(world, a_body(world, "The whole Board"), TODAY, TODAY - timedelta(days=10)).id,
            decision_maker="The chair",
        ),
        "publish_minutes": lambda: publish_minutes(manager, held(), Board(), ""),
        "cancel_meeting": lambda: meetings.cancel_meeting(manager, to_come(), "Snow."),
        "add_seat_in_vain": lambda: meetings.add_seat(manager, MeetingBody.get(), "Nurse", "member", None),
        "remove_seat": lambda: meetings.remove_seat(manager, BodySeat.get(BodySeat.post == "Nurse")),
        "cancel_absence": lambda: absences.cancel(chair, absence()),
        "enter_past": lambda: enter_past(manager, now(long_ago), ACCEPTED_BEFORE),
        "put_past_right": lambda: put_past_right(
            manager,
            now(long_ago),
            replace(ACCEPTED_BEFORE, status_text="Blue", told="Seen.", accepted_by="The executive"),
            "Other words.",
        ),
        "examine_again": lambda: examine_again(chair, now(long_ago), "stands", "The minutes show it."),
        "open_again": lambda: examine_again(
            chair, now(long_ago), "opened", "No file.", due_on=TODAY + timedelta(9)
        ),
        "take_plan_in": lambda: take_plan_in(world),
        "change_name": lambda: change_name(manager, models.OwnerName.get(), "Schools", ["KPOL"], 1),
        "forget_name": lambda: forget_name(manager, models.OwnerName.get()),
        "keep_name": lambda: keep_name(manager, "All health", ["NHSK", "KPOL"]),
    }


def test_every_operation_tells_of_exactly_what_it_changed(
    operations: dict[str, Callable[[], object]],
) -> None:
    wrong = {name: found for name, operation in operations.items() if (found := unaudited(operation))}
    assert wrong == {}


def test_an_operation_that_keeps_silent_is_caught(world: World) -> None:
    from kscb_actions.database import writing

    def silent() -> None:
        with writing():
            models.Theme.create(name="Untold")

    assert unaudited(silent) == {("theme", models.Theme.get().id)}


def test_the_state_on_a_past_day_is_in_the_trail(world: World) -> None:
    from tests.trail import states_at

    with clock.at(date(2012, 1, 10)):
        action = world.action(due_on=date(2012, 2, 1))
    with clock.at(date(2012, 1, 20)):
        extensions.change_due_date(
            world.as_viewer(world.second_chair), Action.get_by_id(action.id), date(2012, 3, 1), "Agreed."
        )

    def due_on(day: date) -> list[str]:
        return [state["current_due_on"] for state in states_at("action", clock.start_of(day))]

    assert due_on(date(2012, 1, 10)) == []
    assert due_on(date(2012, 1, 11)) == ["2012-02-01"]
    assert due_on(date(2012, 1, 20)) == ["2012-02-01"]
    assert due_on(date(2012, 1, 21)) == ["2012-03-01"]
