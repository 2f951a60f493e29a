"""pytest fixtures of systems that are not ours; ``./dev test`` makes their environments. See ``fixtures`` for the rule.

Each test has servers of its own: what one test does in an ERP, another one's poll would find.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crossdock.testing.servers.fixtures import or_skip
from crossdock.testing.servers.mock_edi import MockEdi
from crossdock.testing.servers.mock_sap import MockSap
from crossdock.testing.servers.prism import Prism
from crossdock.testing.servers.tryton import Tryton

__all__ = ["mock_edi", "mock_sap", "prism", "tryton"]


@pytest.fixture
def tryton() -> Iterator[Tryton]:
    """An ERP: Tryton with a company that can trade."""
    with or_skip(Tryton) as server:
        yield server


@pytest.fixture
def mock_sap() -> Iterator[MockSap]:
    """The shapes of SAP."""
    with or_skip(MockSap) as server:
        yield server


@pytest.fixture
def mock_edi() -> Iterator[MockEdi]:
    """A trading partner."""
    with or_skip(MockEdi) as server:
        yield server


@pytest.fixture
def prism() -> Iterator[Callable[[Path], Prism]]:
    """Makes mocks of OpenAPI descriptions."""
    made: list[Prism] = []

    def mock(description: Path) -> Prism:
        server = or_skip(lambda: Prism(description))
        made.append(server)
        server.start()
        return server

    yield mock
    for one in made:
        one.close()
