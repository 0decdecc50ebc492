"""What the Board of the demonstration put right: dates, a double; and what is owned together, in steps."""

from collections.abc import Iterator
from datetime import date
from functools import partial

from kscb_actions.actions.milestones.models import Milestone
from kscb_actions.actions.milestones.rules import MilestoneFacts
from kscb_actions.actions.milestones.service import add_milestone, reach_milestone
from kscb_actions.actions.models import Action
from kscb_actions.actions.owners.service import contribute, share
from kscb_actions.actions.service import ActionFacts, add_actions, end_recommendation
from kscb_actions.assurance.correcting.rules import Which
from kscb_actions.assurance.correcting.service import correct_date
from kscb_actions.assurance.voiding.service import void
from kscb_actions.reviews.models import Recommendation, Review, StageReached
from kscb_actions.reviews.stages import correct_stage

from .content import MANAGER, PlannedRecommendation, PlannedReview, Table
from .schedule import ScheduledEvent
from .story_builder import Plot
from .story_runner import LoadedBoard

UPKEEP_HOUR = 14


def upkeep_events(loaded: LoadedBoard, review: PlannedReview) -> Iterator[ScheduledEvent]:
    """Yield what happens to a review's stages, recommendations and actions beside their stories."""
    for stage in review.stages:
        if "put_right_on" in stage:
            run = partial(_correct_stage, loaded, review.reference, stage)
            yield ScheduledEvent(stage["put_right_on"], UPKEEP_HOUR, run)
    for each in review.recommendations:
        if each.ends:
            yield ScheduledEvent(each.ends[1], UPKEEP_HOUR, partial(_end, loaded, review.reference, each))
    for plot in review.plots():
        yield from _plot_events(loaded, plot)


def due_as_typed(plot: Plot) -> date | None:
    """Return the due date that was typed at first, which may be wrong."""
    typed: date | None = plot.own.get("typed", plot.due_on)
    return typed


def _plot_events(loaded: LoadedBoard, plot: Plot) -> Iterator[ScheduledEvent]:
    own = plot.own
    if "put_right_on" in own:
        yield ScheduledEvent(own["put_right_on"], UPKEEP_HOUR, partial(_correct_due, loaded, plot))
    if "double" in own:
        double = own["double"]
        made: list[int] = []
        yield ScheduledEvent(double["on"], UPKEEP_HOUR, partial(_record_again, loaded, plot, made))
        yield ScheduledEvent(double["voided_on"], UPKEEP_HOUR, partial(_void, loaded, double, made))
    for joint in own.get("joint", ()):
        yield ScheduledEvent(plot.added_on, UPKEEP_HOUR, partial(_share, loaded, plot, joint))
        if "said_on" in joint:
            yield ScheduledEvent(joint["said_on"], UPKEEP_HOUR, partial(_contribute, loaded, plot, joint))
    for milestone in own.get("milestones", ()):
        yield ScheduledEvent(plot.added_on, UPKEEP_HOUR, partial(_add_milestone, loaded, plot, milestone))
        if "done_on" in milestone:
            yield ScheduledEvent(milestone["done_on"], UPKEEP_HOUR, partial(_reach, loaded, plot, milestone))


def _action(loaded: LoadedBoard, plot: Plot) -> Action:
    found: Action = Action.get_by_id(loaded.actions[plot.key])
    return found


def _correct_stage(loaded: LoadedBoard, reference: str, stage: Table) -> None:
    review = Review.get(Review.reference == reference)
    wrong = StageReached.get(
        StageReached.review == review,
        StageReached.stage == stage["stage"],
        StageReached.reached_on == stage["typed"],
    )
    manager = loaded.viewer(MANAGER)
    correct_stage(manager, wrong, stage["on"], stage["put_right"], wrong.review.version)


def _end(loaded: LoadedBoard, reference: str, planned: PlannedRecommendation) -> None:
    review = Review.get(Review.reference == reference)
    recommendation = Recommendation.get(
        Recommendation.review == review, Recommendation.number == planned.number
    )
    if planned.ends:
        how, _, why = planned.ends
        end_recommendation(loaded.viewer(MANAGER), recommendation, how, why, recommendation.version)


def _correct_due(loaded: LoadedBoard, plot: Plot) -> None:
    action, reason = _action(loaded, plot), str(plot.own["put_right"])
    correct_date(loaded.viewer(MANAGER), action, Which.DUE, plot.due_on, reason, action.version)


def _record_again(loaded: LoadedBoard, plot: Plot, made: list[int]) -> None:
    """Record the action a second time, and keep the id in `made`."""
    action = _action(loaded, plot)
    facts = ActionFacts(action.text, action.success_measure, action.current_due_on)
    recommendation: Recommendation = action.recommendation
    leads = {action.agency_id: action.lead}
    (double,) = add_actions(loaded.viewer(MANAGER), recommendation, [action.agency], facts, leads)
    made.append(double.id)


def _void(loaded: LoadedBoard, double: Table, made: list[int]) -> None:
    (double_id,) = made
    action = Action.get_by_id(double_id)
    void(loaded.viewer(MANAGER), action, double["reason"], action.version)


def _share(loaded: LoadedBoard, plot: Plot, joint: Table) -> None:
    agency = loaded.agencies[joint["agency"]]
    share(loaded.viewer(MANAGER), _action(loaded, plot), agency, loaded.people[joint["contact"]])


def _contribute(loaded: LoadedBoard, plot: Plot, joint: Table) -> None:
    contribute(loaded.viewer(joint["contact"]), _action(loaded, plot), joint["said"])


def _add_milestone(loaded: LoadedBoard, plot: Plot, planned: Table) -> None:
    facts = MilestoneFacts(planned["text"], planned["due"])
    add_milestone(loaded.viewer(MANAGER), _action(loaded, plot), facts)


def _reach(loaded: LoadedBoard, plot: Plot, planned: Table) -> None:
    milestone = Milestone.get(Milestone.action == _action(loaded, plot).id, Milestone.text == planned["text"])
    reach_milestone(loaded.viewer(plot.lead), milestone, planned["done_on"], milestone.version)
