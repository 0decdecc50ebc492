"""What the jobs tidy up beside the database."""

import logging

from kscb_actions.assurance.erasing import finish_erasures
from kscb_actions.assurance.leftovers import sweep_leftovers
from kscb_actions.config import Settings
from kscb_actions.files.store import EvidenceStore
from kscb_actions.files.waiting.keeping import WaitingFiles

log = logging.getLogger(__name__)


def tidy_evidence(settings: Settings) -> None:
    """Remove what uploads that were cut off have left among the evidence."""
    removed = sweep_leftovers(EvidenceStore(settings.evidence))
    if removed:
        log.info("removed %d files that no row names", removed)


def tidy_waiting(settings: Settings) -> None:
    """Remove the files of forms that had errors, once nobody can send these again."""
    WaitingFiles(settings.instance, settings.secret).sweep()


def tidy_erased(settings: Settings) -> None:
    """Remove what is left of files that were erased, where a crash or the disk came between."""
    removed = finish_erasures(EvidenceStore(settings.evidence))
    if removed:
        log.info("removed what was left of %d erased files", removed)
