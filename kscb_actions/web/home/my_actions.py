"""My actions: one page on which a lead updates many actions with one save.

Rows are independent facts, so the good ones are saved and the others come back with their errors and with
what was typed. Each row is a change of its own: one that fails takes no other with it. A row that somebody
else changed meanwhile shows what they did and keeps what was typed; saving again adds it. The page is cut
into pages of rows, and the ways to other pages are buttons of the same form: they save before they go.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_login import current_user

from kscb_actions import clock
from kscb_actions.access.policy import ROLE_NAMES, Permission
from kscb_actions.actions.listing import (
    PER_PAGE,
    Listed,
    OwnWork,
    list_own_agency,
    list_own_work,
    list_shared_work,
)
from kscb_actions.actions.models import Action, facts_of
from kscb_actions.actions.queries import count_waits, get_own_actions
from kscb_actions.actions.rating import URGENCY_NAMES, Urgency, legend, urgency
from kscb_actions.actions.rules import Progress
from kscb_actions.actions.service import update_progress
from kscb_actions.assurance.challenges.queries import (
    ChallengeFilter,
    OpenChallenge,
    count_challenges,
    open_challenges_of,
)
from kscb_actions.assurance.challenges.rules import State
from kscb_actions.assurance.own_work import Details, details_of
from kscb_actions.assurance.queries import list_open_questions, list_waiting_erasures
from kscb_actions.assurance.service import report_done
from kscb_actions.assurance.voiding.queries import count_void
from kscb_actions.chasing.news.queries import new_of
from kscb_actions.chasing.news.rules import KIND_NAMES, Kind
from kscb_actions.child_deaths.requests.queries import count_owed
from kscb_actions.impact.queries import count_waiting as count_impact
from kscb_actions.measures.queries import count_waiting
from kscb_actions.meetings.deciding.queries import open_tasks_of
from kscb_actions.people.absences.queries import people_away
from kscb_actions.people.absences.rules import Away
from kscb_actions.people.agreeing import list_role_requests
from kscb_actions.reviews.answers.queries import waiting_for
from kscb_actions.settings.rules import Thresholds
from kscb_actions.web.shared.asked import page_number
from kscb_actions.web.shared.guard import Access, viewer
from kscb_actions.web.shared.navigation import my_actions_address
from kscb_actions.wording import plural

from . import blueprint
from .panel_work import for_member
from .row_form import Fields, RowForm, fresh_fields, posted_row, row_prefix

# How many shared actions are shown; the rest is one link away.
MOST_SHARED = 10
_NARRATIVE = re.compile(r"a(\d{1,9})-narrative", re.ASCII)
# What a button may ask for besides saving: a row's evidence or more time, by action id, or another page.
_THEN = re.compile(r"(evidence|time|page)-(\d{1,9})", re.ASCII)


@dataclass
class SaveOutcome:
    """What one save did: how many rows were kept, and those that were not.

    `inaccessible`: what was written about actions that this person cannot see any more;
    `recorded_in_error`: how many of these were marked so.
    """

    saved: int = 0
    failed: dict[int, RowForm] = field(default_factory=dict)
    inaccessible: list[str] = field(default_factory=list)
    recorded_in_error: int = 0

    @property
    def status(self) -> int:
        """Return the HTTP status of the page that shows the rest: 409 when somebody else saved first."""
        return max((form.status for form in self.failed.values()), default=200)


@dataclass(frozen=True)
class WorkRow:
    """One action on the page.

    for_whom  who leads it and is away, where the reader stands in
    new       what others did about it that the reader has not seen, in words
    """

    listed: Listed
    details: Details
    fields: Fields
    challenge: OpenChallenge | None = None
    for_whom: str = ""
    new: tuple[str, ...] = ()

    @property
    def prefix(self) -> str:
        """Return what the names and ids of its fields begin with."""
        return row_prefix(self.listed.action.id)

    @property
    def problems(self) -> list[dict[str, str]]:
        """Return the row's errors, for the summary."""
        return list(self.fields.problems(self.prefix, self.listed.reference))


@dataclass(frozen=True)
class ActionGroup:
    """Rows that are equally pressing, their heading, and what is to be known of it."""

    is_pressing: bool
    heading: str
    note: str
    rows: list[WorkRow]


