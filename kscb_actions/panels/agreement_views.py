"""How far members agree, in the statistics."""

from typing import Any

from flask import render_template

from ..access.guard import Access, viewer
from ..access.policy import Permission
from .agreement_queries import agreement_by_meeting, agreement_by_year, list_answers
from .blueprint import blueprint


@blueprint.route("/panels/agreement", access=Access(Permission.KEEP_PANELS))
def agreement() -> Any:
    """Kappa of the primary category and of the status, by reporting year and by meeting."""
    answers = list_answers(viewer())
    return render_template(
        "panels/agreement.html", years=agreement_by_year(answers), meetings=agreement_by_meeting(answers)
    )
