"""What becomes of a submission beside its check: taken back, asked about and answered, reopened."""

from collections.abc import Callable, Iterator
from datetime import date
from itertools import combinations

import pytest
from flask.testing import FlaskClient

from kscb_actions import clock, database
from kscb_actions.access.policy import Refused, Role, Viewer
from kscb_actions.actions.models import Action, Extension
from kscb_actions.assurance.checking import answer_question, ask_question, begin_check, reopen, take_back
from kscb_actions.assurance.models import AssuranceDecision, CheckQuestion, Submission, TakenBack
from kscb_actions.assurance.queries import list_to_check, waiting_submission
from kscb_actions.assurance.service import decide, report_done, withdraw_evidence
from kscb_actions.audit.models import AuditEvent
from kscb_actions.mail.models import OutboxItem, OutboxMessage
from kscb_actions.reviews.models import Review
from kscb_actions.reviews.service import name_person
from kscb_actions.text import InvalidInput

from ..factories import World
from ..reading import see, send
from ..reports.stories import actions_in, report
from .filing import SignIn, at

DUE = date(2012, 5, 1)


def kept(action: Action) -> Action:
    return Action.get_by_id(action.id)


def waits(action: Action) -> Submission:
    found = waiting_submission(action)
    assert found is not None
    found.action = kept(action)
    return found


@pytest.fixture
def waiting(world: World) -> Action:
    action = world.action(DUE)
    world.submission(action)
    return kept(action)


@pytest.fixture
def chair(world: World, sign_in: SignIn) -> FlaskClient:
    return sign_in(world.chair)


def test_a_report_is_taken_back_before_the_check_and_made_again(
    world: World, lead: FlaskClient, csrf_token: str, waiting: Action
) -> None:
    page = see(lead, at(waiting, "/take-back"))
    assert send(lead, at(waiting, "/take-back"), csrf_token, version=page.value("version")).errors == {
        "reason": "Say why it is taken back."
    }
    reason = "The wrong minutes were attached."
    done = send(lead, at(waiting, "/take-back"), csrf_token, version=page.value("version"), reason=reason)
    assert (done.status, done.location) == (302, at(waiting))
    now = kept(waiting)
    assert (now.assurance, now.progress, now.reported_done_on) == ("none", "in_progress", None)
    page = see(lead, at(waiting))
    for words in ("Report taken back by the agency before the check", reason, "Report it done"):
        assert words in page.text
    (evidence,) = now.evidence
    assert withdraw_evidence(world.as_viewer(world.police_lead), evidence, "Wrong.").withdrawn_at
    # Nobody has judged the words: they may come again.
    world.evidence(now)
    assert world.submission(kept(waiting)).action_id == waiting.id


def test_what_is_taken_back_after_a_return_stands_as_returned(world: World) -> None:
    action = world.decision(world.action(DUE), accepted=False)
    world.submission(action)
    take_back(world.as_viewer(world.police_lead), kept(action), "Too early.")
    assert kept(action).assurance == "returned"


def test_once_the_check_is_begun_a_report_stays_and_who_began_is_told(
    world: World, lead: FlaskClient, chair: FlaskClient, csrf_token: str, waiting: Action
) -> None:
    version = see(lead, at(waiting, "/take-back")).value("version")
    for _ in range(2):
        assert see(chair, at(waiting, "/check")).status == 200
    events = AuditEvent.select().where(AuditEvent.event == "submission.check-begun")
    assert [event.actor_name for event in events] == ["Chair"]
    page = send(lead, at(waiting, "/take-back"), csrf_token, version=version, reason="Too early.")
    assert page.status == 409 and "Somebody has begun to check it" in page.text
    assert page.value("reason") == "Too early."
    assert see(lead, at(waiting, "/take-back")).status == 403
    assert TakenBack.select().count() == 0 and kept(waiting).assurance == "submitted"
    assert "The Board’s check begun" in see(lead, at(waiting)).text


def test_nobody_else_begins_a_check_by_looking(
    world: World, lead: FlaskClient, sign_in: SignIn, waiting: Action
) -> None:
    own = sign_in(world.person("police-chair", Role.CHAIR, agency=world.police))
    for client in (lead, own, sign_in(world.manager), sign_in(world.reader)):
        assert see(client, at(waiting, "/check")).status == 403
    assert see(sign_in(world.chair), at(waiting)).status == 200
    assert take_back(world.as_viewer(world.police_lead), kept(waiting), "Too early.")


