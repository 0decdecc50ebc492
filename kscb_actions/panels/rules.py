"""What must be true of a meeting, its people and cases, of interests and referrals. Plain values only."""

from dataclasses import dataclass
from datetime import date, datetime

from ..deaths.identity import why_not_text

LONGEST_POST = 120
OUTCOMES = {
    "scr": "Serious case review",
    "other": "Another review",
    "none": "No review",
}
NO_REVIEW = "none"
CLOSED = "The proposals of this meeting are closed."
LAST_COORDINATOR = (
    "Somebody has to keep this case, and no other co-ordinator could. Ask the board manager to give a "
    "second person the role of CDOP co-ordinator, then declare your interest."
)


def problems_with_meeting(held_on: date | None, proposals_due_on: date | None, note: str) -> dict[str, str]:
    """{field: message} for what is wrong with a meeting."""
    problems = {}
    if held_on is None:
        problems["held_on"] = "Enter the date of the meeting."
    if proposals_due_on is None:
        problems["proposals_due_on"] = "Enter the date by which members propose."
    elif held_on is not None and proposals_due_on >= held_on:
        problems["proposals_due_on"] = "Proposals are due before the meeting."
    too_long = why_not_text(note)
    return problems | ({"note": too_long} if too_long else {})


def problems_with_moving(
    held_on: date | None,
    proposals_due_on: date | None,
    was: tuple[date, date],
    are_open: bool,
    decisions: int,
) -> dict[str, str]:
    """{field: message} for the days of a meeting that can no longer be changed from what they were."""
    problems = {}
    if decisions and held_on != was[0]:
        problems["held_on"] = "The panel decided on cases on this day. It stays as it was."
    if not are_open and proposals_due_on != was[1]:
        problems["proposals_due_on"] = f"{CLOSED} The day by which they were due stays as it was."
    return problems


def are_proposals_open(closed_at: datetime | None) -> bool:
    """May members still propose? Until the co-ordinator closes the proposals, and never after."""
    return closed_at is None


def why_not_seat(name: str, is_active: bool, is_member: bool, is_seated: bool) -> str | None:
    """Why this person cannot be given a seat; None when they can."""
    if is_seated:
        return f"{name} sits on this panel already."
    if not is_active:
        return f"{name} can no longer sign in."
    if not is_member:
        return f"{name} is not a CDOP panel member. The board manager gives that role."
    return None


def why_not_unseat(name: str, proposals: int) -> str | None:
    """Why this person cannot be taken off a panel; None when they can. What was proposed is kept."""
    if proposals:
        return f"{name} has made a proposal at this meeting, and it is kept. Leave the seat as it is."
    return None


def why_not_add_case(
    are_open: bool, is_here: bool, is_elsewhere: bool, is_decided: bool, for_correction: bool
) -> str | None:
    """Why a case cannot be put on a meeting's agenda; None when it can.

    is_elsewhere    it is on another panel whose proposals are open
    for_correction  it comes back so that the panel's decision can be corrected
    """
    if not are_open:
        return f"{CLOSED} Put the case on another meeting."
    if is_here:
        return "This case is on the agenda already."
    if is_elsewhere:
        return "This case is on the agenda of another meeting that is still to come."
    if is_decided and not for_correction:
        return "The panel has decided on this case. It can only come back for a correction."
    if for_correction and not is_decided:
        return "The panel has not decided on this case yet, so there is nothing to correct."
    return None


def why_not_remove_case(proposals: int, is_decided_here: bool) -> str | None:
    """Why a case cannot be taken off a meeting's agenda; None when it can."""
    if is_decided_here:
        return "The panel decided on this case at this meeting. It stays on the agenda."
    if proposals:
        return "A member has made a proposal on this case, and it is kept. The case stays on the agenda."
    return None


def problems_with_attendance(post: str, is_agency_known: bool, held_on: date, today: date) -> dict[str, str]:
    """{field: message} for what is wrong with an agency's presence."""
    problems = {} if is_agency_known else {"agency": "Choose an agency."}
    if not post:
        problems["post"] = "Enter the post, like “Designated doctor”. No name is needed."
    elif why := why_not_text(post, LONGEST_POST):
        problems["post"] = why
    if held_on > today:
        problems["post"] = "The meeting is still to come. Record who was there when it has begun."
    return problems


