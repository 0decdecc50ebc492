"""The way into the process that reads a template: what that needs is loaded there alone."""

from typing import IO, Any

LOADS = ("encodings.cp437", "kscb_actions.reports.template.reading")


def clean_template(file: IO[bytes]) -> tuple[dict[str, Any], bytes]:
    """Return ({"facts": …}, the file to keep), or ({"problems": [sentence, …]}, b"")."""
    from .reading import cleaned_template

    return cleaned_template(file)
