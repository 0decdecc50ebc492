"""The form in which a judgement is made: by a member who proposes, and by the panel that decides.

Each known factor is one list of levels, "Not found" unless something else is chosen; its own words and the
tick "modifiable" matter only where a level is chosen. Each domain ends in rows for factors in own words.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from kscb_actions.access.policy import SYSTEM
from kscb_actions.child_deaths import terms
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.cases.rules import MODIFIABLE_SINCE, statuses_on
from kscb_actions.child_deaths.cases.words import is_of_2018
from kscb_actions.child_deaths.judging.decisions import Decided, list_decisions
from kscb_actions.child_deaths.judging.profiles import OF_2008, AnalysisForm, form_for
from kscb_actions.child_deaths.judging.rules import (
    NONE_IDENTIFIED,
    NOT_AVAILABLE,
    FactorFacts,
    Judgement,
    category_words,
)
from kscb_actions.child_deaths.particulars.rules import FORMS_2008, FORMS_2018
from kscb_actions.text import whole_number
from kscb_actions.web.shared.forms import (
    DayField,
    HouseForm,
    checkbox,
    checkboxes,
    options,
    radios,
    select,
    text_area,
    text_line,
)

SPARE, MOST_ROWS = 2, 30


@dataclass(frozen=True)
class FactorRow:
    """Hold one factor's place in the form; its fields are level_<key>, text_<key> and modifiable_<key>."""

    key: str
    domain: str
    code: str
    name: str


PARTS = ("level", "text", "modifiable")
AFTER_FACTORS = ("outcome", "status_reason", "learning", "reasons", "completed_on", "correction_reason")


