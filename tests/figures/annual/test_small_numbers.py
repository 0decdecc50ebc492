"""Small numbers in the texts that people write: what is found, what is not, and what comes before issue."""

import json
import time
from collections.abc import Callable, Iterator
from datetime import date

import pytest
from flask import Flask
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM
from kscb_actions.audit.models import AuditEvent
from kscb_actions.figures.annual.issuing import NOT_READ, Seen, freeze_year, propose
from kscb_actions.figures.annual.models import AnnualDraft, FrozenYear
from kscb_actions.figures.annual.report import Texts
from kscb_actions.figures.annual.service import save_draft
from kscb_actions.figures.annual.small_numbers import LONGEST_EXCERPT, SmallNumber, small_numbers
from kscb_actions.text import InvalidInput

from ...factories import World
from ...long import amount
from ...pages import Page, Visitor
from ...people.visitor import PASSWORD, with_password
from ..counting import kent
from .issuing import COORDINATOR
from .year_rows import put

ANNUAL = "/child-death-tables/annual/2011-12"
COUNTED = (
    ("Two children died in Thanet.", "Two"),
    ("3 deaths were unexpected.", "3"),
    ("There was one death.", "one"),
    ("Four young people took their own lives.", "Four"),
    ("Deaths in Dover (3) fell.", "3"),
    ("The number of deaths in Dover was 4.", "4"),
    ("Of the 106 deaths, three were of babies under one.", "three"),
    ("The panel reviewed 60 deaths. Of these, two were unexpected.", "two"),
    ("Two very young and much loved babies", "Two"),
    ("two (2%) of the children", "two"),
    ("1–2 deaths a year", "1–2"),
    ("fewer than four children", "four"),
    ("under 4 deaths", "4"),
    ("TWO CASES", "TWO"),
    ("３ deaths", "3"),
    ("Thanet: 2 deaths", "2"),
    ("Three girls", "Three"),
    ("One boy’s sleep was unsafe.", "One"),
    ("two infants", "two"),
    ("Two serious case reviews were begun.", "Two"),
    ("In April 3 children died.", "3"),
    ("In this category 3 children died.", "3"),
    ("In Category 8 there were two deaths.", "two"),
    ("In 2011-12 four children died.", "four"),
    ("A single child died.", "A single"),
    ("She was the only child who died.", "the only"),
    ("a couple of boys", "a couple"),
    ("Both children lived in Dover.", "Both"),
    ("Both of these deaths were unexpected.", "Both"),
)
NOT_COUNTED = (
    # Days, months, years.
    "children who died on 1 April",
    "Two new members joined on 1 April, after the deaths.",
    "deaths between 1 April 2011 and 31 March 2012",
    "April 1, deaths fell",
    "the review of 1, 2 and 3 May",
    "the 1st of April and a child",
    "4/5/2011: a child",
    "In 2011-12 children died.",
    "In 2004 deaths fell.",
    # Names of things.
    "Category 1 deaths fell.",
    "Categories 1 and 2 cover deaths.",
    "level 3 training on child deaths",
    "Table 2: deaths by age",
    "recommendation 3 on infants",
    "Year 1 pupils",
    "no. 3 child",
    "1. Children sleep safely.",
    "1) Children sleep safely.",
    # Ages and times.
    "deaths of children under 4 years",
    "children under 4",
    "infants under one died",
    "children aged 2 died",
    "aged between 1 and 4 years, children",
    "a 3-year-old child",
    "three-year-old children",
    "4 weeks after the death",
    "within four weeks of a death",
    "three years of reviews",
    "The panel met four times to review deaths.",
    # Larger numbers, shares, and what is said.
    "14 deaths",
    "104 deaths",
    "1,234 children",
    "3.5 deaths in 1,000",
    "4% of deaths",
    "four per cent of deaths",
    "twenty-one deaths",
    "twenty one deaths",
    "one hundred and four deaths",
    "two thirds of deaths",
    "five deaths, 5 deaths, no deaths",
    "No one knew of the death.",
    "one another after a death",
    "£4 a child",
    # Other things that are counted.
    "Two meetings reviewed deaths.",
    "Three recommendations came of the deaths.",
    "Three agencies knew the child.",
    "Two of the Child Death Overview Panel’s members left.",
    "a single point of contact for families",
    "both the child and the family",
    "both children and parents",
)  # fmt: skip


@pytest.mark.parametrize(("text", "number"), COUNTED)
def test_few_children_in_a_text_are_found(text: str, number: str) -> None:
    assert [each.numbers for each in small_numbers(text)] == [(number,)]
    assert small_numbers(f"We thank all. {text}\n\nThe end.")


@pytest.mark.parametrize("text", NOT_COUNTED)
def test_other_small_numbers_are_not(text: str) -> None:
    assert small_numbers(text) == []
    assert small_numbers(f"We thank all. {text}\n\nThe end.") == []


def test_each_sentence_is_shown_once_and_whole() -> None:
    text = "A good year.\n\nTwo boys and\nthree girls died. Nothing else! Was there one case?"
    assert small_numbers(text) == [
        SmallNumber("Two boys and three girls died.", ("Two", "three")),
        SmallNumber("Was there one case?", ("one",)),
    ]


def test_of_a_very_long_sentence_the_part_around_the_number_is_shown() -> None:
    words = "and so on " * 200
    found = small_numbers(f"{words}two deaths {words}")
    assert len(found) == 1
    assert "two deaths" in found[0].sentence
    assert found[0].sentence[0] == found[0].sentence[-1] == "…"
    assert len(found[0].sentence) <= LONGEST_EXCERPT + 2


