"""The head of a progress report: by whom, to whom, what it covers, the summary, and whom to ask."""

from kscb_actions import clock
from kscb_actions.access.policy import ROLE_NAMES, Viewer
from kscb_actions.actions.rating import COLOUR_NOTES, Colour
from kscb_actions.reports.content import Counted, Paragraph, Section, counted
from kscb_actions.settings.rules import Board, public_marking
from kscb_actions.terms import say
from kscb_actions.wording import date_uk, instant_uk, lower_first, plural

from ..counts import Counts, TurnCounts, waiting_words
from ..scope import Scope
from ..words import listed
from .pressing import Pressing

SUMMARY = "Summary"
CONTACT = "Contact"


def title_of(scope: Scope) -> str:
    """Return the title: what it is about, without a case's name, and which paper it is."""
    return scope.kind.title(scope.review["reference"] if scope.review else "")


def short_header_of(scope: Scope, viewer: Viewer) -> tuple[tuple[str, str], ...]:
    """Return the head of a paper whose first page is one page.

    Its title is its subject, and every page of it bears the marking.
    """
    told = dict(header_of(scope, viewer))
    return tuple((label, told[label]) for label in ("By", "To", "Made", "Coverage"))


def header_of(scope: Scope, viewer: Viewer) -> tuple[tuple[str, str], ...]:
    """Return the block that a county council's committee papers begin with, and what the paper covers."""
    return (
        ("By", f"{scope.board.post}, {scope.board.name}"),
        ("To", scope.kind.addressee),
        ("Subject", title_of(scope).upper()),
        ("Classification", scope.marking),
        ("Made", f"{instant_uk(clock.now())} by {_post(viewer)}"),
        ("Coverage", coverage_of(scope)),
    )


def _post(viewer: Viewer) -> str:
    """Return in which post somebody makes a paper; not by which name, for it goes out."""
    if viewer.id is None:
        return lower_first(viewer.name)
    return listed(ROLE_NAMES[role] for role in sorted(viewer.roles))


def coverage_of(scope: Scope) -> str:
    """Return what a paper covers, and which reviews are not in it, or which restricted ones are."""
    every = counted(plural(len(scope.reviews), "review"), "reviews")
    covered = every if scope.review is None else scope.review["reference"]
    of = "" if scope.agency_id is None else f", {scope.agencies[scope.agency_id]} only"
    told = Counted(covered, f"{of}, as at {date_uk(scope.as_at)}.")
    if scope.restricted:
        return Counted(told, f" It contains restricted reviews: {listed(scope.restricted)}.")
    if scope.publication:
        return say(
            "{told} Only reviews that the Board has released for publication are in it: none "
            "that is restricted or marked above {public_marking}.",
            told=told,
            public_marking=public_marking(scope.made_on),
        )
    return told if scope.review else Counted(told, " Restricted reviews are not in it.")


def summary_section(scope: Scope, counts: Counts, turns: TurnCounts, pressing: Pressing) -> Section:
    """Return the summary under its heading."""
    return Section(SUMMARY, (Paragraph(summary_of(scope, counts, turns, pressing)),))


def summary_of(scope: Scope, counts: Counts, turns: TurnCounts, pressing: Pressing) -> str:
    """Return the state of things in at most four short sentences."""
    return Counted(
        accepted_of(counts),
        say(" accepted by the Board. "),
        _overdue(turns, pressing),
        " ",
        waiting_words(scope, turns),
        f" {COLOUR_NOTES[Colour.GREEN]}",
    )


def accepted_of(counts: Counts) -> Counted:
    """Return how many of all are accepted, like “75 of 195 actions are”."""
    accepted = counts.of_code("accepted")
    return Counted(
        counted(f"{accepted:,}", "actions", rating="blue"),
        " of ",
        counted(plural(counts.total, "action"), "actions", closed="1"),
        " is" if accepted == 1 else " are",
    )


def _overdue(turns: TurnCounts, pressing: Pressing) -> str:
    """Return how many are overdue and for how long; what waits for the Board is charged to no agency."""
    late, theirs = turns.of("overdue"), turns.of("overdue_agency")
    parts: list[str] = [overdue_words(late)]
    if ours := late - theirs:
        number = counted(f"{ours:,}", "actions", timeliness="overdue", turn="board")
        parts += [
            ", ",
            number,
            say(" of which {value} for the Board", value="waits" if ours == 1 else "wait"),
        ]
    if late:
        parts.append("; ")
        if pressing.by_years:
            parts.append(counted(f"{pressing.by_years:,}", "actions", over_a_year="1"))
            parts.append(" by more than a year, ")
        parts.append(f"the longest by {plural(pressing.kinds['overdue'].items[0].days, 'day')}")
    return Counted(*parts, ".")


def overdue_words(late: int) -> Counted:
    """Return how many are overdue, like “31 actions are overdue”."""
    number = counted(plural(late, "action"), "actions", timeliness="overdue")
    return Counted(number, " is overdue" if late == 1 else " are overdue")


def contact_section(scope: Scope) -> Section:
    """Return whom to ask about the paper."""
    return Section(CONTACT, (Paragraph(contact_of(scope.board)),))


def contact_of(board: Board) -> str:
    """Return who signs for the board: the post, and by which telephone and mailbox it is reached."""
    post, *ways = filter(None, [f"{board.post}, {board.name}", board.telephone, board.reply_to])
    return ", ".join([post, *ways]) if ways else f"{post}."
