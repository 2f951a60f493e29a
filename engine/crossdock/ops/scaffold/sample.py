"""The first documents of a sample, and how it is read: the codec, its options, the word for its parts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from pydantic import BaseModel, ValidationError

from crossdock.codecs.contract import AnyCodecKind, Codec, Part, Resources
from crossdock.errors import ConfigError, CrossdockError, Finding, errors_in
from crossdock.message import Document, Inline, Payload
from crossdock.ops.edi_standards import STANDARDS
from crossdock.ops.inspect import Inspection, inspect
from crossdock.ops.scaffold.delimited import DELIMITERS, delimited
from crossdock.ops.scaffold.drafts import refusal
from crossdock.ops.scaffold.flavours import decoding, flavour_of, reads
from crossdock.registry import Registry

MAX_DOCUMENTS = 20
_HEAD = 64 * 1024
_LARGE = 1024 * 1024
_LARGEST = 20_000_000  # bytes of one document
_A_LINE_EACH = (".ndjson", ".jsonl")
_LINES = re.compile(rb"\s*\{[^\n]*\}[ \r]*\n\s*\{")  # JSON, a document a line


@dataclass(slots=True)
class Sample:
    """What was read. ``reads`` is the ``from`` of a mapping over it; ``options`` are those that ``decode`` needs.

    ``more`` documents are there than were read; ``inside`` counts those that are inside one payload.
    """

    path: Path
    format: str
    reads: str
    codec: Codec
    resources: Resources
    options: dict[str, Document]
    parts: list[Part]
    findings: list[Finding] = field(default_factory=list)
    more: bool = False
    headless: bool = False
    inside: int = 0
    listed: bool = False

    @property
    def documents(self) -> list[Document]:
        """The documents themselves."""
        return [part.document for part in self.parts]


def excerpt(sample: Sample) -> bytes:
    """The documents that were read, as a payload of their own: of a file that has many more."""
    raws = [part.raw() for part in (sample.parts if sample.format == "csv" else sample.parts[:1])]
    if sample.options.get("header") is False:
        return b"".join(raws)
    head = raws[0].splitlines(keepends=True)[0]
    return raws[0] + b"".join(raw[len(head) :] for raw in raws[1:])


@dataclass(frozen=True, slots=True)
class Told:
    """What the author says of a sample: its format, its layout, the names of its columns."""

    codec: str | None = None
    layout: str | None = None
    columns: tuple[str, ...] = ()


def read_sample(
    path: Path, payload: Payload, codecs: Registry[AnyCodecKind], resources: Resources, told: Told
) -> Sample:
    """Read the beginning of a payload as the author says, or as what it looks like. Raises ``ConfigError``."""
    head = next(iter(payload.chunks()), b"")[:_HEAD]
    payload, cut = _beginning(payload, head)
    if not head.strip():
        raise refusal("G132", f"{path.name} is empty", "a sample has at least one document")
    _refuse_large(path, payload, head)
    wanted = told.codec or ("fixed" if told.layout else _guessed_csv(head, codecs))
    opened = _opened(path, payload, codecs, resources, wanted, told.layout)
    flavour = flavour_of(head) if opened.format == "xml" else None
    lines = path.suffix.lower() in _A_LINE_EACH or _LINES.match(head) is not None
    options = _options(head, opened.format, flavour, told.columns, lines=lines)
    codec = opened.codec
    if options:
        kind = next(kind for name, kind in codecs.all() if name == opened.format)
        codec = kind.open(_checked(kind, options), resources)
    sample = Sample(path, opened.format, "", codec, resources, options, [])
    sample.more, sample.headless = cut, not told.columns and options.get("header") is False
    _fill(sample, payload)
    sample.reads = _reads(sample, told.layout, flavour)
    sample.listed = opened.format == "json" and (head.lstrip()[:1] == b"[" or "lines" in options)
    if told.layout:
        sample.options["layout"] = told.layout
    return sample


def _opened(
    path: Path,
    payload: Payload,
    codecs: Registry[AnyCodecKind],
    resources: Resources,
    wanted: str | None,
    layout: str | None,
) -> Inspection:
    try:
        return inspect(payload, codecs, resources, wanted, layout)
    except ConfigError as error:
        if error.code != "G105" and not any(one.code == "G105" for one in error.findings):
            raise
        hint = "name it with --as; a fixed-width file needs a layout: --layout NAME (docs/guide/3-mappings.md)"
        raise refusal("G105", f"{path.name} looks like none of the known formats", hint) from error


def _checked(kind: AnyCodecKind, options: dict[str, Document]) -> BaseModel:
    try:
        made: BaseModel = kind.options.model_validate(options)
    except ValidationError as error:
        wrong = str(error.errors()[0]["msg"]).removeprefix("Value error, ")
        raise refusal("G134", f"the columns cannot be called so: {wrong}", "--columns order_no,sku,qty") from error
    return made


def _refuse_large(path: Path, payload: Payload, head: bytes) -> None:
    """One document that takes minutes to be read is no sample. Of lines the first are read, EDI streams."""
    one_document = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"<")
    if one_document and payload.size > _LARGEST:
        message = f"{path.name} is one document of {payload.size // 1_000_000} MB"
        raise refusal("G135", message, "a sample is small: ask for a file with a few documents, or cut one out")


def _beginning(payload: Payload, head: bytes) -> tuple[Payload, bool]:
    """Of a large file of lines the first ones: such formats are judged whole, which takes as long as they are."""
    lines = head.splitlines()[:2]
    rows = len(lines) > 1 and (_LINES.match(head) or any(lines[0].count(mark.encode()) for mark in DELIMITERS))
    if not rows or payload.size <= _LARGE or head[:3] in (b"ISA", b"UNA", b"UNB") or head[:1] in b"<[" or b"\0" in head:
        return payload, False
    return Inline(head[: head.rfind(b"\n") + 1]), True


def _options(
    head: bytes, form: str, flavour: str | None, columns: tuple[str, ...], *, lines: bool
) -> dict[str, Document]:
    """What `decode` has to be told."""
    if form == "csv":
        return _csv_options(head, columns)
    if form == "json" and lines:
        return {"lines": True}
    return decoding(flavour) if flavour else {}


def _guessed_csv(head: bytes, codecs: Registry[AnyCodecKind]) -> str | None:
    """Text in columns that no codec is sure of (cp1252, UTF-16, tabs, a title above) is CSV all the same."""
    unsure = max(kind.sniff(head) for _, kind in codecs.all()) <= 0
    return "csv" if unsure and delimited(head) else None


def _csv_options(head: bytes, columns: tuple[str, ...]) -> dict[str, Document]:
    found = delimited(head)
    options = dict(found.options) if found else {}
    if columns or (found and found.headless):
        names = columns or tuple(f"column_{number}" for number in range(1, (found.columns if found else 0) + 1))
        options |= {"header": False, "columns": list(names)}
    return options


def _fill(sample: Sample, payload: Payload) -> None:
    """The first documents that can be read."""
    try:
        for one in islice(sample.codec.read(payload), MAX_DOCUMENTS * 5):
            if isinstance(one, Finding):
                sample.findings.append(one)
            elif len(sample.parts) == MAX_DOCUMENTS:
                sample.more = True
                break
            elif errors_in(one.findings):
                sample.findings += one.findings
            else:
                sample.parts.append(one)
    except CrossdockError as error:
        sample.findings += error.findings or [Finding(code=error.code, message=error.message, hint=error.hint)]
    if not sample.parts:
        raise ConfigError.of([*_none(sample), *(errors_in(sample.findings) or sample.findings)[:MAX_DOCUMENTS]])


def _none(sample: Sample) -> Iterator[Finding]:
    message = f"{sample.path.name} has no document that can be read as {sample.format}"
    yield Finding(
        code="G132", message=message, hint=f"crossdock inspect {sample.path.name} shows what is wrong with it"
    )


def _reads(sample: Sample, layout: str | None, flavour: str | None) -> str:
    """``x12/850``, ``idoc/ORDERS05``, ``ubl/Order``; anything else is the format and the name of the file."""
    first = sample.parts[0].document
    document = first if isinstance(first, dict) else {}
    if sample.format in {name.lower() for name in STANDARDS}:
        return f"{sample.format}/{document.get('_set')}"
    if layout:
        return f"{sample.format}/{layout}"
    if flavour:
        return reads(flavour, document)
    if sample.format == "idoc":
        return f"idoc/{_idoc_type(document)}"
    return f"{sample.format}/{_word(sample.path.stem)}"


def _idoc_type(document: dict[str, Document]) -> str:
    idoc = document.get("IDOC")
    control = idoc.get("EDI_DC40") if isinstance(idoc, dict) else None
    return str(control.get("IDOCTYP") or control.get("IDOCTP")) if isinstance(control, dict) else "unknown"


def _word(text: str) -> str:
    return "".join(char if char.isascii() and (char.isalnum() or char in "._-") else "-" for char in text) or "sample"
