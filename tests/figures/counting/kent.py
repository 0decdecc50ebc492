"""The year whose figures are published: the 106 reviews of 2011-12, and the 94 deaths of that year.

Which child had which age or died where is made up; category, expected or not, and how many had modifiable
factors are the content of the demonstration.
"""

import tomllib
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from kscb_actions import demo
from kscb_actions.child_deaths import terms

from ...factories_deaths import DISTRICTS

# As printed in the annual report for 2011-12, put back into their rows.
PRINTED = {
    "2010-11": [0, "<5", "<5", "<5", 0, 0, 5, 34, "<5", 11],
    "2011-12": [0, "<5", 5, 9, 0, "<5", 7, 20, "<5", "<5"],
}
_AGES = ("under_28_days",) * 5 + ("28_to_364_days",) * 3 + ("1_to_4", "5_to_9", "10_to_14", "15_to_17")


def content() -> dict[str, Any]:
    """Return the published counts, as the demonstration has them."""
    file = Path(demo.__file__).parent / "content" / "deaths_counts.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def deaths() -> Iterator[dict[str, Any]]:
    """Yield every death, as tests.figures.annual.year_rows.put takes it."""
    counts, number = content(), count()
    modifiable = counts["modifiable"]
    for year in counts["year"]:
        unexpected = year["unexpected"]
        for category in [c for c, n in enumerate(year["categories"], 1) for _ in range(n)]:
            place = next(number)
            yield _made_up(place) | {
                "died_on": date(int(year["died"][:4]), 4, 1) + timedelta(days=(place * 13) % 300),
                "reviewed_on": date(2012, 2, 1) + timedelta(days=place % 50),
                "primary_category": category,
                "expected": "unexpected" if (unexpected := unexpected - 1) >= 0 else "expected",
                "status": "identified"
                if (modifiable := modifiable - (place % 3 == 0)) >= 0 and place % 3 == 0
                else "none",
            }
    reviewed = counts["year"][-1]
    unexpected = counts["unexpected_in_year"] - reviewed["unexpected"]
    for _ in range(counts["deaths_in_year"] - reviewed["reviewed"]):
        place = next(number)
        yield _made_up(place) | {
            "died_on": date(2011, 5, 1) + timedelta(days=(place * 7) % 300),
            "reviewed_on": None,
            "expected": "unexpected" if (unexpected := unexpected - 1) >= 0 else "expected",
        }


def _made_up(place: int) -> dict[str, Any]:
    return {
        "age_band": _AGES[place % len(_AGES)],
        "sex": "female" if place % 9 < 4 else "male",
        "ethnicity": "white_british" if place % 8 else list(terms.ETHNICITIES)[place // 8 % 18],
        "district": list(DISTRICTS)[place % 12],
        "place": "hospital" if place % 3 else "home",
        "protection_plan": "at_death" if place % 40 == 1 else "never",
        "factors": (("parenting", "co_sleeping", "2"),) if place % 11 == 0 else (),
        "referred": True if place == 60 else None,
    }
