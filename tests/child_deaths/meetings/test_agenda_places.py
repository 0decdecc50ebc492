"""An item has one number for everybody: an interest closes it and moves no other."""

import io
import re
from collections.abc import Callable
from datetime import timedelta

import docx
import pytest

from kscb_actions.access.policy import Role
from kscb_actions.child_deaths.judging.queries import list_items
from kscb_actions.child_deaths.meetings.models import PanelMeeting
from kscb_actions.people.models import User

from ...factories import TODAY, World
from ...factories_deaths import Panel
from ...pages import Page, Visitor
from ...people.visitor import PASSWORD, with_password
from ...reading import words_of

Visit = Callable[[User | None], Visitor]


class Agenda:
    """A meeting of four cases; the second is closed to a member, and to a co-ordinator who has a seat too."""

    def __init__(self, world: World) -> None:
        self.world, self.panel = world, Panel(world)
        self.open_member = world.person("open-member", Role.CDOP_MEMBER)
        self.closed_keeper = world.person("closed-keeper", Role.CDOP_COORDINATOR, Role.CDOP_MEMBER)
        deaths = [self.panel.death(circumstances=f"Circumstances {number}.") for number in range(1, 5)]
        members = [world.cdop_member, self.open_member, self.closed_keeper]
        self.meeting: PanelMeeting = self.panel.meeting(TODAY + timedelta(days=14), members, deaths)
        self.hidden = deaths[1]
        self.panel.answered(self.hidden)
        self.panel.interest(self.hidden, world.cdop_member)
        self.panel.interest(self.hidden, self.closed_keeper)

    def people(self) -> dict[User, bool]:
        """Return {person: whether the second item is closed to them}."""
        keeper, member = self.world.cdop_coordinator, self.world.cdop_member
        return {keeper: False, self.open_member: False, member: True, self.closed_keeper: True}


@pytest.fixture
def agenda(world: World) -> Agenda:
    """Give the meeting."""
    return Agenda(world)


def places(rows: list[str]) -> dict[str, str]:
    """Return {what an item is called: its number} of cells such as “2. 11/002”."""
    found = (re.match(r"(\d+)\. (.+)", row) for row in rows)
    return {each[2]: each[1] for each in found if each}


def numbered(page: Page) -> dict[str, str]:
    """Return the same of the first column of a page's tables."""
    return places([words_of(each) for each in page.tree.xpath("//main//tbody//th")])


OPEN = {"11/001": "1", "11/002": "2", "11/003": "3", "11/004": "4"}
CLOSED = {"11/001": "1", "Closed to you": "2", "11/003": "3", "11/004": "4"}


def test_every_page_of_the_agenda_has_the_same_numbers_for_everybody(agenda: Agenda, visit: Visit) -> None:
    for person, is_closed in agenda.people().items():
        visitor, expected = visit(person), CLOSED if is_closed else OPEN
        at = f"/panels/{agenda.meeting.id}"
        pages = [visitor.get(at), *([visitor.get(f"{at}/agenda")] if "keeper" in person.email or
                 person == agenda.world.cdop_coordinator else [])]  # fmt: skip
        for page in pages:
            assert numbered(page) == expected, person.email
            assert (agenda.hidden.case_number in page.source) is not is_closed


def test_page_and_word_paper_carry_the_place_and_tell_nothing_of_what_is_closed(
    agenda: Agenda, visit: Visit
) -> None:
    for person, is_closed in agenda.people().items():
        visitor, at = visit(with_password(person)), f"/panels/{agenda.meeting.id}/papers"
        page = visitor.get(at)
        sent = {"csrf_token": visitor.token, "password": PASSWORD}
        file = visitor.client.post(f"{at}.docx", data=sent)
        paper = docx.Document(io.BytesIO(file.data))
        headings = [each.text for each in paper.paragraphs if each.style.name.startswith("Heading")]
        named = ["Closed to you" if is_closed and each == "11/002" else f"Case {each}" for each in OPEN]
        assert headings == named
        assert page.tree.xpath("//div[@class='app-report']//h2/text()") == named
        on_paper = [
            t.rows[0].cells[1].text for t in paper.tables if t.rows[0].cells[0].text == "Item of the agenda"
        ]
        on_page = page.tree.xpath("//dt[.='Item of the agenda']/following-sibling::dd/text()")
        assert on_paper == on_page == ["1", "2", "3", "4"]
        text = page.source + "\n".join(c.text for t in paper.tables for r in t.rows for c in r.cells)
        for telling in ("11/002", "Circumstances 2.", "school nurse"):
            assert (telling in text) is not is_closed, (person.email, telling)
        assert ("1 item closed to you." in text) is is_closed


def test_a_case_moves_past_what_is_closed_and_numbers_stay_true(agenda: Agenda, visit: Visit) -> None:
    visitor, at = visit(agenda.closed_keeper), f"/panels/{agenda.meeting.id}/agenda"
    [_, third, _] = [
        item.case for item in list_items(agenda.closed_keeper.viewer, agenda.meeting) if item.case
    ]
    assert visitor.post(at, {"up": str(third.id)}).status == 302
    assert numbered(visitor.get(at)) == {"11/003": "1", "Closed to you": "2", "11/001": "3", "11/004": "4"}
    others = numbered(visit(agenda.world.cdop_coordinator).get(at))
    assert others == {"11/003": "1", "11/002": "2", "11/001": "3", "11/004": "4"}


def test_an_interest_that_is_lifted_opens_the_item_again(agenda: Agenda, visit: Visit) -> None:
    from kscb_actions.child_deaths.meetings.interests import lift_interest
    from kscb_actions.child_deaths.meetings.models import Interest

    interest = Interest.get(Interest.user == agenda.world.cdop_member)
    lift_interest(agenda.panel.coordinator, interest, "A mistake.")
    assert numbered(visit(agenda.world.cdop_member).get(f"/panels/{agenda.meeting.id}")) == OPEN


def test_who_sees_no_case_is_told_of_no_item(agenda: Agenda) -> None:
    for person in (agenda.world.manager, agenda.world.chair, agenda.world.reader):
        assert list_items(person.viewer, agenda.meeting) == []
