"""Answering a request for an agency, and what the panel's co-ordinator says of the answer."""

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from io import BufferedReader
from typing import BinaryIO, cast

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Refused, Viewer, require
from kscb_actions.audit.service import Change, StaleEdit, change
from kscb_actions.child_deaths.returns.letters import tell_accepted, tell_returned, tell_sent
from kscb_actions.child_deaths.returns.models import AgencyReturn, Step
from kscb_actions.child_deaths.returns.queries import get_return
from kscb_actions.files.store import EvidenceStore, StoredFile, receive_all
from kscb_actions.text import InvalidInput, clean_text

from . import rules
from .erasable import was_sent
from .models import ReturnFile, ReturnPart, ReturnVerdict, SentReturn
from .queries import (
    answers_of,
    files_of,
    get_request,
    get_sent_file,
    is_changed_since,
    is_own,
    part_of,
    sendings_of,
)
from .rules import BY_CODE, KNOWS, Answer, Outcome, write_answers

# A co-ordinator looks at an answer within a week.
DAYS_TO_JUDGE = timedelta(days=7)
WITHDRAWN = "This request was withdrawn, or is not open to you any more. Nothing is waited for."
NO_CASE = "There is no such request."
# What refuses, of (name, SHA-256), the content of files that were erased.
Refusal = Callable[[Iterable[tuple[str, str]]], None]

log = logging.getLogger(__name__)


class FileDamaged(Exception):
    """The bytes of a file are not those that were received, or are gone."""


def save_part(
    viewer: Viewer, row: AgencyReturn, section: str, answer: Answer, expected: int
) -> ReturnPart | None:
    """Save one section of the form as it was typed; half of it can be saved.

    What is kept already is saved and recorded no second time, whichever version was seen: nothing is lost.

    expected  the version that was seen; 0 where nothing was saved yet
    Return what is kept now; None while nothing was ever said there. Raise InvalidInput, Refused, StaleEdit.
    """
    if section not in BY_CODE:
        raise InvalidInput({"text": rules.NO_SECTION})
    answer = Answer(clean_text(answer.text), answer.choice)
    if problems := rules.problems_with_part(BY_CODE[section], answer):
        raise InvalidInput(problems)
    _standing(viewer, row)
    kept = part_of(row, section)
    if (kept.answer if kept else Answer()) == answer:
        return kept
    try:
        return _keep_part(viewer, row, section, answer, expected)
    except StaleEdit as stale:
        # Sent twice at once, by the page itself and by its button: the first has saved it.
        if stale.current.answer != answer:
            raise
        return cast(ReturnPart, stale.current)


def attach_files(
    viewer: Viewer,
    row: AgencyReturn,
    store: EvidenceStore,
    sent: Sequence[tuple[str, BinaryIO]],
    refuse_erased: Refusal,
) -> list[ReturnFile]:
    """Attach (name, bytes) to the answer, through the checks of evidence; all of them or none.

    Raise InvalidInput, under "files" a line for each that is refused; Refused, StoreFull.
    """
    require(viewer, Permission.ANSWER_RETURN, row.agency_id)
    if why_not := rules.why_not_attached(files_of(row), sent):
        raise InvalidInput({"files": why_not})

    def record(kept: Sequence[StoredFile]) -> list[ReturnFile]:
        with change(viewer) as tx:
            _standing(viewer, row)
            refuse_erased([(each.shown_name, each.sha256) for each in kept])
            return [tx.add(_file_of(viewer, row, each), "return.file-attached") for each in kept]

    return receive_all(store, sent, record, _is_named)


def remove_file(viewer: Viewer, file: ReturnFile, store: EvidenceStore) -> None:
    """Take a file off the answer. One that was never sent goes with its bytes; others go with no further one.

    Raise Refused.
    """
    with change(viewer) as tx:
        _standing(viewer, file.agency_return)
        now = ReturnFile.get_or_none(ReturnFile.id == file.id)
        if now is None or now.left_out_at is not None:
            raise Refused("This file has been taken off already.")
        is_sent = was_sent(now)
        if is_sent:
            now.left_out_at = clock.now()
            tx.update(now, "return.file-left-out")
        else:
            tx.remove(now, "return.file-removed")
    if not is_sent:
        try:
            store.erase(now.stored_name)
        except OSError:
            log.exception("the removed file %s is still on the disk; the jobs try again", now.stored_name)


def send_answer(viewer: Viewer, row: AgencyReturn, base_url: str) -> SentReturn:
    """Send what was saved, whole; the panel's co-ordinators are told. It can be sent again, once changed.

    Raise InvalidInput, {code of a section: what is missing}, and Refused.
    """
    with change(viewer) as tx:
        now = _standing(viewer, row)
        answers = answers_of(now)
        if missing := rules.missing_in(answers):
            raise InvalidInput(missing)
        before = sendings_of(now)
        if before and not is_changed_since(answers, before):
            raise Refused(rules.UNCHANGED)
        sending = SentReturn(
            agency_return=now,
            number=len(before) + 1,
            answers=write_answers(answers),
            sent_by=viewer.id,
            sent_at=clock.now(),
        )
        tx.add(sending, "return.sent")
        now.step, now.judge_by = Step.SENT.value, clock.today() + DAYS_TO_JUDGE
        tx.update(now, "return.came-in")
        tell_sent(tx, now, base_url)
        return sending


