"""What the trail's events and columns are called on its page."""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from kscb_actions.wording import date_uk, instant_uk

EVENT_NAMES = {
    "action.accepted": "Action accepted by the Board",
    "action.added": "Action recorded",
    "action.carried-forward": "Action carried forward from an earlier plan",
    "action.changed": "Action changed",
    "action.chased": "Action chased",
    "action.extended": "Due date moved",
    "action.handed-over": "Action handed to another lead",
    "action.progress-told": "Progress recorded",
    "action.agency-corrected": "Action’s wrong agency put right",
    "action.date-corrected": "Action’s wrong date put right",
    "action.entry-voided": "Action: an entry of its history recorded in error",
    "action.restored": "Action recorded in error brought back",
    "action.voided": "Action recorded in error",
    "action.answered-about": "Action: the Board’s question answered",
    "action.asked-about": "Action: the Board asked a question",
    "action.reopened": "Action reopened by the Board",
    "action.taken-back": "Action’s report taken back",
    "action.reported-done": "Action reported done",
    "action.returned": "Action returned by the Board",
    "action.lead-agency-changed": "Action: another of its agencies leads",
    "action.standing-changed": "Action put on hold, stopped or made active",
    "action.updated": "Action updated by its agency",
    "action.transferred": "Action moved to another agency",
    "actions.changed-together": "Actions changed together, in one step",
    "agency.added": "Agency recorded",
    "agency.changed": "Agency changed",
    "agency.closed": "Agency closed",
    "agency.succeeded": "Agency’s open actions moved to its successor",
    "annual-report.draft-begun": "Texts of an annual report begun",
    "annual-report.draft-changed": "Texts of an annual report changed",
    "annual-report.issued": "Annual report issued",
    "backup.made": "Backup made",
    "backup.restored": "Board restored from a backup",
    "challenge.answered": "Challenge answered by the agency",
    "challenge.chased": "Challenge chased",
    "challenge.chase-ran": "Chasing of challenges run",
    "challenge.closed": "Challenge closed by the Board",
    "challenge.escalated": "Challenge taken a level higher",
    "challenge.letter-made": "Letter of a challenge made",
    "board-week.told": "The Board’s week told to its chairs",
    "challenge.opened": "Challenge opened",
    "challenge.raised": "Agency challenged",
    "challenge.transferred": "Challenge moved to another agency",
    "challenge.updated": "Where a challenge stands changed",
    "chase.ran": "Chasing run",
    "death.birth-opened": "Date of birth opened",
    "death.changed": "Case changed",
    "death.recorded": "Case recorded",
    "death.reviewed": "Review of a death completed",
    "decision.corrected": "Panel’s decision corrected",
    "decision.factor-added": "Factor of a decision recorded",
    "decision.recorded": "Panel’s decision recorded",
    "district.added": "District recorded",
    "district.closed": "District closed",
    "district.opened": "District opened again",
    "district.renamed": "District given another name",
    "evidence.added": "Evidence added",
    "evidence.date-corrected": "Date of evidence corrected",
    "evidence.erasure-agreed": "Erasing of a file agreed to",
    "evidence.erasure-asked": "Erasing of a file asked for",
    "evidence.erasure-finished": "Rest of erased files removed",
    "evidence.erasure-refused": "Erasing of a file refused",
    "evidence.erasure-taken-back": "Erasing of a file no longer asked for",
    "evidence.file-erased": "Evidence file erased",
    "evidence.file-kept": "Evidence file kept",
    "evidence.found-damaged": "Evidence file found damaged",
    "evidence.leftovers-removed": "Files of uploads that were cut off removed",
    "evidence.opened": "Evidence file opened",
    "evidence.withdrawn": "Evidence withdrawn",
    "extension.agreed": "More time agreed",
    "extension.asked": "More time asked for",
    "extension.date-corrected": "Date corrected in a request for more time",
    "extension.made": "Due date changed from outside the agency",
    "extension.refused": "More time refused",
    "extension.voided": "Request for more time, or change of a due date, recorded in error",
    "interest.declared": "Interest declared",
    "interest.lifted": "Interest lifted",
    "lesson.recorded": "Recommendation made of a death",
    "figures.exported": "Tables of child deaths exported",
    "contribution.added": "Part of a joint owner recorded",
    "joint-owner.added": "Action shared with an agency",
    "joint-owner.became-leading": "Joint owner came to lead",
    "joint-owner.contact-changed": "Contact of a joint owner changed",
    "joint-owner.ended": "Joint owner taken off",
    "joint-owner.led-before": "Leading agency became a joint owner",
    "joint-owner.took-part": "Joint owner had a part",
    "mail.dropped": "Message given up",
    "mail.failed": "Message failed",
    "mail.item-named": "What a message is about",
    "mail.put-off": "Message put off",
    "mail.queued": "Message queued",
    "mail.sent": "Message sent",
    "mail.shortened": "What was recorded in error taken out of a message",
    "milestone.added": "Milestone added",
    "milestone.changed": "Milestone put right",
    "milestone.done": "Milestone marked done",
    "milestone.withdrawn": "Milestone withdrawn",
    "mail.tried": "Message tried",
    "panel.attendance-recorded": "Attendance recorded",
    "panel.attendance-removed": "Attendance taken off",
    "panel.case-added": "Case put on the agenda",
    "panel.case-moved": "Case moved on the agenda",
    "panel.case-removed": "Case taken off the agenda",
    "panel.changed": "Panel meeting changed",
    "panel.papers-taken": "Papers of a meeting taken",
    "panel.planned": "Panel meeting planned",
    "panel.seated": "Member given a seat",
    "panel.unseated": "Member’s seat taken back",
    "person.added": "Person recorded",
    "person.changed": "Person changed",
    "person.role-agreed": "Role agreed to",
    "person.pace-chosen": "How often to hear chosen",
    "person.role-asked": "Role waits for agreement",
    "person.role-refused": "Role refused",
    "person.password-refused": "Password asked again and refused",
    "person.password-set": "Password set",
    "person.sign-in-refused": "Sign-in refused",
    "person.signed-in": "Signed in",
    "progress.voided": "Progress update recorded in error",
    "proposal.changed": "Proposal to the panel changed",
    "proposal.factor-added": "Factor proposed",
    "proposal.factor-removed": "Proposed factor taken back",
    "proposal.made": "Proposal to the panel made",
    "proposals.closed": "Proposals to the panel closed",
    "question.answered": "Question of a check answered",
    "question.asked": "Question of a check asked",
    "recommendation.carried-forward": "Recommendation carried forward from an earlier plan",
    "recommendation.added": "Recommendation recorded",
    "recommendation.answer-asked": "Agency asked for its answer",
    "recommendation.answer-chased": "Awaited answer chased",
    "recommendation.answer-chase-ran": "Chasing of agencies’ answers run",
    "recommendation.answer-due": "Agency given a date to answer by",
    "recommendation.answer-given": "Answer to a recommendation given",
    "recommendation.answer-noted": "Board’s view of an answer noted",
    "recommendation.answer-viewed": "Answer looked at by the Board",
    "recommendation.answered": "Recommendation answered",
    "recommendation.answer-moved": "Agency’s answer taken over by another",
    "recommendation.answer-not-asked": "Agency no longer asked for its answer",
    "recommendation.restored": "Recommendation recorded in error brought back",
    "recommendation.voided": "Recommendation recorded in error",
    "recommendation.brought-back": "Ended recommendation brought back",
    "recommendation.changed": "Recommendation changed",
    "recommendation.not-for-us": "Recommendation not for this Board",
    "recommendation.noted": "Recommendation noted",
    "recommendation.theme-added": "Theme given to a recommendation",
    "recommendation.theme-removed": "Theme taken from a recommendation",
    "recommendation.withdrawn": "Recommendation withdrawn",
    "referral.answered": "Referral answered",
    "referral.recorded": "Referral decision recorded",
    "report.exported": "Report exported",
    "return.answered": "Agency return received",
    "return.asked": "Agency asked for its return",
    "return.chase-ran": "Chasing of returns run",
    "return.changed": "Agency return changed",
    "return.chased": "Agency return chased",
    "return.taken-back": "Request to an agency taken back",
    "review.changed": "Review changed",
    "review.clock-met": "Statutory date met",
    "review.clock-moved": "Statutory date moved",
    "review.clock-removed": "Statutory date removed",
    "review.clock-started": "Statutory date set",
    "review.held": "Review put on hold",
    "review.hold-lifted": "Hold lifted",
    "review.person-named": "Person named on a restricted review",
    "review.person-unnamed": "Person no longer named on a review",
    "review.recorded": "Review recorded",
    "review.restored": "Review recorded in error brought back",
    "review.voided": "Review recorded in error",
    "review.stage-corrected": "Day a stage was reached put right",
    "review.decided": "Decision to hold the review recorded by who took it",
    "review.stage-dated": "Day a stage was reached recorded",
    "review.stage-put-right": "Stage of a review put right",
    "review.stage-reached": "Review reached a stage",
    "review.stage-taken-back": "Stage recorded wrongly taken back",
    "review.theme-added": "Theme given to a review",
    "review.theme-removed": "Theme taken from a review",
    "setting.changed": "Setting changed",
    "submission.accepted": "Submission accepted",
    "submission.check-begun": "Check of a submission begun",
    "submission.evidence-bound": "Evidence bound to a submission",
    "submission.made": "Submission made",
    "submission.reopened": "Accepted submission reopened",
    "submission.returned": "Submission returned",
    "submission.taken-back": "Submission taken back",
    "theme.added": "Theme recorded",
    "theme.renamed": "Theme given another name",
}
# Words a person gave with a change. Nothing else of an event's details is shown: they are for machines.
SHOWN_DETAILS = ("reason", "note", "from", "to")
# A row's own bookkeeping, and where a file lies on the disk, are nobody's news.
HIDDEN_COLUMNS = frozenset({"version", "stored_name", "message_id", "next_try_at", "carried_from_id"})
LONGEST = 300
_CODE = re.compile(r"[a-z]+([_,][a-z]+)+")
_MOMENTS: tuple[tuple[re.Pattern[str], Callable[[str], Any], Callable[[Any], str]], ...] = (
    (re.compile(r"\d{4}-\d\d-\d\d"), date.fromisoformat, date_uk),
    (re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00"), datetime.fromisoformat, instant_uk),
)


def event_name(event: str) -> str:
    """Return what an event is called; its own name, made readable, when it is not in the list."""
    return EVENT_NAMES.get(event) or event.replace(".", ": ").replace("-", " ").replace("_", " ").capitalize()


def column_name(column: str) -> str:
    """Return what a column is called: `current_due_on` is "Current due on", `lead_id` is "Lead"."""
    return column.removesuffix("_id").removeprefix("is_").replace("_", " ").capitalize()


def shown(value: object) -> str:
    """Return a value of a row in words: short, never empty, days and codes as people write them."""
    if value is None or value == "":
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    if _CODE.fullmatch(text):
        return text.replace("_", " ").replace(",", ", ")
    for pattern, read, write in _MOMENTS:
        if pattern.fullmatch(text):
            with suppress(ValueError):
                return write(read(text))
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rstrip()}…"
