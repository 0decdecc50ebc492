"""Every page in every role, and every form's error state: no barrier, fits a phone, well formed."""

import pytest

from ..long import LONG
from ..reports.stories import QUERY
from .navigator import Navigator, Site
from .test_recorded_in_error import DOUBLE

MANAGER = "board.manager@kscb.example"
CHAIR = "scr.chair@kent-probation.example"
LEAD = "head.safeguarding@kent-childrens-services.example"
READER = "independent.chair@kscb.example"
MEMBER = "board.member@kmpt.example"
SAID = """
    SELECT review.reference, action.number, u.id FROM progress_update u JOIN action ON action.id = u.action_id
    JOIN review ON review.id = u.review_id
    WHERE review.is_restricted = 0 AND action.standing = 'active' AND u.progress = 'in_progress'
    ORDER BY u.id LIMIT 1
"""
PAPER = """
    SELECT review.reference, paper.id FROM review_paper paper JOIN review ON review.id = paper.review_id
    WHERE paper.kind = 'overview_report' ORDER BY paper.id LIMIT 1
"""
MEMBERS_AGENCY = f"SELECT agency_id FROM person WHERE email = '{MEMBER}'"


def one(site: Site, sql: str) -> tuple[object, ...]:
    """Return the first row of a look into the database."""
    rows = site.rows(sql)
    assert rows, f"the demonstration has nothing for: {sql}"
    return rows[0]


# The first form of a page that changes something; one that gives a file leads nowhere.
FORM = "main form[method=post]:not([action$='.docx']) button:not([type=button])"
# The first open review's action for which {} holds: reference, number, recommendation's number.
ACTION = """
    SELECT review.reference, action.number, recommendation.number
    FROM action JOIN review ON review.id = action.review_id
    JOIN recommendation ON recommendation.id = action.recommendation_id
    JOIN agency ON agency.id = action.agency_id
    WHERE review.is_restricted = 0 AND action.standing = 'active' AND {} ORDER BY action.id LIMIT 1
"""
# The first thing of an action: reference, action's number, the thing's id.
THING = """
    SELECT review.reference, action.number, {0}.id FROM {0} JOIN action ON action.id = {0}.action_id
    JOIN review ON review.id = action.review_id WHERE review.is_restricted = 0 AND {1} ORDER BY {0}.id LIMIT 1
"""


def of_state(site: Site, assurance: str, without: str, agency: object = 0) -> str:
    """Return the newest open review's action with this word of the Board, of an agency or of any but one."""
    whose = f"agency_id = {agency}" if agency else f"agency.code <> '{without}'"
    newest = ACTION.format(f"assurance = '{assurance}' AND {whose}").replace(
        "action.id LIMIT", "action.id DESC LIMIT"
    )
    reference, number, _ = one(site, newest)
    return f"/reviews/{reference}/actions/{number}"


def reported_again(site: Site) -> str:
    """Return the first action that was returned and waits for a check again."""
    returned = (
        "EXISTS (SELECT 1 FROM assurance_decision WHERE action_id = action.id AND decision = 'returned')"
    )
    reference, number, _ = one(site, ACTION.format(f"assurance = 'submitted' AND {returned}"))
    return f"/reviews/{reference}/actions/{number}"


def pages_of_pdf(site: Site) -> list[str]:
    """Return the only page of an open review's PDF, and a page that it does not have."""
    pdf = "SELECT MIN(id) FROM evidence_file WHERE evidence_id = {} AND media_type = 'application/pdf'"
    kept = f"evidence.withdrawn_at IS NULL AND ({pdf.format('evidence.id')}) > 0"
    reference, action, evidence = one(site, THING.format("evidence", kept))
    (file,) = one(site, pdf.format(evidence))
    address = f"/reviews/{reference}/actions/{action}/evidence/{evidence}/files/{file}/pages"
    return [f"{address}/1", f"{address}/9"]


