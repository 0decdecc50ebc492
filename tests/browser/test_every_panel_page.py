"""Every page of child deaths in every role that has them, and every form's errors: none is a barrier."""

import pytest

from .navigator import Navigator, Site
from .test_every_page import CHAIR, READER, one

COORDINATOR = "cdop.coordinator@kscb.example"
MEMBER = "designated.doctor@nhs-kent-medway.example"
CONTACT = "child.death.contact@kent-community-health.example"
CARRIER = "child.death.contact@ambulance.example"
YEAR, EARLIER = "2011-12", "2009-10"
# The first case for which {} holds, by the day of death.
CASE = "SELECT id FROM child_death WHERE {} ORDER BY died_on, id LIMIT 1"
WAITS = "decision_number = 0 AND id NOT IN (SELECT death_id FROM panel_case)"
RETURN = (
    "SELECT death_id, id FROM agency_return WHERE answered_on IS {} NULL AND step = '' ORDER BY id LIMIT 1"
)
STEP = "SELECT death_id, id FROM agency_return WHERE step = '{}' ORDER BY id LIMIT 1"
FILED = (
    "SELECT death_id, agency_return.id, return_file.id FROM return_file "
    "JOIN agency_return ON agency_return.id = agency_return_id LIMIT 1"
)
MEETING = "SELECT id FROM panel_meeting WHERE closed_at IS {} NULL ORDER BY held_on LIMIT 1"
ON_AGENDA = "SELECT death_id FROM panel_case WHERE meeting_id = {} AND {} ORDER BY place LIMIT 1"


