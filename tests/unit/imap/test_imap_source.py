"""A mailbox is looked through once: what mails bring arrives whole, and they are put away when it is safe."""

from __future__ import annotations

import logging
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest
from pydantic import ValidationError
from tests.unit.imap.conftest import Box, mail

from crossdock.connector import Verdict
from crossdock.errors import Halt, Retry
from crossdock.message import read_all
from crossdock.testing.servers.proxy import TcpProxy
from crossdock_connectors.imap import SourceOptions


def test_attachments_are_arrivals_and_the_mail_is_marked(box: Box) -> None:
    box.put(mail("order 4711", order_csv=b"4711;A1", notes_txt=b"thanks"))
    found = box.look(box.source())
    assert [read_all(one.payload) for one in found] == [b"4711;A1", b"thanks"]
    assert found[0].content_type == "text/csv"
    assert {name: found[0].headers[f"mail.{name}"] for name in ("from", "subject", "attachment", "folder", "uid")} == {
        "from": "Buyer <buyer@acme.example>",
        "subject": "order 4711",
        "attachment": "order.csv",
        "folder": "INBOX",
        "uid": "1",
    }
    assert box.subjects() == ["order 4711 seen"]


def test_binary_attachments_arrive_exactly(box: Box) -> None:
    data = bytes(range(256)) * 4000
    box.put(mail(order_bin=data))
    assert [read_all(one.payload) for one in box.look(box.source())] == [data]


def test_only_what_is_wanted_is_taken(box: Box) -> None:
    box.put(mail(ORDER_CSV=b"1", logo_png=b"2", order_edi=b"3"))
    found = box.look(box.source(take={"attachments": ["*.csv", "*.edi"], "types": "text/*"}))
    assert [one.headers["mail.attachment"] for one in found] == ["ORDER.CSV", "order.edi"]


def test_the_server_is_asked_for_what_fits(box: Box) -> None:
    box.put(mail("order 1", a_csv=b"1"))
    box.put(mail("newsletter", a_csv=b"2"))
    box.put(mail('order "2" \\', "else@initech.example", a_csv=b"3"))
    assert [
        one.headers["mail.subject"] for one in box.look(box.source(search={"subject": "order", "from": "acme"}))
    ] == ["order 1"]
    found = box.look(box.source(search={"subject": 'order "2" \\', "unseen": True}))
    assert [read_all(one.payload) for one in found] == [b"3"]


@pytest.mark.parametrize(
    ("after", "inbox", "done"),
    [
        ("seen", ["order seen"], []),
        ("leave", ["order"], []),
        ("delete", [], []),
        ({"move": "Erledigt äöü 2026 & mehr"}, [], ["order"]),
    ],
)
def test_afterwards_a_mail_is_where_the_route_says(box: Box, after: object, inbox: list[str], done: list[str]) -> None:
    box.put(mail(order_csv=b"1"))
    source = box.source(after=after)
    assert len(box.look(source)) == 1
    assert box.subjects() == inbox
    assert box.subjects("Erledigt &AOQA9gD8- 2026 &- mehr") == done
    assert box.look(source) == []


def test_deleting_leaves_what_others_have_marked(box: Box) -> None:
    box.put(mail("theirs"))
    box.client.select("INBOX")
    box.client.store("1", "+FLAGS", r"(\Deleted)")
    box.client.unselect()
    box.put(mail("ours", a_csv=b"1"))
    box.look(box.source(after="delete"))
    assert box.subjects() == ["theirs"]


def test_a_restart_looks_at_nothing_twice(box: Box) -> None:
    box.put(mail("one", a_csv=b"1"))
    assert len(box.look(box.source(after="leave"))) == 1
    box.put(mail("two", a_csv=b"2"))
    box.known.clear()  # so that only the note can tell
    assert [one.headers["mail.subject"] for one in box.look(box.source(after="leave"))] == ["two"]


def test_what_was_taken_and_not_noted_is_a_duplicate(box: Box) -> None:
    box.put(mail("one", a_csv=b"1", b_csv=b"2"))
    (first, _) = box.source().poll()
    box.known.add(first.identity)  # durable, and then the process died
    assert [read_all(one.payload) for one in box.look(box.source())] == [b"2"]
    assert box.subjects() == ["one seen"]


def test_a_mail_is_put_away_only_when_all_of_it_is_safe(box: Box) -> None:
    box.put(mail("one", a_csv=b"1", b_csv=b"2"))
    source = box.source(after={"move": "Done"})
    first, second = source.poll()
    source.settle(first, Verdict.ACCEPTED)
    assert box.subjects() == ["one"]
    source.settle(second, Verdict.DUPLICATE)
    assert box.subjects("Done") == ["one"]


def test_a_mail_that_could_not_be_accepted_is_looked_at_again_and_those_after_it_are_not(box: Box) -> None:
    for name in ("one", "two", "three"):
        box.put(mail(name, a_csv=name.encode()))
    source = box.source(after="leave")
    first, second, third = source.poll()
    source.settle(first, Verdict.ACCEPTED)
    source.settle(third, Verdict.ACCEPTED)
    assert [one.identity for one in source.poll()] == [second.identity]
    again = box.source(after="leave")
    assert [one.identity for one in again.poll()] == [second.identity, third.identity]


