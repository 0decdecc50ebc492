"""Which progress report a paper is: told in its file name, its title and to whom it goes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kscb_actions.wording import date_uk

SUBGROUP = "Serious Case Review Subgroup"
PUBLIC = "The public"


@dataclass(frozen=True)
class PaperKind:
    """What makes a paper another one than the rest of its day.

    agency          (code, name) of the one agency it is about
    since           the day from which changes are told, where another was chosen than the usual
    has_restricted  whether a review that is open to named people only is in it
    """

    is_public: bool = False
    agency: tuple[str, str] | None = None
    since: date | None = None
    has_restricted: bool = False

    @property
    def words(self) -> str:
        """Return what it is: “internal, Kent Police only, changes since 1 January 2012”."""
        return ", ".join(words for _, words in self._parts())

    def title(self, reference: str = "") -> str:
        """Return the title: what it is about, without a case's name, and what it is."""
        about = f"Progress of the action plan {reference}" if reference else "Progress of action plans"
        return f"{about}: {self.words}"

    @property
    def addressee(self) -> str:
        """Return to whom it goes, with what it is."""
        to = PUBLIC if self.is_public else SUBGROUP
        if self.has_restricted:
            to = "Only people named on every restricted review in it"
        return f"{to} ({self.words})"

    def file_name(self, as_at: date, reference: str = "") -> str:
        """Return a file name such as “progress-report-internal-agency-kpol-2012-03-31.docx”."""
        parts = ["progress-report", *([reference] if reference else []), *(part for part, _ in self._parts())]
        return "-".join([*parts, as_at.isoformat()]) + ".docx"

    def _parts(self) -> Iterable[tuple[str, str]]:
        """Yield (as a file name has it, in words) of everything that tells it apart."""
        yield ("for-publication", "for publication") if self.is_public else ("internal", "internal")
        if self.agency:
            code, name = self.agency
            yield f"agency-{code.lower()}", f"{name} only"
        if self.since:
            yield f"since-{self.since.isoformat()}", f"changes since {date_uk(self.since)}"
        if self.has_restricted:
            yield "with-restricted-reviews", "with restricted reviews"
