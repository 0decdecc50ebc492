"""The glossary: each word once, in order, with names that the code has."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"\| (?P<word>[^|]+) \| [^|]+ \| (?P<names>[^|]*)\|")
NAME = re.compile(r"`([^`]+)`")


def faults(glossary: str, code: str) -> Iterator[str]:
    """Yield what is wrong with a glossary beside this code."""
    rows = [found for line in glossary.splitlines() if (found := ROW.fullmatch(line))][1:]
    words = [row["word"].casefold() for row in rows]
    yield from (f"not in order: {after}" for before, after in pairs(words) if before >= after)
    known = set(re.findall(r"\w+", code))
    for row in rows:
        for name in NAME.findall(row["names"]):
            if not set(re.findall(r"\w+", name)) <= known:
                yield f"no such name: {name}"


def pairs(words: list[str]) -> Iterable[tuple[str, str]]:
    """Return each word with the one after it."""
    return zip(words, words[1:], strict=False)


def test_each_word_stands_once_in_order_with_a_name_that_is_there() -> None:
    package = ROOT / "kscb_actions"
    code = "\n".join(f"{path.relative_to(package)}\n{path.read_text()}" for path in package.rglob("*.py"))
    glossary = (ROOT / "docs" / "glossary.md").read_text()
    assert len(ROW.findall(glossary)) > 50
    assert list(faults(glossary, code)) == []


def test_a_word_out_of_order_a_double_and_an_unknown_name_are_found() -> None:
    planted = "| word | meaning | code |\n| B | x | `Here` |\n| A | x | |\n| A | x | `NotHere.ONE` |"
    assert list(faults(planted, "class Here: ONE = 1")) == [
        "not in order: a",
        "not in order: a",
        "no such name: NotHere.ONE",
    ]