@blueprint.route("/my-actions", access=Access(Permission.SEE_OWN_WORK), methods=["GET", "POST"])
def my_actions() -> Any:
    """Show the lead's actions, or save what was written about them."""
    if request.method == "GET":
        return _page(SaveOutcome())
    touched, then = _touched(), _THEN.fullmatch(request.form.get("then", ""))
    is_of_row = then is not None and then[1] != "page"
    actions = get_own_actions(viewer(), {*touched, *([int(then[2])] if then and is_of_row else ())})
    outcome = _save(touched, actions)
    _flash_outcome(outcome, len(touched))
    if outcome.failed or outcome.inaccessible:
        return _page(outcome)
    return redirect(_next(then, actions), 303)


def _touched() -> dict[int, RowForm]:
    """Return {action id: row} of the rows somebody wrote in."""
    ids = (int(found[1]) for name in request.form if (found := _NARRATIVE.fullmatch(name)))
    return {id: form for id in ids if (form := posted_row(id)).is_touched}


def _save(touched: dict[int, RowForm], actions: dict[int, Action]) -> SaveOutcome:
    outcome, details = SaveOutcome(), details_of(actions)
    for action_id, form in touched.items():
        if action_id not in actions:
            outcome.inaccessible.append(form.cleaned_narrative)
        elif _save_row(actions[action_id], details[action_id], form):
            outcome.saved += 1
        else:
            outcome.failed[action_id] = form
    if gone := [action_id for action_id in touched if action_id not in actions]:
        outcome.recorded_in_error = count_void(viewer(), gone)
    return outcome


def _save_row(action: Action, details: Details, form: RowForm) -> bool:
    is_repeat = action.version != form.seen_version and _said_already(details, form)
    return is_repeat or form.attempt_on(action, lambda: _save_update(action, details, form))


def _save_update(action: Action, details: Details, form: RowForm) -> None:
    if form.progress.data == Progress.DONE and details.evidence:
        report_done(viewer(), action, form.cleaned_narrative, form.seen_version, form.seen_evidence)
    else:
        update_progress(viewer(), action, form.progress.data, form.cleaned_narrative, form.seen_version)


def _said_already(details: Details, form: RowForm) -> bool:
    """Return whether this very save has arrived before (a page sent twice): no conflict, but kept already."""
    last = details.last
    if last is None:
        return False
    return (last.by_id, last.progress, last.narrative) == (
        viewer().id,
        form.progress.data,
        form.cleaned_narrative,
    )


def _flash_outcome(outcome: SaveOutcome, touched: int) -> None:
    saved = f"{plural(outcome.saved, 'update')} saved"
    left = len(outcome.failed) + len(outcome.inaccessible)
    if left and outcome.saved:
        # Not "success": that banner would take the focus from the error summary.
        flash(f"{saved}, {plural(left, 'needs', 'need')} your attention.", "important")
    elif touched and not left:
        flash(f"{saved}.", "success")
    elif not touched and not request.form.get("then"):
        flash("There was nothing to save: write in a row first.", "important")


def _next(then: re.Match[str] | None, actions: dict[int, Action]) -> str:
    """Return where to go after all was kept: what a button asked for, or this page of the list again."""
    page = page_number(request.args)
    if then and then[1] == "page":
        page = int(then[2])
    elif then and (action := actions.get(int(then[2]))):
        endpoint = "assurance.new_evidence" if then[1] == "evidence" else "actions.ask_extension"
        address = {"reference": action.review.reference, "number": action.number}
        back = "agency" if _is_whole() else "mine"
        return url_for(endpoint, **address, back=back, page=page if page > 1 else None)
    return my_actions_address(_is_whole(), page)


def _is_whole() -> bool:
    return request.args.get("whose") == "agency"


