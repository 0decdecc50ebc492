"""Lists taken away as a file: the rows and columns that the page shows, with its filters in force."""

import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from flask import Response, g, render_template, request
from werkzeug.wsgi import wrap_file

from kscb_actions import clock
from kscb_actions.audit.service import change
from kscb_actions.database import reading
from kscb_actions.files.judge import MEDIA_TYPES
from kscb_actions.spreadsheets.rules import Column, Sheet
from kscb_actions.spreadsheets.service import TooManyRows, write_csv, write_xlsx
from kscb_actions.web.assurance.evidence import headers_for
from kscb_actions.web.shared.guard import Access, GuardedBlueprint, viewer
from kscb_actions.web.shared.templating import OFFERED_AS_FILES
from kscb_actions.wording import LONDON, date_uk, instant_uk

EXPORTED = "list.exported"
WRITERS: Mapping[str, Callable[[BinaryIO, Sheet], int]] = {"xlsx": write_xlsx, "csv": write_csv}


@dataclass(frozen=True)
class Taken:
    """A list to be taken away.

    name     what it is called, in its file's name and in the trail
    columns  those that the page has for this person
    rows     every row that the address asks for, read as it is written
    applied  the filters in force, as `asked.in_force` gives them
    """

    name: str
    columns: Sequence[Column]
    rows: Iterable[Any]
    applied: Sequence[Mapping[str, str]] = ()


def downloadable(
    blueprint: GuardedBlueprint, rule: str, endpoint: str, access: Access, room: str
) -> Callable[[Callable[[], Taken]], Callable[[], Taken]]:
    """Register the files of the list at `rule`, whose page is `endpoint`, open as that page is.

    The decorated function gives the list for the address of this request; `room` is that of the trail in
    which it is told that somebody took it: which list and as what, not what was asked for.
    """

    def register(taken: Callable[[], Taken]) -> Callable[[], Taken]:
        OFFERED_AS_FILES.add(f"{blueprint.name}.{endpoint}")
        for kind in WRITERS:
            view = _view_of(taken, kind, room)
            blueprint.route(f"{rule}.{kind}", access=access, endpoint=f"{endpoint}_{kind}")(view)
        return taken

    return register


def _view_of(taken: Callable[[], Taken], kind: str, room: str) -> Callable[[], Any]:
    def send() -> Any:
        return _send(taken, kind, room)

    return send


def _send(taken: Callable[[], Taken], kind: str, room: str) -> Any:
    # Removed as the answer is closed. It never has a name.
    file = tempfile.TemporaryFile()
    try:
        with reading():
            found = taken()
            WRITERS[kind](file, _sheet(found))
    except TooManyRows:
        file.close()
        return render_template("errors/too_many_rows.html"), 413
    with change(viewer()) as tx:
        tx.record(EXPORTED, room, {"list": found.name, "as": kind})
    size = file.tell()
    file.seek(0)
    name = f"{found.name} {clock.today().isoformat()}.{kind}"
    headers = headers_for(name, MEDIA_TYPES[kind], size)
    return Response(wrap_file(request.environ, file), headers=headers, direct_passthrough=True)


def _sheet(found: Taken) -> Sheet:
    about = [("List", found.name), ("As at", date_uk(clock.today())), ("Taken", instant_uk(clock.now()))]
    about += [("Narrowed to", each["text"]) for each in found.applied]
    return Sheet(found.name, found.columns, found.rows, about, g.board.notice)


def local(instant: datetime | None) -> datetime | None:
    """Return an instant as a spreadsheet has it: Europe/London, to the minute."""
    return instant.astimezone(LONDON).replace(second=0, microsecond=0, tzinfo=None) if instant else None
