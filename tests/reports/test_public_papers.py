"""Which days' papers for the public hold a review, and what they call it."""

from datetime import date, timedelta

import pytest

from kscb_actions import clock
from kscb_actions.reports.content import Cell, Column, Group, Paragraph, Report, Rows, Section, Table
from kscb_actions.reports.public import with_texts
from kscb_actions.reviews.models import Review
from kscb_actions.reviews.publishing.service import withdraw_release
from kscb_actions.text import InvalidInput

from ..factories import TODAY, World
from .faces import rows_of, told
from .stories import report

RELEASED, WITHDRAWN = date(2012, 3, 10), date(2012, 3, 20)
BEFORE = RELEASED - timedelta(days=1)


def recorded(world: World, **facts: object) -> Review:
    """Return a review with an action, recorded in 2011."""
    with clock.at(date(2011, 6, 1)):
        review = world.review("SCR-2011-31", classification="OFFICIAL", **facts)
        world.action(date(2011, 9, 1), recommendation=world.recommendation(review))
    return review


def is_in(world: World, as_at: date, today: date = TODAY) -> bool:
    return "SCR-2011-31" in repr(told(report(world.reader, today, publication=True, as_at=as_at)))


def test_a_paper_for_a_day_before_the_release_does_not_hold_it(world: World) -> None:
    review = recorded(world)
    assert not is_in(world, TODAY)
    with clock.at(RELEASED):
        world.release(review, RELEASED)
    assert [is_in(world, day) for day in (BEFORE, RELEASED, TODAY)] == [False, True, True]
    with pytest.raises(InvalidInput, match="not released for publication"):
        report(world.reader, publication=True, review="SCR-2011-31", as_at=BEFORE)


def test_once_withdrawn_it_is_in_no_paper_of_any_day(world: World) -> None:
    review = recorded(world)
    with clock.at(RELEASED):
        world.release(review, RELEASED)
    with clock.at(WITHDRAWN):
        now = Review.get_by_id(review.id)
        withdraw_release(world.independent_chair.viewer, now, WITHDRAWN, "A name.", "", now.version)
    assert [is_in(world, day) for day in (BEFORE, RELEASED, TODAY)] == [False, False, False]
    with pytest.raises(InvalidInput, match="no review for publication"):
        report(world.reader, publication=True, review="SCR-2011-31")


def test_every_count_is_of_what_is_in_it(world: World) -> None:
    world.release(recorded(world))
    world.action(date(2011, 9, 1))
    inside, public = report(world.reader), report(world.reader, publication=True)
    counts = [rows_of(made, "Actions by agency and rating")[-1][-1] for made in (inside, public)]
    assert counts == ["2", "1"]
    assert dict(public.header)["Coverage"].startswith("1 review, as at")


@pytest.mark.parametrize(
    ("title", "pseudonym", "name"),
    [
        ("Review of a case", "Rosalind", "SCR-2011-31: Review of a case"),
        ("Rosalind", "Rosalind and Tom", "SCR-2011-31: Serious case review"),
        ("Serious case review Child A", "Child A", "SCR-2011-31: Serious case review"),
    ],
)
def test_a_title_that_gives_the_pseudonym_away_is_not_printed(
    world: World, title: str, pseudonym: str, name: str
) -> None:
    world.release(recorded(world, title=title, pseudonym=pseudonym))
    made = report(world.reader, publication=True)
    assert name in repr(told(made))
    assert pseudonym not in repr(told(made))


def test_every_text_of_a_report_is_put_through_the_words_and_rows_are_read_when_drawn() -> None:
    def read(start: int = 0, most: int | None = None) -> list[object]:
        return [Group("x"), (Cell("x", "red"), "x")]

    table = Table("x", (Column("x", 10), Column("x", 10)), Rows(read, 1))
    sections = (Section("x", (Paragraph("x"), table)),)
    report = Report("x", "M", "O", (("x", "x"),), ("x",), TODAY, None, sections)
    changed = with_texts(report, str.upper)
    assert (changed.title, changed.header, changed.asked) == ("X", (("X", "X"),), ("X",))
    words, rows = changed.sections[0].blocks
    assert words == Paragraph("X") and changed.sections[0].heading == "X"
    assert isinstance(rows, Table) and isinstance(rows.rows, Rows) and rows.caption == "X"
    assert list(rows.rows) == [Group("X"), (Cell("X", "red"), "X")]
    assert list(rows.rows.part(0, 1)) == list(rows.rows)
