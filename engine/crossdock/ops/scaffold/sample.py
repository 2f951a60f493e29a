"""The first documents of a sample, and how it is read: the codec, its options, the word for its parts."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from crossdock.codecs.contract import AnyCodecKind, Codec, Part, Resources
from crossdock.errors import ConfigError, CrossdockError, Finding, errors_in
from crossdock.message import Document, Inline, Payload
from crossdock.ops.edi_standards import STANDARDS
from crossdock.ops.inspect import inspect
from crossdock.ops.scaffold.drafts import refusal
from crossdock.ops.scaffold.flavours import decoding, flavour_of, reads
from crossdock.registry import Registry

MAX_DOCUMENTS = 20
_HEAD = 64 * 1024
_LARGE = 1024 * 1024
_SPACE = 32  # the first byte that is no control character
_DELIMITERS = ";\t|,"
_LINES = re.compile(rb"\s*\{[^\n]*\}[ \r]*\n\s*\{")  # JSON, a document a line
_ENCODINGS = ("utf-8", "cp1252")


@dataclass(slots=True)
class Sample:
    """What was read. ``reads`` is the ``from`` of a mapping over it; ``options`` are those that ``decode`` needs."""

    path: Path
    format: str
    reads: str
    codec: Codec
    resources: Resources
    options: dict[str, Document]
    parts: list[Part]
    findings: list[Finding] = field(default_factory=list)
    more: bool = False
    listed: bool = False

    @property
    def documents(self) -> list[Document]:
        """The documents themselves."""
        return [part.document for part in self.parts]


def excerpt(sample: Sample) -> bytes:
    """The documents that were read, as a payload of their own: of a file that has many more."""
    raws = [part.raw() for part in (sample.parts if sample.format == "csv" else sample.parts[:1])]
    head = raws[0].splitlines(keepends=True)[0]
    return raws[0] + b"".join(raw[len(head) :] for raw in raws[1:])


def read_sample(
    path: Path,
    payload: Payload,
    codecs: Registry[AnyCodecKind],
    resources: Resources,
    name: str | None,
    layout: str | None,
) -> Sample:
    """Read the beginning of a payload as ``name``, or as what it looks like. Raises ``ConfigError``."""
    head = next(iter(payload.chunks()), b"")[:_HEAD]
    payload, cut = _beginning(payload, head)
    if not head.strip():
        raise refusal("G132", f"{path.name} is empty", "a sample has at least one document")
    wanted = name or ("fixed" if layout else _guessed_csv(head, codecs))
    try:
        opened = inspect(payload, codecs, resources, wanted, layout)
    except ConfigError as error:
        if error.code != "G105" and not any(one.code == "G105" for one in error.findings):
            raise
        hint = "name it with --as; a fixed-width file needs a layout: --layout NAME (docs/guide/3-mappings.md)"
        raise refusal("G105", f"{path.name} looks like none of the known formats", hint) from error
    flavour = flavour_of(head) if opened.format == "xml" else None
    options = _options(head, opened.format, flavour)
    codec = opened.codec
    if options:
        kind = next(kind for name, kind in codecs.all() if name == opened.format)
        codec = kind.open(kind.options.model_validate(options), resources)
    sample = Sample(path, opened.format, "", codec, resources, options, [])
    sample.more = cut
    _fill(sample, payload)
    sample.reads = _reads(sample, layout, flavour)
    sample.listed = opened.format == "json" and (head.lstrip()[:1] == b"[" or "lines" in options)
    if layout:
        sample.options["layout"] = layout
    return sample


def _beginning(payload: Payload, head: bytes) -> tuple[Payload, bool]:
    """Of a large file of lines the first ones: such formats are judged whole, which takes as long as they are."""
    lines = head.splitlines()[:2]
    rows = len(lines) > 1 and (_LINES.match(head) or any(lines[0].count(mark.encode()) for mark in _DELIMITERS))
    if not rows or payload.size <= _LARGE or head[:3] in (b"ISA", b"UNA", b"UNB") or head[:1] in b"<[" or b"\0" in head:
        return payload, False
    return Inline(head[: head.rfind(b"\n") + 1]), True


def _options(head: bytes, form: str, flavour: str | None) -> dict[str, Document]:
    """What `decode` has to be told."""
    if form == "csv":
        return _csv_options(head)
    if form == "json" and _LINES.match(head):
        return {"lines": True}
    return decoding(flavour) if flavour else {}


def _guessed_csv(head: bytes, codecs: Registry[AnyCodecKind]) -> str | None:
    """Text in columns that no codec is sure of (cp1252, tabs) is CSV all the same."""
    if max(kind.sniff(head) for _, kind in codecs.all()) > 0 or b"\0" in head:
        return None
    lines = head.splitlines()[:3]
    counts = {max(line.count(mark.encode()) for line in lines[:1]) for mark in _DELIMITERS}
    return (
        "csv"
        if len(lines) > 1 and max(counts) > 0 and all(byte >= _SPACE or byte in b"\t\r\n" for byte in head)
        else None
    )


def _csv_options(head: bytes) -> dict[str, Document]:
    options: dict[str, Document] = {}
    encoding = next(one for one in _ENCODINGS if _fits(head, one))
    line = head.decode(encoding, "replace").splitlines()[0].removeprefix("\ufeff")
    delimiter = max(_DELIMITERS, key=lambda mark: len(next(csv.reader([line], delimiter=mark), [])))
    if delimiter != "," and delimiter in line:
        options["delimiter"] = "tab" if delimiter == "\t" else delimiter
    if encoding != "utf-8":
        options["encoding"] = encoding
    return options


def _fits(head: bytes, encoding: str) -> bool:
    try:
        head[: head.rfind(b"\n") + 1 or None].decode(encoding)
    except UnicodeDecodeError:
        return encoding == _ENCODINGS[-1]
    return True


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
        raise ConfigError.of([*_none(sample), *errors_in(sample.findings)[:MAX_DOCUMENTS]])


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
