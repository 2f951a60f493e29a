"""XSLT 1.0 stylesheets as mappings, through libxslt, with nothing to reach but their input.

::

    <xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
                    xmlns:xd="urn:crossdock:xslt" xd:from="order/v1" xd:root="order">
      <xsl:template match="/order">
        <SalesOrder><Unit><xsl:value-of select="xd:lookup('uom', lines/unit, 'erp')"/></Unit></SalesOrder>
      </xsl:template>
    </xsl:stylesheet>

Attributes of ``xsl:stylesheet`` in the namespace ``urn:crossdock:xslt``, all optional:

* ``xd:from``: what it reads (``order/v1``).
* ``xd:root``: the element that a document becomes, ``document`` if not said; lists are repeated elements
  (``crossdock.xml_tree``). A document that is text is XML already and keeps its own root.
* ``xd:to``: the contract it makes. The result is then read as a document, not as text; ``xd:lists`` names the
  elements (separated by blanks) that are lists even when there is one.

Without ``xd:to`` the result is the XML (or text, by ``xsl:output``) as it is, for ``encode: xml`` to write.

A parameter, ``xsl:param`` right below ``xsl:stylesheet``, gets what the step that runs the stylesheet gives it by that name,
or else the value of its ``xd:value``, which is an expression over the document: ``<xsl:param name="partner"
xd:value="$partner"/>``. Where that is null too, it has its own content.

What expressions may call, a stylesheet may too, as far as it takes and makes text, numbers and conditions:
``xd:lookup('uom', @unit)``, ``xd:format_date(date, 'DD.MM.YYYY')``, ``xd:convert('units', q, 'CA', 'EA')``. Text is read
as a number where one is wanted; empty text is null, and null gives empty text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, TypeAlias, cast

from lxml import etree

from crossdock.errors import ConfigError, Finding, Place, Reject
from crossdock.mapping.explanation.told import Explanation, Roots, roots_of
from crossdock.mapping.expression import Expression, compile_expression
from crossdock.mapping.fault import Fault, shown
from crossdock.mapping.library.kinds import MAX_TEXT, text_of
from crossdock.mapping.lookup import Tables
from crossdock.mapping.profile import Clock, Documents, Spent
from crossdock.mapping.scope import Scope
from crossdock.mapping.stylesheet import XD, XSL, parse_stylesheet
from crossdock.mapping.stylesheet_calls import CALLABLE, Called
from crossdock.message import Document
from crossdock.xml_tree import Shape, from_document, parse, to_document

MAX_RESULT = 64 * MAX_TEXT  # characters a stylesheet may make of one document

_DECLARATION = re.compile(r"\ufeff?\s*<\?xml\s[^?]*\?>")  # speaks of bytes that are text by now
_NOISE = re.compile(
    "unknown error|runtime error, element|compilation error, element|Invalid expression|XPath evaluation returned no"
)


_Element: TypeAlias = etree._Element  # noqa: SLF001 - lxml has no public name for it


#: What a stylesheet may call, by namespace and name.
Functions: TypeAlias = "Mapping[tuple[str, str], Callable[..., object]]"

_NOTHING: Mapping[str, Document] = MappingProxyType({})
_TEXT = "only the result is shown: the document is one text, and its values have no places of their own"
_TICK = 0.00001  # libxslt's profile counts in steps of ten microseconds


def _called(template: _Element) -> str:
    """What a template is known by: its pattern or name, and its mode."""
    mode = template.get("mode")
    return (template.get("match") or template.get("name") or "") + (f" ({mode})" if mode else "")


class Stylesheet:
    """A compiled stylesheet."""

    def __init__(self, name: str, file: str, root: _Element, tables: Tables) -> None:
        self.name = name
        self.reads = _attribute(root, "from")
        self.makes = _attribute(root, "to")
        self.file = file
        self._root = _attribute(root, "root") or "document"
        self._shape = Shape(lists=frozenset((_attribute(root, "lists") or "").split()))
        self._values = dict(_parameters(root, file, tables))
        self._makes_text = root.find(f"{{{XSL}}}output[@method='text']") is not None
        self._lines = {_called(one): one.sourceline for one in root.iter(f"{{{XSL}}}template")}
        _hide_namespace(root)
        self._written = root
        self._functions = {(XD, name): Called(function, tables) for name, function in CALLABLE.items()}
        self._transform = _compiled(root, file, self._functions)

    @property
    def parameters(self) -> Mapping[str, bool]:
        """The names it takes values by; none of them must be given."""
        return dict.fromkeys(self._values, False)

    def apply(self, document: Document, scope: Scope) -> Document:
        """The result. Raises ``Reject``: what XML cannot hold, or the stylesheet's line where it failed."""
        return self._made(self._result(self._input(document), self._given(document, scope)))

    def _made(self, result: etree._XSLTResultTree) -> Document:
        """The document that a result is."""
        if self.makes is None:
            return self._text(result)
        root = cast("_Element | None", result.getroot())
        if root is None:
            raise self._reject("M311", "the stylesheet made no element")
        return to_document(root, self._shape)

    def _input(self, document: Document) -> _Element:
        if isinstance(document, str):
            return parse(_DECLARATION.sub("", document, count=1).encode("utf-8", "surrogatepass"))
        return from_document(document, self._root)

    def profile(self, documents: Documents, _clock: Clock) -> list[Spent]:
        """What each template took itself, without those it called: libxslt has counted."""
        spent: dict[str, Spent] = {}
        for document, scope in documents:
            made = self._result(self._input(document), self._given(document, scope), profile=True)
            told = made.xslt_profile
            for one in told.getroot() if told is not None else ():  # libxslt's own names are found by no name of ours
                name = _called(one)
                before = spent.get(name) or Spent(name, Place(file=self.file, line=self._lines.get(name)), 0.0)
                calls, seconds = (before.calls or 0) + int(one.get("calls", "0")), int(one.get("time", "0")) * _TICK
                spent[name] = replace(before, calls=calls, seconds=before.seconds + seconds)
        return sorted(spent.values(), key=lambda one: -one.seconds)

    def explain(self, document: Document, scope: Scope) -> Explanation:
        """The same result, with what each field of it was made of. Raises ``Reject`` as ``apply`` does."""
        from crossdock.mapping.explanation.stylesheets.run import Watched  # noqa: PLC0415 - only a person asks

        given = self._given(document, scope)
        plain = self._result(self._input(document), given)
        result = self._made(plain)
        if isinstance(document, str):
            return Explanation(result=result, notes=[_TEXT])
        return Watched(
            stylesheet=self._written,
            file=self.file,
            functions=self._functions,
            run=lambda copy, functions, element: self._run(_compiled(copy, self.file, functions), element, given),
            source=self._input(document),
            document=document,
            given=self._roots_of_given(document, scope),
            result=result,
            plain=plain,
            shape=None if self.makes is None else self._shape,
            text=self._makes_text and self.makes is None,
        ).explain()

    def _roots_of_given(self, document: Document, scope: Scope) -> dict[str, Roots | None]:
        """Where the values of its parameters came from; None if the step gave one."""
        found: dict[str, Roots | None] = {}
        for name in self._given(document, scope):
            value = self._values[name]
            by_step = scope.given.get(name) is not None or value is None
            found[name] = None if by_step or value is None else roots_of([value.traced(document, scope)])
        return found

    def _given(self, document: Document, scope: Scope) -> dict[str, Document]:
        """The values of its parameters: what the step gives, or else its own expressions'."""
        found: dict[str, Document] = {}
        for name, value in self._values.items():
            given = scope.given.get(name)
            if given is None and value is not None:
                given = value(document, scope)
            if given is not None:
                found[name] = given
        return found

    def _result(
        self, element: _Element, given: Mapping[str, Document] = _NOTHING, *, profile: bool = False
    ) -> etree._XSLTResultTree:
        try:
            return self._run(self._transform, element, given, profile=profile)
        except Fault as fault:
            line = _line(self._transform.error_log)
            raise self._reject(fault.code, fault.message, line, shown(fault.value), fault.hint) from fault
        except etree.XSLTApplyError as error:
            raise self._reject("M310", _said(error), _line(self._transform.error_log)) from error

    @staticmethod
    def _run(
        transform: etree.XSLT, element: _Element, given: Mapping[str, Document], *, profile: bool = False
    ) -> etree._XSLTResultTree:
        texts = {name: etree.XSLT.strparam(text_of(f"parameter {name}", value)) for name, value in given.items()}
        return transform(element, profile_run=profile, **texts)

    def _text(self, result: etree._XSLTResultTree) -> str:
        text = str(result)
        if cast("_Element | None", result.getroot()) is None and not (self._makes_text and text.strip()):
            raise self._reject("M311", "the stylesheet made no element", hint="does a template match the root element?")
        if len(text) > MAX_RESULT:
            raise self._reject("M308", f"the stylesheet made more than {MAX_RESULT} characters")
        return text

    def _reject(
        self, code: str, message: str, line: int | None = None, value: str | None = None, hint: str | None = None
    ) -> Reject:
        place = Place(file=self.file, line=line)
        finding = Finding(code=code, message=message, place=place, value=value, hint=hint, rule=f"mapping {self.name}")
        return Reject.of([finding])


