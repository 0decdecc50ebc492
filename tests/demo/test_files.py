"""The demonstration's evidence files: of the kind their name says, readable, the same each time."""

import csv
import io
import zlib
from datetime import date

import docx
import pytest

from kscb_actions.assurance.rules import EvidenceKind
from kscb_actions.demo.files import ENDINGS, MAKERS, EvidenceFileFacts, make_files
from kscb_actions.files.judge import judge

PROOF = EvidenceFileFacts(
    kind="dip_sample",
    title="Sample of files: the 'was not brought' rule (second) & <more>",
    reference="SCR-2010-01/A9",
    agency="East Kent Hospitals",
    measure="Letters sent in 28 of 30 sampled cases.",
    dated_on=date(2010, 9, 12),
)


def test_every_kind_of_evidence_has_its_kinds_of_file() -> None:
    assert set(ENDINGS) == {kind.value for kind in EvidenceKind}
    assert {ending for endings in ENDINGS.values() for ending in endings} == set(MAKERS)


@pytest.mark.parametrize("ending", sorted(MAKERS))
def test_a_file_is_what_its_name_says_and_would_be_kept(ending: str) -> None:
    data = MAKERS[ending](PROOF, 12345)
    assert judge(io.BytesIO(data), f"evidence.{ending}").extension == ending
    assert data == MAKERS[ending](PROOF, 12345)


@pytest.mark.parametrize("kind", sorted(ENDINGS))
def test_names_are_short_and_plain(kind: str) -> None:
    for name, data in make_files(
        EvidenceFileFacts(kind, PROOF.title, "X/A1", "Agency", "Measure.", date(2011, 1, 4))
    ):
        stem, _, ending = name.rpartition(".")
        assert stem == stem.strip("-") and stem.replace("-", "").isalnum() and stem.islower()
        assert ending in ENDINGS[kind] or ending == "csv"
        assert data


@pytest.mark.parametrize("seed", range(0, 4000, 97))
def test_a_sample_has_the_size_of_the_measure_and_meets_it(seed: int) -> None:
    text = MAKERS["csv"](PROOF, seed).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    total = next(row for row in rows if row[0] == "All")
    assert int(total[1]) == 30 and 28 <= int(total[2]) <= 30
    areas = rows[3 : rows.index(total)]
    assert [sum(int(row[column]) for row in areas) for column in (1, 2)] == [int(total[1]), int(total[2])]
    assert all(0 <= int(row[2]) <= int(row[1]) for row in areas)


def test_the_word_file_opens_and_says_what_it_belongs_to() -> None:
    document = docx.Document(io.BytesIO(MAKERS["docx"](PROOF, 7)))
    text = [paragraph.text for paragraph in document.paragraphs]
    assert text[0] == PROOF.title
    assert "Action SCR-2010-01/A9" in text


def test_the_pdf_has_a_right_table_of_its_objects() -> None:
    data = MAKERS["pdf"](PROOF, 7)
    table_at = int(data.rsplit(b"startxref\n", 1)[1].split()[0])
    assert data[table_at : table_at + 4] == b"xref"
    offsets = [int(line[:10]) for line in data[table_at:].splitlines()[3:] if line.endswith(b"n ")]
    assert [data[at:].split(b" ", 1)[0] for at in offsets] == [b"%d" % n for n in range(1, len(offsets) + 1)]


def test_the_picture_holds_every_row_of_its_pixels() -> None:
    data = MAKERS["png"](PROOF, 7)
    at = data.index(b"IDAT")
    length = int.from_bytes(data[at - 4 : at], "big")
    assert len(zlib.decompress(data[at + 4 : at + 4 + length])) == 300 * (1 + 600 * 3)
