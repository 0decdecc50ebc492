"""The kinds of paper that can be made: one entry each, and with it a paper is on the page, as a file, kept.

A paper that joins gives a function from (viewer, board, request, today) to its content as plain data, which
refuses whoever may not have it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from kscb_actions.access.policy import Permission, Viewer
from kscb_actions.settings.rules import Board
from kscb_actions.terms import LazyText, say_later
from kscb_actions.text import InvalidInput

from .audiences.action_plan import build_action_plan
from .audiences.annual_section import build_annual_section
from .audiences.challenge_log import build_challenge_log
from .audiences.committee import build_committee
from .audiences.exception_summary import build_exception_summary
from .audiences.learning_briefing import build_learning_briefing
from .audiences.what_changed import build_what_changed
from .content import Report
from .paper_kind import Audience
from .progress.report import build_progress
from .progress.scope import ReportRequest

Build = Callable[[Viewer, Board, ReportRequest, date], Report]
DAYS = frozenset({"as_at", "since"})
EVERYTHING = DAYS | {"review", "agency", "publication", "restricted", "appendices"}
NEEDED = {
    "review": "Choose the review that the paper is about.",
    "agency": "Choose the agency that the paper is for.",
    "year": "Choose the year that the paper is about.",
}


@dataclass(frozen=True)
class Paper:
    """A kind of paper.

    code        in its address and on the command line
    name        as people choose it
    about       what it is, in a sentence
    build       makes it
    takes       which fields of a request it can be asked with; all others stay as they are by default
    needs       which of them it cannot do without
    permission  who makes it; of one agency only, where that reaches no further
    has_asks    whether its readers are asked for anything, so that this can be edited
    is_signed   whether it says by whom and to whom it is, so that this can be edited
    is_public   whether it is always for publication, whatever is asked
    """

    code: str
    name: str | LazyText
    about: str | LazyText
    build: Build
    takes: frozenset[str] = EVERYTHING
    needs: frozenset[str] = frozenset()
    permission: Permission = Permission.READ_REPORTS
    has_asks: bool = True
    is_signed: bool = True
    is_public: bool = False

    @property
    def is_for_agency(self) -> bool:
        """Return whether it is made for one agency, whose leads may make and fetch it."""
        return self.permission is Permission.PRINT_PAPERS

    def settled(self, choice: ReportRequest) -> ReportRequest:
        """Return what is asked for, with what holds for every paper of this kind."""
        return replace(choice, publication=True) if self.is_public else choice

    def make(self, viewer: Viewer, board: Board, choice: ReportRequest, today: date) -> Report:
        """Return the paper. Build it and read its rows inside one `database.reading()`.

        Raises Refused, and InvalidInput with a message for each field that is missing or cannot be used.
        """
        missing = {name: NEEDED[name] for name in self.needs if not getattr(choice, name)}
        if missing:
            raise InvalidInput(missing)
        return self.build(viewer, board, self.settled(choice), today)


def _for_agency(viewer: Viewer, board: Board, choice: ReportRequest, today: date) -> Report:
    return build_progress(viewer, board, replace(choice, audience=Audience.AGENCY), today)


_ENTRIES = (
    Paper(
        "progress",
        say_later("The SCR subgroup"),
        "What it decides, what changed, and the exceptions of each agency, for its next meeting.",
        build_progress,
    ),
    Paper(
        "board",
        say_later("The Board or a scrutiny committee"),
        "In a committee’s form: numbered paragraphs, recommendations, who signs, background documents.",
        build_committee,
    ),
    Paper(
        "agency",
        "One agency",
        say_later("Only what that agency owns, addressed to it: what is late, and what the Board waits for."),
        _for_agency,
        takes=DAYS | {"agency", "restricted", "appendices"},
        needs=frozenset({"agency"}),
        permission=Permission.PRINT_PAPERS,
    ),
    Paper(
        "exceptions",
        "Whoever has one page",
        "The exceptions of all agencies on one page: the summary, and the worst by name.",
        build_exception_summary,
        takes=EVERYTHING - {"appendices"},
        has_asks=False,
    ),
    Paper(
        "changes",
        "Whoever was at the last meeting",
        "What changed between two days: newly overdue, done, accepted, returned, extended, corrected, "
        "challenged, answered, joined and left, each by name; and the ratings over time.",
        build_what_changed,
        takes=EVERYTHING - {"appendices"},
        has_asks=False,
    ),
    Paper(
        "plan",
        "One review’s action plan",
        "A table by recommendation, as the plan has always been kept: action, owner, due, progress, rating.",
        build_action_plan,
        takes=frozenset({"review", "as_at", "publication", "restricted"}),
        needs=frozenset({"review"}),
        has_asks=False,
    ),
    Paper(
        "public",
        "The public",
        "Without people, pseudonyms, what agencies wrote and reasons; nobody is asked for anything.",
        build_progress,
        takes=DAYS | {"review", "agency", "appendices"},
        has_asks=False,
        is_public=True,
    ),
    Paper(
        "challenges",
        say_later("Whoever follows the Board’s challenges"),
        "The challenges raised in a year: of whom, by when, answered in time or not, and what they changed.",
        build_challenge_log,
        takes=frozenset({"year", "agency", "review", "challenges"}),
        needs=frozenset({"year"}),
        has_asks=False,
    ),
    Paper(
        "learning",
        "Everybody who works with children",
        "One review on one page: what happened, what was learnt, what changes. No names and no pseudonym.",
        build_learning_briefing,
        takes=frozenset({"review"}),
        needs=frozenset({"review"}),
        has_asks=False,
        is_signed=False,
    ),
    Paper(
        "annual",
        say_later("The Board’s annual report"),
        "Its section for a year: reviews, actions at both ends, challenges, and themes that come back.",
        build_annual_section,
        takes=frozenset({"year"}),
        needs=frozenset({"year"}),
        has_asks=False,
    ),
)
PAPERS: Mapping[str, Paper] = {each.code: each for each in _ENTRIES}
