"""The common ground of all that is printed: the finest counts of which every printed number is a sum.

A count is of the deaths that meet some conditions: a year of death, a year of review, one or two attributes.
The finest counts are those by attribute within years of death and review that no printed number tells apart.
An attacker knows every sum between them, that no count is below 0, and that no review precedes its death.
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from .axes import GROUPS, NOT_KNOWN, Axis, Membership
from .marks import Printed
from .tables import CountTable, conditions_of

# Any other year, or none yet; and any year but those that are named after it.
OTHER, BUT = "other", "but "
# Of what only a review tells, a death has no code before it.
TIMES, APART = ("died", "reviewed"), ("domain", "influence", "theme")
FROM_REVIEW = {"category", "modifiable", "months", "referral", "domain", "theme"}


@dataclass(frozen=True)
class Statement:
    """State a count: which deaths, how many, how it is printed, and in which of the tables at hand.

    text    as it was printed earlier; None where that is to be decided
    tables  the places of those tables that print it; none for a number of the text
    weight  how much a person hidden in it counts
    """

    times: frozenset[tuple[str, str]]
    family: tuple[str, ...]
    codes: tuple[frozenset[str], ...]
    count: int
    text: Printed | None = None
    tables: frozenset[int] = frozenset()
    key: Hashable = None
    weight: float = 1.0


@dataclass
class Ground:
    """Hold the finest counts, numbered, and what is known of them.

    names      what each is of: its family, its codes, its atom of years
    zero_sums  sums that are 0, as {number: sign}
    parts      for each statement, the numbers of which it is the sum
    """

    names: list[tuple[tuple[str, ...], tuple[str, ...], int]] = field(default_factory=list)
    zero_sums: list[dict[int, int]] = field(default_factory=list)
    parts: list[list[int]] = field(default_factory=list)


def statements_of(
    table: CountTable, paper: CountTable | None, place: int | None, listed: Mapping[str, set[str]]
) -> Iterable[Statement]:
    """Yield what a table states, as printed on `paper` or to be decided, the totals last.

    `listed` are all codes in print of each axis: a row of what is not known may hold what others list.
    """
    own = set(table.rows_by.labels) if table.rows_by else set()
    tables = frozenset() if place is None else frozenset({place})
    lines = table.lines() if paper is None else paper.lines()
    for conditions, counts, texts in zip(conditions_of(table), table.lines(), lines, strict=True):
        for key, count, text in zip(conditions, counts, texts, strict=True):
            times, family, codes = _parsed(key, listed, own)
            yield Statement(times, family, codes, int(count), None if paper is None else text, tables, key)
    # Who reads a table knows that nobody in it has a code that it does not list.
    for axis in (table.rows_by, table.columns_by):
        if axis and axis.membership is Membership.ONE and axis.code not in (*TIMES, *APART, "district"):
            if others := frozenset(listed[axis.code] - codes_in_print([axis])[axis.code]):
                yield Statement(frozenset(table.of), (axis.code,), (others,), 0, 0, key=(table.of, others))


def axes_of(tables: Iterable[CountTable]) -> list[Axis]:
    """Return the axes of these tables."""
    return [axis for table in tables for axis in (table.rows_by, table.columns_by) if axis]


def codes_in_print(axes: Iterable[Axis]) -> dict[str, set[str]]:
    """Return {axis: its codes}, groups put into what they hold."""
    found: dict[str, set[str]] = defaultdict(set)
    for axis in axes:
        for code in axis.labels:
            found[axis.code] |= GROUPS.get((axis.code, code), frozenset({code}))
    return found


def years_of_death(tables: Iterable[CountTable]) -> dict[str, set[str]]:
    """Return {year of review: every year of death of its reviews}, as tables by both tell everybody."""
    found: dict[str, set[str]] = defaultdict(set)
    for table in tables:
        year = dict(table.of).get("reviewed")
        if year and table.columns_by and table.columns_by.code == "died":
            found[year] |= set(table.columns_by.labels)
    return found


def lay_ground(statements: Sequence[Statement], died: Mapping[str, Collection[str]]) -> Ground:
    """Return the finest counts that these statements tell apart; `died` as by `years_of_death`."""
    atoms = _atoms([each.times for each in statements], died)
    ground, number = Ground(), dict[Hashable, int]()
    families = {each.family for each in statements} | {()}
    families |= {(axis,) for family in families if len(family) == 2 for axis in family}
    codes = {family: _codes(family, statements) for family in families}
    for family, atom in product(sorted(families), range(len(atoms))):
        for code in codes[family]:
            if "" in code and not family[0].startswith("theme") and all(r != OTHER for _, r in atoms[atom]):
                continue
            number[family, code, atom] = len(ground.names)
            ground.names.append((family, code, atom))
    for family, atom in product(sorted(families - {()}), range(len(atoms))):
        here = [code for code in codes[family] if (family, code, atom) in number]
        for place in range(len(family)):
            wholes = {code[place] for code in here} if len(family) == 2 else {None}
            for one in wholes:
                total = number[(family[place],), (one,), atom] if one is not None else number[(), (), atom]
                parts = [number[family, c, atom] for c in here if one is None or c[place] == one]
                ground.zero_sums.append({total: -1} | dict.fromkeys(parts, 1))
    for each in statements:
        times = [n for n, pairs in enumerate(atoms) if _meets(pairs[0], each.times)]
        cells = [c for c in codes[each.family] if all(a in s for a, s in zip(c, each.codes, strict=True))]
        wanted = ((each.family, c, n) for c in cells for n in times)
        ground.parts.append([number[one] for one in wanted if one in number])
    return ground


def _parsed(
    key: frozenset[tuple[str, str]], listed: Mapping[str, set[str]], own: set[str]
) -> tuple[frozenset[tuple[str, str]], tuple[str, ...], tuple[frozenset[str], ...]]:
    """Return the years, the family and the codes that these conditions name."""
    rest = {axis: code for axis, code in key if axis not in TIMES}
    times = frozenset((axis, _year(axis, code, own)) for axis, code in key if axis in TIMES)
    if "theme" in rest:
        return times, (f"theme {rest['theme']}",), (frozenset({"in"}),)
    if "domain" in rest:
        return times, (f"domain {rest['domain']}",), (frozenset({rest["influence"]}),)
    family = tuple(sorted(rest))
    return times, family, tuple(_held(axis, rest[axis], listed, own) for axis in family)


def _year(axis: str, code: str, own: set[str]) -> str:
    """Return the year; "not yet" is any year that its table, by the year of review, does not list."""
    return BUT + " ".join(sorted(own - {code})) if axis == "reviewed" and code == "not_yet" else code


def _held(axis: str, code: str, listed: Mapping[str, set[str]], own: set[str]) -> frozenset[str]:
    if axis == "district" and code == NOT_KNOWN:
        return frozenset(listed[axis] - own | {NOT_KNOWN})
    return GROUPS.get((axis, code), frozenset({code}))


def _codes(family: tuple[str, ...], statements: Sequence[Statement]) -> list[tuple[str, ...]]:
    """Return the codes of a family: what no statement tells apart counts as one."""
    axes = []
    for axis in family:
        told = {s.codes[s.family.index(axis)] for s in statements if axis in s.family}
        every = sorted({code for some in told for code in some})
        classes = {tuple(code in some for some in told): code for code in every}
        is_part = axis.split()[0] in FROM_REVIEW
        axes.append([*classes.values(), *([""] if is_part else [])])
    return [c for c in product(*axes) if len(c) < 2 or c.count("") in (0, 2 if _both(family) else 1)]


def _both(family: tuple[str, ...]) -> bool:
    return all(axis in FROM_REVIEW for axis in family)


def _atoms(
    times: Iterable[frozenset[tuple[str, str]]], complete: Mapping[str, Collection[str]]
) -> list[list[tuple[str, str]]]:
    """Return the (year of death, year of review) pairs, those together that no statement tells apart."""
    kinds = list(dict.fromkeys(times))
    died = {code for each in kinds for axis, code in each if axis == "died"}
    named = {code for each in kinds for axis, code in each if axis == "reviewed"}
    reviewed = {year for code in named for year in code.removeprefix(BUT).split()}
    atoms: dict[tuple[bool, ...], list[tuple[str, str]]] = defaultdict(list)
    for pair in product(sorted(died | {OTHER}), sorted(reviewed | {OTHER})):
        signature = tuple(_meets(pair, each) for each in kinds)
        is_before = OTHER not in pair and pair[1] < pair[0]
        if any(signature) and not is_before and pair[0] in complete.get(pair[1], [pair[0]]):
            atoms[signature].append(pair)
    return list(atoms.values())


def _meets(pair: tuple[str, str], times: frozenset[tuple[str, str]]) -> bool:
    for axis, code in times:
        there = pair[axis == "reviewed"]
        is_met = there not in code.split() if code.startswith(BUT) else there == code
        if not is_met:
            return False
    return True
