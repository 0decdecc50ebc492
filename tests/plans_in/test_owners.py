"""Owners are found by any of their names, in any company; who is not known is kept as text."""

import pytest

from kscb_actions.plans_in.owners import Directory, KnownAgency, Owners

from .layouts import DIRECTORY, EVERY

HEALTH = ("NHSK", "KCHT")


@pytest.mark.parametrize(
    ("text", "agencies", "unknown"),
    [
        ("Kent Police", ("KPOL",), ()),
        ("kpol", ("KPOL",), ()),
        ("The Kent  Police", ("KPOL",), ()),
        ("Police", ("KPOL",), ()),
        ("Children’s Social Services", ("CSS",), ()),
        ("Education, Learning and Skills", ("ELS",), ()),
        ("NHS Kent & Medway", ("NHSK",), ()),
        ("Director of CSS (A Writer)", ("CSS",), ()),
        ("DI Writer, Kent Police", ("KPOL",), ()),
        ("Kent Police, DI Writer", ("KPOL",), ()),
        ("Head of Policy and Standards", ("CSS",), ()),
        ("Kent Police and Kent Probation", ("KPOL", "KPRO"), ()),
        ("Kent Probation & Kent Police", ("KPRO", "KPOL"), ()),
        ("Police/Probation", ("KPOL", "KPRO"), ()),
        ("CSS (lead), Kent Police", ("CSS", "KPOL"), ()),
        ("Children's Social Services, Kent Police, Probation", ("CSS", "KPOL", "KPRO"), ()),
        ("Education, Learning and Skills and Kent Police", ("ELS", "KPOL"), ()),
        ("Kent Police\nSchools", ("KPOL",), ("Schools",)),
        ("Schools & Kent Police", ("KPOL",), ("Schools",)),
        ("Policy and Performance Manager", (), ("Policy and Performance Manager",)),
        ("Health", (), ("Health",)),
        ("Somebody", (), ("Somebody",)),
        ("it manager", (), ("it manager",)),
        ("", (), ()),
        ("–", (), ()),
    ],
)
def test_owners_are_found(text: str, agencies: tuple[str, ...], unknown: tuple[str, ...]) -> None:
    found = DIRECTORY.find(text)
    assert (found.agencies, found.unknown, found.is_each) == (agencies, unknown, False)


@pytest.mark.parametrize(
    "text", ["All Board agencies", "all agencies", "All partner agencies", "All", "Every agency"]
)
def test_all_agencies_have_an_action_each(text: str) -> None:
    assert DIRECTORY.find(text) == Owners(EVERY, is_each=True)


def test_groups_have_an_action_each() -> None:
    assert DIRECTORY.find("Early help pilot") == Owners(("CSS", "ELS"), is_each=True)
    assert DIRECTORY.find("All health").agencies == HEALTH and DIRECTORY.find("All health").is_each
    assert DIRECTORY.find("All trusts").unknown == ("All trusts",)


def test_what_is_guessed_is_said() -> None:
    assert DIRECTORY.find("Police").guesses == ("“Police” was taken for Kent Police.",)
    assert DIRECTORY.find("Kent Police").guesses == ()


def test_a_short_form_in_a_sentence_counts_as_it_is_written() -> None:
    board = Directory([KnownAgency("IT", "Information technology"), KnownAgency("KPOL", "Kent Police")])
    assert board.find("IT manager").agencies == ("IT",)
    assert board.find("whoever does it").agencies == ()
    assert Directory([]).find("Anybody").unknown == ("Anybody",)
