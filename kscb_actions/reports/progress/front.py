"""The head of a progress report: by whom, to whom, the summary, and what the subgroup is asked to do."""

from collections.abc import Iterator, Mapping

from kscb_actions.wording import date_uk, plural

from .challenges import Challenges
from .changes import ChangeSummary
from .counts import Counts, TurnCounts, in_words
from .scope import Scope
from .words import listed, verb

AGENCIES_NAMED = 6
ASKED_INTRO = "The subgroup is asked to:"
ASKED_OF_NAMED = "Those named on the restricted reviews are asked to:"


def title_of(scope: Scope) -> str:
    """Return the title: what it is about, without a case's name, and which paper it is."""
    return scope.kind.title(scope.review["reference"] if scope.review else "")


def header_of(
    scope: Scope, counts: Counts, turns: TurnCounts, changes: Mapping[str, ChangeSummary]
) -> tuple[tuple[str, str], ...]:
    """Return By, To, Subject, Classification and Summary, as a county council's committee papers begin."""
    return (
        ("By", f"Board manager, {scope.board.name}"),
        ("To", scope.kind.addressee),
        ("Subject", title_of(scope).upper()),
        ("Classification", scope.marking),
        ("Summary", _summary(scope, counts, turns, changes)),
    )


def asked_of(
    scope: Scope,
    counts: Counts,
    turns: TurnCounts,
    challenges: Challenges,
) -> tuple[str, ...]:
    """Return what members are asked to do, as far as the facts give reason for it; nothing of the public."""
    if scope.publication:
        return ()
    return (*_asked(scope, counts, turns), *challenges.asked(scope))


def _summary(scope: Scope, counts: Counts, turns: TurnCounts, changes: Mapping[str, ChangeSummary]) -> str:
    covered = plural(len(scope.reviews), "review") if scope.review is None else scope.review["reference"]
    of = "" if scope.agency_id is None else f" for {scope.agencies[scope.agency_id]}"
    told = (
        f"the Board accepted {changes['accepted'].count:,}",
        f"returned {changes['returned'].count:,}",
    )
    if scope.restricted:
        closed = f" It contains restricted reviews: {listed(scope.restricted)}."
    else:
        closed = "" if scope.publication or scope.review else " Restricted reviews are not in it."
    return (
        f"This paper covers {covered}{of} as at {date_uk(scope.as_at)}. {in_words(counts)} "
        f"{_overdue_and_waiting(scope, turns)} "
        f"Since {date_uk(scope.since)} {listed(told)}; {changes['overdue'].count:,} fell overdue, "
        f"{changes['extended'].count:,} were given a later date and {changes['new'].count:,} were added."
        f"{closed}"
    )


def _overdue_and_waiting(scope: Scope, turns: TurnCounts) -> str:
    """Return how many are overdue and how many wait for the Board, which is not charged to an agency."""
    late, theirs = turns.of("overdue"), turns.of("overdue_agency")
    overdue = verb(late, "is", "are") + " overdue"
    if late > theirs:
        overdue += f", {late - theirs:,} of which {'waits' if late - theirs == 1 else 'wait'} for the Board"
    if not turns.waits.count:
        return f"{overdue}; nothing waits for the Board."
    return f"{overdue}. {turns.waits.words(scope.as_at)}."


def _asked(scope: Scope, counts: Counts, turns: TurnCounts) -> Iterator[str]:
    yield (
        f"NOTE that {verb(counts.of_code('accepted'), 'has', 'have')} been accepted by the Board, of "
        f"{counts.total:,} in all, and what has changed since {date_uk(scope.since)}."
    )
    # What waits for the Board is not charged to an agency.
    if turns.of("overdue_agency"):
        yield f"CHALLENGE overdue actions with {_agencies(scope, turns, 'overdue_agency')}."
    if turns.of("silent"):
        yield f"CHALLENGE silence on actions with {_agencies(scope, turns, 'silent')}."
    if turns.of("to_replace"):
        number = verb(turns.of("to_replace"), "that its agency says", "that their agencies say")
        yield f"DECIDE what takes the place of {number} cannot be done."
    if turns.of("more_time"):
        yield f"DECIDE on {plural(turns.of('more_time'), 'request')} for more time."
    if turns.of("check"):
        yield f"CHECK the evidence of {verb(turns.of('check'), 'that is', 'that are')} reported done."
    if turns.of("no_date"):
        yield f"AGREE a due date for {verb(turns.of('no_date'), 'that has', 'that have')} none."


def _agencies(scope: Scope, turns: TurnCounts, name: str) -> str:
    found = turns.agencies_with(name)
    named = [f"{scope.agencies[key]} ({count:,})" for key, count in found[:AGENCIES_NAMED]]
    more = len(found) - AGENCIES_NAMED
    return listed([*named, f"{plural(more, 'other agency', 'other agencies')}"] if more > 0 else named)
