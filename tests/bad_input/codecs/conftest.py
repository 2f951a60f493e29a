"""What a refusal says, and what the tests of codecs have: payloads that come in pieces, layouts from text."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.unit.codecs.conftest import Cut, fixed

from crossdock.codecs.contract import Codec
from crossdock.errors import Finding, Reject
from crossdock.message import Inline

__all__ = ["fixed", "refusal"]


def _refusal(codec: Codec, data: bytes) -> tuple[Finding, ...]:
    """The findings a payload is refused with: before any part, and however it is cut into chunks."""
    told = []
    for payload in (Inline(data), Cut(data, 7), Cut(data, 1)):
        parts = codec.read(payload)
        with pytest.raises(Reject) as caught:
            next(parts)
        told.append(caught.value.findings)
    assert told[0] == told[1] == told[2]
    return told[0]


@pytest.fixture(scope="session")
def refusal() -> Callable[[Codec, bytes], tuple[Finding, ...]]:
    return _refusal
