"""What of a plan a review has already: the same file again adds nothing, and what has changed is offered."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from kscb_actions.text import alike, one_line
from kscb_actions.wording import date_uk

from .plan import Plan, PlanAction, PlanRecommendation
from .tables import Problem

# Of the words of the shorter text, before a recommendation counts as the same in other words.
LEAST_SHARED = 0.4


@dataclass(frozen=True)
class HadAction:
    """An action of a review, or words of a file that wait for an owner (then `id` is None).

    row_id       what a file said of it, where it came from one; `row_text` the words of its action there
    first_due_on the date that it was first due
    takes_past   what happened before may be entered for it; `status_before`: the words of status that were
    """

    id: int | None
    agency: str
    text: str
    first_due_on: date | None = None
    row_id: int | None = None
    row_text: str = ""
    takes_past: bool = False
    status_before: str | None = None

    def is_given(self, read: PlanAction) -> bool:
        """Return whether an action is made of what waited, as the plan says now whose it is."""
        return self.id is None and bool(read.agencies)


@dataclass(frozen=True)
class Had:
    """A recommendation of a review, with its actions."""

    id: int
    number: str
    heading: str
    text: str
    actions: tuple[HadAction, ...] = ()
    has_ended: bool = False


@dataclass(slots=True)
class Entry:
    """A recommendation of a plan: which one of the review it is, and which of its actions each of its own is.

    is_changed  it has other words in the file
    left_out    actions of one that has ended, which can be given none
    """

    read: PlanRecommendation
    had: Had | None = None
    is_changed: bool = False
    actions: list[tuple[PlanAction, HadAction | None]] = field(default_factory=list)
    left_out: list[PlanAction] = field(default_factory=list)


def compared(plan: Plan, had: Sequence[Had]) -> list[Entry]:
    """Return each recommendation of a plan with what the review has of it already."""
    left = _Left(had)
    entries = []
    for read in plan.recommendations:
        same = left.take(read)
        entry = Entry(read, same)
        if same:
            entry.is_changed = _key(same.text) != _key(read.text)
        matched = _matched(read.actions, list(same.actions) if same else [])
        if same and same.has_ended:
            entry.left_out = [new for new, old in matched if old is None]
            matched = [(new, old) for new, old in matched if old is not None]
        entry.actions = matched
        entries.append(entry)
    return entries


class _Left:
    """The recommendations of a review that none of the plan is yet, found by their numbers and texts."""

    def __init__(self, had: Sequence[Had]) -> None:
        self._by_number: dict[str, list[Had]] = defaultdict(list)
        self._by_text: dict[str, list[Had]] = defaultdict(list)
        self._taken: set[int] = set()
        for each in had:
            self._by_number[each.number].append(each)
            self._by_text[_key(each.text)].append(each)

    def take(self, read: PlanRecommendation) -> Had | None:
        """Return the one that a recommendation of the plan is, and it is no other; None where it is new."""
        if not self._by_number:
            return None
        numbered = self._free(self._by_number[read.number]) if read.number else []
        under = [each for each in numbered if each.heading == read.heading]
        alike = self._free(self._by_text[_key(read.text)])
        unnumbered = [each for each in alike if "" in (read.number, each.number)]
        found = under or (numbered if len(numbered) == 1 else []) or unnumbered
        if not found:
            return None
        self._taken.add(found[0].id)
        return found[0]

    def _free(self, had: Iterable[Had]) -> list[Had]:
        return [each for each in had if each.id not in self._taken]


def _matched(read: Sequence[PlanAction], had: list[HadAction]) -> list[tuple[PlanAction, HadAction | None]]:
    """Match actions: by their words and agency; then those that wait for an owner; then in their order."""
    if not had:
        return [(each, None) for each in read]
    found: dict[int, HadAction] = {}

    def match(is_it: Callable[[PlanAction, HadAction], bool]) -> None:
        for at, each in enumerate(read):
            if at not in found and (same := next((one for one in had if is_it(each, one)), None)):
                found[at] = same
                had.remove(same)

    match(
        lambda new, old: _agency(new) == old.agency and _key(new.text) in (_key(old.text), _key(old.row_text))
    )
    match(lambda new, old: old.id is None and _key(new.text) == _key(old.row_text))
    match(lambda new, old: old.id is not None and old.row_id is not None and _agency(new) == old.agency)
    return [(each, found.get(at)) for at, each in enumerate(read)]


def _agency(action: PlanAction) -> str:
    return action.agencies[0] if action.agencies else ""


def _key(text: str) -> str:
    return alike(text)


def clashes_of(entries: Iterable[Entry]) -> list[Problem]:
    """Return where a number of the plan is that of another recommendation of the review.

    A recommendation that was worded anew shares words with its old text, or an action; one of another plan
    shares neither.
    """
    return [
        Problem(
            entry.read.place,
            f"The review has another recommendation {entry.read.number}: “{shortened(entry.had.text)}”. If "
            "this is another plan, take it into a review of its own, or number it otherwise.",
        )
        for entry in entries
        if entry.had and entry.is_changed and not _is_akin(entry)
    ]


def _is_akin(entry: Entry) -> bool:
    words = [set(_key(text).split()) for text in (entry.read.text, entry.had.text if entry.had else "")]
    shared = len(words[0] & words[1]) / max(1, min(map(len, words)))
    same = (had and _key(read.text) in (_key(had.text), _key(had.row_text)) for read, had in entry.actions)
    return shared >= LEAST_SHARED or any(same)


def shortened(text: str) -> str:
    """Return a text on one line, cut where it is long."""
    said = one_line(text)
    return said if len(said) <= 80 else f"{said[:79].rstrip()}…"


def changes_of(entries: Iterable[Entry]) -> list[Problem]:
    """Return what of a review differs from the file, as sentences with the place in the file."""
    told = []
    for entry in entries:
        if entry.had and entry.is_changed:
            told.append(Problem(entry.read.place, "The recommendation has other words."))
        told += [
            Problem(each.place, "The recommendation has ended here, so this action is not taken in.")
            for each in entry.left_out
        ]
        for read, had in entry.actions:
            if had is None or had.id is None:
                continue
            if has_other_words(read, had):
                told.append(Problem(read.place, "The action has other words."))
            if had.status_before is not None and _key(had.status_before) != _key(read.status_text):
                was = f"“{had.status_before}”" if had.status_before else "nothing"
                told.append(
                    Problem(
                        read.place,
                        f"Its status is “{read.status_text}” in the file, and {was} in the records that were "
                        "taken in. What has happened since is reported on the action’s own page.",
                    )
                )
            if read.due.on and read.due.on != had.first_due_on:
                was = date_uk(had.first_due_on, "no date")
                told.append(
                    Problem(read.place, f"The date is {date_uk(read.due.on)} in the file, and {was} here.")
                )
    return told


def has_other_words(read: PlanAction, had: HadAction) -> bool:
    """Return whether an action has other words in the file than in the review."""
    return had.id is not None and _key(read.text) != _key(had.text)
