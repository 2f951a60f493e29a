"""What a codec is: bytes <-> documents, pure and streaming, no I/O of its own.

A payload holds one or many *parts* (X12 transactions, CSV rows, elements of a JSON array). ``read`` yields them as
it goes, in memory that does not grow with the payload. Where a format gives each part its own verdict (EDI), a bad
part is yielded with error findings and the others go on. Every other format is judged whole: it raises ``Reject``
before the first part, so a broken file never passes half.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, runtime_checkable

from crossdock.errors import Finding, Place
from crossdock.message import EMPTY, Document, Payload

if TYPE_CHECKING:  # only annotations name them: who just decodes does without 15 MB of pydantic
    from pydantic import BaseModel

    from crossdock.codecs.edi.local import Local
    from crossdock.codecs.idoc.model import Described
    from crossdock.yaml_source import Authored


@dataclass(slots=True, kw_only=True)
class Part:
    """One decoded unit. ``position`` counts from 1 in its payload.

    ``raw`` gives the part as a payload that decodes on its own to the same document (one transaction in its own
    envelope, one row under its header): what a person is shown, mends and sends again. ``place`` finds the
    position in the original payload of the value at a JSON pointer. Both are computed when asked, not before.
    ``keys`` are what people call a part that is refused (the order's number), so that they find it all the same. What
    is ``joined`` is recorded together with the part behind it.
    """

    position: int
    document: Document
    raw: Callable[[], bytes]
    findings: tuple[Finding, ...] = ()
    keys: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    place: Callable[[str], Place | None] = lambda pointer: None
    joined: bool = False


class Codec(Protocol):
    """A codec with its options bound. ``parts`` is the word ``split:`` uses for what ``read`` yields."""

    @property
    def parts(self) -> str:
        """The plural noun of what one part is: ``transactions``, ``rows``, ``records``, ``elements``, ``items``."""
        ...

    @property
    def content_type(self) -> str:
        """Media type of what ``write`` produces."""
        ...

    def read(self, payload: Payload) -> Iterator[Part | Finding]:
        """The parts, and between them findings about the payload as a whole (never errors of one part).

        Raises ``Reject`` when the payload cannot be read as this format at all.
        """
        ...

    def whole(self, payload: Payload) -> Part:
        """The payload as one document, for routes that do not split. Raises ``Reject``."""
        ...

    def write(self, documents: Iterable[Document]) -> Iterator[bytes]:
        """The documents as one payload. Raises ``Reject`` with located findings when a value cannot be written."""
        ...


@runtime_checkable
class Foretelling(Protocol):
    """What a codec may offer beside: it knows something of every document before it reads one."""

    def instead_of(self, path: Sequence[str]) -> str | None:
        """What to split by where keys from the top, such as ``("orders", "lines")``, never lead to a list; else None."""
        ...


class Resources(Protocol):
    """Files of the project a codec may refer to by name, read when the project is loaded."""

    def layout(self, name: str) -> Authored:
        """The authored YAML of ``mappings/layouts/<name>.yaml``. Raises ``ConfigError`` where there is none."""
        ...

    def local_versions(self, standard: str) -> Mapping[str, Local]:
        """The versions of X12 or EDIFACT that ``mappings/edi/*.txt`` describe, by name."""
        ...

    def idoc_descriptions(self) -> Sequence[Described]:
        """What ``mappings/idoc/*.txt`` describe of segments and types of IDocs."""
        ...


O = TypeVar("O", bound="BaseModel")  # noqa: E741 - the options model of a codec


@dataclass(frozen=True, slots=True, kw_only=True)
class CodecKind(Generic[O]):
    """One registered codec (entry-point group ``crossdock.codecs``).

    ``shorthand`` names the option that a bare string sets: ``encode: {fixed: erp-order}`` means
    ``{fixed: {layout: erp-order}}``. ``sniff`` says from the first bytes how likely a payload is of this format:
    0 (not) to 100 (certain), for ``crossdock inspect``.
    """

    name: str
    about: str
    options: type[O]
    open: Callable[[O, Resources], Codec]
    shorthand: str | None = None
    sniff: Callable[[bytes], int] = lambda head: 0


AnyCodecKind = CodecKind[Any]
