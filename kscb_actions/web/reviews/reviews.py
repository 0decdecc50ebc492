"""Pages of reviews: the list, one review, a new one, and the board's themes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash, g, redirect, render_template, url_for

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Reach, Viewer, may, reach
from kscb_actions.actions.carrying.queries import Carried, carried_of_review
from kscb_actions.actions.listing import Listed
from kscb_actions.actions.queries import count_by_review, list_actions_of_review
from kscb_actions.actions.rating import Colour, count_by, legend
from kscb_actions.actions.roll_up.queries import open_references
from kscb_actions.actions.roll_up.rules import ROLL_UP_RULE, ActionFacts, RollUp, State, roll_up
from kscb_actions.actions.roll_up.rules import STATE_NAMES as ROLLED_UP
from kscb_actions.assurance.challenges.models import Challenge
from kscb_actions.assurance.challenges.queries import OpenChallenge, challenges_of_review, open_challenges_of
from kscb_actions.assurance.challenges.rules import LEVEL_NAMES, OUTCOME_NAMES, STATE_NAMES
from kscb_actions.impact.queries import by_recommendation
from kscb_actions.impact.rules import OUTCOME_NAMES as IMPACT_NAMES
from kscb_actions.measures.queries import of_review as measures_of_review
from kscb_actions.meetings.deciding.signing import meetings_of_stages
from kscb_actions.pages import Page, every_page
from kscb_actions.reviews.answers.rules import answers_for
from kscb_actions.reviews.dissemination.queries import list_of_review as list_shared
from kscb_actions.reviews.dissemination.rules import HOW_NAMES
from kscb_actions.reviews.dissemination.rules import count_words as shared_words
from kscb_actions.reviews.endings import count_words
from kscb_actions.reviews.guidance.rules import told_in_words, why_nothing_to_decide
from kscb_actions.reviews.models import AgencyResponse, Recommendation, Review, Theme
from kscb_actions.reviews.papers.queries import count_own_papers
from kscb_actions.reviews.publishing.queries import list_decisions
from kscb_actions.reviews.publishing.rules import FORM_NAMES
from kscb_actions.reviews.queries import (
    SORTS,
    ReviewFilter,
    find_reviews,
    get_review,
    get_theme,
    list_clocks,
    list_named_people,
    list_recommendations,
    list_responses,
    list_stages,
    list_themes,
    sees_whole,
    themes_by_recommendation,
    themes_of_review,
)
from kscb_actions.reviews.referring.queries import count_waiting
from kscb_actions.reviews.rules import (
    AFTER_SIGN_OFF,
    ANSWER_NAMES,
    DECISIONS,
    HOLD_NAMES,
    KIND_NAMES,
    STAGE_NAMES,
    as_reference,
    kind_names,
)
from kscb_actions.reviews.service import add_theme, record_review
from kscb_actions.reviews.service import rename_theme as give_name
from kscb_actions.settings.rules import GUIDANCE_NAMES, Guidance, usual_marking
from kscb_actions.terms import say
from kscb_actions.web.downloads import Taken, downloadable
from kscb_actions.web.shared.asked import (
    Choice,
    Sort,
    asked_for,
    choice,
    in_force,
    page_number,
    sort_of,
    without_empty,
)
from kscb_actions.web.shared.guard import Access, viewer

from . import blueprint
from .columns import columns_of_reviews
from .forms import NewReviewForm, RenameThemeForm, ThemeForm
from .inspections.showing import found_of

EDIT = Access(Permission.EDIT_REVIEW)
NEWEST_FIRST = Sort("newest", "descending")


@dataclass(frozen=True)
class Planned:
    """A recommendation with its themes, answers, actions and challenges, as far as the reader sees them.

    `open_challenges`: {id of an action: the challenge about it that is open}. `state`: how far it is, by
    those of its actions that the reader sees.
    """

    recommendation: Recommendation
    themes: list[str]
    responses: list[AgencyResponse]
    actions: list[Listed]
    challenges: list[Challenge]
    carried: Carried
    open_challenges: dict[int, OpenChallenge]
    state: RollUp


@blueprint.route("/reviews", access=Access(Permission.READ_REVIEW))
def index() -> Any:
    """Show the reviews this person may see, narrowed, sorted and paged as the address says."""
    if tidier := without_empty():
        return tidier
    person, asked = viewer(), asked_for()
    sort, choices = sort_of(asked, SORTS, NEWEST_FIRST), _choices(person)
    page = _page_of(person, asked, page_number(asked))
    return render_template(
        "reviews/index.html",
        page=page,
        asked=asked,
        choices=choices,
        applied=_applied(asked, choices),
        sort=sort,
        cases=count_waiting(person)
        if reach(person, Permission.READ_CASE_REFERRAL) is not Reach.NONE
        else None,
        may_refer=bool(may(person, Permission.REFER_CASE)),
        counts=_counts(person, page.rows),
        **_words(person),
    )


@downloadable(blueprint, "/reviews", "index", Access(Permission.READ_REVIEW), "reviews")
def taken() -> Taken:
    """Return the same list to be taken away."""
    person, asked = viewer(), asked_for()
    pages = every_page(lambda number: _page_of(person, asked, number))
    rows = (
        (each, counts.get(each.id, {}))
        for page in pages
        for counts in [_counts(person, page.rows)]
        for each in page.rows
    )
    return Taken("Reviews", columns_of_reviews(sees_whole(person)), rows, _applied(asked, _choices(person)))


@blueprint.route("/reviews/new", access=EDIT, methods=["GET", "POST"])
def new() -> Any:
    """Record a review at the stage it has reached, by the board's guidance or by the other."""
    today = clock.today()
    form = NewReviewForm(data={"classification": usual_marking(today)})
    asked = asked_for().get("guidance", "")
    goes_by = Guidance(asked) if asked in GUIDANCE_NAMES else g.board.guidance_on(today)
    form.offer(list_themes())
    form.go_by(goes_by)
    if form.carried_out(lambda: _record(form)):
        reference = as_reference(form.reference.data)
        flash(f"{reference} is recorded. Now add its recommendations.", "success")
        if form.is_restricted.data:
            return redirect(url_for("reviews.named_people", reference=reference))
        return redirect(url_for("reviews.show", reference=reference))
    others = [(code, name) for code, name in GUIDANCE_NAMES.items() if code != goes_by]
    return render_template("reviews/new.html", form=form, guidance=GUIDANCE_NAMES[goes_by], others=others)


