"""A review with two recommendations and actions to which everything has happened, a canary in every text."""

import io
from datetime import date, timedelta

from kscb_actions import clock
from kscb_actions.actions.carrying.rules import CarryChoice, Dates
from kscb_actions.actions.carrying.service import carry_forward
from kscb_actions.actions.extensions import ask_extension
from kscb_actions.actions.milestones.rules import MilestoneFacts
from kscb_actions.actions.milestones.service import add_milestone
from kscb_actions.actions.models import Action, Extension, ProgressUpdate
from kscb_actions.actions.owners.service import contribute, share
from kscb_actions.assurance.challenges.models import Challenge
from kscb_actions.assurance.challenges.service import Subject, raise_challenge
from kscb_actions.assurance.checking import ask_question
from kscb_actions.assurance.models import Evidence
from kscb_actions.assurance.queries import waiting_submission
from kscb_actions.assurance.rules import EvidenceFacts
from kscb_actions.assurance.service import Upload, add_evidence
from kscb_actions.chasing.news.service import tell_at_once
from kscb_actions.chasing.providers import runs
from kscb_actions.chasing.service import chase_together
from kscb_actions.reviews.models import Recommendation, Review
from kscb_actions.reviews.recommendations import answer_recommendation
from kscb_actions.reviews.rules import ReviewFacts
from kscb_actions.reviews.service import edit_review

from ...factories import PDF, TODAY, World

# The canary in the texts of the first action, of the others, of the recommendation, and of the review; and in
# those of the update, the request for more time and the challenge of the first action.
ONE, TWO, THREE, FOUR = "Quetzalone", "Quetzaltwo", "Quetzalthree", "Quetzalfour"
SAID, ASKED, PRESSED = "Quetzalsaid", "Quetzalasked", "Quetzalpressed"
# The plan that was carried forward into the review.
EARLIER = "IP-2010-01"
BASE_URL = "http://127.0.0.1"


class Mistaken:
    """A review of which the first recommendation, with its three actions, is full of canaries.

    The second recommendation has one action, without a canary but in the review's own texts.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        lead, chair = world.as_viewer(world.police_lead), world.as_viewer(world.second_chair)
        with clock.at(date(2012, 1, 10)):
            self.review = self._carried()
            self.recommendation = world.recommendation(self.review, text=f"Share {THREE}.")
            self.kept = Action.get(Action.review == self.review)
            self.action = self._action(date(2012, 2, 1), ONE)
            self.waiting, self.asked = (
                self._action(day, TWO) for day in (date(2012, 3, 1), date(2012, 4, 2))
            )
        with clock.at(date(2012, 2, 20)):
            answer_recommendation(
                world.as_viewer(world.manager), self.recommendation, world.police, "partly", f"Not {THREE}."
            )
            world.progress(self.action, narrative=f"Begun {ONE} {SAID}.")
            self._share()
            self._evidence(self.action)
            ask_extension(lead, self._now(self.action), date(2012, 7, 1), f"Late for {ONE} {ASKED}.")
            for each in (self.waiting, self.asked):
                world.submission(self._now(each))
            submission = waiting_submission(self.asked)
            assert submission
            ask_question(chair, submission, f"Who is {TWO}?", world.police_lead.id, BASE_URL)
            subject = Subject(world.police, self._now(self.action), self.recommendation)
            raise_challenge(
                chair, subject, "lead", f"Why {ONE} {PRESSED}?", TODAY - timedelta(days=2), BASE_URL
            )
            about = Subject(world.police, None, self.recommendation)
            raise_challenge(chair, about, "lead", f"What of {THREE}?", TODAY - timedelta(days=2), BASE_URL)
            tell_at_once(BASE_URL)
        for run in runs():
            chase_together(run, TODAY, BASE_URL)

    def _carried(self) -> Review:
        """Return the review, into which a plan without a canary was carried forward."""
        manager, earlier = self.world.as_viewer(self.world.manager), self.world.review(EARLIER)
        listen = self.world.recommendation(earlier, text="Listen.")
        action = self.world.action(date(2012, 2, 1), recommendation=listen, text="Do listen.")
        choice = CarryChoice("SCR-2011-01", f"A title {FOUR}", Dates.KEPT, frozenset({action.id}))
        review = carry_forward(manager, earlier, choice)
        facts = ReviewFacts(review.reference, review.kind, review.title, "Child A", f"Of it {FOUR}")
        return edit_review(manager, review, facts, review.version)

    def _share(self) -> None:
        """Let another agency share the first action and say what it did, and give it a milestone."""
        world, step = self.world, MilestoneFacts(f"Half of {ONE}.", date(2012, 3, 1))
        add_milestone(world.as_viewer(world.police_lead), self._now(self.action), step)
        share(world.as_viewer(world.manager), self._now(self.action), world.health, world.health_lead)
        contribute(world.as_viewer(world.health_lead), self._now(self.action), f"We did {ONE}.")

    def _action(self, due_on: date, canary: str) -> Action:
        return self.world.action(due_on, recommendation=self.recommendation, text=f"Change {canary}.")

    def _evidence(self, action: Action) -> Evidence:
        facts = EvidenceFacts("policy", clock.today(), f"The procedure of {ONE}.")
        lead = self.world.as_viewer(self.world.police_lead)
        return add_evidence(
            lead, self.world.store, self._now(action), facts, [Upload(f"{ONE}.pdf", io.BytesIO(PDF))]
        )

    @staticmethod
    def _now(action: Action) -> Action:
        return Action.get_by_id(action.id)

    @staticmethod
    def entries() -> tuple[ProgressUpdate, Extension]:
        """Return the entries of the first action's history that are to be marked."""
        return ProgressUpdate.select().order_by(ProgressUpdate.id).get(), Extension.get()

    def thing(self, kind: str) -> Review | Recommendation | Action | Challenge:
        """Return the thing of a kind that is to be marked, as it is now."""
        if kind == "challenge":
            return Challenge.get(Challenge.action == self.action)
        model = {"review": Review, "recommendation": Recommendation, "action": Action}[kind]
        row = getattr(self, kind)
        return model.get_by_id(row.id)

    def names(self, kind: str) -> list[str]:
        """Return what people call the things that go with it, and the canaries in their texts."""
        if kind == "entries":
            return [SAID, ASKED]
        if kind == "challenge":
            return [PRESSED, "C1"]
        if kind == "action":
            return [self.action.reference, "C1", ONE]
        actions = [self.action.reference, self.waiting.reference, self.asked.reference]
        challenges = [each.reference for each in Challenge.select()]
        found = [*actions, *challenges, ONE, TWO, THREE]
        return [*found, self.kept.reference, self.review.reference, FOUR] if kind == "review" else found
