"""The files of a submission as a check needs them: all as one ZIP."""

from typing import Any

from flask import Response, render_template

from kscb_actions.access.policy import Permission
from kscb_actions.assurance.models import Submission
from kscb_actions.assurance.opening.queries import get_submission
from kscb_actions.assurance.opening.service import SomeDamaged, TooLargeToPack, open_all
from kscb_actions.files.packing import PACK_LIMIT
from kscb_actions.web.shared.guard import Access, viewer

from . import blueprint
from .evidence import ADDRESS, disposition, evidence_store


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
