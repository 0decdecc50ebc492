"""Declarations of interest: whoever has one in a case does not see it, until it is lifted with a reason."""

from kscb_actions import clock
from kscb_actions.access.policy import CHAIRING, Permission, Reach, Refused, Role, Viewer, may, reach, require
from kscb_actions.audit.service import change
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.learning.referrals import reads_referral_of
from kscb_actions.child_deaths.visibility import OPEN_INTEREST, get_death
from kscb_actions.people.models import User
from kscb_actions.people.queries import list_with_role
from kscb_actions.text import InvalidInput, clean_text

from . import rules
from .models import Interest


def declare_interest(viewer: Viewer, death: ChildDeath, user: User, nature: str) -> Interest:
    """Declare an interest of `user` in a case: the person's own, or what another said to the co-ordinator.

    Whoever sees the case, or a referral of it, declares their own. From then on neither is there for `user`,
    nor does a proposal of theirs count. Raise InvalidInput, Refused.
    """
    nature = clean_text(nature)
    with change(viewer) as tx:
        if get_death(viewer, death.id) is None and not reads_referral_of(viewer, death):
            raise Refused("There is no such case.")
        user = User.get_by_id(user.id)
        if why_not := _why_not_for(viewer, user):
            raise Refused(why_not)
        problems = rules.problems_with_interest(nature, is_closed_to(user.id, death))
        if problems:
            raise InvalidInput(problems)
        if why_not := rules.why_not_close_to(_keeps_cases(user), _other_coordinators(user, death)):
            raise Refused(why_not)
        return tx.add(
            Interest(death=death, user=user, nature=nature, declared_at=clock.now()), "interest.declared"
        )


def lift_interest(viewer: Viewer, interest: Interest, reason: str, expected: int | None = None) -> Interest:
    """Open a case again to whom it was closed, with the reason; another co-ordinator does this.

    Raise InvalidInput, Refused, StaleEdit.
    """
    require(viewer, Permission.KEEP_PANELS)
    reason = clean_text(reason)
    with change(viewer) as tx:
        if not viewer.is_system and get_death(viewer, interest.death_id) is None:
            raise Refused("There is no such case.")
        now = Interest.get_by_id(interest.id)
        why_not = rules.why_not_lift(now.user_id == viewer.id, now.lifted_at is not None)
        if why_not:
            raise Refused(why_not)
        if problems := rules.problems_with_lifting(reason):
            raise InvalidInput(problems)
        now.lifted_at, now.lifted_reason = clock.now(), reason
        return tx.update(now, "interest.lifted", expected, {"reason": reason})


def is_closed_to(user_id: int, death: ChildDeath) -> bool:
    """Return whether this person has an interest in the case that is not lifted."""
    return Interest.select().where(Interest.death == death, Interest.user == user_id, OPEN_INTEREST).exists()


def people_with_cases() -> list[User]:
    """Return whose interest the co-ordinator may record: active members, chairs and deputies."""
    people = {user.id: user for role in (Role.CDOP_MEMBER, *CHAIRING) for user in list_with_role(role)}
    others = [user for user in people.values() if not _keeps_cases(user)]
    return sorted(others, key=lambda user: (user.name, user.id))


def _why_not_for(viewer: Viewer, user: User) -> str | None:
    opened = (Permission.READ_DEATH, Permission.READ_REFERRAL)
    return rules.why_not_declare_for(
        user.id == viewer.id,
        viewer.is_system or bool(may(viewer, Permission.KEEP_PANELS)),
        user.is_active,
        any(reach(user.viewer, permission) is not Reach.NONE for permission in opened),
        _keeps_cases(user),
    )


def _keeps_cases(user: User) -> bool:
    return reach(user.viewer, Permission.KEEP_PANELS) is not Reach.NONE


def _other_coordinators(user: User, death: ChildDeath) -> int:
    """Return how many active co-ordinators would still see the case if it were closed to `user`."""
    others = [each for each in list_with_role(Role.CDOP_COORDINATOR) if each.id != user.id]
    return sum(not is_closed_to(each.id, death) for each in others)
