"""Mail is sent encrypted, whole, to whom the route says and nobody else; every unclear end is told as one."""

from __future__ import annotations

import base64
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError
from tests.unit.smtp.conftest import ORDER, Post, parcel_of

from crossdock.connector import Done, Effect
from crossdock.errors import Doubt, Halt, Reject, Retry, Untried
from crossdock.message import Document
from crossdock_connectors.smtp import CONNECTOR, SinkOptions
from crossdock_connectors.smtp.probing import hurried
from crossdock_connectors.smtp.session import Lost

Serve = Callable[..., Post]
PASSWORD, WRONG = "canary-pass", "canary-wrong"


def test_a_mail_has_the_payload_as_attachment(post: Post) -> None:
    outcome = post.send(body="Order {number} is attached.", reply_to="help@globex.example", cc="copy@globex.example")
    assert isinstance(outcome, Done)
    assert "queued as ABC123" in outcome.receipt
    (mail,) = post.inbox.mails
    assert (mail["From"], mail["To"], mail["Cc"]) == (
        "Globex Orders <orders@globex.example>",
        "buyer@acme.example",
        "copy@globex.example",
    )
    assert (mail["Subject"], mail["Reply-To"], mail["Auto-Submitted"]) == (
        "Order 4711",
        "help@globex.example",
        "auto-generated",
    )
    assert mail["Message-ID"] == "<0d9cbb3e-7f0c-5c53-9d9b-6f1e2a4c8d10@globex.example>"
    body = mail.get_body()
    assert body is not None
    assert body.get_content() == "Order 4711 is attached.\r\n"
    (attachment,) = mail.iter_attachments()
    assert (attachment.get_filename(), attachment.get_content_type()) == ("order-4711.csv", "text/csv")
    assert attachment.get_payload(decode=True) == b"number;sku\r\n4711;A1\r\n"
    assert post.inbox.tls == [True]


def test_a_binary_payload_arrives_exactly(post: Post) -> None:
    data = bytes(range(256)) * 2000 + b"\r\n.\r\n.."
    post.send(parcel_of(data, content_type="application/octet-stream"))
    (attachment,) = post.inbox.mails[0].iter_attachments()
    assert attachment.get_payload(decode=True) == data


def test_the_payload_may_be_the_text_and_dots_are_kept(post: Post) -> None:
    text = "Grüße\n.\n..two\nend\n"
    post.send(parcel_of(text.encode()), payload="body")
    assert post.inbox.mails[0].get_content().replace("\r\n", "\n") == text


def test_the_payload_may_stay_away(post: Post) -> None:
    post.send(payload="none", body="only a notice")
    (mail,) = post.inbox.mails
    assert mail.get_content_type() == "text/plain"


def test_hidden_recipients_are_in_no_header(post: Post) -> None:
    post.send(bcc="audit@globex.example")
    assert post.inbox.envelopes[0].rcpt_tos == ["buyer@acme.example", "audit@globex.example"]
    assert "audit@globex.example" not in str(post.inbox.mails[0])


def test_every_attempt_has_the_same_message_id(post: Post) -> None:
    post.send()
    post.send(parcel_of(attempt=2))
    assert len({mail["Message-ID"] for mail in post.inbox.mails}) == 1


def test_many_mails_go_over_one_connection(post: Post) -> None:
    sink = post.sink()
    outcomes = sink.send([parcel_of(key=f"key-{number}") for number in range(20)])
    assert all(isinstance(one, Done) for one in outcomes)
    assert (len(post.inbox.envelopes), post.inbox.connections) == (20, 1)


def test_a_connection_that_the_server_ended_is_made_anew(post: Post) -> None:
    sink = post.sink()
    sink.send([parcel_of()])
    session = sink._session
    assert session is not None
    session._server.sock.shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]  # it is connected
    assert isinstance(sink.send([parcel_of(key="second")])[0], Done)


