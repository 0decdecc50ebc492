"""What the agency of a paper shares and another leads: shown in it, and counted in none of its numbers.

The one rule of counting by agency: an action counts for the agency that leads it, so that none counts twice.
"""

from collections.abc import Iterator, Sequence

from kscb_actions.actions.models import JointOwner
from kscb_actions.actions.rating import reason_of
from kscb_actions.actions.rules import PROGRESS_NAMES, Progress
from kscb_actions.reports.content import Column, Paragraph, Row, Section, Table
from kscb_actions.terms import say
from kscb_actions.wording import plural

from ..actions import check_of, last_said, text_of, when_of
from ..counts import Counts
from ..past import among, facts_of_row, joint_then, read
from ..queries import Row as Read
from ..queries import actions_then, coded, told
from ..scope import Scope
from ..words import rated, short_date

HEADING = "Shared, led by another agency"


def shared_section(scope: Scope, counts: Counts) -> Section | None:
    """Return the actions that the agency of the paper shares on its day; None where there are none.

    Two queries for a paper on one agency.
    """
    rows = list(_list_shared(scope)) if scope.agency_id is not None else []
    if not rows or scope.agency_id is None:
        return None
    name, number = scope.agencies[scope.agency_id], plural(len(rows), "action")
    intro = (
        f"{name} shares {number} that another agency leads. Each is counted for the agency that leads it, so "
        "none of the numbers in this paper has it."
    )
    table = Table(HEADING, _columns(scope), tuple(_row(scope, counts, row) for row in rows))
    return Section(HEADING, (Paragraph(intro), table), landscape=True)


def _list_shared(scope: Scope) -> Iterator[Read]:
    joint = JointOwner.select(JointOwner.action).where(
        joint_then(scope.moment), JointOwner.agency == scope.agency_id, scope.covered.have(JointOwner.review)
    )
    ids: Sequence[int] = [row["action_id"] for row in read(joint)]
    then = actions_then(scope)
    wanted = among(then.c.id, ids) & (then.c.agency_id != scope.agency_id)
    return coded(scope, told(scope, then).where(wanted).order_by(then.c.review_id, then.c.number))


def _columns(scope: Scope) -> tuple[Column, ...]:
    columns = (
        Column("Reference", 30),
        Column("Action", 60),
        Column("Shared, led by", 48),
        Column("Due now", 22),
        Column("Timeliness", 25),
        Column("Rating", 30),
        Column(say("Board’s check, and whose turn"), 32),
    )
    return columns if scope.publication else (*columns, Column("What the agency that leads said last", 50))


def _row(scope: Scope, counts: Counts, row: Read) -> Row:
    facts = facts_of_row(row)
    leads = scope.agencies[row["agency_id"]]
    if not scope.publication:
        leads = f"{leads}\n{scope.people.get(row['lead_id'], 'No lead named')}"
    cells = (
        scope.reference(row),
        text_of(scope, row),
        f"Shared, led by {leads}",
        short_date(facts.current_due_on),
        when_of(scope, row, facts),
        rated(counts.colour_of[row["code"]], reason_of(row["code"], facts, scope.as_at)),
        check_of(scope, row, facts),
    )
    said = f"{PROGRESS_NAMES[Progress(facts.progress)]}\n{last_said(row, facts)}"
    return cells if scope.publication else (*cells, said)
