"""Operations on panel meetings: their members, their cases in order, and who was there."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import peewee

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Refused, Role, Viewer, require
from kscb_actions.audit.service import change
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.drafting.models import Draft, DraftComment
from kscb_actions.child_deaths.judging.models import Categorisation, PanelDecision
from kscb_actions.child_deaths.visibility import get_death, visible_death
from kscb_actions.people.models import Agency, User
from kscb_actions.text import InvalidInput, clean_text, one_line

from . import rules
from .models import Attendance, PanelCase, PanelMeeting, PanelSeat
from .rules import Way

SAME_DAY = "There is a meeting on this day already."
NOBODY = "Tick who was there, or enter an agency."
NOT_HERE = "This is not on the meeting any more."


def plan_meeting(
    viewer: Viewer,
    held_on: date | None,
    proposals_due_on: date | None,
    note: str = "",
    way: str = Way.DRAFT,
) -> PanelMeeting:
    """Plan a meeting of the panel. Raise Refused, InvalidInput."""
    require(viewer, Permission.KEEP_PANELS)
    meeting = PanelMeeting()
    with change(viewer) as tx:
        _take(meeting, held_on, proposals_due_on, note, way)
        return tx.add(meeting, "panel.planned")


def edit_meeting(
    viewer: Viewer,
    meeting: PanelMeeting,
    held_on: date | None,
    proposals_due_on: date | None,
    note: str,
    expected: int | None = None,
    way: str | None = None,
) -> PanelMeeting:
    """Change a meeting's days, note and way (None: as it is), as far as nothing rests on them.

    Raise InvalidInput, StaleEdit.
    """
    require(viewer, Permission.KEEP_PANELS)
    with change(viewer) as tx:
        now = PanelMeeting.get_by_id(meeting.id)
        decisions = PanelDecision.select().where(PanelDecision.meeting == meeting).count()
        fixed = rules.problems_with_moving(
            held_on,
            proposals_due_on,
            (now.held_on, now.proposals_due_on),
            rules.are_proposals_open(now.closed_at),
            decisions,
        )
        way = now.way if way is None else way
        fixed |= rules.why_not_change_way(way, now.way, _prepared(PanelCase.meeting == meeting))
        _take(meeting, held_on, proposals_due_on, note, way, fixed)
        return tx.update(meeting, "panel.changed", expected)


def seat_member(viewer: Viewer, meeting: PanelMeeting, user: User) -> PanelSeat:
    """Give a member a seat: they see the meeting's cases from now on. Raise InvalidInput."""
    return seat_members(viewer, meeting, [user])[0]


def seat_members(viewer: Viewer, meeting: PanelMeeting, users: Sequence[User]) -> list[PanelSeat]:
    """Give several members a seat at once, each with an event of its own.

    Raise InvalidInput, and then give none.
    """
    require(viewer, Permission.KEEP_PANELS)
    with change(viewer) as tx:
        seats = PanelSeat.select(PanelSeat.user).where(PanelSeat.meeting == meeting).tuples()
        seated = {user_id for (user_id,) in seats}
        found = [
            rules.why_not_seat(
                user.name, user.is_active, Role.CDOP_MEMBER in user.role_set, user.id in seated
            )
            for user in users
        ]
        _refuse("members", [why for why in found if why], "Select at least one member." if not users else "")
        return [tx.add(PanelSeat(meeting=meeting, user=user), "panel.seated") for user in users]


def unseat_member(viewer: Viewer, meeting: PanelMeeting, user: User) -> None:
    """Take a member's seat back, unless something was proposed from it. Raise InvalidInput, Refused."""
    require(viewer, Permission.KEEP_PANELS)
    with change(viewer) as tx:
        seat = PanelSeat.get_or_none(PanelSeat.meeting == meeting, PanelSeat.user == user)
        if seat is None:
            raise InvalidInput({"members": f"{user.name} does not sit on this panel."})
        if why_not := rules.why_not_unseat(user.name, _prepared(PanelCase.meeting == meeting, user)):
            raise Refused(why_not)
        for case in PanelCase.select().where(PanelCase.meeting == meeting, PanelCase.drafter == user):
            case.drafter = None
            tx.update(case, "panel.drafter-named")
        tx.remove(seat, "panel.unseated")


