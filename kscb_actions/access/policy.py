"""The permission table, as plain values. Everything is refused unless granted here.

`may` answers "may this person do this to a thing of that agency?"; `reach` answers "whose things may they
list?" from the same table, so that a list and a page can never disagree.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from kscb_actions.terms import say_all


class Role(StrEnum):
    """What a person is on the Board. One person may hold several."""

    MANAGER = "manager"
    CHAIR = "chair"
    AGENCY_LEAD = "agency_lead"
    CDOP_MEMBER = "cdop_member"
    CDOP_COORDINATOR = "cdop_coordinator"
    CDOP_CHAIR = "cdop_chair"
    READER = "reader"
    INDEPENDENT_CHAIR = "independent_chair"
    BOARD_MEMBER = "board_member"
    SUBGROUP_MEMBER = "subgroup_member"
    DEPUTY = "deputy"
    DEATH_CONTACT = "death_contact"


ROLE_NAMES = say_all(
    {
        Role.MANAGER: "Board manager",
        Role.CHAIR: "SCR subgroup chair",
        Role.AGENCY_LEAD: "Agency lead",
        Role.CDOP_MEMBER: "CDOP panel member",
        Role.CDOP_COORDINATOR: "CDOP co-ordinator",
        Role.CDOP_CHAIR: "CDOP panel’s chair",
        Role.READER: "Reader",
        Role.INDEPENDENT_CHAIR: "Independent chair",
        Role.BOARD_MEMBER: "Agency’s Board member",
        Role.SUBGROUP_MEMBER: "SCR subgroup member",
        Role.DEPUTY: "SCR subgroup’s deputy chair",
        Role.DEATH_CONTACT: "Agency’s child-death contact",
    }
)
# Roles of the child-death rooms alone, which a board can switch off.
OF_CHILD_DEATHS = frozenset({Role.CDOP_MEMBER, Role.CDOP_COORDINATOR, Role.CDOP_CHAIR, Role.DEATH_CONTACT})
# Whose answers to the Board are their agency's own.
SPEAKS_FOR_AGENCY = frozenset({Role.AGENCY_LEAD, Role.BOARD_MEMBER})
# Roles that mean something only within an agency.
OF_AN_AGENCY = SPEAKS_FOR_AGENCY | {Role.DEATH_CONTACT}
# Who does the work of the subgroup's chair: of two people whose roles must differ, these count as one role.
CHAIRING = frozenset({Role.CHAIR, Role.DEPUTY})


class Permission(StrEnum):
    """One thing that can be done. Routes and services name one of these."""

    READ_REVIEW = "read a review"
    EDIT_REVIEW = "record and edit reviews"
    DECIDE_REVIEW = "decide to hold a review"
    PUBLISH_REVIEW = "release a review for publication"
    ADD_REVIEW_PAPER = "add a paper to a review"
    READ_CASE_REFERRAL = "read a case that an agency referred"
    REFER_CASE = "refer a case of a child"
    ANSWER_CASE_REFERRAL = "answer a case that an agency referred"
    READ_ACTION = "read an action"
    EDIT_ACTION = "record and edit actions"
    UPDATE_ACTION = "report progress on an action"
    KEEP_MILESTONES = "keep the milestones of an action"
    ASK_EXTENSION = "ask for more time"
    DECIDE_EXTENSION = "decide on a due date"
    ADD_EVIDENCE = "attach evidence and report an action done"
    CONTRIBUTE = "attach evidence or say what your agency did"
    READ_EVIDENCE = "open an evidence file"
    ERASE_FILE = "erase a wrong file"
    DECIDE_ASSURANCE = "check evidence and accept or return it"
    TAKE_DECISION_BACK = "take back a decision made by mistake"
    READ_CHALLENGE = "read a challenge"
    RAISE_CHALLENGE = "challenge an agency"
    ANSWER_CHALLENGE = "answer a challenge"
    CLOSE_CHALLENGE = "close a challenge or take it a level higher"
    ANSWER_RECOMMENDATION = "answer a recommendation"
    VIEW_ANSWER = "note what to think of an agency’s answer"
    READ_MEASURE = "read a measure"
    EDIT_MEASURE = "record and edit measures"
    GIVE_READING = "give the readings of a measure"
    WRITE_IMPACT = "say what difference a recommendation made"
    JUDGE_IMPACT = "judge what difference a recommendation made"
    SEE_OWN_WORK = "see my actions"
    SEE_ATTENTION = "see what needs attention"
    READ_REPORTS = "open reports"
    PRINT_PAPERS = "print papers"
    MANAGE_PEOPLE = "keep agencies and people"
    MANAGE_SETTINGS = "change settings"
    READ_OUTBOX = "read the outbox"
    READ_AUDIT = "read the audit trail"
    READ_DEATH = "read a child death review"
    RECORD_DEATH = "record and edit child deaths"
    KEEP_PANELS = "keep panel meetings and record their decisions"
    PROPOSE = "propose what a panel should decide"
    ANSWER_RETURN = "answer a request about a child’s death"
    ERASE_ANSWER_FILE = "have a wrong file of an answer about a death erased"
    DRAFT_CASE = "draft what a panel decides, or comment on a draft"
    DECIDE_CASE = "record what a panel decided"
    AGREE_TO_ROLE = "agree to a role that opens child deaths"
    READ_REFERRAL = "read a referral from the panel"
    ANSWER_REFERRAL = "answer a referral from the panel"
    READ_FIGURES = "see the tables of child deaths"
    ISSUE_FIGURES = "issue the annual report on child deaths"
    AGREE_FIGURES = "agree to the issue of the annual report on child deaths"
    READ_PUBLISHED = "read the published tables of child deaths"
    READ_MEETING = "read of meetings"
    KEEP_MEETINGS = "keep bodies and meetings"
    MINUTE_MEETING = "minute a meeting and record its decisions"


class Reach(StrEnum):
    """Whose things a permission covers."""

    NONE = "none"
    OWN_AGENCY = "own agency's"
    OWN_PANELS = "cases of panels they sit on"
    ALL = "all"


P = Permission
GRANTS: dict[Role, dict[Permission, Reach]] = {
    Role.MANAGER: dict.fromkeys(
        (
            P.READ_REVIEW,
            P.READ_CASE_REFERRAL,
            P.REFER_CASE,
            P.EDIT_REVIEW,
            P.PUBLISH_REVIEW,
            P.ADD_REVIEW_PAPER,
            P.READ_ACTION,
            P.EDIT_ACTION,
            P.KEEP_MILESTONES,
            P.DECIDE_EXTENSION,
            P.TAKE_DECISION_BACK,
            P.READ_EVIDENCE,
            P.READ_MEASURE,
            P.EDIT_MEASURE,
            P.GIVE_READING,
            P.JUDGE_IMPACT,
            P.READ_CHALLENGE,
            P.RAISE_CHALLENGE,
            P.ANSWER_CHALLENGE,
            P.CLOSE_CHALLENGE,
            P.ANSWER_RECOMMENDATION,
            P.ERASE_FILE,
            P.SEE_ATTENTION,
            P.READ_REPORTS,
            P.PRINT_PAPERS,
            P.MANAGE_PEOPLE,
            P.MANAGE_SETTINGS,
            P.READ_OUTBOX,
            P.READ_AUDIT,
            P.READ_PUBLISHED,
        ),
        Reach.ALL,
    ),
    Role.CHAIR: dict.fromkeys(
        (
            P.READ_REVIEW,
            P.READ_CASE_REFERRAL,
            P.ANSWER_CASE_REFERRAL,
            P.ADD_REVIEW_PAPER,
            P.READ_ACTION,
            P.DECIDE_EXTENSION,
            P.READ_EVIDENCE,
            P.ERASE_FILE,
            P.DECIDE_ASSURANCE,
            P.TAKE_DECISION_BACK,
            P.JUDGE_IMPACT,
            P.READ_MEASURE,
            P.READ_CHALLENGE,
            P.RAISE_CHALLENGE,
            P.CLOSE_CHALLENGE,
            P.VIEW_ANSWER,
            P.SEE_ATTENTION,
            P.READ_REPORTS,
            P.PRINT_PAPERS,
            P.READ_AUDIT,
            P.READ_REFERRAL,
            P.ANSWER_REFERRAL,
            P.READ_PUBLISHED,
        ),
        Reach.ALL,
    ),
    Role.AGENCY_LEAD: dict.fromkeys(
        (
            P.READ_REVIEW,
            P.READ_CASE_REFERRAL,
            P.REFER_CASE,
            P.ADD_REVIEW_PAPER,
            P.READ_ACTION,
            P.UPDATE_ACTION,
            P.KEEP_MILESTONES,
            P.ASK_EXTENSION,
            P.ADD_EVIDENCE,
            P.CONTRIBUTE,
            P.READ_EVIDENCE,
            P.READ_MEASURE,
            P.GIVE_READING,
            P.WRITE_IMPACT,
            P.READ_CHALLENGE,
            P.ANSWER_CHALLENGE,
            P.ANSWER_RECOMMENDATION,
            P.ERASE_FILE,
            P.SEE_OWN_WORK,
            P.PRINT_PAPERS,
        ),
        Reach.OWN_AGENCY,
    )
    | {P.READ_PUBLISHED: Reach.ALL},
    Role.CDOP_MEMBER: {
        P.READ_DEATH: Reach.OWN_PANELS,
        P.PROPOSE: Reach.OWN_PANELS,
        P.DRAFT_CASE: Reach.OWN_PANELS,
        P.READ_FIGURES: Reach.ALL,
        P.READ_PUBLISHED: Reach.ALL,
    },
    Role.CDOP_COORDINATOR: dict.fromkeys(
        (
            P.READ_DEATH,
            P.RECORD_DEATH,
            P.KEEP_PANELS,
            P.DRAFT_CASE,
            P.DECIDE_CASE,
            P.AGREE_TO_ROLE,
            P.ERASE_ANSWER_FILE,
            P.READ_REFERRAL,
            P.READ_FIGURES,
            P.ISSUE_FIGURES,
            P.READ_PUBLISHED,
        ),
        Reach.ALL,
    ),
    # Agrees to what another has proposed to issue; which cases the panel has is for its members to see.
    # A chair who has a seat too records what the panel decided there.
    Role.CDOP_CHAIR: dict.fromkeys((P.READ_FIGURES, P.AGREE_FIGURES, P.READ_PUBLISHED), Reach.ALL)
    | {P.DECIDE_CASE: Reach.OWN_PANELS},
    # Sees what its agency is asked, and nothing else of a case.
    Role.DEATH_CONTACT: dict.fromkeys((P.ANSWER_RETURN, P.ERASE_ANSWER_FILE), Reach.OWN_AGENCY)
    | {P.READ_PUBLISHED: Reach.ALL},
    Role.READER: dict.fromkeys(
        (
            P.READ_REVIEW,
            P.READ_ACTION,
            P.READ_MEASURE,
            P.READ_CHALLENGE,
            P.SEE_ATTENTION,
            P.READ_REPORTS,
            P.PRINT_PAPERS,
            P.READ_AUDIT,
            P.READ_PUBLISHED,
        ),
        Reach.ALL,
    ),
    # Which levels of challenges are theirs to close is for the rules of challenges to say.
    Role.INDEPENDENT_CHAIR: dict.fromkeys(
        (
            P.READ_REVIEW,
            P.READ_CASE_REFERRAL,
            P.ANSWER_CASE_REFERRAL,
            P.DECIDE_REVIEW,
            P.PUBLISH_REVIEW,
            P.ADD_REVIEW_PAPER,
            P.READ_ACTION,
            P.READ_MEASURE,
            P.READ_CHALLENGE,
            P.CLOSE_CHALLENGE,
            P.VIEW_ANSWER,
            P.SEE_ATTENTION,
            P.READ_REPORTS,
            P.PRINT_PAPERS,
            P.READ_AUDIT,
            P.READ_PUBLISHED,
        ),
        Reach.ALL,
    ),
    Role.BOARD_MEMBER: dict.fromkeys(
        (
            P.READ_REVIEW,
            P.READ_CASE_REFERRAL,
            P.REFER_CASE,
            P.ADD_REVIEW_PAPER,
            P.READ_ACTION,
            P.READ_CHALLENGE,
            P.READ_MEASURE,
            P.ANSWER_CHALLENGE,
            P.ANSWER_RECOMMENDATION,
        ),
        Reach.OWN_AGENCY,
    )
    | {P.READ_PUBLISHED: Reach.ALL},
    Role.SUBGROUP_MEMBER: dict.fromkeys(
        (
            P.READ_REVIEW,
            P.READ_CASE_REFERRAL,
            P.READ_ACTION,
            P.READ_EVIDENCE,
            P.DECIDE_ASSURANCE,
            P.TAKE_DECISION_BACK,
            P.JUDGE_IMPACT,
            P.READ_MEASURE,
            P.READ_CHALLENGE,
            P.SEE_ATTENTION,
            P.READ_REPORTS,
            P.PRINT_PAPERS,
            P.READ_PUBLISHED,
        ),
        Reach.ALL,
    ),
}
for _role in (
    Role.MANAGER,
    Role.CHAIR,
    Role.READER,
    Role.INDEPENDENT_CHAIR,
    Role.SUBGROUP_MEMBER,
):
    GRANTS[_role][P.READ_MEETING] = Reach.ALL
GRANTS[Role.MANAGER][P.KEEP_MEETINGS] = Reach.ALL
# Of which body somebody is chair is for the rules of meetings to say.
for _role in (Role.MANAGER, Role.CHAIR, Role.INDEPENDENT_CHAIR):
    GRANTS[_role][P.MINUTE_MEETING] = Reach.ALL
# The deputy does all that the chair does, whether the chair is away or not.
GRANTS[Role.DEPUTY] = dict(GRANTS[Role.CHAIR])
# Who holds one of these opens child deaths, so somebody who does already has to agree to it.
OPENS_DEATHS = frozenset(
    role for role, granted in GRANTS.items() if granted.keys() & {P.READ_DEATH, P.ANSWER_RETURN}
)
# In one of these roles a person asks for a file to be erased; another, in another of them, agrees.
ERASING = frozenset(role for role, granted in GRANTS.items() if P.ERASE_FILE in granted)
# The same of a file that went with an agency's answer about a death.
ERASING_ANSWERS = frozenset(role for role, granted in GRANTS.items() if P.ERASE_ANSWER_FILE in granted)
# What a joint owner does as the agency that leads does. All else its lead alone does for the owners.
SHARED = frozenset({P.READ_REVIEW, P.READ_ACTION, P.READ_EVIDENCE, P.CONTRIBUTE, P.ERASE_FILE})
# What is done in the child-death rooms, by whatever role.
IN_CHILD_DEATHS = frozenset(
    {
        P.READ_DEATH,
        P.RECORD_DEATH,
        P.KEEP_PANELS,
        P.PROPOSE,
        P.ANSWER_RETURN,
        P.ERASE_ANSWER_FILE,
        P.DRAFT_CASE,
        P.DECIDE_CASE,
        P.AGREE_TO_ROLE,
        P.READ_REFERRAL,
        P.ANSWER_REFERRAL,
        P.READ_FIGURES,
        P.ISSUE_FIGURES,
        P.AGREE_FIGURES,
        P.READ_PUBLISHED,
    }
)
# Somebody outside every owning agency decides, whatever roles the person holds.
OUTSIDE_AGENCY_ONLY = frozenset(
    {
        P.DECIDE_ASSURANCE,
        P.TAKE_DECISION_BACK,
        P.DECIDE_EXTENSION,
        P.RAISE_CHALLENGE,
        P.CLOSE_CHALLENGE,
        P.VIEW_ANSWER,
        P.ANSWER_CASE_REFERRAL,
        P.JUDGE_IMPACT,
    }
)


@dataclass(frozen=True)
class Viewer:
    """The person on whose behalf something is read or changed.

    without  what no role of theirs lets them do: the rooms of it are switched off
    """

    id: int | None
    name: str
    email: str = ""
    roles: frozenset[Role] = frozenset()
    agency_id: int | None = None
    is_system: bool = False
    without: frozenset[Permission] = frozenset()

    def __hash__(self) -> int:
        # Asked for with each thing that each person is told; the roles, a set, cost more than all the rest.
        return hash((self.id, self.agency_id))


SYSTEM = Viewer(id=None, name="The system", is_system=True)


@dataclass(frozen=True)
class Owners:
    """Whose a thing is, by the ids of agencies.

    leading  the agency that leads; None where no agency owns it
    joint    those that own it with the one that leads
    former   those that owned it once and had a part in it: they do nothing more, and decide nothing either
    """

    leading: int | None
    joint: frozenset[int] = frozenset()
    former: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Verdict:
    """Whether, and in words why not."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed


