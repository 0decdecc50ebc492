"""What a paper is stands in its file name, its title and its addressee; the public is asked for nothing."""

from datetime import date
from itertools import combinations, product
from typing import Any

import pytest

from kscb_actions.reports.content import Report
from kscb_actions.reports.paper_kind import PaperKind

from ..factories import TODAY, World
from .faces import decisions_of, told
from .stories import busy, report

CHOICES = {
    "internal": {},
    "public": {"publication": True},
    "agency’s": {"agency": "KPOL"},
    "since": {"since": date(2012, 1, 1)},
    "agency’s and public": {"agency": "KPOL", "publication": True},
    "one review’s": {"review": "IR-2011-01"},
    "all at once": {"agency": "KPOL", "since": date(2012, 1, 1), "review": "IR-2011-01"},
}
SAID = {
    "internal": ("internal", "internal"),
    "public": ("for publication", "for-publication"),
    "agency’s": ("Kent Police only", "agency-kpol"),
    "since": ("changes since 1 January 2012", "since-2012-01-01"),
}


def named(made: Report) -> tuple[str, str, str]:
    """Return file name, title and addressee."""
    return made.file_name, made.title, dict(made.header)["To"]


def test_no_two_papers_of_a_day_share_file_name_title_or_addressee(world: World) -> None:
    busy(world)
    made = {name: named(report(world.manager, **choice)) for name, choice in CHOICES.items()}
    for one, other in combinations(made, 2):
        same = [a for a, b in zip(made[one], made[other], strict=True) if a == b]
        # A single review's paper goes to the same people, and says the review in its name and title.
        allowed = 1 if "one review’s" in (one, other) and "internal" in (one, other) else 0
        assert len(same) == allowed, (one, other, same)


@pytest.mark.parametrize("name", SAID)
def test_each_says_what_it_is_in_all_three(world: World, name: str) -> None:
    busy(world)
    words, part = SAID[name]
    file_name, title, addressee = named(report(world.manager, **CHOICES[name]))
    assert part in file_name and words in title and words in addressee
    assert file_name.endswith("-2012-03-30.docx")


def test_the_usual_day_of_changes_is_the_usual_paper(world: World) -> None:
    assert named(report(world.manager)) == named(report(world.manager, since=date(2011, 12, 30)))


@pytest.mark.parametrize("choice", [{}, {"agency": "KPOL"}, {"review": "IR-2011-01"}])
def test_the_public_is_asked_for_nothing_and_no_subgroup_is_named(world: World, choice: Any) -> None:
    busy(world)
    full, public = report(world.manager, **choice), report(world.manager, publication=True, **choice)
    assert any(each.startswith("CHALLENGE") for each in decisions_of(full))
    assert decisions_of(public) == []
    assert dict(public.header)["To"].startswith("The public (")
    text = repr(told(public))
    for word in ("CHALLENGE", "DECIDE", "CHECK ", "REPLACE ", "asked to", "Subgroup"):
        assert word not in text


def test_whatever_comes_together_names_tell_apart() -> None:
    agencies, days = (None, ("KPOL", "Kent Police")), (None, TODAY)
    kinds = [PaperKind(*each) for each in product((False, True), agencies, days, (False, True))]
    for names in (
        {kind.title() for kind in kinds},
        {kind.addressee for kind in kinds},
        {kind.file_name(TODAY) for kind in kinds},
    ):
        assert len(names) == len(kinds)
