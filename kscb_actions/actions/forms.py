"""Forms of an action's own pages, for the agency."""

from collections.abc import Callable, Sequence
from typing import Any

from ..assurance.overview import changes_since
from ..assurance.story import Entry
from ..audit.service import StaleEdit
from ..forms import DayField, HouseForm, radios, save_button, words
from .models import Action
from .rules import PROGRESS_NAMES, Progress

STALE = "Somebody else changed this first. Read what they did, then save again to add yours."


class AddingForm(HouseForm):
    """A form that adds to an action's story, where a second editor overwrites nothing.

    When the action has moved since the page was opened, `since` tells what others did; what was typed
    stays, and saving once more adds it.
    """

    since: Sequence[Entry] = ()
    is_stale = False

    @property
    def status(self) -> int:
        """The HTTP status of the page that shows this form again: 409 when somebody else saved first."""
        return 409 if self.is_stale else 200

    def attempt_on(self, action: Action, operation: Callable[[], Any]) -> bool:
        """Run a service operation that adds to `action`; True when it was done."""
        seen, found = self.seen_version, action.version
        done = False
        try:
            done = self.attempt(operation)
        except StaleEdit as stale:
            self.is_stale, found = True, stale.current.version
            self.form_errors.append(STALE)
        if not done and found != seen:
            self.since = changes_since(action, seen)
            self.version.data = str(found)
        return done


class ProgressForm(AddingForm):
    """What the agency says of its action. Done is reported with the evidence, on its own page."""

    progress = radios(
        "How far is it?",
        [(name, text) for name, text in PROGRESS_NAMES.items() if name != Progress.DONE],
    )
    narrative = words(
        "What has happened since the last update?",
        "What was done, what is left and by when, what stands in the way. No names of children or families.",
    )
    submit = save_button("Save the update")


class MoreTimeForm(HouseForm):
    """A request for a later due date."""

    due_on = DayField("New due date", missing="Enter the due date you ask for.")
    reason = words("Why is more time needed?", "What has held it up, and what will be different by then.")
    submit = save_button("Ask for more time")
