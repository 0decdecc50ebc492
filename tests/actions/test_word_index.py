"""Words are found wherever they stand in the texts; an index that helps finds neither more nor less."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from peewee import chunked

from kscb_actions import database
from kscb_actions.access.policy import SYSTEM
from kscb_actions.actions import word_index
from kscb_actions.actions.listing import list_actions
from kscb_actions.actions.models import Action
from kscb_actions.actions.narrowing import Filter
from kscb_actions.actions.service import ActionFacts, edit_action
from kscb_actions.actions.word_index import has_word, is_looked_up
from kscb_actions.audit.service import change
from kscb_actions.chasing.news.models import News
from kscb_actions.database import db, writing
from kscb_actions.reviews.models import Recommendation, Review
from kscb_actions.reviews.recommendations import edit_recommendation
from kscb_actions.reviews.rules import RecommendationFacts, ReviewFacts
from kscb_actions.reviews.service import edit_review
from kscb_actions.settings.rules import Thresholds
from kscb_actions.text import clean_text

from ..factories import TODAY, World
from ..long import amount
from ..queries import counted

# Letters of both cases with what is special to LIKE, to the index's own language, to shells and to eyes.
SIGNS = "aAbBzZ019\"'%_\\*-+^:(){}[]/.,;|&~<>#@!?\t\n\x01\x1f\x7féÉßſKİıΣς–’漢\u200b\ufeff🐍👩‍🏫"
TEXTS = st.text(st.one_of(st.sampled_from(SIGNS), st.characters(exclude_categories=["Cs"])), max_size=40)


def matched(condition: Any) -> set[int]:
    """Return the ids of the actions that a condition keeps."""
    return {row.id for row in Action.select(Action.id).where(condition)}


def found(world: World, words: str) -> set[str]:
    """Return the references of what a manager finds."""
    manager = world.as_viewer(world.manager)
    return {row.reference for row in list_actions(manager, Filter(words=words), TODAY, Thresholds()).rows}


@pytest.fixture
def use_indexes(app: Flask) -> None:
    """Let PostgreSQL use the indexes for a handful of rows too, where reading them all is the quicker."""
    if not database.is_sqlite():
        db.execute_sql("SET enable_seqscan = off")
        db.execute_sql("SET enable_indexscan = off")
        db.execute_sql("SET jit = off")


@pytest.mark.usefixtures("use_indexes")
@settings(
    max_examples=amount(150), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    texts=st.lists(TEXTS, min_size=4, max_size=4),
    word=TEXTS,
    part=st.tuples(st.integers(0, 3), st.integers(0, 39), st.integers(1, 12), st.booleans()),
)
@example(['He said "NO" – 50%_off\\', "a\nb", "", "x"], '"no"', (0, 8, 4, True))
@example(["aaaa", "AA", "aAaAa", "a a a"], "aaa", (2, 0, 5, True))
def test_the_index_finds_what_reading_finds(
    world: World, texts: list[str], word: str, part: tuple[int, int, int, bool]
) -> None:
    """Four texts on one action; the words looked for are made up, and cut out of one of them."""
    action = Action.get_or_none() or world.action()
    if Action.select().count() == 1:
        world.action(text="Another one, which stays as it is.")
    own, measure, recommendation, title = map(clean_text, texts)
    with writing(Action, Recommendation, Review):
        Action.update(text=own, success_measure=measure).where(Action.id == action.id).execute()
        Recommendation.update(text=recommendation).where(
            Recommendation.id == action.recommendation_id
        ).execute()
        Review.update(title=title).where(Review.id == action.review_id).execute()
    which, start, length, turn = part
    piece = clean_text(texts[which])[start : start + length]
    for each in {*clean_text(word).split(), *piece.split(), *(piece.swapcase().split() if turn else ())}:
        assert matched(has_word(each, is_looked_up(each))) == matched(has_word(each, False)), repr(each)
        if each in piece:
            assert action.id in matched(has_word(each, is_looked_up(each))), repr(each)


FOUND_BY = ("Household", "house", "SEHOL", "family", "scr-2011", "2011-01", "50%", "ay", "é", '"q"')


def test_any_part_of_a_word_is_found_in_any_of_the_texts(world: World) -> None:
    action = world.action(text='Visit the household; 50% by May. Ask "Q" about the café.')
    world.action(
        recommendation=world.recommendation(world.review("AUD-2010-02"), text="None."), text="Train."
    )
    assert {word: found(world, word) for word in FOUND_BY} == dict.fromkeys(FOUND_BY, {action.reference})
    assert len(found(world, "audit")) == 2
    assert found(world, "householder") == found(world, "hold;50") == found(world, "50_") == set()


def test_every_word_has_to_occur_but_not_in_the_same_text(world: World) -> None:
    action = world.action(text="Visit the household.")
    assert found(world, "household family") == {action.reference}
    assert found(world, "household dentist") == set()
    assert found(world, "holdfam") == set()


def test_a_changed_text_is_found_by_its_new_words_only(world: World) -> None:
    manager, action = world.as_viewer(world.manager), world.action(text="The first wording.")
    reference = action.reference
    edit_action(
        manager, action, ActionFacts("A second wording.", "Nobody waits.", None), None, action.version
    )
    assert found(world, "second") == found(world, "waits") == {reference}
    assert found(world, "first") == found(world, "audit") == set()
    recommendation = Recommendation.get_by_id(action.recommendation_id)
    edit_recommendation(manager, recommendation, RecommendationFacts("Listen to children."), 1)
    assert (found(world, "listen"), found(world, "family")) == ({reference}, set())
    review = Review.get_by_id(action.review_id)
    edit_review(manager, review, ReviewFacts(review.reference, "scr", "Bramble"), review.version)
    assert (found(world, "bramble"), found(world, "case")) == ({reference}, set())


def test_what_is_taken_out_of_the_table_is_found_no_more(world: World) -> None:
    action = world.action(text="Visit the household.")
    with writing(Action, News):
        News.delete().execute()
        Action.delete().where(Action.id == action.id).execute()
    assert matched(has_word("household", is_looked_up("household"))) == set()


def test_a_frequent_word_is_read_and_finds_the_same(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    actions = {world.action(text="Visit the household.").id for _ in range(3)}
    for most in (0, 2, 3, 2_000):
        monkeypatch.setattr(word_index, "MOST_LOOKED_UP", most)
        assert matched(has_word("household", is_looked_up("household"))) == actions


def test_a_word_is_judged_anew_at_each_search(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rare in the morning and frequent in the evening: a search must not keep what it saw first."""
    if not database.is_sqlite():
        pytest.skip("there may be no index to look words up in")
    monkeypatch.setattr(word_index, "MOST_LOOKED_UP", 1)
    ways = []
    for _ in range(2):
        world.action(text="Visit the household.")
        with counted() as asked:
            found(world, "household")
        ways.append(any("MATCH" in sql and "LIKE" not in sql for sql in asked.queries[1:]))
    assert ways == [True, False]


