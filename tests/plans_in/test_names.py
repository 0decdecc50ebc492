"""The manager keeps names of agencies and groups, and plans are read by them."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from kscb_actions.access.policy import Refused
from kscb_actions.audit.service import StaleEdit
from kscb_actions.people.models import User
from kscb_actions.plans_in.models import OwnerName
from kscb_actions.plans_in.naming.queries import list_names
from kscb_actions.plans_in.naming.service import change_name, forget_name, keep_name
from kscb_actions.plans_in.queries import directory
from kscb_actions.text import InvalidInput

from ..factories import World
from ..pages import Page

SignIn = Callable[[User | None], FlaskClient]


def owners(text: str) -> tuple[tuple[str, ...], bool]:
    found = directory().find(text)
    return found.agencies, found.is_each


def test_a_group_and_a_name_are_listed_and_used_by_import(
    world: World, sign_in: SignIn, csrf_token: str
) -> None:
    every = owners("All Board agencies")[0]
    assert len(every) > 2 and owners("Constabulary") == ((), False)
    client, sent = sign_in(world.manager), {"csrf_token": csrf_token}
    group = {"words": "All Board agencies", "agencies": ["KPOL", "NHSK"]}
    assert client.post("/agencies/names/new", data={**sent, **group}).status_code == 302
    assert (
        client.post(
            "/agencies/names/new", data={**sent, "words": "Constabulary", "agencies": ["KPOL"]}
        ).status_code
        == 302
    )
    assert owners("all the Board agencies") == (("KPOL", "NHSK"), True)
    assert owners("Head of CID, Constabulary") == (("KPOL",), False)
    page = Page(client.get("/agencies/names"))
    rows = [" ".join(row.text_content().split()) for row in page.tree.xpath("//tbody/tr")]
    assert rows[0].startswith("All Board agencies Kent Police; ") and rows[0].endswith("An action each")
    assert rows[1] == "Constabulary Kent Police"


def test_a_name_is_changed_and_taken_away_on_its_page(world: World, sign_in: SignIn, csrf_token: str) -> None:
    row = keep_name(world.manager.viewer, "Constabulary", ["KPOL"])
    client, address = sign_in(world.manager), f"/agencies/names/{row.id}"
    fields = dict(Page(client.get(address)).tree.xpath("//main//form")[0].form_values())
    assert (fields["words"], fields["agencies"]) == ("Constabulary", "KPOL")
    sent = {**fields, "csrf_token": csrf_token, "agencies": "NHSK"}
    assert client.post(address, data=sent).status_code == 302
    assert owners("Constabulary") == (("NHSK",), False)
    late = client.post(address, data={name: value for name, value in sent.items() if name != "once"})
    assert late.status_code == 409 and "Constabulary" in late.text
    forget = {"csrf_token": csrf_token, "next": "forget"}
    assert client.post(address, data=forget).status_code == 302
    assert owners("Constabulary") == ((), False) and client.get(address).status_code == 404


@pytest.mark.parametrize(
    ("words", "codes", "field", "told"),
    [
        (" ", ["KPOL"], "words", "Enter the words"),
        ("x" * 201, ["KPOL"], "words", "Enter the words"),
        ("the Kent police", ["NHSK"], "words", "This is Kent Police itself"),
        ("kpol", ["NHSK"], "words", "This is Kent Police itself"),
        ("all HEALTH", ["NHSK"], "words", "“All health” is kept already"),
        ("Schools", [], "agencies", "Choose whom"),
        ("Schools", ["NONE"], "agencies", "Choose from the list"),
    ],
)
def test_what_cannot_be_kept_is_refused(
    world: World, words: str, codes: list[str], field: str, told: str
) -> None:
    keep_name(world.manager.viewer, "All health", ["NHSK"])
    with pytest.raises(InvalidInput) as wrong:
        keep_name(world.manager.viewer, words, codes)
    assert list(wrong.value.errors) == [field] and told in wrong.value.errors[field]
    assert [each.row.words for each in list_names()] == ["All health"]


def test_the_manager_alone_keeps_them_and_not_over_another(world: World) -> None:
    row = keep_name(world.manager.viewer, "Schools", ["NHSK"])
    for who in (world.chair, world.police_lead, world.reader):
        with pytest.raises(Refused):
            keep_name(who.viewer, "Others", ["NHSK"])
        with pytest.raises(Refused):
            forget_name(who.viewer, row)
    change_name(world.manager.viewer, OwnerName.get(), "Schools", ["KPOL", "NHSK"], row.version)
    with pytest.raises(StaleEdit):
        change_name(world.manager.viewer, OwnerName.get(), "Schools", ["KPOL"], 1)
