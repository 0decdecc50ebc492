"""What the tests of the evidence pages share."""

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from kscb_actions.actions.models import Action
from kscb_actions.assurance.models import EvidenceFile

from ..factories import PDF

SignIn = Callable[..., FlaskClient]


TEXT = b"Ten of ten files show it.\n"


def at(action: Action, tail: str = "") -> str:
    return f"/reviews/{action.review.reference}/actions/{action.number}{tail}"


def file_address(file: EvidenceFile) -> str:
    action = file.evidence.action
    return at(action, f"/evidence/{file.evidence_id}/files/{file.id}")


def good(token: str, *files: tuple[bytes, str], **changes: Any) -> dict[str, Any]:
    """Return a right post, with `changes`; a change to None leaves the field out."""
    sent = [(io.BytesIO(data), name) for data, name in files or ((PDF, "policy.pdf"),)]
    data = {
        "csrf_token": token,
        "kind": "audit",
        "dated_on": ["1", "3", "2012"],
        "description": "Nine of ten.",
        "files": sent,
        **changes,
    }
    return {name: value for name, value in data.items() if value is not None}


def without_tokens(page: str) -> str:
    """Return the page without what is drawn anew for each answer."""
    return re.sub(r'(nonce|value)="[^"]*"', "", page)


def post(client: FlaskClient, action: Action, data: dict[str, Any], query: str = "") -> Any:
    return client.post(at(action, "/evidence/new") + query, data=data, content_type="multipart/form-data")


def files_in(app: Flask) -> list[Path]:
    root = app.config["SETTINGS"].evidence
    return [path for path in root.rglob("*") if path.is_file()] if root.exists() else []
