"""The timeline of one action: what the audit trail holds of it, in words, newest first. Plain values.

One change often leaves several events (the action, the update, the evidence bound to it); the timeline has
one entry for it. An event without a description has an entry under its own name, so that none is left out.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from kscb_actions.actions.earlier.rules import READING_NAMES, Reading, days_of, in_words
from kscb_actions.actions.earlier.rules import Outcome as EarlierOutcome
from kscb_actions.actions.rules import DECISION_TAKEN_BACK, ENTRY_VOIDED, PROGRESS_NAMES, Progress, Standing
from kscb_actions.terms import say, say_all
from kscb_actions.wording import date_uk

from ..challenges.rules import LEVEL_NAMES, OUTCOME_NAMES, Level, Outcome
from ..rules import EVIDENCE_KIND_NAMES, EvidenceKind
from .rules import Description, TimelineEntry, TimelineNames, TrailEvent

# Another event of the same change has the entry; who opened a file is for the audit trail alone.
NOT_SHOWN = frozenset(
    {
        "evidence.leftovers-removed",
        "action.updated",
        "action.reported-done",
        "action.accepted",
        "action.returned",
        "action.reopened",
        "action.taken-back",
        "action.asked-about",
        "action.sent-back",
        DECISION_TAKEN_BACK,
        "action.answered-about",
        "action.extended",
        # The record itself has the entry.
        "action.past-entered",
        "submission.in-records",
        "submission.accepted-in-records",
        "submission.in-records-put-right",
        "submission.accepted-in-records-put-right",
        "joint-owner.became-leading",
        "joint-owner.led-before",
        "joint-owner.took-part",
        # The correction of the action's own date has the entry.
        "extension.date-corrected",
        "evidence.file-kept",
        "evidence.opened",
        "evidence.erasure-agreed",
        "evidence.erasure-finished",
        "submission.evidence-bound",
        "challenge.opened",
        "challenge.updated",
        "challenge.transferred",
        "challenge.letter-made",
        # Who was told is told by the challenge's page, as what it asks is.
        "challenge.corrected",
        "challenge.restored",
        "challenge.voided",
        # What they tell of is gone; the action's own event has the entry.
        "progress.voided",
        "extension.voided",
        # What a message about the action is about; who is told of what is for the audit trail.
        "mail.item-named",
        # The log of reminders has the entry.
        "action.chased",
    }
)


def timeline_of(
    events: Sequence[TrailEvent],
    people: Mapping[int, str],
    file_names: Mapping[int, str],
    source: str = "",
) -> list[TimelineEntry]:
    """Return the timeline, newest first, of an action's events (oldest first).

    `people` is {id: post}. `file_names` is {file id: what it is called now}: an earlier trail holds the names
    of files, and those of erased ones must not be read from there. `source`: what its earlier records are.
    """
    names = replace(_names(events, people, file_names), source=source)
    entries = []
    for event in events:
        if event.code not in NOT_SHOWN and not _is_done_update(event) and not _is_free_of_trace(event):
            description = DESCRIBERS.get(event.code, _unknown)(event, names)
            about = (event.kind, event.object_id)
            told = (description.title, event.at, event.by, description.text, description.detail, about)
            entries.append(TimelineEntry(*told))
    return entries[::-1]


def _names(
    events: Sequence[TrailEvent], people: Mapping[int, str], file_names: Mapping[int, str]
) -> TimelineNames:
    evidence: dict[int, str] = {}
    files: dict[int, list[str]] = {}
    bound: dict[int, list[int]] = {}
    for event in events:
        if event.code == "evidence.added" and event.object_id:
            evidence[event.object_id] = event.state["description"]
        elif event.code == "evidence.file-kept":
            files.setdefault(event.state["evidence_id"], []).append(file_names[event.object_id or 0])
        elif event.code == "submission.evidence-bound":
            bound.setdefault(event.state["submission_id"], []).append(event.state["evidence_id"])
    return TimelineNames(people, evidence, files, bound, file_names)


def _is_done_update(event: TrailEvent) -> bool:
    return event.code == "action.progress-told" and event.state["progress"] == Progress.DONE


def _is_free_of_trace(event: TrailEvent) -> bool:
    """Return whether it marks an entry as recorded in error on which nobody had acted."""
    return event.code == ENTRY_VOIDED and not event.detail["reason"]


def _added(event: TrailEvent, names: TimelineNames) -> Description:
    lead = names.people.get(event.state["lead_id"] or 0, "nobody yet")
    return Description("Action recorded", "", (("Due", _day(event.state["current_due_on"])), ("Lead", lead)))


_EDITED = {"text": "Action", "success_measure": "Success measure", "lead_id": "Lead", "current_due_on": "Due"}


def _changed(event: TrailEvent, names: TimelineNames) -> Description:
    detail = []
    for column, label in _EDITED.items():
        if column in event.changes:
            old, new = (_value(column, each, names) for each in event.changes[column])
            detail += [(label, new), (f"{label} before", old)]
    return Description("Action edited", "", tuple(detail))


def _handed_over(event: TrailEvent, names: TimelineNames) -> Description:
    return Description("Handed over to another lead", "", _changed(event, names).detail)


def _transferred(event: TrailEvent, names: TimelineNames) -> Description:
    told = event.detail
    before, after = event.changes.get("lead_id") or [event.state.get("lead_id")] * 2
    leads = [("Lead", names.people.get(after or 0, "nobody yet"))]
    if before != after:
        leads.append(("Lead before", names.people.get(before or 0, "nobody")))
    return Description(
        f"Moved from {told['from']} to {told['to']} on {_day(told['on'])}",
        told.get("reason", ""),
        tuple(leads),
    )


def _value(column: str, value: Any, names: TimelineNames) -> str:
    if column == "lead_id":
        return names.people.get(value or 0, "nobody")
    if column == "current_due_on":
        return _day(value)
    return str(value or "nothing")


def _progress(event: TrailEvent, names: TimelineNames) -> Description:
    return Description(
        f"Progress: {PROGRESS_NAMES[Progress(event.state['progress'])]}", event.state["narrative"]
    )


def _lead_agency(event: TrailEvent, names: TimelineNames) -> Description:
    told = (("Before", event.detail["from"]), ("Now", event.detail["to"]))
    return Description("Another of its agencies leads", event.detail["reason"], told)


def _joint_added(event: TrailEvent, names: TimelineNames) -> Description:
    contact = names.people.get(event.state["contact_id"] or 0, "nobody yet")
    return Description(f"Shared with {event.detail['agency']}", "", (("Contact", contact),))


def _joint_contact(event: TrailEvent, names: TimelineNames) -> Description:
    contact = names.people.get(event.state["contact_id"] or 0, "nobody yet")
    return Description(f"Contact of {event.detail['agency']} changed", "", (("Contact", contact),))


def _joint_ended(event: TrailEvent, names: TimelineNames) -> Description:
    return Description(f"No longer shared with {event.detail['agency']}", event.state["ended_reason"])


def _part_told(event: TrailEvent, names: TimelineNames) -> Description:
    return Description(f"What {event.detail['agency']} did, a joint owner", event.state["text"])


def _carried(event: TrailEvent, names: TimelineNames) -> Description:
    return Description("Carried forward from an earlier plan")


_MILESTONE_BEFORE = {"text": "Milestone before", "due_on": "By before", "done_on": "Done before"}


def _milestone(title: str) -> Callable[[TrailEvent, TimelineNames], Description]:
    def described(event: TrailEvent, names: TimelineNames) -> Description:
        detail = [("By", _day(event.state["due_on"]))]
        if event.state["done_on"]:
            detail.append(("Done on", _day(event.state["done_on"])))
        for column, label in _MILESTONE_BEFORE.items():
            if event.code == "milestone.changed" and column in event.changes:
                old = event.changes[column][0]
                detail.append((label, str(old) if column == "text" else _day(old)))
        if event.state["withdrawn_reason"]:
            detail.append(("Because", event.state["withdrawn_reason"]))
        return Description(title, event.state["text"], tuple(detail))

    return described


_STANDINGS = {
    Standing.ACTIVE: "Made active again",
    Standing.ON_HOLD: "Put on hold",
    Standing.SUPERSEDED: "Superseded",
    Standing.WITHDRAWN: "Withdrawn",
}


def _standing(event: TrailEvent, names: TimelineNames) -> Description:
    return Description(_STANDINGS[Standing(event.state["standing"])], event.detail.get("reason", ""))


def _agency_corrected(event: TrailEvent, names: TimelineNames) -> Description:
    return Description("Agency put right: it was recorded for another one")


def _voided(event: TrailEvent, names: TimelineNames) -> Description:
    return Description("Marked as recorded in error", event.detail.get("reason", ""))


def _restored(event: TrailEvent, names: TimelineNames) -> Description:
    return Description("Brought back: it was not recorded in error", event.detail.get("reason", ""))


def _acknowledged(event: TrailEvent, names: TimelineNames) -> Description:
    if event.code == "acknowledgement.taken-back":
        return Description(
            "Acknowledgement taken back: reminders go on",
            "",
            (("Was to be done by", _day(event.state["until_on"])),),
        )
    return Description(f"Seen, and to be done by {_day(event.state['until_on'])}")


_ENTRIES = {
    "update": "A progress update was recorded in error",
    "request": "A request for more time was recorded in error",
    "date": "A change of the due date was recorded in error",
}


def _entry_voided(event: TrailEvent, names: TimelineNames) -> Description:
    return Description(_ENTRIES[event.detail["entry"]], event.detail["reason"])


def _asked(event: TrailEvent, names: TimelineNames) -> Description:
    asked = f"More time asked for, until {_day(event.state['asked_due_on'])}"
    return Description(asked, event.state["reason"], (("Due then", _day(event.state["old_due_on"])),))


def _agreed(event: TrailEvent, names: TimelineNames) -> Description:
    agreed = f"More time agreed, until {_day(event.state['asked_due_on'])}"
    return Description(agreed, event.state["decision_reason"])


def _refused(event: TrailEvent, names: TimelineNames) -> Description:
    return Description("More time refused", event.state["decision_reason"])


def _date_changed(event: TrailEvent, names: TimelineNames) -> Description:
    before = (("Due before", _day(event.state["old_due_on"])),)
    return Description(
        f"Due date changed to {_day(event.state['asked_due_on'])}", event.state["reason"], before
    )


def _evidence(event: TrailEvent, names: TimelineNames) -> Description:
    kind = EVIDENCE_KIND_NAMES[EvidenceKind(event.state["kind"])]
    files = ", ".join(names.files.get(event.object_id or 0, ()))
    detail = (("Speaks of", _day(event.state["dated_on"])), ("Files", files))
    return Description(f"Evidence attached: {kind}", event.state["description"], detail)


_CORRECTED = {
    "original_due_on": "First due date",
    "current_due_on": "Due date",
    "reported_done_on": "Reported done",
    "dated_on": "The evidence speaks of",
}


def _date_corrected(event: TrailEvent, names: TimelineNames) -> Description:
    changed = {name: event.changes[name] for name in _CORRECTED if name in event.changes}
    if changed.get("original_due_on") == changed.get("current_due_on"):
        changed.pop("original_due_on", None)
    detail = [(_CORRECTED[name], f"{_day(new)}, was {_day(old)}") for name, (old, new) in changed.items()]
    title = "Date corrected: entry error" if event.detail["entry_error"] else "Date corrected"
    return Description(title, event.detail["reason"], tuple(detail))


def _evidence_withdrawn(event: TrailEvent, names: TimelineNames) -> Description:
    evidence = (("Evidence", event.state["description"]),)
    return Description("Evidence withdrawn", event.state["withdrawn_reason"], evidence)


def _damaged(event: TrailEvent, names: TimelineNames) -> Description:
    name = names.file_names[event.object_id or 0]
    return Description("An evidence file was found damaged", "", (("File", name),))


def _erasing_asked(event: TrailEvent, names: TimelineNames) -> Description:
    return Description("Erasing of a file asked for", event.state["reason"])


def _erased(event: TrailEvent, names: TimelineNames) -> Description:
    return Description("File erased", event.detail.get("reason", ""))


def _erasing_refused(event: TrailEvent, names: TimelineNames) -> Description:
    return Description("Erasing of a file refused", event.state["decision_reason"])


def _erasing_taken_back(event: TrailEvent, names: TimelineNames) -> Description:
    return Description("Erasing of a file no longer asked for")


def _reported_done(event: TrailEvent, names: TimelineNames) -> Description:
    pieces = [names.evidence.get(each, "") for each in names.bound.get(event.object_id or 0, ())]
    detail = tuple(("Evidence", piece) for piece in pieces if piece)
    return Description("Reported done", event.state["narrative"], detail)


def _accepted(event: TrailEvent, names: TimelineNames) -> Description:
    return Description(say("Accepted by the Board"), event.state["reason"])


def _returned(event: TrailEvent, names: TimelineNames) -> Description:
    return Description(say("Returned by the Board"), event.state["reason"])


def _reopened(event: TrailEvent, names: TimelineNames) -> Description:
    dates = [(label, event.detail.get(name)) for label, name in (("Due", "due_on"), ("Due before", "was"))]
    told = tuple((label, _day(day)) for label, day in dates) if event.detail.get("due_on") else ()
    return Description(say("Reopened by the Board, after it was accepted"), event.state["reason"], told)


def _earlier_put_right(event: TrailEvent, names: TimelineNames) -> Description:
    return Description("What happened before was put right", event.detail["reason"])


def _earlier(event: TrailEvent, names: TimelineNames) -> Description:
    state = event.state
    mark = in_words(date.fromisoformat(state["as_of"]), names.source or state["source"])
    told = [("Read as", READING_NAMES[Reading(state["read_as"])])]
    if state["status_text"]:
        told.insert(0, ("Its words", state["status_text"]))
    if state["done_on"]:
        told.append(("Done on", _day(state["done_on"])))
    if state["moved_to"]:
        told.append(("Moved to", ", ".join(map(date_uk, days_of(state["moved_to"])))))
    if state["accepted_on"]:
        told.append(("Accepted", f"{_day(state['accepted_on'])}, {state['accepted_by']}"))
    return Description(mark, state["told"], tuple(told))


def _from_plan(event: TrailEvent, names: TimelineNames) -> Description:
    state = event.state
    said = (("Owner", state["owner_text"]), ("Date", state["due_text"]), ("Place", state["place"]))
    return Description("As the plan’s file has it", "", tuple(each for each in said if each[1]))


def _examined_again(event: TrailEvent, names: TimelineNames) -> Description:
    stands = event.state["outcome"] == EarlierOutcome.STANDS
    told = "it stands" if stands else "it opens again"
    return Description(say("Examined again by the Board: {told}", told=told), event.state["reason"])


def _check_begun(event: TrailEvent, names: TimelineNames) -> Description:
    return Description(say("The Board’s check begun"))


def _taken_back(event: TrailEvent, names: TimelineNames) -> Description:
    return Description("Report taken back by the agency before the check")


_UNDONE = say_all(
    {
        "returned": "Return by the Board taken back",
        "accepted": "Acceptance by the Board taken back",
        "reopened": "Reopening by the Board taken back",
        "asked": "Question from the Board taken back",
    }
)


def _decision_taken_back(event: TrailEvent, names: TimelineNames) -> Description:
    return Description(_UNDONE[event.detail["what"]], event.state["reason"])


def _another_way(event: TrailEvent, names: TimelineNames) -> Description:
    return Description(say("The Board asks for another way"), event.state["reason"])


def _check_question(event: TrailEvent, names: TimelineNames) -> Description:
    to = (("To", names.people.get(event.state["to_id"], "somebody")),)
    return Description(say("Question from the Board"), event.state["text"], to)


def _question_answered(event: TrailEvent, names: TimelineNames) -> Description:
    return Description(
        say("Question from the Board answered"), event.state["answer"], (("Question", event.state["text"]),)
    )


def _challenged(event: TrailEvent, names: TimelineNames) -> Description:
    return _question(say("Challenged by the Board"), event)


def _escalated(event: TrailEvent, names: TimelineNames) -> Description:
    return _question("Challenge taken a level higher", event)


def _question(title: str, event: TrailEvent) -> Description:
    detail = (("Level", LEVEL_NAMES[Level(event.state["level"])]), ("Reply by", _day(event.state["due_on"])))
    return Description(f"{title}: C{event.state['challenge_id']}", event.state["text"], detail)


def _challenge_answered(event: TrailEvent, names: TimelineNames) -> Description:
    return Description(f"Challenge C{event.state['challenge_id']} answered", event.state["text"])


def _challenge_closed(event: TrailEvent, names: TimelineNames) -> Description:
    outcome = (("Outcome", OUTCOME_NAMES[Outcome(event.state["outcome"])]),)
    return Description(f"Challenge C{event.state['challenge_id']} closed", event.state["text"], outcome)


def _unknown(event: TrailEvent, names: TimelineNames) -> Description:
    noun, _, verb = event.code.partition(".")
    return Description(f"{noun} {verb}".replace("-", " ").strip().capitalize())


DESCRIBERS: dict[str, Callable[[TrailEvent, TimelineNames], Description]] = {
    "action.added": _added,
    "action.changed": _changed,
    "action.date-corrected": _date_corrected,
    "action.handed-over": _handed_over,
    "action.agency-corrected": _agency_corrected,
    "action.voided": _voided,
    "action.restored": _restored,
    ENTRY_VOIDED: _entry_voided,
    "action.transferred": _transferred,
    "action.progress-told": _progress,
    "action.standing-changed": _standing,
    "action.lead-agency-changed": _lead_agency,
    "action.carried-forward": _carried,
    "another-way.asked": _another_way,
    "milestone.added": _milestone("Milestone added"),
    "milestone.changed": _milestone("Milestone put right"),
    "milestone.done": _milestone("Milestone done"),
    "milestone.withdrawn": _milestone("Milestone withdrawn"),
    "joint-owner.added": _joint_added,
    "joint-owner.contact-changed": _joint_contact,
    "joint-owner.ended": _joint_ended,
    "contribution.added": _part_told,
    "acknowledgement.said": _acknowledged,
    "acknowledgement.taken-back": _acknowledged,
    "extension.asked": _asked,
    "extension.agreed": _agreed,
    "extension.refused": _refused,
    "extension.made": _date_changed,
    "evidence.added": _evidence,
    "evidence.date-corrected": _date_corrected,
    "evidence.withdrawn": _evidence_withdrawn,
    "evidence.found-damaged": _damaged,
    "evidence.erasure-asked": _erasing_asked,
    "evidence.erasure-refused": _erasing_refused,
    "evidence.erasure-taken-back": _erasing_taken_back,
    "evidence.file-erased": _erased,
    "earlier-record.entered": _earlier,
    "earlier-record.put-right": _earlier_put_right,
    "plan-row.kept": _from_plan,
    "plan-row.changed": _from_plan,
    "plan-row.owner-found": _from_plan,
    "reexamination.recorded": _examined_again,
    "submission.made": _reported_done,
    "submission.accepted": _accepted,
    "submission.returned": _returned,
    "submission.reopened": _reopened,
    "submission.check-begun": _check_begun,
    "submission.taken-back": _taken_back,
    "submission.decision-taken-back": _decision_taken_back,
    "question.asked": _check_question,
    "question.answered": _question_answered,
    "challenge.raised": _challenged,
    "challenge.answered": _challenge_answered,
    "challenge.escalated": _escalated,
    "challenge.closed": _challenge_closed,
}


def _day(text: str | None) -> str:
    """Return a day that the trail kept as ISO text, in words."""
    return date_uk(date.fromisoformat(text) if text else None)
