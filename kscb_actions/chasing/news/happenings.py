"""What an event of the audited write path is, as the rule of who is told of it needs it."""

from collections.abc import Callable, Iterable
from typing import Any

from kscb_actions.actions.another_way.models import AnotherWay
from kscb_actions.actions.models import Action, Extension, JointOwner, facts_of
from kscb_actions.actions.rules import DATE_CORRECTED, is_open
from kscb_actions.assurance.challenges.models import Challenge, ChallengeStep
from kscb_actions.assurance.challenges.queries import named_on, taken_part
from kscb_actions.assurance.challenges.rules import Level, is_above_subgroup
from kscb_actions.assurance.models import AssuranceDecision, CheckQuestion
from kscb_actions.audit.service import Told
from kscb_actions.database import Model
from kscb_actions.prepared import prepared

from .rules import OF_STANDING, TO_JOINT, Happening, Kind

DECISIONS = {"returned": Kind.RETURNED, "accepted": Kind.ACCEPTED, "reopened": Kind.REOPENED}
STEPS = {
    "raised": Kind.CHALLENGED,
    "escalated": Kind.CHALLENGED,
    "answered": Kind.CHALLENGE_ANSWERED,
    "closed": Kind.CHALLENGE_CLOSED,
}
JOINT = {
    "joint-owner.added": Kind.SHARED,
    "joint-owner.contact-changed": Kind.SHARED,
    "joint-owner.led-before": Kind.LED_BY_ANOTHER,
}
# Who led it shares it afterwards, and hears that another leads it.
STAYS_SHARED = "action.lead-agency-changed"
STANDING_CHANGED = "action.standing-changed"
SHARING_ENDED = "joint-owner.ended"
RESTORED = "action.restored"
# By these the lead hears of the date already, as part of something else.
TELL_OF_DATE = frozenset({"action.extended", "action.reopened", DATE_CORRECTED})


def also_news(model: type[Model], made: Callable[[int | None, Told], Iterable[Happening]]) -> None:
    """Let events of a room above be news: `made` says what one of its rows' events is, and for whom."""
    MADE_OF[model] = made


def happenings_of(actor_id: int | None, told: Told) -> tuple[Happening, ...]:
    """Return what an event is that somebody did: nothing where it is news to nobody, or one thing or more.

    Whoever hears of the first does not hear of the next.
    """
    made = MADE_OF.get(type(told.row))
    return tuple(made(actor_id, told)) if made else ()


def of_action(
    kind: Kind, actor_id: int | None, action: Action, concerned: frozenset[int] = frozenset()
) -> Happening:
    """Return that something of a kind happened to an action."""
    named = named_on(action.review)
    rows = _joint_of(action=action.id) if kind in TO_JOINT else ()
    # Who leads it from now on may share it a moment longer.
    joint = frozenset((agency, contact) for agency, contact in rows if agency != action.agency_id)
    return Happening(kind, action.agency_id, actor_id, action.lead_id, concerned, named, joint=joint)


def handed_over(
    actor_id: int | None, action: Action, agency_was: int, lead_was: int | None
) -> tuple[Happening, ...]:
    """Return that another leads an action from now on: for who led it, and for who leads it."""
    if (agency_was, lead_was) == (action.agency_id, action.lead_id):
        return ()
    goes_to = of_action(Kind.HANDED_OVER, actor_id, action)
    if agency_was == action.agency_id and lead_was is None:
        return (goes_to,)
    leaves = Happening(Kind.HANDED_AWAY, agency_was, actor_id, lead_was, named=goes_to.named)
    return leaves, goes_to


def of_challenge(kind: Kind, actor_id: int | None, challenge: Challenge) -> Happening:
    """Return that something of a kind happened to a challenge."""
    level, asked_at = Level(challenge.level), frozenset[Level]()
    decides = kind in (Kind.CHALLENGE_ANSWERED, Kind.CHALLENGE_AT_LEVEL)
    concerned = set() if kind in (Kind.CHALLENGED, Kind.CHALLENGE_AT_LEVEL) else {challenge.raised_by_id}
    if kind is Kind.CHALLENGE_CLOSED:
        asked_at, answered = taken_part(challenge)
        concerned |= answered
    return Happening(
        kind=kind,
        agency_id=challenge.agency_id,
        actor_id=actor_id,
        lead_id=challenge.action.lead_id if challenge.action_id else None,
        concerned=frozenset(concerned),
        named=named_on(challenge.review),
        level=level,
        asked_at=asked_at,
        others=challenge.owners.former if decides else frozenset(),
    )


