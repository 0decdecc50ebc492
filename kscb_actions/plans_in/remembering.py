"""What somebody has said of a plan's words and headings, kept so that nobody is asked again."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kscb_actions.audit.service import Change
from kscb_actions.reviews.papers.models import ReviewPaper
from kscb_actions.text import InvalidInput, one_line

from .earlier.rules import Earlier
from .headings import Part
from .models import OwnerName, PlanCorrection, PlanLayout
from .owners import LONGEST_WORDS
from .queries import key_of
from .tables import Correction


@dataclass(frozen=True)
class Said:
    """What was said by hand: {words: codes of agencies}, and {heading as `plain` has it: part}.

    cells    which cells of the file were put right
    earlier  how what the file says of the past is read; None to leave that out
    """

    owners: Mapping[str, Sequence[str]] = field(default_factory=dict)
    headings: Mapping[str, Part] = field(default_factory=dict)
    earlier: Earlier | None = None
    cells: Sequence[Correction] = ()


def remember(tx: Change, said: Said, layout: Sequence[str], paper: ReviewPaper) -> None:
    """Keep what was said, in an open change, where it is not kept already. Raises InvalidInput."""
    for words, codes in said.owners.items():
        _remember_owner(tx, one_line(words), ",".join(codes))
    meanings = {heading: str(part) for heading, part in said.headings.items() if heading in layout}
    readings = {key: str(each) for key, each in said.earlier.readings.items()} if said.earlier else {}
    if meanings or readings:
        _remember_layout(tx, layout, meanings, readings)
    rows = [
        PlanCorrection(review=paper.review_id, paper=paper, place=each.place, was=each.was, text=each.text)
        for each in said.cells
    ]
    if rows:
        tx.add_all(rows, "plan-cell.put-right")


def _remember_owner(tx: Change, words: str, codes: str) -> None:
    if not words or len(words) > LONGEST_WORDS:
        raise InvalidInput({"owner": f"Words that name an owner have 1 to {LONGEST_WORDS} characters."})
    row = OwnerName.get_or_none(OwnerName.words == words)
    if row is None:
        tx.add(OwnerName(words=words, agencies=codes), "owner-name.remembered")
    elif row.agencies != codes:
        row.agencies = codes
        tx.update(row, "owner-name.remembered")


def _remember_layout(
    tx: Change, layout: Sequence[str], meanings: Mapping[str, str], readings: Mapping[str, str]
) -> None:
    row = PlanLayout.get_or_none(PlanLayout.layout == key_of(layout))
    told = _with(row.meanings if row else "{}", meanings)
    read = _with(row.readings if row else None, readings)
    if row is None:
        row = PlanLayout(layout=key_of(layout), headings="\n".join(layout), meanings=told, readings=read)
        tx.add(row, "plan-layout.remembered")
    elif (row.meanings, row.readings) != (told, read):
        row.meanings, row.readings = told, read
        tx.update(row, "plan-layout.remembered")


def _with(kept: str | None, said: Mapping[str, str]) -> str | None:
    """Return what is kept as JSON with what was said; what nobody has said anything of stays as it is."""
    return json.dumps({**json.loads(kept or "{}"), **said}, sort_keys=True) if said else kept
