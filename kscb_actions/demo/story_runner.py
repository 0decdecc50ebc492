"""Running one step of a story through the services."""

import io
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from kscb_actions.access.policy import Viewer
from kscb_actions.actions.extensions import ask_extension, change_due_date, decide_extension, open_request
from kscb_actions.actions.models import Action
from kscb_actions.actions.service import set_standing, update_progress
from kscb_actions.assurance.checking import reopen
from kscb_actions.assurance.models import Submission
from kscb_actions.assurance.queries import usable_evidence, waiting_submission
from kscb_actions.assurance.rules import EvidenceFacts
from kscb_actions.assurance.service import Upload, add_evidence, decide, report_done, withdraw_evidence
from kscb_actions.files.store import EvidenceStore
from kscb_actions.people.models import Agency, User

from .content import Content
from .files import EvidenceFileFacts, make_files
from .story_builder import Operation, Plot, StoryStep

Payload = Mapping[str, Any]


class LoadedBoard:
    """Hold who and what has been loaded so far, by the names the content uses."""

    def __init__(self, content: Content, store: EvidenceStore) -> None:
        self.store = store
        self.agencies: dict[str, Agency] = {}
        self.people: dict[str, User] = {}
        self.themes: dict[str, int] = {}
        self.actions: dict[str, int] = {}
        self.since = {person.email: person.since for person in content.people}
        self._leads = {person.agency: person.email for person in content.people if person.leads}

    def viewer(self, email: str) -> Viewer:
        """Return the person with this address, as the policy sees them."""
        return self.people[email].viewer

    def lead_of(self, code: str) -> User:
        """Return who leads the actions of the agency with this code, unless an action names another."""
        return self.people[self._leads[code]]

    def theme_ids(self, codes: Iterable[str]) -> tuple[int, ...]:
        """Return the ids of these themes."""
        return tuple(self.themes[code] for code in codes)


def run_step(loaded: LoadedBoard, plot: Plot, step: StoryStep) -> None:
    """Do what the step says, as the person it names, on the action as it is now."""
    action = Action.get_by_id(loaded.actions[plot.key])
    OPERATIONS[step.operation](loaded, plot, loaded.viewer(step.by), action, step.payload)


def _update(loaded: LoadedBoard, plot: Plot, viewer: Viewer, action: Action, payload: Payload) -> None:
    update_progress(viewer, action, payload["progress"], payload["narrative"])


def _add_evidence(loaded: LoadedBoard, plot: Plot, viewer: Viewer, action: Action, payload: Payload) -> None:
    facts = EvidenceFacts(payload["kind"], payload["dated_on"], payload["description"])
    file_facts = EvidenceFileFacts(
        kind=facts.kind,
        title=facts.description,
        reference=plot.key,
        agency=action.agency.name,
        measure=action.success_measure,
        dated_on=payload["dated_on"],
    )
    uploads = [Upload(name, io.BytesIO(data)) for name, data in make_files(file_facts)]
    add_evidence(viewer, loaded.store, action, facts, uploads)


def _withdraw(loaded: LoadedBoard, plot: Plot, viewer: Viewer, action: Action, payload: Payload) -> None:
    withdraw_evidence(viewer, usable_evidence(action)[payload["index"]], payload["reason"])


def _report_done(loaded: LoadedBoard, plot: Plot, viewer: Viewer, action: Action, payload: Payload) -> None:
    report_done(viewer, action, payload["narrative"])


def _decide(loaded: LoadedBoard, plot: Plot, viewer: Viewer, action: Action, payload: Payload) -> None:
    decide(viewer, _waiting(action), payload["accepted"], payload["reason"])


def _reopen(loaded: LoadedBoard, plot: Plot, viewer: Viewer, action: Action, payload: Payload) -> None:
    reopen(viewer, action, payload["reason"])


def _waiting(action: Action) -> Submission:
    submission = waiting_submission(action)
    if submission is None:
        raise LookupError("nothing waits for a decision")
    return submission


def _ask(loaded: LoadedBoard, plot: Plot, viewer: Viewer, action: Action, payload: Payload) -> None:
    ask_extension(viewer, action, payload["due_on"], payload["reason"])


def _answer(loaded: LoadedBoard, plot: Plot, viewer: Viewer, action: Action, payload: Payload) -> None:
    request = open_request(action)
    if request is None:
        raise LookupError("no request for more time waits for an answer")
    decide_extension(viewer, request, payload["agreed"], payload["reason"])


def _change_due_date(
    loaded: LoadedBoard, plot: Plot, viewer: Viewer, action: Action, payload: Payload
) -> None:
    change_due_date(viewer, action, payload["due_on"], payload["reason"])


def _set_standing(loaded: LoadedBoard, plot: Plot, viewer: Viewer, action: Action, payload: Payload) -> None:
    set_standing(viewer, action, payload["standing"], payload["reason"])


OPERATIONS: dict[Operation, Callable[[LoadedBoard, Plot, Viewer, Action, Payload], None]] = {
    Operation.UPDATE: _update,
    Operation.ADD_EVIDENCE: _add_evidence,
    Operation.WITHDRAW_EVIDENCE: _withdraw,
    Operation.REPORT_DONE: _report_done,
    Operation.DECIDE: _decide,
    Operation.REOPEN: _reopen,
    Operation.ASK_EXTENSION: _ask,
    Operation.DECIDE_EXTENSION: _answer,
    Operation.CHANGE_DUE_DATE: _change_due_date,
    Operation.SET_STANDING: _set_standing,
}
