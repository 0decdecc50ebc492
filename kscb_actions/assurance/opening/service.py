"""All files of a submission as one ZIP."""

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Viewer
from kscb_actions.assurance.models import Evidence, EvidenceFile, Submission
from kscb_actions.assurance.queries import evidence_of, list_files
from kscb_actions.assurance.rules import EVIDENCE_KIND_NAMES
from kscb_actions.audit.service import change
from kscb_actions.files.packing import PACK_LIMIT, Packed, pack, safe_name, unique_name
from kscb_actions.files.store import EvidenceStore
from kscb_actions.reviews.queries import require_on
from kscb_actions.text import one_line
from kscb_actions.wording import date_uk, instant_uk

CONTENTS = "Contents.txt"


class TooLargeToPack(Exception):
    """The files of a submission are together more than one ZIP may be. `size`: bytes of all."""

    def __init__(self, size: int) -> None:
        self.size = size
        super().__init__(size)


class SomeDamaged(Exception):
    """Files of a submission are missing or not what was received, so none of them is sent."""

    def __init__(self, files: Sequence[EvidenceFile]) -> None:
        self.files = files
        super().__init__()


@dataclass(frozen=True)
class _Line:
    """A file in the order of the ZIP: what stands of it in the list, and its path where it goes in."""

    piece: Evidence
    file: EvidenceFile
    path: str | None


def open_all(viewer: Viewer, store: EvidenceStore, submission: Submission) -> Iterator[bytes]:
    """Return the ZIP of a submission's files in pieces, and record the opening of each.

    Withdrawn and erased files are left out, and the list inside says so. Every file is checked before the
    first byte is sent. Raises TooLargeToPack, SomeDamaged (the trail is told of those).
    """
    action = submission.action
    require_on(viewer, Permission.READ_EVIDENCE, action.review, action.owners)
    lines = _lines(submission)
    going = [line for line in lines if line.path]
    size = sum(line.file.size for line in going)
    if size > PACK_LIMIT:
        raise TooLargeToPack(size)
    damaged = [line.file for line in going if not store.verify(line.file.stored_name, line.file.sha256)]
    event, concerned = (
        ("evidence.found-damaged", damaged) if damaged else ("evidence.opened", [line.file for line in going])
    )
    if concerned:
        with change(viewer) as tx:
            for file in concerned:
                tx.note(event, file)
    if damaged:
        raise SomeDamaged(damaged)
    now = clock.now()
    return pack(
        [_packed(store, line) for line in going],
        [(CONTENTS, _contents(submission, lines, now), now)],
    )


def _packed(store: EvidenceStore, line: _Line) -> Packed:
    opened = functools.partial(store.open, line.file.stored_name)
    return Packed(line.path or "", line.piece.added_at, opened, line.file.sha256)


def _lines(submission: Submission) -> list[_Line]:
    files, lines = list_files(submission.action), []
    for number, piece in enumerate(evidence_of(submission), start=1):
        folder, taken = _folder(number, piece), set[str]()
        for file in files.get(piece.id, []):
            is_going = file.erased_at is None and piece.withdrawn_at is None
            name = unique_name(safe_name(file.shown_name), taken) if is_going else ""
            lines.append(_Line(piece, file, f"{folder}/{name}" if name else None))
    return lines


def _folder(number: int, piece: Evidence) -> str:
    kind = EVIDENCE_KIND_NAMES.get(piece.kind, piece.kind)
    return safe_name(f"{number:02} {kind} {piece.dated_on.isoformat()}")


def _contents(submission: Submission, lines: Sequence[_Line], now: datetime) -> str:
    """Return the list of all files of a submission, with those that are not in the ZIP and why."""
    told = [
        f"{submission.action.reference}: files of the report by {one_line(submission.by.name)}, "
        f"{instant_uk(submission.at)}",
        f"Put together on {instant_uk(now)}. Handle it as you handle the evidence itself.",
    ]
    seen: set[int] = set()
    for line in lines:
        if line.piece.id not in seen:
            seen.add(line.piece.id)
            kind = EVIDENCE_KIND_NAMES.get(line.piece.kind, line.piece.kind)
            told += ["", f"{kind}, {date_uk(line.piece.dated_on)}: {one_line(line.piece.description)}"]
        told += _words_of(line)
    if not any(line.path for line in lines):
        told += ["", "No file of this report is left."]
    return "\n".join([*told, ""])


def _words_of(line: _Line) -> list[str]:
    file = line.file
    if line.path is None and file.erased_at:
        why = f"erased on {instant_uk(file.erased_at)}"
    elif line.path is None:
        why = f"withdrawn on {instant_uk(line.piece.withdrawn_at)}"
    else:
        return [f"  {line.path}", f"    {file.size:,} bytes, SHA-256 {file.sha256}"]
    return [
        f"  Not in this ZIP: {one_line(file.called)}, {why}",
        f"    {file.size:,} bytes, SHA-256 {file.sha256}",
    ]