@pytest.mark.parametrize(
    "value",
    [
        "a@b.example\r\nBcc: x@evil.example",
        "a@b.example, x@evil.example",
        "<x@evil.example>",
        "a@b.example>",
        "a b@c.example",
        "no address",
        "a@@b",
        "a@b..c",
        '"x y"@b.example',
        "a@b.example\x00",
        "\u202ea@b.example",
    ],
)
def test_a_value_that_is_not_one_address_is_rejected(post: Post, value: str) -> None:
    document: Document = {"number": "1", "buyer": {"email": value}}
    assert isinstance(post.error(parcel_of(document=document)), Reject)
    assert post.inbox.envelopes == []


@pytest.mark.parametrize("value", ["4711\r\nBcc: x@evil.example", "4711\n\nbody", "a\x00b", "x" * 1000, "\u2028"])
def test_a_value_that_would_be_more_than_a_subject_is_rejected(post: Post, value: str) -> None:
    document: Document = {"number": value, "buyer": {"email": "a@b.example"}}
    assert isinstance(post.error(parcel_of(document=document), attach={"name": "o.csv"}), Reject)


def test_a_name_with_letters_of_the_world_is_encoded(post: Post) -> None:
    document: Document = {"number": "Größe 日本", "buyer": {"email": "a@b.example"}}
    assert isinstance(post.send(parcel_of(document=document)), Done)
    (mail,) = post.inbox.mails
    (attachment,) = mail.iter_attachments()
    assert (mail["Subject"], attachment.get_filename()) == ("Order Größe 日本", "order-Größe 日本.csv")


def test_an_attachment_name_that_is_a_path_is_rejected(post: Post) -> None:
    document: Document = {"number": "../x", "buyer": {"email": "a@b.example"}}
    assert isinstance(post.error(parcel_of(document=document), subject="x"), Reject)


def test_only_allowed_domains_are_written_to(post: Post) -> None:
    assert post.error(domains=["globex.example"]).code == "K868"
    assert isinstance(post.send(domains=["ACME.example"]), Done)


def test_an_address_beyond_ascii_needs_a_server_that_takes_it(serve: Serve) -> None:
    document: Document = {"number": "1", "buyer": {"email": "käufer@grün.example"}}
    assert serve().error(parcel_of(document=document)).code == "K868"
    assert isinstance(serve(enable_SMTPUTF8=True).send(parcel_of(document=document)), Done)


def test_a_hostile_media_type_is_only_bytes(post: Post) -> None:
    for hostile in ("text/csv\r\nX: y", "multipart/mixed", "message/rfc822", "nonsense", "a/b; charset=\x00"):
        assert isinstance(post.send(parcel_of(content_type=hostile)), Done)
    kinds = {next(mail.iter_attachments()).get_content_type() for mail in post.inbox.mails}
    assert kinds == {"application/octet-stream"}


def test_a_recipient_refused_for_good_is_told_and_left_out(post: Post, caplog: pytest.LogCaptureFixture) -> None:
    post.inbox.refuse = {"gone@acme.example": "550 no such user"}
    with caplog.at_level(logging.WARNING):
        outcome = post.send(cc="gone@acme.example")
    assert isinstance(outcome, Done)
    assert "refused: gone@acme.example: 550 no such user" in outcome.receipt
    assert "K869" in caplog.text
    assert post.inbox.envelopes[0].rcpt_tos == ["buyer@acme.example"]


def test_where_one_recipient_is_put_off_nobody_gets_it_yet(post: Post) -> None:
    post.inbox.refuse = {"slow@acme.example": "450 greylisted"}
    outcome = post.error(cc="slow@acme.example")
    assert (type(outcome), outcome.code) == (Retry, "K861")
    assert post.inbox.envelopes == []
    assert isinstance(post.send(parcel_of(attempt=4), cc="slow@acme.example"), Done)


