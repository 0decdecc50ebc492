"""The guards over what we wrote and what we install, each with an offender that it catches."""

import json
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from ..advisories import audit

ROOT = Path(__file__).resolve().parent.parent.parent
FAULT = {"id": "PYSEC-2012-1", "schema_version": "1.6.0", "summary": "Made up.", "affected": []}


class Advisories(BaseHTTPRequestHandler):
    """Answers as the service of advisories does: something is known of the package called faulty."""

    def do_POST(self) -> None:
        """Answer one question."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        found = {"vulns": [FAULT]} if asked["package"]["name"] == "faulty" else {}
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(found).encode())

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


@pytest.fixture
def service() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Advisories) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def pinned(tmp_path: Path, *names: str) -> Path:
    path = tmp_path / "requirements.txt"
    path.write_text("".join(f"{name}==1.0 --hash=sha256:{'0' * 64}\n" for name in names))
    return path


def test_what_speaks_against_a_package_fails(tmp_path: Path, service: str) -> None:
    fine = audit(pinned(tmp_path, "sound", "whole"), "--osv-url", service)
    assert fine == (True, "Advisories: 2 packages audited, nothing speaks against them.")
    is_clean, words = audit(pinned(tmp_path, "sound", "faulty"), "--osv-url", service)
    assert not is_clean and "faulty 1.0: PYSEC-2012-1" in words


def test_nothing_audited_is_a_failure(tmp_path: Path, service: str) -> None:
    assert audit(pinned(tmp_path), "--osv-url", service) == (
        False,
        "Advisories: nothing could be audited.",
    )
    is_clean, words = audit(tmp_path / "not-there.txt", "--osv-url", service)
    assert not is_clean and "pip-audit did not answer" in words


def test_a_service_out_of_reach_is_told_and_no_failure(tmp_path: Path, service: str) -> None:
    port = 1  # Nothing listens there without being root's.
    is_clean, words = audit(pinned(tmp_path, "sound"), "--osv-url", f"http://127.0.0.1:{port}")
    assert is_clean and "NOT DONE" in words


def bandit(path: Path) -> int:
    command = [sys.executable, "-m", "bandit", "-q", "-c", str(ROOT / "pyproject.toml"), "-r", str(path)]
    return subprocess.run(command, capture_output=True, check=False).returncode


def test_bandit_catches_an_offender(tmp_path: Path) -> None:
    (tmp_path / "offender.py").write_text("import subprocess\nsubprocess.call(input(), shell=True)\n")
    assert bandit(tmp_path) == 1
    (tmp_path / "offender.py").write_text("print(1)\n")
    assert bandit(tmp_path) == 0


@pytest.mark.parametrize("name", ["requirements", "requirements-postgres", "requirements-dev"])
def test_every_requirement_is_held_by_hashes(name: str) -> None:
    lines = (ROOT / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    pins = {number for number, line in enumerate(lines) if "==" in line}
    assert pins and [lines[number] for number in pins if "--hash=sha256:" not in lines[number + 1]] == []
    asked = (ROOT / f"{name}.in").read_text(encoding="utf-8").splitlines()
    wanted = {line.replace("[binary]", "").lower() for line in asked if "==" in line}
    assert wanted <= {lines[number].removesuffix(" \\").replace("[binary]", "").lower() for number in pins}
