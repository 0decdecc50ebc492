"""Every route × method × person × thing, from the url map: allowed, refused, or as if it were not there."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import groupby, product

import flask.templating
import pytest
from flask import Flask
from flask.testing import FlaskClient

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM, Role
from kscb_actions.actions.acknowledging.service import acknowledge
from kscb_actions.actions.earlier.rules import Past
from kscb_actions.actions.extensions import ask_extension
from kscb_actions.actions.milestones.rules import MilestoneFacts
from kscb_actions.actions.milestones.service import add_milestone
from kscb_actions.actions.models import Action, ProgressUpdate
from kscb_actions.actions.owners.service import share
from kscb_actions.assurance.challenges.service import Subject, raise_challenge
from kscb_actions.assurance.earlier.service import enter_past
from kscb_actions.assurance.erasing import ask_to_erase
from kscb_actions.assurance.models import EvidenceFile
from kscb_actions.audit.service import change
from kscb_actions.chasing.ladder.service import pause_reminders
from kscb_actions.child_deaths.learning.lessons import recommend
from kscb_actions.child_deaths.learning.referrals import record_referral
from kscb_actions.config import Settings
from kscb_actions.figures.annual.issuing import freeze_year
from kscb_actions.impact.models import ImpactFile
from kscb_actions.mail.rules import NOTHING
from kscb_actions.mail.service import queue
from kscb_actions.meetings.service import add_seat
from kscb_actions.people.absences.service import enter
from kscb_actions.people.agreeing import ask_for_roles
from kscb_actions.people.models import RoleRequest, User
from kscb_actions.people.succession import close_agency
from kscb_actions.plans_in.naming.service import keep_name
from kscb_actions.reports.drawing.service import ask_for_drawing
from kscb_actions.reviews.models import NamedPerson, Review, StageReached
from kscb_actions.reviews.rules import RecommendationFacts
from kscb_actions.reviews.service import add_theme
from kscb_actions.settings.models import District
from kscb_actions.upkeep.moving.service import Move, move_action
from tests.figures.annual.issuing import COORDINATOR as FIGURES_KEEPER
from tests.figures.annual.issuing import issue_year
from tests.figures.annual.year_rows import put

from ..child_deaths.requests.making import Asked
from ..factories import TODAY, World
from ..factories_deaths import Panel
from ..impact.making import came_back, judged, said_with_files
from ..keeping import Keeper
from ..long import LONG, amount
from ..measures.making import measure, readings
from ..meetings.planned import a_decision, a_meeting
from ..plans_in.made import plan_draft
from ..reports.stories import keep
from ..reports.template.making import paper_template
from ..reviews.dissemination.making import shared_with
from ..reviews.inspections.making import finding_of
from ..reviews.papers.making import review_paper
from ..reviews.referring.making import case_referral

MANAGER, CHAIRS, OWN, OTHER, READER = (
    {"manager"},
    {"chair", "second_chair", "deputy"},
    {"police_lead"},
    {"health_lead"},
    {"reader"},
)
INDEPENDENT, MEMBER, SUBGROUP = {"independent_chair"}, {"police_member"}, {"subgroup_member"}
CDOP = {"cdop_member", "cdop_coordinator"}
COORDINATOR, PANEL_CHAIR, CONTACT = {"cdop_coordinator"}, {"cdop_chair"}, {"death_contact"}
FIGURES = CDOP | PANEL_CHAIR
AUDITING = MANAGER | CHAIRS | READER | INDEPENDENT
BOARD = AUDITING | SUBGROUP
EVERYBODY = BOARD | OWN | OTHER | MEMBER | FIGURES | CONTACT
# Of those who are let in somewhere so many look, others at each address, and of those to whom something is
# hidden so many look at what never was; in a long run all do.
LOOK = amount(1, len(EVERYBODY))
# Whoever is refused asks at each address by one of its so many methods; in a long run by each.
METHODS = 1 if LONG else 2
# Who gets in. `thing` is a police action, its review, its evidence; OTHER is another agency's lead.
ALLOWED = {
    "home.index": EVERYBODY,
    "people.account": EVERYBODY,
    "news.index": EVERYBODY,
    "news.mark_all_seen": EVERYBODY,
    "news.how_often": EVERYBODY,
    "people.sign_out": EVERYBODY,
    "calendar.own": EVERYBODY,
    "calendar.end": EVERYBODY,
    "home.my_actions": OWN | OTHER,
    "home.attention": BOARD,
    "reviews.index": BOARD | OWN | OTHER | MEMBER,
    "reviews.new": MANAGER,
    "reviews.themes": MANAGER,
    "reviews.rename_theme": MANAGER,
    "reviews.show": BOARD | OWN | MEMBER,
    "reviews.edit": MANAGER,
    "reviews.stage": MANAGER,
    "reviews.decide": INDEPENDENT,
    "reviews.released": BOARD,
    "reviews.release": MANAGER | INDEPENDENT,
    "reviews.withdraw_release": MANAGER | INDEPENDENT,
    "reviews.case_referrals": MANAGER | CHAIRS | INDEPENDENT | SUBGROUP | OWN | OTHER | MEMBER,
    "reviews.refer": MANAGER | OWN | OTHER | MEMBER,
    "reviews.case_referral": MANAGER | CHAIRS | INDEPENDENT | SUBGROUP | OWN | MEMBER,
    "reviews.answer_case_referral": CHAIRS | INDEPENDENT,
    "reviews.withdraw_case_referral": MANAGER | OWN | MEMBER,
    "reviews.papers": BOARD | OWN | MEMBER,
    "reviews.new_paper": MANAGER | CHAIRS | INDEPENDENT | OWN | MEMBER,
    "reviews.paper_file": MANAGER | OWN,
    "reviews.paper_readers": MANAGER | OWN,
    "reviews.withdraw_own_paper": MANAGER | OWN,
    "reviews.hold": MANAGER,
    "reviews.named_people": MANAGER,
    "reviews.new_recommendation": MANAGER,
    "reviews.edit_recommendation": MANAGER,
    "reviews.add_rows": MANAGER,
    "reviews.withdraw": MANAGER,
    "reviews.bring_back": MANAGER,
    "reviews.answer": MANAGER | OWN | MEMBER,
    "reviews.answers": BOARD | OWN | OTHER | MEMBER,
    "reviews.ask_answers": MANAGER,
    "reviews.read_answer": BOARD | OWN | MEMBER,
    "reviews.view_answer": CHAIRS | INDEPENDENT,
    "reviews.new_answer": MANAGER,
    "plans_in.new": MANAGER,
    "plans_in.show": MANAGER,
    "plans_in.file": MANAGER,
    "plans_in.export": MANAGER,
    "plans_in.export_word": MANAGER,
    "plans_in.names": MANAGER,
    "plans_in.new_name": MANAGER,
    "plans_in.edit_name": MANAGER,
    "actions.index": BOARD | OWN | OTHER | MEMBER,
    "actions.new": MANAGER,
    "actions.show": BOARD | OWN | MEMBER,
    "actions.edit": MANAGER,
    "actions.standing": MANAGER,
    "actions.update": OWN,
    "actions.ask_extension": OWN,
    "actions.decide_extension": MANAGER | CHAIRS,
    "actions.due_date": MANAGER | CHAIRS,
    "actions.decide_impossible": MANAGER | CHAIRS,
    "upkeep.move": MANAGER,
    "upkeep.together": MANAGER,
    "upkeep.close_agency": MANAGER,
    "upkeep.needs_an_owner": MANAGER,
    "actions.owners": MANAGER,
    "actions.owner_contact": MANAGER,
    "actions.owner_leads": MANAGER,
    "actions.end_owner": MANAGER,
    "actions.contribute_part": OWN,
    "actions.acknowledge": OWN,
    "actions.take_acknowledgement_back": OWN,
    "actions.carry": MANAGER,
    "actions.new_milestone": MANAGER | OWN,
    "actions.milestone": MANAGER | OWN,
    "actions.milestone_done": MANAGER | OWN,
    "actions.milestone_withdrawn": MANAGER | OWN,
    "assurance.new_evidence": OWN,
    "assurance.withdraw": OWN,
    "assurance.report_done": OWN,
    "assurance.check": CHAIRS | SUBGROUP,
    "assurance.take_report_back": OWN,
    "assurance.answer": OWN,
    "assurance.reopen_action": CHAIRS | SUBGROUP,
    "assurance.enter_past": MANAGER,
    "assurance.put_past_right": MANAGER,
    "assurance.examine_again": CHAIRS | SUBGROUP,
    "assurance.to_examine": BOARD | OWN | OTHER | MEMBER,
    "assurance.take_decision_back": MANAGER | CHAIRS | SUBGROUP,
    "assurance.file": MANAGER | CHAIRS | OWN | SUBGROUP,
    "assurance.all_files": MANAGER | CHAIRS | OWN | SUBGROUP,
    "assurance.picture": MANAGER | CHAIRS | OWN | SUBGROUP,
    "assurance.page": MANAGER | CHAIRS | OWN | SUBGROUP,
    "assurance.page_picture": MANAGER | CHAIRS | OWN | SUBGROUP,
    "challenges.index": BOARD | OWN | OTHER | MEMBER,
    "challenges.about_action": MANAGER | CHAIRS,
    "challenges.about_recommendation": MANAGER | CHAIRS,
    "challenges.about_agency": MANAGER | CHAIRS,
    "challenges.show": BOARD | OWN | MEMBER,
    "challenges.answer": MANAGER | OWN | MEMBER,
    "assurance.acknowledge_challenge": OWN | MEMBER,
    "assurance.take_challenge_back": OWN | MEMBER,
    "assurance.acknowledge_answer": OWN | MEMBER,
    "assurance.take_answer_back": OWN | MEMBER,
    "challenges.close": MANAGER | CHAIRS,
    "challenges.escalate": MANAGER | CHAIRS,
    "challenges.letter": MANAGER | CHAIRS | INDEPENDENT,
    "assurance.erase": MANAGER | CHAIRS | OWN,
    "assurance.erasure": MANAGER | CHAIRS | OWN,
    "assurance.erase_paper": MANAGER | OWN,
    "assurance.paper_erasure": MANAGER | OWN,
    "reports.index": BOARD | OWN | OTHER,
    "reports.paper": BOARD,
    "reports.paper_docx": BOARD,
    "reports.words": BOARD,
    "reports.agency_paper": BOARD | OWN | OTHER,
    "reports.agency_docx": BOARD | OWN | OTHER,
    "reports.papers": BOARD | OWN | OTHER,
    # Made for the agency of the thing.
    "reports.kept": BOARD | OWN,
    "reports.kept_docx": BOARD | OWN,
    "reports.drawing": BOARD | OWN,
    "reports.stop": BOARD | OWN,
    "mail.outbox": MANAGER,
    "mail.message": MANAGER,
    "mail.did_not_arrive": MANAGER,
    "mail.mail_works": MANAGER,
    "audit.index": AUDITING,
    "settings.edit": MANAGER,
    "settings.words": MANAGER,
    "paper_template.index": MANAGER,
    "paper_template.show": MANAGER,
    "paper_template.sample": MANAGER,
    "health.show": MANAGER,
    "reminders.index": MANAGER,
    "reminders.coming": MANAGER,
    "reminders.edit": MANAGER,
    "reminders.new_pause": MANAGER,
    "reminders.resume": MANAGER,
    "reminders.log": MANAGER,
    "reminders.now": MANAGER,
    "reminders.send_messages_again": MANAGER,
    "people.index": MANAGER,
    "people.new": MANAGER,
    "people.edit": MANAGER,
    "people.new_link": MANAGER,
    "people.new_agency": MANAGER,
    "people.edit_agency": MANAGER,
    "people.switch_person_off": MANAGER,
    "people.switch_person_on": MANAGER,
    "people.hand_over_actions": MANAGER,
    "people.decide": COORDINATOR,
    "audit.chain": AUDITING,
    "deaths.index": CDOP,
    "panels.index": CDOP,
    "deaths.close": COORDINATOR,
    "deaths.particulars": COORDINATOR,
    "deaths.extract": COORDINATOR,
    "deaths.extract_csv": COORDINATOR,
    "deaths.bring_case_back": COORDINATOR,
    "home.panel_work": CDOP,
    "deaths.new": COORDINATOR,
    "deaths.show": CDOP,
    "deaths.edit": COORDINATOR,
    "deaths.birth": COORDINATOR,
    "deaths.ask": COORDINATOR,
    "deaths.answer": COORDINATOR,
    "deaths.return_dates": COORDINATOR,
    "deaths.take_back": COORDINATOR,
    # Answered by the contact of probation, whose answer stands on the case.
    "deaths.agency_answer": CDOP,
    "deaths.answer_file": CDOP,
    "deaths.judge": COORDINATOR,
    "death_requests.show": CDOP | CONTACT,
    **dict.fromkeys(("death_requests.index", "death_requests.part", "death_requests.files"), CONTACT),
    **dict.fromkeys(("death_requests.file", "death_requests.take_off", "death_requests.send"), CONTACT),
    **dict.fromkeys(("death_requests.erase", "death_requests.erasure"), COORDINATOR | CONTACT),
    "deaths.districts": COORDINATOR,
    "deaths.rename_district": COORDINATOR,
    "panels.show": CDOP,
    "panels.new": COORDINATOR,
    "panels.edit": COORDINATOR,
    "panels.members": COORDINATOR,
    "panels.agenda": COORDINATOR,
    "panels.put_on": COORDINATOR,
    "panels.attendance": COORDINATOR,
    "panels.papers": CDOP,
    "panels.papers_docx": CDOP,
    "panels.interests": CDOP,
    "panels.lift": COORDINATOR,
    "panels.learning": COORDINATOR,
    "panels.join_recommendation": COORDINATOR,
    "panels.take_off_recommendation": COORDINATOR,
    "panels.refer": COORDINATOR,
    "panels.propose": {"cdop_member"},
    "panels.close": COORDINATOR,
    "panels.draft": COORDINATOR,
    "panels.comment": CDOP,
    "panels.correct_comment": {"cdop_member"},
    "panels.drafters": COORDINATOR,
    "panels.papers_ready": COORDINATOR,
    "panels.case": CDOP,
    "panels.decide": COORDINATOR,
    "panels.correct": COORDINATOR,
    "panels.agreement": COORDINATOR,
    "referrals.show": CHAIRS | COORDINATOR,
    "referrals.answer": CHAIRS,
    "referrals.interest": CHAIRS,
    "referrals.index": CHAIRS | {"cdop_coordinator"},
    "figures.index": FIGURES,
    "figures.as_csv": FIGURES,
    "figures.annual": FIGURES,
    "figures.annual_word": FIGURES,
    "figures.annual_freeze": COORDINATOR,
    "figures.annual_texts": COORDINATOR,
    "figures.annual_issue": COORDINATOR,
    "figures.annual_agree": PANEL_CHAIR,
    "figures.earlier": COORDINATOR,
    "published.withdraw_report": COORDINATOR,
    "voiding.action": MANAGER,
    "voiding.recommendation": MANAGER,
    "voiding.review": MANAGER,
    "voiding.agency": MANAGER,
    "voiding.update": MANAGER | OWN,
    "voiding.date_change": MANAGER,
    # Its agency has acted on it, so of those who may raise one the manager alone marks it.
    "voiding.challenge": MANAGER,
    # Of the chairs, who raised it.
    "challenges.put_right": MANAGER | {"second_chair"},
    "reviews.correct": MANAGER,
    "assurance.correct_action_date": MANAGER,
    "assurance.evidence_date": MANAGER | OWN,
    "reviews.new_shared": MANAGER,
    "reviews.shared": MANAGER,
    "reviews.shared_in_error": MANAGER,
    "reviews.new_judgement": MANAGER,
    "reviews.new_strength": MANAGER,
    "reviews.finding": MANAGER,
    "reviews.finding_in_error": MANAGER,
    "impact.index": BOARD | OWN | OTHER | MEMBER,
    "impact.show": BOARD | OWN | MEMBER,
    "impact.say": OWN,
    # The difference is that of an action of the police.
    "impact.judge": MANAGER | CHAIRS | SUBGROUP,
    "impact.take_back_judgement": MANAGER,
    "impact.take_back_account": MANAGER,
    "impact.file": BOARD | OWN | MEMBER,
    "measures.index": BOARD | OWN | OTHER | MEMBER,
    "measures.show": BOARD | OWN | MEMBER,
    "measures.new": MANAGER,
    "measures.new_of_review": MANAGER,
    "measures.edit": MANAGER,
    "measures.end": MANAGER,
    "measures.void": MANAGER,
    "measures.give": MANAGER | OWN,
    "measures.paste": MANAGER | OWN,
    "measures.correct": MANAGER | OWN,
    "published.index": EVERYBODY,
    "published.show": EVERYBODY,
    "published.paper": EVERYBODY,
    # The absence is of the lead of the police, and entered for themselves.
    "absences.own": CHAIRS | INDEPENDENT | OWN | OTHER | CONTACT,
    "absences.of_person": MANAGER,
    "absences.show": MANAGER | OWN,
    "absences.change": MANAGER | OWN,
    "absences.end": MANAGER | OWN,
    "absences.cancel": MANAGER | OWN,
    **dict.fromkeys(
        ("meetings.index", "meetings.calendar", "meetings.body", "meetings.show", "meetings.answers"), BOARD
    ),
    **dict.fromkeys(("meetings.new_body", "meetings.edit_body", "meetings.new_seat"), MANAGER),
    **dict.fromkeys(("meetings.seat", "meetings.remove_seat", "meetings.plan"), MANAGER),
    **dict.fromkeys(("meetings.edit", "meetings.cancel", "meetings.freeze", "meetings.remind"), MANAGER),
    # Its chair is the second chair; who chairs elsewhere minutes nothing of it.
    **dict.fromkeys(("meetings.decide", "meetings.minute", "meetings.minutes"), MANAGER | {"second_chair"}),
    **dict.fromkeys(("meetings.publish", "meetings.void"), MANAGER | {"second_chair"}),
    # The task is the police lead's.
    "meetings.task": BOARD | OWN,
    "meetings.tasks": EVERYBODY,
}
# Whoever opens a list takes it away.
LISTS = (
    *(
        "actions.index",
        "reviews.index",
        "reviews.answers",
        "challenges.index",
        "reminders.log",
        "mail.outbox",
    ),
    *("people.index", "audit.index", "deaths.index"),
)
ALLOWED |= {f"{name}_{kind}": ALLOWED[name] for name in LISTS for kind in ("xlsx", "csv")}
PUBLIC = {
    "people.sign_in",
    "people.forgotten",
    "people.new_password",
    "settings.board_css",
    "static",
    "calendar.feed",
}
# Whose lists hold the thing: to everybody else it is not there.
SEES = BOARD | OWN | MEMBER
SEES_OF_ROOM = {
    "absences": MANAGER | OWN,
    "death_requests": CONTACT,
    "deaths": CDOP,
    "meetings": BOARD,
    "panels": CDOP,
    "referrals": CHAIRS | COORDINATOR,
}
HIDDEN_WHEN_REFUSED = {
    "assurance.file": READER | INDEPENDENT | MEMBER,
    "assurance.all_files": READER | INDEPENDENT | MEMBER,
    "assurance.picture": READER | INDEPENDENT | MEMBER,
    "assurance.page": READER | INDEPENDENT | MEMBER,
    "assurance.page_picture": READER | INDEPENDENT | MEMBER,
    "assurance.erase": READER | INDEPENDENT | MEMBER,
    "assurance.erasure": READER | INDEPENDENT | MEMBER,
    "assurance.erase_paper": BOARD | MEMBER,
    "assurance.paper_erasure": BOARD | MEMBER,
    "reviews.paper_file": BOARD | MEMBER,
    "reviews.paper_readers": BOARD | MEMBER,
    "reviews.withdraw_own_paper": BOARD | MEMBER,
    "reviews.shared": OWN | MEMBER,
    "reviews.shared_in_error": OWN | MEMBER,
    "reviews.finding": OWN | MEMBER,
    "reviews.finding_in_error": OWN | MEMBER,
    "reviews.case_referral": READER,
    "reviews.answer_case_referral": READER,
    "reviews.withdraw_case_referral": READER,
    "panels.lift": {"cdop_member"},
    "panels.propose": COORDINATOR,
    "panels.draft": {"cdop_member"},
    "panels.correct_comment": COORDINATOR,
}
KEEPS_BOARD = {
    "reports.paper",
    "reports.paper_docx",
    "reports.words",
    "reports.kept",
    "reports.kept_docx",
    "reports.drawing",
    "reports.stop",
    "paper_template.show",
    "paper_template.sample",
    "reminders.edit",
    "reminders.resume",
    "challenges.about_agency",
    "people.decide",
    "mail.message",
    "mail.did_not_arrive",
    "mail.mail_works",
    "people.edit",
    "people.new_link",
    "people.edit_agency",
    "plans_in.edit_name",
    "upkeep.close_agency",
    "reviews.rename_theme",
    "deaths.districts",
    "deaths.rename_district",
    "people.switch_person_off",
    "people.switch_person_on",
    "people.hand_over_actions",
    "absences.of_person",
    "meetings.body",
    "meetings.show",
    "meetings.answers",
    "meetings.edit_body",
    "meetings.new_seat",
    "meetings.seat",
    "meetings.remove_seat",
    "meetings.plan",
    "meetings.edit",
    "meetings.cancel",
    "meetings.freeze",
    "meetings.remind",
    "meetings.decide",
    "meetings.minute",
    "meetings.minutes",
    "meetings.publish",
    "meetings.task",
    "meetings.void",
    "figures.annual",
    "figures.annual_word",
    "figures.annual_texts",
    "figures.annual_freeze",
    "figures.annual_issue",
    "figures.annual_agree",
    "published.show",
    "published.paper",
    "published.withdraw_report",
}


BY_DRAFT = {f"panels.{name}" for name in ("draft", "comment", "correct_comment", "drafters", "papers_ready")}


class PanelThings:
    """A case on a panel with a seat for the member, a return, an interest of another, and a referral."""

    def __init__(self, world: World) -> None:
        panel = Panel(world)
        self.death = panel.death()
        self.meeting = panel.meeting(cases=[self.death])
        self.asked = panel.asked(self.death)
        self.answered = Asked(world, self.death)
        self.sent_file = self.answered.attached()
        self.answered.sent()
        self.answered.judged("accepted")
        other = panel.seat(self.meeting, world.person("other-member", *world.cdop_member.role_set))
        self.interest = panel.interest(self.death, other)
        self.referral = record_referral(panel.coordinator, self.death, True, "Neglect.", TODAY)
        self.learnt = recommend(panel.coordinator, self.death, RecommendationFacts("Tell parents."))
        self.by_draft = panel.meeting(date(2012, 5, 10), way="draft")
        drafted = panel.case(self.by_draft, panel.death())
        panel.draft(drafted)
        self.comment = panel.comment(drafted)

    def arguments(self, endpoint: str) -> dict[str, object]:
        """Return URL arguments by name; of what is done with drafts those of a meeting with drafts."""
        is_by_draft = endpoint in BY_DRAFT
        return {
            "death_id": self.comment.panel_case.death_id if is_by_draft else self.death.id,
            "meeting_id": (self.by_draft if is_by_draft else self.meeting).id,
            "comment_id": self.comment.id,
            "return_id": self.asked.id,
            "interest_id": self.interest.id,
            "referral_id": self.referral.id,
            "recommendation_id": self.learnt.id,
            "district_id": District.get().id,
        }


NUMBERS = {
    "assurance.check": 2,
    "assurance.answer": 2,
    "assurance.all_files": 2,
    "assurance.erasure": 2,
    "actions.ask_extension": 3,
    "actions.acknowledge": 3,
    "assurance.take_report_back": 4,
    "assurance.reopen_action": 5,
    "assurance.take_decision_back": 5,
    # Led by an agency of which nobody asks here but a chair, and shared by the one whose things these are.
    "actions.owner_contact": 6,
    "actions.owner_leads": 6,
    "actions.end_owner": 6,
    "actions.contribute_part": 6,
    "voiding.agency": 7,
    "assurance.enter_past": 7,
    "assurance.examine_again": 8,
    "assurance.put_past_right": 8,
    "voiding.update": 3,
}


ANSWERED = ("deaths.agency_answer", "deaths.answer_file", "deaths.judge")
PAST = Past("accepted", TODAY, "Paper copy", accepted_on=TODAY, accepted_by="SCR subgroup")


class Things:
    """One thing of each kind, and the address of each route to it."""

    def __init__(self, world: World) -> None:
        self.world = world
        world.deputy = world.person("deputy", Role.DEPUTY)
        self.action = world.action(due_on=date(2012, 6, 1))
        world.evidence(self.action)
        lead = world.as_viewer(world.police_lead)
        acknowledge(lead, self.action, TODAY)
        self.extension = ask_extension(lead, self.action, date(2012, 7, 1), "Training slipped.")
        self.waiting = world.action(recommendation=self.action.recommendation)
        self.submission = world.submission(Action.get_by_id(self.waiting.id))
        third = world.action(due_on=date(2012, 6, 1), recommendation=self.action.recommendation)
        world.progress(third)
        self.update = ProgressUpdate.select().order_by(ProgressUpdate.id.desc()).get()
        self.taken = world.action(recommendation=self.action.recommendation)
        world.submission(Action.get_by_id(self.taken.id))
        world.decision(world.action(recommendation=self.action.recommendation))
        self.milestone = add_milestone(
            lead, self.action, MilestoneFacts("Half is trained.", date(2012, 5, 1))
        )
        theirs = world.action(agency=world.probation, recommendation=self.action.recommendation)
        self.joint = share(world.as_viewer(world.manager), theirs, world.police)
        self.untouched = world.action(recommendation=self.action.recommendation)
        before = world.action(recommendation=self.action.recommendation)
        enter_past(world.as_viewer(world.manager), before, PAST)
        self.somebody = world.person("somebody", *world.reader.role_set)
        subject = Subject(world.police, self.waiting, self.action.recommendation)
        chair = world.as_viewer(world.second_chair)
        # Overdue at the lead's level, so that it can be answered, closed and taken higher.
        with clock.at(date(2012, 1, 10)):
            self.challenge = raise_challenge(chair, subject, "lead", "Why?", date(2012, 2, 1), "")
        self.file, self.wrong = EvidenceFile.select().order_by(EvidenceFile.id).limit(2)
        ask_to_erase(world.as_viewer(world.manager), [self.wrong], "Another child.", "")
        self.draft = plan_draft(world, self.action.review)
        self.paper = review_paper(world, self.action.review, by=world.police_lead)
        self.case = case_referral(world)
        self.template = paper_template(world)
        self.theme = add_theme(world.as_viewer(world.manager), "Information sharing")
        self.pause = pause_reminders(world.manager.viewer, None, world.health, "It moves.", TODAY)
        with change(lead) as tx:
            self.message = queue(tx, world.police_lead, "Subject", "Body", NOTHING)
        with change(world.as_viewer(world.manager)) as tx:
            ask_for_roles(tx, self.somebody, {Role.CDOP_MEMBER})
        self.asked = RoleRequest.get()
        second = world.person("second-police-lead", Role.AGENCY_LEAD, agency=world.police)
        # Not begun, and so nobody is stood in for yet.
        later = TODAY + timedelta(days=9)
        self.absence = enter(lead, world.police_lead, second, later, later)
        self.body, _, self.meeting = a_meeting(world)
        # One that can be taken off: the chair keeps theirs.
        self.seat = add_seat(world.as_viewer(world.manager), self.body, "Lay member", "member", None)
        self.held, self.decision = a_decision(world, self.body)
        self.panel = PanelThings(world)
        self.shared = shared_with(world, self.action.review)
        self.finding = finding_of(world, self.action.review)
        came = came_back(world, review=self.action.review)
        self.account = said_with_files(world, came, "sample.txt")
        self.judgement = judged(world, came)
        # Of this one nobody has said anything, and it can be judged.
        self.silent = came_back(world, review=self.action.review)
        self.measure = measure(world, self.action.review)
        readings(world, self.measure, y2009="15.1")
        self.kept = keep(world.manager, "agency", agency="KPOL")
        ask_for_drawing(self.kept)
        put([{"died_on": date(2010, 6, 1), "reviewed_on": None}] * 6)
        self.issued = issue_year("2011-12")
        freeze_year(FIGURES_KEEPER, "2010-11")
        self.name = keep_name(world.manager.viewer, "Constabulary", ["KPOL"])

    def arguments(self, reference: str, endpoint: str) -> dict[str, object]:
        """Return URL arguments by name.

        Action 2 waits for a check, with a file that waits to be erased; for action 3 no more time is asked.
        Action 4 waits too and nobody has begun to check it; action 5 is accepted.
        On action 7 its agency has not acted. Action 8 was accepted before, in earlier records.
        """
        file = self.wrong if endpoint == "assurance.erasure" else self.file
        return {
            "reference": reference,
            "number": self._number(endpoint),
            "code": "KPOL",
            "evidence_id": file.evidence_id,
            "file_id": ImpactFile.get().id if endpoint == "impact.file" else file.id,
            "page": 1,
            "submission_id": self.submission.id,
            "extension_id": self.extension.id,
            "update_id": self.update.id,
            "joint_id": self.joint.id,
            "milestone_id": self.milestone.id,
            "message_id": self.message.id,
            "ladder": "actions",
            "pause_id": self.pause.id,
            "user_id": self.somebody.id,
            "token": "no-such-token",
            "challenge_id": self.challenge.id,
            # Frozen and not issued yet: of an issued year there is no draft any more.
            "year": "2010-11",
            "shared_id": self.shared.id,
            "finding_id": self.finding.id,
            "account_id": self.account.id,
            "judgement_id": self.judgement.id,
            "measure_id": self.measure.id,
            "ends_on": "2009-03-31",
            "issued_id": self.issued.id,
            "paper_id": self.draft.id if endpoint.startswith("plans_in") else self.paper.id,
            "template_id": self.template.id,
            "theme_id": self.theme.id,
            "stage_id": StageReached.get(StageReached.review == self.action.review).id,
            "request_id": self.asked.id,
            "absence_id": self.absence.id,
            "kind": "progress",
            "called": self.kept.reference,
            "body_id": self.body.id,
            "seat_id": self.seat.id,
            "name_id": self.name.id,
            **self.panel.arguments(endpoint),
            "decision_id": self.decision.id,
            **self._meeting(endpoint),
            **self._answer(endpoint),
            **({"referral_id": self.case.id} if endpoint.startswith("reviews.") else {}),
        }

    def _number(self, endpoint: str) -> int:
        """Return the number of the recommendation or action that an address is about."""
        if not endpoint.startswith("impact."):
            return NUMBERS.get(endpoint, 1)
        is_open = endpoint in ("impact.say", "impact.judge")
        return int(self.silent.number if is_open else self.account.recommendation.number)

    def _meeting(self, endpoint: str) -> dict[str, object]:
        """Return the body's meeting that is held today, for what is minuted; else the one to come."""
        if not endpoint.startswith("meetings."):
            return {}
        is_held = endpoint in ("meetings.decide", "meetings.minute", "meetings.minutes", "meetings.publish")
        return {"meeting_id": self.held.id if is_held else self.meeting.id}

    def _answer(self, endpoint: str) -> dict[str, object]:
        """Return the request that its agency has answered, for what is about answers."""
        if endpoint.split(".")[0] != "death_requests" and endpoint not in ANSWERED:
            return {}
        of, file = self.panel.answered.row, self.panel.sent_file
        return {"return_id": of.id, "file_id": file.id, "section": "knows"}

    def restrict(self) -> None:
        """Let nobody but the manager see the review."""
        review = Review.get_by_id(self.action.review_id)
        review.is_restricted = True
        with change(SYSTEM) as tx:
            tx.update(review, "review.changed")
            tx.add(NamedPerson(review=review, user=self.world.manager), "review.person-named")


