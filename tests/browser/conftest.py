"""The real application on the demonstration board, served as `make run` serves it, and a real Chromium."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from kscb_actions.config import ROOT

from ..conftest import CompiledTemplates, of_this_run
from ..demonstration import PASSWORD, Demonstration
from .chromium import find_chromium
from .looked import Looked
from .navigator import Navigator, Site

# Nothing is looked at but what Chromium says: it needs no process that paints by a graphics card.
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--in-process-gpu"]
NO_BROWSER = (
    "NO CHROMIUM: the browser tests did not run. Install it (Debian: apt-get install "
    "chromium-headless-shell) and run the tests again."
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the browser tests, so that they can be left out."""
    for item in items:
        if "tests/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return a Chromium's path; without one the tests are skipped aloud, and fail where CI is true."""
    found = find_chromium()
    if found is None and os.environ.get("CI") == "true":
        pytest.fail(NO_BROWSER)
    if found is None:
        warnings.warn(NO_BROWSER, stacklevel=1)
        pytest.skip(NO_BROWSER)
    return found


@pytest.fixture(scope="session")
def browser_type_launch_args(chromium: str) -> dict[str, object]:
    """Return how the browser plugin starts Chromium."""
    return {"executable_path": chromium, "args": ARGUMENTS, "headless": True}


@pytest.fixture(scope="session")
def site(
    demonstration: Demonstration, compiled: CompiledTemplates, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """Serve a copy of the demonstration on a port of its own; tests see what earlier ones changed."""
    instance = tmp_path_factory.mktemp("site") / "instance"
    demonstration.copied(instance)
    # Compiled once for the servers and the tests of a run.
    shutil.rmtree(instance / "templates", ignore_errors=True)
    (instance / "templates").symlink_to(compiled.directory, target_is_directory=True)
    port = free_port()
    environment = {**environment_of(instance), "KSCB_BASE_URL": f"http://127.0.0.1:{port}"}
    with (instance / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "flask", "serve", "--port", str(port)],
            env=environment,
            cwd=ROOT,
            stdout=log,
            stderr=log,
        )
    try:
        wait_for(f"http://127.0.0.1:{port}/sign-in", server)
        looked = Looked(of_this_run(tmp_path_factory, "looked") / "marks.txt")
        yield Site(f"http://127.0.0.1:{port}", instance, PASSWORD, looked)
    finally:
        server.terminate()
        server.wait(20)
    assert "Traceback" not in (instance / "server.log").read_text(errors="replace")


@pytest.fixture
def visitor(browser: Browser, site: Site) -> Iterator[Navigator]:
    """Yield somebody at a desk who has not signed in; console errors and failed requests fail the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    page: Page = context.new_page()
    navigator = Navigator(page, site)
    yield navigator
    context.close()
    assert navigator.complaints == []


def environment_of(instance: Path) -> dict[str, str]:
    """Return the environment of a command on an instance, with no other KSCB_ settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KSCB_")}
    return {**kept, "KSCB_INSTANCE": str(instance), "FLASK_APP": "app.py"}


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    """Wait until the server answers; fail when it has ended or takes two minutes."""
    for _ in range(600):
        assert server.poll() is None, "the server ended"
        try:
            urllib.request.urlopen(address, timeout=2)
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise AssertionError(f"{address} does not answer")
