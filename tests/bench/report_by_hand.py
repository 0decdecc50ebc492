"""The long tables of a progress report by hand: a program for this one paper, plain SQL and strings."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile
from zoneinfo import ZoneInfo

from kscb_actions.database import db
from kscb_actions.reports.content import Cell

from .bench_word import RAW_PARTS, raw_row
from .filling_stories import TODAY

LONDON = ZoneInfo("Europe/London")
NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
OPEN_ACTIONS = """
SELECT r.reference || '/A' || a.number, c.number, a.text,
  g.name || char(10) || coalesce(p.name, 'No lead named'), a.original_due_on, a.current_due_on,
  a.standing, a.progress, a.assurance, a.updated_on, a.reported_done_on, a.extension_count,
  (SELECT narrative FROM progress_update u WHERE u.action_id = a.id ORDER BY u.id DESC LIMIT 1),
  (SELECT asked_at FROM extension x WHERE x.action_id = a.id AND x.state = 'asked' LIMIT 1),
  (SELECT max(at) FROM audit_event e
    WHERE e.kind = 'action' AND e.object_id = a.id AND e.event = 'action.added')
FROM action a JOIN review r ON r.id = a.review_id JOIN recommendation c ON c.id = a.recommendation_id
  JOIN agency g ON g.id = a.agency_id LEFT JOIN person p ON p.id = a.lead_id
WHERE a.standing NOT IN ('withdrawn', 'superseded')
  AND NOT (a.standing = 'active' AND a.assurance = 'accepted')
ORDER BY a.review_id, a.number"""
# How each action stands, and how it stood at the end of SINCE by what the trail had said by then.
STANDINGS = """
SELECT a.id, r.reference || '/A' || a.number, a.text, g.name,
  a.standing, a.progress, a.assurance, a.updated_on, a.current_due_on, a.reported_done_on, a.extension_count,
  EXISTS (SELECT 1 FROM extension x WHERE x.action_id = a.id AND x.state = 'asked'),
  json_extract(e.state, '$.standing'), json_extract(e.state, '$.progress'),
  json_extract(e.state, '$.assurance'), json_extract(e.state, '$.updated_on'),
  json_extract(e.state, '$.current_due_on'), json_extract(e.state, '$.reported_done_on'),
  json_extract(e.state, '$.extension_count'),
  EXISTS (SELECT 1 FROM extension x
    WHERE x.action_id = a.id AND x.state = 'asked' AND x.asked_at < '2012-01-01')
