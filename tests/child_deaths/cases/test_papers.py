"""The papers of a meeting: the same as a page and as a file, anonymised, for the password again."""

import io
import re
from collections.abc import Callable
from datetime import date
from zipfile import ZipFile

import docx
import pytest

from kscb_actions.access.policy import Role
from kscb_actions.audit.models import AuditEvent
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.cases.papers import are_minutes, build_papers, papers_name
from kscb_actions.child_deaths.judging.proposals import propose
from kscb_actions.child_deaths.judging.rules import Judgement
from kscb_actions.child_deaths.meetings.models import PanelCase, PanelMeeting
from kscb_actions.people.models import User
from kscb_actions.people.service import set_password
from kscb_actions.reports.content import Facts, Report, Table
from kscb_actions.settings.rules import Board

from ...factories import TODAY, World
from ...factories_deaths import Panel
from ...pages import Visitor
from ...reading import words_of

PASSWORD = "orchard lantern ferry"
TOLD = "The family was known to the school nurse."


@pytest.fixture
def panel(world: World) -> Panel:
    return Panel(world)


@pytest.fixture
def deaths(panel: Panel) -> list[ChildDeath]:
    one = panel.death(case_number="11/001", circumstances="Found in the morning\nby a carer.")
    two = panel.death(case_number="11/002", sex="female", age_days=3000)
    panel.answered(one)
    return [one, two]


@pytest.fixture
def meeting(panel: Panel, deaths: list[ChildDeath]) -> PanelMeeting:
    return panel.meeting(cases=deaths)


def take(visitor: Visitor, meeting: PanelMeeting, password: str = PASSWORD) -> bytes:
    sent = {"csrf_token": visitor.token, "password": password}
    answer = visitor.client.post(f"/panels/{meeting.id}/papers.docx", data=sent)
    assert answer.status_code == 200
    name = re.search(r"filename=([^;]+)", answer.headers.get("Content-Disposition", ""))
    if name:
        assert name[1] == "panel-papers-2012-04-12.docx"
    return answer.data


def test_page_and_file_say_the_same(
    panel: Panel, meeting: PanelMeeting, visit: Callable[[User], Visitor]
) -> None:
    set_password(panel.world.cdop_member, PASSWORD)
    visitor = visit(panel.world.cdop_member)
    page = visitor.get(f"/panels/{meeting.id}/papers")
    paper = docx.Document(io.BytesIO(take(visitor, meeting)))
    headings = [each.text for each in paper.paragraphs if each.style.name.startswith("Heading")]
    assert headings == ["Case 11/001", "Case 11/002"]
    begun = [each.text for each in paper.paragraphs if each.paragraph_format.page_break_before]
    assert begun == headings, "each case has pages of its own, so that they can be handed out apart"
    shown = page.tree.xpath("//div[@class='app-report']//h2/text()")
    assert shown == headings
    on_page = [
        words_of(each) for each in page.tree.xpath("//main//dd | //main//td | //main//dt | //main//th")
    ]
    in_file = {
        " ".join(cell.text.split()) for table in paper.tables for row in table.rows for cell in row.cells
    }
    assert in_file - set(on_page) <= {next(text for text in in_file if text.startswith("Members are asked"))}
    assert TOLD in in_file
    assert "Found in the morning by a carer." in in_file


def test_nothing_tells_who_the_child_was_or_what_anybody_proposes(
    panel: Panel, meeting: PanelMeeting, deaths: list[ChildDeath]
) -> None:
    judgement = Judgement(frozenset({3}), "none", "A secret opinion.", (), "A secret lesson.")
    propose(panel.member, PanelCase.get(PanelCase.death == deaths[0]), judgement)
    report = build_papers(panel.coordinator, Board(), meeting, TODAY)
    words = repr(report)
    for secret in ("3 November", "2011-11-03", "Thanet", "secret", "Trauma"):
        assert secret not in words
    facts = dict(next(block for block in report.sections[0].blocks if isinstance(block, Facts)).rows)
    assert (facts["Age at death"], facts["Died in"], facts["Sex"]) == ("1 month", "November 2011", "Male")
    assert facts["Not known"].startswith("Rapid response, Looked after")
    assert "Looked after" not in facts
    returns = next(block for block in report.sections[0].blocks if isinstance(block, Table))
    assert list(returns.rows) == [("Kent Police", TOLD)]


def test_a_case_with_an_interest_is_left_out_for_that_person_only(
    panel: Panel, meeting: PanelMeeting, deaths: list[ChildDeath]
) -> None:
    other = panel.seat(meeting, panel.world.person("other-member", Role.CDOP_MEMBER))
    panel.interest(deaths[0])
    mine = build_papers(panel.member, Board(), meeting, TODAY)
    assert [section.heading for section in mine.sections] == ["Closed to you", "Case 11/002"]
    assert "11/001" not in repr(mine)
    theirs = build_papers(panel.world.as_viewer(other), Board(), meeting, TODAY)
    assert len(theirs.sections) == 2


