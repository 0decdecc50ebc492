"""Keeping a ladder, each version for good; and pauses of reminders, of a review or of an agency."""

import json
from collections.abc import Sequence
from datetime import date, timedelta

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Viewer, require
from kscb_actions.audit.service import change
from kscb_actions.database import writing
from kscb_actions.people.models import Agency
from kscb_actions.reviews.models import Review
from kscb_actions.text import InvalidInput, clean_text
from kscb_actions.wording import date_uk

from .models import LadderVersion, ReminderPause
from .queries import number_of
from .rules import Ladder, Subject, Typed, problems_with_pause, read_ladder


class StaleLadder(Exception):
    """Somebody else has kept another ladder since this one was opened."""


def keep_ladder(
    viewer: Viewer, subject: Subject, typed: Sequence[Typed], expected: int | None = None
) -> Ladder:
    """Keep a ladder as the one in force from now on, and return it; what is refused leaves the old one.

    expected  the number of the version the person had before them. Raises StaleLadder, and InvalidInput with
    the names of fields as `field_name` makes them.
    """
    require(viewer, Permission.MANAGE_SETTINGS)
    ladder = checked(subject, typed)
    with writing():
        number = number_of(subject)
        if expected is not None and expected != number:
            raise StaleLadder
        with change(viewer) as tx:
            row = LadderVersion(
                subject=subject.code,
                number=number + 1,
                rungs=json.dumps(ladder.facts(), ensure_ascii=False),
                kept_by=viewer.id,
                kept_at=clock.now(),
            )
            tx.add(row, "ladder.kept")
    return ladder


def checked(subject: Subject, typed: Sequence[Typed]) -> Ladder:
    """Return the ladder that was typed. Raises InvalidInput as `keep_ladder` does."""
    ladder, problems = read_ladder(subject, typed)
    if ladder is None:
        raise InvalidInput({field_name(*at): _said(at[0], message) for at, message in problems.items()})
    return ladder


def _said(number: int, message: str) -> str:
    return message if number < 0 else f"Rung {number + 1}: {message}"


def field_name(number: int, field: str) -> str:
    """Return the name of the form's field for a field of a rung; "" for the whole ladder."""
    return f"{field}_{number}" if field else ""


def pause_reminders(
    viewer: Viewer, review: Review | None, agency: Agency | None, reason: str, until_on: date | None
) -> ReminderPause:
    """Remind nobody of a review, or of what an agency owes, from today until a day. Raises InvalidInput.

    Of one that is paused already too: whoever ends a pause is to find no other behind it.
    """
    require(viewer, Permission.MANAGE_SETTINGS)
    reason, today = clean_text(reason), clock.today()
    problems = problems_with_pause(review is not None, agency is not None, reason, until_on, today)
    if problems or until_on is None:
        raise InvalidInput(problems)
    row = ReminderPause(
        review=review, agency=agency, reason=reason, since_on=today, until_on=until_on, paused_by=viewer.id
    )
    with writing():
        field, about = ("review", ReminderPause.review) if review else ("agency", ReminderPause.agency)
        held = ReminderPause.get_or_none(about == (review or agency), ReminderPause.until_on >= today)
        if held:
            until = date_uk(held.until_on)
            raise InvalidInput({field: f"Its reminders are paused already until {until}: end that first."})
        with change(viewer) as tx:
            return tx.add(row, "reminders.paused", {"agency": agency.name} if agency else {})


def end_pause(viewer: Viewer, pause: ReminderPause, expected: int) -> ReminderPause:
    """Remind again from today. Raises StaleEdit, and InvalidInput where the pause has ended."""
    require(viewer, Permission.MANAGE_SETTINGS)
    today = clock.today()
    if pause.until_on < today:
        raise InvalidInput({"": "This pause has ended already."})
    pause.until_on = today - timedelta(days=1)
    with change(viewer) as tx:
        return tx.update(pause, "reminders.resumed", expected)
