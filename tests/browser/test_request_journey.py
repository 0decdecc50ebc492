"""A request about a death: asked, answered by the agency's contact, returned, answered again, accepted."""

import re
from pathlib import Path

from playwright.sync_api import expect

from .navigator import Navigator

COORDINATOR = "cdop.coordinator@kscb.example"
CONTACT = "child.death.contact@maidstone-hospitals.example"
HOSPITAL = re.compile("Maidstone and Tunbridge Wells")


def chooses(visitor: Navigator, label: str) -> None:
    """Choose a radio."""
    visitor.page.get_by_label(label, exact=True).check()


def test_an_agency_answers_a_request_and_the_answer_is_on_the_case(
    visitor: Navigator, tmp_path: Path
) -> None:
    page = visitor.page
    visitor.signs_in(COORDINATOR)
    visitor.opens("/deaths?state=waiting&sort=died&direction=descending")
    # The newest case: the hospital was not asked about it.
    visitor.follows("CDR-2011-094", exact=True)
    case = page.url
    visitor.follows("Ask another agency")
    visitor.finds_no_barrier(page.url)
    page.get_by_label(HOSPITAL).check()
    visitor.presses("Ask them")
    visitor.sees("1 agency asked.")
    visitor.signs_out()

    visitor.signs_in(CONTACT)
    visitor.sees("Requests about a child’s death")
    visitor.finds_no_barrier(page.url)
    page.get_by_role("rowheader").get_by_role("link").first.click()
    request = page.url
    visitor.sees("CDR-2011-094")
    visitor.finds_no_barrier(page.url)
    visitor.follows("What your agency knows of the child")
    chooses(visitor, "Yes")
    page.get_by_label("Say more", exact=True).fill("Mrs Smith brought him twice.")
    visitor.presses("Save and go on")
    # The page itself says it first, while it is typed; the button has the server say it.
    visitor.sees("There is a problem")
    visitor.sees("looks like a name")
    visitor.finds_no_barrier(page.url)
    page.get_by_label("Say more", exact=True).fill("His mother brought him twice.")
    visitor.presses("Save and go on")
    page.get_by_label("What led to the death", exact=True).fill("A short illness.")
    visitor.presses("Save and go back to the request")
    visitor.follows("Attach files")
    file = tmp_path / "chronology.txt"
    file.write_text("0:00 He is brought in.")
    page.get_by_label("Files", exact=True).set_input_files(str(file))
    visitor.finds_no_barrier(page.url)
    visitor.presses("Attach")
    visitor.follows("Read it once more and send it")
    visitor.finds_no_barrier(page.url)
    visitor.presses("Send the answer")
    visitor.sees("Your answer is sent.")
    visitor.signs_out()

    visitor.signs_in(COORDINATOR)
    page.goto(case)
    visitor.follows("Look at the answer of Maidstone and Tunbridge Wells NHS Trust")
    visitor.finds_no_barrier(page.url)
    chooses(visitor, "Return it to the agency: something is missing or has to be put right")
    page.get_by_label("If you return it: what is missing?").fill("When was he seen last?")
    visitor.presses("Save")
    visitor.sees("its contacts are told")
    visitor.signs_out()

    visitor.signs_in(CONTACT)
    page.goto(request)
    visitor.sees("When was he seen last?")
    visitor.finds_no_barrier(page.url)
    visitor.follows("What your agency knows of the child")
    page.get_by_label("Say more", exact=True).fill("His mother brought him twice, last in March.")
    visitor.presses("Save and go back to the request")
    visitor.follows("Read it once more and send it again")
    visitor.presses("Send the answer")
    visitor.signs_out()

    visitor.signs_in(COORDINATOR)
    page.goto(case)
    visitor.follows("Look at the answer of Maidstone and Tunbridge Wells NHS Trust")
    chooses(visitor, "Accept it: it goes onto the case as it is")
    visitor.presses("Save")
    visitor.sees("stands on the case")
    expect(page.get_by_role("table").get_by_text("last in March")).to_be_visible()
    visitor.follows("Read the whole answer of Maidstone and Tunbridge Wells NHS Trust")
    expect(page.get_by_role("link", name="chronology.txt", exact=True)).to_have_count(2)
    visitor.finds_no_barrier(page.url)
    visitor.signs_out()

    # It is another child's: the contact asks, the co-ordinator agrees, and its name stands nowhere any more.
    visitor.signs_in(CONTACT)
    page.goto(request)
    page.get_by_role("link", name="A wrong file? Have it erased").first.click()
    visitor.finds_no_barrier(page.url)
    page.get_by_label("Why must it not be kept?").fill("It is about another child.")
    visitor.presses("Ask for it to be erased")
    visitor.sees("Those who can are told by mail.")
    visitor.finds_no_barrier(page.url)
    visitor.signs_out()
    visitor.signs_in(COORDINATOR)
    page.get_by_role("link", name="Maidstone and Tunbridge Wells NHS Trust").first.click()
    visitor.finds_no_barrier(page.url)
    visitor.fits_a_phone(page.url)
    chooses(visitor, "Erase it now: it cannot be brought back")
    visitor.presses("Save the decision")
    visitor.sees("The file is erased.")
    visitor.finds_no_barrier(page.url)
    visitor.fits_a_phone(page.url)
    page.goto(case)
    expect(page.get_by_role("table").get_by_text("It is about another child.")).to_be_visible()
    visitor.finds_no_barrier(page.url)
    assert "chronology.txt" not in page.content()
