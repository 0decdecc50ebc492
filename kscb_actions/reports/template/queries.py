"""The board's templates, and the one in use."""

import peewee

from kscb_actions.access.policy import Permission, Reach, Viewer, reach
from kscb_actions.people.models import User

from .models import PaperTemplate


def template_in_use() -> bytes | None:
    """Return the template that papers are drawn in from now on; None for the house's own look."""
    row = PaperTemplate.select(PaperTemplate.file).where(PaperTemplate.is_in_use).first()
    return row and bytes(row.file)


def get_template(viewer: Viewer, template_id: int) -> PaperTemplate | None:
    """Return one version; None when there is none, or for who does not keep the settings."""
    if reach(viewer, Permission.MANAGE_SETTINGS) is Reach.NONE:
        return None
    return PaperTemplate.get_or_none(PaperTemplate.id == template_id)


def list_templates() -> list[PaperTemplate]:
    """Return every version without its bytes, the newest first."""
    columns = [each for each in PaperTemplate._meta.sorted_fields if each.name != "file"]
    query = PaperTemplate.select(*columns, User).join(User, peewee.JOIN.LEFT_OUTER)
    return list(query.order_by(PaperTemplate.id.desc()))
