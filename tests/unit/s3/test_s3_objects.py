"""Objects are taken once and put once, on a real storage; what a storage may say is understood."""

from __future__ import annotations

import dataclasses
import hashlib
import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from pydantic import ValidationError

from crossdock.connector import Arrival, Done, Effect, NotesInMemory, Parcel, Surroundings, Verdict
from crossdock.connector.remote.spool import Spool, Spooled
from crossdock.errors import CrossdockError, Doubt, Halt, Hold, Reject, Retry, errors_in
from crossdock.message import Document, Inline, read_all
from crossdock.testing.servers.proxy import TcpProxy
from crossdock.testing.servers.versitygw import StorageAddress
from crossdock_connectors.s3 import CONNECTOR, S3Sink, S3Source, SinkOptions, SourceOptions
from crossdock_connectors.s3.objects import Changed, fetched
from crossdock_connectors.s3.signing import EMPTY_SHA256, Signer
from crossdock_connectors.s3.storage import Listed

WRONG = "canary-secret"
MESSAGE = "01a1a0e4-7c30-7abc-8000-000000000001"


def parcel(data: bytes = b"ISA*00", key: str = "key-1", document: Document = None, attempt: int = 1) -> Parcel:
    return Parcel(
        key=key, message=MESSAGE, payload=Inline(data), document=document, content_type="text/plain", attempt=attempt
    )


class Bucket:
    """A bucket of its own, and connectors beside it."""

    def __init__(self, storage: StorageAddress, root: Path) -> None:
        self.storage, self.name = storage, storage.fresh()
        self.notes, self.known = NotesInMemory(), set[str]()
        self.ahead = timedelta(0)
        self.around = Surroundings(
            root=root, name="orders/s3", now=lambda: datetime.now(UTC) + self.ahead, notes=self.notes
        )
        self._opened: list[S3Source | S3Sink] = []

    def options(self, **more: object) -> dict[str, object]:
        own = {"bucket": self.name, "endpoint": self.storage.endpoint, "allow_private": True}
        return {**own, "access_key": self.storage.access_key, "secret_key": self.storage.secret_key, **more}

    def sink(self, **more: object) -> S3Sink:
        sink = S3Sink(SinkOptions.model_validate(self.options(**more)), self.around)
        self._opened.append(sink)
        return sink

    def source(self, **more: object) -> S3Source:
        source = S3Source(SourceOptions.model_validate(self.options(**more)), self.around)
        self._opened.append(source)
        return source

    def send(self, one: Parcel | None = None, **more: object) -> Done | CrossdockError:
        (outcome,) = self.sink(**more).send([one or parcel()])
        return outcome

    def error(self, one: Parcel | None = None, **more: object) -> CrossdockError:
        outcome = self.send(one, **more)
        assert isinstance(outcome, CrossdockError)
        return outcome

    def put(self, key: str, data: bytes) -> None:
        """Somebody else's object."""
        sink = self.sink(key="x")
        sink._storage.ask("PUT", key, body=Inline(data), sha256=hashlib.sha256(data).hexdigest())

    def look(self, source: S3Source) -> list[str]:
        """The keys of what is new in one poll, settled as the engine does."""
        return [one.headers["s3.key"] for one in self.take(source)]

    def take(self, source: S3Source) -> list[Arrival]:
        fresh = []
        for found in list(source.poll()):
            arrival = dataclasses.replace(found, payload=Inline(read_all(found.payload)))
            verdict = Verdict.DUPLICATE if arrival.identity in self.known else Verdict.ACCEPTED
            verdict = Verdict.REFUSED if errors_in(arrival.findings) else verdict
            if verdict is Verdict.ACCEPTED:
                fresh.append(arrival)
                self.known.add(arrival.identity)
            if verdict is not Verdict.REFUSED:
                self.notes.write(dict(arrival.notes))
            source.settle(found, verdict)
        return fresh

    def keys(self) -> list[str]:
        page, _ = self.source()._storage.page("", None)
        return [one.key for one in page]

    def close(self) -> None:
        for one in self._opened:
            one.close()


