"""Words are found wherever they stand in the texts; an index that helps finds neither more nor less."""

import unicodedata
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
from kscb_actions.actions.listing import list_actions
from kscb_actions.actions.models import Action
from kscb_actions.actions.narrowing import Filter
from kscb_actions.actions.searched import has_word
from kscb_actions.actions.service import ActionFacts, edit_action
from kscb_actions.assurance.challenges.queries import ChallengeFilter, list_challenges
from kscb_actions.assurance.challenges.service import Subject, raise_challenge
from kscb_actions.audit.service import change
from kscb_actions.child_deaths.cases.queries import DeathFilter, list_deaths
from kscb_actions.database import db, writing
from kscb_actions.reviews.models import Recommendation, Review
from kscb_actions.reviews.queries import ReviewFilter, find_reviews, list_references
from kscb_actions.reviews.recommendations import edit_recommendation
from kscb_actions.reviews.rules import RecommendationFacts, ReviewFacts
from kscb_actions.reviews.service import edit_review
from kscb_actions.searching import queries
from kscb_actions.searching.models import SearchText
from kscb_actions.searching.queries import is_looked_up, words_of
from kscb_actions.settings.rules import Thresholds
from kscb_actions.text import clean_text, folded, order_key

from ..factories import TODAY, World
from ..factories_deaths import Panel
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
    max_examples=amount(100), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    texts=st.lists(TEXTS, min_size=4, max_size=4),
    word=TEXTS,
    part=st.tuples(st.integers(0, 3), st.integers(0, 39), st.integers(1, 12), st.integers(0, 63)),
)
@example(['He said "NO" – 50%_off\\', "a\nb", "", "x"], '"no"', (0, 8, 4, 37))
@example(["aaaa", "AA", "aAaAa", "a a a"], "aaa", (2, 0, 5, 16))
def test_what_is_kept_is_found_by_any_of_its_spellings(
    world: World, texts: list[str], word: str, part: tuple[int, int, int, int]
) -> None:
    """Four texts on one action; the words looked for are made up, and cut out of one of them.

    The index finds what reading finds.
    """
    action = Action.get_or_none() or world.action()
    if Action.select().count() == 1:
        world.action(text="Another one, which stays as it is.")
    own, measure, recommendation, title = map(clean_text, texts)
    with change(SYSTEM) as tx:
        action = Action.get_by_id(action.id)
        action.text, action.success_measure = own, measure
        tx.update(action, "action.changed")
        asked = Recommendation.get_by_id(action.recommendation_id)
        asked.text = recommendation
        tx.update(asked, "recommendation.changed")
        review = Review.get_by_id(action.review_id)
        review.title = title
        tx.update(review, "review.changed")
    which, start, length, spelling = part
    piece = clean_text(texts[which])[start : start + length]
    for each in {*words_of(word), *words_of(spelt(piece, spelling))}:
        assert matched(has_word(each, is_looked_up(each))) == matched(has_word(each, False)), repr(each)
    for each in words_of(spelt(piece, spelling)):
        assert action.id in matched(has_word(each, is_looked_up(each))), repr(each)