def judge_answer(
    viewer: Viewer,
    row: AgencyReturn,
    seen: int,
    outcome: str,
    reason: str,
    due_on: date | None,
    base_url: str,
) -> ReturnVerdict:
    """Accept what an agency sent, which puts it on the case, or return it with what is missing.

    What was accepted can be returned for a correction; it stands on the case until the next is accepted.

    seen    the number of the answer that was read; a newer one is not judged unseen
    due_on  by when a returned one is to come again
    Raise InvalidInput, Refused.
    """
    require(viewer, Permission.RECORD_DEATH)
    reason = clean_text(reason)
    with change(viewer) as tx:
        now = get_return(viewer, row.death_id, row.id)
        sendings = sendings_of(now) if now else []
        if now is None or not sendings:
            raise Refused(NO_CASE)
        newest = sendings[0]
        if newest.row.number != seen:
            raise Refused(rules.NEWER)
        problems = rules.problems_with_verdict(outcome, reason, due_on, clock.today(), newest.standing)
        if problems:
            raise InvalidInput(problems)
        verdict = ReturnVerdict(
            sending=newest.row,
            number=newest.verdict.number + 1 if newest.verdict else 1,
            outcome=outcome,
            reason=reason,
            decided_by=viewer.id,
            decided_at=clock.now(),
        )
        tx.add(verdict, f"return.{outcome}")
        if outcome == Outcome.ACCEPTED:
            _put_on_case(tx, now, newest.row, base_url)
        else:
            now.step, now.judge_by, now.due_on = Step.RETURNED.value, None, due_on
            tx.update(now, "return.given-back")
            tell_returned(tx, now, base_url)
        return verdict


def open_own_file(viewer: Viewer, file: ReturnFile, store: EvidenceStore) -> BufferedReader:
    """Return the bytes of a file of this person's agency, and record the opening. The caller closes it.

    Raise Refused, FileDamaged.
    """
    if get_request(viewer, file.agency_return_id) is None:
        raise Refused(NO_CASE)
    return _opened(viewer, file, store)


def open_sent_file(viewer: Viewer, file: ReturnFile, store: EvidenceStore) -> BufferedReader:
    """Return the bytes of a file on a case that this person sees, as open_own_file does."""
    row = file.agency_return
    if get_sent_file(viewer, row.death_id, row.id, file.id) is None:
        raise Refused(NO_CASE)
    return _opened(viewer, file, store)


def _put_on_case(tx: Change, row: AgencyReturn, sending: SentReturn, base_url: str) -> None:
    answers = rules.read_answers(sending.answers)
    event = "return.answered" if row.answered_on is None else "return.changed"
    row.step, row.judge_by, row.answered_on = "", None, clock.local_date(sending.sent_at)
    row.knows_child, row.summary = answers.of(KNOWS.code).choice, rules.in_words(answers)
    tx.update(row, event)
    tell_accepted(tx, row, base_url)


def _keep_part(viewer: Viewer, row: AgencyReturn, section: str, answer: Answer, expected: int) -> ReturnPart:
    with change(viewer) as tx:
        _standing(viewer, row)
        kept = part_of(row, section)
        if kept is None:
            kept = ReturnPart(agency_return=row, section=section, choice=answer.choice, text=answer.text)
            return cast(ReturnPart, tx.add(kept, "return.part-saved"))
        if kept.version != expected:
            raise StaleEdit(kept)
        kept.choice, kept.text = answer.choice, answer.text
        return cast(ReturnPart, tx.update(kept, "return.part-saved", expected))


def _standing(viewer: Viewer, row: AgencyReturn) -> AgencyReturn:
    """Return the request as it is now. Raise Refused where it is not this person's, or withdrawn."""
    require(viewer, Permission.ANSWER_RETURN, row.agency_id)
    now = get_request(viewer, row.id)
    if now is None:
        raise Refused(WITHDRAWN if is_own(viewer, row) else NO_CASE)
    return now


def _file_of(viewer: Viewer, row: AgencyReturn, kept: StoredFile) -> ReturnFile:
    return ReturnFile(
        agency_return=row,
        stored_name=kept.stored_name,
        shown_name=kept.shown_name,
        size=kept.size,
        sha256=kept.sha256,
        media_type=kept.media_type,
        kept_by=viewer.id,
        kept_at=clock.now(),
    )


def _is_named(stored_name: str) -> bool:
    return bool(ReturnFile.select().where(ReturnFile.stored_name == stored_name).exists())


def _opened(viewer: Viewer, file: ReturnFile, store: EvidenceStore) -> BufferedReader:
    opened = store.open_checked(file.stored_name, file.sha256)
    with change(viewer) as tx:
        tx.note("return.file-opened" if opened else "return.file-found-damaged", file)
    if opened is None:
        raise FileDamaged()
    return opened
