"""The ground under every test of a source."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from crossdock.testing.connector_suite.ground import SourceGround
from crossdock.testing.connector_suite.suite import Suite, tells_a_secret
from crossdock.testing.connector_suite.taking import Taker


class SourceTests(Suite):
    """A ground and who takes from it. After each test nothing of what the source said may hold a secret."""

    @pytest.fixture
    def taker(self, ground: SourceGround) -> Iterator[Taker]:
        """The engine's part, without the engine."""
        made = Taker(ground)
        yield made
        made.close()
        assert [text for text in made.told if tells_a_secret(ground, text)] == [], "a secret was told"
