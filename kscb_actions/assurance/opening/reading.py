"""What the check page shows of the files of a submission, so that they need not be fetched one by one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from kscb_actions import clock
from kscb_actions.access.policy import Viewer
from kscb_actions.assurance.models import EvidenceFile
from kscb_actions.assurance.service import FileDamaged, FileErased, open_file
from kscb_actions.files.judge import MEDIA_TYPES
from kscb_actions.files.reading.mail import Mail, Unreadable, read_mail
from kscb_actions.files.reading.pdf import NotDrawn, Page, draw_page
from kscb_actions.files.reading.text import Text, read_text
from kscb_actions.files.store import EvidenceStore

PICTURES = frozenset((MEDIA_TYPES["jpg"], MEDIA_TYPES["png"]))
TEXTS = frozenset((MEDIA_TYPES["txt"], MEDIA_TYPES["csv"]))
MAIL = MEDIA_TYPES["eml"]
PDF = MEDIA_TYPES["pdf"]
# So that the page stays one that a browser shows at once; the others are downloads.
READ_AT_ONCE = 10
# What a browser needs 240 MB of memory for.
SHOWN_PIXELS = 60_000_000
# Who turns the pages of a file has opened it once.
OPEN_FOR = timedelta(hours=1)


@dataclass(frozen=True)
class Reading:
    """What is shown of one file: a picture or pages by address, a text, a mail, or that it is damaged."""

    is_picture: bool = False
    is_paged: bool = False
    text: Text | None = None
    mail: Mail | None = None
    is_damaged: bool = False


def read_files(viewer: Viewer, store: EvidenceStore, files: Iterable[EvidenceFile]) -> dict[int, Reading]:
    """Return {file id: what is shown of it}, and record the opening of each text and mail.

    A picture or a page counts as opened when the browser fetches it. What is not named is a download.
    """
    found: dict[int, Reading] = {}
    left = READ_AT_ONCE
    for file in files:
        if file.erased_at is not None:
            continue
        if file.media_type in PICTURES:
            found[file.id] = Reading(is_picture=True)
        elif file.media_type == PDF:
            found[file.id] = Reading(is_paged=True)
        elif left and (file.media_type in TEXTS or file.media_type == MAIL):
            left -= 1
            if reading := _read(viewer, store, file):
                found[file.id] = reading
    return found


def _read(viewer: Viewer, store: EvidenceStore, file: EvidenceFile) -> Reading | None:
    try:
        with open_file(viewer, store, file) as opened:
            if file.media_type == MAIL:
                return Reading(mail=read_mail(opened))
            return Reading(text=read_text(opened))
    except FileDamaged:
        return Reading(is_damaged=True)
    except (FileErased, Unreadable):
        return None


def open_page(viewer: Viewer, store: EvidenceStore, file: EvidenceFile, number: int) -> Page:
    """Return one page of a PDF, drawn, and record the opening; pages within the hour are one opening.

    Raises NotDrawn with the reason, FileErased and FileDamaged.
    """
    if file.evidence.withdrawn_at is not None:
        raise NotDrawn("It was withdrawn by its agency, so it is not shown in a page.")
    with open_file(viewer, store, file, told_since=clock.now() - OPEN_FOR) as opened:
        return draw_page(opened, number)
