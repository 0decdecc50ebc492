"""Reading a tree of modules for the rules of the house: what imports what, and which of it is not allowed.

Everything is derived from the folders. The one list is the order of the rooms in docs/architecture.md.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

NAME = "kscb_actions"
# What plain functions may have of the standard library: nothing in it reaches files, processes, clocks or
# chance. Zone data is read from a file, but it is the same whenever it is read.
PURE_LIBRARY = frozenset(
    "bisect calendar collections csv dataclasses datetime decimal enum functools hashlib heapq itertools "
    "json re typing unicodedata zoneinfo".split()
)
# What they may have of a module that otherwise reaches out.
PURE_NAMES = frozenset({"io.StringIO"})
# The words in force are looked up as a translation is: no rule decides by them.
SPOKEN = f"{NAME}.terms.saying"
CALLS_OUT = frozenset({"open", "print", "input", "exec", "eval", "__import__"})
# What a rule may use beside the standard library: a solver, where disclosure control works with one.
SOLVERS = frozenset({"highspy", "numpy", "scipy"})
WEB_LIBRARIES = frozenset({"flask", "flask_login", "flask_wtf", "wtforms", "govuk_frontend_wtf", "werkzeug"})
WORD_LIBRARIES = frozenset({"docx", "pptx"})


@dataclass(frozen=True)
class Import:
    """One imported module, dotted in full, and the line that imports it; `name` is what is taken from it."""

    module: str
    line: int
    name: str = ""


@dataclass(frozen=True)
class House:
    """The package below `root`, and the order of its rooms, highest first, and of the rooms in a room."""

    root: Path
    order: tuple[str, ...]
    inner: Mapping[str, tuple[str, ...]]

    @cached_property
    def modules(self) -> dict[str, Path]:
        """Return {dotted name: file} of every module and package."""
        found = {}
        for path in sorted((self.root / NAME).rglob("*.py")):
            parts = path.relative_to(self.root).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
        return found

    @cached_property
    def imports(self) -> dict[str, list[Import]]:
        """Return {module: what it imports}, wherever in its source it does so."""
        return {name: list(self._imports_of(name, path)) for name, path in self.modules.items()}

    def _imports_of(self, name: str, path: Path) -> Iterator[Import]:
        package = name if path.name == "__init__.py" else name.rpartition(".")[0]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from (Import(alias.name, node.lineno) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
                base = ".".join([*above, *([node.module] if node.module else [])])
                for alias in node.names:
                    inner = f"{base}.{alias.name}"
                    is_module = inner in self.modules
                    yield Import(inner if is_module else base, node.lineno, "" if is_module else alias.name)

    @cached_property
    def arrows(self) -> Counter[tuple[str, str]]:
        """Count how often a room imports another; the ground and the wiring are in no room."""
        found: Counter[tuple[str, str]] = Counter()
        for name, imports in self.imports.items():
            for each in imports:
                here, there = room_of(name), room_of(each.module)
                if here in self.order and there in self.order and here != there:
                    found[here, there] += 1
        return found


def order_in(text: str) -> tuple[str, ...]:
    """Return the rooms of the architecture page, highest first: the first column of the table of rooms."""
    return tuple(re.findall(r"^\| `([a-z_]+)/` \|", text, re.MULTILINE))


def inner_order_in(text: str) -> dict[str, tuple[str, ...]]:
    """Return {room: the rooms in it, highest first} as the same table names them in its second column."""
    rows = re.findall(r"^\| `([a-z_]+)/` \|(.*)", text, re.MULTILINE)
    return {room: tuple(re.findall(r"`([a-z_]+)/`", about)) for room, about in rows}


def room_of(module: str) -> str:
    """Return the room of a dotted module, "" for what is in none."""
    parts = module.split(".")
    return parts[1] if parts[0] == NAME and len(parts) > 1 else ""


def inner_room_of(module: str) -> str:
    """Return the name that follows the room's in a dotted module, "" for the room itself."""
    return ".".join(module.split(".")[2:3])


def rooms_without_a_place(house: House) -> list[str]:
    """Return folders that the order of the rooms does not have, and rooms in it that have no folder."""
    folders = {path.parent.name for path in (house.root / NAME).glob("*/__init__.py")}
    # The pages lie as the rooms do, so their folders have no order of their own.
    inside = {
        (path.parent.parent.name, path.parent.name)
        for path in (house.root / NAME).glob("*/*/__init__.py")
        if path.parent.parent.name != "web"
    }
    named = {(room, each) for room, rooms in house.inner.items() if room != "web" for each in rooms}
    return [
        *sorted(folders.symmetric_difference(house.order)),
        *(f"{room}/{each}" for room, each in sorted(inside.symmetric_difference(named))),
    ]


