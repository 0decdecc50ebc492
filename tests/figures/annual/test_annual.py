"""The annual report: what it says is what the tables print, on the page, in the file and once issued."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import docx
import pytest
from flask import Flask

from kscb_actions import clock
from kscb_actions.access.policy import Refused, Role, Viewer
from kscb_actions.apart import Unfinished
from kscb_actions.audit.models import AuditEvent
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.config import Settings
from kscb_actions.database import writing
from kscb_actions.figures.annual import issuing, serialisation
from kscb_actions.figures.annual.issuing import Seen, TablesInTheWay, agree, freeze_year, propose, withdraw
from kscb_actions.figures.annual.models import EarlierTotal, FrozenYear, IssuedReport
from kscb_actions.figures.annual.report import Texts, build_annual
from kscb_actions.figures.annual.service import EarlierFacts, annual_of, enter_earlier_total, save_draft
from kscb_actions.figures.annual.words import far_words
from kscb_actions.figures.annual.year import editions, issued_before, issued_tables, table_key
from kscb_actions.figures.counting.report_tables import REPORT_TABLES
from kscb_actions.figures.counting.tally import NAMES, Basis
from kscb_actions.figures.disclosure.refused import OutOfTime
from kscb_actions.figures.printing.blocks import COUNTED_BY, caption_of
from kscb_actions.reports.content import Bullets, Paragraph, Report, Table
from kscb_actions.settings.rules import Board
from kscb_actions.text import InvalidInput
from tests.figures.annual.issuing import CHAIR, COORDINATOR, issue_year, seen_now

from ...audit.behind import unguarded
from ...factories import World
from ...keeping import Keeper
from ...pages import Visitor
from ..counting import kent
from .year_rows import put

YEAR = "2011-12"
BOARD = Board(name="Kent Safeguarding Children Board")
ORDER = (
    "Document control", "Foreword", "Introduction", "Scope and terminology", "What this report promises",
    "What happens after a child has died",
    "How the panel reviews a death", "Reported deaths", "Reviews completed", "Time taken",
    "Modifiable factors",
    "Achievements", "Learning", "Training", "Appendix: definitions",
)  # fmt: skip

# What the panel's own people write; what they leave empty does not print.
WRITTEN = ("Foreword", "Achievements", "Learning", "Training")


@pytest.fixture
def coordinator(app: Flask, world: World) -> Viewer:
    """Give the co-ordinator, with the deaths of the published year recorded."""
    put(kent.deaths())
    return world.as_viewer(world.cdop_coordinator)


@pytest.fixture
def issued(coordinator: Viewer, world: World, settings: Settings, keeper: Keeper) -> IssuedReport:
    """Return the report of the year, issued."""
    return keeper.board("issued 2011-12", world, settings, lambda: issue_year(YEAR, BOARD))


def text_of(report: Report) -> str:
    blocks = [block for section in report.sections for block in section.blocks]
    return "\n".join(block.text for block in blocks if isinstance(block, Paragraph))


def tables_of(report: Report) -> dict[str, list[tuple[str, ...]]]:
    blocks = [block for section in report.sections for block in section.blocks]
    return {block.caption: [tuple(row) for row in block.rows] for block in blocks if isinstance(block, Table)}


def test_it_says_plainly_what_it_promises_and_what_it_does_not(
    coordinator: Viewer, issued: IssuedReport
) -> None:
    report = serialisation.read_report(issued.report_json)
    [section] = [each for each in report.sections if each.heading == "What this report promises"]
    promise, _, intro, left_open = section.blocks
    assert isinstance(promise, Paragraph) and isinstance(intro, Paragraph) and isinstance(left_open, Bullets)
    assert "From the issued reports together no count of 1 to 4 can be calculated." in promise.text
    assert intro.text == "This is not promised:"
    for each in ("a family", "a nought tells nothing", "guesses a number from the choice of those"):
        assert any(each in item for item in left_open.items), each


def test_it_prints_the_published_numbers_in_the_order_of_a_panel_report(
    coordinator: Viewer, issued: IssuedReport
) -> None:
    report = serialisation.read_report(issued.report_json)
    headings = tuple(section.heading for section in report.sections if section.level == 1)
    assert headings == tuple(each for each in ORDER if each not in WRITTEN)
    text = text_of(report)
    for said in (
        "94 deaths of children are counted in 2011-12, of which 40 were unexpected.",
        "The panel completed 106 reviews in 2011-12.",
        "58 of them were of deaths in 2010-11, of which 19 were unexpected.",
        "48 of them were of deaths in 2011-12, of which 13 were unexpected.",
        "Modifiable factors were identified in 14 of 106 reviews completed (13%).",
    ):
        assert said in text
    rows = tables_of(report)["Reviews completed in 2011-12 by category of death"]
    printed = zip(*kent.PRINTED.values(), strict=True)
    assert [row[1:] for row in rows] == [*(tuple(map(str, pair)) for pair in printed), ("58", "48")]


def test_sections_with_nothing_to_count_do_not_print(coordinator: Viewer) -> None:
    report = build_annual(annual_of(BOARD, freeze_year(COORDINATOR, "2010-11")))
    headings = {section.heading for section in report.sections}
    assert "Reported deaths" in headings
    assert headings.isdisjoint({"Reviews completed", "Time taken", "Modifiable factors"})
    assert not [caption for caption in tables_of(report) if caption.startswith("Reviews completed")]
    assert "In 2010-11 the panel completed no review. 58 deaths of children" in text_of(report)


def test_the_paper_has_the_same_tables_as_the_page(
    coordinator: Viewer, issued: IssuedReport, world: World, visit: Callable[..., Visitor]
) -> None:
    report = serialisation.read_report(issued.report_json)
    paper = docx.Document(io.BytesIO(issued.paper))
    in_paper = [
        [tuple(cell.text for cell in row.cells) for row in table.rows[1:]]
        for table in paper.tables
        if len(table.rows[0].cells) > 1 and table.style.name == "Report Table"
    ]
    assert in_paper == [rows for rows in tables_of(report).values() if rows]
    page = visit(world.reader).get(f"/published/{issued.id}")
    on_page = [
        [
            tuple(" ".join(c.text_content().split()) for c in row.xpath("./th|./td"))
            for row in table.xpath("./tbody/tr")
        ]
        for table in page.tree.xpath("//main//table")
    ]
    assert on_page == in_paper
    assert paper.core_properties.author == BOARD.name
    assert "Co-ordinator" not in paper.core_properties.last_modified_by
    answer = visit(world.reader).client.get(f"/published/{issued.id}/paper")
    assert answer.data == bytes(issued.paper)


def test_an_issued_report_stays_as_it_is_when_a_case_is_corrected(
    coordinator: Viewer, issued: IssuedReport, world: World, visit: Callable[..., Visitor]
) -> None:
    reader = visit(world.reader)
    page, paper = (
        reader.get(f"/published/{issued.id}").text,
        reader.client.get(f"/published/{issued.id}/paper"),
    )
    with writing():
        ChildDeath.update(primary_category=3, sex="male").where(ChildDeath.primary_category == 8).execute()
    assert reader.get(f"/published/{issued.id}").text == page
    assert reader.client.get(f"/published/{issued.id}/paper").data == paper.data


def test_an_issued_year_is_not_frozen_or_issued_again_whatever_has_become_known(
    coordinator: Viewer, issued: IssuedReport
) -> None:
    first = issued
    with writing():
        ChildDeath.update(primary_category=9).where(ChildDeath.id == 2).execute()
    with clock.at(date(2012, 5, 1)):
        for again in (
            lambda: freeze_year(COORDINATOR, YEAR, expected=2),
            lambda: propose(COORDINATOR, YEAR, Seen(2, 0)),
            lambda: agree(CHAIR, BOARD, YEAR, Seen(2, 0)),
        ):
            with pytest.raises(InvalidInput, match="late cases wait for the next report"):
                again()
    assert [each.id for each in IssuedReport.select()] == [first.id]


def test_nothing_is_issued_of_what_was_not_seen_or_was_changed_since(coordinator: Viewer) -> None:
    with clock.at(date(2012, 4, 1)):
        with pytest.raises(InvalidInput, match="Freeze them first"):
            propose(COORDINATOR, YEAR, Seen(1, 0))
        freeze_year(COORDINATOR, YEAR)
        for seen in (Seen(2, 0), Seen(0, 0), Seen(1, 1)):
            with pytest.raises(InvalidInput, match="Look again"):
                propose(COORDINATOR, YEAR, seen)
        with pytest.raises(InvalidInput, match="Nobody has proposed"):
            agree(CHAIR, BOARD, YEAR, Seen(1, 0))
        propose(COORDINATOR, YEAR, Seen(1, 0))
        save_draft(coordinator, YEAR, Texts(foreword="A year of change."), 0)
        with pytest.raises(InvalidInput, match="changed since"):
            agree(CHAIR, BOARD, YEAR, Seen(2, 0))
        propose(COORDINATOR, YEAR, Seen(2, 1))
        with pytest.raises(InvalidInput, match="Look again"):
            agree(CHAIR, BOARD, YEAR, Seen(2, 1))
        report = serialisation.read_report(agree(CHAIR, BOARD, YEAR, Seen(3, 1)).report_json)
    assert "A year of change." in text_of(report)
    assert IssuedReport.select().count() == 1


def test_the_second_person_is_another_and_the_year_has_ended(coordinator: Viewer) -> None:
    with pytest.raises(InvalidInput, match="has not ended"):
        freeze_year(COORDINATOR, YEAR)
    both = Viewer(id=7, name="Both", roles=frozenset({Role.CDOP_COORDINATOR, Role.CDOP_CHAIR}))
    with clock.at(date(2012, 3, 31)):
        frozen = freeze_year(both, YEAR)
        propose(both, YEAR, seen_now(frozen))
        with pytest.raises(InvalidInput, match="Another person, the panel’s chair, has to agree"):
            agree(both, BOARD, YEAR, Seen(2, 0))
        with pytest.raises(InvalidInput, match="Another person, the panel’s chair, has to agree"):
            agree(replace(both, name="Both, put right"), BOARD, YEAR, Seen(2, 0))
        issued = agree(CHAIR, BOARD, YEAR, Seen(2, 0))
    assert (issued.issued_by, issued.agreed_by) == ("Both", CHAIR.name)
    header = dict(serialisation.read_report(issued.report_json).header)
    assert header["Agreement"] == "The panel’s chair agreed to its issue on 31 March 2012"
    assert list(header) == ["Author", "Owner", "Edition", "Agreement"]


def test_a_year_in_which_nothing_is_counted_has_no_report(app: Flask) -> None:
    with pytest.raises(InvalidInput, match="nothing to report"):
        freeze_year(COORDINATOR, "2009-10")


def test_a_solver_without_time_or_killed_leaves_nothing_frozen(
    coordinator: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for gone in (OutOfTime(), Unfinished("This was stopped before it was done.")):

        def stopped(*asked: object, gone: Exception = gone) -> None:
            raise gone

        monkeypatch.setattr(issuing, "run_apart_telling", stopped)
        with (
            clock.at(date(2012, 4, 1)),
            pytest.raises(InvalidInput, match="othing was frozen"),
        ):
            freeze_year(COORDINATOR, YEAR)
    assert FrozenYear.select().count() == 0


def test_it_tells_how_far_it_is(coordinator: Viewer) -> None:
    told: list[tuple[int, ...]] = []
    with clock.at(date(2012, 4, 1)):
        freeze_year(COORDINATOR, YEAR, tell=lambda *numbers: told.append(numbers))
    tables, rounds, proven, small, seconds = told[-1]
    assert tables == len(REPORT_TABLES) and rounds >= 0 and 0 <= proven <= small and 0 <= seconds <= 90


@pytest.mark.parametrize(
    ("far", "words"),
    [
        ((12, 0, 0, 0, 0), "12 tables and all that was issued before are laid side by side."),
        (
            (12, 3, 40, 181, 5),
            "12 tables, round 3: 40 of 181 small numbers proven hidden, after 5 of at most 90",
        ),
        (
            (1, 1, 0, 1, 0),
            "1 table, round 1: 0 of 1 small number proven hidden, after 0 of at most 90 seconds",
        ),
    ],
)
def test_how_far_it_is_in_words(far: tuple[int, ...], words: str) -> None:
    assert far_words(*far).startswith(words)


def test_tables_in_the_way_are_named_all_at_once_and_left_out(coordinator: Viewer) -> None:
    """Six is in print; one and five make six: whatever else is hidden, the one can be worked out."""
    with writing():
        ChildDeath.update(died_on=date(2009, 6, 1)).execute()
        first = date(2011, 6, 1)
        ChildDeath.update(died_on=first).where(ChildDeath.id <= 6).execute()
        ChildDeath.update(expected="unexpected").where(ChildDeath.id <= 6).execute()
        ChildDeath.update(expected="expected", sex="male").where(ChildDeath.id == 1).execute()
        ChildDeath.update(sex="female").where(ChildDeath.id.between(2, 6)).execute()
    with clock.at(date(2012, 4, 1)):
        enter_earlier_total(COORDINATOR, EarlierFacts("2010-11", 0, 0, "A paper."))
        with writing():
            EarlierTotal.update(year=YEAR, deaths=6).execute()
        with pytest.raises(TablesInTheWay) as found:
            freeze_year(COORDINATOR, YEAR)
        assert set(found.value.tables) >= {"died:expected", "died:sex"}
        assert "The fewest that have to be left out are ticked now" in str(found.value)
        frozen = freeze_year(COORDINATOR, YEAR, found.value.tables)
    assert frozen.left_out.split(",") == list(found.value.tables)


def test_a_table_may_be_left_out_and_the_numbers_of_the_text_stay_true(coordinator: Viewer) -> None:
    without = ("reviewed:category", "reviewed:expected", "died:expected", "reviewed:modifiable")
    report = serialisation.read_report(issue_year(YEAR, BOARD, without).report_json)
    captions = tables_of(report)
    assert "Reviews completed in 2011-12 by sex" in captions
    assert not {caption for caption in captions if "category" in caption or "was expected" in caption}
    assert "The panel completed 106 reviews in 2011-12." in text_of(report)
    headings = {section.heading for section in report.sections}
    assert "Modifiable factors" not in headings, "an empty section does not print"
    with clock.at(date(2012, 4, 1)), pytest.raises(InvalidInput) as wrong:
        freeze_year(COORDINATOR, "2010-11", ("none",))
    assert set(wrong.value.errors) == {"left_out"}
    with pytest.raises(InvalidInput) as wrong:
        save_draft(coordinator, YEAR, Texts(author="x" * 121, foreword="y" * 10_001), 0)
    assert set(wrong.value.errors) == {"author", "foreword"}


def test_only_the_coordinator_writes_and_proposes_and_only_the_panels_chair_agrees(
    coordinator: Viewer, world: World
) -> None:
    for user in (world.cdop_member, world.reader, world.manager, world.chair, world.cdop_chair):
        viewer = world.as_viewer(user)
        for refused in (
            lambda viewer=viewer: freeze_year(viewer, YEAR),
            lambda viewer=viewer: propose(viewer, YEAR, Seen(1, 0)),
            lambda viewer=viewer: save_draft(viewer, YEAR, Texts(), 0),
        ):
            with pytest.raises(Refused):
                refused()
    for user in (world.cdop_member, world.reader, world.manager, world.chair, world.cdop_coordinator):
        with pytest.raises(Refused):
            agree(world.as_viewer(user), BOARD, YEAR, Seen(1, 0))
    assert IssuedReport.select().count() == 0
    assert AuditEvent.select().where(AuditEvent.room == "figures").count() == 0


def test_a_withdrawn_report_leaves_its_page_and_stays_known(
    coordinator: Viewer, issued: IssuedReport, world: World, visit: Callable[..., Visitor]
) -> None:
    known = len(issued_before())
    with pytest.raises(InvalidInput, match="Say why"):
        withdraw(COORDINATOR, issued, " ")
    withdraw(COORDINATOR, issued, "A table has the wrong heading.")
    with pytest.raises(InvalidInput, match="withdrawn already"):
        withdraw(COORDINATOR, issued, "Again.")
    reader = visit(world.reader)
    page = reader.get(f"/published/{issued.id}").text
    assert "A table has the wrong heading." in page and "106" not in page
    assert reader.client.get(f"/published/{issued.id}/paper").data.startswith(b"<!DOCTYPE html>")
    assert "Withdrawn on" in reader.get("/published").text
    with pytest.raises(InvalidInput, match="has been withdrawn"):
        issued_tables(COORDINATOR, Basis.REVIEWED, YEAR)
    assert len(issued_before()) == known
    with clock.at(date(2012, 5, 1)), pytest.raises(InvalidInput, match="is not issued again"):
        freeze_year(COORDINATOR, YEAR)


def test_a_year_without_any_table_has_its_report_of_words(coordinator: Viewer) -> None:
    issued = issue_year(YEAR, BOARD, left_out=tuple(map(table_key, REPORT_TABLES)))
    report = serialisation.read_report(issued.report_json)
    assert tables_of(report) == {} and "The numbers of this year are not published." in text_of(report)


def test_second_editions_of_earlier_times_are_read_and_known(
    coordinator: Viewer, world: World, visit: Callable[..., Visitor]
) -> None:
    """Kept as they were stored: without a cut-off date, a second person, or the cases that they count."""
    first = issue_year("2010-11", BOARD)
    with writing(), unguarded():
        IssuedReport.update(cut_off=None, agreed_by="", cases_json="").execute()
        kept = {name: getattr(first, name) for name in first.__data__ if name != "id"}
        IssuedReport.create(**kept | {"number": 2, "cut_off": None, "agreed_by": "", "cases_json": ""})
    assert len(issued_before()) == 2 * len(serialisation.read_counts(first.counts_json))
    reader = visit(world.reader)
    assert all("Reported deaths" in reader.get(f"/published/{each}").text for each in (1, 2))
    assert issued_tables(COORDINATOR, Basis.DIED, "2010-11")[0].number == 2
    put([{"died_on": date(2010, 6, 1), "notified_on": date(2012, 3, 1), "reviewed_on": None}])
    with writing():
        ChildDeath.update(notified_on=date(2012, 4, 2)).where(ChildDeath.reviewed_on.is_null()).execute()
    with clock.at(date(2012, 5, 1)):
        second = issue_year(YEAR, BOARD)
    assert serialisation.read_cases(second.cases_json)[Basis.DIED]
    assert len(editions("2010-11")) == 2


def test_the_trend_is_of_what_was_printed_then(coordinator: Viewer) -> None:
    for facts, wrong in (
        (EarlierFacts("2012-13", 1, 1, "A paper."), "year"),
        (EarlierFacts("2009-10", None, -1, ""), "deaths reviews source"),
    ):
        with pytest.raises(InvalidInput) as refused:
            enter_earlier_total(COORDINATOR, facts)
        assert set(refused.value.errors) == set(wrong.split())
    enter_earlier_total(COORDINATOR, EarlierFacts("2009-10", 90, 40, "Annual report 2009-10, page 3."))
    enter_earlier_total(COORDINATOR, EarlierFacts("2009-10", 91, 3, "Annual report 2009-10, page 4."))
    issue_year("2010-11", BOARD)
    with writing():
        ChildDeath.update(died_on=date(2010, 5, 1)).execute()
    report = serialisation.read_report(issue_year(YEAR, BOARD).report_json)
    rows = tables_of(report)["Deaths and reviews of earlier years, as they were reported"]
    assert [row[0] for row in rows] == ["2009-10", "2010-11", "2011-12"]
    assert rows[0] == ("2009-10", "91", "<5")
    assert rows[1][1] == "58"


def test_the_day_of_issue_is_the_boards(coordinator: Viewer, issued: IssuedReport) -> None:
    assert issued.issued_on == issued.cut_off == date(2012, 4, 1)


def test_a_year_stays_on_one_line_on_page_and_paper(
    coordinator: Viewer, issued: IssuedReport, world: World, visit: Callable[..., Visitor]
) -> None:
    page = visit(world.reader).get(f"/published/{issued.id}")
    title = "Child Death Overview Panel: annual report 2011-12"
    assert page.tree.xpath("//h1/span[@class='app-nowrap']/text()") == [YEAR]
    assert "".join(page.tree.xpath("//title/text()")).strip().startswith(title)
    captions = page.tree.xpath("//main//caption")
    assert [each.xpath("./span[@class='app-nowrap']/text()") for each in captions[1:]] == [[YEAR]] * (
        len(captions) - 1
    )
    paper = docx.Document(io.BytesIO(issued.paper))
    head = next(each for each in paper.paragraphs if each.style.name == "Title")
    assert head.text == title
    assert [part.text for part in head._p.xpath(".//w:t")] == [title.removesuffix("-12"), "12"]


def test_captions_read_as_sentences_do(coordinator: Viewer, issued: IssuedReport) -> None:
    report = serialisation.read_report(issued.report_json)
    headings = {section.heading for section in report.sections if section.level == 2}
    assert {"Deaths by sex", "Reviews by sex", "Reviews by category of death"} <= headings
    assert "Deaths in 2011-12 by sex" in tables_of(report)
    assert caption_of(Basis.DIED, YEAR, "category") == (
        "Deaths in 2011-12 that have been reviewed, by category of death"
    )
    assert set(COUNTED_BY) == set(NAMES)
