"""Sends forms with every field wrong, and tells which of the fields are not named among the errors."""

import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from kscb_actions.audit.models import AuditEvent

from .reading import Seen

NO_DAY = ("31", "2", "2012")
TOO_LONG = "x" * 25_000
UNKNOWN = "nonsense"
# Where a page says how many characters a text may have.
COUNT = "data-maxlength"
TYPED = ("text", "email", "search", "tel", "password", "number", "textarea", "input")


@dataclass(frozen=True)
class Form:
    """A form of a page: where it goes, what it sends unchanged, and what a person fills: {name: elements}."""

    page: str
    endpoint: str
    action: str
    hidden: tuple[tuple[str, str], ...]
    fields: Mapping[str, list[Any]]

    @property
    def kind(self) -> tuple[Any, ...]:
        """Return what is the same for forms that are alike."""
        return (self.endpoint, tuple(sorted(self.fields)))


def forms_of(app: Flask, pages: Mapping[str, Seen]) -> Iterator[Form]:
    """Yield the forms of these pages that change something and have fields to fill."""
    routes = app.url_map.bind("localhost")
    for address, page in pages.items():
        for form in page.tree.xpath('//main//form[@method="post"]'):
            hidden: list[tuple[str, str]] = []
            fields: dict[str, list[Any]] = {}
            for field in form.xpath(".//input|.//select|.//textarea"):
                name, kind = field.get("name"), field.get("type") or field.tag
                if kind == "hidden" and name:
                    hidden.append((name, field.get("value") or ""))
                elif name and kind not in ("submit", "button"):
                    fields.setdefault(name, []).append(field)
            # Pressed is the first button, which may say what it does.
            pressed = form.xpath(".//button[not(@type='button')][1]")
            if pressed and pressed[0].get("name"):
                hidden.append((pressed[0].get("name"), pressed[0].get("value") or ""))
            if fields:
                endpoint = routes.match(urlsplit(address).path)[0]
                yield Form(address, endpoint, form.get("action") or address, tuple(hidden), fields)


def wrong_values(form: Form) -> tuple[MultiDict[str, Any], set[str]]:
    """Return what a form sends with all of it wrong, and the names of the fields that are."""
    sent, wrong, most = MultiDict[str, Any](form.hidden), set[str](), counted(form)
    for name, elements in form.fields.items():
        kind = elements[0].get("type") or elements[0].tag
        if kind == "file":
            sent.add(name, (io.BytesIO(b"MZ\x90\x00junk"), "x.exe"))
        elif kind in TYPED and len(elements) == 3:
            sent.setlist(name, [*NO_DAY])
        elif kind in TYPED:
            sent.add(name, "x" * (most[name] + 1) if name in most else TOO_LONG)
        elif kind in ("select", "radio") or len(elements) > 1:
            sent.add(name, UNKNOWN)
        else:
            # One box is ticked or not: neither is wrong in itself.
            continue
        wrong.add(name)
    return sent, wrong


def not_named(client: FlaskClient, form: Form) -> set[str]:
    """Send a form with everything wrong; return the fields that no error names.

    A text whose page counts its characters is sent one too long, and its error has to say the same number.

    AssertionError where it is taken, or anything is changed by it.
    """
    sent, wrong = wrong_values(form)
    # A wrong password is told in the trail.
    changes = AuditEvent.select().where(AuditEvent.event != "person.password-refused")
    before = changes.count()
    answer = client.post(form.action, data=sent, content_type="multipart/form-data")
    assert answer.status_code == 200, f"{form.page}: {answer.status_code} {answer.location}"
    page = Seen(answer)
    # Who opens the files of a report is recorded; that is no change.
    assert changes.count() - before <= form.page.endswith("/check"), form.page
    errors, most = page.errors, counted(form)
    return {
        name
        for name in wrong
        if not any(
            name not in most or f"at most {most[name]:,} characters" in errors[each]
            for each in _named(name, form.fields[name], errors)
        )
    }


def counted(form: Form) -> dict[str, int]:
    """Return {field: how many characters its page says it may have}."""
    said = {
        name: [each.get(COUNT) for each in elements[0].iterancestors() if each.get(COUNT)]
        for name, elements in form.fields.items()
    }
    return {name: int(found[0]) for name, found in said.items() if found}


def _named(name: str, elements: list[Any], named: Iterable[str]) -> list[str]:
    """Return under which ids of these a field of the form is named."""
    ids = {each.get("id") for each in elements}
    return [each for each in named if each in ids or each == name or each.startswith(f"{name}-")]
