"""Reads the ``fields:`` of a mapping file into the nodes of ``fields.py``."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from crossdock.errors import Finding
from crossdock.mapping.fault import quoted
from crossdock.mapping.fields import (
    MAX_LOOPS,
    PLAIN,
    Case,
    Constant,
    Each,
    Expr,
    Items,
    Local,
    Options,
    Shape,
    Spec,
    Use,
    When,
)
from crossdock.mapping.names import problem_with
from crossdock.message import Document
from crossdock.yaml_source import Authored, Path, suggest

_ABSENT = frozenset({"default", "required", "omit_empty"})
_MARKS = _ABSENT | {"expr", "each", "fields"}
_LEADS = ("case", "each", "expr", "fields", "use", "value")
OPTIONS = (*_LEADS, *sorted(_ABSENT), "let", "of", "when", "with")

#: What an option goes beside, where it does not go beside everything.
_BESIDE = {"let": ("each", "fields"), "of": ("use",), "with": ("use",)}

_OTHERWISE = "what is chosen otherwise stands last in the list of 'case', without 'when'"

#: What other languages call our options.
_ELSEWHERE = {
    "condition": "did you mean 'when'?",
    "constant": "did you mean 'value'?",
    "else": _OTHERWISE,
    "if": "did you mean 'when'?",
    "otherwise": _OTHERWISE,
    "parameters": "did you mean 'with'?",
}


def read_fields(source: Authored, path: Path) -> tuple[Spec, list[Finding]]:
    """The fields at ``path`` of a mapping file, and every mistake in how they are written."""
    reader = _Reader(source)
    return reader.top(source.at(path), path, 0), reader.findings


class _Reader:
    """Reads one file's fields; a part that is wrong is read as a constant null and reported."""

    def __init__(self, source: Authored) -> None:
        self.source = source
        self.findings: list[Finding] = []

    def top(self, value: Document, path: Path, loops: int) -> Spec:
        """What stands under ``fields:``, where a map is always a shape."""
        return self._shape(value, path, loops) if isinstance(value, dict) else self.spec(value, path, loops)

    def spec(self, value: Document, path: Path, loops: int) -> Spec:
        """What stands below."""
        if isinstance(value, str):
            return Expr(path, value)
        if isinstance(value, list):
            return Items(path, tuple([self.spec(item, (*path, at), loops) for at, item in enumerate(value)]))
        if not isinstance(value, dict):
            hint = f"a constant is written {{value: {quoted(value)}}}"
            return self._wrong("M103", f"expected an expression, found {quoted(value)}", path, hint)
        return self._options(value, path, loops) if is_options(value) else self._shape(value, path, loops)

    def _wrong(self, code: str, message: str, path: Path, hint: str | None = None, *, key: bool = False) -> Constant:
        place = self.source.place(path, key=key)
        self.findings.append(Finding(code=code, message=message, place=place, hint=hint))
        return Constant(path, None)

    def _shape(self, value: dict[str, Document], path: Path, loops: int, options: Options = PLAIN) -> Spec:
        if not value:
            return self._wrong("M103", "there are no fields", path)
        fields = [(name, self.spec(part, (*path, name), loops)) for name, part in value.items()]
        return Shape(path, tuple(fields), options)

    # --- options ---

    def _options(self, value: dict[str, Document], path: Path, loops: int) -> Spec:
        for key in value.keys() - set(OPTIONS):
            self._wrong("M102", f"unknown option '{key}'", (*path, key), _meant(key), key=True)
        leads = tuple(sorted(value.keys() & set(_LEADS)))
        read = _READ.get(leads)
        if read is None:
            return self._no_lead(leads, path)
        self._check_neighbours(value, path)
        body = read(self, value, path, loops)
        if "when" not in value:
            return body
        return When((*path, "when"), self._text(value["when"], (*path, "when")), body)

    def _no_lead(self, leads: tuple[str, ...], path: Path) -> Spec:
        if not leads:
            return self._wrong("M104", "options without a value", path, "add 'expr:', 'each:' or 'fields:'")
        if leads == ("each",):
            return self._wrong("M104", "'each' needs 'fields': what to make of every element", path)
        words = " and ".join(f"'{lead}'" for lead in leads)
        return self._wrong("M104", f"{words} do not go together", path)

    def _check_neighbours(self, value: dict[str, Document], path: Path) -> None:
        for key, leads in _BESIDE.items():
            if key in value and not value.keys() & set(leads):
                words = " or ".join(f"'{lead}'" for lead in leads)
                self._wrong("M104", f"'{key}' stands beside {words}", (*path, key), key=True)

    def _text(self, value: Document, path: Path) -> str:
        """An expression where nothing else can stand; what is wrong reads as null."""
        if isinstance(value, str):
            return value
        self._wrong("M103", f"expected an expression, found {quoted(value)}", path)
        return "`null`"

    def _texts(self, value: Document, path: Path) -> tuple[tuple[str, str], ...]:
        """Names and their expressions."""
        if not isinstance(value, dict):
            self._wrong("M103", f"expected names with expressions, found {quoted(value)}", path)
            return ()
        return tuple([(name, self._text(text, (*path, name))) for name, text in value.items()])

    def expression(self, value: dict[str, Document], path: Path, _loops: int) -> Spec:
        """``expr`` with options."""
        text = value["expr"]
        if not isinstance(text, str):
            return self._wrong("M103", f"expected an expression, found {quoted(text)}", (*path, "expr"))
        return Expr((*path, "expr"), text, self._flags(value, path))

    def constant(self, value: dict[str, Document], path: Path, _loops: int) -> Spec:
        """``value``."""
        for key in value.keys() & _ABSENT:
            self._wrong("M104", f"'{key}' has no use beside 'value'", (*path, key), key=True)
        return Constant((*path, "value"), value["value"])

    def fields(self, value: dict[str, Document], path: Path, loops: int) -> Spec:
        """``fields`` with options."""
        inner, options = value["fields"], self._flags(value, path)
        if not isinstance(inner, dict):
            return self._wrong("M103", "'fields' without 'each' is a map of fields", (*path, "fields"))
        return self._local(value, path, self._shape(inner, (*path, "fields"), loops, options))

    def loop(self, value: dict[str, Document], path: Path, loops: int) -> Spec:
        """``each`` with ``fields``, ``case`` or ``use``."""
        text = value["each"]
        if not isinstance(text, str):
            return self._wrong("M103", f"expected an expression, found {quoted(text)}", (*path, "each"))
        if loops == MAX_LOOPS:
            return self._wrong("M104", f"more than {MAX_LOOPS} loops inside each other", path)
        if "fields" in value:
            body = self.top(value["fields"], (*path, "fields"), loops + 1)
        else:  # its options are about the list, not about its elements
            inner = {key: part for key, part in value.items() if key not in _ABSENT}
            body = (self.use if "use" in value else self.case)(inner, path, loops + 1)
        return Each(path, (*path, "each"), text, self._local(value, path, body), self._flags(value, path))

    def _local(self, value: dict[str, Document], path: Path, body: Spec) -> Spec:
        """``let`` around what it stands beside."""
        if "let" not in value:
            return body
        names = self._texts(value["let"], (*path, "let"))
        for name, _ in names:
            problem = problem_with(name)
            if problem is not None:
                self._wrong("M105", problem.message, (*path, "let", name), problem.hint, key=True)
        return Local((*path, "let"), names, body)

    def case(self, value: dict[str, Document], path: Path, loops: int) -> Spec:
        """``case``."""
        listed, where = value["case"], (*path, "case")
        if not isinstance(listed, list) or not listed:
            hint = "case: [{when: …, expr: …}, {expr: …}]"
            return self._wrong("M104", "'case' is a list of what is chosen from", where, hint)
        alternatives = tuple([self.spec(item, (*where, at), loops) for at, item in enumerate(listed)])
        for at, alternative in enumerate(alternatives[:-1]):
            if not isinstance(alternative, When) and not self._is_wrong((*where, at)):
                message = "what stands after an alternative without 'when' is never chosen"
                self._wrong("M104", message, (*where, at), "add 'when:', or put it last")
        return Case(path, alternatives, self._flags(value, path))

    def _is_wrong(self, path: Path) -> bool:
        return any(finding.place == self.source.place(path) for finding in self.findings)

    def use(self, value: dict[str, Document], path: Path, _loops: int) -> Spec:
        """``use``."""
        name = value["use"]
        if not isinstance(name, str):
            return self._wrong("M103", f"'use' takes the name of a mapping, not {quoted(name)}", (*path, "use"))
        of = self._text(value["of"], (*path, "of")) if "of" in value else None
        given = self._texts(value["with"], (*path, "with")) if "with" in value else ()
        return Use(path, name, of, given, self._flags(value, path))

    def _flags(self, value: dict[str, Document], path: Path) -> Options:
        for flag in sorted(_ABSENT - {"default"}):
            if not isinstance(value.get(flag, False), bool):
                self._wrong("M103", f"'{flag}' is true or false", (*path, flag))
        if "default" in value and value.get("required") is True:
            self._wrong("M104", "'required' has no use beside 'default'", (*path, "required"), key=True)
        return Options(
            default=value.get("default"),
            has_default="default" in value,
            required=value.get("required") is True,
            omit_empty=value.get("omit_empty") is True,
        )


