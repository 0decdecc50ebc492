"""An action moves to the agency that follows its own: what goes with it, who sees it, what past days say."""

from datetime import date, timedelta
from typing import Any

import pytest

from kscb_actions import clock
from kscb_actions.access.policy import Owners, Refused, Role
from kscb_actions.actions.extensions import ask_extension, change_due_date, decide_extension
from kscb_actions.actions.models import Action, Extension
from kscb_actions.actions.queries import get_action
from kscb_actions.actions.service import ActionFacts, add_actions, set_standing
from kscb_actions.assurance.challenges.queries import get_challenge
from kscb_actions.assurance.challenges.service import (
    Subject,
    answer_challenge,
    close_challenge,
    raise_challenge,
)
from kscb_actions.assurance.checking import reopen
from kscb_actions.assurance.models import Submission, SubmittedEvidence
from kscb_actions.assurance.overview import overview_of
from kscb_actions.assurance.queries import list_to_check
from kscb_actions.assurance.service import decide
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import StaleEdit
from kscb_actions.people.models import Agency, User
from kscb_actions.people.service import edit_agency
from kscb_actions.people.succession import close_agency
from kscb_actions.reviews.models import AgencyResponse, Review
from kscb_actions.reviews.queries import get_recommendation
from kscb_actions.reviews.recommendations import answer_recommendation
from kscb_actions.reviews.service import name_person
from kscb_actions.text import InvalidInput
from kscb_actions.upkeep.moving.service import Move, move_action

from ..reports.faces import rows_of
from ..reports.faces import told as told_in
from ..reports.stories import report, row_of
from .nhs import AFTER, BEFORE, CLOSED, WHY, Nhs, differences, now

TODAY = date(2013, 5, 1)


def test_an_action_moves_with_its_story(nhs: Nhs) -> None:
    world, action = nhs.world, nhs.action()
    with clock.at(BEFORE):
        world.progress(now(action), narrative="Half of the practices trained.")
        submission = world.submission(now(action))
    with clock.at(AFTER):
        moved = nhs.move(action)
        whole = overview_of(nhs.ccg_lead.viewer, get_action(nhs.ccg_lead.viewer, *where(moved)))
    kept = now(action)
    assert (kept.agency_id, kept.lead_id, kept.assurance) == (nhs.ccg.id, nhs.ccg_lead.id, "submitted")
    assert (kept.progress, kept.original_due_on, kept.updated_on) == ("done", date(2013, 6, 1), BEFORE)
    assert kept.earlier_agencies == f",{nhs.pct.id}:2013-04-01"
    assert SubmittedEvidence.get().submission_id == submission.id and len(whole.evidence) == 1
    told = [(entry.title, entry.text) for entry in whole.timeline]
    assert told[0] == ("Moved from NHS Kent and Medway to Thanet CCG on 1 April 2013", WHY)
    assert ("Progress: In progress", "Half of the practices trained.") in told
    assert differences() == []


def where(action: Action) -> tuple[str, int]:
    return action.review.reference, action.number


def test_the_old_agency_sees_it_no_more_and_the_new_one_sees_all_of_it(nhs: Nhs) -> None:
    action = nhs.action()
    old, new = nhs.pct_lead.viewer, nhs.ccg_lead.viewer
    assert get_action(old, *where(action)) and get_action(new, *where(action)) is None
    with clock.at(AFTER):
        nhs.move(action)
    assert get_action(new, *where(action)) and get_action(old, *where(action)) is None
    # Without the recommendation the new agency would not know what the action answers.
    recommendation = action.recommendation
    assert get_recommendation(new, action.review.reference, recommendation.number)
    assert get_recommendation(old, action.review.reference, recommendation.number) is None


