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

The functions ``xd:lookup`` and ``xd:reverse_lookup`` take table, code, column and default as the ones of expressions
do; an empty code gives an empty text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeAlias, cast

from lxml import etree

from crossdock.errors import ConfigError, Finding, Place, Reject
from crossdock.mapping.fault import Fault, shown
from crossdock.mapping.library.kinds import MAX_TEXT
from crossdock.mapping.library.lookups import BINDERS
from crossdock.mapping.lookup import Find, Tables, UnusableTableError
from crossdock.mapping.scope import Scope
from crossdock.mapping.stylesheet import XD, XSL, parse_stylesheet
from crossdock.message import Document
from crossdock.xml_tree import Shape, from_document, parse, to_document

MAX_RESULT = 64 * MAX_TEXT  # characters a stylesheet may make of one document

_DECLARATION = re.compile(r"\ufeff?\s*<\?xml\s[^?]*\?>")  # speaks of bytes that are text by now
_NOISE = re.compile(
    "unknown error|runtime error, element|compilation error, element|Invalid expression|XPath evaluation returned no"
)


_Element: TypeAlias = etree._Element  # noqa: SLF001 - lxml has no public name for it


class Stylesheet:
    """A compiled stylesheet."""

    def __init__(self, name: str, file: str, root: _Element, tables: Tables) -> None:
        self.name = name
        self.reads = _attribute(root, "from")
        self.makes = _attribute(root, "to")
        self._file = file
        self._root = _attribute(root, "root") or "document"
        self._shape = Shape(lists=frozenset((_attribute(root, "lists") or "").split()))
        self._makes_text = root.find(f"{{{XSL}}}output[@method='text']") is not None
        self._transform = _compiled(root, file, tables)

    def apply(self, document: Document, scope: Scope) -> Document:
        """The result. Raises ``Reject``: what XML cannot hold, or the stylesheet's line where it failed."""
        result = self._result(self._input(document))
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

    def _result(self, element: _Element) -> etree._XSLTResultTree:
        try:
            return self._transform(element)
        except Fault as fault:
            line = _line(self._transform.error_log)
            raise self._reject(fault.code, fault.message, line, shown(fault.value), fault.hint) from fault
        except etree.XSLTApplyError as error:
            raise self._reject("M310", _said(error), _line(self._transform.error_log)) from error

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
        place = Place(file=self._file, line=line)
        finding = Finding(code=code, message=message, place=place, value=value, hint=hint, rule=f"mapping {self.name}")
        return Reject.of([finding])


def compile_stylesheet(name: str, data: bytes, file: str, tables: Tables) -> Stylesheet:
    """Compile a stylesheet. Raises ``ConfigError`` with the lines of what is wrong or not allowed (M141 to M147)."""
    return Stylesheet(name, file, parse_stylesheet(data, file, tables), tables)


def _attribute(root: _Element, name: str) -> str | None:
    return root.get(f"{{{XD}}}{name}")


def _compiled(root: _Element, file: str, tables: Tables) -> etree.XSLT:
    _hide_namespace(root)
    functions = {(XD, function): _Lookup(function, tables) for function in BINDERS}
    extensions = cast(
        "dict[tuple[str | bytes, str | bytes], etree.XSLTExtension]", functions
    )  # the stubs know elements
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


class _Lookup:
    """``xd:lookup`` or ``xd:reverse_lookup``, as libxslt calls it: nodes or text in, text out."""

    def __init__(self, function: str, tables: Tables) -> None:
        self.function = function
        self.tables = tables
        self.found: dict[tuple[str, str | None], Find] = {}

    def __call__(self, _context: object, *arguments: object) -> str:
        texts = [_string(argument) for argument in arguments]
        if len(texts) not in {2, 3, 4}:
            raise Fault("M310", f"xd:{self.function}() takes table, code, column and default, not {len(texts)} values")
        find = self._find(texts[0], (texts[2] or None) if len(texts) > 2 else None)  # noqa: PLR2004 - the column is the third
        found = find(texts[1], *texts[3:])
        return found if isinstance(found, str) else ""

    def _find(self, table: str, column: str | None) -> Find:
        key = (table, column)
        if key not in self.found:
            try:
                self.found[key] = BINDERS[self.function](self.tables, table, column)
            except UnusableTableError as error:
                raise Fault(error.code, error.message, hint=error.hint) from error
        return self.found[key]


def _string(value: object) -> str:
    """The string value of an XPath result (XPath 1.0, 4.2)."""
    if isinstance(value, list):
        return _string(value[0]) if value else ""
    if isinstance(value, _Element):
        return "".join(str(text) for text in value.itertext())
    if isinstance(value, bool):
        return "true" if value else "false"
    return format(value, "g") if isinstance(value, float) else str(value)
