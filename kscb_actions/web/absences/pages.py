"""Entering an absence, for oneself or as the board manager; changing, ending and cancelling it."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Refused
from kscb_actions.people.absences import service
from kscb_actions.people.absences.models import Absence
from kscb_actions.people.absences.queries import (
    get_absence,
    list_absences,
    people_away,
    who_can_stand_in,
)
from kscb_actions.people.absences.rules import (
    When,
    can_be_away,
    days_words,
    may_keep,
    when,
    who_can_words,
    why_not_changed,
    why_not_ended,
)
from kscb_actions.people.models import User
from kscb_actions.people.queries import get_person
from kscb_actions.web.shared.forms import DayField, HouseForm, options, save_button, select
from kscb_actions.web.shared.guard import SIGNED_IN, Access, viewer

from . import blueprint

WHEN_NAMES = {
    When.TO_COME: "To come",
    When.NOW: "Now",
    When.OVER: "Over",
    When.CANCELLED: "Cancelled",
}


class AbsenceForm(HouseForm):
    """From when until when somebody is away, and who stands in."""

    from_on = DayField("First day away", called="The first day")
    until_on = DayField("Last day away", called="The last day")
    stand_in = select("Who stands in?", wrong="Choose somebody from the list.")
    submit = save_button()

    def offer(self, person: User, present: User | None = None) -> None:
        """Offer who may stand in for somebody, and who does at present."""
        people = who_can_stand_in(person)
        if present and present not in people:
            people.append(present)
        self._people = {str(each.id): each for each in people}
        names = [(key, each.name) for key, each in self._people.items()]
        self.stand_in.choices = options([("", "Choose"), *names])

    @property
    def typed(self) -> tuple[User | None, date | None, date | None]:
        """Return what was typed, for the service."""
        return self._people.get(self.stand_in.data or ""), self.from_on.data, self.until_on.data


@blueprint.route("/account/absence", access=SIGNED_IN, methods=["GET", "POST"])
def own() -> Any:
    """Enter one's own absence, and see those that are to come."""
    if not (verdict := can_be_away(viewer())):
        raise Refused(verdict.reason)
    return _of(User.get_by_id(viewer().id))


@blueprint.route(
    "/people/<int:user_id>/absence",
    access=Access(Permission.MANAGE_PEOPLE, of=get_person),
    methods=["GET", "POST"],
)
def of_person(person: User) -> Any:
    """Enter somebody's absence, as the board manager."""
    return _of(person)


@blueprint.route("/absences/<int:absence_id>", access=SIGNED_IN)
def show(absence_id: int) -> Any:
    """Show an absence to whom it is about, to who stands in and to the board manager."""
    absence, today = _absence(absence_id), clock.today()
    stood_in = people_away(today).of(absence.person_id)
    return render_template(
        "absences/show.html",
        absence=absence,
        standing=WHEN_NAMES[when(absence.facts, today)],
        is_unfilled=when(absence.facts, today) is When.NOW and not (stood_in and stood_in.person),
        may_change=bool(may_keep(viewer(), absence.person_id)) and not why_not_changed(absence.facts, today),
        may_end=bool(may_keep(viewer(), absence.person_id)) and not why_not_ended(absence.facts, today),
        back=_list_of(absence),
    )


@blueprint.route("/absences/<int:absence_id>/change", access=SIGNED_IN, methods=["GET", "POST"])
def change(absence_id: int) -> Any:
    """Put the days right, or who stands in."""
    absence = _to_change(absence_id)
    refusal = why_not_changed(absence.facts, clock.today())
    if refusal and request.method == "GET":
        raise Refused(refusal)
    form = AbsenceForm(data=_typed(absence))
    form.offer(absence.person, absence.stand_in)
    if form.is_submitted():
        typed, seen = form.typed, form.seen_version
        if form.carried_out(lambda: service.correct(viewer(), absence, *typed, seen), theirs=_typed):
            flash(f"The absence is saved. {_told(absence)}", "success")
            return redirect(_list_of(absence))
    return render_template(
        "absences/change.html",
        form=form,
        absence=_absence(absence_id),
        who_can=who_can_words(absence.person.viewer),
    ), form.status


@blueprint.route("/absences/<int:absence_id>/end", access=SIGNED_IN, methods=["POST"])
def end(absence_id: int) -> Any:
    """End an absence early."""
    return _done(absence_id, service.end, "{name} is back: reminders and news go there again from today.")


@blueprint.route("/absences/<int:absence_id>/cancel", access=SIGNED_IN, methods=["POST"])
def cancel(absence_id: int) -> Any:
    """Cancel an absence, such as one that was entered by mistake."""
    return _done(absence_id, service.cancel, "The absence is cancelled, and {other} stands in no more.")


def _of(person: User) -> Any:
    form, today = AbsenceForm(), clock.today()
    form.offer(person)
    if form.is_submitted():
        typed, made = form.typed, list[Absence]()
        if form.carried_out(lambda: made.append(service.enter(viewer(), person, *typed))):
            flash(f"The absence is saved. {_told(made[0])}", "success")
            return redirect(url_for("absences.show", absence_id=made[0].id))
    return render_template(
        "absences/enter.html",
        form=form,
        person=person,
        absences=[(each, WHEN_NAMES[when(each.facts, today)]) for each in list_absences(person, today)],
        why_not=can_be_away(person.viewer).reason,
        who_can=who_can_words(person.viewer),
        is_own=person.id == viewer().id,
    ), form.status


def _done(absence_id: int, operation: Callable[[Any, Absence], Absence], words: str) -> Any:
    absence = _to_change(absence_id)
    try:
        operation(viewer(), absence)
    except Refused as refusal:
        # Such as a button that was pressed twice.
        flash(str(refusal), "important")
    else:
        flash(words.format(name=absence.person.name, other=absence.stand_in.name), "success")
    return redirect(_list_of(absence))


def _told(absence: Absence) -> str:
    """Return who stands in, and who is told, in a sentence."""
    other, days = absence.stand_in.name, days_words(absence.from_on, absence.until_on)
    return f"{other} stands in {days}. Both are told of it, and again when it begins and when it is over."


def _absence(absence_id: int) -> Absence:
    return get_absence(viewer(), absence_id) or abort(404)


def _to_change(absence_id: int) -> Absence:
    """Return an absence that the viewer may change: not there for strangers, refused to who stands in."""
    absence = _absence(absence_id)
    if not (verdict := may_keep(viewer(), absence.person_id)):
        raise Refused(verdict.reason)
    return absence


def _list_of(absence: Absence) -> str:
    """Return the page that lists the absences of the same person for this viewer."""
    if absence.person_id == viewer().id:
        return url_for("absences.own")
    if may_keep(viewer(), absence.person_id):
        return url_for("absences.of_person", user_id=absence.person_id)
    return url_for("news.index")


def _typed(absence: Absence) -> dict[str, Any]:
    return {
        "from_on": absence.from_on,
        "until_on": absence.until_on,
        "stand_in": str(absence.stand_in_id),
        "version": absence.version,
    }
