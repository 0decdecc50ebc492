"""Every number on the first page of the demonstration's paper is counted again, by plain SQL alone."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from kscb_actions import database
from kscb_actions.database import db, is_sqlite
from kscb_actions.demo.content import AS_AT
from kscb_actions.people.models import User
from kscb_actions.reports.content import Bullets, Paragraph, Report
from kscb_actions.reports.progress.report import build_progress
from kscb_actions.reports.progress.scope import ReportRequest
from kscb_actions.settings.queries import get_board

from ..demonstration import Demonstration
from ..reports.faces import decisions_of, rows_of, summary_of

SINCE = date(2011, 12, 31)
# The state that every open review's action had at the end of a day, from the trail: whose turn it was, since
# when, and its rating. The thresholds are those that a board begins with: 14 days, 90 days, twice.
RATED = """
WITH known AS (SELECT * FROM audit_event WHERE at < :end),
latest AS (SELECT MAX(id) AS id FROM known WHERE kind = 'action' GROUP BY object_id),
then_ AS (
  SELECT object_id AS id, json_extract(state, '$.review_id') AS review_id,
    json_extract(state, '$.number') AS number, json_extract(state, '$.agency_id') AS agency_id,
    json_extract(state, '$.standing') AS standing, json_extract(state, '$.assurance') AS assurance,
    json_extract(state, '$.progress') AS progress, json_extract(state, '$.current_due_on') AS due,
    json_extract(state, '$.updated_on') AS updated, json_extract(state, '$.extension_count') AS extended
  FROM known WHERE id IN (SELECT id FROM latest)),
moved AS (
  SELECT object_id AS id, MAX(at) AS at FROM known WHERE kind = 'action' AND event IN ('action.added',
    'action.standing-changed', 'action.reported-done', 'action.taken-back', 'action.asked-about',
    'action.answered-about', 'action.returned', 'action.accepted', 'action.reopened',
    'action.lead-agency-changed', 'action.agency-corrected', 'action.transferred') GROUP BY object_id),
questions AS (
  SELECT object_id AS id FROM known WHERE id IN (
    SELECT MAX(id) FROM known WHERE kind = 'action' AND event IN (
      'action.asked-about', 'action.reported-done', 'action.taken-back', 'action.answered-about',
    'action.returned', 'action.accepted', 'action.reopened') GROUP BY object_id)
  AND event = 'action.asked-about'),
requests AS (
  SELECT action_id AS id, MIN(asked_at) AS at FROM extension
  WHERE asked_at < :end AND (decided_at IS NULL OR decided_at >= :end) GROUP BY action_id),
turns AS (
  SELECT t.*, moved.at AS moved_at, requests.at AS asked_at,
    t.standing = 'active' AND t.assurance <> 'accepted' AS goes_on,
    CASE WHEN t.standing <> 'active' OR t.assurance = 'accepted' THEN 'nobody'
      WHEN requests.id IS NOT NULL THEN 'more_time'
      WHEN t.assurance = 'submitted' AND questions.id IS NULL THEN 'check'
      WHEN t.assurance <> 'submitted' AND t.progress = 'cannot_be_done' THEN 'to_replace'
      ELSE 'agency' END AS turn,
    (SELECT MAX(MIN(said.at), moved.at) FROM progress_update said WHERE said.action_id = t.id
      AND said.at < :end AND said.progress = 'cannot_be_done' AND said.id > COALESCE((
        SELECT MAX(other.id) FROM progress_update other WHERE other.action_id = t.id
          AND other.at < :end AND other.progress <> 'cannot_be_done'), 0)) AS said_at,
    t.standing = 'active' AND t.assurance IN ('none', 'returned') AND due < :day AS overdue,
    MAX(date(t.updated), date(moved.at), (
      SELECT date(MAX(t.updated, date(moved.at)), '+' || COALESCE(SUM(MAX(0, julianday(date(e.decided_at))
        - julianday(MAX(date(e.asked_at), t.updated, date(moved.at))))), 0) || ' days')
      FROM extension e WHERE e.action_id = t.id AND e.decided_at < :end AND e.asked_at < e.decided_at
    )) AS quiet_since
  FROM then_ t LEFT JOIN moved USING (id) LEFT JOIN questions USING (id) LEFT JOIN requests USING (id)
  JOIN review r ON r.id = t.review_id AND r.is_restricted = 0 WHERE t.standing <> 'void'),