def test_the_answer_goes_along_or_both_have_it(nhs: Nhs) -> None:
    world, first = nhs.world, nhs.action()
    second = world.action(agency=nhs.pct, recommendation=first.recommendation)
    answer_recommendation(nhs.manager, first.recommendation, nhs.pct, "partly", "No money.")

    def answers() -> dict[int, tuple[str, str]]:
        rows = AgencyResponse.select().where(AgencyResponse.recommendation == first.recommendation)
        return {row.agency_id: (row.answer, row.reason) for row in rows}

    with clock.at(AFTER):
        nhs.move(first)
        partly = ("partly", "No money.")
        assert answers() == {nhs.pct.id: partly, nhs.ccg.id: partly}
        nhs.move(second)
        # The new agency has an answer of its own by now, so the old one's stays what it was.
        assert answers() == {nhs.pct.id: partly, nhs.ccg.id: partly}
        nhs.move(first, nhs.icb)
        nhs.move(second, nhs.icb)
    assert answers() == {nhs.pct.id: partly, nhs.ccg.id: partly, nhs.icb.id: partly}
    assert differences() == []


def test_papers_name_whose_it_was_on_their_day(nhs: Nhs) -> None:
    world, action = nhs.world, nhs.action()
    with clock.at(BEFORE):
        world.evidence(now(action))
        ask_extension(nhs.pct_lead.viewer, now(action), date(2013, 9, 1), "Training slipped.")
        nhs_challenge = Subject(nhs.pct, now(action), action.recommendation)
        raise_challenge(world.chair.viewer, nhs_challenge, "lead", "Why so late?", date(2013, 4, 10), "")
    with clock.at(AFTER):
        nhs.move(action)
    with clock.at(AFTER + timedelta(days=10)):
        nhs.move(action, nhs.icb, AFTER)
    pct, ccg, icb = "NHS Kent and Medway", "Thanet CCG", "Kent and Medway ICB"
    told = {
        CLOSED: f"{pct}\nHealth lead",
        AFTER: f"{ccg}\n(was {pct}’s until 1 April 2013)\nCcg lead",
        TODAY: f"{icb}\n(was {pct}’s until 1 April 2013, then {ccg}’s until 20 April 2013)\nIcb lead",
    }
    today, reader = TODAY, world.reader
    for day, who in told.items():
        made = report(reader, today, as_at=day, since=date(2013, 3, 1))
        name = who.split("\n")[0]
        assert row_of(made, action.reference)[3] == who
        for caption, column in (
            ("Every piece of evidence", 1),
            ("Requests that wait", 1),
            ("Challenges", 2),
        ):
            assert rows_of(made, caption)[0][column] == name, (day, caption)
    # A paper of one agency has what was that agency's on its day.
    for code, day, is_there in (
        ("NHSK", CLOSED, True),
        ("NHSK", AFTER, False),
        ("TCCG", CLOSED, False),
        ("TCCG", AFTER, True),
        ("TCCG", today, False),
        ("KICB", today, True),
    ):
        text = repr(everything_on(reader, today, code, day))
        assert (action.reference in text, "The procedure as agreed." in text) == (is_there, is_there), (
            code,
            day,
        )
    assert everything_on(reader, today, "KICB", today) == everything_on(reader, today, "KICB", today, True)


def everything_on(reader: User, today: date, code: str, day: date, from_trail: bool = False) -> list[Any]:
    return told_in(report(reader, today, from_trail, agency=code, as_at=day, since=date(2013, 3, 1)))


def test_it_moves_twice_and_back(nhs: Nhs) -> None:
    action = nhs.action()
    with clock.at(AFTER):
        nhs.move(action)
        nhs.move(action, nhs.icb, AFTER)
        nhs.move(action, nhs.pct, AFTER, nhs.pct_lead)
    kept = now(action)
    assert kept.earlier_agencies == "".join(
        f",{each.id}:{day}" for each, day in ((nhs.pct, CLOSED), (nhs.ccg, AFTER), (nhs.icb, AFTER))
    )
    assert kept.owners == Owners(nhs.pct.id, former=frozenset({nhs.ccg.id, nhs.icb.id}))
    assert get_action(nhs.pct_lead.viewer, *where(action))
    assert differences() == []


