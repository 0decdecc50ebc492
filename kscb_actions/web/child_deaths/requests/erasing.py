"""Erasing a wrong file of an answer: its agency's contact or the co-ordinator asks, and the other decides."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from kscb_actions.access.policy import ROLE_NAMES, Permission
from kscb_actions.assurance.queries import backups_holding
from kscb_actions.assurance.rules import why_not_erased_by
from kscb_actions.child_deaths.requests import erasing, queries
from kscb_actions.child_deaths.requests.erasable import get_erasable_file, who_can_agree
from kscb_actions.child_deaths.requests.models import ReturnErasure, ReturnFile
from kscb_actions.web.assurance.erasing import (
    AGREE,
    EraseForm,
    ErasureForm,
    TakeBackForm,
    is_decided,
)
from kscb_actions.web.assurance.evidence import evidence_store
from kscb_actions.web.shared.guard import Access, viewer

from .. import request_pages
from ..returns import base_url_of_board
from .agency import BOTH, FILE

ERASES = Access(Permission.ERASE_ANSWER_FILE, of=get_erasable_file)


@request_pages.route(f"{FILE}/erase", access=ERASES, methods=BOTH)
def erase(file: ReturnFile) -> Any:
    """Ask for a file of an answer to be erased."""
    asked = file.erasure
    if file.erased_at or (asked and not asked.outcome):
        return redirect(_address(file))
    form = EraseForm()
    form.others.choices = []
    if form.carried_out(lambda: erasing.ask_to_erase(viewer(), file, form.reason.data, base_url_of_board())):
        flash("It waits until somebody of another role agrees. Those who can are told by mail.", "success")
        return redirect(_address(file))
    page = render_template(
        "assurance/erase.html",
        **{"form": form, "file": file, "earlier": asked, "others": [], "waiting": []},
        **_shown(file),
        backups=backups_holding(file),
    )
    return page, form.status


@request_pages.route(f"{FILE}/erasure", access=ERASES, methods=BOTH)
def erasure(file: ReturnFile) -> Any:
    """Show what was asked about erasing a file and what is left of it; decide it, or take it back."""
    asked = file.erasure
    if asked is None:
        return redirect(_address(file, "erase"))
    is_post = request.method == "POST"
    if asked.outcome:
        if not file.erased_at and not is_post:
            return redirect(_address(file, "erase"))
        return _page(file, asked), 409 if is_post else 200
    if asked.asked_by_id == viewer().id:
        return _take_back(file, asked)
    if refusal := why_not_erased_by(viewer(), asked.asked_by_id, asked.roles_asking):
        return _page(file, asked, refusal=refusal), 409 if is_post else 200
    return _decide(file, asked)


def _take_back(file: ReturnFile, asked: ReturnErasure) -> Any:
    form = TakeBackForm()
    if form.carried_out(lambda: erasing.take_erasure_back(viewer(), asked, base_url_of_board())):
        flash("The request is taken back. The file stays.", "success")
        return redirect(_back(file)[1])
    return _page(file, asked, form=form), form.status


def _decide(file: ReturnFile, asked: ReturnErasure) -> Any:
    form = ErasureForm()
    form.others.choices = []
    if is_decided(form, lambda: _save(form, asked)):
        return redirect(_address(file))
    return _page(file, asked, form=form), form.status


def _save(form: ErasureForm, asked: ReturnErasure) -> bool:
    is_agreed, said = form.decision.data == AGREE, form.reason.data
    return erasing.decide_erasure(viewer(), evidence_store(), asked, is_agreed, said, base_url_of_board())


def _page(file: ReturnFile, asked: ReturnErasure, **more: Any) -> str:
    return render_template(
        "assurance/erasure.html",
        **{"form": None, "others": [], "refusal": "", "same": [], **more},
        **{"file": file, "asked": asked, **_shown(file)},
        able=[] if asked.outcome else who_can_agree(asked),
        role_names=[ROLE_NAMES[role] for role in sorted(asked.roles_asking)],
        is_on_disk=bool(file.erased_at) and evidence_store().holds(file.stored_name),
        is_name_in_trail=False,
        backups=backups_holding(file),
    )


def _shown(file: ReturnFile) -> dict[str, Any]:
    """Return what both pages say of where a file is: the way back, and the file's address."""
    back_to, back = _back(file)
    of = f"Request {file.agency_return.label}"
    return {"of": of, "of_answer": True, "back": back, "back_to": back_to, "href": _file_address(file)}


def _back(file: ReturnFile) -> tuple[str, str]:
    row = file.agency_return
    if queries.is_own(viewer(), row):
        return "the request", url_for("death_requests.show", return_id=row.id, _anchor="sent")
    if row.taken_back_on:
        return "the case", url_for("deaths.show", death_id=row.death_id)
    return "the answer", url_for("deaths.agency_answer", death_id=row.death_id, return_id=row.id)


def _file_address(file: ReturnFile) -> str | None:
    row = file.agency_return
    at = {"return_id": row.id, "file_id": file.id}
    if row.taken_back_on:
        return None
    if queries.is_own(viewer(), row):
        return url_for("death_requests.file", **at)
    return url_for("deaths.answer_file", death_id=row.death_id, **at)


def _address(file: ReturnFile, page: str = "erasure") -> str:
    return url_for(f"death_requests.{page}", return_id=file.agency_return_id, file_id=file.id)
