"""Recording a plan by hand: a recommendation with the actions that stand in the rows of one page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kscb_actions.access.policy import Permission, Viewer
from kscb_actions.actions.models import Action
from kscb_actions.actions.rules import problems_with_action
from kscb_actions.actions.service import ActionFacts, add_within, cleaned, why_not_lead
from kscb_actions.audit.service import change
from kscb_actions.people.models import Agency, User
from kscb_actions.reviews.models import Recommendation, Review
from kscb_actions.reviews.queries import require_on
from kscb_actions.reviews.recommendations import add_within as add_recommendation_within
from kscb_actions.reviews.recommendations import problems_of
from kscb_actions.reviews.rules import RecommendationFacts
from kscb_actions.text import InvalidInput

from .rules import MOST_ROWS


@dataclass(frozen=True)
class Row:
    """One row of a page: the same action for each of `agencies`; `leads` is {agency id: lead}.

    Its messages are put under `key` and a field's name, like "r2_text".
    """

    key: str
    agencies: Sequence[Agency]
    leads: Mapping[int, User]
    facts: ActionFacts


def record_recommendation(
    viewer: Viewer, review: Review, facts: RecommendationFacts, rows: Sequence[Row]
) -> tuple[Recommendation, list[Action]]:
    """Record a recommendation and its actions in one step, or nothing. Raises InvalidInput."""
    require_on(viewer, Permission.EDIT_REVIEW, review)
    require_on(viewer, Permission.EDIT_ACTION, review)
    with change(viewer) as tx:
        problems = problems_with_plan(review, facts, rows)
        if problems:
            raise InvalidInput(problems)
        recommendation = add_recommendation_within(tx, review, facts)
        return recommendation, add_within(tx, recommendation, _wanted(rows)) if rows else []


def record_actions(viewer: Viewer, recommendation: Recommendation, rows: Sequence[Row]) -> list[Action]:
    """Record several actions under a recommendation in one step, or none. Raises InvalidInput, Refused."""
    require_on(viewer, Permission.EDIT_ACTION, recommendation.review)
    problems = problems_with_rows(recommendation.review, rows)
    if problems:
        raise InvalidInput(problems)
    with change(viewer) as tx:
        return add_within(tx, recommendation, _wanted(rows))


def problems_with_plan(review: Review, facts: RecommendationFacts, rows: Sequence[Row]) -> dict[str, str]:
    """Return {field: message} for everything that is wrong with a recommendation and the rows under it."""
    found = problems_with_rows(review, rows) if rows else {}
    return problems_of(review, facts) | found


def problems_with_rows(review: Review, rows: Sequence[Row]) -> dict[str, str]:
    """Return {field: message} for everything that is wrong with the rows of a page; there has to be one."""
    if not rows:
        return {"rows": "Fill in at least one action."}
    if sum(len(row.agencies) for row in rows) > MOST_ROWS:
        return {"rows": f"Record at most {MOST_ROWS} actions at once."}
    problems: dict[str, str] = {}
    for row in rows:
        problems |= {f"{row.key}_{name}": message for name, message in _problems_with(review, row).items()}
    return problems


def _problems_with(review: Review, row: Row) -> dict[str, str]:
    facts = cleaned(row.facts)
    problems = problems_with_action(facts.text, facts.success_measure, facts.due_written)
    if not row.agencies:
        problems["agency"] = "Choose an agency."
    for agency in row.agencies:
        wrong = why_not_lead(review, agency.id, row.leads.get(agency.id))
        if wrong:
            problems["lead"] = wrong
    return problems


def _wanted(rows: Sequence[Row]) -> list[tuple[Agency, User | None, ActionFacts]]:
    return [(agency, row.leads.get(agency.id), row.facts) for row in rows for agency in row.agencies]
