"""Whatever comes over a connection, `flask serve` answers it, never with a fault of its own."""

import socket

from kscb_actions.config import Settings

from ..factories import World
from .serving import serving

CLOSE = b"Host: 127.0.0.1\r\nConnection: close\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
GET, POST = b"GET /sign-in HTTP/1.1\r\n" + CLOSE, b"POST /sign-in HTTP/1.1\r\n" + CLOSE
# What no connection's buffers hold: who closes one before it has come resets it, and nobody sees the answer.
CHUNK = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
MUCH = b"Content-Length: 26214400\r\n\r\n" + b"x" * 26_214_400
ODD = {
    "no host": (b"GET /sign-in HTTP/1.1\r\nConnection: close\r\n\r\n", 200),
    "HTTP/1.0": (b"GET /sign-in HTTP/1.0\r\n\r\n", 200),
    "no letters": (b"GET /%ff%fe%00 HTTP/1.1\r\n" + CLOSE + b"\r\n", 404),
    "a way up": (b"GET /static/%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\n" + CLOSE + b"\r\n", 404),
    "a method of its own": (b"BREW /sign-in HTTP/1.1\r\n" + CLOSE + b"\r\n", 405),
    "nothing but a star": (b"OPTIONS * HTTP/1.1\r\n" + CLOSE + b"\r\n", 404),
    "a body on a GET": (GET + b"Content-Length: 4\r\n\r\na=bc", 200),
    "chunks": (POST + FORM + CHUNKED + b"\r\n3\r\na=b\r\n0\r\n\r\n", 400),
    "a first chunk that is none": (POST + FORM + CHUNKED + b"\r\nZZ\r\na=b\r\n0\r\n\r\n", 400),
    "a second chunk that is none": (POST + FORM + CHUNKED + b"\r\n3\r\na=b\r\nZZ\r\n\r\n", 400),
    "chunks and a length": (POST + FORM + b"Content-Length: 4\r\n" + CHUNKED + b"\r\n0\r\n\r\n", 400),
    "two lengths": (POST + FORM + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\na=bc", 400),
    "a length below nothing": (POST + FORM + b"Content-Length: -4\r\n\r\na=bc", 400),
    "a length without end": (POST + FORM + b"Content-Length: 99999999999999\r\n\r\na=bc", 413),
    "more in chunks than is taken": (POST + FORM + CHUNKED + b"\r\n" + CHUNK * 400 + b"0\r\n\r\n", 413),
    "more than is taken": (POST + FORM + MUCH, 413),
    "much that is no form": (POST + b"Content-Type: application/json\r\n" + MUCH, 400),
    "much for nobody": (b"POST /nowhere HTTP/1.1\r\n" + CLOSE + FORM + MUCH, 413),
    "three hundred headers": (GET + b"".join(b"X-%d: a\r\n" % each for each in range(300)) + b"\r\n", 431),
    "letters of no code": (GET + b"X-A: \xff\xfe\r\nCookie: a=\xe9\r\n\r\n", 200),
    "no request": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc" * 10 + b"\r\n\r\n", 400),
}


def status_of(port: int, request: bytes) -> int:
    """Return the status that a request is answered with."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    return int(answer.split(b" ", 2)[1])


def test_odd_requests_are_answered_like_other_bad_input(world: World, settings: Settings) -> None:
    with serving(settings) as server:
        found = {name: status_of(server.port, request) for name, (request, _) in ODD.items()}
    assert found == {name: status for name, (_, status) in ODD.items()}
