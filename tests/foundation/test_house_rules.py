"""Rules of the house that no linter knows, each with offenders planted in a tree of its own."""

from collections.abc import Callable
from pathlib import Path

import pytest

from . import house
from .house import House, inner_order_in, order_in

ROOT = Path(__file__).resolve().parent.parent.parent
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
OURS = House(ROOT, order_in(ARCHITECTURE), inner_order_in(ARCHITECTURE))
FULLEST_FOLDER = 14


def planted(tmp_path: Path, files: dict[str, str]) -> House:
    """Return a small house that keeps every rule, with these files laid into it."""
    innocent = {
        "web/page.py": "from flask import request\nfrom kscb_actions.actions import queries",
        "actions/rules.py": "from datetime import date\nfrom kscb_actions.text import tidy",
        "people/rules.py": "import collections.abc\nfrom io import StringIO",
        "actions/queries.py": "import peewee\nfrom kscb_actions.people.models import User",
        "people/models.py": "import peewee",
        "reports/word/paper.py": "import docx\nfrom kscb_actions.reports.progress.rules import x",
        "reports/progress/rules.py": "",
        "reports/progress/content.py": "from ..word.file import f",
        "reports/word/file.py": "def f():\n    from .paper import x",
        "figures/disclosure/solver.py": "import numpy",
        "text.py": "def tidy(): ...",
        "terms/__init__.py": "from .saying import say",
        "terms/saying.py": "from contextvars import ContextVar",
        "terms/rules.py": "from .saying import say",
    }
    rooms = ("web", "figures", "reports", "actions", "people", "terms")
    packages = (*rooms, "reports/progress", "reports/word", "figures/disclosure")
    for name, source in {**{f"{room}/__init__.py": "" for room in packages}, **innocent, **files}.items():
        path = tmp_path / house.NAME / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    return House(tmp_path, rooms, {"reports": ("progress", "word"), "figures": ("disclosure",)})


RULES: list[Callable[[House], list[str]]] = [
    house.rooms_without_a_place,
    house.mutual_pairs,
    house.arrows_upward,
    house.inner_arrows_upward,
    house.impurities,
    house.calls_out,
    house.out_of_place,
    house.drawn_here,
    lambda each: house.crowded_folders(each, FULLEST_FOLDER),
]


@pytest.mark.parametrize(
    ("rule", "files"),
    [
        (house.rooms_without_a_place, {"attic/__init__.py": ""}),
        (house.mutual_pairs, {"people/queries.py": "from kscb_actions.actions import rules"}),
        (house.mutual_pairs, {"people/queries.py": "from ..actions.rules import x"}),
        (house.arrows_upward, {"people/queries.py": "import kscb_actions.reports.word.paper"}),
        (house.arrows_upward, {"people/queries.py": "def f():\n    from ..web import page"}),
        (house.arrows_upward, {"text.py": "from kscb_actions.people import models"}),
        (house.rooms_without_a_place, {"reports/attic/__init__.py": ""}),
        (house.inner_arrows_upward, {"reports/word/paper.py": "from ..progress.content import x"}),
        (house.inner_arrows_upward, {"reports/word/paper.py": "from kscb_actions.reports.progress import x"}),
        (house.impurities, {"actions/rules.py": "import peewee"}),
        (house.impurities, {"actions/rules.py": "from .queries import x"}),
        (house.impurities, {"people/rules.py": "from .names import x", "people/names.py": "import os"}),
        (house.impurities, {"people/rules.py": "import numpy"}),
        (house.impurities, {"people/rules.py": "from datetime import date\nimport uuid"}),
        (house.impurities, {"people/rules.py": "import zipfile"}),
        (house.impurities, {"people/rules.py": "from platform import node"}),
        (
            house.impurities,
            {"people/rules.py": "from .held import x", "people/held.py": "import contextvars"},
        ),
        (house.impurities, {"people/rules.py": "def f():\n    import getpass"}),
        (house.impurities, {"people/rules.py": "import mmap"}),
        (house.impurities, {"people/rules.py": "import io"}),
        (house.impurities, {"people/rules.py": "from io import open as read"}),
        (house.impurities, {"figures/disclosure/ground.py": "import sqlite3"}),
        (house.impurities, {"figures/disclosure/ground.py": "from flask import g"}),
        (house.calls_out, {"actions/rules.py": "def f(x):\n    return open(x)"}),
        (house.out_of_place, {"actions/service.py": "from flask import request"}),
        (house.out_of_place, {"actions/service.py": "import flask_login"}),
        (house.out_of_place, {"text.py": "from werkzeug.routing import Map"}),
        (house.out_of_place, {"actions/service.py": "import docx"}),
        (house.out_of_place, {"reports/content.py": "from docx import Document"}),
        (house.drawn_here, {"web/page.py": "def f():\n    from kscb_actions.reports.word.paper import x"}),
        (house.drawn_here, {"figures/service.py": "from kscb_actions.reports.word import paper"}),
        (RULES[-1], {f"people/part_{number}.py": "" for number in range(FULLEST_FOLDER)}),
    ],
)
def test_an_offender_is_caught(
    rule: Callable[[House], list[str]], files: dict[str, str], tmp_path: Path
) -> None:
    assert rule(planted(tmp_path, files))


@pytest.mark.parametrize("rule", RULES)
def test_an_innocent_house_is_not_accused(rule: Callable[[House], list[str]], tmp_path: Path) -> None:
    assert rule(planted(tmp_path, {})) == []


@pytest.mark.parametrize("rule", RULES)
def test_our_house_keeps_the_rule(rule: Callable[[House], list[str]]) -> None:
    assert len(OURS.modules) > 200 and len(OURS.order) > 12
    assert rule(OURS) == []


def unescaped(text: str) -> bool:
    """Return whether a template prints something without escaping it."""
    text = text.replace(" ", "")
    return "|safe" in text or "autoescapefalse" in text


def test_pages_print_nothing_unescaped() -> None:
    assert unescaped("{{ words | safe }}") and unescaped("{% autoescape false %}")
    templates = (ROOT / "templates").rglob("*.html")
    assert [str(path) for path in templates if unescaped(path.read_text(encoding="utf-8"))] == []


def folders_without_pages(root: Path) -> set[str]:
    """Return the folders of templates that have no pages of the same name."""
    pages = {path.stem for path in (root / house.NAME / "web").iterdir()} - {"shared", "blueprints"}
    templates = root / "templates"
    return {path.relative_to(templates).parts[0] for path in templates.glob("*/**/*.html")} - pages


def test_templates_lie_as_the_pages_do(tmp_path: Path) -> None:
    assert folders_without_pages(ROOT) == {"components"}
    planted(tmp_path, {"web/actions/__init__.py": "", "web/shared/__init__.py": ""})
    for folder in ("actions", "attic", "shared"):
        (tmp_path / "templates" / folder).mkdir(parents=True)
        (tmp_path / "templates" / folder / "show.html").touch()
    assert folders_without_pages(tmp_path) == {"attic", "shared"}


def test_templates_are_named_without_a_prefix(tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "_blocks.html").touch()
    assert list(tmp_path.rglob("_*")) and not list((ROOT / "templates").rglob("_*"))
