"""A warning for years whose tables by death and by review are not protected against each other row by row."""

from dataclasses import dataclass

from kscb_actions.figures.disclosure.publish import printed_quantities

from .protection import ProtectedYear, in_report
from .year import table_label

EXPLANATION = (
    "Some deaths of {year} stand in both kinds of tables: by the year of death and by the year of review. "
    "They are so few in some rows, or so much has been issued before, that the two kinds of tables laid side "
    "by side, row by row, might let a number that is hidden be worked out."
)
STILL_PROTECTED = (
    "What is promised otherwise still holds: no hidden number can be worked out from the totals and sums of "
    "what is printed, nor from what has been issued before."
)


@dataclass(frozen=True)
class Overlap:
    """Describe a year whose two kinds of tables are not protected against each other.

    tables  the tables in which the numbers at stake stand, as people read their names
    """

    year: str
    tables: tuple[str, ...]

    @property
    def explanation(self) -> tuple[str, ...]:
        """Return what it means for the reader, sentence by sentence."""
        at_stake = f"The numbers at stake stand in: {'; '.join(self.tables)}."
        return EXPLANATION.format(year=self.year), STILL_PROTECTED, *((at_stake,) if self.tables else ())

    @property
    def note(self) -> str:
        """Return the same for the audit trail, once somebody has issued the report nevertheless."""
        return (
            "Issued although tables by death and by review are not protected against each other. At stake: "
            f"{'; '.join(self.tables) or 'numbers of the text'}."
        )


def overlap_of(year: str, protected: ProtectedYear) -> Overlap | None:
    """Return the warning for this year; None where all is protected."""
    if protected.is_overlap_protected:
        return None
    holding = [
        name
        for name, paper in protected.published.items()
        if in_report(name)
        and not printed_quantities(protected.counts[name], paper).keys().isdisjoint(protected.unprotected)
    ]
    return Overlap(year, tuple(map(table_label, holding)))
