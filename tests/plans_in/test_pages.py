"""The page: a plan is looked at, put right and taken in, or discarded; nothing is recorded before."""

import io
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest
from flask.testing import FlaskClient

from kscb_actions.actions.models import Action
from kscb_actions.audit.models import AuditEvent
from kscb_actions.config import Settings
from kscb_actions.files.store import EvidenceStore
from kscb_actions.plans_in.models import OwnerName, PlanCorrection, PlanLayout, PlanRow
from kscb_actions.reviews.models import Recommendation, Review
from kscb_actions.reviews.papers.models import ReviewPaper
from kscb_actions.web.how_far import how_far, telling
from tests.factories import World
from tests.pages import Page

from .made import excel, word
from .test_service import ROWS

FORMULAS = [
    ROWS[0],
    ["4.1", "=A1", *ROWS[1][2:]],
    ["4.2", "Note it.", "Do", "Schools", "31/02/2012", "", "", ""],
]


WITHOUT_PAST = {"no-past": "yes"}


class Manager:
    """The board's manager at the pages of one review's plan."""

    def __init__(self, client: FlaskClient, review: Review, token: str) -> None:
        self._client, self._token = client, token
        self._new = f"/reviews/{review.reference}/plan/new"
        self.at = ""

    def sends(self, content: bytes, name: str = "plan.docx") -> Page:
        """Upload a file and return the page on which it is looked at."""
        return self._goes({"files": (io.BytesIO(content), name)})

    def pastes(self, text: str) -> Page:
        """Paste a table and return the page on which it is looked at."""
        return self._goes({"pasted": text})

    def _goes(self, fields: dict[str, Any]) -> Page:
        answer = self._client.post(self._new, data={"csrf_token": self._token, **fields})
        if answer.status_code != 302:
            return Page(answer)
        self.at = answer.location
        return Page(self._client.get(self.at))

    def fetches(self) -> Any:
        """Ask for the file itself."""
        return self._client.get(f"{self.at}/file")

    def exports(self, name: str) -> bytes:
        """Return the plan of the review as a file of this name."""
        return self._client.get(self._new.replace("/plan/new", f"/{name}")).data

    def reopens(self) -> int:
        """Open the page again; return the status."""
        return self._client.get(self.at).status_code

    def shows(self) -> Page:
        """Open the page again and return it."""
        return Page(self._client.get(self.at))

    def says(self, step: str, **fields: Any) -> Any:
        """Send what stands in the form of the page, with these changes, by one of its buttons."""
        form = Page(self._client.get(self.at)).tree.xpath("//main//form")[0]
        sent = {name: value for name, value in form.form_values() if name != "csrf_token"}
        sent |= {"csrf_token": self._token, "next": step, **fields.pop("also", {}), **fields}
        return self._client.post(self.at, data=sent)


@pytest.fixture
def review(world: World) -> Review:
    """Return a review without a plan."""
    return world.review()


@pytest.fixture
def manager(world: World, review: Review, sign_in: Callable, csrf_token: str) -> Manager:
    """Return the manager, signed in."""
    return Manager(sign_in(world.manager), review, csrf_token)


def recorded() -> tuple[int, int]:
    """Return how many recommendations and actions there are."""
    return Recommendation.select().count(), Action.select().count()


def test_a_plan_is_looked_at_and_then_taken_in(manager: Manager, review: Review) -> None:
    page = manager.sends(word(ROWS))
    said = page.tree.text_content()
    for words in (
        "4 recommendations, 5 actions, 1 action without a known owner",
        "“End of Q3 2011/12”",
        "31 Dec 2011",
    ):
        assert words in said
    assert "Kent Probation, with Kent Police" in " ".join(said.split()) and "table 1, row 3" in said
    assert "3 actions, one each: Kent Police; NHS Kent and Medway; Kent Probation" in " ".join(said.split())
    assert recorded() == (0, 0) and ReviewPaper.get().kind == "plan_draft"
    answer = manager.says("take", also=WITHOUT_PAST)
    assert answer.status_code == 302 and answer.location.endswith(review.reference)
    assert recorded() == (4, 5) and ReviewPaper.get().kind == "plan"
    assert {row.paper_id for row in PlanRow.select()} == {ReviewPaper.get().id}


def test_the_past_comes_in_as_the_manager_reads_it_on_the_page(manager: Manager, review: Review) -> None:
    page = manager.sends(word(ROWS))
    said = " ".join(page.tree.text_content().split())
    assert "The file says of 2 actions what has happened." in said
    form = dict(page.tree.xpath("//main//form")[0].form_values())
    # A colour is for a person to say; words that mean the same everywhere are proposed.
    assert (form["read:green"], form["read:complete"], form["as-of"]) == ("", "done", "")
    unsaid = manager.says("take")
    assert "Enter the day of which the file speaks" in unsaid.get_data(as_text=True)
    day = {"as-of": "31 December 2011"}
    unread = manager.says("take", also=day)
    assert "Say how “Green” is read (1 action)." in unread.get_data(as_text=True)
    assert recorded() == (0, 0)
    read = {**day, "read:green": "in_progress"}
    looked = Page(manager.says("look", also=read))
    assert "5 actions, 1 action without a known owner, the past of 2 actions" in looked.tree.text_content()
    assert manager.says("take", also=read).status_code == 302
    assert [each.assurance for each in Action.select().order_by(Action.number)][:2] == ["none", "submitted"]
    moved = "30.9.11 (revised 31.12.11)"
    again = manager.sends(word([ROWS[0], ["4.9", "Ask.", "Ask them", "Kent Police", moved, "Green", "", ""]]))
    assert "30 Sep 2011“30.9.11 (revised 31.12.11)”moved to 31 Dec 2011" in again.tree.text_content()
    kept = dict(again.tree.xpath("//main//form")[0].form_values())
    assert kept["read:green"] == "in_progress"