def addresses(site: Site) -> dict[str, list[str]]:
    """Return {person: pages they open}, with things of the demonstration in each state."""
    (agency,) = one(site, f"SELECT agency_id FROM person WHERE email = '{LEAD}'")
    reference, number, recommendation = one(
        site, ACTION.format(f"action.agency_id = {agency} AND assurance = 'none'")
    )
    review, action = f"/reviews/{reference}", f"/reviews/{reference}/actions/{number}"
    waiting = one(site, ACTION.format("assurance = 'submitted' AND agency.code <> 'PRB'"))
    check = f"/reviews/{waiting[0]}/actions/{waiting[1]}"
    asked = one(site, THING.format("extension", "extension.state = 'asked'"))
    evidence = one(
        site,
        THING.format(
            "evidence",
            f"evidence.withdrawn_at IS NULL AND action.agency_id = {agency} AND assurance = 'returned' "
            "AND NOT EXISTS (SELECT 1 FROM assurance_decision "
            "WHERE action_id = action.id AND decision = 'accepted')",
        ),
    )
    board = [
        "/",
        "/attention",
        "/reviews",
        review,
        "/actions",
        action,
        check,
        "/reports",
        "/reports/progress",
        "/reports?for=board",
        "/reports/board",
        f"/reports/plan?review={reference}",
        "/reports/progress/words",
        "/reports/papers",
    ]
    board += [f"/reports/progress?review={reference}&{QUERY}", "/audit", "/audit/chain", "/account"]
    board += ["/meetings", "/meetings/calendar", "/meetings/tasks", "/meetings/2/answers?answered=no"]
    board += ["/account/calendar", "/reports/changes"]
    board += ["/reviews/released", "/reports?for=challenges", "/reports/challenges", "/reports/annual"]
    board += [f"/reports/learning?review={reference}"]
    decide = [f"{check}/check", f"{action}/due-date"]
    decide += [f"{reported_again(site)}/check", f"{of_state(site, 'accepted', 'PRB')}/reopen"]
    decide += pages_of_pdf(site)
    decide += [f"/reviews/{asked[0]}/actions/{asked[1]}/more-time/{asked[2]}"]
    manage = [f"{review}/{page}" for page in ("edit", "stage", "hold", "plan/new", "recommendations/new")]
    manage += [
        f"{review}/recommendations/{recommendation}/{page}" for page in ("edit", "actions/new", "rows")
    ]
    manage += [f"{review}/recommendations/{recommendation}/answers/new", f"{action}/edit"]
    manage += [f"{action}/standing", f"{action}/due-date", "/reviews/new", "/reviews/themes"]
    manage += [f"{action}/owners", f"{action}/milestones/new", f"{review}/carry-forward"]
    (stage,) = one(
        site,
        f"SELECT s.id FROM stage_reached s JOIN review ON review.id = s.review_id "
        f"WHERE reference = '{reference}'",
    )
    piece = f"/reviews/{evidence[0]}/actions/{evidence[1]}/evidence/{evidence[2]}"
    manage += [f"{action}/wrong-date", f"{review}/stages/{stage}", f"{piece}/date", "/actions?first=1"]
    untouched = one(site, DOUBLE)
    manage += [f"/reviews/{untouched[0]}/actions/{untouched[1]}/wrong-agency", f"{action}/recorded-in-error"]
    manage += [f"/reviews/{untouched[0]}/actions/{untouched[1]}/before"]
    said = one(site, SAID)
    manage += [f"/reviews/{said[0]}/actions/{said[1]}/updates/{said[2]}/recorded-in-error"]
    manage += [f"{review}/{part}recorded-in-error" for part in ("", f"recommendations/{recommendation}/")]
    manage += [f"{review}/release", f"{review}/withdraw-release"]
    manage += ["/case-referrals", "/case-referrals/new"]
    paper = one(site, PAPER)
    manage += [f"/reviews/{paper[0]}/papers", f"/reviews/{paper[0]}/papers/new", f"{review}/papers"]
    manage += [f"/reviews/{paper[0]}/papers/{paper[1]}/{part}" for part in ("readers", "withdraw", "erase")]
    manage += ["/reviews/RCA-2011-01", "/reviews/RCA-2011-01/people", "/people", "/people/new", "/people/20"]
    manage += ["/people/20/switch-off", "/people/20/hand-over", "/agencies/new", "/agencies/POL", "/outbox"]
    manage += ["/agencies/names", "/agencies/names/new"]
    manage += [
        "/people/20/absence",
        "/settings",
        "/settings/paper-template",
        "/settings/words",
        "/settings/health",
        "/actions?rating=red&sort=agency",
        "/actions?q=nothing-matches-this",
    ]
    manage += [f"{action}/agency", "/agencies/POL/close", "/needs-an-owner", "/actions/together?id=0"]
    manage += [f"/settings/reminders{page}" for page in ("", "/coming", "/actions", "/pauses/new")]
    manage.append("/meetings/bodies/new")
    manage += ["/reminders/log", "/reminders/log?state=failed", "/reminders/now", "/reminders/now?held=1"]
    kinds = ("lead", "agency", "due", "standing", "theme")
    manage += [f"/actions/together?every=1&agency=POL&change={kind}" for kind in kinds]
    lead = [
        "/",
        "/my-actions",
        "/my-actions?whose=agency",
        "/reviews",
        review,
        "/actions",
        action,
        "/account",
        "/new",
        "/new/how-often",
        "/account/absence",
    ]
    lead += [f"{action}/{page}" for page in ("update", "more-time", "evidence/new", "milestones/new")]
    lead += [f"/reviews/{evidence[0]}/actions/{evidence[1]}/done"]
    lead += [f"/reviews/{evidence[0]}/actions/{evidence[1]}/evidence/{evidence[2]}/withdraw"]
    # The newest of them: nobody of the Board has begun to check it.
    waits = of_state(site, "submitted", "", agency)
    lead += [f"{waits}/take-back", f"{waits}/answer"]
    files = "evidence_file JOIN evidence ON evidence.id = evidence_file.evidence_id"
    (file,) = one(site, f"SELECT MIN(evidence_file.id) FROM {files} WHERE evidence.id = {evidence[2]}")
    erase = f"/reviews/{evidence[0]}/actions/{evidence[1]}/evidence/{evidence[2]}/files/{file}/erase"
    manage.append(erase)
    lead.append(erase)
    (answered,) = one(site, "SELECT id FROM challenge WHERE state = 'answered' AND level = 'lead'")
    (higher,) = one(site, "SELECT id FROM challenge WHERE state = 'answered' AND level = 'independent_chair'")
    (closed,) = one(site, "SELECT id FROM challenge WHERE state = 'closed'")
    waits = f"SELECT id FROM challenge WHERE state = 'open' AND agency_id = ({MEMBERS_AGENCY})"
    (waiting_answer,) = one(site, waits)
    board += ["/challenges", "/challenges?state=closed&year=2011-12", "/challenges?q=nothing-matches-this"]
    board += [f"/challenges/{answered}", f"/challenges/{closed}"]
    unanswered = (
        "SELECT MIN(id) FROM challenge WHERE state = 'open' AND NOT EXISTS (SELECT 1 FROM challenge_step "
        "WHERE challenge_id = challenge.id AND kind = 'escalated')"
    )
    (as_asked,) = one(site, unanswered)
    manage += [f"/challenges/{answered}/recorded-in-error", f"/challenges/{as_asked}/put-right"]
    decide += [f"/challenges/{answered}/{page}" for page in ("close", "escalate")]
    decide += [f"{check}/challenge", f"{review}/recommendations/{recommendation}/challenge"]
    decide += ["/agencies/POL/challenge?paper=2012-03-31"]
    impossible = one(
        site,
        "SELECT review.reference, action.number FROM action JOIN review ON review.id = action.review_id "
        "WHERE action.progress = 'cannot_be_done' AND action.standing = 'active' "
        "AND NOT review.is_restricted",
    )
    decide.append("/reviews/{}/actions/{}/cannot-be-done".format(*impossible))
    member = ["/", "/challenges", f"/challenges/{waiting_answer}", f"/challenges/{waiting_answer}/answer"]
    member += [f"/challenges/{waiting_answer}/acknowledge"]
    chairing = [f"/challenges/{higher}/{page}" for page in ("close", "escalate")]
    response = (
        "SELECT review.reference, recommendation.number, agency.code FROM agency_response "
        "JOIN recommendation ON recommendation.id = agency_response.recommendation_id "
        "JOIN review ON review.id = recommendation.review_id "
        "JOIN agency ON agency.id = agency_response.agency_id "
        "WHERE NOT review.is_restricted AND recommendation.withdrawn_on IS NULL AND "
    )
    answer = "/reviews/{}/recommendations/{}/answers/{}"
    short = answer.format(
        *one(site, response + "answer IN ('partly', 'not_accepted') AND agency.code <> 'PRB'")
    )
    mine = answer.format(*one(site, response + f"agency_response.agency_id = {agency}"))
    awaited = one(site, response + "answer = 'awaited'")
    (measured,) = one(site, "SELECT MIN(id) FROM measure WHERE review_id IS NOT NULL")
    reading = f"/measures/{measured}/readings/2009-03-31"
    board += ["/measures", "/measures?moving=wrong", f"/measures/{measured}"]
    (finding,) = one(site, "SELECT MIN(id) FROM inspection_finding")
    inspection = "/reviews/INS-2011-01"
    manage += [inspection, f"{inspection}/judgements/new", f"{inspection}/strengths/new"]
    manage += [f"/reviews/INS-2010-01/findings/{finding}{page}" for page in ("", "/in-error")]
    manage += [f"{inspection}/recommendations/1/edit", "/reviews/new?guidance=practice"]
    manage += [f"{review}/shared/new", "/measures/new", f"{review}/measures/new", reading]
    manage += [f"/measures/{measured}/{page}" for page in ("edit", "end", "in-error", "readings", "paste")]
    (came, of_it) = one(
        site,
        "SELECT review.reference, recommendation.number FROM impact_judgement "
        "JOIN recommendation ON recommendation.id = impact_judgement.recommendation_id "
        "JOIN review ON review.id = recommendation.review_id ORDER BY impact_judgement.id LIMIT 1",
    )
    board += ["/impact", "/impact?outcome=none", f"/reviews/{came}/recommendations/{of_it}/impact"]
    board += ["/answers", "/answers?to_view=1", f"{short}/read"]
    decide += [f"{short}/view"]
    manage += [short, f"/reviews/{awaited[0]}/ask-answers"]
    lead += ["/answers", mine, f"{mine}/read"]
    member += ["/answers"]
    # What all of the Board open is drawn for them by the same templates; in a long run each opens all of it.
    again = board if LONG else ["/", "/attention", action, check, f"/challenges/{answered}", f"{short}/read"]
    return {
        MANAGER: board + manage,
        CHAIR: again + decide,
        LEAD: [*lead, "/challenges"],
        READER: [*again, *chairing, f"{review}/decide"],
        MEMBER: member,
    }


