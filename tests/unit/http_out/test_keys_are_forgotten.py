"""No attempt by itself once the peer may have forgotten the key of one that may have had an effect."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
from pydantic import BaseModel
from tests.unit.http_out.conftest import MESSAGE, parcel

from crossdock.connector import Connector, Done, NotesInMemory, Parcel, Sink, Surroundings
from crossdock.connector.http.address import moment_of
from crossdock.connector.http.retention import Retention, while_honoured
from crossdock.errors import Doubt, Hold, Reject, Retry
from crossdock_connectors import graphql, http, odata, soap

BORN = moment_of(parcel())
DAY = timedelta(hours=24)


class Attempts:
    """A retention of 24 hours under a clock that tests set."""

    def __init__(self) -> None:
        self.time = BORN
        self.notes = NotesInMemory()
        self.retention = Retention(DAY.total_seconds(), self.notes, lambda: self.time)

    def at(self, age: timedelta, attempt: int, outcome: object = None) -> bool:
        """Whether an attempt may be made at that age of the message; what came of it is noted."""
        self.time = BORN + age
        one = parcel(key="k", attempt=attempt)
        if self.retention.forgotten([one]):
            return False
        if outcome is not None:
            self.retention.after([(one, outcome)])
        return True


def test_the_time_of_a_message_is_in_its_id() -> None:
    assert datetime.fromtimestamp(int(MESSAGE.replace("-", "")[:12], 16) / 1000, UTC) == BORN


def test_a_young_message_is_never_held() -> None:
    attempts = Attempts()
    assert [attempts.at(timedelta(hours=hour), hour + 1, Doubt("K704", "x")) for hour in range(20)] == [True] * 20


def test_an_unclear_attempt_is_repeated_as_long_as_its_key_is_honoured_and_not_longer() -> None:
    attempts = Attempts()
    assert attempts.at(timedelta(0), 1, Doubt("K704", "x"))
    assert attempts.at(timedelta(hours=21), 2, Retry("K701", "x"))
    assert not attempts.at(timedelta(hours=22), 3)


def test_what_surely_never_arrived_may_go_at_any_age() -> None:
    attempts = Attempts()
    assert attempts.at(timedelta(0), 1, Retry("K701", "x"))
    assert attempts.at(DAY * 3, 2, Retry("K701", "x"))
    assert attempts.at(DAY * 5, 3, Done())


def test_the_time_counts_from_the_first_attempt_that_may_have_had_an_effect() -> None:
    attempts = Attempts()
    assert attempts.at(timedelta(0), 1, Retry("K701", "x"))
    assert attempts.at(DAY * 3, 2, Doubt("K704", "x"))
    assert attempts.at(DAY * 3 + timedelta(hours=20), 3, Retry("K701", "x"))
    assert not attempts.at(DAY * 4, 4)


def test_an_attempt_that_was_cut_off_by_a_crash_counts_as_unclear() -> None:
    assert not Attempts().at(DAY * 2, 2)
    attempts = Attempts()
    assert attempts.at(timedelta(0), 1, Retry("K701", "x"))
    assert not attempts.at(DAY * 2, 3)


def test_an_old_message_that_was_never_tried_may_go() -> None:
    assert Attempts().at(DAY * 100, 1)


def test_a_person_who_lets_it_through_is_obeyed() -> None:
    attempts = Attempts()
    assert not attempts.at(DAY * 2, 2)
    assert attempts.at(DAY * 2, 3)


def test_nothing_is_left_behind_when_it_is_done() -> None:
    for end in (Done(), Reject("K713", "x")):
        attempts = Attempts()
        attempts.at(timedelta(0), 1, Doubt("K704", "x"))
        attempts.at(timedelta(hours=1), 2, end)
        assert attempts.notes.read(["key/k"]) == {}


SINKS: dict[str, tuple[Connector, dict[str, object], dict[str, object]]] = {
    "http": (http.CONNECTOR, {"post": "https://erp.example.com/orders"}, {"key_header": "Idempotency-Key"}),
    "graphql": (
        graphql.CONNECTOR,
        {"post": "https://erp.example.com/graphql", "mutation": "mutation M($key: String!) { make(key: $key) { id } }"},
        {"key_variable": "key"},
    ),
    "odata": (
        odata.CONNECTOR,
        {"service": "https://erp.example.com/odata/v4", "entity": "Orders"},
        {"repeatability": True},
    ),
    "soap": (soap.CONNECTOR, {"post": "https://erp.example.com/soap"}, {"repeatable": True}),
}


def _read(connector: Connector, options: dict[str, object]) -> BaseModel:
    assert connector.sink is not None
    read: BaseModel = connector.sink.options.model_validate({**options, "honours_key_for": "24h"})
    return read


@pytest.mark.parametrize("name", SINKS)
def test_every_sink_that_sends_a_key_holds_what_the_peer_may_have_forgotten(name: str, tmp_path: Path) -> None:
    connector, options, keyed = SINKS[name]
    assert connector.sink is not None
    around = Surroundings(root=tmp_path, name="r/out", now=lambda: BORN + DAY * 3, notes=NotesInMemory())
    sink = connector.sink.open(_read(connector, {**options, **keyed}), around)
    (outcome,) = cast("Sink", sink).send([parcel(key="k", attempt=2)])
    sink.close()
    assert isinstance(outcome, Hold)
    assert outcome.code == "K720"


@pytest.mark.parametrize("name", SINKS)
def test_a_key_that_is_not_sent_is_honoured_by_nobody(name: str) -> None:
    connector, options, _ = SINKS[name]
    with pytest.raises(ValueError, match="honours_key_for"):
        _read(connector, options)


def test_those_whose_key_is_honoured_are_sent_beside_those_that_are_held() -> None:
    sent: list[str] = []

    def send(parcels: Sequence[Parcel]) -> Sequence[Done]:
        sent.extend(one.key for one in parcels)
        return [Done(one.key) for one in parcels]

    around = Surroundings(root=Path(), name="r/out", now=lambda: BORN + DAY * 3, notes=NotesInMemory())
    guarded = while_honoured(DAY.total_seconds(), around, send)
    outcomes = guarded([parcel(key="first", attempt=1), parcel(key="again", attempt=2)])
    assert (outcomes[0], type(outcomes[1])) == (Done("first"), Hold)
    assert sent == ["first"]
