"""Evidence survives: killed processes, lost power and full disks, each in a process of its own."""

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kscb_actions.files.store import EvidenceStore


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "instance" / "evidence"


def _files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


_RECEIVE = """
import sys
from pathlib import Path
from kscb_actions.files.judge import FileRefused
from kscb_actions.files.store import EvidenceStore, StoreFull
before = {before}
try:
    kept = EvidenceStore(Path(sys.argv[1])).receive({stream}, "notes.txt")
except StoreFull as full:
    print("full", full.message)
else:
    sys.stdout.write("kept " + kept.stored_name)
    sys.stdout.flush()
"""


def _program(stream: str, before: str = "None") -> list[str]:
    return [sys.executable, "-c", _RECEIVE.format(stream=stream, before=before)]


def _needs(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        message = f"{program} is not installed: the order of syncs is NOT checked"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return found


def _traced(root: Path, tmp_path: Path) -> tuple[Path, Callable[[str], list[int]]]:
    """Receive a file under strace: its path, and a search for the places of a system call in order."""
    log = tmp_path / "calls"
    source = tmp_path / "source"
    source.write_bytes(b"word " * 200_000)
    calls = "trace=write,fsync,fdatasync,rename,renameat,renameat2,mkdir"
    command = [_needs("strace"), "-f", "-y", "-qq", "-s", "4", "-e", calls, "-o", str(log)]
    command += [*_program("open(sys.argv[2], 'rb')"), str(root), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    name = done.stdout.removeprefix("kept ")
    seen = log.read_text().splitlines()
    return root / name[:2] / name, lambda pattern: [
        place for place, line in enumerate(seen) if re.search(pattern, line)
    ]


def test_bytes_name_and_folders_are_synced_in_order_before_the_answer(root: Path, tmp_path: Path) -> None:
    path, places = _traced(root, tmp_path)
    unfinished = re.escape(f"{path}.part")
    folder = re.escape(str(path.parent))
    writes = places(rf"write\(\d+<{unfinished}>")
    synced = places(rf"fsync\(\d+<{unfinished}>")
    renamed = places(rf'rename\w*\(.*{unfinished}".*"{re.escape(str(path))}"')
    folder_synced = places(rf"fsync\(\d+<{folder}>")
    made = places(rf'mkdir\("{folder}"')
    root_synced = places(rf"fsync\(\d+<{re.escape(str(root))}>")
    answered = places(r'write\(1<.*"kept')
    assert writes and len(synced) == len(renamed) == len(answered) == len(made) == 1
    assert max(writes) < synced[0] < renamed[0] < max(folder_synced) < answered[0]
    assert made[0] < max(root_synced) < answered[0]
    assert places(rf"fsync\(\d+<{re.escape(str(root.parent))}>"), "the store's own folder is new, too"


def test_a_folder_that_somebody_else_has_just_made_is_synced_too(root: Path, tmp_path: Path) -> None:
    for number in range(256):
        (root / f"{number:02x}").mkdir(parents=True)
    _, places = _traced(root, tmp_path)
    root_synced = places(rf"fsync\(\d+<{re.escape(str(root))}>")
    assert root_synced and max(root_synced) < places(r'write\(1<.*"kept')[0]


def test_a_killed_receipt_leaves_no_file_under_a_kept_name(root: Path, tmp_path: Path) -> None:
    slow = "__import__('io').BufferedReader(open(0, 'rb', buffering=0), 4096)"
    for number in range(12):
        receiving = subprocess.Popen(
            [*_program(slow), str(root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert receiving.stdin
        receiving.stdin.write(b"word " * 200_000)
        receiving.stdin.flush()
        deadline = time.monotonic() + 20
        while not any(path.suffix == ".part" for path in _files(root)) and time.monotonic() < deadline:
            time.sleep(0.005)
        time.sleep(0.003 * number)
        receiving.send_signal(signal.SIGKILL)
        receiving.communicate()
        differences = EvidenceStore(root).differences([])
        assert differences.unnamed == ()
        assert len(differences.unfinished) == 1
        (root / differences.unfinished[0]).unlink()


def test_a_receipt_killed_anywhere_leaves_a_whole_file_or_none(root: Path, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"word " * 1_000_000)
    whole = hashlib.sha256(source.read_bytes()).hexdigest()
    waiting = "print('ready', flush=True) or sys.stdin.readline()"
    outcomes = set()
    for number in range(20):
        receiving = subprocess.Popen(
            [*_program("open(sys.argv[2], 'rb')", waiting), str(root), str(source)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert receiving.stdin and receiving.stdout
        assert receiving.stdout.readline() == b"ready\n"
        receiving.stdin.write(b"go\n")
        receiving.stdin.flush()
        if number == 19:
            receiving.wait(timeout=20)
        time.sleep(0.004 * number)
        receiving.send_signal(signal.SIGKILL)
        acknowledged, _ = receiving.communicate()
        store = EvidenceStore(root)
        kept = store.differences([]).unnamed
        assert all(store.verify(name, whole) for name in kept)
        if acknowledged:
            assert acknowledged.decode().removeprefix("kept ") in kept
        outcomes.add(len(kept))
        shutil.rmtree(root, ignore_errors=True)
    assert outcomes == {0, 1}, "the first kills come before anything is kept, the last one after"


def test_a_full_disk_is_said_plainly_and_leaves_nothing_behind(root: Path) -> None:
    limit = "__import__('resource').setrlimit(__import__('resource').RLIMIT_FSIZE, (100_000, 100_000))"
    stream = "__import__('io').BytesIO(b'word ' * 200_000)"
    done = subprocess.run([*_program(stream, limit), str(root)], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("full “notes.txt” could not be kept, because the server's disk is full.")
    assert _files(root) == []


def test_a_file_system_without_room_is_said_plainly_and_leaves_nothing_behind(tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mount = "mount -t tmpfs -o size=256k none {0} && exec {1}"
    probe = subprocess.run(
        [_needs("unshare"), "-rm", "sh", "-c", mount.format(small, "true")], capture_output=True
    )
    if probe.returncode:
        pytest.skip("this machine lets nobody mount a small file system: ENOSPC itself is NOT checked")
    script = f'mount -t tmpfs -o size=256k none {small} && "$@" && find {small} -type f'
    stream = "__import__('io').BytesIO(b'word ' * 200_000)"
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", script, "sh", *_program(stream), str(small / "evidence")],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.startswith("full “notes.txt”")
    assert len(done.stdout.splitlines()) == 1, "no file is left"
