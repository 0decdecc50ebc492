"""A report as a Word file for who cannot draw one: what draws is heavy, and is loaded only where it draws."""

import io

from kscb_actions.apart import run_apart
from kscb_actions.reports.content import Report
from kscb_actions.reports.template.queries import template_in_use


def word_file(report: Report, template: bytes | None = None) -> bytes:
    """Return the bytes of the Word file, drawn apart, in the board's template where one is in use.

    Its rows must have been read: see `rows_read`. `template` is another one, to see how papers look in it.
    """
    return run_apart(_drawn, report, template or template_in_use())


def _drawn(report: Report, template: bytes | None) -> bytes:
    from .paper import write_docx

    out = io.BytesIO()
    write_docx(report, out, template)
    return out.getvalue()
