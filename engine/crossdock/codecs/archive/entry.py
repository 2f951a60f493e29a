"""What comes out of an archive, and how much of it may."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from crossdock.errors import Finding, Place, Reject

FREE = 1024 * 1024  # bytes: so much may come out of anything, however small


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """``total`` bytes in at most ``files`` files, and at most ``ratio`` bytes out of one byte."""

    total: int
    files: int = 1000
    ratio: int = 200


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A payload that is unpacked each time it is read: as large as it may be, it is never held as a whole."""

    size: int
    pieces: Callable[[], Iterable[bytes]]

    def chunks(self) -> Iterator[bytes]:
        """The bytes from the beginning."""
        return iter(self.pieces())


@dataclass(frozen=True, slots=True)
class Entry:
    """One file that was packed."""

    name: str
    content: Unpacked


def measured(pieces: Iterable[bytes], packed: int, before: int, name: str, limits: Limits) -> int:
    """How many bytes these are. Raises ``Reject`` as soon as they are too many.

    ``packed`` is what they are unpacked from, ``before`` what has come out already.
    """
    size = 0
    for piece in pieces:
        size += len(piece)
        if before + size > limits.total:
            raise refuse("S307", f"unpacked, it is larger than {limits.total:,} bytes", name, "raise 'max_size'")
        if size > max(FREE, packed * limits.ratio):
            message = f"{packed:,} bytes unpack to more than {limits.ratio} times as much"
            raise refuse("S307", message, name, "that is no business document; if it is, raise 'ratio'")
    return size


def refuse(
    code: str, message: str, name: str | None = None, hint: str | None = None, byte: int | None = None
) -> Reject:
    """The rejection of a packed file."""
    return Reject.of([Finding(code=code, message=message, place=Place(element=name, byte=byte), hint=hint)])
