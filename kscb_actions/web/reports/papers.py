"""Pages of papers that are made, and their files: one of each kind."""

import io
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask import abort, g, redirect, render_template, request, send_file, url_for
from werkzeug.datastructures import MultiDict

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Reach, Viewer, may, reach
from kscb_actions.actions.models import Action
from kscb_actions.actions.queries import list_of_references
from kscb_actions.database import reading
from kscb_actions.people.models import Agency
from kscb_actions.people.queries import list_agencies
from kscb_actions.reports.content import Count, Report, rows_in, rows_read
from kscb_actions.reports.drawing.rules import is_long
from kscb_actions.reports.drawing.service import ask_for_drawing
from kscb_actions.reports.kept.service import keep_paper, named
from kscb_actions.reports.papers import PAPERS, Paper
from kscb_actions.reports.progress.changed.sections import COUNTS, places_of_lists
from kscb_actions.reports.progress.first_page.exceptions import named_in
from kscb_actions.reports.word.file import word_file
from kscb_actions.text import one_line
from kscb_actions.web.shared.guard import Access, viewer
from kscb_actions.web.shared.navigation import list_address

from . import blueprint
from .form import PaperForm, paper_form
from .screen import ShownSection, shown
from .ways import Ways, address_of, place_within

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def paper_of(_: Viewer, kind: str) -> Paper | None:
    """Return the kind of paper of this code; None where there is none."""
    return PAPERS.get(kind)


PAPER = Access(Permission.READ_REPORTS, of=paper_of, is_paper=True)
# Its leads have that of their own agency only: `Paper.make` refuses every other.
OF_AGENCY = Access(Permission.PRINT_PAPERS, is_paper=True)


@blueprint.context_processor
def addresses() -> dict[str, Any]:
    """Give the templates of papers the ways to one."""
    return {"paper_address": paper_address, "docx_address": docx_address, "query_of": query_of}


def paper_address(paper: Paper, **query: Any) -> str:
    """Return where the page of a kind of paper is."""
    if paper.is_for_agency:
        return url_for("reports.agency_paper", **query)
    return url_for("reports.paper", kind=paper.code, **query)


def docx_address(paper: Paper) -> str:
    """Return where its Word file is fetched."""
    if paper.is_for_agency:
        return url_for("reports.agency_docx")
    return url_for("reports.paper_docx", kind=paper.code)


