"""An agency's own answer, as people give it: asked by a date, not accepted, looked at, challenged."""

from .navigator import Navigator, Site

MANAGER = "board.manager@kscb.example"
CHAIR = "scr.chair@kent-probation.example"
LEAD = "head.safeguarding@kent-childrens-services.example"
OPEN = (
    "SELECT review.reference, recommendation.number, agency.code, agency.name FROM recommendation "
    "JOIN review ON review.id = recommendation.review_id "
    "JOIN agency_response ON agency_response.recommendation_id = recommendation.id "
    "JOIN agency ON agency.id = agency_response.agency_id JOIN person ON person.agency_id = agency.id "
    f"WHERE person.email = '{LEAD}' AND NOT review.is_restricted AND recommendation.withdrawn_on IS NULL "
    "ORDER BY agency_response.answer = 'awaited' DESC, review.id LIMIT 1"
)


def test_an_agency_answers_a_recommendation_itself(visitor: Navigator, site: Site) -> None:
    reference, number, code, agency = site.rows(OPEN)[0]
    one = f"/reviews/{reference}/recommendations/{number}/answers/{code}"
    visitor.signs_in(MANAGER)
    visitor.opens(one)
    visitor.chooses("Awaited")
    visitor.presses("Save")
    if visitor.page.get_by_label("Why is the answer changed?").count():
        visitor.fills("Why is the answer changed?", "Recorded in error: the agency has not answered.")
        visitor.presses("Save")
    visitor.opens(f"/reviews/{reference}/ask-answers")
    visitor.finds_no_barrier("asking for answers")
    # An agency that was asked before is not ticked.
    for agency_asked in visitor.page.get_by_role("checkbox").all():
        agency_asked.check()
    visitor.presses("Ask the agencies")
    visitor.sees("asked to answer by")
    visitor.signs_out()
    visitor.signs_in(LEAD)
    visitor.page.get_by_role("link", name="for your answer").click()
    visitor.finds_no_barrier("recommendations for your answer")
    visitor.opens(one)
    visitor.chooses("Not accepted")
    visitor.presses("Save")
    visitor.sees("Say why the agency does not accept all of it.")
    visitor.fills("Reason (optional)", "The new service does this already.")
    visitor.presses("Save")
    visitor.sees("Your answer is with the Board.")
    visitor.signs_out()
    visitor.signs_in(CHAIR)
    visitor.page.get_by_role("link", name="Agencies’ answers to look at").click()
    visitor.opens(f"{one}/view")
    visitor.fills("What does the Board think of it?", "The new service is not in place yet.")
    visitor.presses("Save and challenge the agency")
    visitor.sees(f"Challenge {agency}")
    assert (
        "The new service does this already."
        in visitor.page.get_by_label("What is the question?").input_value()
    )