@pytest.fixture
def things(world: World, settings: Settings, keeper: Keeper) -> Things:
    """Give the things, on the small board."""
    return keeper.board("things", world, settings, lambda: Things(world))


def routes(app: Flask) -> list[tuple[str, str, frozenset[str]]]:
    """Return (endpoint, method, argument names) of every guarded route."""
    return [
        (rule.endpoint, method, frozenset(rule.arguments))
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        if rule.endpoint not in PUBLIC
    ]


def address_of(app: Flask, endpoint: str, things: Things, reference: str) -> str:
    """Return the address of a route to one of the things."""
    arguments = things.arguments(reference, endpoint)
    rule = next(app.url_map.iter_rules(endpoint))
    named = {name: arguments[name] for name in rule.arguments}
    return app.url_map.bind("localhost").build(endpoint, named)


def ask(
    client: FlaskClient, address: str, method: str, reference: str, token: str
) -> tuple[int, str, dict[str, str]]:
    """Return status, body and headers, with what differs in every answer taken out."""
    answer = client.open(address, method=method, data={"csrf_token": token} if method == "POST" else None)
    body = re.sub(
        r'(nonce-|nonce="|csrf_token"[^>]*value=")[^"\s;]+', "", answer.get_data().decode(errors="replace")
    )
    headers = {name: value for name, value in answer.headers if name != "Set-Cookie"}
    headers["Content-Security-Policy"] = ""
    return answer.status_code, body.replace(reference, "REFERENCE"), headers


