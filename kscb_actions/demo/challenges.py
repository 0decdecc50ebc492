"""The Board's challenges in the demonstration: asked, answered, taken higher and closed on their days."""

from collections.abc import Iterator
from functools import partial

from kscb_actions.access.policy import SYSTEM
from kscb_actions.actions.models import Action
from kscb_actions.actions.queries import get_action
from kscb_actions.assurance.challenges.models import Challenge
from kscb_actions.assurance.challenges.queries import get_challenge
from kscb_actions.assurance.challenges.service import (
    Subject,
    answer_challenge,
    close_challenge,
    escalate_challenge,
    raise_challenge,
)

from .content import FOLDER, Table, parse_file
from .schedule import ScheduledEvent
from .story_runner import LoadedBoard

CHALLENGE_HOUR = 15


def challenge_events(loaded: LoadedBoard, base_url: str) -> Iterator[ScheduledEvent]:
    """Yield each step of each challenge; links in the messages begin with `base_url`."""
    made: dict[int, int] = {}
    for number, planned in enumerate(planned_challenges()):
        for step in planned["step"]:
            run = partial(_run, loaded, planned, step, number, made, base_url)
            yield ScheduledEvent(step["on"], CHALLENGE_HOUR, run)


def planned_challenges() -> list[Table]:
    """Return the challenges as the content has them."""
    found: list[Table] = parse_file(FOLDER / "challenges.toml")["challenge"]
    return found


def _run(
    loaded: LoadedBoard, planned: Table, step: Table, number: int, made: dict[int, int], base_url: str
) -> None:
    viewer, text = loaded.viewer(step["by"]), step["text"]
    if step["kind"] == "raised":
        subject = _subject(loaded, planned)
        made[number] = raise_challenge(viewer, subject, step["level"], text, step["due_on"], base_url).id
        return
    challenge = _kept(made[number])
    if step["kind"] == "answered":
        answer_challenge(viewer, challenge, text, challenge.version, base_url)
    elif step["kind"] == "escalated":
        escalate_challenge(viewer, challenge, text, step["due_on"], challenge.version, base_url)
    else:
        close_challenge(viewer, challenge, step["outcome"], text, challenge.version, base_url)


def _subject(loaded: LoadedBoard, planned: Table) -> Subject:
    agency, action = loaded.agencies[planned["agency"]], _action(planned.get("action", ""))
    recommendation = action.recommendation if action else None
    return Subject(agency, action, recommendation, planned.get("paper_as_at"))


def _action(reference: str) -> Action | None:
    if not reference:
        return None
    review, _, number = reference.partition("/A")
    found = get_action(SYSTEM, review, int(number))
    if found is None:
        raise LookupError(f"there is no action {reference}")
    return found


def _kept(challenge_id: int) -> Challenge:
    found = get_challenge(SYSTEM, challenge_id)
    if found is None:
        raise LookupError(f"there is no challenge {challenge_id}")
    return found
