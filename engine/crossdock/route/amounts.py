"""Amounts with a unit in route and project files: written the same way as in the options of connectors."""

from __future__ import annotations

from crossdock.connector.amounts import Bytes, PerSecond, Seconds, per_second, seconds, size

__all__ = ["Bytes", "PerSecond", "Seconds", "per_second", "seconds", "size"]
