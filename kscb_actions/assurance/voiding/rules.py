"""When what was recorded by mistake may be marked void or put right. Plain values in, reasons out."""

import re
from collections.abc import Collection

from kscb_actions.access.policy import Verdict
from kscb_actions.terms import LazyText, say, say_later
from kscb_actions.text import LONGEST_REASON, why_too_long

# What a manager does while recording: none of these is somebody acting on what was recorded.
RECORDING = frozenset(
    {
        "action.added",
        "action.agency-corrected",
        "action.carried-forward",
        "action.changed",
        "action.date-corrected",
        "action.handed-over",
        "action.restored",
        "action.standing-changed",
        "action.past-entered",
        "action.voided",
        "challenge.corrected",
        "challenge.restored",
        "challenge.voided",
        "earlier-record.entered",
        "earlier-record.put-right",
        "joint-owner.added",
        "joint-owner.contact-changed",
        "joint-owner.ended",
        "owner-name.remembered",
        "plan-cell.put-right",
        "plan-layout.remembered",
        "plan-row.changed",
        "plan-row.kept",
        "plan-row.owner-found",
        "plan.read",
        "plan.taken-in",
        "recommendation.added",
        "recommendation.answer-asked",
        "recommendation.answer-not-asked",
        "recommendation.brought-back",
        "recommendation.carried-forward",
        "recommendation.changed",
        "recommendation.restored",
        "recommendation.theme-added",
        "recommendation.theme-removed",
        "recommendation.voided",
        "recommendation.withdrawn",
        "review.changed",
        "review.paper-added",
        "review.paper-discarded",
        "review.paper-found-damaged",
        "review.paper-kept",
        "review.paper-opened",
        "review.paper-reader-ended",
        "review.paper-reader-named",
        "review.paper-taken-in",
        "review.paper-withdrawn",
        "review.clock-met",
        "review.clock-moved",
        "review.clock-removed",
        "review.clock-started",
        "review.held",
        "review.hold-lifted",
        "review.person-named",
        "review.person-unnamed",
        "review.recorded",
        "review.restored",
        "review.stage-corrected",
        "review.stage-dated",
        "review.stage-put-right",
        "review.stage-reached",
        "review.stage-taken-back",
        "review.theme-added",
        "review.theme-removed",
        "review.voided",
        "submission.accepted-in-records",
        "submission.accepted-in-records-put-right",
        "submission.in-records",
        "submission.in-records-put-right",
    }
)
# Raising a challenge, and putting it right: none is somebody acting on the challenge itself.
OF_RAISING = frozenset(
    {
        "challenge.corrected",
        "challenge.opened",
        "challenge.raised",
        "challenge.restored",
        "challenge.transferred",
        # A step tells of each of these.
        "challenge.updated",
        "challenge.voided",
    }
)
# What the Board or the clock did, or the agency only read, which does not bind it to what is not its own.
NOT_OF_AGENCY = frozenset(
    {"news.seen", "action.chased", "action.extended", "extension.made", "mail.item-named", "report.exported"}
)
# What has happened, in words, by how the names of its events begin; what is of no kind comes last.
KINDS_OF_ACT: tuple[tuple[tuple[str, ...], str | LazyText], ...] = (
    (("action.updated", "action.progress-told"), "An agency has reported progress."),
    (("acknowledgement.",), "An agency has said by when it does it."),
    (("evidence.",), "Evidence was attached."),
    (("submission.made", "submission.evidence", "action.reported"), "An agency has reported it done."),
    (
        ("submission.", "question.", "action."),
        say_later("The Board or the agency has acted on what was reported."),
    ),
    (("extension.", "action.extended"), "More time was asked for, or the due date was changed."),
    (("challenge.answered",), "An agency has answered a challenge."),
    (("challenge.escalated", "challenge.closed"), say_later("The Board has decided on a challenge.")),
    (("challenge.letter-made",), "The letter of a challenge was made."),
    (("challenge.",), "An agency was challenged."),
    (("recommendation.answered",), "An agency has answered the recommendation."),
    (
        ("mail.", "action.chased", "challenge.chased", "recommendation.answer-chased", "review.clock-chased"),
        "Somebody was sent a message about it.",
    ),
    (("news.",), "Its agency has opened it, or seen the news of it."),
    (("report.",), "A paper about it was taken."),
    (("",), "Something else has happened to it."),
)
SAY_WHY = "Say why: somebody has acted on it since it was recorded."
SAY_WHY_BACK = "Say why it is brought back."
# What stands in a message in the place of what is void.
IN_MAIL = "(recorded in error)"


