"""What the headings of a plan mean. Plans name one thing in many ways; a heading may be mapped by hand."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from kscb_actions.text import alike, one_line

LONGEST = 120


class Part(StrEnum):
    """What a column of a plan holds."""

    NUMBER = "number"
    RECOMMENDATION = "recommendation"
    HEADING = "heading"
    ACTION = "action"
    AGENCY = "agency"
    PERSON = "person"
    DUE = "due"
    REVISED = "revised"
    STATUS = "status"
    TICKED = "ticked"
    PROGRESS = "progress"
    DONE = "done"
    ACCEPTED_ON = "accepted-on"
    ACCEPTED_BY = "accepted-by"
    SUCCESS = "success"
    EVIDENCE = "evidence"
    MILESTONES = "milestones"
    RESPONSE = "response"
    OTHER = "other"


PART_NAMES = {
    Part.NUMBER: "Number of the recommendation",
    Part.RECOMMENDATION: "Recommendation",
    Part.HEADING: "Heading above recommendations",
    Part.ACTION: "Action",
    Part.AGENCY: "Agency that owns the action",
    Part.PERSON: "Person or post that owns the action",
    Part.DUE: "Date by which it is due",
    Part.REVISED: "Date to which it was moved",
    Part.STATUS: "Status or RAG rating",
    Part.TICKED: "Status that is ticked in a column of its own",
    Part.PROGRESS: "Progress so far",
    Part.DONE: "Date on which it was done",
    Part.ACCEPTED_ON: "Date on which it was accepted",
    Part.ACCEPTED_BY: "Who accepted it",
    Part.SUCCESS: "Outcome or measure of success",
    Part.EVIDENCE: "Evidence",
    Part.MILESTONES: "Milestones",
    Part.RESPONSE: "The agency’s answer",
    Part.OTHER: "Something else",
}
# One of these makes a table a plan, with one of the others beside it.
CORE = (Part.RECOMMENDATION, Part.ACTION)
BESIDE = (Part.AGENCY, Part.PERSON, Part.DUE, Part.STATUS, Part.TICKED, Part.PROGRESS, Part.DONE)
# Of these a plan has one column; where two headings could be it, the surer one is.
SINGLE = (Part.NUMBER, Part.RECOMMENDATION, Part.HEADING, Part.ACTION, Part.DUE, Part.REVISED, Part.DONE)
# By hand, without doubt, likely, and only where no other column is surer.
BY_HAND, SURE, LIKELY, PERHAPS = 4, 3, 2, 1

_SURE: dict[Part, str] = {
    Part.NUMBER: """
        no, nos, number, ref, reference, ref no, rec no, rec number, rec ref, recommendation no,
        recommendation number, recommendation ref, item, item no, s no, sr no, id, no ref
    """,
    Part.RECOMMENDATION: """
        recommendation, recommendations, recommendation text, scr recommendation, what, area for
        improvement, areas for improvement, ofsted area for improvement, recommendation from review
    """,
    Part.ACTION: """
        action, actions, action to be taken, actions to be taken, specific action, specific actions, action
        required, actions required, agreed action, agreed actions, key action, key actions, how, action plan
        action
    """,
    Part.AGENCY: """
        lead agency, agency, lead, leads, agencies, responsible agency, responsibility, owner, action owner,
        who, organisation, lead organisation, owning agency, agency responsible, agencies responsible, by
        whom, lead responsibility, lead agencies, agency lead, owners, partner agency
    """,
    Part.PERSON: """
        officer responsible, responsible officer, lead officer, person responsible, responsible person, lead
        person, named lead, lead professional, name of lead, responsible manager, lead manager, post holder
    """,
    Part.DUE: """
        date for delivery, target date, by when, when, deadline, due, due date, timescale, timescales,
        timescale target, target timescale, date due, date for completion, target completion date,
        completion target, original date, original target date, original due date, delivery date, timeframe,
        end date, target
    """,
    Part.REVISED: """
        revised date, revised target date, revised due date, revised timescale, revised deadline, new date,
        new target date, give expected new achievement date, expected new achievement date, extended to,
        extended date, revised completion date, date revised, moved to, current target date
    """,
    Part.STATUS: """
        rag, rag rating, rag status, r a g, brag, brag rating, status, current status, progress indicator,
        assessment of progress, traffic light, action status, progress status, rating, blue red amber green,
        progress rag
    """,
    Part.TICKED: """
        achieved, on target to achieve, on target, not achieved, complete, completed, in progress, not
        started, fully achieved, partly achieved, delayed
    """,
    Part.PROGRESS: """
        progress, progress update, progress to date, update on progress, update, updates, latest position,
        current position, position statement, progress presented to committee, progress so far, progress
        report, commentary, narrative, action taken, actions taken, what has been done
    """,
    Part.DONE: """
        date completed, date of completion, completed on, date done, done on, actual completion date, date
        achieved, date closed, date of completion and outcome, completed date, actual date, closed on
    """,
    Part.ACCEPTED_ON: """
        accepted on, date accepted, date of acceptance, accepted by the board on
    """,
    Part.ACCEPTED_BY: """
        accepted by, who accepted it
    """,
    Part.SUCCESS: """
        success measure, success measures, success criteria, measure of success, intended outcome, expected
        outcome, outcome, outcomes, output outcome measurement, outcome measure, outcomes for children,
        desired outcome, what difference will it make, measure, measures, impact
    """,
    Part.EVIDENCE: """
        evidence, evidence of completion, evidence required, supporting evidence, evidence of progress,
        evidence of impact, how will we know, evidence of outcome
    """,
    Part.MILESTONES: """
        milestones, key milestones, key milestones to enact recommendation, milestone, interim milestones
    """,
    Part.RESPONSE: """
        agency response, agency response to recommendation, agency response to recommendations, response,
        accepted, agency answer
    """,
    Part.HEADING: """
        theme, section, priority area, heading, area, learning theme, strand, chapter, key theme
    """,
    Part.OTHER: """
        scope, scope of recommendation, ofsted para no, para no, paragraph, para, paragraph no, monitoring,
        monitoring and evaluation, how monitored, resources, cost, costs, risk, risks, notes, level, source,
        start date, priority
    """,
}
_PHRASES = {one_line(phrase): part for part, phrases in _SURE.items() for phrase in phrases.split(",")}
# For headings that say more than the phrases; tried in this order, on the whole of a heading.
_LIKELY: tuple[tuple[Part, int, str], ...] = (
    (
        Part.REVISED,
        LIKELY,
        r"(?:revised|new|extended|amended|rescheduled)\b.*\b(?:date|deadline|timescale|target)s?",
    ),
    (Part.STATUS, LIKELY, r".*\b(?:b?rag|traffic light)\b.*|.*\bstatus"),
    (Part.NUMBER, LIKELY, r"(?:scr |recommendation |rec |imr )?(?:no|nos|number|ref|reference)(?: no)?"),
    (
        Part.DONE,
        LIKELY,
        r".*\bdate (?:of )?(?:actually )?(?:completed|completion|achieved|closed|done|signed off)\b.*",
    ),
    (Part.DUE, PERHAPS, r"completion date|completion|date"),
    (
        Part.DUE,
        LIKELY,
        r"(?:target|due|delivery|proposed|planned|agreed) .*\b(?:date|deadline|completion)|"
        r"(?:to be )?(?:completed|done|achieved|delivered) by|timescales? .*|.* (?:deadline|timescales?)",
    ),
    (
        Part.PROGRESS,
        LIKELY,
        r"(?:progress|updates?|position|comments?|commentary|current position)\b.*|.*\bupdates?|.*\bprogress",
    ),
    (Part.SUCCESS, LIKELY, r".*\b(?:outcomes?|success|difference|impact)\b.*"),
    (Part.EVIDENCE, LIKELY, r".*\bevidence\b.*"),
    (Part.MILESTONES, LIKELY, r".*\bmilestones?\b.*"),
    (Part.RESPONSE, LIKELY, r".*\b(?:response|answer)\b.*"),
    (
        Part.PERSON,
        LIKELY,
        r".*\b(?:officer|manager|post)\b.*|(?:lead|responsible) (?:person|name|individual)",
    ),
    (
        Part.AGENCY,
        LIKELY,
        r"(?:lead|responsible|owner|agency|agencies|who)\b.*|"
        r".*\b(?:owner|agency|agencies|responsible|lead)",
    ),
    (
        Part.ACTION,
        LIKELY,
        r"(?:.*\b)?(?:agreed|proposed|specific|key|required|main|planned|smart|agency) actions?|"
        r"(?:.*\b)?(?:agreed|proposed|specific|key|required|planned) actions? (?!plan).*|"
        r"actions? (?:required|needed|agreed|planned|points?|description|details?|we will take)|"
        r"actions? to (?:address|be) .*|(?:what|how) (?:will|do|are) (?:we|you|be)\b.*|"
        r"what (?:will|is to) be done|tasks?|activity|activities",
    ),
    (Part.RECOMMENDATION, LIKELY, r"(?:.*\b)?recommendations?(?: .*)?"),
    (
        Part.RECOMMENDATION,
        PERHAPS,
        r"(?:key )?findings?|learning(?: points?)?|lessons?(?: learned| learnt)?|issues?|objectives?|aims?|"
        r"areas? (?:for|of) .*",
    ),
)
_FORMS = tuple((part, sure, re.compile(pattern)) for part, sure, pattern in _LIKELY)
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")


@dataclass(frozen=True)
class Meaning:
    """What a heading means, and how sure that is."""

    part: Part
    sure: int


def plain(heading: str) -> str:
    """Return a heading as it is compared: small letters and digits in words, what is in brackets left out."""
    said = alike(heading).replace("&", " and ")
    without = _words(_BRACKETS.sub(" ", said))
    return without or _words(said)


def _words(text: str) -> str:
    return " ".join(re.sub(r"[’']", "", re.sub(r"[^\w’']|_", " ", text)).split())


def meaning_of(heading: str, by_hand: Mapping[str, Part] | None = None) -> Meaning | None:
    """Return what a heading means; None for a text that is no heading of a plan.

    `by_hand` is {a heading as `plain` has it: what it means}, and goes before all else.
    """
    if len(heading) > LONGEST:
        return None
    if by_hand and (said := plain(heading)) in by_hand:
        return Meaning(by_hand[said], BY_HAND)
    return _usual_meaning(heading)


# Every row of a plan could be a row of headings, and its short texts come again and again.
@lru_cache(maxsize=4096)
def _usual_meaning(heading: str) -> Meaning | None:
    said = plain(heading)
    if heading.strip() == "#":
        return Meaning(Part.NUMBER, SURE)
    if said in _PHRASES:
        return Meaning(_PHRASES[said], SURE)
    for part, sure, form in _FORMS:
        if form.fullmatch(said):
            return Meaning(part, sure)
    return None


def mean_something(texts: Iterable[str], least: int, by_hand: Mapping[str, Part] | None = None) -> bool:
    """Return whether so many of these texts are headings. Short ones come first: most rows are none."""
    left = sorted(texts, key=len)
    found = 0
    for place, text in enumerate(left):
        if found >= least or found + len(left) - place < least:
            break
        found += meaning_of(text, by_hand) is not None
    return found >= least


def parts_of(headings: Mapping[int, str], by_hand: Mapping[str, Part] | None = None) -> dict[int, Part]:
    """Return {column: what it holds} for a row of headings; a heading that means nothing is left out."""
    found = {at: meaning for at, text in headings.items() if (meaning := meaning_of(text, by_hand))}
    best: dict[Part, int] = {}
    for at, meaning in found.items():
        if meaning.part in SINGLE and (
            meaning.part not in best or meaning.sure > found[best[meaning.part]].sure
        ):
            best[meaning.part] = at
    parts = {}
    for at, meaning in found.items():
        is_beaten = meaning.part in SINGLE and best[meaning.part] != at
        parts[at] = _second(meaning, headings[at], best) if is_beaten else meaning.part
    return parts


def _second(beaten: Meaning, heading: str, best: Mapping[Part, int]) -> Part:
    """Return what a heading means where a surer one has its part."""
    if beaten.part == Part.DUE and "complet" in plain(heading) and Part.DONE not in best:
        return Part.DONE
    return Part.OTHER
