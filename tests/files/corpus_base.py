"""What a labelled file is, and the plainest file of each kind that is kept."""

from dataclasses import dataclass

from . import corpus_ole as ole
from .corpus_mail import email
from .corpus_office import EXCEL, POINT, WORD, office
from .corpus_pictures import JPEG, pdf, png

TEXT = b"Supervision is recorded in 9 of 10 files.\r\nNext sample: June.\r\n"
TABLE = b"agency,files,met\r\nHealth,10,9\r\nSchools,12,12\r\n"


@dataclass(frozen=True)
class Sample:
    """`kept_as`: the extension it is kept as, or None when refused; then `says` stands in the message."""

    label: str
    name: str
    content: bytes
    kept_as: str | None = None
    says: str = ""


BASIC = {
    "docx": office(WORD),
    "xlsx": office(EXCEL),
    "pptx": office(POINT),
    "pdf": pdf(),
    "jpg": JPEG,
    "png": png(),
    "eml": email(),
    "msg": ole.message(),
    "txt": TEXT,
    "csv": TABLE,
}
