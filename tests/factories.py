"""Makes people, reviews and actions for tests, through the application's own operations."""

import io
from copy import copy, deepcopy
from datetime import date
from itertools import count
from pathlib import Path

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM, Role, Viewer
from kscb_actions.actions.models import Action
from kscb_actions.actions.service import ActionFacts, add_actions, update_progress
from kscb_actions.assurance.models import Evidence, Submission
from kscb_actions.assurance.rules import EvidenceFacts
from kscb_actions.assurance.service import Upload, add_evidence, decide, report_done
from kscb_actions.database import Model
from kscb_actions.files.store import EvidenceStore
from kscb_actions.people.models import Agency, User
from kscb_actions.people.service import add_agency, add_person
from kscb_actions.reviews.models import Recommendation, Review
from kscb_actions.reviews.publishing.models import ReleaseDecision
from kscb_actions.reviews.publishing.rules import ReleaseFacts
from kscb_actions.reviews.publishing.service import release
from kscb_actions.reviews.recommendations import add_recommendation
from kscb_actions.reviews.rules import RecommendationFacts, ReviewFacts
from kscb_actions.reviews.service import record_review

TODAY = date(2012, 3, 30)
PDF = (
    b"%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
    b"2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\n"
    b"xref\n0 1\n0000000000 65535 f \ntrailer\n<</Root 1 0 R/Size 3>>\nstartxref\n98\n%%EOF\n"
)


class World:
    """A small board: three agencies, a person of each role, and makers of the rest."""

    def __init__(self, evidence_folder: Path) -> None:
        self.store = EvidenceStore(evidence_folder)
        self._numbers = count(1)
        self.police = add_agency(SYSTEM, "KPOL", "Kent Police")
        self.health = add_agency(SYSTEM, "NHSK", "NHS Kent and Medway")
        self.probation = add_agency(SYSTEM, "KPRO", "Kent Probation")
        self.manager = self.person("manager", Role.MANAGER)
        self.chair = self.person("chair", Role.CHAIR, agency=self.probation)
        self.second_chair = self.person("second-chair", Role.CHAIR)
        self.police_lead = self.person("police-lead", Role.AGENCY_LEAD, agency=self.police)
        self.health_lead = self.person("health-lead", Role.AGENCY_LEAD, agency=self.health)
        self.probation_lead = self.person("probation-lead", Role.AGENCY_LEAD, agency=self.probation)
        self.reader = self.person("reader", Role.READER)
        self.independent_chair = self.person("independent-chair", Role.INDEPENDENT_CHAIR)
        self.police_member = self.person("police-member", Role.BOARD_MEMBER, agency=self.police)
        self.subgroup_member = self.person("subgroup-member", Role.SUBGROUP_MEMBER)
        self.cdop_member = self.person("cdop-member", Role.CDOP_MEMBER)
        self.cdop_coordinator = self.person("cdop-coordinator", Role.CDOP_COORDINATOR)
        self.cdop_chair = self.person("cdop-chair", Role.CDOP_CHAIR)
        self.death_contact = self.person("death-contact", Role.DEATH_CONTACT, agency=self.probation)

    def copied(self, evidence_folder: Path) -> "World":
        """Return the same board for a test whose database is a copy of this one's."""
        twin = copy(self)
        rows = {name: row for name, row in vars(self).items() if isinstance(row, Model)}
        vars(twin).update(deepcopy(rows), store=EvidenceStore(evidence_folder), _numbers=count(1))
        return twin

    def person(self, name: str, *roles: Role, agency: Agency | None = None) -> User:
        """Return a person with these roles; the address is <name>@board.example."""
        title = name.replace("-", " ").capitalize()
        return add_person(SYSTEM, f"{name}@board.example", title, frozenset(roles), agency)

    def review(self, reference: str | None = None, **facts: object) -> Review:
        """Return a review being monitored."""
        reference = reference or f"SCR-2011-{next(self._numbers):02}"
        kept = {"kind": "scr", "title": "Review of a case", "pseudonym": "Child A", **facts}
        return record_review(
            self.as_viewer(self.manager),
            ReviewFacts(reference=reference, **kept),  # type: ignore[arg-type]
            "monitoring",
            min(clock.today(), TODAY),
        )

    def release(self, review: Review, decided_on: date = date(2011, 1, 1), **facts: str) -> ReleaseDecision:
        """Return the independent chair's release of a review for publication."""
        kept = {"edition": "Report", "published_as": "full", "link": "", "reason": "It is agreed.", **facts}
        now = Review.get_by_id(review.id)
        facts_of = ReleaseFacts(decided_on=decided_on, **kept)
        return release(self.as_viewer(self.independent_chair), now, facts_of, now.version)

    def recommendation(self, review: Review | None = None, **facts: object) -> Recommendation:
        """Return a recommendation of a review (a new one when none is given)."""
        kept = {"text": "Share what is known of the family.", "intended_outcome": "Risk is seen.", **facts}
        return add_recommendation(
            self.as_viewer(self.manager),
            review or self.review(),
            RecommendationFacts(**kept),  # type: ignore[arg-type]
        )

    def action(
        self,
        due_on: date | None = None,
        agency: Agency | None = None,
        lead: User | None = None,
        recommendation: Recommendation | None = None,
        text: str = "Change the procedure.",
    ) -> Action:
        """Return an action (of the police, led by their lead, unless told otherwise)."""
        agency = agency or self.police
        lead = lead or {self.police.id: self.police_lead, self.health.id: self.health_lead}.get(agency.id)
        (action,) = add_actions(
            self.as_viewer(self.manager),
            recommendation or self.recommendation(),
            [agency],
            ActionFacts(text=text, success_measure="An audit shows it.", due_on=due_on),
            leads={agency.id: lead} if lead else {},
        )
        return action

    def progress(self, action: Action, progress: str = "in_progress", narrative: str = "Begun.") -> Action:
        """Record what the action's lead says of its progress."""
        return update_progress(self.as_viewer(self.lead_of(action)), action, progress, narrative)

    def evidence(self, action: Action, *files: tuple[str, bytes]) -> Evidence:
        """Return a piece of evidence with these files (one PDF when none are given)."""
        uploads = [Upload(name, io.BytesIO(data)) for name, data in files or (("policy.pdf", PDF),)]
        facts = EvidenceFacts("policy", clock.today(), "The procedure as agreed.")
        return add_evidence(self.as_viewer(self.lead_of(action)), self.store, action, facts, uploads)

    def submission(self, action: Action) -> Submission:
        """Return the action, evidenced and reported done."""
        self.evidence(action)
        before = Submission.select().where(Submission.action == action).count()
        statement = f"It is done, and {before} times more than before." if before else "It is done."
        return report_done(self.as_viewer(self.lead_of(action)), action, statement)

    def decision(self, action: Action, accepted: bool = True) -> Action:
        """Return the action, submitted and decided on by a chair from outside its agency."""
        decide(self.as_viewer(self.second_chair), self.submission(action), accepted, "Seen and judged.")
        return Action.get_by_id(action.id)

    def lead_of(self, action: Action) -> User:
        """Return a lead of the action's agency."""
        leads = (self.police_lead, self.health_lead, self.probation_lead)
        return next(lead for lead in leads if lead.agency_id == action.agency_id)

    @staticmethod
    def as_viewer(user: User) -> Viewer:
        """Return the person as the policy sees them."""
        return user.viewer