def test_a_check_of_what_was_taken_back_meanwhile_keeps_the_text(
    world: World, chair: FlaskClient, csrf_token: str, waiting: Action
) -> None:
    submission = waits(waiting)
    take_back(world.as_viewer(world.police_lead), kept(waiting), "Too early.")
    with pytest.raises(Refused, match="just taken it back"):
        begin_check(world.as_viewer(world.chair), submission)
    page = send(
        chair, at(waiting, "/check"), csrf_token, version="2", decision="accept", reason="I was convinced."
    )
    assert (page.status, page.h1) == (409, "The agency has taken it back")
    assert "Police lead took the report back" in page.text and "I was convinced." in page.text
    with pytest.raises(Refused, match="taken back"):
        decide(world.as_viewer(world.chair), submission, True, "Good.")


def test_a_question_goes_to_one_person_is_answered_and_seen_before_the_decision(
    world: World, lead: FlaskClient, chair: FlaskClient, csrf_token: str, waiting: Action
) -> None:
    page = see(chair, at(waiting, "/check"))
    version, typed = page.value("version"), {"decision": "ask", "reason": "Does it cover nights?"}
    wrong = send(chair, at(waiting, "/check"), csrf_token, version=version, **typed, to="x")
    assert wrong.errors == {"to": "Choose who is to answer."}
    to = str(world.police_lead.id)
    assert page.tree.xpath("//select[@name='to']/option[@selected]/@value") == [to]
    assert send(chair, at(waiting, "/check"), csrf_token, version=version, **typed, to=to).status == 302
    for client, address in ((lead, at(waiting)), (lead, "/my-actions"), (chair, at(waiting, "/check"))):
        assert "Does it cover nights?" in see(client, address).text
    # Who had the page open does not decide without having seen the question.
    late = send(chair, at(waiting, "/check"), csrf_token, version=version, decision="accept", reason="Yes.")
    assert late.status == 409 and "Question from the Board" in late.text and late.value("reason") == "Yes."
    page = see(lead, at(waiting, "/answer"))
    answered = send(lead, at(waiting, "/answer"), csrf_token, version="1", answer="Yes, since March.")
    assert page.h1 == "Answer the Board’s question" and answered.status == 302
    second = send(lead, at(waiting, "/answer"), csrf_token, version="1", answer="No.")
    assert second.status == 409 and "No." in second.text
    late = send(
        chair, at(waiting, "/check"), csrf_token, version=late.value("version"), decision="accept", reason="Y"
    )
    assert late.status == 409 and "Yes, since March." in late.text
    version = late.value("version")
    done = send(chair, at(waiting, "/check"), csrf_token, version=version, decision="accept", reason="Yes.")
    assert done.status == 302 and kept(waiting).assurance == "accepted"
    assert CheckQuestion.get().answered_by_id == world.police_lead.id


def test_a_question_is_mailed_by_reference_and_link_alone_to_who_may_know(world: World) -> None:
    action = world.action(DUE)
    world.submission(action)
    review = Review.get_by_id(action.review_id)
    second = world.person("police-second", Role.AGENCY_LEAD, agency=world.police)
    asked = (world.as_viewer(world.second_chair), waits(action), "Is the canary in?")
    ask_question(*asked, world.police_lead.id, "http://127.0.0.1/x")
    message = OutboxMessage.get()
    assert (message.to_user_id, message.subject) == (
        world.police_lead.id,
        f"A question from the board about {action.reference}",
    )
    assert "canary" not in message.body and "http://127.0.0.1/x" in message.body
    item = OutboxItem.get()
    assert (item.review_id, item.action_id) == (review.id, action.id)
    with pytest.raises(Refused, match="asked already"):
        ask_question(*asked, world.police_lead.id, "x")
    closed = world.review(is_restricted=True)
    manager = world.as_viewer(world.manager)
    for each in (world.police_lead, world.second_chair):
        name_person(manager, Review.get_by_id(closed.id), each)
    hidden = world.action(DUE, recommendation=world.recommendation(closed))
    world.submission(hidden)
    count = OutboxMessage.select().count()
    for nobody in (None, 0, second.id, world.health_lead.id, world.chair.id):
        with pytest.raises(InvalidInput, match="to"):
            ask_question(world.as_viewer(world.second_chair), waits(hidden), "Why?", nobody, "x")
    assert OutboxMessage.select().count() == count and CheckQuestion.select().count() == 1


