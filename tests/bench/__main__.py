"""Every measurement, one after the other: `make bench`. Exits 1 when a target is missed."""

import subprocess
import sys

PARTS = (
    "bench_requests",
    "bench_serving",
    "bench_word",
    "bench_report",
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


def main() -> int:
    """Run each part in a process of its own, so that one's memory is not another's; 1 when any missed."""
    missed = 0
    for part in PARTS:
        print(f"\n== {part}", flush=True)
        missed |= subprocess.run([sys.executable, "-m", f"tests.bench.{part}"], check=False).returncode
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
