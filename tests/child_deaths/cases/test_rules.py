"""Child deaths: each boundary of the rules."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kscb_actions.child_deaths import terms
from kscb_actions.child_deaths.cases import rules
from kscb_actions.child_deaths.cases.rules import DeathFacts
from kscb_actions.child_deaths.years import year_of

from ...factories_deaths import DISTRICTS

TODAY = date(2012, 6, 1)
FACTS = DeathFacts(
    case_number="11/042",
    died_on=date(2011, 11, 3),
    notified_on=date(2011, 11, 4),
    age_days=40,
    sex="male",
    ethnicity="white_british",
    district="thanet",
    place="hospital",
    expected="unexpected",
)


def test_the_ten_categories_have_their_fixed_numbers() -> None:
    assert list(terms.CATEGORIES) == list(range(1, 11)) == list(terms.CATEGORY_COVERS)
    assert terms.CATEGORIES[4] == "Malignancy"
    assert terms.CATEGORIES[10] == "Sudden unexpected, unexplained death"


@pytest.mark.parametrize(("categories", "primary"), [((), None), ({9, 3, 10}, 3), ({10}, 10), ({8, 1}, 1)])
def test_the_primary_category_is_the_uppermost(categories: set[int], primary: int | None) -> None:
    assert rules.primary_category(categories) == primary


def test_a_review_before_april_2010_speaks_of_preventable_and_a_later_one_of_modifiable() -> None:
    assert set(rules.statuses_on(date(2010, 3, 31))) == set(terms.PREVENTABLE_NAMES)
    assert set(rules.statuses_on(date(2010, 4, 1))) == set(terms.MODIFIABLE_NAMES)
    assert not set(terms.PREVENTABLE_NAMES) & set(terms.MODIFIABLE_NAMES)


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2011, 3, 31), "2010-11"),
        (date(2011, 4, 1), "2011-12"),
        (date(2012, 2, 29), "2011-12"),
        (date(2012, 3, 31), "2011-12"),
        (date(1999, 4, 1), "1999-00"),
        (date(2010, 3, 31), "2009-10"),
    ],
)
def test_a_year_runs_from_april_to_march(day: date, year: str) -> None:
    assert year_of(day) == year


@pytest.mark.parametrize(
    ("born", "died", "days", "band", "words"),
    [
        (date(2011, 5, 1), date(2011, 5, 1), 0, "under_28_days", "0 days"),
        (date(2011, 5, 1), date(2011, 5, 2), 1, "under_28_days", "1 day"),
        (date(2011, 5, 1), date(2011, 5, 28), 27, "under_28_days", "27 days"),
        (date(2011, 5, 1), date(2011, 5, 29), 28, "28_to_364_days", "less than 1 month"),
        (date(2011, 5, 1), date(2011, 6, 1), 31, "28_to_364_days", "1 month"),
        (date(2010, 5, 1), date(2011, 4, 30), 364, "28_to_364_days", "11 months"),
        (date(2010, 5, 1), date(2011, 5, 1), 365, "1_to_4", "12 months"),
        # Over 29 February the first birthday is the 366th day after birth.
        (date(2011, 5, 1), date(2012, 4, 30), 365, "28_to_364_days", "11 months"),
        (date(2011, 5, 1), date(2012, 5, 1), 366, "1_to_4", "12 months"),
        # Born on 29 February.
        (date(2012, 2, 29), date(2013, 2, 28), 365, "28_to_364_days", "11 months"),
        (date(2012, 2, 29), date(2013, 3, 1), 366, "1_to_4", "12 months"),
        (date(2012, 2, 29), date(2016, 2, 29), 1461, "1_to_4", "4 years"),
        (date(2005, 5, 1), date(2010, 4, 30), 1825, "1_to_4", "4 years"),
        (date(2005, 5, 1), date(2010, 5, 1), 1826, "5_to_9", "5 years"),
        (date(2000, 5, 1), date(2010, 4, 30), 3651, "5_to_9", "9 years"),
        (date(2000, 5, 1), date(2010, 5, 1), 3652, "10_to_14", "10 years"),
        (date(1995, 5, 1), date(2010, 4, 30), 5478, "10_to_14", "14 years"),
        (date(1995, 5, 1), date(2010, 5, 1), 5479, "15_to_17", "15 years"),
        (date(1992, 5, 1), date(2010, 4, 30), 6573, "15_to_17", "17 years"),
        (date(1992, 5, 1), date(2010, 5, 1), 6574, "", "18 years"),
        (date(1992, 2, 29), date(2010, 2, 28), 6574, "15_to_17", "17 years"),
        (date(1992, 2, 29), date(2010, 3, 1), 6575, "", "18 years"),
    ],
)
def test_ages_change_on_birthdays(born: date, died: date, days: int, band: str, words: str) -> None:
    age = rules.age_on(born, died)
    assert (age.days, age.band, age.words) == (days, band, words)
    assert rules.age_after(days, died) == age
    assert band in ("", *terms.AGE_BANDS)


@given(st.dates(date(1990, 1, 1), date(2020, 1, 1)), st.integers(0, 6570))
def test_every_child_has_one_band(born: date, days: int) -> None:
    died = date.fromordinal(born.toordinal() + days)
    assert rules.age_on(born, died).band in terms.AGE_BANDS


def test_birth_after_death_or_a_grown_up_is_a_problem() -> None:
    died = date(2010, 3, 1)
    assert rules.problems_with_birth(date(2010, 3, 1), died) is None
    assert "on or before" in (rules.problems_with_birth(date(2010, 3, 2), died) or "")
    assert rules.problems_with_birth(date(1992, 3, 2), died) is None
    assert "18th birthday" in (rules.problems_with_birth(date(1992, 3, 1), died) or "")
    with pytest.raises(ValueError, match="after"):
        rules.age_on(date(2010, 3, 2), died)


@pytest.mark.parametrize(
    ("completed", "band"),
    [
        (date(2011, 1, 31), "under_6"),
        (date(2011, 7, 30), "under_6"),
        (date(2011, 7, 31), "6_to_7"),
        # There is no 31 September: the eighth month ends with the day after it.
        (date(2011, 9, 30), "6_to_7"),
        (date(2011, 10, 1), "8_to_9"),
        (date(2011, 11, 30), "8_to_9"),
        (date(2011, 12, 1), "10_to_11"),
        (date(2012, 1, 30), "10_to_11"),
        (date(2012, 1, 31), "12"),
        (date(2012, 2, 29), "12"),
        (date(2012, 3, 1), "over_12"),
        (date(2019, 1, 31), "over_12"),
    ],
)
def test_time_to_completion_is_counted_in_whole_months(completed: date, band: str) -> None:
    assert rules.completion_band(date(2011, 1, 31), completed) == band
    assert band in terms.COMPLETION_BANDS


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"case_number": " "}, "case_number"),
        ({"died_on": None}, "died_on"),
        ({"died_on": date(2012, 6, 2), "notified_on": date(2012, 6, 1)}, "died_on"),
        ({"died_on": date(1, 1, 1)}, "died_on"),
        ({"notified_on": None}, "notified_on"),
        ({"notified_on": date(2011, 11, 2)}, "notified_on"),
        ({"notified_on": date(2012, 6, 2)}, "notified_on"),
        ({"age_days": None}, "age_days"),
        ({"age_days": -1}, "age_days"),
        ({"age_days": 6574}, "age_days"),
        ({"age_days": 10**12}, "age_days"),
        ({"sex": ""}, "sex"),
        ({"ethnicity": "klingon"}, "ethnicity"),
        ({"district": "elsewhere"}, "district"),
        ({"place": ""}, "place"),
        ({"expected": "yes"}, "expected"),
        ({"looked_after": ""}, "looked_after"),
        ({"protection_plan": "yes"}, "protection_plan"),
        ({"statutory_order": ""}, "statutory_order"),
        ({"asylum_seeking": ""}, "asylum_seeking"),
    ],
)
def test_a_wrong_fact_is_a_problem_of_its_field(changes: dict, field: str) -> None:
    assert field in rules.problems_with_death(replace(FACTS, **changes), TODAY, DISTRICTS)


def test_right_facts_are_no_problem() -> None:
    assert rules.problems_with_death(FACTS, TODAY, DISTRICTS) == {}
    assert rules.problems_with_death(replace(FACTS, died_on=TODAY, notified_on=TODAY), TODAY, DISTRICTS) == {}
    assert rules.problems_with_death(replace(FACTS, age_days=6573), TODAY, DISTRICTS) == {}
    assert rules.problems_with_death(replace(FACTS, district="medway"), TODAY, ("medway",)) == {}


@pytest.mark.parametrize(
    ("categories", "status", "completed_on", "fields"),
    [
        ({8}, "none", date(2012, 6, 1), set()),
        ({8}, "preventable", date(2012, 6, 1), {"status"}),
        ({8}, "preventable", date(2010, 3, 31), set()),
        ({8}, "none", date(2010, 3, 31), {"status"}),
        (set(), "none", date(2012, 6, 1), {"categories"}),
        ({0}, "none", date(2012, 6, 1), {"categories"}),
        ({8, 11}, "none", date(2012, 6, 1), {"categories"}),
        ({8}, "none", date(2012, 6, 2), {"completed_on"}),
        ({8}, "preventable", date(2010, 1, 1), {"completed_on"}),
        ({8}, "none", None, {"completed_on"}),
    ],
)
def test_an_outcome_is_checked(categories: set, status: str, completed_on: date | None, fields: set) -> None:
    found = rules.problems_with_outcome(categories, status, date(2010, 1, 2), completed_on, TODAY)
    assert set(found) == fields


def test_near_duplicates_share_date_district_sex_and_age() -> None:
    assert rules.likeness(FACTS) == rules.likeness(replace(FACTS, case_number="11/043", place="home"))
    for change in (
        {"died_on": date(2011, 11, 4)},
        {"district": "dover"},
        {"sex": "female"},
        {"age_days": 61},
    ):
        assert rules.likeness(FACTS) != rules.likeness(replace(FACTS, **change))
    # Forty and forty-one days are both kept as one month.
    assert rules.likeness(FACTS) == rules.likeness(replace(FACTS, age_days=41))


@pytest.mark.parametrize("days", [0, 1, 27, 28, 30, 31, 364, 365, 366, 730, 731, 3000, 6573])
@pytest.mark.parametrize(
    "died_on", [date(2011, 3, 31), date(2012, 2, 29), date(2011, 2, 28), date(2011, 3, 15)]
)
def test_a_kept_age_stands_for_days_that_are_kept_the_same(days: int, died_on: date) -> None:
    kept = rules.age_after(days, died_on).kept
    assert rules.age_after(rules.days_of(kept, died_on), died_on).kept == kept


@given(st.integers(0, 10**6), st.sampled_from(["days", "months", "years"]), st.dates(date(1900, 1, 1)))
def test_any_age_is_some_number_of_days(number: int, unit: str, died_on: date) -> None:
    assert rules.days_of(rules.KeptAge(number, unit), died_on) >= 0


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"rapid_response": ""}, "rapid_response"),
        ({"rapid_response_on": date(2011, 11, 4)}, "rapid_response_on"),
        ({"rapid_response": "no", "rapid_response_on": date(2011, 11, 4)}, "rapid_response_on"),
        ({"rapid_response": "yes", "rapid_response_on": date(2011, 11, 2)}, "rapid_response_on"),
        ({"rapid_response": "yes", "rapid_response_on": date(2012, 6, 2)}, "rapid_response_on"),
        ({"inquest": "yes"}, "inquest"),
        ({"criminal": ""}, "criminal"),
        ({"event": "other thing"}, "event"),
        ({"circumstances": "x" * 10_001}, "circumstances"),
    ],
)
def test_what_followed_the_death_is_checked(changes: dict, field: str) -> None:
    assert list(rules.problems_with_death(replace(FACTS, **changes), TODAY, DISTRICTS)) == [field]


@pytest.mark.parametrize("day", [date(2011, 11, 3), TODAY])
def test_a_rapid_response_is_between_the_death_and_today(day: date) -> None:
    facts = replace(FACTS, rapid_response="yes", rapid_response_on=day, circumstances="x" * 10_000)
    assert rules.problems_with_death(facts, TODAY, DISTRICTS) == {}


def test_every_word_has_its_name() -> None:
    assert {"irish_traveller", "gypsy_roma", "not_stated"} <= set(terms.ETHNICITIES)
    assert list(terms.DOMAINS) == ["child", "family", "parenting", "services"]
    assert list(terms.INFLUENCES) == ["0", "1", "1*", "2", "3"]
    assert len(terms.EVENTS) == 12
