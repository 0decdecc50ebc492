"""The check that services make: the role allows it, and a restricted review names the person."""

from ..access.policy import Permission, Refused, Viewer, require
from .models import NamedPerson, Review


def require_on(viewer: Viewer, permission: Permission, review: Review, agency_id: int | None = None) -> None:
    """Raise Refused unless the viewer may do this to a thing of `agency_id` in `review`.

    A restricted review is for its named people only, whatever their role.
    """
    require(viewer, permission, agency_id)
    if review.is_restricted and not viewer.is_system and not is_named(review, viewer.id):
        raise Refused("There is no such review.")


def is_named(review: Review, user_id: int | None) -> bool:
    """Is this person named on the review?"""
    return NamedPerson.select().where(NamedPerson.review == review, NamedPerson.user == user_id).exists()
