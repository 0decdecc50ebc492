"""The past of a plan comes in as a person reads it: judged by its own dates, marked, and never guessed."""

import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from kscb_actions import clock
from kscb_actions.access.policy import Refused
from kscb_actions.actions.earlier.models import EarlierRecord
from kscb_actions.actions.earlier.rules import Reading
from kscb_actions.actions.listing import list_actions
from kscb_actions.actions.models import Action
from kscb_actions.actions.narrowing import Filter
from kscb_actions.assurance.models import AssuranceDecision, Submission
from kscb_actions.chasing.news.models import News
from kscb_actions.commands.import_plan import COMMAND_LINE
from kscb_actions.config import Settings
from kscb_actions.dates_written.rules import Written
from kscb_actions.plans_in.earlier.rules import (
    Earlier,
    doubts,
    past_of,
    problems_with,
    reading_of,
    usual_reading,
    words_to_read,
)
from kscb_actions.plans_in.models import PlanLayout
from kscb_actions.plans_in.plan import Plan, PlanAction, PlanRecommendation
from kscb_actions.plans_in.queries import readings_of, understood
from kscb_actions.plans_in.reading.sheets import read_workbook
from kscb_actions.plans_in.reading.word import read_word
from kscb_actions.plans_in.remembering import Said
from kscb_actions.plans_in.service import Taken, foreseen, take_in
from kscb_actions.plans_in.words import status_key
from kscb_actions.reviews.models import Review
from kscb_actions.settings.rules import Thresholds
from kscb_actions.text import InvalidInput
from tests.commands.running import flask
from tests.factories import TODAY, World
from tests.reports.stories import report, row_of

from .made import excel, word

AS_OF = date(2011, 12, 31)
HEAD = [
    "No", "Recommendation", "Officer responsible", "Date for delivery", "Revised date", "RAG",
    "Date completed", "Progress to date", "Evidence",
]  # fmt: skip
# A table of 2009 as such boards kept it, with what they wrote beside it in the two years after.
TABLE = [
    HEAD,
    ["1", "Publish the audit of contacts.", "Kent Police", "November 2009", "", "Complete", "20/11/2009",
     "Presented to the Board.", "Minutes of 12 November"],
    ["2.", "Note the prevention strategy.", "NHS Kent and Medway", "", "", "", "", "", ""],
    ["3.", "Pilot supervision in Thanet.", "NHS Kent and Medway", "31/10/2009", "31/03/2010", "Blue",
     "15/03/2010", "Ran for six months.", ""],
    ["4.", "Analyse referrals from courts.", "Kent Probation", "January 2010", "", "Complete", "15/02/2010",
     "", ""],
    ["5.", "Join up work for young carers.", "Kent Police", "December 2009", "30/06/2012", "Green", "",
     "Under way in ten districts.", ""],
    ["6.", "Review the threshold paper.", "Kent Probation", "31/12/2009", "", "No longer applicable", "", "",
     ""],
]  # fmt: skip
READINGS = {
    "complete": Reading.DONE,
    "blue": Reading.ACCEPTED,
    "green": Reading.IN_PROGRESS,
    "no longer applicable": Reading.WITHDRAWN,
}
EARLIER = Earlier(AS_OF, READINGS, date(2010, 5, 11), "SCR subgroup")


def taken(
    world: World, review: Review, earlier: Earlier | None = EARLIER, rows: Sequence[Sequence[str]] = TABLE
) -> Taken:
    """Take the plan of these rows into a review with its past."""
    content = word(rows)
    plan, _ = understood(read_word(io.BytesIO(content)), TODAY)
    said = Said(earlier=earlier)
    return take_in(
        world.manager.viewer, review, plan, world.store, io.BytesIO(content), "table-2009.docx", said
    )


def test_the_table_of_2009_comes_in_with_its_past(world: World) -> None:
    review = world.review("SCR-2009-01")
    assert taken(world, review).told == "6 recommendations, 6 actions, the past of 5 actions"
    page = list_actions(world.manager.viewer, Filter(), TODAY, Thresholds(), "reference")
    told = [(row.when, row.rating.code, row.action.original_due_on, row.slippage) for row in page.rows]
    assert told == [
        ("Done on time", "submitted", date(2009, 11, 30), 0),
        ("No date set", "no_date", None, 0),
        ("Done on time", "accepted", date(2009, 10, 31), 151),
        ("Done 15 days late", "submitted", date(2010, 1, 31), 0),
        ("Due in 92 days", "on_course", date(2009, 12, 31), 912),
        ("Not counted", "withdrawn", date(2009, 12, 31), 0),
    ]
    mark = "From earlier records, as of 31 December 2011, table-2009.docx"
    assert [row.action.earlier_mark for row in page.rows] == [mark, "", mark, mark, mark, mark]
    assert {row.action.extension_count for row in page.rows} == {0}


