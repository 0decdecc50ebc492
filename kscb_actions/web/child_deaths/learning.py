"""The page on which a factor or a lesson of a death becomes a recommendation."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from kscb_actions.access.policy import Permission
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.judging.decisions import Decided, list_decisions
from kscb_actions.child_deaths.learning.lessons import lessons_of, recommend
from kscb_actions.child_deaths.visibility import get_death
from kscb_actions.reviews.queries import list_themes
from kscb_actions.terms import say
from kscb_actions.text import whole_number
from kscb_actions.web.reviews.forms import RecommendationForm
from kscb_actions.web.shared.guard import Access, viewer

from . import panel_pages


@panel_pages.route(
    "/deaths/<int:death_id>/learning",
    access=Access(Permission.KEEP_PANELS, of=get_death),
    methods=["GET", "POST"],
)
def learning(death: ChildDeath) -> Any:
    """Make a recommendation of what a death taught, and see those made before."""
    decisions = list_decisions(viewer(), death)
    sources = _sources(decisions[0]) if decisions else []
    form = RecommendationForm(data={"text": dict(enumerate(sources)).get(_asked(), "")})
    form.offer(list_themes())
    if form.carried_out(lambda: recommend(viewer(), death, form.facts())):
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
    )


def _sources(decided: Decided) -> list[str]:
    """Return what the decision that stands names as learning, and its factors, in words."""
    lessons = [decided.judgement.learning] if decided.judgement.learning else []
    return lessons + [each.name for each in decided.judgement.factors if each.is_found]


def _asked() -> int:
    """Return which of the sources the address names; -1 when none."""
    number = whole_number(request.args.get("of"), 3)
    return -1 if number is None else number
