"""My actions: one page on which a lead updates many actions in one sitting, with one save.

Rows are independent facts, so the good ones are saved and the others come back with their errors and with
what was typed. Each row is a change of its own: one that fails takes no other with it. A row that somebody
else changed meanwhile shows what they did and keeps what was typed; saving again adds it.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for

from kscb_actions import clock
from kscb_actions.access.policy import Permission
from kscb_actions.actions.models import facts_of
from kscb_actions.actions.queries import count_own_work
from kscb_actions.actions.rating import URGENCY_NAMES, Urgency, legend, urgency
from kscb_actions.actions.rules import Progress
from kscb_actions.actions.service import update_progress
from kscb_actions.assurance.own_work import Work, count_waiting, list_work
from kscb_actions.assurance.service import report_done
from kscb_actions.people.models import Agency
from kscb_actions.settings.rules import Thresholds
from kscb_actions.web.shared.guard import Access, viewer
from kscb_actions.wording import plural

from . import blueprint
from .row_form import RowForm, fresh_row, posted_row

_NARRATIVE = re.compile(r"a(\d{1,9})-narrative")
_THEN = re.compile(r"(evidence|time)-(\d{1,9})")


@dataclass
class Sitting:
    """What one save did: how many rows were kept, and those that were not.

    `orphans`: what was written about actions that this person cannot see any more.
    """

    saved: int = 0
    failed: dict[int, RowForm] = field(default_factory=dict)
    orphans: list[str] = field(default_factory=list)

    @property
    def status(self) -> int:
        """The HTTP status of the page that shows the rest: 409 when somebody else saved first."""
        return max((form.status for form in self.failed.values()), default=200)


@dataclass(frozen=True)
class Row:
    """One action on the page."""

    work: Work
    form: RowForm

    @property
    def problems(self) -> list[dict[str, str]]:
        """The row's errors, for the summary."""
        return self.form.problems(self.work.listed.reference)


@dataclass(frozen=True)
class Group:
    """Rows that are equally pressing, their heading, and what is to be known of it."""

    heading: str
    note: str
    rows: list[Row]


@blueprint.route("/my-actions", access=Access(Permission.SEE_OWN_WORK), methods=["GET", "POST"])
def my_actions() -> Any:
    """The page, and its one save."""
    if request.method == "GET":
        return _page(Sitting())
    touched = _touched()
    found = list_work(viewer(), clock.today(), g.board.thresholds, False, touched)
    work = {each.action.id: each for each in found}
    sitting = _save(touched, work)
    _tell(sitting, len(touched))
    if sitting.failed or sitting.orphans:
        return _page(sitting)
    return redirect(_next(work), 303)


def _touched() -> dict[int, RowForm]:
    """{action id: row} of the rows somebody wrote in."""
    ids = (int(found[1]) for name in request.form if (found := _NARRATIVE.fullmatch(name)))
    return {id: form for id in ids if (form := posted_row(id)).is_touched}


def _save(touched: dict[int, RowForm], work: dict[int, Work]) -> Sitting:
    sitting = Sitting()
    for action_id, form in touched.items():
        if action_id not in work:
            sitting.orphans.append(form.said)
        else:
            _save_row(sitting, work[action_id], form)
    return sitting


def _save_row(sitting: Sitting, work: Work, form: RowForm) -> None:
    is_repeat = work.action.version != form.seen_version and _said_already(work, form)
    if is_repeat or form.attempt_on(work.action, lambda: _say(work, form)):
        sitting.saved += 1
    else:
        sitting.failed[work.action.id] = form


def _say(work: Work, form: RowForm) -> None:
    if form.progress.data == Progress.DONE and work.evidence:
        report_done(viewer(), work.action, form.said, form.seen_version, form.seen_evidence)
    else:
        update_progress(viewer(), work.action, form.progress.data, form.said, form.seen_version)


def _said_already(work: Work, form: RowForm) -> bool:
    """Has this very save arrived before (a page sent twice)? Then it is kept already, and no conflict."""
    if work.last is None:
        return False
    kept = (work.last.by_id, work.last.progress, work.last.narrative)
    return kept == (viewer().id, form.progress.data, form.said)


def _tell(sitting: Sitting, touched: int) -> None:
    saved = f"{plural(sitting.saved, 'update')} saved"
    left = len(sitting.failed) + len(sitting.orphans)
    if left and sitting.saved:
        # Not "success": that banner would take the focus from the error summary.
        flash(f"{saved}, {plural(left, 'needs', 'need')} your attention.", "important")
    elif touched and not left:
        flash(f"{saved}.", "success")
    elif not touched and not request.form.get("then"):
        flash("There was nothing to save: write in a row first.", "important")


def _next(work: dict[int, Work]) -> str:
    """Where to go after everything was kept: the page a row's button asked for, or the list again."""
    asked = _THEN.fullmatch(request.form.get("then", ""))
    whose = request.args.get("whose")
    if asked is None or int(asked[2]) not in work:
        return url_for("home.my_actions", whose=whose)
    action = work[int(asked[2])].action
    page = "assurance.new_evidence" if asked[1] == "evidence" else "actions.ask_extension"
    return url_for(page, reference=action.review.reference, number=action.number, back=whose or "mine")


def _page(sitting: Sitting) -> Any:
    today, thresholds = clock.today(), g.board.thresholds
    is_whole = request.args.get("whose") == "agency"
    shown = list_work(viewer(), today, thresholds, is_whole, sitting.failed)
    mine_count, agency_count = count_own_work(viewer())
    rows = [_row(each, sitting) for each in shown]
    page = render_template(
        "home/my_actions.html",
        groups=_grouped(rows, today, thresholds),
        is_whole=is_whole,
        mine_count=mine_count,
        agency_count=agency_count,
        agency=Agency.get_by_id(viewer().agency_id),
        waiting=count_waiting(viewer(), today, thresholds),
        orphans=sitting.orphans,
        form_errors=[*_orphan_errors(sitting), *(each for row in rows for each in row.problems)],
        legend=legend(thresholds),
    )
    return page, sitting.status


def _row(work: Work, sitting: Sitting) -> Row:
    form = sitting.failed.get(work.action.id)
    return Row(work, form.offer(work) if form else fresh_row(work))


def _grouped(rows: list[Row], today: date, thresholds: Thresholds) -> list[Group]:
    """The rows under their headings, the most pressing first."""
    found: dict[Urgency, list[Row]] = {each: [] for each in Urgency}
    for row in rows:
        found[urgency(facts_of(row.work.action), today, thresholds)].append(row)
    soon = f"(within {plural(thresholds.due_soon_days, 'day')})"
    return [
        Group(URGENCY_NAMES[each], soon if each is Urgency.SOON else "", standing)
        for each, standing in found.items()
        if standing
    ]


def _orphan_errors(sitting: Sitting) -> list[dict[str, str]]:
    if not sitting.orphans:
        return []
    lost = plural(len(sitting.orphans), "action you wrote about is", "actions you wrote about are")
    return [{"text": f"{lost} not open to you any more. What you wrote is below.", "href": "#not-kept"}]
