"""Reading reviews, always for a viewer: what they may not see is not in the answer."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import peewee

from kscb_actions.access.policy import Owners, Permission, Reach, Refused, Viewer, reach, require
from kscb_actions.audit.models import AuditEvent
from kscb_actions.mail.models import OutboxItem, OutboxMessage
from kscb_actions.pages import Page, page_within
from kscb_actions.people.models import Agency, User
from kscb_actions.prepared import prepared
from kscb_actions.searching.queries import rows_with, words_of

from .models import (
    AgencyResponse,
    NamedPerson,
    Recommendation,
    RecommendationTheme,
    Review,
    ReviewTheme,
    StageReached,
    StageTakenBack,
    StatutoryClock,
    Theme,
)
from .numbering import Numbered, in_reading_order
from .papers.models import ReviewPaper
from .papers.visibility import closed_papers, keeps_reviews

PER_PAGE = 25


SORTS: dict[str, tuple[Any, ...]] = {
    "newest": (Review.id,),
    "reference": (Review.order_key,),
    "kind": (Review.kind, Review.id),
}


NOTHING = peewee.SQL("1 = 0")


EVERYTHING = peewee.SQL("1 = 1")


# Not as `is_void = 0`, for which SQLite takes an index: nearly all are kept.
_IS_KEPT = ~Review.is_void


@dataclass(frozen=True)
class ReviewFilter:
    """What the list of reviews is narrowed to; an empty value narrows nothing.

    `open_only` leaves the restricted reviews out, as a paper does in which they are not ticked.
    """

    kind: str = ""
    stage: str = ""
    words: str = ""
    open_only: bool = False


def sees_whole(viewer: Viewer) -> bool:
    """Return whether this person sees all of any review they see; an agency lead sees only their part."""
    return viewer.is_system or reach(viewer, Permission.READ_REVIEW) is Reach.ALL


def hidden_reviews(viewer: Viewer) -> Any:
    """Return ids of the restricted reviews this person is not named on: hidden whatever their role."""
    named = NamedPerson.select(NamedPerson.review).where(NamedPerson.user == (viewer.id or 0))
    return Review.select(Review.id).where(Review.is_restricted, Review.id.not_in(named))


def void_reviews() -> Any:
    """Return ids of the reviews that were recorded by mistake. What reads others' rows keeps theirs out."""
    return Review.select(Review.id).where(Review.is_void == True)  # noqa: E712


def void_recommendations() -> Any:
    """Return ids of the recommendations that were recorded by mistake, with those of such reviews."""
    return Recommendation.select(Recommendation.id).where(Recommendation.is_void == True)  # noqa: E712


def told_events(viewer: Viewer) -> Any:
    """Return the condition on AuditEvent that keeps out what is about a review hidden from this person.

    An event of a message is about what the message's items name: its subject may hold a reference. Nor is a
    person told of a paper that they may not read, or of what is about it, such as its readers.
    """
    hidden = hidden_reviews(viewer)
    messages = OutboxItem.select(OutboxItem.message).where(OutboxItem.review_id.in_(hidden))
    is_of_review = AuditEvent.review_id.is_null() | AuditEvent.review_id.not_in(hidden)
    is_of_message = AuditEvent.kind == OutboxMessage._meta.table_name
    told = is_of_review & (~is_of_message | AuditEvent.object_id.not_in(messages))
    if keeps_reviews(viewer):
        return told
    closed = closed_papers(viewer)
    told = told & ((AuditEvent.kind != ReviewPaper._meta.table_name) | AuditEvent.object_id.not_in(closed))
    # Whatever is about a paper, in this room or above: who reads it, that it is to be erased.
    for about, model in ReviewPaper._meta.backrefs.items():
        rows = model.select(model.id).where(about.in_(closed))
        told = told & ((AuditEvent.kind != model._meta.table_name) | AuditEvent.object_id.not_in(rows))
    return told


def visible_review(viewer: Viewer) -> Any:
    """Return the condition on Review that keeps what this person may see. Nobody sees what is void."""
    if viewer.is_system:
        return _IS_KEPT
    width = reach(viewer, Permission.READ_REVIEW)
    if width is Reach.NONE:
        return NOTHING
    condition = _IS_KEPT & Review.id.not_in(hidden_reviews(viewer))
    if width is Reach.OWN_AGENCY:
        named = AgencyResponse.select(AgencyResponse.review).where(
            AgencyResponse.agency == viewer.agency_id,
            AgencyResponse.recommendation.not_in(void_recommendations()),
        )
        condition = condition & Review.id.in_(named)
    return condition


def visible_recommendation(viewer: Viewer) -> Any:
    """Return the condition on Recommendation (joined to Review) that keeps what this person may see."""
    condition = visible_review(viewer) & ~Recommendation.is_void
    if not viewer.is_system and reach(viewer, Permission.READ_REVIEW) is Reach.OWN_AGENCY:
        named = AgencyResponse.select(AgencyResponse.recommendation).where(
            AgencyResponse.agency == viewer.agency_id
        )
        condition = condition & Recommendation.id.in_(named)
    return condition


