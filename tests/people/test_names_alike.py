"""Names that look the same are one wherever a list of them is kept, and a refused character is named."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from argon2 import PasswordHasher

from kscb_actions.people import passwords
from kscb_actions.people.models import User
from kscb_actions.people.service import add_agency, add_person, edit_agency, set_password
from kscb_actions.reviews.service import add_theme, rename_theme
from kscb_actions.settings.districts import add_district, rename_district
from kscb_actions.text import InvalidInput, alike, as_address, plain_letters

from ..factories import World

NAME = "Kent & Médway Children’s Trust-North"
ALIKE = {
    "capitals": NAME.upper(),
    "width": "Ｋｅｎｔ　＆　Ｍédway Children’s Trust-North",
    "composition": NAME.replace("é", "e\u0301"),
    "something invisible": NAME.replace("Kent", "Ke\u200bnt\u00ad"),
    "a joiner": NAME.replace("Kent", "Ke\u200dnt"),
    "another quotation mark": NAME.replace("’", "'"),
    "another hyphen": NAME.replace("-", "\u2011"),
    "white space": f"  {NAME.replace(' ', chr(0xA0))}  ",
}
SEEN_BY_NOBODY = {"\u202e": "right-to-left override", "\ue000": "without a name"}


@dataclass(frozen=True)
class List:
    """A list of names: what adds one, and what gives another of the list this name."""

    add: Callable[[World, str], object]
    rename: Callable[[World, str], object]


LISTS = {
    "agencies": List(
        lambda world, name: add_agency(world.as_viewer(world.manager), "X1", name),
        lambda world, name: edit_agency(
            world.as_viewer(world.manager), world.police, name, True, world.police.version
        ),
    ),
    "themes": List(
        lambda world, name: add_theme(world.as_viewer(world.manager), name),
        lambda world, name: rename_theme(
            world.as_viewer(world.manager), add_theme(world.as_viewer(world.manager), "Another"), name, 1
        ),
    ),
    "districts": List(
        lambda world, name: add_district(world.as_viewer(world.cdop_coordinator), name),
        lambda world, name: rename_district(
            world.as_viewer(world.cdop_coordinator),
            add_district(world.as_viewer(world.cdop_coordinator), "Another"),
            name,
            1,
        ),
    ),
}


@pytest.mark.parametrize("name", LISTS)
def test_what_looks_the_same_is_one_name_of_a_list(world: World, name: str) -> None:
    LISTS[name].add(world, NAME)
    for other in ALIKE.values():
        with pytest.raises(InvalidInput, match="has this name|on the list already"):
            LISTS[name].add(world, other)
    with pytest.raises(InvalidInput, match="has this name|on the list already"):
        LISTS[name].rename(world, ALIKE["width"])


@pytest.mark.parametrize("name", LISTS)
def test_a_character_that_nobody_sees_is_named(world: World, name: str) -> None:
    for character, called in SEEN_BY_NOBODY.items():
        with pytest.raises(InvalidInput) as refused:
            LISTS[name].add(world, f"Kent {character}Trust")
        assert f"a character that cannot be seen ({called})" in refused.value.errors["name"]
        assert character not in refused.value.errors["name"]


def test_a_persons_name_is_kept_as_it_is_seen(world: World) -> None:
    manager, reader = world.as_viewer(world.manager), world.reader.role_set
    person = add_person(manager, "ｎｅｗ@board.example", "\ufeffHead\u00ad of  Care", reader, None)
    assert (person.name, person.email) == ("Head of Care", "new@board.example")
    with pytest.raises(InvalidInput, match="right-to-left override"):
        add_person(manager, "other@board.example", "Head \u202eof Care", reader, None)
    with pytest.raises(InvalidInput, match="recorded already"):
        add_person(manager, "N\u00adEW@board.example", "Another", reader, None)


def test_an_agencys_code_has_one_width(world: World) -> None:
    assert add_agency(world.as_viewer(world.manager), "ｋｘ\u200b1", "Kent X").code == "KX1"
    with pytest.raises(InvalidInput, match="Another agency has this code"):
        add_agency(world.as_viewer(world.manager), "ＫＸ1", "Kent Y")


def test_accents_tell_names_apart_and_are_put_plainly() -> None:
    assert alike("José") != alike("Jose")
    assert plain_letters("naïve – “Zoë” Łódź ﬁn…") == 'naive - "Zoe" Lodz fin...'
    assert as_address("ｊｏ＠board.example") == "jo@board.example"


TYPED = "cafe\u0301 lantern\u00a0ferry ﬁve"
SAME = ("café lantern ferry five", "caf\u00e9 lantern\u2003ferry ﬁve")


def test_a_password_is_the_same_from_every_keyboard(world: World) -> None:
    set_password(world.reader, TYPED)
    kept = User.get_by_id(world.reader.id).password_hash
    assert all(passwords.matches(kept, each) for each in (TYPED, *SAME))
    assert not passwords.matches(kept, "cafe lantern ferry five")
    assert not passwords.matches(None, TYPED)


def test_a_password_kept_before_still_opens() -> None:
    kept = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(TYPED)
    assert passwords.matches(kept, TYPED)
    assert not passwords.matches(kept, SAME[0]), "it was kept as it was typed"
