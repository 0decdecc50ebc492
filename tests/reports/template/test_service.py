"""Versions of the template: kept, taken into use and out of it, told in the trail, worn by every paper."""

import io
import re
from collections.abc import Callable

import docx
import pytest
from flask import Flask
from flask.testing import FlaskClient

from kscb_actions.access.policy import Refused
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import StaleEdit
from kscb_actions.reports.content import rows_read
from kscb_actions.reports.template.models import PaperTemplate
from kscb_actions.reports.template.queries import template_in_use
from kscb_actions.reports.template.service import TemplateRefused, keep_template, stop_using, use_template
from kscb_actions.reports.word.file import word_file

from ...audit.behind import unguarded
from ...audit.test_chain import run_check
from ...factories import World
from ...pages import Page
from ..stories import report
from .making import paper_template, template, without_styles


def font_of(data: bytes) -> str | None:
    return docx.Document(io.BytesIO(data)).styles["Heading 1"].font.name


def events() -> list[str]:
    found = AuditEvent.select(AuditEvent.event).where(AuditEvent.event.startswith("paper-template"))
    return [each.event for each in found.order_by(AuditEvent.id)]


def test_papers_change_when_it_is_taken_into_use_and_not_before(world: World, lasting: None) -> None:
    manager, made = world.as_viewer(world.manager), rows_read(report(world.manager))
    usual = word_file(made)
    version = paper_template(world)
    assert word_file(made) == usual
    use_template(manager, version, version.version)
    assert font_of(word_file(made)) == "Georgia"
    stop_using(manager, PaperTemplate.get(), version.version)
    assert word_file(made) == usual and template_in_use() is None
    assert events() == [
        "paper-template.kept", "paper-template.taken-into-use", "paper-template.taken-out-of-use",
    ]  # fmt: skip


def test_one_version_is_in_use_at_a_time(world: World) -> None:
    manager = world.as_viewer(world.manager)
    first, second = paper_template(world), paper_template(world)
    use_template(manager, first, 1)
    use_template(manager, second, 1)
    assert [each.id for each in PaperTemplate.select().where(PaperTemplate.is_in_use)] == [second.id]
    assert events()[-2:] == ["paper-template.taken-out-of-use", "paper-template.taken-into-use"]
    with pytest.raises(StaleEdit):
        use_template(manager, PaperTemplate.get_by_id(first.id), 1)


def test_what_is_refused_leaves_nothing(world: World) -> None:
    manager, before = world.as_viewer(world.manager), AuditEvent.select().count()
    with pytest.raises(TemplateRefused):
        keep_template(manager, io.BytesIO(template(without_styles("Title"))), "L.docx")
    assert (PaperTemplate.select().count(), AuditEvent.select().count()) == (0, before)


def test_only_who_keeps_the_settings_keeps_it(world: World) -> None:
    version, reader = paper_template(world), world.as_viewer(world.reader)
    for step in (
        lambda: keep_template(reader, io.BytesIO(b""), "x"),
        lambda: use_template(reader, version, 1),
    ):
        with pytest.raises(Refused):
            step()
    with pytest.raises(Refused):
        stop_using(reader, version, 1)


def test_damage_is_found(world: World, app: Flask) -> None:
    paper_template(world)
    assert run_check(app).exit_code == 0
    with unguarded():
        PaperTemplate.update(file=b"Another").execute()
    assert "is not the one that was kept" in run_check(app).output


def test_the_pages_lead_from_a_file_to_every_paper(
    world: World, sign_in: Callable[..., FlaskClient], csrf_token: str
) -> None:
    client, address = sign_in(world.manager), "/settings/paper-template"
    bad = Page(client.post(address, data={"csrf_token": csrf_token, "file": (io.BytesIO(b"x"), "a.docx")}))
    assert "“a.docx”" in bad.tree.text_content() and not PaperTemplate.select().exists()
    lacking = template(without_styles("Heading 2", "Caption"))
    page = Page(
        client.post(address, data={"csrf_token": csrf_token, "file": (io.BytesIO(lacking), "b.docx")})
    )
    [summary] = page.tree.find_class("govuk-error-summary")
    said = [each.text_content() for each in summary.iter("a")]
    assert [each.partition(", in which")[0] for each in said] == [
        "“b.docx”: It has no style “Heading 2”", "“b.docx”: It has no style “Caption”",
    ]  # fmt: skip
    sent = {"csrf_token": csrf_token, "file": (io.BytesIO(template()), "Letterhead.docx")}
    answer = client.post(address, data=sent)
    assert answer.status_code == 302
    at = answer.location
    text = Page(client.get(at)).tree.text_content()
    for words in ("Georgia, 12 point", "Sessions House, Maidstone", "Not in use", "heading 1"):
        assert words in text
    sample = client.get(f"{at}/sample.docx")
    assert (
        font_of(sample.data) == "Georgia" and "paper-template-sample" in sample.headers["Content-Disposition"]
    )
    assert template_in_use() is None
    version = re.search(r'name="version"[^>]*value="(\d+)"', client.get(at).text)[1]
    assert client.post(at, data={"csrf_token": csrf_token, "version": version}).status_code == 302
    assert "In use" in Page(client.get(address)).tree.text_content()
    assert font_of(client.post("/reports/progress.docx", data={"csrf_token": csrf_token}).data) == "Georgia"