def test_a_file_that_is_gone_is_told_in_a_sentence_and_to_the_trail(
    manager: Manager, settings: Settings
) -> None:
    manager.sends(word(ROWS))
    EvidenceStore(settings.evidence).discard(ReviewPaper.get().stored_name)
    page = Page(manager.says("look")) if manager.reopens() == 200 else None
    assert page and "The file is missing from the server’s disk" in page.tree.text_content()
    assert AuditEvent.select().where(AuditEvent.event == "review.paper-found-damaged").count() >= 1


def test_what_could_not_be_read_is_put_right_on_the_page(manager: Manager) -> None:
    page = manager.sends(excel(("Plan", FORMULAS)), "plan.xlsx")
    assert "This is a formula" in page.tree.text_content()
    boxes = page.tree.xpath("//input[not(@type) and starts-with(@name, 'cell:')]/@name")
    assert sorted(boxes) == ["cell:sheet Plan, B2", "cell:sheet Plan, E3"]
    assert not page.tree.xpath("//button[@value='take']") and manager.says("take").status_code == 200
    assert recorded() == (0, 0)
    right = {"cell:sheet Plan, B2": "Share minutes.", "cell:sheet Plan, E3": "29 Feb 2012"}
    looked = Page(manager.says("look", also={**right, "owner:Schools": "NHSK"}))
    assert "2 recommendations, 2 actions." in looked.tree.text_content()
    form = dict(looked.tree.xpath("//main//form")[0].form_values())
    assert form["cell:sheet Plan, B2"] == "Share minutes." and form["owner:Schools"] == "NHSK"
    assert manager.says("take", also={**right, **WITHOUT_PAST, "owner:Schools": "NHSK"}).status_code == 302
    assert [each.text for each in Recommendation.select()] == ["Share minutes.", "Note it."]
    assert [(each.agency.code, str(each.original_due_on)) for each in Action.select()] == [
        ("KPOL", "2011-12-31"),
        ("NHSK", "2012-02-29"),
    ]
    assert OwnerName.get().words == "Schools" and not PlanLayout.select().exists()


def test_a_cell_that_was_put_right_is_read_so_at_the_next_reading(manager: Manager, review: Review) -> None:
    mistyped = [ROWS[0], ["01-Feb", "Share the minutes of all meetings.", *ROWS[1][2:]]]
    manager.sends(word(mistyped))
    right = {
        "cell:table 1, row 2, column 1": "1.2",
        "cell:table 1, row 2, column 2": "Share all minutes with schools.",
    }
    assert manager.says("take", also={**right, **WITHOUT_PAST}).status_code == 302
    assert Recommendation.get().text == "Share all minutes with schools."
    page = manager.sends(word(mistyped))
    told = page.tree.text_content()
    assert "The review has all of this plan already." in told and "Put right as before" in told
    assert "“01-Feb” in the file, “1.2” as somebody has put it right." in told
    assert "has other words" not in told and "turned this number into a date" not in told
    moved = [ROWS[0], ["1.1", "Ask the fathers too.", "Ask", "Kent Police", "", "", "", ""], mistyped[1]]
    told = manager.sends(word(moved)).tree.text_content()
    assert "has other words" not in told and "“Share all minutes with schools.” as somebody" in told
    assert PlanCorrection.select().count() == 2
    manager.sends(word([ROWS[0], [*mistyped[1][:1], "Quite another text.", *ROWS[1][2:]]]))
    assert "Quite another text." in Page(manager.says("look")).tree.text_content()


def test_what_is_sent_back_as_it_was_stays_to_be_put_right(manager: Manager) -> None:
    failed = [ROWS[0], ["#REF!", *FORMULAS[1][1:]], FORMULAS[2]]
    manager.sends(excel(("Plan", failed)), "plan.xlsx")
    for _ in range(2):
        page = Page(manager.says("look"))
        assert "This is a formula" in page.tree.text_content()
        assert "cell:sheet Plan, B2" in page.tree.xpath("//input/@name")
        assert not page.tree.xpath("//button[@value='take']")
    assert manager.says("take").status_code == 200 and recorded() == (0, 0)


