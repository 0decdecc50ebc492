"""What must be true of a meeting, its people and cases, of interests and referrals. Plain values only."""

from collections.abc import Collection
from datetime import date, datetime
from enum import StrEnum
from itertools import chain, count

from kscb_actions.child_deaths.identity import problems_with_reason, why_not_text
from kscb_actions.terms import say, say_later

LONGEST_POST = 120
NO_POST = "Panel member"
# A decision says who was there by agency and post, so that two of one post have to be told apart.
RECORDED_IN_POST = (
    "“{post}” of {agency} is recorded already. If a second person of that post was there, say so in the "
    "post, like “{post} (2)”."
)
TWO_IN_POST = "Two people of {agency} have this post here. Tell them apart, like “{post} (2)”."


class Way(StrEnum):
    """How a meeting prepares what it decides.

    A child death review meeting drafts one analysis, and the panel settles it: Child Death Review: Statutory
    and Operational Guidance (England), 2018. Separate proposals are the other way.
    """

    DRAFT = "draft"
    BLIND = "blind"


WAY_NAMES = {
    Way.DRAFT: "One draft of each case, on which members comment",
    Way.BLIND: "Each member proposes alone, and sees the others’ proposals when they are closed",
}

CLOSED = "The proposals of this meeting are closed."


LAST_COORDINATOR = say_later(
    "Somebody has to keep this case, and no other co-ordinator could. Ask the board manager to give a "
    "second person the role of CDOP co-ordinator, then declare your interest."
)


def problems_with_meeting(
    held_on: date | None, proposals_due_on: date | None, note: str, way: str = Way.DRAFT
) -> dict[str, str]:
    """Return {field: message} for what is wrong with a meeting."""
    problems = {} if way in WAY_NAMES else {"way": "Select how the meeting prepares its decisions."}
    if held_on is None:
        problems["held_on"] = "Enter the date of the meeting."
    if proposals_due_on is None:
        problems["proposals_due_on"] = "Enter the date by which members propose or comment."
    elif held_on is not None and proposals_due_on >= held_on:
        problems["proposals_due_on"] = "Proposals and comments are due before the meeting."
    too_long = why_not_text(note)
    return problems | ({"note": too_long} if too_long else {})


def problems_with_moving(
    held_on: date | None,
    proposals_due_on: date | None,
    was: tuple[date, date],
    are_open: bool,
    decisions: int,
) -> dict[str, str]:
    """Return {field: message} for the days of a meeting that can no longer be changed from what they were."""
    problems = {}
    if decisions and held_on != was[0]:
        problems["held_on"] = "The panel decided on cases on this day. It stays as it was."
    if not are_open and proposals_due_on != was[1]:
        problems["proposals_due_on"] = f"{CLOSED} The day by which they were due stays as it was."
    return problems


def why_not_change_way(way: str, was: str, prepared: int) -> dict[str, str]:
    """Return {field: message} where the way is changed after somebody has proposed, drafted or commented."""
    if way == was or not prepared:
        return {}
    return {"way": "Somebody has proposed, drafted or commented already. The way stays as it is."}


def are_proposals_open(closed_at: datetime | None) -> bool:
    """Return whether members may still propose: until the co-ordinator closes, and never after."""
    return closed_at is None


def why_not_seat(name: str, is_active: bool, is_member: bool, is_seated: bool) -> str | None:
    """Return why this person cannot be given a seat; None when they can."""
    if is_seated:
        return f"{name} sits on this panel already."
    if not is_active:
        return f"{name} can no longer sign in."
    if not is_member:
        return say("{name} is not a CDOP panel member. The board manager gives that role.", name=name)
    return None


def why_not_unseat(name: str, proposals: int) -> str | None:
    """Return why this person cannot be taken off a panel; None when they can. Proposals are kept."""
    if proposals:
        return f"{name} has made a proposal at this meeting, a draft or a comment. Leave the seat as it is."
    return None


def why_not_add_case(
    are_open: bool, is_here: bool, is_elsewhere: bool, is_decided: bool, for_correction: bool
) -> str | None:
    """Return why a case cannot be put on a meeting's agenda; None when it can.

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
    """Return why a case cannot be taken off a meeting's agenda; None when it can."""
    if is_decided_here:
        return "The panel decided on this case at this meeting. It stays on the agenda."
    if proposals:
        return (
            "There is a proposal on this case, a draft or a comment, and it is kept. The case stays on the "
            "agenda. Once the meeting is closed it can go on another."
        )
    return None


def why_papers_are_not_ready(cases: int, held_on: date, today: date) -> str | None:
    """Return why nobody can be told that a meeting's papers are ready; None when they can."""
    if held_on < today:
        return "The meeting is over."
    return None if cases else "No case is on the agenda, so there are no papers yet."


def next_post(taken: Collection[str]) -> str:
    """Return a post for one more person of an agency whose own nobody has said: none that is taken."""
    numbered = (f"{NO_POST} ({number})" for number in count(2))
    return next(post for post in chain([NO_POST], numbered) if post not in taken)


def problems_with_attendance(post: str, is_agency_known: bool, held_on: date, today: date) -> dict[str, str]:
    """Return {field: message} for what is wrong with an agency's presence."""
    problems = {} if is_agency_known else {"agency": "Choose an agency."}
    if not post:
        problems["post"] = "Enter the post, like “Designated doctor”. No name is needed."
    elif why := why_not_text(post, LONGEST_POST):
        problems["post"] = why
    if held_on > today:
        problems["post"] = "The meeting is still to come. Record who was there when it has begun."
    return problems


def problems_with_interest(nature: str, is_declared: bool) -> dict[str, str]:
    """Return {field: message} for what is wrong with a declaration of interest."""
    problems = {} if nature else {"nature": "Say what the interest is, in a few words."}
    if why := why_not_text(nature):
        problems["nature"] = why
    if is_declared:
        problems["nature"] = "An interest in this case is declared already."
    return problems


def why_not_declare_for(
    is_self: bool, may_keep_panels: bool, is_active: bool, is_open_to_them: bool, is_coordinator: bool
) -> str | None:
    """Return why an interest cannot be declared for somebody; None when it can.

    Everybody declares their own; the co-ordinator also records what others report of themselves.
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
    """Return why a case cannot be closed to somebody; None when it can. Some co-ordinator always sees it."""
    return say(LAST_COORDINATOR) if is_coordinator and not others_left else None


def why_not_lift(is_own: bool, is_lifted: bool) -> str | None:
    """Return why an interest cannot be lifted; None when it can. Nobody lifts their own."""
    if is_lifted:
        return "This interest has been lifted already."
    return "Another co-ordinator has to lift it: it is your own interest." if is_own else None


def problems_with_lifting(reason: str) -> dict[str, str]:
    """Return {field: message} for what is wrong with the reason for lifting an interest."""
    return problems_with_reason(reason)
