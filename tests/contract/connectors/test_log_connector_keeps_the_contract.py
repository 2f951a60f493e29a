"""``log``, read as whoever looks into the log reads it: a line names its key, so a second one of a key is no other."""

from __future__ import annotations

import base64
import logging
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from crossdock.connector import Done, Effect, Parcel
from crossdock.message import Inline
from crossdock.testing.connector_suite import Delivered, Options, SinkGround, SinkSuite
from crossdock.testing.connector_suite.sink_tests import Sender, parcel
from crossdock_connectors.log import CONNECTOR

LOG = logging.getLogger("crossdock.connector.log")
CODED = "text/x-base64"
_LINE = re.compile(r"route \S+, message \S+, key (\S+), \d+ bytes of (\S+) ?(.*)\Z")


class Lines(SinkGround, logging.Handler):
    """The lines of the logger, with the payload shown."""

    connector = CONNECTOR

    def __init__(self, root: Path) -> None:
        SinkGround.__init__(self, root)
        logging.Handler.__init__(self)
        self.lines: list[str] = []
        LOG.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the line."""
        self.lines.append(record.getMessage())

    def options(self, **more: object) -> Options:
        return {"show": "payload", "limit": "1MB", **more}

    def arrived(self) -> Sequence[Delivered]:
        told = {found[1]: found for line in self.lines if (found := _LINE.match(line))}
        return [Delivered(key, _data(found[2], found[3])) for key, found in told.items()]

    def close(self) -> None:
        LOG.removeHandler(self)
        super().close()


def _data(content_type: str, shown: str) -> bytes:
    return base64.b64decode(shown) if content_type == CODED else shown.encode()


class TestLogSink(SinkSuite):
    ground_type, effect = Lines, Effect.KEYED

    def fitting(self, one: Parcel) -> Parcel:
        """A line has no control characters."""
        return replace(one, payload=Inline(base64.b64encode(one.data)), content_type=CODED)

    def test_a_large_payload_that_is_not_in_memory_arrives_whole(self, sender: Sender) -> None:
        """A line is bounded: it holds the beginning, and says that there is more."""
        (outcome,) = sender.send(parcel(1, b"x" * 2_000_000))
        assert isinstance(outcome, Done), outcome
        assert [one.data for one in sender.arrived(1)] == [b"x" * 1_000_000 + "…".encode()]
