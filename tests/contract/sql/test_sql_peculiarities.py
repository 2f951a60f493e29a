"""What one kind of database does and the others do not."""

from __future__ import annotations

import pytest
from tests.contract.sql.conftest import Ground, parcel

from crossdock.connector import Done
from crossdock.errors import Halt, Reject, Retry
from crossdock.testing.servers.postgres import Postgres

HEADER = {"insert": "orders", "columns": {"number": "number"}}


@pytest.mark.parametrize("ground", ["mariadb"], indirect=True)
def test_a_table_without_transactions_is_refused(ground: Ground) -> None:
    ground.run("CREATE TABLE orders (number VARCHAR(10)) ENGINE=MyISAM")
    sink = ground.sink(HEADER)

    (outcome,) = sink.send([parcel({"number": "1"})])
    sink.close()

    assert isinstance(outcome, Halt)
    assert outcome.code == "K840"
    assert ground.rows("SELECT number FROM orders") == []


@pytest.mark.parametrize("ground", ["mariadb"], indirect=True)
def test_a_procedure_that_commits_stops_the_route(ground: Ground) -> None:
    ground.run("CREATE PROCEDURE rogue() BEGIN COMMIT; END")
    sink = ground.sink({"procedure": "rogue"})

    (outcome,) = sink.send([parcel({})])
    sink.close()

    assert isinstance(outcome, Halt), outcome
    assert outcome.code == "K845"


@pytest.mark.parametrize("ground", ["mariadb"], indirect=True)
def test_characters_a_column_cannot_keep_reject(ground: Ground) -> None:
    ground.run("CREATE TABLE names (name VARCHAR(20) CHARACTER SET utf8mb3)")
    sink = ground.sink({"insert": "names", "columns": {"name": "name"}})

    (outcome,) = sink.send([parcel({"name": "\U0001f600"})])
    sink.close()

    assert isinstance(outcome, Reject)
    assert outcome.code == "K827"


@pytest.mark.parametrize("ground", ["mariadb"], indirect=True)
def test_a_zero_date_is_no_date(ground: Ground) -> None:
    ground.run(
        "SET sql_mode = ''",
        "CREATE TABLE d (id INT, at DATE, t TIME)",
        "INSERT INTO d VALUES (1, '0000-00-00', '-30:00:01')",
    )
    source = ground.source(statement="SELECT * FROM d", key="id")

    (arrival,) = ground.take(source)
    source.close()

    assert b"".join(arrival.payload.chunks()) == b'{"id":1,"at":null,"t":"-30:00:01"}\n'


@pytest.mark.parametrize("ground", ["postgresql"], indirect=True)
def test_a_rule_that_is_looked_at_by_the_commit_rejects_only_its_own(ground: Ground) -> None:
    ground.orders()
    ground.run("CREATE TABLE later (number TEXT REFERENCES orders (number) DEFERRABLE INITIALLY DEFERRED)")
    ground.run("INSERT INTO orders (number) VALUES ('1')")
    sink = ground.sink({"insert": "later", "columns": {"number": "number"}})

    outcomes = sink.send([parcel({"number": "1"}), parcel({"number": "2"})])
    sink.close()

    assert isinstance(outcomes[0], Done), outcomes
    assert isinstance(outcomes[1], Reject), outcomes
    assert outcomes[1].code == "K821"
    assert ground.rows("SELECT number FROM later") == [("1",)]


@pytest.mark.parametrize("ground", ["postgresql"], indirect=True)
def test_types_of_postgresql_arrive_exactly(ground: Ground) -> None:
    values = (
        "1 AS id, 0.1::float8 AS f, 12.500::numeric AS n, '2026-11-20 10:00+02'::timestamptz AS at, "
        "'{\"a\": 0.10}'::jsonb AS j, ARRAY[1, 2] AS l, '0b8e6a3e-0000-4000-8000-000000000001'::uuid AS u, "
        "interval '1 day 2 hours' AS i, 'x'::bytea AS b, NULL::int AS e"
    )
    source = ground.source(statement=f"SELECT {values}", key="id")

    (arrival,) = ground.take(source)
    source.close()

    assert b"".join(arrival.payload.chunks()) == (
        b'{"id":1,"f":0.1,"n":12.500,"at":"2026-11-20T08:00:00+00:00","j":{"a":0.10},"l":[1,2],'
        b'"u":"0b8e6a3e-0000-4000-8000-000000000001","i":"26:00:00","b":"eA==","e":null}\n'
    )


@pytest.mark.parametrize("ground", ["postgresql"], indirect=True)
def test_a_server_that_is_started_again_is_found_again(ground: Ground, own_postgres: Postgres) -> None:
    fresh = Ground("postgresql", own_postgres.address.fresh(), ground.root)
    fresh.orders()
    fresh.close()
    sink = fresh.sink(HEADER)
    first = sink.send([parcel({"number": "1"})])
    own_postgres.restart()
    one = parcel({"number": "2"})

    outcomes = [sink.send([one])[0] for _ in range(2)]
    sink.close()

    assert isinstance(first[0], Done)
    assert isinstance(outcomes[0], Retry)
    assert isinstance(outcomes[1], Done)


@pytest.mark.parametrize("ground", ["postgresql"], indirect=True)
def test_a_row_whose_json_cannot_be_kept_is_refused_and_the_next_is_taken(ground: Ground) -> None:
    bad = "SELECT 1 AS id, '[\"\\\\u0000\"]'::json AS j UNION ALL SELECT 2, '[1]'::json"
    source = ground.source(statement=bad.replace("\\\\u", "\\u").replace("::", "\\:\\:"), key="id")

    first, second = ground.take(source)
    source.close()

    assert [one.code for one in first.findings] == ["K834"]
    assert second.findings == ()
