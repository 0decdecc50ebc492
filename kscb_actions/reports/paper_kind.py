"""Which paper it is and for whom: told in its file name, its title and its addressee."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kscb_actions.terms import say, say_later
from kscb_actions.wording import date_uk

SUBGROUP = say_later("Serious Case Review Subgroup")
PUBLIC = "The public"
BOARD = say_later("{board}, and its scrutiny committee")


class Audience(StrEnum):
    """Whom a paper is for: chosen first, it decides what can be in the paper at all."""

    SUBGROUP = "subgroup"
    BOARD = "board"
    AGENCY = "agency"
    PUBLIC = "public"


@dataclass(frozen=True)
class Form:
    """What a form of paper is called: in file names, and in titles of all reviews and of one."""

    file: str = "progress-report"
    title: str = "Progress of action plans"
    of_one: str = "Progress of the action plan {}"


PROGRESS = Form()
COMMITTEE = Form("committee-report", "Monitoring of action plans", "Monitoring of the action plan {}")
SUMMARY = Form("exception-summary", "Exceptions of action plans", "Exceptions of the action plan {}")
CHANGES = Form("what-changed", "What changed in action plans", "What changed in the action plan {}")
LEARNING = Form("learning-briefing", "Learning briefings", "Learning from {}")
PLAN = Form("action-plan", "Action plans", "Action plan of {}")


@dataclass(frozen=True)
class PaperKind:
    """What makes a paper another one than the rest of its day.

    agency          (code, name) of the one agency it is about
    since           the day from which changes are told, where another was chosen than the usual
    has_restricted  whether a review that is open to named people only is in it
    board           the board's name, to which a paper for it goes
    """

    is_public: bool = False
    agency: tuple[str, str] | None = None
    since: date | None = None
    has_restricted: bool = False
    audience: Audience = Audience.SUBGROUP
    form: Form = PROGRESS
    board: str = ""

    @property
    def words(self) -> str:
        """Return what it is: “internal, Kent Police only, changes since 1 January 2012”."""
        return ", ".join(words for _, words in self._parts())

    def title(self, reference: str = "") -> str:
        """Return the title: what it is about, without a case's name, and what it is."""
        about = self.form.of_one.format(reference) if reference else self.form.title
        return f"{about}: {self.words}"

    @property
    def addressee(self) -> str:
        """Return to whom it goes, with what it is."""
        words = self.words
        to = PUBLIC if self.is_public else say(SUBGROUP)
        if self.audience is Audience.BOARD:
            to = BOARD.format(board=self.board)
        if self.audience is Audience.AGENCY and self.agency:
            to, words = self.agency[1], words.partition(", ")[2]
        if self.has_restricted:
            to, words = "Only people named on every restricted review in it", self.words
        return f"{to} ({words})" if words else to

    def file_name(self, as_at: date, reference: str = "") -> str:
        """Return a file name such as “progress-report-internal-agency-kpol-2012-03-31.docx”."""
        parts = [self.form.file, *([reference] if reference else []), *(part for part, _ in self._parts())]
        return "-".join([*parts, as_at.isoformat()]) + ".docx"

    def _parts(self) -> Iterable[tuple[str, str]]:
        """Yield (as a file name has it, in words) of everything that tells it apart."""
        if self.audience is Audience.AGENCY and self.agency:
            code, name = self.agency
            yield f"for-agency-{code.lower()}", f"for {name}"
        else:
            yield ("for-publication", "for publication") if self.is_public else ("internal", "internal")
            if self.agency:
                code, name = self.agency
                yield f"agency-{code.lower()}", f"{name} only"
        if self.since:
            yield f"since-{self.since.isoformat()}", f"changes since {date_uk(self.since)}"
        if self.has_restricted:
            yield "with-restricted-reviews", "with restricted reviews"
