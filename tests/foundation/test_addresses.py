"""Addresses are normalised at entry, or refused with the character named."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kscb_actions.mail.models import OutboxMessage
from kscb_actions.mail.smtp import compose
from kscb_actions.text import LONGEST_ADDRESS, MOST_TYPED, as_address, why_no_address

GOOD = "jane.o'brien+plan@social-care.kent.example"


@pytest.mark.parametrize(
    "typed",
    [
        GOOD.upper(),
        f"  {GOOD}\t\n",
        f"\ufeff{GOOD}\u200b",
        GOOD.replace("n", "\u00ad\u2060n"),
        f"\u00a0{GOOD}\u2003",
        f"mailto:{GOOD}",
        f"MAILTO:{GOOD}?subject=Plan&cc=other@kent.example",
        f"<mailto:{GOOD}>",
        f"Jane O’Brien (Kent) <{GOOD}>",
        f'"O’Brien, Jane" <{GOOD}>;',
        f"“{GOOD}”",
        f"'{GOOD}'",
        f"({GOOD}).",
        f"{GOOD};",
        f"{GOOD} , ",
        f"{GOOD}>",
        GOOD.replace("@", " @ ").replace(".kent", ".\r\n kent"),
    ],
)
def test_what_was_pasted_with_an_address_goes(typed: str) -> None:
    assert as_address(typed) == GOOD
    assert why_no_address(GOOD) is None


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("a@kent.example; b@kent.example", "There is a ‘;’ in the address."),
        ("a@kent.example,b@kent.example", "There is a ‘,’ in the address."),
        ("jane smith@kent.example", "There is a space in the address."),
        ("a@b@kent.example", "There is a second ‘@’ in the address."),
        ("zoë@kent.example", "There is a ‘ë’ (latin small letter e with diaeresis) in the address."),
        ("zoe\u0308@kent.example", "There is a ‘ë’ (latin small letter e with diaeresis) in the address."),
        ("аdmin@kent.example", "There is a ‘а’ (cyrillic small letter a) in the address."),
        ("o’brien@kent.example", "There is a ‘’’ (right single quotation mark) in the address."),
        ("a@kent_police.example", "There is a ‘_’ in the address."),
        ("a\\@kent.example", "There is a ‘\\’ in the address."),
    ],
)
def test_what_does_not_belong_there_is_named(typed: str, named: str) -> None:
    assert why_no_address(as_address(typed)) == f"{named} Enter an email address, like name@agency.example."


@pytest.mark.parametrize(
    "typed",
    [
        *("", " ", "mailto:", "<>", "jane", "@kent.example", "jane@", "jane@kent", "a..b@kent.example"),
        *("a@kent..example", "a@-kent.example", "a@kent-.example", f"{'a' * 65}@kent.example"),
        *(f"a@{'b' * 64}.example", f"a@{'b.' * 130}example", f"a@kent.example{' ' * MOST_TYPED}"),
    ],
)
def test_what_is_no_address_is_refused_with_an_example(typed: str) -> None:
    assert why_no_address(as_address(typed)) == "Enter an email address, like name@agency.example."


PASTED = st.text(st.sampled_from("aZ9.@<>;:,\"'()[]\\ \t\r\n\u200b\u00ad’é\u0301İ=?%-_\x00"), max_size=12)
AROUND = st.sampled_from(["", "mailto:", "<", "Jane <", " “", "\ufeff"])


@settings(max_examples=300, deadline=None)
@given(AROUND, PASTED, st.sampled_from(["", "jo@kent.example"]), PASTED)
def test_an_address_that_is_taken_is_normal_and_mail_can_be_written_to_it(
    before: str, some: str, address: str, after: str
) -> None:
    normal = as_address(before + some + address + after)
    assert as_address(normal) == normal
    if why_no_address(normal) is None:
        assert len(normal) <= LONGEST_ADDRESS
        assert not set(normal) & set(" \t\r\n\x00<>;,")
        written = compose(message_to(normal), "tracker@board.example").as_bytes()
        (receiver,) = message_from_bytes(written, policy=default)["To"].addresses  # type: ignore[arg-type]
        assert receiver.addr_spec == normal


def message_to(address: str) -> OutboxMessage:
    """Return a message to an address, in no database."""
    at = datetime(2012, 3, 30, tzinfo=UTC)
    return OutboxMessage(to_address=address, subject="Plan", body="Text.", message_id="<1@x>", queued_at=at)
