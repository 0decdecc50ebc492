"""Each kind of message, sent as the application sends it, on the small board."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM, Role
from kscb_actions.actions.extensions import ask_extension
from kscb_actions.actions.handover import switch_off
from kscb_actions.actions.models import Action
from kscb_actions.actions.service import set_standing
from kscb_actions.assurance.challenges.correcting import correct_challenge
from kscb_actions.assurance.challenges.models import Challenge
from kscb_actions.assurance.challenges.service import (
    Subject,
    answer_challenge,
    close_challenge,
    raise_challenge,
)
from kscb_actions.assurance.checking import ask_question
from kscb_actions.assurance.correcting.service import correct_date
from kscb_actions.assurance.erasing import ask_to_erase, decide_erasure, take_erasure_back
from kscb_actions.assurance.voiding.challenge import restore_challenge, void_challenge
from kscb_actions.audit.service import change
from kscb_actions.chasing.actions.rules import ACTIONS
from kscb_actions.chasing.ladder.rules import Typed
from kscb_actions.chasing.ladder.service import keep_ladder
from kscb_actions.chasing.news.service import count_as_told, tell_at_once
from kscb_actions.chasing.providers import runs
from kscb_actions.chasing.service import chase_together
from kscb_actions.child_deaths.meetings.models import PanelCase
from kscb_actions.child_deaths.meetings.service import (
    add_case,
    edit_meeting,
    say_papers_are_ready,
    unseat_member,
)
from kscb_actions.child_deaths.requests.erasing import ask_to_erase as ask_to_erase_file
from kscb_actions.child_deaths.requests.erasing import decide_erasure as decide_file
from kscb_actions.child_deaths.requests.erasing import take_erasure_back as take_file_back
from kscb_actions.child_deaths.requests.rules import Answer
from kscb_actions.child_deaths.requests.service import save_part
from kscb_actions.child_deaths.returns.models import AgencyReturn
from kscb_actions.child_deaths.returns.service import take_back_return
from kscb_actions.mail.letters import send_invitation, send_reset
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.mail.rules import State
from kscb_actions.meetings.calling.service import call_for_updates, remind_silent
from kscb_actions.meetings.service import add_seat
from kscb_actions.people.absences.service import enter
from kscb_actions.people.agreeing import decide_role
from kscb_actions.people.models import RoleRequest, User
from kscb_actions.people.service import PersonFacts, edit_person
from kscb_actions.reports.freezing.minutes import publish_minutes
from kscb_actions.reviews.answers.service import ask_for_answers
from kscb_actions.reviews.models import Review
from kscb_actions.reviews.publishing.rules import ReleaseFacts
from kscb_actions.reviews.publishing.service import release, withdraw_release
from kscb_actions.reviews.recommendations import answer_recommendation
from kscb_actions.reviews.referring.rules import AnswerFacts
from kscb_actions.reviews.referring.service import answer_case, withdraw_referral
from kscb_actions.reviews.rules import ReviewFacts
from kscb_actions.reviews.service import name_person, record_review
from kscb_actions.settings.queries import get_board
from kscb_actions.terms import say
from kscb_actions.upkeep.moving.service import Move, move_action

from ..child_deaths.requests.making import Asked
from ..factories import PDF, TODAY, World
from ..factories_deaths import Panel
from ..impact.making import came_back
from ..meetings.planned import a_body, a_decision, planned
from ..reviews.papers.making import review_paper
from ..reviews.referring.making import case_referral

URL = "https://tracker.example"
MONDAY = date(2012, 4, 2)
SOON = TODAY + timedelta(days=14)


def morning(on: date = TODAY) -> None:
    """Run the reminders of a morning, with what is enclosed."""
    with clock.at(datetime(on.year, on.month, on.day, 7, 30, tzinfo=UTC)):
        for run in runs():
            chase_together(run, on, URL)


def reminders_of_a_lead(world: World) -> None:
    for days in (-40, 0, 7):
        world.action(due_on=TODAY + timedelta(days=days))
    with clock.at(TODAY - timedelta(days=20)):
        world.action()
        asked = world.submission(world.action(due_on=date(2012, 6, 1)))
        text, lead = "Who was trained?", world.police_lead
        ask_question(world.second_chair.viewer, asked, text, lead.id, f"{URL}/reviews/x", None)
    morning()


def reminders_of_the_board(world: World) -> None:
    with clock.at(TODAY - timedelta(days=30)):
        world.submission(world.action(due_on=date(2012, 6, 1)))
        waits = world.action(due_on=date(2012, 6, 1))
        ask_extension(world.police_lead.viewer, waits, date(2012, 9, 1), "The trainer left.")
        impossible = world.action(due_on=date(2012, 6, 1))
        world.progress(impossible, "cannot_be_done", "The law does not let us.")
    morning()


def reminders_that_nobody_else_can_be_sent(world: World) -> None:
    world.action(due_on=TODAY - timedelta(days=7))
    switch_off(world.manager.viewer, world.police_lead, None)
    morning()


def reminders_with_copies_and_words(world: World) -> None:
    world.action(due_on=TODAY - timedelta(days=10))
    words = "Reminder {count} of {agency}: due {due_on}, {days} ago."
    rung = Typed(3, ("lead", "chair"), ("board_member",), words, 7, True)
    keep_ladder(world.manager.viewer, ACTIONS, [rung])
    morning()


def reminders_of_challenges_and_answers(world: World) -> None:
    with clock.at(TODAY - timedelta(days=40)):
        due, recommendation = TODAY - timedelta(days=7), world.recommendation()
        raise_challenge(world.manager.viewer, Subject(world.police), "lead", "Why?", due, URL)
        world.action(recommendation=recommendation, due_on=date(2013, 6, 1))
        ask_for_answers(world.manager.viewer, recommendation.review, ["KPOL"], due, URL)
    morning()


def reminders_of_statutory_dates(world: World) -> None:
    facts = ReviewFacts("SCR-2012-01", "scr", "Review of a case")
    record_review(world.manager.viewer, facts, "notified", date(2012, 2, 29))
    morning()


def reminders_of_referred_cases(world: World) -> None:
    with clock.at(date(2012, 2, 29)):
        case_referral(world)
    morning()


def reminders_of_tasks(world: World) -> None:
    a_decision(world, a_body(world))
    morning(TODAY + timedelta(days=14))


def reminders_of_difference_made(world: World) -> None:
    came_back(world)
    morning()


def reminders_of_returns(world: World) -> None:
    panel = Panel(world)
    panel.asked(panel.death())
    morning()


def a_request_about_a_death(world: World) -> None:
    """Ask an agency's contact, who answers, has it returned and answers again; withdraw another request."""
    asked = Asked(world)
    asked.sent()
    asked.judged("returned", "When was he seen last?")
    save_part(asked.contact, asked.row, "knows", Answer("In May 2011.", "yes"), 1)
    asked.sent()
    asked.judged("accepted")
    asked.more(1)
    take_back_return(asked.keeper, AgencyReturn.get_by_id(asked.row.id + 1), "Another child.", URL)