def addresses(site: Site) -> dict[str, list[str]]:
    """Return {person: pages they open}, with cases, meetings, returns and referrals in each state."""
    (waits,) = one(site, CASE.format(WAITS))
    (corrected,) = one(site, CASE.format("decision_number > 1"))
    (suspected,) = one(site, CASE.format("is_abuse_suspected AND id NOT IN (SELECT death_id FROM referral)"))
    (taught,) = one(site, CASE.format("id IN (SELECT death_id FROM lesson)"))
    (own,) = one(site, CASE.format("id IN (SELECT death_id FROM interest)"))
    interest = one(site, "SELECT death_id, id FROM interest WHERE lifted_at IS NULL ORDER BY id LIMIT 1")
    returned, sent = one(site, STEP.format("returned")), one(site, STEP.format("sent"))
    filed = one(site, FILED)
    open_return, answered = one(site, RETURN.format("")), one(site, RETURN.format("NOT"))
    (over,), (coming,) = one(site, MEETING.format("NOT")), one(site, MEETING.format(""))
    (decided,) = one(site, ON_AGENDA.format(over, "1 = 1"))
    (listed,) = one(site, ON_AGENDA.format(coming, "1 = 1"))
    (referral,) = one(
        site,
        "SELECT id FROM referral WHERE is_referred AND id NOT IN (SELECT referral_id FROM referral_answer)",
    )
    (told,) = one(site, "SELECT referral_id FROM referral_answer")
    tables = "/child-death-tables"
    figures = [tables, f"{tables}?basis=died", f"{tables}?table=category&publication=y&year={YEAR}"]
    figures += [f"{tables}?year=1950-51", f"{tables}/annual/{YEAR}", "/published"]
    (closed,) = one(site, CASE.format("void_as <> ''"))
    joined = one(
        site,
        "SELECT death_id, recommendation_id FROM lesson WHERE recommendation_id IN "
        "(SELECT recommendation_id FROM lesson GROUP BY recommendation_id HAVING COUNT(*) > 1) "
        "ORDER BY id LIMIT 1",
    )
    both = [
        "/",
        "/deaths",
        f"/deaths/{listed}",
        f"/deaths/{listed}/interests",
        "/deaths?q=nothing-is-called-this",
    ]
    both += [
        "/panels",
        f"/panels/{over}",
        f"/panels/{coming}",
        f"/panels/{coming}/papers",
        "/account",
        *figures,
    ]
    both += [f"/panels/{over}/cases/{decided}", f"/panels/{coming}/cases/{listed}"]
    keeps = [
        "/deaths?returns=overdue",
        "/deaths?state=decided&year=2010-11",
        "/deaths/new",
        "/deaths/extract",
        "/deaths/extract.csv?by=died&year=2011-12",
        "/panels/agreement",
    ]
    keeps += [f"/deaths/{case}" for case in (waits, corrected, suspected, taught, own)]
    keeps += [
        f"/deaths/{waits}/edit",
        f"/deaths/{waits}/close-in-error",
        f"/deaths/{waits}/returns/ask",
        f"/deaths/{corrected}/correct",
    ]
    keeps += [
        f"/deaths/{suspected}/referral",
        f"/deaths/{taught}/learning",
        f"/deaths/{suspected}/learning/join",
        f"/deaths/{own}/interests",
    ]
    keeps += ["/deaths?state=in_error", f"/deaths/{closed}", f"/deaths/{closed}/bring-back"]
    keeps += [f"/deaths/{joined[0]}/learning/{joined[1]}/take-off"]
    keeps += [f"/deaths/{interest[0]}/interests/{interest[1]}/lift"]
    keeps += [f"/deaths/{open_return[0]}/returns/{open_return[1]}/answer"]
    keeps += [f"/deaths/{answered[0]}/returns/{answered[1]}/dates", f"/deaths/{waits}/agenda"]
    keeps += [f"/deaths/{open_return[0]}/returns/{open_return[1]}/take-back"]
    keeps += [f"/panels/{coming}/{page}" for page in ("edit", "members", "agenda", "attendance", "close")]
    keeps += ["/panels/new", f"/panels/{over}/agenda", f"/panels/{over}/attendance"]
    keeps += [f"/panels/{over}/cases/{decided}/decide", "/referrals", f"/referrals/{told}"]
    keeps += [f"{tables}/annual/{EARLIER}", f"{tables}/annual/{EARLIER}/texts"]
    keeps += [f"{tables}/annual/{EARLIER}/freeze", f"{tables}.csv", f"{tables}/earlier"]
    keeps += ["/published/2", "/published/2/withdraw"]
    keeps += [f"/panels/{coming}/papers.docx", "/deaths/districts", "/deaths/districts/1"]
    keeps += ["/deaths?returns=sent", f"/deaths/{sent[0]}/returns/{sent[1]}"]
    keeps += [f"/deaths/{sent[0]}/returns/{sent[1]}/judge", f"/deaths/{filed[0]}/returns/{filed[1]}"]
    asked, attached = f"/death-requests/{returned[1]}", f"/death-requests/{filed[1]}"
    contact = ["/", asked, f"{asked}/sections/knows", f"{asked}/sections/family", f"{asked}/files"]
    contact += [f"{asked}/send", "/new", "/published"]
    carrier = [attached, f"{attached}/files/{filed[2]}/take-off", f"{attached}/files/{filed[2]}/erase"]
    member = [f"/panels/{coming}/cases/{listed}/propose"]
    keeps += [f"/panels/{coming}/{page}" for page in ("drafters", "papers-ready")]
    keeps += [f"/panels/{coming}/cases/{listed}/draft"]
    member += [f"/panels/{coming}/cases/{listed}/comment"]
    chair = ["/referrals", f"/referrals/{told}", f"/referrals/{referral}", f"/referrals/{referral}/answer"]
    chair += [f"/referrals/{referral}/interest"]
    of_panel = {COORDINATOR: both + keeps, MEMBER: both + member}
    return {**of_panel, CHAIR: chair, READER: ["/published"], CONTACT: contact, CARRIER: carrier}


# Closing a meeting and issuing a report take effect with one press; the journeys press them.
FORM = "main form[method=post] button:not([type=button]):visible"


@pytest.mark.parametrize("email", [COORDINATOR, MEMBER, CHAIR, READER, CONTACT, CARRIER])
def test_every_page_and_every_form_sent_empty_is_no_barrier(
    visitor: Navigator, site: Site, email: str
) -> None:
    visitor.signs_in(email)
    visitor.walks(
        addresses(site)[email],
        lambda each: "" if each.endswith(("/close", "/issue", "/papers-ready")) else FORM,
    )
