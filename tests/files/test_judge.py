"""Uploaded files are judged by what they hold: rightly, in plain words, and in bounded memory."""

import binascii
import io
import itertools
import random
import struct
import subprocess
import sys
import time
import tracemalloc
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kscb_actions.files.judge import MEDIA_TYPES, judge
from kscb_actions.files.limits import FileRefused

from ..long import amount
from .corpus import samples
from .corpus_bad import PROGRAM
from .corpus_base import BASIC, Sample
from .corpus_hidden import BODY, attached, fields
from .corpus_mail import email
from .corpus_office import EXCEL, WORD, bomb, office, understated
from .corpus_ole import compound, message
from .corpus_pictures import JPEG, chunk, packed_objects, pdf, png

MUTATIONS, PARTS = amount(150, 10_000), amount(5, 10)
LONGEST_MUTATED = 50_000


@pytest.fixture(scope="module")
def labelled() -> list[Sample]:
    """Return every labelled file, made once, and only where they are judged."""
    return samples()


def what_is_wrong(sample: Sample) -> str:
    """Return how the judgement of a labelled file differs from its label; "" where it does not."""
    try:
        found = judge(io.BytesIO(sample.content), sample.name)
    except FileRefused as refusal:
        said = refusal.message
        # It says what is wrong, and then what to do.
        is_clear = said == str(refusal) and said.startswith(f"“{sample.name}” ") and said.endswith(".")
        is_right = not sample.kept_as and is_clear and ". " in said and sample.says in said
        return "" if is_right else f"{sample.label}: refused: {said}"
    is_right = (found.extension, found.media_type) == (sample.kept_as, MEDIA_TYPES.get(sample.kept_as or ""))
    return "" if is_right else f"{sample.label}: kept as {found.extension}"


def test_labelled_files_are_judged_rightly(labelled: list[Sample]) -> None:
    assert [wrong for sample in labelled if (wrong := what_is_wrong(sample))] == []


def test_a_wrong_judgement_would_be_found() -> None:
    good, bad = (
        Sample("right", "a.txt", b"Text.\r\n", "txt"),
        Sample("wrong", "a.exe", b"MZ", None, "is a program"),
    )
    assert what_is_wrong(good) == what_is_wrong(bad) == ""
    assert what_is_wrong(replace(good, kept_as=None)) == "right: kept as txt"
    assert what_is_wrong(replace(good, kept_as="csv")) == "right: kept as txt"
    assert what_is_wrong(replace(bad, says="is empty")).startswith("wrong: refused: “a.exe” ")
    assert what_is_wrong(replace(bad, kept_as="txt")).startswith("wrong: refused: ")


def test_the_labelled_files_are_many_and_of_every_kind(labelled: list[Sample]) -> None:
    assert len(labelled) >= 200
    assert {sample.kept_as for sample in labelled if sample.kept_as} == set(MEDIA_TYPES)
    assert len({sample.label for sample in labelled}) == len(labelled)


def test_a_file_on_disk_is_judged_like_its_bytes_and_left_as_it_was(tmp_path: Path) -> None:
    for kind, content in BASIC.items():
        path = tmp_path / f"evidence.{kind}"
        path.write_bytes(content)
        assert judge(path, path.name).extension == kind
        with path.open("rb") as file:
            assert judge(file, path.name).extension == kind
            assert not file.closed
        assert path.read_bytes() == content


@pytest.mark.parametrize("cut", range(1, len(BODY), 1_111))
def test_an_outlook_message_cut_anywhere_is_refused(cut: int) -> None:
    with pytest.raises(FileRefused):
        judge(io.BytesIO(BODY[:cut]), "evidence.msg")


# Signs that no program needs, and that a reader of base64 passes over.
STRAY = st.text(alphabet="!#$%&'*,-.:;<>?@[]^_`{|}~ \t é", max_size=3)


@settings(max_examples=amount(30, 1_000), deadline=None)
@given(stray=st.lists(STRAY, min_size=1, max_size=20), every=st.integers(1, 9))
def test_no_stray_signs_hide_a_program_in_a_mail(stray: list[str], every: int) -> None:
    letters = binascii.b2a_base64(PROGRAM, newline=False).decode()
    pieces = [letters[at : at + every] for at in range(0, len(letters), every)]
    body = "".join(piece + stray[number % len(stray)] for number, piece in enumerate(pieces))
    with pytest.raises(FileRefused):
        judge(io.BytesIO(attached("Content-Transfer-Encoding: base64\r\n", body.encode())), "a.eml")


