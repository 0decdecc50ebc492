"""A password and a certificate: mail over TLS."""

from dataclasses import replace
from datetime import timedelta

import pytest

from kscb_actions.config import Settings
from kscb_actions.mail.delivery import deliver_due

from ..factories import World
from .peers import CERTIFICATE, Peer, listening, with_password, with_tls
from .sending import Wait, states, via, write


def test_with_a_password_the_mail_goes_over_tls(
    world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    write(world.reader)
    options = {**with_tls(), **with_password("board", "p@ss word")}
    with listening(Peer(), **options) as peer:
        assert deliver_due(via(settings, peer.port, "board:p%40ss%20word@", host="localhost")).sent == 1
    assert peer.was_tls == [True]


def test_a_wrong_password_loses_nothing(
    world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    write(world.reader)
    with listening(Peer(), **with_tls(), **with_password("board", "right")) as peer:
        done = deliver_due(via(settings, peer.port, "board:wrong@", host="localhost"))
    assert "535" in done.trouble
    assert "wrong" not in done.trouble
    assert states() == ["queued"]


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_a_password_is_never_sent_without_tls(world: World, settings: Settings) -> None:
    write(world.reader)
    options = {**with_password("board", "secret"), "auth_require_tls": False}
    with listening(Peer(), **options) as peer:
        done = deliver_due(via(settings, peer.port, "board:secret@"))
    assert "offers no TLS" in done.trouble
    assert (peer.received, states()) == ([], ["queued"])


def test_without_tls_nothing_is_sent_but_by_a_setting_that_says_so(
    world: World, settings: Settings, wait: Wait
) -> None:
    write(world.reader)
    with listening(Peer()) as peer:
        allowed = via(settings, peer.port)
        done = deliver_due(replace(allowed, mail_without_tls=False))
        assert (done.sent, peer.received, states()) == (0, [], ["queued"])
        assert "offers no TLS, so nothing was sent" in done.trouble
        assert "KSCB_MAIL_WITHOUT_TLS=yes" in done.trouble
        wait(timedelta(hours=2))
        assert (deliver_due(allowed).sent, states()) == (1, ["sent"])
    assert peer.was_tls == [False]


def test_starttls_is_used_where_offered_without_a_password_too(
    world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    write(world.reader)
    with listening(Peer(), **with_tls()) as peer:
        assert deliver_due(via(settings, peer.port, host="localhost")).sent == 1
    assert peer.was_tls == [True]


def test_a_certificate_nobody_vouches_for_is_not_trusted(world: World, settings: Settings) -> None:
    write(world.reader)
    with listening(Peer(), **with_tls()) as peer:
        done = deliver_due(via(settings, peer.port, host="localhost"))
    assert "certificate" in done.trouble
    assert (peer.received, states()) == ([], ["queued"])


def test_mail_over_tls_from_the_first_byte(
    world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    write(world.reader)
    with listening(Peer(), ssl_context=with_tls()["tls_context"]) as peer:
        assert deliver_due(via(settings, peer.port, scheme="smtps", host="localhost")).sent == 1
    assert len(peer.received) == 1
