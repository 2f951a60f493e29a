"""Lookups on every database, and stored procedures that are written to."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.contract.sql.conftest import Ground, parcel

from crossdock.connector import Done
from crossdock.errors import Halt, Reject, Retry

ITEMS = ("CREATE TABLE items (sku VARCHAR(20) PRIMARY KEY, name VARCHAR(40), price DECIMAL(12, 4), stocked BOOLEAN)",)
SLOW = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) AS c FROM n",
    "postgresql": "SELECT pg_sleep(20)::text AS c",
    "mariadb": "SELECT count(*) AS c FROM seq_1_to_1000000 a, seq_1_to_1000000 b WHERE (a.seq * b.seq) % 7 = 3",
}


@pytest.fixture(autouse=True)
def _items(ground: Ground) -> None:
    yes = "true" if ground.family == "postgresql" else "1"
    ground.run(*ITEMS, "INSERT INTO items VALUES ('A', 'Bolt', 0.1050, YES), ('B', NULL, 2, YES)".replace("YES", yes))


def test_a_lookup_finds_a_row(ground: Ground) -> None:
    call = ground.call(
        statement="SELECT name, price, stocked FROM items WHERE sku = :sku",
        columns={"stocked": "boolean", "price": "decimal"},
        params={"sku": "line.sku"},
    )

    answer = call.ask(parcel({"line": {"sku": "A"}}))
    call.close()

    assert answer == {"name": "Bolt", "price": Decimal("0.105"), "stocked": True}


def test_what_is_not_found_is_null_or_a_rejection(ground: Ground) -> None:
    lenient = ground.call(statement="SELECT name FROM items WHERE sku = :sku")
    strict = ground.call(statement="SELECT name FROM items WHERE sku = :sku", missing="reject")

    answers = [one.ask(parcel({"sku": "' OR 1=1 --"})) for one in (lenient, strict)]
    lenient.close()
    strict.close()

    assert answers[0] is None
    assert isinstance(answers[1], Reject)
    assert answers[1].code == "K839"


def test_several_rows_are_asked_for_or_an_error(ground: Ground) -> None:
    statement = "SELECT sku FROM items ORDER BY sku"
    calls = {kind: ground.call(statement=statement, result=kind) for kind in ("one", "first", "all")}

    answers = {kind: call.ask(parcel({})) for kind, call in calls.items()}
    for call in calls.values():
        call.close()

    assert isinstance(answers["one"], Reject)
    assert answers["one"].code == "K838"
    assert answers["first"] == {"sku": "A"}
    assert answers["all"] == [{"sku": "A"}, {"sku": "B"}]


def test_one_value_is_the_answer(ground: Ground) -> None:
    call = ground.call(statement="SELECT name FROM items WHERE sku = :sku", result="value")

    assert call.ask(parcel({"sku": "A"})) == "Bolt"
    call.close()


def test_a_lookup_cannot_change_anything(ground: Ground) -> None:
    call = ground.call(statement="DELETE FROM items RETURNING sku")

    answer = call.ask(parcel({}))
    call.close()

    assert isinstance(answer, Halt)
    assert answer.code == "K810"
    assert len(ground.rows("SELECT sku FROM items")) == 2


def test_a_statement_that_takes_too_long_is_ended(ground: Ground) -> None:
    call = ground.call(statement=SLOW[ground.family], timeout="500ms")

    answer = call.ask(parcel({}))
    then = ground.call(statement="SELECT name FROM items WHERE sku = 'A'", result="value").ask(parcel({}))
    call.close()

    assert isinstance(answer, Retry), answer
    assert answer.code == "K808"
    assert then == "Bolt"


def test_a_procedure_is_called_once_and_its_objection_rejects(ground: Ground) -> None:
    if ground.family == "sqlite":
        with pytest.raises(Halt, match="K837"):
            ground.sink({"procedure": "rename_item", "params": {"sku": "sku", "name": "name"}})
        return
    ground.run(
        """CREATE PROCEDURE rename_item(IN s VARCHAR(20), IN n VARCHAR(40)) BEGIN
        SELECT 1;
        IF n = '' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no name'; END IF;
        UPDATE items SET name = n WHERE sku = s; END"""
        if ground.family == "mariadb"
        else """CREATE PROCEDURE rename_item(s TEXT, n TEXT) LANGUAGE plpgsql AS
        $$BEGIN IF n = '' THEN RAISE EXCEPTION 'no name'; END IF; UPDATE items SET name = n WHERE sku = s; END$$"""
    )
    sink = ground.sink({"procedure": "rename_item", "params": {"sku": "sku", "name": "name"}})

    outcomes = sink.send([parcel({"sku": "A", "name": ""}), parcel({"sku": "B", "name": "Nut"})])
    sink.close()

    assert isinstance(outcomes[0], Reject), outcomes
    assert outcomes[0].code == "K842"
    assert "no name" in outcomes[0].message
    assert isinstance(outcomes[1], Done)
    assert ground.rows("SELECT name FROM items ORDER BY sku") == [("Bolt",), ("Nut",)]
