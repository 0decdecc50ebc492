"""Pages on which what a death taught becomes a recommendation, or joins one that there is."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from kscb_actions.access.policy import Permission
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.judging.decisions import Decided, list_decisions
from kscb_actions.child_deaths.learning.lessons import (
    LAST_CASE,
    LessonProgress,
    get_lesson,
    join,
    joinable,
    lessons_of,
    recommend,
    take_off,
)
from kscb_actions.child_deaths.learning.models import Lesson
from kscb_actions.child_deaths.visibility import get_death
from kscb_actions.reviews.models import Recommendation
from kscb_actions.reviews.queries import list_themes
from kscb_actions.terms import say
from kscb_actions.text import InvalidInput, whole_number
from kscb_actions.web.reviews.forms import RecommendationForm
from kscb_actions.web.shared.forms import HouseForm, checkboxes, options, radios, save_button, text_area
from kscb_actions.web.shared.guard import Access, viewer

from . import panel_pages

KEEP = Access(Permission.KEEP_PANELS, of=get_death)
ONE = "/deaths/<int:death_id>/learning"
WHICH = "What that the panel found does it answer?"


class LearningForm(RecommendationForm):
    """Ask for a recommendation, and which lessons and factors of the case it answers."""

    found = checkboxes(WHICH, hint="Tick all: several lessons may lead to one recommendation.")

    def offer_found(self, sources: list[str]) -> None:
        """Put what the panel found on offer."""
        self.found.choices = options((str(place), text) for place, text in enumerate(sources))

    def answers(self, sources: list[str]) -> list[str]:
        """Return what was ticked, in words."""
        return [text for place, text in enumerate(sources) if str(place) in (self.found.data or ())]


class JoinForm(HouseForm):
    """Ask which recommendation came of this case too, and what it answers."""

    recommendation = radios("Which recommendation?")
    found = checkboxes(WHICH)
    submit = save_button("Join the case to it")

    offer_found = LearningForm.offer_found
    answers = LearningForm.answers

    def offer(self, rows: list[Recommendation]) -> None:
        """Put these recommendations on offer."""
        self._rows = {str(each.id): each for each in rows}
        self.recommendation.choices = options((key, _words(each)) for key, each in self._rows.items())

    @property
    def chosen(self) -> Recommendation | None:
        """Return the recommendation that was chosen; None where it is not on offer."""
        return self._rows.get(self.recommendation.data)


class TakeOffForm(HouseForm):
    """Ask why a recommendation is taken off a case."""

    reason = text_area("Why does it not come of this case?", "For whoever reads this later. No names.")
    submit = save_button("Take it off")


@panel_pages.route(ONE, access=KEEP, methods=["GET", "POST"])
def learning(death: ChildDeath) -> Any:
    """Make a recommendation of what a death taught, and see those made before."""
    sources = _sources(death)
    asked = _asked()
    text = dict(enumerate(sources)).get(asked, "")
    form = LearningForm(data={"text": text, "found": [str(asked)] if text else []})
    form.offer(list_themes())
    form.offer_found(sources)
    form.of_review(None)
    if form.carried_out(lambda: recommend(viewer(), death, form.facts(), form.answers(sources))):
        flash(
            say("The recommendation is in the Board’s plan. The board manager gives it actions."), "success"
        )
        return redirect(url_for("panels.learning", death_id=death.id))
    return render_template(
        "child_deaths/learning/lesson.html",
        form=form,
        death=death,
        sources=sources,
        learnt=lessons_of(viewer(), death),
        can_join=bool(joinable(viewer())),
    )


@panel_pages.route(f"{ONE}/join", access=KEEP, methods=["GET", "POST"])
def join_recommendation(death: ChildDeath) -> Any:
    """Join a case to a recommendation that came of another, or name what else one of its own answers."""
    sources, form = _sources(death), JoinForm()
    form.offer(joinable(viewer()))
    form.offer_found(sources)
    if form.carried_out(lambda: _join(form, death, sources)):
        flash("The recommendation comes of this case too.", "success")
        return redirect(url_for("panels.learning", death_id=death.id))
    return render_template("child_deaths/learning/join.html", form=form, death=death)


@panel_pages.route(
    f"{ONE}/<int:recommendation_id>/take-off",
    access=Access(Permission.KEEP_PANELS, of=get_lesson),
    methods=["GET", "POST"],
)
def take_off_recommendation(lesson: Lesson) -> Any:
    """Take a recommendation off a case to which it was joined by mistake."""
    death, form = lesson.death, TakeOffForm()
    back = url_for("panels.learning", death_id=death.id)
    learnt = _learnt(death, lesson.recommendation_id)
    if learnt is None or not learnt.others:
        flash(say(LAST_CASE), "important")
        return redirect(back)
    if form.carried_out(lambda: take_off(viewer(), death, lesson.recommendation, form.reason.data)):
        flash(say("The recommendation is taken off this case. It stays in the Board’s plan."), "success")
        return redirect(back)
    return render_template(
        "child_deaths/learning/take_off.html", form=form, death=death, learnt=learnt, back=back
    )


def _learnt(death: ChildDeath, recommendation_id: int) -> LessonProgress | None:
    found = lessons_of(viewer(), death)
    return next((each for each in found if each.recommendation_id == recommendation_id), None)


def _join(form: JoinForm, death: ChildDeath, sources: list[str]) -> None:
    if form.chosen is None:
        raise InvalidInput({"recommendation": "Select the recommendation."})
    join(viewer(), death, form.chosen, form.answers(sources))


def _words(recommendation: Recommendation) -> str:
    return f"{recommendation.review.reference}, {recommendation.label}: {recommendation.text}"


def _sources(death: ChildDeath) -> list[str]:
    """Return what the decision that stands names as learning, and its factors, in words."""
    decisions = list_decisions(viewer(), death)
    return _found(decisions[0]) if decisions else []


def _found(decided: Decided) -> list[str]:
    lessons = [decided.judgement.learning] if decided.judgement.learning else []
    return lessons + [each.name for each in decided.judgement.factors if each.is_found]


def _asked() -> int:
    """Return which of the sources the address names; -1 when none."""
    number = whole_number(request.args.get("of"), 3)
    return -1 if number is None else number
