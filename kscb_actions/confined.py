"""Work on a file that nobody trusts, in a process that can do nothing but compute.

The library that draws a PDF is large and written in C++; a file made for it may take it over. So it works
where there is nothing to take: once its libraries are loaded the process may read the one file that is open,
use a limited amount of memory and time, and write its answer. It opens no other file and no connection, and
begins no other program. What it answers is trusted no more than the file: JSON and bytes, never a pickle.
"""

import ctypes
import gc
import importlib
import io
import json
import os
import resource
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import IO, Any

from .apart import ROOT, Unfinished, end_with

MIB = 1024 * 1024
# Of one answer: JSON on its first line, then bytes.
ANSWER_BYTES = 16 * MIB
_BEGIN = "from kscb_actions.confined import _answer; _answer()"
# Where libraries and the time zone are found; of everything else nothing is told.
_TOLD = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONPATH", "TZ")
# A process that serves pages draws one page at a time, so that many readers do not take all memory.
_turn = threading.Lock()

Work = Callable[..., tuple[dict[str, Any], bytes]]


@dataclass(frozen=True)
class Limits:
    """What one piece of work may take: seconds by the clock, and bytes of addresses."""

    seconds: float = 10
    memory: int = 512 * MIB


USUAL = Limits()


class Busy(Unfinished):
    """Others are at work, and it took too long until their turn was over."""


def run_confined(
    work: Work, opened: IO[bytes], *arguments: int | str, loads: Sequence[str] = (), limits: Limits = USUAL
) -> tuple[dict[str, Any], bytes]:
    """Return what `work(file, *arguments)` answers, called in a fresh process that can do nothing else.

    `work` is found by its name in its module; `loads` names the modules that it imports itself. `opened`, a
    file on disk, is read there from its start, and never here. Raises Unfinished with a sentence, where there
    was no answer in time, in memory and in the form that is expected, and Busy.
    """
    named = [f"{work.__module__}:{work.__qualname__}", *loads]
    asked = json.dumps([named, arguments, limits.memory, limits.seconds])
    if not _turn.acquire(timeout=limits.seconds):
        raise Busy("Other pages are being drawn. Try again in a minute.")
    try:
        return _read(_answer_of(asked, opened, limits))
    finally:
        _turn.release()


def _answer_of(asked: str, opened: IO[bytes], limits: Limits) -> bytes:
    process = subprocess.Popen(  # nosec B603 # noqa: S603
        [sys.executable, "-c", _BEGIN, str(os.getpid()), asked],
        stdin=opened,
        stdout=subprocess.PIPE,
        # Its words may be those of the file.
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env={name: os.environ[name] for name in _TOLD if name in os.environ},
    )
    late = threading.Event()

    def end() -> None:
        late.set()
        process.kill()

    timer = threading.Timer(limits.seconds, end)
    timer.start()
    try:
        answer = process.stdout.read(ANSWER_BYTES + 1)  # type: ignore[union-attr]
    finally:
        timer.cancel()
        process.kill()
        process.stdout.close()  # type: ignore[union-attr]
        process.wait()
    if late.is_set():
        raise Unfinished(f"This took longer than {limits.seconds:g} seconds, so it was stopped.")
    return answer


def _read(answer: bytes) -> tuple[dict[str, Any], bytes]:
    first, _, data = answer.partition(b"\n")
    try:
        told = json.loads(first) if len(answer) <= ANSWER_BYTES else None
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise Unfinished("This needed more memory than it may take, or was stopped for another reason.")
    return told, data


def _answer() -> None:
    """Do what the command asks for, and write the answer to standard output (in the fresh process)."""
    end_with(int(sys.argv[1]))
    (name, *loads), arguments, memory, seconds = json.loads(sys.argv[2])
    module, _, function = name.partition(":")
    work = getattr(importlib.import_module(module), function)
    for each in loads:
        importlib.import_module(each)
    file = io.FileIO(0, closefd=False)
    file.seek(0)
    # Looking for what could be given back takes a third of the time, and the process gives all back soon.
    gc.disable()
    try:
        confine(memory, int(seconds) + 1)
        told, data = work(file, *arguments)
        _write(json.dumps(told).encode() + b"\n" + data)
    finally:
        os._exit(0)


def _write(answer: bytes) -> None:
    left = memoryview(answer)
    while left:
        left = left[os.write(1, left) :]


def confine(memory: int, seconds: int) -> None:
    """Let this process take no more than this, for good, and do nothing but compute (the latter on Linux)."""
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        # macOS, where people only try the product out, knows no limit of addresses.
        if sys.platform == "linux" or what != resource.RLIMIT_AS:
            resource.setrlimit(what, (most, most))
    if sys.platform == "linux":
        signal.signal(signal.SIGXCPU, signal.SIG_DFL)
        _allow_only(_ALLOWED[os.uname().machine])


# Audit architecture (linux/audit.h), and the numbers of system calls: read, write, close, fstat, lseek; mmap,
# mprotect, munmap, brk, mremap, madvise; rt_sigaction, rt_sigprocmask, rt_sigreturn, sigaltstack;
# sched_yield, getpid, gettid, futex, clock_gettime, clock_nanosleep, getrandom; exit, exit_group.
_ALLOWED: dict[str, tuple[int, tuple[int, ...]]] = {
    "x86_64": (
        0xC000003E,
        (0, 1, 3, 5, 8, 9, 10, 11, 12, 25, 28, 13, 14, 15, 131, 24, 39, 186, 202, 228, 230, 318, 60, 231),
    ),
    "aarch64": (
        0xC00000B7,
        (63, 64, 57, 80, 62, 222, 226, 215, 214, 216, 233)
        + (134, 135, 139, 132, 124, 172, 178, 98, 113, 115, 278, 93, 94),
    ),
}
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 38, 22, 2
# Classic BPF (linux/filter.h, linux/seccomp.h): load a word, jump if equal, return.
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _KILL, _REFUSE = 0x7FFF0000, 0x80000000, 0x00050000 | 1
_NUMBER_AT, _ARCHITECTURE_AT = 0, 4


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]


def _allow_only(allowed: tuple[int, tuple[int, ...]]) -> None:
    """Have the kernel refuse this process every other system call from now on. Raises OSError."""
    architecture, numbers = allowed
    steps = [
        (_LOAD, 0, 0, _ARCHITECTURE_AT),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER_AT),
        *((_EQUAL, len(numbers) - at, 0, number) for at, number in enumerate(numbers)),
        (_RETURN, 0, 0, _REFUSE),
        (_RETURN, 0, 0, _ALLOW),
    ]
    program = _Program(len(steps), b"".join(struct.pack("HBBI", *step) for step in steps))
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    if prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or prctl(
        _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program)
    ):
        raise OSError(ctypes.get_errno(), "The kernel does not let this process be confined.")
