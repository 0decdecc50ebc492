"""The line of its own that a rung adds to a reminder, with fields that hold nothing of a case."""

import re
from collections.abc import Collection, Mapping

LONGEST = 300
# What a line can name, and what that is; each is safe to be read by anybody who may know of the reminder.
FIELDS = {
    "reference": "the reference, like SCR-2011-02/A7",
    "agency": "the agency’s name",
    "due_on": "the day that is counted from, like 30 March 2012",
    "days": "how far that day is, like 7 days",
    "count": "how many reminders of it there have been with this one",
    "link": "the address of its page",
}
# What is in a record and would tell of a child or a family.
OF_A_CASE = frozenset(
    ("pseudonym", "title", "summary", "text", "name", "story", "narrative", "question", "answer", "reason")
    + ("child", "family", "outcome", "measure", "success_measure", "action", "recommendation", "review")
    + ("evidence", "case", "case_number", "update", "progress", "lead")
)
_FIELD = re.compile(r"\{([^{}]*)\}")


def problem_with_words(words: str, fields: Collection[str]) -> str | None:
    """Return why a line cannot be used, for the reader; None when it can.

    fields  what it may name
    """
    if len(words) > LONGEST:
        return f"Use at most {LONGEST} characters."
    if "\n" in words or "\r" in words:
        return "Use one line."
    offered = ", ".join(f"{{{field}}}" for field in FIELDS if field in fields)
    for field in _FIELD.findall(words):
        if field in fields:
            continue
        if field.strip().lower() in OF_A_CASE:
            return f"{{{field}}} would print words of a case in a mail. Use only {offered}."
        return f"{{{field}}} is not known. Use only {offered}."
    if set("{}") & set(_FIELD.sub("", words)):
        return f"A brace stands alone. A field is a word in braces: {offered}."
    return None


def filled(words: str, values: Mapping[str, str]) -> str:
    """Return a line with its fields filled in."""
    return _FIELD.sub(lambda found: values[found.group(1)], words)
