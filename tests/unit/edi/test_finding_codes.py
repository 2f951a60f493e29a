"""A code of a finding means one thing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from itertools import chain

import pytest

from crossdock.codecs.edi.findings import Kind
from crossdock.codecs.edifact import findings as edifact
from crossdock.codecs.x12 import findings as x12

SHARED = {"X172"}  # sums that do not add up, along a path or by the lines of an invoice

X12: tuple[Mapping[str, Kind], ...] = (
    x12.ELEMENT_KINDS,
    x12.SEGMENT_KINDS,
    x12.TRANSACTION_KINDS,
    x12.GROUP_KINDS,
    x12.INTERCHANGE_KINDS,
)
EDIFACT: tuple[Mapping[str, Kind], ...] = (
    edifact.ELEMENT_KINDS,
    edifact.SEGMENT_KINDS,
    edifact.MESSAGE_KINDS,
    edifact.GROUP_KINDS,
    edifact.INTERCHANGE_KINDS,
)


@pytest.mark.parametrize("tables", [X12, EDIFACT], ids=["X12", "EDIFACT"])
def test_no_two_kinds_share_a_code(tables: tuple[Mapping[str, Kind], ...]) -> None:
    kinds: dict[str, set[str]] = defaultdict(set)
    for kind in chain.from_iterable(table.values() for table in tables):
        kinds[kind.code].add(kind.text)
    assert {code: texts for code, texts in kinds.items() if len(texts) > 1 and code not in SHARED} == {}
