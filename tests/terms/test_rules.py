"""A text of the product in a board's own words: which stand where, in which form, and what stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kscb_actions.terms import ANY, Terms, say_in
from kscb_actions.terms.rules import SPELLINGS, article_for, inside, plural_of

NOW = Terms(
    board="Partnership",
    manager="Partnership manager",
    subgroup="learning and review group",
    subgroup_short="group",
    chair="convenor",
    independent_chair="independent scrutineer",
    scrutiny="scrutiny panel",
)
BODY = Terms(board="Assembly")


@pytest.mark.parametrize(
    ("terms", "text", "expected"),
    [
        (NOW, "The Board’s check", "The Partnership’s check"),
        (NOW, "Ask the board manager.", "Ask the partnership manager."),
        (NOW, "Board managers and boards", "Partnership managers and partnerships"),
        (NOW, "No Board member, Full Board", "No Partnership member, Full Partnership"),
        (NOW, "To the SCR subgroup, by the subgroup", "To the learning and review group, by the group"),
        (NOW, "SCR subgroup’s deputy chair", "Learning and review group’s deputy convenor"),
        (NOW, "Begin. SCR subgroup", "Begin. Learning and review group"),
        (NOW, "such as “SCR subgroup”", "such as “Learning and review group”"),
        (NOW, "Serious Case Review Subgroup", "Learning and review group"),
        (NOW, "An SCR subgroup chair", "A learning and review group convenor"),
        (
            NOW,
            "an independent chair, Independent chairs",
            "an independent scrutineer, Independent scrutineers",
        ),
        (NOW, "Chair, deputy chair and chairs", "Convenor, deputy convenor and convenors"),
        (NOW, "and its scrutiny committee", "and its scrutiny panel"),
        (NOW, "dashboards, keyboard, boarding, chaired", "dashboards, keyboard, boarding, chaired"),
        (
            NOW,
            "/actions?turn=board, board.css, a@board.example",
            "/actions?turn=board, board.css, a@board.example",
        ),
        (NOW, "{board} and {chair}", "{board} and {chair}"),
        (BODY, "A Board, a board manager", "An Assembly, an assembly manager"),
        (BODY, "The SCR subgroup and its chair", "The SCR subgroup and its chair"),
        (Terms(board="KSCP"), "the board’s and the Board’s", "the KSCP’s and the KSCP’s"),
        (Terms(board="Kent Partnership"), "the board", "the Kent Partnership"),
        (Terms(board="Partners"), "the Board’s check", "the Partners’ check"),
        (Terms(subgroup="learning group"), "the subgroup", "the learning group"),
        (Terms(subgroup_short="group"), "the SCR subgroup", "the SCR group"),
        (Terms(chair="lead"), "the independent chair", "the independent lead"),
        (Terms(board="Chair group", chair="Board lead"), "Board, chair", "Chair group, board lead"),
    ],
)
def test_the_words_stand_in_their_form(terms: Terms, text: str, expected: str) -> None:
    assert say_in(terms, text) == expected


@pytest.mark.parametrize(
    ("word", "article"),
    [
        ("unit", "a"),
        ("union", "a"),
        ("uncle", "an"),
        ("NHS body", "an"),
        ("MP", "an"),
        ("one", "a"),
        ("hour", "an"),
    ],
)
def test_the_article_is_as_it_is_said(word: str, article: str) -> None:
    assert article_for(word, "a") == article and article_for(word, "An") == article.capitalize()


@pytest.mark.parametrize(
    ("word", "many"),
    [("body", "bodies"), ("box", "boxes"), ("board", "boards"), ("day", "days"), ("bench", "benches")],
)
def test_the_plural(word: str, many: str) -> None:
    assert plural_of(word) == many


def test_names_keep_their_capitals() -> None:
    assert [inside(each) for each in ("Partnership", "KSCP", "Kent Partnership", "Learning group")] == [
        "partnership",
        "KSCP",
        "Kent Partnership",
        "learning group",
    ]


PIECES = st.one_of(st.sampled_from([*SPELLINGS, "Board", "SCR subgroup’s"]), st.text(max_size=20))


@given(st.lists(PIECES).map(" ".join))
def test_standard_words_change_nothing_and_own_words_leave_no_standard_one(text: str) -> None:
    assert say_in(Terms(), text) == text
    assert ANY.search(say_in(NOW, text)) is None
