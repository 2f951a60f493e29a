"""Formats judged whole: nothing of a payload passes before all of it is known to be good.

A reader makes one pass that collects every fault and raises at the end. ``judged`` runs it once for its verdict and
once more for its parts, so memory stays flat however long the payload; a small payload is read only once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator

from crossdock.codecs.contract import Part
from crossdock.errors import Finding, Reject
from crossdock.message import Payload

SMALL = 1024 * 1024  # bytes; the parts of a payload up to this size are held instead of read twice
MAX_WHOLE = 50_000_000  # bytes; a larger payload has to be split, or memory would follow its size
MAX_FAULTS = 100  # of one payload: beyond it the file is plainly something else, and reading on helps nobody


class Faults:
    """The errors of one pass over a payload."""

    def __init__(self) -> None:
        self._found: list[Finding] = []

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(self, *findings: Finding) -> None:
        """Keep them. Raises ``Reject`` at ``MAX_FAULTS``: reading on would not help anyone."""
        self._found.extend(findings)
        if len(self._found) >= MAX_FAULTS:
            self.judge()

    def with_last(self, reject: Reject) -> Reject:
        """The rejection of all of them and of the one that ended the pass (which may be them already)."""
        return _in_order([*self._found, *(finding for finding in reject.findings if finding not in self._found)])

    def judge(self) -> None:
        """Raise ``Reject`` with all of them, if there are any."""
        if self._found:
            raise _in_order(self._found)


def _in_order(findings: list[Finding]) -> Reject:
    """The rejection, by lines: what is found at the end of a payload may be about its beginning."""
    return Reject.of(sorted(findings, key=lambda one: (one.place.line is None, one.place.line or 0)))


def judged(payload: Payload, read: Callable[[], Iterator[Part | Finding]]) -> Iterator[Part | Finding]:
    """What ``read`` yields, but only once a complete pass of it has raised nothing."""
    if payload.size <= SMALL:
        yield from list(read())
        return
    deque(read(), maxlen=0)
    yield from read()


def gathered(parts: Iterator[Part | Finding], raw: Callable[[], bytes]) -> Part:
    """All parts as one whose document is the list of theirs; pointers start with the index of the part."""
    documents, findings = [], []
    for part in parts:
        if isinstance(part, Finding):
            findings.append(part)
        else:
            documents.append(part.document)
            findings.extend(part.findings)
    return Part(position=1, document=documents, raw=raw, findings=tuple(findings))


def refuse_size(payload: Payload, limit: int, code: str) -> None:
    """Raise ``Reject`` where a payload that must fit into memory is larger than ``limit`` bytes."""
    if payload.size > limit:
        message = f"{payload.size:,} bytes are more than the {limit:,} that are read as one document"
        raise Reject.of([Finding(code=code, message=message, hint="split it, or raise 'max_size'")])