def titles_of_references(viewer: Viewer, references: Collection[str]) -> dict[str, str]:
    """Return {reference: title} of the reviews so called that the viewer sees all of. At most one query."""
    if not references or not sees_whole(viewer):
        return {}
    query = Review.select(Review.reference, Review.title)
    return dict(query.where(Review.reference.in_(references), visible_review(viewer)).tuples())


def find_reviews(
    viewer: Viewer, narrow: ReviewFilter, sort: str = "newest", descending: bool = True, page: int = 1
) -> Page[Review]:
    """Return one page of the reviews that match. Nobody finds a review by what they may not read of it."""
    condition = visible_review(viewer)
    search = "whole_review" if sees_whole(viewer) else "review"
    if narrow.open_only:
        condition = condition & ~Review.is_restricted
    if narrow.kind:
        condition = condition & (Review.kind == narrow.kind)
    if sees_whole(viewer):
        if narrow.stage:
            condition = condition & (Review.stage == narrow.stage)
    for word in words_of(narrow.words):
        condition = condition & Review.id.in_(rows_with(search, word))
    total = Review.select().where(condition).count()
    page, pages, start, count = page_within(page, total, PER_PAGE)
    order = [key.desc() if descending else key.asc() for key in SORTS.get(sort, SORTS["newest"])]
    rows = Review.select().where(condition).order_by(*order).limit(count).offset(start)
    return Page(list(rows), total, page, pages)


def list_references(viewer: Viewer, most: int | None = None) -> list[str]:
    """Return the references of the reviews this person may see, in their order; at most `most`."""
    return [reference for (reference,) in _references(viewer, most)]


@prepared
def _references(viewer: Viewer, most: int | None) -> Any:
    query = Review.select(Review.reference).where(visible_review(viewer)).order_by(Review.order_key)
    return query.limit(most).tuples()


def get_review(viewer: Viewer, reference: str) -> Review | None:
    """Return one review, or None when it is hidden or does not exist."""
    return _review.first(viewer, reference=reference)


@prepared
def _review(viewer: Viewer, *, reference: Any) -> Any:
    return Review.select().where(Review.reference == reference, visible_review(viewer))


def get_recommendation(viewer: Viewer, reference: str, number: int) -> Recommendation | None:
    """Return one recommendation with its review, or None when it is hidden or does not exist."""
    return _recommendation.first(viewer, reference=reference, number=number)


@prepared
def _recommendation(viewer: Viewer, *, reference: Any, number: Any) -> Any:
    query = Recommendation.select(Recommendation, Review).join(Review)
    return query.where(
        Review.reference == reference, Recommendation.number == number, visible_recommendation(viewer)
    )


def list_recommendations(viewer: Viewer, review: Review) -> list[Recommendation]:
    """Return the recommendations of a review that this person may see, as its report has them."""
    query = (
        Recommendation.select(Recommendation, Review)
        .join(Review)
        .where(Recommendation.review == review, visible_recommendation(viewer))
    )
    found = {each.id: each for each in query}
    return [found[each.id] for each in in_reading_order(map(numbered, found.values()))]


def numbered(recommendation: Recommendation) -> Numbered:
    """Return what the order of a recommendation hangs on."""
    return Numbered(
        recommendation.id, recommendation.number, recommendation.published_number, recommendation.heading
    )


def next_number(review: Review) -> int:
    """Return the number of the next recommendation of a review. One that was given is not given again."""
    highest = Recommendation.select(peewee.fn.MAX(Recommendation.number))
    return (highest.where(Recommendation.review == review).scalar() or 0) + 1


def list_responses(viewer: Viewer, review: Review) -> list[AgencyResponse]:
    """Return the agencies' answers in a review that this person may see; a lead sees their own agency's."""
    query = (
        AgencyResponse.select(AgencyResponse, Agency, Recommendation)
        .join_from(AgencyResponse, Agency)
        .join_from(AgencyResponse, Recommendation)
        .join_from(AgencyResponse, Review)
        .where(AgencyResponse.review == review, visible_recommendation(viewer))
        .order_by(Recommendation.number, Agency.name)
    )
    if not viewer.is_system and reach(viewer, Permission.READ_REVIEW) is Reach.OWN_AGENCY:
        query = query.where(AgencyResponse.agency == viewer.agency_id)
    return list(query)


def list_responses_to(recommendation: Recommendation) -> list[AgencyResponse]:
    """Return every answer to a recommendation that has been fetched for somebody who sees all of it."""
    return list(AgencyResponse.select().where(AgencyResponse.recommendation == recommendation))


def get_response(viewer: Viewer, reference: str, number: int, code: str) -> AgencyResponse | None:
    """Return one agency's answer to one recommendation, or None when it is hidden or does not exist."""
    query = (
        AgencyResponse.select(AgencyResponse, Recommendation, Review, Agency)
        .join_from(AgencyResponse, Recommendation)
        .join_from(Recommendation, Review)
        .join_from(AgencyResponse, Agency)
        .where(
            Review.reference == reference,
            Recommendation.number == number,
            Agency.code == code,
            visible_recommendation(viewer),
        )
    )
    if not sees_whole(viewer):
        query = query.where(AgencyResponse.agency == viewer.agency_id)
    return query.first()


