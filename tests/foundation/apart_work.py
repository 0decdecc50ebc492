"""What the tests of `apart` have done in a process of its own, which finds it here by its name."""

import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from kscb_actions.figures.disclosure.refused import CannotPublish
from kscb_actions.text import InvalidInput

WAIT_SECONDS = 60


def surroundings() -> tuple[list[str], list[str], set[str]]:
    """Return the words of the command, the names of settings that are known, and what was loaded."""
    command = Path("/proc/self/cmdline").read_text(encoding="utf-8").split("\0")
    return command, [name for name in os.environ if name.startswith("KSCB_")], set(sys.modules)


def chatter(text: str) -> str:
    """Print, and return the same."""
    print(text, flush=True)  # noqa: T201
    os.write(1, b"straight to the descriptor\n")
    return text


def refuse(kind: str) -> None:
    """Fail in one of the ways there are."""
    if kind == "invalid":
        raise InvalidInput({"since": "Choose a day.", "as_at": "Choose a later day."})
    if kind == "unpublishable":
        raise CannotPublish([("reviewed", "sex"), "other"])
    if kind == "bytes":
        b"\xff".decode("ascii")
    if kind == "file":
        raise FileNotFoundError(2, "No such file", "missing.txt")
    raise strange()


def strange() -> Exception:
    """Return an exception of a class that no other process can find."""

    class Strange(Exception): ...

    return Strange("odd")


def unspeakable() -> Any:
    """Return something that cannot be handed back."""
    return lambda: None


def sleep(note: str) -> None:
    """Write down which process this is, and stay."""
    Path(note).write_text(str(os.getpid()), encoding="ascii")
    time.sleep(4 * WAIT_SECONDS)


def kill_itself(note: str) -> None:
    """Write down which process this is, and end as the kernel ends one when memory is short."""
    Path(note).write_text(str(os.getpid()), encoding="ascii")
    os.kill(os.getpid(), signal.SIGKILL)


def meet(mine: str, other: str) -> bool:
    """Wait until another process has written its note; False when it never comes."""
    Path(mine).touch()
    end = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < end:
        if Path(other).exists():
            return True
        time.sleep(0.01)
    return False


def tell_three(answer: str, tell: Any) -> str:
    """Tell of three steps, and return."""
    for step in (1, 2, 3):
        tell(step, 3)
    return answer


def tell_for_ever(tell: Any) -> None:
    """Tell again and again, and never end."""
    while True:
        tell(0)
        time.sleep(0.05)


def tell_and_die(tell: Any) -> None:
    """Tell once, and end as the kernel ends one when memory is short."""
    tell(0)
    os.kill(os.getpid(), signal.SIGKILL)