@pytest.mark.parametrize("standing", ["superseded", "withdrawn"])
def test_what_is_finished_stays(nhs: Nhs, standing: str) -> None:
    action, accepted = nhs.action(), nhs.action()
    with clock.at(AFTER):
        set_standing(nhs.manager, now(action), standing, "Not needed.")
        nhs.world.decision(now(accepted))
        for each in (action, accepted):
            with pytest.raises(InvalidInput, match="stays"):
                nhs.move(each)
            assert now(each).agency_id == nhs.pct.id


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"to": None}, "to"),
        ({"to": "pct"}, "to"),
        ({"to": "closed"}, "to"),
        ({"on": AFTER + timedelta(days=1)}, "on"),
        ({"on": None}, "on"),
        ({"reason": " "}, "reason"),
        ({"lead": "pct_lead"}, "lead"),
    ],
)
def test_a_move_that_cannot_be_changes_nothing(nhs: Nhs, change: dict[str, object], field: str) -> None:
    action = nhs.action()
    with clock.at(AFTER):
        if change.get("to") == "closed":
            close_agency(nhs.manager, nhs.icb, CLOSED, None, 1)
        named = {"pct": nhs.pct, "closed": nhs.icb, "pct_lead": nhs.pct_lead}
        facts = {"to": nhs.ccg, "on": CLOSED, "reason": WHY, "lead": nhs.ccg_lead}
        facts |= {key: named.get(value, value) for key, value in change.items()}  # type: ignore[arg-type]
        before = AuditEvent.select().count()
        with pytest.raises(InvalidInput) as wrong:
            move_action(nhs.manager, now(action), Move(**facts))  # type: ignore[arg-type]
    assert field in wrong.value.errors
    assert (now(action).agency_id, AuditEvent.select().count()) == (nhs.pct.id, before)


def test_the_second_editor_moves_nothing(nhs: Nhs) -> None:
    action = nhs.action()
    with clock.at(AFTER):
        set_standing(nhs.manager, now(action), "on_hold", "The inquest.")
        with pytest.raises(StaleEdit):
            move_action(nhs.manager, now(action), Move(nhs.ccg, CLOSED, WHY), expected=1)
    assert now(action).agency_id == nhs.pct.id


@pytest.mark.parametrize("name", ["chair", "reader", "health_lead", "police_lead", "independent_chair"])
def test_the_manager_alone_moves_actions(nhs: Nhs, name: str) -> None:
    action, viewer = nhs.action(), getattr(nhs.world, name).viewer
    with clock.at(AFTER):
        with pytest.raises(Refused):
            move_action(viewer, now(action), Move(nhs.ccg, CLOSED, WHY))
        with pytest.raises(Refused):
            close_agency(viewer, nhs.pct, CLOSED, nhs.ccg, 1)


def test_a_restricted_review_is_led_by_somebody_named_on_it(nhs: Nhs) -> None:
    review = nhs.world.review(is_restricted=True)
    recommendation = nhs.world.recommendation(review)
    (action,) = add_actions(nhs.manager, recommendation, [nhs.pct], ActionFacts("See the family."))
    with clock.at(AFTER):
        with pytest.raises(InvalidInput, match="Name Ccg lead on it first"):
            nhs.move(action)
        name_person(nhs.manager, Review.get_by_id(review.id), nhs.ccg_lead)
        nhs.move(action)
    assert now(action).lead_id == nhs.ccg_lead.id


def test_an_open_challenge_goes_along_and_a_closed_one_stays(nhs: Nhs) -> None:
    world, action = nhs.world, nhs.action()
    subject = Subject(nhs.pct, now(action), action.recommendation)
    with clock.at(BEFORE):
        first = raise_challenge(world.second_chair.viewer, subject, "lead", "Why?", CLOSED, "")
        close_challenge(world.manager.viewer, first, "overtaken", "It is clear.", first.version, "x")
        second = raise_challenge(world.second_chair.viewer, subject, "lead", "And now?", CLOSED, "")
    with clock.at(AFTER):
        nhs.move(action)
        kept = get_challenge(nhs.ccg_lead.viewer, second.id)
        assert kept and get_challenge(nhs.pct_lead.viewer, second.id) is None
        assert get_challenge(nhs.pct_lead.viewer, first.id)
        answered = answer_challenge(nhs.ccg_lead.viewer, kept, "It is in hand.", kept.version, "")
    assert answered.agency_id == nhs.ccg.id
    assert differences() == []