def test_a_mailbox_that_was_rebuilt_brings_nothing_a_second_time(box: Box) -> None:
    box.put(mail("one", a_csv=b"1"))
    assert len(box.look(box.source(after="leave"))) == 1
    for index in Path(box.address.mail, box.user).rglob("dovecot*"):
        if index.is_file():
            index.unlink()
    assert box.look(box.source(after="leave")) == []


def test_the_same_file_in_a_new_mail_is_new(box: Box) -> None:
    box.put(mail("one", a_csv=b"1"))
    box.put(mail("two", a_csv=b"1"))
    assert len(box.look(box.source())) == 2


def test_the_text_or_the_whole_mail_can_be_taken(box: Box) -> None:
    html = EmailMessage()
    html["From"], html["Subject"], html["Message-ID"] = "a@b.example", "order", "<h@b.example>"
    html.set_content("Grüße, 5 Stück", charset="iso-8859-1")
    html.add_alternative("<p>html</p>", subtype="html")
    box.put(html)
    (body,) = box.look(box.source(take="body", after="leave"))
    assert (read_all(body.payload).decode().strip(), body.content_type) == (
        "Grüße, 5 Stück",
        "text/plain; charset=utf-8",
    )
    box.notes.write({"done": None})
    (whole,) = box.look(box.source(take="message"))
    assert whole.content_type == "message/rfc822"
    assert b"Subject: order" in read_all(whole.payload)


def test_attachments_of_attached_mails_are_taken_or_not(box: Box) -> None:
    outer = mail("fwd")
    outer.add_attachment(mail("inner", order_csv=b"nested"))
    box.put(outer)
    assert [read_all(one.payload) for one in box.look(box.source(after="leave"))] == [b"nested"]
    box.notes.write({"done": None})
    (attached,) = box.look(box.source(take={"nested": False}))
    assert attached.content_type == "message/rfc822"
    assert b"Subject: inner" in read_all(attached.payload)


def test_mail_from_others_is_refused_and_moved_aside(box: Box) -> None:
    box.put(mail("good", "buyer@eu.acme.example", a_csv=b"1"))
    box.put(mail("bad", "buyer@notacme.example", a_csv=b"2"))
    twice = mail("twice", a_csv=b"3").as_bytes().replace(b"To:", b"From: boss@acme.example\nTo:", 1)
    box.put(twice)
    found = box.look(box.source(senders=["acme.example"], refused="Refused"))
    assert [one.findings[0].code if one.findings else "" for one in found] == ["", "K875", "K875"]
    assert box.subjects("Refused") == ["bad", "twice"]


def test_a_mail_that_is_too_large_is_refused_unread(box: Box) -> None:
    box.put(mail("big", a_csv=b"x" * 100_000))
    box.put(mail("small", a_csv=b"1"))
    found = box.look(box.source(max_size="50KB"))
    assert [one.findings[0].code if one.findings else "" for one in found] == ["K876", ""]


def test_a_mail_with_nothing_to_take_stays_and_is_told(box: Box, caplog: pytest.LogCaptureFixture) -> None:
    box.put(mail("hello"))
    source = box.source()
    with caplog.at_level(logging.WARNING):
        assert box.look(source) == box.look(source) == []
    assert len(caplog.messages) == 1
    assert box.subjects() == ["hello"]


def _mime(headers: str, body: str) -> bytes:
    return f"From: a@b.example\nMIME-Version: 1.0\n{headers}\n\n{body}".replace("\n", "\r\n").encode("latin-1")


def _nested(depth: int) -> bytes:
    text = "x"
    for number in range(depth):
        text = (
            f"--b{number}\nContent-Type: text/plain\n\n{text}\n--b{number}--\n"
            if number == 0
            else (f'--b{number}\nContent-Type: multipart/mixed; boundary="b{number - 1}"\n\n{text}\n--b{number}--\n')
        )
    return _mime(f'Content-Type: multipart/mixed; boundary="b{depth - 1}"', text)


ATTACHED = "Content-Disposition: attachment; filename=o.csv"


