"""The section on reviews of the board's annual report: a year from April to March, at both of its ends."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from kscb_actions import clock
from kscb_actions.access.policy import Viewer
from kscb_actions.assurance.challenges.queries import ChallengeFilter
from kscb_actions.assurance.challenges.rules import Outcome
from kscb_actions.impact.queries import judged_between
from kscb_actions.impact.rules import count_words as count_words_of_impact
from kscb_actions.reports.content import (
    Block,
    Bullets,
    Column,
    Counted,
    Paragraph,
    Report,
    Section,
    Table,
)
from kscb_actions.reports.paper_kind import Form
from kscb_actions.reports.progress.attached.impact import row_of
from kscb_actions.reports.progress.attached.measured import measures_section
from kscb_actions.reports.progress.attached.sections import Facts
from kscb_actions.reports.progress.changed.queries import list_changed
from kscb_actions.reports.progress.changed.rules import CHANGE_NAMES
from kscb_actions.reports.progress.first_page.figures import figures_section
from kscb_actions.reports.progress.first_page.front import contact_section, short_header_of
from kscb_actions.reports.progress.past import read
from kscb_actions.reports.progress.report import facts_of, paper_of
from kscb_actions.reports.progress.scope import ReportingYear, ReportRequest, Scope, scope_of
from kscb_actions.reviews.dissemination.queries import list_between
from kscb_actions.reviews.dissemination.rules import HOW_NAMES, How, count_words
from kscb_actions.reviews.models import (
    Recommendation,
    RecommendationTheme,
    ReviewTheme,
    StageReached,
    Theme,
)
from kscb_actions.reviews.publishing.queries import released
from kscb_actions.reviews.queries import stage_stands
from kscb_actions.reviews.rules import KIND_NAMES, STAGE_NAMES
from kscb_actions.settings.rules import Board
from kscb_actions.text import InvalidInput
from kscb_actions.wording import date_uk, plural

from .challenge_log import every_challenge, figures_in_words, steps_of, verb, words_of_closing

BOTH_ENDS = "Actions at both ends of the year"
NOT_BEGUN = "This year has not begun. Choose one that has."


@dataclass(frozen=True)
class ComesBack:
    """A theme, and the references of the reviews that name it."""

    theme: str
    reviews: tuple[str, ...]


def build_annual_section(viewer: Viewer, board: Board, choice: ReportRequest, today: date) -> Report:
    """Return the section for `choice.year`, up to today where it goes on. No restricted review is in it.

    Raises Refused, and InvalidInput with a message for each field of `choice` that cannot be used.
    """
    assert choice.year is not None, "Paper.make asks for the year"  # noqa: S101  # nosec B101
    year = choice.year
    if year.first > today:
        raise InvalidInput({"year": NOT_BEGUN})
    form = Form(f"annual-report-section-{year.name}", f"Reviews and their action plans in {year.name}")
    asked = ReportRequest(form=form, as_at=min(year.last, today), since=year.first - timedelta(days=1))
    facts = facts_of(scope_of(viewer, board, asked, today))
    sections = tuple(_sections(viewer, facts, year, today))
    told = dict(short_header_of(facts.scope, viewer)) | {"To": f"{board.name}, for its annual report"}
    made = paper_of(facts.scope, tuple(told.items()), sections)
    name = f"{form.file}-{facts.scope.as_at}.docx"
    return replace(made, title=form.title, since=None, file_name=name)


def _sections(viewer: Viewer, facts: Facts, year: ReportingYear, today: date) -> Iterator[Section]:
    scope = facts.scope
    found = (
        _reviews(scope, year),
        replace(
            figures_section(scope, facts.counts, facts.figures), heading="Actions at both ends of the year"
        ),
        _what_happened(facts),
        _challenges(viewer, year, today),
        measures_section(scope),
        _difference(scope, year),
        _shared(scope, year),
        _themes(scope),
        contact_section(scope),
    )
    yield from filter(None, found)


def stages_reached(scope: Scope, year: ReportingYear) -> dict[str, list[str]]:
    """Return {stage: references of the reviews that reached it in a year}, the stages in their order."""
    query = StageReached.select(StageReached.review, StageReached.stage, StageReached.reached_on).where(
        stage_stands(), StageReached.reached_on.between(year.first, scope.as_at)
    )
    reached: dict[str, set[str]] = {}
    for row in read(query.order_by(StageReached.id)):
        if row["review_id"] in scope.reviews:
            reached.setdefault(row["stage"], set()).add(scope.reviews[row["review_id"]]["reference"])
    return {stage.value: sorted(reached[stage]) for stage in STAGE_NAMES if stage in reached}


def _reviews(scope: Scope, year: ReportingYear) -> Section | None:
    if not scope.reviews:
        return None
    kinds = [review["kind"] for review in scope.reviews.values()]
    told = "; ".join(
        f"{name.lower()}: {kinds.count(kind):,}" for kind, name in KIND_NAMES.items() if kind in kinds
    )
    public = [row for row in read(released(scope.as_at)) if row["review_id"] in scope.reviews]
    blocks: list[Block] = [
        Paragraph(
            f"{plural(len(kinds), 'review')} on record at the end of {date_uk(scope.as_at)} ({told}). "
            f"Of them {verb(len(public))} released for publication. Restricted reviews are not in this "
            "section."
        )
    ]
    if reached := stages_reached(scope, year):
        columns = (Column("Stage", 45), Column("Reviews", 20, "end"), Column("Which", 105))
        rows = tuple(
            (STAGE_NAMES[stage], f"{len(which):,}", ", ".join(which))  # type: ignore[index]
            for stage, which in reached.items()
        )
        blocks.append(Table(f"Stages that reviews reached in {year.name}", columns, rows))
    return Section("Reviews", tuple(blocks))


def _what_happened(facts: Facts) -> Section | None:
    changed = list_changed(facts.scope, facts.figures)
    changes = {change: len(every) for change, every in changed.items() if every}
    if not changes:
        return None
    columns = (Column("What happened", 120), Column("Actions", 30, "end"))
    rows = tuple((CHANGE_NAMES[change], f"{number:,}") for change, number in changes.items())
    explained = Paragraph("An action counts once in each row that fits it.")
    table = Table("What happened to actions in the year", columns, rows)
    return Section("What was accepted, and what else happened to actions", (explained, table))


def _challenges(viewer: Viewer, year: ReportingYear, today: date) -> Section | None:
    raised = (year.first, year.last)
    if not every_challenge(viewer, ChallengeFilter(raised=raised, restricted=False), today):
        return None
    narrow = ChallengeFilter(raised=raised, outcome=Outcome.CHANGED, restricted=False)
    changed = every_challenge(viewer, narrow, today)
    blocks: list[Block] = [
        Paragraph(Counted(figures_in_words(viewer, year, today), f" As they stand on {date_uk(today)}."))
    ]
    if changed:
        steps = steps_of(changed)
        blocks += [
            Paragraph("What they changed:"),
            Bullets(tuple(f"{each.agency.name}: {words_of_closing(steps[each.id])}" for each in changed)),
        ]
    return Section("Challenges", tuple(blocks))


def themes_that_come_back(scope: Scope) -> list[ComesBack]:
    """Return the themes that more than one review of a paper names, itself or by a recommendation.

    Most reviews first. Themes are those that stand now. Two queries.
    """
    of_reviews = ReviewTheme.select(ReviewTheme.review, Theme.name).join(Theme)
    of_lessons = (
        RecommendationTheme.select(RecommendationTheme.review, Theme.name)
        .join_from(RecommendationTheme, Theme)
        .join_from(RecommendationTheme, Recommendation)
        .where(Recommendation.is_void == False)  # noqa: E712
    )
    named: dict[str, set[str]] = {}
    for review_id, theme in [*of_reviews.tuples(), *of_lessons.tuples()]:
        if review_id in scope.reviews:
            named.setdefault(theme, set()).add(scope.reviews[review_id]["reference"])
    found = [ComesBack(theme, tuple(sorted(which))) for theme, which in named.items() if len(which) > 1]
    return sorted(found, key=lambda each: (-len(each.reviews), each.theme))


def _difference(scope: Scope, year: ReportingYear) -> Section | None:
    found = judged_between(scope.review_ids, clock.start_of(year.first), scope.moment.before)
    if not found:
        return None
    words = Paragraph(f"{count_words_of_impact(each.outcome for each in found)} in {year.name}.")
    columns = (Column("Recommendation", 62), Column("Judged", 36), Column("What it is judged by", 72))
    table = Table("What was judged", columns, tuple(map(row_of, found)))
    return Section("Difference made for children", (words, table))


def _shared(scope: Scope, year: ReportingYear) -> Section | None:
    found = list_between(scope.review_ids, year.first, scope.as_at)
    if not found:
        return None
    words = count_words((each.how, each.reached) for each in found)
    columns = (Column("Shared on", 26), Column("How, and with whom", 64), Column("What", 80))
    rows = tuple(
        (
            date_uk(each.shared_on),
            f"{HOW_NAMES[How(each.how)]}\n{each.with_whom}",
            f"{each.review.reference}: {each.what}",
        )
        for each in found
    )
    table = Table(f"What was shared in {year.name}", columns, rows)
    return Section("What was shared of the learning", (Paragraph(f"{words}."), table))


def _themes(scope: Scope) -> Section | None:
    found = themes_that_come_back(scope)
    if not found:
        return None
    columns = (Column("Theme", 55), Column("Reviews", 20, "end"), Column("Which", 95))
    rows = tuple((each.theme, f"{len(each.reviews):,}", ", ".join(each.reviews)) for each in found)
    return Section("Themes that come back", (Table("Themes that more than one review names", columns, rows),))