@pytest.fixture
def bucket(storage: StorageAddress, tmp_path: Path) -> Iterator[Bucket]:
    made = Bucket(storage, tmp_path)
    yield made
    made.close()


EXAMPLE = "https://examplebucket.s3.amazonaws.com"


@pytest.mark.parametrize(
    ("method", "path", "headers", "body", "signature"),
    [
        (
            "GET",
            "/test.txt",
            {"Range": "bytes=0-9"},
            b"",
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        ),
        (
            "PUT",
            "/test%24file.text",
            {"Date": "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY"},
            b"Welcome to Amazon S3.",
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
        ),
        ("GET", "/?lifecycle", {}, b"", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
        ("GET", "/?max-keys=2&prefix=J", {}, b"", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
    ],
)
def test_signatures_are_those_of_the_published_examples(
    method: str, path: str, headers: Mapping[str, str], body: bytes, signature: str
) -> None:
    signer = Signer("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1")
    digest = hashlib.sha256(body).hexdigest() if body else EMPTY_SHA256
    signed = signer.signed(method, f"{EXAMPLE}{path}", headers, digest, datetime(2013, 5, 24, tzinfo=UTC))
    assert signed["Authorization"].endswith(f"Signature={signature}")


def test_an_object_is_put_whole_with_its_metadata(bucket: Bucket) -> None:
    assert bucket.send(key="out/{number}.txt", one=parcel(document={"number": 7})) == Done(
        f"s3://{bucket.name}/out/7.txt"
    )
    (found,) = bucket.take(bucket.source(prefix="out/"))
    assert read_all(found.payload) == b"ISA*00"
    assert found.headers["file.name"] == "7.txt"


@pytest.mark.parametrize("size", [0, 1, 5_242_880, 5_242_881, 20_000_000])
def test_every_size_arrives_exactly(bucket: Bucket, size: int) -> None:
    data = (bytes(range(256)) * (size // 256 + 1))[:size]
    assert isinstance(bucket.send(parcel(data), part="5MiB"), Done)
    (found,) = bucket.take(bucket.source())
    assert (found.payload.size, read_all(found.payload) == data) == (size, True)


@pytest.mark.parametrize("name", ["a b+c&d=e?f#g%h.txt", "Größe 日本.txt", "quote'\"<>.txt", "~tilde*(x)!.txt"])
def test_keys_may_have_any_character(bucket: Bucket, name: str) -> None:
    assert isinstance(bucket.send(parcel(document={"name": name}), key="o/{name}"), Done)
    source = bucket.source(prefix="o/", after={"archive": "done +ö/"})
    assert bucket.look(source) == [f"o/{name}"]
    assert bucket.keys() == [f"done +ö/{name}"]


def test_a_second_attempt_finds_what_the_first_put(bucket: Bucket) -> None:
    assert isinstance(bucket.send(), Done)
    assert isinstance(bucket.send(parcel(attempt=2)), Done)
    assert len(bucket.keys()) == 1


def test_somebody_elses_object_is_never_replaced_silently(bucket: Bucket) -> None:
    bucket.put("o.txt", b"theirs")
    told = bucket.error(key="o.txt")
    assert (type(told), told.code) == (Hold, "K885")
    big = bucket.error(parcel(b"x" * 6_000_000), key="o.txt", part="5MiB")
    assert isinstance(big, Hold)
    (found,) = bucket.take(bucket.source())
    assert read_all(found.payload) == b"theirs"
    assert isinstance(bucket.send(key="o.txt", exists="replace"), Done)


def test_an_answer_that_is_lost_is_found_out(bucket: Bucket, proxied: Callable[[int], TcpProxy]) -> None:
    proxy = proxied(int(bucket.storage.endpoint.rpartition(":")[2]))
    proxy.lose_reply_to(b"PUT /")
    sink = bucket.sink(endpoint=f"http://127.0.0.1:{proxy.port}", timeout="3s")
    (first,) = sink.send([parcel()])
    assert isinstance(first, Doubt | Retry | Done)
    proxy.heal()
    (second,) = sink.send([parcel(attempt=2)])
    assert isinstance(second, Done)
    assert len(bucket.keys()) == 1


def test_parts_that_a_crash_left_behind_are_aborted(bucket: Bucket) -> None:
    big = parcel(b"x" * 6_000_000)
    sink = bucket.sink(key="big", part="5MiB")
    begun = sink._storage.ask("POST", "big", {"uploads": ""})
    upload = begun.body.partition(b"<UploadId>")[2].partition(b"</UploadId>")[0].decode()
    bucket.notes.write({"upload:key-1": upload})
    assert isinstance(sink.send([big])[0], Done)
    assert upload.encode() not in sink._storage.ask("GET", "", {"uploads": ""}).body
    assert bucket.notes.read(["upload:key-1"]) == {}


def test_what_is_taken_goes_where_the_route_says(bucket: Bucket) -> None:
    for after, left in (({"archive": "done/"}, ["done/a"]), ("delete", []), ("leave", ["in/a"])):
        for key in [*bucket.keys()]:
            bucket.sink()._storage.delete(key)
        bucket.put("in/a", repr(after).encode())
        source = bucket.source(prefix="in/", after=after)
        assert bucket.look(source) == ["in/a"]
        assert bucket.keys() == left
        assert bucket.look(source) == []


def test_what_is_left_is_remembered_and_what_replaces_it_is_new(bucket: Bucket) -> None:
    bucket.put("a", b"1")
    assert bucket.look(bucket.source()) == ["a"]
    assert list(bucket.source().poll()) == []
    bucket.put("a", b"2")
    assert bucket.look(bucket.source()) == ["a"]


def test_only_what_fits_is_taken(bucket: Bucket) -> None:
    for key in ("in/a.edi", "in/b.txt", "in/sub/c.edi", "in/sub/", "in/done/d.edi", "other/e.edi"):
        bucket.put(key, b"" if key.endswith("/") else b"1")
    source = bucket.source(prefix="in/", match="*.edi", ignore="sub/*", after={"archive": "in/done/"})
    assert bucket.look(source) == ["in/a.edi"]


def test_long_listings_come_page_by_page(bucket: Bucket) -> None:
    folder = Path(bucket.storage.buckets, bucket.name)
    for number in range(1100):
        (folder / f"{number:04}").write_bytes(b"1")
    assert len(bucket.look(bucket.source(limit=2000))) == 1100
    assert bucket.look(bucket.source(limit=10)) == []


def test_an_object_that_changed_since_it_was_listed_is_neither_taken_nor_deleted(bucket: Bucket) -> None:
    bucket.put("a", b"first")
    source = bucket.source(after="delete")
    (arrival,) = source.poll()
    bucket.put("a", b"other")
    source.settle(arrival, Verdict.ACCEPTED)
    assert bucket.keys() == ["a"]
    listed = arrival.receipt
    assert isinstance(listed, Listed)
    with pytest.raises(Changed):
        fetched(source._storage, listed, Spool(bucket.around.root, "x"), "first")


def test_a_large_object_that_was_cut_goes_on_where_it_was(bucket: Bucket) -> None:
    data = bytes(range(256)) * 80_000
    bucket.send(parcel(data))
    source = bucket.source()
    (arrival,) = source.poll()
    assert isinstance(arrival.payload, Spooled)
    arrival.payload.path.write_bytes(data[:9_000_000])
    (again,) = source.poll()
    assert read_all(again.payload) == data
    source.settle(again, Verdict.ACCEPTED)
    assert not arrival.payload.path.exists()


def test_an_object_that_is_too_large_is_refused_and_put_aside(bucket: Bucket) -> None:
    bucket.put("in/big", b"x" * 2000)
    assert bucket.take(bucket.source(prefix="in/", max_size="1KB", rejects="bad/", after="delete")) == []
    assert bucket.keys() == ["bad/big"]
    bucket.put("in/big", b"x" * 2000)
    assert bucket.take(bucket.source(prefix="in/", max_size="1KB", after="delete")) == []
    assert list(bucket.source(prefix="in/", max_size="1KB", after="delete").poll()) == []


@pytest.mark.parametrize("value", ["../x", "a/b", "a\nb", "x" * 2000, ""])
def test_a_value_that_is_no_part_of_a_key_is_rejected(bucket: Bucket, value: str) -> None:
    assert isinstance(bucket.error(parcel(document={"name": value}), key="o/{name}"), Reject)


def test_a_wrong_key_stops_the_route_and_is_told_nowhere(bucket: Bucket) -> None:
    told = bucket.error(secret_key=WRONG)
    assert (type(told), told.code) == (Halt, "K881")
    with pytest.raises(Halt) as caught:
        list(bucket.source(secret_key=WRONG).poll())
    assert "SignatureDoesNotMatch" in caught.value.message
    assert WRONG not in f"{told} {caught.value} {bucket.source(secret_key=WRONG)._storage._signer!r}"


def test_a_bucket_that_is_not_there_stops_the_route(bucket: Bucket) -> None:
    with pytest.raises(Halt) as caught:
        list(bucket.source(bucket="no-such-bucket").poll())
    assert caught.value.code == "K884"


def test_a_storage_that_is_away_is_tried_again(bucket: Bucket) -> None:
    assert isinstance(bucket.error(endpoint="http://127.0.0.1:1"), Retry)


def test_a_clock_that_is_wrong_is_found_out(bucket: Bucket, caplog: pytest.LogCaptureFixture) -> None:
    bucket.ahead = timedelta(hours=-3)
    source = bucket.source()
    with caplog.at_level(logging.WARNING):
        assert list(source.poll()) == []
    assert "K882" in caplog.text


Answer = tuple[int, dict[str, str], bytes]


class _Scripted(ThreadingHTTPServer):
    """Says what it is told, one answer after the other, and keeps what it was asked."""

    def __init__(self, answers: Sequence[Answer]) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, str]] = []
        super().__init__(("127.0.0.1", 0), _Answering)
        self.thread = threading.Thread(target=self.serve_forever, daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.shutdown()
        self.server_close()
        self.thread.join(5)


class _Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Scripted

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers.get("Authorization", "")))
        status, headers, body = self.server.answers.pop(0)
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body)), "Connection": "close"}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in http.server
        """Say nothing."""