SCRAPS = st.sampled_from(
    "1 2 3 4 one two both only single couple of the a an under aged Category April May and or to death child "
    "these . ! ? ; , : ( ) ’ ' – - # \n \n\n % £ ½ ③ ﷺ young people Child Death Overview Panel no.".split(" ")
)


@settings(max_examples=amount(300), deadline=None)
@given(
    st.one_of(
        st.text(), st.lists(SCRAPS, max_size=40).map(" ".join), st.lists(SCRAPS, max_size=40).map("".join)
    )
)
@example("\ud800 1 child")
@example("1")
@example("both")
@example(")1")
def test_any_text_is_read(text: str) -> None:
    for each in small_numbers(text):
        assert each.sentence
        assert each.numbers
        assert all(" ".join(number.split()) in each.sentence for number in each.numbers[:1])


@pytest.mark.parametrize(
    "scrap", ["1 ", "both ", "one child ", "(", "’", "\n", " \n", ". ", "1, ", "of these "]
)
def test_a_long_text_takes_no_longer_than_it_has_words(scrap: str) -> None:
    begun = time.process_time()
    small_numbers(scrap * (10_000 // len(scrap)))
    assert time.process_time() - begun < 3


@pytest.fixture
def visitor(app: Flask, world: World, visit: Callable[..., Visitor]) -> Iterator[Visitor]:
    """Give the co-ordinator at the pages on the day after the published year."""
    put(kent.deaths())
    with clock.at(date(2012, 4, 1)):
        yield visit(with_password(world.cdop_coordinator))


TOLD = {
    "foreword": "A hard year. Two children died in Thanet.",
    "learning": "Sleep safely. One baby did not.",
}


def again(page: Page) -> list[str]:
    return [
        item.text_content() for item in page.tree.xpath("//main//*[contains(@class, 'govuk-inset-text')]//li")
    ]


def test_a_draft_is_always_saved_and_says_what_to_read_again(visitor: Visitor) -> None:
    assert again(visitor.get(f"{ANNUAL}/texts")) == []
    assert visitor.send(f"{ANNUAL}/texts", TOLD).leads_to.endswith(ANNUAL)
    assert AnnualDraft.get().foreword == TOLD["foreword"]
    page = visitor.get(f"{ANNUAL}/texts")
    assert again(page) == ["“Two children died in Thanet.” (Two)", "“One baby did not.” (One)"]
    assert "Foreword: read this sentence again" in page.text
    assert f"{ANNUAL}/texts" in visitor.get(ANNUAL).links()
    assert "Read these sentences again" in visitor.get(ANNUAL).text
    wrong = visitor.send(f"{ANNUAL}/texts", {"foreword": "x" * 10_001, "training": "Three boys."})
    assert wrong.value("training") == "Three boys."
    assert "“Three boys.” (Three)" in again(wrong)


def test_it_is_proposed_only_after_the_tick_which_is_recorded(visitor: Visitor) -> None:
    visitor.send(f"{ANNUAL}/texts", TOLD)
    freeze_year(COORDINATOR, "2011-12")
    last = visitor.get(f"{ANNUAL}/issue")
    assert again(last) == ["“Two children died in Thanet.” (Two)", "“One baby did not.” (One)"]
    refused = visitor.send(f"{ANNUAL}/issue", {"password": PASSWORD})
    assert refused.errors == {"sentences": NOT_READ}
    assert again(refused) == again(last)
    assert FrozenYear.get().proposed_at is None
    assert AnnualDraft.get().foreword == TOLD["foreword"]
    sent = visitor.send(f"{ANNUAL}/issue", {"sentences": "y", "password": PASSWORD})
    assert sent.leads_to.endswith(ANNUAL)
    event = AuditEvent.select().where(AuditEvent.event == "annual-report.proposed").get()
    note = "Read, as identifying no child: 2 sentences with a small number."
    assert json.loads(event.detail) == {"note": note}


def test_where_nothing_is_found_nothing_is_asked(visitor: Visitor) -> None:
    visitor.send(f"{ANNUAL}/texts", {"foreword": "On 1 April the panel began its fourth year."})
    freeze_year(COORDINATOR, "2011-12")
    assert "Read these sentences again" not in visitor.get(ANNUAL).text
    assert visitor.get(f"{ANNUAL}/issue").tree.xpath("//input[@type='checkbox']") == []
    assert visitor.send(f"{ANNUAL}/issue", {"password": "wrong"}).errors["password"]
    assert visitor.send(f"{ANNUAL}/issue", {"password": PASSWORD}).leads_to.endswith(ANNUAL)
    event = AuditEvent.select().where(AuditEvent.event == "annual-report.proposed").get()
    assert json.loads(event.detail) == {}


def test_a_tick_is_for_the_texts_that_were_read(visitor: Visitor) -> None:
    save_draft(SYSTEM, "2011-12", Texts(foreword="Two boys died."), 0)
    save_draft(SYSTEM, "2011-12", Texts(foreword="Three girls died."), 1)
    freeze_year(COORDINATOR, "2011-12")
    with pytest.raises(InvalidInput, match="Look again"):
        propose(COORDINATOR, "2011-12", Seen(1, 1), has_read=True)
    with pytest.raises(InvalidInput, match="read these sentences"):
        propose(COORDINATOR, "2011-12", Seen(1, 2))
    assert propose(COORDINATOR, "2011-12", Seen(1, 2), has_read=True).texts_version == 2
