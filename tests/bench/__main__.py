"""Every measurement, one after the other: `make bench`. Exits 1 when a target is missed.

With names only those: `python -m tests.bench bench_chase bench_plans`, or `make bench ONLY="bench_chase"`.
"""

import subprocess
import sys
from collections.abc import Sequence

PARTS = (
    "bench_requests",
    "bench_serving",
    "bench_word",
    "bench_report",
    "bench_paper",
    "bench_pages",
    "bench_disclosure",
    "bench_figures",
    "bench_check",
    "bench_news",
    "bench_chase",
    "bench_renewal",
    "bench_month",
    "bench_changes",
    "bench_lists",
    "bench_bulk",
    "bench_plans",
)


def main(names: Sequence[str]) -> int:
    """Run each part that is named, or all, each in a process of its own; 1 when any missed.

    So one's memory is not another's.
    """
    if unknown := set(names) - set(PARTS):
        sys.exit(f"There is no {', '.join(sorted(unknown))}. There are {', '.join(PARTS)}.")
    missed = 0
    for part in names or PARTS:
        print(f"\n== {part}", flush=True)
        missed |= subprocess.run([sys.executable, "-m", f"tests.bench.{part}"], check=False).returncode
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
