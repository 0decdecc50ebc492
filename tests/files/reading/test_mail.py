"""A saved email as words: what is shown of it, and of one that is made to harm."""

import io
import time
import tracemalloc

import pytest

from kscb_actions.files.judge import judge
from kscb_actions.files.limits import MIB
from kscb_actions.files.reading.html import words_of_html
from kscb_actions.files.reading.mail import Mail, Unreadable, read_mail

from ..corpus_mail import HEADER, attachment, email, email_with, multipart, part

HTML = (
    "<html><head><title>no</title><style>p{}</style></head><body><p>Dear <b>Board</b>,</p>"
    '<img src="http://tracker.example/a.png" onerror="alert(1)"><!-- hidden --><script>alert(2)</script>'
    "<p>five &lt; six &amp; more</p><table><tr><td>A</td><td>1</td></tr></table></body></html>"
)


def read(data: bytes) -> Mail:
    """Return what is shown of an email that would be kept."""
    judge(io.BytesIO(data), "mail.eml")
    return read_mail(io.BytesIO(data))


def test_headers_text_and_names_of_attachments_are_shown() -> None:
    mail = read(email_with("list of staff.txt", b"Ann\n" * 100_000))
    assert dict(mail.headers) == {
        "From": "lead@health.example",
        "To": "board@kscb.example",
        "Date": "Fri, 30 Mar 2012 09:00:00 +0100",
        "Subject": "Dip sample of ten files",
    }
    assert (mail.text.words.strip(), mail.text.is_whole) == ("See attached.", True)
    assert (mail.attached, mail.is_all) == (["list of staff.txt"], True)


def test_a_subject_and_a_name_are_decoded() -> None:
    mail = read(
        email().replace(b"Dip sample of ten files", b"=?utf-8?q?Jos=C3=A9?=\r\n =?iso-8859-1?q?_=FC?=")
    )
    assert dict(mail.headers)["Subject"] == "José ü"
    named = email_with("=?utf-8?q?=C3=BCber.txt?=", b"x\n")
    assert read(named).attached == ["über.txt"]


@pytest.mark.parametrize(
    ("charset", "data"),
    [("windows-1252", b"\x93caf\xe9\x94"), ("no-such", "“café”".encode()), ("idna", b"x")],
)
def test_a_body_is_decoded_as_it_says_or_as_it_seems(charset: str, data: bytes) -> None:
    mail = read(
        email(more=f"Content-Type: text/plain; charset={charset}\r\n", body="@@").replace(b"@@", data)
    )
    assert mail.text.words in ("“café”", "x")


def test_of_an_html_body_the_words_are_shown() -> None:
    mail = read(email(HTML, "Content-Type: text/html\r\n"))
    assert mail.text.words == "Dear Board,\n\nfive < six & more\n\n\tA\t1"
    both = multipart(
        part("Content-Type: text/html\r\n", HTML.encode()), part("Content-Type: text/plain\r\n", b"Plain.")
    )
    assert read(both).text.words == "Plain."


def test_an_attached_email_and_a_text_sent_as_a_file_are_no_body() -> None:
    inner = part("Content-Type: message/rfc822\r\n", email("Not this."))
    note = part("Content-Type: text/plain\r\nContent-Disposition: attachment\r\n", b"Nor this.")
    mail = read(multipart(inner, note, part("Content-Type: text/plain\r\n", b"This.")))
    assert (mail.text.words, mail.attached) == ("This.", ["an email", "attachment"])


@pytest.mark.parametrize("line", ["word ", "word\r\n"])
def test_of_a_body_of_10_mb_the_beginning_is_shown_in_flat_memory(line: str) -> None:
    data = email(line * (10 * MIB // len(line)))
    stream = io.BytesIO(data)
    tracemalloc.start()
    try:
        mail = read_mail(stream)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert mail.text.words.startswith("word") and len(mail.text.words) == 20_000 and not mail.text.is_whole
    assert peak < 2 * MIB


def test_a_text_that_is_shown_whole_says_so_and_one_that_is_cut_does_not() -> None:
    assert read(email("a" * 70 + "\r\n")).text.is_whole
    coded = part(
        "Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n", b"=41" * 30_000
    )
    assert not read(multipart(coded)).text.is_whole


@pytest.mark.parametrize(
    "piece",
    ["<a ", "<", "</", "<!--", "<a href='", "<a a=", "<style>", "&#", "<![CDATA[", "<td>", "&lt;" * 3],
)
def test_the_words_of_any_page_take_no_time_out_of_proportion(piece: str) -> None:
    begun = time.process_time()
    words_of_html((piece * 70_000)[:70_000])
    assert time.process_time() - begun < 2


def nested(kind: str, count: int) -> bytes:
    """Return a mail with as many levels in each other."""
    if kind == "message":
        return HEADER.encode() + b"Content-Type: message/rfc822\r\n\r\n" * count + b"\r\nhi"
    levels = (f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n' for n in range(count))
    return (HEADER + "".join(levels) + "Content-Type: text/plain\r\n\r\nhi").encode()


@pytest.mark.parametrize(("kind", "count"), [("message", 3_000), ("multipart", 3_000)])
def test_a_mail_nested_too_deeply_is_not_shown_whole(kind: str, count: int) -> None:
    try:
        mail = read_mail(io.BytesIO(nested(kind, count)))
    except Unreadable:
        return
    assert not mail.is_all and not mail.text.is_whole


def test_more_attachments_than_are_shown_are_said_to_be_more() -> None:
    mail = read_mail(io.BytesIO(multipart(*[attachment(f"{n}.txt", b"x") for n in range(60)])))
    assert len(mail.attached) == 50 and not mail.is_all
