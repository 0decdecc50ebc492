"""What the tests of `confined` have done in the confined process, which finds it here by its name."""

import ctypes
import os
import pickle
import socket
import time
from typing import IO, Any

Answer = tuple[dict[str, Any], bytes]


def count_bytes(file: IO[bytes], more: int) -> Answer:
    """Read the file."""
    return {"size": len(file.read()) + more}, b"bytes\nof an answer"


def hang(file: IO[bytes], *asked: int | str) -> Answer:
    """Never answer, whatever is asked."""
    while True:
        time.sleep(1)


def eat(file: IO[bytes]) -> Answer:
    """Take memory without end."""
    kept = []
    while True:
        kept.append(bytearray(16 * 1024 * 1024))


def crash(file: IO[bytes]) -> Answer:
    """End as a library does that has been fed something odd."""
    ctypes.string_at(1)
    return {}, b""


def flood(file: IO[bytes]) -> Answer:
    """Answer more than anybody reads."""
    return {}, bytes(64 * 1024 * 1024)


def answer_with_pickle(file: IO[bytes]) -> Answer:
    """Answer what an unpickling reader would run."""
    os.write(1, pickle.dumps(print))
    os._exit(0)


def answer_nonsense(file: IO[bytes]) -> Answer:
    """Answer with brackets without end."""
    os.write(1, b"[" * 100_000)
    os._exit(0)


def surroundings(file: IO[bytes]) -> Answer:
    """Tell which settings are known."""
    return {"known": [name for name in os.environ if name.startswith("KSCB_")]}, b""


def parts_of_pdfium(file: IO[bytes]) -> Answer:
    """Tell which optional parts the library was built with."""
    from pypdfium2 import PDFIUM_INFO

    return {"parts": list(PDFIUM_INFO.flags)}, b""


def try_out(file: IO[bytes], what: str) -> Answer:
    """Try something that only a process taken over would try, and tell what came of it."""
    tries = {
        "read another file": lambda: os.open("/etc/hostname", os.O_RDONLY),
        "write a file": lambda: os.open("/tmp/confined", os.O_WRONLY | os.O_CREAT),
        "remove a file": lambda: os.unlink("/tmp/confined"),
        "open a connection": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
        "begin a process": os.fork,
        "become another program": lambda: os.execv("/bin/true", ["true"]),  # noqa: S606
        "end its parent": lambda: os.kill(os.getppid(), 0),
    }
    try:
        tries[what]()
    except OSError as error:
        return {"refused": isinstance(error, PermissionError)}, b""
    return {"refused": False}, b""
