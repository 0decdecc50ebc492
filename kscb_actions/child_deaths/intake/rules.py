"""Reading a file of earlier cases: every problem by row and column. Plain values in, plain values out."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import StringIO

from kscb_actions.child_deaths import terms
from kscb_actions.child_deaths.cases.rules import (
    MODIFIABLE_SINCE,
    DeathFacts,
    problems_with_death,
    problems_with_outcome,
)
from kscb_actions.child_deaths.identity import refused_columns
from kscb_actions.settings.rules import NOT_KNOWN, OUTSIDE, Districts
from kscb_actions.text import alike, one_line

from .ages import days_of_age

COLUMNS = (
    "case_number",
    "died_on",
    "notified_on",
    "age_days",
    "sex",
    "ethnicity",
    "district",
    "unexpected",
    "place",
    "categories",
    "modifiable",
    "reviewed_on",
)
OUTCOME = ("categories", "modifiable", "reviewed_on")
# As notification forms have it.
SEX_LETTERS = {"f": "female", "m": "male"}
UNEXPECTED = {"yes": "unexpected", "no": "expected", "not_known": "not_known"}
# As people answer a question; TRUE and FALSE is what a spreadsheet makes of true and false.
ANSWERS = {"y": "yes", "n": "no", "true": "yes", "false": "no"} | dict.fromkeys(
    ("u", "nk", "n/k", "unknown", "?"), "not_known"
)
# As people write of a child who lived elsewhere, or of whom it is not known where.
OUT_OF_AREA = dict.fromkeys(("outside", "elsewhere", "out of area", "outside area"), OUTSIDE) | dict.fromkeys(
    ("u", "nk", "n/k", "unknown", "?"), NOT_KNOWN
)
# What a spreadsheet makes of 11/04, 4-11 or 11E042: the number that was typed cannot be had from it.
_MADE_A_DATE = re.compile(
    r"[0-9]{1,2}-[a-z]{3,9}(-[0-9]{2,4})?|[a-z]{3,9}-[0-9]{2,4}|[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}( 00:00:00)?",
    re.IGNORECASE,
)
_MADE_A_NUMBER = re.compile(r"[0-9](\.[0-9]+)?E[+-]?[0-9]+", re.IGNORECASE)
LONGEST_SHOWN = 40
LONGEST_CELL = 100_000
# What the rules of a case call a fact, where its column has another name.
_COLUMN_OF = {"expected": "unexpected", "status": "modifiable", "completed_on": "reviewed_on"}
_DATES = (
    re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})"),
    re.compile(r"(?P<day>[0-9]{1,2})/(?P<month>[0-9]{1,2})/(?P<year>[0-9]{4})"),
)
_LISTS = {
    "sex": terms.SEXES,
    "ethnicity": terms.ETHNICITIES,
    "place": terms.PLACES,
    "modifiable": {**terms.MODIFIABLE_NAMES, **terms.PREVENTABLE_NAMES},
}


@dataclass(frozen=True)
class Problem:
    """Hold what is wrong in a row, counted as a spreadsheet counts them; column "" is the row as a whole."""

    row: int
    column: str
    message: str


@dataclass(frozen=True)
class EarlierCase:
    """Hold a row without problems. `reviewed_on` is None for a case that no panel has decided yet."""

    row: int
    facts: DeathFacts
    categories: frozenset[int] = frozenset()
    status: str = ""
    reviewed_on: date | None = None


@dataclass(frozen=True)
class ReadFile:
    """Hold the rows that can be taken, and what is wrong with the others."""

    cases: tuple[EarlierCase, ...]
    problems: tuple[Problem, ...]


class NotText(ValueError):
    """Report that a file is not text that can be read; `problem` says where and what to do."""

    def __init__(self, row: int) -> None:
        self.problem = Problem(
            row,
            "",
            "A letter cannot be read, because the file is not in UTF-8. Save it from the spreadsheet as "
            "“CSV UTF-8”.",
        )
        super().__init__(self.problem.message)


def text_of(data: bytes) -> str:
    """Return the text of a file. Raise NotText unless it is UTF-8, with or without its mark."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise NotText(data[: wrong.start].count(b"\n") + 1) from None


