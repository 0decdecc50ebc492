"""Each text of the product that has a standard word is said through `terms`: a board can have its own."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from jinja2 import Environment

from kscb_actions.terms import ANY
from kscb_actions.web.shared import templating

from .house import House

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "kscb_actions"
HOUSE = House(ROOT, (), {})
SAYING = frozenset({"say", "say_in", "say_later", "say_all"})
# What stands in a field of a form is said when the form is made (`web/shared/forms.said`).
FIELDS = frozenset(
    {
        "text_line",
        "text_area",
        "reason_area",
        "radios",
        "select",
        "checkboxes",
        "checkbox",
        "save_button",
        "DayField",
    }
)
# They read what others wrote, or say what a board begins with.
NOT_SAID = (
    "demo/",
    "config.py",
    "plans_in/headings.py",
    "plans_in/owners.py",
    "figures/annual/small_numbers.py",
    "settings/rules.py",
    "terms/",
)
# What these take while they are loaded stands in a text, or at a form's class, that is said later.
SAID_AGAIN = {
    ("kscb_actions.actions.rules", "ASSURANCE_NAMES"),
    ("kscb_actions.chasing.challenges.rules", "LEVEL_NAMES"),
    ("kscb_actions.figures.counting.tally", "REFERRALS"),
    ("kscb_actions.web.assurance.earlier", "READING_NAMES"),
}


def _called(node: ast.AST) -> str:
    if not isinstance(node, ast.Call):
        return ""
    return getattr(node.func, "id", getattr(node.func, "attr", ""))


def _walk(node: ast.AST, above: tuple[ast.AST, ...] = ()) -> Iterator[tuple[ast.AST, tuple[ast.AST, ...]]]:
    yield node, above
    for child in ast.iter_child_nodes(node):
        yield from _walk(child, (*above, node))


def _is_help(above: tuple[ast.AST, ...]) -> bool:
    """Return whether it is what a command says of itself, which is known before any board is."""
    if any(isinstance(each, ast.keyword) and each.arg == "help" for each in above):
        return True
    targets = above[-1].targets if isinstance(above[-1], ast.Assign) else []
    return any(getattr(each, "id", "") == "help" for each in targets)


def unsaid(source: str) -> list[tuple[int, str]]:
    """Return (line, why) of each text of a module that says a standard word past `terms`."""
    found, is_saying = [], "kscb_actions.terms" in source
    # To look for words takes a hundredth of the time that the tree of a module does.
    if not ANY.search(source) and "say(" not in source:
        return []
    for node, above in _walk(ast.parse(source)):
        calls = [_called(each) for each in above]
        if is_saying and isinstance(node, ast.JoinedStr) and calls[-1:] == ["say"]:
            found.append((node.lineno, "a value is put in before it is said: name it in braces, and give it"))
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        says = ANY.search(node.value)
        if not says or templating.is_code(node.value) or isinstance(above[-1], ast.Expr) or _is_help(above):
            continue
        if not SAYING.intersection(calls) and not (
            FIELDS.intersection(calls) and not any(isinstance(each, ast.FunctionDef) for each in above)
        ):
            found.append(
                (node.lineno, f"“{says['word']}” is said past kscb_actions.terms: {node.value[:60]!r}")
            )
    return found


def test_every_text_of_a_module_is_said() -> None:
    modules = [path for path in sorted(PACKAGE.rglob("*.py")) if not _is_out(path)]
    assert len(modules) > 400
    found = [
        f"{path.relative_to(ROOT)}:{line}: {why}"
        for path in modules
        for line, why in unsaid(path.read_text(encoding="utf-8"))
    ]
    assert found == [], "\n".join(found)


def _is_out(path: Path) -> bool:
    return path.relative_to(PACKAGE).as_posix().startswith(NOT_SAID)


@pytest.mark.parametrize(
    "offender",
    [
        'WORDS = "It waits for the Board."',
        'def f(x):\n    return f"{x} waits for the Board’s check"',
        'from kscb_actions.terms import say\ndef f(x):\n    return say(f"{x} waits for the Board")',
        'NAMES = {1: "SCR subgroup"}',
        'def f():\n    return text_line("What does the Board say?")',
        'raise Refused("Ask the board manager.")',
    ],
)
def test_an_offender_is_caught(offender: str) -> None:
    assert unsaid(offender)


@pytest.mark.parametrize(
    "innocent",
    [
        '"""What the Board does."""',
        'WORDS = say_later("It waits for the Board.")',
        'NAMES = say_all({1: "SCR subgroup"})',
        'def f(x):\n    return say("{x} waits for the Board", x=x)',
        'class F:\n    words = text_line("What does the Board say?")',
        'turn = "board"',
        'address = "/actions?turn=board"',
    ],
)
def test_an_innocent_text_is_not_accused(innocent: str) -> None:
    assert unsaid(innocent) == []


def unsaid_in_tags(source: str) -> list[str]:
    """Return what a template says inside its tags, where no standard word is looked for."""
    is_in_tag, found = False, []
    for _, kind, text in Environment(autoescape=True).lex(source):
        if kind == "data":
            pieces, is_in_tag = templating.pieces_of(text, is_in_tag)
            found += [piece for piece, says in pieces if not says and ANY.search(piece)]
    return found


def test_no_template_says_a_word_inside_a_tag() -> None:
    assert unsaid_in_tags('<a aria-label="To the Board">x</a>') and not unsaid_in_tags("<p>To the Board</p>")
    templates = sorted((ROOT / "templates").rglob("*.html"))
    assert len(templates) > 200
    assert {path.name: found for path in templates if (found := unsaid_in_tags(path.read_text()))} == {}


def names_said(source: str) -> set[str]:
    """Return the constants of a module that hold texts by their keys."""
    return {
        target.id
        for node in (ast.parse(source).body if "say_all(" in source else ())
        if isinstance(node, ast.Assign) and _called(node.value) == "say_all"
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def imported(module: str, held: Mapping[str, set[str]]) -> set[str]:
    """Return which of such constants a module has from others."""
    return {each.name for each in HOUSE.imports[module] if each.name in held.get(each.module, ())}


def read_too_early(source: str, said: set[str]) -> list[tuple[int, str]]:
    """Return (line, name) where a module takes such texts while it is loaded, when no board is known."""
    found: list[tuple[int, str]] = []
    if not any(name in source for name in said):
        return found
    for node, above in _walk(ast.parse(source)):
        if not isinstance(node, ast.Name) or node.id not in said or not isinstance(node.ctx, ast.Load):
            continue
        is_later = any(isinstance(each, ast.FunctionDef | ast.Lambda | ast.arg) for each in above)
        calls = [_called(each) for each in above]
        # Of keys alone nothing is read, and what is passed on whole is read later.
        is_keys = calls[-1:] == ["tuple"] or isinstance(above[-1], ast.Dict | ast.comprehension)
        if not is_later and not is_keys and not (SAYING | FIELDS).intersection(calls):
            found.append((node.lineno, node.id))
    return found


def test_no_module_takes_texts_while_it_is_loaded() -> None:
    sources = {name: path.read_text(encoding="utf-8") for name, path in HOUSE.modules.items()}
    held = {name: names_said(source) for name, source in sources.items()}
    assert sum(map(len, held.values())) > 15
    assert read_too_early("FIRST = [EVENT_NAMES[each] for each in x]", {"EVENT_NAMES"})
    assert not read_too_early("def f():\n    return EVENT_NAMES['x']", {"EVENT_NAMES"})
    found = [
        f"{HOUSE.modules[module].relative_to(ROOT)}:{line}: {name} is read when the module is loaded"
        for module, source in sources.items()
        for line, name in read_too_early(source, held[module] | imported(module, held))
        if not _is_out(HOUSE.modules[module]) and (module, name) not in SAID_AGAIN
    ]
    assert found == [], "\n".join(found)
