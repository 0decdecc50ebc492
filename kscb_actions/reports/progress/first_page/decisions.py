"""What a paper asks its members to decide: each with names, the worst first, and room to write in."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from string import ascii_lowercase

from kscb_actions.reports.content import Column, Counted, Section, Table, counted
from kscb_actions.reports.paper_kind import Audience
from kscb_actions.terms import say, say_later
from kscb_actions.wording import plural

from ..appendices import LETTERS, Appendix
from ..challenges import Challenges
from ..record.queries import count_late_answers, requests_of
from ..scope import Scope
from ..words import led_by, short_date
from .pressing import Item, Pressing

HEADING = "Decisions asked"
ASKED_INTRO = say_later("The subgroup is asked to:")
ASKED_OF_NAMED = "Those named on the restricted reviews are asked to:"
COLUMNS = (
    Column("Item", 14),
    Column("What is asked", 117),
    Column("Decision, who, when", 39),
)
# The list of actions narrowed to what each kind counts.
LISTS: Mapping[str, Mapping[str, str]] = {
    "overdue_agency": {"timeliness": "overdue", "turn": "agency"},
    "silent": {"silent": "1"},
    "check": {"turn": "check"},
    "more_time": {"turn": "more_time"},
    "to_replace": {"turn": "cannot_be_done"},
    "no_date": {"timeliness": "no_date"},
}
# So few that the first page is one page.
AGENCIES_NAMED = 2
ITEMS_NAMED = 2


def decisions_section(scope: Scope, pressing: Pressing, challenges: Challenges) -> Section | None:
    """Return what members are asked to decide, lettered; None where nothing is, and for the public."""
    if scope.publication:
        return None
    if scope.kind.audience is Audience.AGENCY and scope.agency_id is not None:
        asked = tuple(_asked_of_agency(scope, pressing, challenges))
        return asks_section(asked, f"{scope.agencies[scope.agency_id]} is asked to:")
    intro = ASKED_OF_NAMED if scope.restricted else say(ASKED_INTRO)
    return asks_section(tuple(_asked(scope, pressing, challenges)), intro)


def asks_section(asked: Sequence[str], intro: str) -> Section | None:
    """Return what readers are asked to do, lettered, with room to write in; None where it is nothing."""
    if not asked:
        return None
    rows = tuple((lettered(place), text, "") for place, text in enumerate(asked))
    return Section(HEADING, (Table(intro, COLUMNS, rows, about="asks"),))


def lettered(place: int) -> str:
    """Return the letter of what is asked at a place, from 0: “(a)”; after “(z)” comes “(aa)”."""
    again, letter = divmod(place, len(ascii_lowercase))
    return f"({ascii_lowercase[letter] * (again + 1)})"


def _asked(scope: Scope, pressing: Pressing, challenges: Challenges) -> Iterator[str]:
    yield from _challenges(scope, pressing)
    yield from _checks(scope, pressing)
    yield from _requests(scope, pressing)
    for ask, end, kind, of in (
        ("REPLACE ", " that cannot be done", "to_replace", "{}, {}"),
        ("DATE ", "", "no_date", "{}"),
    ):
        worst = pressing.kinds[kind]
        if worst.count:
            names = [of.format(_reference(scope, each), _days(each)) for each in worst.items]
            what = plural(worst.count, "undated action" if kind == "no_date" else "action")
            asked = Counted(ask, counted(what, "actions", **LISTS[kind]), end)
            yield _with_names(scope, asked, names, worst.count)
    yield from _answers(scope)
    yield from challenges.asked(scope)


def _asked_of_agency(scope: Scope, pressing: Pressing, challenges: Challenges) -> Iterator[str]:
    """Yield what one agency is asked to do. Nothing that the Board owes is among it."""
    for kind, ask, said in (
        ("overdue_agency", ("FINISH, or report on, ", " overdue, oldest first"), "{} late"),
        ("silent", ("REPORT on ", " not heard of for long"), "{}"),
        ("no_date", ("NAME a date for ", " without one"), "no word for {}"),
    ):
        worst = pressing.kinds[kind]
        if worst.count:
            names = [
                f"{_reference(scope, each)}, {said.format(_days(each))}"
                if each.days
                else _reference(scope, each)
                for each in worst.items
            ]
            number = counted(plural(worst.count, "action"), "actions", **LISTS[kind])
            yield _with_names(scope, Counted(ask[0], number, ask[1]), names, worst.count)
    if answers := sum(number for _, number, _ in count_late_answers(scope)):
        number = counted(plural(answers, "recommendation"), "answers", owed="1")
        yield Counted("ANSWER ", number, ", past the date or without one.")
    yield from challenges.asked_of_agency()


def _challenges(scope: Scope, pressing: Pressing) -> Iterator[str]:
    """Yield the asks that go to agencies: those with most, each with its oldest. Nothing the Board owes."""
    for kind, begins, ends, of in (
        ("overdue_agency", "CHALLENGE ", " overdue", "oldest {}, {}"),
        ("silent", "CHALLENGE silence on ", "", "longest {}, {}"),
    ):
        found = pressing.agencies_with(kind)
        if found:
            number = counted(plural(pressing.kinds[kind].count, "action"), "actions", **LISTS[kind])
            names = [
                Counted(
                    f"{scope.codes[key]} (",
                    counted(f"{count:,}", "actions", **LISTS[kind], **led_by(scope, key)),
                    f": {of.format(_reference(scope, item), _days(item))})",
                )
                for key, count, item in found
            ]
            yield _with_names(scope, Counted(begins, number, ends), names, len(found), AGENCIES_NAMED)


def _checks(scope: Scope, pressing: Pressing) -> Iterator[str]:
    worst = pressing.kinds["check"]
    if worst.count:
        names = [f"{_reference(scope, each)}, {_days(each)}" for each in worst.items]
        number = counted(f"{worst.count:,}", "actions", **LISTS["check"])
        yield _with_names(scope, Counted("CHECK ", number, " reported done"), names, worst.count, 1)


def _requests(scope: Scope, pressing: Pressing) -> Iterator[str]:
    worst = pressing.kinds["more_time"]
    if not worst.count:
        return
    named = worst.items[:ITEMS_NAMED]
    dates = requests_of(scope, [each.id for each in named])
    names = []
    for each in named:
        old, asked = dates.get(each.id, (None, None))
        begins = short_date(old)
        if old and asked and old.year == asked.year:
            begins = begins.removesuffix(f" {old.year}")
        names.append(f"{_reference(scope, each)} ({begins} to {short_date(asked)})")
    number = counted(plural(worst.count, "request"), "actions", **LISTS["more_time"])
    yield _with_names(scope, Counted("DECIDE on ", number, " for more time"), names, worst.count)


def _answers(scope: Scope) -> Iterator[str]:
    found = count_late_answers(scope)
    if found:
        names = [
            Counted(
                f"{scope.codes[key]} (",
                counted(f"{number:,}", "answers", owed="1", agency=scope.codes[key]),
                f"{f', oldest due {short_date(due_on)}' if due_on else ''})",
            )
            for key, number, due_on in found
        ]
        every = plural(sum(number for _, number, _ in found), "late or undated answer")
        yield _with_names(
            scope,
            Counted("CHASE ", counted(every, "answers", owed="1")),
            names,
            len(found),
            AGENCIES_NAMED,
            Appendix.ANSWERS,
        )


def _with_names(
    scope: Scope,
    ask: str,
    names: Iterable[str],
    count: int,
    most: int = ITEMS_NAMED,
    appendix: Appendix = Appendix.EXCEPTIONS,
) -> str:
    """Return what is asked with the first names, how many more there are, and where they stand."""
    shown = list(names)[:most]
    if more := count - len(shown):
        where = f" (Appendix {LETTERS[appendix]})" if appendix in scope.appendices else ""
        shown.append(f"and {more:,} more{where}")
    first, *others = shown
    return Counted(ask, ": ", first, *(part for each in others for part in ("; ", each)), ".")


def _reference(scope: Scope, item: Item) -> str:
    return scope.reference({"review_id": item.review_id, "number": item.number})


def _days(item: Item) -> str:
    return plural(item.days, "day")
