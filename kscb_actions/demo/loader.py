"""Loading the demonstration board into an empty database, through the services and in order of time."""

import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import groupby

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM
from kscb_actions.actions.service import ActionFacts, add_actions
from kscb_actions.assurance.models import EvidenceFile
from kscb_actions.audit.models import AuditEvent
from kscb_actions.chasing.providers import registered
from kscb_actions.chasing.service import chase
from kscb_actions.chasing.working_days import is_working_day
from kscb_actions.database import writing
from kscb_actions.demo.deaths.panels import panel_scenes
from kscb_actions.demo.deaths.scenes import case_scenes
from kscb_actions.files.store import EvidenceStore
from kscb_actions.people.models import User
from kscb_actions.reviews.models import Recommendation, Review
from kscb_actions.reviews.recommendations import add_recommendation, answer_recommendation
from kscb_actions.reviews.rules import RecommendationFacts, ReviewFacts
from kscb_actions.reviews.service import add_theme, name_person, reach_stage, record_review, set_hold
from kscb_actions.settings.service import change_settings, make_demonstration

from .content import (
    AS_AT,
    BEGINS_ON,
    BOARD_MARKING,
    BOARD_NAME,
    BOARD_SHORT_NAME,
    MANAGER,
    Content,
    PlannedAction,
    PlannedAnswer,
    PlannedRecommendation,
    PlannedReview,
    Table,
    figures_told,
    read_content,
)
from .playing import Cast, play_step
from .posts import POSTS_HOUR, post_scenes
from .scenes import Scene
from .stories import expand
from .working_days import on_or_after

CHASE_HOUR, CHASED_SINCE = 8, date(2012, 3, 1)
RECORD_HOUR, STAGE_HOUR, HOLD_HOUR, PLAN_HOUR, ANSWER_HOUR = 9, 10, 11, 12, 13
LAST_ANSWERS = date(2012, 1, 1)


class NotEmpty(Exception):
    """The database holds something already, so nothing has been loaded."""


@dataclass(frozen=True)
class Account:
    """A demonstration account. They all share the password that was given."""

    email: str
    name: str
    roles: tuple[str, ...]


def load(
    password: str, progress: Callable[[str], None], store: EvidenceStore, base_url: str
) -> list[Account]:
    """Load the whole board; every account gets `password`. Tells `progress` how far it is.

    The last month's reminders are chased too; their links begin with `base_url`.

    Either everything is loaded or nothing: a failure leaves the database and the evidence folder as they
    were. Raises NotEmpty, and InvalidInput when the password is weak.
    """
    if AuditEvent.select().exists() or User.select().exists():
        raise NotEmpty(
            "This database is not empty, so the demonstration has not been loaded. "
            "Use an empty instance folder (KSCB_INSTANCE) for it."
        )
    content = read_content()
    with _all_or_nothing(store):
        cast = Cast(content, store)
        with clock.at(_instant(BEGINS_ON, POSTS_HOUR, 0)):
            _open_board(password, content)
        progress(f"{len(content.agencies)} agencies, {len(content.people)} people")
        scenes = [*post_scenes(cast, content, password), *_theme_scenes(cast, content)]
        scenes += [*_scenes(cast, content), *case_scenes(cast), *panel_scenes(cast)]
        scenes += _chase_scenes(base_url)
        _play(sorted(scenes, key=lambda scene: (scene.on, scene.hour)), progress)
    there = [person for person in content.people if person.until is None]
    return [Account(person.email, person.name, person.roles) for person in there]


@contextmanager
def _all_or_nothing(store: EvidenceStore) -> Iterator[None]:
    kept: list[str] = []
    try:
        with writing():
            try:
                yield
            finally:
                kept = [file.stored_name for file in EvidenceFile.select()]
    except BaseException:
        for name in kept:
            store.discard(name)
        raise


def _open_board(password: str, content: Content) -> None:
    make_demonstration(SYSTEM, AS_AT, password, content.begin_with, figures_told())
    change_settings(SYSTEM, {"name": BOARD_NAME, "short_name": BOARD_SHORT_NAME, "marking": BOARD_MARKING})


def _theme_scenes(cast: Cast, content: Content) -> Iterator[Scene]:
    for code, name in content.themes.items():
        yield Scene(BEGINS_ON, POSTS_HOUR, partial(_add_theme, cast, code, name))


def _add_theme(cast: Cast, code: str, name: str) -> None:
    cast.themes[code] = add_theme(cast.viewer(MANAGER), name).id


