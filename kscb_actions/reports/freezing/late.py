"""What came in after a paper was frozen, beside the lines of the paper."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kscb_actions.reports.content import Group, Report, Table


@dataclass(frozen=True)
class Late:
    """What came in on an action after its paper was frozen.

    frozen  what the paper says of it, as it stands there; empty where it has no line of its own
    since   (when, what) in the order in which it came
    """

    reference: str
    frozen: tuple[str, ...]
    since: tuple[tuple[str, str], ...]


def beside_the_frozen(report: Report, came: Mapping[str, Iterable[tuple[str, str]]]) -> list[Late]:
    """Return what came in since, each beside the line that the frozen paper has of it.

    came  {reference of an action: (when, what) of what came in since}
    """
    lines = _lines(report, came.keys())
    return [Late(each, lines.get(each, ()), tuple(said)) for each, said in came.items()]


def _lines(report: Report, wanted: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return {reference: "column: text" of the first line that begins with it}."""
    left, found = set(wanted), dict[str, tuple[str, ...]]()
    tables = (block for section in report.sections for block in section.blocks if isinstance(block, Table))
    for table in tables:
        titles = [column.title for column in table.columns]
        for row in table.rows:
            if isinstance(row, Group):
                continue
            texts = [each if isinstance(each, str) else each.text for each in row]
            if texts[0] in left:
                left.discard(texts[0])
                pairs = zip(titles[1:], texts[1:], strict=True)
                found[texts[0]] = tuple(f"{title}: {text}" for title, text in pairs if text)
    return found