def read_cases(text: str, today: date, districts: Districts) -> ReadFile:
    """Return the cases of a CSV text with the columns COLUMNS, in any order, and its problems."""
    rows: list[list[str]] = []
    # The module's limit is one for the process, and others set theirs.
    csv.field_size_limit(LONGEST_CELL)
    try:
        rows.extend(csv.reader(StringIO(text.removeprefix("\ufeff"), newline=""), strict=True))
    except csv.Error as wrong:
        return ReadFile((), (Problem(len(rows) + 1, "", f"The row cannot be read as CSV: {wrong}."),))
    # Spreadsheets write rows and columns that were once used, above, between and beside the others.
    filled = [(number, cells) for number, cells in enumerate(rows, start=1) if any(map(str.strip, cells))]
    first, named = filled[0] if filled else (1, [])
    header = [cell.lower() for cell in _without_end([cell.strip() for cell in named])]
    problems = list(_problems_with_header(first, header))
    if problems:
        return ReadFile((), tuple(problems))
    cases = []
    for number, cells in filled[1:]:
        if cells := _without_end(cells, len(header)):
            case, wrong_here = _read_row(number, header, cells, today, districts)
            problems += wrong_here
            cases += [case] if case else []
    if not cases and not problems:
        problems.append(Problem(first, "", "There is no case in the file, only the names of the columns."))
    return ReadFile(tuple(cases), tuple(problems + list(_given_twice(cases))))


def _without_end(cells: list[str], least: int = 0) -> list[str]:
    """Return the cells without the empty ones at their end; the first `least` stay."""
    while len(cells) > least and not cells[-1].strip():
        cells = cells[:-1]
    return cells


def _problems_with_header(row: int, header: Sequence[str]) -> Iterator[Problem]:
    if not any(header):
        yield Problem(
            row, "", "The file is empty. Its first row names the columns: " + ", ".join(COLUMNS) + "."
        )
        return
    if len(header) == 1 and re.search("[;\t]", header[0]):
        yield Problem(row, "", "The columns must be separated by commas. Save the file as “CSV UTF-8”.")
        return
    refused = refused_columns(header)
    for place, column in enumerate(header, start=1):
        if column in refused:
            yield Problem(row, column, refused[column])
        elif not column:
            yield Problem(row, "", f"Column {place} has no name.")
        elif column not in COLUMNS:
            known = ", ".join(COLUMNS)
            yield Problem(row, column, f"“{_short(column)}” is not a column of an import. They are: {known}.")
        elif column in header[: place - 1]:
            yield Problem(row, column, f"The column “{column}” is there twice.")
    for column in COLUMNS:
        if column not in header:
            yield Problem(row, column, f"The column “{column}” is missing.")


def _read_row(
    row: int, header: Sequence[str], cells: Sequence[str], today: date, districts: Districts
) -> tuple[EarlierCase | None, list[Problem]]:
    if len(cells) != len(header):
        message = f"The row has {len(cells)} cells, the row of names has {len(header)}."
        return None, [Problem(row, "", message)]
    typed = {column: one_line(cell) for column, cell in zip(header, cells, strict=True)}
    wrong: dict[str, str] = {}
    facts = _facts(typed, districts, wrong)
    for name, message in problems_with_death(facts, today, districts.offered()).items():
        wrong.setdefault(_COLUMN_OF.get(name, name), message)
    case = EarlierCase(row, facts)
    if any(typed[column] for column in OUTCOME):
        case = _with_outcome(case, typed, wrong, today)
    return (None if wrong else case), [
        Problem(row, column, wrong[column]) for column in header if column in wrong
    ]


def _facts(typed: Mapping[str, str], districts: Districts, wrong: dict[str, str]) -> DeathFacts:
    answers = {"sex": SEX_LETTERS, "unexpected": ANSWERS, "district": OUT_OF_AREA}
    typed = {**typed, **{name: of.get(typed[name].casefold(), typed[name]) for name, of in answers.items()}}
    died_on = _day(typed, "died_on", wrong)
    _refuse_what_a_spreadsheet_made(typed["case_number"], wrong)
    return DeathFacts(
        case_number=typed["case_number"].upper(),
        died_on=died_on,
        notified_on=_day(typed, "notified_on", wrong),
        age_days=_age(typed["age_days"], died_on, wrong),
        sex=_code(typed, "sex", _LISTS["sex"], wrong),
        ethnicity=_code(typed, "ethnicity", _LISTS["ethnicity"], wrong),
        district=_district(typed, districts, wrong),
        place=_code(typed, "place", _LISTS["place"], wrong),
        expected=UNEXPECTED.get(_code(typed, "unexpected", dict.fromkeys(UNEXPECTED, ""), wrong), ""),
    )


