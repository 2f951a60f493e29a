"""Values on their way in and out, and watermarks: exact, or refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossdock.connector import Parcel
from crossdock.errors import Halt, Reject
from crossdock.message import Document, Inline
from crossdock_connectors.sql.binding import bound
from crossdock_connectors.sql.marks import before, is_later, is_younger, mark_of, read, written
from crossdock_connectors.sql.rows import document_of, exact_json, row_of
from crossdock_connectors.sql.value import Kind, Scope, Value


def bind(found: Document, kind: Kind | None = None, family: str = "postgresql") -> object:
    parcel = Parcel(key="k", message="m", payload=Inline(b""), document={"a": found})
    return bound(Value.model_validate({"path": "a", "as": kind}), Scope(parcel=parcel, item=parcel.document), family)


@pytest.mark.parametrize(
    ("found", "kind", "expected"),
    [
        ("12.50", "decimal", Decimal("12.50")),
        (Decimal("12.0"), "integer", 12),
        (Decimal("1E+3"), "text", "1000"),
        (True, "text", "true"),
        ("0", "boolean", False),
        ("2026-11-20T14:30:00Z", "datetime", "2026-11-20T14:30:00Z"),
        ("14:30", "time", "14:30"),
        ("AP8=", "bytes", b"\0\xff"),
        ({"a": Decimal("1.10")}, "json", '{"a":1.10}'),
    ],
)
def test_a_value_is_bound_as_what_the_route_says(found: Document, kind: Kind, expected: object) -> None:
    assert bind(found, kind) == expected


@pytest.mark.parametrize(
    ("found", "kind"),
    [
        ("12,50", "decimal"),
        ("1e5", "decimal"),
        (True, "decimal"),
        ("١٢", "decimal"),
        (Decimal("1.5"), "integer"),
        ("yes", "boolean"),
        (2, "boolean"),
        ("20.11.2026", "date"),
        (20261120, "date"),
        ("A", "bytes"),
        ([], None),
    ],
)
def test_what_it_is_not_is_refused(found: Document, kind: Kind | None) -> None:
    with pytest.raises(Reject, match="K829"):
        bind(found, kind)


def test_sqlite_gets_only_numbers_it_can_keep() -> None:
    assert bind(Decimal("123456789.123456"), family="sqlite") == "123456789.123456"
    with pytest.raises(Reject, match="K830"):
        bind(Decimal("1234567890.1234567"), family="sqlite")


@given(st.one_of(st.integers(), st.text(max_size=20), st.dates(), st.datetimes(), st.datetimes(timezones=st.just(UTC)),
                 st.decimals(allow_nan=False, allow_infinity=False)))  # fmt: skip
def test_a_watermark_is_read_back_as_what_it_was(part: int | str | date | datetime | Decimal) -> None:
    (again,) = read(written((part,)), 1)

    assert again == part
    assert type(again) is type(part)


@pytest.mark.parametrize("note", ["", "[]", "{}", '[["int","x"]]', '[["eval","1"]]', "[[1,2],[3]]"])
def test_a_note_that_is_no_watermark_stops_the_route(note: str) -> None:
    with pytest.raises(Halt, match="K836"):
        read(note, 1)


@pytest.mark.parametrize("value", [None, True, b"x", [1]])
def test_what_does_not_grow_makes_no_watermark(value: object) -> None:
    with pytest.raises(Halt, match="K835"):
        mark_of({"a": value}, ("a",), "db")


@pytest.mark.parametrize(
    ("first", "overlap", "expected"),
    [
        (1000, 100, 900),
        (datetime(2026, 11, 20, 10, 0, tzinfo=UTC), 300.0, datetime(2026, 11, 20, 9, 55, tzinfo=UTC)),
        ("2026-11-20 10:00:00", 300.0, "2026-11-20 09:55:00"),
        ("2026-11-20T10:00:00.250Z", 1.0, "2026-11-20T09:59:59.250Z"),
        (date(2026, 11, 20), 3600.0, date(2026, 11, 19)),
    ],
)
def test_an_overlap_goes_back_in_the_form_of_the_column(first: int | str, overlap: float, expected: object) -> None:
    assert before((first, 7), overlap) == (expected,)


def test_a_lag_needs_moments() -> None:
    now = datetime(2026, 11, 20, tzinfo=UTC)

    assert is_younger((now + timedelta(seconds=1),), now)
    assert not is_younger(("2026-11-19 23:59:59",), now)
    with pytest.raises(Halt, match="K836"):
        is_younger((5,), now)


def test_a_row_tells_each_value_that_does_not_fit() -> None:
    columns: dict[str, object] = {"a": 2, "b": "NaN", "c": "x\0", "d": float("inf"), "e": "{", "f": b"\xff"}
    kinds = {"a": "boolean", "b": "decimal", "e": "json", "f": "text"}

    document, findings = row_of(columns, kinds)

    assert document == {}
    assert [one.place.element for one in findings] == list("abcdef")


def test_json_of_a_column_keeps_its_digits() -> None:
    assert exact_json('{"a": [0.10, 1e2, null]}') == {"a": [Decimal("0.10"), Decimal("1E+2"), None]}


@pytest.mark.parametrize(
    "text", ["{", '{"a": NaN}', "[" * 100_000, '["\\u0000"]', '["\\ud800"]', "1e999999999999999999999"]
)
def test_json_of_a_column_that_cannot_be_kept_is_a_finding(text: str) -> None:
    (finding,) = row_of({"a": exact_json(text)}, {})[1]

    assert finding.code == "K834"


def test_a_whole_number_of_5000_digits_is_no_trouble() -> None:
    assert exact_json("9" * 5000) == Decimal("9" * 5000)


def test_a_watermark_of_two_types_stops_the_route() -> None:
    with pytest.raises(Halt, match="K836"):
        is_later((1,), ("a",))


def test_a_float_is_the_shortest_number_that_means_the_same() -> None:
    assert document_of(0.1) == Decimal("0.1")