judged AS (
  SELECT *, goes_on AND turn = 'agency' AND julianday(:day) - julianday(quiet_since) >= 90 AS silent
  FROM turns)
SELECT judged.*, agency.name AS agency, CASE WHEN standing <> 'active' THEN 'S'
    WHEN assurance = 'accepted' THEN 'B' WHEN progress = 'cannot_be_done' OR overdue THEN 'R'
    WHEN assurance = 'returned' THEN 'A'
    WHEN assurance <> 'submitted' AND due < date(:day, '+15 days') THEN 'A'
    WHEN due IS NULL OR silent OR extended >= 2 THEN 'A' ELSE 'G' END AS letter
FROM judged JOIN agency ON agency.id = agency_id"""
STANDS = "BGAR"


@dataclass(frozen=True)
class Counted:
    """The rows of both days, as plain SQL has them."""

    then: list[dict[str, Any]]
    now: list[dict[str, Any]]

    def number(self, **of: Any) -> int:
        """Return how many rows of the paper's day have these values."""
        return sum(all(row[name] == value for name, value in of.items()) for row in self.now)

    def moves(self) -> Counter[str]:
        """Return how many got better and how many worse."""
        was = {row["id"]: row["letter"] for row in self.then}
        found: Counter[str] = Counter()
        for row in self.now:
            before, after = was.get(row["id"], "S"), row["letter"]
            if "S" not in (before, after) and before != after:
                found["worse" if STANDS.index(after) > STANDS.index(before) else "better"] += 1
        return found


def rows_at(day: date) -> list[dict[str, Any]]:
    """Return the actions at the end of a day of winter or early spring, when London's time is UTC."""
    end = (day + timedelta(days=1)).isoformat() if day < date(2012, 3, 25) else f"{day.isoformat()} 23:00:00"
    cursor = db.execute_sql(RATED.replace(":end", f"'{end}'").replace(":day", f"'{day.isoformat()}'"))
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def days_since(text: str) -> int:
    """Return how many days before the paper's day a date or an instant is."""
    return (AS_AT - date.fromisoformat(text[:10])).days


@pytest.fixture
def counted(loaded: Demonstration) -> Counted:
    """Count by SQL."""
    if not is_sqlite():
        pytest.skip("The statement is SQLite's; what it counts is the same on both.")
    return Counted(rows_at(SINCE), rows_at(AS_AT))


@pytest.fixture
def paper(loaded: Demonstration) -> Report:
    """Return the subgroup's paper."""
    manager = User.get(User.email == "board.manager@kscb.example").viewer
    with database.reading():
        return build_progress(manager, get_board(), ReportRequest(), AS_AT)


def numbers(text: str) -> list[int]:
    """Return the numbers of a text, without those of references and dates."""
    text = re.sub(r"\b[A-Z]+-\d{4}-\d+/A\d+|\bC\d+\b|\d+ [A-Z][a-z]+ \d{4}", "", text)
    return [int(each.replace(",", "")) for each in re.findall(r"\d[\d,]*", text)]


def test_every_number_of_the_summary(paper: Report, counted: Counted) -> None:
    late = [days_since(row["due"]) for row in counted.now if row["overdue"]]
    waits = [row for row in counted.now if row["turn"] in ("more_time", "check", "to_replace")]
    since_when = {"more_time": "asked_at", "check": "moved_at", "to_replace": "said_at"}
    since = [row[since_when[row["turn"]]] for row in waits]
    of_board = sum(bool(row["overdue"]) for row in waits)
    assert numbers(summary_of(paper)) == [
        counted.number(letter="B"),
        len(counted.now),
        len(late),
        *([of_board] if of_board else []),
        sum(days > 365 for days in late),
        max(late),
        len(waits),
        max(map(days_since, since)),
    ]


