"""Telling people where the tables by death and by review are not protected against each other row by row."""

from dataclasses import dataclass

from kscb_actions.figures.disclosure.publish import printed_quantities

from .fit import Fit, in_report
from .year import name_in_words

MEANS = (
    "Some deaths of {year} stand in both kinds of tables: by the year of death and by the year of review. "
    "They are so few in some rows, or so much has been issued before, that the two kinds of tables laid side "
    "by side, row by row, might let a number that is hidden be worked out."
)
STILL = (
    "What is promised otherwise still holds: no hidden number can be worked out from the totals and sums of "
    "what is printed, nor from what has been issued before."
)


@dataclass(frozen=True)
class Overlap:
    """What is to be told of a year whose two kinds of tables are not protected against each other.

    tables  the tables in which the numbers at stake stand, as people read their names
    """

    year: str
    tables: tuple[str, ...]

    @property
    def told(self) -> tuple[str, ...]:
        """What it means, sentence by sentence."""
        at_stake = f"The numbers at stake stand in: {'; '.join(self.tables)}."
        return MEANS.format(year=self.year), STILL, *((at_stake,) if self.tables else ())

    @property
    def note(self) -> str:
        """The same for the trail, once somebody has issued the report nevertheless."""
        return (
            "Issued although tables by death and by review are not protected against each other. At stake: "
            f"{'; '.join(self.tables) or 'numbers of the text'}."
        )


def overlap_of(year: str, fit: Fit) -> Overlap | None:
    """What is to be told of this year; None where all is protected."""
    if fit.is_full:
        return None
    holding = [
        name
        for name, paper in fit.papers.items()
        if in_report(name) and not printed_quantities(fit.counts[name], paper).keys().isdisjoint(fit.loose)
    ]
    return Overlap(year, tuple(map(name_in_words, holding)))
