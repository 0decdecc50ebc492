"""Pages on which cases are taken as a file of a documented layout."""

from typing import Any

from flask import Response, render_template, request, url_for

from kscb_actions.access.policy import Permission
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.cases.queries import list_years
from kscb_actions.child_deaths.extracting.layout import VERSION, columns_here
from kscb_actions.child_deaths.extracting.service import DAY_NAMES, DAYS, take_cases
from kscb_actions.text import InvalidInput, one_line
from kscb_actions.web.child_deaths import death_pages
from kscb_actions.web.people.reauthentication import reauthenticated
from kscb_actions.web.shared.guard import Access, viewer

TAKE = Access(Permission.RECORD_DEATH, is_paper=True)
NOTE = (
    "The file holds cases one by one, for staff who may pass them on. It is not for release, and that you "
    "took it stands in the trail."
)


@death_pages.route("/deaths/extract", access=TAKE)
def extract() -> Any:
    """Offer the cases of a year as a file, and say what stands in it."""
    return _page()


@death_pages.route("/deaths/extract.csv", access=TAKE, methods=["GET", "POST"])
def extract_csv() -> Any:
    """Send the file, once the password has been typed again."""
    by, year = one_line(request.args.get("by", "")), one_line(request.args.get("year", ""))
    if by not in DAYS or year not in _years():
        return _page("Select by which day cases belong to a year, and a year in which there are any.")
    back = url_for("deaths.extract", by=by, year=year)
    return reauthenticated(f"the cases of {year}", back, lambda: _file(by, year), note=NOTE)


def _page(problem: str = "") -> Any:
    return render_template(
        "child_deaths/cases/extract.html",
        problem=problem,
        asked=request.args,
        days=DAY_NAMES,
        years=_years(),
        columns=columns_here(),
        version=VERSION,
    )


def _years() -> list[str]:
    years = {*list_years(viewer()), *list_years(viewer(), ChildDeath.reviewed_on)}
    return sorted(years, reverse=True)


def _file(by: str, year: str) -> Any:
    try:
        text = take_cases(viewer(), by, year)
    except InvalidInput as wrong:
        return _page(" ".join(wrong.errors.values()))
    answer = Response(text, mimetype="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f"attachment; filename=cases-{by}-{year}.csv"
    return answer