def spelt(text: str, spelling: int) -> str:
    """Return a text as somebody else would type it: capitals, composition, quotes, hyphens, hyphenation."""
    forms = ("NFC", "NFD", "NFKC", "NFKD")
    text = unicodedata.normalize(forms[spelling % 4], text)
    text = (str, str.swapcase, str.upper, str.casefold)[spelling // 4 % 4](text)
    if spelling // 16 % 2:
        text = text.translate(dict(zip(map(ord, "'\"-"), "’“‑", strict=True)))
    return "\u00ad".join(text) if spelling // 32 % 2 else text


FOUND_BY = ("Household", "house", "SEHOL", "family", "scr-2011", "2011-01", "50%", "ay", "afé", '"q"')


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


def test_a_frequent_word_is_read_and_finds_the_same(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    actions = {world.action(text="Visit the household.").id for _ in range(3)}
    for most in (0, 2, 3, 2_000):
        monkeypatch.setattr(queries, "MOST_LOOKED_UP", most)
        assert matched(has_word("household", is_looked_up("household"))) == actions


def test_a_word_is_judged_anew_at_each_search(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rare in the morning and frequent in the evening: a search must not keep what it saw first."""
    if not database.is_sqlite():
        pytest.skip("there may be no index to look words up in")
    monkeypatch.setattr(queries, "MOST_LOOKED_UP", 1)
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
        assert "VIRTUAL TABLE INDEX" not in read
        assert "VIRTUAL TABLE INDEX" in looked_up and "SCAN t1 " not in f"{looked_up} "
    else:
        assert "search_text" in looked_up and "search_text" in read


def test_postgres_looks_up_among_many_texts_by_itself(world: World) -> None:
    if database.is_sqlite():
        pytest.skip("SQLite is told which index to use")
    text = "agree with the agencies how what is known about household {} is shared by all their staff. " * 3
    rows = [{"what": "action", "row": n, "text": text.format(n, n, n)} for n in range(100_001, 104_001)]
    with writing():
        for batch in chunked(rows, 1_000):
            SearchText.insert_many(batch).execute()
        db.execute_sql('ANALYZE "search_text"')
    sql, values = queries.rows_with("action", "102000").sql()
    steps = "\n".join(row[0] for row in db.execute_sql(f"EXPLAIN {sql}", values).fetchall())
    assert "Bitmap Index Scan on search_text_words" in steps, steps


# Spellings that mean the same.
SAME = (
    ("the children's views", ("children’s", "CHILDREN'S", "children`s", "chil\u00addren’s")),
    ("multi\u2011agency", ("multi-agency", "Multi–Agency", "multi‐agency")),
    ("the office\u00a0staﬀ", ("staff", "STAFF", "office staff")),
    ("Zoë’s café", ("zoe's", "CAFE", "cafe\u0301", "ZOË")),
    ("Straße", ("strasse", "STRASSE", "ſtraße")),
    ("ΟΔΟΣ", ("οδος", "οδοσ")),
    ("ışık İst", ("ISIK", "ist", "İST")),
    ("２７３K", ("273k", "273K")),
)


@pytest.mark.usefixtures("use_indexes")
def test_spellings_that_mean_the_same_find_the_same_on_any_database(world: World) -> None:
    actions = {text: world.action(text=text).id for text, _ in SAME}
    for text, spellings in SAME:
        for typed in (text, *spellings):
            for word in words_of(typed):
                both = matched(has_word(word, is_looked_up(word))), matched(has_word(word, False))
                assert actions[text] in both[0] and both[0] == both[1], typed


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
            expected, asked = actions[text] if text else set(), folded(word)
            both = matched(has_word(asked, is_looked_up(asked))), matched(has_word(asked, False))
            assert both == (expected, expected), word


def test_references_in_part_and_agencies_by_name_find_actions(world: World) -> None:
    review = world.review("SCR-2011-02")
    recommendation = world.recommendation(review)
    references = [world.action(recommendation=recommendation).reference for _ in range(11)]
    other = world.action(
        agency=world.health, recommendation=world.recommendation(world.review("AUD-2010-02"))
    )
    tenth = {"SCR-2011-02/A10"}
    for typed in ("A10", "a10", "SCR-2011-02/A10", "SCR-2011-02 A10", "2011‑02/a10", "scr–2011–02/a10"):
        assert found(world, typed) == tenth, typed
    assert found(world, "A1") == {references[0], other.reference}
    assert found(world, "02/A1") == {references[0], other.reference}
    assert found(world, "SCR-2011-02/A1") == {references[0]}
    assert found(world, world.health.name.upper()) == {other.reference}


def test_every_search_is_asked_in_any_spelling(world: World) -> None:
    manager, coordinator = world.as_viewer(world.manager), world.as_viewer(world.cdop_coordinator)
    world.review("SCR-2011-02", title="The children’s views", summary="Multi‑agency work")
    chair, subject = world.as_viewer(world.second_chair), Subject(world.police, world.action())
    asked = "What of the children’s views?"
    raised = raise_challenge(chair, subject, "lead", asked, date(2012, 4, 20), "")
    Panel(world).death(case_number="CDOP-11/042")
    for typed in ("children's", "CHILDREN’S views", "scr‑2011‑02", "multi-agency"):
        assert find_reviews(manager, ReviewFilter(words=typed)).total == 1, typed
    for typed in ("children's", "kent police", f"c{raised.id}", "a1"):
        assert list_challenges(manager, ChallengeFilter(words=typed), TODAY).total == 1, typed
    for typed in ("cdop‑11/042", "CDOP 042"):
        assert list_deaths(coordinator, DeathFilter(words=typed)).total == 1, typed


def test_references_are_in_the_order_of_their_numbers(world: World) -> None:
    """In capitals or not, whatever the language of the database."""
    manager, panel = world.as_viewer(world.manager), Panel(world)
    for reference in ("SCR-10", "SCR-2", "AUD-2", "SCR-2-A", "SCR-2011-10", "SCR-2011-9"):
        recommendation = world.recommendation(world.review(reference))
        for _ in range(11 if reference == "SCR-2" else 1):
            world.action(recommendation=recommendation)
    ordered = ["AUD-2", "SCR-2", "SCR-2-A", "SCR-10", "SCR-2011-9", "SCR-2011-10"]
    assert list_references(manager) == ordered
    assert [
        row.reference for row in find_reviews(manager, ReviewFilter(), "reference", False).rows
    ] == ordered
    page = list_actions(manager, Filter(), TODAY, Thresholds(), "reference", False)
    numbers = [f"SCR-2/A{number}" for number in range(1, 12)]
    others = [f"{reference}/A1" for reference in ordered if reference != "SCR-2"]
    assert [row.reference for row in page.rows] == [others[0], *numbers, *others[1:]]
    for number in ("CDOP/10", "CDOP/2", "CDOP/1"):
        panel.death(case_number=number)
    rows = list_deaths(panel.coordinator, DeathFilter(), "case", False).rows
    assert [row.death.case_number for row in rows] == ["CDOP/1", "CDOP/2", "CDOP/10"]


@given(st.lists(st.integers(0, 10**20), min_size=2, max_size=2), st.sampled_from(("A{}", "SCR-{}-01", "{}")))
def test_the_key_of_an_order_is_that_of_the_numbers(numbers: list[int], form: str) -> None:
    keys = [order_key(form.format(number)) for number in numbers]
    assert (keys[0] < keys[1]) == (numbers[0] < numbers[1])
    assert keys[0].isascii() and keys[0].isalnum()
