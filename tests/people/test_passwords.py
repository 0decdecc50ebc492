"""Which passwords are taken: a table of refused and accepted ones, judged with the board's own words."""

import random
import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kscb_actions.people.passwords import MAX_LENGTH, why_weak
from kscb_actions.people.service import set_password
from kscb_actions.text import InvalidInput
from tests.factories import World

WORDS = (
    "Kent",
    "Safeguarding",
    "Children",
    "Board",
    "Police",
    "KPOL",
    "lead",
    "mr.smith@kent.example",
    "smith",
)
FIRST = "tried first"
REPEATS = "repeats the same"


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("", "at least 12 characters"),
        ("elevenchars", "at least 12 characters"),
        ("x" * 129, "at most 128 characters"),
        ("aaaaaaaaaaaa", REPEATS),
        ("abababababab", REPEATS),
        ("abcabcabcabc", REPEATS),
        ("monkeymonkey", REPEATS),
        ("orchardorchard", REPEATS),
        ("letmein letmein", REPEATS),
        ("KentKentKent1", REPEATS),
        ("k3ntk3ntk3nt", REPEATS),
        ("            ", FIRST),
        ("!!!!!!!!!!!!", FIRST),
        ("password1234", FIRST),
        ("Password1234!", FIRST),
        ("Passw0rd12345678", FIRST),
        ("P@ssword2012!", FIRST),
        ("safeguarding", FIRST),
        ("Safeguarding Children", FIRST),
        ("safeguarding2012", FIRST),
        ("S4feguard1ng 2026", FIRST),
        ("kent safeguarding children board", FIRST),
        ("Kent2012Kent2013", FIRST),
        ("serious case review", FIRST),
        ("childdeath2012", FIRST),
        ("qwertyuiop12", FIRST),
        ("1q2w3e4r5t6y", FIRST),
        ("1234567890ab", FIRST),
        ("abcdefghijkl", FIRST),
        ("iloveyou12345", FIRST),
        ("Manchester1958", FIRST),
        ("liverpoolfc123", FIRST),
        ("November2026!", FIRST),
        ("Welcome to Kent", FIRST),
        ("winter spring 2012", FIRST),
        ("correct horse", FIRST),
        ("K3nt P0lice 2012", FIRST),
        ("police-lead-2012", FIRST),
        ("Kent Police KPOL", FIRST),
        ("mr.smith@kent.example", FIRST),
        ("Smith-Kent-Police", FIRST),
    ],
)
def test_a_password_that_is_tried_first_is_refused(password: str, says: str) -> None:
    reason = why_weak(password, WORDS)
    assert reason is not None
    assert says in reason


@pytest.mark.parametrize(
    "password",
    [
        "orchard lantern ferry",
        "orchard-lantern-ferry",
        "river stone cloud",
        "table lamp chair",
        "correct horse battery staple",
        "twelve chars",
        "x7#kQ9!vLm2$",
        "пароль из слов",
        "😀🎈🌂🎷🚲🧭🪁🎻🥁🎺🪗🎹",
        "password for the orchard gate",
        "safeguarding lantern orchard",
        "y" * 5 + "orchard lantern ferry" * 5,
        "x" * 4 + "orchard lantern ferry" + "z" * (MAX_LENGTH - 25),
    ],
)
def test_a_long_own_password_is_taken(password: str) -> None:
    assert why_weak(password, WORDS) is None


def test_a_word_counts_only_where_it_is_local() -> None:
    assert why_weak("orchard lantern ferry") is None
    assert why_weak("orchard lantern ferry", ("Orchard", "Lantern", "Ferry"))


def test_a_persons_own_words_are_no_password(world: World) -> None:
    for password in ("police-lead-2012", "Kent Police KPOL", "Police lead 1", "Safeguarding board 1"):
        with pytest.raises(InvalidInput):
            set_password(world.police_lead, password)
    for password in (world.police_lead.email, f"{world.health.name} 2012"):
        with pytest.raises(InvalidInput):
            set_password(world.police_lead, password)


@settings(deadline=None)
@given(st.text(max_size=200))
def test_judging_any_text_gives_a_reason_or_none(password: str) -> None:
    reason = why_weak(password, ("Kent", "Police"))
    assert reason is None or reason.endswith(".")
    if len(password) < 12:
        assert reason


def test_a_password_of_look_alikes_is_judged_in_bounded_time() -> None:
    started = time.process_time()
    assert why_weak(("4@8({[<369&!1|/70$5+7%2z" * 6)[:MAX_LENGTH]) is None
    assert time.process_time() - started < 5


def test_two_who_set_a_password_at_once_are_each_judged_by_their_own_words() -> None:
    wrong: list[str] = []

    def judge(word: str, other: str) -> None:
        chance = random.Random(word)
        for _ in range(40):
            if why_weak(f"{word}{chance.randrange(10)} {word.upper()}", (word,)) is None:
                wrong.append(word)
            if why_weak(f"{other} lantern {other[::-1]}", (word,)):
                wrong.append(other)

    pair = ("zebrafinchquay", "umbrellaskylark")
    threads = [threading.Thread(target=judge, args=names) for names in (pair, pair[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
