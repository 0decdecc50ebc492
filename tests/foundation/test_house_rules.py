"""Rules of the house that no linter knows; each is first shown to catch an offender."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "kscb_actions"
ROOMS = (
    "access",
    "audit",
    "settings",
    "people",
    "mail",
    "reviews",
    "actions",
    "assurance",
    "deaths",
    "panels",
    "chasing",
    "home",
    "reports",
    "figures",
    "plans_in",
    "demo",
)
# The edge of the house: views, what wires them, the command line. Nothing else knows of requests.
FLASK_ALLOWED = {"views", "forms", "guard", "blueprint", "sessions", "kept_form", "commands"}
TOP_ALLOWED = {
    "__init__",
    "bodies",
    "cli",
    "commands",
    "errors",
    "forms",
    "headers",
    "navigation",
    "templating",
    "rooms",
}
RULES = {
    "rules",
    "policy",
    "rating",
    "conditions",
    "working_days",
    "terms",
    "identity",
    "district_rules",
    "axes",
    "tables",
    "publishing",
    "tally",
    "disclosure",
    "disclosure_sums",
    "agreement",
    "judging",
    "comparing",
}


def imports_of(source: str, room: str | None) -> set[str]:
    """The modules a source imports, dotted; what is relative is written from the package's top."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = {0: "", 1: f"kscb_actions.{room}" if room else "kscb_actions", 2: "kscb_actions"}[
                node.level
            ]
            if node.module in ROOMS:
                found |= {f"{base}.{node.module}.{alias.name}" for alias in node.names}
            elif node.module:
                found.add(".".join(part for part in (base, node.module) if part))
            else:
                found |= {f"{base}.{alias.name}" for alias in node.names}
    return found


def is_edge(name: str) -> bool:
    """Is a module of this name part of the HTTP edge or the command line?"""
    return name in FLASK_ALLOWED or name.endswith(("_views", "_forms")) or name in ("attention", "my_actions")


def breaches(room: str | None, name: str, source: str) -> list[str]:
    """What a module imports that its place does not allow."""
    wrong = []
    for module in imports_of(source, room):
        parts = module.split(".")
        if parts[0] in ("flask", "flask_login", "flask_wtf"):
            if not (is_edge(name) if room else name in TOP_ALLOWED):
                wrong.append(f"{name} imports {module}: only the edge knows of requests")
        if parts[0] == "docx" and not (room in ("reports", "plans_in") and name.startswith(("word", "read"))):
            wrong.append(f"{name} imports {module}: only the Word writer and the plan reader do")
        if parts[0] == "kscb_actions" and len(parts) > 1 and parts[1] in ROOMS and room and not is_edge(name):
            if ROOMS.index(parts[1]) > ROOMS.index(room):
                wrong.append(f"{room}/{name} imports {module}: a lower room")
            if len(parts) > 2 and is_edge(parts[2]):
                wrong.append(f"{room}/{name} imports {module}: nothing imports the edge")
        if name in RULES and parts[0] == "kscb_actions" and parts[-1] not in (*RULES, "text"):
            wrong.append(f"{room}/{name} imports {module}: rules know plain values only")
        if name in RULES and parts[0] in ("peewee", "flask", "sqlite3", "os", "requests"):
            wrong.append(f"{room}/{name} imports {module}: rules do no I/O")
    return wrong


@pytest.mark.parametrize(
    ("room", "name", "source"),
    [
        ("actions", "service", "from flask import request"),
        ("actions", "service", "from ..assurance.models import Evidence"),
        ("actions", "service", "from .views import blueprint"),
        ("actions", "rules", "from .models import Action"),
        ("figures", "axes", "from ..deaths import models"),
        ("actions", "rules", "import peewee"),
        ("home", "queries", "import docx"),
        (None, "clock", "from flask import g"),
    ],
)
def test_an_import_against_the_house_is_caught(room: str | None, name: str, source: str) -> None:
    assert breaches(room, name, source)


def test_imports_point_one_way() -> None:
    wrong = []
    for path in PACKAGE.rglob("*.py"):
        inside = path.relative_to(PACKAGE).parts
        room = inside[0] if len(inside) > 1 else None
        wrong += breaches(room, path.stem, path.read_text(encoding="utf-8"))
    assert wrong == []


def too_long(path: str, source: str) -> list[str]:
    """Modules over 300 lines and functions over 40 (migrations are frozen copies and may be longer)."""
    wrong = []
    if source.count("\n") > 300:
        wrong.append(f"{path} has {source.count(chr(10))} lines")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno >= 40:
            wrong.append(f"{path}: {node.name} has {(node.end_lineno or 0) - node.lineno + 1} lines")
    return wrong


def test_a_long_module_and_a_long_function_are_caught() -> None:
    assert too_long("x.py", "x = 1\n" * 301)
    assert too_long("x.py", "def f():\n" + "    x = 1\n" * 41)


def test_modules_and_functions_stay_short() -> None:
    wrong = []
    for path in [*PACKAGE.rglob("*.py"), ROOT / "app.py"]:
        wrong += too_long(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8"))
    assert wrong == []


def test_templates_stay_short() -> None:
    long = [
        f"{path.relative_to(ROOT)} has {count} lines"
        for path in (ROOT / "templates").rglob("*.html")
        if (count := path.read_text(encoding="utf-8").count("\n")) > 120
    ]
    assert long == []


def test_pages_print_nothing_unescaped() -> None:
    found = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "templates").rglob("*.html")
        if "|safe" in (text := path.read_text(encoding="utf-8").replace(" ", "")) or "autoescapefalse" in text
    ]
    assert found == []
