"""How to read a progress report: what the colours mean, and how the ratings are made."""

from kscb_actions.actions.rating import Colour, legend, rating_rules, rule_meanings
from kscb_actions.reports.content import Bullets, Cell, Column, Numbered, Paragraph, Section, Table
from kscb_actions.terms import LazyText, say, say_later
from kscb_actions.wording import date_uk

from ..scope import Scope
from ..words import listed

FACTS: tuple[str | LazyText, ...] = (
    "Progress is what the agency reports: not started, in progress, done, or cannot be done.",
    "Timeliness is computed from the due date and the day of this paper.",
    say_later(
        "The Board’s check is what somebody outside the agency decided on the evidence: accepted or returned."
    ),
)


def legend_section(scope: Scope) -> Section:
    """Return what each colour means."""
    rows = tuple(
        (Cell(colour.capitalize(), colour.value), meaning)
        for colour, meaning in legend(scope.board.thresholds)
    )
    table = Table("The colours", (Column("Colour", 25), Column("Meaning", 145)), rows)
    return Section("What the colours mean", (table,))


def method_section(scope: Scope) -> Section:
    """Return how the ratings are made, and which state of the record the paper describes."""
    rules = rating_rules(scope.board.thresholds)
    meanings = rule_meanings(scope.board.thresholds)
    blocks = (
        Paragraph("Three facts about every action are kept apart:"),
        Bullets(tuple(map(say, FACTS))),
        Paragraph(
            "The rating is worked out from the three and never typed in. The first of these rules that fits "
            "decides:"
        ),
        Numbered(tuple(f"{Colour(rule.result).capitalize()}: {meanings[rule.code]}." for rule in rules)),
        Paragraph(_record(scope)),
    )
    return Section("How the ratings are made", blocks)


def _record(scope: Scope) -> str:
    told = (
        f"The paper tells what the record held at the end of {date_uk(scope.as_at)}: texts, dates, leads and "
        "ratings as they were then. What was recorded later is not in it; what was recorded wrongly and has "
        "been put right since stands right."
    )
    if not scope.publication:
        if scope.restricted:
            return f"{told} It contains restricted reviews: {listed(scope.restricted)}."
        return f"{told} Restricted reviews are not in it."
    return say(
        "{told} It is made for publication: leads, narratives, reasons, pseudonyms and lists "
        "of evidence are left out, and so is every review that the Board has not released "
        "for publication.",
        told=told,
    )
