"""The sink on every database: once, in one transaction, and each refusal for itself."""

from __future__ import annotations

import uuid
from decimal import Decimal

import pytest
from tests.contract.sql.conftest import Ground, parcel

from crossdock.connector import Done
from crossdock.errors import Halt, Reject, Retry
from crossdock.message import Document

HEADER = {"insert": "orders", "columns": {"number": "number", "total": "total?"}}
LINES = {
    "insert": "order_lines",
    "each": "lines",
    "columns": {"order_number": "$root.number", "position": "$index", "sku": "sku", "quantity": "quantity"},
}


def test_a_document_goes_into_several_tables_in_one_transaction(ground: Ground) -> None:
    ground.orders()
    sink = ground.sink([HEADER, LINES])

    (outcome,) = sink.send(
        [
            parcel(
                {
                    "number": "4711",
                    "total": Decimal("12.50"),
                    "lines": [{"sku": "A", "quantity": 2}, {"sku": "B", "quantity": 1}],
                }
            )
        ]
    )
    sink.close()

    assert isinstance(outcome, Done), outcome
    assert ground.rows("SELECT order_number, position, sku, quantity FROM order_lines ORDER BY position") == [
        ("4711", 0, "A", 2),
        ("4711", 1, "B", 1),
    ]


def test_a_delivery_that_is_repeated_has_no_second_effect(ground: Ground) -> None:
    ground.orders()
    sink = ground.sink(
        {"insert": "orders", "columns": {"number": "$payload", "note": "note"}} | {"columns": {"number": "$id"}}
    )
    one = parcel({})

    sink.send([one])
    again = ground.sink({"insert": "orders", "columns": {"number": "$id"}})
    (outcome,) = again.send([one])
    sink.close()
    again.close()

    assert isinstance(outcome, Done)
    assert "was there" in outcome.receipt
    assert len(ground.rows("SELECT number FROM orders")) == 1


def test_the_same_parcel_twice_in_one_batch_has_one_effect(ground: Ground) -> None:
    ground.orders()
    sink = ground.sink({"insert": "orders", "columns": {"number": "number"}})
    one = parcel({"number": "1"})

    outcomes = sink.send([one, one])
    sink.close()

    assert all(isinstance(outcome, Done) for outcome in outcomes), outcomes
    assert ground.rows("SELECT number FROM orders") == [("1",)]


def test_one_that_is_refused_does_not_stop_the_others_and_leaves_nothing(ground: Ground) -> None:
    ground.orders()
    sink = ground.sink([HEADER, LINES])
    good = [parcel({"number": str(number), "lines": []}) for number in (1, 2)]
    bad = parcel({"number": "3", "lines": [{"sku": "A", "quantity": 1}, {"sku": None, "quantity": 1}]})

    outcomes = sink.send([good[0], bad, good[1]])
    sink.close()

    assert [type(outcome) for outcome in outcomes] == [Done, Reject, Done]
    assert isinstance(outcomes[1], Reject)
    assert outcomes[1].code == "K822"
    assert outcomes[1].findings[0].place.pointer == "/lines/1"
    assert "sku" in outcomes[1].message
    assert ground.rows("SELECT number FROM orders ORDER BY number") == [("1",), ("2",)]
    assert len(ground.rows("SELECT message FROM crossdock_delivered")) == 2


def test_a_row_of_that_key_rejects(ground: Ground) -> None:
    ground.orders()
    sink = ground.sink(HEADER)

    outcomes = sink.send([parcel({"number": "1"}), parcel({"number": "1"})])
    sink.close()

    assert isinstance(outcomes[1], Reject)
    assert outcomes[1].code == "K820"
    assert "number" in outcomes[1].message


def test_what_refers_to_nothing_rejects(ground: Ground) -> None:
    ground.orders()
    sink = ground.sink(LINES)

    (outcome,) = sink.send([parcel({"number": "none", "lines": [{"sku": "A", "quantity": 1}]})])
    sink.close()

    assert isinstance(outcome, Reject)
    assert outcome.code == "K821"


def test_what_is_too_long_rejects(ground: Ground) -> None:
    ground.orders()
    sink = ground.sink({"insert": "orders", "columns": {"number": "number", "note": "note"}})

    (outcome,) = sink.send([parcel({"number": "1", "note": "x" * 21})])
    sink.close()

    assert isinstance(outcome, Reject)
    assert outcome.code in ("K824", "K823")  # SQLite has lengths only as rules
    assert ground.rows("SELECT number FROM orders") == []


