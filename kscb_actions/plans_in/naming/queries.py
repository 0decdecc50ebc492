"""Reading the names that plans have for agencies and groups of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from kscb_actions.access.policy import Viewer
from kscb_actions.people.models import Agency

from ..models import OwnerName


@dataclass(frozen=True)
class KeptName:
    """Words of plans, and the agencies they stand for; those of a group have an action each."""

    row: OwnerName
    agencies: Sequence[Agency]

    @property
    def is_group(self) -> bool:
        """Return whether it stands for several agencies."""
        return len(self.agencies) > 1


def list_names() -> list[KeptName]:
    """Return the names that are kept, by their words. Two queries."""
    agencies = {each.code: each for each in Agency.select()}
    rows = sorted(OwnerName.select(), key=lambda each: (each.words.casefold(), each.id))
    return [
        KeptName(row, [agencies[code] for code in row.agencies.split(",") if code in agencies])
        for row in rows
    ]


def get_name(viewer: Viewer, name_id: int) -> OwnerName | None:
    """Return one name; None where there is none. Only who keeps agencies reaches it."""
    return OwnerName.get_or_none(OwnerName.id == name_id)
