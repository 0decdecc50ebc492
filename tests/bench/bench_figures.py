"""How fast all tables of 20,000 deaths are counted, against one grouped SQL pass over the same rows.

`python -m tests.bench.bench_figures` prints each figure with its target and exits 1 when one is missed. The
pass groups the same deaths by everything that the tables count them by, factors too, and reads the groups;
nothing is made of them. CPU seconds of this machine, the best of some runs. The deaths are written straight
into their tables.
"""

import random
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from datetime import date
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from kscb_actions import database
from kscb_actions.access.policy import SYSTEM
from kscb_actions.figures.counting import queries
from kscb_actions.figures.counting.tally import Basis, tables_of

from ..figures.annual.year_rows import put, some

FEW, MANY, RUNS = 1_000, 20_000, 7
TIMES, FLAT = 2.0, 1.2
YEAR = "2011-12"
GROUPED = """
SELECT substr(c.died_on, 1, 7), substr(c.reviewed_on, 1, 7), substr(c.reviewed_on, 9) < substr(c.died_on, 9),
  c.primary_category, c.status, c.age_band, c.sex, c.ethnicity, c.district, c.place, c.expected,
  c.looked_after, c.protection_plan, c.statutory_order, c.asylum_seeking,
  f.domain, f.code, f.influence, r.is_referred, COUNT(*)
FROM child_death c
LEFT JOIN panel_decision d ON d.death_id = c.id AND d.number = c.decision_number
LEFT JOIN factor f ON f.decision_id = d.id
LEFT JOIN referral r ON r.death_id = c.id
WHERE c.died_on BETWEEN '2011-04-01' AND '2012-03-31'
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19
"""


def fill(number: int) -> None:
    """Record so many deaths of one year, four in five of them reviewed."""
    put(some(random.Random(number), number, date(2011, 4, 1), 366))


def tables() -> None:
    """Count all tables of the year."""
    tables_of(queries.tally(SYSTEM, Basis.DIED, YEAR))


def grouped() -> None:
    """Count with one grouped query."""
    rows = iter(database.db.execute_sql(GROUPED))
    while list(islice(rows, 1000)):
        pass


def best(work: Callable[[], None]) -> float:
    """Return CPU seconds of the best run."""
    spent = []
    for _ in range(RUNS):
        started = time.process_time()
        work()
        spent.append(time.process_time() - started)
    return min(spent)


def peak(work: Callable[[], None]) -> int:
    """Return the most memory that Python held beyond what it had before."""
    work()
    tracemalloc.start()
    work()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most


def measured(number: int, folder: str) -> tuple[float, float, int]:
    """Return seconds of all tables and of the grouped pass, and the peak of memory, with so many deaths."""
    database.connect_to(f"sqlite:///{folder}/{number}.db")
    database.migrate()
    with database.db.connection_context():
        fill(number)
        return best(tables), best(grouped), peak(tables)


def main() -> int:
    """Print each figure; 1 when one misses its target."""
    with tempfile.TemporaryDirectory() as folder:
        few, many = (measured(number, folder) for number in (FEW, MANY))
    times, growth = many[0] / many[1], many[2] / few[2]
    print(f"all tables of {MANY:,} deaths: {many[0]:.3f} s, one grouped pass: {many[1]:.3f} s")
    print(f"{times:.2f} times the pass (target at most {TIMES:.1f})")
    print(f"memory: {few[2] / 1024:,.0f} KiB of {FEW:,} deaths, {many[2] / 1024:,.0f} KiB of {MANY:,}")
    print(f"{growth:.2f} times the memory (target at most {FLAT:.1f})")
    return int(times > TIMES or growth > FLAT)


if __name__ == "__main__":
    sys.exit(main())
