"""docs/reference/distributor.svg: the project that `crossdock init` makes, as `crossdock graph` draws it."""

from __future__ import annotations

from pathlib import Path

from crossdock.cli.console import load
from crossdock.ops.graph.making import project_graph
from crossdock.ops.graph.svg import svg

ROOT = Path(__file__).parents[2]


def page() -> str:
    """The whole picture."""
    return svg(project_graph(load(ROOT)))