def a_file_of_an_answer_to_erase(world: World) -> None:
    """Ask, take it back, ask again as the co-ordinator and agree; the same file went with another answer."""
    asked = Asked(world)
    other = Asked(
        world,
        asked.death,
        world.health,
        world.person("health-contact", Role.DEATH_CONTACT, agency=world.health),
    )
    for each in (other, asked):
        file = each.attached("Baby Jones.pdf")
        each.sent()
    take_file_back(asked.contact, ask_to_erase_file(asked.contact, file, "Another child.", URL), URL)
    refused = ask_to_erase_file(asked.contact, file, "Another child.", URL)
    decide_file(asked.keeper, world.store, refused, False, "It is this child’s.", URL)
    agreed = ask_to_erase_file(asked.keeper, file, "Another child.", URL)
    decide_file(asked.contact, world.store, agreed, True, "", URL)


def reminders_of_requests_about_deaths(world: World) -> None:
    asked = Asked(world)
    asked.more(1)
    asked.sent()
    morning(asked.row.due_on + timedelta(days=7))


def reminders_for_a_panel(world: World) -> None:
    """Remind of a proposal and of a draft; tell of seats, then of what changed, then of a seat taken back."""
    panel = Panel(world)
    other = world.person("second-member", Role.CDOP_MEMBER)
    blind = panel.meeting(date(2012, 4, 12), [world.cdop_member], [panel.death()])
    drafts = panel.meeting(date(2012, 4, 5), [world.cdop_member, other], [panel.death()], way="draft")
    panel.draft(PanelCase.get(PanelCase.meeting == drafts))
    morning()
    add_case(panel.coordinator, blind, panel.death())
    say_papers_are_ready(panel.coordinator, blind)
    unseat_member(panel.coordinator, drafts, other)
    edit_meeting(panel.coordinator, drafts, date(2012, 4, 10), date(2012, 4, 3), "", drafts.version)
    morning(MONDAY)


def a_panels_decision(world: World) -> None:
    panel = Panel(world)
    meeting = panel.meeting(TODAY, [world.cdop_member])
    death = panel.death()
    panel.case(meeting, death)
    panel.proposal(PanelCase.get())
    panel.close(meeting)
    morning()
    panel.decision(death, held_on=TODAY)
    morning(MONDAY)