class JudgementForm(HouseForm):
    """Ask what every judgement has, without the factors; `form_with` makes the class with their rows.

    outcome  the status of the judgement
    """

    rows: tuple[FactorRow, ...] = ()
    analysis: AnalysisForm = OF_2008
    categories = checkboxes(
        "Which categories apply?", [(str(n), category_words(n)) for n in terms.CATEGORIES]
    )
    outcome = radios("Were modifiable factors identified?")
    status_reason = text_area(
        "Which factors could be modified, and why?", "Needed where some were identified."
    )
    learning = text_area(
        "What can be learned? (optional)", "Issues and lessons, for agencies or for the public."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The summary of errors follows the page: what comes after the factors stands after them.
        for name in AFTER_FACTORS:
            if name in self._fields:
                self._fields[name] = self._fields.pop(name)

    def offer(self, *days: date) -> None:
        """Offer the statuses of the periods in which these days lie, the later period first."""
        found = {code: name for day in sorted(days, reverse=True) for code, name in statuses_on(day).items()}
        self.outcome.choices = options(found.items())
        if min(days) < MODIFIABLE_SINCE:
            self.outcome.label.text = (
                "Could the death have been prevented, or were modifiable factors identified?"
            )

    def of_domain(self, domain: str) -> list[FactorRow]:
        """Return the rows of one domain, in the form's order."""
        return [row for row in self.rows if row.domain == domain]

    def judgement(self) -> Judgement:
        """Return what was typed, for the service."""
        return Judgement(
            categories=frozenset(int(each) for each in self.categories.data or ()),
            status=self.outcome.data,
            status_reason=self.status_reason.data,
            factors=tuple(factor for _, factor in self._factors()),
            learning=self.learning.data,
        )

    @classmethod
    def filled(cls, judgement: Judgement) -> dict[str, Any]:
        """Return the values of the fields as a judgement has them, those of every row among them."""
        values: dict[str, Any] = {
            "categories": [str(each) for each in sorted(judgement.categories)],
            "outcome": judgement.status,
            "status_reason": judgement.status_reason,
            "learning": judgement.learning,
        }
        left = list(judgement.factors)
        for row in cls.rows:
            factor = next((each for each in left if _fits(each, row)), None)
            if factor:
                left.remove(factor)
            values[f"level_{row.key}"] = factor.influence if factor else ""
            values[f"text_{row.key}"] = factor.text if factor else ""
            values[f"modifiable_{row.key}"] = bool(factor and factor.is_modifiable)
        unknown = {each.domain for each in left if each.influence == NOT_AVAILABLE and not each.code}
        return values | {f"unknown_{domain}": domain in unknown for domain in cls.analysis.domains}

    def _factors(self) -> list[tuple[str, FactorFacts]]:
        """Return (name of the level's field, factor) of every factor named, and of each domain without."""
        found = []
        for row in self.rows:
            level, text, is_modifiable = (self[f"{part}_{row.key}"].data for part in PARTS)
            if level or text.strip() or is_modifiable:
                factor = FactorFacts(row.domain, row.code, level, text, is_modifiable)
                found.append((f"level_{row.key}", factor))
        named = {factor.domain for _, factor in found}
        for domain in self.analysis.domains:
            is_unknown = self[f"unknown_{domain}"].data
            # A domain in which all was left at "Not found" was looked at: none identified, Form C's level 1.
            if is_unknown or domain not in named:
                level = NOT_AVAILABLE if is_unknown else NONE_IDENTIFIED
                found.append((f"unknown_{domain}", FactorFacts(domain, "", level)))
        return found

    def _show_error(self, name: str, message: str) -> None:
        kind, _, place = name.partition("-")
        if kind == "factors":
            name = self._factors()[int(place)][0]
        super()._show_error("outcome" if name == "status" else name, message)


class DraftForm(JudgementForm):
    """Ask for a draft of what the panel decides."""

    reasons = text_area(
        "Why could the panel decide so?", "The analysis in a few sentences. The panel settles it."
    )


class DecisionForm(JudgementForm):
    """Ask for the panel's decision."""

    reasons = text_area("Why did the panel decide so?", "In a few sentences, for whoever reads this later.")
    completed_on = DayField(
        "When was the review completed?",
        called="Date the review was completed",
    )


class CorrectionForm(DecisionForm):
    """Ask for a decision in another's place. Its `version` is the number of the decision that was seen."""

    correction_reason = text_area("Why is the decision corrected?", "The decision as it was stays readable.")

    @classmethod
    def filled_from(cls, decided: Decided) -> dict[str, Any]:
        """Return the values of the fields as a decision has them."""
        decision = decided.decision
        own = {"reasons": decision.reasons, "completed_on": decision.completed_on}
        return {"version": str(decision.number), **cls.filled(decided.judgement), **own}

    def attempt_on(self, death: ChildDeath, operation: Callable[[], Any]) -> bool:
        """Do as `attempt` does, and return whether it was done.

        Where another correction came first, both texts are shown, and saving once more corrects that one.
        """
        done = self.carried_out(operation, lambda _: self.filled_from(list_decisions(SYSTEM, death)[0]))
        if self.conflict:
            self.version.data = str(list_decisions(SYSTEM, death)[0].decision.number)
        return done


Made = TypeVar("Made", bound=JudgementForm)


def form_with(
    base: type[Made],
    judgement: Judgement | None,
    posted: Iterable[str] = (),
    analysis: AnalysisForm = OF_2008,
) -> type[Made]:
    """Return the form class with a row for every known factor, and for each domain rows in own words.

    Of these there are those that `judgement` fills and one more, two at least, and as many as were `posted`.
    `analysis` is the form of the death; a judgement of another keeps its own.
    """
    if judgement and judgement.factors:
        analysis = judgement.form
    spare = max(_spare(judgement, analysis), min(_most_posted(posted, analysis), MOST_ROWS))
    rows = tuple(row for domain in analysis.domains for row in _rows(analysis, domain, spare))
    fields: dict[str, Any] = {"rows": rows, "analysis": analysis}
    for row in rows:
        none = ("", "Not found" if row.code else "Choose a level")
        label = row.name if row.code else f"{row.name}: level"
        fields[f"level_{row.key}"] = select(label, [none, *analysis.levels], wrong=None)
        fields[f"text_{row.key}"] = text_line(f"{row.name}: own words" if row.code else row.name)
        fields[f"modifiable_{row.key}"] = checkbox("Modifiable")
    for domain in analysis.domains:
        fields[f"unknown_{domain}"] = checkbox("Information on this domain was not available")
    return type(base.__name__, (base,), fields)


def analysis_of(death: ChildDeath) -> AnalysisForm:
    """Return the analysis form of the forms by which a death is reviewed."""
    return form_for(FORMS_2018 if is_of_2018(death) else FORMS_2008)


def _rows(analysis: AnalysisForm, domain: str, spare: int) -> list[FactorRow]:
    known = [FactorRow(code, domain, code, name) for code, name in analysis.factors[domain].items()]
    other = f"{analysis.domains[domain]}: another factor"
    return known + [FactorRow(f"{domain}_{n}", domain, "", f"{other} ({n})") for n in range(1, spare + 1)]


def _fits(factor: FactorFacts, row: FactorRow) -> bool:
    return (factor.domain, factor.code) == (row.domain, row.code) and bool(factor.code or factor.text)


def _spare(judgement: Judgement | None, analysis: AnalysisForm) -> int:
    own = [each.domain for each in (judgement.factors if judgement else ()) if each.text and not each.code]
    return max([SPARE, *(own.count(domain) + 1 for domain in analysis.domains)])


def _most_posted(names: Iterable[str], analysis: AnalysisForm) -> int:
    numbers = [
        name.rpartition("_")[2]
        for name in names
        if name.startswith(tuple(f"text_{domain}_" for domain in analysis.domains))
    ]
    return max((whole_number(each, 3) or 0 for each in numbers), default=0)
