"""The form that an agency answers by section, when it can be sent, and what may be said of it. Plain values.

The sections are those of the agency report (Form B of the national templates for child death reviews) that a
panel reads; the agency, the child and the dates are known already and not asked again.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kscb_actions.child_deaths.identity import why_not_text
from kscb_actions.child_deaths.terms import YES_NO

MOST_FILES = 20


@dataclass(frozen=True)
class Section:
    """One section of the form. `question` is asked with a choice beside the text; "" where there is none."""

    code: str
    title: str
    hint: str
    question: str = ""


KNOWS = Section(
    "knows",
    "What your agency knows of the child",
    "Which of your services knew the child or the family, since when, and when last? If none did, say where "
    "you looked.",
    "Does your agency know the child or the family?",
)
SECTIONS = (
    KNOWS,
    Section(
        "circumstances",
        "What led to the death",
        "What your records say of the last days or hours, and of who was called and came.",
    ),
    Section(
        "child",
        "The child’s own needs",
        "Health, growth and development, disability, behaviour, school, and what the child was treated for.",
    ),
    Section(
        "family",
        "Family and environment",
        "Who lives in the home, housing, smoking, domestic abuse, other children. Say what people are to the "
        "child, never their names.",
    ),
    Section(
        "parenting",
        "Parenting capacity",
        "Basic care, safety, sleep, supervision, and anything that made it harder, such as illness or drink.",
    ),
    Section(
        "services",
        "Services",
        "What your agency offered, what was taken up, what was missed or came late.",
    ),
    Section(
        "learning",
        "Issues for the panel",
        "What went well, what could be done differently, and what your agency has done already.",
    ),
)
BY_CODE = {each.code: each for each in SECTIONS}


@dataclass(frozen=True)
class Answer:
    """What stands in one section."""

    text: str = ""
    choice: str = ""

    @property
    def is_empty(self) -> bool:
        """Return whether nothing stands there."""
        return not (self.text or self.choice)


@dataclass(frozen=True)
class Answers:
    """All that an agency answers: {code of a section: what stands in it}, and the ids of its files."""

    parts: Mapping[str, Answer]
    files: tuple[int, ...] = ()

    def of(self, code: str) -> Answer:
        """Return what stands in a section."""
        return self.parts.get(code, Answer())


class Outcome(StrEnum):
    """What can be said of an answer."""

    ACCEPTED = "accepted"
    RETURNED = "returned"


OUTCOME_NAMES = {
    Outcome.ACCEPTED: "Accept it: it goes onto the case as it is",
    Outcome.RETURNED: "Return it to the agency: something is missing or has to be put right",
}
ALREADY = {
    Outcome.ACCEPTED: "This answer is accepted already.",
    Outcome.RETURNED: "This answer is returned already. The agency has the next move.",
}
UNCHANGED = "Nothing has changed since this was sent. Change a section or a file first, then send it."
NEWER = "The agency has sent a newer answer since you opened this page. Read that one."
NO_SECTION = "There is no such section."


def write_answers(answers: Answers) -> str:
    """Return an answer as it is kept; equal answers are equal texts."""
    parts = {code: [each.choice, each.text] for code, each in answers.parts.items() if not each.is_empty}
    return json.dumps({"parts": parts, "files": sorted(answers.files)}, ensure_ascii=False, sort_keys=True)


def read_answers(kept: str) -> Answers:
    """Return an answer of what `write_answers` wrote."""
    read = json.loads(kept)
    parts = {code: Answer(text, choice) for code, (choice, text) in read["parts"].items()}
    return Answers(parts, tuple(read["files"]))


def problems_with_part(section: Section, answer: Answer) -> dict[str, str]:
    """Return {field: message} for what cannot be saved of a section. Half a section can."""
    problems = {}
    if answer.choice and (not section.question or answer.choice not in YES_NO):
        problems["choice"] = "Choose from the list."
    if why_not := why_not_text(answer.text):
        problems["text"] = why_not
    return problems


def missing_in(answers: Answers) -> dict[str, str]:
    """Return {code of a section: what is missing there} for an answer that cannot be sent yet.

    An agency that does not know the child says so and is done; one that does says at least what it knows.
    """
    knows = answers.of(KNOWS.code)
    if not knows.choice:
        return {KNOWS.code: "Say whether your agency knows the child or the family."}
    if knows.choice == "yes" and not knows.text:
        return {KNOWS.code: "Say which of your services knew the child, since when, and when last."}
    if knows.choice == "not_known" and not knows.text:
        return {KNOWS.code: "Say why your agency cannot tell."}
    return {}


def in_words(answers: Answers) -> str:
    """Return an answer as the case has it: the text of each section after its title."""
    found = [(each.title, answers.of(each.code).text) for each in SECTIONS if answers.of(each.code).text]
    if len(found) == 1 and found[0][0] == KNOWS.title:
        return found[0][1]
    return "\n\n".join(f"{title}: {text}" for title, text in found)


def problems_with_verdict(
    outcome: str, reason: str, due_on: date | None, today: date, standing: str
) -> dict[str, str]:
    """Return {field: message} for what is wrong with what is said of an answer.

    standing  the outcome that holds; "" where nothing was said of it yet
    """
    problems = {}
    if outcome not in OUTCOME_NAMES:
        problems["outcome"] = "Say whether the answer is accepted."
    elif outcome == standing:
        problems["outcome"] = ALREADY[Outcome(outcome)]
    elif outcome == Outcome.RETURNED:
        if not reason:
            problems["reason"] = "Say what is missing, so that the agency knows what to do."
        if due_on is None:
            problems["due_on"] = "Enter the date by which the agency is to send it again."
        elif due_on <= today:
            problems["due_on"] = "The date must be after today."
    if why_not := why_not_text(reason):
        problems["reason"] = why_not
    return problems


def why_not_attached(kept: Collection[object], sent: Sequence[object]) -> str | None:
    """Return why these files cannot be attached beside those that are kept; None when they can."""
    if not sent:
        return "Choose a file."
    if len(kept) + len(sent) > MOST_FILES:
        return f"At most {MOST_FILES} files go with an answer, and {len(kept)} are attached already."
    return None
