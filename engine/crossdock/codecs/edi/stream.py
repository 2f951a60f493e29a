"""The payload as a window that slides over it: whatever the size of its chunks, memory stays flat."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

STEP = 64 * 1024  # bytes taken at least at a time: tiny chunks would cost a search each


class Stream:
    """``data[pos:]`` is what is there and not yet read; ``more`` brings more and moves it to the front."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks: Iterator[bytes] = iter(chunks)
        self._base = 0
        self.data = bytearray()
        self.pos = 0
        self.ended = False

    @property
    def offset(self) -> int:
        """Where ``pos`` stands in the payload."""
        return self._base + self.pos

    @property
    def left(self) -> int:
        """Bytes that are there and not yet read."""
        return len(self.data) - self.pos

    def more(self) -> bool:
        """Forgets what was read and takes more; False when nothing is left to take."""
        del self.data[: self.pos]
        self._base += self.pos
        self.pos = 0
        before = len(self.data)
        while not self.ended and len(self.data) - before < STEP:
            chunk = next(self._chunks, None)
            if chunk is None:
                self.ended = True
            else:
                self.data += chunk
        return len(self.data) > before

    def need(self, count: int) -> bool:
        """Tries to have ``count`` bytes ahead; False where the payload ends before."""
        while self.left < count:
            if not self.more():
                return False
        return True

    def skip(self, blanks: bytes) -> None:
        """Moves over white space."""
        while True:
            ahead = len(self.data)
            while self.pos < ahead and self.data[self.pos] in blanks:
                self.pos += 1
            if self.pos < ahead or not self.more():
                return

    def starts(self, prefix: bytes) -> bool:
        """Whether ``prefix`` comes next."""
        self.need(len(prefix))
        return self.data.startswith(prefix, self.pos)

    def take(self, count: int) -> bytes:
        """The next bytes, read."""
        taken = bytes(self.data[self.pos : self.pos + count])
        self.pos += len(taken)
        return taken
