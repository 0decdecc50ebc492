"""The page on which a factor or a lesson of a death becomes a recommendation."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from ..access.guard import Access, viewer
from ..access.policy import Permission
from ..deaths.models import ChildDeath
from ..deaths.queries import get_death
from ..reviews.forms import RecommendationForm
from ..reviews.queries import list_themes
from .blueprint import blueprint
from .decision_queries import Decided, list_decisions
from .learning import learnt_from, recommend


@blueprint.route(
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
    if form.validate_on_submit() and form.attempt(lambda: recommend(viewer(), death, form.facts())):
        flash("The recommendation is in the Board’s plan. The board manager gives it actions.", "success")
        return redirect(url_for("panels.learning", death_id=death.id))
    return render_template(
        "panels/learning.html", form=form, death=death, sources=sources, learnt=learnt_from(viewer(), death)
    )


def _sources(decided: Decided) -> list[str]:
    """What the decision that stands names as learning, and its factors, in words."""
    lessons = [decided.judgement.learning] if decided.judgement.learning else []
    return lessons + [each.name for each in decided.judgement.factors if each.is_found]


def _asked() -> int:
    """Which of the sources the address names; -1 when none."""
    text = request.args.get("of", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else -1