@pytest.fixture
def say(bucket: Bucket) -> Iterator[Callable[..., tuple[S3Source, _Scripted]]]:
    made: list[_Scripted] = []

    def start(*answers: Answer, **more: object) -> tuple[S3Source, _Scripted]:
        made.append(_Scripted(answers))
        return bucket.source(endpoint=f"http://127.0.0.1:{made[-1].server_port}", **more), made[-1]

    yield start
    for one in made:
        one.close()


Say = Callable[..., tuple[S3Source, _Scripted]]
EMPTY = b"<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"


def _fault(code: str, more: str = "") -> bytes:
    return f"<Error><Code>{code}</Code><Message>said</Message>{more}</Error>".encode()


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        ((503, {"Retry-After": "7"}, _fault("SlowDown")), Retry, "K883"),
        ((500, {}, b"<html>oops"), Retry, "K883"),
        ((429, {}, b""), Retry, "K883"),
        ((403, {}, _fault("AccessDenied")), Halt, "K881"),
        ((403, {}, b""), Halt, "K881"),
        ((400, {}, _fault("ExpiredToken")), Halt, "K881"),
        ((400, {}, _fault("Unheard")), Halt, "K881"),
        ((200, {}, b"<ListBucketResult><Contents></Contents></ListBucketResult>"), Retry, "K886"),
        ((200, {}, b"<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>"), Retry, "K886"),
        ((200, {}, b"<!DOCTYPE a [<!ENTITY b 'c'>]><ListBucketResult/>"), Retry, "K886"),
        ((200, {}, _fault("InternalError")), Retry, "K883"),
    ],
)
def test_what_a_storage_says_is_understood(say: Say, answer: Answer, kind: type[CrossdockError], code: str) -> None:
    source, _ = say(answer)
    with pytest.raises(kind) as caught:
        list(source.poll())
    assert caught.value.code == code
    if isinstance(caught.value, Retry) and "Retry-After" in answer[1]:
        assert caught.value.after == 7