def acts(events: Collection[str]) -> list[str]:
    """Return those events by which somebody has acted on what was recorded, and that its agency saw it."""
    return sorted(set(events) - RECORDING)


def acts_in_words(events: Collection[str]) -> list[str]:
    """Return by what somebody has acted on what was recorded, a sentence for each kind of act."""
    kinds = {_kind_of(event) for event in acts(events)}
    return [say(words) for place, (_, words) in enumerate(KINDS_OF_ACT) if place in kinds]


def _kind_of(event: str) -> int:
    """Return the place of the kind of which an event is: that with the longest beginning of its name."""
    fitting = [
        (len(name), -place)
        for place, (names, _) in enumerate(KINDS_OF_ACT)
        for name in names
        if event.startswith(name)
    ]
    return -max(fitting)[1]


def acts_of_agency(events: Collection[str]) -> list[str]:
    """Return those events after which the agency of an action stays: what it did, or was asked by name."""
    return sorted(set(events) - RECORDING - NOT_OF_AGENCY)


def problems_with_voiding(reason: str, events: Collection[str]) -> dict[str, str]:
    """Return {"reason": message} where a reason is needed, for somebody has acted, or is too long."""
    if not reason:
        return {"reason": SAY_WHY} if acts(events) else {}
    return _too_long(reason)


def problems_with_restoring(reason: str, void_above: str) -> dict[str, str]:
    """Return {field: message} for why something void cannot be brought back.

    `void_above`: what it belongs to that is void itself, such as "review"; "" where none is.
    """
    if void_above:
        return {"above": f"Its {void_above} is marked as recorded in error. Bring that back first."}
    return {"reason": SAY_WHY_BACK} if not reason else _too_long(reason)


def why_agency_stays(events: Collection[str], is_accepting: bool = True) -> str | None:
    """Return why the agency of an action cannot be changed any more, and what to do; None while it can.

    `is_accepting`: its recommendation stands, so that another agency may be given an action for it.
    """
    if acts_of_agency(events):
        return (
            "The agency has acted on this action, so it stays with it. Where another agency has taken its "
            "work over, hand the action to that one. Where it was recorded for the wrong agency, mark it as "
            "recorded in error and record it anew."
        )
    if not is_accepting:
        return "Its recommendation has ended. Bring the recommendation back first."
    return None


def can_void_challenge(is_raiser: bool, is_manager: bool, is_acted_on: bool) -> Verdict:
    """Return whether somebody may mark a challenge as recorded in error.

    Who raised it may while nobody has acted on it, the board manager always.
    """
    if is_manager or (is_raiser and not is_acted_on):
        return Verdict(True, "")
    if is_raiser:
        return Verdict(
            False, say("Somebody has acted on it since, so the board manager marks it, with a reason.")
        )
    return Verdict(False, say("Who raised it, or the board manager, marks it as recorded in error."))


def without(text: str, names: Collection[str], links: Collection[str]) -> str:
    """Return the text of a message without what is void: words for each of its names, nothing for its links.

    names  references of reviews, actions and challenges, as people write them
    links  how the addresses of their pages begin, after the name of the host
    """
    for link in links:
        text = re.sub(rf"\S*{re.escape(link)}(?![\w-])\S*", "", text)
    # The longest first: the reference of a review begins those of its actions.
    for name in sorted(names, key=len, reverse=True):
        text = re.sub(rf"(?<![\w-]){re.escape(name)}(?![\w-])", IN_MAIL, text)
    return text


def _too_long(reason: str) -> dict[str, str]:
    too_long = why_too_long(reason, LONGEST_REASON)
    return {"reason": too_long} if too_long else {}