FROM action a JOIN review r ON r.id = a.review_id JOIN agency g ON g.id = a.agency_id
  JOIN audit_event e ON e.id = (SELECT max(l.id) FROM audit_event l
    WHERE l.kind = 'action' AND l.object_id = a.id AND l.at < '2012-01-01')"""
SINCE = date(2011, 12, 31)
STANDS = {"blue": 0, "green": 1, "amber": 2, "red": 3}
ANSWERS = """
SELECT r.reference, c.number, g.name, 'Awaited', s.reason FROM agency_response s
  JOIN review r ON r.id = s.review_id JOIN recommendation c ON c.id = s.recommendation_id
  JOIN agency g ON g.id = s.agency_id ORDER BY s.review_id, c.number"""
EVIDENCE = """
SELECT r.reference || '/A' || a.number, g.name, e.kind, e.dated_on, e.added_at, '0', e.description
FROM evidence e JOIN action a ON a.id = e.action_id JOIN review r ON r.id = a.review_id
  JOIN agency g ON g.id = a.agency_id ORDER BY a.review_id, a.number"""
RECOMMENDATIONS = """
SELECT r.reference, c.number, c.text, c.intended_outcome FROM recommendation c
  JOIN review r ON r.id = c.review_id ORDER BY c.review_id, c.number"""
EXTENSIONS = """
SELECT r.reference || '/A' || a.number, g.name, x.asked_at, x.state, x.old_due_on, x.asked_due_on, x.reason
FROM extension x JOIN action a ON a.id = x.action_id JOIN review r ON r.id = a.review_id
  JOIN agency g ON g.id = a.agency_id ORDER BY x.asked_at"""
PROGRESS = {
    "not_started": "Not started",
    "in_progress": "In progress",
    "done": "Done",
    "cannot_be_done": "Cannot be done",
}
CHECK = {
    "none": "Not yet submitted",
    "submitted": "Waiting for the Board’s check",
    "returned": "Returned by the Board",
    "accepted": "Accepted by the Board",
}


def long_tables() -> Iterator[Iterable[Any]]:
    """Yield the rows of the report's long tables.

    Open actions, those red or amber again, those that wait for the Board, requests for more time, what got
    better or worse, then the record.
    """
    rows = [by_hand(row) for row in db.execute_sql(OPEN_ACTIONS)]
    yield rows
    yield [(*row[:1], *row[2:4], row[5], *row[7:9]) for row in rows if row[7].colour in ("red", "amber")]
    yield [(row[0], *row[2:4], row[5], row[9]) for row in rows if "Board’s turn" in row[9]]
    yield db.execute_sql(EXTENSIONS)
    yield moved()
    yield db.execute_sql(RECOMMENDATIONS)
    yield db.execute_sql(ANSWERS)
    yield db.execute_sql(EVIDENCE)


def moved() -> list[tuple[str, ...]]:
    """Return the rows of what got better or worse since, what got better first, the furthest first."""
    found = []
    day, before = _days_of(TODAY), _days_of(SINCE)
    for key, reference, text, agency, *both in db.execute_sql(STANDINGS):
        now, was = _colour(day, both[:8]), _colour(before, both[8:])
        if now != was and now in STANDS and was in STANDS:
            steps = STANDS[now] - STANDS[was]
            place = (steps > 0, -abs(steps), STANDS[now], key)
            found.append((place, (reference, text, agency, was.capitalize(), now.capitalize())))
    return [row for _, row in sorted(found)]


def write_raw(out: BinaryIO) -> None:
    """Write the long tables as strings in a zip file, and nothing else."""
    with ZipFile(out, "w", ZIP_DEFLATED) as package:
        for name, text in RAW_PARTS.items():
            package.writestr(name, text)
        with package.open("word/document.xml", "w") as part:
            part.write(f"<w:document {NAMESPACE}><w:body>".encode())
            for table in long_tables():
                part.write(b"<w:tbl><w:tblPr/>")
                for batch in _batches(table):
                    part.write("".join(map(_row, batch)).encode())
                part.write(b"</w:tbl><w:p/>")
            part.write(b"<w:sectPr/></w:body></w:document>")


def _row(cells: Any) -> str:
    texts = [each if isinstance(each, Cell) else str(each) for each in cells]
    return raw_row(texts, [900] * len(texts), "")


def _batches(rows: Iterable[Any]) -> Iterator[list[Any]]:
    batch: list[Any] = []
    for row in rows:
        batch.append(row)
        if len(batch) == 200:
            yield batch
            batch = []
    yield batch


def by_hand(row: Any) -> tuple[Any, ...]:
    """Return a row of `OPEN_ACTIONS` as the cells of the table of open actions."""
    reference, number, text, owner, first, due, standing, progress, check, updated, *more = row
    done, extended, said, asked, added = more
    is_boards = bool(asked) or check == "submitted" or progress == "cannot_be_done"
    when, rating = _judged(standing, progress, check, updated, due, done, extended, is_boards)
    told = " ".join(said.split())
    if len(told) > 240:
        told = f"{told[:240].rsplit(' ', 1)[0].rstrip(' ,;:.')} … (shortened)"
    told = f"{PROGRESS[progress]}\n{_short(updated)}: {told}"
    since = datetime.fromisoformat(asked or added).replace(tzinfo=UTC).astimezone(LONDON).date().isoformat()
    turn = CHECK[check] + ("" if standing != "active" else _turn(is_boards, since))
    return reference, str(number), text, owner, _short(first), _short(due), when, rating, told, turn


def _colour(days: tuple[str, str, str], how: Sequence[Any]) -> str:
    """Return the colour alone; `days`: the day, the last one that is soon, and the last of a long silence."""
    standing, progress, check, updated, due, _, extended, is_asked = how
    today, soon, silent = days
    if standing != "active":
        return "grey"
    if check == "accepted":
        return "blue"
    is_owed = due and check != "submitted"
    if progress == "cannot_be_done" or (is_owed and due < today):
        return "red"
    is_quiet = updated <= silent and check != "submitted" and not is_asked
    is_at_risk = check == "returned" or (is_owed and due <= soon) or not due or is_quiet or extended >= 2
    return "amber" if is_at_risk else "green"


def _days_of(today: date) -> tuple[str, str, str]:
    days = today, today + timedelta(days=14), today - timedelta(days=90)
    first, second, third = map(date.isoformat, days)
    return first, second, third


def _turn(is_boards: bool, since: str) -> str:
    if not is_boards:
        return f"\nAgency’s turn since {_short(since)}"
    days = (TODAY - date.fromisoformat(since)).days
    return f"\nBoard’s turn since {_short(since)}: {_days(days)}"


def _judged(
    standing: str,
    progress: str,
    check: str,
    updated: str,
    due: str | None,
    done: str | None,
    extended: int,
    is_boards: bool,
) -> tuple[str, Cell]:
    left = (date.fromisoformat(due) - TODAY).days if due else None
    quiet = (TODAY - date.fromisoformat(updated)).days
    is_done = check in ("submitted", "accepted")
    when = "Not counted" if standing != "active" else _when(is_done, left, due, done)
    late = not is_done and left is not None and left < 0
    soon = not is_done and left is not None and left <= 14
    words = f"{when[0].lower()}{when[1:]}"
    rules = (
        (standing != "active", "grey", standing.replace("_", " ")),
        (check == "accepted", "blue", "accepted by the Board"),
        (progress == "cannot_be_done", "red", "the agency says it cannot be done"),
        (late, "red", words),
        (check == "returned", "amber", "returned by the Board"),
        (soon, "amber", words),
        (left is None, "amber", "no due date set"),
        (quiet >= 90 and not is_boards, "amber", f"no update for {_days(quiet)}"),
        (extended >= 2, "amber", "due date extended twice"),
        (check == "submitted", "green", "reported done, waiting for the Board’s check"),
        (True, "green", "on course"),
    )
    colour, reason = next((colour, reason) for holds, colour, reason in rules if holds)
    return when, Cell(f"{colour.capitalize()}: {reason}", colour)


def _when(is_done: bool, left: int | None, due: str | None, done: str | None) -> str:
    if is_done:
        late = (date.fromisoformat(done) - date.fromisoformat(due)).days if due and done else None
        if late is None:
            return "Done, no date to judge it by"
        return f"Done {_days(late)} late" if late > 0 else "Done on time"
    if left is None:
        return "No date set"
    if left < 0:
        return f"Overdue by {_days(-left)}"
    return "Due today" if left == 0 else f"Due in {_days(left)}"


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def _short(day: str | None) -> str:
    return f"{int(day[8:10])} {date.fromisoformat(day[:10]):%b %Y}" if day else "no date"
