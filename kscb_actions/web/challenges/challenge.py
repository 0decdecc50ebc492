"""One challenge: its page, the agency's answer, and the Board's decision on it."""

import io
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from flask import current_app, flash, g, redirect, render_template, request, send_file, url_for

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Refused, may
from kscb_actions.assurance.acknowledging.queries import acknowledging_of
from kscb_actions.assurance.challenges.correcting import (
    correct_challenge,
    is_escalated,
    may_correct,
    require_correcting,
)
from kscb_actions.assurance.challenges.models import Challenge, ChallengeStep
from kscb_actions.assurance.challenges.queries import facts_of, get_challenge, list_steps, questions_in
from kscb_actions.assurance.challenges.rules import (
    IN_TIME_NAMES,
    LEVEL_NAMES,
    OUTCOME_NAMES,
    STATE_NAMES,
    Level,
    Question,
    State,
    StepKind,
    answered_in_time,
    can_answer,
    can_decide,
    decider_words,
    next_level,
    why_not_answered,
    why_not_corrected,
    why_not_escalated,
)
from kscb_actions.assurance.challenges.service import (
    answer_challenge,
    close_challenge,
    escalate_challenge,
    note_letter,
    subject_of,
    who_would_answer,
)
from kscb_actions.assurance.voiding.challenge import acts_on, may_void_challenge
from kscb_actions.audit.service import StaleEdit
from kscb_actions.chasing.news.rules import Kind
from kscb_actions.reports.challenge_letter import challenge_letter
from kscb_actions.reports.word.file import word_file
from kscb_actions.terms import say, say_all
from kscb_actions.web.news import who_hears_of_challenge
from kscb_actions.web.shared.guard import Access, viewer
from kscb_actions.wording import lower_first

from . import blueprint
from .forms import AnswerForm, CloseForm, EscalateForm, PutRightForm, StepForm, level_words

ADDRESS = "/challenges/<int:challenge_id>"
DECIDE = Access(Permission.CLOSE_CHALLENGE, of=get_challenge)
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
NAMES = {"level_names": LEVEL_NAMES, "state_names": STATE_NAMES, "outcome_names": OUTCOME_NAMES}
STEP_NAMES = say_all(
    {
        StepKind.RAISED: "Raised",
        StepKind.ANSWERED: "Answered by the agency",
        StepKind.ESCALATED: "Taken a level higher",
        StepKind.CLOSED: "Closed by the Board",
    }
)


@blueprint.route(ADDRESS, access=Access(Permission.READ_CHALLENGE, of=get_challenge))
def show(challenge: Challenge) -> Any:
    """Show what was asked, what came back, and what this viewer can do now."""
    facts, today, person = facts_of(challenge), clock.today(), viewer()
    is_closed, decides = challenge.state == State.CLOSED, can_decide(person, facts)
    answers, steps = can_answer(person, facts.agency_id, facts.level), list_steps(challenge)
    return render_template(
        "challenges/show.html",
        challenge=challenge,
        steps=steps,
        step_names=STEP_NAMES,
        answers=bool(answers) and why_not_answered(facts) is None,
        acknowledging=acknowledging_of(person, challenge, today),
        closes=bool(decides) and not is_closed,
        escalates=bool(decides) and why_not_escalated(facts, today) is None,
        corrects=bool(may_correct(person, challenge))
        and why_not_corrected(State(challenge.state), is_escalated(challenge)) is None,
        voids=bool(may_void_challenge(person, challenge, acts_on(challenge))),
        makes_letter=bool(may(person, Permission.CLOSE_CHALLENGE, challenge.owners)),
        whose_turn=_whose_turn(challenge),
        in_time=_in_time(questions_in(steps), today),
        **NAMES,
    )


@blueprint.route(
    f"{ADDRESS}/answer",
    access=Access(Permission.ANSWER_CHALLENGE, of=get_challenge),
    methods=["GET", "POST"],
)
def answer(challenge: Challenge) -> Any:
    """Answer for the agency."""
    facts, form = facts_of(challenge), AnswerForm(version=str(challenge.version))
    if why_not_answered(facts):
        return _overtaken(challenge, form.answer.data)
    if not (verdict := can_answer(viewer(), facts.agency_id, facts.level)):
        raise Refused(verdict.reason)
    base_url = current_app.config["SETTINGS"].base_url
    return _add(
        challenge,
        form,
        "answer",
        form.answer.data,
        lambda: answer_challenge(viewer(), challenge, form.answer.data, form.seen_version, base_url),
        say("is answered. The Board decides on it."),
        Kind.CHALLENGE_ANSWERED,
    )


@blueprint.route(f"{ADDRESS}/close", access=DECIDE, methods=["GET", "POST"])
def close(challenge: Challenge) -> Any:
    """Close a challenge with what came of it."""
    form = CloseForm(version=str(challenge.version))
    if challenge.state == State.CLOSED:
        return _overtaken(challenge, form.reason.data)
    _require_decision(challenge)
    base_url = current_app.config["SETTINGS"].base_url
    return _add(
        challenge,
        form,
        "close",
        form.reason.data,
        lambda: close_challenge(
            viewer(), challenge, form.outcome.data, form.reason.data, form.seen_version, base_url
        ),
        "is closed.",
        Kind.CHALLENGE_CLOSED,
    )


