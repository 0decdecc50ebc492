"""What `flask serve` weighs and how soon it answers, beside the barest application on the same server.

`python -m tests.bench.bench_serving` prints each figure with its target and exits 1 when one is missed.
Memory is that of all the processes together, each shared page counted once (the kernel's PSS), after PAGES
pages, and again after a Word file was taken too.
The time is from the start of the command to its first page, the median of several starts in turn.
"""

import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from kscb_actions.jobs.serve import THREADS, WORKERS

from . import bare
from .bench_requests import Board

ROOT = Path(__file__).resolve().parents[2]
PAGES, STARTS, WAIT_SECONDS, STOP_SECONDS = 30, 5, 60, 20
MEMORY_TARGET, TIME_TARGET = 160, 2.0
CHAIR, LEAD = "chair-2", "agency_lead-4"
# An installation keeps its compiled modules. Where a machine forbids that, they go to a folder apart.
NO_BYTECODE, BYTECODE_FOLDER = "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX"


@dataclass(frozen=True)
class Served:
    """A command that serves, pages it has: (cookie, address) each, and a paper: (cookie, address, form)."""

    command: list[str]
    environment: dict[str, str]
    pages: tuple[tuple[str, str], ...]
    paper: tuple[str, str, str] | None = None


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def _get(port: int, cookie: str, address: str, form: str | None = None) -> int:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=WAIT_SECONDS)
    kind = {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
    try:
        link.request("POST" if form else "GET", address, form, {"Cookie": cookie, **kind})
        answer = link.getresponse()
        answer.read()
        return answer.status
    finally:
        link.close()


def _first_answer(port: int, address: str) -> int:
    end = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < end:
        try:
            return _get(port, "", address)
        except OSError:
            time.sleep(0.01)
    raise RuntimeError("nothing answers")


@contextmanager
def _running(served: Served) -> Iterator[tuple[int, int, float]]:
    """Yield process id, port and the seconds until the first page."""
    port = _free_port()
    kept = {k: v for k, v in os.environ.items() if not k.startswith("KSCB_") and k != NO_BYTECODE}
    start = time.perf_counter()
    process = subprocess.Popen(
        [*served.command, "--port", str(port)],
        cwd=ROOT,
        env={**kept, **served.environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        process_group=0,
    )
    try:
        status = _first_answer(port, served.pages[0][1])
        spent = time.perf_counter() - start
        if status != 200:
            raise RuntimeError(f"answered {status}")
        yield process.pid, port, spent
    finally:
        _end(process)


def _end(process: subprocess.Popen) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        # The server alone may wait for ever for a worker that was told to end before it had begun.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _with_all_below(pid: int) -> set[int]:
    listed = subprocess.run(["ps", "-e", "-o", "pid=,ppid="], capture_output=True, text=True, check=True)
    pairs = [tuple(map(int, line.split())) for line in listed.stdout.splitlines()]
    found, new = {pid}, {pid}
    while new:
        new = {child for child, parent in pairs if parent in new} - found
        found |= new
    return found


def _mib(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    [kib] = [int(line.split()[1]) for line in lines if line.startswith("Pss:")]
    return kib / 1024


def first_page(served: Served) -> float:
    """Return seconds from the start of the command to its first page."""
    with _running(served) as (_, _, spent):
        return spent


@dataclass(frozen=True)
class Weight:
    """Hold MiB of each process, the most first, after PAGES pages and after a paper; and its seconds."""

    pages: list[float]
    with_paper: list[float]
    paper_seconds: float


def weight(served: Served) -> Weight:
    """Return what a command that serves weighs."""
    with _running(served) as (pid, port, _):
        for number in range(PAGES):
            cookie, address = served.pages[number % len(served.pages)]
            _expect(_get(port, cookie, address), address)
        pages = _each_mib(pid)
        start = time.perf_counter()
        if served.paper:
            _expect(_get(port, *served.paper), served.paper[1])
        return Weight(pages, _each_mib(pid), time.perf_counter() - start)


def _expect(status: int, address: str) -> None:
    if status != 200:
        raise RuntimeError(f"{address} answered {status}")


def _each_mib(pid: int) -> list[float]:
    return sorted(map(_mib, _with_all_below(pid)), reverse=True)


def product(folder: Path) -> Served:
    """Run `flask serve` on a board of its own."""
    board = Board(folder)
    who = {name: f"kscb=s.{token}" for name, token in board.tokens.items()}
    return Served(
        [sys.executable, "-m", "flask", "--app", "app.py", "serve"],
        {"KSCB_INSTANCE": str(board.settings.instance), "KSCB_SECRET_KEY": board.settings.secret},
        (
            ("", "/sign-in"),
            (who[CHAIR], "/attention"),
            (who[CHAIR], "/actions"),
            (who[CHAIR], board.address),
            (who[CHAIR], "/reviews"),
            (who[CHAIR], "/reviews/SCR-2003-0003"),
            (who[CHAIR], "/reports"),
            (who[CHAIR], "/actions?timeliness=overdue&page=2"),
            (who[LEAD], "/my-actions"),
            (who[LEAD], "/actions"),
        ),
        (who[CHAIR], "/reports/progress.docx", urlencode({"csrf_token": board.csrf})),
    )


def yardstick(folder: Path) -> Served:
    """Run the bare application on the same server, with as many workers."""
    bare.fill(folder / "bare.db")
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", str(WORKERS)]
    command += ["--blocking-threads", str(THREADS), "--no-ws", "tests.bench.bare:app"]
    return Served(command, {"BENCH_BARE": str(folder / "bare.db")}, (("", "/"),))


def main() -> int:
    """Print the figures; 1 when a target is missed."""
    with tempfile.TemporaryDirectory() as name:
        os.environ[BYTECODE_FOLDER] = str(Path(name) / "bytecode")
        ours, theirs = product(Path(name)), yardstick(Path(name))
        # The first start of each compiles the modules.
        first_page(ours), first_page(theirs)
        pairs = [(first_page(ours), first_page(theirs)) for _ in range(STARTS)]
        heavy, light = weight(ours), weight(theirs)
    ours_seconds, theirs_seconds = (median(each) for each in zip(*pairs, strict=True))
    ratio, mib, with_paper = ours_seconds / theirs_seconds, sum(heavy.pages), sum(heavy.with_paper)
    print(f"first page, seconds                {ours_seconds:7.2f}   bare {theirs_seconds:.2f}")
    print(f"first page / bare                  {ratio:7.2f}   {_verdict(ratio, TIME_TARGET)}")
    print(f"MiB of all processes, {PAGES} pages    {mib:7.0f}   {_verdict(mib, MEMORY_TARGET)}")
    print(f"  each: {_in_words(heavy.pages)}; the bare page: {sum(light.pages):.0f}")
    print(f"MiB after a Word file too          {with_paper:7.0f}   {_verdict(with_paper, MEMORY_TARGET)}")
    print(f"  each: {_in_words(heavy.with_paper)}; it took {heavy.paper_seconds:.2f} s")
    return int(ratio > TIME_TARGET or max(mib, with_paper) > MEMORY_TARGET)


def _in_words(each_mib: list[float]) -> str:
    return ", ".join(f"{each:.0f}" for each in each_mib)


def _verdict(value: float, target: float) -> str:
    return f"at most {target:g}: {'met' if value <= target else 'MISSED'}"


if __name__ == "__main__":
    sys.exit(main())