def test_the_index_shows_nobody_more_than_they_may_see(world: World) -> None:
    shown = world.action(date(2012, 5, 1), world.health, text="The household at risk.")
    world.action(date(2012, 5, 1), world.police, text="The household at risk.")
    hidden = world.action(date(2012, 5, 1), world.health, text="The household at risk.").review
    hidden.is_restricted = True
    with change(SYSTEM) as tx:
        tx.update(hidden, "review.changed")
    lead = world.as_viewer(world.health_lead)
    page = list_actions(lead, Filter(words="household"), TODAY, Thresholds())
    assert [row.reference for row in page.rows] == [shown.reference] and page.total == 1
    assert list_actions(SYSTEM, Filter(words="household"), TODAY, Thresholds()).total == 3


@pytest.fixture
def plan(world: World, use_indexes: None) -> Iterator[Callable[[str], str]]:
    """Yield how the database would look for a word, in its own words."""
    world.action()
    explain, last = ("EXPLAIN QUERY PLAN", 3) if database.is_sqlite() else ("EXPLAIN", 0)

    def explained(word: str) -> str:
        sql, values = Action.select(Action.id).where(has_word(word, is_looked_up(word))).sql()
        return "\n".join(row[last] for row in db.execute_sql(f"{explain} {sql}", values).fetchall())

    yield explained


