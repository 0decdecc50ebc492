"""What stands between the web server and the application: waiting is done here, and takes no thread.

A thread makes pages. It is taken when the whole body of a request is there, and given back while a slow
reader takes the answer. The server speaks ASGI to this, and this WSGI to the application.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes

from kscb_actions.config import UNREAD, BodyLimits, Unread

from .request_bodies import BodyReader, Gone, Receive

Environ = dict[str, Any]
Send = Callable[[dict[str, Any]], Awaitable[None]]
# How much of an answer is held at once: every page whole, a large file in pieces.
PIECE_BYTES = 256 * 1024
# Threads for what strangers post, such as guesses at passwords: however many wait, pages have their own.
# One more than passwords are worked on at once, so that the next is told to wait.
STRANGERS = 3
BROKEN_OFF = b"The request was broken off before its end. Nothing was saved."
_PLAIN = {b"content-type": b"text/plain; charset=utf-8", b"x-content-type-options": b"nosniff"}
_OUTSIDE_HTTP = {"content-type", "content-length"}


class Front:
    """An ASGI application around a WSGI one, with `threads` for its pages and STRANGERS more.

    `most_bytes` says of a request how much of its body is read, and whether its browser is known.
    """

    def __init__(
        self, app: Any, most_bytes: Callable[[Environ], tuple[int, bool]], limits: BodyLimits, threads: int
    ) -> None:
        self._app, self._most_bytes, self._limits = app, most_bytes, limits
        self._bodies = BodyReader(limits)
        self._threads = ThreadPoolExecutor(threads, "page")
        self._strangers = ThreadPoolExecutor(STRANGERS, "stranger")

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request."""
        environ = environ_of(scope)
        most, is_known = self._most_bytes(environ)
        declared = _declared(environ)
        is_too_large = declared is not None and declared > most
        if is_too_large or not most or declared == 0:
            if is_too_large and most:
                environ[UNREAD] = Unread.TOO_LARGE
            # Of what is too much to be read to its end nothing is awaited.
            has_end = declared is None or 0 < declared <= self._limits.discarded_bytes
            await self._answer(environ, send, self._threads, receive if has_end else None)
            return
        try:
            async with self._bodies.reading(receive, most, is_known) as body:
                threads = self._threads if is_known else self._strangers
                if isinstance(body, Unread):
                    environ[UNREAD] = body
                    await self._answer(environ, send, threads, None if body is Unread.TOO_SLOW else receive)
                else:
                    environ["wsgi.input"] = body
                    await self._answer(environ, send, threads)
        except Gone:
            # Said also of a body that is no HTTP, whose sender is still there.
            await send({"type": "http.response.start", "status": 400, "headers": list(_PLAIN.items())})
            await send({"type": "http.response.body", "body": BROKEN_OFF})

    async def _answer(
        self, environ: Environ, send: Send, threads: ThreadPoolExecutor, rest: Receive | None = None
    ) -> None:
        """Send the answer. `rest` gives what is still to come of a body that nobody wants.

        It is read and thrown away after the answer: a connection that is closed while its other end sends is
        reset, and most browsers then show that in place of the page.
        """
        answer = _Answer(self._app, environ)
        run = asyncio.get_running_loop().run_in_executor
        piece, more = await run(threads, answer.begin)
        # By its length the server would take the answer for finished, and close before the rest has come.
        headers = [each for each in answer.headers if rest is None or each[0] != b"content-length"]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        try:
            while True:
                # A reader who takes less than a sender must give is let go.
                slowest = self._limits.grace_seconds + len(piece) / self._limits.least_bytes_a_second
                async with asyncio.timeout(slowest):
                    is_all = not more and rest is None
                    await send({"type": "http.response.body", "body": piece, "more_body": not is_all})
                if not more:
                    break
                piece, more = await run(threads, answer.take)
        except TimeoutError:
            return
        finally:
            if more:
                await run(threads, answer.close)
        if rest is not None:
            await self._bodies.discard(rest)
            await send({"type": "http.response.body", "body": b"", "more_body": False})


class _Answer:
    """The application's answer to one request, taken piece by piece, each in whatever thread is free."""

    def __init__(self, app: Any, environ: Environ) -> None:
        self._app, self._environ = app, environ
        self.status, self.headers = 500, list[tuple[bytes, bytes]]()

    def begin(self) -> tuple[bytes, bool]:
        """Run the application and return the first piece; then status and headers are known."""
        self._chunks: Iterable[bytes] = self._app(self._environ, self._start)
        self._left: Iterator[bytes] = iter(self._chunks)
        return self.take()

    def take(self) -> tuple[bytes, bool]:
        """Return the next PIECE_BYTES or a little more, and whether there may be more after them."""
        taken, size = list[bytes](), 0
        for chunk in self._left:
            taken.append(chunk)
            size += len(chunk)
            if size >= PIECE_BYTES:
                return b"".join(taken), True
        self.close()
        return b"".join(taken), False

    def close(self) -> None:
        """Let go of what the answer is made of, such as an open file."""
        close = getattr(self._chunks, "close", None)
        if close:
            close()

    def _start(self, status: str, headers: list[tuple[str, str]], _: Any = None) -> None:
        self.status = int(status.split(" ", 1)[0])
        # Lower case is how ASGI has the names of headers.
        self.headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]


def environ_of(scope: dict[str, Any]) -> Environ:
    """Return what PEP 3333 says of a request, whose body is empty until it has been read."""
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": scope["server"][0],
        "SERVER_PORT": scope["server"][1],
        "REMOTE_ADDR": scope["client"][0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": BytesIO(),
        # A body that came in chunks ends where its file ends.
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        key = name.upper().replace("-", "_")
        key = key if name in _OUTSIDE_HTTP else f"HTTP_{key}"
        joint = "; " if name == "cookie" else ","
        environ[key] = f"{environ[key]}{joint}{value}" if key in environ else value
    return environ


def _declared(environ: Environ) -> int | None:
    """Return how long the body says it is; None where it comes in chunks of its own."""
    if "HTTP_TRANSFER_ENCODING" in environ:
        return None
    # The server has refused what is no number.
    return int(environ.get("CONTENT_LENGTH") or 0)
