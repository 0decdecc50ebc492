"""Plans damaged at random are read or refused in a sentence: never a traceback, never a hang."""

import io
import random
import time
import zipfile
from collections.abc import Callable

import pytest

from kscb_actions.files.judge import judge
from kscb_actions.files.limits import FileRefused
from kscb_actions.plans_in.plan import as_json
from kscb_actions.plans_in.reading.tables import read_tables
from kscb_actions.plans_in.rules import read_plan
from kscb_actions.plans_in.tables import NotRead, from_plain
from tests.long import amount

from .layouts import DIRECTORY, LAYOUTS, TODAY, Layout

# In the usual run and in a long one, over all the layouts together.
MUTATIONS = amount(450, 10_000)
HANGS_AFTER = 20
_TEXTS = (
    b"", b"<", b"&", b"&x;", b"</w:tc>", b"<w:tc>", b"<w:tr>", b"</row>", b'r="XFD1048576"', b'r="A0"',
    b't="s"', b"999999999999", b"-1", b'w:val="4000000000"', b"\x00", b"\xff\xfe", b"\t\t\t", b'"', b"\n",
    b"1e308", b"31/02/2011", b"Recommendation", b"Action", b"=1+1", b"All agencies", b"<![CDATA[",
    b"<!DOCTYPE a [<!ENTITY b 'c'>]>",
)  # fmt: skip


def damaged(content: bytes, chance: random.Random) -> bytes:
    """Return bytes with a few of them changed, taken away, doubled or put in."""
    kept = bytearray(content)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(kept) + 1)
        what = chance.randrange(5)
        if what == 0 and kept:
            kept[min(at, len(kept) - 1)] = chance.randrange(256)
        elif what == 1:
            del kept[at : at + chance.randint(1, 400)]
        elif what == 2:
            kept[at:at] = kept[at : at + chance.randint(1, 400)]
        elif what == 3:
            kept[at:at] = chance.choice(_TEXTS)
        else:
            other = chance.randrange(len(kept) + 1)
            kept[at : at + 60] = kept[other : other + 60]
    return bytes(kept)


def mutated(content: bytes, kind: str, chance: random.Random) -> bytes:
    """Return a file damaged as a whole, or in the text of one of its parts."""
    if kind in ("csv", "txt") or chance.random() < 0.2:
        return damaged(content, chance)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    telling = [
        name for name in parts if "document.xml" in name or "sheet" in name or "shared" in name.lower()
    ]
    name = chance.choice(telling if chance.random() < 0.8 else list(parts))
    parts[name] = damaged(parts[name], chance)
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        for each, part in parts.items():
            archive.writestr(each, part)
    return kept.getvalue()


def understood(content: bytes, kind: str) -> bool:
    """Read a file as a plan; return whether there was one. What is no plan is refused in a sentence."""
    try:
        told, _ = read_tables(io.BytesIO(content), kind)
        if problem := told.get("problem"):
            raise NotRead(problem, told["place"])
        plan = read_plan(from_plain(told), DIRECTORY, TODAY)
    except NotRead as wrong:
        assert wrong.problem.endswith(".") and len(wrong.sentence) < 2_000
        return False
    as_json(plan)
    assert all(each.problem.endswith(".") and each.place for each in [*plan.problems, *plan.guesses])
    return True


@pytest.mark.parametrize("layout", LAYOUTS)
def test_damage_at_random_is_read_or_refused(layout: Callable[[], Layout]) -> None:
    made, read = layout(), 0
    count = MUTATIONS // len(LAYOUTS) + 1
    for seed in range(count):
        content = mutated(made.content, made.kind, random.Random(f"{layout.__name__} {seed}"))
        began = time.monotonic()
        try:
            judge(io.BytesIO(content), f"plan.{made.kind}")
        except FileRefused:
            pass
        read += understood(content, made.kind)
        assert time.monotonic() - began < HANGS_AFTER, seed
    # Damage that nothing survives would prove nothing.
    assert 0 < read < count