@blueprint.route("/reviews/<reference>", access=Access(Permission.READ_REVIEW, of=get_review))
def show(review: Review) -> Any:
    """Show one review with its plan; an agency lead sees their own part of it."""
    person, today, thresholds = viewer(), clock.today(), g.board.thresholds
    plan, shared, stages = _plan(person, review), list_shared(person, review), list_stages(review)
    key_count = sum(each.recommendation.is_key for each in plan)
    only_key = asked_for().get("key") == "1" and key_count > 0
    # A lead sees a part of the actions, from which no state follows.
    asked = asked_for().get("state") if sees_whole(person) else None
    in_state = next((state for state in ROLLED_UP if state == asked), None)
    nothing_to_decide = why_nothing_to_decide(review.guidance, review.kind, review.stage)
    return render_template(
        "reviews/show.html",
        review=review,
        plan=plan,
        found=found_of(person, review, [each.recommendation for each in plan]),
        shown=[each for each in plan if _is_shown(each, only_key, in_state)],
        in_state=ROLLED_UP[in_state] if in_state else "",
        ended=count_words(each.recommendation.ended_as for each in plan),
        key_count=key_count,
        only_key=only_key,
        states=_states(plan),
        roll_up_rule=ROLL_UP_RULE,
        open_after=open_references(review) if review.stage in AFTER_SIGN_OFF and sees_whole(person) else [],
        counts=count_by(row.rating.colour for each in plan for row in each.actions),
        legend=legend(thresholds),
        clocks=[told_in_words(row.kind, row.due_on, row.met_on, today) for row in list_clocks(review)],
        guidance=GUIDANCE_NAMES[Guidance(review.guidance)],
        stages=stages,
        held_in=meetings_of_stages(person, stages),
        themes=themes_of_review(review),
        named=list_named_people(review),
        shared=shared,
        shared_words=shared_words((each.how, each.reached) for each in shared),
        how_names=HOW_NAMES,
        measures=measures_of_review(person, review, today),
        impact=by_recommendation(person, today, g.board.impact_months, review),
        impact_names=IMPACT_NAMES,
        today=today,
        may_measure=bool(may(person, Permission.EDIT_MEASURE)),
        publication=list_decisions(review) if sees_whole(person) else [],
        papers=count_own_papers(person, review),
        may_add_paper=bool(may(person, Permission.ADD_REVIEW_PAPER)),
        forms=FORM_NAMES,
        may_publish=bool(may(person, Permission.PUBLISH_REVIEW)),
        may_decide=bool(may(person, Permission.DECIDE_REVIEW)) and not nothing_to_decide,
        **_words(person),
    )


@blueprint.route("/reviews/themes", access=EDIT, methods=["GET", "POST"])
def themes() -> Any:
    """Show the board's list of themes, and add one to it."""
    form = ThemeForm()
    if form.carried_out(lambda: add_theme(viewer(), form.name.data)):
        flash("The theme is on the list.", "success")
        return redirect(url_for("reviews.themes"))
    return render_template("reviews/themes.html", form=form, themes=list_themes())


