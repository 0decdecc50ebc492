"""The columns of the list of cases, as a file has them: no name and no date of birth, as on the page."""

from kscb_actions.child_deaths import terms
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.cases.queries import STATES, ListedDeath
from kscb_actions.child_deaths.cases.rules import KeptAge
from kscb_actions.spreadsheets.rules import Column, Value
from kscb_actions.wording import date_short


def age_words(death: ChildDeath) -> str:
    """Return a case's age as it is kept, in words."""
    return KeptAge(death.age_number, death.age_unit).words


def _state(row: ListedDeath) -> Value:
    words = STATES[row.state]
    if row.state == "decided":
        return f"{words} {date_short(row.death.reviewed_on)}"
    return f"{words}, {date_short(row.panel_on)}" if row.panel_on else words


COLUMNS = (
    Column("Case", lambda row: row.death.case_number),
    Column("Died", lambda row: row.death.died_on, 14),
    Column("Age", lambda row: age_words(row.death)),
    Column("Expected or not", lambda row: terms.EXPECTED.get(row.death.expected, row.death.expected), 24),
    Column("Notified", lambda row: row.death.notified_on, 14),
    Column("Agency returns", lambda row: f"{row.answered} of {row.asked}" if row.asked else "None asked"),
    Column("State", _state, 34),
)
