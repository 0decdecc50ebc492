"""The demonstration's child deaths: as many of each kind as were published, and each of them possible."""

import re
from collections import Counter
from datetime import date, timedelta

import pytest

from kscb_actions.child_deaths.cases.rules import age_after, problems_with_death, whole_months
from kscb_actions.child_deaths.identity import why_identifying
from kscb_actions.child_deaths.judging.rules import problems_with_judgement
from kscb_actions.child_deaths.learning.rules import why_identifies_case
from kscb_actions.child_deaths.terms import FACTORS, INFLUENCES, SAFE_SLEEPING
from kscb_actions.child_deaths.years import year_of
from kscb_actions.demo.content import AS_AT, FOLDER, parse_file, read_content
from kscb_actions.demo.deaths.case_events import case_events, csv_of, is_imported, panel_content
from kscb_actions.demo.deaths.cases import PlannedDeath, can_be_modified, planned_deaths, read_rules
from kscb_actions.demo.deaths.details import agencies_asked, factors_of, judgement_of, return_of
from kscb_actions.demo.deaths.panels import proposal_of
from kscb_actions.demo.story_runner import LoadedBoard
from kscb_actions.working_days.england import is_working_day

from ..factories_deaths import DISTRICTS

DEATHS = planned_deaths()
REVIEWED = [death for death in DEATHS if death.status]
COUNTS = parse_file(FOLDER / "deaths_counts.toml")


def died_in(year: str, deaths: list[PlannedDeath] | None = None) -> list[PlannedDeath]:
    return [death for death in (REVIEWED if deaths is None else deaths) if year_of(death.died_on) == year]


def unexpected(deaths: list[PlannedDeath]) -> int:
    return sum(death.facts.expected == "unexpected" for death in deaths)


@pytest.mark.parametrize("year", COUNTS["year"], ids=lambda year: year["died"])
def test_a_year_has_its_published_counts(year: dict) -> None:
    deaths = died_in(year["died"])
    by_category = Counter(death.category for death in deaths)
    assert [by_category[category] for category in range(1, 11)] == year["categories"]
    assert (len(deaths), unexpected(deaths)) == (year["reviewed"], year["unexpected"])


def test_all_together_are_what_was_published() -> None:
    assert len(REVIEWED) == 106
    assert sum(death.status == "identified" for death in REVIEWED) == COUNTS["modifiable"] == 14
    of_the_year = died_in("2011-12", list(DEATHS))
    assert (len(of_the_year), unexpected(of_the_year)) == (
        COUNTS["deaths_in_year"],
        COUNTS["unexpected_in_year"],
    )


def test_they_are_the_same_every_time() -> None:
    planned_deaths.cache_clear()
    assert planned_deaths() == DEATHS


@pytest.mark.parametrize("death", DEATHS, ids=lambda death: death.number)
def test_a_case_is_possible(death: PlannedDeath) -> None:
    assert problems_with_death(death.facts, AS_AT, DISTRICTS) == {}
    assert why_identifying(death.facts.circumstances) is None
    assert re.fullmatch(r"CDR-20(10|11)-\d{3}", death.number)
    if death.facts.rapid_response_on:
        assert death.facts.rapid_response_on <= death.notified_on


@pytest.mark.parametrize("death", REVIEWED, ids=lambda death: death.number)
def test_a_review_is_possible(death: PlannedDeath) -> None:
    assert death.reviewed_on is not None and year_of(death.reviewed_on) == "2011-12"
    assert 2 <= whole_months(death.died_on, death.reviewed_on) <= 14
    judgement = judgement_of(death)
    assert problems_with_judgement(judgement, death.reviewed_on) == {}
    assert any(factor.is_modifiable for factor in judgement.factors) == (death.status == "identified")
    assert min(judgement.categories) == death.category


def test_ages_fit_their_categories() -> None:
    ages = {category: [] for category in range(1, 11)}
    for death in DEATHS:
        ages[death.category].append(age_after(death.facts.age_days or 0, death.died_on).band)
    newborn = ages[8].count("under_28_days")
    assert newborn > 0.8 * len(ages[8])
    assert set(ages[2]) <= {"10_to_14", "15_to_17"}
    assert set(ages[10]) <= {"28_to_364_days", "1_to_4"}
    assert not {"under_28_days", "28_to_364_days"} & set(ages[4])