@blueprint.route(
    "/reviews/themes/<int:theme_id>",
    access=Access(Permission.EDIT_REVIEW, of=get_theme),
    methods=["GET", "POST"],
)
def rename_theme(theme: Theme) -> Any:
    """Give a theme another name."""
    before, form = theme.name, RenameThemeForm(data=_named(theme))
    if form.validate_on_submit():
        if form.attempt(lambda: give_name(viewer(), theme, form.name.data, form.seen_version), theirs=_named):
            flash(f"“{before}” is now called “{theme.name}”.", "success")
            return redirect(url_for("reviews.themes"))
    back = url_for("reviews.themes"), say("The Board’s themes")
    return render_template(
        "components/rename.html", form=form, kind="theme", name=before, back=back
    ), form.status


def _named(theme: Theme) -> dict[str, Any]:
    return {"name": theme.name, "version": theme.version}


def _choices(person: Viewer) -> list[Choice]:
    """Return what the list can be narrowed by: an agency lead sees no stages."""
    kind = choice("kind", "Kind", kind_names(g.board.has_child_deaths))
    stage = choice("stage", "Stage", STAGE_NAMES)
    return [kind, stage] if sees_whole(person) else [kind]


def _record(form: NewReviewForm) -> Review:
    facts = form.facts(form.reference.data)
    typed = (form.stage.data, form.reached_on.data, form.note.data, form.decision_maker.data)
    return record_review(viewer(), facts, *typed)


def _plan(person: Viewer, review: Review) -> list[Planned]:
    actions = list_actions_of_review(person, review, clock.today(), g.board.thresholds)
    responses: dict[int, list[AgencyResponse]] = {}
    for response in list_responses(person, review):
        responses.setdefault(response.recommendation_id, []).append(response)
    named, challenges = themes_by_recommendation(review), challenges_of_review(person, review)
    open_ones = open_challenges_of(person, (row.action.id for rows in actions.values() for row in rows))
    carried = carried_of_review(person, review)
    return [
        Planned(
            each,
            named.get(each.id, []),
            responses.get(each.id, []),
            actions.get(each.id, []),
            challenges.get(each.id, []),
            carried.get(each.id, Carried()),
            open_ones,
            _state(each, actions.get(each.id, [])),
        )
        for each in list_recommendations(person, review)
    ]


def _page_of(person: Viewer, asked: Mapping[str, str], number: int) -> Page[Review]:
    kind, stage, words = (asked.get(name, "") for name in ("kind", "stage", "q"))
    narrow = ReviewFilter(kind, stage, words, asked.get("restricted") == "0")
    sort = sort_of(asked, SORTS, NEWEST_FIRST)
    return find_reviews(person, narrow, sort.key, sort.is_descending, number)


def _counts(person: Viewer, reviews: Iterable[Review]) -> dict[int, dict[Colour, int]]:
    return count_by_review(person, [row.id for row in reviews], clock.today(), g.board.thresholds)


def _applied(asked: Mapping[str, str], choices: Iterable[Choice]) -> list[dict[str, str]]:
    words = [each.in_words(asked.get(each.name, "")) for each in choices]
    words.append(("restricted", "Without restricted reviews"))
    return in_force(asked, [("q", f"Text: {asked.get('q', '')}"), *words])


def _state(recommendation: Recommendation, rows: list[Listed]) -> RollUp:
    facts = (ActionFacts(row.action.standing, row.action.assurance, row.action.progress) for row in rows)
    return roll_up(facts, recommendation.ended_as is not None)


def _is_shown(each: Planned, only_key: bool, in_state: State | None) -> bool:
    return (each.recommendation.is_key or not only_key) and in_state in (None, each.state.state)


def _states(plan: list[Planned]) -> list[tuple[str, str, int]]:
    """Return (state, its name, how many recommendations are in it) of each state that one is in."""
    found = [each.state.state for each in plan]
    return [
        (state.value, name.lower(), found.count(state)) for state, name in ROLLED_UP.items() if state in found
    ]


def _words(person: Viewer) -> dict[str, Any]:
    return {
        "whole": sees_whole(person),
        "may_edit": bool(may(person, Permission.EDIT_REVIEW)),
        "answers_for": answers_for(person),
        "may_challenge": bool(may(person, Permission.RAISE_CHALLENGE)),
        "level_names": LEVEL_NAMES,
        "challenge_states": STATE_NAMES,
        "outcome_names": OUTCOME_NAMES,
        "kinds": KIND_NAMES,
        "stage_names": STAGE_NAMES,
        "decisions": DECISIONS,
        "holds": HOLD_NAMES,
        "answers": ANSWER_NAMES,
    }