@settings(max_examples=amount(30, 1_000), deadline=None)
@given(space=st.lists(st.sampled_from(["\0", "\t", "\n", "\r", " ", "% a/b (c) obj\r", "%\n"]), max_size=15))
def test_nothing_between_two_words_hides_a_launch_in_a_pdf(space: list[str]) -> None:
    action = "4 0 << /S" + "".join(space) + "/Launch >>"
    for content in (pdf(action.encode()), pdf(packed_objects(action.encode()))):
        with pytest.raises(FileRefused):
            judge(io.BytesIO(content), "a.pdf")


@settings(max_examples=amount(30, 1_000), deadline=None)
@given(cuts=st.lists(st.integers(0, 30), max_size=6), far=st.integers(0, 70_000))
def test_no_cut_hides_a_field_that_starts_a_program(cuts: list[int], far: int) -> None:
    """Word cuts a field's code into runs anywhere; we read the part in pieces of 64 KB."""
    code, places = "DDEAUTO c:\\windows\\cmd.exe", sorted({0, *cuts, 30})
    runs = [code[one:other] for one, other in itertools.pairwise(places)]
    document = fields(*runs).replace(b"<w:p>", b"<w:p>" + b"<w:t>w</w:t>" * (far // 12), 1)
    with pytest.raises(FileRefused):
        judge(io.BytesIO(office(WORD, {"word/document.xml": document})), "a.docx")


def _mutated(content: bytes, chance: random.Random) -> bytes:
    data = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 8, 40))):
        at = chance.randrange(len(data) + 1)
        length = chance.choice((1, 1, 2, 4, 16, 200))
        how = chance.randrange(5)
        if how == 0:
            data[at : at + length] = chance.randbytes(length)
        elif how == 1:
            del data[at : at + length]
        elif how == 2:
            data[at:at] = data[chance.randrange(len(data) + 1) :][:length]
        elif how == 3:
            data[at : at + 4] = chance.choice((b"\xff\xff\xff\xff", b"\x00\x00\x00\x00", b"\xff\xff\xff\x7f"))
        else:
            del data[at:]
        data = data or bytearray(b"x")
    return bytes(data)


