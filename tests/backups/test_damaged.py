"""A byte that is not as it was written, an end that is missing, a backup that was killed: each is noticed."""

import io
import os
import random
import shutil
import signal
import tarfile
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from kscb_actions.backups.archive import ABOUT, SEAL, SEAL_BYTES, SUMS, About, NotWhole, Writer, verify

from ..commands.running import begin
from ..long import amount
from .conftest import SQLITE_ONLY, Board


def is_whole(file: Path) -> bool:
    try:
        with open(file, "rb") as opened:
            verify(opened)
    except NotWhole:
        return False
    return True


def flip(file: Path, at: int, bit: int) -> None:
    with open(file, "r+b") as opened:
        opened.seek(at)
        (byte,) = opened.read(1)
        opened.seek(at)
        opened.write(bytes([byte ^ 1 << bit]))


def places(file: Path) -> Iterator[tuple[str, int]]:
    """Positions in every header, member, padding and end of a backup, each with the name of its part."""
    chance, end = random.Random(2012), 0
    with tarfile.open(file) as tar:
        for member in tar:
            kept = member.offset_data + member.size
            end = kept + -member.size % 512
            for part, first, last in (
                (f"header of {member.name}", member.offset, member.offset_data),
                (member.name, member.offset_data, kept),
                (f"padding of {member.name}", kept, end),
            ):
                for _ in range(amount(6, 60) if last > first else 0):
                    yield part, chance.randrange(first, last)
    size = file.stat().st_size
    for _ in range(amount(10, 100)):
        yield "end of the archive", chance.randrange(end, size - SEAL_BYTES)
    for at in range(size - SEAL_BYTES, size):
        yield "seal", at


def test_every_flipped_byte_is_noticed_in_every_part(board: Board) -> None:
    file, chance = board.backed_up(), random.Random(2013)
    assert is_whole(file)
    sampled = list(places(file))
    assert len({part for part, _ in sampled}) > 12
    unnoticed = []
    for part, at in sampled:
        bit = chance.randrange(8)
        flip(file, at, bit)
        if is_whole(file):
            unnoticed.append((part, at, bit))
        flip(file, at, bit)
    assert unnoticed == []
    assert is_whole(file), "it is as it was"


def test_tar_alone_would_not_notice(board: Board) -> None:
    """The seal is needed: padding is nobody's in a tar archive."""
    file = board.backed_up()
    at = next(at for part, at in places(file) if part.startswith("padding"))
    flip(file, at, 0)
    with tarfile.open(file) as tar:
        assert tar.getnames()
    assert not is_whole(file)


@pytest.mark.parametrize("part", [ABOUT, "header of database", "evidence", SUMS, "seal", "end"])
@SQLITE_ONLY
def test_a_damaged_backup_is_refused_and_the_place_stays_empty(board: Board, part: str) -> None:
    file = board.backed_up()
    flip(file, next(at for name, at in places(file) if name.startswith(part)), 3)
    place = board.elsewhere()
    done = place.run("restore", file)
    assert done.returncode == 1 and "cannot be restored: it is" in done.stderr
    assert [path.name for path in place.settings.instance.iterdir() if path.name != "secret"] == []


@SQLITE_ONLY
def test_a_backup_that_is_cut_off_anywhere_is_refused(board: Board) -> None:
    file = board.backed_up()
    size = file.stat().st_size
    place = board.elsewhere()
    for length in (0, 1, 511, 512, 10_240, size // 2, size - SEAL_BYTES, size - 1):
        cut = board.folder / "cut.tar"
        shutil.copy(file, cut)
        os.truncate(cut, length)
        assert not is_whole(cut)
        assert place.run("restore", cut).returncode == 1
    assert not place.settings.evidence.exists()


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ((), "it has no SHA256SUMS"),
        (("evidence/ab/../../../outside",), "which no backup has"),
        (("evidence/cd/" + "a" * 32,), "which no backup has"),
        (("/etc/passwd",), "which no backup has"),
    ],
)
def test_a_sealed_archive_of_something_else_is_refused(
    board: Board, members: tuple[str, ...], words: str
) -> None:
    kind = "sqlite" if board.settings.database.startswith("sqlite") else "postgresql"
    with open(board.file, "w+b") as file:
        writer = Writer(file, About("2012-03-30T11:00:00+00:00", kind, (), ""))
        for name in members:
            writer.add(name, io.BytesIO(b"x"), 1)
        if not members:
            writer._tar.close()
            file.write(SEAL + writer._file.digest.hexdigest().encode() + b"\n")
        else:
            writer.close()
    assert is_whole(board.file), "sealed as it should be"
    place = board.elsewhere()
    done = place.run("restore", board.file)
    assert done.returncode == 1 and words in done.stderr
    assert not (board.folder / "outside").exists()


def test_something_else_than_a_backup_is_a_sentence(board: Board) -> None:
    board.file.write_text("Minutes of the subgroup. " * 100)
    done = board.elsewhere().run("restore", board.file)
    assert done.returncode == 1 and "it is no backup of this program" in done.stderr


def large(board: Board, count: int) -> None:
    """Make the evidence of a board take so many MB, which takes a moment to write."""
    for path in board.settings.evidence.rglob("*"):
        if path.is_file():
            path.chmod(0o600)
            os.truncate(path, count * 1_000_000)


def test_a_backup_that_is_killed_leaves_no_file_that_looks_whole(board: Board) -> None:
    large(board, 40)
    halves, rounds = 0, amount(3, 30)
    for number in range(rounds * 4):
        # On a busy machine a kill may come too late every time.
        if number >= rounds and halves:
            break
        file = board.folder / f"{number}.tar"
        process = begin(board.settings, "backup", str(file))
        while not list(board.folder.glob(".kscb-backup-*")) and process.poll() is None:
            time.sleep(0.002)
        time.sleep(0.02 * (number % 20))
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
        if file.exists():
            assert is_whole(file)
            file.unlink()
        for left in board.folder.iterdir():
            # Between the last byte and its name a part is whole, and is still no backup to anybody.
            if left.name.startswith(".kscb-backup-"):
                assert ".part" in left.name
                halves += not is_whole(left)
                left.unlink()
    assert halves


def test_what_a_killed_backup_left_is_removed_after_a_day(board: Board) -> None:
    names = ("old.part", "old.part-journal", "young.part")
    old, journal, young = (board.folder / f".kscb-backup-{name}" for name in names)
    for left in (old, journal, young):
        left.write_bytes(b"half")
    yesterday = old.stat().st_mtime - 25 * 3600
    for left in (old, journal):
        os.utime(left, (yesterday, yesterday))
    board.backed_up()
    assert not old.exists() and not journal.exists() and young.exists()


@SQLITE_ONLY
def test_memory_stays_flat_however_large_the_evidence_is(board: Board) -> None:
    large(board, 40)
    tracemalloc.start()
    try:
        assert board.run("backup", board.file).returncode == 1, "the files are not what was received"
        place = board.elsewhere()
        assert place.run("restore", board.file, "--accept-faults").returncode == 0
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert board.file.stat().st_size > 80_000_000
    assert peak < 25_000_000, f"{peak:,} bytes"
