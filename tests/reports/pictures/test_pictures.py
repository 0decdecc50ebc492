"""Pictures in mail: each number is its list's, for each person; once, and in the one digest of a day."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask.testing import FlaskClient

from kscb_actions import clock
from kscb_actions.access.policy import Role, Viewer
from kscb_actions.actions.listing import count_actions
from kscb_actions.assurance.challenges.queries import count_challenges
from kscb_actions.chasing.news.queries import count_new
from kscb_actions.chasing.news.service import choose_pace, see_all
from kscb_actions.chasing.providers import Part, runs
from kscb_actions.chasing.service import chase_together
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.mail.rules import About
from kscb_actions.people.absences.service import enter
from kscb_actions.people.models import User
from kscb_actions.reports.pictures.month import MONTH_IN_NUMBERS
from kscb_actions.reports.pictures.week import LEADS_WEEK
from kscb_actions.reviews.models import NamedPerson
from kscb_actions.settings.rules import Thresholds
from kscb_actions.web.actions.list import filter_of as actions_of
from kscb_actions.web.challenges.log import filter_of as challenges_of

from ...factories import World
from ...pages import Visitor
from ...queries import counted
from ...same_numbers import in_list
from .conftest import MONDAY, URL

LINE = re.compile(rf"^(.+): ([\d,]+)(?: \(([\d,]+)\))?\n{re.escape(URL)}(/\S+)$", re.MULTILINE)
WEEK, MONTH = "your agency’s week", "March 2012 in numbers"


def morning(on: date) -> None:
    """Run the reminders of a morning, with what is enclosed."""
    with clock.at(datetime(on.year, on.month, on.day, 7, 30, tzinfo=UTC)):
        for run in runs():
            chase_together(run, on, URL)


def with_picture(picture: str) -> list[str]:
    """Return to whom a message with a picture was written, in the order in which they were."""
    rows = OutboxMessage.select().where(OutboxMessage.subject.contains(picture)).order_by(OutboxMessage.id)
    return [row.to_address.split("@")[0] for row in rows]


def lines(part: Part) -> dict[str, tuple[int, str]]:
    """Return {what is counted: (number, address)} of a picture."""
    return {words: (int(number), address) for words, number, _, address in LINE.findall(part.body)}


def count_of_list(person: Viewer, address: str, on: date) -> int:
    """Return how many rows the list at an address has for a person."""
    parts = urlsplit(address)
    asked = dict(parse_qsl(parts.query))
    if parts.path == "/new":
        return count_new(person)
    if parts.path == "/actions":
        return count_actions(person, actions_of(asked), on, Thresholds())
    assert parts.path == "/challenges"
    return count_challenges(person, challenges_of(asked), on)


def pictures_of(on: date) -> Iterator[Part]:
    with clock.at(on):
        for each in (LEADS_WEEK, MONTH_IN_NUMBERS):
            yield from each.parts(on, URL).values()


def test_each_number_is_that_of_the_list_it_leads_to_for_each_person(board: World, second_lead: User) -> None:
    told = list(pictures_of(MONDAY))
    assert len(told) == 3 + 5
    for part in told:
        for words, (number, address) in lines(part).items():
            assert number == count_of_list(part.to.viewer, address, MONDAY), (part.to.email, words, address)
    by_person = {(part.to.email.split("@")[0], part.subject): lines(part) for part in told}
    first, second = (by_person[name, WEEK] for name in ("police-lead", "second-police-lead"))
    assert set(first) == {
        *("Due soon", "New for you", "Waiting for your agency", "Waiting for the Board"),
        *("Overdue", "Returned by the Board", "Challenges not closed"),
    }
    # Their own, what they share, and the restricted one on which one of them is named.
    assert (first["Overdue"][0], second["Overdue"][0]) == (3, 2)
    month = by_person["manager", MONTH]
    assert month["Accepted by the Board in March 2012"][0] == 1
    assert month["Challenges raised in March 2012"][0] == 1


def test_a_list_on_the_page_has_as_many_rows(
    board: World, sign_in: Callable[[User | None], FlaskClient]
) -> None:
    parts = MONTH_IN_NUMBERS.parts(MONDAY, URL)
    with clock.at(MONDAY):
        client = sign_in(board.police_member)
        shown = lines(parts[board.police_member.id])
        for number, address in shown.values():
            if address.startswith("/actions"):
                assert number == in_list(client, address), address
    assert shown["Accepted by the Board in March 2012"][0] == 1


def test_lists_say_what_they_are_narrowed_to_keep_it_and_take_no_month_that_is_none(
    board: World, visit: Callable[[User | None], Visitor]
) -> None:
    visitor = visit(board.chair)
    page = visitor.get("/actions?accepted=2012-03&reminded=1")
    assert "Accepted in March 2012" in page.text and page.value("reminded") == ["1"]
    assert page.value("accepted") == "2012-03"
    page = visitor.get("/challenges?raised_in=2012-03&answered_in=2012-02")
    assert "Raised in March 2012" in page.text and "First answered in February 2012" in page.text
    assert (page.value("raised_in"), page.value("answered_in")) == ("2012-03", "2012-02")
    for wrong in ("2012-13", "2012-3", "0000-01", "9999-12", "March"):
        assert "Nothing matches." in visitor.get(f"/actions?accepted={wrong}").text
        for name in ("raised_in", "answered_in"):
            assert "match" not in visitor.get(f"/challenges?{name}={wrong}").text.replace(
                "Nothing matches", ""
            )


def test_a_month_is_compared_with_the_month_before(board: World) -> None:
    body = MONTH_IN_NUMBERS.parts(MONDAY, URL)[board.independent_chair.id].body
    assert "at the end of 29 February 2012; of what happened, in February 2012." in body
    # The shared action fell overdue on 2 March; what was accepted since was not there yet.
    assert "\nOverdue: 2 (1)\n" in body.replace("\n\n", "\n")
    assert "Accepted by the Board in March 2012: 1 (0)" in body
    assert "Of these, requests for more time: 1 (0)" in body


def test_a_restricted_review_is_counted_for_who_is_named_on_it_and_hides_the_message(
    board: World, second_lead: User
) -> None:
    week, month = LEADS_WEEK.parts(MONDAY, URL), MONTH_IN_NUMBERS.parts(MONDAY, URL)
    own = NamedPerson.get(NamedPerson.user == board.police_lead).review_id
    other = NamedPerson.get(NamedPerson.user == board.manager).review_id
    assert week[board.police_lead.id].about == (About(own),)
    assert week[second_lead.id].about == ()
    assert month[board.manager.id].about == month[board.police_member.id].about == (About(other),)
    assert month[board.independent_chair.id].about == ()


def test_nothing_of_a_case_is_in_a_picture(board: World) -> None:
    for part in pictures_of(MONDAY):
        assert not re.search(r"SCR-|REP-|/A\d|Child A|Change the procedure", part.subject + part.body)


def test_where_there_is_nothing_to_say_there_is_no_mail(world: World, pictures: None) -> None:
    assert list(pictures_of(MONDAY)) == []
    morning(MONDAY)
    assert with_picture("week") == with_picture("numbers") == []
    # What is on course is no reason for a lead's week, and a number of the month.
    world.action(due_on=date(2014, 6, 1), agency=world.probation)
    see_all(world.probation_lead.viewer)
    assert [(part.to.email.split("@")[0], part.subject) for part in pictures_of(MONDAY)] == [
        (name, MONTH) for name in ("chair", "independent-chair", "manager", "second-chair")
    ]


def test_of_what_was_before_a_board_was_in_use_there_is_no_picture(world: World, pictures: None) -> None:
    world.action(due_on=date(2012, 3, 1))
    assert list(pictures_of(date(2012, 3, 30))) == []
    assert {part.subject for part in pictures_of(date(2012, 4, 5))} == {WEEK, MONTH}


def test_a_picture_is_in_the_one_message_of_a_first_working_day(board: World) -> None:
    morning(MONDAY)
    to = [row.to_address for row in OutboxMessage.select().where(OutboxMessage.digest_on == MONDAY)]
    assert len(to) == len(set(to))
    assert with_picture(WEEK) == ["health-lead", "police-lead"]
    assert with_picture(MONTH) == ["chair", "independent-chair", "manager", "police-member", "second-chair"]
    lead = OutboxMessage.get(OutboxMessage.subject.contains(WEEK), OutboxMessage.to_user == board.police_lead)
    assert "need" in lead.subject and "new for you" in lead.subject


@pytest.mark.parametrize("days", [0, 1, 3, 7, 16])
def test_after_days_without_a_run_each_is_given_once_and_never_twice(board: World, days: int) -> None:
    first = MONDAY + timedelta(days=days)
    for day in (first, first, first + timedelta(days=1), first):
        morning(day)
    assert with_picture(WEEK) == ["health-lead", "police-lead"]
    assert with_picture(MONTH).count("manager") == 1
    # Easter Monday is on 9 April.
    later = date(2012, 4, 10) if days < 7 else first + timedelta(days=7)
    morning(later)
    assert with_picture(WEEK).count("police-lead") == 2
    assert with_picture(MONTH).count("manager") == 1
    morning(date(2012, 5, 1))
    assert with_picture("April 2012 in numbers").count("manager") == 1


def test_a_day_asked_for_by_name_does_not_take_the_picture_of_this_week(board: World) -> None:
    with clock.at(date(2012, 4, 10)):
        for _ in range(2):
            for run in runs():
                chase_together(run, MONDAY, URL)
    assert with_picture(WEEK).count("police-lead") == 1
    morning(date(2012, 4, 10))
    assert with_picture(WEEK).count("police-lead") == 2


def test_who_switches_them_off_gets_none(
    board: World, second_lead: User, visit: Callable[[User | None], Visitor]
) -> None:
    for person in (board.police_lead, board.manager, board.second_chair):
        page = visit(person)
        assert "Send me the picture of a week" in page.get("/new/how-often").text
        assert page.post("/new/how-often", {"pace": "daily"}).status == 302
    assert "picture" not in visit(board.reader).get("/new/how-often").text
    assert {part.to.email.split("@")[0] for part in pictures_of(MONDAY)} == {
        *("health-lead", "second-police-lead", "chair", "independent-chair", "police-member")
    }
    choose_pace(board.police_lead.viewer, "weekly")
    assert board.police_lead.id not in LEADS_WEEK.parts(MONDAY, URL)
    choose_pace(board.police_lead.viewer, "weekly", has_pictures=True)
    assert board.police_lead.id in LEADS_WEEK.parts(MONDAY, URL)
    morning(MONDAY)
    assert with_picture("the Board’s week") == ["chair"]


def test_in_place_of_a_chair_who_is_away_the_deputy_is_told(board: World) -> None:
    deputy = board.person("deputy", Role.DEPUTY)
    enter(board.second_chair.viewer, board.second_chair, deputy, MONDAY, MONDAY + timedelta(days=7))
    found = MONTH_IN_NUMBERS.parts(MONDAY, URL)
    assert board.second_chair.id not in found
    assert "You are told for Second chair, away until 9 April 2012." in found[deputy.id].body


def test_the_number_of_queries_does_not_grow_with_people(board: World) -> None:
    def queries() -> tuple[int, int]:
        found = []
        for each in (LEADS_WEEK, MONTH_IN_NUMBERS):
            with counted() as count:
                each.parts(MONDAY, URL)
            found.append(int(count))
        return found[0], found[1]

    before = queries()
    for number in range(12):
        board.person(f"lead-{number}", Role.AGENCY_LEAD, agency=board.police)
        board.person(f"member-{number}", Role.BOARD_MEMBER, agency=board.health)
    assert queries() == before
    assert max(before) <= 20, before
