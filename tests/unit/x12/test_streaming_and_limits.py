"""The limits of transactions and segments (tests/unit/edi has what holds for both standards)."""

# ruff: noqa: ANN401 - the bench is a fixture of conftest.py, which no test can import

from __future__ import annotations

from typing import Any

import pytest

from crossdock.codecs.x12.settings import Settings
from crossdock.errors import Reject


def test_a_transaction_over_its_limit_is_refused(bench: Any) -> None:
    data = bench.wrap([*bench.order[:-1], *["REF*ZZ*1"] * 20000])
    with pytest.raises(Reject) as caught:
        bench.read(data * 2, Settings(transaction_limit=100_000))
    assert caught.value.code == "X104"


def test_a_long_segment_in_a_large_chunk_is_refused_too(bench: Any) -> None:
    data = bench.wrap(["BEG*00*SA*PO1**20261120", f"MSG*{'X' * 3000}"])
    with pytest.raises(Reject) as caught:
        bench.read(data, Settings(segment_limit=2000))
    assert caught.value.code == "X103"