class Refused(Exception):
    """The rules do not let this person do this; the text says why, for the reader."""


class RoleRefused(Refused):
    """No role of this person lets them do this at all, whoever owns it."""


def without_child_deaths(viewer: Viewer) -> Viewer:
    """Return this person on a board that has switched the child-death rooms off."""
    return replace(viewer, roles=viewer.roles - OF_CHILD_DEATHS, without=IN_CHILD_DEATHS)


def role_names(has_child_deaths: bool) -> dict[Role, str]:
    """Return the names of the roles of a board, in the order in which they are offered."""
    hidden = frozenset() if has_child_deaths else OF_CHILD_DEATHS
    return {role: name for role, name in ROLE_NAMES.items() if role not in hidden}


def roles_in_words(roles: Collection[Role], names: Mapping[Role, str]) -> str:
    """Return these roles in words, without those that have no name here."""
    return ", ".join(names[role] for role in sorted(roles) if role in names)


def reach(viewer: Viewer, permission: Permission) -> Reach:
    """Return how far `permission` goes for this person: the widest grant among their roles."""
    if permission in viewer.without:
        return Reach.NONE
    granted = {GRANTS[role].get(permission, Reach.NONE) for role in viewer.roles}
    if Reach.ALL in granted:
        return Reach.ALL
    if Reach.OWN_AGENCY in granted and viewer.agency_id is not None:
        return Reach.OWN_AGENCY
    return Reach.OWN_PANELS if Reach.OWN_PANELS in granted else Reach.NONE


