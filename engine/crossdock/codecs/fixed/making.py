"""From the authored layout to one that is ready: columns are dealt out, names resolved, every mistake located."""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic import ValidationError

from crossdock.codecs.fixed.charset import DERIVED, Charset, charset
from crossdock.codecs.fixed.columns import Fields
from crossdock.codecs.fixed.framing import MAX_RECORD
from crossdock.codecs.fixed.layout import Layout, Record
from crossdock.codecs.fixed.measure import Measure
from crossdock.codecs.fixed.spec import (
    MAINFRAME,
    NUMBERS,
    BodySpec,
    FieldSpec,
    GroupSpec,
    LayoutSpec,
    RecordSpec,
    Scalar,
    spec_width,
)
from crossdock.codecs.fixed.unfit import Unfit
from crossdock.codecs.fixed.value import Conversion, conversion
from crossdock.errors import ConfigError, Finding
from crossdock.yaml_source import Authored, Path, findings_of, suggest


def make_layout(authored: Authored) -> Layout:
    """The layout of a file of the project. Raises ``ConfigError`` with every mistake at its line and column."""
    try:
        spec = LayoutSpec.model_validate(authored.value)
    except ValidationError as error:
        raise ConfigError.of(findings_of(error, authored, (), LayoutSpec, "F301")) from error
    return _Making(authored, spec).layout()


