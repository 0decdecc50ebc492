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
from kscb_actions.chasing.news.heard import quietly
from kscb_actions.chasing.news.service import count_as_told
from kscb_actions.chasing.providers import registered
from kscb_actions.chasing.service import chase
from kscb_actions.child_deaths.requests.models import ReturnFile
from kscb_actions.child_deaths.years import year_of
from kscb_actions.database import writing
from kscb_actions.demo.deaths.case_events import case_events, panel_content
from kscb_actions.demo.deaths.panels import panel_events
from kscb_actions.figures.annual.issuing import Seen, agree, freeze_year, propose
from kscb_actions.files.store import EvidenceStore
from kscb_actions.people.models import User
from kscb_actions.reviews.inspections.rules import Area, AreaFacts, FindingFacts
from kscb_actions.reviews.inspections.service import record_finding
from kscb_actions.reviews.models import Recommendation, Review
from kscb_actions.reviews.papers.models import ReviewPaper
from kscb_actions.reviews.publishing.rules import ReleaseFacts
from kscb_actions.reviews.publishing.service import release
from kscb_actions.reviews.recommendations import add_recommendation, answer_recommendation
from kscb_actions.reviews.rules import Kind, RecommendationFacts, ReviewFacts
from kscb_actions.reviews.service import add_theme, name_person, reach_stage, record_review, set_hold
from kscb_actions.settings.queries import get_board
from kscb_actions.settings.rules import Guidance
from kscb_actions.settings.service import change_settings, make_demonstration
from kscb_actions.working_days.england import is_working_day

from .challenges import challenge_events
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
from .measures import impact_events, measure_events
from .meetings import meeting_events
from .posts import POSTS_HOUR, post_events
from .review_papers import review_paper_events
from .schedule import ScheduledEvent, on_or_after
from .stories import expand
from .story_runner import LoadedBoard, run_step
from .upkeep import due_as_typed, upkeep_events

ISSUE_HOUR = 11
# Its deaths are all recorded by then.
FIRST_ISSUED_ON = date(2011, 12, 12)
CHASE_HOUR, CHASED_SINCE = 8, date(2012, 3, 1)
RECORD_HOUR, STAGE_HOUR, HOLD_HOUR, PLAN_HOUR, ANSWER_HOUR = 9, 10, 11, 12, 13
LAST_ANSWERS = date(2012, 1, 1)
# Tables whose rows name files in the store.
KEPT = (EvidenceFile, ReviewPaper, ReturnFile)
# The day of the last meeting of the subgroup.
NEW_SINCE = date(2012, 3, 21)


class NotEmpty(Exception):
    """Report that the database holds something already, so nothing has been loaded."""


@dataclass(frozen=True)
class Account:
    """Hold a demonstration account. They all share the password that was given."""

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
        loaded = LoadedBoard(content, store)
        with clock.at(_instant(BEGINS_ON, POSTS_HOUR, 0)):
            _open_board(password, content)
        progress(f"{len(content.agencies)} agencies, {len(content.people)} people")
        events = [*post_events(loaded, content, password), *_theme_events(loaded, content)]
        events += [*_story_events(loaded, content), *case_events(loaded, base_url), *panel_events(loaded)]
        events += [*challenge_events(loaded, base_url), *review_paper_events(loaded, base_url)]
        events += [*measure_events(loaded), *impact_events(loaded), *meeting_events(loaded, base_url)]
        events += _chase_events(base_url)
        for on, year in ((FIRST_ISSUED_ON, "2010-11"), (AS_AT, year_of(AS_AT))):
            events.append(ScheduledEvent(on, ISSUE_HOUR, partial(_issue_report, loaded, year)))
        _run(sorted(events, key=lambda event: (event.on, event.hour)), progress)
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
                kept = [file.stored_name for model in KEPT for file in model.select()]
    except BaseException:
        for name in kept:
            store.discard(name)
        raise


def _open_board(password: str, content: Content) -> None:
    make_demonstration(SYSTEM, AS_AT, password, content.begin_with, figures_told())
    change_settings(SYSTEM, {"name": BOARD_NAME, "short_name": BOARD_SHORT_NAME, "marking": BOARD_MARKING})


def _issue_report(loaded: LoadedBoard, year: str) -> None:
    """Issue a year's report on child deaths by its two people: there are tables as published."""
    who = panel_content()
    keeper = loaded.viewer(who["coordinator"])
    proposed = propose(keeper, year, Seen(freeze_year(keeper, year).version, 0))
    agree(loaded.viewer(who["panel_chair"]), get_board(), year, Seen(proposed.version, 0))


