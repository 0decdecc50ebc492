"""Fills a database with a board of many actions, straight into the tables: pages are timed, not services."""

import random
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from kscb_actions.actions.models import Action, Extension
from kscb_actions.database import Model, writing
from kscb_actions.people.models import Agency, User
from kscb_actions.reviews.models import AgencyResponse, Recommendation, Review, ReviewTheme, Theme
from kscb_actions.searching.models import SearchText
from kscb_actions.searching.service import texts_of
from kscb_actions.text import order_key

AGENCIES, PER_REVIEW, PER_RECOMMENDATION, OWN_WORK, WITH_REQUESTS = 16, 20, 4, 15, 200
# Share of all actions, then what they are: standing, progress, assurance, days from today to the due date.
STORIES: tuple[tuple[int, tuple[str, str, str, tuple[int, int]]], ...] = (
    (45, ("active", "done", "accepted", (-900, -30))),
    (6, ("active", "done", "submitted", (-60, 60))),
    (4, ("active", "in_progress", "returned", (-60, 60))),
    (9, ("active", "in_progress", "none", (-120, -1))),
    (8, ("active", "in_progress", "none", (0, 14))),
    (18, ("active", "not_started", "none", (15, 400))),
    (2, ("active", "cannot_be_done", "none", (-100, 100))),
    (5, ("on_hold", "in_progress", "none", (-100, 100))),
    (3, ("superseded", "not_started", "none", (-400, 100))),
)
WORDS = (
    "Agree with partner agencies how information about a household is shared when an adult is known to "
    "substance misuse services, and show by a dip sample of records that front line staff do so."
)


def fill(count: int, today: date) -> None:
    """Fill the open, empty, migrated database with `count` actions in reviews of 20, and one person a role.

    Everything but the number of reviews, recommendations and actions is the same at any size: agencies,
    people, open requests for more time, and the open actions of the one lead whose page is measured.
    """
    with writing():
        _people()
        reviews = count // PER_REVIEW
        _insert(Review, (_review(number) for number in range(1, reviews + 1)))
        _insert(ReviewTheme, ({"review": n, "theme": 1 + n % 8} for n in range(1, reviews + 1)))
        _insert(Recommendation, (_recommendation(n) for n in range(1, count // PER_RECOMMENDATION + 1)))
        rows = [_action(number, today) for number in range(1, count + 1)]
        _insert(Action, rows)
        _insert(AgencyResponse, _responses(rows))
        _insert(Extension, (_request(number, rows[number - 1], today) for number in range(8, count, 8)))


def _people() -> None:
    _insert(Agency, ({"code": f"AG{n:02}", "name": f"Agency number {n:02}"} for n in range(1, AGENCIES + 1)))
    _insert(Theme, ({"name": f"Theme {n}"} for n in range(1, 9)))
    roles = ("manager", "chair", "reader", "agency_lead", "agency_lead", "agency_lead")
    _insert(
        User,
        (
            {
                "email": f"{role}-{n}@board.example",
                "name": f"{role} {n}",
                "roles": role,
                "agency": 1 if role == "agency_lead" else None,
            }
            for n, role in enumerate(roles, start=1)
        ),
    )


def _review(number: int) -> dict[str, Any]:
    reference = f"SCR-{2000 + number % 12}-{number:04}"
    return {
        "reference": reference,
        "order_key": order_key(reference),
        "kind": "scr",
        "pseudonym": "Child A",
        "title": f"Review of case {number}",
        "classification": "OFFICIAL-SENSITIVE",
        "stage": "monitoring",
    }


def _recommendation(number: int) -> dict[str, Any]:
    per_review = PER_REVIEW // PER_RECOMMENDATION
    return {
        "review": 1 + (number - 1) // per_review,
        "number": 1 + (number - 1) % per_review,
        "text": WORDS,
        "intended_outcome": "Children are seen, and what is known of them is put together early.",
    }


def _action(number: int, today: date) -> dict[str, Any]:
    chance = random.Random(number)
    standing, progress, assurance, (first, last) = chance.choices(
        [story for _, story in STORIES], [share for share, _ in STORIES]
    )[0]
    due = today + timedelta(days=chance.randint(first, last)) if chance.random() < 0.97 else None
    is_done = progress == "done"
    return {
        "review": 1 + (number - 1) // PER_REVIEW,
        "recommendation": 1 + (number - 1) // PER_RECOMMENDATION,
        "number": 1 + (number - 1) % PER_REVIEW,
        "agency": 1 + chance.randrange(AGENCIES),
        "lead": None,
        "text": f"{number}. {WORDS}",
        "success_measure": "An audit of twenty records finds the plan followed in nine of ten.",
        "original_due_on": due,
        "current_due_on": due,
        "standing": standing,
        "progress": progress,
        "updated_on": today - timedelta(days=chance.randint(1, 120)),
        "assurance": assurance,
        "reported_done_on": (due or today) - timedelta(days=chance.randint(-20, 20)) if is_done else None,
        "extension_count": chance.choices((0, 1, 2), (8, 2, 1))[0],
    }


def make_overdue(count: int, today: date) -> None:
    """Make the first `count` actions overdue, by one day to 400."""
    open_story = {"standing": "active", "progress": "in_progress", "assurance": "none"}
    with writing():
        for days in range(400):
            due = today - timedelta(days=1 + days)
            of_day = (Action.id <= count) & (Action.id % 400 == days)
            dates = {"original_due_on": due, "current_due_on": due, "reported_done_on": None}
            Action.update(**open_story, **dates).where(of_day).execute()


def give_own_work(today: date, email: str = "agency_lead-4@board.example", count: int = OWN_WORK) -> None:
    """Record the same `count` open actions for a lead whose page is measured, in their own review."""
    with writing():
        lead = User.get(User.email == email)
        review = Review.create(**{**_review(0), "reference": f"SCR-1999-{lead.id:02}"})
        recommendation = Recommendation.create(review=review, number=1, text=WORDS)
        AgencyResponse.create(review=review, recommendation=recommendation, agency=1)
        for number in range(1, count + 1):
            row = _action(number, today)
            own = {"review": review, "recommendation": recommendation, "agency": 1, "lead": lead}
            open_story = {"standing": "active", "progress": "in_progress", "assurance": "none"}
            Action.create(**{**row, **own, **open_story, "number": number, "reported_done_on": None})


def _responses(rows: list[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    named = {(row["review"], row["recommendation"], row["agency"]) for row in rows}
    return ({"review": r, "recommendation": n, "agency": a} for r, n, a in sorted(named))


def _request(number: int, row: dict[str, Any], today: date) -> dict[str, Any]:
    return {
        "review": row["review"],
        "action": number,
        "old_due_on": row["current_due_on"],
        "asked_due_on": today + timedelta(days=60),
        "reason": "The training provider has moved its dates.",
        "asked_by": 4,
        "asked_at": datetime(2012, 3, 1, 9, 0),  # noqa: DTZ001 – kept as naive UTC
        "state": "asked" if number <= WITH_REQUESTS else "agreed",
    }


def _insert(table: type[Model], rows: Iterable[dict[str, Any]]) -> None:
    rows = list(rows)
    for start in range(0, len(rows), 500):
        table.insert_many(rows[start : start + 500]).execute()
    if table.searched:
        _insert(SearchText, [each for row in table.select() for each in texts_of(row, table.searched)])
