"""Which source the options ask for."""

from __future__ import annotations

from crossdock.connector import Source, Surroundings
from crossdock_connectors.sql.outbox import OutboxSource
from crossdock_connectors.sql.polling import StatementSource, WatermarkSource
from crossdock_connectors.sql.reading_options import SourceOptions


def opened(options: SourceOptions, surroundings: Surroundings) -> Source:
    """An outbox, a watermark, or everything at each poll."""
    if options.outbox is not None:
        return OutboxSource(options, options.outbox, surroundings)
    return WatermarkSource(options, surroundings) if options.watermark else StatementSource(options, surroundings)
