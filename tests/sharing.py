"""How the tests are shared out among processes, and what a run has cost (a plugin of pytest).

The tests of a file run in one process, so that what the file makes once is made once. Of what takes longest
the tests run in one process together: those that walk all pages in a browser, and, with the demonstration
loaded once, those of the demonstration and of what people do in a browser.
"""

import gc
import os
from collections.abc import Iterator
from typing import Any

import pytest

WALKS = ("tests/browser/test_every_", "tests/demo/")
JOURNEYS = ("tests/browser/",)
_cpu_of_workers: list[float] = []


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put first what one process runs for longest, so that the others share out the rest meanwhile."""
    # Both are of a browser, and each group stays together.
    items.sort(key=lambda item: (not item.nodeid.startswith(JOURNEYS), not item.nodeid.startswith(WALKS)))


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Look for circles no more among what was collected: it stays, and looking through it takes a second."""
    gc.freeze()
    # What a test leaves is small: looking for circles every few hundred objects took a second of each minute.
    gc.set_threshold(50_000, 20, 50)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object:
    """Share out by file, in order; what takes longest stands first."""
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            if nodeid.startswith(WALKS):
                return "walks"
            return "journeys" if nodeid.startswith(JOURNEYS) else nodeid.split("::")[0]

    config.option.loadscopereorder = False
    return ByFile(config, log)


def cpu_seconds() -> float:
    """Return the processor time of this process and of those it has started and seen end."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


@pytest.hookimpl(wrapper=True)
def pytest_sessionfinish(session: pytest.Session) -> Iterator[None]:
    """Report to the controller the time that this worker has spent."""
    yield
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["cpu_seconds"] = cpu_seconds()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Keep what a worker has spent."""
    _cpu_of_workers.append(getattr(node, "workeroutput", {}).get("cpu_seconds", 0.0))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the processor time of the run, with that of servers, commands and the browser once they ended."""
    spent = os.times()
    own = spent.user + spent.system
    # With workers, their time is what they told; they may or may not count as ended children already.
    total = own + sum(_cpu_of_workers) if _cpu_of_workers else cpu_seconds()
    terminalreporter.write_sep("-", f"{total:.0f} seconds of processor time")
