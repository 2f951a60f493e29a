"""The echo does what it is told, and the log stays one bounded line."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError

from crossdock.connector import Done, Effect, Parcel, Surroundings, Verdict
from crossdock.errors import CrossdockError, Doubt, Reject, Retry
from crossdock.message import Document, Inline, read_all
from crossdock_connectors.echo import CONNECTOR as ECHO
from crossdock_connectors.echo import CallOptions, EchoCall, EchoSink, EchoSource, SinkOptions, SourceOptions
from crossdock_connectors.log import LogSink
from crossdock_connectors.log import SinkOptions as LogOptions


def _around(root: Path) -> Surroundings:
    return Surroundings(root=root, name="orders/echo", now=lambda: datetime(2026, 11, 20, tzinfo=UTC))


def _parcel(data: bytes = b"{}", key: str = "k1", attempt: int = 1, document: Document = None) -> Parcel:
    return Parcel(key=key, message="m1", payload=Inline(data), attempt=attempt, document=document, route="orders")


def _sink(root: Path, **options: object) -> EchoSink:
    return EchoSink(SinkOptions.model_validate(options), _around(root), sleep=lambda _: None)


def _call(root: Path, **options: object) -> EchoCall:
    return EchoCall(CallOptions.model_validate(options), _around(root), sleep=lambda _: None)


def test_the_source_brings_each_thing_until_it_is_settled(tmp_path: Path) -> None:
    options = SourceOptions.model_validate({"bring": ["first", {"number": 1}], "times": 2})
    source = EchoSource(options, _around(tmp_path))
    found = list(source.poll())
    assert [read_all(one.payload) for one in found] == [b"first", b'{"number": 1}'] * 2
    assert [one.content_type for one in found[:2]] == ["text/plain", "application/json"]
    source.settle(found[0], Verdict.ACCEPTED)
    assert [one.identity for one in source.poll()] == [one.identity for one in found[1:]]
    again = EchoSource(options, _around(tmp_path))
    assert [one.identity for one in again.poll()] == [one.identity for one in found]


def test_the_sink_keeps_a_line_for_each_key_once(tmp_path: Path) -> None:
    sink = _sink(tmp_path, keep="kept.jsonl")
    assert sink.send([_parcel(b"a", "k1"), _parcel(b"\xff", "k2"), _parcel(b"a", "k1")]) == [
        Done("k1"),
        Done("k2"),
        Done("k1"),
    ]
    lines = [json.loads(line) for line in (tmp_path / "kept.jsonl").read_text().splitlines()]
    assert [line["key"] for line in lines] == ["k1", "k2"]
    assert (lines[0]["payload"], lines[1]["payload_base64"]) == ("a", "/w==")
    assert [parcel.key for parcel in sink.kept] == ["k1", "k2"]


def test_an_opaque_echo_keeps_every_attempt(tmp_path: Path) -> None:
    sink = _sink(tmp_path, keep="kept.jsonl", effect="opaque")
    sink.send([_parcel(), _parcel()])
    assert len((tmp_path / "kept.jsonl").read_text().splitlines()) == 2
    assert ECHO.sink is not None
    assert ECHO.sink.effect(SinkOptions(effect="opaque")) is Effect.OPAQUE


def test_a_failure_on_demand_ends_after_its_attempts(tmp_path: Path) -> None:
    sink = _sink(tmp_path, fail={"kind": "retry", "times": 2, "after": "5s"})
    first, third = sink.send([_parcel(attempt=1), _parcel(attempt=3)])
    assert isinstance(first, Retry)
    assert (first.code, first.after, third) == ("K895", 5.0, Done("k1"))


def test_a_failure_after_the_effect_leaves_the_effect(tmp_path: Path) -> None:
    sink = _sink(tmp_path, keep="kept.jsonl", fail={"kind": "doubt", "after_effect": True})
    (outcome,) = sink.send([_parcel()])
    assert isinstance(outcome, Doubt)
    assert (tmp_path / "kept.jsonl").exists()


def test_what_cannot_be_kept_is_tried_again(tmp_path: Path) -> None:
    (outcome,) = _sink(tmp_path, keep="no/such/folder").send([_parcel()])
    assert isinstance(outcome, Retry)
    assert outcome.code == "K896"


def test_the_call_answers_with_the_question_or_the_reply(tmp_path: Path) -> None:
    assert _call(tmp_path).ask(_parcel(document={"number": "1"})) == {"number": "1"}
    assert _call(tmp_path).ask(_parcel(b'{"price": 1.10}')) == {"price": Decimal("1.10")}
    assert _call(tmp_path).ask(_parcel(b"ISA*00")) == "ISA*00"
    assert _call(tmp_path, reply={"rate": 0.1}).ask(_parcel()) == {"rate": Decimal("0.1")}


def test_the_call_fails_on_demand_and_declares_its_effect(tmp_path: Path) -> None:
    answer = _call(tmp_path, fail={"kind": "reject", "message": "no such customer"}).ask(_parcel())
    assert isinstance(answer, Reject)
    assert answer.message == "no such customer"
    assert ECHO.call is not None
    assert ECHO.call.effect(CallOptions()) is None
    assert ECHO.call.effect(CallOptions(effect="keyed")) is Effect.KEYED


def _logged(caplog: pytest.LogCaptureFixture, parcel: Parcel, **options: object) -> str:
    around = Surroundings(root=Path(), name="orders/log", now=lambda: datetime(2026, 11, 20, tzinfo=UTC))
    sink = LogSink(LogOptions.model_validate(options), around)
    with caplog.at_level(logging.DEBUG, "crossdock.connector.log"):
        (outcome,) = sink.send([parcel])
    if isinstance(outcome, CrossdockError):
        raise outcome
    return caplog.messages[-1]


def test_a_line_names_what_it_is_about(caplog: pytest.LogCaptureFixture) -> None:
    line = _logged(caplog, _parcel(document={"number": "4711"}), about="order {number}", level="warning")
    assert line.startswith("order 4711 (route orders, message m1, key k1, 2 bytes of")
    assert caplog.records[-1].levelno == logging.WARNING


def test_redacted_fields_are_not_shown(caplog: pytest.LogCaptureFixture) -> None:
    document: Document = {
        "buyer": {"vat_id": "CANARY1", "name": "Acme"},
        "lines": [{"price": Decimal("9.9")}, {"price": "CANARY2"}],
        "bank": {"iban": "CANARY3"},
    }
    redact = ["buyer.vat_id", "lines.*.price", "*.iban"]
    line = _logged(caplog, _parcel(document=document), show="document", redact=redact)
    assert "CANARY" not in line
    assert "Acme" in line
    assert line.count("***") == 4


def test_a_line_is_bounded_and_has_no_control_characters(caplog: pytest.LogCaptureFixture) -> None:
    hostile = b"first\nERROR forged \x1b[31m" + b"x" * 5_000_000
    line = _logged(caplog, _parcel(hostile), show="payload", limit="200B")
    assert len(line) < 500
    assert "\n" not in line
    assert "\x1b" not in line
    assert "\\nERROR forged" in line


def test_a_missing_value_of_the_first_words_rejects(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(Reject):
        _logged(caplog, _parcel(document={}), about="order {number}")


def test_a_redaction_that_is_no_path_is_refused() -> None:
    with pytest.raises(ValidationError):
        LogOptions.model_validate({"redact": ["a..b"]})
