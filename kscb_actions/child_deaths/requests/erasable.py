"""Whose files of answers can be erased by whom, what waits to be, and what was. Always for a viewer."""

from collections.abc import Collection
from typing import Any

import peewee

from kscb_actions.access.policy import Permission, Reach, Viewer, reach
from kscb_actions.assurance.rules import Outcome, why_not_erased_by
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.returns.models import AgencyReturn
from kscb_actions.child_deaths.returns.queries import agency_contacts, list_coordinators, own_return
from kscb_actions.child_deaths.visibility import visible_death
from kscb_actions.people.models import Agency, User

from .models import ReturnErasure, ReturnFile
from .queries import sendings_of


def get_erasable_file(viewer: Viewer, return_id: int, file_id: int) -> ReturnFile | None:
    """Return a file that was sent, for who answers for its agency or keeps the case; None for others.

    Of a withdrawn request too: a file that must not be kept must not be kept there either.
    """
    file = _files(viewer).where(ReturnFile.id == file_id, ReturnFile.agency_return == return_id).first()
    return file if file and was_sent(file) else None


def list_waiting_erasures(viewer: Viewer) -> list[ReturnErasure]:
    """Return what waits to be erased, the oldest first, for those who ask or agree. One query, or none."""
    if reach(viewer, Permission.ERASE_ANSWER_FILE) is Reach.NONE:
        return []
    found = ReturnErasure.select(ReturnErasure, ReturnFile, AgencyReturn, Agency, ChildDeath, User)
    found = found.join(ReturnFile).join(AgencyReturn).join(Agency).switch(AgencyReturn).join(ChildDeath)
    found = found.join_from(ReturnErasure, User, on=(ReturnErasure.asked_by == User.id))
    waiting = found.where(ReturnErasure.outcome == "", _open_to(viewer))
    return list(waiting.order_by(ReturnErasure.id))


def erasures_of(returns: Collection[AgencyReturn]) -> list[ReturnErasure]:
    """Return what waits to be erased and what was, of requests fetched for who keeps cases. One query."""
    asking, deciding = User.alias(), User.alias()
    found = ReturnErasure.select(ReturnErasure, ReturnFile, asking, deciding).join(ReturnFile)
    found = found.switch(ReturnErasure).join(asking, on=(ReturnErasure.asked_by == asking.id))
    found = found.switch(ReturnErasure).join(
        deciding, peewee.JOIN.LEFT_OUTER, on=(ReturnErasure.decided_by == deciding.id)
    )
    standing = ReturnErasure.outcome.in_(("", Outcome.AGREED.value))
    ids = [each.id for each in returns]
    return (
        list(found.where(ReturnFile.agency_return.in_(ids), standing).order_by(ReturnErasure.id))
        if ids
        else []
    )


def who_can_agree(erasure: ReturnErasure) -> list[User]:
    """Return the active people who can agree to what was asked, by name."""
    asked_by, asked_as = erasure.asked_by_id, erasure.roles_asking
    people = who_can_erase(erasure.file.agency_return)
    return [each for each in people if why_not_erased_by(each.viewer, asked_by, asked_as) is None]


def who_can_erase(row: AgencyReturn) -> list[User]:
    """Return the active people who can ask for a file of a request to be erased, or agree, by name."""
    contacts = agency_contacts([row.agency_id]).get(row.agency_id, [])
    people = {each.id: each for each in (*contacts, *list_coordinators())}
    found = [each for each in people.values() if _opens(each.viewer, row)]
    return sorted(found, key=lambda each: (each.name, each.id))


def was_sent(file: ReturnFile) -> bool:
    """Return whether a file went with an answer."""
    return any(file.id in each.answers.files for each in sendings_of(file.agency_return))


def _opens(viewer: Viewer, row: AgencyReturn) -> bool:
    found = AgencyReturn.select().join(ChildDeath).where(AgencyReturn.id == row.id, _open_to(viewer))
    return bool(found.exists())


def _open_to(viewer: Viewer) -> Any:
    """Return the condition on AgencyReturn, with its death, that this person can have files of it erased."""
    if reach(viewer, Permission.ERASE_ANSWER_FILE) is Reach.ALL:
        return visible_death(viewer) | own_return(viewer)
    return own_return(viewer)


def _files(viewer: Viewer) -> Any:
    joined = ReturnFile.select(ReturnFile, AgencyReturn, Agency, ChildDeath).join(AgencyReturn).join(Agency)
    return joined.switch(AgencyReturn).join(ChildDeath).where(_open_to(viewer))