@pytest.mark.parametrize("email", [MANAGER, CHAIR, LEAD, READER, MEMBER])
def test_every_page_and_every_form_sent_empty_is_no_barrier(
    visitor: Navigator, site: Site, email: str
) -> None:
    visitor.signs_in(email)
    visitor.walks(addresses(site)[email], lambda address: "" if "/reports" in address else FORM)


def test_a_decision_on_a_review_sent_empty_says_what_is_wrong(visitor: Navigator) -> None:
    """No review of the demonstration waits for its decision: one is recorded."""
    visitor.signs_in(MANAGER)
    visitor.opens("/reviews/new")
    visitor.chooses("Serious case review")
    visitor.fills("Reference", "SCR-2012-09")
    visitor.fills("Title", "Review that waits for its decision")
    visitor.page.get_by_label("Stage it has reached").select_option("Under consideration")
    visitor.dates("When did it reach this stage?", 20, 3, 2012)
    visitor.presses("Record the review")
    visitor.signs_out()
    visitor.signs_in(READER)
    visitor.opens("/reviews/SCR-2012-09/decide")
    visitor.finds_no_barrier("a decision")
    visitor.presses("Save")
    # A count does not wait for the page that the press leads to.
    visitor.sees("There is a problem")
    assert visitor.page.locator(".govuk-error-summary__list a").count() == 3
    visitor.finds_no_barrier("a decision after sending")
    visitor.fits_a_phone("a decision after sending")


