"""Documents to segments in the order they are written, every value at its width or a finding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from crossdock.codecs.idoc.model import Dictionary, Field, Node, Segment
from crossdock.codecs.idoc.records import CONTROL, CONTROL_FIELDS, DATA_WIDTH, REST
from crossdock.codecs.judged import Faults
from crossdock.codecs.pointer import step
from crossdock.errors import Finding, Place
from crossdock.message import Document
from crossdock.yaml_source import suggest

_CONTROL = Segment(CONTROL, CONTROL, CONTROL_FIELDS)


@dataclass(slots=True)
class Written:
    """A segment to be written: its texts by field, what stands behind them, the segments below it."""

    name: str
    segment: Segment | None
    values: dict[str, str]
    rest: str
    pointer: str
    children: list[Written] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Flattened:
    """An IDoc to be written."""

    control: Written
    segments: list[Written]


class Flattening:
    """Turns documents into segments; what cannot be written is kept in ``faults``."""

    def __init__(self, dictionary: Dictionary, faults: Faults) -> None:
        self.subject = ""
        self._dictionary = dictionary
        self._faults = faults

    def of(self, document: Document) -> Flattened | None:
        """The segments of a document; None (and a finding) where it is none."""
        idoc = document.get("IDOC") if isinstance(document, dict) else None
        control = idoc.get(CONTROL) if isinstance(idoc, dict) else None
        if not isinstance(idoc, dict) or not isinstance(control, dict):
            hint = f"the shape is {{IDOC: {{{CONTROL}: {{IDOCTYP: ORDERS05, …}}, E1EDK01: …}}}}"
            self.fail("C416", f"the document has no IDOC with a control record {CONTROL}", "/IDOC", hint=hint)
            return None
        pointer = f"/IDOC/{CONTROL}"
        head = self._written(CONTROL, _CONTROL, {"TABNAM": CONTROL, "DIRECT": "2", **control}, pointer)
        for name in ("IDOCTYP", "MESTYP"):
            if not head.values.get(name):
                self.fail("C416", f"{CONTROL}.{name} is not given", f"{pointer}/{name}")
        if head.values["TABNAM"] != CONTROL:
            self.fail("C416", f"{CONTROL}.TABNAM is not {CONTROL}", f"{pointer}/TABNAM")
        node = self._dictionary.basic_type(head.values.get("IDOCTYP", ""), head.values.get("CIMTYP", ""))
        body = {name: value for name, value in idoc.items() if name != CONTROL}
        for name, value in body.items():
            if not isinstance(value, (dict, list)) and value is not None:
                self.fail("C414", f"'{name}' is a value where segments stand", f"/IDOC{step(name)}")
        return Flattened(head, list(self._segments(body, node, "/IDOC")))

    def fail(self, code: str, message: str, pointer: str, *, value: str | None = None, hint: str | None = None) -> None:
        """Keep a finding about the document in hand."""
        place = Place(element=self.subject or None, pointer=pointer or None)
        self._faults.add(Finding(code=code, message=message, place=place, value=value, hint=hint))

    def _segments(self, holder: Mapping[str, Document], node: Node | None, pointer: str) -> Iterator[Written]:
        """The segments among the values of another, in the order of the type."""
        places = node.by_name if node is not None else {}
        named = [name for name, value in holder.items() if isinstance(value, (dict, list))]
        for name in sorted(named, key=lambda one: places[one][0] if one in places else len(places)):
            below = places[name][1] if name in places else None
            value, where = holder[name], pointer + step(name)
            if isinstance(value, dict):
                yield self._segment(name, below, value, where)
            elif isinstance(value, list):
                yield from self._list(name, below, value, where)

    def _list(self, name: str, node: Node | None, items: list[Document], pointer: str) -> Iterator[Written]:
        for index, item in enumerate(items):
            if isinstance(item, dict):
                yield self._segment(name, node, item, f"{pointer}/{index}")
            elif item is not None:
                self.fail("C414", f"'{name}' is a list of segments, this is none", f"{pointer}/{index}")

    def _segment(self, name: str, node: Node | None, values: dict[str, Document], pointer: str) -> Written:
        written = self._written(name, self._dictionary.segment(name), values, pointer)
        written.children = list(self._segments(values, node, pointer))
        return written

    def _written(self, name: str, segment: Segment | None, values: Mapping[str, Document], pointer: str) -> Written:
        texts: dict[str, str] = {}
        rest = ""
        for key, value in values.items():
            if value is None or value == "" or isinstance(value, (dict, list)):
                continue
            text, where = self._text(value, pointer + step(key)), pointer + step(key)
            if key == REST:
                rest = text
                self._judge_rest(name, segment, text, where)
            elif segment is None or (described := segment.by_name.get(key)) is None:
                texts[key] = text
                self._judge_unknown(name, segment, key, where)
            else:
                texts[key] = text
                self._judge_width(described, text, where)
        return Written(name, segment, texts, rest, pointer)

    def _text(self, value: Document, pointer: str) -> str:
        if isinstance(value, bool) or (isinstance(value, Decimal) and not value.is_finite()):
            self.fail("C415", f"{str(value).lower()} is no value of a field", pointer, hint="flags are 'X' or nothing")
            return ""
        text = format(value, "f") if isinstance(value, Decimal) else str(value)
        odd = next((one for one in text if not one.isprintable() and one != "\u00a0"), None)
        if odd is not None:
            self.fail("C415", f"character U+{ord(odd):04X} cannot stand in an IDoc", pointer, value=ascii(text[:40]))
        return text

    def _judge_width(self, described: Field, text: str, pointer: str) -> None:
        if len(text) > described.width:
            message = f"{len(text)} characters are more than the {described.width} of field {described.name}"
            self.fail("C413", message, pointer, value=text[:80], hint="shorten it in the mapping: substring(…)")

    def _judge_unknown(self, name: str, segment: Segment | None, key: str, pointer: str) -> None:
        if segment is None:
            return
        hint = suggest(key, segment.by_name) or f"describe {name} with all its fields in mappings/idoc/*.txt"
        self.fail("C414", f"segment {name} has no field '{key}'", pointer, hint=hint)

    def _judge_rest(self, name: str, segment: Segment | None, text: str, pointer: str) -> None:
        room = DATA_WIDTH - (segment.width if segment is not None else 0)
        if len(text) > room:
            self.fail("C413", f"{len(text)} characters are more than the {room} left in segment {name}", pointer)
