"""The particulars of a death in words, in the order in which the forms of 2018 ask."""

from collections.abc import Collection

from kscb_actions.child_deaths import terms
from kscb_actions.wording import date_uk

from .models import Particulars


def particulars_of(death_ids: Collection[int]) -> dict[int, Particulars]:
    """Return {id of death: its particulars} of cases fetched for a viewer, where any are recorded."""
    rows = Particulars.select().where(Particulars.death.in_(list(death_ids)))
    return {row.death_id: row for row in rows}


def particulars_in_words(row: Particulars) -> list[tuple[str, str]]:
    """Return (name, value) of each of them; "" where nothing is known."""
    has_worker = terms.YES_NO.get(row.key_worker, "")
    return [
        ("Time of death", row.time_of_death),
        ("Birth weight", f"{row.birth_weight:,} grams" if row.birth_weight else ""),
        ("Gestation", f"{row.gestation} weeks" if row.gestation else ""),
        ("Coroner", terms.CORONER.get(row.coroner, "")),
        ("Certificate", terms.CERTIFICATES.get(row.certificate, "")),
        ("Cause on the certificate", row.cause),
        ("Child death review meeting", date_uk(row.review_meeting_on) if row.review_meeting_on else ""),
        ("Key worker", f"{has_worker}: {row.key_worker_post}" if row.key_worker_post else has_worker),
        ("The family’s questions", row.family_questions),
    ]
