"""Clients that send slowly, never to the end, or take their answer slowly: many at once, by one thread."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import repeat
from threading import Thread


@dataclass
class Sender:
    """A request: `head` at once, then every `every` seconds one of `pieces`, or `piece` without end."""

    head: bytes
    piece: bytes = b"x"
    every: float = 1
    pieces: list[bytes] | None = None
    answer: bytes = b""
    begun: float = field(default_factory=time.monotonic)
    seconds: float | None = None
    sent: int = 0

    @property
    def status(self) -> int:
        """Return the status of the answer; 0 when the connection was closed without one."""
        return int(self.answer.split(b" ", 2)[1]) if self.answer else 0


def post(path: str, length: int, cookie: str = "", kind: str = "application/x-www-form-urlencoded") -> bytes:
    """Return the head of a post whose body says that it is so long."""
    lines = [
        f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {length}", f"Content-Type: {kind}",
        "Sec-Fetch-Site: same-origin",
    ]  # fmt: skip
    return "\r\n".join([*lines, *([f"Cookie: {cookie}"] if cookie else []), "", ""]).encode()


@contextmanager
def sending(port: int, *senders: Sender) -> Iterator[None]:
    """Send them all, each until it is answered or closed; whoever goes on at the end is cut off."""
    loop = asyncio.new_event_loop()

    async def all_of_them() -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*(_send(port, sender) for sender in senders))

    task = loop.create_task(all_of_them())
    thread = Thread(target=loop.run_until_complete, args=(task,))
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join()
        loop.close()


async def _send(port: int, sender: Sender) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answered = asyncio.ensure_future(_take(reader, sender))
    sender.begun = time.monotonic()
    try:
        writer.write(sender.head)
        for piece in repeat(sender.piece) if sender.pieces is None else sender.pieces:
            if answered.done():
                break
            writer.write(piece)
            await writer.drain()
            sender.sent += 1
            await asyncio.wait([answered], timeout=sender.every)
        await answered
    except ConnectionError:
        await answered
    finally:
        answered.cancel()
        writer.close()


async def _take(reader: asyncio.StreamReader, sender: Sender) -> None:
    with suppress(ConnectionError):
        while piece := await reader.read(65536):
            sender.answer += piece
    sender.seconds = time.monotonic() - sender.begun