def test_every_page_is_marked_and_numbered_and_no_property_names_a_person(
    panel: Panel, meeting: PanelMeeting, visit: Callable[[User], Visitor]
) -> None:
    set_password(panel.world.cdop_coordinator, PASSWORD)
    data = take(visit(panel.world.cdop_coordinator), meeting)
    paper = docx.Document(io.BytesIO(data))
    section = paper.sections[0]
    marking = "OFFICIAL-SENSITIVE"
    assert marking in section.header.paragraphs[0].text
    footer = " ".join(each.text for each in section.footer.paragraphs)
    xml = section.footer._element.xml
    assert marking in footer
    assert ("PAGE" in xml, "NUMPAGES" in xml) == (True, True)
    with ZipFile(io.BytesIO(data)) as parts:
        properties = "".join(
            parts.read(name).decode() for name in parts.namelist() if name.startswith("docProps")
        )
    for secret in (panel.world.cdop_coordinator.name, panel.world.cdop_member.name, "11/001"):
        assert secret not in properties


def test_the_file_needs_the_password_and_is_told(
    panel: Panel, meeting: PanelMeeting, visit: Callable[[User], Visitor]
) -> None:
    set_password(panel.world.cdop_member, PASSWORD)
    visitor = visit(panel.world.cdop_member)
    refused = take(visitor, meeting, "a wrong password")
    assert b"The password is wrong" in refused
    taken = AuditEvent.select().where(AuditEvent.event == "panel.papers-taken")
    assert taken.count() == 0
    assert take(visitor, meeting).startswith(b"PK")
    (event,) = list(taken)
    assert (event.actor_id, event.room, event.object_id) == (
        panel.world.cdop_member.id,
        "child_deaths",
        meeting.id,
    )


def test_who_has_no_seat_has_no_papers(
    panel: Panel, meeting: PanelMeeting, visit: Callable[[User], Visitor]
) -> None:
    other = panel.world.person("other-member", Role.CDOP_MEMBER)
    panel.meeting(date(2012, 5, 10), members=[other])
    for user in (other, panel.world.manager, panel.world.chair, panel.world.reader):
        assert visit(user).get(f"/panels/{meeting.id}/papers").status == 404
        assert visit(user).post(f"/panels/{meeting.id}/papers.docx", {"password": "x"}).status == 404


def test_the_papers_follow_the_meeting_to_its_minutes(panel: Panel, deaths: list[ChildDeath]) -> None:
    meeting = panel.meeting(TODAY, cases=deaths)

    def papers() -> Report:
        return build_papers(panel.member, Board(), PanelMeeting.get_by_id(meeting.id), TODAY)

    assert "PROPOSE, each alone, by 23 March 2012" in papers().asked[1]
    panel.close(meeting)
    assert papers().asked[1] == "DECIDE on each case. Nobody has proposed anything."
    panel.decision(deaths[0], held_on=TODAY)
    assert papers().asked[1].startswith("DECIDE on the 1 case not decided yet.")
    assert not are_minutes(panel.member, PanelMeeting.get_by_id(meeting.id), TODAY)
    panel.decision(deaths[1], held_on=TODAY)
    minutes = papers()
    assert minutes.title == "Minutes of the panel on 30 March 2012"
    assert minutes.asked == ("AGREE these minutes, or say what in them is to be put right.",)
    there, first, _ = minutes.sections
    assert there.heading == "Who was there" and ("Kent Police", "Detective inspector") in there.blocks[0].rows
    said = dict(first.blocks[-1].rows)
    assert said["Primary category"] == "3. Trauma and other external factors"
    assert said["Parenting capacity"] == "Sleeping in the same bed or on a sofa: On a sofa"
    assert said["Learning"] == "Tell parents before the birth." and "Why it was corrected" not in said
    assert papers_name(meeting, is_minutes=True) == "panel-minutes-2012-03-30.docx"


def test_who_proposed_is_said_where_somebody_did_and_a_hidden_case_has_no_decision(
    panel: Panel, deaths: list[ChildDeath]
) -> None:
    other = panel.world.person("other-member", Role.CDOP_MEMBER)
    meeting = panel.meeting(TODAY, members=[panel.world.cdop_member, other], cases=deaths)
    panel.proposal(PanelCase.get(PanelCase.death == deaths[0]))
    panel.interest(deaths[0], other)
    meeting = panel.close(meeting)
    assert "side by side on the page" in build_papers(panel.member, Board(), meeting, TODAY).asked[1]
    for death in deaths:
        panel.decision(death, held_on=TODAY)
    minutes = build_papers(panel.world.as_viewer(other), Board(), meeting, TODAY)
    assert [each.heading for each in minutes.sections] == ["Who was there", "Closed to you", "Case 11/002"]


def test_a_meeting_without_cases_has_papers_that_say_so(
    panel: Panel, visit: Callable[[User], Visitor]
) -> None:
    meeting = panel.meeting()
    assert (
        "There is no case for you on this agenda."
        in visit(panel.world.cdop_member).get(f"/panels/{meeting.id}/papers").text
    )
