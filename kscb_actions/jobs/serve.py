"""Serving: the web server and the scheduler, each a process of its own, begun and ended together."""

import ctypes
import errno
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from types import FrameType

from kscb_actions.config import ROOT

WORKERS = 2
THREADS = 4
POLL_SECONDS = 0.2
START_SECONDS = 30
STOP_SECONDS = 15
# prctl(2): the signal a process gets when its parent has died.
PR_SET_PDEATHSIG = 1
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104


class Stop(Exception):
    """Somebody asked this process to end."""


def why_not_there(host: str, port: int) -> str | None:
    """Why nothing can be served at this address, for the reader; None when it is free."""
    busy = (
        f"Port {port} at {host} is in use by another program. Stop that program, or choose another port "
        f"(flask serve --port {port + 1 if port < 65535 else 5001}, or make run PORT=…)."
    )
    if _answers(host, port):
        return busy
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except PermissionError:
        return f"Port {port} may not be used by this account. Choose one above 1023."
    except socket.gaierror:
        return f"There is no address {host} on this machine."
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return busy
        return f"Nothing can be served at {host}, port {port}: {error.strerror}."
    return None


def serve(host: str, port: int, say: Callable[[str], None]) -> str | None:
    """Serve until SIGTERM, SIGHUP or Ctrl-C; returns None then, or why it ended by itself.

    Ends what it started, by process id, whatever happens.
    """
    children: dict[str, subprocess.Popen] = {}
    kept = {number: signal.signal(number, _stop) for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)}
    try:
        _start(children, host, port)
        if _comes_up(children, host, port):
            say(f"Open {_address(host, port)} in a browser. Press Ctrl-C here to stop.")
        while all(child.poll() is None for child in children.values()):
            time.sleep(POLL_SECONDS)
        name, child = next((n, c) for n, c in children.items() if c.poll() is not None)
        return f"The {name} ended by itself (exit code {child.returncode}), so the rest was stopped too."
    except Stop:
        say("Stopping.")
        return None
    finally:
        for number in kept:
            signal.signal(number, signal.SIG_IGN)
        _end(list(children.values()))
        for number, handler in kept.items():
            signal.signal(number, handler)


def _stop(_: int, __: FrameType | None) -> None:
    raise Stop


def _start(children: dict[str, subprocess.Popen], host: str, port: int) -> None:
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    environ = {"KSCB_BASE_URL": _address(host, port), **os.environ, "PYTHONPATH": path}
    web = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)]
    web += ["--workers", str(WORKERS), "--blocking-threads", str(THREADS), "--no-ws"]
    web += ["--log-level", "warning", "app:app"]
    jobs = [sys.executable, "-m", "flask", "--app", str(ROOT / "app.py"), "jobs"]
    # Each leads a group of its own: Ctrl-C reaches only this process, which ends them in order.
    for name, command in (("web server", web), ("scheduler", jobs)):
        children[name] = subprocess.Popen(  # noqa: S603
            command,
            env=environ,
            process_group=0,
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,
        )


def _end_with_parent() -> None:
    """Ask the system to stop this process when its parent is gone: the port must be free again."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _comes_up(children: dict[str, subprocess.Popen], host: str, port: int) -> bool:
    """Wait until the pages answer; False when a child ends or the time is over."""
    for _ in range(int(START_SECONDS / POLL_SECONDS)):
        if any(child.poll() is not None for child in children.values()):
            return False
        if _answers(host, port):
            return True
        time.sleep(POLL_SECONDS)
    return False


def _end(children: list[subprocess.Popen]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    for child in children:
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def _answers(host: str, port: int) -> bool:
    try:
        with socket.create_connection((EVERYWHERE.get(host, host), port), timeout=1):
            return True
    except OSError:
        return False


def _address(host: str, port: int) -> str:
    host = EVERYWHERE.get(host, host)
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"
