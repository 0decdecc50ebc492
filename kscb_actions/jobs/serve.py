"""Serving: granian with two workers that share one loaded application, each with the scheduler in it.

The workers are forked from the process that has loaded the application, so its memory is there once.
Jobs run in the worker that holds the lease: no process is kept for them alone.
"""

import errno
import gc
import multiprocessing
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from kscb_actions import apart
from kscb_actions.config import BodyLimits, Settings

from . import scheduler
from .front import Front
from .health import note_replaced_worker

WORKERS = 2
THREADS = 4
POLL_SECONDS = 0.2
START_SECONDS = 30
# Longer than a worker takes to be replaced, however busy the machine.
CHECK_SECONDS = 6.0
STOP_SECONDS = 15
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104


def why_unavailable(host: str, port: int) -> str | None:
    """Return why nothing can be served at this address, for the reader; None when it is free."""
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


def serve(
    app: Any,
    settings: Settings,
    host: str,
    port: int,
    say: Callable[[str], None],
    limits: BodyLimits = BodyLimits(),  # noqa: B008
) -> str | None:
    """Serve a Flask application until SIGTERM, SIGHUP or Ctrl-C; a worker that dies is replaced.

    Returns None when asked to end, or why it ended by itself. Nothing that it started outlives this process.
    """
    scheduler.start_log()
    multiprocessing.set_start_method("fork", force=True)
    server = _server(host, port, limits)
    # granian would begin new workers when the terminal is closed; here that ends it.
    server.on_startup(lambda: signal.signal(signal.SIGHUP, server.signal_handler_interrupt))
    threading.Thread(target=see_that_all_run, args=(server,), daemon=True).start()
    threading.Thread(target=_tell, args=(server, host, port, settings.path, say), daemon=True).start()
    # What is loaded by now stays: the collector would write to it and so copy it into every worker.
    gc.collect()
    gc.freeze()
    try:
        server.serve(
            target_loader=partial(_start_worker, server, app, settings, limits, os.getpid()),
            wrap_loader=False,
        )
    except SystemExit:
        # Where every process was told to end at once, a worker may be gone before it is asked for.
        if server.interrupt_signal:
            say("Stopping.")
            return None
        return "The web server ended by itself. What it wrote above says why."
    say("Stopping.")
    return None


def _server(host: str, port: int, limits: BodyLimits) -> Any:
    # Loaded here because no other command serves.
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces, Loops
    from granian.http import HTTP1Settings
    from granian.log import LogLevels

    return Granian(
        "app:app",
        address=host,
        port=port,
        interface=Interfaces.ASGINL,
        workers=WORKERS,
        loop=Loops.asyncio,
        # HTTP/2 would let one connection send hundreds of bodies, and its first bytes have no deadline.
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=limits.header_seconds * 1000),
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
    )


def _start_worker(server: Any, app: Any, settings: Settings, limits: BodyLimits, parent: int) -> Any:
    """Begin the jobs in a new worker and return what it serves."""
    # The parent's own way with signals is inherited, and would swallow one until granian sets the worker's.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # A group of its own: Ctrl-C reaches only the parent, which ends the workers in order.
    os.setpgid(0, 0)
    # A parent that was killed can end nothing in order; what was being saved is undone, as after a power cut.
    apart.end_with(parent)
    apart.begin_to_last()
    # Filled when a worker is replaced, and only then.
    if server.respawned_wrks:
        note_replaced_worker()
    scheduler.begin(settings)
    return Front(app, app.extensions["most_bytes"], limits, THREADS)


def see_that_all_run(server: Any, seconds: float = CHECK_SECONDS) -> None:
    """Have every worker that ended replaced, also one that ended while another was being replaced.

    Of two that end at once granian can lose the second, and goes on with one for good. Whoever is found
    ended twice, `seconds` apart, was lost.
    """
    ended = set[Any]()
    while not server.interrupt_signal:
        time.sleep(seconds)
        now = {each for each in list(server.wrks) if not each.is_alive()}
        lost = [each.idx for each in now & ended if each.idx not in server.interrupt_children]
        if lost and not server.interrupt_signal:
            server.interrupt_children += lost
            server.main_loop_interrupt.set()
        ended = now


def _tell(server: Any, host: str, port: int, path: str, say: Callable[[str], None]) -> None:
    """Say where the pages are as soon as they answer."""
    for _ in range(int(START_SECONDS / POLL_SECONDS)):
        # Nothing is asked before both workers are forked: they would inherit what this thread then holds.
        if len(server.wrks) == WORKERS and _answers(host, port):
            say(f"Open {address_of(host, port)}{path} in a browser. Press Ctrl-C here to stop.")
            return
        time.sleep(POLL_SECONDS)


def _answers(host: str, port: int) -> bool:
    try:
        with socket.create_connection((EVERYWHERE.get(host, host), port), timeout=1):
            return True
    except OSError:
        return False


def address_of(host: str, port: int) -> str:
    """Return the address to type in a browser on this machine."""
    host = EVERYWHERE.get(host, host)
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"
