"""How many fields a form may have, whatever its encoding: too many are refused before they are parsed."""

from io import BytesIO
from typing import IO, Any

from flask import Request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser


class LimitedParser(FormDataParser):
    """Counts the fields of a urlencoded form first, as werkzeug counts the parts of a multipart one."""

    def _parse_urlencoded(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str]
    ) -> Any:
        body = stream.read()
        if self.max_form_parts is not None and body.count(b"&") >= self.max_form_parts:
            raise RequestEntityTooLarge
        return super()._parse_urlencoded(BytesIO(body), mimetype, content_length, options)


class LimitedRequest(Request):
    """A request whose forms are parsed so."""

    form_data_parser_class = LimitedParser
