"""A challenge is taken to the independent chair and closed there, as the people concerned do it."""

import io
import re

import docx

from .navigator import Navigator, Site

CHAIR = "scr.chair@kent-probation.example"
INDEPENDENT_CHAIR = "independent.chair@kscb.example"
BOARD_MEMBER = "board.member@kent-police.example"


def test_a_challenge_is_escalated_to_the_independent_chair_and_closed(visitor: Navigator, site: Site) -> None:
    visitor.signs_in(CHAIR)
    visitor.opens("/agencies/POL/challenge")
    visitor.fills("What is the question?", "Who sees to it that each date of the year is met?")
    visitor.page.get_by_role("radio", name=re.compile("^Agency’s Board member")).check()
    visitor.dates("Reply by", 27, 4, 2012)
    visitor.presses("Send the challenge")
    reference = visitor.heading().removeprefix("Challenge ")
    address = f"/challenges/{reference.removeprefix('C')}"
    answers(visitor, address, "The unit does, within its means.")

    signs_in_as(visitor, CHAIR)
    visitor.opens(address)
    visitor.follows("Take it a level higher")
    visitor.fills("Why is it taken a level higher?", "No name is given.")
    visitor.dates("Reply by", 31, 5, 2012)
    visitor.presses("Take it a level higher")
    assert visitor.page.get_by_role("link", name="Close the challenge").count() == 0
    assert "No name is given." in letter_of(visitor)
    answers(visitor, address, "The superintendent does, from today.")

    signs_in_as(visitor, INDEPENDENT_CHAIR)
    visitor.opens(address)
    visitor.follows("Close the challenge")
    visitor.chooses("Something changed because of it")
    visitor.fills("What changed, or why did nothing have to?", "One officer answers for the dates.")
    visitor.presses("Close the challenge")
    visitor.sees("One officer answers for the dates.")
    visitor.finds_no_barrier("a challenge that the independent chair has closed")
    kept = site.rows(
        "SELECT level, state, outcome FROM challenge WHERE id = ?", int(reference.removeprefix("C"))
    )
    assert kept == [("independent_chair", "closed", "changed")]
    told = site.rows(
        "SELECT to_address FROM outbox_message WHERE subject = ?", f"Challenge {reference} is closed"
    )
    assert told == [(BOARD_MEMBER,)]


def answers(visitor: Navigator, address: str, text: str) -> None:
    """Answer as the agency's member of the Board."""
    signs_in_as(visitor, BOARD_MEMBER)
    visitor.opens(address)
    visitor.follows("Answer", exact=True)
    visitor.fills("What is the agency’s answer?", text)
    visitor.presses("Send the answer")
    visitor.sees(text)


def signs_in_as(visitor: Navigator, email: str) -> None:
    """Let somebody else sit down at the desk."""
    visitor.signs_out()
    visitor.signs_in(email)


def letter_of(visitor: Navigator) -> str:
    """Return the text of the letter in Word that the page makes."""
    with visitor.page.expect_download() as made:
        visitor.presses("Make the letter (Word)")
    found = docx.Document(io.BytesIO(made.value.path().read_bytes()))
    cells = (cell for table in found.tables for row in table.rows for cell in row.cells)
    return "\n".join(each.text for each in (*found.paragraphs, *cells))
