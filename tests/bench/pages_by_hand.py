"""What pages that read every matching row ask of the database, by hand: plain SQL that asks of nobody.

Each statement counts or finds the rows of the page, and no more of them: its counts first, its rows after.
Today is the day of the measurement.
"""

from kscb_actions.database import db

# What is open, or done and waits for the Board.
_UNFINISHED = "standing = 'active' AND assurance IN ('none', 'returned')"
_NOT_ACCEPTED = "standing = 'active' AND assurance IN ('none', 'submitted', 'returned')"
_OVERDUE = f"{_UNFINISHED} AND current_due_on < '2012-03-30'"
# On the agency's own turn: not while a check, a request for more time or what cannot be done waits for the
# Board. No request of a board that is measured has been decided, and nothing was returned or sent back.
_QUIET = (
    "(updated_on < '2012-01-01' AND assurance <> 'submitted' AND progress <> 'cannot_be_done' "
    "AND id NOT IN (SELECT action_id FROM extension WHERE state = 'asked'))"
)
_SILENT = f"{_UNFINISHED} AND {_QUIET}"
_LATE = "(assurance <> 'submitted' AND current_due_on IS NOT NULL AND current_due_on < '{}')"
_AT_RISK = (
    f"(assurance = 'returned' OR {_LATE.format('2012-04-14')} OR current_due_on IS NULL "
    f"OR {_QUIET} OR extension_count >= 2)"
)
_NOT_RED = f"{_NOT_ACCEPTED} AND progress <> 'cannot_be_done' AND NOT {_LATE.format('2012-03-30')}"
_AMBER = f"{_NOT_RED} AND {_AT_RISK}"
_GREEN = f"{_NOT_RED} AND NOT {_AT_RISK}"
# Placeholders, in this order: grey, blue, red twice, amber and green.
_RATED = f"""CASE WHEN standing <> 'active' THEN %s WHEN assurance = 'accepted' THEN %s
    WHEN progress = 'cannot_be_done' THEN %s WHEN {_LATE.format("2012-03-30")} THEN %s
    WHEN {_AT_RISK} THEN %s ELSE %s END"""
_COLOUR = _RATED % ("'grey'", "'blue'", "'red'", "'red'", "'amber'", "'green'")
_BY_AGENCY = f"""
SELECT agency_id, {_COLOUR} AS colour, COUNT(*)
FROM action GROUP BY agency_id, colour"""
_OPEN = "standing <> 'superseded' AND NOT (standing = 'active' AND assurance = 'accepted')"
_IN_TEXTS = """(text LIKE {word} OR success_measure LIKE {word}
  OR review_id IN (SELECT id FROM review WHERE reference LIKE {word} OR title LIKE {word})
  OR recommendation_id IN (SELECT id FROM recommendation WHERE text LIKE {word}))"""
_WORD = "%household%"
_BY_DUE = "current_due_on ASC NULLS LAST, id"
# The worst first, as a list opens.
_PLACE = _RATED % (4, 3, 0, 0, 1, 2)
_BY_RATING = f"{_PLACE}, {_BY_DUE}"
_BY_RATING_DOWN = f"{_PLACE} DESC, current_due_on DESC NULLS LAST, id DESC"
_BY_REFERENCE = "(SELECT order_key FROM review WHERE review.id = review_id), number"
_BY_AGENCY_NAME = "(SELECT name FROM agency WHERE agency.id = agency_id)"


def _count(condition: str) -> str:
    return f"SELECT COUNT(*) FROM action WHERE {condition}"


def _first(condition: str, order: str, most: int = 25) -> str:
    return (
        f"SELECT * FROM action WHERE id IN (SELECT id FROM action WHERE {condition} ORDER BY {order} "
        f"LIMIT {most}) ORDER BY {order}"
    )


_ATTENTION = (_BY_AGENCY, _count(_SILENT), _count(_OVERDUE), _first(_OVERDUE, _BY_DUE, 5))
BY_HAND: dict[str, tuple[str, ...]] = {
    "/attention": _ATTENTION,
    "/actions?rating=amber&sort=updated": (_count(_AMBER), _first(_AMBER, "updated_on, id")),
    "/actions?rating=green": (_count(_GREEN), _first(_GREEN, _BY_DUE)),
    "/actions?silent=1&sort=reference": (
        _count(_SILENT),
        "SELECT * FROM action WHERE id IN (SELECT action.id FROM action JOIN review ON review.id = review_id "
        f"WHERE {_SILENT.replace('AND id', 'AND action.id')} ORDER BY reference, action.number LIMIT 25)",
    ),
    "/actions": (_count(_OPEN), _first(_OPEN, _BY_RATING)),
    "/actions?direction=descending": (_count(_OPEN), _first(_OPEN, _BY_RATING_DOWN)),
    "/actions?sort=reference": (_count(_OPEN), _first(_OPEN, _BY_REFERENCE)),
    "/actions?sort=agency": (_count(_OPEN), _first(_OPEN, f"{_BY_AGENCY_NAME}, {_BY_DUE}")),
    "/actions?q=household": (_count(_IN_TEXTS), _first(_IN_TEXTS, _BY_RATING)),
}


def ask(address: str) -> list[list[tuple[object, ...]]]:
    """Return the rows of each statement of a page, of the open database."""
    found = []
    for statement in BY_HAND[address]:
        sql = statement.format(word=db.param)
        found.append(db.execute_sql(sql, (_WORD,) * statement.count("{word}")).fetchall())
    return found