def news_of_a_morning(world: World) -> None:
    world.decision(world.action(due_on=date(2012, 6, 1)))
    recommendation = world.recommendation()
    for _ in range(12):
        world.action(due_on=date(2013, 6, 1), recommendation=recommendation)
    morning()


def news_of_changes(world: World) -> None:
    """Change another action in each way; tell its lead, who led it and who leads it from now on."""
    manager, due = world.manager.viewer, date(2013, 6, 1)
    recommendation = world.recommendation()
    actions = [world.action(due_on=due, recommendation=recommendation) for _ in range(6)]
    actions = [Action.get_by_id(each.id) for each in actions]
    count_as_told()
    move_action(manager, actions[0], Move(world.health, TODAY, "It is theirs.", None))
    for action, standing in zip(actions[1:], ("withdrawn", "superseded", "on_hold", "on_hold"), strict=False):
        set_standing(manager, action, standing, "The Board said so.")
    set_standing(manager, Action.get_by_id(actions[4].id), "active", "It goes on.")
    correct_date(manager, actions[5], "current_due_on", date(2013, 7, 1), "", actions[5].version)
    morning()


def news_at_once(world: World) -> None:
    world.decision(world.action(due_on=date(2012, 6, 1)), accepted=False)
    tell_at_once(URL)


def absences(world: World) -> None:
    other = world.person("other-lead", Role.AGENCY_LEAD, agency=world.police)
    enter(world.police_lead.viewer, world.police_lead, other, MONDAY, MONDAY + timedelta(days=2))
    morning(MONDAY)
    morning(MONDAY + timedelta(days=3))


def weeks_and_a_month(world: World) -> None:
    with clock.at(date(2012, 1, 20)):
        late = world.action(due_on=date(2012, 2, 10))
        world.submission(world.action(due_on=date(2012, 6, 1), agency=world.health))
    with clock.at(date(2012, 3, 28)):
        world.decision(world.action(due_on=date(2012, 6, 1)), accepted=False)
        world.submission(world.action(due_on=date(2012, 6, 1)))
        raise_challenge(world.chair.viewer, Subject(world.police, action=late), "lead", "Why?", SOON, URL)
    morning(MONDAY)


def a_question_of_a_check(world: World) -> None:
    asked = world.submission(world.action())
    link = f"{URL}/reviews/SCR-2011-01/actions/1"
    ask_question(world.second_chair.viewer, asked, "Who was trained?", world.police_lead.id, link)


def a_challenge(world: World) -> None:
    challenge = raise_challenge(
        world.chair.viewer, Subject(world.police), "lead", "Why did you not tell the school?", SOON, URL
    )
    answer_challenge(world.police_lead.viewer, challenge, "We did.", challenge.version, URL)
    challenge = Challenge.get_by_id(challenge.id)
    close_challenge(world.chair.viewer, challenge, "changed", "Seen.", challenge.version, URL)


def a_challenge_put_right_and_recorded_in_error(world: World) -> None:
    """Put a challenge right, mark it as recorded in error once its letters have left, and bring it back."""
    subject, manager = Subject(world.police), world.manager.viewer
    raise_challenge(world.chair.viewer, subject, "lead", "Why?", SOON, URL)
    challenge = Challenge.get()
    correct_challenge(world.chair.viewer, challenge, "Why not?", SOON, 1, URL)
    with change(SYSTEM) as tx:
        for message in list(OutboxMessage.select()):
            message.state = State.SENT.value
            tx.update(message, "mail.sent")
    void_challenge(manager, challenge, "A double.", 2)
    restore_challenge(manager, challenge, "It is none.", 3, URL)


def a_challenge_above_the_subgroup(world: World) -> None:
    """Raise one, let it be answered, and closed by who decides there; who raised it hears as news."""
    subject, level = Subject(world.police), "independent_chair"
    challenge = raise_challenge(world.second_chair.viewer, subject, level, "Why?", SOON, URL)
    answer_challenge(world.police_member.viewer, challenge, "We did.", challenge.version, URL)
    challenge = Challenge.get_by_id(challenge.id)
    person = world.independent_chair.viewer
    close_challenge(person, challenge, "changed", "Seen.", challenge.version, URL)
    tell_at_once(URL)


def asked_for_answers(world: World) -> None:
    recommendation = world.recommendation()
    world.action(recommendation=recommendation)
    ask_for_answers(world.manager.viewer, recommendation.review, ["KPOL"], SOON, URL)


def named_on_a_restricted_review(world: World) -> None:
    review = world.review(is_restricted=True)
    name_person(world.manager.viewer, review, world.second_chair)
    name_person(world.manager.viewer, review, world.police_lead)


