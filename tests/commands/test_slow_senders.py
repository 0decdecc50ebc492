"""Who sends slowly, never to the end, or takes an answer slowly, holds up nobody else: on `flask serve`."""

import os
import secrets
import signal
import socket
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

import pytest

from kscb_actions.assurance.models import EvidenceFile
from kscb_actions.config import Settings
from kscb_actions.jobs.models import Lease
from kscb_actions.people.models import User

from ..assurance.filing import at, file_address
from ..factories import World
from ..long import LONG, amount
from ..people.visitor import with_password
from .running import until
from .senders import Sender, post, sending
from .serving import FORM, Browser, Server, alive, answers, below, serving

MULTIPART = "multipart/form-data; boundary=line"
ASKED, TRIES, TIMES = 15, 3, 2
# Four hashes at a time want two processors: a page has its share of them, and waits for no guess.
TIMES_GUESSED = 10
# A second of grace and 20 KB a second after it.
QUICK = "BodyLimits(grace_seconds=1, least_bytes_a_second=20_000, idle_seconds=2, header_seconds=1)"


@pytest.fixture
def lead(world: World) -> User:
    """Return an agency lead who can sign in."""
    return with_password(world.police_lead)


def signed_in(server: Server, person: User) -> Browser:
    browser = Browser(server.port)
    assert browser.sign_in(person.email) == 302
    return browser


def seconds_of_a_page(browser: Browser) -> float:
    taken = []
    for _ in range(ASKED):
        begun = time.perf_counter()
        assert browser.ask("GET", "/actions")[0] == 200
        taken.append(time.perf_counter() - begun)
    return median(taken)


def upload(token: str, file: bytes) -> bytes:
    """Return a right form with a file, as a browser sends it."""
    fields = {"csrf_token": token, "kind": "audit", "description": "Nine of ten."}
    parts = [*fields.items(), *(("dated_on", part) for part in ("1", "3", "2012"))]
    typed = "".join(
        f'--line\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in parts
    )
    named = (
        '--line\r\nContent-Disposition: form-data; name="files"; filename="notes.txt"\r\n'
        "Content-Type: text/plain\r\n\r\n"
    )
    return (typed + named).encode() + file + b"\r\n--line--\r\n"


