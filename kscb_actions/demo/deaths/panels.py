"""What the demonstration's panel does: it meets, proposes, decides, refers and learns."""

import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

from kscb_actions.access.policy import Viewer
from kscb_actions.actions.service import ActionFacts, add_actions
from kscb_actions.child_deaths.cases.in_error import ErrorFacts, close_in_error
from kscb_actions.child_deaths.cases.service import facts_of, record_death
from kscb_actions.child_deaths.drafting.service import comment, name_drafters, save_draft
from kscb_actions.child_deaths.judging.decisions import correct, decide
from kscb_actions.child_deaths.judging.proposals import close_proposals, propose
from kscb_actions.child_deaths.judging.rules import Judgement
from kscb_actions.child_deaths.learning.lessons import join, recommend
from kscb_actions.child_deaths.learning.models import Lesson, Referral
from kscb_actions.child_deaths.learning.referrals import answer_referral, record_referral
from kscb_actions.child_deaths.meetings.interests import declare_interest, lift_interest
from kscb_actions.child_deaths.meetings.models import Interest, PanelCase, PanelMeeting
from kscb_actions.child_deaths.meetings.rules import Way
from kscb_actions.child_deaths.meetings.service import add_case, plan_meeting, record_attendance, seat_member
from kscb_actions.demo.content import Table
from kscb_actions.demo.schedule import ScheduledEvent, on_or_after, on_or_before
from kscb_actions.demo.story_runner import LoadedBoard
from kscb_actions.reviews.rules import RecommendationFacts

from .case_events import case, panel_content
from .cases import IDENTIFIED, INSUFFICIENT, NONE, PlannedDeath, can_be_modified, planned_deaths, read_rules
from .details import factors_of, judgement_of, words_for

PLAN_HOUR, INTEREST_HOUR, PROPOSE_HOUR, CLOSE_HOUR, MEET_HOUR, AFTER_HOUR = 11, 12, 13, 16, 14, 15
COMMENT_HOUR = 15
PROPOSALS_DUE = timedelta(days=7)
FIRST_PROPOSES = timedelta(days=17)


def panel_events(loaded: LoadedBoard) -> Iterator[ScheduledEvent]:
    """Yield everything the panel does, in no order."""
    content = panel_content()
    for meeting in content["meeting"]:
        yield from _meeting_events(loaded, meeting)
    yield from _next_meeting_events(loaded, content["coming"])
    for interest in content["interest"]:
        yield from _interest_events(loaded, interest)
    yield ScheduledEvent(
        content["correction"]["on"], AFTER_HOUR, partial(_correct, loaded, content["correction"])
    )
    double, joined = content["in_error"], content["joined"]
    yield ScheduledEvent(double["on"], AFTER_HOUR, partial(_record_twice, loaded, double))
    yield ScheduledEvent(double["closed_on"], AFTER_HOUR, partial(_close_in_error, loaded, double))
    yield ScheduledEvent(joined["on"], AFTER_HOUR, partial(_join, loaded, joined))
    for referral in content["referral"]:
        yield ScheduledEvent(referral["on"], AFTER_HOUR, partial(_refer, loaded, referral))
        if "answer" in referral:
            yield ScheduledEvent(referral["answered_on"], AFTER_HOUR, partial(_answer, loaded, referral))
    for lesson in content["lesson"]:
        yield ScheduledEvent(lesson["on"], AFTER_HOUR, partial(_recommend, loaded, lesson))
        yield ScheduledEvent(lesson["actions_on"], AFTER_HOUR, partial(_add_actions, loaded, lesson))


def _meeting_events(loaded: LoadedBoard, planned: Table) -> Iterator[ScheduledEvent]:
    held_on = read_rules()["meetings"][planned["number"]]
    due_on = on_or_before(held_on - PROPOSALS_DUE)
    deaths = [death for death in planned_deaths() if death.meeting == planned["number"]]
    members = panel_content()["members"][: planned["members"]]
    numbers = [death.number for death in deaths]
    yield ScheduledEvent(
        planned["planned_on"],
        PLAN_HOUR,
        partial(_plan, loaded, (held_on, due_on, planned["note"], Way.BLIND.value), members, numbers),
    )
    for at, email in enumerate(members):
        on = on_or_after(held_on - FIRST_PROPOSES + timedelta(days=2 * at))
        for death in deaths:
            if not _has_interest(death.number, email, on):
                yield ScheduledEvent(on, PROPOSE_HOUR, partial(_propose, loaded, held_on, death, email))
    yield ScheduledEvent(
        on_or_before(held_on - timedelta(days=1)), CLOSE_HOUR, partial(_close, loaded, held_on)
    )
    yield ScheduledEvent(held_on, MEET_HOUR, partial(_meet, loaded, held_on, deaths))