def a_release_for_publication_and_its_end(world: World) -> None:
    """Release a review that asks something of the police, and end that; nobody hears of their own doing."""
    review = world.review(classification="OFFICIAL")
    answer_recommendation(world.manager.viewer, world.recommendation(review), world.police, "accepted")
    facts = ReleaseFacts(TODAY, "Overview report", "full", "https://board.example/report", "It is agreed.")
    release(world.independent_chair.viewer, review, facts, Review.get_by_id(review.id).version, URL)
    version = Review.get_by_id(review.id).version
    withdraw_release(world.manager.viewer, review, TODAY, "An inquest.", "The Board", version, URL)


def a_paper_opened_to_a_reader(world: World) -> None:
    review_paper(world, world.review(), reader=world.chair)


def a_case_referred_withdrawn_and_answered(world: World) -> None:
    withdraw_referral(world.police_lead.viewer, case_referral(world), "Twice.", 1, URL)
    answer = AnswerFacts("none", "The criteria are not met.", TODAY)
    answer_case(world.chair.viewer, case_referral(world), answer, None, 0, URL)


def a_call_for_updates_and_a_reminder_of_it(world: World) -> None:
    world.action(due_on=TODAY)
    meeting = planned(world, a_body(world), TODAY + timedelta(days=20), TODAY + timedelta(days=6))
    call_for_updates(meeting, URL)
    with clock.at(TODAY + timedelta(days=3)):
        remind_silent(world.manager.viewer, meeting, URL)


def a_task_of_a_meeting_and_its_minutes(world: World) -> None:
    body = a_body(world)
    add_seat(world.manager.viewer, body, "Chair of the subgroup", "chair", world.second_chair)
    meeting, _ = a_decision(world, body, URL)
    publish_minutes(world.manager.viewer, meeting, get_board(), URL)


def a_file_to_erase(world: World) -> None:
    action = world.action()
    files = [world.evidence(action, (f"{n}.pdf", PDF + b"%" + n)).files.get() for n in (b"a", b"b")]
    same = world.evidence(world.action(agency=world.health), ("c.pdf", PDF + b"%a")).files.get()
    assert same.sha256 == files[0].sha256
    asked = [ask_to_erase(world.manager.viewer, [file], "Another child.", URL)[0] for file in files]
    decide_erasure(world.second_chair.viewer, world.store, asked[:1], True, "", URL)
    decide_erasure(world.second_chair.viewer, world.store, asked[1:], False, "It is right.", URL)
    again = ask_to_erase(world.manager.viewer, files[1:], "Look again.", URL)[0]
    take_erasure_back(world.manager.viewer, again, URL)


def passwords(world: World) -> None:
    board = say("Kent Safeguarding Children Board")
    send_invitation(world.manager.viewer, world.reader, board, URL)
    send_reset(world.reader.email, board, URL)


def a_role_to_agree_to(world: World) -> None:
    for is_agreed, person in ((True, world.reader), (False, world.subgroup_member)):
        row = User.get_by_id(person.id)
        roles = row.role_set | {Role.CDOP_MEMBER}
        edit_person(world.manager.viewer, row, PersonFacts(row.email, row.name, roles, None), row.version)
        request = RoleRequest.select().order_by(RoleRequest.id.desc()).get()
        decide_role(world.cdop_coordinator.viewer, request, is_agreed)


KINDS: tuple[Callable[[World], None], ...] = (
    *(reminders_of_a_lead, reminders_of_the_board, reminders_that_nobody_else_can_be_sent),
    *(reminders_with_copies_and_words, reminders_of_challenges_and_answers, reminders_of_returns),
    *(reminders_of_requests_about_deaths, a_request_about_a_death, a_file_of_an_answer_to_erase),
    *(reminders_of_statutory_dates, reminders_of_referred_cases, reminders_of_tasks),
    reminders_of_difference_made,
    *(reminders_for_a_panel, a_panels_decision),
    *(news_of_a_morning, news_of_changes, news_at_once, absences, weeks_and_a_month),
    *(
        a_call_for_updates_and_a_reminder_of_it,
        a_task_of_a_meeting_and_its_minutes,
        a_paper_opened_to_a_reader,
        a_case_referred_withdrawn_and_answered,
        a_question_of_a_check,
        a_challenge,
        a_challenge_put_right_and_recorded_in_error,
        a_challenge_above_the_subgroup,
        asked_for_answers,
        named_on_a_restricted_review,
        a_release_for_publication_and_its_end,
    ),
    *(a_file_to_erase, passwords, a_role_to_agree_to),
)
