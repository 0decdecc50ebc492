"""What a number in an Excel cell shows: a date, a month, decimals, or the number itself."""

import re
from collections.abc import Iterable
from typing import Any

from kscb_actions.dates_written.rules import read_serial
from kscb_actions.text import whole_number
from kscb_actions.wording import date_uk

from ..tables import DATE, MONTH, PLAIN
from .package import local

# ECMA-376 part 1, 18.8.30: the formats that have a number and are written in no file.
_BUILT_IN = {
    **dict.fromkeys((14, 15, 16, 22, *range(27, 32), 34, 35, 36, *range(50, 59)), "d/m/yyyy"),
    17: "mmm-yy",
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
}
# What stands in quotes, in brackets or after a backslash is shown as it is.
_LITERAL = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')


class Formats:
    """The number formats of a workbook, by the index that a cell has."""

    def __init__(self, elements: Iterable[Any], is_1904: bool) -> None:
        codes: dict[str, str] = {}
        # What each says up to its first semicolon, without what is shown as it is.
        self._kinds: list[str] = []
        self._is_1904 = is_1904
        for element in elements:
            if local(element) == "numFmt":
                codes[element.get("numFmtId", "")] = element.get("formatCode", "")
            else:
                for each in element.iterchildren("{*}xf"):
                    number = each.get("numFmtId", "")
                    code = codes.get(number) or _BUILT_IN.get(whole_number(number) or 0, "")
                    self._kinds.append(_LITERAL.sub("", code.partition(";")[0]).lower())

    def shown(self, value: str, style: str) -> tuple[str, str]:
        """Return the text of a number as Excel shows it, and its mark."""
        at = whole_number(style) or 0
        code = self._kinds[at] if style and at < len(self._kinds) else ""
        try:
            number = float(value)
        except ValueError:
            return value, PLAIN
        if not abs(number) < 1e15:
            return value, PLAIN
        day = read_serial(number, is_1904=self._is_1904).on if "d" in code or "y" in code else None
        if day:
            return (date_uk(day), DATE) if "d" in code else (f"{day:%B %Y}", MONTH)
        return _number(number, code), PLAIN


def _number(number: float, code: str) -> str:
    decimals = re.search(r"\.(0+)", code)
    places = len(decimals[1]) if decimals else 0
    if "%" in code:
        return f"{number * 100:.{places}f}%"
    if places:
        return f"{number:.{min(places, 15)}f}"
    return str(int(number)) if number == int(number) else f"{number:.15g}"
