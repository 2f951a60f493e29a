"""Documents as lines: every value at its columns or a finding; nothing is cut, rounded or left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from crossdock.codecs.fixed.layout import Field, Layout, Record, items_of, lines_in
from crossdock.codecs.fixed.measure import Measure, Tally
from crossdock.codecs.fixed.value import Unfit
from crossdock.codecs.judged import Faults
from crossdock.codecs.pointer import step
from crossdock.errors import Finding, Place
from crossdock.message import Document
from crossdock.yaml_source import suggest


class Lines:
    """Writes records under a layout. ``subject`` names the document in findings: ``document 3``."""

    def __init__(self, layout: Layout, faults: Faults) -> None:
        self.subject = ""
        self._layout = layout
        self._faults = faults

    def of_end(self, end: Record, values: Mapping[str, Document], tally: Tally) -> str:
        """The header or trailer."""
        self.subject = end.name
        return self._line(end, values, tally.total, "")

    def of(self, document: Document, record: Record, pointer: str = "") -> list[str]:
        """The line of a record, and behind it the lines of its groups."""
        if not isinstance(document, dict):
            self._fail("F209", f"a record '{record.name}' is written from an object, this is none", pointer)
            return []
        self._refuse_unknown(document, record, pointer)
        lines = lines_in(document, record)
        texts = [self._line(record, document, lambda measure: measure.of(document, lines), pointer)]
        for group in record.groups:
            texts += self._group(document, group, pointer + step(group.name))
        return texts

    def _group(self, document: dict[str, Document], group: Record, pointer: str) -> list[str]:
        items = items_of(document, group)
        if group.single and isinstance(document.get(group.name), list):
            self._fail("F211", f"'{group.name}' is one object, not a list", pointer)
            return []
        if not items and (group.required or group.tag is None):
            self._fail("F212", f"'{group.name}' is required and empty", pointer)
        if group.single:
            return [text for item in items for text in self.of(item, group, pointer)]
        return [text for index, item in enumerate(items) for text in self.of(item, group, f"{pointer}/{index}")]

    def _refuse_unknown(self, document: dict[str, Document], record: Record, pointer: str) -> None:
        known = {field.name for field in record.fields if field.stored} | {group.name for group in record.groups}
        for key in document.keys() - known:
            computed = any(field.name == key for field in record.fields)
            hint = "the layout itself fills it" if computed else suggest(key, known)
            self._fail("F208", f"record '{record.name}' has no field '{key}'", pointer + step(key), hint=hint)

    def _line(
        self, record: Record, values: Mapping[str, Document], total: Callable[[Measure], Decimal], pointer: str
    ) -> str:
        pieces = [(field.start, self._text(field, values, total, pointer)) for field in record.fields]
        if record.tag is not None:
            pieces.append((record.tag.at - 1, record.tag.text))
        line = ""
        for start, text in sorted(pieces):
            line = line.ljust(start) + text
        line = line.ljust(record.width)
        if self._layout.identify(line) is not (record if record.tag else None):
            self._fail("F210", f"the line of '{record.name}' would be read as another record", pointer, value=line[:60])
        return line

    def _text(
        self, field: Field, values: Mapping[str, Document], total: Callable[[Measure], Decimal], pointer: str
    ) -> str:
        """Exactly the field's width, spaces where there is a finding."""
        if field.constant is not None:
            return field.constant
        value = total(field.measure) if field.measure is not None else values.get(field.name)
        if value in (None, ""):
            value = field.default
        where = pointer + step(field.name)
        if value is None and field.spec.required:
            self._fail("F202", f"field '{field.name}' is required", where)
        try:
            text = field.conversion.write(value)
        except Unfit as unfit:
            self._fail(unfit.code, f"field '{field.name}': {unfit.message}", where, value=str(value)[:80])
            return " " * field.spec.width
        self._judge_characters(text, field, where)
        return text

    def _judge_characters(self, text: str, field: Field, pointer: str) -> None:
        if text.isascii():
            return
        try:
            text.encode(self._layout.encoding)
        except UnicodeEncodeError as error:
            character = ascii(text[error.start])
            message = f"field '{field.name}': character {character} does not exist in {self._layout.encoding}"
            self._fail("F203", message, pointer, value=text.strip()[:80])

    def _fail(
        self, code: str, message: str, pointer: str, *, value: str | None = None, hint: str | None = None
    ) -> None:
        place = Place(element=self.subject or None, pointer=pointer or None)
        self._faults.add(Finding(code=code, message=message, place=place, value=value, hint=hint))
