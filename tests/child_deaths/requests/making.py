"""A request about a death with its agency's contact, for tests."""

import io
from collections.abc import Mapping

from kscb_actions.assurance.erasing import refuse_erased
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.requests.models import ReturnFile, ReturnPart, ReturnVerdict, SentReturn
from kscb_actions.child_deaths.requests.queries import sendings_of
from kscb_actions.child_deaths.requests.rules import Answer
from kscb_actions.child_deaths.requests.service import attach_files, judge_answer, save_part, send_answer
from kscb_actions.child_deaths.returns.models import AgencyReturn
from kscb_actions.child_deaths.returns.service import ask_returns
from kscb_actions.people.models import Agency, User

from ...factories import PDF, TODAY, World
from ...factories_deaths import Panel

URL = "https://tracker.example"
ASKED, DUE = TODAY.replace(day=9), TODAY.replace(month=4, day=20)
SAID = {"knows": ("yes", "Known to probation since 2010."), "child": ("", "He was a healthy child.")}


class Asked:
    """A request to an agency, the probation service where none is named, whose contact answers it."""

    def __init__(
        self,
        world: World,
        death: ChildDeath | None = None,
        agency: Agency | None = None,
        contact: User | None = None,
    ) -> None:
        self.world, self.panel = world, Panel(world)
        self.contact = world.as_viewer(contact or world.death_contact)
        self.keeper = self.panel.coordinator
        self.death = death or self.panel.death()
        self.row = ask_returns(self.keeper, self.death, [agency or world.probation], ASKED, DUE, URL)[0]

    def more(self, count: int) -> None:
        """Ask the same agency about so many other deaths."""
        for _ in range(count):
            ask_returns(self.keeper, self.panel.death(), [self.world.probation], ASKED, DUE, URL)

    def now(self) -> AgencyReturn:
        """Return the request as it is kept."""
        return AgencyReturn.get_by_id(self.row.id)

    def saved(self, said: Mapping[str, tuple[str, str]] = SAID) -> list[ReturnPart | None]:
        """Return sections that the contact has saved for the first time."""
        return [
            save_part(self.contact, self.row, code, Answer(text, choice), 0)
            for code, (choice, text) in said.items()
        ]

    def attached(self, name: str = "chronology.pdf", content: bytes = PDF) -> ReturnFile:
        """Return a file that the contact attached."""
        sent = [(name, io.BytesIO(content))]
        return attach_files(self.contact, self.row, self.world.store, sent, refuse_erased)[0]

    def sent(self) -> SentReturn:
        """Return what the contact sent."""
        if not self.row.parts.exists():
            self.saved()
        return send_answer(self.contact, self.row, URL)

    def judged(self, outcome: str, reason: str = "", seen: int | None = None) -> ReturnVerdict:
        """Return what the co-ordinator said of the newest answer."""
        seen = sendings_of(self.row)[0].row.number if seen is None else seen
        return judge_answer(self.keeper, self.row, seen, outcome, reason, DUE, URL)
