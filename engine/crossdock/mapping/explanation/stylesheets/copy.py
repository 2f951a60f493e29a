"""The copy of a stylesheet that tells what it does.

Beside what writes text stands ``xsl:if`` with a call that hears the nodes of the expression, and which leaves a processing
instruction in the result: so the text between two of them is known. An attribute is accompanied by one in a namespace of
the copy's own, and each variable and parameter by one that knows where its value came from, through every recursion.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import TypeAlias

from lxml import etree

from crossdock.mapping.explanation.stylesheets.declared import asked_by_patterns, built_in_rule, modes_of
from crossdock.mapping.explanation.stylesheets.marks import Marks, local_name, operands_in, xsl
from crossdock.mapping.explanation.stylesheets.paths import (
    Operand,
    Operands,
    UnreadableError,
    below,
    operands_of,
    pieces_of,
)
from crossdock.mapping.explanation.stylesheets.site import WATCH, Kind, Site
from crossdock.mapping.stylesheet import XD, XSL

_Element: TypeAlias = etree._Element  # noqa: SLF001 - lxml has no public name for it

_NAMED = frozenset({"variable", "param", "with-param"})
#: Instructions that may have text in them which is written out.
_CONTENT = _NAMED | {"template", "if", "when", "otherwise", "for-each", "element", "attribute", "copy"}
_CONTENT |= {"comment", "processing-instruction", "message"}
_MOST_TARGETS = 5


def watched(root: _Element, *, inside: bool, text: bool) -> tuple[_Element, list[Site]]:
    """A copy of a stylesheet that tells what it does, and the sites it tells of.

    ``inside``: what variables hold is marked too. ``text``: the result is text, and is made to keep its marks.
    """
    copy = Copy(root, inside=inside)
    copy.watch()
    if text:
        copy.keep_marks()
    return copy.root, copy.marks.sites


class Copy:
    """One copy in the making."""

    def __init__(self, root: _Element, *, inside: bool) -> None:
        self.marks = Marks(root)
        self._holders = set[_Element]()  # whose text has its marks
        self._inside = inside
        self.root = etree.Element(root.tag, dict(root.attrib), nsmap={**root.nsmap, self.marks.prefix: WATCH})
        self.root.extend([deepcopy(child) for child in root])
        hidden = [*(root.get("exclude-result-prefixes") or "").split(), self.marks.prefix]
        self.root.set("exclude-result-prefixes", " ".join(hidden))

    def watch(self) -> None:
        """Put marks beside everything that writes, chooses or names."""
        modes, asked = modes_of(self.root), [*asked_by_patterns(self.root)]
        for element in self._elements():
            name = local_name(element)
            if name is None or (name in _CONTENT and (self._inside or name not in _NAMED)):
                self._texts(element)
            rule = _RULES.get(name or "")
            if rule is not None:
                rule(self, element)
            elif name is None:
                self._literal(element)
        self.root.extend([built_in_rule(mode, self.marks) for mode in modes])
        if asked:
            site = self.marks.site(Kind.SELECTION, operands=Operands(asked=asked))
            self.root.append(
                xsl("variable", name=f"{self.marks.prefix}:patterns", select=self.marks.call("asks", site))
            )

    def keep_marks(self) -> None:
        """Write XML instead of text."""
        for output in self.root.findall(f"{{{XSL}}}output"):
            self.root.remove(output)
        self.root.append(xsl("output", method="xml", indent="no", **{"omit-xml-declaration": "yes"}))

    def _elements(self) -> list[_Element]:
        """Everything in templates and other declarations that is watched, in document order."""
        found: list[_Element] = []
        skipped: set[_Element] = set()
        for element in self.root.iterdescendants(etree.Element):
            parent = element.getparent()
            if parent in skipped:
                skipped.add(element)
                continue
            found.append(element)
            name = local_name(element)
            of_the_author = parent is self.root and name is None
            if of_the_author or name == "fallback" or (not self._inside and name in _NAMED):
                skipped.add(element)
        return found

    # --- text ---

    def _texts(self, holder: _Element) -> None:
        """Marks around the text that is written out in a holder."""
        if holder in self._holders:
            return
        self._holders.add(holder)
        for child in list(holder):
            if child.tail and child.tail.strip():
                begin = self.marks.begin(self.marks.site(Kind.LITERAL, child, text=child.tail))
                begin.tail, child.tail = child.tail, None
                at = holder.index(child) + 1
                holder[at:at] = [begin, self.marks.end()]
        if holder.text and holder.text.strip():
            begin = self.marks.begin(self.marks.site(Kind.LITERAL, holder, text=holder.text))
            begin.tail, holder.text = holder.text, None
            holder[0:0] = [begin, self.marks.end()]

    def text(self, element: _Element) -> None:
        """``xsl:text``."""
        if (element.text or "").strip():
            self.marks.surround(element, self.marks.site(Kind.LITERAL, element, text=element.text or ""))

    def value(self, element: _Element) -> None:
        """``xsl:value-of``."""
        select = element.get("select", "")
        site = self.marks.site(Kind.VALUE, element, text=select, operands=operands_in(select))
        self.marks.surround(element, site, f"string({select})")

    def number(self, element: _Element) -> None:
        """``xsl:number``."""
        value = element.get("value")
        said = " ".join(["xsl:number", *(f"{key}={text}" for key, text in element.attrib.items())])
        self.marks.surround(
            element, self.marks.site(Kind.NUMBER, element, text=said, operands=operands_in(value or "")), "'0'"
        )

    def copy_of(self, element: _Element) -> None:
        """``xsl:copy-of``: of attributes too, beside which stands an attribute."""
        select = element.get("select", "")
        site = self.marks.site(Kind.COPY, element, text=f"copy-of {select}", operands=operands_in(select, every=True))
        self.marks.surround(element, site, f"string({select})")
        element.addprevious(self.marks.attributed())

    def copy(self, element: _Element) -> None:
        """``xsl:copy``: of an element, an attribute or text, as it comes."""
        site = self.marks.site(Kind.SHALLOW, element, text="copy", operands=Operands([Operand(".")], sole=True))
        element.addprevious(self.marks.begin(site, "string(.)"))
        element.addprevious(self.marks.attributed())
        element.addnext(self.marks.instruction(f"self::text() and {self.marks.prefix}:told()", mark=True, ends=True))
        made = xsl("if", test="self::*")
        made.append(self.marks.of_element(self.marks.site(Kind.ELEMENT, element)))
        element.insert(0, made)

    # --- attributes and elements ---

    def attribute(self, element: _Element) -> None:
        """``xsl:attribute``: what is told between its begin and its end is what it was made of."""
        name = element.get("name", "")
        site = self.marks.site(Kind.ATTRIBUTE, element, text="", name=name)
        element.insert(0, self.marks.instruction(f"{self.marks.prefix}:open()"))
        closing = f"{self.marks.prefix}:m{{{self.marks.prefix}:close({site.number}, {_as_expression(name)})}}"
        element.addnext(xsl("attribute", name=closing, namespace=WATCH))

    def element(self, element: _Element) -> None:
        """``xsl:element``."""
        element.insert(0, self.marks.of_element(self.marks.site(Kind.ELEMENT, element)))

    def _literal(self, element: _Element) -> None:
        """An element of the result, with its attributes."""
        for key, value in dict(element.attrib).items():
            name = etree.QName(str(key))
            if name.namespace == XSL:
                continue
            try:
                pieces = pieces_of(str(value))
                inner = [operands_of(piece) for is_expression, piece in pieces if is_expression]
            except UnreadableError:
                continue
            literal, operands = not inner, Operands(sole=len(pieces) == 1 and len(inner) == 1 and inner[0].sole)
            for one in inner:
                operands.add(one)
            site = self.marks.site(
                Kind.TEMPLATE, element, text="" if literal else str(value), name=str(key), operands=operands
            )
            single = pieces[0][1] if len(pieces) == 1 and not literal else None
            call = self.marks.call("mark", site, "'-'" if single is None else f"string({single})")
            element.set(f"{{{WATCH}}}a{site.number}", f"{{{call}}}")
        element.set(f"{{{WATCH}}}e", f"{{{self.marks.call('mark', self.marks.site(Kind.ELEMENT, element))}}}")

    # --- names ---

    def named(self, element: _Element) -> None:
        """A variable or parameter, or what is given as one."""
        name, select, parent = element.get("name", ""), element.get("select"), element.getparent()
        tag = local_name(element) or "variable"
        is_global = parent is self.root
        kind = Kind.PARAMETER if is_global and tag == "param" else Kind.NAME
        operands = operands_in(select or "", every=True)
        said = element.get(f"{{{XD}}}value") if kind is Kind.PARAMETER else None
        site = self.marks.site(kind, element, text=said or select or "", name=name, operands=operands)
        if kind is Kind.PARAMETER:
            element.addprevious(self.marks.companion(name, site, function="parameter"))
        else:
            element.addprevious(self.marks.companion(name, site, tag))

    # --- choices and loops ---

    def template(self, element: _Element) -> None:
        """A template, whose parameters stand before all."""
        mode = element.get("mode")
        called = (element.get("match") or element.get("name") or "") + (f" ({mode})" if mode else "")
        site = self.marks.site(Kind.ENTRY, element, text=called)
        parameters = [child for child in element.iterchildren(etree.Element) if local_name(child) == "param"]
        at = element.index(parameters[-1]) + 1 if parameters else 0
        element.insert(at, self.marks.instruction(f"{self.marks.prefix}:entered({site.number})"))

    def test(self, element: _Element) -> None:
        """``xsl:if``."""
        test = element.get("test", "")
        site = self._condition(element, [test], _targets(element))
        call = self.marks.call("asks", site, f"boolean({test})")
        element.addprevious(self.marks.instruction(call, mark=bool(site.targets)))
        self._under(element, site)

    def choose(self, element: _Element) -> None:
        """``xsl:choose``: each way is gone because of its own test and those before it."""
        tests: list[str] = []
        targets: list[str] = []
        for child in element:
            test = child.get("test")
            if test is not None:
                tests.append(test)
            targets += _targets(child)
            self._under(child, self._condition(child, tests, (), said="otherwise" if test is None else None))
        if tests and element.find(f"{{{XSL}}}otherwise") is None:
            unique = tuple(dict.fromkeys(targets))[:_MOST_TARGETS]
            site = self._condition(element, tests, unique)
            otherwise = xsl("otherwise")
            otherwise.append(self.marks.instruction(self.marks.call("asks", site, "false()"), mark=bool(unique)))
            element.append(otherwise)

    def _condition(
        self, element: _Element, tests: list[str], targets: tuple[str, ...], said: str | None = None
    ) -> Site:
        operands = Operands()
        for test in tests:
            operands.add(operands_in(test, every=True), as_asked=True)
        text = said or " or ".join(tests)
        return self.marks.site(Kind.CONDITION, element, text=text, operands=operands, targets=targets)

    def _under(self, element: _Element, site: Site) -> None:
        """What is inside of it comes to be because of a condition."""
        self._texts(element)
        element.insert(0, self.marks.instruction(self.marks.call("enter", site)))
        element.append(self.marks.instruction(f"{self.marks.prefix}:leave()"))

    def each(self, element: _Element) -> None:
        """``xsl:for-each`` and ``xsl:apply-templates``."""
        select = element.get("select")
        chosen = operands_in(select, every=True) if select is not None else Operands()
        operands = Operands(asked=[*chosen.values, *chosen.asked])
        for sort in element.findall(f"{{{XSL}}}sort"):
            keys = operands_in(sort.get("select", "."), every=True)
            operands.asked += below(select or "node()", [*keys.values, *keys.asked])
        targets = _targets(element) if local_name(element) == "for-each" else ()
        site = self.marks.site(Kind.SELECTION, element, text=select or "", operands=operands, targets=targets)
        call = self.marks.call("asks", site, "true()" if select is None else f"boolean({select})")
        element.addprevious(self.marks.instruction(call, mark=bool(targets)))


def _targets(holder: _Element) -> tuple[str, ...]:
    """The elements of the result that stand right below something."""
    names = []
    for child in holder.iterchildren(etree.Element):
        name = local_name(child)
        if name is None:
            names.append(etree.QName(child).localname)
        elif name == "element" and "{" not in child.get("name", "{"):
            names.append(child.get("name", "").rpartition(":")[2])
    return tuple(dict.fromkeys(names))[:_MOST_TARGETS]


def _as_expression(template: str) -> str:
    """An attribute value template as an expression; empty text where it cannot be one."""
    parts = []
    try:
        for is_expression, piece in pieces_of(template):
            if not is_expression and "'" in piece:
                return "''"
            parts.append(f"string({piece})" if is_expression else f"'{piece}'")
    except UnreadableError:
        return "''"
    return f"concat({', '.join(parts)}, '')" if parts else "''"


_Rule: TypeAlias = Callable[[Copy, _Element], None]

_RULES: dict[str, _Rule] = {
    "text": Copy.text,
    "value-of": Copy.value,
    "number": Copy.number,
    "copy-of": Copy.copy_of,
    "copy": Copy.copy,
    "attribute": Copy.attribute,
    "element": Copy.element,
    "variable": Copy.named,
    "param": Copy.named,
    "with-param": Copy.named,
    "template": Copy.template,
    "if": Copy.test,
    "choose": Copy.choose,
    "for-each": Copy.each,
    "apply-templates": Copy.each,
}
