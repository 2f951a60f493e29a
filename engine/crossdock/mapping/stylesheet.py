"""What a stylesheet may contain, checked before libxslt sees it.

A stylesheet reads nothing but its input: no include, import or ``document()``, no extension elements, no clock and no
randomness from EXSLT. An element that is not XSLT 1.0's is refused, because libxslt would leave it out in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NoReturn

from lxml import etree

from crossdock.errors import ConfigError, Finding, Place, Reject
from crossdock.mapping.lookup import Tables
from crossdock.mapping.stylesheet_calls import CALLABLE
from crossdock.xml_tree.parsing import HARDENED, refuse_doctype, refuse_dtd_of, syntax_fault
from crossdock.yaml_source import suggest

XSL = "http://www.w3.org/1999/XSL/Transform"
#: The namespace of what crossdock adds: the functions and the attributes of ``xsl:stylesheet``.
XD = "urn:crossdock:xslt"

#: XSL Transformations (XSLT) 1.0, appendix B, without include and import.
_ELEMENTS = frozenset(
    [
        "apply-imports",
        "apply-templates",
        "attribute",
        "attribute-set",
        "call-template",
        "choose",
        "comment",
        "copy",
        "copy-of",
        "decimal-format",
        "element",
        "fallback",
        "for-each",
        "if",
        "key",
        "message",
        "namespace-alias",
        "number",
        "otherwise",
        "output",
        "param",
        "preserve-space",
        "processing-instruction",
        "sort",
        "strip-space",
        "stylesheet",
        "template",
        "text",
        "transform",
        "value-of",
        "variable",
        "when",
        "with-param",
    ]
)
_INCLUDES = frozenset({"include", "import"})
_ATTRIBUTES = ("from", "to", "root", "lists")

#: Namespaces whose elements or functions act outside of the document, or differ from run to run.
_ACTING = (
    "http://exslt.org/",
    "http://icl.com/saxon",
    "http://xml.apache.org/xalan",
    "org.apache.xalan",
    "http://www.jclark.com/xt",
    "http://xmlsoft.org/XSLT/",
)
#: Of those, what only computes: node-set(), string and set functions.
_PURE = frozenset({"http://exslt.org/common", "http://exslt.org/strings", "http://exslt.org/sets"})

_DOCUMENT = re.compile(r"(?<![\w:.-])document\s*\(")
_CALL = re.compile(r"([\w.-]+):([\w.-]+)\s*\(")
_LOOKUP = re.compile(r":(?:lookup|reverse_lookup|lookup_for|convert)\s*\(\s*(?:'([^']*)'|\"([^\"]*)\")")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")


class _Refuse(etree.Resolver):
    """Answers no question for another document."""

    def resolve(self, system_url: str | None, public_id: str | None, context: object) -> NoReturn:
        raise OSError(f"{system_url} is not read: a stylesheet stands alone")


def parse_stylesheet(data: bytes, file: str, tables: Tables) -> etree._Element:
    """The stylesheet's root element. Raises ``ConfigError`` with everything it may not contain."""
    try:
        root = _parsed(data)
    except Reject as error:
        raise ConfigError.of([_moved(finding, file) for finding in error.findings]) from error
    findings = list(_check(root, file, tables))
    if findings:
        raise ConfigError.of(findings)
    return root


def _parsed(data: bytes) -> etree._Element:
    refuse_doctype(data)
    parser = etree.XMLParser(**HARDENED)
    parser.resolvers.add(_Refuse())
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise syntax_fault(error) from error
    refuse_dtd_of(root)
    return root


def _moved(finding: Finding, file: str) -> Finding:
    place = Place(file=file, line=finding.place.line, column=finding.place.column)
    return Finding(code="M141", message=finding.message, place=place, hint=finding.hint)


def _check(root: etree._Element, file: str, tables: Tables) -> Iterator[Finding]:
    if root.tag not in {f"{{{XSL}}}stylesheet", f"{{{XSL}}}transform"}:
        hint = f"the root element is stylesheet in the namespace {XSL}"
        yield _finding("M142", "not a stylesheet", root, file, hint)
        return
    if root.get("version") != "1.0":
        yield _finding(
            "M145", f"XSLT version {root.get('version')!r} is not supported", root, file, 'write version="1.0"'
        )
    yield from _check_attributes(root, file)
    for element in root.iter(etree.Element):
        yield from _check_element(element, file)
        for value in element.attrib.values():
            yield from _check_value(str(value), element, file, tables)


def _finding(code: str, message: str, element: etree._Element, file: str, hint: str | None = None) -> Finding:
    return Finding(code=code, message=message, place=Place(file=file, line=element.sourceline), hint=hint)


def _check_attributes(root: etree._Element, file: str) -> Iterator[Finding]:
    for key in root.attrib:
        name = etree.QName(str(key))
        if name.namespace == XD and name.localname not in _ATTRIBUTES:
            message = f"unknown attribute '{name.localname}' of the crossdock namespace"
            yield _finding("M146", message, root, file, suggest(name.localname, _ATTRIBUTES))
    if root.get("extension-element-prefixes"):
        yield _finding("M144", "extension elements are not allowed", root, file)


def _check_element(element: etree._Element, file: str) -> Iterator[Finding]:
    name = etree.QName(element)
    if name.namespace == XSL and name.localname in _INCLUDES:
        yield _finding("M143", f"xsl:{name.localname} is not allowed: a stylesheet stands alone", element, file)
    elif name.namespace == XSL and name.localname not in _ELEMENTS:
        hint = suggest(name.localname, _ELEMENTS)
        yield _finding("M144", f"XSLT 1.0 has no element xsl:{name.localname}", element, file, hint)
    elif name.namespace is not None and name.namespace.startswith(_ACTING):
        yield _finding("M144", f"extension element {element.prefix}:{name.localname} is not allowed", element, file)
    for prefix, uri in _declared(element).items():
        if uri.startswith(_ACTING) and uri not in _PURE:
            yield _finding("M144", f"the functions of {uri} ({prefix}:) are not allowed", element, file)


def _declared(element: etree._Element) -> dict[str | None, str]:
    """The namespaces that this element declares itself."""
    parent = element.getparent()
    outer = {} if parent is None else parent.nsmap
    return {prefix: uri for prefix, uri in element.nsmap.items() if outer.get(prefix) != uri}


def _check_value(value: str, element: etree._Element, file: str, tables: Tables) -> Iterator[Finding]:
    unquoted = _QUOTED.sub("''", value)
    for prefix, name in _CALL.findall(unquoted):
        if element.nsmap.get(prefix) == XD and name not in CALLABLE:
            hint = suggest(name, CALLABLE)
            yield _finding("M111", f"stylesheets have no function {prefix}:{name}()", element, file, hint)
    if _DOCUMENT.search(unquoted):
        yield _finding("M143", "document() is not allowed: a stylesheet reads nothing but its input", element, file)
    for found in _LOOKUP.finditer(value):
        name = found[1] if found[1] is not None else found[2]
        if name not in tables:
            yield _finding("M121", f"table '{name}' does not exist", element, file, suggest(name, tables))
