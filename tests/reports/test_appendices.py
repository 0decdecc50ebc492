"""The appendices of a paper: none unless chosen, each whole, none empty, and the trail says which."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from kscb_actions.actions.models import Action
from kscb_actions.actions.service import set_standing
from kscb_actions.audit.models import AuditEvent
from kscb_actions.people.models import User
from kscb_actions.reports.content import Report, Section, Table
from kscb_actions.reports.progress.appendices import LETTERS, Appendix, titled
from kscb_actions.text import InvalidInput

from ..factories import TODAY, World
from ..impact.making import came_back, judged
from ..pages import Visitor
from .faces import page_face, rows_of, word_face
from .stories import actions_in, busy, report, row_of
from .test_report_command import run

Visit = Callable[[User], Visitor]
PREFIX = "Appendix "


def appendices_of(made: Report) -> list[str]:
    """Return the headings of the appendices that are in a paper."""
    return [each.heading for each in made.sections if each.heading.startswith(PREFIX)]


def is_empty(section: Section, following: Section | None) -> bool:
    """Return whether nothing stands under a heading: no block with content, and no section below it."""
    filled = [each for each in section.blocks if not isinstance(each, Table) or any(True for _ in each.rows)]
    return not filled and (following is None or following.level <= section.level)


def empty_sections(made: Report) -> list[str]:
    """Return the headings with nothing under them, and the captions of tables without rows."""
    pairs = zip(made.sections, (*made.sections[1:], None), strict=True)
    found = [each.heading for each, following in pairs if is_empty(each, following)]
    tables = [block for each in made.sections for block in each.blocks if isinstance(block, Table)]
    without = [each for each in tables if not any(True for _ in each.rows)]
    # Where there is something to say of it, a sentence stands in the place of a table without rows.
    return found + [each.caption for each in without if each.empty == "None."]


def test_there_is_none_unless_it_is_chosen(world: World, visit: Visit, app: Flask, tmp_path: Path) -> None:
    busy(world)
    assert appendices_of(report(world.manager, appendices=())) == []
    manager = visit(world.manager)
    page = manager.client.get("/reports/progress").text
    data = manager.client.post("/reports/progress.docx", data={"csrf_token": manager.token}).data
    file = tmp_path / "paper.docx"
    assert run(app, "progress", "-o", str(file))[0] == 0
    for face in (page_face(page), word_face(data), word_face(file.read_bytes())):
        assert not [text for kind, text in face if kind == "heading 1" and text.startswith(PREFIX)]


@pytest.mark.parametrize("appendix", Appendix)
def test_each_that_is_chosen_is_in_it_alone_and_in_the_lists(
    world: World, visit: Visit, app: Flask, tmp_path: Path, appendix: Appendix
) -> None:
    busy(world)
    judged(world, came_back(world))
    title = titled(appendix)
    made = report(world.manager, appendices=(appendix,))
    assert appendices_of(made) == [title]
    [listed] = [each for each in made.sections if each.heading == "Appendices"]
    assert listed.blocks[0].items == (title,)  # type: ignore[union-attr]
    page = visit(world.manager).get(f"/reports/progress?appendix={appendix}")
    contents = [each.text_content() for each in page.tree.xpath("//nav[@aria-labelledby='contents']//a")]
    assert [text for text in contents if text.startswith(PREFIX)] == [title]
    assert page.tree.xpath(f"//input[@name='appendix'][@value='{appendix}'][@checked]")
    file = tmp_path / "paper.docx"
    assert run(app, "progress", "--appendix", appendix.value, "-o", str(file))[0] == 0
    headings = [text for kind, text in word_face(file.read_bytes()) if kind == "heading 1"]
    assert [text for text in headings if text.startswith(PREFIX)] == [title]


def test_they_come_in_the_order_of_their_letters_however_they_were_ticked(world: World) -> None:
    busy(world)
    judged(world, came_back(world))
    made = report(world.manager, appendices=tuple(reversed(Appendix)))
    assert [heading[len(PREFIX)] for heading in appendices_of(made)] == list(LETTERS.values())


def test_nothing_empty_is_printed_and_what_was_asked_for_is_named(world: World) -> None:
    bare = report(world.manager)
    assert appendices_of(bare) == ["Appendix G: How ratings are made"]
    [listed] = [each for each in bare.sections if each.heading == "Appendices"]
    assert "left out for there is nothing to tell: Appendix A" in repr(listed.blocks)
    busy(world)
    for made in (bare, report(world.manager), report(world.manager, publication=True)):
        assert empty_sections(made) == []
    for agency in ("KPOL", "NHSK", "KPRO"):
        assert empty_sections(report(world.manager, agency=agency)) == []


def test_an_empty_section_would_be_found(world: World) -> None:
    made = report(world.manager)
    [first, *_] = made.sections
    assert is_empty(Section("Bare", ()), first) and not is_empty(Section("Bare", ()), Section("S", (), 2))
    assert is_empty(Section("Bare", (Table("T", (), ()),)), None)


def test_one_that_is_not_there_is_refused_at_its_field(world: World, visit: Visit, app: Flask) -> None:
    with pytest.raises(InvalidInput) as wrong:
        report(world.manager, appendices=("secrets",))
    assert list(wrong.value.errors) == ["appendix"]
    page = visit(world.manager).get("/reports/progress?appendix=secrets")
    assert page.status == 200 and "appendix" in page.errors
    code, output = run(app, "progress", "--appendix", "secrets", "-o", "none.docx")
    assert code != 0 and "secrets" in output


def test_the_trail_says_which_were_in_it(world: World, visit: Visit) -> None:
    busy(world)
    manager = visit(world.manager)
    for asked, letters in ((["evidence", "exceptions"], "A, D"), ([], "")):
        data = {"csrf_token": manager.token, "appendix": asked}
        assert manager.client.post("/reports/progress.docx", data=data).status_code == 200
        event = (
            AuditEvent.select().where(AuditEvent.event == "report.exported").order_by(AuditEvent.id.desc())
        )
        assert re.search(r'"appendices":"(.*?)"', event.get().detail)[1] == letters  # type: ignore[index]


def test_what_was_closed_since_says_when_and_by_whom(world: World) -> None:
    busy(world)
    stopped = world.action(TODAY)
    set_standing(world.as_viewer(world.manager), stopped, "withdrawn", "Done by another law.")
    made = report(world.manager, appendices=("closed",))
    codes = [row[-1] for row in rows_of(made, "Closed since") if len(row) > 1]
    assert codes == [
        "Accepted by the Board, 30 Mar 2012, Second chair",
        "Withdrawn, 30 Mar 2012, Manager",
    ]
    public = report(world.manager, publication=True)
    assert [row[-1] for row in rows_of(public, "Closed since") if len(row) > 1] == [codes[0][:-14]]
    listed = [row[0] for row in actions_in(report(world.manager)) if len(row) > 1]
    assert sorted(listed) == sorted(each.reference for each in Action.select())


def test_of_what_was_closed_earlier_a_paper_since_then_tells(world: World, story: Action) -> None:
    later = report(world.manager, as_at=TODAY, since=date(2012, 2, 20))
    earlier = report(world.manager, as_at=TODAY, since=date(2012, 2, 19))
    reference = "SCR-2011-09/A1"
    assert reference not in [row[0] for row in actions_in(later)]
    assert row_of(earlier, reference)[-1].startswith("Accepted by the Board, 20 Feb 2012")
