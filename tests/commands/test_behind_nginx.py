"""README's proxy as it stands there, below a path and with TLS, before `flask serve`."""

import http.client
import os
import re
import shutil
import ssl
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import pytest

from kscb_actions.assurance.models import EvidenceFile
from kscb_actions.config import Settings

from ..assurance.filing import at, file_address
from ..factories import World
from ..mail.peers import CERTIFICATE, free_port
from ..people.visitor import PASSWORD, token_in, with_password
from .running import ROOT, until
from .serving import FORM, Browser, serving
from .test_slow_senders import MULTIPART, upload

NO_NGINX = "nginx is not there, so README's proxy is not tried. Debian: apt-get install nginx-light"
PATH = "/tracker"
SIGN_IN = f"{PATH}/sign-in"
WHERE = f"{os.environ['PATH']}:/usr/sbin"


@pytest.fixture
def nginx() -> str:
    """Return nginx's path; without one the test is skipped aloud, and fails where CI is true."""
    found = shutil.which("nginx", path=WHERE)
    if found is None and os.environ.get("CI") == "true":
        pytest.fail(NO_NGINX)
    if found is None:
        warnings.warn(NO_NGINX, stacklevel=1)
        pytest.skip(NO_NGINX)
    return found


def from_readme(port: int, behind: int) -> str:
    """Return README's configuration for nginx, below the path, with only ports and certificate changed."""
    (block,) = re.findall(r"```nginx\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    for needed in ("proxy_request_buffering on;", "proxy_set_header Host $host;"):
        assert needed in block, needed
    for old, new in (
        ("listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;"),
        ("server_name tracker.board.example;", "server_name localhost;"),
        ("/etc/ssl/tracker.pem", str(CERTIFICATE)),
        ("/etc/ssl/private/tracker.key", str(CERTIFICATE)),
        ("location / {", f"location {PATH}/ {{"),
        ("127.0.0.1:5000", f"127.0.0.1:{behind}"),
    ):
        assert block.count(old) == 1, old
        block = block.replace(old, new)
    return block


@contextmanager
def proxying(nginx: str, folder: Path, port: int, behind: int) -> Iterator[None]:
    """Hold nginx on a port, with all that it writes in `folder`."""
    places = "".join(f"{each}_temp_path {folder}/{each};\n" for each in ("client_body", "proxy", "fastcgi"))
    places += f"uwsgi_temp_path {folder}/uwsgi;\nscgi_temp_path {folder}/scgi;\naccess_log off;\n"
    user = "user root;\n" if os.geteuid() == 0 else ""
    config = folder / "nginx.conf"
    config.write_text(
        f"{user}daemon off;\npid {folder}/pid;\nevents {{}}\nhttp {{\n{places}{from_readme(port, behind)}}}\n"
    )
    with (folder / "error.log").open("w") as log:
        process = subprocess.Popen([nginx, "-p", folder, "-c", config, "-e", "stderr"], stderr=log)
    try:
        assert until(lambda: (folder / "pid").exists() and (folder / "pid").read_text(), 10), (
            folder / "error.log"
        ).read_text()
        yield
    finally:
        process.terminate()
        process.wait(20)


class Outside(Browser):
    """A browser outside, which knows the proxy alone and follows what it is told."""

    def link(self) -> http.client.HTTPConnection:
        """Return a new connection over TLS."""
        trusted = ssl.create_default_context(cafile=str(CERTIFICATE))
        return http.client.HTTPSConnection("localhost", self.port, timeout=30, context=trusted)


def test_the_proxy_of_the_readme_serves_below_a_path(
    nginx: str, world: World, settings: Settings, tmp_path: Path
) -> None:
    lead = with_password(world.police_lead)
    page = PATH + at(world.action(), "/evidence/new")
    port = free_port()
    base = f"https://localhost:{port}{PATH}"
    with serving(settings, KSCB_BASE_URL=base) as server, proxying(nginx, tmp_path, port, server.port):
        browser = Outside(port)
        status, headers, _ = browser.answer("GET", f"{PATH}/")
        assert (status, headers["Location"]) == (302, f"{PATH}/sign-in?next={PATH}/")
        text = browser.ask("GET", headers["Location"])[1]
        fields = {"csrf_token": token_in(text), "email": lead.email, "password": PASSWORD}
        status, headers, _ = browser.answer(
            "POST", f"{PATH}/sign-in", urlencode(fields), **{"Content-Type": FORM}
        )
        assert (status, headers["Location"]) == (302, f"{PATH}/")
        assert all(f"Path={PATH}" in each for each in headers.get_all("Set-Cookie"))
        # An upload that nginx takes whole before it passes it on, then read again.
        file = b"Ten of ten.\n" * 200_000
        text = browser.ask("GET", page)[1]
        assert (
            browser.ask("POST", page, upload(token_in(text), file), **{"Content-Type": MULTIPART})[0] == 302
        )
        status, text = browser.ask("GET", PATH + file_address(EvidenceFile.get()))
        assert (status, len(text)) == (200, len(file))
        # What a page loads, kept for ever.
        text = browser.ask("GET", f"{PATH}/my-actions")[1]
        for address in map(unescape, re.findall(r'(?:src|href)="([^"]*/static/[^"]*)"', text)):
            status, headers, _ = browser.answer("GET", address)
            assert (status, headers["Cache-Control"][-9:]) == (200, "immutable"), address
        # A body in pieces over the limit, which nginx takes too, has the tracker's own page.
        pieces = (b"x" * 1_000_000 for _ in range(12))
        status, text = browser.ask("POST", SIGN_IN, pieces, **{"Content-Type": FORM})
        assert status == 413 and "<h1" in text and f'href="{PATH}/"' in text
        assert browser.ask("GET", f"{PATH}/ready") == (200, "ready\n")
        assert browser.ask("GET", "/sign-in")[0] == 404, "nothing beside the path is the tracker's"