def test_who_sends_or_takes_slowly_holds_up_nobody(
    world: World, settings: Settings, lead: User, tmp_path: Path
) -> None:
    """One server with the usual limits meets it all, and is killed in the end."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    page = at(world.action(), "/evidence/new")
    with serving(settings, TMPDIR=str(folder)) as server:
        browser = signed_in(server, lead)
        head = post(page, 25_000_000, browser.cookie, MULTIPART)
        a_page_answers_while_many_send_slowly(server, browser, head)
        for known in ("", browser.cookie):
            a_body_that_may_not_be_sent_is_refused_unsent(server, page, known)
        a_body_in_pieces_over_the_limit_has_the_page_and_no_reset(server)
        if LONG:
            a_slow_honest_upload_arrives(server, browser, page, 20_000, 150)
        who_takes_an_answer_slowly_holds_no_thread(server, browser, page)
        forty_guesses_at_once_are_told_to_wait_and_do_not_queue(server, browser)
        what_was_half_read_is_gone_from_the_disk(server, folder, Sender(head + b"x" * 200_000, b"", every=60))
        assert until(lambda: Lease.select().exists()), "no scheduler"
        held = [Sender(post("/sign-in", 5_000_000), b"x" * 10_000, every=0.2) for _ in range(4)]
        with sending(server.port, *held):
            assert until(lambda: all(sender.sent for sender in held))
            workers = below(server.process.pid)
            # Told to end while it begins new workers, it would wait for them first.
            server.process.kill()
            assert until(lambda: not alive(workers), 5), "nothing outlives it"
    assert not answers(server.port)
    assert list(folder.iterdir()) == []


def a_page_answers_while_many_send_slowly(server: Server, browser: Browser, head: bytes) -> None:
    for _ in range(TRIES):
        seconds_of_a_page(browser)
        quiet = seconds_of_a_page(browser)
        senders = [Sender(post("/sign-in", 5_000)) for _ in range(200)]
        senders += [Sender(head, b"x" * 4_000, every=0.2) for _ in range(20)]
        with sending(server.port, *senders):
            assert until(lambda: all(sender.sent > 1 for sender in senders))  # noqa: B023
            loaded = seconds_of_a_page(browser)
            assert not any(sender.answer for sender in senders), "all are held open"
        if loaded <= TIMES * quiet:
            return
    raise AssertionError(f"{loaded:.3f} s with slow senders, {quiet:.3f} s without")


def a_body_that_may_not_be_sent_is_refused_unsent(server: Server, page: str, known: str) -> None:
    asked = {
        413: Sender(post("/sign-in", 6_000_000, known)),
        400: Sender(post("/sign-in", 500, known, "application/json")),
        404: Sender(post("/nowhere", 500, known)),
    }
    if not known:
        asked[302] = Sender(post(page, 6_000_000, known, MULTIPART))
    with sending(server.port, *asked.values()):
        assert until(lambda: all(sender.answer for sender in asked.values()), 10)
    told = {status: sender.status for status, sender in asked.items()}
    assert told == {status: status for status in asked}, known


def a_body_in_pieces_over_the_limit_has_the_page_and_no_reset(server: Server) -> None:
    """All of it is sent before the answer is looked at, as browsers do.

    The server itself reads on what is there when it has answered: the rest comes a moment later.
    """
    head = post("/sign-in", 0).replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
    assert b"chunked" in head
    piece = b"%x\r\n%s\r\n" % (500_000, b"x" * 500_000)
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as link:
        link.sendall(head)
        for number in range(16):
            if number > 12:
                time.sleep(0.2)
            link.sendall(piece)
        link.sendall(b"0\r\n\r\n")
        answer = b""
        while taken := link.recv(65_536):
            answer += taken
            if b"</html>" in answer:
                break
    assert b" 413 " in answer.split(b"\r\n", 1)[0] and b"<h1" in answer, answer


def a_slow_honest_upload_arrives(
    server: Server, browser: Browser, page: str, speed: int, seconds: int
) -> None:
    """At 20 KB a second for two and a half minutes (long form), else at five times a higher least speed."""
    file = b"Ten of ten.\n" * (speed * seconds // 12)
    body = upload(browser.token(page), file)
    tenth = speed // 10
    whole = Sender(
        post(page, len(body), browser.cookie, MULTIPART),
        every=0.1,
        pieces=[body[start : start + tenth] for start in range(0, len(body), tenth)],
    )
    with sending(server.port, whole):
        assert until(lambda: whole.seconds is not None, seconds + 30)
    assert whole.status == 302 and whole.seconds > seconds * 0.9
    assert newest_file().size == len(file)


def newest_file() -> EvidenceFile:
    return EvidenceFile.select().order_by(EvidenceFile.id.desc()).get()


def who_takes_an_answer_slowly_holds_no_thread(server: Server, browser: Browser, page: str) -> None:
    file = b"Ten of ten.\n" * 1_000_000
    body = upload(browser.token(page), file)
    assert browser.ask("POST", page, body, **{"Content-Type": MULTIPART})[0] == 302
    address = file_address(newest_file())
    with ExitStack() as open_links:
        for _ in range(12):
            link = open_links.enter_context(socket.socket())
            link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            link.connect(("127.0.0.1", server.port))
            link.sendall(f"GET {address} HTTP/1.1\r\nHost: a\r\nCookie: {browser.cookie}\r\n\r\n".encode())
        time.sleep(0.5)
        assert seconds_of_a_page(browser) < 1
        status, text = browser.ask("GET", address)
        assert (status, len(text)) == (200, len(file))


def forty_guesses_at_once_are_told_to_wait_and_do_not_queue(server: Server, browser: Browser) -> None:
    """Two passwords at a time are worked on in a worker; in the long form a page is timed meanwhile."""
    stranger, ratios = Browser(server.port), []
    token = stranger.token("/sign-in")
    for _ in range(amount(1, TRIES)):
        quiet = seconds_of_a_page(browser) if LONG else 1
        guesses = [
            Sender(guess, guess if LONG else b"")
            for guess in (a_guess(token, stranger.cookie) for _ in range(40))
        ]
        with sending(server.port, *guesses):
            assert until(lambda: all(each.answer for each in guesses))  # noqa: B023
            ratios.append(seconds_of_a_page(browser) / quiet if LONG else 0)
        told = [each.answer.split(b"HTTP/1.1 ")[1][:3] for each in guesses]
        assert set(told) == {b"200", b"503"} and told.count(b"503") >= 20
        time.sleep(1)
    assert min(ratios) <= TIMES_GUESSED, ratios


def what_was_half_read_is_gone_from_the_disk(server: Server, folder: Path, large: Sender) -> None:
    """When the client goes, and when the workers are killed."""
    for workers in ((), server.workers):
        again = replace(large, answer=b"")
        with sending(server.port, again):
            assert until(lambda: server.open_files(folder) == 1, 5)
            assert list(folder.iterdir()) == [], "it has no name"
            for worker in workers:
                os.kill(worker, signal.SIGKILL)
        assert until(lambda: server.open_files(folder) == 0, 5)
    assert until(lambda: answers(server.port)), "no new worker"


def test_a_body_that_does_not_end_is_let_go_and_leaves_nothing(
    world: World, settings: Settings, lead: User, tmp_path: Path
) -> None:
    """Byte by byte, a stop after 200 KB, a stop in the headers, nothing at all: each ends, and is told.

    What is being sent when the server is told to end has its own time, and 15 seconds at most.
    """
    folder = tmp_path / "temporary"
    folder.mkdir()
    page = at(world.action(), "/evidence/new")
    with serving(settings, QUICK, TMPDIR=str(folder)) as server:
        browser = signed_in(server, lead)
        head = post(page, 25_000_000, browser.cookie, MULTIPART)
        drip = Sender(post("/sign-in", 5_000), every=0.2)
        chunks = Sender(
            head.replace(b"Content-Length: 25000000", b"Transfer-Encoding: chunked"), b"1\r\nx\r\n", 0.2
        )
        stopped = Sender(head + b"x" * 200_000, b"", every=60)
        headers, nothing = Sender(b"POST /sign-in HTTP/1.1\r\nHo", b"", 60), Sender(b"", b"", 60)
        every = (drip, chunks, stopped, headers, nothing)
        with sending(server.port, *every):
            assert until(lambda: server.open_files(folder) == 1, 5), "the large one lies on the disk"
            assert until(lambda: all(sender.seconds for sender in every), 20), every
        for sender in (drip, chunks, stopped):
            assert sender.status == 408 and b"What you sent did not arrive" in sender.answer
        assert drip.seconds < 3 and stopped.seconds < 5, "a stop of two seconds, whatever came before"
        assert server.open_files(folder) == 0
        if not LONG:
            a_slow_honest_upload_arrives(server, browser, page, 100_000, 3)
        held = [Sender(post("/sign-in", 5_000), every=0.2) for _ in range(20)]
        with sending(server.port, *held):
            assert until(lambda: all(sender.sent for sender in held))
            begun = time.monotonic()
            server.process.terminate()
            assert server.process.wait(30) == 0
            assert time.monotonic() - begun < 10
    assert list(folder.iterdir()) == []


def test_there_are_never_more_half_read_bodies_than_may_be(
    world: World, settings: Settings, lead: User
) -> None:
    """Strangers use up what strangers may, and whoever has signed in has places of their own."""
    few = "BodyLimits(strangers=Room(bodies=3, bytes=200_000), known_browsers=Room(bodies=3, bytes=200_000))"
    with serving(settings, few) as server:
        browser = signed_in(server, lead)
        held = [Sender(post("/sign-in", 5_000), every=60) for _ in range(12)]
        with sending(server.port, *held):
            assert until(lambda: sum(sender.status == 503 for sender in held) >= 6)
            assert sum(not sender.answer for sender in held) <= 6, "three in each of two workers"
            assert b"retry-after: 30" in next(sender.answer for sender in held if sender.answer).lower()
            status, _ = browser.ask("POST", "/sign-out", "csrf_token=", **{"Content-Type": FORM})
            assert status != 503
        large = [Sender(post("/sign-in", 150_000) + b"x" * 149_000, b"", every=60) for _ in range(4)]
        with sending(server.port, *large):
            assert until(lambda: sum(sender.status == 503 for sender in large) >= 2)


def a_guess(token: str, cookie: str) -> bytes:
    """Return a request to sign in at an address that nobody has used up, which costs a hash all the same."""
    address = f"{secrets.token_hex(8)}@board.example"
    body = urlencode({"csrf_token": token, "email": address, "password": "not it at all"}).encode()
    return post("/sign-in", len(body), cookie) + body
