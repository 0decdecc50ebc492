"""Files that show what difference was made: kept like all files, open to who reads the account."""

from collections.abc import Callable
from io import BytesIO

import pytest

from kscb_actions.assurance.erasing import ask_to_erase, decide_erasure
from kscb_actions.audit.models import AuditEvent
from kscb_actions.impact.models import ImpactAccount, ImpactFile
from kscb_actions.impact.queries import files_of, get_file
from kscb_actions.impact.rules import MOST_FILES, TOO_MANY_FILES
from kscb_actions.impact.service import take_account_back
from kscb_actions.people.models import User
from kscb_actions.reviews.models import Recommendation
from kscb_actions.reviews.papers.models import ReviewPaper
from kscb_actions.reviews.papers.rules import IMPACT_FILE
from kscb_actions.text import InvalidInput

from ..factories import World
from ..pages import Visitor
from ..queries import counted
from .making import AUDIT, came_back, judged, said_with_files

Visit = Callable[[User], Visitor]
PAGE = "/reviews/SCR-2011-01/recommendations/1/impact"


def sample(*names: str) -> dict[str, object]:
    """Return what a form sends with these files."""
    return {
        "text": "Risk is seen sooner.",
        "shown_by": "A dip sample.",
        "files": [(BytesIO(AUDIT + name.encode()), name) for name in names],
    }


def stored(world: World) -> int:
    """Return how many files lie in the store."""
    return sum(each.is_file() for each in world.store._root.rglob("*"))


def test_a_file_is_sent_opened_by_who_judges_and_hidden_from_others(world: World, visit: Visit) -> None:
    came_back(world)
    lead, member, other = visit(world.police_lead), visit(world.subgroup_member), visit(world.health_lead)
    assert lead.send(f"{PAGE}/say", sample("sample.txt", "figures.csv")).leads_to.endswith("/impact")
    first, second = ImpactFile.select().order_by(ImpactFile.id)
    page = member.get(f"{PAGE}/judge")
    assert {f"{PAGE}/files/{each.id}" for each in (first, second)} <= page.links()
    answer = member.client.get(f"{PAGE}/files/{first.id}")
    assert answer.data == AUDIT + b"sample.txt"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert other.get(f"{PAGE}/files/{first.id}").status == 404
    assert get_file(world.police_lead.viewer, "SCR-2011-01", 1, first.id) == first
    assert AuditEvent.select().where(AuditEvent.event == "review.paper-opened").count() == 1
    # The same again adds to them; what was sent before is named.
    assert "sample.txt, figures.csv" in lead.get(f"{PAGE}/say").text
    judged(world, Recommendation.get())
    assert member.client.get(f"{PAGE}/files/{second.id}").status_code == 200
    assert lead.get(f"{PAGE}/say").status == 302
    account = ImpactAccount.get()
    assert [each.paper.shown_name for each in files_of([account])[account.id]] == [
        "sample.txt",
        "figures.csv",
    ]


def test_what_is_wrong_elsewhere_keeps_the_file_for_the_next_try(world: World, visit: Visit) -> None:
    came_back(world)
    lead = visit(world.police_lead)
    wrong = lead.send(f"{PAGE}/say", {**sample("sample.txt", "bad.exe"), "text": ""})
    assert wrong.errors.keys() == {"text", "files"} and "sample.txt" in wrong.text
    assert not ImpactAccount.select().exists() and not ReviewPaper.select().exists()
    again = {"text": "Risk is seen.", "shown_by": "Files.", "kept": wrong.value("kept"), "version": ""}
    assert lead.post(f"{PAGE}/say", again).leads_to
    assert [each.shown_name for each in ReviewPaper.select()] == ["sample.txt"]
    assert ReviewPaper.get().kind == IMPACT_FILE


def test_nothing_is_half_kept(world: World) -> None:
    recommendation = came_back(world)
    with pytest.raises(InvalidInput, match="exe"):
        said_with_files(world, recommendation, "sample.txt", "bad.exe")
    account = said_with_files(world, recommendation, *(f"{number}.txt" for number in range(MOST_FILES)))
    before = stored(world)
    with pytest.raises(InvalidInput, match=TOO_MANY_FILES):
        said_with_files(world, recommendation, "more.txt", expected=account.version)
    assert stored(world) == before
    assert ImpactFile.select().count() == ReviewPaper.select().count() == MOST_FILES


def test_what_two_people_have_erased_does_not_come_back_here(world: World) -> None:
    recommendation = came_back(world)
    wrong = world.evidence(world.action(), ("sample.txt", AUDIT + b"sample.txt")).files.get()
    asked = ask_to_erase(world.manager.viewer, [wrong], "Another child.", "")
    decide_erasure(world.chair.viewer, world.store, asked, True, "", "")
    with pytest.raises(InvalidInput, match="two people have erased"):
        said_with_files(world, recommendation, "sample.txt")
    assert not ImpactAccount.select().exists() and not ReviewPaper.select().exists()


def test_of_what_is_taken_back_no_file_opens(world: World, visit: Visit) -> None:
    account = said_with_files(world, came_back(world), "sample.txt")
    found = ImpactFile.get()
    take_account_back(world.manager.viewer, account, "Another child.", account.version)
    for person in (world.manager, world.police_lead):
        assert visit(person).get(f"{PAGE}/files/{found.id}").status == 404
        assert "sample.txt" not in visit(person).get(PAGE).text


def test_a_file_that_was_changed_on_the_disk_is_not_sent(world: World, visit: Visit) -> None:
    said_with_files(world, came_back(world), "sample.txt")
    paper = ReviewPaper.get()
    (path,) = world.store._root.rglob(paper.stored_name)
    path.chmod(0o600)
    path.write_bytes(b"Another text.")
    assert visit(world.manager).get(f"{PAGE}/files/{ImpactFile.get().id}").status == 410
    damaged = AuditEvent.select().where(AuditEvent.event == "review.paper-found-damaged")
    assert damaged.get().object_id == paper.id


def test_the_number_of_queries_does_not_grow_with_the_files(world: World, visit: Visit) -> None:
    recommendation, reader = came_back(world), visit(world.reader)
    account = said_with_files(world, recommendation, "1.txt")
    reader.get(PAGE)
    with counted() as few:
        reader.get(PAGE)
    said_with_files(
        world, recommendation, *(f"{number}.txt" for number in range(2, 8)), expected=account.version
    )
    with counted() as many:
        reader.get(PAGE)
    assert int(many) == int(few)