def draw_nothing(patch: pytest.MonkeyPatch) -> None:
    """Leave pages empty: it is the status that counts here, and what pages say is read elsewhere."""
    patch.setattr(flask.templating, "_render", lambda *_: "")


def in_turn(people: set[str], turn: int) -> set[str]:
    """Return LOOK of these people, the next ones at each turn."""
    names = sorted(people)
    return {names[(turn * LOOK + place) % len(names)] for place in range(min(LOOK, len(names)))}


# A review that there never was.
ABSENT = "SCR-1999-99"


def test_everybody_has_a_turn() -> None:
    assert set().union(*(in_turn(EVERYBODY, turn) for turn in range(len(EVERYBODY)))) == EVERYBODY


def turns(app: Flask, people: set[str]) -> Iterator[tuple[int, str, str, frozenset[str], set[str]]]:
    """Yield (turn, endpoint, method, argument names, who of these asks so) of every guarded route.

    Each asks at each address: where it has two methods half of them by one and half by the other, others at
    the next address.
    """
    names, number = sorted(people), 0
    for turn, (endpoint, found) in enumerate(groupby(routes(app), lambda each: each[0])):
        methods = list(found)
        for place, (_, method, arguments) in enumerate(methods):
            among = min(METHODS, len(methods))
            asking = {name for at, name in enumerate(names) if (at + turn + place) % among == 0}
            yield number, endpoint, method, arguments, asking
            number += 1


