"""What in a recommendation would lead back to the child is refused, however it is written."""

from datetime import date

import pytest

from kscb_actions.panels.anonymity import why_leads_back

DIED = date(2011, 11, 3)


def refused(text: str, number: str = "11/042", beside: tuple[str, ...] = ()) -> bool:
    return why_leads_back(text, number, DIED, ("Thanet", "the isle"), (5, "months"), beside) is not None


@pytest.mark.parametrize(
    "text",
    [
        "See 11/042.",
        "See 11 042",
        "See 11-042.",
        "case (11042)",
        "On 3 November 2011 a child died.",
        "On 3rd of November 2011",
        "3/11/2011",
        "03.11.11",
        "2011-11-03",
        "November 3, 2011",
        "3 Nov",
        "the 3rd of November",
        "Nov 3",
        "A 5-month-old in Thanet",
        "In thanet, aged 5 months",
        "On the Isle, aged 5 months",
        "Dr Smith should write",
        "Send it to CT10 1AA",
    ],
)
def test_what_leads_back_is_refused(text: str) -> None:
    assert refused(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Tell parents about safe sleeping.",
        "Visit again after 5 months.",
        "Thanet District Council should gate the steps.",
        "By 3 November 2012",
        "By 4 November 2011",
        "Report to the Board on 13 November.",
        "Fund 111042 places",
        "Every 15 months in Thanet",
        "Form 11/0421",
    ],
)
def test_what_does_not_is_taken(text: str) -> None:
    assert not refused(text)


def test_a_short_number_is_refused_only_as_it_is_written() -> None:
    assert refused("case C7 shows", "C7")
    assert not refused("Give each of the C70 forms a C 7.", "C7")


def test_the_district_in_one_text_and_the_age_in_another_are_found_together() -> None:
    assert refused("Children of 5 months", beside=("Thanet District Council",))
    assert not refused("Children of 5 months", beside=("Dover District Council",))
