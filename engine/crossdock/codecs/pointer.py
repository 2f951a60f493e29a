"""JSON pointers (RFC 6901): how findings name a value inside a document."""

from __future__ import annotations


def step(key: str | int) -> str:
    """One step of a pointer, with its slash: ``/lines``, ``/a~1b``."""
    return "/" + str(key).replace("~", "~0").replace("/", "~1")


def steps_of(pointer: str) -> list[str]:
    """The keys a pointer is made of: ``/lines/0`` is ``["lines", "0"]``, the empty pointer ``[]``."""
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
