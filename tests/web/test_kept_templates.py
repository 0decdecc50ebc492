"""Templates are kept compiled between one start and the next, and never one that has changed since."""

from collections.abc import Callable
from pathlib import Path

from flask import Flask, render_template
from jinja2 import FileSystemLoader

from kscb_actions import create_app
from kscb_actions.config import Settings
from kscb_actions.web.shared.templating import KeptTemplates


def drawn(settings: Settings, folder: Path, change: Callable[[Flask], None] = lambda app: None) -> str:
    """Return what an application that has just been started draws of a template in this folder."""
    app = create_app(settings)
    app.jinja_loader = FileSystemLoader(folder)
    change(app)
    with app.test_request_context():
        return render_template("one.html")


def test_what_was_compiled_is_used_at_the_next_start_until_its_text_changes(
    settings: Settings, tmp_path: Path
) -> None:
    page, kept = tmp_path / "one.html", settings.instance / "templates"
    page.write_text("{{ 1 + 1 }}")
    assert drawn(settings, tmp_path) == "2"
    (file,) = kept.iterdir()
    compiled = file.read_bytes()
    assert drawn(settings, tmp_path) == "2" and file.read_bytes() == compiled
    page.write_text("{{ 1 + 2 }}")
    assert drawn(settings, tmp_path) == "3" and file.read_bytes() != compiled
    assert kept.stat().st_mode & 0o777 == 0o700


def test_a_page_is_drawn_where_nothing_can_be_kept(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "one.html").write_text("{{ 1 + 1 }}")

    def nowhere(app: Flask) -> None:
        app.jinja_env.bytecode_cache = KeptTemplates(str(tmp_path / "not there"))

    assert drawn(settings, tmp_path, nowhere) == "2"
    (settings.instance / "templates").write_text("a file in its place")
    assert drawn(settings, tmp_path) == "2"
