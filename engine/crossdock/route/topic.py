"""Topics: words joined by dots, such as ``order.received``.

A subscription may write ``*`` for exactly one word: ``order.*`` reads ``order.received`` and not
``order.eu.received``. Topics that begin with ``crossdock.`` are the engine's own: read, never written by a route.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

#: What the engine itself publishes, each followed by a dot and the name of a route.
OVERDUE = "crossdock.overdue"  # nothing came from the source of a route for longer than it expects
SYSTEM = ("crossdock.dead", "crossdock.held", "crossdock.doubt", OVERDUE)
RESERVED = "crossdock."
#: What the engine publishes about acknowledgements of what was sent to partners, whose name is in the message.
ACK_REJECTED, ACK_UNMATCHED, ACK_OVERDUE = "ack.rejected", "ack.unmatched", "ack.overdue"
ACK_RECEIVED = "ack.received"  # acknowledgements that came in, as they are
ACKNOWLEDGEMENT = "edi.acknowledgement"  # those we give, on their way to the partner
TOLD = frozenset({ACK_REJECTED, ACK_UNMATCHED, ACK_OVERDUE, ACK_RECEIVED})
MAX_LENGTH = 255  # a routing key is a short string (AMQP 0-9-1, 4.2.5.3)

_WORD = "[A-Za-z0-9_-]+"
_WORDS = re.compile(rf"{_WORD}\Z")
_TOPIC = re.compile(rf"{_WORD}(?:\.{_WORD})*\Z")
_PATTERN = re.compile(rf"(?:{_WORD}|\*)(?:\.(?:{_WORD}|\*))*\Z")


def is_word(text: str) -> bool:
    """Whether the text may stand between the dots of a topic."""
    return _WORDS.match(text) is not None


def is_topic(text: str) -> bool:
    """Whether a message may be published under this name."""
    return len(text) <= MAX_LENGTH and _TOPIC.match(text) is not None


def is_pattern(text: str) -> bool:
    """Whether a route may subscribe to it."""
    return len(text) <= MAX_LENGTH and _PATTERN.match(text) is not None


def matches(pattern: str, topic: str) -> bool:
    """Whether a subscription to ``pattern`` receives what is published to ``topic``.

    ``topic`` may itself have ``*`` for a word that is only known at run time: then, whether it may receive it.
    """
    wanted, words = pattern.split("."), topic.split(".")
    return len(wanted) == len(words) and all(
        want in ("*", word) or word == "*" for want, word in zip(wanted, words, strict=True)
    )


class Readers:
    """Who reads which topics: found without asking each of a thousand subscriptions about each topic."""

    def __init__(self, subscriptions: Iterable[tuple[str, str]]) -> None:
        """``subscriptions`` are pairs of a reader and a pattern."""
        self._exact: dict[str, list[str]] = defaultdict(list)
        self._starred: list[tuple[str, str]] = []
        for reader, pattern in subscriptions:
            if "*" in pattern:
                self._starred.append((reader, pattern))
            else:
                self._exact[pattern].append(reader)

    def of(self, topic: str) -> Iterator[str]:
        """Those that read the topic, or may: it can have ``*`` for a word that is only known at run time."""
        if "*" in topic:
            yield from (reader for exact, readers in self._exact.items() if matches(exact, topic) for reader in readers)
        else:
            yield from self._exact.get(topic, ())
        yield from (reader for reader, pattern in self._starred if matches(pattern, topic))
