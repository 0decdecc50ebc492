"""The files that a form brings: those chosen now, and good ones of a try before with errors elsewhere."""

from collections.abc import Iterable, Iterator
from io import BufferedReader
from typing import Any, BinaryIO, cast

from flask import current_app, request
from werkzeug.datastructures import FileStorage

from kscb_actions.files.limits import FileRefused
from kscb_actions.files.waiting.keeping import WaitingFile, WaitingFiles
from kscb_actions.web.shared.forms import HouseForm
from kscb_actions.web.shared.guard import viewer

# The name under which a form sends what was kept, and how many of it are looked at.
NAME, MOST = "kept", 20
GONE = "A file from before is not kept any more. Choose it again."


def waiting_files() -> WaitingFiles:
    """Return the files that wait for a form, in the instance folder."""
    settings = current_app.config["SETTINGS"]
    return WaitingFiles(settings.instance, settings.secret)


class SentFiles:
    """Hold the files of one request, kept ones first. `is_gone`: one of before was too old, or is no more."""

    def __init__(self, chosen: Any) -> None:
        self._waiting, self._owner, self._form = waiting_files(), viewer().id or 0, request.path
        self._chosen = [each for each in _listed(chosen) if isinstance(each, FileStorage) and each.filename]
        tokens = list(dict.fromkeys(request.form.getlist(NAME)))[:MOST]
        found = [self._waiting.open(token, self._owner, self._form) for token in tokens]
        self._kept: list[tuple[WaitingFile, BufferedReader]] = [each for each in found if each]
        self.is_gone = len(self._kept) < len(found)

    def __iter__(self) -> Iterator[tuple[str, BinaryIO]]:
        """Yield (name, bytes from the start) of each."""
        for file, stream in self._kept:
            stream.seek(0)
            yield file.name, stream
        for each in self._chosen:
            each.stream.seek(0)
            yield each.filename or "", cast(BinaryIO, each.stream)

    def arrived(self) -> None:
        """Remove what was kept: it stands now where it belongs."""
        for file, stream in self._kept:
            stream.close()
            self._waiting.forget(file.token, self._owner, self._form)

    def keep(self, form: HouseForm, field: str) -> list[WaitingFile]:
        """Return what is kept for the next try, and say at the field what is refused. Raises StoreFull."""
        refusals, kept = [], [file for file, _ in self._kept]
        for _, stream in self._kept:
            stream.close()
        for each in self._chosen:
            each.stream.seek(0)
            try:
                kept.append(self._waiting.keep(each.stream, each.filename or "", self._owner, self._form))
            except FileRefused as refusal:
                refusals.append(str(refusal))
        if self.is_gone:
            refusals.append(GONE)
        if refusals:
            form.add_errors({field: "\n".join(refusals)})
        return kept


def _listed(chosen: Any) -> Iterable[Any]:
    return chosen if isinstance(chosen, list | tuple) else [chosen]