def test_the_paper_of_it_is_on_time_and_marked(world: World) -> None:
    taken(world, world.review("SCR-2009-01"))
    made = report(world.reader)
    first = "\n".join(row_of(made, "SCR-2009-01/A1"))
    assert "Done on time" in first and "From earlier records, as of 31 December 2011" in first
    assert "Evidence: Minutes of 12 November" in first and "31 Dec 2011: Progress to date" in first
    [row] = [each for each in AssuranceDecision.select()]
    assert (row.told_by, clock.local_date(row.at)) == ("SCR subgroup", date(2010, 5, 11))
    assert [clock.local_date(each.at) for each in Submission.select()] == [
        date(2009, 11, 20), date(2010, 3, 15), date(2010, 2, 15),
    ]  # fmt: skip


def test_what_was_over_before_is_no_news_and_silence_begins_with_the_import(world: World) -> None:
    taken(world, world.review())
    told = [each.action.number for each in News.select().where(News.kind == "new_action")]
    assert sorted(set(told)) == [2, 5]
    assert {each.updated_on for each in Action.select()} == {TODAY}


def test_nothing_is_read_that_nobody_has_confirmed(world: World) -> None:
    review = world.review()
    with pytest.raises(InvalidInput) as wrong:
        taken(world, review, Earlier(AS_OF, {"complete": Reading.DONE}))
    told = wrong.value.errors["files"]
    assert "Say how “Blue” is read (1 action)." in told and "“Green”" in told and "“Complete”" not in told
    assert not Action.select().exists()
    assert taken(world, review, None).pasts == 0 and not EarlierRecord.select().exists()
    assert {each.assurance for each in Action.select()} == {"none"}


def test_the_past_is_brought_in_later_by_the_same_file_and_once(world: World) -> None:
    review = world.review()
    taken(world, review, None)
    world.progress(Action.get(Action.number == 5))
    assert taken(world, review).told == "0 recommendations, 0 actions, the past of 4 actions"
    assert [each.assurance for each in Action.select().order_by(Action.number)] == [
        "submitted", "none", "accepted", "submitted", "none", "none",
    ]  # fmt: skip
    assert taken(world, review).is_nothing and EarlierRecord.select().count() == 4


def test_a_status_that_has_changed_is_told_and_changes_nothing(world: World) -> None:
    review = world.review()
    taken(world, review)
    rows = [list(each) for each in TABLE]
    rows[5][5] = "Complete"
    plan, _ = understood(read_word(io.BytesIO(word(rows))), TODAY)
    told = foreseen(world.manager.viewer, review, plan, False, EARLIER)
    [problem] = told.changes
    assert problem.problem.startswith("Its status is “Complete” in the file, and “Green” in the records")
    assert told.is_nothing


def test_readings_are_remembered_by_layout(world: World) -> None:
    taken(world, world.review())
    [row] = PlanLayout.select()
    assert readings_of(row.headings.split("\n")) == READINGS and row.meanings == "{}"
    assert readings_of(["another", "layout"]) == {}


def test_nobody_but_a_person_answers_for_the_past(world: World) -> None:
    plan, _ = understood(read_word(io.BytesIO(word(TABLE))), TODAY)
    with pytest.raises(Refused, match="Somebody has to answer"):
        take_in(COMMAND_LINE, world.review(), plan, world.store, io.BytesIO(b""), "plan.docx",
                Said(earlier=EARLIER))  # fmt: skip


@pytest.mark.parametrize(
    ("status", "done", "expected"),
    [
        ("Complete", True, Reading.DONE),
        ("Complete", False, Reading.DONE),
        ("Complete – 30 September 2011", False, Reading.DONE),
        ("Blue", False, Reading.ACCEPTED),
        ("Green", False, Reading.IN_PROGRESS),
        ("Green", True, Reading.IN_PROGRESS),
        ("", True, Reading.DONE),
        ("", False, Reading.NOTHING),
        ("Purple", False, Reading.NOTHING),
        ("Purple", True, Reading.DONE),
    ],
)
def test_words_of_a_status_go_before_a_day(status: str, done: bool, expected: Reading) -> None:
    assert reading_of(status, AS_OF if done else None, READINGS) == expected