def compile_stylesheet(name: str, data: bytes, file: str, tables: Tables) -> Stylesheet:
    """Compile a stylesheet. Raises ``ConfigError`` with the places of what is wrong or not allowed (M141 to M147)."""
    try:
        return Stylesheet(name, file, parse_stylesheet(data, file, tables), tables)
    except ConfigError as error:
        lines = data.decode("utf-8", "replace").splitlines()
        raise ConfigError.of([_with_column(one, lines) for one in error.findings]) from error


def _with_column(finding: Finding, lines: list[str]) -> Finding:
    """libxml2 tells lines alone: the column is that of a name the message has, else of the line's first character."""
    place = finding.place
    if place.line is None or place.column is not None or not 1 <= place.line <= len(lines):
        return finding
    line = lines[place.line - 1]
    said = (re.search(rf"(?<=[<\s:]){re.escape(word)}(?=[\s=/>])", line) for word in _WORD.findall(finding.message))
    named = next(filter(None, said), None)
    column = named.start() if named else len(line) - len(line.lstrip())
    return replace(finding, place=replace(place, column=column + 1), value=finding.value or (named and named[0]))


_WORD = re.compile(r"[A-Za-z][\w:.-]+")


def _attribute(root: _Element, name: str) -> str | None:
    return root.get(f"{{{XD}}}{name}")


