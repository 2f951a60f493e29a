"""Documents to IDocs, flat or XML. A payload is complete or refused with every finding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lxml import etree

from crossdock.codecs.idoc.flattening import Flattened, Flattening, Written
from crossdock.codecs.idoc.model import Dictionary
from crossdock.codecs.idoc.options import IdocOptions
from crossdock.codecs.idoc.records import CONTROL, CONTROL_FIELDS, DATA_WIDTH, REST
from crossdock.codecs.judged import Faults
from crossdock.codecs.pointer import step
from crossdock.errors import Finding, Place, Reject
from crossdock.message import Document
from crossdock.xml_tree import from_document

MAX_SEGMENTS = 999_999  # SEGNUM has six digits
MAX_LEVEL = 99  # and HLEVEL two
_HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n'


class Writer:
    """Writes one payload."""

    def __init__(self, dictionary: Dictionary, options: IdocOptions) -> None:
        self._options = options
        self._faults = Faults()
        self._flattening = Flattening(dictionary, self._faults)

    def pieces(self, documents: Iterable[Document]) -> Iterator[bytes]:
        """The IDocs, one after the other. Raises ``Reject`` with the findings of all documents."""
        flattened = self._flattened(documents)
        yield from self._flat(flattened) if self._options.form == "flat" else self._xml(flattened)
        self._faults.judge()

    def _flattened(self, documents: Iterable[Document]) -> Iterator[Flattened]:
        """What can be written; the findings of the others are kept."""
        for count, document in enumerate(documents, start=1):
            self._flattening.subject = f"document {count}"
            found = self._flattening.of(document)
            if found is not None:
                yield found

    # --- flat ---

    def _flat(self, idocs: Iterable[Flattened]) -> Iterator[bytes]:
        for idoc in idocs:
            lines = [self._control(idoc.control)]
            self._records(idoc, idoc.segments, 0, 1, lines)
            data = "".join(line + self._options.newline for line in lines)
            try:
                yield data.encode(self._options.encoding)
            except UnicodeEncodeError as error:
                self._unencodable(data, error)

    def _control(self, control: Written) -> str:
        return "".join(control.values.get(one.name, "").ljust(one.width) for one in CONTROL_FIELDS)

    def _records(self, idoc: Flattened, segments: Iterable[Written], parent: int, level: int, lines: list[str]) -> None:
        """The records of segments and of those below them; a segment's number is its line behind the control record."""
        head = idoc.control.values.get("MANDT", "").ljust(3) + idoc.control.values.get("DOCNUM", "").ljust(16)
        for one in segments:
            number = len(lines)
            if number > MAX_SEGMENTS or level > MAX_LEVEL:
                message = f"an IDoc has at most {MAX_SEGMENTS:,} segments on {MAX_LEVEL} levels"
                self._flattening.fail("C416", message, one.pointer)
                return
            name = self._segnam(one)
            lines.append(f"{name:30}{head}{number:06}{parent:06}{level:02}{self._data(one):{DATA_WIDTH}}")
            self._records(idoc, one.children, number, level + 1, lines)

    def _segnam(self, one: Written) -> str:
        return one.segment.definition if one.segment and self._options.segments == "definitions" else one.name

    def _data(self, one: Written) -> str:
        if one.segment is None:
            for key in one.values:
                hint = "describe it in mappings/idoc/*.txt: its fields have no columns"
                self._flattening.fail(
                    "C411", f"segment {one.name} is not described", one.pointer + step(key), hint=hint
                )
            return one.rest
        return "".join(one.values.get(each.name, "").ljust(each.width) for each in one.segment.fields) + one.rest

    def _unencodable(self, data: str, error: UnicodeEncodeError) -> None:
        character, line = ascii(data[error.start]), data.count("\n", 0, error.start)
        message = f"character {character} does not exist in {self._options.encoding}"
        start = data.rfind("\n", 0, error.start) + 1
        place = Place(element=self._flattening.subject, segment=line or None, column=error.start - start + 1)
        value = data[start : start + 30].strip()
        self._faults.add(Finding(code="C415", message=message, place=place, value=value))

    # --- XML ---

    def _xml(self, idocs: Iterable[Flattened]) -> Iterator[bytes]:
        root = ""
        for idoc in idocs:
            type_ = idoc.control.values.get("IDOCTYP", "")
            if not root:
                root = type_
                yield _HEAD + f"<{root}>".encode()
            elif type_ != root:
                message = f"IDocs of type {root} and {type_} cannot stand in one XML document"
                self._flattening.fail("C416", message, f"/IDOC/{CONTROL}/IDOCTYP")
            if not self._faults:
                yield self._element(idoc)
        if not root:
            self._flattening.fail("C416", "there is no document to write", "")
        yield f"</{root}>\n".encode()

    def _element(self, idoc: Flattened) -> bytes:
        tree: dict[str, Document] = {"@BEGIN": "1", CONTROL: self._fields(idoc.control)}
        for one in idoc.segments:
            self._put(tree, one)
        try:
            return etree.tostring(from_document(tree, "IDOC"), encoding="utf-8")
        except Reject as reject:
            self._faults.add(*reject.findings)
            return b""

    def _put(self, tree: dict[str, Document], one: Written) -> None:
        element = self._fields(one)
        for child in one.children:
            self._put(element, child)
        known = tree.setdefault(one.name, [])
        if isinstance(known, list):
            known.append(element)

    def _fields(self, one: Written) -> dict[str, Document]:
        """The fields in the order of the segment; what has no name has no place in XML."""
        if one.rest:
            hint = "describe the segment with all its fields in mappings/idoc/*.txt"
            message = f"segment {one.name} has text behind its fields, which XML cannot carry"
            self._flattening.fail("C411", message, f"{one.pointer}/{REST}", hint=hint)
        order = [each.name for each in one.segment.fields] if one.segment else list(one.values)
        return {"@SEGMENT": "1", **{name: one.values[name] for name in order if name in one.values}}