def test_where_all_recipients_are_refused_the_mail_is_rejected(post: Post) -> None:
    post.inbox.refuse = {"buyer@acme.example": "550 no such user"}
    sink = post.sink()
    first, second = sink.send([parcel_of(), parcel_of(document={**ORDER, "buyer": {"email": "b@c.example"}}, key="k2")])  # type: ignore[dict-item]  # it is a dict
    assert isinstance(first, Reject)
    assert (first.code, isinstance(second, Done)) == ("K865", True)


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [("452 disk full", Retry, "K861"), ("554 spam", Reject, "K864"), ("421 closing", Retry, "K861")],
)
def test_an_answer_after_the_mail_decides(post: Post, answer: str, kind: type, code: str) -> None:
    post.inbox.answer = answer
    outcome = post.error()
    assert isinstance(outcome, kind)
    assert outcome.code == code


def test_a_connection_lost_after_the_last_byte_is_in_doubt(post: Post) -> None:
    post.inbox.drop_at = "DATA"
    outcome = post.error()
    assert isinstance(outcome, Doubt)
    assert outcome.code == "K866"
    assert len(post.inbox.envelopes) == 1
    post.inbox.drop_at = ""
    assert isinstance(post.send(parcel_of(key="next")), Done)


def test_a_connection_lost_before_the_mail_is_tried_again(post: Post) -> None:
    post.inbox.drop_at = "RCPT"
    outcome = post.error()
    assert isinstance(outcome, Retry)
    assert post.inbox.envelopes == []


class _Mute:
    """Answers each line with what it is told, and then ends the connection: for mails that are cut in the middle."""

    def __init__(self, answers: list[str]) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._answers = answers
        self.heard: list[bytes] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        connection, _ = self._listener.accept()
        with connection, connection.makefile("rb") as lines:
            for answer in self._answers:
                connection.sendall(f"{answer}\r\n".encode())
                self.heard.append(lines.readline())

    def close(self) -> None:
        self._listener.close()
        self._thread.join(5)


@pytest.fixture
def mute() -> Iterator[Callable[[list[str]], _Mute]]:
    made: list[_Mute] = []

    def make(answers: list[str]) -> _Mute:
        made.append(_Mute(answers))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_a_mail_cut_in_the_middle_was_not_sent(post: Post, mute: Callable[[list[str]], _Mute]) -> None:
    server = mute(["220 hello", "250 hello", "250 sender", "250 recipient", "354 go on"])
    outcome = post.error(parcel_of(b"x" * 10_000_000), port=server.port, tls="none")
    assert isinstance(outcome, Retry)


@pytest.mark.parametrize("greeting", ["554 go away", "gibberish \x1b[31m", "220 hello\r\n500 no\r\n500 no"])
def test_a_server_that_is_none_is_tried_again(post: Post, mute: Callable[[list[str]], _Mute], greeting: str) -> None:
    outcome = post.error(port=mute([greeting]).port, tls="none")
    assert isinstance(outcome, Retry)
    assert "\x1b" not in str(outcome)


def test_a_server_that_is_away_is_asked_once_for_all(post: Post) -> None:
    sink = post.sink(port=1)
    outcomes = sink.send([parcel_of(key=f"k{number}") for number in range(5)])
    assert [type(one) for one in outcomes] == [Lost, *[Untried] * 4]


def test_a_mail_that_is_too_large_is_rejected_before_it_is_sent(serve: Serve) -> None:
    assert serve().error(parcel_of(b"x" * 2000), max_size="1KB").code == "K867"
    told = serve(data_size_limit=10_000).error(parcel_of(b"x" * 20_000))
    assert (type(told), told.code) == (Reject, "K867")


def test_nothing_is_sent_in_clear_text_unless_the_route_says_so(serve: Serve) -> None:
    plain = serve(encrypted=False)
    outcome = plain.error()
    assert (type(outcome), outcome.code) == (Halt, "K863")
    assert isinstance(plain.send(tls="none"), Done)


