"""A report as a Word file for who cannot draw one: what draws is heavy, and is loaded only where it draws."""

import io

from kscb_actions.apart import run_apart
from kscb_actions.reports.content import Report


def word_file(report: Report) -> bytes:
    """Return the bytes of the Word file, drawn apart. Its rows must have been read: see `rows_read`."""
    return run_apart(_drawn, report)


def _drawn(report: Report) -> bytes:
    from .paper import write_docx

    out = io.BytesIO()
    write_docx(report, out)
    return out.getvalue()
