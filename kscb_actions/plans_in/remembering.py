"""What somebody has said of a plan's words and headings, kept so that nobody is asked again."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kscb_actions.audit.service import Change
from kscb_actions.text import InvalidInput, one_line

from .headings import Part
from .models import OwnerName, PlanLayout
from .owners import LONGEST_WORDS
from .queries import key_of


@dataclass(frozen=True)
class Said:
    """What was said by hand: {words: codes of agencies}, and {heading as `plain` has it: part}."""

    owners: Mapping[str, Sequence[str]] = field(default_factory=dict)
    headings: Mapping[str, Part] = field(default_factory=dict)


def remember(tx: Change, said: Said, layout: Sequence[str]) -> None:
    """Keep what was said, in an open change, where it is not kept already. Raises InvalidInput."""
    for words, codes in said.owners.items():
        _remember_owner(tx, one_line(words), ",".join(codes))
    meanings = {heading: str(part) for heading, part in said.headings.items() if heading in layout}
    if meanings:
        _remember_layout(tx, layout, meanings)


def _remember_owner(tx: Change, words: str, codes: str) -> None:
    if not words or len(words) > LONGEST_WORDS:
        raise InvalidInput({"owner": f"Words that name an owner have 1 to {LONGEST_WORDS} characters."})
    row = OwnerName.get_or_none(OwnerName.words == words)
    if row is None:
        tx.add(OwnerName(words=words, agencies=codes), "owner-name.remembered")
    elif row.agencies != codes:
        row.agencies = codes
        tx.update(row, "owner-name.remembered")


def _remember_layout(tx: Change, layout: Sequence[str], meanings: Mapping[str, str]) -> None:
    row = PlanLayout.get_or_none(PlanLayout.layout == key_of(layout))
    before: dict[str, str] = json.loads(row.meanings) if row else {}
    told = json.dumps({**before, **meanings}, sort_keys=True)
    if row is None:
        row = PlanLayout(layout=key_of(layout), headings="\n".join(layout), meanings=told)
        tx.add(row, "plan-layout.remembered")
    elif row.meanings != told:
        row.meanings = told
        tx.update(row, "plan-layout.remembered")
