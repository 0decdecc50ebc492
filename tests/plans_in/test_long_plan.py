"""A plan as long as a file may be: taken in whole, in memory that is bounded, by a process of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Of 20,000 actions the process that takes them in holds all rows and their events once.
MOST_MIB = 400
TAKE_IN = """
import sys
from pathlib import Path
from tests.bench import bench_plans
from tests.bench.bench_word import own_peak_kib
from kscb_actions.actions.models import Action
from kscb_actions.searching.models import SearchText

bench_plans.ROWS = int(sys.argv[2])
folder = Path(sys.argv[1])
file = folder / "plan.xlsx"
file.write_bytes(bench_plans.workbook())
with bench_plans.imported(folder, file) as seconds:
    print(Action.select().count(), SearchText.select().where(SearchText.what == "action").count())
    print(own_peak_kib())
"""


@pytest.mark.parametrize("rows", [12_000])
def test_a_plan_of_many_thousand_actions_comes_in_within_bounds(tmp_path: Path, rows: int) -> None:
    """More rows than one statement takes values for: none of its tables is written at once."""
    command = [sys.executable, "-c", TAKE_IN, str(tmp_path), str(rows)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    actions, found, peak = map(int, done.stdout.split())
    assert (actions, found) == (rows, rows)
    assert peak < MOST_MIB * 1024
