"""What would identify a child: recognised where it can be, and ordinary words are let through."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kscb_actions.child_deaths import identity

BORN = date(2009, 4, 3)


@pytest.mark.parametrize(
    "text",
    [
        "Born 3/4/2009 at term",
        "03/04/2009",
        "3.4.09",
        "03-04-09",
        "2009-04-03",
        "2009/4/3",
        "on 3 April 2009",
        "the 3rd of April 2009",
        "3rd Apr. 2009",
        "3 APR 09",
        "April 3, 2009",
        "april 3rd 2009",
        "3\napril\t2009",
        "03 04 2009",
    ],
)
def test_the_typed_date_of_birth_is_found_however_it_is_written(text: str) -> None:
    assert "date of birth" in (identity.why_identifying(text, BORN) or "")


@pytest.mark.parametrize(
    "text",
    [
        "born on 1 May 2008",
        "DOB 01/05/08",
        "d.o.b. 1.5.2008",
        "Date of birth: 2008-05-01",
        "birthday, 1 May 2008",
    ],
)
def test_any_date_that_is_said_to_be_of_birth_is_found(text: str) -> None:
    assert "date of birth" in (identity.why_identifying(text) or "")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Seen on 4 April 2009 and 1/5/2009.",
        "Born at 28 weeks. The ambulance came at 10:15 on 5 May 2009.",
        "31/02/2009 is no day",
        "Call 01622 123456 or 999",
        "Ward B2, bay 4. Dose 5 mg at 3 am, 10 ml",
        "Mr A and Miss B, neighbours; the Dr was called",
        "The mother gave CPR; the GP and the HV knew the family.",
        "943 476 5918",
        "0000000000 1111111111",
        "12345678901",
    ],
)
def test_ordinary_words_and_numbers_are_let_through(text: str) -> None:
    assert identity.why_identifying(text, BORN) is None


@pytest.mark.parametrize("text", ["943 476 5919", "NHS 9434765919.", "943-476-5919", "id:401 023 2137"])
def test_an_nhs_number_is_found_by_its_check_digit(text: str) -> None:
    assert "NHS number" in (identity.why_identifying(text) or "")


@pytest.mark.parametrize("last", range(10))
def test_only_one_last_digit_makes_an_nhs_number(last: int) -> None:
    assert identity.is_nhs_number(f"943476591{last}") is (last == 9)


@pytest.mark.parametrize(
    "text", ["ME14 1XX", "at me141xx.", "(SW1A 1AA)", "M1 1AE", "CT9\u00a05AA", "DN55 1PT"]
)
def test_a_postcode_is_found(text: str) -> None:
    assert "postcode" in (identity.why_identifying(text) or "")


@pytest.mark.parametrize("text", ["Mrs Smith came", "by Dr O’Brien", "Mr. Jones", "Miss Smith-Brown"])
def test_a_name_after_a_title_is_found(text: str) -> None:
    assert "name" in (identity.why_identifying(text) or "")


@given(st.text(), st.none() | st.dates())
def test_no_text_is_too_odd_to_be_looked_at(text: str, born: date | None) -> None:
    assert identity.why_identifying(text, born) is None or text.strip()


@pytest.mark.parametrize("number", ["11/042", "A-1", "1", "KCD-2011-12/3", "2011/12/3", "0" * 30])
def test_a_case_number_is_letters_digits_hyphens_and_slashes(number: str) -> None:
    assert identity.why_not_case_number(number) is None


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("", "Enter"),
        (" ", "Enter"),
        ("11 042", "letters"),
        ("11_042", "letters"),
        ("/1", "letters"),
        ("é1", "letters"),
        ("٣", "letters"),
        ("0" * 31, "at most 30"),
        ("SMITH", "a name or initials"),
        ("Smith-Jones", "a name or initials"),
        ("9434765919", "NHS number"),
        ("ME141XX", "postcode"),
        ("03/04/2009", "date"),
        ("2009-04-03", "date"),
    ],
)
def test_what_is_no_case_number_is_refused(number: str, said: str) -> None:
    assert said in (identity.why_not_case_number(number) or "")


@pytest.mark.parametrize(
    "column",
    [
        "name",
        "Name",
        "Child's name",
        "Child’s Name",
        "childName",
        "first name",
        "first_name",
        "FIRSTNAME",
        "Forename(s)",
        "surname",
        "aliases",
        "NHS number",
        "nhs_no",
        "DOB",
        "d.o.b.",
        "Date of birth",
        "date_of_birth",
        "birthdate",
        "Post-code",
        "postcode",
        "home address",
        "mother",
    ],
)
def test_a_column_that_says_who_the_child_was_is_refused(column: str) -> None:
    refused = identity.refused_columns(["case_number", column])
    assert list(refused) == [column]
    assert column in refused[column]


def test_the_columns_of_an_import_are_taken() -> None:
    columns = (
        "case_number,died_on,notified_on,age_days,sex,ethnicity,district,unexpected,place,categories,"
        "modifiable,reviewed_on"
    )
    assert identity.refused_columns(columns.split(",")) == {}
