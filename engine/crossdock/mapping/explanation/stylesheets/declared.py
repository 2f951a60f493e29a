"""What a stylesheet declares beside its templates: patterns, keys, and the built-in rules of its modes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from lxml import etree

from crossdock.mapping.explanation.stylesheets.marks import Marks, local_name, operands_in, xsl
from crossdock.mapping.explanation.stylesheets.paths import Operand, Operands, below
from crossdock.mapping.explanation.stylesheets.site import Kind

_Element: TypeAlias = etree._Element  # noqa: SLF001 - lxml has no public name for it

_LAST = "-1000000000"  # a priority below all that anybody gives


def modes_of(root: _Element) -> list[str | None]:
    """The modes for which there are built-in rules."""
    named = {element.get("mode") for element in root.iterdescendants(etree.Element) if local_name(element)}
    return [mode for mode in (None, *sorted(filter(None, named))) if mode is None or ":" not in mode]


def built_in_rule(mode: str | None, marks: Marks) -> _Element:
    """The built-in rule for text and attributes (XSLT 1.0, 5.8), with its marks."""
    made = xsl("template", match="text()|@*", priority=_LAST)
    if mode is not None:
        made.set("mode", mode)
    site = marks.site(Kind.RULE, text="the built-in rule", operands=Operands([Operand(".")], sole=True))
    made.extend([marks.begin(site, "string(.)"), xsl("value-of", select="."), marks.end()])
    return made


def asked_by_patterns(root: _Element) -> Iterator[Operand]:
    """What the predicates of patterns, and keys, look at: in the whole document."""
    for element in root.iterchildren(etree.Element):
        if local_name(element) not in ("template", "key") or not element.get("match"):
            continue
        pattern, used = operands_in(element.get("match", "")), operands_in(element.get("use", ""))
        if any("(" in one.text for one in pattern.values):  # key() and id() do not begin anywhere
            continue
        for one in pattern.values:
            for member in one.members or (one,):
                whole = member.text if member.text.startswith("/") else f"//{member.text}"
                yield from below(whole, [*used.values, *used.asked])
        yield from _anywhere(pattern.asked)


def _anywhere(asked: Iterable[Operand]) -> Iterator[Operand]:
    """What a pattern's predicates ask for: ``(item)/@kind`` is ``(//item)/@kind``."""
    for one in asked:
        if one.text.startswith("(/"):
            yield one
        elif one.text.startswith("("):
            yield Operand(f"(//{one.text[1:]}", every=True)
