"""When a picture is given, and in what words. Plain values in, plain values out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kscb_actions.access.policy import Role
from kscb_actions.wording import date_uk, days_of_month, month_uk

# Who is given the month of the whole board; an agency's Board member is given that of the agency.
MONTH_OF_ALL = frozenset({Role.MANAGER, Role.CHAIR, Role.INDEPENDENT_CHAIR})


@dataclass(frozen=True)
class Month:
    """A calendar month that is over, as addresses name it ("2012-01"), and the one before it."""

    name: str

    @classmethod
    def before(cls, on: date) -> "Month":
        """Return the month that was over on a day."""
        return cls(f"{on.replace(day=1) - timedelta(days=1):%Y-%m}")

    @property
    def days(self) -> tuple[date, date]:
        """Return its first and last day."""
        days = days_of_month(self.name)
        if days is None:
            raise ValueError(f"no month: {self.name}")
        return days

    @property
    def words(self) -> str:
        """Return it as people write it, such as "January 2012"."""
        return month_uk(self.name)

    @property
    def previous(self) -> "Month":
        """Return the month before it."""
        return Month.before(self.days[0])


@dataclass(frozen=True)
class Line:
    """A number, what it counts, and the address of the list that has as many.

    before  what the number was a month before; None where that is not told
    """

    words: str
    number: int
    address: str
    before: int | None = None

    def text(self, base_url: str) -> str:
        """Return it as a message has it."""
        compared = "" if self.before is None else f" ({self.before:,})"
        return f"{self.words}: {self.number:,}{compared}\n{base_url}{self.address}"


def week_text(
    agency: str, waiting: Sequence[Line], exceptions: Sequence[Line], base_url: str, address: str
) -> str:
    """Return the text of a lead's week: what is new and what waits, then the exceptions, but for zeros.

    address  of the list of all its actions
    """
    told = [line.text(base_url) for line in waiting if line.number]
    wrong = [line.text(base_url) for line in exceptions if line.number]
    heading = f"The week of {agency}\nAll its actions:\n{base_url}{address}"
    between = f"Exceptions of {agency}:" if wrong else f"{agency} has no exceptions."
    return "\n\n".join([heading, *told, between, *wrong])


def month_text(whose: str, month: Month, lines: Sequence[Line], base_url: str, address: str) -> str:
    """Return the text of a month in numbers, zeros with the others: each is compared with a month before.

    address  of the list of all actions that are counted
    """
    compared = (
        "In brackets stands the same a month before: of what there is, at the end of "
        f"{date_uk(month.previous.days[1])}; of what happened, in {month.previous.words}."
    )
    heading = f"{month.words} in numbers: {whose}\n{compared}\nAll actions:\n{base_url}{address}"
    return "\n\n".join([heading, *(line.text(base_url) for line in lines)])