def test_a_rare_word_is_looked_up_and_no_text_is_read(plan: Callable[[str], str]) -> None:
    looked_up, read = plan("nowhere"), plan("ab")
    if database.is_sqlite():
        assert "SCAN t1" in read
        assert "VIRTUAL TABLE INDEX" in looked_up and "SCAN t1" not in looked_up
    else:
        names = ("action_words", "review_words", "recommendation_words")
        assert all(f"Bitmap Index Scan on {name}" in looked_up for name in names), looked_up
        assert "action_words" not in read


def test_postgres_looks_up_among_many_texts_by_itself(world: World) -> None:
    if database.is_sqlite():
        pytest.skip("SQLite is told which index to use")
    first = Action.select().where(Action.id == world.action().id).dicts().get()
    text = (
        "Agree with the agencies how what is known about household {} is shared by all of their staff. " * 3
    )
    rows = [{**first, "id": n, "number": n, "text": text.format(n, n, n)} for n in range(100_001, 104_001)]
    with writing(Action):
        for batch in chunked(rows, 1_000):
            Action.insert_many(batch).execute()
    with writing():
        db.execute_sql('ANALYZE "action"')
    word = "102000"
    sql, values = Action.select(Action.id).where(has_word(word, is_looked_up(word))).sql()
    steps = "\n".join(row[0] for row in db.execute_sql(f"EXPLAIN {sql}", values).fetchall())
    assert "Bitmap Index Scan on action_words" in steps, steps
    assert matched(has_word(word, is_looked_up(word))) == {102_000}


LETTERS = (
    "household",
    "HouseHold",
    "café",
    "CAFÉ",
    "Straße",
    "STRASSE",
    "ΟΔΟΣ",
    "οδος",
    "İst",
    "ışık",
    "273K",
)


@pytest.mark.usefixtures("use_indexes")
def test_only_the_case_of_ascii_letters_does_not_matter_on_any_database(world: World) -> None:
    """As SQLite has it. PostgreSQL would go by the language of its server, so boards would differ."""
    actions = {text: world.action(text=text).id for text in (*LETTERS, "273k", "οδοσα")}
    for word in LETTERS:
        expected = {number for text, number in actions.items() if folded(word) in folded(text)}
        assert matched(has_word(word, is_looked_up(word))) == matched(has_word(word, False)) == expected, word


def folded(text: str) -> str:
    """Return the text in lower case, ASCII letters only."""
    return "".join(sign.lower() if sign.isascii() else sign for sign in text)


SIGNS_IN_TEXTS = (
    ("100% done", ("100%", "0% d")),
    ("under_score", ("r_s", "under_")),
    ("back\\slash\\", ("\\slash\\", "ash\\")),
    ("quo\"te's", ("o\"te's", "e's")),
    ("snake 🐍🐍🐍 here", ("🐍🐍🐍", "🐍")),
    ("a%b_c\\d", ("%b_c\\", "b_c\\d", "%b")),
    (None, ("___", "%%%", "\\\\\\", "'''", '"""', "%_", "a%d", "__")),
)


@pytest.mark.usefixtures("use_indexes")
def test_signs_that_mean_something_to_a_database_are_themselves(world: World) -> None:
    actions = {text: {world.action(text=text).id} for text, _ in SIGNS_IN_TEXTS if text}
    for text, words in SIGNS_IN_TEXTS:
        for word in words:
            expected = actions[text] if text else set()
            assert (
                matched(has_word(word, is_looked_up(word))) == matched(has_word(word, False)) == expected
            ), word