def test_everybody_asks_at_every_address_and_half_of_them_by_each_method(app: Flask) -> None:
    asked: dict[str, set[str]] = {}
    for _, endpoint, _, _, asking in turns(app, EVERYBODY):
        assert len(asking) >= len(EVERYBODY) // 2
        asked.setdefault(endpoint, set()).update(asking)
    assert set(asked) == set(ALLOWED) and {frozenset(each) for each in asked.values()} == {
        frozenset(EVERYBODY)
    }


def test_the_table_names_every_route(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert endpoints == set(ALLOWED) | PUBLIC


def test_an_open_thing_is_reached_as_the_table_says(
    app: Flask,
    world: World,
    things: Things,
    sign_in: Callable,
    csrf_token: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    draw_nothing(monkeypatch)
    reference = things.action.review.reference
    clients = {name: sign_in(getattr(world, name)) for name in sorted(EVERYBODY)}
    wrong = []
    for turn, endpoint, method, names, asking in turns(app, EVERYBODY):
        sees = SEES_OF_ROOM.get(endpoint.split(".")[0], SEES)
        address = address_of(app, endpoint, things, reference)
        for name in in_turn(ALLOWED[endpoint], turn) | (asking - ALLOWED[endpoint]):
            # Somebody signed out stays so: whoever is asked about is in at every address.
            client = clients[name] if endpoint != "people.sign_out" else sign_in(getattr(world, name))
            status, *_ = ask(client, address, method, reference, csrf_token)
            about = bool(names) and endpoint not in KEEPS_BOARD
            if name in ALLOWED[endpoint]:
                fits = status < 500 and status not in (401, 403, 404, 405)
            elif about and (name not in sees or name in HIDDEN_WHEN_REFUSED.get(endpoint, set())):
                fits = status == 404
            else:
                fits = status in (403, 404) if endpoint in KEEPS_BOARD else status == 403
            if not fits:
                wrong.append(f"{name} {method} {endpoint}: {status}")
    assert wrong == []


def hidden_and_absent(app: Flask, things: Things, endpoint: str, names: frozenset[str]) -> list[str]:
    """Return the address of the hidden thing and of one that never existed; none where there is no such."""
    hidden = things.action.review.reference
    for argument, thing in (("challenge_id", things.challenge), ("measure_id", things.measure)):
        if argument in names:
            there = address_of(app, endpoint, things, hidden)
            return [there, there.replace(f"/{thing.id}", "/99999", 1)]
    if "reference" not in names:
        return []
    return [address_of(app, endpoint, things, each) for each in (hidden, ABSENT)]


def test_what_is_hidden_answers_as_what_never_existed(
    app: Flask,
    world: World,
    things: Things,
    sign_in: Callable,
    csrf_token: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    things.restrict()
    hidden, people = things.action.review.reference, EVERYBODY - MANAGER
    clients = {name: sign_in(getattr(world, name)) for name in sorted(people)}
    wrong = []
    for turn, endpoint, method, names, asking in turns(app, people):
        addresses = hidden_and_absent(app, things, endpoint, names)
        comparing = in_turn(people, turn) if addresses else set()
        for name in comparing:
            there = ask(clients[name], addresses[0], method, hidden, csrf_token)
            nowhere = ask(clients[name], addresses[1], method, ABSENT, csrf_token)
            if there[0] != 404 or there != nowhere:
                wrong.append(f"{name} {method} {endpoint}: {there[0]} and {nowhere[0]}")
        with monkeypatch.context() as patch:
            draw_nothing(patch)
            for name in asking - comparing if addresses else ():
                status, *_ = ask(clients[name], addresses[0], method, hidden, csrf_token)
                if status != 404:
                    wrong.append(f"{name} {method} {endpoint}: {status}")
    assert wrong == []


def test_the_named_person_still_sees_a_restricted_review(
    app: Flask, world: World, things: Things, sign_in: Callable
) -> None:
    things.restrict()
    reference = things.action.review.reference
    assert sign_in(world.manager).get(f"/reviews/{reference}").status_code == 200
    assert reference in sign_in(world.manager).get("/reviews").get_data(as_text=True)
    assert reference not in sign_in(world.chair).get("/reviews").get_data(as_text=True)


def test_nobody_signed_in_is_sent_to_sign_in(
    app: Flask, world: World, things: Things, sign_in: Callable, csrf_token: str
) -> None:
    reference = things.action.review.reference
    wrong = []
    for endpoint, method, _ in routes(app):
        address = address_of(app, endpoint, things, reference)
        status, body, headers = ask(sign_in(None), address, method, reference, csrf_token)
        to_sign_in = status == 302 and "/sign-in" in headers.get("Location", "")
        if not (to_sign_in or (method == "POST" and status in (400, 401))):
            wrong.append(f"{method} {endpoint}: {status}")
    assert wrong == []


DECIDED_OUTSIDE = [
    "assurance.check",
    "assurance.take_decision_back",
    "actions.due_date",
    "actions.decide_extension",
    "actions.decide_impossible",
    "challenges.about_action",
    "challenges.about_agency",
    "challenges.close",
    "challenges.escalate",
    "challenges.put_right",
    "voiding.challenge",
    "reviews.view_answer",
]


def answers_to(client: FlaskClient, app: Flask, things: Things, token: str, endpoints: list[str]) -> set[str]:
    """Return what this person is answered at the addresses of these decisions, but refusals."""
    reference = things.action.review.reference
    found = set()
    for endpoint, method in product(endpoints, ("GET", "POST")):
        status, *_ = ask(client, address_of(app, endpoint, things, reference), method, reference, token)
        if status != 403:
            found.add(f"{method} {endpoint}: {status}")
    return found


def test_a_chair_decides_nothing_of_their_own_agency(
    app: Flask, world: World, things: Things, sign_in: Callable, csrf_token: str
) -> None:
    own: User = world.person("police-chair", *world.chair.role_set, agency=world.police)
    assert answers_to(sign_in(own), app, things, csrf_token, DECIDED_OUTSIDE) == set()


# A challenge to an agency and the view of its answer are about no action, which might have moved; what was
# accepted does not move, and what moved since is not taken back.
NOT_MOVED = ("challenges.about_agency", "reviews.view_answer", "assurance.take_decision_back")
ABOUT_ACTIONS = [e for e in DECIDED_OUTSIDE if e not in NOT_MOVED]


@pytest.mark.parametrize("of", ["health", "probation", "police"])
def test_a_chair_decides_nothing_of_what_their_agency_took_over_or_gave_away(
    app: Flask, world: World, things: Things, sign_in: Callable, csrf_token: str, of: str
) -> None:
    manager = world.manager.viewer
    # Probation is no successor of the police: it had the action in between. Health follows the police.
    for each in Action.select().where(Action.review == things.action.review):
        if each.agency_id == world.police.id and each.assurance != "accepted":
            move_action(manager, each, Move(world.probation, TODAY, "Reorganised."))
            move_action(manager, Action.get_by_id(each.id), Move(world.police, TODAY, "Back again."))
    close_agency(manager, world.police, TODAY, world.health, 1)
    own: User = world.person(f"{of}-chair", *world.chair.role_set, agency=getattr(world, of))
    assert answers_to(sign_in(own), app, things, csrf_token, ABOUT_ACTIONS) == set()