def problems_with_interest(nature: str, is_declared: bool) -> dict[str, str]:
    """{field: message} for what is wrong with a declaration of interest."""
    problems = {} if nature else {"nature": "Say what the interest is, in a few words."}
    if why := why_not_text(nature):
        problems["nature"] = why
    if is_declared:
        problems["nature"] = "An interest in this case is declared already."
    return problems


def why_not_declare_for(
    is_self: bool, may_keep_panels: bool, is_active: bool, is_open_to_them: bool, is_coordinator: bool
) -> str | None:
    """Why an interest cannot be declared for somebody; None when it can.

    Everybody declares for themself; the co-ordinator also records what another says of themself.
    """
    if is_self:
        return None
    if not may_keep_panels:
        return "You can declare an interest for yourself only."
    if is_coordinator:
        return "A co-ordinator declares an interest personally."
    if not is_active or not is_open_to_them:
        return "This person sees no case."
    return None


def why_not_close_to(is_coordinator: bool, others_left: int) -> str | None:
    """Why a case cannot be closed to somebody; None when it can. Some co-ordinator always sees it."""
    return LAST_COORDINATOR if is_coordinator and not others_left else None


def why_not_lift(is_own: bool, is_lifted: bool) -> str | None:
    """Why an interest cannot be lifted; None when it can. Nobody opens a case to themself again."""
    if is_lifted:
        return "This interest has been lifted already."
    return "Another co-ordinator has to lift it: it is your own interest." if is_own else None


def problems_with_lifting(reason: str) -> dict[str, str]:
    """{field: message} for what is wrong with the reason for lifting an interest."""
    return _problems_with_reason(reason)


@dataclass(frozen=True)
class LatestReferral:
    """The last word on referring a death, and what was known then.

    outcome  what the subgroup answered, "" when it has not or was not asked
    """

    is_referred: bool
    decision_number: int
    was_suspected: bool
    outcome: str = ""


def asks_for_referral(
    decision_number: int, is_abuse_category: bool, is_suspected: bool, latest: LatestReferral | None
) -> bool:
    """Must somebody record now whether the death is referred to the SCR subgroup?

    decision_number    the panel's current decision, 0 before any
    is_abuse_category  whether that decision says category 1, deliberate injury, abuse or neglect

    Without any record each of the two reasons asks. After one, only what is new does: a later decision that
    says category 1, or a suspicion where there was none. Nothing asks while the subgroup has the case
    before it, or after it chose to review it.
    """
    if latest is None:
        return is_abuse_category or is_suspected
    if latest.is_referred and latest.outcome != NO_REVIEW:
        return False
    is_new_decision = is_abuse_category and decision_number > latest.decision_number
    return is_new_decision or (is_suspected and not latest.was_suspected)


def problems_with_referral(
    is_referred: bool | None, reason: str, decided_on: date | None, died_on: date, today: date, is_open: bool
) -> dict[str, str]:
    """{field: message} for what is wrong with the record of a referral decision.

    is_open  the subgroup has an earlier referral of this death before it
    """
    problems = {}
    if is_open:
        problems["is_referred"] = "The subgroup has not answered yet. Wait for its answer."
    elif is_referred is None:
        problems["is_referred"] = "Select whether the death is referred."
    problems |= _problems_with_reason(reason)
    problems |= _problems_with_day("decided_on", decided_on, died_on, today, "the date of death")
    return problems


def problems_with_outcome(
    outcome: str, reason: str, answered_on: date | None, referred_on: date, today: date, has_review: bool
) -> dict[str, str]:
    """{field: message} for what is wrong with the subgroup's answer to a referral."""
    problems = {} if outcome in OUTCOMES else {"outcome": "Select what the subgroup decided."}
    problems |= _problems_with_reason(reason)
    problems |= _problems_with_day("answered_on", answered_on, referred_on, today, "the day of the referral")
    if has_review and outcome == NO_REVIEW:
        problems["review"] = "Leave the review empty, or say that there is one."
    return problems


def _problems_with_reason(reason: str) -> dict[str, str]:
    why = why_not_text(reason) if reason else "Say why, for whoever reads this later."
    return {"reason": why} if why else {}


def _problems_with_day(name: str, day: date | None, first: date, today: date, what: str) -> dict[str, str]:
    if day is None:
        return {name: "Enter the day of the decision."}
    if day > today:
        return {name: "The date must be today or in the past."}
    return {name: f"The date must be on or after {what}."} if day < first else {}
