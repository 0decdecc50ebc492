"""The challenge log, the learning briefing and the annual section: numbers by plain SQL, and no case."""

import itertools
from datetime import date, timedelta
from typing import Any

import pytest

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM
from kscb_actions.assurance.challenges.models import Challenge
from kscb_actions.assurance.challenges.queries import ChallengeFilter
from kscb_actions.assurance.challenges.service import (
    Subject,
    answer_challenge,
    close_challenge,
    raise_challenge,
)
from kscb_actions.audit.service import change
from kscb_actions.database import db
from kscb_actions.reports.audiences.learning_briefing import RESTRICTED, first_sentences
from kscb_actions.reports.content import Report
from kscb_actions.reports.papers import PAPERS
from kscb_actions.reports.progress.scope import ReportingYear, ReportRequest
from kscb_actions.reviews.models import NamedPerson, Review
from kscb_actions.reviews.rules import ReviewFacts
from kscb_actions.reviews.service import add_theme, edit_review, reach_stage
from kscb_actions.settings.rules import Board
from kscb_actions.text import InvalidInput

from ..factories import TODAY, World
from .faces import has_table, rows_of, told
from .stories import busy

YEAR = ReportingYear("2011-12", date(2011, 4, 1), date(2012, 3, 31))
BEFORE = ReportingYear("2010-11", date(2010, 4, 1), date(2011, 3, 31))
CANARY = "ZQSECRET"


def paper(world: World, code: str, person: str = "manager", **choice: Any) -> Report:
    kept = {"year": YEAR} if "year" in PAPERS[code].takes else {}
    request = ReportRequest(**{**kept, **choice})
    return PAPERS[code].make(getattr(world, person).viewer, Board(), request, TODAY)


def count(sql: str, *values: Any) -> int:
    """Return the one number that a statement counts."""
    return int(db.execute_sql(sql, values).fetchone()[0])


def headings(made: Report) -> list[str]:
    return [each.heading for each in made.sections]


def asked(
    world: World,
    subject: Subject,
    on: date,
    due: date,
    answered: date | None,
    outcome: str = "",
    said: str = "",
) -> Challenge:
    """Return a challenge raised on a day, answered on another, and closed with an outcome and words."""
    chair = world.second_chair.viewer
    with clock.at(on):
        made = raise_challenge(chair, subject, "lead", f"Why is it late, on {on}?", due, "")
    if answered:
        with clock.at(answered):
            answer_challenge(world.police_lead.viewer, made, "We did it.", made.version, "")
    if outcome:
        with clock.at(answered or due):
            close_challenge(chair, Challenge.get_by_id(made.id), outcome, said, 2 if answered else 1, "")
    return made


def challenged(world: World) -> None:
    """Ask five questions, four of them in the year, and one more about a restricted review."""
    police, action = Subject(world.police), world.action()
    about = Subject(world.police, action, action.recommendation)
    day = date(2011, 3, 5)
    asked(world, police, day, date(2011, 3, 9), day, "changed", "Earlier.")
    asked(world, about, date(2011, 5, 1), date(2011, 5, 9), date(2011, 5, 9), "changed", "It trains all now.")
    asked(
        world, police, date(2011, 6, 1), date(2011, 6, 9), date(2011, 6, 10), "explained", "It had to wait."
    )
    asked(world, police, date(2012, 3, 1), date(2012, 3, 9), None)
    asked(world, police, date(2012, 3, 2), TODAY + timedelta(days=9), None)
    secret = world.review("SCR-2011-66", is_restricted=True, title=f"{CANARY} 1")
    with change(SYSTEM) as tx:
        tx.add(NamedPerson(review=secret, user=world.second_chair), "review.person-named")
        tx.add(NamedPerson(review=secret, user=world.police_lead), "review.person-named")
    hidden = Subject(world.police, None, world.recommendation(secret))
    asked(world, hidden, date(2011, 7, 1), date(2011, 7, 9), date(2011, 7, 8), "changed", f"{CANARY} 2")


COUNTED = {
    "raised": "1 = 1",
    "answered": "first_answered_on IS NOT NULL",
    "closed": "state = 'closed'",
    "changed": "outcome = 'changed'",
}
IN_THE_YEAR = (
    "SELECT COUNT(*) FROM challenge WHERE raised_on BETWEEN '2011-04-01' AND '2012-03-31' AND "
    "(review_id IS NULL OR review_id IN (SELECT id FROM review WHERE NOT is_restricted)) AND "
)


