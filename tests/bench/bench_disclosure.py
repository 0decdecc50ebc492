"""How fast small numbers are hidden in a table of 40 rows and 12 columns with all its totals.

`python tests/bench/bench_disclosure.py` prints each figure with its target and exits 1 when one is missed.
CPU seconds of this machine; tables from nearly empty to full, so that both ends of the work are met.
"""

import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from kscb_actions.figures.disclosure.tables import CountTable, TableRow
from tests.figures.disclosure.alone import publish

ROWS, COLUMNS, TARGET = 40, 12, 1.0
# The share of noughts, and the mean of the rest.
KINDS = ((0.95, 2), (0.8, 3), (0.5, 1.2), (0.3, 6), (0.3, 2), (0.1, 20), (0, 100), (0, 1))


def table_of(noughts: float, mean: float) -> CountTable:
    """Return a table of random counts; the same each time."""
    rng = random.Random(f"{noughts} {mean}")
    counts = [
        [0 if rng.random() < noughts else 1 + int(rng.expovariate(1 / mean)) for _ in range(COLUMNS)]
        for _ in range(ROWS)
    ]
    codes = tuple(str(number) for number in range(COLUMNS))
    rows = tuple(TableRow(f"Row {number}", (*line, sum(line))) for number, line in enumerate(counts))
    totals = tuple(map(sum, zip(*(row.cells for row in rows), strict=True)))
    return CountTable((*codes, "All"), rows, totals, column_codes=codes, has_sum=True)


def main() -> int:
    """Print each figure; 1 when one misses its target."""
    worst = 0.0
    for noughts, mean in KINDS:
        counts = table_of(noughts, mean)
        started = time.process_time()
        paper = publish(counts)
        spent = time.process_time() - started
        worst = max(worst, spent)
        texts = [text for line in paper.lines() for text in line]
        print(
            f"noughts {noughts:4.0%} mean {mean:5}: {spent:.3f} s, {texts.count('<5')} small, "
            f"{texts.count('*')} further hidden, {texts.count('[c]')} of any size"
        )
    print(f"suppression of {ROWS} x {COLUMNS}: {worst:.3f} s (target below {TARGET:.1f} s)")
    return int(worst >= TARGET)


if __name__ == "__main__":
    sys.exit(main())
