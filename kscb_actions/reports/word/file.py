"""A report as a Word file for who cannot draw one: what draws is heavy, and is loaded only where it draws."""

import io
from collections.abc import Callable
from typing import Any

from kscb_actions.apart import run_apart, run_apart_telling
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


def word_file_telling(
    tell: Callable[..., object],
    template: bytes | None,
    read: Callable[..., Report],
    *arguments: Any,
) -> bytes:
    """Return the Word file of the report that `read(*arguments)` returns, read and drawn apart.

    `tell` hears how far it is, as of `write_docx`. Raises what `read` raises, and Unfinished where there was
    no time or no memory for it.
    """
    return run_apart_telling(tell, _read_and_drawn, template, read, arguments)


def _read_and_drawn(
    template: bytes | None,
    read: Callable[..., Report],
    arguments: tuple[Any, ...],
    tell: Callable[..., object],
) -> bytes:
    from .paper import write_docx

    out = io.BytesIO()
    write_docx(read(*arguments), out, template, tell)
    return out.getvalue()
