"""Challenges raised, answered, escalated and closed; who is told at once; what stays in the trail."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import combinations

import pytest

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM, Refused, Role, Viewer
from kscb_actions.assurance.challenges.models import Challenge, ChallengeStep
from kscb_actions.assurance.challenges.queries import (
    ChallengeFilter,
    YearFigures,
    figures_of,
    get_challenge,
    list_challenges,
    list_steps,
    questions_in,
)
from kscb_actions.assurance.challenges.rules import InTime, Outcome, State, in_time
from kscb_actions.assurance.challenges.service import (
    Subject,
    answer_challenge,
    close_challenge,
    escalate_challenge,
    raise_challenge,
)
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import StaleEdit, change
from kscb_actions.mail.models import OutboxItem, OutboxMessage
from kscb_actions.people.service import edit_person, facts_of
from kscb_actions.reviews.models import NamedPerson, Review
from kscb_actions.text import InvalidInput

from ...factories import TODAY, World
from ...reading import see
from .asking import (
    NEXT_REPLY_BY,
    REPLY_BY,
    URL,
    answered,
    closed,
    days_on,
    escalated,
    kept,
    on_action,
    raised,
)

YEAR = (date(2011, 4, 1), date(2012, 3, 31))


def restricted_action(world: World, *named: object) -> object:
    """Return an action of a restricted review on which these people are named."""
    action = world.action(date(2012, 3, 1))
    review = Review.get_by_id(action.review_id)
    review.is_restricted = True
    with change(SYSTEM) as tx:
        tx.update(review, "review.changed")
        for person in named:
            tx.add(NamedPerson(review=review, user=person), "review.person-named")
    return action


def sent_to() -> list[tuple[str, str]]:
    """Return (address, subject) of all messages queued."""
    return [(each.to_address, each.subject) for each in OutboxMessage.select().order_by(OutboxMessage.id)]


def test_a_challenge_goes_through_every_level(world: World) -> None:
    challenge = raised(world)
    assert (challenge.level, challenge.state, challenge.due_on) == ("lead", State.OPEN, REPLY_BY)
    challenge = escalated(world, answered(world, challenge))
    assert (challenge.level, challenge.state, challenge.due_on) == ("board_member", "open", NEXT_REPLY_BY)
    challenge = escalated(world, answered(world, challenge))
    assert challenge.level == "independent_chair"
    challenge = escalated(world, answered(world, challenge))
    assert challenge.level == "full_board"
    challenge = closed(world, answered(world, challenge))
    assert (challenge.state, challenge.outcome, challenge.closed_on) == ("closed", "changed", TODAY)
    said = [(step.kind, step.level, step.by.name) for step in list_steps(challenge)]
    assert said == [
        ("raised", "lead", "Second chair"),
        ("answered", "lead", "Police lead"),
        ("escalated", "board_member", "Second chair"),
        ("answered", "board_member", "Police member"),
        ("escalated", "independent_chair", "Second chair"),
        ("answered", "independent_chair", "Police member"),
        ("escalated", "full_board", "Independent chair"),
        ("answered", "full_board", "Police member"),
        ("closed", "full_board", "Independent chair"),
    ]


def test_who_has_the_next_move_is_told_at_once_by_reference_and_link_only(world: World) -> None:
    challenge = raised(world)
    assert sent_to() == [
        ("police-lead@board.example", f"A question to your agency: challenge C{challenge.id}")
    ]
    answered(world, challenge)
    # The chair who raised it, and the chair who decides too; nobody is told of their own doing.
    told = {address for address, subject in sent_to() if "answered" in subject}
    assert told == {"chair@board.example", "second-chair@board.example"}
    escalated(world, kept(challenge))
    assert sent_to()[-1][0] == "police-member@board.example"
    for message in OutboxMessage.select():
        assert f"{URL}/challenges/{challenge.id}" in message.body
        for private in ("nothing been heard", "slipped", "No plan", challenge.review.reference, "Child A"):
            assert private not in message.body + message.subject
        (item,) = OutboxItem.select().where(OutboxItem.message == message)
        assert (item.review_id, item.action_id) == (challenge.review_id, challenge.action_id)


def test_nobody_is_told_of_a_restricted_review_on_which_they_are_not_named(world: World) -> None:
    action = restricted_action(world, world.second_chair, world.police_member)
    challenge = raised(world, action)  # type: ignore[arg-type]
    # The lead is not named, so the Board member is asked in their place.
    assert [address for address, _ in sent_to()] == ["police-member@board.example"]
    answer_challenge(world.as_viewer(world.police_member), challenge, "Done.", challenge.version, URL)
    assert [address for address, _ in sent_to()][1:] == ["second-chair@board.example"]
    for person in (world.chair, world.reader, world.manager, world.police_lead, world.independent_chair):
        assert get_challenge(world.as_viewer(person), challenge.id) is None
        assert list_challenges(world.as_viewer(person), ChallengeFilter(), TODAY).total == 0
        assert figures_of(world.as_viewer(person), YEAR, TODAY) == YearFigures()
    with pytest.raises(Refused, match="no such review"):
        close_challenge(world.as_viewer(world.chair), kept(challenge), "changed", "x", 2, URL)


def test_the_agency_is_told_of_the_closing_by_reference_outcome_and_link(world: World) -> None:
    challenge = escalated(world, answered(world, raised(world)))
    challenge = answered(world, challenge)
    before = len(sent_to())
    closed(world, challenge, "explained")
    # The lead too, who answered before it was taken a level higher.
    assert sent_to()[before:] == [
        (f"{name}@board.example", f"Challenge {challenge.reference} is closed")
        for name in ("police-lead", "police-member")
    ]
    body = OutboxMessage.select().order_by(OutboxMessage.id.desc()).get().body
    assert "The answer explains it; nothing had to change" in body
    assert f"{URL}/challenges/{challenge.id}" in body
    assert "A date is set." not in body and challenge.review.reference not in body


@pytest.mark.parametrize("is_raised_there", [True, False])
def test_who_decides_at_a_level_above_the_subgroup_hears_that_it_has_come_there(
    world: World, is_raised_there: bool
) -> None:
    subject = "Challenge C1 is for you to decide on"
    if is_raised_there:
        challenge = raised(world, level="independent_chair")
    else:
        challenge = escalated(world, answered(world, raised(world)))
        assert challenge.level == "board_member"
        assert subject not in [each for _, each in sent_to()]
        challenge = escalated(world, answered(world, challenge))
    assert [address for address, each in sent_to() if each == subject] == ["independent-chair@board.example"]
    body = OutboxMessage.get(OutboxMessage.subject == subject).body
    assert f"{URL}/challenges/{challenge.id}" in body and "Independent chair" in body
    for private in ("nothing been heard", "slipped", "No plan", challenge.review.reference):
        assert private not in body
    # To the full Board they take it themselves, and are told of nothing that they did.
    assert escalated(world, answered(world, challenge)).level == "full_board"
    assert [each for _, each in sent_to()].count(subject) == 1


def test_of_a_restricted_review_no_independent_chair_hears_who_is_not_named(world: World) -> None:
    action = restricted_action(world, world.second_chair, world.police_member)
    raised(world, action, level="independent_chair")
    assert [address for address, _ in sent_to()] == ["police-member@board.example"]


def test_of_a_closing_on_a_restricted_review_only_who_is_named_on_it_is_told(world: World) -> None:
    named = (world.second_chair, world.police_lead, world.police_member)
    action = restricted_action(world, *named)
    challenge = answered(world, raised(world, action))
    gone = NamedPerson.get(NamedPerson.review == action.review_id, NamedPerson.user == world.police_lead)
    with change(SYSTEM) as tx:
        tx.remove(gone, "review.person-unnamed")
    before = len(sent_to())
    closed(world, challenge)
    assert [address for address, _ in sent_to()[before:]] == ["police-member@board.example"]


def test_a_question_to_nobody_is_refused_before_it_is_sent(world: World) -> None:
    action = world.action(agency=world.health)
    chair = world.as_viewer(world.chair)
    with pytest.raises(InvalidInput) as wrong:
        raise_challenge(chair, on_action(action), "board_member", "Why?", REPLY_BY, URL)
    assert "NHS Kent and Medway has no Board member" in wrong.value.errors["level"]
    assert not Challenge.select().exists() and not OutboxMessage.select().exists()
    person = world.health_lead
    edit_person(SYSTEM, person, facts_of(person), person.version, is_active=False)
    with pytest.raises(InvalidInput, match="no lead or Board member"):
        raise_challenge(chair, on_action(action), "lead", "Why?", REPLY_BY, URL)


def test_it_is_not_escalated_to_nobody_either(world: World) -> None:
    challenge = answered(world, raised(world))
    person = world.police_member
    edit_person(SYSTEM, person, facts_of(person), person.version, is_active=False)
    with pytest.raises(InvalidInput, match="no Board member"):
        escalated(world, challenge)
    assert kept(challenge).level == "lead"


def test_a_second_challenge_about_an_action_waits_for_the_end_of_the_first(world: World) -> None:
    action = world.action()
    first = raised(world, action)
    with pytest.raises(Refused, match=f"C{first.id} about this action is not closed"):
        raised(world, action)
    closed(world, first)
    assert raised(world, action).id != first.id


def test_nobody_raises_closes_or_escalates_for_their_own_agency_whatever_they_hold(world: World) -> None:
    challenge = answered(world, raised(world))
    for count in range(1, len(Role) + 1):
        for roles in combinations(Role, count):
            own = Viewer(99, "Own", roles=frozenset(roles), agency_id=world.police.id)
            for attempt in (
                lambda own=own: raise_challenge(own, Subject(world.police), "lead", "Why?", REPLY_BY, URL),
                lambda own=own: close_challenge(own, challenge, "changed", "Well.", challenge.version, URL),
                lambda own=own: escalate_challenge(own, challenge, "No.", REPLY_BY, challenge.version, URL),
            ):
                with pytest.raises(Refused):
                    attempt()
    assert (Challenge.select().count(), kept(challenge).version) == (1, challenge.version)


@pytest.mark.parametrize(
    "name", ["health_lead", "reader", "subgroup_member", "independent_chair", "cdop_member"]
)
def test_who_is_not_of_the_agency_does_not_answer_for_it(world: World, name: str) -> None:
    challenge = raised(world)
    with pytest.raises(Refused):
        answer_challenge(world.as_viewer(getattr(world, name)), challenge, "Yes.", 1, URL)


def test_above_the_lead_the_board_member_answers(world: World) -> None:
    challenge = escalated(world, answered(world, raised(world)))
    with pytest.raises(Refused, match="Board member now"):
        answer_challenge(world.as_viewer(world.police_lead), challenge, "Yes.", challenge.version, URL)
    assert answered(world, challenge).state == State.ANSWERED


def test_it_waits_for_its_date_before_it_is_taken_higher_unanswered(world: World) -> None:
    challenge = raised(world)
    with days_on(0), pytest.raises(Refused, match="until 20 April 2012"):
        escalated(world, challenge)
    with days_on(1):
        assert escalated(world, kept(challenge)).level == "board_member"


def test_of_two_who_decide_at_once_one_does(world: World) -> None:
    challenge = answered(world, raised(world))
    theirs, mine = kept(challenge), kept(challenge)
    close_challenge(world.as_viewer(world.second_chair), theirs, "changed", "A date.", challenge.version, URL)
    with pytest.raises(StaleEdit):
        escalate_challenge(world.as_viewer(world.chair), mine, "No.", NEXT_REPLY_BY, challenge.version, URL)
    with pytest.raises(StaleEdit):
        close_challenge(
            world.as_viewer(world.chair), kept_as(mine), "explained", "No.", challenge.version, URL
        )
    assert [step.kind for step in list_steps(challenge)] == ["raised", "answered", "closed"]


def kept_as(challenge: Challenge) -> Challenge:
    """Return the challenge as somebody had it before it was closed."""
    was = kept(challenge)
    was.state = State.ANSWERED
    return was


def test_what_was_said_is_never_changed(world: World) -> None:
    step = list_steps(raised(world))[0]
    with pytest.raises(Exception, match="append-only|refuse_change|never"), change(SYSTEM) as tx:
        tx.record("test.nothing", "assurance", {})
        ChallengeStep.update(text="Nothing was asked.").where(ChallengeStep.id == step.id).execute()


def test_the_trail_tells_of_it_under_its_action(world: World) -> None:
    challenge = closed(world, answered(world, raised(world)))
    events = AuditEvent.select().where(AuditEvent.event.startswith("challenge."))
    assert {(each.action_id, each.review_id, each.room) for each in events} == {
        (challenge.action_id, challenge.review_id, "assurance")
    }


def test_the_figures_of_a_year_count_what_the_log_lists(world: World) -> None:
    closed(world, answered(world, raised(world)))
    late = raised(world)
    with days_on(3):
        answered(world, late)
    raised(world)
    reader = world.as_viewer(world.reader)
    with days_on(5):
        today = date(2012, 4, 25)
        assert figures_of(reader, YEAR, today) == YearFigures(3, 2, 1, 1, 1)
        for narrow, number in (
            (ChallengeFilter(raised=YEAR), 3),
            (ChallengeFilter(raised=YEAR, answered=True), 2),
            (ChallengeFilter(raised=YEAR, in_time="yes"), 1),
            (ChallengeFilter(raised=YEAR, state="closed"), 1),
            (ChallengeFilter(raised=YEAR, outcome="changed"), 1),
            (ChallengeFilter(raised=YEAR, in_time="no"), 2),
            (ChallengeFilter(overdue=True), 1),
        ):
            assert list_challenges(reader, narrow, today).total == number, narrow
        rows = list_challenges(reader, ChallengeFilter(), today).rows
        for kind in InTime:
            by_rule = {row.id for row in rows if in_time(questions_in(list_steps(row)), today) is kind}
            by_sql = list_challenges(reader, ChallengeFilter(in_time=kind), today).rows
            assert by_rule == {row.id for row in by_sql}
    assert figures_of(reader, (date(2010, 4, 1), date(2011, 3, 31)), TODAY) == YearFigures()


def test_an_escalated_question_that_nobody_answers_is_late_in_log_and_year_and_on_its_page(
    world: World, sign_in: Callable
) -> None:
    challenge = escalated(world, answered(world, raised(world)))
    reader = world.as_viewer(world.reader)
    with clock.at(NEXT_REPLY_BY):
        assert figures_of(reader, YEAR, NEXT_REPLY_BY).in_time == 0
        (found,) = list_challenges(reader, ChallengeFilter(in_time="not_yet_due"), NEXT_REPLY_BY).rows
        assert found == challenge
    after = NEXT_REPLY_BY + timedelta(days=1)
    with clock.at(after):
        assert [each.id for each in list_challenges(reader, ChallengeFilter(in_time="no"), after).rows] == [
            challenge.id
        ]
        page = see(sign_in(world.reader), f"/challenges/{challenge.id}").text
        assert "First level Answered in time Then, agency’s Board member Not answered in time" in page
        # Answered late at the second level, and closed: it stays late.
        closed(world, answered(world, challenge))
        assert figures_of(reader, YEAR, after) == YearFigures(1, 1, 0, 1, 1)


@pytest.mark.parametrize("outcome", ["", "won"])
def test_a_challenge_is_closed_with_an_outcome_and_a_reason(world: World, outcome: str) -> None:
    challenge = raised(world)
    with pytest.raises(InvalidInput) as wrong:
        close_challenge(world.as_viewer(world.chair), challenge, outcome, " ", challenge.version, URL)
    assert set(wrong.value.errors) == {"outcome", "reason"}
    for each in Outcome:
        assert closed(world, raised(world), each).outcome == each
