"""A board that calls everything otherwise, and what of its texts still says a standard word."""

import html
import io
import re
import zipfile
from dataclasses import asdict

from kscb_actions import terms
from kscb_actions.access.policy import SYSTEM
from kscb_actions.database import writing
from kscb_actions.people.models import User
from kscb_actions.settings.service import change_settings
from kscb_actions.settings.words import WORD
from kscb_actions.terms import Terms

from ..factories import World

OWN = Terms(
    board="Partnership",
    manager="Partnership manager",
    subgroup="learning and review group",
    subgroup_short="group",
    chair="convenor",
    independent_chair="independent scrutineer",
    scrutiny="scrutiny panel",
)
# Whole words alone: a board's own could be made of them.
OLD = re.compile(r"\b(?:(?:sub-?group|board|chair)s?|scrutiny committees?)\b", re.IGNORECASE)
_OUT = re.compile(r"(?s)<(?:style|script)\b.*?</(?:style|script)>|<!--.*?-->")
_READ = re.compile(r'<[^>]*?\b(?:aria-label|title|alt|placeholder)="([^"]*)"[^>]*>')
_ADDRESS = re.compile(r"\S*[@/]\S*")


def rename_all(world: World) -> None:
    """Give the board words of its own, and its people names and addresses with none of the standard ones."""
    words = {f"{WORD}{name}": word for name, word in asdict(OWN).items()}
    change_settings(SYSTEM, {**words, "name": "Kent Safeguarding Children Partnership", "short_name": "KSCP"})
    people = [each for each in vars(world).values() if isinstance(each, User)]
    with writing():
        for person in people:
            person.name, person.email = f"Person {person.id}", f"person-{person.id}@partnership.example"
            person.save()
    terms.use(OWN)


def seen(page: str) -> str:
    """Return what is read of a page: its text, and what its tags say to who cannot see it."""
    page = _OUT.sub(" ", page)
    return html.unescape(re.sub("<[^>]*>", " ", _READ.sub(r" \1 ", page)))


def unpacked(content: bytes) -> str:
    """Return the texts of a Word file or a workbook."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = [package.read(name).decode() for name in package.namelist() if name.endswith(".xml")]
    # A paragraph may be cut into runs anywhere.
    return "\n".join(re.sub("<[^>]*>", "", re.sub("</(?:w:p|si|c)>", "\n", part)) for part in parts)


def old_words(text: str) -> list[str]:
    """Return where a text says a standard word, with what stands around it; addresses are no words."""
    text = _ADDRESS.sub(" ", text)
    return [" ".join(text[max(0, m.start() - 40) : m.end() + 30].split()) for m in OLD.finditer(text)]
