"""Forms of ladders and pauses."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import HiddenField

from kscb_actions.chasing.ladder.rules import (
    LONGEST_REPEAT,
    MOST_RUNGS,
    RECIPIENT_NAMES,
    Ladder,
    Subject,
    Typed,
)
from kscb_actions.text import one_line, whole_number
from kscb_actions.web.shared.forms import (
    DayField,
    HouseForm,
    checkbox,
    checkboxes,
    reason_area,
    save_button,
    select,
    text_line,
)

# The fields of a rung, each with what an empty one has.
EMPTY: Mapping[str, Any] = {"days": "", "to": [], "copy": [], "words": "", "repeats": False, "every": ""}
Row = dict[str, Any]


class LadderForm(HouseForm):
    """A ladder: a group of fields for each rung, named with its number. Made by `ladder_form`."""

    count = HiddenField()

    @property
    def rows(self) -> list[Row]:
        """Return the rungs as they were typed."""
        return [
            {name: self[f"{name}_{number}"].data for name in EMPTY} for number in range(int(self.count.data))
        ]

    @property
    def typed(self) -> list[Typed]:
        """Return the rungs for the service; what is no number is None."""
        return [
            Typed(
                days=_signed(row["days"]),
                to=tuple(row["to"] or ()),
                copy=tuple(row["copy"] or ()),
                words=one_line(row["words"]),
                every=whole_number(row["every"].strip(), 4) if row["repeats"] else None,
                repeats=bool(row["repeats"]),
            )
            for row in self.rows
        ]


def ladder_form(subject: Subject, rows: Sequence[Row] | None, version: int | str, posted: Any = None) -> Any:
    """Return the form of a ladder with these rungs, or with as many as were posted."""
    asked = whole_number(posted.get("count")) if posted is not None else None
    count = min(asked or 0, MOST_RUNGS + 1) if rows is None else len(rows)
    told = [(each.value, RECIPIENT_NAMES[each]) for each in subject.may_tell]
    offered = ", ".join(f"{{{field}}}" for field in subject.fields)
    fields: dict[str, Any] = {}
    for number in range(count):
        fields |= {
            f"days_{number}": text_line(
                "Days",
                f"From {subject.counted}; a minus means before it."
                if subject.has_before
                else f"After {subject.counted}.",
            ),
            f"to_{number}": checkboxes("Who is reminded", told),
            f"copy_{number}": checkboxes("Who gets a copy", told),
            f"words_{number}": text_line(
                "A line of your own (optional)",
                f"Stands beside reference, date and link. It can name {offered}: nothing of a case.",
            ),
            f"repeats_{number}": checkbox("Comes again, until it ends"),
            f"every_{number}": text_line("Every so many days", f"A whole number from 1 to {LONGEST_REPEAT}."),
        }
    made = type("OneLadderForm", (LadderForm,), fields)
    if rows is None:
        form = made(data={"version": version})
        form.count.data = str(count)
        return form
    data = {f"{name}_{number}": value for number, row in enumerate(rows) for name, value in row.items()}
    return made(formdata=None, data={**data, "version": version, "count": str(count)})


def rows_of(ladder: Ladder) -> list[Row]:
    """Return the rungs of a ladder as they are typed."""
    return [
        {
            "days": str(rung.days),
            "to": [each.value for each in rung.to],
            "copy": [each.value for each in rung.copy],
            "words": rung.words,
            "repeats": rung.every is not None,
            "every": str(rung.every or ""),
        }
        for rung in ladder.rungs
    ]


def rearranged(rows: Sequence[Row], do: str) -> list[Row] | None:
    """Return the rungs after a button that adds, removes or moves one; None for any other button.

    A rung that moves takes who is told and in what words with it; the days stay in their order.
    """
    found, (verb, _, which) = list(rows), do.partition("-")
    if verb == "add":
        at = len(found) - 1 if found and found[-1]["repeats"] else len(found)
        return [*found[:at], {**EMPTY}, *found[at:]] if len(found) < MOST_RUNGS else found
    number = whole_number(which, 2)
    if number is None or number >= len(found):
        return None
    if verb == "drop":
        return [*found[:number], *found[number + 1 :]]
    other = {"up": number - 1, "down": number + 1}.get(verb)
    if other is None or not 0 <= other < len(found):
        return None
    for name in ("to", "copy", "words"):
        found[number][name], found[other][name] = found[other][name], found[number][name]
    return found


def _signed(text: str) -> int | None:
    text = text.strip().replace("−", "-")
    return int(text) if re.fullmatch(r"[+-]?[0-9]{1,4}", text) else None


class PauseForm(HouseForm):
    """A pause: of which review or agency, until when, and why."""

    review = select("Review", hint="All that is waited for in it.")
    agency = select("Or agency", hint="All that is waited for from it. What the Board owes goes on.")
    until_on = DayField("Last day of the pause", "Enter the last day on which nobody is reminded.")
    reason = reason_area("Why?", "Everybody who may see the review or the agency’s actions can read this.")
    submit = save_button("Pause the reminders")


class EndForm(HouseForm):
    """Remind again."""

    submit = save_button("Remind again from today")
