"""What somebody has said of a plan that is looked at, as the page's form sends it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from werkzeug.datastructures import MultiDict

from kscb_actions.plans_in.headings import Part
from kscb_actions.plans_in.remembering import Said

COLUMN, OWNER, CELL = "column:", "owner:", "cell:"


@dataclass(frozen=True)
class Asked:
    """How a plan is to be read: tables to keep to, what headings mean, whose words are, cells put right."""

    tables: Sequence[str] = ()
    columns: Mapping[str, Part] = field(default_factory=dict)
    owners: Mapping[str, str] = field(default_factory=dict)
    cells: Mapping[str, str] = field(default_factory=dict)
    is_updating: bool = False

    @property
    def said(self) -> Said:
        """Return what is worth remembering."""
        return Said({words: [code] for words, code in self.owners.items()}, self.columns)


def asked_in(sent: MultiDict[str, str], agencies: Sequence[str]) -> Asked:
    """Return what a form says; what it cannot say is left out."""
    parts = set(map(str, Part))
    return Asked(
        tuple(sent.getlist("table")),
        {key: Part(value) for key, value in _named(sent, COLUMN).items() if key and value in parts},
        {words: code for words, code in _named(sent, OWNER).items() if code in agencies},
        _named(sent, CELL),
        "update" in sent,
    )


def _named(sent: MultiDict[str, str], beginning: str) -> dict[str, str]:
    return {name.removeprefix(beginning): sent[name] for name in sent if name.startswith(beginning)}
