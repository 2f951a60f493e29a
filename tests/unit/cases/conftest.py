"""Small projects whose cases are run in this process."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from crossdock.codecs.contract import CodecKind
from crossdock.connector import Connector
from crossdock.registry import Registry
from crossdock.route.load import LoadedProject, load_project
from crossdock.testing.coverage import Watching
from crossdock.testing.results import CaseResult
from crossdock.testing.runner import Runner, listed

CONNECTORS, CODECS = Registry("crossdock.connectors", Connector), Registry("crossdock.codecs", CodecKind)


class Shop:
    """A project in a folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.watching = Watching()
        self.write(**{"crossdock.yaml": "name: small\n"})

    def write(self, **files: str) -> None:
        """Files by their paths."""
        for name, text in files.items():
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).write_text(text, encoding="utf-8")

    def load(self) -> LoadedProject:
        """As it is now."""
        self.watching = Watching()
        return load_project(
            self.root, environment=os.environ, connectors=CONNECTORS, codecs=CODECS, watch=self.watching
        )

    def runner(self) -> Runner:
        """Everything has run when it is given."""
        runner = Runner(self.load(), self.watching)
        self.results = list(runner.run(listed(runner.project)))
        return runner

    def route(self, text: str) -> CaseResult:
        """The result of the one case of a route."""
        self.write(**{"routes/r.yaml": text})
        self.runner()
        (result,) = self.results
        return result

    def problems(self, text: str) -> tuple[str, ...]:
        """What is wrong with it."""
        return self.route(text).problems

    results: list[CaseResult]


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


@pytest.fixture
def case(shop: Shop) -> Callable[..., tuple[str, ...]]:
    """The problems of a case of ``route``, whose text ends with ``cases:``."""
    return lambda route, text: shop.problems(f"{route}  - {text}\n")