def _next_meeting_events(loaded: LoadedBoard, coming: Table) -> Iterator[ScheduledEvent]:
    held_on, members = coming["due_held_on"], panel_content()["members"]
    facts = (held_on, coming["due_proposals_on"], coming["note"], Way.DRAFT.value)
    yield ScheduledEvent(
        coming["planned_on"], PLAN_HOUR, partial(_plan, loaded, facts, members, coming["cases"])
    )
    yield ScheduledEvent(coming["planned_on"], INTEREST_HOUR, partial(_name_drafters, loaded, coming))
    by_number = {death.number: death for death in planned_deaths()}
    for drafted in coming["drafted"]:
        email = members[drafted["by"]] if "by" in drafted else panel_content()["coordinator"]
        run = partial(_draft, loaded, held_on, by_number[drafted["case"]], drafted["reasons"], email)
        yield ScheduledEvent(drafted["on"], PROPOSE_HOUR, run)
    for said in coming["comment"]:
        run = partial(_comment, loaded, held_on, said, members[said["by"]])
        yield ScheduledEvent(said["on"], COMMENT_HOUR, run)


def _interest_events(loaded: LoadedBoard, interest: Table) -> Iterator[ScheduledEvent]:
    email = panel_content()["members"][interest["member"]]
    yield ScheduledEvent(interest["on"], INTEREST_HOUR, partial(_declare, loaded, interest, email))
    if "lifted_on" in interest:
        yield ScheduledEvent(interest["lifted_on"], INTEREST_HOUR, partial(_lift, loaded, interest, email))


def _has_interest(number: str, email: str, on: date) -> bool:
    return any(
        interest["case"] == number
        and panel_content()["members"][interest["member"]] == email
        and interest["on"] <= on
        and not ("lifted_on" in interest and interest["lifted_on"] < on)
        for interest in panel_content()["interest"]
    )


def _coordinator(loaded: LoadedBoard) -> Viewer:
    return loaded.viewer(panel_content()["coordinator"])


def _meeting(held_on: date) -> PanelMeeting:
    return PanelMeeting.get(PanelMeeting.held_on == held_on)


def _panel_case(held_on: date, number: str) -> PanelCase:
    return PanelCase.get(PanelCase.meeting == _meeting(held_on), PanelCase.death == case(number))


def _plan(
    loaded: LoadedBoard, facts: tuple[date, date, str, str], members: list[str], numbers: list[str]
) -> None:
    coordinator = _coordinator(loaded)
    meeting = plan_meeting(coordinator, *facts)
    for email in members:
        seat_member(coordinator, meeting, loaded.people[email])
    for number in numbers:
        add_case(coordinator, meeting, case(number))


def _declare(loaded: LoadedBoard, interest: Table, email: str) -> None:
    declare_interest(loaded.viewer(email), case(interest["case"]), loaded.people[email], interest["nature"])


def _lift(loaded: LoadedBoard, interest: Table, email: str) -> None:
    row = Interest.get(Interest.death == case(interest["case"]), Interest.user == loaded.people[email])
    lift_interest(_coordinator(loaded), row, interest["lifted_why"], row.version)


def _propose(loaded: LoadedBoard, held_on: date, death: PlannedDeath, email: str) -> None:
    propose(loaded.viewer(email), _panel_case(held_on, death.number), proposal_of(death, email))


def _name_drafters(loaded: LoadedBoard, coming: Table) -> None:
    members, held_on = panel_content()["members"], coming["due_held_on"]
    named = {
        _panel_case(held_on, number).id: loaded.people[members[each["by"]]].id
        for each in coming["named"]
        for number in each["cases"]
    }
    name_drafters(_coordinator(loaded), _meeting(held_on), named)


def _draft(loaded: LoadedBoard, held_on: date, death: PlannedDeath, reasons: str, email: str) -> None:
    judgement = proposal_of(death, "")
    save_draft(loaded.viewer(email), _panel_case(held_on, death.number), judgement, reasons)