def test_an_upsert_changes_the_row_of_its_key(ground: Ground) -> None:
    ground.orders()
    sink = ground.sink(
        {"upsert": "orders", "key": ["number"], "columns": {"number": "number", "note": "note", "quantity": "quantity"}}
    )

    sink.send(
        [parcel({"number": "1", "note": "old", "quantity": 1}), parcel({"number": "1", "note": "new", "quantity": 2})]
    )
    sink.close()

    assert ground.rows("SELECT number, note, quantity FROM orders") == [("1", "new", 2)]


def test_an_upsert_of_nothing_but_its_key_is_no_error(ground: Ground) -> None:
    ground.orders()
    sink = ground.sink({"upsert": "orders", "key": ["number"], "columns": {"number": "number"}})

    outcomes = sink.send([parcel({"number": "1"}), parcel({"number": "1"})])
    sink.close()

    assert all(isinstance(outcome, Done) for outcome in outcomes)


def test_a_statement_binds_paths_and_names(ground: Ground) -> None:
    ground.orders()
    ground.run("INSERT INTO orders (number) VALUES ('1')")
    (ground.root / "sql").mkdir()
    (ground.root / "sql" / "note.sql").write_text("UPDATE orders SET note = :text\nWHERE number = :number;\n")
    sink = ground.sink({"statement": "sql/note.sql", "params": {"text": "memo.text"}, "rows": 1})

    hostile = "'); DROP TABLE x--"
    (done, missing) = sink.send(
        [parcel({"number": "1", "memo": {"text": hostile}}), parcel({"number": "2", "memo": {"text": "x"}})]
    )
    sink.close()

    assert isinstance(done, Done), done
    assert isinstance(missing, Reject)
    assert missing.code == "K831"
    assert ground.rows("SELECT note FROM orders") == [(hostile,)]


def test_every_kind_of_value_arrives_exactly(ground: Ground) -> None:
    ground.orders()
    columns = {
        "number": "number",
        "total": {"path": "total", "as": "decimal"},
        "ordered_on": {"path": "ordered_on", "as": "date"},
        "active": "active",
        "blob": {"path": "blob", "as": "bytes"},
        "attributes": {"path": "attributes", "as": "json"},
        "quantity": "quantity",
        "note": "absent?",
    }
    sink = ground.sink({"insert": "orders", "columns": columns})
    document: dict[str, Document] = {
        "number": "Ω€😀'\"\\%s:x",
        "total": "12345678.12345",
        "ordered_on": "2026-11-20",
        "active": True,
        "blob": "AP8n",
        "attributes": {"a": [1, Decimal("0.10")]},
        "quantity": 2**63 - 1,
    }

    (outcome,) = sink.send([parcel(document)])
    sink.close()
    read = ground.source(
        statement="SELECT * FROM orders",
        key="id",
        columns={"active": "boolean", "attributes": "json", "total": "decimal"},
    )
    (arrival,) = ground.take(read)
    read.close()

    assert isinstance(outcome, Done), outcome
    found = b"".join(arrival.payload.chunks()).decode()
    for part in (
        '"number":"Ω€😀\'\\"\\\\%s:x"',
        '"total":12345678.12345',
        '"ordered_on":"2026-11-20"',
        '"active":true',
        '"blob":"AP8n"',
        '"quantity":9223372036854775807',
        '"note":null',
    ):
        assert part in found, (part, found)
    assert '"a":[1,0.10]' in found.replace(" ", "")


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ({"number": "a\0b"}, "K827"),
        ({"number": "\ud800"}, "K827"),
        ({"number": ["a"]}, "K829"),
        ({}, "K828"),
        ({"number": "1", "quantity": 2**70}, ("K825", "K830")),
        ({"number": "1", "quantity": "many"}, "K829"),
        ({"number": "1", "total": Decimal("1e400")}, ("K825", "K830")),
        ({"number": "1", "total": Decimal("NaN")}, "K829"),
        ({"number": "1", "ordered_on": "20261120"}, "K829"),
        ({"number": "1", "ordered_on": "2026-02-30"}, "K829"),
    ],
)  # fmt: skip
def test_hostile_values_reject_and_leave_nothing(
    ground: Ground, document: dict[str, Document], code: str | tuple[str, ...]
) -> None:
    ground.orders()
    columns = {
        "number": "number",
        "quantity": {"path": "quantity?", "as": "integer"},
        "total": "total?",
        "ordered_on": {"path": "ordered_on?", "as": "date"},
    }
    sink = ground.sink({"insert": "orders", "columns": columns})

    (outcome,) = sink.send([parcel(document)])
    sink.close()

    assert isinstance(outcome, Reject), outcome
    assert outcome.code in ((code,) if isinstance(code, str) else code)
    assert ground.rows("SELECT number FROM orders") == []