def add_case(
    viewer: Viewer, meeting: PanelMeeting, death: ChildDeath, for_correction: bool = False
) -> PanelCase:
    """Put a case at the end of a meeting's agenda. Raise InvalidInput.

    A case that the panel decided comes back only `for_correction`.
    """
    return add_cases(viewer, meeting, [death], for_correction)[0]


def add_cases(
    viewer: Viewer, meeting: PanelMeeting, deaths: Sequence[ChildDeath], for_correction: bool = False
) -> list[PanelCase]:
    """Put several cases at the end of a meeting's agenda, in this order, each with an event of its own.

    Raise InvalidInput, and then put none on.
    """
    require(viewer, Permission.KEEP_PANELS)
    with change(viewer) as tx:
        found = [(each, _why_not_add(viewer, meeting, each, for_correction)) for each in deaths]
        is_one = len(deaths) == 1
        why_not = [why if is_one else f"Case {each.case_number}: {why}" for each, why in found if why]
        _refuse(
            "decided_case" if for_correction else "cases",
            why_not,
            "Select at least one case." if not deaths else "",
        )
        last = PanelCase.select(peewee.fn.MAX(PanelCase.place)).where(PanelCase.meeting == meeting).scalar()
        rows = [
            PanelCase(meeting=meeting, death=death, place=place)
            for place, death in enumerate(deaths, (last or 0) + 1)
        ]
        return [tx.add(row, "panel.case-added") for row in rows]


def remove_case(viewer: Viewer, panel_case: PanelCase) -> None:
    """Take a case off a meeting's agenda, unless something was proposed or decided on it. Raise Refused."""
    require(viewer, Permission.KEEP_PANELS)
    with change(viewer) as tx:
        now = _now(viewer, panel_case)
        why_not = rules.why_not_remove_case(
            _prepared(PanelCase.id == now.id),
            PanelDecision.select()
            .where(PanelDecision.death == now.death_id, PanelDecision.meeting == now.meeting_id)
            .exists(),
        )
        if why_not:
            raise Refused(why_not)
        tx.remove(now, "panel.case-removed")


def move_case_up(viewer: Viewer, panel_case: PanelCase) -> None:
    """Let a case change places with the one before it that this person sees. The first stays first.

    Raise Refused.
    """
    require(viewer, Permission.KEEP_PANELS)
    with change(viewer) as tx:
        now = _now(viewer, panel_case)
        before = (
            PanelCase.select()
            .join(ChildDeath)
            .where(PanelCase.meeting == now.meeting_id, PanelCase.place < now.place, visible_death(viewer))
            .order_by(PanelCase.place.desc())
            .first()
        )
        if before is None:
            raise Refused("This case comes first already.")
        now.place, before.place = before.place, now.place
        tx.update(now, "panel.case-moved")
        tx.update(before, "panel.case-moved")


def record_attendance(viewer: Viewer, meeting: PanelMeeting, agency: Agency | None, post: str) -> Attendance:
    """Record that an agency was at a meeting, by post. Raise InvalidInput."""
    return record_presences(viewer, meeting, [(agency, post)])[0]


def record_presences(
    viewer: Viewer, meeting: PanelMeeting, there: Sequence[tuple[Agency | None, str]]
) -> list[Attendance]:
    """Record that these agencies were at a meeting, each by post, in one save.

    Raise InvalidInput with fields like "post-0", by the place in `there`; then none is recorded.
    """
    require(viewer, Permission.KEEP_PANELS)
    there = [(agency, one_line(post)) for agency, post in there]
    today, problems = clock.today(), {} if there else {"": NOBODY}
    with change(viewer) as tx:
        rows = Attendance.select(Attendance.agency, Attendance.post).where(Attendance.meeting == meeting)
        seen = {key: rules.RECORDED_IN_POST for key in rows.tuples()}
        for place, (agency, post) in enumerate(there):
            wrong = rules.problems_with_attendance(post, agency is not None, meeting.held_on, today)
            key = (agency.id if agency else None, post)
            if agency is not None and not wrong and key in seen:
                wrong = {"post": seen[key].format(agency=agency.name, post=post)}
            seen.setdefault(key, rules.TWO_IN_POST)
            problems |= {f"{name}-{place}": why for name, why in wrong.items()}
        if problems:
            raise InvalidInput(problems)
        made = [Attendance(meeting=meeting, agency=agency, post=post) for agency, post in there]
        return [tx.add(row, "panel.attendance-recorded") for row in made]


