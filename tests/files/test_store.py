"""The evidence store: what it says it kept is on disk, whole, under a name of its own; nothing else is."""

import errno
import hashlib
import io
import re
import stat
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kscb_actions.files.limits import FileRefused
from kscb_actions.files.store import (
    SHOWN_NAME_LIMIT,
    EvidenceStore,
    StoredFileMissing,
    StoreFull,
    clean_shown_name,
)

from .corpus_base import BASIC, TEXT
from .corpus_pictures import pdf

MIB = 1024 * 1024


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "instance" / "evidence"


@pytest.fixture
def store(root: Path) -> EvidenceStore:
    return EvidenceStore(root)


def _files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


@pytest.mark.parametrize("kind", BASIC)
def test_a_file_comes_back_as_it_was_sent(store: EvidenceStore, root: Path, kind: str) -> None:
    content = BASIC[kind]
    kept = store.receive(io.BytesIO(content), f"evidence.{kind}")
    assert (kept.size, kept.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert kept.shown_name == f"evidence.{kind}"
    assert kept.media_type
    with store.open(kept.stored_name) as file:
        assert file.read() == content
    assert store.verify(kept.stored_name, kept.sha256)
    assert _files(root) == [root / kept.stored_name[:2] / kept.stored_name]


def test_a_kept_file_has_a_name_made_here_and_nobody_else_may_read_or_change_it(
    store: EvidenceStore, root: Path
) -> None:
    kept = store.receive(io.BytesIO(TEXT), "../../etc/notes.txt")
    assert re.fullmatch(r"[0-9a-f]{32}", kept.stored_name)
    assert kept.shown_name == "notes.txt"
    path = root / kept.stored_name[:2] / kept.stored_name
    assert stat.S_IMODE(path.stat().st_mode) == 0o400
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_the_same_bytes_twice_are_two_files(store: EvidenceStore, root: Path) -> None:
    names = {store.receive(io.BytesIO(TEXT), "notes.txt").stored_name for _ in range(5)}
    assert len(names) == len(_files(root)) == 5


@pytest.mark.parametrize(("size", "fits"), [(999, True), (1000, True), (1001, False), (300_000, False)])
def test_the_limit_is_the_largest_size_that_is_kept(root: Path, size: int, fits: bool) -> None:
    store = EvidenceStore(root, limit_bytes=1000)
    if fits:
        assert store.receive(io.BytesIO(b"x" * size), "notes.txt").size == size
        return
    with pytest.raises(FileRefused):
        store.receive(io.BytesIO(b"x" * size), "notes.txt")
    assert _files(root) == []


def test_a_file_of_25_mb_is_kept_and_one_byte_more_is_refused(store: EvidenceStore, root: Path) -> None:
    assert store.receive(io.BytesIO(b"x" * (25 * MIB)), "notes.txt").size == 25 * MIB
    with pytest.raises(FileRefused, match=r"^“notes\.txt” is larger than 25 MB\. "):
        store.receive(io.BytesIO(b"x" * (25 * MIB + 1)), "notes.txt")
    assert len(_files(root)) == 1


class _Endless(io.RawIOBase):
    """A sender that never stops; it counts what was taken."""

    taken = 0

    def read(self, size: int = -1, /) -> bytes:
        self.taken += size
        return b"x" * size


def test_no_more_than_the_limit_is_read_from_an_endless_sender(root: Path) -> None:
    sender = _Endless()
    with pytest.raises(FileRefused):
        EvidenceStore(root, limit_bytes=MIB).receive(sender, "notes.txt")
    assert sender.taken <= 2 * MIB
    assert _files(root) == []


class _Breaking(io.RawIOBase):
    """A sender that goes away after its first piece."""

    def __init__(self, error: BaseException) -> None:
        self._pieces = iter([TEXT])
        self._error = error

    def read(self, size: int = -1, /) -> bytes:
        for piece in self._pieces:
            return piece
        raise self._error


@pytest.mark.parametrize("error", [ConnectionResetError("gone"), KeyboardInterrupt(), ValueError("torn")])
def test_a_sender_that_breaks_off_leaves_nothing_behind(
    store: EvidenceStore, root: Path, error: BaseException
) -> None:
    with pytest.raises(type(error)):
        store.receive(_Breaking(error), "notes.txt")
    assert _files(root) == []


@pytest.mark.parametrize(
    ("name", "content"), [("a.txt", b""), ("a.pdf", TEXT), ("a.exe", TEXT), ("a.docx", pdf())]
)
def test_a_refused_file_leaves_nothing_behind(
    store: EvidenceStore, root: Path, name: str, content: bytes
) -> None:
    with pytest.raises(FileRefused, match=f"“{name}”"):
        store.receive(io.BytesIO(content), name)
    assert _files(root) == []


NOT_NAMES = [
    "", "..", ".", "/etc/passwd", "../" * 10 + "etc/passwd", "a" * 31, "a" * 33, "A" * 32, "g" * 32,
    "0" * 31 + "\n", "0" * 32 + "\n", "0" * 32 + "/", "0" * 32 + "\x00", "0" * 32 + ".part", "00/" + "0" * 32,
    "٠" * 32,
]  # fmt: skip


@pytest.mark.parametrize("name", NOT_NAMES)
def test_only_names_made_by_the_store_reach_the_disk(store: EvidenceStore, root: Path, name: str) -> None:
    kept = store.receive(io.BytesIO(TEXT), "notes.txt")
    with pytest.raises(StoredFileMissing):
        store.open(name)
    with pytest.raises(StoredFileMissing):
        store.discard(name)
    assert not store.verify(name, kept.sha256)
    assert len(_files(root)) == 1


def test_a_link_in_a_files_place_is_not_followed(store: EvidenceStore, root: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    kept = store.receive(io.BytesIO(TEXT), "notes.txt")
    path = root / kept.stored_name[:2] / kept.stored_name
    path.unlink()
    path.symlink_to(secret)
    with pytest.raises(StoredFileMissing):
        store.open(kept.stored_name)
    assert not store.verify(kept.stored_name, hashlib.sha256(b"secret").hexdigest())


def test_a_changed_byte_a_cut_and_a_missing_file_are_noticed(store: EvidenceStore, root: Path) -> None:
    kept = [store.receive(io.BytesIO(TEXT), "notes.txt") for _ in range(4)]
    paths = [root / one.stored_name[:2] / one.stored_name for one in kept]
    for path in paths:
        path.chmod(0o600)
    paths[0].write_bytes(TEXT[:-1] + b"!")
    paths[1].write_bytes(TEXT[:-1])
    paths[2].unlink()
    assert [store.verify(one.stored_name, one.sha256) for one in kept] == [False, False, False, True]


def test_a_discarded_file_is_gone_and_discarding_again_does_no_harm(store: EvidenceStore, root: Path) -> None:
    kept = store.receive(io.BytesIO(TEXT), "notes.txt")
    store.discard(kept.stored_name)
    store.discard(kept.stored_name)
    store.discard("f" * 32)
    assert _files(root) == []


def test_strays_are_told_apart(store: EvidenceStore, root: Path) -> None:
    named, unnamed = (store.receive(io.BytesIO(TEXT), "notes.txt").stored_name for _ in range(2))
    missing = "0" * 32
    folder = root / "ab"
    folder.mkdir(exist_ok=True)
    (folder / ("ab" + "1" * 30 + ".part")).write_bytes(b"")
    (folder / ("cd" + "2" * 30)).write_bytes(b"in the wrong folder")
    (root / "readme").write_bytes(b"")
    differences = store.differences([named, missing])
    assert differences.unnamed == (unnamed,)
    assert differences.missing == (missing,)
    assert differences.unfinished == ("ab/ab" + "1" * 30 + ".part",)
    assert differences.foreign == ("ab/cd" + "2" * 30, "readme")


def test_a_store_never_used_has_no_strays_and_makes_no_folder(store: EvidenceStore, root: Path) -> None:
    assert store.differences([]) == type(store.differences([]))((), (), (), ())
    assert not root.exists()


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("policy.pdf", "policy.pdf"),
        ("C:\\Users\\lead\\policy.pdf", "policy.pdf"),
        ("/srv/../policy.pdf", "policy.pdf"),
        ("  policy  v2 .pdf ", "policy v2.pdf"),
        ("pol\r\nicy\x00\x07.pdf", "policy.pdf"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("\u2066policy\u2069\u200b.pdf\ufeff", "policy.pdf"),
        ("policy.pdf. .", "policy.pdf"),
        ("Café 👏.docx", "Café 👏.docx"),
        ("Cafe\u0301.docx", "Café.docx"),
        ("", "file"),
        ("...", "file"),
        ("..", "file"),
        (".pdf", "file.pdf"),
        ("folder/", "file"),
        ("a\ud800b.txt", "ab.txt"),
        ("x" * 400 + ".pdf", "x" * 146 + ".pdf"),
        ("x" * 400, "x" * 150),
        ("a." + "x" * 400, "a." + "x" * 148),
    ],
)
def test_a_shown_name_is_cleaned(given_name: str, shown: str) -> None:
    assert clean_shown_name(given_name) == shown


@given(st.text(max_size=300))
def test_any_name_becomes_one_that_can_be_shown_sent_and_cleaned_again(name: str) -> None:
    shown = clean_shown_name(name)
    assert 0 < len(shown) <= SHOWN_NAME_LIMIT
    assert clean_shown_name(shown) == shown
    assert not set("/\\\r\n\x00\u202e") & set(shown)
    assert all(unicodedata.category(letter) not in ("Cc", "Cs", "Zl", "Zp") for letter in shown)
    assert unicodedata.is_normalized("NFC", shown)
    shown.encode()


def test_another_error_of_the_disk_is_not_called_full(root: Path) -> None:
    root.parent.mkdir()
    root.write_bytes(b"a file where the folder should be")
    with pytest.raises(OSError) as error:
        EvidenceStore(root).receive(io.BytesIO(TEXT), "notes.txt")
    assert error.value.errno in (errno.ENOTDIR, errno.EEXIST)
    assert not isinstance(error.value, StoreFull)