def _play(scenes: list[Scene], progress: Callable[[str], None]) -> None:
    """Play the scenes in order of time, those of one hour spread over it."""
    year = None
    for (on, hour), same_hour in groupby(scenes, key=lambda scene: (scene.on, scene.hour)):
        together = list(same_hour)
        if on.year != year:
            year = on.year
            progress(f"What happened in {year}")
        for number, scene in enumerate(together):
            with clock.at(_instant(on, hour, 3600 * number // len(together))):
                scene.play()


def _instant(on: date, hour: int, second: int) -> datetime:
    return datetime.combine(on, time(hour), clock.LONDON) + timedelta(seconds=second)


def _scenes(cast: Cast, content: Content) -> list[Scene]:
    scenes: list[Scene] = []
    for review in content.reviews:
        scenes += _review_scenes(cast, review)
        for plot in review.plots():
            for step in expand(plot, content.phrases, AS_AT):
                scenes.append(Scene(step.on, step.hour, partial(play_step, cast, plot, step)))
    return scenes


def _chase_scenes(base_url: str) -> Iterator[Scene]:
    """The reminders of each working day since the Board began to send them."""
    for offset in range((AS_AT - CHASED_SINCE).days):
        day = CHASED_SINCE + timedelta(days=offset)
        if is_working_day(day):
            for provider in registered():
                yield Scene(day, CHASE_HOUR, partial(chase, provider, day, base_url))


def _review_scenes(cast: Cast, review: PlannedReview) -> Iterator[Scene]:
    first, *later = review.stages
    yield Scene(first["on"], RECORD_HOUR, partial(_record, cast, review))
    for email in review.named:
        if email != MANAGER:
            on = max(first["on"], cast.since[email])
            yield Scene(on, RECORD_HOUR, partial(_name, cast, review, email))
    for stage in later:
        yield Scene(stage["on"], STAGE_HOUR, partial(_reach, cast, review, stage))
    for hold in review.holds:
        yield Scene(hold["placed_on"], HOLD_HOUR, partial(_hold, cast, review, hold))
        if "lifted_on" in hold:
            yield Scene(hold["lifted_on"], HOLD_HOUR, partial(_lift, cast, review))
    for recommendation in review.recommendations:
        yield Scene(review.plan_on, PLAN_HOUR, partial(_add_plan, cast, review, recommendation))
        yield from _answer_scenes(cast, review, recommendation)


def _review(review: PlannedReview) -> Review:
    return Review.get(Review.reference == review.reference)


def _record(cast: Cast, planned: PlannedReview) -> None:
    facts, stage = planned.facts, planned.stages[0]
    record_review(
        cast.viewer(MANAGER),
        ReviewFacts(
            reference=planned.reference,
            kind=facts["kind"],
            title=facts["title"],
            pseudonym=facts["pseudonym"],
            summary=facts["summary"],
            classification=facts["classification"],
            is_restricted=facts.get("is_restricted", False),
            theme_ids=cast.theme_ids(facts["themes"]),
        ),
        stage["stage"],
        stage["on"],
        stage.get("note", ""),
    )


def _name(cast: Cast, planned: PlannedReview, email: str) -> None:
    name_person(cast.viewer(MANAGER), _review(planned), cast.people[email])


def _reach(cast: Cast, planned: PlannedReview, stage: Table) -> None:
    reach_stage(cast.viewer(MANAGER), _review(planned), stage["stage"], stage["on"], stage.get("note", ""))


def _hold(cast: Cast, planned: PlannedReview, hold: Table) -> None:
    set_hold(cast.viewer(MANAGER), _review(planned), hold["kind"], hold["reason"])


def _lift(cast: Cast, planned: PlannedReview) -> None:
    set_hold(cast.viewer(MANAGER), _review(planned), "", "What the review waited for is over.")


def _add_plan(cast: Cast, planned: PlannedReview, each: PlannedRecommendation) -> None:
    recommendation = add_recommendation(
        cast.viewer(MANAGER),
        _review(planned),
        RecommendationFacts(each.text, each.outcome, each.addressed_to, cast.theme_ids(each.themes)),
    )
    for action in each.actions:
        _add_action(cast, recommendation, action)


def _add_action(cast: Cast, recommendation: Recommendation, planned: PlannedAction) -> None:
    agencies = [cast.agencies[code] for code in planned.plots]
    leads = {cast.agencies[code].id: cast.people[plot.lead] for code, plot in planned.plots.items()}
    facts = ActionFacts(planned.text, planned.measure, planned.due_on)
    added = add_actions(cast.viewer(MANAGER), recommendation, agencies, facts, leads)
    for plot, action in zip(planned.plots.values(), added, strict=True):
        cast.actions[plot.key] = action.id


def _answer_scenes(cast: Cast, review: PlannedReview, each: PlannedRecommendation) -> Iterator[Scene]:
    """Each agency's answer some weeks after the plan; of the newest plans a few are still awaited."""
    special = {answer.agency: answer for answer in each.answers}
    for agency in dict.fromkeys(code for action in each.actions for code in action.plots):
        seed = zlib.crc32(f"{review.reference} {each.number} {agency}".encode())
        if review.plan_on > LAST_ANSWERS and seed % 3 == 0 and agency not in special:
            continue
        answer = special.get(agency, PlannedAnswer(agency, "accepted", ""))
        on = on_or_after(review.plan_on + timedelta(days=8 + seed % 21))
        yield Scene(on, ANSWER_HOUR, partial(_answer, cast, review, each.number, answer))


def _answer(cast: Cast, planned: PlannedReview, number: int, answer: PlannedAnswer) -> None:
    recommendation = Recommendation.get(
        Recommendation.review == _review(planned), Recommendation.number == number
    )
    agency = cast.agencies[answer.agency]
    answer_recommendation(cast.viewer(MANAGER), recommendation, agency, answer.answer, answer.reason)