def _compiled(root: _Element, file: str, functions: Functions) -> etree.XSLT:
    extensions = cast("Any", functions)  # the stubs know extension elements only
    try:
        return etree.XSLT(root, extensions=extensions, access_control=etree.XSLTAccessControl.DENY_ALL, regexp=False)
    except etree.XSLTParseError as error:
        place = Place(file=file, line=_line(error.error_log))
        raise ConfigError.of([Finding(code="M147", message=_said(error), place=place)]) from error


def _hide_namespace(root: _Element) -> None:
    """Keep our namespace out of the result."""
    prefixes = [prefix for prefix, uri in root.nsmap.items() if uri == XD and prefix]
    hidden = [*(root.get("exclude-result-prefixes") or "").split(), *prefixes]
    if hidden:
        root.set("exclude-result-prefixes", " ".join(dict.fromkeys(hidden)))


def _line(log: Iterable[etree._LogEntry]) -> int | None:
    return next((entry.line for entry in log if entry.line > 0), None)


def _said(error: etree.LxmlError) -> str:
    """What libxslt has to say, without what it says every time."""
    told = [entry.message.partition("\n")[0] for entry in error.error_log if not _NOISE.match(entry.message)]
    message = " ".join((told[0] if told else str(error)).split())
    return re.sub(r"^xslt\w+: ", "", message)


def _parameters(root: _Element, file: str, tables: Tables) -> Iterator[tuple[str, Expression | None]]:
    """The stylesheet's parameters, with the expression of those that have one. Raises ``ConfigError``."""
    for parameter in root.findall(f"{{{XSL}}}param"):
        text = parameter.get(f"{{{XD}}}value")
        place = Place(file=file, line=parameter.sourceline)
        name = parameter.get("name", "")
        yield name, None if text is None else compile_expression(text, place=place, tables=tables)
