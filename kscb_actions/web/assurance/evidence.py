"""Evidence as its agency attaches it and reports an action done, and as those permitted fetch it."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from flask import Response, current_app, flash, g, redirect, render_template, request, url_for
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wsgi import wrap_file

from kscb_actions.access.policy import Permission, Refused
from kscb_actions.actions.models import Action, facts_of
from kscb_actions.actions.queries import get_action
from kscb_actions.actions.rules import why_closed
from kscb_actions.assurance.models import Evidence, EvidenceFile
from kscb_actions.assurance.queries import (
    get_evidence,
    get_file,
    is_bound,
    last_judged,
    list_files,
    standing_return,
    usable_evidence,
)
from kscb_actions.assurance.rules import EVIDENCE_KIND_NAMES, EvidenceFacts, why_not_withdrawn, why_not_yours
from kscb_actions.assurance.service import (
    FileDamaged,
    FileErased,
    Upload,
    add_evidence,
    open_file,
    withdraw_evidence,
)
from kscb_actions.assurance.service import report_done as report
from kscb_actions.audit.queries import last_event
from kscb_actions.files.judge import MEDIA_TYPES
from kscb_actions.files.store import EvidenceStore, StoreFull
from kscb_actions.files.waiting.keeping import WaitingFile
from kscb_actions.terms import say
from kscb_actions.web.files_kept import SentFiles
from kscb_actions.web.shared.guard import Access, viewer
from kscb_actions.web.shared.navigation import address_after, address_of

from . import blueprint
from .forms import DoneForm, EvidenceForm, WithdrawEvidenceForm, write_ids

ADDRESS = "/reviews/<reference>/actions/<int:number>"


PIECE = f"{ADDRESS}/evidence/<int:evidence_id>"


TOO_LARGE = (
    "What you sent was too large to take in, so nothing was saved. Each file may have at most 25 MB: "
    "attach fewer files at once, or smaller ones."
)


@blueprint.route(
    f"{ADDRESS}/evidence/new",
    access=Access(Permission.CONTRIBUTE, of=get_action, takes_files=True),
    methods=["GET", "POST"],
)
def new_evidence(action: Action) -> Any:
    """Attach one or more files as one piece of evidence."""
    if "too_large" in g:
        return _evidence_page(action, EvidenceForm(formdata=None), [TOO_LARGE]), 413
    _refuse_closed_page(action)
    form = EvidenceForm()
    if not form.is_submitted():
        return _evidence_page(action, form)
    form.validate()
    files = SentFiles(form.files.data)
    try:
        if not files.is_gone and form.attempt(lambda: _attach(action, form, files)):
            files.arrived()
            flash(f"Evidence attached to {action.reference}.", "success")
            return redirect(address_after(action))
        kept = files.keep(form, "files")
    except StoreFull as full:
        return _evidence_page(action, form, [full.message]), 507
    return _evidence_page(action, form, kept=kept)


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(error: RequestEntityTooLarge) -> Any:
    """Show the form again, to whoever may see it, after a request that was too large to read."""
    if request.endpoint != "assurance.new_evidence":
        return render_template("errors/413.html"), 413
    g.too_large = True
    try:
        return current_app.view_functions["assurance.new_evidence"](**request.view_args or {})
    except (HTTPException, Refused) as refusal:
        return current_app.handle_user_exception(refusal)


@blueprint.route(f"{PIECE}/files/<int:file_id>", access=Access(Permission.READ_EVIDENCE, of=get_file))
def file(found: EvidenceFile) -> Any:
    """Send one evidence file, as an attachment, after checking that its bytes are what was received."""
    try:
        opened = open_file(viewer(), evidence_store(), found)
    except FileErased:
        return render_template("assurance/erased_file.html", file=found, action=found.evidence.action), 410
    except FileDamaged:
        return render_template("assurance/damaged.html", file=found, action=found.evidence.action), 410
    body = wrap_file(request.environ, opened)
    return Response(
        body, headers=headers_for(found.shown_name, found.media_type, found.size), direct_passthrough=True
    )


@blueprint.route(
    f"{PIECE}/withdraw", access=Access(Permission.CONTRIBUTE, of=get_evidence), methods=["GET", "POST"]
)
def withdraw(evidence: Evidence) -> Any:
    """Take a piece of evidence back, with the reason."""
    refusal = why_not_yours(viewer().agency_id, evidence.owners, evidence.joint_id) or why_not_withdrawn(
        evidence.withdrawn_at is not None, is_bound(evidence)
    )
    if refusal and request.method == "GET":
        raise Refused(refusal)
    form = WithdrawEvidenceForm(version=str(evidence.version))
    action = evidence.action
    if form.carried_out(
        lambda: withdraw_evidence(viewer(), evidence, form.reason.data, form.seen_version),
        theirs=lambda current: {"reason": current.withdrawn_reason},
    ):
        flash("The evidence is withdrawn. It stays readable, with your reason.", "success")
        return redirect(address_of(action))
    kept = get_evidence(viewer(), action.review.reference, action.number, evidence.id) or evidence
    if request.method == "POST" and kept.withdrawn_at:
        form.overtaken(last_event(kept), {"reason": kept.withdrawn_reason})
    return render_template(
        "assurance/withdraw.html",
        form=form,
        action=action,
        evidence=evidence,
        files=list_files(action).get(evidence.id, []),
        kind_names=EVIDENCE_KIND_NAMES,
    ), form.status


@blueprint.route(
    f"{ADDRESS}/done", access=Access(Permission.ADD_EVIDENCE, of=get_action), methods=["GET", "POST"]
)
def report_done(action: Action) -> Any:
    """Report an action done, with exactly the evidence that this page shows."""
    _refuse_closed_page(action)
    evidence = usable_evidence(action)
    if not evidence and request.method == "GET":
        flash(say("Attach the evidence first: the Board can only accept what it can see."), "important")
        return redirect(
            url_for("assurance.new_evidence", reference=action.review.reference, number=action.number)
        )
    form = DoneForm(version=str(action.version), seen=write_ids(each.id for each in evidence))
    form.offer(evidence)
    if form.is_submitted() and form.attempt_on(
        action,
        lambda: report(
            viewer(),
            action,
            form.narrative.data,
            form.seen_version,
            form.seen_evidence,
            form.chosen_evidence,
        ),
    ):
        flash(
            say("{reference} is reported done. It waits for the Board’s check.", reference=action.reference),
            "success",
        )
        return redirect(address_after(action))
    return _done_page(action, form), form.status


def _done_page(action: Action, form: DoneForm) -> str:
    # A report that failed has left its values on the row that was read; the page shows what is kept.
    kept = get_action(viewer(), action.review.reference, action.number) or action
    evidence = usable_evidence(kept)
    form.offer(evidence)
    form.seen.data = write_ids(each.id for each in evidence)
    return render_template(
        "assurance/report_done.html",
        form=form,
        action=kept,
        returned=standing_return(kept),
        before=last_judged(kept),
        back=address_after(kept),
        evidence=evidence,
        files=list_files(action),
        kind_names=EVIDENCE_KIND_NAMES,
    )


def _attach(action: Action, form: EvidenceForm, files: SentFiles) -> None:
    facts = EvidenceFacts(form.kind.data, form.dated_on.data, form.description.data)
    add_evidence(viewer(), evidence_store(), action, facts, [Upload(*each) for each in files])


def _evidence_page(
    action: Action,
    form: EvidenceForm,
    problems: list[str] | None = None,
    kept: Sequence[WaitingFile] = (),
) -> str:
    form.form_errors += problems or []
    return render_template(
        "assurance/new_evidence.html",
        form=form,
        form_errors=form.split_refusals(),
        action=action,
        returned=standing_return(action),
        back=address_after(action),
        kept=kept,
        had_files="too_large" in g,
    )


def _refuse_closed_page(action: Action) -> None:
    # Only before anything is typed: what comes in later is refused beside what was typed.
    closed = why_closed(facts_of(action))
    if closed and request.method == "GET":
        raise Refused(closed)


def evidence_store() -> EvidenceStore:
    """Return the store of evidence files, as the settings say where it is."""
    return EvidenceStore(current_app.config["SETTINGS"].evidence)


_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ._-()")


_KNOWN = frozenset(MEDIA_TYPES.values())


def headers_for(name: str, media_type: str, size: int) -> dict[str, str]:
    """Return headers for a file of `size` bytes. A type that is not on the map is sent as plain bytes."""
    return {
        "Content-Type": media_type if media_type in _KNOWN else "application/octet-stream",
        "Content-Length": str(size),
        "Content-Disposition": disposition(name),
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }


def disposition(name: str) -> str:
    """Return Content-Disposition for a file's own name (RFC 6266), in two forms.

    For old browsers a plain form, in which whatever could end or change the header is an underscore; for all
    others the name itself, percent-encoded.
    """
    plain = "".join(letter if letter in _PLAIN else "_" for letter in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='', errors='replace')}"
