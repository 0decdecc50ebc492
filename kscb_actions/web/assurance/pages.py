"""A PDF of the evidence, page by page: as a page to read with its words, and as a picture alone."""

import base64
from collections.abc import Callable
from typing import Any

from flask import Response, redirect, render_template, url_for

from kscb_actions.access.policy import Permission
from kscb_actions.assurance.models import EvidenceFile
from kscb_actions.assurance.opening.queries import PageAsked, get_page
from kscb_actions.assurance.opening.reading import PDF, open_page
from kscb_actions.assurance.service import FileDamaged, FileErased
from kscb_actions.files.reading.pdf import SHOWN_PAGES, NotDrawn, Page
from kscb_actions.web.shared.guard import Access, viewer

from . import blueprint
from .evidence import PIECE, evidence_store, headers_for

PAGE = f"{PIECE}/files/<int:file_id>/pages/<int:page>"


@blueprint.route(PAGE, access=Access(Permission.READ_EVIDENCE, of=get_page))
def page(asked: PageAsked) -> Any:
    """Show one page of a PDF with its words, and the way to the next."""
    return _drawn(asked.file, asked.page, _read_page)


@blueprint.route(f"{PAGE}/picture", access=Access(Permission.READ_EVIDENCE, of=get_page))
def page_picture(asked: PageAsked) -> Any:
    """Send one page of a PDF for a page to show, as nothing but a picture."""
    return _drawn(asked.file, asked.page, _picture)


def _drawn(file: EvidenceFile, number: int, answer: Callable[[EvidenceFile, Page], Any]) -> Any:
    action = file.evidence.action
    if file.media_type != PDF:
        return redirect(url_for("assurance.file", **_address(file)))
    try:
        return answer(file, open_page(viewer(), evidence_store(), file, number))
    except FileErased:
        return render_template("assurance/erased_file.html", file=file, action=action), 410
    except FileDamaged:
        return render_template("assurance/damaged.html", file=file, action=action), 410
    except NotDrawn as reason:
        status = 404 if reason.is_missing else 503 if reason.is_busy else 422
        return render_template(
            "assurance/not_drawn.html", file=file, action=action, address=_address(file), reason=reason
        ), status


def _read_page(file: EvidenceFile, drawn: Page) -> Any:
    return render_template(
        "assurance/pages.html",
        file=file,
        action=file.evidence.action,
        address=_address(file),
        drawn=drawn,
        last=min(drawn.count, SHOWN_PAGES),
        picture=base64.b64encode(drawn.picture).decode("ascii"),
    )


def _picture(file: EvidenceFile, drawn: Page) -> Response:
    headers = headers_for("page.jpg", "image/jpeg", len(drawn.picture))
    headers["Content-Disposition"] = "inline"
    return Response(drawn.picture, headers=headers)


def _address(file: EvidenceFile) -> dict[str, Any]:
    action = file.evidence.action
    return {
        "reference": action.review.reference,
        "number": action.number,
        "evidence_id": file.evidence_id,
        "file_id": file.id,
    }