def is_options(value: dict[str, Document]) -> bool:
    """Whether a map says how to make a value, and is not the shape of one."""
    if value.keys() & _MARKS or _is_choice(value.get("case")) or _is_call(value):
        return True
    return bool(value.keys() & {"value", "case", "use"}) and value.keys() <= set(OPTIONS)


def _is_choice(value: Document) -> bool:
    """Whether ``case`` is one of ours, and not a field of that name: something in it depends on a ``when``."""
    listed = value if isinstance(value, list) else [value]
    return any(isinstance(one, dict) and "when" in one for one in listed)


def _is_call(value: dict[str, Document]) -> bool:
    """Whether ``use`` names a mapping, though what stands beside it is misspelt."""
    others = value.keys() - {"use"}
    return isinstance(value.get("use"), str) and bool(others) and all(map(_is_nearly_option, others))


def _meant(key: str) -> str | None:
    """What to write in place of a key that is no option."""
    if key in _ELSEWHERE:
        return _ELSEWHERE[key]
    hint = suggest(key, OPTIONS) if _is_nearly_option(key) else None
    return hint or "options and result fields do not mix: put the fields under 'fields:'"


def _is_nearly_option(key: str) -> bool:
    return (suggest(key, OPTIONS) or "").startswith("did you mean")


def mappings_used(value: Document) -> Iterator[str]:
    """The names of the mappings that fields use, as they are written."""
    if isinstance(value, dict):
        if is_options(value) and isinstance(name := value.get("use"), str):
            yield name
        for part in value.values():
            yield from mappings_used(part)
    elif isinstance(value, list):
        for part in value:
            yield from mappings_used(part)


_READ: dict[tuple[str, ...], Callable[[_Reader, dict[str, Document], Path, int], Spec]] = {
    ("expr",): _Reader.expression,
    ("value",): _Reader.constant,
    ("fields",): _Reader.fields,
    ("each", "fields"): _Reader.loop,
    ("case", "each"): _Reader.loop,
    ("each", "use"): _Reader.loop,
    ("case",): _Reader.case,
    ("use",): _Reader.use,
}