def test_a_request_for_more_time_goes_along(nhs: Nhs) -> None:
    action = nhs.action()
    with clock.at(BEFORE):
        ask_extension(nhs.pct_lead.viewer, now(action), date(2013, 9, 1), "Training slipped.")
    with clock.at(AFTER):
        nhs.move(action)
        extension = Extension.get()
        decide_extension(nhs.world.second_chair.viewer, extension, True, "Agreed.")
    assert now(action).current_due_on == date(2013, 9, 1)


@pytest.mark.parametrize("of", ["pct", "ccg", "icb"])
def test_nobody_decides_on_what_their_agency_has_or_had(nhs: Nhs, of: str) -> None:
    """Whoever submitted for the PCT and works at the CCG now, and who stayed behind, alike."""
    world, action = nhs.world, nhs.action()
    with clock.at(BEFORE):
        submission = world.submission(now(action))
        challenge = raise_challenge(
            world.second_chair.viewer, Subject(nhs.pct, now(action)), "lead", "Why?", CLOSED, ""
        )
    with clock.at(AFTER):
        nhs.move(action)
        nhs.move(action, nhs.icb, AFTER)
        roles = (Role.CHAIR, Role.SUBGROUP_MEMBER, Role.MANAGER, Role.INDEPENDENT_CHAIR)
        inside = world.person("insider", *roles, agency=getattr(nhs, of)).viewer
        submission = Submission.get_by_id(submission.id)
        with pytest.raises(Refused, match="outside"):
            decide(inside, submission, True, "Fine.")
        with pytest.raises(Refused, match="outside"):
            change_due_date(inside, now(action), date(2014, 1, 1), "Later.")
        with pytest.raises(Refused, match="outside"):
            close_challenge(inside, get_challenge(inside, challenge.id), "overtaken", "Clear.", 2, "x")  # type: ignore[arg-type]
        assert list_to_check(inside, nhs.action()) == []
        assert not {"assurance.check", "actions.due_date", "challenges.about_action"} & {
            each.endpoint for each in overview_of(inside, now(action)).operations
        }
        outside = world.second_chair.viewer
        assert [each.id for each in list_to_check(outside, nhs.action())] == [action.id]
        decide(outside, submission, True, "Seen.")
    assert now(action).assurance == "accepted"


def test_the_successor_reopens_nothing_that_its_predecessor_had_accepted(nhs: Nhs) -> None:
    """What is finished stays with the closed agency, and is the successor's own all the same."""
    world, action = nhs.world, nhs.action()
    with clock.at(AFTER):
        world.decision(now(action))
        chair = world.person("ccg-chair", Role.CHAIR, agency=nhs.ccg).viewer
        other = world.person("other-chair", Role.CHAIR, agency=nhs.icb).viewer
        close_agency(nhs.manager, nhs.pct, CLOSED, nhs.ccg, 1)
        with pytest.raises(Refused, match="outside"):
            reopen(chair, now(action), "It was not enough.", None)
        # The ICB has not taken the CCG over yet.
        reopen(other, now(action), "It was not enough.", None)
    assert now(action).assurance == "returned"


def test_a_closed_agency_gets_no_new_action_and_can_open_again(nhs: Nhs) -> None:
    recommendation = nhs.action().recommendation
    with clock.at(AFTER):
        closed = close_agency(nhs.manager, nhs.pct, CLOSED, nhs.ccg, 1)
        with pytest.raises(InvalidInput, match="not in use"):
            add_actions(nhs.manager, recommendation, [Agency.get_by_id(closed.id)], ActionFacts("More."))
        opened = edit_agency(nhs.manager, Agency.get_by_id(closed.id), closed.name, True, 2)
    assert (opened.successor_id, opened.closed_on, opened.is_active) == (None, None, True)
    assert add_actions(nhs.manager, recommendation, [opened], ActionFacts("More."))
