"""How far members agree, in the statistics."""

from typing import Any

from flask import render_template

from ..access.guard import Access, viewer
from ..access.policy import Permission
from .agreement_chart import AgreementChart, agreement_chart
from .agreement_queries import Period, agreement_by_meeting, agreement_by_year, list_answers
from .blueprint import blueprint


@blueprint.route("/panels/agreement", access=Access(Permission.KEEP_PANELS))
def agreement() -> Any:
    """Kappa of the primary category and of the status, by reporting year and by meeting."""
    answers = list_answers(viewer())
    years, meetings = agreement_by_year(answers), agreement_by_meeting(answers)
    return render_template(
        "panels/agreement.html",
        years=years,
        meetings=meetings,
        charts={"years": _charts(years), "meetings": _charts(meetings)},
    )


def _charts(newest_first: list[Period]) -> dict[str, AgreementChart | None]:
    periods = newest_first[::-1]
    return {
        "categories": agreement_chart([(each.name, each.categories) for each in periods]),
        "statuses": agreement_chart([(each.name, each.statuses) for each in periods]),
    }
