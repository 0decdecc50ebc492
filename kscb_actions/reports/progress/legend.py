"""How to read a progress report: what the colours mean, and how the ratings are made."""

from kscb_actions.actions.rating import Colour, legend, rating_rules
from kscb_actions.reports.content import Bullets, Cell, Column, Numbered, Paragraph, Section, Table
from kscb_actions.settings.rules import Thresholds, public_marking
from kscb_actions.wording import date_uk, plural

from .scope import Scope

FACTS = (
    "Progress is what the agency reports: not started, in progress, done, or cannot be done.",
    "Timeliness is computed from the due date and the day of this paper.",
    "The Board’s check is what somebody outside the agency decided on the evidence: accepted or returned.",
)


def legend_section(scope: Scope) -> Section:
    """What each colour means."""
    rows = tuple(
        (Cell(colour.capitalize(), colour.value), meaning)
        for colour, meaning in legend(scope.board.thresholds)
    )
    table = Table("The colours", (Column("Colour", 25), Column("Meaning", 145)), rows)
    return Section("What the colours mean", (table,))


def method_section(scope: Scope) -> Section:
    """How the ratings are made, and which state of the record the paper tells."""
    rules = rating_rules(scope.board.thresholds)
    words = rule_words(scope.board.thresholds)
    blocks = (
        Paragraph("Three facts about every action are kept apart:"),
        Bullets(FACTS),
        Paragraph(
            "The rating is worked out from the three and never typed in. The first of these rules that fits "
            "decides:"
        ),
        Numbered(tuple(f"{Colour(rule.result).capitalize()}: {words[rule.code]}." for rule in rules)),
        Paragraph(_record(scope)),
    )
    return Section("How the ratings are made", blocks)


def rule_words(thresholds: Thresholds) -> dict[str, str]:
    """{code of a rule of rating: the rule in words}."""
    return {
        "superseded": "superseded by another action",
        "withdrawn": "withdrawn",
        "on_hold": "on hold",
        "accepted": "done, and accepted by the Board",
        "cannot_be_done": "the agency says it cannot be done",
        "overdue": "past its due date and not reported done",
        "returned": "returned by the Board and not yet put right",
        "due_soon": f"due within {plural(thresholds.due_soon_days, 'day')} and not reported done",
        "no_date": "no due date",
        "silent": f"no update for {plural(thresholds.silent_days, 'day')} or more",
        "extended": f"given a later due date {plural(thresholds.many_extensions, 'time')} or more",
        "submitted": "reported done, and waiting for the Board’s check",
        "on_course": "on course; green does not mean done",
    }


def _record(scope: Scope) -> str:
    told = (
        f"The paper tells what the record held at the end of {date_uk(scope.as_at)}: texts, dates, leads and "
        "ratings as they were then. What was recorded later is not in it."
    )
    if not scope.publication:
        return f"{told} Reviews open to named people only are in it where whoever made it is one of them."
    return (
        f"{told} It is made for publication: leads, narratives, reasons, pseudonyms and lists of evidence "
        "are left out, and so are reviews that are restricted or marked above "
        f"{public_marking(scope.made_on)}."
    )