def _with_outcome(
    case: EarlierCase, typed: Mapping[str, str], wrong: dict[str, str], today: date
) -> EarlierCase:
    reviewed_on = _day(typed, "reviewed_on", wrong)
    status = _code(typed, "modifiable", _LISTS["modifiable"], wrong)
    categories = _categories(typed["categories"], wrong)
    for column in OUTCOME:
        if not typed[column]:
            others = " and ".join(f"“{each}”" for each in OUTCOME if each != column)
            wrong[column] = f"Fill in this and {others}, or none of them: then no panel has decided yet."
    if case.facts.died_on and reviewed_on and not wrong.keys() & set(OUTCOME):
        found = problems_with_outcome(categories, status, case.facts.died_on, reviewed_on, today)
        wrong.update({_COLUMN_OF.get(name, name): message for name, message in found.items()})
        if reviewed_on < MODIFIABLE_SINCE and status in terms.MODIFIABLE_NAMES:
            wrong["modifiable"] = (
                "Reviews before 1 April 2010 said whether a death was preventable. That is not translated: "
                f"write one of {', '.join(terms.PREVENTABLE_NAMES)}."
            )
    return EarlierCase(case.row, case.facts, categories, status, reviewed_on)


def _given_twice(cases: Sequence[EarlierCase]) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for case in cases:
        number = case.facts.case_number
        if number in first:
            yield Problem(case.row, "case_number", f"The number is in row {first[number]} too.")
        first.setdefault(number, case.row)


def _day(typed: Mapping[str, str], column: str, wrong: dict[str, str]) -> date | None:
    text = typed[column]
    found = next((match for each in _DATES if (match := each.fullmatch(text))), None)
    if found:
        try:
            return date(int(found["year"]), int(found["month"]), int(found["day"]))
        except ValueError:
            wrong[column] = f"“{text}” is not a real date."
    elif text:
        wrong[column] = f"“{_short(text)}” is not a date like 2011-11-03 or 03/11/2011."
    return None


def _age(text: str, died_on: date | None, wrong: dict[str, str]) -> int | None:
    # Without a day of death the row has a problem anyway, and any day serves to see whether this can be read.
    found = days_of_age(text, died_on or date(2000, 1, 1))
    if text and found is None:
        wrong["age_days"] = (
            f"“{_short(text)}” is no age. Write a number of days, or like 3 weeks, 5 months, 2 years 1 month."
        )
    return found


def _refuse_what_a_spreadsheet_made(number: str, wrong: dict[str, str]) -> None:
    for made, what in ((_MADE_A_DATE, "a date"), (_MADE_A_NUMBER, "a number")):
        if made.fullmatch(number):
            wrong["case_number"] = (
                f"“{_short(number)}” is what a spreadsheet made of a case number: {what}. Set the column to "
                "Text there, type the number again, and save the file anew."
            )


def _district(typed: Mapping[str, str], districts: Districts, wrong: dict[str, str]) -> str:
    closed = _found(typed["district"], districts.closed)
    if closed is None:
        return _code(typed, "district", districts.offered(), wrong)
    wrong["district"] = f"“{districts.closed[closed]}” is closed. Open it again, or write another district."
    return ""


def _code(typed: Mapping[str, str], column: str, names: Mapping[str, str], wrong: dict[str, str]) -> str:
    code = _found(typed[column], names)
    if code is not None:
        return code
    message = f"“{_short(typed[column])}” is not" if typed[column] else "Write"
    wrong[column] = f"{message} one of {', '.join(names)}."
    return ""


def _found(text: str, names: Mapping[str, str]) -> str | None:
    """Return the code that a text means, by itself or by its name, in whatever case; None when none."""
    folded = alike(text)
    for code, name in names.items():
        if folded and folded in (code, alike(name), code.replace("_", " ")):
            return str(code)
    return None


def _categories(text: str, wrong: dict[str, str]) -> frozenset[int]:
    parts = [part.strip() for part in text.split(";") if part.strip()]
    if not all(re.fullmatch("[0-9]{1,2}", part) and int(part) in terms.CATEGORIES for part in parts):
        wrong["categories"] = f"“{_short(text)}” is not numbers from 1 to 10, separated by semicolons."
        return frozenset()
    return frozenset(int(part) for part in parts)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
