"""Pages of the board's own template of papers: taken in, looked at, and only then taken into use."""

import io
from typing import Any

from flask import flash, g, redirect, render_template, send_file, url_for
from flask_wtf.file import FileField
from govuk_frontend_wtf.wtforms_widgets import GovFileInput
from werkzeug.datastructures import FileStorage

from kscb_actions import clock
from kscb_actions.access.policy import Permission
from kscb_actions.files.judge import MEDIA_TYPES
from kscb_actions.reports.template.models import PaperTemplate
from kscb_actions.reports.template.queries import get_template, list_templates
from kscb_actions.reports.template.rules import NEEDED, facts_of
from kscb_actions.reports.template.sample import sample_report
from kscb_actions.reports.template.service import (
    TemplateRefused,
    keep_template,
    stop_using,
    use_template,
)
from kscb_actions.reports.word.file import word_file
from kscb_actions.text import InvalidInput
from kscb_actions.web.shared.forms import HouseForm, save_button
from kscb_actions.web.shared.guard import Access, GuardedBlueprint, viewer

blueprint = GuardedBlueprint("paper_template", __name__)
ADDRESS = "/settings/paper-template"
ONE = f"{ADDRESS}/<int:template_id>"
KEEP = Access(Permission.MANAGE_SETTINGS, of=get_template)
NOTHING = "Choose the template’s file."


class TemplateForm(HouseForm):
    """A template's file."""

    takes_files = ("file",)
    file = FileField(
        "The template",
        description="A Word document (.docx) of at most 4 MB, without macros and without links out of it.",
        widget=GovFileInput(),
    )
    submit = save_button("Check the template")

    def split_errors(self) -> list[dict[str, str]]:
        """Return the errors for the summary, one for each thing wrong; the field shows them as one text."""
        found = [text for each in self.file.errors[:1] for text in str(each).split("\n")]
        listed = [{"text": text, "href": f"#{self.file.id}"} for text in found]
        return [*listed, *({"text": str(each)} for each in self.form_errors)]


class StepForm(HouseForm):
    """One button."""

    submit = save_button("Go on")


@blueprint.route(ADDRESS, access=Access(Permission.MANAGE_SETTINGS), methods=["GET", "POST"])
def index() -> Any:
    """Show the versions of the template; take another in, which is then looked at."""
    form, kept = TemplateForm(), []
    if form.is_submitted() and form.validate():
        try:
            if form.attempt(lambda: kept.append(_kept(form))):
                return redirect(url_for("paper_template.show", template_id=kept[0].id))
        except TemplateRefused as refused:
            form.file.errors = ["\n".join(refused.problems)]
    return render_template(
        "settings/paper_template.html",
        form=form,
        form_errors=form.split_errors(),
        templates=list_templates(),
        needed=NEEDED,
    ), form.status


def _kept(form: TemplateForm) -> PaperTemplate:
    sent = form.file.data
    if not isinstance(sent, FileStorage) or not sent.filename:
        raise InvalidInput({"file": NOTHING})
    return keep_template(viewer(), sent.stream, sent.filename)


@blueprint.route(ONE, access=KEEP, methods=["GET", "POST"])
def show(template: PaperTemplate) -> Any:
    """Show what a version has; take it into use, or out of it."""
    form = StepForm(data={"version": template.version})
    if form.validate_on_submit():
        is_used = template.is_in_use
        step = stop_using if is_used else use_template
        if form.attempt(lambda: step(viewer(), template, form.seen_version)):
            told = (
                "Papers have the usual look again."
                if is_used
                else "Every paper has this template from now on."
            )
            flash(told, "success")
            return redirect(url_for("paper_template.index"))
    return render_template(
        "settings/paper_template_version.html", form=form, template=template, facts=facts_of(template.facts)
    ), form.status


@blueprint.route(f"{ONE}/sample.docx", access=KEEP)
def sample(template: PaperTemplate) -> Any:
    """Send a sample of a paper in this version."""
    report = sample_report(g.board, clock.today())
    file = io.BytesIO(word_file(report, bytes(template.file)))
    return send_file(file, mimetype=MEDIA_TYPES["docx"], as_attachment=True, download_name=report.file_name)
