"""Pages with which a board manager withdraws a recommendation and brings it back, and where it shows."""

from collections.abc import Callable

import pytest

from kscb_actions.actions.models import Action
from kscb_actions.actions.service import set_standing, withdraw_recommendation
from kscb_actions.people.models import User
from kscb_actions.reviews.models import Recommendation
from kscb_actions.reviews.recommendations import edit_recommendation
from kscb_actions.reviews.rules import RecommendationFacts

from ..factories import World
from ..pages import Visitor
from ..queries import counted

Visit = Callable[[User], Visitor]
REVIEW = "/reviews/SCR-2011-02"
ONE = f"{REVIEW}/recommendations/1"
WITHDRAW, BRING_BACK = f"{ONE}/withdraw", f"{ONE}/bring-back"
WHY = "The inspection asks for 👶\nmore <b>than</b> this."
SHOWN = "Withdrawn on 30 March 2012: The inspection asks for 👶 more <b>than</b> this."


@pytest.fixture
def asked(world: World) -> Action:
    """Return a stopped action of the police for the one recommendation of SCR-2011-02."""
    action = world.action(recommendation=world.recommendation(world.review("SCR-2011-02")))
    return set_standing(world.as_viewer(world.manager), action, "superseded", "The inspection.")


@pytest.fixture
def withdrawn(world: World, asked: Action) -> Action:
    """Return the same, its recommendation withdrawn."""
    withdraw_recommendation(world.as_viewer(world.manager), asked.recommendation, WHY, 1)
    return asked


def state() -> tuple[bool, str, int]:
    """Return whether the one recommendation is withdrawn, why, and its version."""
    row = Recommendation.get()
    return row.withdrawn_on is not None, row.withdrawn_reason, row.version


def test_a_recommendation_is_withdrawn_and_brought_back(world: World, visit: Visit, asked: Action) -> None:
    manager = visit(world.manager)
    assert WITHDRAW in manager.get(REVIEW).links()
    page = manager.send(WITHDRAW, ending="withdrawn", reason=WHY.replace("\n", "\r\n"))
    assert page.leads_to == f"{REVIEW}#recommendation-1"
    assert state() == (True, WHY, 2)
    shown = manager.get(REVIEW)
    assert "Recommendation 1 is withdrawn." in shown.text
    assert SHOWN in shown.text and "1 recommendation, of them 1 withdrawn" in shown.text
    assert {WITHDRAW, BRING_BACK} & shown.links() == {BRING_BACK}
    form = manager.get(BRING_BACK)
    assert "30 March 2012" in form.text and "more <b>than</b> this." in form.text
    page = manager.send(BRING_BACK, reason="It is needed.")
    assert page.leads_to == f"{REVIEW}#recommendation-1"
    assert state() == (False, "", 3)
    again = manager.get(REVIEW)
    assert "Recommendation 1 stands again." in again.text and "Withdrawn on" not in again.text
    assert {WITHDRAW, BRING_BACK} & again.links() == {WITHDRAW}


@pytest.mark.parametrize("reason", ["", " \r\n\x00", "x" * 10_001])
def test_what_is_wrong_with_a_reason_stands_beside_it_and_what_was_typed_stays(
    world: World, visit: Visit, asked: Action, reason: str
) -> None:
    manager = visit(world.manager)
    page = manager.send(WITHDRAW, ending="withdrawn", reason=reason)
    assert (page.status, set(page.errors), state()) == (200, {"reason"}, (False, "", 1))
    assert page.value("reason") == reason.replace("\x00", "").strip() or "\x00" in reason
    withdraw_recommendation(world.as_viewer(world.manager), Recommendation.get(), WHY, 1)
    page = manager.send(BRING_BACK, reason=reason)
    assert (page.status, set(page.errors), state()) == (200, {"reason"}, (True, WHY, 2))


def test_actions_in_the_way_are_named_before_anything_is_typed(world: World, visit: Visit) -> None:
    recommendation = world.recommendation(world.review("SCR-2011-02"))
    for agency in (world.police, world.health):
        world.action(agency=agency, recommendation=recommendation)
    page = visit(world.manager).get(WITHDRAW)
    ways = {f"{REVIEW}/actions/{number}{page}" for number in (1, 2) for page in ("", "/standing")}
    assert page.status == 200 and ways <= page.links()
    assert "SCR-2011-02/A2, NHS Kent and Medway" in page.text
    assert not page.tree.xpath("//textarea")
    sent = visit(world.manager).post(WITHDRAW, ending="withdrawn", version="1", reason="Typed.")
    assert (sent.status, sent.value("reason"), state()) == (200, "Typed.", (False, "", 1))
    assert "Not finished yet: SCR-2011-02/A1, SCR-2011-02/A2. Withdraw or supersede" in sent.errors[""]