def test_pages_for_everybody_are_without_barrier(visitor: Navigator) -> None:
    for address in ("/sign-in", "/forgotten-password", "/password/no-such-link", "/no-such-page"):
        visitor.opens(address)
        visitor.finds_no_barrier(address)
        visitor.fits_a_phone(address)


def test_a_barrier_would_be_found(visitor: Navigator) -> None:
    visitor.opens("/sign-in")
    visitor.finds_no_barrier("a page that is none")
    visitor.page.evaluate("document.querySelector('label').remove()")
    with pytest.raises(AssertionError, match="label"):
        visitor.finds_no_barrier("an offender")


# What is done to a page that was looked at, and the rule that it breaks.
OFFENDERS = (
    ("document.querySelector('main input:not([type=hidden])').ariaLabel = ' '; "
     "document.querySelectorAll('label').forEach(each => each.htmlFor = '')", "label"),
    ("document.querySelector('main a').replaceChildren()", "link-name"),
    ("document.querySelector('main button').tabIndex = 3", "tabindex"),
    ("document.querySelector('main').insertAdjacentHTML('beforeend', '<h4>A heading</h4>')", "heading-order"),
    ("document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=\"/static/app.css\">')",
     "image-alt"),
    ("document.querySelector('main').insertAdjacentHTML('beforeend', '<ul><div>x</div></ul>')", "list"),
    ("document.querySelector('main').insertAdjacentHTML('beforeend', '<h1>Twice</h1>'); "
     "document.querySelector('h1').remove(); document.querySelector('main').ariaHidden = 'true'",
     "aria-hidden-focus"),
    ("document.querySelector('main input:not([type=hidden])').setAttribute('autocomplete', 'nothing')",
     "autocomplete-valid"),
    ("document.documentElement.lang = ''", "html-has-lang"),
)  # fmt: skip


