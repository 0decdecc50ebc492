"""The learning of one review on one page, for practitioners: no names of people, no pseudonym."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

import peewee

from kscb_actions.access.policy import Viewer
from kscb_actions.actions.models import Action
from kscb_actions.reports.content import Block, Bullets, Paragraph, Report, Section
from kscb_actions.reports.paper_kind import LEARNING
from kscb_actions.reports.progress.first_page.front import header_of
from kscb_actions.reports.progress.past import among, read
from kscb_actions.reports.progress.queries import actions_then, is_rated
from kscb_actions.reports.progress.report import paper_of
from kscb_actions.reports.progress.scope import ReportRequest, Scope, scope_of
from kscb_actions.reports.progress.words import shortened
from kscb_actions.reports.public import for_the_public
from kscb_actions.reviews.models import Recommendation, RecommendationTheme, Review, ReviewTheme, Theme
from kscb_actions.reviews.publishing.queries import release_of
from kscb_actions.reviews.publishing.rules import public_title
from kscb_actions.reviews.queries import get_review, list_recommendations
from kscb_actions.reviews.rules import KIND_NAMES, Kind
from kscb_actions.settings.rules import Board
from kscb_actions.terms import say
from kscb_actions.text import InvalidInput, one_line

RESTRICTED = "This review is restricted, so there is no briefing on it: a briefing is for everybody."
NOT_TOLD = "The summary on the review’s page stands here, once it is written."
EVERYBODY = "Everybody who works with children and families"
# What fits on one page whatever a review holds.
SENTENCES, LESSONS, CHANGES, LETTERS, THEMES = 2, 5, 5, 170, 6
_SENTENCE = re.compile(r"(?<=[.!?])[”’\")]*\s+(?=[A-Z“‘\"0-9])")


def build_learning_briefing(viewer: Viewer, board: Board, choice: ReportRequest, today: date) -> Report:
    """Return the briefing on `choice.review`. There is none on a restricted review.

    Raises Refused, and InvalidInput with a message for each field of `choice` that cannot be used.
    """
    review = get_review(viewer, one_line(choice.review).upper())
    if review is not None and review.is_restricted:
        raise InvalidInput({"review": RESTRICTED})
    scope = scope_of(viewer, board, replace(choice, form=LEARNING, restricted=False), today)
    review = Review.get_by_id(next(iter(scope.reviews)))
    made = dict(header_of(scope, viewer))["Made"]
    sections = tuple(_sections(viewer, scope, review))
    report = paper_of(scope, (("For", EVERYBODY), ("Made", made)), sections)
    called = public_title(review.title, review.pseudonym, KIND_NAMES[Kind(review.kind)])
    titled = replace(report, title=f"Learning from {review.reference}: {called}", since=None)
    return for_the_public(titled, scope.review_ids)


def first_sentences(text: str, most: int) -> str:
    """Return the first sentences of a text, on one line."""
    return " ".join(_SENTENCE.split(one_line(text))[:most])


def _sections(viewer: Viewer, scope: Scope, review: Review) -> Iterator[Section]:
    told = first_sentences(review.summary, SENTENCES)
    yield Section("What happened", (Paragraph(_cut(told, 2 * LETTERS) if told else NOT_TOLD),))
    lessons = tuple(_lessons(viewer, review))
    if lessons:
        yield Section("What was learnt", lessons)
    changes = _first(_changes(scope), CHANGES)
    if changes:
        yield Section("What changes for practitioners", (Bullets(changes),))
    yield Section("Read more", (Paragraph(_where(scope, review)),))


def _lessons(viewer: Viewer, review: Review) -> Iterator[Block]:
    standing = [each for each in list_recommendations(viewer, review) if each.ended_as is None]
    # Those marked as key come first, each part in the order of the report.
    ordered = sorted(standing, key=lambda each: not each.is_key)
    if ordered:
        yield Bullets(_first((each.text for each in ordered), LESSONS))
    if themes := themes_of(review):
        yield Paragraph(f"Themes: {'; '.join(themes[:THEMES])}.")


def themes_of(review: Review) -> list[str]:
    """Return the names of the themes of a review and of its recommendations. One query."""
    of_review = ReviewTheme.select(ReviewTheme.theme).where(ReviewTheme.review == review)
    of_lessons = (
        RecommendationTheme.select(RecommendationTheme.theme)
        .join(Recommendation)
        .where(RecommendationTheme.review == review, Recommendation.is_void == False)  # noqa: E712
    )
    named = Theme.select(Theme.name).where(Theme.id.in_(of_review) | Theme.id.in_(of_lessons))
    return [name for (name,) in named.order_by(Theme.name).tuples()]


def _changes(scope: Scope) -> Iterator[str]:
    """Yield what is different by what the Board has accepted: first for children, then how it shows."""
    then = actions_then(scope)
    query = peewee.Select([then], [then.c.id]).where(is_rated(scope, then, ("accepted",)))
    ids = [row["id"] for row in read(query)]
    accepted = (
        Action.select(Action.success_measure, Recommendation.intended_outcome)
        .join(Recommendation)
        .where(among(Action.id, ids))
        .order_by(Action.number)
        .tuples()
    )
    rows = list(accepted)
    yield from (outcome for _, outcome in rows if outcome)
    yield from (measure for measure, _ in rows if measure)


def _first(texts: Iterable[str], most: int) -> tuple[str, ...]:
    """Return the first texts, each once and cut to a length; how many more there are stands in the last."""
    found = list(dict.fromkeys(one_line(text) for text in texts))
    kept = [_cut(text, LETTERS) for text in found[:most]]
    more = len(found) - most
    return tuple([*kept, f"and {more:,} more"] if more > 0 else kept)


def _cut(text: str, letters: int) -> str:
    return shortened(text, letters).removesuffix(" (shortened)")


def _where(scope: Scope, review: Review) -> str:
    released = release_of(review)
    told = f"{released.edition}: {released.link}. " if released and released.link else ""
    contact = scope.board.reply_to or say("the Board manager, {name}", name=scope.board.name)
    return f"{told}Ask {contact}."
