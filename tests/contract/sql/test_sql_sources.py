"""The sources on every database: nothing skipped, nothing taken twice, whatever crosses."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from tests.contract.sql.conftest import NOW, Ground

from crossdock.connector import Arrival, Verdict
from crossdock.errors import Finding, Halt

MARK = {"statement": "SELECT id, number, updated_at FROM orders", "watermark": ["updated_at", "id"]}
OUTBOX = {
    "sqlite": "CREATE TABLE outbox (id INTEGER PRIMARY KEY, status TEXT DEFAULT 'waiting', claimed_at TEXT, done_at TEXT, reason TEXT, body TEXT)",
    "postgresql": "CREATE TABLE outbox (id SERIAL PRIMARY KEY, status VARCHAR(10) DEFAULT 'waiting', claimed_at TIMESTAMPTZ, done_at TIMESTAMP, reason VARCHAR(250), body TEXT)",
    "mariadb": "CREATE TABLE outbox (id INT AUTO_INCREMENT PRIMARY KEY, status VARCHAR(10) DEFAULT 'waiting', claimed_at DATETIME(6), done_at DATETIME(6), reason VARCHAR(250), body TEXT)",
}
CLAIMS = {
    "table": "outbox",
    "status": "status",
    "claimed_at": "claimed_at",
    "done_at": "done_at",
    "reason": "reason",
}


def order(ground: Ground, number: int, moment: str = "2026-11-20 10:00:00.250000") -> None:
    values = f"({number}, '{number}', '{moment}')"
    ground.run(f"INSERT INTO orders (id, number, updated_at) VALUES {values}")  # noqa: S608 - of this file


def numbers(arrivals: list[Arrival], column: str = "number") -> list[object]:
    return [json.loads(b"".join(one.payload.chunks()), parse_float=Decimal)[column] for one in arrivals]


def test_rows_of_one_moment_are_neither_lost_nor_repeated(ground: Ground) -> None:
    ground.orders()
    for number in range(1, 8):
        order(ground, number)
    source = ground.source(**MARK, page=3)

    first = ground.take(source)
    order(ground, 8)
    second = ground.take(source)
    source.close()
    again = ground.source(**MARK, page=3)
    third = ground.take(again)
    again.close()

    assert numbers(first) == [str(number) for number in range(1, 8)]
    assert numbers(second) == ["8"]
    assert third == []


def test_a_crash_before_the_journal_has_it_brings_it_again(ground: Ground) -> None:
    ground.orders()
    for number in (1, 2):
        order(ground, number)
    source = ground.source(**MARK)
    lost = list(source.poll())
    source.close()

    again = ground.source(**MARK)
    brought = ground.take(again)
    again.close()

    assert [one.identity for one in lost] == [one.identity for one in brought]


def test_a_row_that_changes_is_another_arrival(ground: Ground) -> None:
    ground.orders()
    order(ground, 1)
    source = ground.source(**MARK)
    (first,) = ground.take(source)

    ground.run("UPDATE orders SET updated_at = '2026-11-20 11:00:00' WHERE id = 1")
    (second,) = ground.take(source)
    source.close()

    assert first.identity != second.identity


def test_with_an_overlap_what_committed_late_is_found(ground: Ground) -> None:
    ground.orders()
    order(ground, 2, "2026-11-20 10:00:30.000000")
    source = ground.source(**MARK, overlap="5m")
    ground.take(source)

    order(ground, 1, "2026-11-20 10:00:10.000000")  # began earlier, and committed later
    late = ground.take(source)
    nothing = ground.take(source)
    order(ground, 3, "2026-11-20 10:00:40.000000")
    then = ground.take(source)
    source.close()

    assert [numbers(late), numbers(nothing), numbers(then)] == [["1"], [], ["3"]]


def test_with_an_overlap_of_numbers_a_sequence_that_commits_out_of_order_is_found(ground: Ground) -> None:
    ground.orders()
    order(ground, 2)
    source = ground.source(statement="SELECT id, number FROM orders", watermark="id", overlap=100)
    ground.take(source)

    order(ground, 1)
    late = ground.take(source)
    source.close()

    assert numbers(late) == ["1"]


def test_with_a_lag_the_young_wait(ground: Ground) -> None:
    ground.orders()
    order(ground, 1, "2026-11-20 11:59:00.000000")
    order(ground, 2, "2026-11-20 11:59:58.000000")
    source = ground.source(**MARK, lag="5s")
    first = ground.take(source)

    ground.now = NOW + timedelta(seconds=10)
    second = ground.take(source)
    source.close()

    assert [numbers(first), numbers(second)] == [["1"], ["2"]]


def test_a_row_has_its_lines(ground: Ground) -> None:
    ground.orders()
    order(ground, 1)
    ground.run("INSERT INTO order_lines VALUES ('1', 1, 'A', 5)", "INSERT INTO order_lines VALUES ('1', 2, 'B', 6)")
    lines = "SELECT sku, quantity FROM order_lines WHERE order_number = :number ORDER BY position"
    source = ground.source(**MARK, **{"with": {"lines": lines}})

    (arrival,) = ground.take(source)
    source.close()

    assert json.loads(b"".join(arrival.payload.chunks()))["lines"] == [
        {"sku": "A", "quantity": 5},
        {"sku": "B", "quantity": 6},
    ]


def test_what_a_column_cannot_be_is_a_finding_and_does_not_stop_the_next(ground: Ground) -> None:
    ground.orders()
    ground.run(
        "INSERT INTO orders (number, quantity) VALUES ('1', 5)", "INSERT INTO orders (number, quantity) VALUES ('2', 1)"
    )
    source = ground.source(
        statement="SELECT id, number, quantity FROM orders", watermark="id", columns={"quantity": "boolean"}
    )

    bad, good = ground.take(source)
    source.close()

    assert [one.code for one in bad.findings] == ["K834"]
    assert numbers([good], "quantity") == [True]


def test_a_refused_row_is_passed_by(ground: Ground) -> None:
    ground.orders()
    order(ground, 1)
    source = ground.source(**MARK)
    for arrival in source.poll():
        source.settle(arrival, Verdict.REFUSED)

    assert ground.take(source) == []
    source.close()


def test_without_a_watermark_each_key_is_taken_once(ground: Ground) -> None:
    ground.orders()
    order(ground, 1)
    source = ground.source(statement="SELECT id, number FROM orders ORDER BY id", key="id")

    first = ground.take(source)
    order(ground, 2)
    second = ground.take(source)
    source.close()

    assert [numbers(first), numbers(second)] == [["1"], ["2"]]


def test_a_column_can_be_the_payload(ground: Ground) -> None:
    ground.run(OUTBOX[ground.family], "INSERT INTO outbox (body) VALUES ('ISA*00€')")
    source = ground.source(outbox=CLAIMS, payload="body", content_type="application/edi-x12")

    (arrival,) = ground.take(source)
    source.close()

    assert b"".join(arrival.payload.chunks()) == "ISA*00€".encode()
    assert arrival.headers["sql.id"] == "1"


def test_rows_of_an_outbox_are_claimed_then_marked(ground: Ground) -> None:
    ground.run(OUTBOX[ground.family], *["INSERT INTO outbox (body) VALUES ('x')"] * 5)
    source = ground.source(outbox=CLAIMS, page=2)
    arrivals = list(source.poll())
    claimed = ground.rows("SELECT DISTINCT status FROM outbox")

    for arrival in arrivals[:4]:
        source.settle(arrival, Verdict.ACCEPTED)
    source.settle(replace(arrivals[4], findings=(Finding(code="Z999", message="too large"),)), Verdict.REFUSED)
    source.close()

    assert claimed == [("claimed",)]
    assert ground.rows("SELECT status, count(*) FROM outbox GROUP BY status ORDER BY status") == [
        ("done", 4),
        ("failed", 1),
    ]
    assert ground.rows("SELECT reason FROM outbox WHERE status = 'failed'") == [("Z999: too large",)]
    assert ground.rows("SELECT count(*) FROM outbox WHERE done_at IS NULL") == [(0,)]


def test_two_pollers_never_take_the_same_row(ground: Ground) -> None:
    ground.run(OUTBOX[ground.family], *["INSERT INTO outbox (body) VALUES ('x')"] * 20)
    one, other = ground.source(outbox=CLAIMS, page=3), ground.source(outbox=CLAIMS, page=4)
    left, right = iter(one.poll()), iter(other.poll())
    taken: list[str] = []
    for _ in range(10):
        taken += [arrival.identity for arrival in (next(left, None), next(right, None)) if arrival]
    taken += [arrival.identity for arrival in (*left, *right)]
    one.close()
    other.close()

    assert len(taken) == 20
    assert len(set(taken)) == 20


def test_a_claim_of_a_poller_that_died_comes_back(ground: Ground) -> None:
    ground.run(OUTBOX[ground.family], "INSERT INTO outbox (body) VALUES ('x')")
    dead = ground.source(outbox=CLAIMS)
    (lost,) = list(dead.poll())
    dead.close()

    patient = ground.source(outbox=CLAIMS)
    nothing = ground.take(patient)
    patient.close()
    ground.run("UPDATE outbox SET claimed_at = '2020-01-01 00:00:00'")
    later = ground.source(outbox=CLAIMS)
    (again,) = ground.take(later)
    later.close()

    assert nothing == []
    assert again.identity == lost.identity


def test_an_outbox_with_a_moment_alone_is_marked(ground: Ground) -> None:
    ground.run(
        OUTBOX[ground.family], "INSERT INTO outbox (body) VALUES ('x')", "INSERT INTO outbox (body) VALUES ('y')"
    )
    source = ground.source(outbox={"table": "outbox", "done_at": "done_at"}, page=1)

    taken = ground.take(source)
    source.close()

    assert numbers(taken, "body") == ["x", "y"]
    assert ground.rows("SELECT count(*) FROM outbox WHERE done_at IS NULL") == [(0,)]


def test_an_outbox_can_be_emptied(ground: Ground) -> None:
    ground.run(OUTBOX[ground.family], "INSERT INTO outbox (body) VALUES ('x')")
    source = ground.source(outbox={**CLAIMS, "delete": True})

    ground.take(source)
    source.close()

    assert ground.rows("SELECT * FROM outbox") == []


def test_what_was_not_settled_is_brought_again_by_the_next_poll(ground: Ground) -> None:
    ground.run(OUTBOX[ground.family], "INSERT INTO outbox (body) VALUES ('x')")
    source = ground.source(outbox=CLAIMS)

    first, second = list(source.poll()), list(source.poll())
    source.close()

    assert [one.identity for one in first] == [one.identity for one in second]


def test_a_procedure_returns_rows(ground: Ground) -> None:
    ground.orders()
    order(ground, 1)
    if ground.family == "sqlite":
        with pytest.raises(Halt, match="K837"):
            ground.source(procedure="open_orders", key="id")
        return
    ground.run(
        "CREATE PROCEDURE open_orders() SELECT id, number FROM orders"
        if ground.family == "mariadb"
        else "CREATE FUNCTION open_orders() RETURNS TABLE (id BIGINT, number TEXT) LANGUAGE sql AS 'SELECT id, number FROM orders'"
    )
    source = ground.source(procedure="open_orders", key="id")

    taken = ground.take(source)
    source.close()

    assert numbers(taken) == ["1"]


def test_a_source_cannot_change_anything(ground: Ground) -> None:
    ground.orders()
    source = ground.source(statement="DELETE FROM orders RETURNING id", key="id")

    with pytest.raises(Halt, match="K810"):
        ground.take(source)
    source.close()


def test_a_column_of_the_watermark_that_is_not_there_stops_the_route(ground: Ground) -> None:
    ground.orders()
    source = ground.source(statement="SELECT number FROM orders", watermark="changed")

    with pytest.raises(Halt, match="K812"):
        ground.take(source)
    source.close()
