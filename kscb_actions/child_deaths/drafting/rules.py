"""Who drafts and who comments, and what a decision changed of its draft. Plain values only."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from kscb_actions.child_deaths.cases.rules import primary_category
from kscb_actions.child_deaths.identity import why_not_text
from kscb_actions.child_deaths.judging.profiles import AnalysisForm
from kscb_actions.child_deaths.judging.rules import FactorFacts, Judgement, category_words, status_words
from kscb_actions.child_deaths.meetings.rules import Way

NOT_BY_DRAFT = "At this meeting members propose, each alone. There is no draft."
CLOSED = "The meeting is closed. What you typed was not saved."
DECIDED = "The panel decided on this case at this meeting. What you typed was not saved."
SAME = "This is what you have said already."
NOTHING = "Write what you want to say, or choose that you have nothing to add."
BEFORE, AT_MEETING = "Before the meeting", "At the meeting"
NOT_FOUND, NONE = "Not found", "Nothing"


def why_closed(way: str, closed_at: datetime | None, is_decided_here: bool) -> str | None:
    """Return why nothing can be drafted or commented on a case of a meeting any more; None when it can."""
    if way != Way.DRAFT:
        return NOT_BY_DRAFT
    if is_decided_here:
        return DECIDED
    return CLOSED if closed_at is not None else None


def may_draft(keeps_panels: bool, is_named: bool, has_seat: bool) -> bool:
    """Return whether somebody who sees a case may draft it: a co-ordinator, or who is named, from a seat."""
    return keeps_panels or (is_named and has_seat)


def when_said(said_on: date, held_on: date) -> str:
    """Return whether something was said before the meeting or at it, the days after it among that."""
    return AT_MEETING if said_on >= held_on else BEFORE


def problems_with_comment(text: str, has_nothing_to_add: bool, latest: str | None) -> dict[str, str]:
    """Return {field: message} for what is wrong with a comment. `latest` is the member's last one, if any."""
    if not text and not has_nothing_to_add:
        return {"text": NOTHING}
    if why := why_not_text(text):
        return {"text": why}
    return {"text": SAME} if text == latest else {}


@dataclass(frozen=True)
class Changed:
    """Hold one question that the panel answered otherwise than the draft, with both answers in words."""

    question: str
    draft: str
    decision: str


def changes(draft: Judgement, decision: Judgement) -> tuple[Changed, ...]:
    """Return what a decision says otherwise than its draft, in its form's order; nothing where all stood.

    The order in which factors were named says nothing.
    """
    before, after = _answers(draft), _answers(decision)
    found = (
        Changed(question, before.get(question, NOT_FOUND), after.get(question, NOT_FOUND))
        for question in dict.fromkeys([*before, *after])
    )
    return tuple(each for each in found if each.draft != each.decision)


def _answers(judgement: Judgement) -> Mapping[str, str]:
    answers = {
        "Primary category": category_words(primary_category(judgement.categories)),
        "All categories": "; ".join(category_words(each) for each in sorted(judgement.categories)),
        "Modifiable factors": status_words(judgement.status),
        "Why modifiable, or why not": judgement.status_reason or NONE,
    }
    form = judgement.form
    for domain, name in form.domains.items():
        of_domain = [each for each in judgement.factors if each.domain == domain]
        known = {each.code: each for each in of_domain if each.code}
        for code, called in form.factors[domain].items():
            if code in known:
                answers[f"{name}: {called}"] = _factor_words(form, known[code], known[code].text)
        own = sorted(_factor_words(form, each, each.text) for each in of_domain if not each.code)
        answers[f"{name}: other"] = "; ".join(own) or NONE
    return {**answers, "Learning": judgement.learning or NONE}


def _factor_words(form: AnalysisForm, factor: FactorFacts, text: str) -> str:
    parts = (text, form.influences[factor.influence], "modifiable" if factor.is_modifiable else "")
    return ", ".join(part for part in parts if part)


@dataclass(frozen=True)
class Said:
    """Hold a comment for showing: the one that stands, and what it was before each correction, newest first.

    text        None when it is withdrawn: its member has declared an interest; "" for nothing to add
    is_on_this  whether the draft is still as it was then
    """

    id: int
    member_id: int
    member: str
    recorded_by_id: int
    recorded_by: str
    text: str | None
    said_at: datetime
    when: str
    is_on_this: bool
    before: tuple[str, ...] = ()

    @property
    def is_withdrawn(self) -> bool:
        """Return whether its member declared an interest, so that it does not count."""
        return self.text is None


def who_owes_comment(
    members: Iterable[int], drafter_id: int, said_by: Iterable[int], closed_to: Iterable[int]
) -> frozenset[int]:
    """Return who of the members with a seat has yet to say something of a draft.

    Not who drafted it, nor who has an interest in the case.
    """
    return frozenset(members) - {drafter_id} - frozenset(said_by) - frozenset(closed_to)
