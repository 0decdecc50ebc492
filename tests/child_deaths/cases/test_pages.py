"""The pages of cases as the co-ordinator and a member use them."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from cryptography.fernet import Fernet
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from kscb_actions.audit.models import AuditEvent
from kscb_actions.child_deaths.cases import births
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.judging.models import Categorisation
from kscb_actions.child_deaths.meetings.models import Interest, PanelCase, PanelMeeting, PanelSeat
from kscb_actions.child_deaths.meetings.service import remove_case
from kscb_actions.child_deaths.returns.models import AgencyReturn
from kscb_actions.database import writing

from ...factories import TODAY, World
from ...factories_deaths import Panel
from ...long import amount
from ...pages import Page, Visitor
from ...people.visitor import PASSWORD, with_password
from ...queries import counted

# What somebody types who fills in the whole form.
TYPED: dict[str, Any] = {
    "case_number": "11/042",
    "notified_on": ["4", "11", "2011"],
    "date_of_birth": ["24", "9", "2011"],
    "age_number": "",
    "age_unit": "days",
    "sex": "male",
    "ethnicity": "white_british",
    "district": "thanet",
    "died_on": ["3", "11", "2011"],
    "place": "hospital",
    "event": "sudi",
    "expected": "unexpected",
    "circumstances": "Found in the morning.\nThe ambulance came at once.",
    "looked_after": "no",
    "protection_plan": "never",
    "statutory_order": "never",
    "asylum_seeking": "no",
    "rapid_response": "yes",
    "rapid_response_on": ["4", "11", "2011"],
    "inquest": "opened",
    "criminal": "none",
    "is_abuse_suspected": "y",
}


@pytest.fixture
def panel(world: World) -> Panel:
    """Give a panel with nothing before it."""
    return Panel(world)


@pytest.fixture
def coordinator(visit: Callable, world: World) -> Visitor:
    """Give the co-ordinator at the pages."""
    return visit(world.cdop_coordinator)


@pytest.fixture
def member(visit: Callable, world: World) -> Visitor:
    """Give a panel member at the pages."""
    return visit(world.cdop_member)


def seat(panel: Panel, *deaths: ChildDeath, held_on: date = date(2012, 4, 20)) -> PanelMeeting:
    """Return a meeting with these cases and a seat for the member, who has proposed on the first."""
    with writing():
        meeting = PanelMeeting.create(held_on=held_on, proposals_due_on=held_on)
        PanelSeat.create(meeting=meeting, user=panel.world.cdop_member)
        cases = [
            PanelCase.create(meeting=meeting, death=death, place=place)
            for place, death in enumerate(deaths, 1)
        ]
        Categorisation.create(
            panel_case=cases[0],
            member=panel.world.cdop_member,
            categories="1",
            status="none",
            learning="Nobody else reads this yet.",
            proposed_at=date(2012, 3, 1),
        )
    return meeting


def test_a_case_is_recorded_from_all_that_the_form_asks(coordinator: Visitor, panel: Panel) -> None:
    sent = coordinator.post("/deaths/new", TYPED)
    death = ChildDeath.get()
    assert (sent.status, sent.leads_to) == (302, f"/deaths/{death.id}/returns/ask")
    kept = {
        name: getattr(death, name) for name in ("case_number", "sex", "place", "event", "inquest", "criminal")
    }
    assert kept == {name: TYPED[name] for name in kept}
    assert (death.age_number, death.age_unit, death.is_abuse_suspected) == (1, "months", True)
    assert (death.rapid_response_on, death.sealed_birth) == (date(2011, 11, 4), "")
    page = coordinator.get(f"/deaths/{death.id}")
    assert page.status == 200
    for words in ("1 month", "Sudden unexpected death in infancy", "Found in the morning.", "Inquest opened"):
        assert words in page.text
    assert "24 September 2011" not in page.source and "2011-09-24" not in page.source


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"case_number": "Smith"}, ["case_number"]),
        ({"date_of_birth": ["", "", ""]}, ["date_of_birth"]),
        ({"date_of_birth": ["", "", ""], "age_number": "x"}, ["age_number"]),
        ({"date_of_birth": ["", "", ""], "age_number": "18", "age_unit": "years"}, ["age_number"]),
        ({"date_of_birth": ["", "", ""], "age_number": "40", "age_unit": "weeks"}, ["age_number"]),
        ({"date_of_birth": ["4", "11", "2011"]}, ["date_of_birth"]),
        ({"date_of_birth": ["31", "2", "2011"]}, ["date_of_birth"]),
        ({"died_on": ["", "", ""]}, ["died_on"]),
        (
            {"died_on": ["31", "3", "2012"], "notified_on": ["31", "3", "2012"], "rapid_response_on": ""},
            ["notified_on", "died_on"],
        ),
        ({"sex": "", "place": ""}, ["sex", "place"]),
        ({"circumstances": "Born 24/9/11."}, ["circumstances"]),
        ({"rapid_response": "no"}, ["rapid_response_on"]),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_nothing_typed_is_lost(
    coordinator: Visitor, panel: Panel, changes: dict[str, Any], fields: list[str]
) -> None:
    typed = TYPED | changes
    page = coordinator.post("/deaths/new", typed)
    assert (page.status, ChildDeath.select().count()) == (200, 0)
    assert [each.split("-")[0] for each in page.errors] == fields
    for name in ("case_number", "circumstances", "age_number", "district", "date_of_birth"):
        if name not in ("place", "age_unit"):
            assert page.value(name) == typed[name]


@pytest.mark.parametrize("is_new", [True, False])
def test_an_unreal_date_hides_nothing_else_that_is_wrong(
    coordinator: Visitor, panel: Panel, is_new: bool
) -> None:
    path = "/deaths/new" if is_new else f"/deaths/{panel.death(case_number='11/001').id}/edit"
    wrong = {
        "case_number": "Smith",
        "died_on": ["31", "2", "2012"],
        "notified_on": ["", "", ""],
        "rapid_response_on": ["4", "x", "2011"],
        "age_number": "abc",
        "sex": "",
        "circumstances": "Mrs Smith found her.",
        "version": "1",
    }
    page = coordinator.post(path, TYPED | wrong)
    assert page.errors == {
        "case_number": "A case number has a digit in it. Do not use a name or initials.",
        "notified_on": "Enter the date of notification.",
        "age_number": "Age at death must be a whole number of days, months or years.",
        "sex": "Select the child’s sex.",
        "died_on": "Date of death: There is no 31 February 2012. That month has 29 days.",
        "circumstances": page.errors["circumstances"],
        "rapid_response_on": "Date of that response: “x” is not a month. Write the date like 27 3 2012.",
    }
    assert "looks like a name" in page.errors["circumstances"]
    assert page.value("died_on") == ["31", "2", "2012"] and page.value("age_number") == "abc"
    assert ChildDeath.select().where(ChildDeath.sex == "").count() == 0
    assert AuditEvent.select().where(AuditEvent.event == "death.recorded").count() == (0 if is_new else 1)


@pytest.mark.parametrize(
    ("number", "unit", "message"),
    [
        ("abc", "days", "Age at death must be a whole number of days, months or years."),
        ("1.5", "months", "Age at death must be a whole number of days, months or years."),
        ("40", "weeks", "The date of birth says 1 month. Correct it, or leave the age empty."),
        ("39", "days", "The date of birth says 1 month. Correct it, or leave the age empty."),
        ("2", "months", "The date of birth says 1 month. Correct it, or leave the age empty."),
        ("40", "days", ""),
        ("1", "months", ""),
        ("0", "years", ""),
    ],
)
def test_an_age_beside_a_date_of_birth_is_not_ignored(
    coordinator: Visitor, panel: Panel, number: str, unit: str, message: str
) -> None:
    page = coordinator.post("/deaths/new", TYPED | {"age_number": number, "age_unit": unit})
    assert page.status == (200 if message else 302)
    assert ChildDeath.select().count() == (0 if message else 1)
    if message:
        assert page.errors == {"age_number": message}


def test_a_date_of_birth_corrects_the_age_that_the_form_was_filled_with(
    coordinator: Visitor, panel: Panel
) -> None:
    death = panel.death()
    sent = coordinator.send(f"/deaths/{death.id}/edit", {"date_of_birth": ["3", "5", "2011"]})
    assert sent.status == 302
    kept = ChildDeath.get()
    assert (kept.age_number, kept.age_unit) == (6, "months")


@pytest.mark.parametrize(
    ("number", "unit", "kept"),
    [
        ("27", "days", (27, "days")),
        ("40", "days", (1, "months")),
        ("11", "months", (11, "months")),
        ("17", "years", (17, "years")),
    ],
)
def test_an_age_is_taken_where_there_is_no_date_of_birth(
    coordinator: Visitor, panel: Panel, number: str, unit: str, kept: tuple[int, str]
) -> None:
    coordinator.post(
        "/deaths/new", TYPED | {"date_of_birth": ["", "", ""], "age_number": number, "age_unit": unit}
    )
    death = ChildDeath.get()
    assert (death.age_number, death.age_unit) == kept


def test_possible_duplicates_are_shown_and_the_tick_holds_for_these_alone(
    coordinator: Visitor, panel: Panel
) -> None:
    first = panel.death(case_number="A1")
    page = coordinator.post("/deaths/new", TYPED | {"is_another": "y"})
    assert list(page.errors) == ["is_another"] and ChildDeath.select().count() == 1
    assert f"/deaths/{first.id}" in page.links() and "3 November 2011" in page.text
    assert page.value("case_number") == "11/042" and page.value("date_of_birth") == ["24", "9", "2011"]
    seen = page.value("twins_seen")
    second = panel.death(case_number="A2")
    page = coordinator.post("/deaths/new", TYPED | {"is_another": "y", "twins_seen": seen})
    assert list(page.errors) == ["is_another"] and f"/deaths/{second.id}" in page.links()
    again = coordinator.post(
        "/deaths/new", TYPED | {"is_another": "y", "twins_seen": page.value("twins_seen")}
    )
    assert again.status == 302 and ChildDeath.select().count() == 3


TEXTS = st.text(max_size=40) | st.sampled_from(["\x00", "😀" * 9, "9" * 500, "-1", "1e9", "٣", "\ud800"])


@given(st.sampled_from(sorted(TYPED)), st.lists(TEXTS, min_size=1, max_size=4))
@hypothesis_settings(
    max_examples=amount(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_input_is_too_odd_for_the_form(
    coordinator: Visitor, panel: Panel, name: str, values: list[str]
) -> None:
    values = [value.encode("utf-8", "replace").decode() for value in values]
    page = coordinator.post("/deaths/new", TYPED | {name: values if len(values) > 1 else values[0]})
    assert page.status in (200, 302)
    with writing():
        ChildDeath.delete().execute()


@pytest.mark.parametrize(
    "path",
    [
        "/deaths?page=9999999999",
        "/deaths?page=-1",
        "/deaths?page=%00",
        "/deaths?sort=x",
        "/deaths?year=9999-00",
        "/deaths?year=٣٣٣٣-٣٤",
        "/deaths?state=x",
        "/deaths?q=%F0%9F%98%80%25_",
        "/deaths?returns=x",
        "/deaths?expected=%27",
        "/deaths?reviewed=9999-00&category=99999999999999999999",
        "/deaths?category=%C2%B2&age=x&sex=%00&district=%27&place=%F0%9F%98%80&modifiable=x",
        "/deaths?page=2&page=3",
    ],
)
def test_no_address_is_too_odd_for_the_list(coordinator: Visitor, panel: Panel, path: str) -> None:
    panel.death()
    assert coordinator.get(path).status == 200


def test_the_list_is_narrowed_by_each_filter(coordinator: Visitor, panel: Panel) -> None:
    waiting = panel.death(case_number="W1", expected="expected")
    with_panel = panel.death(case_number="P1", died_on=date(2011, 3, 31))
    decided = panel.death(case_number="D1", district="dover", place="hospice")
    seat(panel, with_panel)
    with writing():
        ChildDeath.update(
            decision_number=1, reviewed_on=TODAY, primary_category=3, status="identified"
        ).where(ChildDeath.id == decided.id).execute()
        ChildDeath.update(age_band="5_to_9", sex="female").where(ChildDeath.id == waiting.id).execute()
        ChildDeath.update(district="elsewhere").where(ChildDeath.id == with_panel.id).execute()
    panel.asked(waiting)
    panel.asked(with_panel, due_on=TODAY)
    panel.answered(decided)

    def found(query: str) -> set[str]:
        page = coordinator.get(f"/deaths?{query}")
        return {number for number in ("W1", "P1", "D1") if f">{number}</a>" in page.source}

    assert found("") == {"W1", "P1", "D1"}
    assert found("state=waiting") == {"W1"}
    assert found("state=with_panel") == {"P1"}
    assert found("state=decided") == {"D1"}
    assert found("year=2010-11") == {"P1"}
    assert found("year=2011-12") == {"W1", "D1"}
    assert found("expected=expected") == {"W1"}
    assert found("reviewed=2011-12") == found("reviewed=any") == {"D1"}
    assert found("reviewed=2010-11") == found("reviewed=x") == set()
    assert found("reviewed=not_yet") == {"W1", "P1"}
    assert found("category=3") == found("modifiable=identified") == {"D1"}
    assert found("category=4") == found("category=x") == found("category=³") == set()
    assert found("age=5_to_9") == found("sex=female") == {"W1"}
    assert found("place=hospice") == found("district=dover") == {"D1"}
    assert found("district=not_known") == {"P1"}
    assert found("returns=waiting") == {"W1", "P1"}
    assert found("returns=overdue") == {"W1"}
    assert found("q=d1") == {"D1"}
    assert found("q=W1&state=decided") == set()
    assert "No case matches these filters." in coordinator.get("/deaths?q=W1&state=decided").text
    assert "1 case has agency returns that are overdue: 1 in all." in coordinator.get("/deaths").text


def test_the_list_is_sorted_and_paged_in_the_same_number_of_queries(
    coordinator: Visitor, panel: Panel
) -> None:
    def queries(path: str) -> int:
        with counted() as count:
            assert coordinator.get(path).status == 200
        return int(count)

    panel.asked(panel.death())
    few = queries("/deaths")
    for day in range(1, 29):
        panel.asked(panel.death(case_number=f"D{day:02}", died_on=date(2011, 5, day)))
    assert queries("/deaths") == few
    first = coordinator.get("/deaths?sort=case&direction=ascending")
    assert "Showing 1 to 25 of 29 cases" in first.text
    assert "Showing 26 to 29 of 29 cases" in coordinator.get("/deaths?sort=case&page=2").text
    names = first.tree.xpath("//tbody//th//a/text()")
    assert names == sorted(names)


def test_an_empty_list_says_what_to_do(coordinator: Visitor, member: Visitor) -> None:
    assert "No case is recorded yet." in coordinator.get("/deaths").text
    assert "on the agenda of a panel" in member.get("/deaths").text


def test_a_member_sees_the_cases_of_own_panels_and_changes_none(
    coordinator: Visitor, member: Visitor, panel: Panel
) -> None:
    own, other = panel.death(case_number="O1"), panel.death(case_number="N1")
    panel.answered(own)
    meeting = seat(panel, own)
    listed = member.get("/deaths")
    assert "O1" in listed.text and "N1" not in listed.text and "/deaths/new" not in listed.links()
    page = member.get(f"/deaths/{own.id}")
    assert "known to the school nurse" in page.text
    assert f"/panels/{meeting.id}/cases/{own.id}/propose" in page.links()
    assert not {
        link for link in page.links() if "/edit" in link or "/returns/" in link or "/referral" in link
    }
    assert "History" not in page.text
    assert member.get(f"/deaths/{other.id}").status == 404
    assert member.get(f"/deaths/{own.id}/edit").status == 403
    with writing():
        Interest.create(
            death=own, user=panel.world.cdop_member, nature="Treated the child.", declared_at=TODAY
        )
    assert member.get(f"/deaths/{own.id}").status == 404
    assert "O1" not in member.get("/deaths").text


def test_the_case_page_tells_its_history_but_not_what_members_propose(
    coordinator: Visitor, panel: Panel
) -> None:
    death = panel.death()
    seat(panel, death)
    panel.answered(death)
    page = coordinator.send(f"/deaths/{death.id}/edit", {"place": "home"})
    assert page.status == 302
    page = coordinator.get(f"/deaths/{death.id}")
    for words in ("Case recorded", "Agency asked for its return", "Kent Police", "Hospital → Home"):
        assert words in page.text
    assert "Nobody else reads this yet." not in page.source


def test_the_history_holds_what_panels_did_with_the_case_alone(coordinator: Visitor, panel: Panel) -> None:
    death, other = panel.death(), panel.death(district="dover")
    meeting = panel.meeting(cases=[other])
    remove_case(panel.coordinator, panel.case(meeting, death))
    panel.proposal(panel.case(meeting, death))
    panel.interest(death)

    def history(of: ChildDeath) -> list[str]:
        page = coordinator.get(f"/deaths/{of.id}")
        return [
            " ".join(each.split()) for each in page.tree.xpath("//*[@class='moj-timeline__title']/text()")
        ]

    assert history(death) == [
        "Interest declared",
        "Case put on the agenda",
        "Case taken off the agenda",
        "Case put on the agenda",
        "Case recorded",
    ]
    assert history(other) == ["Case put on the agenda", "Case recorded"]


def test_the_case_page_makes_the_same_number_of_queries(coordinator: Visitor, panel: Panel) -> None:
    def queries(death: ChildDeath) -> int:
        with counted() as count:
            assert coordinator.get(f"/deaths/{death.id}").status == 200
        return int(count)

    one, many = panel.death(), panel.death(district="dover")
    panel.asked(one)
    seat(panel, one)
    for agency in (panel.world.police, panel.world.health, panel.world.probation):
        panel.answered(many, agency)
    for month in range(5, 9):
        seat(panel, many, held_on=date(2012, month, 1))
    assert queries(many) == queries(one)


def test_an_edit_shows_both_texts_when_somebody_saved_first(coordinator: Visitor, panel: Panel) -> None:
    death = panel.death()
    form = coordinator.get(f"/deaths/{death.id}/edit")
    assert (form.value("age_number"), form.value("age_unit")) == ("1", "months")
    coordinator.send(f"/deaths/{death.id}/edit", {"circumstances": "Theirs."})
    late = TYPED | {"version": form.value("version"), "circumstances": "Mine.", "case_number": "11/001"}
    page = coordinator.post(f"/deaths/{death.id}/edit", late)
    assert page.status == 409
    assert "Theirs." in page.text and page.value("circumstances") == "Mine."
    assert (
        coordinator.post(f"/deaths/{death.id}/edit", late | {"version": page.value("version")}).status == 302
    )
    assert ChildDeath.get().circumstances == "Mine."


def test_agencies_are_asked_at_once_and_their_answers_written_down(
    coordinator: Visitor, panel: Panel
) -> None:
    death = panel.death()
    ask = f"/deaths/{death.id}/returns/ask"
    begun = coordinator.get(ask)
    assert (begun.value("asked_on"), begun.value("due_on")) == (["30", "03", "2012"], ["20", "04", "2012"])
    assert list(coordinator.post(ask, {"asked_on": ["1", "3", "2012"], "due_on": ["1", "2", "2012"]}).errors)
    ids = [str(panel.world.police.id), str(panel.world.health.id)]
    assert coordinator.send(ask, {"agencies": ids, "by_hand": "y"}).leads_to == f"/deaths/{death.id}#returns"
    first, second = AgencyReturn.select().order_by(AgencyReturn.id)
    assert coordinator.send(ask, {"agencies": ids[:1]}).errors
    path = f"/deaths/{death.id}/returns/{first.id}"
    wrong = coordinator.send(f"{path}/answer", {"knows_child": "yes", "summary": ""})
    assert list(wrong.errors) == ["summary"]
    assert coordinator.send(f"{path}/answer", {"knows_child": "yes", "summary": "Known."}).status == 302
    assert coordinator.send(f"{path}/dates", {"due_on": ["1", "5", "2012"]}).status == 302
    kept = AgencyReturn.get_by_id(first.id)
    assert (kept.summary, kept.due_on, kept.answered_on) == ("Known.", date(2012, 5, 1), TODAY)
    assert coordinator.get(f"/deaths/{death.id + 1}/returns/{first.id}/answer").status == 404
    assert "Every agency has been asked" not in coordinator.get(ask).text
    panel.asked(death, panel.world.probation)
    assert "Every agency has been asked" in coordinator.get(ask).text


def test_a_request_is_taken_back_on_its_page_until_it_is_answered(coordinator: Visitor, panel: Panel) -> None:
    death = panel.death()
    came, asked = panel.answered(death, panel.world.health), panel.asked(death)
    path, case = f"/deaths/{death.id}/returns/{asked.id}/take-back", f"/deaths/{death.id}"
    links = coordinator.get(case).links()
    assert path in links and f"/deaths/{death.id}/returns/{came.id}/take-back" not in links
    assert coordinator.send(path, {"reason": ""}).errors == {
        "reason": "Say why, for whoever reads this later."
    }
    wrong = coordinator.send(path, {"reason": "Mrs Smith said so."})
    assert list(wrong.errors) == ["reason"] and wrong.value("reason") == "Mrs Smith said so."
    assert coordinator.send(path, {"reason": "Another child."}).leads_to == f"{case}#returns"
    page = coordinator.get(case)
    assert "The request to Kent Police is taken back." in page.text and path not in page.links()
    assert "Request to an agency taken back" in page.text and "Another child." in page.text
    assert "overdue" not in page.text
    assert coordinator.get(path).status == coordinator.post(path, {"reason": "x"}).status == 404
    answered = f"/deaths/{death.id}/returns/{came.id}/take-back"
    assert coordinator.post(answered, {"reason": "x"}).leads_to == f"{case}#returns"
    assert "What it answered stays" in coordinator.get(case).text
    assert (
        coordinator.send(
            f"{case}/returns/ask", {"agencies": [str(panel.world.police.id)], "by_hand": "y"}
        ).status
        == 302
    )
    assert path in coordinator.get(case).links()


@given(
    st.sampled_from(["answered_on", "knows_child", "summary", "version"]),
    st.lists(TEXTS, min_size=1, max_size=4),
)
@hypothesis_settings(
    max_examples=amount(30), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_answer_is_too_odd(coordinator: Visitor, panel: Panel, name: str, values: list[str]) -> None:
    asked = AgencyReturn.get_or_none() or panel.asked(panel.death())
    values = [value.encode("utf-8", "replace").decode() for value in values]
    typed: dict[str, Any] = {
        "answered_on": ["30", "3", "2012"],
        "knows_child": "no",
        "summary": "",
        "version": "1",
    }
    page = coordinator.post(
        f"/deaths/{asked.death_id}/returns/{asked.id}/answer",
        typed | {name: values if len(values) > 1 else values[0]},
    )
    assert page.status in (200, 302, 409)


FIELDS = {
    "edit": sorted({*TYPED, "version"}),
    "returns/ask": ["agencies", "asked_on", "due_on"],
    "returns/{}/dates": ["asked_on", "due_on", "version"],
}


@given(
    st.sampled_from([(path, name) for path, names in FIELDS.items() for name in names]),
    st.lists(TEXTS, max_size=4),
)
@hypothesis_settings(
    max_examples=amount(30), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_input_is_too_odd_for_what_follows(
    coordinator: Visitor, panel: Panel, field: tuple[str, str], values: list[str]
) -> None:
    asked = AgencyReturn.get_or_none() or panel.asked(panel.death())
    path, name = field
    typed = [value.encode("utf-8", "replace").decode() for value in values]
    dates = {"asked_on": ["1", "3", "2012"], "due_on": ["1", "4", "2012"], "agencies": []}
    page = coordinator.post(
        f"/deaths/{asked.death_id}/{path.format(asked.id)}", TYPED | dates | {"version": "1"} | {name: typed}
    )
    assert page.status in (200, 302, 409)


def test_a_sealed_date_of_birth_is_opened_with_the_password_and_told(
    visit: Callable, world: World, panel: Panel
) -> None:
    coordinator, member = visit(with_password(world.cdop_coordinator)), visit(world.cdop_member)
    assert "and not kept" in coordinator.get("/deaths/new").text
    births.use_key(Fernet.generate_key().decode())
    assert "kept encrypted" in coordinator.get("/deaths/new").text
    coordinator.post("/deaths/new", TYPED)
    death = ChildDeath.get()
    seat(panel, death)
    path = f"/deaths/{death.id}/birth"
    assert path in coordinator.get(f"/deaths/{death.id}").links()
    assert path not in member.get(f"/deaths/{death.id}").links() and member.get(path).status == 403
    for page in (coordinator.get(path), coordinator.post(path, {"password": "wrong"})):
        assert "24 September 2011" not in page.source
    page = coordinator.post(path, {"password": PASSWORD})
    assert "24 September 2011" in page.text
    assert AuditEvent.select().where(AuditEvent.event == "death.birth-opened").count() == 1
    births.use_key(Fernet.generate_key().decode())
    assert "another key" in coordinator.post(path, {"password": PASSWORD}).text
    births.use_key(None)
    gone: Page = coordinator.get(path)
    assert gone.leads_to == f"/deaths/{death.id}"
