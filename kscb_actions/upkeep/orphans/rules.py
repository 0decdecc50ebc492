"""When something open has nobody: plain values in, words out."""

from kscb_actions.access.policy import Role


def why_not_leading(name: str, is_active: bool, roles: frozenset[Role], is_of_agency: bool) -> str | None:
    """Return why somebody leads actions in name only; None for a lead who can.

    `is_of_agency`: whether they belong to the agency whose the actions are.
    """
    if not is_active:
        return f"{name} is switched off and cannot sign in."
    if Role.AGENCY_LEAD not in roles:
        return f"{name} is no agency lead any more."
    if not is_of_agency:
        return f"{name} belongs to another agency now."
    return None