def stage_stands() -> Any:
    """Return the condition that a StageReached was not recorded wrongly."""
    return StageReached.id.not_in(StageTakenBack.select(StageTakenBack.stage))


def list_stages(review: Review) -> list[StageReached]:
    """Return the stages a review has reached, by day. The review has been fetched for a viewer."""
    return list(
        StageReached.select(StageReached, User)
        .join(User, peewee.JOIN.LEFT_OUTER, on=(StageReached.decided_by == User.id))
        .where(StageReached.review == review, stage_stands())
        .order_by(StageReached.reached_on, StageReached.recorded_at, StageReached.id)
    )


def get_stage(viewer: Viewer, reference: str, stage_id: int) -> StageReached | None:
    """Return one stage that a review has reached, for whoever may see the review; None otherwise."""
    review = get_review(viewer, reference)
    if review is None:
        return None
    return StageReached.get_or_none(
        StageReached.id == stage_id, StageReached.review == review, stage_stands()
    )


def list_clocks(review: Review) -> list[StatutoryClock]:
    """Return the statutory clocks of a review."""
    return list(
        StatutoryClock.select().where(StatutoryClock.review == review).order_by(StatutoryClock.due_on)
    )


def last_recorded_stage(review: Review) -> StageReached | None:
    """Return the stage of a review that was recorded last, whichever day it is of."""
    return StageReached.select().where(StageReached.review == review).order_by(StageReached.id.desc()).first()


def last_naming(review: Review, user_id: int) -> AuditEvent | None:
    """Return the newest event of naming a person on a review, or of taking them off."""
    found = (
        AuditEvent.select()
        .where(AuditEvent.kind == NamedPerson._meta.table_name, AuditEvent.review_id == review.id)
        .order_by(AuditEvent.id.desc())
    )
    return next((each for each in found if json.loads(each.state).get("user_id") == user_id), None)


def list_named_people(review: Review) -> list[User]:
    """Return who may see a restricted review, by name, with their agency."""
    return list(_people().where(User.id.in_(_named_on(review))))


def is_named_elsewhere(viewer: Viewer, person: User) -> bool:
    """Return whether `person` is named on a restricted review that is closed to the viewer."""
    named = NamedPerson.select(NamedPerson.review).join(Review).where(Review.is_restricted)
    own = NamedPerson.select(NamedPerson.review).where(NamedPerson.user == viewer.id)
    return named.where(NamedPerson.user == person, NamedPerson.review.not_in(own)).exists()


def list_unnamed_people(review: Review) -> list[User]:
    """Return who signs in and is not named on a review, by name, with their agency."""
    return list(_people().where(User.is_active, User.id.not_in(_named_on(review))))


def _people() -> Any:
    return User.select(User, Agency).join(Agency, peewee.JOIN.LEFT_OUTER).order_by(User.name)


def _named_on(review: Review) -> Any:
    return NamedPerson.select(NamedPerson.user).where(NamedPerson.review == review)


def list_themes() -> list[Theme]:
    """Return the board's themes, by name."""
    return _themes()


@prepared
def _themes() -> Any:
    return Theme.select().order_by(Theme.name)


def get_theme(viewer: Viewer, theme_id: int) -> Theme | None:
    """Return one theme, for those who keep the list."""
    if reach(viewer, Permission.EDIT_REVIEW) is Reach.NONE:
        return None
    return Theme.get_or_none(Theme.id == theme_id)


def themes_of_review(review: Review) -> list[Theme]:
    """Return the themes of one review, by name."""
    return list(Theme.select().join(ReviewTheme).where(ReviewTheme.review == review).order_by(Theme.name))


def themes_of_recommendation(recommendation: Recommendation) -> list[Theme]:
    """Return the themes of one recommendation, by name."""
    return list(
        Theme.select()
        .join(RecommendationTheme)
        .where(RecommendationTheme.recommendation == recommendation)
        .order_by(Theme.name)
    )


def themes_by_recommendation(review: Review) -> dict[int, list[str]]:
    """Return {recommendation id: names of its themes} of one review. One query."""
    query = (
        RecommendationTheme.select(RecommendationTheme.recommendation, Theme.name)
        .join(Theme)
        .where(RecommendationTheme.review == review)
        .order_by(Theme.name)
    )
    grouped: dict[int, list[str]] = {}
    for recommendation_id, name in query.tuples():
        grouped.setdefault(recommendation_id, []).append(name)
    return grouped


def require_on(
    viewer: Viewer, permission: Permission, review: Review, owned_by: int | Owners | None = None
) -> None:
    """Raise Refused unless the viewer may do this to a thing of these owners, or one agency, in `review`.

    A restricted review is for its named people only, whatever their role.
    """
    require(viewer, permission, owned_by)
    if review.is_restricted and not viewer.is_system and not is_named(review, viewer.id):
        raise Refused("There is no such review.")


def is_named(review: Review, user_id: int | None) -> bool:
    """Return whether this person is named on the review."""
    return NamedPerson.select().where(NamedPerson.review == review, NamedPerson.user == user_id).exists()
