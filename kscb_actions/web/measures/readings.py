"""Giving the readings of a measure, one or a pasted table of them, and putting them right."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from kscb_actions.access.policy import Permission
from kscb_actions.measures.models import Measure, Reading
from kscb_actions.measures.periods import EVERY, Period
from kscb_actions.measures.queries import get_measure, get_reading, with_readings, words_of_subject
from kscb_actions.measures.rules import in_words
from kscb_actions.measures.service import (
    correct_reading,
    give_pasted,
    give_reading,
    look_at_pasted,
    take_reading_back,
)
from kscb_actions.web.shared.guard import Access, viewer
from kscb_actions.wording import plural

from . import blueprint
from .forms import CorrectForm, PasteForm, ReadingForm

GIVE = Access(Permission.GIVE_READING, of=get_measure)


@blueprint.route("/measures/<int:measure_id>/readings", access=GIVE, methods=["GET", "POST"])
def give(measure: Measure) -> Any:
    """Give the reading of a period: the one that is asked for, or another."""
    [found] = with_readings([measure])
    form = ReadingForm(data={"period": found.asked.period.words})
    if form.carried_out(
        lambda: give_reading(viewer(), measure, form.period.data, form.value.data, form.note.data)
    ):
        flash("The reading is saved.", "success")
        return redirect(_address(measure))
    return _page("give", measure, form, found=found, every=EVERY[measure.months])


@blueprint.route("/measures/<int:measure_id>/paste", access=GIVE, methods=["GET", "POST"])
def paste(measure: Measure) -> Any:
    """Give a pasted table of readings, after it was looked at."""
    form, pasted = PasteForm(), None
    if form.validate_on_submit():
        pasted = look_at_pasted(measure, form.table.data)
        if not pasted.is_good:
            form.add_errors({"table": pasted.problem or "Put right what is marked below, then look again."})
        elif request.form.get("next") == "save" and form.attempt(
            lambda: give_pasted(viewer(), measure, form.table.data)
        ):
            flash(f"{plural(len(pasted.lines), 'reading')} saved.", "success")
            return redirect(_address(measure))
    return _page("paste", measure, form, pasted=pasted, every=EVERY[measure.months])


@blueprint.route(
    "/measures/<int:measure_id>/readings/<ends_on>",
    access=Access(Permission.GIVE_READING, of=get_reading),
    methods=["GET", "POST"],
)
def correct(reading: Reading) -> Any:
    """Put a reading right, or take it back."""
    measure = reading.measure
    form = CorrectForm(data={"value": reading.value})
    takes_back = request.form.get("next") == "back"
    if form.carried_out(lambda: _correct(form, reading, takes_back)):
        flash("The reading is taken back." if takes_back else "The reading is put right.", "success")
        return redirect(_address(measure))
    period = Period(reading.ends_on, measure.months)
    return _page("correct", measure, form, period=period.words, now=in_words(reading.value, measure.kind))


def _correct(form: CorrectForm, reading: Reading, takes_back: bool) -> Reading:
    if takes_back:
        return take_reading_back(viewer(), reading, form.why.data)
    return correct_reading(viewer(), reading, form.value.data, form.why.data)


def _address(measure: Measure) -> str:
    return url_for("measures.show", measure_id=measure.id)


def _page(name: str, measure: Measure, form: Any, **more: Any) -> Any:
    page = render_template(
        f"measures/{name}.html",
        form=form,
        measure=measure,
        subject=words_of_subject(measure),
        back=_address(measure),
        **more,
    )
    return page, form.status
