"""Heavy and rare work in a process of its own, which takes the memory it needed with it when it ends.

A process that serves pages would keep what drawing a Word file has loaded, and answer others late while it
solves. A command ends anyway, so it works in its own process; `begin_to_last` makes the difference.
"""

import ctypes
import os
import pickle
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, Any, ParamSpec, TypeVar

Taken = ParamSpec("Taken")
Given = TypeVar("Given")

# Many times what the heaviest known work takes (decision 13); nobody waits longer for a page.
LIMIT_SECONDS = 120
# prctl(2): the signal a process gets when its parent has died.
PR_SET_PDEATHSIG = 1
ROOT = Path(__file__).resolve().parent.parent
_BEGIN = "from kscb_actions.apart import _answer; _answer()"
# What comes back: of each thing that is told its values alone, and at the end these two.
_ANSWER = ("value", "failure")
_lasts = False
_carrying: list[tuple[Callable[[], Any], Callable[[Any], None]]] = []


class Unfinished(Exception):
    """Work was ended before it was done; the text says why, for the reader."""


def begin_to_last() -> None:
    """Say that this process goes on for long: from now on `run_apart` begins others."""
    global _lasts
    _lasts = True


def carry(get: Callable[[], Any], put: Callable[[Any], None]) -> None:
    """Let what `get` returns here be `put` in each process that is begun, before it works. Plain data."""
    if (get, put) not in _carrying:
        _carrying.append((get, put))


def _carried() -> list[tuple[Callable[[Any], None], Any]]:
    return [(put, get()) for get, put in _carrying]


def run_apart(function: Callable[Taken, Given], *arguments: Taken.args, **named: Taken.kwargs) -> Given:
    """Return what the function returns, called in a fresh process where this one lasts, and here otherwise.

    The process imports the function's module and no more, so the function must be found by its name there,
    and import what is heavy itself. What it takes and returns is plain data (it is pickled), and what it
    prints goes to this process's log. It has what is carried over, knows no setting and no secret, and ends
    with this process. An exception is raised here as it was there; Unfinished, where there was no time
    or no memory for it.
    """
    if not _lasts:
        with _printing_to_log():
            return function(*arguments, **named)
    return _answered((function, arguments, named, False, _carried()), _unheard)


def run_apart_telling(tell: Callable[..., object], function: Callable[..., Given], *arguments: Any) -> Given:
    """Return what `function(*arguments, tell)` returns, called as `run_apart` calls it.

    What the function tells meanwhile, plain data, is told here as it comes: `tell(*values)`. What `tell`
    raises ends the work and is raised.
    """
    if not _lasts:
        with _printing_to_log():
            return function(*arguments, tell)
    answer: Given = _answered((function, arguments, {}, True, _carried()), tell)
    return answer


def _unheard(*_: Any) -> None:
    """Take what nobody asked to be told."""


def end_with(parent: int) -> None:
    """Let this process be killed when its parent ends, and end at once where that has happened (Linux).

    Killed by the kernel, as a process that hangs while it holds the interpreter's lock does nothing any more.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(1)


@contextmanager
def _printing_to_log() -> Iterator[None]:
    """Let what compiled code prints meanwhile go to standard error: standard output is the command's own."""
    sys.stdout.flush()
    own = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        os.dup2(own, 1)
        os.close(own)


def _answered(question: tuple[Any, ...], tell: Callable[..., object]) -> Any:
    process = subprocess.Popen(  # nosec B603 # noqa: S603
        [sys.executable, "-c", _BEGIN, str(os.getpid())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if not name.startswith("KSCB_")},
    )
    late = threading.Event()

    def end() -> None:
        late.set()
        process.kill()

    timer = threading.Timer(LIMIT_SECONDS, end)
    timer.start()
    try:
        value, failure = _heard(process, pickle.dumps(question, pickle.HIGHEST_PROTOCOL), tell)
    except (EOFError, OSError, pickle.UnpicklingError):
        # From the question nothing may reach the log.
        raise Unfinished(
            f"This took longer than {LIMIT_SECONDS} seconds, so it was stopped."
            if late.is_set()
            else "This was stopped before it was done. The server may be short of memory."
        ) from None
    finally:
        timer.cancel()
        process.kill()
        with process:
            pass
    if failure is not None:
        raise _remade(*failure)
    return value


def _heard(process: "subprocess.Popen[bytes]", question: bytes, tell: Callable[..., object]) -> Any:
    """Ask, pass on what is told, and return the answer: (value, failure)."""
    if process.stdin is None or process.stdout is None:
        raise OSError
    process.stdin.write(question)
    process.stdin.close()
    while True:
        answer = pickle.load(process.stdout)  # nosec B301 # noqa: S301
        if len(answer) == len(_ANSWER):
            return answer
        tell(*answer[0])


def _remade(kind: type[Exception], arguments: tuple, state: dict[str, Any]) -> Exception:
    """Return the exception as it was. One of ours may take something else than its `args`."""
    error = kind(*arguments) if kind.__module__ == "builtins" else kind.__new__(kind, *arguments)
    error.__dict__.update(state)
    return error


def _answer() -> None:
    """Do what standard input asks for, and write the answer to standard output (in the fresh process)."""
    end_with(int(sys.argv[1]))
    with os.fdopen(os.dup(1), "wb") as out:
        # Whatever prints must not write into the answer.
        os.dup2(2, 1)
        try:
            function, arguments, named, tells, carried = pickle.load(sys.stdin.buffer)  # nosec B301 # noqa: S301
            for put, value in carried:
                put(value)
            if tells:
                arguments = (*arguments, partial(_tell, out))
            answer = pickle.dumps((function(*arguments, **named), None), pickle.HIGHEST_PROTOCOL)
        except Exception as error:
            answer = _failed(error)
        out.write(answer)


def _tell(out: IO[bytes], *values: Any) -> None:
    pickle.dump((values,), out, pickle.HIGHEST_PROTOCOL)
    out.flush()


def _failed(error: Exception) -> bytes:
    told = "".join(traceback.format_exception(error))
    error.add_note(f"In a process of its own:\n{told}")
    try:
        parts = error.__reduce__()
        return pickle.dumps((None, (parts[0], parts[1], error.__dict__)))
    except Exception:
        return pickle.dumps((None, (RuntimeError, (str(error),), {"__notes__": error.__notes__})))