def mutual_pairs(house: House) -> list[str]:
    """Return the pairs of rooms that import each other."""
    return [f"{a} and {b}" for a, b in sorted(house.arrows) if a < b and (b, a) in house.arrows]


def arrows_upward(house: House) -> list[str]:
    """Return the imports of a higher room by a lower one, and of any room by the ground."""
    wrong = []
    for name, imports in house.imports.items():
        for each in imports:
            here, there = room_of(name), room_of(each.module)
            if there not in house.order or here == there or is_wiring(name):
                continue
            if here not in house.order or house.order.index(there) < house.order.index(here):
                wrong.append(f"{name}:{each.line} imports {each.module}: a higher room")
    return wrong


def inner_arrows_upward(house: House) -> list[str]:
    """Return the imports of a higher room by a lower one within one room, but for tables and plain rules."""
    wrong = []
    for name, imports in house.imports.items():
        for each in imports:
            here, there = inner_room_of(name), inner_room_of(each.module)
            order = house.inner.get(room_of(name), ())
            if room_of(name) != room_of(each.module) or here not in order or there not in order:
                continue
            is_ground = each.module.endswith((".models", ".rules"))
            if not is_ground and order.index(there) < order.index(here):
                wrong.append(f"{name}:{each.line} imports {each.module}: a higher room of {room_of(name)}")
    return wrong


def is_wiring(module: str) -> bool:
    """Return whether this module may know every room: create_app, or the list of all tables."""
    return module in (NAME, f"{NAME}.models")


def is_pure(module: str) -> bool:
    """Return whether this module may only hold plain functions of plain values."""
    return module.endswith(".rules") or module.startswith(f"{NAME}.figures.disclosure.")


def impurities(house: House) -> list[str]:
    """Return what a module of plain functions reaches that it may not, itself or through what it imports."""
    wrong = []
    for name in filter(is_pure, house.modules):
        seen, waiting = {name}, [(name, name)]
        while waiting:
            module, path = waiting.pop()
            for each in house.imports[module]:
                if each.module in house.modules and each.module not in seen:
                    seen.add(each.module)
                    waiting.append((each.module, f"{path} > {each.module}"))
                elif module != SPOKEN and reaches_out(each, is_disclosure=".disclosure." in name):
                    wrong.append(f"{path} > {each.module}")
    return wrong


def calls_out(house: House) -> list[str]:
    """Return calls of built-in functions by which plain functions would reach a file or a person."""
    return [
        f"{name}:{node.lineno} calls {node.func.id}"
        for name in filter(is_pure, house.modules)
        for node in ast.walk(ast.parse(house.modules[name].read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS_OUT
    ]


def reaches_out(each: Import, is_disclosure: bool) -> bool:
    """Return whether an import from outside the package is one that a pure function may not have."""
    top = each.module.split(".")[0]
    is_pure_library = top in PURE_LIBRARY or f"{each.module}.{each.name}" in PURE_NAMES
    return not (top == NAME or is_pure_library or (is_disclosure and top in SOLVERS))


def out_of_place(house: House) -> list[str]:
    """Return uses of web and Word libraries outside the folders that own them."""
    wrong = []
    for name, imports in house.imports.items():
        for each in imports:
            top = each.module.split(".")[0]
            if top in WEB_LIBRARIES and room_of(name) not in ("web", "commands") and name != NAME:
                wrong.append(f"{name}:{each.line} imports {each.module}: only the edges know of requests")
            owns_word = name.startswith((f"{NAME}.reports.word", f"{NAME}.plans_in."))
            if top in WORD_LIBRARIES and not owns_word:
                wrong.append(f"{name}:{each.line} imports {each.module}: only the Word writer and reader do")
    return wrong


def drawn_here(house: House) -> list[str]:
    """Return uses of the Word writer by what may run in a process that lasts: `word.file` draws apart."""
    writer, door = f"{NAME}.reports.word", f"{NAME}.reports.word.file"
    return [
        f"{name}:{each.line} imports {each.module}: draw with {door}"
        for name, imports in house.imports.items()
        for each in imports
        if each.module.startswith(f"{writer}.")
        and each.module != door
        and not name.startswith((writer, f"{NAME}.commands."))
    ]


def crowded_folders(house: House, most: int) -> list[str]:
    """Return the folders that hold more than so many modules."""
    counts = Counter(path.parent for path in house.modules.values())
    return [f"{path.relative_to(house.root)} has {n}" for path, n in counts.items() if n > most]
