"""Who watches what a project comes to, for the coverage of its cases. In a run nobody does, and nothing is slower."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from crossdock.errors import Place
from crossdock.mapping.compile import Mapping
from crossdock.mapping.lookup import Table
from crossdock.route.condition import Condition
from crossdock.route.passage import Emit, Run


class Watch(Protocol):
    """Takes the parts of routes as they are compiled, and gives them back watched."""

    def condition(self, place: Place, text: str, holds: Condition) -> Condition:
        """A condition: that it held, and that it did not."""
        ...

    def otherwise(self, place: Place) -> Condition:
        """The way of all that no condition held for: a condition that always holds."""
        ...

    def step(self, place: Place, label: str, run: Run) -> Run:
        """A step: that a document came to it."""
        ...

    def emit(self, place: Place, emit: Emit) -> Emit:
        """A destination: that something went there."""
        ...

    def agreement(self, place: Place, what: str) -> Callable[[], None]:
        """What was agreed with a partner; what is given back is called when a document is taken or sent under it."""
        ...

    def table(self, table: Table) -> Table:
        """A table: which rows are looked up."""
        ...

    def mapping(self, mapping: Mapping) -> Mapping:
        """A mapping: that it was applied, and what of it."""
        ...
