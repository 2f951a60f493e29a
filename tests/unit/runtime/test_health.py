"""Alive and ready: answered in time, whatever hangs."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from crossdock.codecs.contract import CodecKind
from crossdock.connector import Connector
from crossdock.errors import Halt, Retry
from crossdock.registry import Registry
from crossdock.route.addresses import host_and_port
from crossdock.route.load import load_project
from crossdock.runtime.engine import Engine
from crossdock.runtime.health import Answer, Asking, Health
from crossdock.runtime.health_server import HealthServer
from crossdock.runtime.hosts import announce


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    (tmp_path / "routes").mkdir()
    (tmp_path / "inbox").mkdir()
    (tmp_path / "crossdock.yaml").touch()
    (tmp_path / "routes" / "orders.yaml").write_text("from:\n  file: {path: inbox}\nto:\n  - file: {path: out}\n")
    return loaded(tmp_path)


def loaded(root: Path) -> Engine:
    connectors, codecs = Registry("crossdock.connectors", Connector), Registry("crossdock.codecs", CodecKind)
    return Engine(load_project(root, environment={}, connectors=connectors, codecs=codecs), {})


def test_what_has_a_journal_that_answers_is_ready(engine: Engine) -> None:
    assert Health(engine).ready().as_dict() == {
        "ok": True,
        "parts": {"journal": "ok", "bus": "ok", "admission": "ok"},
        "notes": [],
    }


def test_a_stopped_queue_is_noted_and_all_stopped_is_not_ready(engine: Engine) -> None:
    with closing(engine.open_journal()) as journal:
        journal.stop_queue("orders/file", "wrong password")
        answer = Health(engine).ready()
        assert (answer.yes, answer.notes) == (True, ("queue orders/file is stopped: wrong password",))
        journal.stop_queue("orders", "wrong table")
    assert not Health(engine).ready().yes


def test_a_journal_that_is_damaged_is_not_ready(engine: Engine) -> None:
    file = engine.journal_file()
    assert file is not None
    file.parent.mkdir()
    file.write_bytes(b"no database at all" * 1000)
    answer = Health(engine).ready()
    assert not answer.yes
    assert "E7" in str(answer.parts[0].wrong)


def test_where_nothing_may_come_in_it_is_not_ready(engine: Engine) -> None:
    (engine.project.root / "crossdock.yaml").write_text("limits: {disk_free: 900000GB}\n")
    answer = Health(loaded(engine.project.root)).ready()
    assert {part.name for part in answer.parts if part.wrong} == {"admission"}


def test_a_run_is_alive_when_it_was_heard_here(engine: Engine) -> None:
    assert not Health(engine).live().yes
    with closing(engine.open_journal()) as journal:
        announce(journal, engine.host)
    assert Health(engine).live().yes


def test_processes_that_give_no_sign_of_life_are_named(engine: Engine) -> None:
    assert Health(engine, list).live().yes
    assert Health(engine, lambda: ["worker-1"]).live().parts[0].wrong == "no sign of life from worker-1"


def test_what_hangs_counts_as_failed_and_is_not_asked_again_while_it_does() -> None:
    go_on, asked = threading.Event(), list[int]()

    def hang() -> None:
        asked.append(1)
        go_on.wait(10)

    asking = Asking(patience=0.05)
    for _ in range(3):
        begun = time.monotonic()
        answer = asking.answer({"journal": hang, "bus": lambda: None})
        assert time.monotonic() - begun < 2
        assert [part.wrong is None for part in answer.parts] == [False, True]
    assert len(asked) == 1
    go_on.set()


def test_any_number_may_ask_at_the_same_time_and_hear_the_same() -> None:
    started = threading.Barrier(4)

    def slow() -> str:
        time.sleep(0.2)
        return "its disk is full"

    asking, answers = Asking(), list[Answer]()

    def ask() -> None:
        started.wait()
        answers.append(asking.answer({"journal": slow, "bus": lambda: None}))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [[part.wrong for part in answer.parts] for answer in answers] == [["its disk is full", None]] * 4


def test_a_broker_that_is_away_or_hangs_is_told_and_is_no_reason_for_a_no(engine: Engine) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as mute:
        for address, told in ((f"127.0.0.1:{mute.getsockname()[1]}", "answer"), ("127.0.0.1:1", "away")):
            (engine.project.root / "crossdock.yaml").write_text(f"bus: amqp://{address}/\n")
            answer = Health(loaded(engine.project.root)).ready()
            assert answer.yes
            assert told in str(answer.as_dict()["parts"]["bus"])  # type: ignore[index]  # plain JSON data


@pytest.mark.parametrize("error", [Retry("E731", "away"), OSError(5, "Input/output error")])
def test_what_cannot_look_has_failed(error: Exception) -> None:
    def fail() -> None:
        raise error

    assert not Asking().answer({"journal": fail}).yes


@contextmanager
def serving(health: Health) -> Iterator[http.client.HTTPConnection]:
    server, stop = HealthServer(health, "127.0.0.1:0"), threading.Event()
    thread = threading.Thread(target=server.run, args=(stop.is_set, lambda: None))
    thread.start()
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)) as connection:
        yield connection
    stop.set()
    thread.join()


def test_it_is_told_over_http(engine: Engine) -> None:
    with serving(Health(engine, lambda: ["worker-0"])) as connection:
        told = {}
        for path in ("/ready", "/live", "/else"):
            connection.request("GET", path)
            response = connection.getresponse()
            told[path] = (response.status, response.headers["Retry-After"], json.loads(response.read())["ok"])
            connection.close()
    assert told == {"/ready": (200, None, True), "/live": (503, "5", False), "/else": (404, None, False)}


@pytest.mark.parametrize("address", ["9480", "host:", "host:x", ":1", "host:70000"])
def test_an_address_nobody_can_listen_on_is_refused(address: str) -> None:
    with pytest.raises(Halt, match="E776"):
        host_and_port(address)


def test_addresses_of_both_families_are_read() -> None:
    assert host_and_port("[::1]:80") == ("::1", 80)
    assert host_and_port("127.0.0.1:9480") == ("127.0.0.1", 9480)


def test_a_port_that_is_taken_is_told(engine: Engine) -> None:
    first = HealthServer(Health(engine), "127.0.0.1:0")
    with pytest.raises(Halt, match="E776"):
        HealthServer(Health(engine), f"127.0.0.1:{first.port}")
    first.close()