@dataclass(slots=True)
class _Making:
    """One layout being made; collects the findings."""

    authored: Authored
    spec: LayoutSpec
    _findings: list[Finding] = field(default_factory=list)
    _charset: Charset | None = None

    def layout(self) -> Layout:
        spec = self.spec
        self._charset = charset(spec.encoding)
        record = self._body("record", spec.record, ("record",))
        header = self._end("header", spec.header)
        trailer = self._end("trailer", spec.trailer)
        records = [one for one in (header, trailer) if one is not None] + list(record.family())
        self._judge_tags(records)
        self._judge_frame(records)
        if self._findings:
            raise ConfigError.of(self._findings)
        tagged = sorted((one for one in records if one.tag), key=lambda one: -len(one.tag.text if one.tag else ""))
        newline = "\r\n" if spec.newline == "crlf" else "\n"
        spans = {(one.tag.at, len(one.tag.text)) if one.tag else None for one in records}
        plain = len(spans) == 1 and None not in spans
        bytewise = any(one.spec.kind in MAINFRAME for each in records for one in each.fields)
        used = self._charset if spec.recfm != "lines" or bytewise else None
        kinds = tuple(tagged)
        return Layout(spec.encoding, newline, spec.trimmed, header, record, trailer, kinds, plain, spec.recfm, used)

    def _fail(self, code: str, message: str, path: Path, hint: str | None = None, *, key: bool = False) -> None:
        place = self.authored.place(path, key=key)
        self._findings.append(Finding(code=code, message=message, place=place, hint=hint))

    # --- records ---

    def _end(self, name: str, spec: RecordSpec | None) -> Record | None:
        """Header or trailer: what they measure is the whole file."""
        if spec is None:
            return None
        return self._record(name, spec, (name,), self.spec.record)

    def _body(self, name: str, spec: BodySpec, path: Path) -> Record:
        groups = [self._group(key, group, (*path, "groups", key)) for key, group in spec.groups.items()]
        for group in groups:
            if group.name in spec.fields:
                self._fail("F306", f"'{group.name}' is a field already", (*path, "groups", group.name), key=True)
        return self._record(name, spec, path, spec, groups)

    def _group(self, name: str, spec: GroupSpec, path: Path) -> Record:
        group = self._body(name, spec, path)
        group.required, group.single = spec.required, spec.single
        if spec.tag is None and not spec.single:
            hint = "give it a tag, or 'single: true' where exactly one line always follows"
            self._fail("F307", f"lines of group '{name}' cannot be told from others", path, hint, key=True)
        return group

    def _record(
        self, name: str, spec: RecordSpec, path: Path, below: BodySpec, groups: list[Record] | None = None
    ) -> Record:
        made = Fields(self._fail, self._conversion, self._constant, self._measure)
        fields, tables = made.of(spec, path, below, whole_file=groups is None)
        tag = spec.tag
        longest = max([one.end for one in fields] + [tag.at - 1 + len(tag.text) if tag else 0])
        width = spec.width or self.spec.width or longest
        if longest > width:
            self._fail("F303", f"the fields of '{name}' need {longest} columns, its width is {width}", path, key=True)
        if not longest:
            self._fail("F308", f"'{name}' has neither a tag nor fields", path, key=True)
        return Record(name, tag, width, tuple(fields), tuple(groups or ()), tuple(tables))

    def _judge_tags(self, records: list[Record]) -> None:
        seen: dict[tuple[str, int], str] = {}
        for record in records:
            if record.tag is None:
                continue
            key = (record.tag.text, record.tag.at)
            if key in seen:
                path = self._path_of(record)
                self._fail("F305", f"tag '{key[0]}' is also that of '{seen[key]}'", (*path, "tag"))
            seen.setdefault(key, record.name)

    def _judge_frame(self, records: list[Record]) -> None:
        """What records that are no lines ask of a layout."""
        spec = self.spec
        if spec.recfm == "lines":
            self._judge_lines(records)
            return
        if self._charset is None:
            message = f"{spec.encoding} has no character for every byte"
            self._fail("C456", message, ("encoding",), "such as cp037, cp1047, cp273, cp500 (EBCDIC), or latin-1")
        if spec.recfm == "F" and spec.width is None:
            self._fail("C457", "records of one length need 'width'", ("recfm",), "its number of bytes")
        self._judge_widths(records)

    def _judge_lines(self, records: list[Record]) -> None:
        """What cannot stand in lines."""
        anything = [one.name for each in records for one in each.fields if one.spec.kind in ("packed", "binary")]
        if anything:
            message = f"'{anything[0]}' may hold any byte, also that of a line's end"
            self._fail("C457", message, ("record",), "set 'recfm: F' and 'width', or V or VB", key=True)
        elif self.spec.encoding in DERIVED:
            self._fail("C456", f"{self.spec.encoding} is for records, not for lines", ("encoding",), "set 'recfm'")

    def _judge_widths(self, records: list[Record]) -> None:
        spec = self.spec
        for one in records:
            if spec.recfm == "F" and spec.width is not None and one.width != spec.width:
                self._fail("C457", f"'{one.name}' has a width of its own", self._path_of(one), key=True)
            elif one.width > MAX_RECORD and spec.recfm != "F":
                self._fail("C457", f"a record has at most {MAX_RECORD:,} bytes", self._path_of(one), key=True)

    def _path_of(self, record: Record) -> Path:
        return (*self._path_of(record.parent), "groups", record.name) if record.parent else (record.name,)

    # --- fields ---

    def _conversion(self, spec: FieldSpec, path: Path) -> Conversion | None:
        self._judge_keys(spec, path)
        try:
            both = conversion(spec, self._charset)
        except Unfit as unfit:
            self._fail(unfit.code, unfit.message, (*path, "format"))
            return None
        if spec.default is not None:
            self._written(both, spec.default, (*path, "default"))
        return both

    def _constant(self, spec: FieldSpec, both: Conversion, path: Path) -> str | None:
        return None if spec.value is None else self._written(both, spec.value, (*path, "value"))

    def _written(self, both: Conversion, value: Scalar, path: Path) -> str:
        try:
            return both.write(value)
        except Unfit as unfit:
            self._fail("F309", f"the field cannot hold this: {unfit.message}", path)
            return ""

    def _judge_keys(self, spec: FieldSpec, path: Path) -> None:
        """Keys that say nothing together, or contradict each other."""
        number, bytewise = spec.kind in NUMBERS, spec.kind in MAINFRAME
        for key, fits in (
            ("decimals", spec.kind == "dec" or bytewise),
            ("digits", bytewise),
            ("point", spec.kind == "dec"),
            ("format", spec.kind == "date"),
        ):
            if getattr(spec, key) is not None and not fits:
                self._fail("F304", f"'{key}' has no meaning in a field of type {spec.kind}", (*path, key), key=True)
        if bytewise:
            self._judge_digits(spec, path)
        computed = [key for key in ("value", "count", "sum") if getattr(spec, key) is not None]
        if len(computed) > 1:
            self._fail(
                "F304", f"'{computed[0]}' and '{computed[1]}' exclude each other", (*path, computed[1]), key=True
            )
        for key in ("count", "sum"):
            if key in computed and not number:
                self._fail("F304", f"'{key}' needs a field that is a number", (*path, key), key=True)

    def _judge_digits(self, spec: FieldSpec, path: Path) -> None:
        """What a packed, zoned or binary number can be."""
        if self._charset is None:
            message = f"a field of type {spec.kind} needs an encoding with a character for every byte"
            self._fail("C456", message, path, "such as cp037, cp1047, cp273, cp500 (EBCDIC), or latin-1", key=True)
        if (spec.decimals or 0) > spec.places:
            self._fail("C457", f"{spec.decimals} decimals are more than {spec.places} digits", path)
        if spec.width != spec_width(spec.kind, spec.places):
            self._fail("C457", f"{spec.places} digits do not make a {spec.kind} field of {spec.width} bytes", path)

    # --- counts and sums ---

    def _measure(self, spec: FieldSpec, below: BodySpec, path: Path, *, whole_file: bool) -> Measure | None:
        if spec.count is not None:
            if whole_file and spec.count in ("records", "all"):
                return Measure(every_line=spec.count == "all")
            extra = ["records", "all"] if whole_file else []
            return self._groups_at(spec.count.split("."), below, (*path, "count"), extra)
        if spec.sum is not None:
            *groups, name = spec.sum.split(".")
            measure = self._groups_at(groups, below, (*path, "sum"), [])
            return measure and self._summed(measure, name, below, (*path, "sum"))
        return None

    def _groups_at(self, names: list[str], body: BodySpec, path: Path, extra: list[str]) -> Measure | None:
        for name in names:
            if name not in body.groups:
                hint = suggest(name, [*body.groups, *extra])
                self._fail("F311", f"there is no group '{name}' to count or sum here", path, hint)
                return None
            body = body.groups[name]
        return Measure(tuple(names))

    def _summed(self, measure: Measure, name: str, body: BodySpec, path: Path) -> Measure | None:
        for group in measure.path:
            body = body.groups[group]
        single = {key: one for key, one in body.fields.items() if isinstance(one, FieldSpec)}
        numbers = {key for key, one in single.items() if one.kind in NUMBERS and one.value is None}
        if name not in numbers:
            self._fail("F312", f"there is no number '{name}' to sum here", path, suggest(name, numbers))
            return None
        return Measure(measure.path, name)
