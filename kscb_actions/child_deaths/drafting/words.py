"""A draft and its comments in words, for the page of a case and for the papers of its meeting alike."""

from collections.abc import Iterable

from kscb_actions.child_deaths import terms
from kscb_actions.child_deaths.cases.rules import primary_category
from kscb_actions.child_deaths.judging.profiles import AnalysisForm
from kscb_actions.child_deaths.judging.rules import (
    FactorFacts,
    by_domain,
    category_words,
    other_categories,
    status_words,
)
from kscb_actions.wording import instant_uk

from .queries import Drafted
from .rules import Said

NO_DRAFT = "There is no draft yet."
WITHDRAWN = "The draft is withdrawn: who wrote it has declared an interest. Another writes it anew."
NOTHING_TO_ADD = "Has read the draft and has nothing to add."
COMMENT_WITHDRAWN = "Withdrawn: an interest was declared."


def draft_in_words(drafted: Drafted) -> list[tuple[str, str]]:
    """Return (question, answer) of a draft that counts, in its form's order; none of one that does not."""
    judgement, draft = drafted.judgement, drafted.draft
    if judgement is None:
        return []
    rows = [
        ("Primary category", category_words(primary_category(judgement.categories))),
        ("Other categories", other_categories(judgement)),
        (
            "Modifiable factors" if judgement.status in terms.MODIFIABLE_NAMES else "Prevention",
            status_words(judgement.status),
        ),
        ("Why", judgement.status_reason),
    ]
    for domain, factors in by_domain(judgement):
        told = "\n".join(_factor(judgement.form, each) for each in factors)
        rows.append((judgement.form.domains[domain], told))
    rows += [("Reasons", draft.reasons), ("Learning", judgement.learning)]
    rows.append(("Draft", f"By {draft.drafted_by.name}, {instant_uk(draft.drafted_at)}"))
    return [(question, answer) for question, answer in rows if answer]


def comments_in_words(comments: Iterable[Said]) -> list[tuple[str, str, str]]:
    """Return (who, when, what) of each comment; not of one that is withdrawn."""
    return [
        (each.member, f"{each.when}, {instant_uk(each.said_at)}", each.text or NOTHING_TO_ADD)
        for each in comments
        if not each.is_withdrawn
    ]


def _factor(form: AnalysisForm, factor: FactorFacts) -> str:
    named = f"{factor.name.removesuffix('.')} – " if factor.code or factor.text else ""
    return f"{named}{form.influences[factor.influence]}{', modifiable' if factor.is_modifiable else ''}"