def test_the_log_of_challenges_has_the_years_figures_and_each_with_what_came_of_it(world: World) -> None:
    challenged(world)
    made = paper(world, "challenges")
    numbers = {name: count(IN_THE_YEAR + condition) for name, condition in COUNTED.items()}
    assert numbers == {"raised": 4, "answered": 2, "closed": 2, "changed": 1}
    words = repr(made.sections[0].blocks[0])
    assert (
        "4 challenges were raised in 2011-12. Of them 2 are answered, 1 in time at each level; 2 are" in words
    )
    assert rows_of(made, "Challenges raised in 2011-12") == [["Kent Police", "4", "2", "1", "2", "1"]]
    by_level = rows_of(made, "Challenges raised in 2011-12, by level")
    assert by_level[0] == ["Agency lead", "2", "0", "2"] and len(by_level) == 4
    rows = rows_of(made, "Challenges in the order")
    assert [row[5] for row in rows] == [
        "9 May 2011\nAnswered in time",
        "10 Jun 2011\nNot answered in time",
        "–\nNot answered in time",
        "–\nNot due yet",
    ]
    assert rows[0][6] == "Something changed because of it, 9 May 2011\nIt trains all now."
    assert rows[0][1].startswith("Action SCR-2011-") and rows[1][1] == "The agency’s work on its action plans"
    assert "4 challenges raised in 2011-12" in dict(made.header)["Coverage"]
    for person in ("manager", "second_chair", "reader"):
        assert CANARY not in repr(told(paper(world, "challenges", person)))


@pytest.mark.parametrize(
    ("narrow", "days"),
    [
        ({}, 4),
        ({"state": "closed"}, 2),
        ({"outcome": "changed"}, 1),
        ({"in_time": "no"}, 2),
        ({"level": "full_board"}, 0),
    ],
)
def test_it_is_narrowed_as_the_list_is_and_says_so(world: World, narrow: dict[str, str], days: int) -> None:
    challenged(world)
    made = paper(world, "challenges", challenges=ChallengeFilter(**narrow))  # type: ignore[arg-type]
    rows = rows_of(made, "Challenges in the order") if days else []
    assert len(rows) == days and has_table(made, "Challenges in the order") == bool(days)
    coverage = dict(made.header)["Coverage"]
    assert coverage.startswith(f"{days} challenge") and ("(" in coverage) == bool(narrow)
    usual = paper(world, "challenges")
    assert (made.file_name == usual.file_name) == (narrow == {})


def test_a_year_without_challenges_has_no_empty_table(world: World) -> None:
    made = paper(world, "challenges", year=BEFORE)
    assert headings(made) == ["Challenges raised in 2010-11", "Contact"]
    assert paper(world, "challenges", agency="KPOL").title != paper(world, "challenges").title


def learnt(world: World, **facts: object) -> Review:
    """Return a review with more lessons than fit, and two accepted actions."""
    summary = "Rosalind died at home. Her school had asked. Nobody had come."
    kept = {"pseudonym": "Rosalind", "title": "Rosalind", "classification": "OFFICIAL", **facts}
    review = world.review("SCR-2011-41", summary=summary, **kept)
    asked_for = [
        world.recommendation(
            review, text=f"Ask {n}, as Rosalind’s school did.", intended_outcome=f"Outcome {n}."
        )
        for n in range(6)
    ]
    world.recommendation(review, text="The key one.", is_key=True, intended_outcome="")
    for place in (0, 1):
        world.decision(world.action(recommendation=asked_for[place], lead=world.police_lead))
    world.action(recommendation=asked_for[2])
    return review


def test_a_briefing_says_what_happened_what_was_learnt_and_what_changes(world: World) -> None:
    learnt(world)
    made = paper(world, "learning", review="SCR-2011-41")
    assert headings(made) == [
        "What happened",
        "What was learnt",
        "What changes for practitioners",
        "Read more",
    ]
    happened, lessons, changes, more = (each.blocks[0] for each in made.sections)
    assert happened.text == "SCR-2011-41 died at home. Her school had asked."  # type: ignore[union-attr]
    assert lessons.items[0] == "The key one." and lessons.items[-1] == "and 2 more"  # type: ignore[union-attr]
    assert changes.items == ("Outcome 0.", "Outcome 1.", "An audit shows it.")  # type: ignore[union-attr]
    assert more.text == "Ask the Board manager, Safeguarding Children Board."  # type: ignore[union-attr]
    text = repr(told(made))
    for name in ("Rosalind", "Police lead", "Manager", "Kent Police", "Seen and judged"):
        assert name not in text
    assert made.title == "Learning from SCR-2011-41: Serious case review"


def test_a_released_one_says_where_to_read_more(world: World) -> None:
    world.release(learnt(world), link="https://board.example/scr", edition="Overview report")
    made = paper(world, "learning", review="SCR-2011-41")
    assert "Overview report: https://board.example/scr. Ask" in repr(made.sections[-1])
    assert "Rosalind" not in repr(told(made))


def test_there_is_no_briefing_on_a_restricted_review_even_for_who_is_named(world: World) -> None:
    world.review("SCR-2011-41", is_restricted=True)
    for person, message in (("manager", RESTRICTED), ("reader", "There is no review with this reference.")):
        with pytest.raises(InvalidInput) as wrong:
            paper(world, "learning", person, review="SCR-2011-41")
        assert wrong.value.errors == {"review": message}