def test_who_comes_too_late_is_told_and_changes_nothing(
    world: World, visit: Visit, withdrawn: Action
) -> None:
    manager = visit(world.manager)
    assert manager.get(WITHDRAW).leads_to == f"{REVIEW}#recommendation-1"
    assert "This recommendation is withdrawn already. Bring it back first." in manager.get(REVIEW).text
    late = manager.post(WITHDRAW, ending="withdrawn", version="1", reason="Mine.")
    assert (late.status, late.value("reason")) == (200, "Mine.")
    assert late.errors == {"": "This recommendation is withdrawn already. Bring it back first."}
    assert state() == (True, WHY, 2)
    assert manager.post(BRING_BACK, version="2", reason="Needed.").status == 302
    late = manager.post(BRING_BACK, version="2", reason="Mine.")
    assert late.errors == {"": "This recommendation has not ended."}
    assert manager.get(BRING_BACK).leads_to == f"{REVIEW}#recommendation-1"
    assert state() == (False, "", 3)


@pytest.mark.parametrize("version", ["1", "", "x", "٣", "9" * 40, None])
def test_who_saw_other_words_is_shown_the_new_ones_and_may_go_on(
    world: World, visit: Visit, asked: Action, version: str | None
) -> None:
    manager = visit(world.manager)
    facts = RecommendationFacts("Saved first.")
    edit_recommendation(world.as_viewer(world.manager), Recommendation.get(), facts, 1)
    seen = {} if version is None else {"version": version}
    page = manager.post(WITHDRAW, seen, ending="withdrawn", reason="Typed.")
    assert (page.status, page.value("reason"), state()) == (409, "Typed.", (False, "", 2))
    assert "Saved first." in page.text and "You changed this in another window" in page.text
    assert (
        manager.post(WITHDRAW, ending="withdrawn", version=page.value("version"), reason="Typed.").status
        == 302
    )
    page = manager.post(BRING_BACK, seen, reason="Typed.")
    assert (page.status, page.value("reason"), state()) == (409, "Typed.", (True, "Typed.", 3))
    assert manager.post(BRING_BACK, version=page.value("version"), reason="Typed.").status == 302


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        (f"{ONE}/actions/new", {"text": "Typed.", "agencies": ["KPOL"]}),
        (f"{ONE}/answers/new", {"agency": "NHSK", "answer": "accepted"}),
        (f"{ONE}/answers/KPOL", {"answer": "accepted", "version": "1"}),
    ],
)
def test_no_action_and_no_answer_is_asked_of_what_is_withdrawn(
    world: World, visit: Visit, withdrawn: Action, path: str, fields: dict[str, str]
) -> None:
    manager = visit(world.manager)
    assert path not in manager.get(REVIEW).links()
    opened = manager.get(path)
    assert (opened.status, opened.leads_to) == (302, f"{REVIEW}#recommendation-1")
    assert "Bring it back first." in manager.get(REVIEW).text
    sent = manager.post(path, fields)
    assert sent.status == 200 and "Bring it back first." in sent.errors[""]
    assert (Action.select().count(), Recommendation.get().responses.get().answer) == (1, "awaited")


def test_its_words_can_still_be_mended(world: World, visit: Visit, withdrawn: Action) -> None:
    page = visit(world.manager).get(f"{ONE}/edit")
    assert SHOWN in page.text and BRING_BACK in page.links()
    assert visit(world.manager).send(f"{ONE}/edit", text="Mended.").status == 302
    assert state() == (True, WHY, 3)


@pytest.mark.parametrize("name", ["manager", "chair", "reader", "police_lead"])
def test_everybody_who_sees_it_reads_when_and_why(
    world: World, visit: Visit, withdrawn: Action, name: str
) -> None:
    person = visit(getattr(world, name))
    shown = person.get(REVIEW)
    assert SHOWN in shown.text and "No longer asked for" in shown.text and "Awaited" not in shown.text
    assert (BRING_BACK in shown.links()) is (name == "manager")
    told = person.get(f"{REVIEW}/actions/1").text
    assert f"Recommendation ended {SHOWN}" in told


def test_withdrawn_ones_cost_no_queries(world: World, visit: Visit, asked: Action) -> None:
    counts = []
    for _ in range(2):
        reader = visit(world.reader)
        for path in (REVIEW, f"{REVIEW}/actions/1"):
            with counted() as count:
                assert reader.get(path).status == 200
            counts.append(int(count))
        if len(counts) == 2:
            withdraw_recommendation(world.as_viewer(world.manager), Recommendation.get(), WHY, 1)
    assert counts[:2] == counts[2:]


@pytest.mark.parametrize("number", ["0", "2", "9" * 30, "x", "%00", "-1"])
@pytest.mark.parametrize("page", ["withdraw", "bring-back"])
def test_what_is_not_there_is_not_found(
    world: World, visit: Visit, asked: Action, number: str, page: str
) -> None:
    path = f"{REVIEW}/recommendations/{number}/{page}"
    assert visit(world.manager).get(path).status == 404
    assert visit(world.manager).post(path, reason="Why.").status == 404
