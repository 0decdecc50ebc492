"""A case from its draft to the panel's decision, as the panel's people do it."""

from .navigator import Navigator, Site

COORDINATOR = "cdop.coordinator@kscb.example"
DOCTOR = "designated.doctor@nhs-kent-medway.example"
DOCTORS_NAME = "Designated Doctor for Child Deaths (panel member)"
CHAIR, CHAIRS_NAME = "public.health@kent-county.example", "Director of Public Health (panel member)"
TRAUMA, UNEXPLAINED = "3. Trauma and other external factors", "10. Sudden unexpected, unexplained death"
MEETING = "SELECT id FROM panel_meeting WHERE held_on = '2012-03-30'"
CASE = (
    "SELECT id, case_number FROM child_death WHERE decision_number = 0 AND NOT is_abuse_suspected "
    "AND id NOT IN (SELECT death_id FROM panel_case) AND case_number < 'CDR-2012' ORDER BY notified_on, id"
)


def test_a_case_is_drafted_commented_on_and_decided(visitor: Navigator, site: Site) -> None:
    death, number = site.rows(f"{CASE} LIMIT 1")[0]
    plans_a_meeting(visitor, number)
    at = f"/panels/{site.rows(MEETING)[0][0]}"
    drafts(visitor, f"{at}/cases/{death}", number)
    comments(visitor, f"{at}/cases/{death}", number)
    records_attendance(visitor, at)
    decides(visitor, f"{at}/cases/{death}")
    assert site.rows("SELECT decision_number, primary_category FROM child_death WHERE id = ?", death) == [
        (1, 3)
    ]


def plans_a_meeting(visitor: Navigator, number: str) -> None:
    """Let the co-ordinator plan a meeting with drafts, and name the doctor to draft its one case."""
    visitor.signs_in(COORDINATOR)
    visitor.opens("/panels/new")
    visitor.dates("Date of the meeting", 30, 3, 2012)
    visitor.dates("Members comment or propose by", 29, 3, 2012)
    visitor.presses("Save")
    for name in (DOCTORS_NAME, CHAIRS_NAME):
        visitor.chooses(name)
    visitor.presses("Give seats")
    visitor.follows("Go on to the agenda")
    visitor.chooses(number)
    visitor.presses("Put on the agenda")
    visitor.follows("Back to the meeting")
    visitor.follows("Who drafts which case")
    visitor.page.get_by_label(f"Case {number}", exact=True).select_option(label=DOCTORS_NAME)
    visitor.finds_no_barrier("who drafts which case")
    visitor.presses("Save")
    visitor.sees(DOCTORS_NAME)
    visitor.signs_out()


def drafts(visitor: Navigator, case: str, number: str) -> None:
    """Let the doctor find the case on the first page, forget something, and write the draft."""
    visitor.signs_in(DOCTOR)
    visitor.follows(f"Write the draft of case {number}")
    visitor.presses("Save")
    visitor.sees("Select at least one category.")
    visitor.finds_no_barrier("a draft without anything")
    visitor.chooses(UNEXPLAINED)
    visitor.chooses("No modifiable factors identified")
    visitor.fills("Why could the panel decide so?", "The post-mortem gives no cause.")
    visitor.presses("Save")
    visitor.sees("The draft is saved.")
    visitor.sees("The post-mortem gives no cause.")
    visitor.signs_out()


def comments(visitor: Navigator, case: str, number: str) -> None:
    """Let the panel's chair comment, and put that right."""
    visitor.signs_in(CHAIR)
    visitor.follows(f"Read the draft of case {number} and comment")
    visitor.presses("Save")
    visitor.sees("Write what you want to say")
    visitor.finds_no_barrier("a comment without words")
    visitor.fills("Your comment", "A fall was reported.")
    visitor.presses("Save")
    visitor.sees("A fall was reported.")
    visitor.follows("Correct the comment")
    visitor.fills("The comment", "A fall was reported to the health visitor.")
    visitor.presses("Save")
    visitor.sees("As it was before")
    visitor.finds_no_barrier("a case with its draft and comments")
    visitor.fits_a_phone("a case with its draft and comments")
    visitor.signs_out()


def records_attendance(visitor: Navigator, meeting: str) -> None:
    """Let the co-ordinator record who was there."""
    visitor.signs_in(COORDINATOR)
    visitor.opens(f"{meeting}/attendance")
    visitor.page.get_by_label("Agency", exact=True).select_option(label="Kent Police")
    visitor.fills("Post", "Detective inspector")
    visitor.presses("Save who was there")
    visitor.sees("recorded.")
    visitor.opens(meeting)
    visitor.finds_no_barrier("a meeting with drafts")
    visitor.signs_out()


def decides(visitor: Navigator, case: str) -> None:
    """Let the panel's chair take the decision from the draft, and see what was changed of it."""
    visitor.signs_in(CHAIR)
    visitor.opens(case)
    visitor.follows("Record the panel’s decision")
    visitor.sees("The form begins with the draft of")
    visitor.chooses(TRAUMA)
    visitor.presses("Save")
    visitor.sees("It changes 2 answers of the draft")
    visitor.sees("What the panel changed of the draft")
    visitor.finds_no_barrier("a decision beside its draft")
    visitor.fits_a_phone("a decision beside its draft")
    visitor.signs_out()
