"""Changing actions: recording, editing, progress and standing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import peewee

from kscb_actions import clock, prepared
from kscb_actions.access.policy import Permission, Refused, Role, Viewer
from kscb_actions.audit.service import Change, change
from kscb_actions.people.models import Agency, User
from kscb_actions.people.rules import why_nothing_new
from kscb_actions.reviews.endings import (
    ENDING_NAMES,
    EVENTS,
    Ending,
    problems_with_bringing_back,
    problems_with_ending,
)
from kscb_actions.reviews.models import AgencyResponse, Recommendation, Review
from kscb_actions.reviews.queries import is_named, require_on
from kscb_actions.reviews.recommendations import require_standing
from kscb_actions.text import InvalidInput, clean_text, one_line

from .earlier.rules import Past, state_after
from .handover import unfinished
from .models import Action, ProgressUpdate, facts_of
from .rules import (
    PROGRESS_NAMES,
    STANDING_NAMES,
    VOID,
    Progress,
    Standing,
    problem_with_narrative,
    problem_with_reason,
    problems_with_action,
    why_closed,
    why_not_standing,
)


@dataclass(frozen=True)
class ActionFacts:
    """What is recorded of an action; the date may be missing, the lead may come later.

    `due_written`: how the due date is written, where that is not the date itself.
    `past`: what happened to it before the board used this product.
    """

    text: str
    success_measure: str = ""
    due_on: date | None = None
    due_written: str = ""
    past: Past | None = None


def add_actions(
    viewer: Viewer,
    recommendation: Recommendation,
    agencies: Iterable[Agency],
    facts: ActionFacts,
    leads: dict[int, User] | None = None,
) -> list[Action]:
    """Record one action for each agency in one step; `leads` is {agency id: lead}.

    Every agency named is asked for its answer to the recommendation. Raises InvalidInput, where a lead
    is wrong under lead_<agency id>, and Refused where the recommendation is withdrawn.
    """
    require_on(viewer, Permission.EDIT_ACTION, recommendation.review)
    chosen, leads = list(agencies), leads or {}
    facts = cleaned(facts)
    problems = problems_with_action(facts.text, facts.success_measure, facts.due_written)
    if not chosen:
        problems["agencies"] = "Choose at least one agency."
    elif closed := why_nothing_new(agency.name for agency in chosen if not agency.is_active):
        problems["agencies"] = closed
    for agency in chosen:
        wrong = why_not_lead(recommendation.review, agency.id, leads.get(agency.id))
        if wrong:
            problems[f"lead_{agency.id}"] = wrong
    if problems:
        raise InvalidInput(problems)
    with change(viewer) as tx:
        return add_within(tx, recommendation, [(each, leads.get(each.id), facts) for each in chosen])


def add_within(
    tx: Change, recommendation: Recommendation, wanted: Iterable[tuple[Agency, User | None, ActionFacts]]
) -> list[Action]:
    """Record these actions in an open change; their facts are in order and their leads are fit to lead.

    Every agency named is asked for its answer. Raises Refused where the recommendation has ended.
    """
    # Both are read inside the change, where nobody else can withdraw it or take the next number.
    require_standing(recommendation.id)
    number, added = _highest_number(recommendation.review), []
    for count, (agency, lead, facts) in enumerate(wanted, start=1):
        action = _new_action(recommendation, number + count, agency, lead, cleaned(facts))
        added.append(tx.add(action, "action.added"))
        ask_for_answer(tx, recommendation, agency)
    return added


def add_all_within(
    tx: Change, review: Review, wanted: Sequence[tuple[Recommendation, Agency, User | None, ActionFacts]]
) -> list[Action]:
    """Record many actions of a review in an open change, as `add_within` of one after another would.

    Raises Refused where a recommendation has ended.
    """
    ended = Recommendation.select().where(
        Recommendation.review == review, Recommendation.withdrawn_on.is_null(False) | Recommendation.is_void
    )
    gone = {each.id for each in ended}
    for recommendation, *_ in wanted:
        if recommendation.id in gone:
            require_standing(recommendation.id)
    added = []
    for number, (recommendation, agency, lead, facts) in enumerate(wanted, _highest_number(review) + 1):
        added.append(_new_action(recommendation, number, agency, lead, cleaned(facts)))
    tx.add_all(added, "action.added")
    _ask_for_answers(tx, review, added)
    return added


def edit_action(
    viewer: Viewer, action: Action, facts: ActionFacts, lead: User | None, expected: int
) -> Action:
    """Change an action's words and lead. A first due date may be set where there was none.

    The agency stays: an action for another agency is another action. Raises InvalidInput, StaleEdit.
    """
    require_on(viewer, Permission.EDIT_ACTION, action.review)
    facts = cleaned(facts)
    problems = problems_with_action(facts.text, facts.success_measure, facts.due_written)
    if action.current_due_on is not None and facts.due_on != action.current_due_on:
        problems["due_on"] = "Change the due date on its own page, with the reason."
    # A lead of long standing may have left or changed roles since: only a new one has to be fit to lead.
    new_lead = lead if lead and lead.id != action.lead_id else None
    wrong = why_not_lead(action.review, action.agency_id, new_lead)
    if wrong:
        problems["lead"] = wrong
    if problems:
        raise InvalidInput(problems)
    if action.current_due_on is None and facts.due_on is not None:
        action.original_due_on = action.current_due_on = facts.due_on
        action.due_written = facts.due_written or action.due_written
    action.text, action.success_measure, action.lead = facts.text, facts.success_measure, lead
    with change(viewer) as tx:
        return tx.update(action, "action.changed", expected)


def update_progress(
    viewer: Viewer, action: Action, progress: str, narrative: str, expected: int | None = None
) -> Action:
    """Append what the agency says of its action. Done is reported with evidence, not here.

    Raises InvalidInput, Refused, StaleEdit.
    """
    require_on(viewer, Permission.UPDATE_ACTION, action.review, action.owners)
    closed = why_closed(facts_of(action))
    if closed:
        raise Refused(closed)
    problems = problem_with_narrative(clean_text(narrative))
    if progress == Progress.DONE:
        problems["progress"] = "Attach the evidence first, then report the action done."
    elif progress not in PROGRESS_NAMES:
        problems["progress"] = "Choose how far the action is."
    if problems:
        raise InvalidInput(problems)
    return append_progress(viewer, action, progress, narrative, "action.updated", expected)


def append_progress(
    viewer: Viewer, action: Action, progress: str, narrative: str, event: str, expected: int | None
) -> Action:
    """Append a progress update and keep what it says on the action. The caller has checked the rules."""
    narrative = clean_text(narrative)
    if problems := problem_with_narrative(narrative):
        raise InvalidInput(problems)
    action.progress, action.updated_on = progress, clock.today()
    with change(viewer) as tx:
        tx.update(action, event, expected)
        tx.add(
            ProgressUpdate(
                review=action.review_id,
                action=action,
                progress=progress,
                narrative=narrative,
                by=viewer.id,
                at=clock.now(),
            ),
            "action.progress-told",
        )
    return action


def set_standing(
    viewer: Viewer, action: Action, standing: str, reason: str, expected: int | None = None
) -> Action:
    """Put an action on hold, supersede or withdraw it, or make it active again. Raises InvalidInput."""
    require_on(viewer, Permission.EDIT_ACTION, action.review)
    with change(viewer) as tx:
        return standing_within(tx, action, standing, clean_text(reason), expected)


def standing_within(tx: Change, action: Action, standing: str, reason: str, expected: int | None) -> Action:
    """Give an action a standing in an open change, by somebody who may. Raises InvalidInput, StaleEdit."""
    problems = problem_with_reason(reason, "Say why, for whoever reads this later.")
    if wrong := _why_not_standing(action, standing):
        problems["standing"] = wrong
    if problems:
        raise InvalidInput(problems)
    action.standing = standing
    action.standing_reason = reason if standing != Standing.ACTIVE else ""
    return tx.update(action, "action.standing-changed", expected, {"reason": reason})


def _why_not_standing(action: Action, standing: str) -> str | None:
    if standing not in STANDING_NAMES:
        return "Choose what is to happen to the action."
    ended = prepared.get(Recommendation, action.recommendation_id).ended_as
    is_carried = any(standing not in (Standing.WITHDRAWN, VOID) for (standing,) in _carried(id=action.id))
    name = ENDING_NAMES[ended].lower() if ended else ""
    return why_not_standing(facts_of(action), Standing(standing), name, is_carried)


@prepared.prepared
def _carried(*, id: Any) -> Any:
    """Return the standings of what an action is carried into."""
    return Action.select(Action.standing).where(Action.carried_from == id).tuples()


def _new_action(
    recommendation: Recommendation, number: int, agency: Agency, lead: User | None, facts: ActionFacts
) -> Action:
    action = Action.of(
        {
            "number": number,
            "text": facts.text,
            "success_measure": facts.success_measure,
            "original_due_on": facts.due_on,
            "current_due_on": facts.due_on,
            "due_written": facts.due_written or None,
            # Said of every action, so that those with a past and those without are written together.
            "reported_done_on": None,
            "updated_on": clock.today(),
        },
        review=recommendation.review,
        recommendation=recommendation,
        agency=agency,
        lead=lead,
    )
    if facts.past:
        for name, value in state_after(facts.past, facts.due_on, facts.due_on).items():
            setattr(action, name, value)
    return action


def cleaned(facts: ActionFacts) -> ActionFacts:
    """Return the facts with their texts as they would be kept."""
    texts = clean_text(facts.text), clean_text(facts.success_measure)
    return ActionFacts(*texts, facts.due_on, one_line(facts.due_written), facts.past)


def why_not_lead(review: Review, agency_id: int, lead: User | None) -> str | None:
    """Return why this person cannot lead an action of that agency; None when they can, or nobody is named."""
    if lead is None:
        return None
    if lead.agency_id != agency_id or Role.AGENCY_LEAD not in lead.role_set or not lead.is_active:
        return f"{lead.name} is not an active lead of that agency."
    if review.is_restricted and not is_named(review, lead.id):
        return f"This review is restricted. Name {lead.name} on it first."
    return None


def _highest_number(review: Review) -> int:
    return Action.select(peewee.fn.MAX(Action.number)).where(Action.review == review).scalar() or 0


def ask_for_answer(tx: Change, recommendation: Recommendation, agency: Agency) -> None:
    """Ask an agency for its answer to a recommendation, in the open change, unless it has been asked."""
    asked = AgencyResponse.select().where(
        AgencyResponse.recommendation == recommendation, AgencyResponse.agency == agency
    )
    if not asked.exists():
        tx.add(
            AgencyResponse(review=recommendation.review, recommendation=recommendation, agency=agency),
            "recommendation.answer-asked",
        )


def _ask_for_answers(tx: Change, review: Review, actions: Iterable[Action]) -> None:
    """Ask the agencies of these actions for their answers, unless they have been asked."""
    wanted = dict.fromkeys((each.recommendation_id, each.agency_id) for each in actions)
    responses = AgencyResponse.select(AgencyResponse.recommendation, AgencyResponse.agency).where(
        AgencyResponse.review == review, AgencyResponse.recommendation >= min(wanted, default=(0, 0))[0]
    )
    asked = set(prepared.named_rows(responses))
    rows = [
        AgencyResponse.of({"review": review.id, "recommendation": recommendation, "agency": agency})
        for recommendation, agency in wanted
        if (recommendation, agency) not in asked
    ]
    tx.add_all(rows, "recommendation.answer-asked")


def withdraw_recommendation(
    viewer: Viewer, recommendation: Recommendation, reason: str, expected: int
) -> Recommendation:
    """Withdraw a recommendation that the Board gave up or another overtook: `end_recommendation`."""
    return end_recommendation(viewer, recommendation, Ending.WITHDRAWN, reason, expected)


def end_recommendation(
    viewer: Viewer, recommendation: Recommendation, ending: str, reason: str, expected: int
) -> Recommendation:
    """Say that a recommendation is withdrawn, noted, or not for this Board. It stays on record.

    Its actions are all finished, superseded or withdrawn before. Raises InvalidInput, StaleEdit.
    """
    require_on(viewer, Permission.EDIT_REVIEW, recommendation.review)
    reason = clean_text(reason)
    with change(viewer) as tx:
        references = [action.reference for action in list_unfinished(recommendation)]
        problems = problems_with_ending(ending, reason, recommendation.ended_as, references)
        if problems:
            raise InvalidInput(problems)
        recommendation.withdrawn_on, recommendation.withdrawn_reason = clock.today(), reason
        recommendation.ending = ending
        return tx.update(recommendation, EVENTS[Ending(ending)], expected)


def bring_back_recommendation(
    viewer: Viewer, recommendation: Recommendation, reason: str, expected: int
) -> Recommendation:
    """Let a recommendation that has ended stand again; its actions stay as they are.

    Raises InvalidInput, StaleEdit.
    """
    require_on(viewer, Permission.EDIT_REVIEW, recommendation.review)
    reason = clean_text(reason)
    problems = problems_with_bringing_back(reason, recommendation.ended_as)
    if problems:
        raise InvalidInput(problems)
    recommendation.withdrawn_on, recommendation.withdrawn_reason, recommendation.ending = None, "", ""
    with change(viewer) as tx:
        return tx.update(recommendation, "recommendation.brought-back", expected, {"reason": reason})


def list_unfinished(recommendation: Recommendation) -> list[Action]:
    """Return the actions of a recommendation that may still need doing, by number.

    They keep it from ending: what is on hold or waits for its check can come back to the agency, so
    it counts. For somebody who sees all of the review.
    """
    return list(
        Action.select(Action, Review, Agency)
        .join_from(Action, Review)
        .join_from(Action, Agency)
        .where(Action.recommendation == recommendation, *unfinished())
        .order_by(Action.number)
    )
