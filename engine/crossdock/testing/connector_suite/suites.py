"""The suites as they are used: what belongs together."""

from __future__ import annotations

from typing import ClassVar

from crossdock.connector import Effect
from crossdock.testing.connector_suite.bringing import Bringing
from crossdock.testing.connector_suite.delivering import Delivering
from crossdock.testing.connector_suite.enduring import Enduring
from crossdock.testing.connector_suite.folders import Folders
from crossdock.testing.connector_suite.proving import Proving
from crossdock.testing.connector_suite.repeating import Repeating
from crossdock.testing.connector_suite.settling import Settling


class SourceSuite(Bringing, Settling, Enduring):
    """The whole contract of ``crossdock.connector.Source``."""


class FolderSourceSuite(Folders, SourceSuite):
    """And what folders add to it. The ground is a ``FolderGround``."""


class SinkSuite(Delivering, Repeating):
    """The whole contract of ``crossdock.connector.Sink``. A subclass names its ``effect``."""


class ProvableSinkSuite(Proving, SinkSuite):
    """The whole contract of ``crossdock.connector.ProvableSink``."""

    effect: ClassVar[Effect | None] = Effect.PROVABLE
