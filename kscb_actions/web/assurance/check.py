"""The Board's check of what an agency reported done."""

from collections.abc import Sequence
from typing import Any

from flask import current_app, flash, g, redirect, render_template, request, url_for
from wtforms.validators import ValidationError

from kscb_actions import clock
from kscb_actions.access.policy import Permission
from kscb_actions.actions.listing import list_one
from kscb_actions.actions.models import Action
from kscb_actions.actions.queries import get_action
from kscb_actions.assurance.checking import ask_question, begin_check
from kscb_actions.assurance.models import CheckQuestion, Submission
from kscb_actions.assurance.opening.reading import read_files
from kscb_actions.assurance.overview import overview_of
from kscb_actions.assurance.queries import (
    evidence_of,
    last_judged,
    last_taken_back,
    list_decisions,
    list_files,
    list_questions,
    list_to_check,
    people_to_ask,
    waiting_submission,
)
from kscb_actions.assurance.rules import EVIDENCE_KIND_NAMES, WHO_ANSWERS
from kscb_actions.assurance.service import decide
from kscb_actions.assurance.taking_back.queries import why_decision_stays
from kscb_actions.assurance.taking_back.rules import HOW_LONG, last_decided
from kscb_actions.assurance.voiding.entries.queries import steps_of
from kscb_actions.chasing.news.rules import Kind
from kscb_actions.people.absences.queries import people_away
from kscb_actions.people.models import User
from kscb_actions.text import clean_text, whole_number
from kscb_actions.web.actions.action import AddingForm
from kscb_actions.web.news import who_hears
from kscb_actions.web.shared.forms import (
    options,
    radios,
    reason_area,
    save_button,
    select,
)
from kscb_actions.web.shared.guard import Access, viewer
from kscb_actions.web.shared.navigation import action_address
from kscb_actions.wording import plural

from . import blueprint
from .evidence import evidence_store

ACCEPT, RETURN, ASK = "accept", "return", "ask"


class CheckForm(AddingForm):
    """Accept what was reported done, return it, or ask one person a question; each with its words."""

    decision = radios(
        "What do you decide?",
        [
            (ACCEPT, "Accept it: the evidence shows that it was done"),
            (RETURN, "Return it: something is missing"),
            (ASK, "Ask a question before you decide"),
        ],
        "The agency sees your decision and the reason.",
    )
    reason = reason_area(
        "What convinced you, what is missing, or what do you ask?",
        "If you accept it, name the evidence. If you return it, say what the agency has to show.",
    )
    to = select(
        "Who is to answer?", hint="Only for a question. They are told by mail and answer here.", wrong=None
    )
    submit = save_button("Save the decision")

    @property
    def is_accepted(self) -> bool:
        """Return whether it is to be accepted."""
        return bool(self.decision.data == ACCEPT)

    def offer(self, people: Sequence[User], lead_id: int | None, is_asked: bool) -> None:
        """Offer these people to be asked, the lead first chosen; no question while one waits or to nobody."""
        away = people_away(clock.today())
        absent = {each.id: found for each in people if (found := away.of(each.id))}
        self.to.choices = options(
            (str(each.id), f"{each.name} ({absent[each.id].words})" if each.id in absent else each.name)
            for each in people
        )
        if not self.is_submitted():
            self.to.data = str(lead_id or "")
        if is_asked or not people:
            self.decision.choices = [each for each in self.decision.choices if each.value != ASK]

    def validate_decision(self, field: object) -> None:
        """Ask for one to be chosen."""
        if self.decision.data not in (ACCEPT, RETURN, ASK):
            raise ValidationError("Choose whether to accept or return it, or to ask.")

    def validate_reason(self, field: object) -> None:
        """Ask for what the decision needs: how the evidence was judged, or what is missing."""
        if clean_text(self.reason.data or "").strip():
            return
        if self.decision.data == RETURN:
            raise ValidationError("Say what is missing, so that it can be put right.")
        if self.decision.data == ASK:
            raise ValidationError("Write the question.")
        raise ValidationError(
            "Say what convinced you." if self.is_accepted else "Say what convinced you, or what is missing."
        )

    def validate_to(self, field: object) -> None:
        """Refuse a person who is not offered, beside what else is wrong; it counts for a question alone."""
        offered = {each.value for each in self.to.choices}
        if self.decision.data not in (ACCEPT, RETURN) and self.to.data and self.to.data not in offered:
            raise ValidationError(WHO_ANSWERS)