def test_another_region_is_found_out_and_kept(say: Say) -> None:
    moved: Answer = (400, {}, _fault("AuthorizationHeaderMalformed", "<Region>eu-central-1</Region>"))
    source, server = say(moved, (200, {}, EMPTY), (200, {}, EMPTY))
    assert list(source.poll()) == list(source.poll()) == []
    assert ["/us-east-1/" in signed for _, signed in server.asked] == [True, False, False]
    redirected, _ = say((301, {"x-amz-bucket-region": "eu-west-1"}, b""), (200, {}, EMPTY))
    assert list(redirected.poll()) == []


def test_keys_that_xml_cannot_have_are_listed_in_another_way(say: Say) -> None:
    entry = "<Contents><Key>{}</Key><ETag>e</ETag><Size>1</Size><LastModified>2026-11-20T00:00:00Z</LastModified></Contents>"
    plain = f"<R>{entry.format(chr(1))}</R>".encode()
    coded = f"<R>{entry.format('a+b%01%2B')}</R>".encode()
    source, server = say((200, {}, plain), (200, {}, coded), (206, {}, b"1"))
    (found,) = source.poll()
    assert found.headers["s3.key"] == "a b\\x01+"
    assert "encoding-type=url" in server.asked[1][0]


def test_a_session_token_is_sent_and_signed() -> None:
    signer = Signer("a", "b", "us-east-1", "canary-token")
    signed = signer.signed("GET", f"{EXAMPLE}/", {}, EMPTY_SHA256, datetime(2026, 1, 1, tzinfo=UTC))
    assert signed["x-amz-security-token"] == "canary-token"
    assert "x-amz-security-token" in signed["Authorization"]
    assert "canary" not in repr(signer)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"bucket": "Bad_Name"}, "no name of a bucket"),
        ({"bucket": "a..b"}, "no name of a bucket"),
        ({"endpoint": "http://storage.example.com"}, "only for local networks"),
        ({"endpoint": "https://storage.example.com/x"}, "no endpoint"),
        ({"endpoint": "https://user@evil"}, "no endpoint"),
        ({"key": "a/../{number}"}, "as a step"),
        ({"part": "1MB"}, "5MiB"),
    ],
)
def test_options_that_cannot_be_are_refused(options: dict[str, object], words: str) -> None:
    given = {"bucket": "good-name", "access_key": "a", "secret_key": "b", **options}
    with pytest.raises(ValidationError) as caught:
        SinkOptions.model_validate(given)
    assert words in str(caught.value)


def test_an_archive_that_is_watched_is_refused() -> None:
    given = {
        "bucket": "good-name",
        "access_key": "a",
        "secret_key": "b",
        "prefix": "in/new/",
        "after": {"archive": "in/"},
    }
    with pytest.raises(ValidationError):
        SourceOptions.model_validate(given)


def test_the_effect_is_keyed_and_the_target_is_shown() -> None:
    options = SinkOptions.model_validate({"bucket": "good-name", "access_key": "a", "secret_key": "b", "key": "o/{n}"})
    assert CONNECTOR.sink is not None
    assert CONNECTOR.sink.effect(options) is Effect.KEYED
    assert CONNECTOR.sink.target(options, dataclasses.replace(parcel(), document={"n": 1})) == "s3://good-name/o/1"
