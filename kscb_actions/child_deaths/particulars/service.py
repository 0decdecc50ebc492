"""Recording what the forms of 2018 ask of a death beside those of 2008."""

from dataclasses import asdict, replace

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Refused, Viewer, require
from kscb_actions.audit.service import StaleEdit, change
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.visibility import get_death
from kscb_actions.settings.queries import get_board
from kscb_actions.terms import say
from kscb_actions.text import InvalidInput, clean_text, one_line
from kscb_actions.wording import date_uk

from .models import Particulars
from .rules import FORMS_2018, ParticularsFacts, forms_of, problems_with_particulars, time_as_kept


def asks_particulars(death: ChildDeath) -> bool:
    """Return whether the forms by which this death is reviewed ask for particulars. One query."""
    return forms_of(death.died_on, get_board().forms_2018_since) == FORMS_2018


def save_particulars(
    viewer: Viewer, death: ChildDeath, facts: ParticularsFacts, expected: int = 0
) -> Particulars:
    """Save the particulars of a death that is reviewed by the forms of 2018.

    `expected` is the version that was seen, 0 where nothing was saved yet. Raise InvalidInput, Refused,
    StaleEdit.
    """
    require(viewer, Permission.RECORD_DEATH)
    facts = _cleaned(facts)
    with change(viewer) as tx:
        seen = get_death(viewer, death.id)
        if seen is None:
            raise Refused("There is no such case.")
        if not asks_particulars(seen):
            since = date_uk(get_board().forms_2018_since)
            raise Refused(
                say(
                    "The forms of 2018 are used for deaths from {since}. The board manager sets it.",
                    since=since,
                )
            )
        if problems := problems_with_particulars(facts, seen.died_on, clock.today()):
            raise InvalidInput(problems)
        values = asdict(facts) | {"time_of_death": time_as_kept(facts.time_of_death)}
        row = Particulars.get_or_none(Particulars.death == seen)
        if row is None:
            return tx.add(Particulars(death=seen, **values), "particulars.recorded")
        if expected == 0:
            raise StaleEdit(row)
        for name, value in values.items():
            setattr(row, name, value)
        return tx.update(row, "particulars.changed", expected)


def _cleaned(facts: ParticularsFacts) -> ParticularsFacts:
    return replace(
        facts,
        time_of_death=one_line(facts.time_of_death),
        cause=clean_text(facts.cause),
        key_worker_post=one_line(facts.key_worker_post),
        family_questions=clean_text(facts.family_questions),
    )