def remove_attendance(viewer: Viewer, attendance: Attendance) -> None:
    """Take an attendance off. A decision keeps who was there when it was recorded. Raise Refused."""
    require(viewer, Permission.KEEP_PANELS)
    with change(viewer) as tx:
        if Attendance.get_or_none(Attendance.id == attendance.id) is None:
            raise Refused(NOT_HERE)
        tx.remove(attendance, "panel.attendance-removed")


def record_papers_taken(viewer: Viewer, meeting: PanelMeeting, cases: int) -> None:
    """Record in the audit trail that somebody took the papers of a meeting away. Raise Refused."""
    require(viewer, Permission.READ_DEATH)
    with change(viewer) as tx:
        tx.note("panel.papers-taken", meeting, {"cases": cases})


def say_papers_are_ready(viewer: Viewer, meeting: PanelMeeting) -> PanelMeeting:
    """Say that the papers of a meeting are ready, or ready anew: its members are told in the morning.

    Raise Refused.
    """
    require(viewer, Permission.KEEP_PANELS)
    with change(viewer) as tx:
        now = PanelMeeting.get_by_id(meeting.id)
        cases = PanelCase.select().where(PanelCase.meeting == now).count()
        if why_not := rules.why_papers_are_not_ready(cases, now.held_on, clock.today()):
            raise Refused(why_not)
        now.papers_ready_at = clock.now()
        return tx.update(now, "panel.papers-ready")


def _prepared(which: Any, by: User | None = None) -> int:
    """Return how much was proposed, drafted and commented on these cases of agendas, by one or by all."""
    cases = PanelCase.select(PanelCase.id).where(which)
    return sum(
        model.select().where(model.panel_case.in_(cases), *([who == by] if by else [])).count()
        for model, who in (
            (Categorisation, Categorisation.member),
            (Draft, Draft.drafted_by),
            (DraftComment, DraftComment.member),
        )
    )


def _take(
    meeting: PanelMeeting,
    held_on: date | None,
    proposals_due_on: date | None,
    note: str,
    way: str,
    fixed: dict[str, str] | None = None,
) -> None:
    note = clean_text(note)
    problems = rules.problems_with_meeting(held_on, proposals_due_on, note, way) | (fixed or {})
    same = (PanelMeeting.held_on == held_on, PanelMeeting.id != (meeting.id or 0))
    if "held_on" not in problems and PanelMeeting.select().where(*same).exists():
        problems["held_on"] = SAME_DAY
    if problems:
        raise InvalidInput(problems)
    meeting.held_on, meeting.proposals_due_on, meeting.note = held_on, proposals_due_on, note
    meeting.way = way


def _why_not_add(
    viewer: Viewer, meeting: PanelMeeting, death: ChildDeath, for_correction: bool
) -> str | None:
    """Return why this person cannot put a case, as it is now, on a meeting's agenda; None when they can."""
    now = get_death(viewer, death.id)
    if now is None:
        return "There is no such case."
    elsewhere = (
        PanelCase.select()
        .join(PanelMeeting)
        .where(PanelCase.death == now, PanelCase.meeting != meeting, PanelMeeting.closed_at.is_null())
    )
    return rules.why_not_add_case(
        rules.are_proposals_open(PanelMeeting.get_by_id(meeting.id).closed_at),
        PanelCase.select().where(PanelCase.meeting == meeting, PanelCase.death == now).exists(),
        elsewhere.exists(),
        now.decision_number > 0,
        for_correction,
    )


def _refuse(field: str, problems: Sequence[str], missing: str) -> None:
    """Raise InvalidInput beside a field, when something is wrong or missing."""
    if problems or missing:
        raise InvalidInput({field: " ".join(problems) or missing})


def _now(viewer: Viewer, panel_case: PanelCase) -> PanelCase:
    """Return the case on the agenda as it is now. Raise Refused when it is not there, or hidden."""
    now = PanelCase.get_or_none(PanelCase.id == panel_case.id)
    if now is None or (not viewer.is_system and get_death(viewer, now.death_id) is None):
        raise Refused(NOT_HERE)
    return now