@pytest.mark.parametrize(
    ("words", "key", "usual"),
    [
        ("Green", "green", None),
        ("A", "a", None),
        ("Red/Amber", "red amber", None),
        ("3", "3", None),
        ("Complete", "complete", Reading.DONE),
        ("COMPLETED: 12 staff", "completed", Reading.DONE),
        ("Completed in May", "completed", Reading.DONE),
        ("On track", "on track", Reading.IN_PROGRESS),
        ("Not started", "not started", Reading.NOT_STARTED),
        ("Superseded", "superseded", Reading.SUPERSEDED),
        ("No longer applicable", "no longer applicable", Reading.WITHDRAWN),
        ("Not achieved", "not achieved", Reading.CANNOT),
        ("Who knows", "who knows", None),
    ],
)
def test_colours_are_never_guessed(words: str, key: str, usual: Reading | None) -> None:
    assert (status_key(words), usual_reading(status_key(words))) == (key, usual)


def action(**facts: object) -> PlanAction:
    """Return an action as it was read."""
    return PlanAction("Do it", "row 2", **facts)  # type: ignore[arg-type]


def test_a_row_that_says_two_things_keeps_its_day_in_words() -> None:
    read = action(status_text="Green", done=Written(date(2011, 5, 3), "3/5/2011"))
    past = past_of(read, EARLIER)
    assert past and (past.read_as, past.done_on) == (Reading.IN_PROGRESS, None)
    assert past.told.startswith("A day of completion stands beside it")
    plan = Plan(recommendations=[PlanRecommendation("1", "Do it", "", "row 2", [read])])
    [doubt] = doubts(plan, EARLIER)
    assert "“Green” is not done, though 3 May 2011 stands as the day of completion" in doubt.problem
    assert past_of(action(evidence="Minutes"), EARLIER) is None


def test_days_that_cannot_be_are_told_with_their_place(world: World) -> None:
    rows = [list(each) for each in TABLE]
    rows[1][6] = "20/01/2012"
    plan, _ = understood(read_word(io.BytesIO(word(rows))), TODAY)
    [problem] = problems_with(plan, EARLIER, TODAY)
    assert (problem.place, "31 December 2011" in problem.problem) == ("table 1, row 2", True)
    unsaid = problems_with(plan, Earlier(date(2012, 2, 1), READINGS), TODAY)
    assert {each.problem for each in unsaid} == {
        "Say who accepted it, such as “SCR subgroup”.", "Say on which day it was accepted.",
    }  # fmt: skip


def test_the_day_of_which_a_file_speaks_is_proposed(world: World) -> None:
    for title, expected in (
        ("As at 30 June 2011", date(2011, 6, 30)),
        ("Action plan, updated 3 May 2011", date(2011, 5, 3)),
        ("As at 30 June 2013", None),
        ("As at the last meeting", None),
    ):
        content = excel(("Plan", [[title], [], *TABLE]))
        plan, _ = understood(read_workbook(io.BytesIO(content)), TODAY)
        assert plan.as_of == expected and [each.key for each in words_to_read(plan)] == list(READINGS)


def test_the_command_says_what_it_needs_and_takes_the_past_in(
    world: World, settings: Settings, tmp_path: Path
) -> None:
    world.review("SCR-2009-01")
    path = tmp_path / "plan.docx"
    path.write_bytes(word(TABLE))
    told = ("import-plan", str(path), "--review", "SCR-2009-01")
    bare = flask(settings, *told, "--dry-run")
    assert bare.returncode == 0 and "of 5 actions what happened before" in bare.stderr
    assert '--read "Complete=done" --read "Blue=…"' in bare.stderr
    confirmed = ("--by", "manager@board.example", "--as-of", "31 December 2011")
    read = ("--read", "Complete=done", "--read", "Green=on track", "--read", "No longer applicable=withdrawn")
    accepted = ("--read", "Blue=accepted", "--accepted-by", "SCR subgroup", "--accepted-on", "2010-05-11")
    for options, said in (
        (read, "Nobody confirms the past."),
        ((*read, "--by", "chair@board.example"), "is no board manager"),
        ((*read, "--by", "manager@board.example"), "does not say of which day"),
        ((*confirmed, *read), 'Say, with --by and --as-of: --read "Blue=…"'),
        ((*confirmed, *read, "--read", "Blue=accepted"), "Say who accepted it"),
        (("--read", "Blue=lovely"), "does not end in = and one of not started, on track"),
        (("--as-of", "soon"), "“soon” is no day"),
    ):
        refused = flask(settings, *told, *options)
        assert refused.returncode > 0 and said in refused.stderr, refused.stderr
    assert not Action.select().exists()
    done = flask(settings, *told, *confirmed, *read, *accepted)
    assert done.returncode == 0 and "the past of 5 actions recorded." in done.stderr, done.stderr
    assert [each.entered_by for each in EarlierRecord.select()] == [world.manager] * 5
    check = flask(settings, "check")
    assert check.returncode == 0, check.stderr
