"""A segment that leaves out what the one before it had is looked at by itself, however alike the two are."""

from __future__ import annotations

import pytest

from crossdock.codecs.edifact.codec import EdifactCodec
from crossdock.errors import Finding
from crossdock.message import Inline

HEAD = "UNH+1+ORDERS:D:96A:UN:EAN008'BGM+220+1+9'DTM+137:20261121:102'"


@pytest.mark.parametrize(
    ("first", "second", "key"),
    [
        ("NAD+BY+1::9", "NAD++1::9", "NAD01"),
        ("NAD+BY+1::9", "NAD+BY+::9", "NAD0201"),
        ("RFF+ON:1", "RFF+:1", "RFF0101"),
        ("DTM+2:20261121:102", "DTM+:20261121:102", "DTM0101"),
    ],
)
def test_a_mandatory_element_that_is_missing_is_told(first: str, second: str, key: str) -> None:
    order = "UNB+UNOC:3+A+B+261121:1200+1'" + HEAD + f"{first}'{second}'UNS+S'UNT+7+1'UNZ+1+1'"
    (part,) = [item for item in EdifactCodec().read(Inline(order.encode())) if not isinstance(item, Finding)]
    assert [found.code for found in part.findings if f"({key})" in found.message] == ["X251"]