def _page(outcome: SaveOutcome) -> Any:
    today, thresholds = clock.today(), g.board.thresholds
    away = people_away(today)
    stood_in_for = away.stood_in_for_by(viewer().id)
    absent = frozenset(each.absent.id for each in stood_in_for if each.absent.id is not None)
    number = page_number(request.args)
    work = list_own_work(viewer(), today, thresholds, _is_whole(), number, PER_PAGE, absent)
    rows = _rows(work, outcome, today, thresholds, away)
    # Read with the session already.
    agency = current_user.user.agency
    page = render_template(
        "home/my_actions.html",
        groups=_grouped(rows, today, thresholds),
        work=work,
        per_page=PER_PAGE,
        beside=len(rows) - len(work.page.rows),
        is_whole=_is_whole(),
        agency=agency,
        own_absence=away.of(viewer().id),
        stood_in_for=stood_in_for,
        challenges=count_challenges(viewer(), ChallengeFilter(State.OPEN, agency=agency.code), today),
        waiting=count_waits(viewer(), today),
        readings=count_waiting(viewer(), today),
        impact=count_impact(viewer(), today, g.board.impact_months),
        answers=waiting_for(viewer()),
        requests=count_owed(viewer()),
        shared=list_shared_work(viewer(), today, thresholds, MOST_SHARED + 1),
        most_shared=MOST_SHARED,
        today=today,
        inaccessible=outcome.inaccessible,
        form_errors=[*_inaccessible_errors(outcome), *(each for row in rows for each in row.problems)],
        legend=legend(thresholds),
        questions=list_open_questions(viewer()),
        erasures=list_waiting_erasures(viewer()),
        tasks=open_tasks_of(viewer()),
        panels=for_member(viewer()) or [],
        role_requests=list_role_requests(viewer()),
        role_names=ROLE_NAMES,
    )
    return page, outcome.status


def _rows(
    work: OwnWork, outcome: SaveOutcome, today: date, thresholds: Thresholds, away: Away
) -> list[WorkRow]:
    """Return the rows of the page, and those that could not be kept and stand on another page or on none."""
    found = work.page.rows
    if missing := set(outcome.failed) - {row.action.id for row in found}:
        found = [*found, *list_own_agency(viewer(), missing, today, thresholds)]
    ids = [row.action.id for row in found]
    details, challenges = details_of(ids), open_challenges_of(viewer(), ids)
    rows = [
        _row(row, details[row.action.id], outcome.failed.get(row.action.id), challenges.get(row.action.id))
        for row in found
    ]
    new = new_of(viewer(), ids)
    return [
        replace(each, for_whom=_for_whom(each.listed, away), new=_in_words(new, each.listed.action.id))
        for each in rows
    ]


def _in_words(new: Mapping[int, Iterable[Kind]], action_id: int) -> tuple[str, ...]:
    return tuple(KIND_NAMES[kind][0] for kind in new.get(action_id, ()))


def _for_whom(row: Listed, away: Away) -> str:
    """Return for whom the reader stands in who leads an action; "" where nobody who leads it is away."""
    absent = away.of(row.action.lead_id)
    return absent.for_words if absent and row.action.lead_id != viewer().id else ""


def _row(
    row: Listed, details: Details, form: RowForm | None, challenge: OpenChallenge | None = None
) -> WorkRow:
    fields = form.fields(details.evidence) if form else fresh_fields(row.action, details.evidence)
    return WorkRow(row, details, fields, challenge)


def _grouped(rows: list[WorkRow], today: date, thresholds: Thresholds) -> list[ActionGroup]:
    """Return the rows under their headings, the most pressing first."""
    found: dict[Urgency, list[WorkRow]] = {each: [] for each in Urgency}
    for row in rows:
        found[urgency(facts_of(row.listed.action), today, thresholds)].append(row)
    soon = f"(within {plural(thresholds.due_soon_days, 'day')})"
    return [
        ActionGroup(
            each is Urgency.PRESSING, URGENCY_NAMES[each], soon if each is Urgency.SOON else "", standing
        )
        for each, standing in found.items()
        if standing
    ]


def _inaccessible_errors(outcome: SaveOutcome) -> list[dict[str, str]]:
    if not outcome.inaccessible:
        return []
    lost = plural(len(outcome.inaccessible), "action you wrote about is", "actions you wrote about are")
    void = outcome.recorded_in_error
    why = f" {plural(void, 'was', 'were')} marked as recorded in error." if void else ""
    return [{"text": f"{lost} not open to you any more.{why} What you wrote is below.", "href": "#not-kept"}]
