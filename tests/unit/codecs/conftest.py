"""Payloads that come in pieces, and layouts from text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import pytest

from crossdock.codecs.contract import Codec
from crossdock.codecs.edi.local import Local
from crossdock.codecs.fixed import CODEC as FIXED
from crossdock.codecs.idoc.model import Described
from crossdock.message import Payload
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


@pytest.fixture(scope="session")
def cut() -> Callable[[bytes, int], Payload]:
    return Cut


@pytest.fixture(scope="session")
def fixed() -> Callable[[str], Codec]:
    return lambda text: FIXED.open(FIXED.options(layout="example"), OneLayout(text))