@blueprint.route(f"{ADDRESS}/escalate", access=DECIDE, methods=["GET", "POST"])
def escalate(challenge: Challenge) -> Any:
    """Take a challenge to the next level."""
    form = EscalateForm(version=str(challenge.version))
    if challenge.state == State.CLOSED:
        return _overtaken(challenge, form.reason.data)
    _require_decision(challenge)
    if request.method == "GET" and (why := why_not_escalated(facts_of(challenge), clock.today())):
        raise Refused(why)
    base_url = current_app.config["SETTINGS"].base_url
    return _add(
        challenge,
        form,
        "escalate",
        form.reason.data,
        lambda: escalate_challenge(
            viewer(), challenge, form.reason.data, form.due_on.data, form.seen_version, base_url
        ),
        "is taken a level higher. Its letter can be made here.",
        Kind.CHALLENGED,
    )


@blueprint.route(
    f"{ADDRESS}/put-right",
    access=Access(Permission.RAISE_CHALLENGE, of=get_challenge),
    methods=["GET", "POST"],
)
def put_right(challenge: Challenge) -> Any:
    """Put the question or the date to reply by right."""
    require_correcting(viewer(), challenge)
    values = {"question": challenge.question, "due_on": challenge.due_on, "version": str(challenge.version)}
    form, base_url = PutRightForm(data=values), current_app.config["SETTINGS"].base_url
    was = challenge.question, challenge.due_on
    if form.carried_out(
        lambda: correct_challenge(
            viewer(), challenge, form.question.data, form.due_on.data, form.seen_version, base_url
        ),
        lambda now: {"question": now.question, "due_on": now.due_on},
    ):
        flash(f"Challenge {challenge.reference} is put right. Who is asked is told at once.", "success")
        return redirect(url_for("challenges.show", challenge_id=challenge.id))
    return render_template("challenges/put_right.html", form=form, challenge=challenge, was=was), form.status


@blueprint.route(
    f"{ADDRESS}/letter.docx",
    access=Access(Permission.CLOSE_CHALLENGE, of=get_challenge, is_paper=True),
    methods=["POST"],
)
def letter(challenge: Challenge) -> Any:
    """Send the letter to the agency as a Word file, and record it in the trail."""
    made = challenge_letter(g.board, challenge, list_steps(challenge), clock.today())
    file = io.BytesIO(word_file(made))
    note_letter(viewer(), challenge)
    return send_file(file, mimetype=DOCX, as_attachment=True, download_name=made.file_name)


def _add(
    challenge: Challenge,
    form: StepForm,
    page: str,
    typed: str,
    operation: Callable[[], Any],
    said: str,
    kind: Kind,
) -> Any:
    """Run an operation that adds to a challenge; what was done is `said`, and who hears of it as `kind`.

    Where somebody else was first, what they said is shown beside what was typed.
    """
    if form.is_submitted():
        try:
            if form.carried_out(operation):
                told = who_hears_of_challenge(kind, challenge)
                flash(f"Challenge {challenge.reference} {said} {told}", "success")
                return redirect(url_for("challenges.show", challenge_id=challenge.id))
        except StaleEdit:
            now = _as_kept(challenge)
            if now.state == State.CLOSED or (page == "answer" and now.state != State.OPEN):
                return _overtaken(now, typed)
            # It moved on and can still be decided on: by whom, the level it is at now says.
            form.overtaken_by(_steps_since(now, form.seen_version), now.version)
    now = _as_kept(challenge)
    higher = next_level(Level(now.level))
    asked = who_would_answer(subject_of(now))[higher] if page == "escalate" and higher else ()
    shown = render_template(
        f"challenges/{page}.html",
        form=form,
        challenge=now,
        steps=list_steps(now),
        step_names=STEP_NAMES,
        higher=level_words(higher, asked) if higher else "",
        has_nobody=page == "escalate" and not asked,
        **NAMES,
    )
    return shown, form.status


def _steps_since(challenge: Challenge, seen_version: int) -> list[ChallengeStep]:
    """Return the steps that were said after a version: a change of the row says one step, or none."""
    return list_steps(challenge)[-max(challenge.version - seen_version, 1) :]


def _overtaken(challenge: Challenge, typed: str | None) -> Any:
    """Show what somebody else did first, and what was typed, which is not saved."""
    page = render_template(
        "challenges/overtaken.html",
        challenge=challenge,
        step=list_steps(challenge)[-1],
        step_names=STEP_NAMES,
        typed=typed if request.method == "POST" else "",
        **NAMES,
    )
    return page, 409 if request.method == "POST" else 200


def _require_decision(challenge: Challenge) -> None:
    if not (verdict := can_decide(viewer(), facts_of(challenge))):
        raise Refused(verdict.reason)


def _as_kept(challenge: Challenge) -> Challenge:
    # A change that failed has left its values on the row that was read; the page shows what is kept.
    return get_challenge(viewer(), challenge.id) or challenge


def _in_time(questions: Sequence[Question], today: date) -> list[tuple[str, str]]:
    """Return (what was asked, whether it was answered in time), level by level."""
    return [
        (
            "First level" if number == 0 else f"Then, {lower_first(LEVEL_NAMES[each.level])}",
            IN_TIME_NAMES[answered_in_time(each, today)],
        )
        for number, each in enumerate(questions)
    ]


def _whose_turn(challenge: Challenge) -> str:
    """Return whose turn it is, in a sentence for the page."""
    if challenge.state == State.CLOSED:
        return "Nobody has to do anything any more."
    if challenge.state == State.OPEN:
        return f"{challenge.agency.name} has the next move: it answers."
    return f"The {decider_words(Level(challenge.level))} has the next move: to close it, or to escalate it."