@pytest.mark.parametrize(
    ("hostile", "code"),
    [
        (_nested(100), "K877"),
        (_nested(3000), "K877"),
        (_mime('Content-Type: multipart/mixed; boundary="b"', "--b\nContent-Type: text/plain\n\nx\n" * 2000), "K877"),
        (_mime(f"{ATTACHED}\nContent-Transfer-Encoding: base64", "QUJD!!!REVG$"), "K878"),
        (_mime(f"{ATTACHED}\nContent-Transfer-Encoding: base64", "QUJDRA"), "K878"),
        (_mime(f"{ATTACHED}\nContent-Transfer-Encoding: x-uuencoded2", "abc"), "K878"),
    ],
    ids=["deep", "deeper than Python", "many", "characters", "cut off", "unknown"],
)
def test_a_broken_mail_is_refused_with_its_reason_and_harms_no_other(box: Box, hostile: bytes, code: str) -> None:
    box.put(hostile)
    box.put(mail("good", a_csv=b"1"))
    found = box.look(box.source(refused="Refused"))
    assert [one.findings[0].code if one.findings else "" for one in found] == [code, ""]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\\\windows\\\\x.csv", "x.csv"),
        ("=?utf-8?B?8J+YgC5jc3Y=?=", "\U0001f600.csv"),
        ("=?nonsense?Q?abc?=", "=?nonsense?Q?abc?="),
        ("\u202egpj.exe", None),
        ("x" * 3000, "x" * 255),
    ],
)
def test_names_of_attachments_are_only_names(box: Box, written: str, shown: str | None) -> None:
    named = mail()
    named.add_attachment(b"1", maintype="text", subtype="csv", filename=written)
    plain = _mime(f'Content-Disposition: attachment; filename="{written}"', "1") if written.isascii() else named
    box.put(plain)
    (found,) = box.look(box.source())
    name = found.headers["mail.attachment"]
    assert name == shown if shown is not None else "\u202e" not in name


@pytest.mark.parametrize(
    "headers",
    [
        "Subject: =?utf-7?B?//8=?=\nFrom: =?x?Q?",
        "Subject: =?utf-8?B?////?=",
        "Date: not a date\nMessage-ID: <<<>>>",
        'Content-Type: text/plain; charset="nonsense\xff"',
        "Content-Type: ;;;;\nContent-Disposition:;;=",
        'To: a@b, (((((, "',
        "Subject: a\x1b[31m",
    ],
)
def test_hostile_headers_harm_nothing(box: Box, headers: str) -> None:
    box.put(_mime(f"{headers}\n{ATTACHED}", "1"))
    for arrival in box.look(box.source()):
        assert all(value.isprintable() for value in arrival.headers.values())


def test_a_text_in_an_unknown_character_set_is_refused(box: Box) -> None:
    box.put(_mime("Content-Type: text/plain; charset=x-nonsense", "abc"))
    box.put(_mime("Content-Type: text/plain; charset=utf-8", "caf\xe9"))
    found = box.look(box.source(take="body"))
    assert [one.findings[0].code for one in found] == ["K878", "K878"]


def test_a_wrong_password_stops_the_route_and_is_told_nowhere(box: Box) -> None:
    with pytest.raises(Halt) as caught:
        list(box.source(password="canary-pass").poll())  # noqa: S106 - it is wrong
    assert caught.value.code == "K871"
    assert "canary-pass" not in f"{caught.value} {caught.value.__cause__!r} {caught.value.__context__!r}"


def test_a_folder_that_is_not_there_stops_the_route(box: Box) -> None:
    with pytest.raises(Halt) as caught:
        list(box.source(folder="No/Such").poll())
    assert caught.value.code == "K873"


def test_a_certificate_that_is_not_trusted_stops_the_route(box: Box) -> None:
    for options in ({"ca_file": None}, {"ca_file": None, "tls": "starttls", "port": box.address.port}):
        with pytest.raises(Halt) as caught:
            list(box.source(**options).poll())
        assert caught.value.code == "K872"


def test_starttls_works_as_well(box: Box) -> None:
    box.put(mail(a_csv=b"1"))
    assert len(box.look(box.source(tls="starttls", port=box.address.port))) == 1


def test_a_server_that_is_away_is_tried_again(box: Box) -> None:
    with pytest.raises(Retry) as caught:
        list(box.source(port=1).poll())
    assert caught.value.code == "K870"


def test_a_connection_that_is_cut_is_made_anew(box: Box, proxied: Callable[[int], TcpProxy]) -> None:
    proxy = proxied(box.address.port)
    box.put(mail("one", a_csv=b"1"))
    source = box.source(tls="none", port=proxy.port, after={"move": "Done"})
    (arrival,) = source.poll()
    proxy.reset()
    source.settle(arrival, Verdict.ACCEPTED)  # it cannot be put away now
    box.known.add(arrival.identity)
    assert box.look(source) == []
    assert box.subjects("Done") == ["one"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"password": None}, "either 'password' or 'token'"),
        ({"token": "x"}, "either 'password' or 'token'"),
        ({"tls": "none"}, "everyone on the way"),
        ({"after": {"move": "inbox"}}, "is the folder that is looked into"),
        ({"search": {"subject": "Größe"}}, "printable ASCII"),
        ({"search": {"subject": "a\r\nDELETE INBOX"}}, "printable ASCII"),
        ({"folder": "a\nb"}, "control characters"),
        ({"user": "a\nb"}, "printable"),
    ],
)
def test_options_that_cannot_be_are_refused(options: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        SourceOptions.model_validate({"host": "imap.example", "user": "u", "password": "p", **options})
    assert words in str(caught.value)