@pytest.mark.parametrize("part", range(PARTS))
def test_a_damaged_file_is_kept_or_refused_and_never_an_error(labelled: list[Sample], part: int) -> None:
    chance = random.Random(part)
    mutable = [sample for sample in labelled if 0 < len(sample.content) < LONGEST_MUTATED]
    tracemalloc.start()
    try:
        kept = []
        for _ in range(MUTATIONS // PARTS):
            sample = chance.choice(mutable)
            kept.append(_keeps_one_mutation(sample.name, _mutated(sample.content, chance)))
    finally:
        tracemalloc.stop()
    assert set(kept) == {True, False}, "damage that is always or never noticed proves nothing"


def _keeps_one_mutation(name: str, content: bytes) -> bool:
    """Judge it in bounded time and memory; say whether it would be kept."""
    tracemalloc.reset_peak()
    before, _ = tracemalloc.get_traced_memory()
    started = time.perf_counter()
    kept = False
    try:
        found = judge(io.BytesIO(content), name)
    except FileRefused as refusal:
        assert refusal.message.startswith(f"“{name}” ")
    else:
        kept = True
        assert found.media_type == MEDIA_TYPES[found.extension]
    assert time.perf_counter() - started < 10
    assert tracemalloc.get_traced_memory()[1] - before < 64 * 1024 * 1024
    return kept


@settings(max_examples=amount(100), deadline=None, suppress_health_check=list(HealthCheck))
@given(
    content=st.one_of(
        st.binary(max_size=2000),
        st.builds(
            lambda start, rest: start + rest,
            st.sampled_from(
                [content[:512] for content in BASIC.values()]
                + [b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF-1.7"]
            ),
            st.binary(max_size=2000),
        ),
    ),
    name=st.one_of(st.sampled_from([f"evidence.{kind}" for kind in BASIC]), st.text(max_size=40)),
)
def test_any_bytes_under_any_name_are_kept_or_refused(content: bytes, name: str) -> None:
    try:
        found = judge(io.BytesIO(content), name)
    except FileRefused as refusal:
        assert name in refusal.message
    else:
        assert found.media_type == MEDIA_TYPES[found.extension]


_MEASURED = """
import re, sys, time
from pathlib import Path
from kscb_actions.files.judge import judge
from kscb_actions.files.limits import FileRefused

def peak_mib():
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) / 1024

path = Path(sys.argv[1])
before = peak_mib()
started = time.perf_counter()
try:
    judge(path, path.name)
    verdict = "kept"
except FileRefused:
    verdict = "refused"
print(verdict, peak_mib() - before, time.perf_counter() - started)
"""


def _measured(path: Path, program: str = _MEASURED) -> tuple[str, float, float]:
    """Return the verdict, how many MiB the process grew, and the seconds it took, in a process of its own."""
    command = [sys.executable, "-c", program, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    verdict, grown, taken = done.stdout.split()
    return verdict, float(grown), float(taken)


def _mail_of_one_deep_pile() -> bytes:
    opening = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(1900)
    )
    return b"From: a@b.example\r\nSubject: x\r\n" + opening + b"\r\n" + b"text\r\n" * 500_000


def _message_of_many_attachments() -> bytes:
    return message(*((f"note {number}.txt", b"text") for number in range(4_900)))


PACKED = zlib.compress(bytes(1_000_000))


def _picture_of_much_camera_data() -> bytes:
    """Return a picture whose 5,000 tags name the same bytes, which would unpack to 320 MB."""
    tags = b"".join(struct.pack("<HHLL", tag, 7, 64_000, 8) for tag in range(5_400))
    data = b"Exif\x00\x00II*\x00\x08\x00\x00\x00" + struct.pack("<H", 5_400) + tags
    at = JPEG.index(b"\xff\xdb")
    return JPEG[:2] + struct.pack(">BBH", 0xFF, 0xE1, len(data) + 2) + data + JPEG[at:]


HOSTILE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "bomb.docx": ("refused", lambda: bomb(megabytes=600)),
    "hidden-bomb.docx": ("refused", lambda: understated(bomb(megabytes=600))),
    "bombs-in-bomb.docx": (
        "refused",
        lambda: office(WORD, {"a.xlsx": bomb(EXCEL, 60), "b.xlsx": bomb(EXCEL, 61)}),
    ),
    "pile.eml": ("kept", _mail_of_one_deep_pile),
    "pile.msg": ("refused", lambda: compound({f"stream {number:05}": b"" for number in range(25_000)})),
    "attachments.msg": ("kept", _message_of_many_attachments),
    "streams.msg": ("refused", lambda: compound({f"s{n:05}": b"x" * 4096 for n in range(5_000)})),
    "long.msg": ("kept", lambda: message(("scan.bmp", bytes(24_000_000)))),
    "small.msg": (
        "refused",
        lambda: message(("a.txt", b"x"), more={f"s{n:05}": b"x" * 4000 for n in range(4_000)}),
    ),
    "long.txt": ("kept", lambda: b"=a|'" * 2_500_000),
    "long.csv": ("kept", lambda: b",=a|'" * 2_000_000),
    "remarks.txt": ("kept", lambda: b"<!---->" * 1_500_000 + b"x"),
    "markers.pdf": ("kept", lambda: pdf(b"(" + b"/ObjStm stream " * 500_000 + b")")),
    "remarks.pdf": ("kept", lambda: pdf(b"%/S\n" * 1_000_000)),
    "first.pdf": ("kept", lambda: pdf(b"/First %\n4 %\n" * 700_000 + b" stream x")),
    "letters.eml": ("refused", lambda: email("begin 644 a\r\n#86)C\r\n" * 500_000)),
    "tags.docx": (
        "refused",
        lambda: office(WORD, {"a.xml": b"<?xml?>" + b"<instrText>x" * 5_000_000}),
    ),
    "segments.jpg": ("refused", lambda: JPEG[:2] + b"\xff\xe1\x00\x02" * 2_500_000),
    "camera.jpg": ("kept", _picture_of_much_camera_data),
    "words.png": ("kept", lambda: png(2, 2, chunk(b"tEXt", b"Comment\x00" + b"word " * 4_000_000))),
    "packed.png": ("kept", lambda: png(2, 2, *[chunk(b"zTXt", b"a\x00\x00" + PACKED)] * 70)),
    "large.png": ("kept", lambda: png(4000, 5000, rows=random.Random(1).randbytes(20_000_000))),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_made_to_exhaust_is_judged_quickly_and_in_little_memory(name: str, tmp_path: Path) -> None:
    expected, make = HOSTILE[name]
    path = tmp_path / name
    path.write_bytes(make())
    verdict, grown, taken = _measured(path)
    assert verdict == expected
    assert grown < 64, f"{grown} MiB"
    assert taken < 20, f"{taken} seconds"


def test_the_measure_notices_a_reader_that_unpacks_everything(tmp_path: Path) -> None:
    path = tmp_path / "bomb.docx"
    path.write_bytes(bomb(megabytes=90))
    unpacking = "import zipfile; zipfile.ZipFile(path).read('word/media/image1.bmp')"
    _, grown, _ = _measured(path, _MEASURED.replace("judge(path, path.name)", unpacking))
    assert grown > 80