def test_a_barrier_on_a_page_that_was_looked_at_would_be_found(visitor: Navigator) -> None:
    """What is drawn alike is not looked at again; with any of these it is not alike."""
    for done, rule in OFFENDERS:
        visitor.opens("/sign-in")
        visitor.finds_no_barrier("a page that is none")
        visitor.page.evaluate(f"() => {{ {done} }}")
        with pytest.raises(AssertionError, match=rule):
            visitor.finds_no_barrier(f"an offender against {rule}")


def test_a_barrier_on_a_walk_would_be_found(visitor: Navigator) -> None:
    """Plant an offender: a form that has lost a label, before it is sent and after."""
    loses = "addEventListener('DOMContentLoaded', () => document.querySelector('main label')?.remove())"
    visitor.page.add_init_script(loses)
    with pytest.raises(AssertionError, match="label"):
        visitor.walks(["/forgotten-password"], lambda _: FORM)


def test_a_barrier_in_a_later_row_would_be_found(visitor: Navigator) -> None:
    """Of rows that are drawn alike one is looked at; one without its label is not alike."""
    visitor.opens("/sign-in")
    visitor.page.evaluate(
        """
        const row = each => `<li><label for="row-${each}">Row</label> <input id="row-${each}"></li>`;
        const rows = `<ul>${[1, 2, 3].map(row).join("")}</ul>`;
        document.querySelector("main").insertAdjacentHTML("beforeend", rows);
        """
    )
    visitor.finds_no_barrier("rows that are alike")
    visitor.page.evaluate("document.querySelector('label[for=row-3]').htmlFor = 'nothing'")
    with pytest.raises(AssertionError, match="label"):
        visitor.finds_no_barrier("a row without its label")


def test_a_plan_with_its_past_is_no_barrier_from_the_paste_to_putting_it_right(
    visitor: Navigator, site: Site
) -> None:
    visitor.signs_in(MANAGER)
    visitor.opens("/reviews/AUD-2011-01/plan/new")
    visitor.fills(
        "Or a table pasted from Word or Excel",
        "No\tRecommendation\tAction\tLead agency\tTarget date\tRAG\n"
        "7.7\tCount contacts.\tCount them each week.\tKent Police\t1 May 2011\tGreen\n"
        "01-Feb\tAsk fathers.\tAsk them.\tNobody known\tsoon\tDone",
    )
    visitor.presses("Look at the plan")
    visitor.sees("Excel has turned this number into a date, 01-Feb")
    visitor.finds_no_barrier("a plan with its past")
    visitor.page.locator("[name='cell:row 3, column 1']").fill("1.2")
    visitor.page.locator("[name='read:green']").select_option("done")
    visitor.fills("Of which day does the file speak?", "30 June 2011")
    visitor.presses("Look again")
    visitor.finds_no_barrier("a plan that was put right")
    visitor.presses("Take the plan in")
    visitor.sees("The plan has been taken in")
    (number,) = one(site, "SELECT number FROM action WHERE text = 'Count them each week.'")
    visitor.opens(f"/reviews/AUD-2011-01/actions/{number}")
    visitor.follows("Put right what happened before")
    visitor.finds_no_barrier("putting the past right")
    visitor.presses("Put it right")
    visitor.sees("Say what was wrong.")
    visitor.finds_no_barrier("putting the past right after sending")
    visitor.opens("/agencies/names/new")
    visitor.fills("Words as plans have them", "Nobody known")
    visitor.page.get_by_label("Kent Police").check()
    visitor.presses("Save")
    visitor.follows("Nobody known")
    visitor.finds_no_barrier("a name in plans")


def test_a_text_that_is_too_faint_would_be_found(visitor: Navigator) -> None:
    """Of texts that get their colours alike one is measured; one of another class is not alike."""
    visitor.opens("/sign-in")
    visitor.finds_no_barrier("texts that are dark enough")
    visitor.page.evaluate(
        """
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(".faint { color: #ddd !important; }");
        document.adoptedStyleSheets = [sheet];
        document.querySelector("main label").classList.add("faint");
        """
    )
    with pytest.raises(AssertionError, match="color-contrast"):
        visitor.finds_no_barrier("a text that is too faint")