@pytest.mark.parametrize(
    ("text", "most", "first"),
    [
        ("One. Two. Three.", 2, "One. Two."),
        ("One.\n\nTwo! Three?", 2, "One. Two!"),
        ("It was 3.5 miles, e.g. by car. Then.", 1, "It was 3.5 miles, e.g. by car."),
        ("“One.” Two.", 1, "“One."),
        ("no end", 2, "no end"),
        ("", 2, ""),
    ],
)
def test_the_first_sentences_of_a_summary(text: str, most: int, first: str) -> None:
    assert first_sentences(text, most) == first


def lived(world: World) -> None:
    """Let a year pass: reviews that reach stages, themes they share, actions of every rating, challenges."""
    busy(world)
    challenged(world)
    manager = world.manager.viewer
    shared, alone = add_theme(manager, "Sharing what is known"), add_theme(manager, "Housing")
    first = world.review("SCR-2011-51", theme_ids=(shared.id, alone.id))
    world.recommendation(world.review("SCR-2011-52"), theme_ids=(shared.id,))
    hidden = world.review("SCR-2011-53", is_restricted=True, title=CANARY)
    facts = ReviewFacts(hidden.reference, "scr", CANARY, is_restricted=True, theme_ids=(alone.id,))
    edit_review(manager, hidden, facts, hidden.version)
    for day, stage in ((date(2010, 5, 1), "notified"), (date(2011, 4, 1), "decided"), (TODAY, "published")):
        reach_stage(manager, Review.get_by_id(first.id), stage, day, "Agreed.")


OPEN = "review_id IN (SELECT id FROM review WHERE NOT is_restricted AND NOT is_void)"


def test_every_number_of_the_annual_section_is_counted_again_by_plain_sql(world: World) -> None:
    lived(world)
    made = paper(world, "annual")
    assert dict(made.header)["To"] == "Safeguarding Children Board, for its annual report"
    assert "Of them 1 is released for publication" in repr(made.sections[0].blocks[0])
    reviews = count("SELECT COUNT(*) FROM review WHERE NOT is_restricted AND NOT is_void")
    assert f"{reviews} reviews on record at the end of 30 March 2012" in repr(made.sections[0].blocks[0])
    for name, number, which in rows_of(made, "Stages that reviews reached"):
        stage = name.lower().replace("action plan monitoring", "monitoring").replace(" ", "_")
        sql = f"SELECT COUNT(DISTINCT review_id) FROM stage_reached WHERE stage = '{stage}' AND {OPEN}"
        assert int(number) == count(f"{sql} AND reached_on BETWEEN '2011-04-01' AND '2012-03-30'")
        assert len(which.split(", ")) == int(number)
    assert "Notified" not in repr(rows_of(made, "Stages that reviews reached"))
    *_, last = rows_of(made, "Actions by rating")
    assert (
        int(last[-2]) == count(f"SELECT COUNT(*) FROM action WHERE standing <> 'void' AND {OPEN}")
        and last[-3] == "0"
    )
    blue = next(row for row in rows_of(made, "Actions by rating") if row[0].startswith("B"))
    assert int(blue[-2]) == count(f"SELECT COUNT(*) FROM action WHERE assurance = 'accepted' AND {OPEN}")
    happened = dict(rows_of(made, "What happened to actions"))
    accepted = "SELECT COUNT(DISTINCT action_id) FROM assurance_decision WHERE decision = 'accepted'"
    assert int(happened["Accepted by the Board"]) == count(f"{accepted} AND {OPEN}") == 1
    assert "4 challenges were raised" in repr(made.sections)
    assert "Kent Police: It trains all now." in repr(made.sections)
    assert "Earlier." not in repr(made.sections) and CANARY not in repr(told(made))
    named = (
        "SELECT COUNT(DISTINCT r) FROM (SELECT review_id AS r, theme_id AS t FROM review_theme UNION "
        "SELECT review_id, theme_id FROM recommendation_theme) AS named JOIN review ON review.id = r "
        "JOIN theme ON theme.id = t WHERE NOT is_restricted AND name = 'Sharing what is known'"
    )
    assert rows_of(made, "Themes that more than one") == [
        ["Sharing what is known", str(count(named)), "SCR-2011-51, SCR-2011-52"]
    ]


def test_a_year_with_nothing_in_it_has_no_empty_section(world: World) -> None:
    made = paper(world, "annual", year=BEFORE)
    assert headings(made) == ["Actions at both ends of the year", "Contact"]
    with pytest.raises(InvalidInput, match="not begun"):
        paper(world, "annual", year=ReportingYear("2012-13", date(2012, 4, 1), date(2013, 3, 31)))


@pytest.mark.parametrize("code", ["challenges", "learning", "annual"])
def test_who_may_not_open_reports_makes_none_and_others_the_same(world: World, code: str) -> None:
    lived(world)
    learnt(world)
    choice = {"review": "SCR-2011-41"} if code == "learning" else {}
    texts = [repr(told(paper(world, code, person, **choice))) for person in ("manager", "reader")]
    assert texts[0].replace("Board manager", "") == texts[1].replace("Reader", "").replace(
        "Board manager", ""
    )
    for one, other in itertools.combinations(("challenges", "annual"), 2):
        assert paper(world, one).file_name != paper(world, other).file_name
