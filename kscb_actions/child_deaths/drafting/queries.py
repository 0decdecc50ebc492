"""Drafts and comments, always read for a viewer."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM, Permission, Reach, Role, Viewer, reach
from kscb_actions.child_deaths.judging.models import PanelDecision
from kscb_actions.child_deaths.judging.queries import (
    has_interest,
    judgements_of,
    list_cases,
    people_with_interest,
    sits_on,
)
from kscb_actions.child_deaths.judging.rules import Judgement
from kscb_actions.child_deaths.meetings.models import PanelCase, PanelMeeting, PanelSeat
from kscb_actions.child_deaths.meetings.rules import Way
from kscb_actions.child_deaths.visibility import get_panel_case
from kscb_actions.people.models import User

from .models import Draft, DraftComment
from .rules import Said, may_draft, when_said, who_owes_comment, why_closed


@dataclass(frozen=True)
class Drafted:
    """Hold a draft with its judgement, which is None when it is withdrawn: its drafter has an interest."""

    draft: Draft
    judgement: Judgement | None


@dataclass(frozen=True)
class CaseDraft:
    """Hold where the draft of a case on an agenda stands, for lists.

    drafter    who was named to draft it, and can; None: the co-ordinator drafts it
    is_drafted  whether there is a draft that counts
    commented  {who with a seat has said something: how often}
    owing      who with a seat has yet to say something of the draft, or that there is nothing to add
    """

    drafter: User | None
    is_drafted: bool
    commented: Mapping[int, int]
    owing: frozenset[int]


def get_case_to_draft(viewer: Viewer, meeting_id: int, death_id: int) -> PanelCase | None:
    """Return a case that this person may draft, or None; for the page on which it is drafted."""
    case = _by_draft(viewer, meeting_id, death_id)
    return case if case and can_draft(viewer, case) else None


def get_case_to_comment(viewer: Viewer, meeting_id: int, death_id: int) -> PanelCase | None:
    """Return a case on which this person may comment, or None.

    Who keeps panels writes down what others say.
    """
    case = _by_draft(viewer, meeting_id, death_id)
    return case if case and (keeps_panels(viewer) or sits_on(viewer, case.meeting)) else None


def get_own_comment(viewer: Viewer, meeting_id: int, death_id: int, comment_id: int) -> DraftComment | None:
    """Return a comment that this person made or wrote down, or None where it is hidden or does not exist."""
    case = _by_draft(viewer, meeting_id, death_id)
    own = viewer.id or 0
    if case is None:
        return None
    return (
        DraftComment.select()
        .where(
            DraftComment.id == comment_id,
            DraftComment.panel_case == case,
            (DraftComment.member == own) | (DraftComment.recorded_by == own),
        )
        .first()
    )


def can_draft(viewer: Viewer, case: PanelCase) -> bool:
    """Return whether this person, who sees a case, may draft it."""
    has_seat = sits_on(viewer, case.meeting)
    is_named = case.drafter_id is not None and case.drafter_id == viewer.id
    return may_draft(keeps_panels(viewer), is_named, has_seat) and not has_interest(viewer, case.death)


def keeps_panels(viewer: Viewer) -> bool:
    """Return whether this person keeps panels."""
    return viewer.is_system or reach(viewer, Permission.KEEP_PANELS) is Reach.ALL


def why_not_now(case: PanelCase) -> str | None:
    """Return why nothing can be drafted or commented on a case any more; None when it can."""
    meeting = PanelMeeting.get_by_id(case.meeting_id)
    here = PanelDecision.select().where(
        PanelDecision.death == case.death_id, PanelDecision.meeting == meeting
    )
    return why_closed(meeting.way, meeting.closed_at, here.exists())


def draft_of(viewer: Viewer, case: PanelCase) -> Drafted | None:
    """Return the draft of a case on an agenda; None without one, or where this person sees no such case."""
    if not viewer.is_system and get_panel_case(viewer, case.meeting_id, case.death_id) is None:
        return None
    draft = Draft.select(Draft, User).join(User).where(Draft.panel_case == case).first()
    if draft is None:
        return None
    is_withdrawn = draft.drafted_by_id in people_with_interest([case.death_id])[case.death_id]
    return Drafted(draft, None if is_withdrawn else judgements_of([draft])[draft.id])


def earlier_draft(viewer: Viewer, case: PanelCase) -> Drafted | None:
    """Return the newest draft of the same case at another meeting, from which a draft can begin; or None."""
    draft = (
        Draft.select(Draft, User, PanelCase)
        .join_from(Draft, User)
        .join_from(Draft, PanelCase)
        .where(PanelCase.death == case.death_id, PanelCase.id != case.id)
        .order_by(Draft.id.desc())
        .first()
    )
    return draft_of(SYSTEM, draft.panel_case) if draft and not has_interest(viewer, case.death) else None


def comments_of(viewer: Viewer, case: PanelCase) -> list[Said]:
    """Return what was said of a case at a meeting, in its order; of a corrected comment the one that stands.

    Of who has declared an interest it has that they did, and no text. None where this person does not see it.
    """
    if not viewer.is_system and get_panel_case(viewer, case.meeting_id, case.death_id) is None:
        return []
    rows = list(DraftComment.select().where(DraftComment.panel_case == case).order_by(DraftComment.id))
    if not rows:
        return []
    version = Draft.select(Draft.version).where(Draft.panel_case == case).scalar()
    held_on = PanelMeeting.get_by_id(case.meeting_id).held_on
    names = dict(User.select(User.id, User.name).where(User.id.in_(_people(rows))).tuples())
    with_interest = people_with_interest([case.death_id])[case.death_id]
    by_id = {row.id: row for row in rows}
    replaced = {row.replaces_id for row in rows}
    standing = [row for row in rows if row.id not in replaced]
    found = [
        Said(
            id=row.id,
            member_id=row.member_id,
            member=names[row.member_id],
            recorded_by_id=row.recorded_by_id,
            recorded_by=names[row.recorded_by_id],
            text=None if row.member_id in with_interest else row.text,
            said_at=row.said_at,
            when=when_said(clock.local_date(row.said_at), held_on),
            is_on_this=row.draft_version == (version or 0),
            before=() if row.member_id in with_interest else _before(row, by_id),
        )
        for row in standing
    ]
    return sorted(found, key=lambda said: (said.said_at, said.id))


def latest_of(comment: DraftComment) -> DraftComment:
    """Return what stands in the place of a comment: its last correction, or itself."""
    while later := DraftComment.get_or_none(DraftComment.replaces == comment):
        comment = later
    return comment


def drafts_of(viewer: Viewer, meeting: PanelMeeting) -> dict[int, CaseDraft]:
    """Return {case of the agenda: where its draft stands} of those that this person sees. Six queries."""
    cases = list_cases(viewer, meeting)
    return drafts_of_cases({case.id: (case.death_id, case.drafter_id) for case in cases}, meeting)


def drafts_of_cases(
    cases: Mapping[int, tuple[int, int | None]], meeting: PanelMeeting
) -> dict[int, CaseDraft]:
    """Return the same for {case of the agenda: (death, who was named)} of one meeting, whoever reads."""
    if not cases or meeting.way != Way.DRAFT:
        return {}
    members = {user.id: user for user in active_seated(meeting)}
    with_interest = people_with_interest([death for death, _ in cases.values()])
    drafted = dict(
        Draft.select(Draft.panel_case, Draft.drafted_by).where(Draft.panel_case.in_(list(cases))).tuples()
    )
    said: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    rows = DraftComment.select(DraftComment.panel_case, DraftComment.member).where(
        DraftComment.panel_case.in_(list(cases)), DraftComment.replaces.is_null()
    )
    for case_id, member in rows.tuples():
        said[case_id][member] += 1
    found = {}
    for case_id, (death_id, named) in cases.items():
        closed_to, drafter = with_interest[death_id], drafted.get(case_id)
        is_drafted = drafter is not None and drafter not in closed_to
        owing = (
            who_owes_comment(members, drafter or 0, said[case_id], closed_to) if is_drafted else frozenset()
        )
        able = members.get(named or 0) if named not in closed_to else None
        found[case_id] = CaseDraft(able, is_drafted, dict(said[case_id]), owing)
    return found


def active_seated(meeting: PanelMeeting) -> list[User]:
    """Return who has a seat at a meeting and can still use it, by name."""
    seats = PanelSeat.select(PanelSeat.user).where(PanelSeat.meeting == meeting)
    people = User.select().where(User.id.in_(seats), User.is_active).order_by(User.name, User.id)
    return [user for user in people if Role.CDOP_MEMBER in user.role_set]


def may_be_named(meeting: PanelMeeting, deaths: Collection[int]) -> dict[int, list[User]]:
    """Return {death: who can be named to draft it}: those with a seat who have no interest in the case."""
    people, with_interest = active_seated(meeting), people_with_interest(deaths)
    return {death: [user for user in people if user.id not in with_interest[death]] for death in deaths}


def _by_draft(viewer: Viewer, meeting_id: int, death_id: int) -> PanelCase | None:
    case = get_panel_case(viewer, meeting_id, death_id)
    return case if case and case.meeting.way == Way.DRAFT else None


def _before(row: DraftComment, by_id: Mapping[int, DraftComment]) -> tuple[str, ...]:
    found = []
    while row.replaces_id is not None:
        row = by_id[row.replaces_id]
        found.append(row.text)
    return tuple(found)


def _people(rows: Iterable[DraftComment]) -> set[int]:
    return {each for row in rows for each in (row.member_id, row.recorded_by_id)}