def test_every_figure_of_both_days(paper: Report, counted: Counted) -> None:
    then, now = (Counter(row["letter"] for row in rows) for rows in (counted.then, counted.now))
    then["All"], now["All"] = len(counted.then), len(counted.now)
    shown = {row[0].split()[0]: row[1:] for row in rows_of(paper, "Actions by rating")}
    assert list(shown) == ["R", "A", "G", "B", "S", "All"]
    for letter, (before, after, difference) in shown.items():
        assert (int(before), int(after)) == (then[letter], now[letter]), letter
        assert int(difference.replace("−", "-")) == now[letter] - then[letter], letter


def decisions_by_sql(counted: Counted) -> Iterator[tuple[str, int, list[int]]]:
    """Yield (how an ask begins, its count, the numbers of those that it names first) as SQL has them."""
    for begins, holds, since in (
        ("CHALLENGE overdue", lambda row: row["overdue"] and row["turn"] == "agency", "due"),
        ("CHALLENGE silence", lambda row: row["silent"], "quiet_since"),
    ):
        rows = [row for row in counted.now if holds(row)]
        most = Counter(row["agency"] for row in rows).most_common()
        top = [count for _, count in most][:4]
        oldest = max(days_since(row[since]) for row in rows if row["agency"] == most[0][0])
        yield begins, len(rows), [*top, oldest]
    yield "CHECK", counted.number(turn="check"), []
    yield "DECIDE", counted.number(turn="more_time"), []
    yield "REPLACE", counted.number(turn="to_replace"), []
    undated = [row for row in counted.now if row["due"] is None and row["goes_on"]]
    yield "DATE", sum(row["assurance"] in ("none", "returned") for row in undated), []
    owed = """SELECT COUNT(*) FROM agency_response a JOIN recommendation r ON r.id = a.recommendation_id
        JOIN review v ON v.id = a.review_id AND v.is_restricted = 0
        WHERE a.answer = 'awaited' AND r.withdrawn_on IS NULL AND (a.due_on IS NULL OR a.due_on < ?)"""
    yield "CHASE", db.execute_sql(owed, (AS_AT.isoformat(),)).fetchone()[0], []


def test_every_decision_asked_has_the_number_that_sql_has(paper: Report, counted: Counted) -> None:
    asked = decisions_of(paper)
    for begins, count, of_first in decisions_by_sql(counted):
        verb, *word = begins.split()
        [told] = [text for text in asked if text.startswith(verb) and all(each in text for each in word)]
        assert numbers(told)[0] == count, told
        named = [int(each) for each in re.findall(r"\((\d+):", told)]
        assert named == of_first[: len(named)], told
        if of_first:
            assert re.search(r" (\d[\d,]*) days", told)[1].replace(",", "") == str(of_first[-1]), told  # type: ignore[index]


def test_what_got_better_and_worse_is_named_and_the_rest_counted(paper: Report, counted: Counted) -> None:
    [section] = [each for each in paper.sections if each.heading.startswith("What got better")]
    told = {}
    for words, names in zip(section.blocks[::2], section.blocks[1::2], strict=True):
        assert isinstance(words, Paragraph) and isinstance(names, Bullets)
        more = [numbers(each)[0] for each in names.items if each.startswith("and ")]
        told[words.text.split()[-1].rstrip(":")] = len(names.items) - len(more) + sum(more)
        assert all(len(each.split(": was")[0].split()) <= 10 for each in names.items)
    assert told == counted.moves()


def test_what_the_board_owes_is_charged_to_no_agency(paper: Report, counted: Counted) -> None:
    owed = {row["id"] for row in counted.now if row["turn"] in ("more_time", "check", "to_replace")}
    agencies = {row["agency"]: 0 for row in counted.now}
    for row in counted.now:
        if row["letter"] in "RA" and row["id"] not in owed:
            agencies[row["agency"]] += 1
    headings = [row[0] for row in rows_of(paper, "Exceptions by agency") if len(row) == 1]
    shown = {name: sum(numbers(rest)) for name, rest in (each.rsplit(": ", 1) for each in headings)}
    assert shown == {name: count for name, count in agencies.items() if count}
    assert owed