def test_a_certificate_of_another_host_stops_the_route(serve: Serve) -> None:
    outcome = serve(name="other").error(ca_file="other.pem")
    assert (type(outcome), outcome.code) == (Halt, "K863")
    assert isinstance(serve().error(ca_file=None), Halt)


@pytest.mark.parametrize("excluded", [[], ["PLAIN"]], ids=["plain", "login"])
def test_a_password_logs_in(serve: Serve, excluded: list[str]) -> None:
    post = serve(auth_required=True, auth_exclude_mechanism=excluded)
    assert post.error().code == "K862"
    assert isinstance(post.send(user="crossdock", password=PASSWORD), Done)


def test_a_wrong_password_stops_the_route_and_is_told_nowhere(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    outcome = serve(auth_required=True).error(user="crossdock", password=WRONG)
    assert (type(outcome), outcome.code) == (Halt, "K862")
    assert WRONG not in f"{outcome} {caplog.text} {outcome.__cause__!r} {outcome.__context__!r}"


def test_a_token_is_sent_as_xoauth2(post: Post, mute: Callable[[list[str]], _Mute]) -> None:
    good = mute(
        ["220 hello", "250-hello\r\n250 AUTH XOAUTH2", "235 welcome", "250 sender", "250 you", "354 go", "250 OK"]
    )
    bad = mute(["220 hello", "250-hello\r\n250 AUTH XOAUTH2", "334 eyJzdGF0dXMiOiI0MDAifQ==", "535 no"])
    login: dict[str, object] = {"tls": "none", "user": "u", "token": "canary-token", "payload": "none"}
    assert post.error(None, port=bad.port, **login).code == "K862"
    assert isinstance(post.send(None, port=good.port, **login), Done)
    assert good.heard[1].startswith(b"AUTH XOAUTH2 ")
    assert base64.b64decode(good.heard[1].split()[2]) == b"user=u\x01auth=Bearer canary-token\x01\x01"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"to": []}, "at least 1"),
        ({"host": "smtp://mail"}, "no name of a host"),
        ({"password": "x"}, "'user' goes with"),
        ({"user": "u", "password": "x", "token": "y"}, "not both"),
        ({"user": "u", "password": "x", "tls": "none"}, "to everyone on the way"),
        ({"payload": "body", "body": "x"}, "the text already"),
        ({"payload": "none", "attach": {"name": "x.csv"}}, "'attach' goes with"),
        ({"subject": "a\nb"}, "one line"),
        ({"attach": {"name": "a/b.csv"}}, "path separator"),
        ({"attach": {"content_type": "csv"}}, "no media type"),
    ],
)
def test_options_that_cannot_be_are_refused(options: dict[str, object], words: str) -> None:
    given = {"host": "mail.example", "from": "a@b.example", "to": "c@d.example", "subject": "x", **options}
    with pytest.raises(ValidationError) as caught:
        SinkOptions.model_validate(given)
    assert words in str(caught.value)


def test_the_effect_is_opaque_and_the_target_names_who_gets_it() -> None:
    given = {"host": "m.example", "from": "a@b.example", "to": "{buyer.email}", "bcc": "x@y.example", "subject": "x"}
    options = SinkOptions.model_validate(given)
    assert CONNECTOR.sink is not None
    assert CONNECTOR.sink.effect(options) is Effect.OPAQUE
    assert CONNECTOR.sink.target(options, parcel_of()) == "mailto:buyer@acme.example, mailto:x@y.example"


def test_a_file_of_certificates_that_is_none_stops_the_route(post: Post, tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("nothing")
    assert post.error(ca_file=str(tmp_path / "empty.pem")).code == "K863"


def test_who_looks_whether_a_server_is_there_waits_no_longer_than_a_person_does() -> None:
    given = {"host": "m.example", "from": "a@b.example", "to": "x@y.example", "subject": "x"}
    patient = SinkOptions.model_validate(given)
    assert (patient.timeout, hurried(patient).timeout) == (20.0, 5.0)
    assert hurried(patient.model_copy(update={"timeout": 1.0})).timeout == 1.0
