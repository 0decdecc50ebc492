"""Reading the board's districts. One query each."""

from typing import Any

from ..access.policy import Permission, Reach, Viewer, reach
from .district_rules import Districts
from .models import ChildDeath, District


def list_districts(viewer: Viewer) -> list[District] | None:
    """The board's districts by name, for those who keep the list; None for others."""
    return list(_by_name()) if _keeps(viewer) else None


def get_district(viewer: Viewer, district_id: int) -> District | None:
    """One district, for those who keep the list."""
    return District.get_or_none(District.id == district_id) if _keeps(viewer) else None


def read_districts() -> Districts:
    """The districts as plain values: they are named wherever a case is."""
    rows = list(_by_name())
    return Districts(
        open={row.code: row.name for row in rows if not row.is_closed},
        closed={row.code: row.name for row in rows if row.is_closed},
    )


def counted_districts() -> dict[str, str]:
    """{code: name} of those that tables have a row for: the open ones, and the closed ones some case has."""
    used = District.code.in_(ChildDeath.select(ChildDeath.district))
    rows = _by_name().where((District.is_closed == False) | used)  # noqa: E712
    return {row.code: row.name for row in rows}


def _by_name() -> Any:
    return District.select().order_by(District.name)


def _keeps(viewer: Viewer) -> bool:
    return reach(viewer, Permission.KEEP_PANELS) is not Reach.NONE
