"""Keeping the list of the board's districts."""

from typing import Any

from kscb_actions.access.policy import Permission, Reach, Viewer, reach, require
from kscb_actions.audit.service import change
from kscb_actions.text import InvalidInput, as_name

from .models import District
from .rules import Districts, code_for, problem_with_name


def add_district(viewer: Viewer, name: str) -> District:
    """Add a district to the board's list. Its code is made of its name, once. Raises InvalidInput."""
    require(viewer, Permission.KEEP_PANELS)
    district = District(name=as_name(name))
    with change(viewer) as tx:
        others = _check(district)
        district.code = code_for(district.name, others)
        return tx.add(district, "district.added")


def rename_district(viewer: Viewer, district: District, name: str, expected: int) -> District:
    """Give a district another name, wherever a case has it. Raises InvalidInput, StaleEdit."""
    require(viewer, Permission.KEEP_PANELS)
    district.name = as_name(name)
    with change(viewer) as tx:
        _check(district)
        return tx.update(district, "district.renamed", expected)


def close_district(viewer: Viewer, district: District) -> District:
    """Offer a district for no further case. Raises InvalidInput, StaleEdit."""
    return _set_closed(viewer, district, True, "district.closed", "closed already")


def open_district(viewer: Viewer, district: District) -> District:
    """Offer a closed district again. Raises InvalidInput, StaleEdit."""
    return _set_closed(viewer, district, False, "district.opened", "open already")


def _set_closed(viewer: Viewer, district: District, is_closed: bool, event: str, already: str) -> District:
    require(viewer, Permission.KEEP_PANELS)
    if district.is_closed == is_closed:
        raise InvalidInput({"": f"“{district.name}” is {already}."})
    district.is_closed = is_closed
    with change(viewer) as tx:
        return tx.update(district, event)


def _check(district: District) -> dict[str, str]:
    """Return {code: name} of the other districts, when this one may be called so beside them."""
    rows = District.select(District.code, District.name).where(District.id != (district.id or 0))
    others = dict(rows.order_by(District.name).tuples())
    if problem := problem_with_name(district.name, others):
        raise InvalidInput({"name": problem})
    return others


def list_districts(viewer: Viewer) -> list[District] | None:
    """Return the board's districts by name, for those who keep the list; None for others."""
    return list(_by_name()) if _keeps(viewer) else None


def get_district(viewer: Viewer, district_id: int) -> District | None:
    """Return one district, for those who keep the list."""
    return District.get_or_none(District.id == district_id) if _keeps(viewer) else None


def read_districts() -> Districts:
    """Return the districts as plain values: they are named wherever a case is."""
    rows = list(_by_name())
    return Districts(
        open={row.code: row.name for row in rows if not row.is_closed},
        closed={row.code: row.name for row in rows if row.is_closed},
    )


def _by_name() -> Any:
    return District.select().order_by(District.name)


def _keeps(viewer: Viewer) -> bool:
    return reach(viewer, Permission.KEEP_PANELS) is not Reach.NONE
