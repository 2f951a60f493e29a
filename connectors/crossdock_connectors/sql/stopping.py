"""A source has no document to reject: what refuses its statement stops it instead, and is told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from crossdock.errors import Halt, Reject


@contextmanager
def refusals_stop() -> Iterator[None]:
    """A refusal of the database as ``Halt``."""
    try:
        yield
    except Reject as error:
        hint = "correct the statement; what the driver cannot read can be cast to text there"
        raise Halt(error.code, error.message, findings=error.findings, hint=error.hint or hint) from error
