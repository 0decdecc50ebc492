"""The files of a submission as a check needs them: all as one ZIP, and pictures to see in the page."""

from typing import Any

from flask import Response, redirect, render_template, request
from werkzeug.wsgi import wrap_file

from kscb_actions.access.policy import Permission
from kscb_actions.assurance.models import EvidenceFile, Submission
from kscb_actions.assurance.opening.queries import get_submission
from kscb_actions.assurance.opening.reading import PICTURES, SHOWN_PIXELS
from kscb_actions.assurance.opening.service import SomeDamaged, TooLargeToPack, open_all
from kscb_actions.assurance.queries import get_file
from kscb_actions.assurance.service import FileDamaged, FileErased, open_file
from kscb_actions.files.limits import mapped
from kscb_actions.files.packing import PACK_LIMIT
from kscb_actions.files.pictures import pixels_of
from kscb_actions.web.shared.guard import Access, viewer

from . import blueprint
from .evidence import ADDRESS, PIECE, disposition, evidence_store, headers_for


@blueprint.route(
    f"{ADDRESS}/submissions/<int:submission_id>/files.zip",
    access=Access(Permission.READ_EVIDENCE, of=get_submission),
)
def all_files(submission: Submission) -> Any:
    """Send all files of a submission as one ZIP, made while it is sent."""
    action = submission.action
    try:
        pieces = open_all(viewer(), evidence_store(), submission)
    except TooLargeToPack as large:
        return render_template(
            "assurance/too_large_to_pack.html", action=action, size=large.size, limit=PACK_LIMIT
        ), 413
    except SomeDamaged as some:
        return render_template("assurance/some_damaged.html", action=action, files=some.files), 410
    return Response(
        pieces,
        headers={
            "Content-Type": "application/zip",
            "Content-Disposition": disposition(f"{action.reference.replace('/', '-')} evidence.zip"),
            "Content-Security-Policy": "default-src 'none'; sandbox",
        },
    )


@blueprint.route(f"{PIECE}/files/<int:file_id>/picture", access=Access(Permission.READ_EVIDENCE, of=get_file))
def picture(found: EvidenceFile) -> Any:
    """Send a picture for a page to show, as nothing but the picture; what is none is a download."""
    action = found.evidence.action
    if found.media_type not in PICTURES:
        return redirect(f"{request.script_root}{request.path.removesuffix('/picture')}")
    try:
        opened = open_file(viewer(), evidence_store(), found)
    except FileErased:
        return render_template("assurance/erased_file.html", file=found, action=action), 410
    except FileDamaged:
        return render_template("assurance/damaged.html", file=found, action=action), 410
    with mapped(opened) as view:
        is_too_large = pixels_of(view) > SHOWN_PIXELS
    if is_too_large:
        opened.close()
        return render_template("assurance/too_large_to_show.html", file=found, action=action), 413
    headers = headers_for(found.shown_name, found.media_type, found.size)
    headers["Content-Disposition"] = headers["Content-Disposition"].replace("attachment", "inline", 1)
    return Response(wrap_file(request.environ, opened), headers=headers, direct_passthrough=True)
