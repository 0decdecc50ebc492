"""Forms of challenges."""

from collections.abc import Mapping, Sequence

from kscb_actions.access.policy import Viewer
from kscb_actions.assurance.challenges.models import ChallengeStep
from kscb_actions.assurance.challenges.rules import LEVEL_NAMES, OUTCOME_NAMES, Level
from kscb_actions.terms import say
from kscb_actions.web.shared.forms import (
    DayField,
    HouseForm,
    came_first,
    options,
    radios,
    reason_area,
    save_button,
    text_area,
)
from kscb_actions.wording import plural

STALE = "Read what was said, then save again if yours still stands."


class StepForm(HouseForm):
    """A form that adds to a challenge. `since`: what others said after the page was opened."""

    since: Sequence[ChallengeStep] = ()
    is_stale = False

    @property
    def status(self) -> int:
        """Return the HTTP status of the page with this form again: 409 when somebody else was first."""
        return 409 if self.is_stale else 200

    def overtaken_by(self, since: Sequence[ChallengeStep], version: int) -> None:
        """Show what others said meanwhile, and make the form ready to be saved after it."""
        self.is_stale, self.since = True, since
        self.version.data = str(version)
        self.form_errors.append(f"{came_first(since[-1].by_id if since else None, 'said something')} {STALE}")


class QuestionForm(HouseForm):
    """A question to an agency: what, to whom, and by when it is to answer."""

    question = text_area(
        "What is the question?",
        "One question that can be answered: what is missing, and what the Board wants to know. No names of "
        "children or families.",
    )
    level = radios("Who is to answer it?", hint="A challenge can be taken a level higher later.")
    due_on = DayField("Reply by")
    submit = save_button("Send the challenge")

    def offer(self, answering: Mapping[Level, Sequence[Viewer]]) -> None:
        """Offer every level, each with who would be asked."""
        self.level.choices = options(
            (level.value, level_words(level, people)) for level, people in answering.items()
        )


class PutRightForm(HouseForm):
    """What a challenge asks, and by when, as it should have been."""

    question = text_area("What is the question?", "No names of children or families.")
    due_on = DayField("Reply by")
    submit = save_button("Put it right")


class AnswerForm(StepForm):
    """The agency's answer."""

    answer = text_area(
        "What is the agency’s answer?",
        "What has been done, what will be done and by when. No names of children or families.",
    )
    submit = save_button("Send the answer")


class CloseForm(StepForm):
    """What came of a challenge."""

    outcome = radios("What came of it?", [(each.value, name) for each, name in OUTCOME_NAMES.items()])
    reason = reason_area(
        "What changed, or why did nothing have to?", "The agency sees it, and it stays with the challenge."
    )
    submit = save_button("Close the challenge")


class EscalateForm(StepForm):
    """A challenge taken to the next level."""

    reason = reason_area(
        "Why is it taken a level higher?", "The agency sees the reason, and it stands in the letter."
    )
    due_on = DayField("Reply by")
    submit = save_button("Take it a level higher")


def level_words(level: Level, people: Sequence[Viewer]) -> str:
    """Return a level with who would be asked there, or that nobody could be."""
    if not people:
        role = say("lead or Board member") if level == Level.LEAD else say("Board member")
        return f"{LEVEL_NAMES[level]}: the agency has no {role} with an account, who answers at this level"
    more = f" and {plural(len(people) - 2, 'other')}" if len(people) > 2 else ""
    return f"{LEVEL_NAMES[level]}: {', '.join(person.name for person in people[:2])}{more}"
