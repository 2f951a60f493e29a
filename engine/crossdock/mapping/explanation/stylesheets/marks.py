"""What is put into the copy of a stylesheet: calls, and the marks that they leave in the result."""

from __future__ import annotations

from typing import TypeAlias

from lxml import etree

from crossdock.mapping.explanation.stylesheets.paths import Operands, UnreadableError, operands_of
from crossdock.mapping.explanation.stylesheets.site import MARK, WATCH, Kind, Site
from crossdock.mapping.stylesheet import XSL

_Element: TypeAlias = etree._Element  # noqa: SLF001 - lxml has no public name for it


class Marks:
    """Makes the instructions of one copy, and knows the sites they tell of."""

    def __init__(self, root: _Element) -> None:
        self.sites: list[Site] = []
        self.prefix = _free_prefix(root)

    def site(
        self,
        kind: Kind,
        of: _Element | None = None,
        *,
        text: str = "",
        name: str = "",
        operands: Operands | None = None,
        targets: tuple[str, ...] = (),
    ) -> Site:
        """A new site; of an element of the stylesheet, at its line."""
        site = Site(
            number=len(self.sites),
            kind=kind,
            text=text,
            line=None if of is None else of.sourceline,
            name=name,
            operands=operands or Operands(),
            targets=targets,
        )
        self.sites.append(site)
        return site

    def call(self, function: str, site: Site, value: str = "''") -> str:
        """The call that tells of a site: who it is, the context node, the value, the nodes of its operands."""
        arguments = [f"{self.prefix}:begin()", str(site.number), ".", value]
        for operand in (*site.operands.values, *site.operands.asked):
            arguments.append(operand.text)
            if operand.variable is not None:
                arguments.append(f"${self.shadow(operand.variable)}")
        return f"{self.prefix}:{function}({', '.join(arguments)})"

    def shadow(self, name: str) -> str:
        """The name of what knows where the value of a variable came from."""
        return f"{self.prefix}:of.{name.replace(':', '.')}"

    def instruction(self, call: str, *, mark: bool = False, ends: bool = False) -> _Element:
        """``xsl:if`` with a call, and a mark where it holds."""
        made = xsl("if", test=call)
        if mark:
            made.append(xsl("processing-instruction", name=MARK))
            if not ends:
                made[0].append(xsl("value-of", select=f"{self.prefix}:event()"))
        return made

    def begin(self, site: Site, value: str = "''") -> _Element:
        """Tells of a site, before it writes; ``value`` is an expression for what it writes."""
        return self.instruction(self.call("tell", site, value), mark=True)

    def end(self) -> _Element:
        """The end of what it wrote."""
        return self.instruction(f"{self.prefix}:told()", mark=True, ends=True)

    def companion(self, name: str, site: Site, tag: str = "variable", function: str = "mark") -> _Element:
        """What stands beside a variable, or a parameter, and knows where its value came from."""
        return xsl(tag, name=self.shadow(name), select=self.call(function, site))

    def surround(self, element: _Element, site: Site, value: str = "''") -> None:
        """Put marks around an instruction."""
        element.addprevious(self.begin(site, value))
        element.addnext(self.end())

    def attributed(self) -> _Element:
        """An attribute beside attributes that are copied."""
        made = self.instruction(f"{self.prefix}:attributed()")
        made.append(xsl("attribute", name=f"{self.prefix}:m{{{self.prefix}:event()}}", namespace=WATCH))
        return made

    def of_element(self, site: Site) -> _Element:
        """An attribute for an element that tells where it was made."""
        made = xsl("attribute", name=f"{self.prefix}:e", namespace=WATCH)
        made.append(xsl("value-of", select=self.call("mark", site)))
        return made


def local_name(element: _Element) -> str | None:
    """The local name of an instruction of XSLT; None of an element of the result."""
    name = etree.QName(element)
    return name.localname if name.namespace == XSL else None


def xsl(local: str, /, **attributes: str) -> _Element:
    """An instruction of XSLT."""
    return etree.Element(f"{{{XSL}}}{local}", attributes, nsmap={"xsl": XSL})


def _free_prefix(root: _Element) -> str:
    """A prefix that nothing in the stylesheet has."""
    taken = {prefix for element in root.iter(etree.Element) for prefix in element.nsmap}
    return next(name for name in (f"watch{number}" for number in range(len(taken) + 1)) if name not in taken)


def operands_in(text: str, *, every: bool = False) -> Operands:
    """The operands of an expression; none of one that we cannot read."""
    try:
        return operands_of(text, every=every)
    except UnreadableError:
        return Operands()
