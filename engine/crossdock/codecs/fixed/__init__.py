"""The ``fixed`` codec: lines of fixed width under a layout of the project. Parts are ``records``.

    - encode: {fixed: erp-order}          # mappings/layouts/erp-order.yaml

The layout language is told in ``spec``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from pydantic import BaseModel, ConfigDict, Field

from crossdock.codecs.contract import CodecKind, Part, Resources
from crossdock.codecs.fixed.layout import Layout
from crossdock.codecs.fixed.making import make_layout
from crossdock.codecs.fixed.reader import Reader
from crossdock.codecs.fixed.usual import UsualLines, usual_lines
from crossdock.codecs.fixed.writer import Writer
from crossdock.codecs.judged import MAX_WHOLE, gathered, judged, refuse_size
from crossdock.codecs.pointer import steps_of
from crossdock.codecs.provenance.shown import Shown
from crossdock.errors import Finding, Place
from crossdock.message import Document, Payload, read_all


class FixedOptions(BaseModel):
    """``layout`` is the name of a file in ``mappings/layouts/``, without its ending."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    layout: str = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class FixedCodec:
    """Fixed-width text under a layout."""

    layout: Layout
    usual: UsualLines
    parts: str = "records"
    content_type: str = "text/plain"

    def read(self, payload: Payload) -> Iterator[Part | Finding]:
        """One part for each repeating record with its groups; judged whole."""
        ends: dict[str, dict[str, Document]] = {}
        return judged(payload, lambda: Reader(self.layout, payload, ends).parts())

    def whole(self, payload: Payload) -> Part:
        """The list of all records."""
        refuse_size(payload, MAX_WHOLE, "F140")
        part = gathered(self.read(payload), lambda: read_all(payload))
        part.place = lambda pointer: self._place(payload, pointer)
        return part

    def shown(self, data: bytes) -> Shown:
        """The text in its encoding; of records that are no lines, a character for each byte."""
        charset = self.layout.charset
        return Shown(data, self.layout.encoding, None if charset is None else charset.table)

    def instead_of(self, path: Sequence[str]) -> str | None:
        """Always its own parts: the whole is a list itself."""
        return self.parts

    def write(self, documents: Iterable[Document]) -> Iterator[bytes]:
        """The lines of each document, between header and trailer."""
        return Writer(self.layout, self.usual).pieces(documents)

    def _place(self, payload: Payload, pointer: str) -> Place | None:
        index, *rest = steps_of(pointer) or [""]
        if not index.isdecimal():
            return None
        parts = (part for part in Reader(self.layout, payload, {}).parts() if isinstance(part, Part))
        part = next(islice(parts, int(index), None), None)
        return part.place("".join(f"/{key}" for key in rest)) if part else None


def _open(options: FixedOptions, resources: Resources) -> FixedCodec:
    layout = make_layout(resources.layout(options.layout))
    return FixedCodec(layout, usual_lines(layout))


CODEC = CodecKind(
    name="fixed",
    about="Lines of fixed width: several kinds of record, header and trailer with counts and sums.",
    options=FixedOptions,
    open=_open,
    shorthand="layout",
)