def query_of(asked: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Return (name, value) pairs as the query of an address."""
    query: dict[str, list[str]] = {}
    for name, value in asked:
        query.setdefault(name, []).append(value)
    return query


@blueprint.route("/reports", access=Access(Permission.PRINT_PAPERS))
def index() -> Any:
    """Ask whom the paper is for; then show what it can be asked for."""
    offered = [each for each in PAPERS.values() if reach(viewer(), each.permission) is not Reach.NONE]
    kind = request.args.get("for", "")
    if kind and not any(each.code == kind for each in offered):
        abort(404)
    form = paper_form(viewer(), PAPERS[kind], MultiDict()) if kind else None
    return render_template("reports/index.html", papers=offered, paper=PAPERS.get(kind), form=form)


@blueprint.route("/reports/<kind>", access=PAPER)
def paper(paper: Paper) -> Any:
    """Show a paper as a page."""
    return _show(paper)


@blueprint.route("/reports/agency", access=OF_AGENCY)
def agency_paper() -> Any:
    """Show an agency's paper as a page."""
    return _show(PAPERS["agency"])


@blueprint.route("/reports/<kind>.docx", access=PAPER, methods=["POST"])
def paper_docx(paper: Paper) -> Any:
    """Keep a paper and send it as a Word file; a long one is drawn while its page says how far it is."""
    return _send(paper)


@blueprint.route("/reports/agency.docx", access=OF_AGENCY, methods=["POST"])
def agency_docx() -> Any:
    """Keep an agency's paper and send it as a Word file."""
    return _send(PAPERS["agency"])


def _show(paper: Paper) -> Any:
    form = paper_form(viewer(), paper, request.args)
    with reading():
        return paper_page(paper, form, made_of(paper, form), request.args)


def _send(paper: Paper) -> Any:
    form = paper_form(viewer(), paper, request.form)
    with reading():
        report = made_of(paper, form)
        if report is None:
            return paper_page(paper, form, None, {})
        report = named(rows_read(report))
    if is_long(rows_in(report)):
        kept = keep_paper(viewer(), paper.code, form.choice, report, paper.is_for_agency)
        ask_for_drawing(kept)
        return redirect(url_for("reports.drawing", called=kept.reference))
    file = word_file(report)
    keep_paper(viewer(), paper.code, form.choice, report, paper.is_for_agency)
    return as_file(file, report)


def as_file(file: bytes, report: Report) -> Any:
    """Return the answer that sends a paper's Word file."""
    return send_file(io.BytesIO(file), mimetype=DOCX, as_attachment=True, download_name=report.file_name)


def made_of(paper: Paper, form: PaperForm) -> Report | None:
    """Return the paper asked for; None when the form now says what is wrong."""
    made: list[Report] = []
    if form.validate():
        form.attempt(lambda: made.append(paper.make(viewer(), g.board, form.choice, clock.today())))
    return made[0] if made else None


def paper_page(paper: Paper, form: PaperForm, report: Report | None, asked: Mapping[str, str]) -> str:
    """Return the page of a paper, or of its form where that says what is wrong."""
    sections = list(shown(report, asked, _lists_of(form, report))) if report else []
    return render_template(
        "reports/paper.html",
        paper=paper,
        form=form,
        report=report,
        sections=sections,
        address_of=address_of,
        ways=_ways(form, report, sections) if report else None,
        links=_links(report) if report else {},
        challenged=_agencies_to_challenge(form, report),
        questioned=_actions_to_challenge(form, report),
        may_edit=bool(may(viewer(), Permission.READ_REPORTS)),
    )


def _agencies_to_challenge(form: PaperForm, report: Report | None) -> list[Agency]:
    """Return the agencies that this person may challenge about a line of the paper; none of a public one."""
    if report is None or form.choice.publication:
        return []
    asked = one_line(form.choice.agency).upper()
    agencies = (each for each in list_agencies() if asked in ("", each.code))
    return [each for each in agencies if may(viewer(), Permission.RAISE_CHALLENGE, each.id)]


def _actions_to_challenge(form: PaperForm, report: Report | None) -> list[Action]:
    """Return the exceptions about which this person may challenge an agency; none of a public paper."""
    if report is None or form.choice.publication or reach(viewer(), Permission.RAISE_CHALLENGE) is Reach.NONE:
        return []
    named_there = list_of_references(viewer(), named_in(report))
    return [each for each in named_there if may(viewer(), Permission.RAISE_CHALLENGE, each.owners)]


def _lists_of(form: PaperForm, report: Report) -> dict[str, str]:
    """Return where the lists are of what a report is about.

    The lists show today, so a report of another day has none.
    """
    if report.as_at != clock.today() or form.choice.publication:
        return {}
    return {
        "actions": url_for("actions.index", **_narrowed(form), closed=1),
        "reviews": url_for("reviews.index"),
    }


def _links(report: Report) -> dict[str, list[list[tuple[str, str]]]]:
    """Return where the numbers of a table lead whose rows stand below it."""
    # Tables are numbered from 1 on the page.
    below = "in the list below"
    places = places_of_lists(report)
    return {COUNTS: [[(f"#rows-{place}", below)] if place else [] for place in places]} if places else {}


def _ways(form: PaperForm, report: Report, sections: list[ShownSection]) -> Ways | None:
    """Return where the texts of the paper lead; nowhere in one for the public, who see it as it is."""
    if form.choice.publication:
        return None
    return Ways(viewer(), report, sections, _lead(form, report))


def _lead(form: PaperForm, report: Report) -> Callable[[Count], str | None]:
    """Return what leads from a count of the paper to the list with exactly the rows it counts.

    Where lists have other rows, of another day, to the paper's own table of them.
    """
    is_of_today = bool(_lists_of(form, report))
    openly = {} if form.choice.restricted else {"restricted": "0"}
    endpoints = {"reviews": "reviews.index", "challenges": "challenges.index", "answers": "reviews.answers"}

    def lead(count: Count) -> str | None:
        if not is_of_today:
            return place_within(report, count)
        by = dict(count.by)
        if count.of == "actions":
            return list_address(**{**_narrowed(form), **openly, **by})
        narrowed = {} if count.of == "reviews" or "year" in by else _narrowed(form)
        return url_for(endpoints[count.of], **{**narrowed, **openly, **by})

    return lead


def _narrowed(form: PaperForm) -> dict[str, Any]:
    kept = {"review": form.choice.review, "agency": form.choice.agency}
    return {name: one_line(value).upper() for name, value in kept.items() if value}