def test_a_question_is_not_answered_after_the_decision_or_by_others(world: World, waiting: Action) -> None:
    chair = world.as_viewer(world.second_chair)
    question = ask_question(chair, waits(waiting), "Nights?", world.police_lead.id, "x")
    for other in (world.health_lead, world.chair, world.manager, world.reader):
        with pytest.raises(Refused):
            answer_question(world.as_viewer(other), question, "Yes.")
    decide(chair, waits(waiting), False, "Nights are missing.")
    with pytest.raises(Refused, match="decided meanwhile"):
        answer_question(world.as_viewer(world.police_lead), question, "Yes.")


def test_what_was_accepted_is_reopened_with_a_reason_and_the_acceptance_stays(
    world: World, chair: FlaskClient, lead: FlaskClient, csrf_token: str
) -> None:
    action = world.decision(world.action(DUE))
    page = see(chair, at(action, "/reopen"))
    assert "Seen and judged." in page.text
    version = page.value("version")
    assert send(chair, at(action, "/reopen"), csrf_token, version=version).errors.keys() == {"reason"}
    reason = "An audit of May found no change."
    assert send(chair, at(action, "/reopen"), csrf_token, version=version, reason=reason).status == 302
    assert kept(action).assurance == "returned"
    for client, address in ((lead, at(action)), (lead, "/my-actions"), (chair, at(action))):
        page = see(client, address)
        assert "Reopened by the Board on" in page.text and reason in page.text
    assert "Accepted by the Board" in see(chair, at(action)).text
    assert [each.decision for each in AssuranceDecision.select()] == ["accepted", "reopened"]
    (row,) = see(chair, "/actions?rating=amber").rows("Actions")
    assert row["Reference"] == action.reference
    second = send(chair, at(action, "/reopen"), csrf_token, version=version, reason="Mine.")
    assert second.status == 409 and second.value("reason") == "Mine." and reason in second.text
    # What was accepted counts as judged: it does not come back as it was.
    with pytest.raises(InvalidInput):
        report_done(world.as_viewer(world.police_lead), kept(action), "It is done.")
    assert world.submission(kept(action)) and see(chair, at(action, "/check")).status == 200


def test_what_is_reopened_after_its_date_gets_a_new_one_in_the_same_step(
    world: World, chair: FlaskClient, csrf_token: str
) -> None:
    with clock.at(date(2010, 1, 4)):
        action = world.decision(world.action(date(2010, 2, 1)))
    page, where = see(chair, at(action, "/reopen")), at(action, "/reopen")
    fields = {"version": page.value("version"), "reason": "It came again."}
    assert send(chair, where, csrf_token, **fields).errors.keys() == {"due_on"}
    past = send(chair, where, csrf_token, due_on=["1", "2", "2012"], **fields)
    assert past.errors == {"due_on": "The new due date must be in the future."}
    assert send(chair, where, csrf_token, due_on=["1", "9", "2012"], **fields).status == 302
    now = kept(action)
    assert (now.original_due_on, now.current_due_on) == (date(2010, 2, 1), date(2012, 9, 1))
    assert (now.extension_count, Extension.select().count()) == (0, 0)
    page = see(chair, at(action))
    assert "Overdue by" not in page.text.split("First due")[0]
    assert (
        "The agency has the next move since 30 March 2012: to do again what the Board reopened." in page.text
    )
    assert "Amber: Reopened by the Board" in page.text.replace("Amber Reopened", "Amber: Reopened")
    assert "Due: 1 September 2012" in page.text and "Due before: 1 February 2010" in page.text
    # Nothing was returned: neither the Board's word nor whose turn it is says so, nor the paper.
    assert "Returned by the Board" not in page.text.split("What the colours mean")[0]
    told = str(actions_in(report(world.chair)))
    assert "Reopened by the Board" in told and "Returned" not in told
    # A day before is as it was.
    before = report(world.chair, as_at=date(2012, 3, 29))
    assert actions_in(before) == [], "accepted long ago, and closed since"
    # Returned after it was reported again, it is returned.
    world.decision(kept(action), accepted=False)
    assert "to put right what the Board returned" in see(chair, at(action)).text