def _theme_events(loaded: LoadedBoard, content: Content) -> Iterator[ScheduledEvent]:
    for code, name in content.themes.items():
        yield ScheduledEvent(BEGINS_ON, POSTS_HOUR, partial(_add_theme, loaded, code, name))


def _add_theme(loaded: LoadedBoard, code: str, name: str) -> None:
    loaded.themes[code] = add_theme(loaded.viewer(MANAGER), name).id


def _run(events: list[ScheduledEvent], progress: Callable[[str], None]) -> None:
    """Run the events in order of time, those of one hour spread over it."""
    year = None
    for (on, hour), same_hour in groupby(events, key=lambda event: (event.on, event.hour)):
        together = list(same_hour)
        if on.year != year:
            year = on.year
            progress(f"What happened in {year}")
        for number, event in enumerate(together):
            with clock.at(_instant(on, hour, 3600 * number // len(together))), _news(on):
                event.run()


@contextmanager
def _news(on: date) -> Iterator[None]:
    """Keep what happens quiet, but for the last days: that is new, though no message tells of it any more."""
    if on < NEW_SINCE:
        with quietly():
            yield
    else:
        yield
        count_as_told()


def _instant(on: date, hour: int, second: int) -> datetime:
    return datetime.combine(on, time(hour), clock.LONDON) + timedelta(seconds=second)


def _story_events(loaded: LoadedBoard, content: Content) -> list[ScheduledEvent]:
    events: list[ScheduledEvent] = []
    for review in content.reviews:
        events += [*_review_events(loaded, review), *upkeep_events(loaded, review)]
        for plot in review.plots():
            for step in expand(plot, content.phrases, AS_AT):
                events.append(ScheduledEvent(step.on, step.hour, partial(run_step, loaded, plot, step)))
    return events


def _chase_events(base_url: str) -> Iterator[ScheduledEvent]:
    """Yield the reminders of each working day since the Board began to send them."""
    for offset in range((AS_AT - CHASED_SINCE).days):
        day = CHASED_SINCE + timedelta(days=offset)
        if is_working_day(day):
            for provider in registered():
                yield ScheduledEvent(day, CHASE_HOUR, partial(chase, provider, day, base_url))


def _review_events(loaded: LoadedBoard, review: PlannedReview) -> Iterator[ScheduledEvent]:
    first, *later = review.stages
    yield ScheduledEvent(first["on"], RECORD_HOUR, partial(_record, loaded, review))
    for email in review.named:
        if email != MANAGER:
            on = max(first["on"], loaded.since[email])
            yield ScheduledEvent(on, RECORD_HOUR, partial(_name, loaded, review, email))
    for stage in later:
        yield ScheduledEvent(stage["on"], STAGE_HOUR, partial(_reach, loaded, review, stage))
    for hold in review.holds:
        yield ScheduledEvent(hold["placed_on"], HOLD_HOUR, partial(_hold, loaded, review, hold))
        if "lifted_on" in hold:
            yield ScheduledEvent(hold["lifted_on"], HOLD_HOUR, partial(_lift, loaded, review))
    for recommendation in review.recommendations:
        yield ScheduledEvent(review.plan_on, PLAN_HOUR, partial(_add_plan, loaded, review, recommendation))
        yield from _answer_events(loaded, review, recommendation)
    for finding in review.findings:
        yield ScheduledEvent(review.plan_on, PLAN_HOUR, partial(_add_finding, loaded, review, finding))
    if "release" in review.facts:
        run = partial(_release, loaded, review, review.facts["release"])
        yield ScheduledEvent(review.facts["release"]["on"], STAGE_HOUR, run)


def _review(review: PlannedReview) -> Review:
    return Review.get(Review.reference == review.reference)


def _record(loaded: LoadedBoard, planned: PlannedReview) -> None:
    facts, stage = planned.facts, planned.stages[0]
    record_review(
        loaded.viewer(MANAGER),
        ReviewFacts(
            reference=planned.reference,
            kind=facts["kind"],
            title=facts["title"],
            pseudonym=facts["pseudonym"],
            summary=facts["summary"],
            classification=facts["classification"],
            is_restricted=facts.get("is_restricted", False),
            theme_ids=loaded.theme_ids(facts["themes"]),
            author=facts.get("author", ""),
            panel_chair=facts.get("panel_chair", ""),
            guidance=facts.get("guidance", Guidance.SERIOUS_CASE),
        ),
        stage["stage"],
        stage["on"],
        stage.get("note", ""),
        stage.get("decision_maker", ""),
    )


def _name(loaded: LoadedBoard, planned: PlannedReview, email: str) -> None:
    name_person(loaded.viewer(MANAGER), _review(planned), loaded.people[email])


def _reach(loaded: LoadedBoard, planned: PlannedReview, stage: Table) -> None:
    on, note = stage.get("typed", stage["on"]), stage.get("note", "")
    maker = stage.get("decision_maker", "")
    reach_stage(loaded.viewer(MANAGER), _review(planned), stage["stage"], on, note, decision_maker=maker)


def _hold(loaded: LoadedBoard, planned: PlannedReview, hold: Table) -> None:
    set_hold(loaded.viewer(MANAGER), _review(planned), hold["kind"], hold["reason"])


def _lift(loaded: LoadedBoard, planned: PlannedReview) -> None:
    set_hold(loaded.viewer(MANAGER), _review(planned), "", "What the review waited for is over.")


def _release(loaded: LoadedBoard, planned: PlannedReview, told: Table) -> None:
    review = _review(planned)
    facts = ReleaseFacts(told["on"], told["edition"], told["published_as"], "", told["reason"])
    release(loaded.viewer(told["by"]), review, facts, review.version)


def _add_plan(loaded: LoadedBoard, planned: PlannedReview, each: PlannedRecommendation) -> None:
    recommendation = add_recommendation(
        loaded.viewer(MANAGER),
        _review(planned),
        RecommendationFacts(
            text=each.text,
            intended_outcome=each.outcome,
            addressed_to=each.addressed_to,
            theme_ids=loaded.theme_ids(each.themes),
            published_number=each.published_number,
            heading=each.heading,
            is_key=each.is_key,
            area=_area(each.area) if planned.facts["kind"] == Kind.INSPECTION else None,
        ),
    )
    for action in each.actions:
        _add_action(loaded, recommendation, action)


def _area(table: Table) -> AreaFacts:
    """Return what area it is; `before` names the area of an earlier inspection, like INS-2010-01/5."""
    kind, before = table.get("kind", Area.DEVELOPMENT), table.get("before")
    if before is None:
        return AreaFacts(kind)
    reference, _, number = before.partition("/")
    earlier = Recommendation.select().join(Review)
    found = earlier.where(Review.reference == reference, Recommendation.number == int(number)).get()
    return AreaFacts(kind, found.id, table["became"])


def _add_finding(loaded: LoadedBoard, planned: PlannedReview, table: Table) -> None:
    facts = FindingFacts(table["kind"], table["text"], table.get("grade", ""))
    record_finding(loaded.viewer(MANAGER), _review(planned), facts)


def _add_action(loaded: LoadedBoard, recommendation: Recommendation, planned: PlannedAction) -> None:
    agencies = [loaded.agencies[plot.own.get("first_agency", code)] for code, plot in planned.plots.items()]
    leads = {loaded.agencies[code].id: loaded.people[plot.lead] for code, plot in planned.plots.items()}
    # One plot's typed date is all agencies': they are recorded in one step.
    typed = due_as_typed(next(iter(planned.plots.values())))
    facts = ActionFacts(planned.text, planned.measure, typed)
    added = add_actions(loaded.viewer(MANAGER), recommendation, agencies, facts, leads)
    for plot, action in zip(planned.plots.values(), added, strict=True):
        loaded.actions[plot.key] = action.id


def _answer_events(
    loaded: LoadedBoard, review: PlannedReview, each: PlannedRecommendation
) -> Iterator[ScheduledEvent]:
    """Yield each agency's answer some weeks after the plan; a few of the newest plans still wait."""
    special = {answer.agency: answer for answer in each.answers}
    for agency in dict.fromkeys(code for action in each.actions for code in action.plots):
        seed = zlib.crc32(f"{review.reference} {each.number} {agency}".encode())
        if review.plan_on > LAST_ANSWERS and seed % 3 == 0 and agency not in special:
            continue
        answer = special.get(agency, PlannedAnswer(agency, "accepted", ""))
        on = on_or_after(review.plan_on + timedelta(days=8 + seed % 21))
        yield ScheduledEvent(on, ANSWER_HOUR, partial(_answer, loaded, review, each.number, answer))


def _answer(loaded: LoadedBoard, planned: PlannedReview, number: int, answer: PlannedAnswer) -> None:
    recommendation = Recommendation.get(
        Recommendation.review == _review(planned), Recommendation.number == number
    )
    agency = loaded.agencies[answer.agency]
    answer_recommendation(loaded.viewer(MANAGER), recommendation, agency, answer.answer, answer.reason)
