"""Running the real `flask` command as a process of its own."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from kscb_actions.config import Settings

ROOT = Path(__file__).resolve().parents[2]
WAIT_SECONDS = 90


def begin(settings: Settings, *arguments: str, **environment: str) -> subprocess.Popen:
    """Start `flask …` on the database of these settings."""
    return begin_python(settings, "-m", "flask", "--app", str(ROOT / "app.py"), *arguments, **environment)


def begin_python(settings: Settings, *arguments: str, **environment: str) -> subprocess.Popen:
    """Start `python …` on the database of these settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KSCB_")}
    own = {
        "KSCB_INSTANCE": str(settings.instance),
        "KSCB_DATABASE": settings.database,
        "KSCB_SECRET_KEY": settings.secret,
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, *arguments]
    options: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, env={**kept, **own, **environment}, **options)


def flask(settings: Settings, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    """Run `flask …` to its end."""
    process = begin(settings, *arguments, **environment)
    out, err = process.communicate(timeout=WAIT_SECONDS)
    return subprocess.CompletedProcess(arguments, process.returncode, out, err)
