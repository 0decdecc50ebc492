"""Members propose, each alone; the co-ordinator closes proposals, once."""

from dataclasses import dataclass

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Refused, Viewer, require
from kscb_actions.audit.service import Change, change
from kscb_actions.child_deaths.drafting.models import Draft
from kscb_actions.child_deaths.meetings.models import PanelCase, PanelMeeting
from kscb_actions.child_deaths.meetings.rules import Way
from kscb_actions.text import InvalidInput

from .models import Categorisation, Factor, PanelDecision
from .queries import Judged, has_interest, judgements_of, sits_on, who_has_proposed
from .rules import Judgement, cleaned, joined, problems_with_judgement

CLOSED = "Proposals for this meeting are closed. What you typed was not saved."
NOT_SEATED = "You do not sit on this panel."
INTEREST = "You have declared an interest in this case."
NOT_LISTED = "This case is no longer on the meeting’s agenda."
BY_DRAFT = "At this meeting nobody proposes: there is a draft of each case, and members comment on it."


def propose(
    viewer: Viewer, panel_case: PanelCase, judgement: Judgement, expected: int | None = None
) -> Categorisation:
    """Make or change this person's proposal on a case of a panel on which they sit.

    `expected` is the version that was seen, 0 when there was none. Raise InvalidInput, Refused, StaleEdit.
    """
    require(viewer, Permission.PROPOSE)
    judgement = cleaned(judgement)
    with change(viewer) as tx:
        # Asked inside the change, so that nothing is proposed after closing.
        if refusal := _why_not_propose(viewer, panel_case):
            raise Refused(refusal)
        if problems := problems_with_judgement(judgement, clock.today()):
            raise InvalidInput(problems)
        proposal = Categorisation.get_or_none(
            Categorisation.panel_case == panel_case, Categorisation.member == viewer.id
        )
        if proposal is None:
            proposal = Categorisation(panel_case=panel_case, member=viewer.id)
            _take(proposal, judgement)
            tx.add(proposal, "proposal.made")
        else:
            _take(proposal, judgement)
            before = judgements_of([proposal])[proposal.id].factors
            tx.update(proposal, "proposal.changed", expected)
            if before == judgement.factors:
                return proposal
            for factor in Factor.select().where(Factor.categorisation == proposal):
                tx.remove(factor, "proposal.factor-removed")
        add_factors(tx, judgement, proposal)
    return proposal


def close_proposals(viewer: Viewer, meeting: PanelMeeting, expected: int | None = None) -> PanelMeeting:
    """Close a meeting's proposals, for good; the trail keeps who had not proposed on which case.

    A meeting with drafts is closed as a whole: nobody comments any more, and what is not decided is free for
    another meeting. Raise Refused, StaleEdit.
    """
    require(viewer, Permission.KEEP_PANELS)
    with change(viewer) as tx:
        now = PanelMeeting.get_by_id(meeting.id)
        if now.closed_at is not None:
            raise Refused("Proposals for this meeting are closed already.")
        if now.way == Way.DRAFT:
            meeting.closed_at = clock.now()
            return tx.update(meeting, "panel.closed", expected)
        asked = who_has_proposed(viewer, meeting)
        missing = {
            str(death_id): [member.id for member, has_proposed in members if not has_proposed]
            for death_id, members in asked.items()
        }
        meeting.closed_at = clock.now()
        detail = {"not_proposed": {death_id: ids for death_id, ids in missing.items() if ids}}
        return tx.update(meeting, "proposals.closed", expected, detail)


@dataclass(frozen=True)
class _Owned:
    """Hold how factors of one kind of judgement are kept: the column of it, and the event of adding one."""

    column: str
    event: str


_OWNED = {
    Categorisation: _Owned("categorisation", "proposal.factor-added"),
    PanelDecision: _Owned("decision", "decision.factor-added"),
    Draft: _Owned("draft", "draft.factor-added"),
}


def add_factors(tx: Change, judgement: Judgement, owner: Judged) -> None:
    """Add the factors of a proposal, a draft or a decision, inside an open change."""
    owned = _OWNED[type(owner)]
    for each in judgement.factors:
        tx.add(
            Factor(
                domain=each.domain,
                code=each.code,
                influence=each.influence,
                text=each.text,
                is_modifiable=each.is_modifiable,
                **{owned.column: owner},
            ),
            owned.event,
        )


def _take(proposal: Categorisation, judgement: Judgement) -> None:
    proposal.categories = joined(judgement.categories)
    proposal.status, proposal.status_reason = judgement.status, judgement.status_reason
    proposal.learning, proposal.proposed_at = judgement.learning, clock.now()


def _why_not_propose(viewer: Viewer, panel_case: PanelCase) -> str | None:
    if PanelCase.get_or_none(PanelCase.id == panel_case.id) is None:
        return NOT_LISTED
    if not sits_on(viewer, panel_case.meeting):
        return NOT_SEATED
    if has_interest(viewer, panel_case.death):
        return INTEREST
    meeting = PanelMeeting.get_by_id(panel_case.meeting_id)
    if meeting.way == Way.DRAFT:
        return BY_DRAFT
    if meeting.closed_at is not None:
        return CLOSED
    return None