# How much of the story stands on the page; the rest is on the action's own.
SHORT = 6


@blueprint.route(
    "/reviews/<reference>/actions/<int:number>/check",
    access=Access(Permission.DECIDE_ASSURANCE, of=get_action),
    methods=["GET", "POST"],
)
def check(action: Action) -> Any:
    """Read the evidence beside what it is to show; accept it, or return it with what is missing."""
    submission = waiting_submission(action)
    if submission is None:
        return _nothing_to_check(action)
    submission.action = action
    if request.method == "GET":
        begin_check(viewer(), submission)
    questions = list_questions(submission)
    form = CheckForm(version=str(action.version))
    form.offer(people_to_ask(action), action.lead_id, any(each.answered_at is None for each in questions))
    if form.is_submitted() and form.attempt_on(action, lambda: _save(submission, form)):
        return _to_the_next(action, submission, form)
    return _page(action, submission, form, questions), form.status


def _save(submission: Submission, form: CheckForm) -> None:
    if form.decision.data != ASK:
        _decide(submission, form)
        return
    address = action_address(submission.action.review.reference, submission.action.number)
    link = f"{current_app.config['SETTINGS'].base_url}{address}/answer"
    to_id = whole_number(form.to.data)
    ask_question(viewer(), submission, form.reason.data, to_id, link, form.seen_version)


DONE = {ACCEPT: "is accepted", RETURN: "is returned", ASK: "waits for the answer to your question"}


NEWS = {ACCEPT: Kind.ACCEPTED, RETURN: Kind.RETURNED}


def _to_the_next(action: Action, submission: Submission, form: CheckForm) -> Any:
    left = list_to_check(viewer(), action)
    told = f"{action.reference} {DONE[form.decision.data]}."
    if kind := NEWS.get(form.decision.data):
        told += f" {who_hears(kind, action, submission.by_id)}"
    if not left:
        flash(told, "success")
        return redirect(url_for("home.attention"))
    flash(
        f"{told} {plural(len(left), 'more waits', 'more wait')} for your check: this is the next.", "success"
    )
    return redirect(url_for("assurance.check", reference=left[0].reference, number=left[0].number))


def _decide(submission: Submission, form: CheckForm) -> None:
    decide(viewer(), submission, form.is_accepted, form.reason.data, form.seen_version)


def _page(action: Action, submission: Submission, form: CheckForm, questions: Sequence[CheckQuestion]) -> str:
    if request.method == "POST":
        # A change that failed has left its values on the row that was read; the page shows what is kept.
        action = get_action(viewer(), action.review.reference, action.number) or action
    before, evidence, files = last_judged(action), evidence_of(submission), list_files(action)
    shown = [file for piece in evidence for file in files.get(piece.id, [])]
    return render_template(
        "assurance/check.html",
        form=form,
        action=action,
        row=list_one(action, clock.today(), g.board.thresholds),
        submission=submission,
        questions=questions,
        left=list_to_check(viewer(), action),
        evidence=evidence,
        before=before,
        shown_before={each.id for each in evidence_of(before)} if before else set(),
        files=files,
        readings=read_files(viewer(), evidence_store(), shown),
        kind_names=EVIDENCE_KIND_NAMES,
        decisions=list_decisions(action),
        how_long=HOW_LONG,
        story=overview_of(viewer(), action).timeline[1 : SHORT + 1],
    )


def _nothing_to_check(action: Action) -> Any:
    decisions = list_decisions(action)
    taken_back = last_taken_back(action) if action.assurance in ("none", "returned") else None
    last = last_decided(steps_of(action))
    page = render_template(
        "assurance/nothing_to_check.html",
        action=action,
        decision=decisions[-1] if decisions else None,
        taken_back=taken_back,
        decision_stays=why_decision_stays(action, last),
        how_long=HOW_LONG,
        typed=request.form.get("reason", ""),
    )
    return page, 409 if request.method == "POST" else 200
