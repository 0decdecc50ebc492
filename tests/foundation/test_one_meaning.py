"""What is said or read in one way only: a second definition of it fails here."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from kscb_actions.config import ROOT


@dataclass(frozen=True)
class Single:
    """Something that is defined once: how its definition is known, where it stands, and an offender."""

    pattern: str
    home: str
    offender: str


SINGLE = {
    "a whole number that was typed": Single(
        r"isascii\(\) and .*isdigit\(\)|int\(\w+\) if \w+\.isascii",
        "kscb_actions/text.py",
        "if not (box.isascii() and box.isdigit()):",
    ),
    "a page number": Single(
        r"""\.get\(["']page["']|name: str = "page\"""",
        "kscb_actions/web/shared/asked.py",
        'page = request.args.get("page", 1, type=int)',
    ),
    "how many pages a list fills": Single(
        r"-\(-[\w.]+ // ", "kscb_actions/pages.py", "pages = max(1, -(-total // PER_PAGE))"
    ),
    "how a list is sorted": Single(
        r"""\.get\(["']direction["']|\[["']sort["']\]""",
        "kscb_actions/web/shared/asked.py",
        'sort = asked["sort"] if asked.get("sort") in SORTS else "due"',
    ),
    "a date in words": Single(r"\{\w+\.day\} \{", "kscb_actions/wording.py", 'f"{day.day} {day:%B %Y}"'),
    "the reviews hidden from a person": Single(
        r"is_restricted\b.*not_in\(|Table\(.named_person|NamedPerson\.user == \(?viewer",
        "kscb_actions/reviews/queries.py",
        "return review.select(review.c.id).where(review.c.is_restricted == True, review.c.id.not_in(mine))",
    ),
    "an open interest": Single(
        r"lifted_at\.is_null\(|lifted_at == None",
        "kscb_actions/child_deaths/visibility.py",
        "live = Interest.select().where(Interest.lifted_at.is_null())",
    ),
    "a reporting year": Single(
        r"% 100:02|\b4, 1\), date\(",
        "kscb_actions/child_deaths/years.py",
        'year = f"{first}-{(first + 1) % 100:02}"',
    ),
    "a filter in force": Single(
        r'"remove":', "kscb_actions/web/shared/asked.py", 'applied.append({"text": text, "remove": address})'
    ),
    "a field of a filter": Single(
        r'<(?:select|input)[^>]* id="(?:filter-|q")',
        "templates/components/filter.html",
        '<select class="govuk-select" id="filter-kind" name="kind">',
    ),
    "the panel of a filter": Single(
        r'<form class="app-filter"',
        "templates/components/filter.html",
        '<form class="app-filter" method="get">',
    ),
    "the name of a rule of rating": Single(
        r"Reported done, waiting|Extended again",
        "kscb_actions/actions/rating.py",
        'WORDS = {"submitted": "Reported done, waiting to be checked"}',
    ),
}


def second_definitions(single: Single, root: Path) -> list[str]:
    """Return the places below `root` that define it again."""
    return [place for place in _definitions(single.pattern, root) if place.rpartition(":")[0] != single.home]


def _definitions(pattern: str, root: Path) -> Iterator[str]:
    for path in sorted((*root.glob("kscb_actions/**/*.py"), *root.glob("templates/**/*.html"))):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if re.search(pattern, line):
                yield f"{path.relative_to(root).as_posix()}:{number}"


@pytest.mark.parametrize("what", SINGLE)
def test_it_is_defined_once(what: str) -> None:
    single = SINGLE[what]
    assert second_definitions(single, ROOT) == []
    homes = [place for place in _definitions(single.pattern, ROOT) if place.startswith(single.home)]
    assert homes, f"{what}: the pattern does not know the definition there is"


@pytest.mark.parametrize("what", SINGLE)
def test_a_second_definition_is_found(what: str, tmp_path: Path) -> None:
    single = SINGLE[what]
    folder, ending = ("templates", "html") if single.home.startswith("templates") else ("kscb_actions", "py")
    for name in (folder, *Path(single.home).parent.parts[1:]):
        (tmp_path / name).mkdir(exist_ok=True)
    (tmp_path / folder / f"offender.{ending}").write_text(f"\n{single.offender}\n", encoding="utf-8")
    assert second_definitions(single, tmp_path) == [f"{folder}/offender.{ending}:2"]