def test_all_districts_are_there_and_nearly_all_standings_are_never() -> None:
    assert {death.facts.district for death in DEATHS} == set(DISTRICTS)
    for name, usual in (("looked_after", "no"), ("protection_plan", "never"), ("statutory_order", "never")):
        shares = Counter(getattr(death.facts, name) for death in DEATHS)
        assert shares[usual] > 0.9 * len(DEATHS) and len(shares) > 1, name
    assert 0.5 < sum(death.facts.sex == "male" for death in DEATHS) / len(DEATHS) < 0.65


def test_no_two_could_be_the_same_child() -> None:
    from kscb_actions.child_deaths.cases.rules import likeness

    assert len({likeness(death.facts) for death in DEATHS}) == len(DEATHS)


def test_every_kind_of_death_is_used_and_its_factors_are_known() -> None:
    used = {id(death.kind) for death in DEATHS}
    for kind in read_rules()["kind"]:
        assert id(kind) in used, kind["told"]
        assert kind.get("doubt") != kind["category"], kind["told"]
        for factor in factors_of(kind, identified=True):
            assert factor.influence in INFLUENCES
            assert not factor.code or factor.code in FACTORS[factor.domain], kind["told"]


def test_some_of_the_sudden_deaths_have_unsafe_sleeping() -> None:
    found = [
        death
        for death in REVIEWED
        if death.category == 10
        and any(factor.code in SAFE_SLEEPING for factor in judgement_of(death).factors)
    ]
    assert len(found) >= 5


def test_members_mostly_agree_and_sometimes_do_not() -> None:
    members = panel_content()["members"]
    cases = [death for death in REVIEWED if not is_imported(death)]
    same = [proposal_of(death, email).categories == death.categories for death in cases for email in members]
    assert 0.75 < sum(same) / len(same) < 0.97
    for death in DEATHS:
        for email in members:
            assert problems_with_judgement(proposal_of(death, email), AS_AT) == {}


def test_agencies_that_are_asked_exist_and_have_something_to_tell() -> None:
    agencies = set(read_content().agencies)
    for death in DEATHS:
        asked = agencies_asked(death)
        assert asked and set(asked) <= agencies and len(set(asked)) == len(asked)
        for agency in asked:
            knows, told = return_of(death, agency)
            assert knows in ("yes", "no") and told and "{" not in told


def test_what_the_panel_did_is_about_cases_and_people_there_are() -> None:
    content, by_number = panel_content(), {death.number: death for death in DEATHS}
    posts = {person.email: person.roles for person in read_content().people}
    assert all("cdop_member" in posts[email] for email in content["members"])
    for each in (*content["interest"], *content["referral"], *content["lesson"], content["correction"]):
        assert each["case"] in by_number
        assert is_working_day(each["on"])
    for number in content["coming"]["cases"]:
        assert not by_number[number].status
    for number in content["suspected"]:
        assert by_number[number].facts.expected == "unexpected"
    for meeting in content["meeting"]:
        held_on = read_rules()["meetings"][meeting["number"]]
        assert is_working_day(held_on) and meeting["planned_on"] < held_on - timedelta(days=20)


def test_what_was_learnt_does_not_lead_back() -> None:
    by_number = {death.number: death for death in DEATHS}
    for lesson in panel_content()["lesson"]:
        death = by_number[lesson["case"]]
        kept = age_after(death.facts.age_days or 0, death.died_on).kept
        texts = [lesson["text"], lesson["outcome"], *(each["text"] for each in lesson["actions"])]
        for text in texts:
            called = (DISTRICTS[death.facts.district],)
            found = why_identifies_case(
                text, death.number, death.died_on, called, (kept.number, kept.unit), texts
            )
            assert found is None, found


def test_events_are_on_working_days_from_the_first_import_to_today() -> None:
    begun_on = read_rules()["begun_on"]
    for event in case_events(LoadedBoard(read_content(), None), ""):  # type: ignore[arg-type]
        assert begun_on <= event.on <= AS_AT and is_working_day(event.on), event


def test_the_import_has_a_row_for_each_earlier_case() -> None:
    earlier = [death for death in DEATHS if is_imported(death)]
    lines = csv_of(earlier).splitlines()
    assert len(lines) == len(earlier) + 1 == 76
    assert all(date.fromisoformat(line.split(",")[-1]) < read_rules()["begun_on"] for line in lines[1:])


def test_a_kind_without_factors_to_modify_is_told_from_one_with() -> None:
    assert can_be_modified({"factors": ["child | - | 2 | A. | modifiable"]})
    assert not can_be_modified({"factors": ["child | - | 2 | A."]})
