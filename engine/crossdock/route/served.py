"""Topics that routes with mistakes may read or publish: read from their files, for they could not be compiled.

Nobody knows what their authors meant, so every text of such a file that may be a topic is taken for one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from crossdock.message import Document
from crossdock.route.to import topic_shape
from crossdock.route.topic import is_pattern
from crossdock.yaml_source import Authored


@dataclass(frozen=True, slots=True)
class Served:
    """What routes with mistakes name. Where it is not known what they read or publish, they may be the ones missed."""

    topics: frozenset[str] = frozenset()
    reads: bool = True
    publishes: bool = True


def served(broken: Collection[str], written: Mapping[str, Authored]) -> Served:
    """What the ``broken`` routes may serve; of one that is not in ``written`` nothing is known."""
    values = [written[name].value if name in written else None for name in broken]
    topics = frozenset(topic for value in values for topic in _topics(value))
    reads = all(isinstance(value, dict) and isinstance(value.get("from"), dict) for value in values)
    publishes = all(isinstance(value, dict) and value.get("to") for value in values)
    surely = "*" not in topics  # a topic of the environment alone
    return Served(topics, reads and surely, publishes and surely)


def _topics(value: Document) -> Iterator[str]:
    if isinstance(value, str):
        shape = "*" if value.startswith("${") else topic_shape(value)
        if is_pattern(shape):
            yield shape
    elif isinstance(value, list):
        yield from (topic for inner in value for topic in _topics(inner))
    elif isinstance(value, dict):
        yield from (topic for inner in value.values() for topic in _topics(inner))
