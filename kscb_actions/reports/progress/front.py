"""The head of a progress report: by whom, to whom, the summary, and what the subgroup is asked to do."""

from collections.abc import Iterator, Mapping

from kscb_actions.wording import date_uk, plural

from .challenges import Challenges
from .changes import ChangeSummary
from .counts import Counts, in_words
from .record import Extensions
from .scope import Scope
from .words import listed, verb

AGENCIES_NAMED = 6
ASKED_INTRO = "The subgroup is asked to:"
ASKED_OF_NAMED = "Those named on the restricted reviews are asked to:"


def title_of(scope: Scope) -> str:
    """Return the title: what it is about, without a case's name, and which paper it is."""
    return scope.kind.title(scope.review["reference"] if scope.review else "")


def header_of(
    scope: Scope, counts: Counts, changes: Mapping[str, ChangeSummary]
) -> tuple[tuple[str, str], ...]:
    """Return By, To, Subject, Classification and Summary, as a county council's committee papers begin."""
    return (
        ("By", f"Board manager, {scope.board.name}"),
        ("To", scope.kind.addressee),
        ("Subject", title_of(scope).upper()),
        ("Classification", scope.marking),
        ("Summary", _summary(scope, counts, changes)),
    )


def asked_of(
    scope: Scope,
    counts: Counts,
    changes: Mapping[str, ChangeSummary],
    extensions: Extensions,
    challenges: Challenges,
) -> tuple[str, ...]:
    """Return what members are asked to do, as far as the facts give reason for it; nothing of the public."""
    if scope.publication:
        return ()
    return (*_asked(scope, counts, changes, extensions), *challenges.asked(scope))


def _summary(scope: Scope, counts: Counts, changes: Mapping[str, ChangeSummary]) -> str:
    covered = plural(len(scope.reviews), "review") if scope.review is None else scope.review["reference"]
    of = "" if scope.agency_id is None else f" for {scope.agencies[scope.agency_id]}"
    told = (
        f"the Board accepted {changes['accepted'].count:,}",
        f"returned {changes['returned'].count:,}",
    )
    closed = f" It contains restricted reviews: {listed(scope.restricted)}." if scope.restricted else ""
    return (
        f"This paper covers {covered}{of} as at {date_uk(scope.as_at)}. {in_words(counts)} "
        f"Since {date_uk(scope.since)} {listed(told)}; {changes['overdue'].count:,} fell overdue, "
        f"{changes['extended'].count:,} were given a later date and {changes['new'].count:,} were added."
        f"{closed}"
    )


def _asked(
    scope: Scope, counts: Counts, changes: Mapping[str, ChangeSummary], extensions: Extensions
) -> Iterator[str]:
    yield (
        f"NOTE that {verb(counts.of_code('accepted'), 'has', 'have')} been accepted by the Board, of "
        f"{counts.total:,} in all, and what has changed since {date_uk(scope.since)}."
    )
    if counts.of_code("overdue"):
        yield f"CHALLENGE overdue actions with {_agencies(scope, counts, 'overdue')}."
    if counts.of_code("silent"):
        yield f"CHALLENGE silence on actions with {_agencies(scope, counts, 'silent')}."
    if counts.of_code("cannot_be_done"):
        number = verb(counts.of_code("cannot_be_done"), "that its agency says", "that their agencies say")
        yield f"DECIDE what takes the place of {number} cannot be done."
    if extensions.waiting:
        yield f"DECIDE on {plural(extensions.waiting, 'request')} for more time."
    if counts.of_code("submitted"):
        number = verb(counts.of_code("submitted"), "that is", "that are")
        yield f"CHECK the evidence of {number} reported done."
    if counts.of_code("no_date"):
        yield f"AGREE a due date for {verb(counts.of_code('no_date'), 'that has', 'that have')} none."


def _agencies(scope: Scope, counts: Counts, code: str) -> str:
    found = counts.agencies_with(code)
    named = [f"{scope.agencies[key]} ({count:,})" for key, count in found[:AGENCIES_NAMED]]
    more = len(found) - AGENCIES_NAMED
    return listed([*named, f"{plural(more, 'other agency', 'other agencies')}"] if more > 0 else named)
