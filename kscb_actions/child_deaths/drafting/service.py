"""Operations on drafts: who drafts which case, the draft itself, and what members say of it."""

from collections.abc import Iterable, Mapping
from datetime import date

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Refused, Viewer, require
from kscb_actions.audit.service import StaleEdit, change
from kscb_actions.child_deaths.identity import why_not_text
from kscb_actions.child_deaths.judging.models import Factor
from kscb_actions.child_deaths.judging.proposals import INTEREST, NOT_LISTED, add_factors
from kscb_actions.child_deaths.judging.queries import has_interest, judgements_of, list_cases
from kscb_actions.child_deaths.judging.rules import Judgement, cleaned, joined, problems_with_judgement
from kscb_actions.child_deaths.meetings.models import PanelCase, PanelMeeting
from kscb_actions.child_deaths.visibility import get_panel_case
from kscb_actions.people.models import User
from kscb_actions.text import InvalidInput, clean_text

from . import rules
from .models import Draft, DraftComment
from .queries import can_draft, keeps_panels, latest_of, may_be_named, why_not_now

NOT_YOURS = "Somebody else drafts this case."
NOT_SEATED = "This person has no seat at the meeting, or an interest in the case."
NOT_HELD = "The meeting is still to come. What members say before it they write themselves."


def name_drafters(viewer: Viewer, meeting: PanelMeeting, named: Mapping[int, int | None]) -> int:
    """Name who drafts which case: {case of the agenda: member, or None for the co-ordinator}.

    Return for how many cases that changed. Raise InvalidInput, Refused.
    """
    require(viewer, Permission.KEEP_PANELS)
    # Almost every form is saved to change something; a change that changes nothing would have no event.
    if not _to_name(viewer, meeting, named):
        return 0
    with change(viewer) as tx:
        changed = _to_name(viewer, meeting, named)
        able = may_be_named(meeting, [case.death_id for case in changed])
        wrong = [case for case in changed if named[case.id] not in {None, *_ids(able[case.death_id])}]
        if wrong:
            raise InvalidInput({f"drafter_{case.id}": NOT_SEATED for case in wrong})
        for case in changed:
            case.drafter = named[case.id]
            tx.update(case, "panel.drafter-named")
        return len(changed)


def save_draft(
    viewer: Viewer, panel_case: PanelCase, judgement: Judgement, reasons: str, expected: int | None = None
) -> Draft:
    """Write or change the draft of what a panel decides on a case; it is then this person's.

    `expected` is the version that was seen, 0 when there was none. Raise InvalidInput, Refused, StaleEdit.
    """
    require(viewer, Permission.DRAFT_CASE)
    judgement, reasons = cleaned(judgement), clean_text(reasons)
    with change(viewer) as tx:
        case = _open_case(viewer, panel_case)
        if not can_draft(viewer, case):
            raise Refused(NOT_YOURS)
        _refuse_wrong(judgement, reasons, PanelMeeting.get_by_id(case.meeting_id).held_on)
        draft = Draft.get_or_none(Draft.panel_case == case)
        before: tuple[object, ...] = ()
        if draft is None:
            draft = Draft(panel_case=case)
            _take(draft, judgement, reasons, viewer)
            tx.add(draft, "draft.written")
        else:
            before = judgements_of([draft])[draft.id].factors
            _take(draft, judgement, reasons, viewer)
            tx.update(draft, "draft.changed", expected)
            if before == judgement.factors:
                return draft
            for factor in Factor.select().where(Factor.draft == draft):
                tx.remove(factor, "draft.factor-removed")
        add_factors(tx, judgement, draft)
    return draft


def comment(
    viewer: Viewer,
    panel_case: PanelCase,
    text: str,
    has_nothing_to_add: bool = False,
    member: User | None = None,
) -> DraftComment:
    """Say something of a draft, or that one has nothing to add; from a seat at its meeting.

    `member` is whose words a co-ordinator writes down at the meeting (None: one's own). Raise InvalidInput,
    Refused.
    """
    require(viewer, Permission.DRAFT_CASE)
    text = clean_text(text)
    with change(viewer) as tx:
        case = _open_case(viewer, panel_case)
        meeting = PanelMeeting.get_by_id(case.meeting_id)
        said_by = _whose(viewer, case, meeting, member)
        latest = (
            DraftComment.select()
            .where(DraftComment.panel_case == case, DraftComment.member == said_by)
            .order_by(DraftComment.id.desc())
            .first()
        )
        if problems := rules.problems_with_comment(text, has_nothing_to_add, latest.text if latest else None):
            raise InvalidInput(problems)
        row = DraftComment(
            panel_case=case,
            member=said_by,
            recorded_by=viewer.id,
            text=text,
            draft_version=_version(case),
            said_at=clock.now(),
        )
        return tx.add(row, "draft.commented")


