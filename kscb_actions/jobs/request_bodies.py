"""Reading the body of a request before a thread is taken for its page: in time, within bounds, not in memory.

A body that is never finished, or comes byte by byte, holds a connection until its time is over, and no more.
What has arrived lies in a file without a name, which is gone with the connection or with the process.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from kscb_actions.config import BodyLimits, Room, Unread

Receive = Callable[[], Awaitable[dict[str, Any]]]


class Gone(Exception):
    """The client has closed the connection: nobody waits for an answer."""


@dataclass
class _Held:
    """What bodies hold at this moment of a room."""

    room: Room
    bodies: int = 0
    bytes: int = 0


@dataclass
class _Body:
    file: IO[bytes]
    size: int = 0


class BodyReader:
    """Reads bodies within `limits`, and counts what all that this process holds take together."""

    def __init__(self, limits: BodyLimits) -> None:
        self._limits = limits
        self._known, self._strangers = _Held(limits.known_browsers), _Held(limits.strangers)

    @asynccontextmanager
    async def reading(self, receive: Receive, most: int, is_known: bool) -> AsyncIterator[IO[bytes] | Unread]:
        """Hold the whole body, of at most `most` bytes, as long as the context lasts; or say why not.

        `is_known` says whether somebody has signed in in this browser. Raises Gone.
        """
        held = self._known if is_known else self._strangers
        if held.bodies >= held.room.bodies:
            yield Unread.NO_ROOM
            return
        held.bodies += 1
        with SpooledTemporaryFile(self._limits.in_memory_bytes) as file:
            body = _Body(file)
            try:
                why_not = await self._read(receive, body, most, held)
                file.seek(0)
                yield why_not or file
            finally:
                held.bodies -= 1
                held.bytes -= body.size

    async def discard(self, receive: Receive) -> None:
        """Read on to the end of a body and keep nothing of it, at the pace of any other, within bounds."""
        size = 0
        with suppress(TimeoutError, Gone):
            async for piece in self._pieces(receive, self._limits.lingering_seconds):
                size += len(piece)
                if size > self._limits.discarded_bytes:
                    return

    async def _read(self, receive: Receive, body: _Body, most: int, held: _Held) -> Unread | None:
        try:
            async for piece in self._pieces(receive, self._limits.idle_seconds):
                if body.size + len(piece) > most:
                    return Unread.TOO_LARGE
                if held.bytes + len(piece) > held.room.bytes:
                    return Unread.NO_ROOM
                body.size += len(piece)
                held.bytes += len(piece)
                body.file.write(piece)
        except TimeoutError:
            return Unread.TOO_SLOW
        except OSError:
            return Unread.DISK_FULL
        return None

    async def _pieces(self, receive: Receive, idle_seconds: float) -> AsyncIterator[bytes]:
        """Yield what arrives. Raises TimeoutError when it stops, is too slow over all, or takes too long."""
        limits, now = self._limits, asyncio.get_running_loop().time
        begun, size, more = now(), 0, True
        while more:
            allowed = min(limits.longest_seconds, limits.grace_seconds + size / limits.least_bytes_a_second)
            async with asyncio.timeout_at(min(begun + allowed, now() + idle_seconds)):
                message = await receive()
            if message["type"] == "http.disconnect":
                raise Gone
            more = message.get("more_body", False)
            size += len(message["body"])
            yield message["body"]
