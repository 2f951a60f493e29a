"""Whether the program is there and may be run: for ``crossdock check --connect``."""

from __future__ import annotations

from collections.abc import Iterator

from crossdock.connector import Surroundings
from crossdock.errors import Finding
from crossdock_connectors.command.arguments import program
from crossdock_connectors.command.options import Program, SourceOptions


def probe(options: Program, around: Surroundings) -> Iterator[Finding]:
    """Looks for it, and does not run it. Raises what keeps it from being run."""
    program(options.run, around.root)
    if isinstance(options, SourceOptions) and options.acknowledge is not None:
        program(options.acknowledge, around.root)
    yield from ()