def challenged(actor_id: int | None, challenge: Challenge) -> tuple[Happening, ...]:
    """Return that a challenge is put to an agency, and that it is where others decide than it was before."""
    asked = of_challenge(Kind.CHALLENGED, actor_id, challenge)
    if not is_above_subgroup(asked.level):
        return (asked,)
    return asked, of_challenge(Kind.CHALLENGE_AT_LEVEL, actor_id, challenge)


@prepared
def _joint_of(*, action: Any) -> Any:
    now = (JointOwner.action == action) & JointOwner.ended_at.is_null()
    return JointOwner.select(JointOwner.agency, JointOwner.contact).where(now).tuples()


def _from_joint(actor_id: int | None, told: Told) -> Iterable[Happening]:
    kind, row = JOINT.get(told.event), told.row
    if kind is not None:
        own = frozenset({(row.agency_id, row.contact_id)})
        yield of_action(kind, actor_id, row.action)._replace(joint=own)
    if told.event == SHARING_ENDED:
        named = named_on(row.action.review)
        yield Happening(Kind.SHARED_NO_MORE, row.agency_id, actor_id, row.contact_id, named=named)


def _from_action(actor_id: int | None, told: Told) -> Iterable[Happening]:
    action, before = told.row, told.before
    # What was over before it was recorded here is no news to anybody.
    if told.event == "action.added" and is_open(facts_of(action)):
        yield of_action(Kind.NEW_ACTION, actor_id, action)
    if not before:
        return
    handed = handed_over(actor_id, action, before["agency_id"], before["lead_id"])
    yield from handed[-1:] if told.event == STAYS_SHARED else handed
    stands = OF_STANDING.get(action.standing)
    if told.event == STANDING_CHANGED and before["standing"] != action.standing and stands:
        yield of_action(stands, actor_id, action)
    if told.event == DATE_CORRECTED:
        yield of_action(Kind.DATE_PUT_RIGHT, actor_id, action)
    if told.event == RESTORED:
        yield of_action(Kind.BROUGHT_BACK, actor_id, action)
    is_first_date = before["current_due_on"] is None and action.current_due_on is not None
    if is_first_date and told.event not in TELL_OF_DATE:
        yield of_action(Kind.DATE_SET, actor_id, action)


def _from_decision(actor_id: int | None, told: Told) -> Iterable[Happening]:
    is_earlier = told.before or told.row.record_id
    kind = None if is_earlier else DECISIONS.get(told.row.decision)
    if kind is not None:
        yield of_action(kind, actor_id, told.row.action, frozenset({told.row.submission.by_id}))


def _from_another_way(actor_id: int | None, told: Told) -> Iterable[Happening]:
    asked = told.row
    said_by = frozenset({asked.answers.by_id}) if asked.answers_id else frozenset()
    yield of_action(Kind.ANOTHER_WAY, actor_id, asked.action, said_by)


def _from_question(actor_id: int | None, told: Told) -> Iterable[Happening]:
    question = told.row
    if told.event == "question.asked":
        yield of_action(Kind.ASKED, actor_id, question.action, frozenset({question.to_id}))
    if told.event == "question.answered":
        yield of_action(Kind.ANSWERED, actor_id, question.action, frozenset({question.asked_by_id}))


def _from_extension(actor_id: int | None, told: Told) -> Iterable[Happening]:
    extension = told.row
    was_decided = bool(told.before) and told.before["decided_at"] is not None
    if extension.decided_at is not None and not was_decided:
        yield of_action(Kind.MORE_TIME, actor_id, extension.action, frozenset({extension.asked_by_id}))


def _from_step(actor_id: int | None, told: Told) -> Iterable[Happening]:
    kind = None if told.before else STEPS.get(told.row.kind)
    if kind is Kind.CHALLENGED:
        yield from challenged(actor_id, told.row.challenge)
    elif kind is not None:
        yield of_challenge(kind, actor_id, told.row.challenge)


MADE_OF: dict[type[Model], Callable[[int | None, Told], Iterable[Happening]]] = {
    Action: _from_action,
    AnotherWay: _from_another_way,
    AssuranceDecision: _from_decision,
    CheckQuestion: _from_question,
    Extension: _from_extension,
    JointOwner: _from_joint,
    ChallengeStep: _from_step,
}