def _comment(loaded: LoadedBoard, held_on: date, said: Table, email: str) -> None:
    case_there = _panel_case(held_on, said["case"])
    comment(loaded.viewer(email), case_there, said["text"], has_nothing_to_add=not said["text"])


def proposal_of(death: PlannedDeath, email: str) -> Judgement:
    """Return what one member proposes: mostly what the panel decides, now and then something near it.

    Who differs, and in what, follows from the case and the member.
    """
    seed = zlib.crc32(f"{death.number} {email}".encode())
    status = death.status or (IDENTIFIED if can_be_modified(death.kind) else NONE)
    own = judgement_of(replace(death, status=status))
    if seed % 6 == 0 and "doubt" in death.kind:
        own = replace(own, categories=frozenset({death.kind["doubt"]}))
    if seed % 5 == 1:
        other = INSUFFICIENT if status == NONE else NONE
        reason = words_for("proposed", death, seed % 7)
        own = replace(own, status=other, status_reason=reason, factors=factors_of(death.kind, False))
    elif seed % 4 == 0 and len(own.factors) > 1:
        own = replace(own, factors=own.factors[:-1], learning="")
    return own


def _close(loaded: LoadedBoard, held_on: date) -> None:
    meeting = _meeting(held_on)
    close_proposals(_coordinator(loaded), meeting, meeting.version)


def _meet(loaded: LoadedBoard, held_on: date, deaths: list[PlannedDeath]) -> None:
    """Record who is there, and then decide case after case."""
    coordinator, meeting = _coordinator(loaded), _meeting(held_on)
    for present in panel_content()["present"]:
        record_attendance(coordinator, meeting, loaded.agencies[present["agency"]], present["post"])
    correction = panel_content()["correction"]
    for death in deaths:
        judgement, reasons = judgement_of(death), words_for("reasons", death)
        if death.number == correction["case"]:
            judgement = Judgement(frozenset(correction["first_categories"]), correction["first_status"])
            reasons = correction["first_reason"]
        decide(coordinator, _panel_case(held_on, death.number), judgement, reasons, held_on)


def _correct(loaded: LoadedBoard, correction: Table) -> None:
    death = next(death for death in planned_deaths() if death.number == correction["case"])
    row = case(death.number)
    correct(
        _coordinator(loaded),
        row,
        judgement_of(death),
        words_for("reasons", death),
        death.reviewed_on,
        correction["why"],
        row.decision_number,
    )


def _record_twice(loaded: LoadedBoard, double: Table) -> None:
    facts = replace(facts_of(case(double["case"])), case_number=double["number"])
    record_death(_coordinator(loaded), facts, are_duplicates_seen=True)


def _close_in_error(loaded: LoadedBoard, double: Table) -> None:
    facts = ErrorFacts("duplicate", double["why"], double["case"])
    close_in_error(_coordinator(loaded), case(double["number"]), facts)


def _join(loaded: LoadedBoard, joined: Table) -> None:
    kept = Lesson.get(Lesson.death == case(joined["lesson"])).recommendation
    join(_coordinator(loaded), case(joined["case"]), kept)


def _refer(loaded: LoadedBoard, referral: Table) -> None:
    row = case(referral["case"])
    record_referral(_coordinator(loaded), row, referral["referred"], referral["reason"], referral["on"])


def _answer(loaded: LoadedBoard, referral: Table) -> None:
    row = Referral.get(Referral.death == case(referral["case"]))
    chair = loaded.viewer(panel_content()["chair"])
    answer_referral(chair, row, referral["outcome"], referral["answer"], referral["answered_on"])


def _recommend(loaded: LoadedBoard, lesson: Table) -> None:
    facts = RecommendationFacts(
        lesson["text"], lesson["outcome"], lesson["addressed_to"], loaded.theme_ids(lesson["themes"])
    )
    recommend(_coordinator(loaded), case(lesson["case"]), facts)


def _add_actions(loaded: LoadedBoard, lesson: Table) -> None:
    """Add actions to what was learnt, by the manager, as to any recommendation."""
    kept = Lesson.get(Lesson.death == case(lesson["case"])).recommendation
    manager = loaded.viewer(panel_content()["manager"])
    for each in lesson["actions"]:
        agency = loaded.agencies[each["agency"]]
        facts = ActionFacts(each["text"], each["measure"], each["due"])
        add_actions(manager, kept, [agency], facts, {agency.id: loaded.lead_of(each["agency"])})
