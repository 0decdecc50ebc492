"""A web server as a real process: starting it, asking it as a browser does, and leaving nothing of it."""

import http.client
import os
import signal
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from email.message import Message
from http.cookies import SimpleCookie
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

from kscb_actions.config import Settings

from ..mail.peers import free_port
from ..people.visitor import OURS, PASSWORD, token_in
from .running import begin, begin_python, until

Body = bytes | str | Iterable[bytes] | None
FORM = "application/x-www-form-urlencoded"
WITH_LIMITS = """
import sys
from app import app
from kscb_actions.config import BodyLimits, Room
from kscb_actions.jobs.serve import serve

serve(app, app.config["SETTINGS"], "127.0.0.1", int(sys.argv[1]), print, eval(sys.argv[2]))
"""


def answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/sign-in", timeout=5) as page:
            return page.status == 200 and b"Sign in" in page.read()
    except (URLError, OSError):
        return False


def below(pid: int) -> set[int]:
    """Return the processes that `pid` started, and those they started."""
    listed = subprocess.run(["ps", "-e", "-o", "pid=,ppid="], capture_output=True, text=True, check=True)
    pairs = [tuple(map(int, line.split())) for line in listed.stdout.splitlines()]
    found, new = set(), {pid}
    while new:
        new = {child for child, parent in pairs if parent in new} - found
        found |= new
    return found


def alive(pids: set[int]) -> set[int]:
    listed = subprocess.run(["ps", "-e", "-o", "pid=,stat="], capture_output=True, text=True, check=True)
    running = {int(pid) for pid, stat in map(str.split, listed.stdout.splitlines()) if stat[0] != "Z"}
    return pids & running


def end(process: subprocess.Popen, children: set[int]) -> None:
    """Leave nothing running, whatever the test found."""
    process.kill()
    for pid in alive(children):
        os.kill(pid, signal.SIGKILL)


class Server:
    """A server that answers."""

    def __init__(self, process: subprocess.Popen, port: int) -> None:
        self.process, self.port = process, port
        self.workers = below(process.pid)

    def open_files(self, folder: object) -> int:
        """Return how many files in this folder the workers have open, those without a name too."""
        found = 0
        for worker in below(self.process.pid):
            # A worker, or a file, may be gone by now.
            with suppress(FileNotFoundError):
                links = [entry.path for entry in os.scandir(f"/proc/{worker}/fd")]
                for link in links:
                    with suppress(FileNotFoundError):
                        found += os.readlink(link).startswith(f"{folder}/")
        return found


@contextmanager
def serving(settings: Settings, limits: str = "", **environment: str) -> Iterator[Server]:
    """Hold a server on the database of these settings; `limits` is an expression for other BodyLimits."""
    port = free_port()
    if limits:
        process = begin_python(settings, "-c", WITH_LIMITS, str(port), limits, **environment)
    else:
        process = begin(settings, "serve", "--port", str(port), **environment)
    children = set[int]()
    try:
        assert until(lambda: answers(port)), "no answer"
        assert until(lambda: len(below(process.pid)) == 2), "no workers"
        server = Server(process, port)
        children = server.workers
        yield server
    finally:
        process.terminate()
        try:
            process.communicate(timeout=30)
        finally:
            end(process, children)


class Browser:
    """A browser: a new connection for each request, cookies kept."""

    def __init__(self, port: int) -> None:
        self.port, self.cookies = port, SimpleCookie()

    @property
    def cookie(self) -> str:
        """Return the header that says all cookies."""
        return "; ".join(f"{name}={morsel.value}" for name, morsel in self.cookies.items())

    def link(self) -> http.client.HTTPConnection:
        """Return a new connection."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def ask(self, method: str, path: str, body: Body = None, **headers: str) -> tuple[int, str]:
        """Return status and text of the answer."""
        status, _, text = self.answer(method, path, body, **headers)
        return status, text

    def answer(self, method: str, path: str, body: Body = None, **headers: str) -> tuple[int, Message, str]:
        """Return status, headers and text of the answer."""
        link = self.link()
        try:
            link.request(method, path, body, {"Cookie": self.cookie, **OURS, **headers})
            answer = link.getresponse()
            for value in answer.headers.get_all("Set-Cookie") or ():
                self.cookies.load(value)
            return answer.status, answer.headers, answer.read().decode("utf-8", "replace")
        finally:
            link.close()

    def token(self, path: str) -> str:
        """Return the CSRF token of a page's form."""
        return token_in(self.ask("GET", path)[1])

    def sign_in(self, email: str, password: str = PASSWORD) -> int:
        """Fill in the sign-in page and return the status of the answer."""
        fields = {"csrf_token": self.token("/sign-in"), "email": email, "password": password}
        return self.ask("POST", "/sign-in", urlencode(fields), **{"Content-Type": FORM})[0]
