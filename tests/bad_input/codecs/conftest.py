"""Payloads that come in pieces, layouts from text, and what a refusal says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import pytest

from crossdock.codecs.contract import Codec
from crossdock.codecs.edi.local import Local
from crossdock.codecs.fixed import CODEC as FIXED
from crossdock.codecs.idoc.model import Described
from crossdock.errors import Finding, Reject
from crossdock.message import Inline
from crossdock.yaml_source import Authored, load


@dataclass(frozen=True)
class Cut:
    """A payload whose chunks all have the same size."""

    data: bytes
    piece: int

    @property
    def size(self) -> int:
        return len(self.data)

    def chunks(self) -> Iterator[bytes]:
        for start in range(0, len(self.data), self.piece):
            yield self.data[start : start + self.piece]


@dataclass(frozen=True)
class OneLayout:
    """Resources with one layout, whatever its name."""

    text: str

    def layout(self, name: str) -> Authored:
        return load(self.text.encode(), f"mappings/layouts/{name}.yaml")

    def local_versions(self, standard: str) -> Mapping[str, Local]:
        return {}

    def idoc_descriptions(self) -> tuple[Described, ...]:
        return ()


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


@pytest.fixture(scope="session")
def fixed() -> Callable[[str], Codec]:
    return lambda text: FIXED.open(FIXED.options(layout="example"), OneLayout(text))
