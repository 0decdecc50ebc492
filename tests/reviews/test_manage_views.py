"""Pages with which a board manager records and changes reviews."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from kscb_actions.audit.models import AuditEvent
from kscb_actions.people.models import User
from kscb_actions.reviews.models import NamedPerson, Review, StageReached, Theme
from kscb_actions.reviews.queries import list_clocks, list_named_people, list_stages, themes_of_review
from kscb_actions.reviews.rules import ReviewFacts
from kscb_actions.reviews.service import add_theme, edit_review, name_person, rename_theme, set_hold

from ..factories import World
from ..pages import Visitor

Visit = Callable[[User], Visitor]
NEW = {
    "kind": "scr",
    "reference": "scr-2011-02",
    "title": "A baby’s injuries 👶",
    "pseudonym": "Child B",
    "summary": "First line.\r\nSecond line.",
    "classification": "PROTECT",
    "stage": "decided",
    "reached_on": ["1", "3", "2012"],
    "note": "The criteria are met.",
}
LONG = "x" * 10_001
WRONG = [
    ({"kind": ""}, "kind"),
    ({"kind": "no such kind"}, "kind"),
    ({"reference": ""}, "reference"),
    ({"reference": "SCR 1 / 2"}, "reference"),
    ({"reference": "\x00\x07\x1b"}, "reference"),
    ({"reference": "A" * 5_000}, "reference"),
    ({"title": ""}, "title"),
    ({"title": "\x00\x0b"}, "title"),
    ({"title": "👶" * 201}, "title"),
    ({"pseudonym": "p" * 81}, "pseudonym"),
    ({"summary": LONG}, "summary"),
    ({"classification": "none of these"}, "classification"),
    ({"themes": ["999999"]}, "themes"),
    ({"themes": ["’; DROP TABLE theme"]}, "themes"),
    ({"stage": ""}, "stage"),
    ({"stage": "no such stage"}, "stage"),
    ({"stage": "not_published", "note": ""}, "note"),
    ({"note": LONG}, "note"),
    ({"reached_on": ["", "", ""]}, "reached_on"),
    ({"reached_on": ["30", "2", "2012"]}, "reached_on"),
    ({"reached_on": ["31", "3", "2012"]}, "reached_on"),
    ({"reached_on": ["1"]}, "reached_on"),
    ({"reached_on": ["9" * 400, "1", "2012"]}, "reached_on"),
]


def test_a_manager_records_a_review_with_its_stage_and_themes(world: World, visit: Visit) -> None:
    theme = add_theme(world.as_viewer(world.manager), "Fathers and new partners")
    manager = visit(world.manager)
    page = manager.post("/reviews/new", NEW, themes=[str(theme.id)])
    assert (page.status, page.leads_to) == (302, "/reviews/SCR-2011-02")
    review = Review.get(Review.reference == "SCR-2011-02")
    assert (review.title, review.summary) == ("A baby’s injuries 👶", "First line.\nSecond line.")
    assert (review.kind, review.pseudonym, review.classification) == ("scr", "Child B", "PROTECT")
    assert [each.name for each in themes_of_review(review)] == ["Fathers and new partners"]
    assert [(row.stage, row.reached_on) for row in list_stages(review)] == [("decided", date(2012, 3, 1))]
    assert "SCR-2011-02 is recorded" in manager.get(page.leads_to).source


@pytest.mark.parametrize(("kind", "called"), [("strategy", "Strategy"), ("complaint", "Complaint")])
def test_a_strategy_and_a_complaint_are_kinds_without_statutory_dates(
    world: World, visit: Visit, kind: str, called: str
) -> None:
    manager = visit(world.manager)
    assert manager.post("/reviews/new", NEW, kind=kind).leads_to == "/reviews/SCR-2011-02"
    assert f"SCR-2011-02, {called}" in manager.get("/reviews/SCR-2011-02").text
    assert "SCR-2011-02" in manager.get(f"/reviews?kind={kind}").text
    assert list_clocks(Review.get(Review.reference == "SCR-2011-02")) == []


def test_who_records_a_restricted_review_goes_on_to_name_people(world: World, visit: Visit) -> None:
    page = visit(world.manager).post("/reviews/new", NEW, is_restricted="y")
    assert page.leads_to == "/reviews/SCR-2011-02/people"
    assert [person.id for person in list_named_people(Review.get())] == [world.manager.id]


@pytest.mark.parametrize(("changed", "field"), WRONG)
def test_what_is_wrong_with_a_new_review_is_said_at_its_field_and_the_rest_is_kept(
    world: World, visit: Visit, changed: dict[str, Any], field: str
) -> None:
    add_theme(world.as_viewer(world.manager), "One")
    before = AuditEvent.select().count()
    page = visit(world.manager).post("/reviews/new", NEW, **changed)
    assert (page.status, set(page.errors)) == (200, {field})
    kept = {**NEW, **changed}
    for name in {"summary", "note", "title"} - {field}:
        assert page.value(name) == kept[name].replace("\r\n", "\n")
    assert (Review.select().count(), AuditEvent.select().count()) == (0, before)


def test_an_empty_form_is_told_all_that_is_missing(world: World, visit: Visit) -> None:
    page = visit(world.manager).post("/reviews/new")
    assert page.status == 200
    assert set(page.errors) == {"kind", "reference", "title", "stage", "reached_on"}
    assert page.source.count("<title>") == 1 and "Error: " in page.source


def test_a_second_review_with_the_same_reference_is_refused(world: World, visit: Visit) -> None:
    world.review("SCR-2011-02")
    page = visit(world.manager).post("/reviews/new", NEW)
    assert page.errors == {"reference": "Another review has this reference."}


def test_a_review_is_edited_and_unticked_themes_go(world: World, visit: Visit) -> None:
    theme = add_theme(world.as_viewer(world.manager), "One")
    review = world.review(theme_ids=(theme.id,), summary="As it was.")
    page = visit(world.manager).send(f"/reviews/{review.reference}/edit", title="New title", themes=[])
    assert page.status == 302
    kept = Review.get_by_id(review.id)
    assert (kept.title, kept.summary, themes_of_review(kept)) == ("New title", "As it was.", [])


@pytest.mark.parametrize(
    ("changed", "field"), [(c, f) for c, f in WRONG if f in ("kind", "title", "summary", "themes")]
)
def test_what_is_wrong_with_an_edit_changes_nothing(
    world: World, visit: Visit, changed: dict[str, Any], field: str
) -> None:
    add_theme(world.as_viewer(world.manager), "One")
    review = world.review()
    page = visit(world.manager).send(f"/reviews/{review.reference}/edit", {"pseudonym": "Typed", **changed})
    assert (page.status, set(page.errors), page.value("pseudonym")) == (200, {field}, "Typed")
    assert Review.get_by_id(review.id).version == review.version


def test_restricting_a_review_leads_to_naming_people(world: World, visit: Visit) -> None:
    review = world.review()
    page = visit(world.manager).send(f"/reviews/{review.reference}/edit", is_restricted="y")
    assert page.leads_to == f"/reviews/{review.reference}/people"
    assert [person.id for person in list_named_people(review)] == [world.manager.id]


def test_the_second_editor_sees_both_texts_and_may_then_save_over_the_first(
    world: World, visit: Visit
) -> None:
    manager, review = world.as_viewer(world.manager), world.review()
    path = f"/reviews/{review.reference}/edit"
    stale = {
        "version": str(review.version),
        "title": "Typed second",
        "kind": "audit",
        "classification": "PROTECT",
    }
    edit_review(
        manager,
        Review.get_by_id(review.id),
        ReviewFacts(review.reference, "rca", "Saved first", "Child A"),
        review.version,
    )
    page = visit(world.manager).post(path, stale)
    assert (page.status, list(page.errors)) == (409, [""])
    for words in ("You changed this in another window", "Saved first", "Typed second", "Root cause analysis"):
        assert words in page.text
    assert "Multi-agency audit" in page.text and "Saved by you" in page.text
    assert Review.get_by_id(review.id).title == "Saved first"
    again = {**stale, "version": page.value("version")}
    assert page.value("title") == "Typed second"
    assert visit(world.manager).post(path, again).status == 302
    assert Review.get_by_id(review.id).title == "Typed second"


@pytest.mark.parametrize("version", ["", "0", "99", "-1", "x", "1" * 30, None])
def test_an_edit_without_the_version_it_saw_overwrites_nothing(
    world: World, visit: Visit, version: str | None
) -> None:
    review = world.review()
    fields = {"title": "Typed", "kind": "scr", "classification": "PROTECT"}
    page = visit(world.manager).post(
        f"/reviews/{review.reference}/edit", fields if version is None else {**fields, "version": version}
    )
    assert page.status == 409
    assert Review.get_by_id(review.id).title == review.title


def test_a_stage_is_recorded(world: World, visit: Visit) -> None:
    review = world.review()
    path = f"/reviews/{review.reference}/stage"
    page = visit(world.manager).send(path, stage="closed", reached_on=["30", "3", "2012"])
    assert page.status == 302
    assert Review.get_by_id(review.id).stage == "closed"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"stage": "closed", "reached_on": ["31", "3", "2012"]}, "reached_on"),
        ({"stage": "", "reached_on": ["1", "3", "2012"]}, "stage"),
        ({"stage": "nowhere", "reached_on": ["1", "3", "2012"]}, "stage"),
        ({"stage": "decided", "reached_on": ["1", "3", "2012"], "note": " "}, "note"),
        ({"stage": "closed", "reached_on": ["1", "3", "2012"], "note": LONG}, "note"),
        ({"stage": "closed"}, "reached_on"),
    ],
)
def test_what_is_wrong_with_a_stage_changes_nothing(
    world: World, visit: Visit, fields: dict[str, Any], field: str
) -> None:
    review, count = world.review(), StageReached.select().count()
    page = visit(world.manager).send(f"/reviews/{review.reference}/stage", fields)
    assert (page.status, set(page.errors)) == (200, {field})
    assert StageReached.select().count() == count == 1


def test_a_hold_is_placed_and_lifted(world: World, visit: Visit) -> None:
    review = world.review()
    path, manager = f"/reviews/{review.reference}/hold", visit(world.manager)
    assert manager.send(path, kind="inquest", reason="Until June 2012.").status == 302
    assert Review.get_by_id(review.id).hold_kind == "inquest"
    assert "Until June 2012." in manager.get(path).text
    assert manager.send(path, kind="lifted", reason="It is over.").status == 302
    assert Review.get_by_id(review.id).hold_kind == ""


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"kind": "inquest", "reason": ""}, "reason"),
        ({"kind": "inquest", "reason": LONG}, "reason"),
        ({"kind": "weather", "reason": "Rain."}, "kind"),
        ({"kind": "", "reason": "Why."}, "kind"),
        ({"kind": "lifted", "reason": "There is none."}, "kind"),
    ],
)
def test_what_is_wrong_with_a_hold_changes_nothing(
    world: World, visit: Visit, fields: dict[str, str], field: str
) -> None:
    review = world.review()
    page = visit(world.manager).send(f"/reviews/{review.reference}/hold", fields)
    assert (page.status, set(page.errors), page.value("reason")) == (200, {field}, fields["reason"])
    assert Review.get_by_id(review.id).hold_kind == ""


@pytest.mark.parametrize(
    ("path", "fields", "words"),
    [
        ("stage", {"stage": "closed", "reached_on": ["1", "3", "2012"]}, "Action plan monitoring"),
        ("hold", {"kind": "other", "reason": "My reason."}, "Their reason."),
    ],
)
def test_the_second_to_record_a_stage_or_a_hold_is_shown_the_first(
    world: World, visit: Visit, path: str, fields: dict[str, Any], words: str
) -> None:
    review = world.review()
    set_hold(world.as_viewer(world.manager), Review.get_by_id(review.id), "inquest", "Their reason.")
    page = visit(world.manager).post(f"/reviews/{review.reference}/{path}", {"version": "1", **fields})
    assert page.status == 409
    assert words in page.text
    kept = Review.get_by_id(review.id)
    assert (kept.stage, kept.hold_kind) == ("monitoring", "inquest")


def test_people_are_named_on_a_restricted_review_and_taken_off(world: World, visit: Visit) -> None:
    review = world.review(is_restricted=True)
    path, manager = f"/reviews/{review.reference}/people", visit(world.manager)
    assert manager.post(path, person=str(world.police_lead.id)).status == 302
    assert "Police lead" in manager.get(path).text
    assert manager.post(path, remove=str(world.police_lead.id)).status == 302
    assert [person.id for person in list_named_people(review)] == [world.manager.id]


@pytest.mark.parametrize(
    "fields", [{}, {"person": ""}, {"person": "999"}, {"person": "x"}, {"remove": "999"}]
)
def test_an_unknown_person_is_neither_named_nor_taken_off(
    world: World, visit: Visit, fields: dict[str, str]
) -> None:
    review = world.review(is_restricted=True)
    page = visit(world.manager).post(f"/reviews/{review.reference}/people", fields)
    assert (page.status, set(page.errors)) == (200, {"person"})
    assert NamedPerson.select().count() == 1


def test_nobody_takes_themselves_off(world: World, visit: Visit) -> None:
    review = world.review(is_restricted=True)
    page = visit(world.manager).post(f"/reviews/{review.reference}/people", remove=str(world.manager.id))
    assert "You cannot take yourself off" in page.text
    assert NamedPerson.select().count() == 1


def test_a_review_that_is_not_restricted_has_nobody_to_name(world: World, visit: Visit) -> None:
    review = world.review()
    path = f"/reviews/{review.reference}/people"
    assert "not restricted" in visit(world.manager).get(path).text
    assert visit(world.manager).post(path, person=str(world.reader.id)).status == 200
    assert NamedPerson.select().count() == 0


def test_a_theme_is_added_once(world: World, visit: Visit) -> None:
    manager = visit(world.manager)
    assert manager.post("/reviews/themes", name=" Neglect ").status == 302
    page = manager.post("/reviews/themes", name="Neglect")
    assert page.errors == {"name": "This theme is on the list already."}
    assert manager.post("/reviews/themes", name="\x00").errors.keys() == {"name"}
    assert manager.post("/reviews/themes", name="t" * 121).value("name") == "t" * 121
    assert Theme.select().count() == 1


def test_a_theme_is_renamed_wherever_it_is_carried(world: World, visit: Visit) -> None:
    manager = visit(world.manager)
    theme, other = (add_theme(world.as_viewer(world.manager), name) for name in ("Sharing", "Neglect"))
    review = world.review(theme_ids=(theme.id,))
    path = f"/reviews/themes/{theme.id}"
    assert path in manager.get("/reviews/themes").links()
    answer = manager.send(path, name="  Telling   one another ")
    assert (answer.status, answer.leads_to) == (302, "/reviews/themes")
    assert "“Sharing” is now called “Telling one another”." in manager.get("/reviews/themes").text
    assert "Telling one another" in manager.get(f"/reviews/{review.reference}").text
    event = AuditEvent.select().where(AuditEvent.event == "theme.renamed").get()
    assert (event.object_id, event.actor_id) == (theme.id, world.manager.id)
    assert "Sharing" in event.changes and "Telling one another" in event.changes
    assert manager.send(path, name=other.name).errors == {"name": "This theme is on the list already."}
    for wrong in ("", " \x00 ", "t" * 121):
        page = manager.send(path, name=wrong)
        assert page.errors == {"name": "Enter the theme in up to 120 characters."}
    assert page.value("name") == "t" * 121
    assert {each.name for each in Theme.select()} == {"Telling one another", "Neglect"}


def test_a_theme_that_somebody_else_renamed_is_not_renamed_over(world: World, visit: Visit) -> None:
    theme = add_theme(world.as_viewer(world.manager), "Sharing")
    manager = visit(world.manager)
    rename_theme(world.as_viewer(world.manager), theme, "Telling others", theme.version)
    page = manager.post(f"/reviews/themes/{theme.id}", name="Mine", version="1")
    assert page.status == 409 and page.value("name") == "Mine"
    assert Theme.get_by_id(theme.id).name == "Telling others"
    assert manager.get("/reviews/themes/999").status == 404


def test_a_manager_who_is_not_named_finds_no_restricted_review(world: World, visit: Visit) -> None:
    review = world.review(is_restricted=True)
    stranger = visit(world.person("second-manager", *world.manager.role_set))
    for page in ("", "/edit", "/stage", "/hold", "/people", "/recommendations/new"):
        assert stranger.get(f"/reviews/{review.reference}{page}").status == 404
    name_person(
        world.as_viewer(world.manager), review, User.get(User.email == "second-manager@board.example")
    )
    assert stranger.get(f"/reviews/{review.reference}/edit").status == 200