def test_ten_megabytes_of_text_arrive_whole(ground: Ground) -> None:
    ground.run("CREATE TABLE texts (body LONGTEXT)" if ground.family == "mariadb" else "CREATE TABLE texts (body TEXT)")
    sink = ground.sink({"insert": "texts", "columns": {"body": "body"}})

    (outcome,) = sink.send([parcel({"body": "ä" * 5_000_000})])
    sink.close()

    assert isinstance(outcome, Done), outcome
    assert ground.rows("SELECT length(body) FROM texts")[0][0] in (5_000_000, 10_000_000)


def test_a_table_that_is_missing_stops_the_route(ground: Ground) -> None:
    sink = ground.sink(HEADER)

    (outcome,) = sink.send([parcel({"number": "1"})])
    sink.close()

    assert isinstance(outcome, Halt)
    assert outcome.code == "K812"


def test_a_payload_of_several_documents_is_refused_instead_of_losing_all_but_one(ground: Ground) -> None:
    ground.orders()
    sink = ground.sink(HEADER)
    one = parcel({"number": "1"})

    (outcome,) = sink.send(
        [type(one)(key=one.key, message=one.message, payload=one.payload, document=one.document, count=2)]
    )
    sink.close()

    assert isinstance(outcome, Halt)
    assert outcome.code == "K844"


def test_old_rows_of_the_dedupe_table_are_forgotten(ground: Ground) -> None:
    ground.orders()
    sink = ground.sink(HEADER, keep="10d")
    sink.send([parcel({"number": "1"})])
    sink.close()
    at = "`at`" if ground.family == "mariadb" else '"at"'
    ground.run(f"UPDATE crossdock_delivered SET {at} = 1")  # noqa: S608 - of this file

    later = ground.sink(HEADER, keep="10d")
    later.send([parcel({"number": "2"})])
    later.close()

    assert len(ground.rows("SELECT message FROM crossdock_delivered")) == 1


def test_a_lock_held_by_another_is_retried(ground: Ground) -> None:
    ground.orders()
    ground.sink(HEADER).send([parcel({"number": "0"})])
    begin = "BEGIN IMMEDIATE" if ground.family == "sqlite" else "BEGIN"
    ground.run(begin, "UPDATE orders SET note = 'locked' WHERE number = '0'")
    sink = ground.sink({"statement": "UPDATE orders SET note = 'mine' WHERE number = '0'"}, timeout="1s")

    (outcome,) = sink.send([parcel({}, str(uuid.uuid4()))])
    ground.run("ROLLBACK")
    (then,) = sink.send([parcel({})])
    sink.close()

    assert isinstance(outcome, Retry), outcome
    assert outcome.code in ("K807", "K808")
    assert isinstance(then, Done), then


def test_of_many_lines_written_together_the_wrong_one_is_named(ground: Ground) -> None:
    ground.orders()
    sink = ground.sink([HEADER, LINES])
    lines: list[Document] = [{"sku": f"S{number}", "quantity": number} for number in range(20)]
    wrong: list[Document] = [*lines[:7], {"sku": None, "quantity": 1}, *lines[7:]]

    outcomes = sink.send([parcel({"number": "1", "lines": lines}), parcel({"number": "2", "lines": wrong})])
    sink.close()

    assert isinstance(outcomes[0], Done), outcomes
    assert isinstance(outcomes[1], Reject), outcomes
    assert outcomes[1].findings[0].place.pointer == "/lines/7"
    assert len(ground.rows("SELECT sku FROM order_lines")) == 20
