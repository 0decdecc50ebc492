"""The page of what the forms of 2018 ask of a death beside those of 2008."""

import re
from typing import Any

from flask import flash, redirect, render_template, url_for

from kscb_actions.access.policy import Permission
from kscb_actions.child_deaths import terms
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.identity import CHECKED
from kscb_actions.child_deaths.particulars.models import Particulars
from kscb_actions.child_deaths.particulars.rules import ParticularsFacts
from kscb_actions.child_deaths.particulars.service import asks_particulars, save_particulars
from kscb_actions.child_deaths.particulars.words import particulars_of
from kscb_actions.child_deaths.visibility import get_death
from kscb_actions.figures.annual.correcting import reports_counting
from kscb_actions.web.child_deaths import death_pages
from kscb_actions.web.shared.forms import DayField, HouseForm, radios, save_button, text_area, text_line
from kscb_actions.web.shared.guard import Access, viewer

PLAIN = (
    "coroner",
    "certificate",
    "cause",
    "review_meeting_on",
    "key_worker",
    "key_worker_post",
    "family_questions",
    "time_of_death",
)
NUMBERS = ("birth_weight", "gestation")
# What no field holds: it lies outside every limit, and the rules say so beside the field.
NO_NUMBER = -1


class ParticularsForm(HouseForm):
    """Ask for the particulars of a death. “Not known” stands where nothing has been said."""

    time_of_death = text_line("Time of death (optional)", "Local time, like 07:45.")
    birth_weight = text_line("Birth weight in grams (optional)", "Like 3250.")
    gestation = text_line("Gestation in complete weeks (optional)", "Like 38.")
    coroner = radios("What does the coroner do?", terms.CORONER.items())
    certificate = radios("How was the cause certified?", terms.CERTIFICATES.items())
    cause = text_area("Cause on the certificate (optional)", f"As it stands there. {CHECKED}")
    review_meeting_on = DayField("Child death review meeting held on (optional)")
    key_worker = radios("Does the family have a key worker?", terms.YES_NO.items())
    key_worker_post = text_line(
        "Post of the key worker (optional)", "Like “Bereavement nurse”. Never a name."
    )
    family_questions = text_area("The family’s questions (optional)", f"As they asked them. {CHECKED}")
    submit = save_button()

    @property
    def facts(self) -> ParticularsFacts:
        """Return what was typed, for the service."""
        values: dict[str, Any] = {name: self[name].data for name in PLAIN}
        values |= {name: _number(self[name].data or "") for name in NUMBERS}
        return ParticularsFacts(**values)

    @staticmethod
    def filled(row: Particulars | None) -> dict[str, Any]:
        """Return the values of the fields as they are kept; of no row, that nothing is known."""
        facts = row or ParticularsFacts()
        values = {name: getattr(facts, name) for name in PLAIN}
        numbers = {name: str(getattr(facts, name) or "") for name in NUMBERS}
        return {"version": str(row.version if row else 0), **values, **numbers}


@death_pages.route(
    "/deaths/<int:death_id>/particulars",
    access=Access(Permission.RECORD_DEATH, of=get_death),
    methods=["GET", "POST"],
)
def particulars(death: ChildDeath) -> Any:
    """Record the particulars of a death that is reviewed by the forms of 2018."""
    back, row = url_for("deaths.show", death_id=death.id), particulars_of([death.id]).get(death.id)
    if not asks_particulars(death):
        flash("This death is reviewed by the forms of 2008, which do not ask for this.", "important")
        return redirect(back)
    form, counted = ParticularsForm(data=ParticularsForm.filled(row)), reports_counting(death.id)
    if form.carried_out(
        lambda: save_particulars(viewer(), death, form.facts, form.seen_version), ParticularsForm.filled
    ):
        flash(f"The particulars are saved. {counted.after}".rstrip(), "success")
        return redirect(back)
    return render_template(
        "child_deaths/cases/particulars.html", form=form, death=death, back=back, reports=counted.before
    ), form.status


def _number(text: str) -> int | None:
    typed = text.strip().replace(",", "")
    if not typed:
        return None
    return int(typed) if re.fullmatch("[0-9]{1,5}", typed) else NO_NUMBER