def may(viewer: Viewer, permission: Permission, owned_by: int | Owners | None = None) -> Verdict:
    """Return whether this person may do this to a thing of these owners, or of one agency (None: of none).

    Which cases are of a person's own panels is for the reads to say: what they may not see they cannot name.
    """
    width = reach(viewer, permission)
    if width is Reach.NONE:
        return Verdict(False, f"Your role does not let you {permission}.")
    owners = owned_by if isinstance(owned_by, Owners) else Owners(owned_by)
    own = owners.leading is not None and owners.leading == viewer.agency_id
    shares = viewer.agency_id in owners.joint
    if permission in OUTSIDE_AGENCY_ONLY:
        return _outside(own, shares, viewer.agency_id in owners.former)
    if width is Reach.OWN_AGENCY and owners.leading is not None and not own:
        if not shares:
            return Verdict(False, "It belongs to another agency.")
        if permission not in SHARED:
            return Verdict(False, "Your agency shares this, and the agency that leads does it for all.")
    return Verdict(True)


def _outside(own: bool, shares: bool, shared: bool) -> Verdict:
    """Return whether somebody may decide, who belongs to none of the agencies that own a thing or did."""
    if own:
        return Verdict(False, "Somebody outside the agency has to decide this; it belongs to your agency.")
    if shares:
        return Verdict(False, "Somebody outside its agencies has to decide this; your agency shares it.")
    if shared:
        return Verdict(False, "Somebody outside has to decide this; your agency had a part in it.")
    return Verdict(True)


def require(viewer: Viewer, permission: Permission, owned_by: int | Owners | None = None) -> None:
    """Raise Refused, with the reason, unless `may` allows it. The system itself may do anything."""
    if viewer.is_system:
        return
    verdict = may(viewer, permission, owned_by)
    if not verdict:
        lacks_role = reach(viewer, permission) is Reach.NONE
        raise (RoleRefused if lacks_role else Refused)(verdict.reason)