def test_headings_are_given_a_meaning_on_the_page(manager: Manager) -> None:
    page = manager.pastes("Way forward\tChampion\nShare minutes.\tKent Police")
    assert "No table has the headings of a plan" in page.tree.text_content()
    meanings = {"column:way forward": "action", "column:champion": "agency"}
    assert "1 recommendation, 1 action" in Page(manager.says("look", also=meanings)).tree.text_content()
    assert manager.says("take", also=meanings).status_code == 302
    assert recorded() == (1, 1) and "champion" in PlanLayout.get().meanings


def test_one_of_several_tables_is_chosen_on_the_page(manager: Manager) -> None:
    other = [["No.", "Recommendation", "RAG rating"], ["1", "Ask fathers.", "Green"]]
    page = manager.sends(word(ROWS, other))
    assert "More than one table could be the plan" in page.tree.text_content()
    # The headings of both are known: they are not asked for.
    assert not page.tree.xpath("//select")
    assert "1 recommendation, " in Page(manager.says("look", table="table 2")).tree.text_content()
    # It goes out again in the layout of the table that was chosen.
    manager.says("take", table="table 2", also=WITHOUT_PAST)
    table = docx.Document(io.BytesIO(manager.exports("plan.docx?layout=1"))).tables[-1]
    assert [cell.text for cell in table.rows[0].cells][:3] == ["No.", "Recommendation", "RAG rating"]


def test_the_same_file_again_can_only_be_discarded(
    manager: Manager, review: Review, settings: Settings
) -> None:
    manager.sends(word(ROWS))
    manager.says("take", also=WITHOUT_PAST)
    page = manager.sends(word(ROWS))
    assert "The review has all of this plan already." in page.tree.text_content()
    assert not page.tree.xpath("//button[@value='take']")
    again = ReviewPaper.get(kind="plan_draft")
    assert manager.says("discard").status_code == 302
    assert [each.kind for each in ReviewPaper.select()] == ["plan"]
    with pytest.raises(LookupError):
        EvidenceStore(settings.evidence).open(again.stored_name)
    assert manager.reopens() == 404


def test_other_words_are_taken_over_when_ticked(manager: Manager) -> None:
    manager.sends(word(ROWS))
    manager.says("take", also=WITHOUT_PAST)
    rows = [list(each) for each in ROWS]
    rows[1][1] = "Share all minutes."
    page = manager.sends(word(rows))
    assert "The recommendation has other words." in page.tree.text_content()
    assert "1 updated" in Page(manager.says("look", update="yes")).tree.text_content()
    assert manager.says("take", update="yes", also=WITHOUT_PAST).status_code == 302
    assert Recommendation.get(published_number="4.1").text == "Share all minutes."


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ((b"", "plan.docx"), "is empty"),
        ((b"MZ" + b"\0" * 80, "plan.docx"), "ends in .docx|program"),
        (None, "Choose a file, or paste the table."),
    ],
)
def test_what_is_no_file_is_said_at_the_field(
    manager: Manager, sent: tuple[bytes, str] | None, said: str
) -> None:
    page = manager.sends(*sent) if sent else manager.pastes("  ")
    assert re.search(said, page.tree.text_content()) and not ReviewPaper.select().exists()
    assert page.tree.xpath("//*[@id='files-error']")


def test_the_file_of_a_plan_is_fetched_again(manager: Manager, settings: Settings) -> None:
    content = word(ROWS)
    manager.sends(content)
    manager.says("take")
    answer = manager.fetches()
    assert answer.data == content and "plan.docx" in answer.headers["Content-Disposition"]
    assert AuditEvent.select().where(AuditEvent.event == "review.paper-opened").count() == 1
    EvidenceStore(settings.evidence).discard(ReviewPaper.get().stored_name)
    assert manager.fetches().status_code == 410


def test_the_page_says_how_far_a_plan_is_while_it_is_recorded(manager: Manager, settings: Settings) -> None:
    manager.sends(word(ROWS))
    instance = settings.instance
    draft = ReviewPaper.get()
    with telling(instance, f"plan-{draft.id}") as tell:
        assert "The file is being read." in manager.shows().text
        tell(6_000, 24_000)
        page = manager.shows()
        assert "6,000 of 24,000 recommendations and actions are recorded." in page.text
        [bar] = page.tree.xpath("//progress")
        assert (bar.get("value"), bar.get("max")) == ("6000", "24000")
    assert "Look at the plan before it is taken in" in manager.shows().text
    assert manager.says("take", also=WITHOUT_PAST).status_code == 302
    assert how_far(instance, f"plan-{draft.id}") is None and not list((instance / "how-far").iterdir())


def test_what_was_ended_while_it_recorded_and_a_disk_that_takes_no_file_hide_nothing(tmp_path: Path) -> None:
    with telling(tmp_path, "plan-1") as tell:
        tell(1, 2)
        kept = tmp_path / "how-far" / "plan-1.json"
        os.utime(kept, (0, 0))
        assert how_far(tmp_path, "plan-1") is None
        kept.write_text("{")
        assert how_far(tmp_path, "plan-1") is None
    (tmp_path / "full").write_text("")
    with telling(tmp_path / "full", "plan-1") as tell:
        tell(1, 2)
        assert how_far(tmp_path / "full", "plan-1") is None
