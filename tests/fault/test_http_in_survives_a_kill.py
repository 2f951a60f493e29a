"""The front is killed between keeping a document and answering, and while many send: a retry gets the same id."""

from __future__ import annotations

import http.client
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.fault.small_disk import small_disk
from tests.flow.serving import Front, listens

from crossdock.testing.servers.postgres import PostgresAddress

ROUTES = {"orders": "from:\n  http: {path: /orders, auth: {anybody: true}}\nto:\n  - topic: order.arrived\n"}


@pytest.fixture
def front(tmp_path: Path) -> Iterator[Front]:
    made = Front(tmp_path)
    yield made
    made.end()


def _settled(front: Front) -> bool:
    states = front.states("orders")
    return sum(states.values()) == states["delivered"] > 0


@pytest.mark.parametrize("point", ["accept.before_commit", "accept.after_commit"])
def test_killed_on_either_side_of_the_commit_the_retry_is_one_message(front: Front, point: str) -> None:
    front.write(front.settings(), **ROUTES)
    front.serve(CROSSDOCK_FAIL=f"{point}:1", CROSSDOCK_FAIL_ONCE=str(front.folder / "died"))
    with pytest.raises((http.client.HTTPException, OSError)):
        front.post("/orders", b"one", Idempotency_Key="k")
    front.await_answer()
    taken = [_retried(front, b"one") for _ in range(2)]
    assert taken[0] == taken[1]
    assert sum(front.states("orders").values()) == 1
    assert front.balanced()


def _retried(front: Front, body: bytes, seconds: float = 30) -> str:
    end = time.monotonic() + seconds
    while True:
        try:
            reply = front.post("/orders", body, Idempotency_Key="k")
        except (http.client.HTTPException, OSError):
            assert time.monotonic() < end, front.log()
            time.sleep(0.1)
            continue
        assert reply.status == 202
        return reply.id


def test_a_connection_that_dies_before_the_answer_costs_nothing(front: Front, wait_until: Callable[..., None]) -> None:
    front.write(front.settings(), **ROUTES)
    front.serve()
    sent = b"POST /orders HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nIdempotency-Key: k\r\nContent-Length: 3\r\n\r\none"
    with socket.create_connection(("127.0.0.1", front.port)) as connection:
        connection.sendall(sent)  # and gone
    wait_until(lambda: sum(front.states("orders").values()) == 1)
    _retried(front, b"one")
    assert sum(front.states("orders").values()) == 1


def test_the_key_counts_after_a_restart(front: Front) -> None:
    front.write(front.settings(), **ROUTES)
    front.serve()
    first = front.post("/orders", b"one", Idempotency_Key="k").id
    front.stop()
    front.serve()
    assert front.post("/orders", b"one", Idempotency_Key="k").id == first
    assert front.post("/orders", b"two", Idempotency_Key="k").status == 422


def test_two_front_processes_share_the_address_and_the_keys(front: Front) -> None:
    front.write(front.settings(processes="2"), **ROUTES)
    front.serve()
    posts = [("/orders", b"one", {"Idempotency-Key": str(n % 5)}) for n in range(200)]
    replies = front.post_all(posts, connections=40)
    assert len({reply.id for reply in replies}) == 5
    assert {reply.status for reply in replies} == {202}


def test_two_machines_on_one_postgres_know_each_others_keys(tmp_path: Path, postgres: PostgresAddress) -> None:
    fronts = []
    database = postgres.fresh()
    try:
        for name in ("a", "b"):
            (tmp_path / name).mkdir()
            fronts.append(Front(tmp_path / name))
            fronts[-1].write(fronts[-1].settings(f"journal: {database}\n"), **ROUTES)
            fronts[-1].serve("--role", "http")
        ids = {front.post("/orders", b"one", Idempotency_Key="k").id for front in (*fronts, *fronts)}
        assert len(ids) == 1
    finally:
        for front in fronts:
            front.end()


def test_an_address_somebody_else_listens_on_is_refused_at_the_start(front: Front) -> None:
    front.write(front.settings(), **ROUTES)
    with socket.create_server(("127.0.0.1", front.port)):
        assert front.start().wait(timeout=30) == 3
    assert "W203" in front.log()


@pytest.fixture
def disk(front: Front) -> Iterator[Path]:
    with small_disk(front.folder / ".crossdock", 32 * 1024 * 1024) as folder:
        yield folder
        front.end()


def test_a_full_disk_is_told_and_it_opens_by_itself_with_nothing_lost(
    front: Front, disk: Path, wait_until: Callable[..., None]
) -> None:
    front.write(front.settings("limits: {disk_free: 3MB, reserve: 4MB}\n"), **ROUTES)
    front.serve()
    taken = [front.post("/orders", b"first").id]

    def status() -> int:
        reply = front.post("/orders", b"more")
        if reply.status == 202:
            taken.append(reply.id)
        else:
            assert (reply.status, reply.json["code"]) == (507, "W122")
            assert int(reply.headers["retry-after"]) >= 1
        return reply.status

    filler = disk / "somebody-elses"
    filler.write_bytes(bytes(shutil.disk_usage(disk).free - 1_500_000))
    wait_until(lambda: status() == 507)
    filler.unlink()
    wait_until(lambda: status() == 202)
    assert sum(front.states("orders").values()) == len(set(taken))
    assert front.balanced()


def test_where_too_much_waits_callers_are_told_to_come_again(front: Front, wait_until: Callable[..., None]) -> None:
    front.write(front.settings("limits: {backlog: 4}\n"), **ROUTES)
    front.serve("--role", "http")  # nobody works
    replies = [front.post("/orders", b"x")]

    def closed() -> bool:
        replies.append(front.post("/orders", b"x"))
        return replies[-1].status == 503

    wait_until(closed)
    assert replies[-1].json["code"] == "W121"
    assert int(replies[-1].headers["retry-after"]) >= 1
    taken = sum(reply.status == 202 for reply in replies)
    assert sum(front.states("orders").values()) == taken


def test_a_graceful_stop_answers_what_it_has_begun(front: Front) -> None:
    front.write(front.settings(), **ROUTES)
    front.serve()
    with socket.create_connection(("127.0.0.1", front.port)) as connection:
        connection.sendall(b"POST /orders HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\n")
        time.sleep(0.3)
        front.run.terminate()
        time.sleep(0.3)
        connection.sendall(b"one")
        assert connection.recv(1024).startswith(b"HTTP/1.1 202")
    assert front.run.wait(timeout=60) == 0
    assert not listens(front.port)