def test_a_paper_of_a_day_before_the_reopening_keeps_the_acceptance(world: World, chair: FlaskClient) -> None:
    with clock.at(date(2012, 3, 10)):
        action = world.decision(world.action(DUE))
    with clock.at(date(2012, 3, 20)):
        reopen(world.as_viewer(world.chair), action, "An audit found no change.")
    before = see(chair, "/reports/progress?appendix=closed&as_at=15&as_at=3&as_at=2012").text
    assert "An audit found no change" not in before and "Blue: accepted by the Board" in before
    now = see(chair, "/reports/progress?appendix=exceptions").text
    assert "reopened by the Board: An audit found no change" in now


def role_sets() -> Iterator[frozenset[Role]]:
    """Yield every combination of roles."""
    for size in range(1, len(Role) + 1):
        yield from (frozenset(each) for each in combinations(Role, size))


def test_nobody_judges_their_own_agency_whatever_roles_they_hold(world: World) -> None:
    action = world.action(DUE)
    accepted = world.decision(world.action(DUE))
    world.submission(action)
    submission = waits(action)
    attempts: list[Callable[[Viewer], object]] = [
        lambda who: begin_check(who, submission),
        lambda who: decide(who, submission, True, "Good."),
        lambda who: ask_question(who, submission, "Why?", world.police_lead.id, "x"),
        lambda who: reopen(who, accepted, "No."),
    ]
    events = AuditEvent.select().count()
    for number, roles in enumerate(role_sets()):
        own = Viewer(1000 + number, "Own", roles=roles, agency_id=world.police.id)
        for attempt in attempts:
            with pytest.raises(Refused):
                attempt(own)
    assert AuditEvent.select().count() == events


def test_the_check_leads_on_to_the_next_with_the_count_left(
    world: World, chair: FlaskClient, csrf_token: str
) -> None:
    first, second, third = (world.action(DUE) for _ in range(3))
    for action in (first, second, third):
        world.submission(action)
    own = world.action(DUE, agency=world.probation, lead=world.probation_lead)
    world.submission(own)
    page = see(chair, at(second, "/check"))
    assert f"2 more wait for your check. Leave this one and go to {third.reference}" in page.text
    version = page.value("version")
    done = send(chair, at(second, "/check"), csrf_token, version=version, decision="return", reason="More.")
    assert done.location == at(third, "/check")
    told = see(chair, done.location).text
    assert f"{second.reference} is returned." in told and "2 more wait for your check" in told
    viewer = world.as_viewer(world.chair)
    assert [each.id for each in list_to_check(viewer, kept(third))] == [first.id]
    ask_question(viewer, waits(first), "Why?", world.police_lead.id, "x")
    assert list_to_check(viewer, kept(third)) == []


def test_a_member_of_the_subgroup_checks_other_agencies_and_sees_no_restricted_review(
    world: World, sign_in: SignIn, csrf_token: str, waiting: Action
) -> None:
    member = world.person("member", Role.SUBGROUP_MEMBER, agency=world.health)
    client = sign_in(member)
    assert see(client, "/").location == "/attention"
    version = see(client, at(waiting, "/check")).value("version")
    words = {"version": version, "decision": "accept", "reason": "Twenty records show it."}
    assert send(client, at(waiting, "/check"), csrf_token, **words).status == 302
    assert AssuranceDecision.get().by_id == member.id
    own = world.action(DUE, agency=world.health)
    world.submission(own)
    assert see(client, at(own, "/check")).status == 403
    assert see(client, at(own, "/due-date")).status == 403
    review = world.review(is_restricted=True)
    name_person(world.as_viewer(world.manager), Review.get_by_id(review.id), world.police_lead)
    hidden = world.action(DUE, recommendation=world.recommendation(review))
    world.submission(hidden)
    assert see(client, at(hidden, "/check")).status == 404
    assert see(client, "/audit").status == 403


def test_what_was_reported_on_an_unknown_day_waits_before_the_others(world: World) -> None:
    first, second, undated = (world.submission(world.action()).action for _ in range(3))
    with database.writing():
        Action.update(reported_done_on=None).where(Action.id == undated.id).execute()
    viewer = world.as_viewer(world.second_chair)
    assert [each.id for each in list_to_check(viewer, kept(first))] == [second.id, undated.id]
    assert [each.id for each in list_to_check(viewer, kept(undated))] == [first.id, second.id]
