"""Recommendations that have come back, for tests, through the application's own operations."""

from datetime import date
from io import BytesIO

from kscb_actions import clock
from kscb_actions.assurance.erasing import refuse_erased
from kscb_actions.impact.models import ImpactAccount, ImpactJudgement
from kscb_actions.impact.rules import JudgementFacts
from kscb_actions.impact.service import judge_difference, say_difference, say_with_files
from kscb_actions.people.models import Agency, User
from kscb_actions.reviews.models import Recommendation, Review

from ..factories import World

AUDIT = b"Dip sample of 20 files, March 2012."
ACCEPTED_ON, BACK_ON = date(2011, 9, 15), date(2012, 3, 15)


def came_back(world: World, *agencies: Agency, review: Review | None = None) -> Recommendation:
    """Return a recommendation whose actions (of the police) were accepted six months before `BACK_ON`."""
    recommendation = world.recommendation(review)
    with clock.at(ACCEPTED_ON):
        for agency in agencies or (world.police,):
            world.decision(world.action(agency=agency, recommendation=recommendation))
    return recommendation


def said(world: World, recommendation: Recommendation, by: User | None = None) -> ImpactAccount:
    """Return what the police, unless told otherwise, say of it."""
    lead = (by or world.police_lead).viewer
    return say_difference(lead, recommendation, "Risk is seen sooner.", "A dip sample of 20 files.")


def said_with_files(
    world: World, recommendation: Recommendation, *names: str, expected: int = 0
) -> ImpactAccount:
    """Return what the police say of it with files of these names, each with a text of its own."""
    sent = [(name, BytesIO(AUDIT + name.encode())) for name in names]
    words = ("Risk is seen sooner.", "A dip sample of 20 files.")
    lead = world.police_lead.viewer
    return say_with_files(lead, recommendation, *words, expected, world.store, sent, refuse_erased)


def judged(world: World, recommendation: Recommendation, outcome: str = "partly") -> ImpactJudgement:
    """Return a judgement of the subgroup member; with no difference, it opens work of the health service."""
    facts = JudgementFacts(outcome, "The sample shows it.")
    if outcome == "none":
        health = world.health.id
        facts = JudgementFacts(outcome, "Nothing changed.", "Train again.", health, date(2012, 9, 30))
    return judge_difference(world.subgroup_member.viewer, recommendation, facts)


def said_and_judged(world: World, recommendation: Recommendation) -> ImpactJudgement:
    """Return the judgement of a recommendation of which the police have said what they think."""
    said(world, recommendation)
    return judged(world, recommendation)