def correct_comment(
    viewer: Viewer,
    said: DraftComment,
    text: str,
    has_nothing_to_add: bool = False,
    expected: int | None = None,
) -> DraftComment:
    """Put other words in the place of a comment that one made or wrote down; what it was stays readable.

    `expected` is the number of the row that was seen (None: whichever stands). Raise InvalidInput, Refused,
    StaleEdit (its `current` is the correction that came first).
    """
    require(viewer, Permission.DRAFT_CASE)
    text = clean_text(text)
    with change(viewer) as tx:
        case = _open_case(viewer, said.panel_case)
        if viewer.id not in (said.member_id, said.recorded_by_id):
            raise Refused("Only who said it, or wrote it down, corrects it.")
        now = latest_of(said)
        if expected is not None and now.id != expected:
            raise StaleEdit(now)
        if problems := rules.problems_with_comment(text, has_nothing_to_add, now.text):
            raise InvalidInput(problems)
        row = DraftComment(
            panel_case=case,
            member=now.member_id,
            recorded_by=viewer.id,
            text=text,
            draft_version=now.draft_version,
            said_at=now.said_at,
            replaces=now,
        )
        return tx.add(row, "draft.comment-corrected")


def _to_name(viewer: Viewer, meeting: PanelMeeting, named: Mapping[int, int | None]) -> list[PanelCase]:
    """Return the cases whose drafter another is named in place of. Raise Refused."""
    now = PanelMeeting.get_by_id(meeting.id)
    if why := rules.why_closed(now.way, now.closed_at, False):
        raise Refused(why)
    cases = list_cases(viewer, now)
    return [case for case in cases if case.id in named and case.drafter_id != named[case.id]]


def _ids(people: Iterable[User]) -> set[int]:
    return {user.id for user in people}


def _open_case(viewer: Viewer, panel_case: PanelCase) -> PanelCase:
    """Return the case as it is now. Raise Refused where nothing can be drafted or said of it any more."""
    case = PanelCase.get_or_none(PanelCase.id == panel_case.id)
    if case is None:
        raise Refused(NOT_LISTED)
    if has_interest(viewer, case.death):
        raise Refused(INTEREST)
    if not viewer.is_system and get_panel_case(viewer, case.meeting_id, case.death_id) is None:
        raise Refused(NOT_LISTED)
    if why := why_not_now(case):
        raise Refused(why)
    return case


def _whose(viewer: Viewer, case: PanelCase, meeting: PanelMeeting, member: User | None) -> int:
    """Return whose words a comment holds, by id. Raise InvalidInput, Refused."""
    able = _ids(may_be_named(meeting, [case.death_id])[case.death_id])
    if member is None or member.id == viewer.id:
        if viewer.id not in able and keeps_panels(viewer):
            raise InvalidInput({"member": "Choose whose words these are."})
        if viewer.id not in able:
            raise Refused("Only members with a seat at this meeting comment.")
        return int(viewer.id or 0)
    if not keeps_panels(viewer):
        raise Refused("You can comment for yourself only.")
    if clock.today() < meeting.held_on:
        raise InvalidInput({"member": NOT_HELD})
    if member.id not in able:
        raise InvalidInput({"member": NOT_SEATED})
    return int(member.id)


def _refuse_wrong(judgement: Judgement, reasons: str, held_on: date) -> None:
    problems = problems_with_judgement(judgement, held_on)
    if why := why_not_text(reasons) if reasons else "Say why the panel could decide so.":
        problems["reasons"] = why
    if problems:
        raise InvalidInput(problems)


def _take(draft: Draft, judgement: Judgement, reasons: str, viewer: Viewer) -> None:
    draft.categories, draft.reasons = joined(judgement.categories), reasons
    draft.status, draft.status_reason = judgement.status, judgement.status_reason
    draft.learning, draft.drafted_at, draft.drafted_by = judgement.learning, clock.now(), viewer.id


def _version(case: PanelCase) -> int:
    return int(Draft.select(Draft.version).where(Draft.panel_case == case).scalar() or 0)
