"""Keeping the board's template: taken in and checked, then taken into use, or out of it."""

import hashlib
import io
import json
import tempfile
from typing import Any

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Viewer, require
from kscb_actions.apart import Unfinished
from kscb_actions.audit.service import change
from kscb_actions.confined import MIB, Limits, run_confined
from kscb_actions.database import writing
from kscb_actions.files.judge import judge
from kscb_actions.files.limits import FileRefused
from kscb_actions.files.store import Readable, clean_shown_name

from .models import PaperTemplate
from .rules import MOST_BYTES, Facts, facts_of
from .taking import LOADS, clean_template

LIMITS = Limits(seconds=30, memory=300 * MIB)


class TemplateRefused(Exception):
    """A file cannot be the board's template. `problems` are sentences that say what is wrong, and where."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


def keep_template(viewer: Viewer, stream: Readable, shown_name: str) -> PaperTemplate:
    """Keep what papers need of a file as a new version; papers stay as they are. Raises TemplateRefused."""
    require(viewer, Permission.MANAGE_SETTINGS)
    name = clean_shown_name(shown_name)
    facts, file = read_template(stream, name)
    row = PaperTemplate(
        shown_name=name,
        file=file,
        sha256=hashlib.sha256(file).hexdigest(),
        facts=facts.as_json(),
        kept_by=viewer.id,
        kept_at=clock.now(),
    )
    with change(viewer) as tx:
        return tx.add(row, "paper-template.kept")


def read_template(stream: Readable, name: str) -> tuple[Facts, bytes]:
    """Return what a file has, and what is kept of it. Raises TemplateRefused; nothing is written but that."""
    with tempfile.TemporaryFile() as opened:
        opened.write(stream.read(MOST_BYTES + 1))
        if opened.tell() > MOST_BYTES:
            raise TemplateRefused([f"“{name}” is larger than {MOST_BYTES // MIB} MB. Use a smaller picture."])
        opened.flush()
        try:
            if judge(opened, name).extension != "docx":
                raise TemplateRefused([f"“{name}” is no Word document. Save the template as .docx."])
            told, file = run_confined(clean_template, opened, loads=LOADS, limits=LIMITS)
            facts = _facts(told, name)
            # What comes back is trusted no more than what went in.
            judge(io.BytesIO(file), "template.docx")
        except FileRefused as refused:
            raise TemplateRefused([refused.message]) from None
        except Unfinished as unfinished:
            raise TemplateRefused([f"“{name}” could not be read. {unfinished}"]) from None
    return facts, file


def _facts(told: dict[str, Any], name: str) -> Facts:
    problems = told.get("problems")
    if isinstance(problems, list) and all(isinstance(each, str) for each in problems):
        raise TemplateRefused([f"“{name}”: {each}" for each in problems])
    try:
        return facts_of(json.dumps(told["facts"]))
    except (KeyError, TypeError, ValueError):
        raise TemplateRefused([f"“{name}” could not be read."]) from None


def use_template(viewer: Viewer, template: PaperTemplate, expected: int) -> PaperTemplate:
    """Draw every paper in this version from now on, and no more in another. Raises StaleEdit."""
    require(viewer, Permission.MANAGE_SETTINGS)
    with writing(), change(viewer) as tx:
        for other in PaperTemplate.select().where(
            PaperTemplate.is_in_use & (PaperTemplate.id != template.id)
        ):
            other.is_in_use = False
            tx.update(other, "paper-template.taken-out-of-use")
        template.is_in_use = True
        return tx.update(template, "paper-template.taken-into-use", expected)


def stop_using(viewer: Viewer, template: PaperTemplate, expected: int) -> PaperTemplate:
    """Draw papers in the house's own look again. Raises StaleEdit."""
    require(viewer, Permission.MANAGE_SETTINGS)
    template.is_in_use = False
    with change(viewer) as tx:
        return tx.update(template, "paper-template.taken-out-of-use", expected)
