"""What becomes of a submission beside its check: taken back, asked about and answered, reopened."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Refused
from kscb_actions.actions.models import Action, facts_of
from kscb_actions.actions.queries import get_action
from kscb_actions.assurance.checking import answer_question, reopen, take_back
from kscb_actions.assurance.queries import is_begun, list_decisions, list_questions, waiting_submission
from kscb_actions.assurance.rules import needs_new_date, why_not_reopened, why_not_taken_back
from kscb_actions.chasing.news.rules import Kind
from kscb_actions.terms import say
from kscb_actions.web.actions.action import AddingForm
from kscb_actions.web.news import who_hears
from kscb_actions.web.shared.days import DayField
from kscb_actions.web.shared.forms import (
    HouseForm,
    reason_area,
    save_button,
    text_area,
)
from kscb_actions.web.shared.guard import Access, viewer
from kscb_actions.web.shared.navigation import address_of

from . import blueprint

ADDRESS = "/reviews/<reference>/actions/<int:number>"


NO_NEW_DATE = "Enter by when it is to be done again: the due date that it had has come."


class TakeBackForm(AddingForm):
    """Why a report is taken back."""

    reason = reason_area("Why do you take it back?", "It becomes the latest word on the action.")
    submit = save_button("Take it back")


class AnswerForm(HouseForm):
    """The answer to a question of the Board."""

    answer = text_area("Your answer", "No names of children or families.")
    submit = save_button("Send the answer")


class ReopenForm(AddingForm):
    """Why an acceptance is taken back, and by when it is to be done again."""

    reason = reason_area("Why is it reopened?", "Say what came to light, and what the agency has to show.")
    due_on = DayField("By when is it to be done again?", called="The new due date", missing=NO_NEW_DATE)
    submit = save_button("Reopen it")


@blueprint.route(
    f"{ADDRESS}/take-back", access=Access(Permission.ADD_EVIDENCE, of=get_action), methods=["GET", "POST"]
)
def take_report_back(action: Action) -> Any:
    """Take back that an action is done, while nobody has begun to check it."""
    submission = waiting_submission(action)
    refusal = why_not_taken_back(submission is not None, submission is not None and is_begun(submission))
    if refusal and request.method == "GET":
        raise Refused(refusal)
    form = TakeBackForm(version=str(action.version))
    if form.is_submitted() and form.attempt_on(
        action, lambda: take_back(viewer(), action, form.reason.data, form.seen_version)
    ):
        flash(f"The report on {action.reference} is taken back. The action is open again.", "success")
        return redirect(address_of(action))
    return render_template("assurance/take_back.html", form=form, action=action), _status(form)


@blueprint.route(
    f"{ADDRESS}/answer", access=Access(Permission.ADD_EVIDENCE, of=get_action), methods=["GET", "POST"]
)
def answer(action: Action) -> Any:
    """Answer what the Board has asked about a submission."""
    submission = waiting_submission(action)
    questions = list_questions(submission) if submission else []
    question = next((each for each in questions if each.answered_at is None), None)
    form = AnswerForm(version=str(question.version if question else 0))
    if question is None or submission is None:
        typed = request.form.get("answer", "")
        page = render_template("assurance/answer.html", form=form, action=action, typed=typed)
        return page, 409 if request.method == "POST" else 200
    question.action, question.submission = action, submission
    if form.carried_out(
        lambda: answer_question(viewer(), question, form.answer.data, form.seen_version),
        theirs=lambda current: {"answer": current.answer},
    ):
        flash(say("Your answer on {reference} is with the Board.", reference=action.reference), "success")
        return redirect(address_of(action))
    return render_template("assurance/answer.html", form=form, action=action, question=question), _status(
        form
    )


@blueprint.route(
    f"{ADDRESS}/reopen", access=Access(Permission.DECIDE_ASSURANCE, of=get_action), methods=["GET", "POST"]
)
def reopen_action(action: Action) -> Any:
    """Reopen an action that the Board has accepted."""
    refusal = why_not_reopened(facts_of(action))
    if refusal and request.method == "GET":
        raise Refused(refusal)
    form = ReopenForm(version=str(action.version))
    if not needs_new_date(facts_of(action), clock.today()):
        form.due_on.missing = ""
    if form.is_submitted() and form.attempt_on(
        action, lambda: reopen(viewer(), action, form.reason.data, form.seen_version, form.due_on.data)
    ):
        told = who_hears(Kind.REOPENED, action)
        flash(f"{action.reference} is reopened. Its agency has it to do again. {told}", "success")
        return redirect(url_for("actions.show", reference=action.review.reference, number=action.number))
    decisions = list_decisions(action)
    return render_template(
        "assurance/reopen.html", form=form, action=action, decision=decisions[-1] if decisions else None
    ), _status(form)


def _status(form: HouseForm) -> int:
    """Return 409 where somebody else was first: what the service refused stands above what was typed."""
    return 409 if form.form_errors else form.status
