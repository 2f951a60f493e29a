from __future__ import annotations

import pytest

from crossdock.connector.amounts import per_second, seconds, size


@pytest.mark.parametrize(
    ("text", "expected"),
    [("90d", 7_776_000), ("4h", 14_400), ("15m", 900), ("2s", 2), ("50ms", 0.05), ("1.5h", 5400), ("0s", 0)],
)
def test_a_duration_is_read_as_seconds(text: str, expected: float) -> None:
    assert seconds(text) == pytest.approx(expected)


@pytest.mark.parametrize(("text", "expected"), [("20MB", 20_000_000), ("64KiB", 65_536), ("1GB", 10**9), ("7B", 7)])
def test_a_size_is_read_as_bytes(text: str, expected: int) -> None:
    assert size(text) == expected


@pytest.mark.parametrize(("text", "expected"), [("100/s", 100), ("600/min", 10), ("3600/h", 1)])
def test_a_rate_is_read_per_second(text: str, expected: float) -> None:
    assert per_second(text) == pytest.approx(expected)


@pytest.mark.parametrize(
    "text", [90, "90", "d", "9 0d", "1e3s", "-1s", "5 weeks", "", None, True, "\u0661s", "9" * 20 + "s"]
)
def test_a_duration_without_a_clear_unit_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="expected a duration such as 15m"):
        seconds(text)


def test_a_rate_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="enabled: false"):
        per_second("0/s")
